"""What one command knows of who runs it, where and when: options, settings, the clock, the home."""

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
from campaign.terminal.redaction import refuse_personal

if TYPE_CHECKING:  # none of these is loaded before it is needed
    from pathlib import Path
    from uuid import UUID

    from sqlalchemy import Connection

    from campaign.app import CampaignTracker
    from campaign.settings import Setting
    from campaign.storage.ports import Workspace
    from campaign.storage.sqlite.workspace import SqliteWorkspace
    from domain.acts import Act

_KEY = "campaign.session"


class Session:
    """One run of one command. Nothing is read from the environment or the disk before it is asked for."""

    def __init__(self) -> None:
        self.options: dict[str, Any] = {}
        self._acting: UUID | None = None
        self._tracker: CampaignTracker | None = None
        self._in_parts = False

    @classmethod
    def of(cls, ctx: click.Context) -> Session:
        """The session of this run, shared by a command and the groups above it."""
        session: Session = ctx.meta.setdefault(_KEY, cls())
        return session

    def given_to(self, ctx: click.Context) -> click.Context:
        """The context, for which this session is the one of its run."""
        ctx.meta[_KEY] = self
        return ctx

    @cached_property
    def now(self) -> datetime:
        """The moment the command began, UTC."""
        return clock.now()

    @cached_property
    def today(self) -> date:
        """The day it is in Denmark."""
        return clock.copenhagen_day(self.now)

    @property
    def time_of_day(self) -> time:
        """The time it is in Denmark."""
        return clock.copenhagen_time(self.now)

    @property
    def quiet(self) -> bool:
        """Only results and errors are wanted."""
        return bool(self.options.get("quiet"))

    @property
    def json(self) -> bool:
        """The result is wanted as JSON."""
        return bool(self.options.get("json"))

    @property
    def asks(self) -> bool:
        """Whether what is missing may be asked for."""
        return not self.options.get("no_input") and prompts.can_ask()

    def note(self, text: str) -> None:
        """Said on stderr, unless ``--quiet``."""
        if not self.quiet:
            talk(text)

    # Settings

    @cached_property
    def settings(self) -> dict[str, Setting]:
        """Every setting that is given somewhere, with its source. Refused when one holds a CPR number."""
        from campaign.settings import read_settings

        given = self.options.get("home") or os.environ.get("CAMPAIGN_HOME")
        refuse_personal([given or ""])
        found = read_settings(self.options_given(), os.environ, _path(given) if given else default_home())
        for setting in found.values():
            _check(setting)
        return found

    def options_given(self) -> dict[str, str | None]:
        """The settings that were given as options."""
        return {name: self.options.get(name) for name in ("home", "office", "consultant", "campaign", "database")}

    def setting(self, name: str) -> str | None:
        """The value of a setting, None where it is not set."""
        found = self.settings.get(name)
        return found.value if found else None

    @cached_property
    def home(self) -> Workspace:
        """The data directory, or the database that offices share when one is set; it may not exist yet.

        Raises ``SettingsFault`` for an address that cannot be used.
        """
        from campaign.storage.open import open_workspace

        path = _path(self.settings["home"].value).expanduser()
        return open_workspace(path, clock.now, self.setting, os.environ, _call_on_close)

    def own_home(self, otherwise: str) -> SqliteWorkspace:
        """The data directory. Raises ``SettingsFault``, saying what there is instead, when a database is set."""
        from campaign.storage.sqlite.workspace import SqliteWorkspace

        if self.setting("database") or not isinstance(self.home, SqliteWorkspace):
            raise SettingsFault(f"{otherwise}: see docs/operations.md")
        return self.home

    @cached_property
    def office(self) -> str:
        """The code of the office that acts. Raises ``SettingsFault`` when none is set."""
        from campaign.reference import offices

        return offices().named(self._needed("office", "306"))

    @cached_property
    def consultant(self) -> str:
        """Who acts. Raises ``SettingsFault`` when nobody is set."""
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
        """The campaign meant: the one set, else the only open one. Refused, with a list, when that is unclear."""
        from campaign.company_lookup import only_open_campaign

        return self.setting("campaign") or only_open_campaign(self.home)

    def company(self, text: str) -> str:
        """The CVR number of the company said by number or part of its name."""
        from campaign.company_lookup import company_named

        self.home.access.check_companies()
        with self.progress("Reading the log") as seen:
            return company_named(self.home, text, seen)

    # Doing

    def act(self, at: date | None = None, anywhere: bool = False, in_parts: bool = False) -> Act:
        """A new act of this person, today or on the day it happened. ``anywhere``: no office need be set.

        ``in_parts``: it is logged in several goes, so that of one that was interrupted the rest is still to be done.
        """
        from uuid import uuid4

        from domain.acts import Act

        office = self.office if self.setting("office") or self.home.access.office or not anywhere else ""
        self._acting = self._unanswered() or uuid4()
        self._in_parts = in_parts
        if self._tracker:
            self._say_if_saved(self._tracker)
        return Act(self._acting, at or self.today, self.consultant, office, self.now, self.today)

    @contextmanager
    def tracker(self) -> Iterator[CampaignTracker]:
        """``with session.tracker() as tracker``: the log and all that can be done with it."""
        from campaign.app import open_tracker

        with open_tracker(self.home) as tracker:
            self._tracker = tracker
            self._say_if_saved(tracker)
            try:
                yield tracker
            except OutcomeUnknown:
                self._remember_unanswered()
                raise
            self._note_ahead(tracker.store.ahead)
        if self._unanswered():
            self._forget_unanswered()

    # What nobody said whether it was saved

    def _unanswered(self) -> UUID | None:
        """The id of the act that was logged with these very words today, when nobody said what became of it."""
        if self.home.files:
            return None
        from campaign.pending_acts import recall

        return recall(self.home.path, self._words, self.today)

    def _remember_unanswered(self) -> None:
        from campaign.pending_acts import remember

        if self._acting:
            remember(self.home.path, self._words, self.today, self._acting)

    def _forget_unanswered(self) -> None:
        from campaign.pending_acts import forget

        forget(self.home.path, self._words, self.today)

    def _say_if_saved(self, tracker: CampaignTracker) -> None:
        """Ends the command when its act is in the log: it was saved the first time."""
        if self._in_parts or not self._acting or self._acting != self._unanswered():
            return
        from domain.ids import short

        saved = tracker.store.entries_with("act", self._acting)
        if saved:
            self._forget_unanswered()
            told = f"It was saved the first time (entry {short(saved[0].entry)}). Nothing was logged twice."
            show_json({"saved": [entry.entry.hex for entry in saved]}) if self.json else show(told)
            raise click.exceptions.Exit(0)

    @property
    def _words(self) -> tuple[str, ...]:
        """What was typed."""
        return click.get_current_context().find_root().obj or ()

    def _note_ahead(self, moment: str) -> None:
        if moment and _is_ahead(moment, self.now):
            self.note(
                f"The clock is behind the log, whose last entry was recorded {moment[:16]} (UTC). What was logged "
                "now counts as recorded then. Is the clock right?"
            )

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection to read models that know all that was logged; a bar shows when that takes a while."""
        with self.progress("Reading the log") as seen, self.home.read(seen) as connection:
            for remark in self.home.remarks:
                self.note(remark)
            yield connection

    @contextmanager
    def progress(self, what: str) -> Iterator[Callable[[int, int], None]]:
        """A function to tell how much is done of how much, shown as a bar on stderr where a person sees it."""
        from campaign.terminal.progress import progress

        with progress(what, quiet=self.quiet) as seen:
            yield seen


class Present(Session):
    """One moment of a command that runs on while others log and days pass: the same person and home, the clock anew.

    What is noted is kept in ``noted``, to be shown where there is room for it.
    """

    def __init__(self, began: Session) -> None:
        super().__init__()
        self.options, self.noted = began.options, list[str]()
        kept = ("settings", "home", "slug")
        vars(self).update({name: value for name, value in vars(began).items() if name in kept})

    def note(self, text: str) -> None:
        """Kept."""
        self.noted.append(text)


def _call_on_close(close: Callable[[], None]) -> None:
    """Has this called when the command ends."""
    click.get_current_context().find_root().call_on_close(close)


def _check(setting: Setting) -> None:
    """Refuses a CPR number, naming where the setting comes from."""
    from domain.refusals import PersonalNumber

    try:
        refuse_personal([setting.value])
    except PersonalNumber as refusal:
        raise PersonalNumber(
            f"The setting from {setting.source} holds a number in the form of a CPR number. Change it; none is stored."
        ) from refusal


def _is_ahead(recorded: str, now: datetime) -> bool:
    """By more than two processes of one machine, or two machines that are kept on time, ever differ."""
    return datetime.fromisoformat(recorded) - now > _DIFFERING


_DIFFERING = timedelta(minutes=2)


def default_home() -> Path:
    """Where data of this user's programs lie on this system."""
    import platformdirs

    return _path(platformdirs.user_data_dir("campaign", appauthor=False))


def _path(text: str) -> Path:
    from pathlib import Path

    return Path(text)
