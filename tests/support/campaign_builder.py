"""A campaign told in a test: aggregates act, and what they remember becomes rows of read models, wherever these lie."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, Engine, delete, select

from domain.acts import Act
from domain.calls import Call
from domain.campaign import Campaign, Forecast
from domain.campaign import Target as TargetToSet
from domain.company import Company, CompanyFacts
from domain.ids import identity
from domain.outcomes import Outcome
from domain.outreach import Outreach
from domain.permissions import ContactBasis
from domain.terms import Terms
from domain.yields import Yield
from projections.definitions import definitions
from projections.engine.catch_up import catch_up
from projections.engine.postgres import open_server
from projections.engine.projector import RecordedEvent
from projections.engine.sqlite import make_tables, open_database
from projections.engine.tables import metadata
from projections.filters import Scope, position_on
from projections.questions.entries import Entry, entries
from projections.questions.forecasts import ScoredForecast, scored_forecasts
from projections.questions.funnel import FunnelStep, funnel
from projections.questions.hit_rates import hit_rates
from projections.questions.targets import Target, targets
from projections.questions.worklists import Worklist, due_on, overdue
from projections.questions.yields_by_kind import YieldTree, yields_by_kind
from projections.read_models import MODELS, TABLES

REGIONS = {"101": "Hovedstaden", "147": "Hovedstaden", "306": "Sjælland", "316": "Sjælland", "851": "Nordjylland"}
BAKERY, HARBOUR, SCHOOL, GARAGE = "26099382", "72287029", "97383979", "26382114"
FIRST, LAST, TODAY = "2012-09-01", "2014-06-30", "2014-06-30"


def region_of(office: str, _: date) -> str:
    """The region of an office; every office has had one region only."""
    return REGIONS[office]


def day(text: str | date) -> date:
    """A day written as text."""
    return date.fromisoformat(text) if isinstance(text, str) else text


class CampaignBuilder:
    """Acts, in the order they were logged, and the questions asked of them.

    Every act takes ``at``, the day it happened. It was recorded that day, or on the day ``recorded`` says; the
    log's moments never go back. Ids come from a running number, so they are the same in every run.
    """

    def __init__(self, slug: str = "open-doors") -> None:
        self.slug, self.events, self._outreaches, self._companies = slug, [], {}, {}  # type: ignore[var-annotated]
        self._acts, self._clock = 0, datetime.min.replace(tzinfo=UTC)
        plan = self._act(FIRST, "106", "planner", None)
        self._campaign = Campaign.plan(plan, identity("plan"), slug, "Open doors", day(FIRST), day(LAST))
        self._remember(self._campaign)

    # Acts

    def invited(self, cvr: str = BAKERY, at: str = "2012-10-01", **who: Any) -> UUID:
        """A letter was sent."""
        return self._on_outreach(cvr, at, who, lambda o, act, entry: o.invite(act, entry))

    def called(
        self,
        cvr: str = BAKERY,
        outcome: str = "accepted",
        at: str = "2012-11-01",
        follow_up: str | None = None,
        call: UUID | None = None,
        **who: Any,
    ) -> UUID:
        """A call, and the day to call again if one was agreed. ``call``: the one that this entry corrects."""
        attempt = Call(Outcome(outcome), follow_up=day(follow_up) if follow_up else None)
        return self._on_outreach(
            cvr, at, who, lambda o, act, entry: o.log_call(act._replace(repeated=True), entry, attempt, call)
        )

    def called_at(self, cvr: str, outcome: str, at: str, clock: time) -> UUID:
        """A call at a time of the day."""
        return self._on_outreach(
            cvr, at, {}, lambda o, act, entry: o.log_call(act, entry, Call(Outcome(outcome), at_time=clock))
        )

    def booked(
        self, cvr: str = BAKERY, on: str = "2012-11-20", at: str = "2012-11-01", call: UUID | None = None, **who: Any
    ) -> UUID:
        """A visit was agreed ``at`` a day for another. The entry is the visit's id too."""
        return self._on_outreach(cvr, at, who, lambda o, act, entry: o.book_visit(act, entry, day(on), call))

    def moved(self, visit: UUID, to: str, at: str, cvr: str = BAKERY, **who: Any) -> UUID:
        """The visit is to be on another day."""
        return self._on_outreach(cvr, at, who, lambda o, act, entry: o.move_visit(act, entry, day(to), visit))

    def held(self, visit: UUID, at: str = "2012-11-20", cvr: str = BAKERY, **who: Any) -> UUID:
        """The visit took place, or, when it was not booked, a visit of that id did."""
        return self._on_outreach(cvr, at, who, lambda o, act, entry: o.hold_visit(act, entry, visit))

    def missed(self, visit: UUID, at: str = "2012-11-20", cvr: str = BAKERY, **who: Any) -> UUID:
        """Nobody was there."""
        return self._on_outreach(cvr, at, who, lambda o, act, entry: o.miss_visit(act, entry, visit))

    def cancelled(self, visit: UUID, at: str = "2012-11-19", cvr: str = BAKERY, **who: Any) -> UUID:
        """The visit was called off."""
        return self._on_outreach(cvr, at, who, lambda o, act, entry: o.cancel_visit(act, entry, visit))

    def visited(self, cvr: str = BAKERY, at: str = "2012-11-20", **who: Any) -> UUID:
        """A visit that was booked the same day and held. Returns the visit."""
        visit = self.booked(cvr, on=at, at=at, **who)
        self.held(visit, at, cvr, **who)
        return visit

    def yielded(
        self,
        kind: str = "internship",
        positions: int = 1,
        visit: UUID | None = None,
        call: UUID | None = None,
        at: str = "2012-11-20",
        cvr: str = BAKERY,
        starts: str | None = None,
        **who: Any,
    ) -> UUID:
        """What a visit or a call brought."""
        agreed = Yield(kind, positions, visit, call, Terms(starts_on=day(starts) if starts else None))
        return self._on_outreach(cvr, at, who, lambda o, act, entry: o.record_yield(act, entry, agreed))

    def retracted(self, target: UUID, at: str = "2012-12-01", cvr: str = BAKERY, **who: Any) -> UUID:
        """An entry was taken back."""
        return self._on_outreach(
            cvr, at, who, lambda o, act, entry: o.retract(act, entry, target, "registered in error")
        )

    def described(
        self,
        cvr: str = BAKERY,
        industry: str = "",
        size: str = "",
        since: str | None = None,
        at: str = FIRST,
        protected: bool = False,
        **who: Any,
    ) -> UUID:
        """What the register says of a company, for all days or from ``since`` on."""
        facts = {"industry": industry, "industry_scheme": "DB07", "size_band": size}
        said = CompanyFacts(name=f"Company {cvr}", **facts, advertising_protected=protected)
        act = self._act(at, **self._actor(who))
        company = self._companies.get(cvr)
        if company is None:
            company = self._companies[cvr] = Company.register(act, self._entry, cvr, said)
        else:
            company.change(act, self._entry, said, day(since) if since else None)
        return self._remember(company)

    def enrolled(self, office: str) -> UUID:
        """An office takes part."""
        self._campaign.enrol(self._act(FIRST, "106", "planner", None), self._entry, office)
        return self._remember(self._campaign)

    def targeted(
        self,
        office: str | None,
        measure: str,
        number: int,
        at: str = FIRST,
        by: str = LAST,
        recorded: str | None = None,
        **whose: str,
    ) -> UUID:
        """An office, or all, or a ``region``, has a number to reach, of a ``kind`` or of all."""
        act = self._act(at, "106", "planner", recorded)
        self._campaign.set_target(act, self._entry, TargetToSet(measure, number, day(by), office, **whose))
        return self._remember(self._campaign)

    def kept_forecast(self, said: Forecast, at: str, recorded: str | None = None) -> UUID:
        """A forecast was kept as it was made that day."""
        self._campaign.keep_forecasts(self._act(at, "106", "planner", recorded), self._entry, [said])
        return self._remember(self._campaign)

    def extended(self, last: str, at: str) -> UUID:
        """The campaign got another last day."""
        self._campaign.extend(self._act(at, "106", "planner", None), self._entry, day(last))
        return self._remember(self._campaign)

    def retargeted(self, target: UUID, at: str, recorded: str | None = None) -> UUID:
        """A fact of the campaign was taken back."""
        self._campaign.retract(self._act(at, "106", "planner", recorded), self._entry, target, "registered in error")
        return self._remember(self._campaign)

    def allowed(self, cvr: str = BAKERY, at: str = "2012-11-01", basis: str = "consent", **who: Any) -> UUID:
        """A basis for contacting the company was recorded."""
        return self._on_outreach(cvr, at, who, lambda o, act, entry: o.allow_contact(act, entry, ContactBasis(basis)))

    def started(
        self, recorded: UUID, began: bool = True, at: str = "2012-12-10", cvr: str = BAKERY, **who: Any
    ) -> UUID:
        """What a yield agreed began, or never did."""
        return self._on_outreach(cvr, at, who, lambda o, act, entry: o.settle_start(act, entry, recorded, began))

    # Questions

    @contextmanager
    def tables(self, batch: int = 5_000) -> Iterator[Connection]:
        """A connection to read models that have seen every act, in batches of so many events."""
        engine = _cleared_tables()
        catch_up(engine, MODELS, self.read, region_of, batch)
        with engine.connect() as connection, connection.begin():
            yield connection

    def read(self, after: int, _: str, limit: int) -> list[RecordedEvent]:
        """The events that follow a position."""
        return self.events[after : after + limit]

    def groups(self, by: str | None = None, known_on: str | None = None, **scope: Any) -> list[dict[str, Any]]:
        """The rows of ``hit_rates``. Days may be written as text."""
        with self.tables() as connection:
            return hit_rates(connection, report_scope(connection, known_on, **scope), by)

    def group(self, by: str, word: str, **scope: Any) -> dict[str, Any]:
        """The row of one group."""
        return next(row for row in self.groups(by, **scope) if row[by] == word)

    def words(self, by: str, **scope: Any) -> list[str]:
        """The groups of a dimension."""
        return [row[by] for row in self.groups(by, **scope)]

    def figures(self, known_on: str | None = None, **scope: Any) -> dict[str, Any]:
        """The row of all."""
        return self.groups(known_on=known_on, **scope)[0]

    def kinds(self, basis: str = "contact", known_on: str | None = None, **scope: Any) -> YieldTree:
        """The yields by kind."""
        with self.tables() as connection:
            return yields_by_kind(connection, report_scope(connection, known_on, **scope), basis)

    def steps(self, **scope: Any) -> list[FunnelStep]:
        """The funnel."""
        with self.tables() as connection:
            return funnel(connection, report_scope(connection, **scope))

    def entries(self, of: str, known_on: str | None = None, basis: str = "contact", **scope: Any) -> list[Entry]:
        """The entries behind a count."""
        with self.tables() as connection:
            return entries(connection, report_scope(connection, known_on, **scope), of, basis)

    def targets(self, known_on: str | None = None, **scope: Any) -> list[Target]:
        """The targets that were valid."""
        with self.tables() as connection:
            return targets(connection, report_scope(connection, known_on, **{"campaign": self.slug, **scope}))

    def scored(self, known_on: str | None = None, **scope: Any) -> list[ScoredForecast]:
        """The forecasts that were kept, and how they came out."""
        with self.tables() as connection:
            return scored_forecasts(connection, report_scope(connection, known_on, **{"campaign": self.slug, **scope}))

    def overdue(self, known_on: str | None = None, **scope: Any) -> Worklist:
        """What should have happened and has not."""
        with self.tables() as connection:
            return overdue(connection, report_scope(connection, known_on, **scope))

    def due(self, on: str, known_on: str | None = None, **scope: Any) -> Worklist:
        """What is agreed for a day, seen from it."""
        with self.tables() as connection:
            return due_on(connection, report_scope(connection, known_on, today=on, **scope))

    # How it is done

    def _on_outreach(self, cvr: str, at: str, who: dict[str, Any], do: Any) -> UUID:
        act = self._act(at, **self._actor(who))
        outreach = self._outreaches.get(cvr)
        if outreach is None:
            outreach = self._outreaches[cvr] = Outreach.open(act, self.slug, cvr)
        do(outreach, act, self._entry)
        return self._remember(outreach)

    @staticmethod
    def _actor(said: dict[str, Any]) -> dict[str, Any]:
        return {"office": "306", "by": "anna", "recorded": None, **said}

    def _act(self, at: str, office: str, by: str, recorded: str | None) -> Act:
        self._acts += 1
        self._entry = identity("entry", str(self._acts))
        moment = datetime.combine(day(recorded or at), time(11), UTC)
        self._clock = max(self._clock, moment)
        act, batch = identity("act", str(self._acts)), identity("batch")
        return Act(act, day(at), by, office, self._clock, self._clock.date(), batch)

    def _remember(self, aggregate: Any) -> UUID:
        for event in aggregate.collect_events():
            self.events.append(RecordedEvent(len(self.events) + 1, self._clock.isoformat(), event))
        return self._entry


