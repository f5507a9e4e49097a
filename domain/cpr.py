"""CPR numbers: in which spellings a text would hold one, and the refusal that never repeats it."""

import re
import unicodedata
from datetime import date

from domain.refusals import PersonalNumber

# Day, month, year with nothing or the same between them, then the serial number; what parts the former parts it too.
_DAY = r"(?P<day>\d\d)(?P<between>[\W_]{0,2})(?P<month>\d\d)(?P=between)(?:18|19|20)?(?P<year>\d\d)"
_CPR_LIKE = rf"(?<!\d){_DAY}(?P<dash>[\W_]{{0,4}})(?P<serial>\d{{4}})(?!\d)"
_ONE_BY_ONE = r"(?<!\d)\d(?:[\W_]{1,3}\d){9}(?!\d)"
_ENCODED = r"(?:%[0-9A-Fa-f]{2})+"
_WEIGHTS = (4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
_LEAST_DIGITS = 10


def refuse_personal_numbers(text: str) -> None:
    """Refuses a text that holds a number in CPR form, without repeating it.

    ``DDMMYY-SSSS`` with a day that exists is refused, whatever stands for the dash, with or without the century and
    in the digits of any script; ten digits in a row only when modulus 11 holds or the day is 1 January, since many
    other numbers have ten digits. Replacement numbers add 60 to the day. Modulus 11 alone does not decide: it is not
    guaranteed since 2007 (CPR-kontoret).
    """
    if holds_personal_number(text):
        raise PersonalNumber(
            "The text holds a number in the form of a CPR number. Leave it out; such numbers are never stored here."
        )


def holds_personal_number(text: str) -> bool:
    """Whether a number in CPR form is in the text, or in what it stands for when it is percent-encoded."""
    return _digits(unicodedata.normalize("NFKC", text)) >= _LEAST_DIGITS and any(map(_holds_cpr_form, _readings(text)))


def _digits(text: str) -> int:
    return sum(map(str.isdecimal, text))


def _readings(text: str) -> list[str]:
    """The text as people may read it: invisible characters as dashes and as nothing, encoded ones as what they are."""
    if "%" in text or "&" in text:
        from html import unescape  # hardly ever needed, and slow to load

        decoded = unescape(re.sub(_ENCODED, _decoded, text))
        return [reading for written in {text, decoded} for reading in _plain(written)]
    return _plain(text)


def _plain(text: str) -> list[str]:
    if text.isascii():
        return [text]
    composed = unicodedata.normalize("NFKC", text)
    hyphened = composed.replace("\N{SOFT HYPHEN}", "-")
    return [*{composed, *("".join(filter(_is_seen, written)) for written in (composed, hyphened))}]


def _is_seen(character: str) -> bool:
    return unicodedata.category(character) not in _UNSEEN


_UNSEEN = frozenset({"Cf", "Mn", "Me"})


def _decoded(match: re.Match[str]) -> str:
    return bytes.fromhex(match.group().replace("%", "")).decode("utf-8", "replace")


def _holds_cpr_form(text: str) -> bool:
    closed_up = re.sub(_ONE_BY_ONE, _closed_up, text)
    return any(_is_personal(match) for written in {text, closed_up} for match in _candidates(written))


def _closed_up(match: re.Match[str]) -> str:
    digits = re.sub(r"[\W_]", "", match.group())
    return f"{digits[:6]}-{digits[6:]}"


def _candidates(text: str) -> list[re.Match[str]]:
    """Everything in CPR form, those that begin inside another too."""
    pattern, matches, at = re.compile(_CPR_LIKE), [], 0  # compiled when first needed, which most commands never do
    while match := pattern.search(text, at):
        matches.append(match)
        at = match.start() + 1
    return matches


def _is_personal(match: re.Match[str]) -> bool:
    if match["between"] and not match["dash"]:
        return False
    digits = "".join(match.group("day", "month", "year", "serial"))
    day, month = int(digits[:2]), int(digits[2:4])
    day -= 60 if day > 60 else 0
    if not _day_exists(day, month):
        return False
    if len(match.group()) > len(digits):
        return True
    return sum(w * int(d) for w, d in zip(_WEIGHTS, digits, strict=True)) % 11 == 0 or (day, month) == (1, 1)


def _day_exists(day: int, month: int) -> bool:
    try:
        date(2000, month, day)
    except ValueError:
        return False
    return True
