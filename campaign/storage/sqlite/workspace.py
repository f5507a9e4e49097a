"""Which parts a home is made of, and how they are opened: the one place where paths and the clock meet the rest."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

from campaign.errors import SettingsFault, StoreFault
from campaign.storage.ports import Clock, Head
from campaign.storage.sqlite import log_head
from campaign.storage.sqlite.disks import refuse_network_paths

if TYPE_CHECKING:  # on the way of a write none of these is loaded
    from sqlalchemy import Connection

    from campaign.app import CampaignTracker
    from campaign.company_lookup import FoundCampaign, FoundCompany

Seen = Callable[[int, int], None]


_MAY_BE_THERE = {"config.toml", "events.db", ".DS_Store"}


def shared(
    path: Path, clock: Clock, database: str, read: str | None, password: str, environ: Mapping[str, str]
) -> Home:
    """The database at that address, which answers what a home answers. ``read``: that of a standby for reports.

    ``password``: where it is kept, as in ``campaign.storage.postgres.addresses``.

    Raises ``SettingsFault`` for an address that cannot be used.
    """
    from campaign.storage.postgres.addresses import address
    from campaign.storage.postgres.workspace import Database

    read_address = address(read, password, environ) if read else None
    return cast("Home", Database(path, clock, address(database, password, environ), read_address))


class Home(NamedTuple):
    """A folder with a log and what is made from it."""

    path: Path
    clock: Clock

    @property
    def has_files(self) -> bool:
        """Whether what is kept lies in files of this machine, which can be searched; not so in a database."""
        return True

    @property
    def log(self) -> Path:
        """The events: the one file that cannot be made again."""
        return self.path / "events.db"

    @property
    def people(self) -> Path:
        """Personal texts, apart from the log, so that they can be deleted."""
        return self.path / "people.db"

    @property
    def views(self) -> Path:
        """The read models: deleting them is always safe."""
        return self.path / "views.db"

    def require(self) -> None:
        """Raises ``SettingsFault`` when nothing was set up here, or a newer version of the program did."""
        if not self.log.exists() and self.views.exists():
            raise StoreFault(f"The log {self.log} is gone, though its read models are there. Put back your copy of it.")
        if not self.log.exists():
            raise SettingsFault(f"There is no home at {self.path}. Make one with: campaign init --home {self.path}")
        log_head.check_version(self.log)

    def create(self) -> bool:
        """Makes the folder and an empty log, readable by this user only. False when it was there already."""
        refuse_network_paths(self.path)
        there = self.log.exists()
        if not there and self.path.is_dir() and {path.name for path in self.path.iterdir()} - _MAY_BE_THERE:
            raise SettingsFault(f"{self.path} holds other files. A home needs a folder of its own: --home DIR")
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(self.log, os.O_CREAT | os.O_WRONLY, 0o600))
            with self.tracker(new=True) as tracker:
                tracker.create()
        except OSError as fault:
            raise StoreFault(f"No home can be made at {self.path}: {fault.strerror}.") from fault
        return not there

    @property
    def name(self) -> str:
        """Where it is, for a person."""
        return str(self.path)

    @property
    def own_office(self) -> str:
        """Nothing: a home on one machine shows every office. In a database it is the office of the role."""
        return ""

    @property
    def is_whole(self) -> bool:
        """Whether all that was logged can be seen: always in a home, in a database by roles that answer for all of it."""
        return True

    @property
    def own_region(self) -> str:
        """Nothing, as ``own_office``."""
        return ""

    @property
    def views_at(self) -> str:
        """Where the read models are, for a person."""
        return str(self.views)

    @property
    def views_named(self) -> str:
        """What the read models are called as a source of a head."""
        return self.views.name

    @property
    def said(self) -> list[str]:
        """What is to be told of the freshness of the last report: nothing, since whoever reads catches up first."""
        return []

    def for_reports(self) -> None:
        """Nothing: a home has no standby."""

    def check_single(self) -> None:
        """Nothing: a home shows every company. In a database some roles see none."""

    def close(self) -> None:
        """Nothing stays open between one thing that is done in a home and the next."""

    def head(self) -> int:
        """The highest position the log has given out."""
        return log_head.head(self.log)

    def head_at(self, position: int) -> Head | None:
        """That position with the hash of its row; None when there is no such row."""
        return log_head.at(self.log, position)

    def seen(self) -> Head | None:
        """Up to where the read models have seen the log; None when they are none, or have seen nothing."""
        return log_head.seen_by(self.views)

    def campaigns(self) -> list[FoundCampaign]:
        """Every campaign planned here, oldest first."""
        from campaign.storage.sqlite import lookup

        return lookup.campaigns(self.log)

    def companies_named(self, words: Sequence[str], seen: Seen) -> list[FoundCompany]:
        """The companies whose name holds all these words, folded as ``folded`` does."""
        from campaign.storage.sqlite import lookup

        return lookup.companies_named(self, words, seen)

    def companies_beginning(self, number: str, words: str, limit: int) -> list[FoundCompany]:
        """Companies whose number begins so or whose name holds it, as far as the read models know."""
        from campaign.storage.sqlite import lookup

        return lookup.companies_beginning(self.views, number, words, limit)

    def sole_traders(self, words: Sequence[str], limit: int = -1) -> list[FoundCompany]:
        """Companies whose name is kept apart, found there by name; each with its place."""
        from campaign.storage.sqlite import lookup

        return lookup.sole_traders(self, words, limit)

    def consultants(self) -> list[str]:
        """Everybody who logged a call or a visit, by name, as far as the read models know."""
        from campaign.storage.sqlite import lookup

        return lookup.consultants(self.views)

    def size_bands(self) -> list[str]:
        """Every size band a company has or had, as far as the read models know."""
        from campaign.storage.sqlite import lookup

        return lookup.size_bands(self.views)

    @contextmanager
    def tracker(self, new: bool = False, any_log: bool = False) -> Iterator[CampaignTracker]:
        """The log and everything a person can do with it.

        Raises ``CheckFault`` when it is not the log its read models have seen, unless ``any_log``.
        """
        from campaign.app import CampaignTracker

        if not new:
            self.require()
            refuse_network_paths(self.path)
        if not (new or any_log):
            log_head.check_seen(self.log, log_head.seen_by(self.views))
        tracker = CampaignTracker(self.log, self.clock)
        try:
            tracker.store.check_version()
            yield tracker
        finally:
            tracker.close()

    @contextmanager
    def read(self, seen: Callable[[int, int], None] = lambda done, of: None) -> Iterator[Connection]:
        """A connection to read models that know all that was logged. ``seen`` is told how many events of how many."""
        from campaign.storage.sqlite.views import caught_up

        self.require()
        with caught_up(self, seen) as connection:
            yield connection

    def rebuild(self, seen: Callable[[int, int], None] = lambda done, of: None) -> int:
        """Makes the read models anew beside the ones in use, then puts them in their place. Returns the position."""
        from campaign.storage.sqlite.views import rebuild

        self.require()
        return rebuild(self, seen)
