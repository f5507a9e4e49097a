"""Processes for a rehearsal to kill: one logs act after act, one types the same again, one has little room to write."""

from __future__ import annotations

import sys
from itertools import count

import cli

_WEIGHTS = (2, 7, 6, 5, 4, 3, 2)
OUTCOMES = ("busy", "accepted")


def companies(first: int) -> list[str]:
    """Eighty CVR numbers that can exist, those of the ``first`` hundred on; no other hundred has any of them."""
    found = []
    for stem in range(1_000_000 + 100 * first, 1_000_000 + 100 * (first + 1)):
        digit = -sum(weight * int(d) for weight, d in zip(_WEIGHTS, str(stem), strict=True)) % 11
        if digit < 10:
            found.append(f"{stem}{digit}")
    return found[:80]


def company(number: int) -> str:
    """The CVR number of the company with that number, counted from 0."""
    return companies(number // 80)[number % 80]


def typed(words: list[str]) -> int:
    """The exit code of a command."""
    try:
        cli.main(words)
    except SystemExit as end:
        return int(end.code or 0)
    raise AssertionError("a command ends by an exit code")


def log(home: str, first: int, last: int) -> None:
    """Logs one call to each company from ``first`` to before ``last``; every second one brings a visit too."""
    for number in range(first, last):
        words = ["--home", home, "--no-input", "call", company(number), OUTCOMES[number % 2], "--at", "2012-11-12"]
        code = typed([*words, *(["--visit", "2012-11-14"] if number % 2 else [])])
        if code:
            print(f"Refused: {company(number)} {code}", flush=True)


def repeat(times: int, words: list[str]) -> None:
    """Types a command so often; ``{n}`` in its words is the number of the time."""
    for number in range(times) if times else count():
        code = typed([word.replace("{n}", str(number)) for word in words])
        print(f"Ended: {code}", flush=True)


def limited(size: int, words: list[str]) -> int:
    """The exit code of a command that cannot write a file beyond so many bytes."""
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    return typed(words)


def main(task: str, *words: str) -> int:
    """Does one of the three."""
    if task == "log":
        log(words[0], int(words[1]), int(words[2]))
    elif task == "repeat":
        repeat(int(words[0]), list(words[1:]))
    elif task == "limited":
        return limited(int(words[0]), list(words[1:]))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
