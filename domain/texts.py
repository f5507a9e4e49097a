"""Texts as they are stored: cleaned, limited in length, and free of CPR numbers."""

import re
import unicodedata

from domain.cpr import refuse_personal_numbers
from domain.refusals import TextNotAllowed

JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"
"""They are seen in what they join: letters of several scripts, and emoji."""
HINTS = "\N{SOFT HYPHEN}\N{ZERO WIDTH SPACE}\N{WORD JOINER}\N{ZERO WIDTH NO-BREAK SPACE}"
"""Where a word may be broken, or may not: left out of what is kept."""
_SPACES = r"[\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]"
_BREAKS = rf"[{HINTS}]|(?<![\u0590-\u1fff\u2070-\U0010ffff])[{JOINERS}]"
_JOINED = rf"(?<=[\u0590-\u1fff\u2070-\U0010ffff])[{JOINERS}](?=[\u0590-\u1fff\u2070-\U0010ffff])"
_UNSEEN = r"[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0d\uffa0\U000e0100-\U000e01ef]"
_PILED = r"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{5}"
_LINE_END = r"\r\n|[\r\v\f\x85\u2028\u2029]"
NAME_LIMIT = 200
NOTE_LIMIT = 10_000


def quoted(text: str) -> str:
    """A text as a sentence may repeat it: in quotes, cut to 40 characters, escapes written out. Refused with a CPR."""
    refuse_personal_numbers(text)
    return repr(text if len(text) <= 40 else text[:39] + "…")


def clean_text(label: str, text: str, limit: int = NAME_LIMIT) -> str:
    """``text`` as it is kept: one line, trimmed, in Unicode's composed form (NFC), every kind of space a plain one.

    Refused over ``limit`` characters, with a CPR number, or with characters that nobody sees: control and direction
    characters, halves of characters, signs no standard knows. Hints where a word may be broken are left out.
    """
    _check_length(label, text, limit)
    clean = text.strip() if text.isascii() else _composed(label, text, limit)
    if not clean.isprintable() and not re.sub(_JOINED, "", clean).isprintable():
        raise TextNotAllowed(f"The {label} holds control characters; write it with visible characters only.")
    if not text.isascii() or (len(text) >= 10 and sum(map(str.isdigit, text)) >= 10):
        refuse_personal_numbers(text)  # as it was written: a soft hyphen that goes was somebody's dash
    return clean


def clean_note(text: str, limit: int = NOTE_LIMIT) -> str:
    """A text of several lines as it is kept: each as ``clean_text`` keeps it, tabs as spaces, a ``\\n`` between two.

    Spaces at the ends of lines and empty lines at both ends go. Refused as ``clean_text`` refuses.
    """
    _check_length("note", text, limit)
    lines = re.sub(_LINE_END, "\n", text).replace("\t", " ").split("\n")
    note = "\n".join(_indented(line, limit) for line in lines).strip("\n")
    refuse_personal_numbers(text)
    return note


def _indented(line: str, limit: int) -> str:
    words = line.lstrip(" ")
    return " " * (len(line) - len(words)) + clean_text("note", words, limit) if words else ""


def _check_length(label: str, text: str, limit: int) -> None:
    if len(text) > limit:
        raise TextNotAllowed(f"The {label} has {len(text):,} characters; at most {limit:,} are taken.")


def _composed(label: str, text: str, limit: int) -> str:
    clean = unicodedata.normalize("NFC", re.sub(_SPACES, " ", re.sub(_BREAKS, "", text))).strip()
    _check_length(label, clean, limit)  # composing can make a text longer
    if re.search(_UNSEEN, clean) or re.search(_PILED, clean):
        raise TextNotAllowed(
            f"The {label} holds characters that nobody sees, or a pile of accents; write it with visible characters only."
        )
    return clean


def needed_text(label: str, text: str, limit: int = NAME_LIMIT) -> str:
    """As ``clean_text``; refused as well when nothing is in it."""
    clean = clean_text(label, text, limit)
    if not clean:
        raise TextNotAllowed(f"The {label} is empty. Write it, or leave it out.")
    return clean


def folded(name: str) -> str:
    """A name as it is searched: lower case, and å ä á alike a, ø ö alike o, æ alike ae, ü alike u, ß alike ss."""
    wide = name.casefold().replace("æ", "ae").replace("ø", "o").replace("oe", "o").replace("aa", "a")
    if wide.isascii():
        return wide
    plain = re.sub(_JOINED, "", unicodedata.normalize("NFKD", wide))
    return "".join(c for c in plain if not unicodedata.combining(c))
