"""The workspace in a PostgreSQL database that offices share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from campaign.company_lookup import NOW, FoundCampaign, FoundCompany, Progress, ignore_progress, named_traders
from campaign.storage.ports import Access, AccessDenied, Clock, Head
from campaign.storage.postgres import log_head
from campaign.storage.postgres.addresses import Address
from campaign.storage.postgres.connection import VIEWS, Connection
from campaign.storage.postgres.texts import PostgresTexts

if TYPE_CHECKING:
    from sqlalchemy import Connection as Reading

    from campaign.storage.postgres.log import PostgresEventLog
    from campaign.storage.postgres.views import PostgresReadModels


class PostgresWorkspace:
    """The log, texts and read models on ``primary``; ``path`` is a folder of this machine for settings and rejected rows.

    ``reading``: the connection on which everything but the log is read; a standby, where reports have one.
    """

    files = None

    def __init__(
        self,
        path: Path,
        clock: Clock,
        primary: Connection,
        standby: Connection | None = None,
        reading: Connection | None = None,
    ) -> None:
        self.path, self.clock, self.connection = path, clock, primary
        self._standby = standby
        self.reading = reading or primary
        self.remarks: Sequence[str] = ()

    @classmethod
    def at(cls, path: Path, clock: Clock, address: Address, standby: Address | None = None) -> PostgresWorkspace:
        """The workspace in the database at ``address``. Nothing is connected before it is needed."""
        return cls(path, clock, Connection(address), Connection(standby, reads_only=True) if standby else None)

    @property
    def name(self) -> str:
        """The address, as shown to a person."""
        return self.connection.address.shown

    @property
    def views_at(self) -> str:
        """Where the read models are, as shown to a person."""
        return f"{VIEWS} in {self.name}"

    @property
    def views_named(self) -> str:
        """The name of the read models as the source of a checkpoint."""
        return VIEWS

    @property
    def access(self) -> Access:
        """What the role may see and log."""
        return self.reading.access

    def for_reports(self) -> PostgresWorkspace:
        """This workspace read from the standby, where one is set."""
        return PostgresWorkspace(self.path, self.clock, self.connection, self._standby, self._standby)

    def require(self) -> None:
        """Raises ``SettingsFault`` when the database is not set up, or a newer version of the program did it."""
        _ = self.reading.who

    def create(self) -> bool:
        """Makes the folder for settings. False: the database was set up before, or ``SettingsFault`` is raised."""
        self.require()
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        return False

    def close(self) -> None:
        """Closes every connection."""
        self.connection.close()
        if self._standby:
            self._standby.close()

    # The log

    @contextmanager
    def open_log(self, any_log: bool = False) -> Iterator[PostgresEventLog]:
        """The log as this role sees it, over the connection of the workspace."""
        from campaign.storage.postgres.log import PostgresEventLog

        log = PostgresEventLog(self.connection, self.clock)
        log.check_version()
        yield log

    @contextmanager
    def dry_run(self) -> Iterator[PostgresWorkspace]:
        """This workspace, over the same connection, with a log that discards what is appended."""
        yield _DryRun(self.path, self.clock, self.connection)

    def head(self) -> int:
        """The highest position the log has issued."""
        return log_head.head(self.reading)

    def head_at(self, position: int) -> Head | None:
        """The head at that position; None when there is no such row."""
        return log_head.at(self.reading, position)

    # Read models

    @contextmanager
    def read(self, on_progress: Progress = ignore_progress) -> Iterator[Reading]:
        """A connection to the read models, caught up as far as this role may; ``remarks`` says what they lack."""
        views = self.read_models()
        self.remarks = views.remarks
        with views.caught_up(on_progress) as connection:
            yield connection

    def rebuild(self, on_progress: Progress = ignore_progress) -> int:
        """Rebuilds the read models in one transaction; the old ones are read until it ends. Returns the position."""
        return self.read_models().rebuild(on_progress)

    def read_models(self) -> PostgresReadModels:
        """The read models as this role sees them."""
        from campaign.storage.postgres.views import PostgresReadModels

        return PostgresReadModels(self.connection, self.reading, self.clock)

    def seen(self) -> Head | None:
        """The head up to which the read models have read the log; None when they have read nothing."""
        return log_head.seen_by(self.reading)

    # Looking up

    def campaigns(self) -> list[FoundCampaign]:
        """Every campaign, oldest first."""
        from campaign.storage.campaigns import campaigns
        from campaign.storage.postgres.log import PostgresEventLog

        return campaigns(PostgresEventLog(self.reading, self.clock))

    def companies_named(self, words: Sequence[str], on_progress: Progress) -> list[FoundCompany]:
        """The companies whose name contains all these words, folded as by ``folded``; catches up first."""
        with self.read(on_progress):
            pass
        having = " AND ".join(["position(%s IN folded) > 0"] * len(words)) or "false"
        return self._companies(f"{having} AND {NOW} ORDER BY folded, cvr", words) + self.sole_traders(words)

    def sole_traders(self, words: Sequence[str], limit: int = -1) -> list[FoundCompany]:
        """Sole traders whose name contains all these words, each with their municipality."""
        traders = dict(PostgresTexts(self.connection).named(words, limit))
        companies = self._companies(f"cvr = ANY (%s) AND {NOW}", [[*traders]])
        return named_traders(traders, companies)

    def companies_beginning(self, number: str, words: str, limit: int) -> list[FoundCompany]:
        """Companies whose number begins so or whose name contains that text, as far as the read models know."""
        having = f"(starts_with(cvr, %s) OR position(%s IN folded) > 0) AND {NOW} ORDER BY folded, cvr LIMIT {limit}"
        return self._companies(having, [number, words])

    def consultants(self) -> list[str]:
        """Every consultant who logged a call or a visit and whom this role sees, by name."""
        statement = f"SELECT consultant FROM {VIEWS}.calls UNION SELECT consultant FROM {VIEWS}.visits ORDER BY 1"
        return [row[0] for row in self.reading.fetch(statement)]

    def size_bands(self) -> list[str]:
        """Every size band that a company has or had."""
        schema = log_head.views_schema(self.reading)
        rows = self.reading.fetch(f"SELECT DISTINCT size_band FROM {schema}.companies ORDER BY 1")
        return [row[0] for row in rows if row[0]]

    def _companies(self, having: str, values: Sequence[Any]) -> list[FoundCompany]:
        if self.access.region:
            raise AccessDenied("A region reads totals, and no single company.")
        rows = self.reading.fetch(f"SELECT cvr, name, municipality FROM {VIEWS}.companies WHERE {having}", values)
        return [FoundCompany(*row) for row in rows]


class _DryRun(PostgresWorkspace):
    """A workspace whose log discards what is appended."""

    @contextmanager
    def open_log(self, any_log: bool = False) -> Iterator[PostgresEventLog]:
        """The log, and what is appended to it kept in memory."""
        from campaign.storage.postgres.dry_run import DryRunLog

        log = DryRunLog(self.connection, self.clock)
        log.check_version()
        yield log
