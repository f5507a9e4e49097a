"""The session of one command: its options, the settings, the clock and the data directory."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

import click

from campaign.errors import OutcomeUnknown, SettingsFault
from campaign.terminal import clock, prompts
from campaign.terminal.output import show, show_json, talk
from campaign.terminal.progress import progress
from campaign.terminal.redaction import refuse_personal
from domain.ids import short
from domain.refusals import PersonalNumber

if TYPE_CHECKING:  # none of these is loaded before it is needed
    from pathlib import Path

    from sqlalchemy import Connection

    from campaign.app import CampaignTracker
    from campaign.settings import Setting
    from campaign.storage.ports import Workspace
    from campaign.storage.sqlite.workspace import SqliteWorkspace
    from campaign.terminal.pending_act import PendingAct
    from domain.acts import Act

_KEY = "campaign.session"


class Session:
    """One run of one command. It reads nothing from the environment or the disk before a property is used."""

    def __init__(self) -> None:
        self.options: dict[str, Any] = {}
        self._tracker: CampaignTracker | None = None

    @classmethod
    def of(cls, ctx: click.Context) -> Session:
        """The session of this run, shared by a command and the groups above it."""
        session: Session = ctx.meta.setdefault(_KEY, cls())
        return session

    def attach_to(self, ctx: click.Context) -> click.Context:
        """Makes this session the one of the context, and returns the context."""
        ctx.meta[_KEY] = self
        return ctx

    @cached_property
    def now(self) -> datetime:
        """The moment the command began, UTC."""
        return clock.now()

    @cached_property
    def today(self) -> date:
        """Today in Denmark."""
        return clock.copenhagen_day(self.now)

    @property
    def time_of_day(self) -> time:
        """The time of day in Denmark."""
        return clock.copenhagen_time(self.now)

    @property
    def quiet(self) -> bool:
        """Whether only results and errors are shown."""
        return bool(self.options.get("quiet"))

    @property
    def json(self) -> bool:
        """Whether the result is shown as JSON."""
        return bool(self.options.get("json"))

    @property
    def is_interactive(self) -> bool:
        """Whether the command may ask for missing values."""
        return not self.options.get("no_input") and prompts.can_ask()

    def note(self, text: str) -> None:
        """Shows a remark on stderr, unless ``--quiet``."""
        if not self.quiet:
            talk(text)

    # Settings

    @cached_property
    def settings(self) -> dict[str, Setting]:
        """Every setting that has a value, with its source. Raises ``PersonalNumber`` when one holds a CPR number."""
        from campaign.settings import read_settings

        home = self.options.get("home") or os.environ.get("CAMPAIGN_HOME")
        refuse_personal([home or ""])
        settings = read_settings(self.setting_options(), os.environ, _path(home) if home else default_home())
        for setting in settings.values():
            _check(setting)
        return settings

    def setting_options(self) -> dict[str, str | None]:
        """The settings that are set by options."""
        return {name: self.options.get(name) for name in ("home", "office", "consultant", "campaign", "database")}

    def setting(self, name: str) -> str | None:
        """The value of a setting, None where it is not set."""
        setting = self.settings.get(name)
        return setting.value if setting else None

    @cached_property
    def home(self) -> Workspace:
        """The data directory, or the database that offices share when one is set; it may not exist yet.

        Raises ``SettingsFault`` for an address that cannot be used.
        """
        from campaign.storage.open import open_workspace

        path = _path(self.settings["home"].value).expanduser()
        return open_workspace(path, clock.now, self.setting, os.environ, _call_on_close)

    def data_directory(self, alternative: str) -> SqliteWorkspace:
        """The data directory. Raises ``SettingsFault`` with the alternative when a database is set."""
        from campaign.storage.sqlite.workspace import SqliteWorkspace

        if self.setting("database") or not isinstance(self.home, SqliteWorkspace):
            raise SettingsFault(f"{alternative}: see docs/operations.md")
        return self.home

    @cached_property
    def office(self) -> str:
        """The code of the office that acts. Raises ``SettingsFault`` when none is set."""
        from campaign.reference import offices

        return offices().code_of(self._needed("office", "306"))

    @cached_property
    def consultant(self) -> str:
        """The consultant who acts. Raises ``SettingsFault`` when none is set."""
        from domain.texts import clean_text

        return clean_text("consultant", self._needed("consultant", "abcd"), limit=40)

    def _needed(self, name: str, example: str) -> str:
        value = self.setting(name) or (self.home.access.office if name == "office" else "")
        if value:
            return value
        raise SettingsFault(
            f"No {name} is set. Write --{name} {example}, set CAMPAIGN_{name.upper()}, "
            f"or keep it for good: campaign init --{name} {example}"
        )

    @cached_property
    def slug(self) -> str:
        """The campaign: the one set, else the only open one. Refused with a list when there are several."""
        from campaign.company_lookup import only_open_campaign

        return self.setting("campaign") or only_open_campaign(self.home)

    def company(self, text: str) -> str:
        """The CVR number of a company, by its number or a part of its name."""
        from campaign.company_lookup import company_named

        self.home.access.check_companies()
        with self.progress("Reading the log") as on_progress:
            return company_named(self.home, text, on_progress)

    # Acts and reports

    def act(self, at: date | None = None, anywhere: bool = False, in_parts: bool = False) -> Act:
        """A new act of this person, today or on the day it happened. ``anywhere``: no office need be set.

        ``in_parts``: it is logged in several steps, so an act that was interrupted can be continued.
        """
        from domain.acts import Act

        office = self.office if self.setting("office") or self.home.access.office or not anywhere else ""
        act = self._pending.begin(in_parts)
        if self._tracker:
            self._exit_if_saved(self._tracker)
        return Act(act, at or self.today, self.consultant, office, self.now, self.today)

    @contextmanager
    def tracker(self) -> Iterator[CampaignTracker]:
        """``with session.tracker() as tracker``: the use cases, on the log of the workspace."""
        from campaign.app import open_tracker

        with open_tracker(self.home) as tracker:
            self._tracker = tracker
            self._exit_if_saved(tracker)
            try:
                yield tracker
            except OutcomeUnknown:
                self._pending.remember()
                raise
            self._note_ahead(tracker.store.ahead_of_clock)
        self._pending.forget()

    @cached_property
    def _pending(self) -> PendingAct:
        from campaign.terminal.pending_act import PendingAct

        return PendingAct(self.home, click.get_current_context().find_root().obj or (), self.today)

    def _exit_if_saved(self, tracker: CampaignTracker) -> None:
        """Ends the command when an earlier run of it saved its act."""
        entries = self._pending.entries_saved_before(tracker)
        if entries:
            self._pending.forget()
            message = f"It was saved the first time (entry {short(entries[0])}). Nothing was logged twice."
            show_json({"saved": [entry.hex for entry in entries]}) if self.json else show(message)
            raise click.exceptions.Exit(0)

    def _note_ahead(self, moment: str) -> None:
        if moment and _is_ahead(moment, self.now):
            self.note(
                f"The clock is behind the log, whose last entry was recorded {moment[:16]} (UTC). What was logged "
                "now counts as recorded then. Is the clock right?"
            )

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection to read models that are up to date with the log; catching up shows a progress bar."""
        with self.progress("Reading the log") as on_progress, self.home.read(on_progress) as connection:
            for remark in self.home.remarks:
                self.note(remark)
            yield connection

    @contextmanager
    def progress(self, title: str) -> Iterator[Callable[[int, int], None]]:
        """A function of the amount done and the total amount, shown as a bar on a terminal."""
        with progress(title, quiet=self.quiet) as on_progress:
            yield on_progress


