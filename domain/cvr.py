"""CVR numbers: the eight digits under which the Danish register knows a company."""

import re
from operator import mul

from domain.refusals import NumberNotValid
from domain.texts import quoted

_CVR = re.compile("[1-9][0-9]{7}")
_NOISE = re.compile(r"^\s*DK|[\s.-]", re.IGNORECASE)
_WEIGHTS = (2, 7, 6, 5, 4, 3, 2, 1)


def cvr_number(text: str) -> str:
    """The 8 digits of a CVR number written in any usual way (``DK39800152``, ``26 09 93 82``).

    Refused when no such number can exist: modulus 11 over the digits (Erhvervsstyrelsen's check).
    """
    digits = text if _CVR.fullmatch(text) else _NOISE.sub("", text)
    if _CVR.fullmatch(digits) and sum(map(mul, _WEIGHTS, map(int, digits))) % 11 == 0:
        return digits
    raise NumberNotValid(f"{quoted(text)} is no CVR number: write its 8 digits; the check digit (modulus 11) must fit.")
