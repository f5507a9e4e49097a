"""Output to the terminal: harmless text, data on stdout and remarks on stderr, tables that fit."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import click


def harmless(text: str) -> str:
    """``text`` without control, escape and bidirectional characters; line ends stay."""
    if text.isprintable():
        return text
    spaced = text.replace("\N{NO-BREAK SPACE}", " ").replace("\t", " ")
    return "".join(c for c in spaced if c.isprintable() or c == "\n")


def show(text: str) -> None:
    """Data, on stdout."""
    click.echo(harmless(text))


def talk(text: str) -> None:
    """Remarks, on stderr."""
    click.echo(harmless(text), err=True)


def show_json(value: Any) -> None:
    """Data as JSON, on stdout; days and ids are written as text."""
    import json

    click.echo(escaped(json.dumps(value, ensure_ascii=False, indent=2, default=str)))


def escaped(text: str) -> str:
    """The same JSON, with characters that ``harmless`` removes written as ``\\uXXXX``."""
    if text.replace("\n", "").isprintable():
        return text
    return "".join(c if c.isprintable() or c == "\n" else _escape(c) for c in text)


def _escape(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[n : n + 4]}" for n in range(0, len(units), 4))


class Column(NamedTuple):
    """One column of a table. ``drop``: the higher, the sooner it goes when there is no room; 0 never goes."""

    heading: str
    right: bool = False
    drop: int = 0
    folds: bool = False


def on_terminal() -> bool:
    """Whether a person reads stdout."""
    return sys.stdout.isatty()


def width() -> int:
    """How many characters fit beside each other."""
    import shutil

    return max(20, shutil.get_terminal_size((80, 24)).columns)


def show_table(columns: Sequence[Column], rows: Iterable[Sequence[str]], notes: Sequence[str] = ()) -> None:
    """Aligned on a terminal, tab-separated with a line of headings elsewhere. ``notes`` go under the table, as talk.

    Where the terminal is too narrow columns are dropped as they say, then folding ones are folded; a note says so.
    """
    lines = [[harmless(cell).replace("\n", " ") for cell in row] for row in rows]
    if on_terminal():
        _show_aligned(columns, lines)
    else:
        for line in [[column.heading for column in columns], *lines]:
            click.echo("\t".join(line))
    for note in notes:
        talk(note)


_LEAST = 12
_MOST = 24  # characters of a word for which other columns go
_GAP = 2


def _show_aligned(columns: Sequence[Column], lines: list[list[str]]) -> None:
    from rich.cells import cell_len
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    natural = [max(map(cell_len, (c.heading, *(line[i] for line in lines)))) for i, c in enumerate(columns)]
    words = [
        max(cell_len(word) for line in lines for word in line[i].split() or [""]) if lines else 0
        for i in range(len(columns))
    ]
    unbroken = [
        min(n, max(_LEAST, min(w, _MOST))) if c.folds else n for c, n, w in zip(columns, natural, words, strict=True)
    ]
    narrow = [min(n, _LEAST) if c.folds else n for c, n in zip(columns, natural, strict=True)]
    shown = _fitting(columns, unbroken, narrow, width())
    least = unbroken if _room_of(unbroken, shown) <= width() else narrow
    table = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="bold")
    for i in shown:
        c = columns[i]
        table.add_column(
            Text(c.heading),
            justify="right" if c.right else "left",
            min_width=least[i],
            no_wrap=not c.folds,
            overflow="fold",
        )
    for line in lines:
        table.add_row(*(Text(line[i]) for i in shown))
    # With a height as well, rich takes the width as it is; else a dumb terminal is always 80 wide to it.
    console = Console(file=sys.stdout, width=width(), height=25, highlight=False, emoji=False)
    with console.capture() as drawn:
        console.print(table)
    click.echo("\n".join(line.rstrip() for line in drawn.get().splitlines()), color=True)
    hidden = [columns[i].heading for i in range(len(columns)) if i not in shown]
    if hidden:
        talk(f"Left out for want of room: {', '.join(hidden)}. Widen the window, or say --json.")


def _fitting(columns: Sequence[Column], unbroken: Sequence[int], narrow: Sequence[int], room: int) -> list[int]:
    """Which columns are shown: those dropped soonest go first, until the rest fits with no word broken.

    ``unbroken``: how wide each column is at least with its words whole; ``narrow``: at the very least.
    """
    shown = list(range(len(columns)))
    for i in sorted((i for i in shown if columns[i].drop), key=lambda i: -columns[i].drop):
        if _room_of(unbroken, shown) <= room:
            break
        shown.remove(i)
    while len(shown) > 1 and _room_of(narrow, shown) > room:
        shown.pop()  # never is a number cut: rather the columns behind it go, and are named
    return shown


def _room_of(least: Sequence[int], shown: Sequence[int]) -> int:
    return sum(least[k] + _GAP for k in shown) - _GAP


def bar(share: float, cells: int) -> str:
    """A bar of at most ``cells`` characters for a share 0..1; it comes after the number it draws."""
    return "█" * round(share * cells)


def is_dumb() -> bool:
    """Whether the terminal can only append lines."""
    return os.environ.get("TERM") == "dumb"


def give_up_stdout() -> None:
    """Whoever read stdout has gone (``| head``): what is still to be written goes nowhere, in silence."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
