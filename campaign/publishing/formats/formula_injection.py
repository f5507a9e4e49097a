"""Text cells of spreadsheets: none that a spreadsheet would run as a formula, and none with what nobody sees."""

import re

from domain.texts import JOINERS

_FORMULA = r"[\s'\"]*[=+\-@＝＋－＠]|[\t\r\n]"
_NUMBER = r"[+-]?[\d(][\d\s().,]*"


def guarded(text: str) -> str:
    """``text`` with an apostrophe before it where a spreadsheet would take it for a formula; ``unguarded`` undoes it.

    Telephone numbers and numbers are left as they are. Spaces and quotation marks before the sign count for nothing,
    since some programs trim them, and full-width signs count as the plain ones, as they do to an East Asian Excel
    (OWASP, CSV injection). Control and direction characters go; spaces of any kind are plain ones.
    """
    cell = f"'{text}" if _would_run(text) else text
    return cell if cell.isprintable() else "".join(map(_visible, cell))


def unguarded(cell: str) -> str:
    """The text that ``guarded`` made this cell of."""
    return cell[1:] if cell.startswith("'") and _would_run(cell[1:]) else cell


def _would_run(text: str) -> bool:
    return bool(re.match(_FORMULA, text)) and not re.fullmatch(_NUMBER, text)


def _visible(character: str) -> str:
    if character.isprintable() or character in JOINERS:
        return character
    return " " if character.isspace() else ""
