"""Which parts a home is made of, and how they are opened: the one place where paths and the clock meet the rest."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from campaign.eventstore import heads
from campaign.eventstore.disks import refuse_network_paths
from campaign.faults import SettingsFault, StoreFault

if TYPE_CHECKING:  # on the way of a write none of these is loaded
    from sqlalchemy import Connection

    from campaign.app import CampaignTracker

Clock = Callable[[], datetime]


_MAY_BE_THERE = {"config.toml", "events.db", ".DS_Store"}


class Home(NamedTuple):
    """A folder with a log and what is made from it."""

    path: Path
    clock: Clock

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
        heads.check_version(self.log)

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
            heads.check_seen(self.log, heads.seen_by(self.views))
        tracker = CampaignTracker(self.log, self.clock)
        try:
            tracker.store.check_version()
            yield tracker
        finally:
            tracker.close()

    @contextmanager
    def read(self, seen: Callable[[int, int], None] = lambda done, of: None) -> Iterator[Connection]:
        """A connection to read models that know all that was logged. ``seen`` is told how many events of how many."""
        from campaign.views import caught_up

        self.require()
        with caught_up(self, seen) as connection:
            yield connection

    def rebuild(self, seen: Callable[[int, int], None] = lambda done, of: None) -> int:
        """Makes the read models anew beside the ones in use, then puts them in their place. Returns the position."""
        from campaign.views import rebuild

        self.require()
        return rebuild(self, seen)
