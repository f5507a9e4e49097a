"""Numbers and ids: CVR numbers that can exist, CPR numbers that must not enter, ids that are the same every time."""

import re
import unicodedata
from datetime import date
from functools import cache
from operator import mul
from typing import Any
from uuid import UUID

from domain.refusals import NumberNotValid, PersonalNumber, TextNotAllowed

_NAMESPACE = UUID("6d1c8f0e-52a7-5b5e-9a55-3d0c5c1d8a10").bytes
_VERSION_5 = 5 << 76 | 0b10 << 62
_FREE_BITS = (1 << 128) - 1 ^ 0xF << 76 ^ 0b11 << 62
_CVR = re.compile("[1-9][0-9]{7}")
_CVR_NOISE = re.compile(r"^\s*DK|[\s.-]", re.IGNORECASE)
_CVR_WEIGHTS = (2, 7, 6, 5, 4, 3, 2, 1)
_CPR_LIKE = re.compile(r"(?<!\d)(\d{2})[\W_]?(\d{2})[\W_]?(?:18|19|20)?(\d{2})[\W_]{0,3}(\d{4})(?!\d)")
_CPR_WEIGHTS = (4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−­"), "-")
NAME_LIMIT = 200


def identity(*words: str) -> UUID:
    """The id that stands for these words, the same on every machine (RFC 9562, version 5)."""
    digest = _sha1()(_NAMESPACE + "\x1f".join(words).encode(), usedforsecurity=False).digest()
    return UUID(int=int.from_bytes(digest[:16]) & _FREE_BITS | _VERSION_5)


@cache
def _sha1() -> Any:
    """hashlib's, loaded when an id is first made: what completes a word makes none, and saves 3 ms."""
    from hashlib import sha1

    return sha1


def campaign_id(slug: str) -> UUID:
    """The id of the campaign of that name."""
    return identity("campaign", slug)


def company_id(cvr: str) -> UUID:
    """The id of the company with that CVR number."""
    return identity("company", cvr)


def outreach_id(slug: str, cvr: str) -> UUID:
    """The id of everything done towards one company in one campaign."""
    return identity("outreach", slug, cvr)


def cvr_number(text: str) -> str:
    """The 8 digits of a CVR number written in any usual way (``DK39800152``, ``26 09 93 82``).

    Refused when no such number can exist: modulus 11 over the digits (Erhvervsstyrelsen's check).
    """
    digits = text if _CVR.fullmatch(text) else _CVR_NOISE.sub("", text)
    if _CVR.fullmatch(digits) and sum(map(mul, _CVR_WEIGHTS, map(int, digits))) % 11 == 0:
        return digits
    raise NumberNotValid(f"{quoted(text)} is no CVR number: write its 8 digits; the check digit (modulus 11) must fit.")


def quoted(text: str) -> str:
    """A text as a sentence may repeat it: in quotes, cut to 40 characters, escapes written out. Refused with a CPR."""
    refuse_personal_numbers(text)
    return repr(text if len(text) <= 40 else text[:39] + "…")


def refuse_personal_numbers(text: str) -> None:
    """Refuses a text that holds a number in CPR form, without repeating it.

    ``DDMMYY-SSSS`` with a day that exists is refused; ten digits in a row only when modulus 11 holds or the
    day is 1 January, since many other numbers have ten digits. Replacement numbers add 60 to the day.
    Modulus 11 alone does not decide: it is not guaranteed since 2007 (CPR-kontoret).
    """
    plain = unicodedata.normalize("NFKC", text).translate(_DASHES)
    for found in _CPR_LIKE.finditer(plain):
        if _is_personal(found):
            raise PersonalNumber(
                "The text holds a number in the form of a CPR number. Leave it out; such numbers are never stored here."
            )


def _is_personal(found: re.Match[str]) -> bool:
    digits = "".join(found.groups())
    day, month = int(digits[:2]), int(digits[2:4])
    if day > 60:
        day -= 60
    if not _day_exists(day, month):
        return False
    if len(found.group()) > len(digits):
        return True
    return sum(w * int(d) for w, d in zip(_CPR_WEIGHTS, digits, strict=True)) % 11 == 0 or (day, month) == (1, 1)


def _day_exists(day: int, month: int) -> bool:
    try:
        date(2000, month, day)
    except ValueError:
        return False
    return True


def clean_text(what: str, text: str, limit: int = NAME_LIMIT) -> str:
    """``text`` trimmed and in Unicode's composed form (NFC); refused with control characters, CPR or over ``limit``."""
    if len(text) > limit:
        raise TextNotAllowed(f"The {what} has {len(text):,} characters; at most {limit:,} are taken.")
    clean = text if text.isascii() else unicodedata.normalize("NFC", text).replace("\N{NO-BREAK SPACE}", " ")
    clean = clean.strip()
    if not clean.isprintable():  # control, format and bidirectional characters are not
        raise TextNotAllowed(f"The {what} holds control characters; write it with visible characters only.")
    if len(clean) >= 10 and sum(map(str.isdigit, clean)) >= 10:
        refuse_personal_numbers(clean)
    return clean


def needed_text(what: str, text: str, limit: int = NAME_LIMIT) -> str:
    """As ``clean_text``; refused as well when nothing is in it."""
    clean = clean_text(what, text, limit)
    if not clean:
        raise TextNotAllowed(f"The {what} is empty. Write it, or leave it out.")
    return clean


def folded(name: str) -> str:
    """A name as it is searched: lower case, and å ä á alike a, ø ö alike o, æ alike ae, ü alike u, ß alike ss."""
    wide = name.casefold().replace("æ", "ae").replace("ø", "o").replace("oe", "o").replace("aa", "a")
    if wide.isascii():
        return wide
    return "".join(c for c in unicodedata.normalize("NFKD", wide) if not unicodedata.combining(c))