# Where the tables lie


class OnServer(NamedTuple):
    """A database on a server, by what libpq takes for its address."""

    address: str


Place = str | Path | OnServer


class Database:
    """The run's own database on a server, in which all tests feed the same tables one after another."""

    def __init__(self, server: str, name: str) -> None:
        """``server``: the address of a superuser."""
        import psycopg
        from psycopg.conninfo import make_conninfo

        settings = "-c search_path=campaign_views -c lock_timeout=20s"
        self.place, self._name = OnServer(make_conninfo(server, dbname=name, options=settings)), name
        self._admin = psycopg.connect(server, autocommit=True)
        self._admin.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
        self._connection = psycopg.connect(self.place.address, autocommit=True)
        self._connection.execute("CREATE SCHEMA campaign_views")
        self._connection.execute(";".join(definitions("postgresql")))
        self._emptying = ";".join(f"DELETE FROM {name}" for name in metadata.tables)

    def empty(self) -> None:
        """Deletes all rows; of so few, that takes a tenth of the time of TRUNCATE."""
        self._connection.execute(self._emptying)

    def drop(self) -> None:
        """Removes the database."""
        self._connection.close()
        self._admin.execute(f"DROP DATABASE {self._name}")
        self._admin.close()


database: Database | None = None
"""Where all tables lie, with ``--store postgres``."""


