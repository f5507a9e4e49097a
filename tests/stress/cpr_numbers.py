"""CPR-like texts in many spellings, which no door may let in, and harmless numbers, which none should refuse."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from random import Random

from domain.cpr import holds_personal_number
from stress.findings import Found

_CPR_WEIGHTS = (4, 3, 2, 7, 6, 5, 4, 3, 2)
_CVR_WEIGHTS = (2, 7, 6, 5, 4, 3, 2)
_MOST_REFUSED = 0.01  # of the harmless numbers
_DASHES = "-\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{FIGURE DASH}\N{EN DASH}\N{EM DASH}\N{MINUS SIGN}\N{SOFT HYPHEN}"
_UNSEEN = "\N{ZERO WIDTH SPACE}\N{ZERO WIDTH JOINER}\N{WORD JOINER}\N{SOFT HYPHEN}\N{RIGHT-TO-LEFT MARK}"
_DIGITS = (0xFF10, 0x0660, 0x06F0, 0x0966, 0x1D7CE)  # full-width, Arabic-Indic, Persian, Devanagari, mathematical

Number = tuple[str, str, str]
"""A number in CPR form: day and month, year, serial number."""


def numbers(times: int, chance: Random, folder: Path) -> Found:
    """A third of the texts hold a number in CPR form, two thirds a harmless one; what was missed, what refused."""
    faults = [fault for n in range(times // 3) if (fault := _missed(chance, [*SPELLINGS][n % len(SPELLINGS)]))]
    kinds = [[*HARMLESS][n % len(HARMLESS)] for n in range(times - times // 3)]
    refused = Counter(kind for kind in kinds if holds_personal_number(HARMLESS[kind](chance)))
    share = refused.total() / max(1, len(kinds))
    if share > _MOST_REFUSED:
        faults.append(f"{share:.2%} of the harmless numbers were refused")
    of = Counter(kinds)
    told = ", ".join(f"{kind} {refused[kind]} of {of[kind]}" for kind in HARMLESS if refused[kind]) or "none"
    return Found(times, f"missed {len(faults)}; refused {share:.2%} of the harmless: {told}", faults)


def _missed(chance: Random, spelling: str) -> str:
    text = SPELLINGS[spelling](a_number(chance), chance)
    return "" if holds_personal_number(text) else f"{spelling}: a number was not seen in {text!r}"


def a_number(chance: Random) -> Number:
    """A made-up number with a day that exists; one in ten is a replacement number."""
    born = date(1910, 1, 1) + timedelta(days=chance.randrange(40_000))
    day = born.day + (60 if chance.random() < 0.1 else 0)
    return f"{day:02}{born.month:02}", f"{born.year % 100:02}", f"{chance.randrange(10_000):04}"


def _bare(number: Number, chance: Random) -> str:
    """Ten digits whose check digit fits, the only ones that are refused without a dash; 1 January needs none."""
    digits = "".join(number)[:9]
    last = -sum(w * int(d) for w, d in zip(_CPR_WEIGHTS, digits, strict=True)) % 11
    return f"{digits}{last}" if last < 10 else f"0101{digits[4:]}{chance.randrange(10)}"


def _in_digits_of(text: str, zero: int) -> str:
    return text.translate({ord("0") + n: chr(zero + n) for n in range(10)})


def _century(number: Number, dash: str) -> str:
    day, year, serial = number
    return f"{day}{'19' if int(year) > 36 else '20'}{year}{dash}{serial}"


def _with_unseen(number: Number, chance: Random) -> str:
    day, year, serial = number
    return "".join(c + chance.choice(["", chance.choice(_UNSEEN)]) for c in f"{day}{year}-{serial}")


SPELLINGS: dict[str, Callable[[Number, Random], str]] = {
    "dashed": lambda n, c: f"{n[0]}{n[1]}-{n[2]}",
    "bare": _bare,
    "with spaces": lambda n, c: c.choice(["{a}{y} {s}", "{a}{y} - {s}", "{d} {m} {y} {s}", "{d} {m} {y} - {s}"]).format(
        a=n[0], d=n[0][:2], m=n[0][2:], y=n[1], s=n[2]
    ),
    "other dashes": lambda n, c: f"{n[0]}{n[1]}{c.choice(_DASHES)}{n[2]}",
    "slashes and dots": lambda n, c: "{0}{x}{1}{x}{2}-{3}".format(n[0][:2], n[0][2:], *n[1:], x=c.choice("/.-:")),
    "with the century": lambda n, c: _century(n, c.choice(["-", "", " "])),
    "digits of other scripts": lambda n, c: _in_digits_of(f"{n[0]}{n[1]}-{n[2]}", c.choice(_DIGITS)),
    "in a sentence": lambda n, c: c.choice(["ring til {}, hun er der", "cpr:{}.", "født{}x", "({})", "CPR-nr.{};"]).format(
        f"{n[0]}{n[1]}-{n[2]}"
    ),
    "in an address": lambda n, c: c.choice(["{}@mail.dk", "{}.csv", "a/{}/b.xlsx", "https://x.dk/?id={}&b=1"]).format(
        f"{n[0]}{n[1]}{c.choice('-_')}{n[2]}"
    ),
    "underscores": lambda n, c: c.choice(["a_{}_{}_b", "{}_{}", "{}__{}"]).format(n[0] + n[1], n[2]),
    "unseen characters": _with_unseen,
    "encoded": lambda n, c: c.choice(["{}%2D{}", "{}%2d{}", "{}%20{}", "{}%E2%80%93{}", "{}&ndash;{}", "{}&#45;{}"]).format(
        n[0] + n[1], n[2]
    ),
}  # fmt: skip
"""How a number in CPR form is written, each of which is refused."""


def _cvr(chance: Random) -> str:
    while True:
        first = f"{chance.randrange(1_000_000, 10_000_000)}"
        last = -sum(w * int(d) for w, d in zip(_CVR_WEIGHTS, first, strict=True)) % 11
        if last < 10:
            d = f"{first}{last}"
            return chance.choice([d, f"DK{d}", f"DK-{d}", f"{d[:2]} {d[2:4]} {d[4:6]} {d[6:]}", f"CVR-nr. {d}"])


def _workplace(chance: Random) -> str:
    return f"{chance.choice(['', 'P-nr. '])}{chance.randrange(1_000_000_000, 1_031_000_000)}"


def _phone(chance: Random) -> str:
    d = f"{chance.randrange(20_000_000, 99_999_999)}"
    plain = chance.choice([d, f"{d[:2]} {d[2:4]} {d[4:6]} {d[6:]}", f"{d[:4]} {d[4:]}", f"{d[:4]}-{d[4:]}"])
    return chance.choice(["", "", "+45 ", "+45", "0045 ", "0045", "(+45) ", "tlf. ", "45 "]) + plain


def _ean(chance: Random) -> str:
    d = f"57{chance.randrange(10**11):011}"
    return chance.choice([d, f"EAN {d}", f"{d[0]} {d[1:7]} {d[7:]}", f"{d[:4]} {d[4:8]} {d[8:12]} {d[12]}"])


def _invoice(chance: Random) -> str:
    n, year = chance.randrange(1, 1_000_000), chance.randrange(2005, 2027)
    forms = [
        f"{n}",
        f"F{n:06}",
        f"{year}-{n:05}",
        f"{year}{n:05}",
        f"INV-{year}-{n:04}",
        f"{year}/{n}",
        f"faktura {n:08}",
    ]
    return chance.choice(forms)


def _day(chance: Random) -> date:
    return date(2005, 1, 1) + timedelta(days=chance.randrange(8_000))


def _date(chance: Random) -> str:
    d, e = _day(chance), _day(chance)
    year, short = chance.choice([d, e]).year, f"{d:%d%m%y}"
    return chance.choice([
        f"{d}", f"{d:%d.%m.%Y}", f"{d:%d-%m-%Y}", f"{d:%d/%m %Y}", f"{d.day}. {d:%B %Y}", f"{d:%d.%m.%y}", f"{d:%Y%m%d}",
        short, f"{d} - {e}", f"{d}/{e}", f"{d:%d.%m.%Y}-{e:%d.%m.%Y}", f"{d:%d/%m}-{e:%d/%m %Y}", f"uge {d:%V}, {year}",
        f"{d:%d.%m}-{e:%d.%m.%y}", f"{year}/{year + 1}", f"{d:%d.%m.%y} - {e:%d.%m.%y}",
    ])  # fmt: skip


def _moment(chance: Random) -> str:
    d, hour, minute = _day(chance), chance.randrange(24), chance.randrange(60)
    return chance.choice([
        f"{d}T{hour:02}:{minute:02}", f"{d} {hour:02}:{minute:02}:09", f"{d:%d.%m.%Y} kl. {hour}.{minute:02}",
        f"{d:%d-%m-%Y} {hour:02}:{minute:02}", f"{d:%d/%m} kl. {hour}", f"{d:%Y%m%d}T{hour:02}{minute:02}00Z",
        f"{d:%Y%m%d%H%M%S}", f"{d:%d.%m.%y} {hour:02}.{minute:02}", f"kl. {hour:02}{minute:02} den {d:%d.%m}",
        f"{d:%Y%m%d}-{hour:02}{minute:02}", f"{hour:02}:{minute:02}-{(hour + 1) % 24:02}:{minute:02}",
    ])  # fmt: skip


def _amount(chance: Random) -> str:
    n = chance.randrange(1, 10 ** chance.randrange(2, 11))
    dotted = f"{n:,}".replace(",", ".")
    return chance.choice([f"{n}", f"{n:,}", dotted, f"{dotted},00", f"kr. {dotted},-", f"{n / 100:.2f}", f"{n} kr."])


HARMLESS: dict[str, Callable[[Random], str]] = {
    "CVR": _cvr, "P-number": _workplace, "phone": _phone, "EAN": _ean, "invoice": _invoice, "date": _date,
    "moment": _moment, "amount": _amount,
}  # fmt: skip
"""Numbers that are no person's."""
