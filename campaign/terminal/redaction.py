"""CPR numbers are refused before anything can repeat them: in the words of a command and in settings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from domain.refusals import PersonalNumber

_FIRST_HALF = r"(?<!\d)\d{6}\W?$"
_SECOND_HALF = r"\W?\d{4}\W?"
_UUID = "(?i)[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}"


def refuse_personal(words: Iterable[str]) -> None:
    """Refuses words with a number in CPR form, before anything can repeat them. Full entry ids are let through.

    A number that was split by a space, which the shell takes for two or three words, is one too.
    """
    every = list(words)
    for word in [*every, *_split(every)]:
        if (sum(map(str.isdigit, word)) >= 10 or not word.isascii()) and not re.fullmatch(_UUID, word):
            from domain.cpr import refuse_personal_numbers

            refuse_personal_numbers(word)


def discreet(sentence: str) -> str:
    """A sentence that repeats what was typed; when that makes a number in CPR form, one that does not repeat it."""
    try:
        refuse_personal([sentence])
    except PersonalNumber as refusal:
        return str(refusal)
    return sentence


def _split(words: Sequence[str]) -> Iterator[str]:
    """What would be a number in CPR form: each word that ends in its first half with the one behind it, or the one
    behind a dash.
    """
    spoken = [word for word in words if re.search(r"\w", word)]
    for word, end in pairwise(spoken):
        if re.search(_FIRST_HALF, word) and re.fullmatch(_SECOND_HALF, end):
            yield f"{word}-{end}"
