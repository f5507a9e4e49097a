"""The workspace that is a data directory on this machine: the log, the personal texts and the read models are files."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from campaign.company_lookup import FoundCampaign, FoundCompany, Progress, ignore_progress
from campaign.errors import SettingsFault, StoreFault
from campaign.files.temporary import DRY_RUN, process_name, remove
from campaign.storage.ports import Access, Clock, Head
from campaign.storage.sqlite import log_head, lookup
from campaign.storage.sqlite.disks import refuse_network_paths

if TYPE_CHECKING:  # on the way of a write none of these is loaded
    from sqlalchemy import Connection

    from campaign.storage.sqlite.log import SqliteEventLog

_MAY_EXIST = {"config.toml", "events.db", ".DS_Store"}


class SqliteWorkspace:
    """A data directory: a folder with a log and what is made from it. ``access``: the user may do everything."""

    access = Access()
    remarks: Sequence[str] = ()

    def __init__(self, path: Path, clock: Clock) -> None:
        self.path, self.clock = path, clock

    @property
    def name(self) -> str:
        """The folder, as shown to a person."""
        return str(self.path)

    @property
    def files(self) -> SqliteWorkspace:
        """The files: here, the workspace itself names them."""
        return self

    @property
    def log(self) -> Path:
        """The events: the one file that cannot be rebuilt."""
        return self.path / "events.db"

    @property
    def people(self) -> Path:
        """The personal texts, apart from the log, so that they can be deleted."""
        return self.path / "people.db"

    @property
    def views(self) -> Path:
        """The read models, which can always be rebuilt from the log."""
        return self.path / "views.db"

    @property
    def views_at(self) -> str:
        """Where the read models are, as shown to a person."""
        return str(self.views)

    @property
    def views_named(self) -> str:
        """The name of the read models as the source of a checkpoint."""
        return self.views.name

    def for_reports(self) -> SqliteWorkspace:
        """This workspace: only a database has a standby."""
        return self

    def require(self) -> None:
        """Raises ``SettingsFault`` when nothing was set up here, or a newer version of the program did it."""
        if not self.log.exists() and self.views.exists():
            raise StoreFault(f"The log {self.log} is gone, though its read models are there. Put back your copy of it.")
        if not self.log.exists():
            raise SettingsFault(
                f"There is no data directory at {self.path}. Create one with: campaign init --home {self.path}"
            )
        log_head.check_version(self.log)

    def create(self) -> bool:
        """Makes the folder and an empty log, readable by this user only. False when the log existed before."""
        refuse_network_paths(self.path)
        existed = self.log.exists()
        if not existed and self.path.is_dir() and {path.name for path in self.path.iterdir()} - _MAY_EXIST:
            raise SettingsFault(
                f"{self.path} holds other files. A data directory needs a folder of its own: --home DIR"
            )
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(self.log, os.O_CREAT | os.O_WRONLY, 0o600))
            with self._opened() as log:
                log.create_table()
        except OSError as fault:
            raise StoreFault(f"The data directory cannot be created at {self.path}: {fault.strerror}.") from fault
        return not existed

    # The log

    @contextmanager
    def open_log(self, any_log: bool = False) -> Iterator[SqliteEventLog]:
        """The log, closed afterwards.

        Raises ``CheckFault`` when it is not the log its read models have seen, unless ``any_log``.
        """
        self.require()
        refuse_network_paths(self.path)
        if not any_log:
            log_head.check_seen(self.log, log_head.seen_by(self.views))
        with self._opened() as log:
            yield log

    @contextmanager
    def _opened(self) -> Iterator[SqliteEventLog]:
        from campaign.storage.sqlite.log import SqliteEventLog

        with closing(SqliteEventLog.at(self.log, self.clock)) as log:
            log.check_version()
            yield log

    @contextmanager
    def dry_run(self) -> Iterator[SqliteWorkspace]:
        """A workspace with a copy of the log and the texts, deleted afterwards.

        It is in the data directory itself, so that no personal text is ever left anywhere else.
        """
        folder = self.path / process_name(DRY_RUN)
        folder.mkdir(mode=0o700)
        try:
            copy = SqliteWorkspace(folder, self.clock)
            lookup.copy(self.log, copy.log)
            lookup.copy(self.people, copy.people)
            yield copy
        finally:
            remove(folder)

    def head(self) -> int:
        """The highest position the log has issued."""
        return log_head.head(self.log)

    def head_at(self, position: int) -> Head | None:
        """The head at that position; None when there is no such row."""
        return log_head.at(self.log, position)

    # Read models

    @contextmanager
    def read(self, on_progress: Progress = ignore_progress) -> Iterator[Connection]:
        """A connection to read models that have read everything that was logged."""
        from campaign.storage.sqlite.views import ViewPaths, caught_up

        self.require()
        with caught_up(ViewPaths(self.log, self.views, self.clock), on_progress) as connection:
            yield connection

    def rebuild(self, on_progress: Progress = ignore_progress) -> int:
        """Builds new read models beside the ones in use, then swaps them. Returns the position."""
        from campaign.storage.sqlite.views import ViewPaths, rebuild

        self.require()
        return rebuild(ViewPaths(self.log, self.views, self.clock), on_progress)

    def seen(self) -> Head | None:
        """The head up to which the read models have read the log; None when they have read nothing."""
        return log_head.seen_by(self.views)

    # Looking up

    def campaigns(self) -> list[FoundCampaign]:
        """Every campaign, oldest first."""
        return lookup.campaigns(self.log)

    def companies_named(self, words: Sequence[str], on_progress: Progress) -> list[FoundCompany]:
        """The companies whose name contains all these words, folded as by ``folded``; catches up first."""
        self.require()
        if not self._is_caught_up():  # only then is what reads them in full loaded
            with self.read(on_progress):
                pass
        return lookup.companies_named(self.views, words) + self.sole_traders(words)

    def _is_caught_up(self) -> bool:
        seen_head = self.seen()
        return seen_head is not None and seen_head == log_head.last(self.log)

    def sole_traders(self, words: Sequence[str], limit: int = -1) -> list[FoundCompany]:
        """Sole traders whose name contains all these words, each with their municipality."""
        return lookup.sole_traders(self.views, self.people, words, limit)

    def companies_beginning(self, number: str, words: str, limit: int) -> list[FoundCompany]:
        """Companies whose number begins so or whose name contains that text, as far as the read models know."""
        return lookup.companies_beginning(self.views, number, words, limit)

    def consultants(self) -> list[str]:
        """Every consultant who logged a call or a visit, by name, as far as the read models know."""
        return lookup.consultants(self.views)

    def size_bands(self) -> list[str]:
        """Every size band that a company has or had, as far as the read models know."""
        return lookup.size_bands(self.views)
