"""The terms of a yield: what is agreed beside its kind and the number of positions."""

from __future__ import annotations

from datetime import date

from msgspec import Struct


class Terms(Struct, frozen=True, omit_defaults=True):
    """Hours a week, first day, length in weeks, target group and sector; ``None`` or empty where it is not known."""

    hours_per_week: int | None = None
    starts_on: date | None = None
    weeks: int | None = None
    target_group: str = ""
    sector: str = ""
