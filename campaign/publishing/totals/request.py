"""What an export was asked for: all that is needed to count it again, and nothing of who counts it, or when."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import TYPE_CHECKING, Any

from campaign.errors import SettingsFault
from campaign.publishing.totals.dimensions import PUBLISHED
from campaign.translations import LANGUAGES

if TYPE_CHECKING:
    from projections.filters import Scope

FORMATS = ("csv", "excel-csv", "xlsx", "json", "json-stat", "px", "tsv")
DEFAULT_THRESHOLD, DEFAULT_THRESHOLD_INTERNAL = 5, 3
"""Figures under this are hidden in an export, and in one that stays in the house, unless something else is said."""


@dataclass(frozen=True)
class Request:
    """One export. ``day`` is the one it was asked on, ``position`` how much of the log it knows.

    ``long``: a line for each figure. ``suppress_below``: hidden is what would tell of fewer. ``internal``: for nobody
    outside. Empty filters let all through.
    """

    form: str
    by: tuple[str, ...]
    long: bool
    language: str
    suppress_below: int
    internal: bool
    day: date
    position: int
    campaign: str | None = None
    first: date | None = None
    last: date | None = None
    as_of: date | None = None
    known_on: date | None = None
    offices: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()

    def scope(self) -> Scope:
        """The contacts it counts, as known at its position."""
        from projections.filters import Scope

        filters = {name: getattr(self, name) for name in OF_SCOPE}
        today = min(self.known_on or self.day, self.day)
        return Scope(today=today, known=self.position, **filters)


OF_SCOPE = ("campaign", "first", "last", "as_of", "offices", "regions", "industries", "sizes", "kinds")
"""What a request and a ``Scope`` call alike."""


def check_same_table(earlier: Request, request: Request) -> None:
    """Raises ``SettingsFault`` where the one is of other contacts than the other, or by other dimensions."""
    alike = [name for name in OF_SCOPE if name != "as_of"]
    unlike = [name for name in alike if getattr(earlier, name) != getattr(request, name)]
    unlike += ["by"] if set(earlier.by) != set(request.by) else []
    if unlike:
        raise SettingsFault(
            "A file can be protected against an earlier one of the same table, as of any day; "
            f"{unlike[0]} is another in the earlier."
        )


def as_json(request: Request) -> dict[str, Any]:
    """The request as a manifest has it: days in ISO form, filters as lists."""
    return {field.name: _WRITTEN.get(type(value), _same)(value) for field, value in _values(request)}


def _values(request: Request) -> list[tuple[Any, Any]]:
    return [(field, getattr(request, field.name)) for field in fields(request)]


def _same(value: Any) -> Any:
    return value


_WRITTEN: dict[type, Callable[[Any], Any]] = {date: str, tuple: list}


def from_json(values: Mapping[str, Any]) -> Request:
    """The request in a manifest. Raises ``SettingsFault`` naming what is no part of one, is missing, or is no such value."""
    names = {field.name: field for field in fields(Request)}
    unlike = sorted(values.keys() ^ names.keys())
    if unlike:
        raise SettingsFault(
            f"The manifest is altered, or of another version: its request has, or lacks, {unlike[0]!r}."
        )
    return Request(**{name: _read(name, value) for name, value in values.items()})


def _read(name: str, value: Any) -> Any:
    try:
        return _READERS[name](value)
    except (TypeError, ValueError) as fault:
        raise SettingsFault(f"The manifest is altered: {name} in it is {str(value)[:40]!r}.") from fault


def _exactly(kind: type) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        if type(value) is not kind:  # True is an int, and no number
            raise TypeError(value)
        return value

    return read


def _one_of(words: tuple[str, ...]) -> Callable[[Any], str]:
    return lambda value: words[words.index(value)]


def _or_none(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else read(value)


def _words(value: Any) -> tuple[str, ...]:
    return tuple(map(_exactly(str), _exactly(list)(value)))


def _dimensions(value: Any) -> tuple[str, ...]:
    words = _words(value)
    if len(set(words)) < len(words) or not set(words) <= set(PUBLISHED):
        raise ValueError(value)
    return words


def _up_to(most: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        if not 0 <= _exactly(int)(value) <= most:
            raise ValueError(value)
        return int(value)

    return read


MOST = 1_000
"""What can be hidden below."""


_READERS: dict[str, Callable[[Any], Any]] = {
    "form": _one_of(FORMATS),
    "language": _one_of(LANGUAGES),
    "day": date.fromisoformat,
    "campaign": _or_none(_exactly(str)),
    **dict.fromkeys(("long", "internal"), _exactly(bool)),
    "position": _up_to(2**62),
    "suppress_below": _up_to(MOST),
    "by": _dimensions,
    **dict.fromkeys(("first", "last", "as_of", "known_on"), _or_none(date.fromisoformat)),
    **dict.fromkeys(("offices", "regions", "industries", "sizes", "kinds"), _words),
}
