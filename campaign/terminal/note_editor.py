"""Notes as they are written: read from stdin or an editor, never from the command line, where a shell keeps them."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from campaign.errors import SettingsFault
from campaign.terminal.output import talk
from campaign.terminal.session import Session
from domain.refusals import TextNotAllowed

_MOST_READ = 100_000  # bytes of what may be endless; a note has at most 10,000 characters


class FromElsewhere(click.ParamType[str]):
    """``-``, and nothing else: the text itself has no place on the command line."""

    name = "note"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The dash."""
        if value != "-":
            self.fail(
                "A note is not written on the command line, which the shell keeps. Say --note - first.", param, ctx
            )
        return str(value)


def note_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """``--note -``."""
    help_text = "Note something: - reads it from stdin, or opens your editor. It can be erased."
    return click.option("--note", type=FromElsewhere(), metavar="-", help=help_text)(function)


@contextmanager
def note_to_log(session: Session, option: str | None) -> Iterator[str]:
    """The note, if one is wanted. When it is not logged it is given back, so that nobody writes it twice."""
    text, logged = _decoded(_read(session)) if option else "", False
    try:
        yield _cleaned(text) if option else ""
        logged = True
    finally:
        if not logged:
            _give_back(text)


def _give_back(text: str) -> None:
    from domain.cpr import holds_personal_number

    if text.strip() and not holds_personal_number(text):
        talk(f"Your note was not kept. It said:\n{text.rstrip()}\n")


def _cleaned(text: str) -> str:
    from domain.texts import clean_note

    note = clean_note(text)
    if not note:
        raise TextNotAllowed("The note is empty. Nothing was logged.")
    return note


def _read(session: Session) -> bytes:
    if not sys.stdin.isatty():
        return sys.stdin.buffer.read(_MOST_READ)
    if os.environ.get("VISUAL") or os.environ.get("EDITOR"):
        session.home.require()
        session.home.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        return _edited(session.home.path)
    talk("Write the note, and end with Ctrl-D on a line of its own:")
    return sys.stdin.buffer.read()


def _edited(home: Path) -> bytes:
    """What was written in the editor, in a folder in the home that is gone afterwards, whatever else it wrote there."""
    from campaign.files.temporary import DRAFT, process_name, remove

    folder = home / process_name(DRAFT)
    folder.mkdir(mode=0o700)
    draft = folder / "note.txt"
    os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        return _written(draft)
    finally:
        remove(folder)


def _written(draft: Path) -> bytes:
    try:
        click.edit(filename=str(draft))
    except click.ClickException as fault:
        _give_back(draft.read_text(encoding="utf-8", errors="ignore"))
        raise SettingsFault(
            "The editor ended with a fault, so nothing was logged. Set EDITOR to one that is there."
        ) from fault
    return draft.read_bytes()


def _decoded(content: bytes) -> str:
    """What was written: UTF-8, or else Windows-1252, which is said."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        talk("The note is not written in UTF-8; it was read as Windows-1252.")
        return content.decode("cp1252", errors="surrogateescape")  # refused as what it is
