"""What is known of the place a yield stands for, beside its kind and the number of positions."""

from __future__ import annotations

from datetime import date

from msgspec import Struct

MOST_POSITIONS = 999


class Terms(Struct, frozen=True, omit_defaults=True):
    """Hours a week, first day, length in weeks, and whom it is for; ``None`` or empty where nothing was said."""

    hours_per_week: int | None = None
    starts_on: date | None = None
    weeks: int | None = None
    target_group: str = ""
    sector: str = ""