def empty_place(place: Place = ":memory:") -> Place:
    """A place with no rows: this one, where nothing is yet, or with ``--store postgres`` the run's own database."""
    if database is None:
        return place
    database.empty()
    return database.place


def open_tables(place: Place) -> Engine:
    """The tables of a place, made if there are none; on a server they are there."""
    if isinstance(place, OnServer):
        import psycopg

        return open_server(partial(psycopg.connect, place.address))
    engine = open_database(place)
    make_tables(engine)
    return engine


def _cleared_tables() -> Engine:
    """The same tables for all: making them and compiling queries takes longer than any test."""
    if database is not None:
        return _open(empty_place())
    engine = _open(":memory:")
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        for table in TABLES:
            connection.execute(delete(table))
    return engine


_open = cache(open_tables)


def report_scope(connection: Connection, known_on: str | None = None, **scope: Any) -> Scope:
    """A scope whose days may be written as text, and whose ``known_on`` is a day."""
    days = {name: day(value) for name, value in scope.items() if name in ("first", "last", "as_of", "today")}
    known = {"known": position_on(connection, day(known_on))} if known_on else {}
    return Scope(**{"today": day(TODAY), **scope, **days, **known})


def all_rows(engine: Engine) -> dict[str, set[tuple[Any, ...]]]:
    """Every row of every table, without regard to their order."""
    with engine.connect() as connection:
        return {name: set(map(tuple, connection.execute(select(t)))) for name, t in metadata.tables.items()}