class Present(Session):
    """One moment of a command that keeps running: the same settings and workspace, and the clock of now.

    Remarks are collected in ``remarks``; the command shows them where there is room.
    """

    def __init__(self, began: Session) -> None:
        super().__init__()
        self.options, self.remarks = began.options, list[str]()
        unchanged = ("settings", "home", "slug")
        vars(self).update({name: value for name, value in vars(began).items() if name in unchanged})

    def note(self, text: str) -> None:
        """Collects a remark."""
        self.remarks.append(text)


def _call_on_close(close: Callable[[], None]) -> None:
    """Has this called when the command ends."""
    click.get_current_context().find_root().call_on_close(close)


def _check(setting: Setting) -> None:
    """Refuses a CPR number, naming where the setting comes from."""
    try:
        refuse_personal([setting.value])
    except PersonalNumber as refusal:
        raise PersonalNumber(
            f"The setting from {setting.source} holds a number in the form of a CPR number. Change it; none is stored."
        ) from refusal


def _is_ahead(recorded: str, now: datetime) -> bool:
    """By more than the clocks of two synchronised machines differ."""
    return datetime.fromisoformat(recorded) - now > _DIFFERING


_DIFFERING = timedelta(minutes=2)


def default_home() -> Path:
    """The data directory of this user on this system."""
    import platformdirs

    return _path(platformdirs.user_data_dir("campaign", appauthor=False))


def _path(text: str) -> Path:
    from pathlib import Path

    return Path(text)
