"""Requests for totals: all that is needed to count them again."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from campaign.errors import SettingsFault

if TYPE_CHECKING:
    from projections.filters import Scope

FORMATS = ("csv", "excel-csv", "xlsx", "json", "json-stat", "px", "tsv")
DEFAULT_THRESHOLD, DEFAULT_THRESHOLD_INTERNAL = 5, 3
"""The default of ``suppress_below``, for publication and for internal use."""
HIGHEST_THRESHOLD = 1_000


class FileOptions(NamedTuple):
    """The options of a file, as ``Request`` has them."""

    form: str
    by: tuple[str, ...]
    long: bool
    language: str
    suppress_below: int
    internal: bool


@dataclass(frozen=True)
class Request:
    """The request for a file, made on ``day`` when the log ended at ``position``.

    ``long``: a line for each figure. ``suppress_below``: the threshold; smaller figures are suppressed. ``internal``:
    not for publication. An empty filter lets everything through.
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
        """The scope of the contacts it counts, as known at its position."""
        from projections.filters import Scope

        filters = {name: getattr(self, name) for name in OF_SCOPE}
        today = min(self.known_on or self.day, self.day)
        return Scope(today=today, known=self.position, **filters)


OF_SCOPE = ("campaign", "first", "last", "as_of", "offices", "regions", "industries", "sizes", "kinds")
"""The fields that a request has in common with a ``Scope``."""


def check_same_table(earlier: Request, request: Request) -> None:
    """Raises ``SettingsFault`` unless both are of the same contacts and by the same dimensions."""
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
    return {field.name: _as_json(getattr(request, field.name)) for field in fields(request)}


def _as_json(value: object) -> object:
    if isinstance(value, date):
        return str(value)
    return list(value) if isinstance(value, tuple) else value
