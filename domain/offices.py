"""Offices and regions as dated reference data: which office there was on a day, and which region it lay in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from domain.refusals import WordUnknown
from domain.texts import quoted


class Office(NamedTuple):
    """One office as it was on days with ``first <= day < end``; None is open."""

    code: str
    name: str
    region: str
    first: date | None
    end: date | None


class Offices:
    """All offices, of all days."""

    def __init__(self, offices: Iterable[Office]) -> None:
        self._by_code: dict[str, list[Office]] = {}
        for office in offices:
            self._by_code.setdefault(office.code, []).append(office)

    @property
    def codes(self) -> list[str]:
        """Every code there is or was."""
        return list(self._by_code)

    @property
    def regions(self) -> list[str]:
        """Every region there is or was, in the order of the list."""
        return list(dict.fromkeys(office.region for versions in self._by_code.values() for office in versions))

    def on(self, code: str, day: date) -> Office | None:
        """The office of that code on that day; the nearest in time when it was none then; None for no such code."""
        versions = self._by_code.get(code, [])
        for office in versions:
            if (office.first is None or office.first <= day) and (office.end is None or day < office.end):
                return office
        return versions[-1] if versions else None

    def region(self, code: str, day: date) -> str:
        """The region of the office on that day; empty for a code that is no office."""
        office = self.on(code, day)
        return office.region if office else ""

    def regions_of(self, code: str) -> frozenset[str]:
        """Every region the office is or was in; none for a code that is no office."""
        return frozenset(office.region for office in self._by_code.get(code, []))

    def name(self, code: str) -> str:
        """The latest name of the office; the code itself where there is none."""
        versions = self._by_code.get(code)
        return versions[-1].name if versions else code

    def code_of(self, word: str) -> str:
        """The code of the office of that code or name. Refused, naming the nearest, when there is none."""
        if word in self._by_code:
            return word
        codes = {office.name.casefold(): code for code, versions in self._by_code.items() for office in versions}
        if word.casefold() in codes:
            return codes[word.casefold()]
        from difflib import get_close_matches  # only a mistake needs it

        near = get_close_matches(word.casefold(), codes, n=1)
        hint = f" Did you mean {codes[near[0]]} {self.name(codes[near[0]])}?" if near else ""
        raise WordUnknown(
            f"{quoted(word)} is no office.{hint} Write its 3-digit municipality code, such as 306 for Odsherred."
        )
