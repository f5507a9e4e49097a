"""Read models: all of them, in the order in which they are projected, and their tables."""

from __future__ import annotations

import projections.engine.retractions  # noqa: F401 - registers its tables
from projections.engine.projector import ReadModel
from projections.engine.tables import metadata
from projections.facts.calls import Calls, Invitations
from projections.facts.campaigns import Enrolments, Plans
from projections.facts.companies import Companies
from projections.facts.follow_ups import FollowUps
from projections.facts.forecasts import Forecasts
from projections.facts.permissions import Bases, Refusals
from projections.facts.starts import Starts
from projections.facts.targets import Targets
from projections.facts.unknown_kinds import UnknownEntries
from projections.facts.visits import Visits
from projections.facts.yields import Yields

MODELS: tuple[type[ReadModel], ...] = (
    *(Companies, Enrolments, Plans, Targets, Forecasts, Calls, Invitations, Visits, Yields, UnknownEntries),
    *(FollowUps, Refusals, Bases, Starts),
)
TABLES = tuple(metadata.sorted_tables)
"""Their tables and those of the engine, without any that the application keeps beside them."""
