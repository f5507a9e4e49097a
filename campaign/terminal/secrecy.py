"""CPR numbers are refused before anything can repeat them: in the words of a command and in settings."""

from __future__ import annotations

import re
from collections.abc import Iterable

_UUID = "(?i)[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}"


def refuse_personal(words: Iterable[str]) -> None:
    """Refuses words with a number in CPR form, before anything can repeat them. Full entry ids are let through."""
    for word in words:
        if sum(map(str.isdigit, word)) >= 10 and not re.fullmatch(_UUID, word):
            from domain.identities import refuse_personal_numbers

            refuse_personal_numbers(word)
