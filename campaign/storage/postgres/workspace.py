"""A database that offices share, as the rest of the program sees it: what a home on one machine answers too."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from campaign.errors import CheckFault
from campaign.storage.ports import BEFORE_ALL, AccessDenied, Clock, Head
from campaign.storage.postgres.addresses import Address
from campaign.storage.postgres.connection import SEES_ALL, TOTALS, VIEWS, Connection
from campaign.storage.postgres.tracker import ServerTracker

if TYPE_CHECKING:
    from sqlalchemy import Connection as Reading

    from campaign.app import CampaignTracker
    from campaign.company_lookup import FoundCampaign, FoundCompany

_NOW = "known_to = 4611686018427387904 AND valid_to = '9999-12-31'"


class Database:
    """The log, texts and read models at ``address``; ``path`` is a folder of this machine for settings and rejects.

    ``read_address``: a standby that reports read. ``said``: what is to be told of the last report's freshness.
    """

    def __init__(self, path: Path, clock: Clock, address: Address, read_address: Address | None = None) -> None:
        self.path, self.clock = path, clock
        self.connection = self.reading = Connection(address)
        self._for_reports = Connection(read_address, reads_only=True) if read_address else self.connection
        self.said: list[str] = []

    @property
    def name(self) -> str:
        """Where it is, for a person."""
        return self.connection.address.shown

    @property
    def has_files(self) -> bool:
        """Nothing lies in files of this machine."""
        return False

    @property
    def views_at(self) -> str:
        """Where the read models are, for a person."""
        return f"{VIEWS} in {self.name}"

    @property
    def views_named(self) -> str:
        """What the read models are called as a source of a head."""
        return VIEWS

    def for_reports(self) -> None:
        """From now on only reports are asked for: they are read from the standby, where one is named."""
        self.reading = self._for_reports

    @property
    def own_office(self) -> str:
        """The office whose role this is; empty for every other role."""
        return self.reading.who.office

    @property
    def is_whole(self) -> bool:
        """Whether this role sees all that was logged."""
        return self.connection.who.kind in SEES_ALL

    @property
    def own_region(self) -> str:
        """The region whose role this is; empty for every other role."""
        return self.reading.who.region

    def require(self) -> None:
        """Raises ``SettingsFault`` when nothing was set up there, or a newer version of the program did."""
        _ = self.reading.who

    def create(self) -> bool:
        """Makes nothing: raises ``SettingsFault`` when the database is not set up."""
        self.require()
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        return False

    @contextmanager
    def tracker(self, new: bool = False, any_log: bool = False) -> Iterator[CampaignTracker]:
        """The log and everything this role can do with it."""
        tracker = ServerTracker(self.connection, self.clock)
        tracker.store.check_version()
        yield tracker

    @contextmanager
    def read(self, seen: Callable[[int, int], None] = lambda done, of: None) -> Iterator[Reading]:
        """A connection to the read models; brought up to the log where this role may, and ``said`` when they are not."""
        from campaign.storage.postgres.views import caught_up

        with caught_up(self, seen) as connection:
            yield connection

    def rebuild(self, seen: Callable[[int, int], None] = lambda done, of: None) -> int:
        """Fills the read models anew in one transaction; until it ends everybody reads the old. Returns the position."""
        from campaign.storage.postgres.views import rebuild

        return rebuild(self, seen)

    def check_single(self) -> None:
        """Raises ``AccessDenied`` for a role that reads figures, and nothing of a single company."""
        kind = self.reading.who.kind
        if kind in ("region", "reader"):
            raise AccessDenied(f"A {kind} reads figures, and nothing of a single company.")

    # The head of the log

    def head(self) -> int:
        """The highest position the log has given out."""
        return int(self._log.last_issued())

    def head_at(self, position: int) -> Head | None:
        """That position with the hash of its row; None when there is no such row."""
        if position == 0:
            return BEFORE_ALL
        found = self._log.hash_at(position)
        return Head(position, found.hex()) if found else None

    def seen(self) -> Head | None:
        """Up to where the read models have seen the log; None when they have seen nothing."""
        schema = TOTALS if self.own_region else VIEWS
        found = self.reading.fetch(f"SELECT position, head FROM {schema}.progress")
        return Head(*found[0]) if found else None

    def check_seen(self, seen: Head | None) -> None:
        """Raises ``CheckFault`` when this is not the log that the read models have seen, or less of it."""
        if seen is not None and self.head_at(seen.position) != seen:
            raise CheckFault(
                f"The log is not the one its read models have seen (position {seen.position:,}): it was replaced, or "
                "its end was cut. Whoever runs the database: campaign verify; if this was meant: campaign rebuild"
            )

    # Looking up

    def campaigns(self) -> list[FoundCampaign]:
        """Every campaign planned there, oldest first."""
        from campaign.company_lookup import FoundCampaign

        there = ServerTracker(self.reading, self.clock).campaigns()
        return [FoundCampaign(c.slug, c.title, c.first, c.last, c.is_open) for c in there]

    def companies_named(self, words: Sequence[str], seen: Callable[[int, int], None]) -> list[FoundCompany]:
        """The companies whose name holds all these words, folded as ``folded`` does."""
        with self.read(seen):
            pass
        having = " AND ".join(["position(%s IN folded) > 0"] * len(words)) or "false"
        return self._companies(f"{having} AND {_NOW} ORDER BY folded, cvr", words) + self.sole_traders(words)

    def sole_traders(self, words: Sequence[str], limit: int = -1) -> list[FoundCompany]:
        """Companies whose name is kept apart, found there by name; each with its place."""
        from campaign.company_lookup import FoundCompany

        apart = dict(ServerTracker(self.connection, self.clock).people.named(words, limit))
        there = self._companies(f"cvr = ANY (%s) AND {_NOW}", [[*apart]])
        others = {c.cvr for c in there if c.name}
        places = {c.cvr: c.municipality for c in there}
        return [FoundCompany(cvr, name, places.get(cvr, "")) for cvr, name in apart.items() if cvr not in others]

    def companies_beginning(self, number: str, words: str, limit: int) -> list[FoundCompany]:
        """Companies whose number begins so or whose name holds it, as far as the read models know."""
        having = f"(starts_with(cvr, %s) OR position(%s IN folded) > 0) AND {_NOW} ORDER BY folded, cvr LIMIT {limit}"
        return self._companies(having, [number, words])

    def consultants(self) -> list[str]:
        """Everybody who logged a call or a visit and whom this role sees, by name."""
        statement = f"SELECT consultant FROM {VIEWS}.calls UNION SELECT consultant FROM {VIEWS}.visits ORDER BY 1"
        return [row[0] for row in self.reading.fetch(statement)]

    def size_bands(self) -> list[str]:
        """Every size band a company has or had."""
        schema = TOTALS if self.own_region else VIEWS
        found = self.reading.fetch(f"SELECT DISTINCT size_band FROM {schema}.companies ORDER BY 1")
        return [row[0] for row in found if row[0]]

    def _companies(self, having: str, values: Sequence[Any]) -> list[FoundCompany]:
        from campaign.company_lookup import FoundCompany

        if self.own_region:
            raise AccessDenied("A region reads totals, and no single company.")
        found = self.reading.fetch(f"SELECT cvr, name, municipality FROM {VIEWS}.companies WHERE {having}", values)
        return [FoundCompany(*row) for row in found]

    @property
    def _log(self) -> Any:
        from campaign.storage.postgres.log import PostgresEventLog

        return PostgresEventLog(self.reading, self.clock)

    def close(self) -> None:
        """Ends every connection."""
        self.connection.close()
        self._for_reports.close()
