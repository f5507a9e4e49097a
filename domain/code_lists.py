"""Dated words: how outcomes, reasons and kinds are looked up, and how one out of use stays readable for ever."""

from collections.abc import Iterable
from datetime import date

from domain.refusals import OutOfUse, WordUnknown
from domain.texts import quoted


def one_of(label: str, word: str, words: Iterable[str]) -> str:
    """``word`` if it is one of ``words``; else a refusal that lists them and names the nearest."""
    allowed = list(words)
    if word in allowed:
        return word
    from difflib import get_close_matches  # only a mistake needs it

    near = get_close_matches(word, allowed, n=1)
    hint = f" Did you mean {near[0]}?" if near else ""
    raise WordUnknown(f"{quoted(word)} is no {label}.{hint} There are: {', '.join(allowed)}.")


def check_in_use(label: str, word: str, day: date, first: date | None, end: date | None) -> None:
    """Refuses a word on a day outside ``first <= day < end``; ``None`` is open."""
    if (first and day < first) or (end and day >= end):
        span = f"{first or '...'} to {end or '...'}"
        raise OutOfUse(f"The {label} {word} is in use from {span} only, not on {day}. Write another {label}.")
