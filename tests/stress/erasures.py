"""Persons erased from a home with exports, rejected rows and backups: no byte of them is left, and every figure stands."""

from __future__ import annotations

import base64
import json
import shutil
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from typing import NamedTuple
from uuid import uuid4

import xlsxwriter
from msgspec.structs import replace

from campaign.app import CampaignTracker, open_tracker
from campaign.backups.backup import back_up
from campaign.backups.full_erasure import erase
from campaign.backups.restore import restore
from campaign.files.atomic import write_file
from campaign.importing.imports import import_tables, new_run, plan_import
from campaign.personal_data.contacts import name_contact
from campaign.personal_data.erasing import ErasureTarget, find_target, notes_naming, target_of
from campaign.personal_data.text_check import check_texts
from campaign.reference import offices
from campaign.storage.sqlite.workspace import SqliteWorkspace
from campaign.storage.verification import verify
from domain.acts import Act
from domain.calls import Call
from domain.company import Company, CompanyFacts
from domain.cvr import cvr_number
from domain.outcomes import Outcome
from domain.refusals import NumberNotValid
from projections.filters import Scope
from projections.questions.hit_rates import hit_rates
from stress.findings import Found

SLUG, FIRST, LAST, TODAY = "luk-op", date(2012, 9, 3), date(2013, 6, 30), date(2012, 11, 20)
_ONSETS, _VOWELS = ("k", "sk", "br", "h", "l", "v", "st", "fl", "gr", "m", "n"), ("a", "e", "o", "æ", "ø", "å", "u")
_ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "cp1252")


class Somebody(NamedTuple):
    """A made-up person: a contact, or a sole trader by that name."""

    cvr: str
    name: str
    phone: str
    email: str
    trades: bool

    @property
    def note(self) -> str:
        """What a consultant noted of them."""
        return f"Talte med {self.name}, ring på {self.phone} efter jul"

    @property
    def traces(self) -> tuple[str, ...]:
        """What must be nowhere once they are erased."""
        return (self.name, self.note) if self.trades else (self.name, self.phone, self.email, self.note)


def erased(times: int, chance: Random, folder: Path) -> Found:
    """Keeps so many persons in every way there is, erases them all, and searches every file for what they were."""
    home = SqliteWorkspace(folder / "home", lambda: datetime(2012, 11, 20, 12, tzinfo=UTC))
    home.create()
    people = list(_people(times, chance))
    with open_tracker(home) as tracker:
        tracker.plan(_act(), SLUG, "Luk op", FIRST, LAST)
        _meet(home, tracker, people, folder)
        figures = _figures(home)
        _write_them_down(home, people, figures)
        back_up(home, folder / "before", lambda done, of: None)
        there = {trace for _, trace in _left(_files(folder), people)}
        away = shutil.copytree(folder / "before", folder / "away" / "before")
        for somebody in people:
            _erase(home, tracker, somebody)
        for somebody in people[::5]:
            tracker.describe_company(_act(), somebody.cvr, _grown(tracker.company(somebody.cvr)))
        faults = [] if verify(tracker.store, tracker.mapper).fault is None else ["the chain does not verify"]
        faults += check_texts(tracker).faults
    faults += [] if _figures(home) == figures else ["a figure changed"]
    back_up(home, folder / "after", lambda done, of: None)
    for name, source in (("restored", folder / "before"), ("restored-old", away)):
        again = SqliteWorkspace(folder / name, home.clock)
        restore(again, source, [home.path] if source == away else [], lambda done, of: None)
        faults += [] if _figures(again) == figures else [f"a figure of the home {name} is another"]
    shutil.rmtree(away)  # nobody could reach it; only what is restored from it is held to be clean
    searched = _files(folder)
    left = [f"{path} holds {trace!r}" for path, trace in _left(searched, people)]
    unmet = {trace for somebody in people for trace in somebody.traces} - there
    faults += left + [f"{trace!r} was never there to be erased" for trace in unmet]
    return Found(
        times, f"{len(there)} traces before, {len(left)} after, in {len(searched)} files; figures equal", faults
    )


def _files(folder: Path) -> list[Path]:
    """Every file there is, but for the register that somebody sent, which is not ours."""
    return [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != "register.csv"]


def _people(times: int, chance: Random) -> Iterator[Somebody]:
    numbers = _numbers(chance)
    for _ in range(times):
        first, last = _word(chance, 2), _word(chance, 4)
        phone = str(chance.randrange(20_000_000, 99_999_999))
        email = f"{chance.randbytes(6).hex()}@example.dk"
        yield Somebody(next(numbers), f"{first} {last}", phone, email, chance.random() < 0.4)


def _numbers(chance: Random) -> Iterator[str]:
    seen: set[str] = set()
    while True:
        try:
            number = cvr_number(str(chance.randrange(10_000_000, 99_999_999)))
        except NumberNotValid:
            continue
        if number not in seen:
            seen.add(number)
            yield number


def _word(chance: Random, parts: int) -> str:
    return "".join(chance.choice(_ONSETS) + chance.choice(_VOWELS) for _ in range(parts)).capitalize() + "sen"


def _act() -> Act:
    return Act(uuid4(), TODAY, "abcd", "306", datetime(2012, 11, 20, 12, tzinfo=UTC), TODAY)


def _meet(home: SqliteWorkspace, tracker: CampaignTracker, people: list[Somebody], folder: Path) -> None:
    """Each is called, noted and visited; the sole traders come with a register, of which some rows are rejected."""
    table = folder / "register.csv"
    traders = [somebody for somebody in people if somebody.trades]
    rows = [f"{s.cvr};{s.name};306;10" for s in traders] + [f"{s.cvr};{s.name};nowhere;10" for s in traders[::3]]
    table.write_text("\n".join(["cvr;name;municipality_code;company_form", *rows]) + "\n", encoding="cp1252")
    plan = plan_import([table], offices())
    run = new_run(plan, SLUG, "", "import", "", home.clock(), TODAY, False)
    import_tables(tracker, plan, run, home.path / "rejects" / run.batch.hex[:8])
    for somebody in people:
        if not somebody.trades:
            name_contact(
                tracker, _act(), somebody.cvr, {"name": somebody.name, "phone": somebody.phone, "email": somebody.email}
            )
        tracker.log_call(_act()._replace(note=somebody.note), SLUG, somebody.cvr, Call(Outcome.ACCEPTED), TODAY)


def _figures(home: SqliteWorkspace) -> list[object]:
    with home.read() as connection:
        return [hit_rates(connection, Scope(today=TODAY, campaign=SLUG), by) for by in (None, "office", "consultant")]


def _grown(company: Company | None) -> CompanyFacts:
    facts = (company.now if company else None) or CompanyFacts()
    return replace(facts, size_band="5-9")


def _write_them_down(home: SqliteWorkspace, people: list[Somebody], figures: object) -> None:
    """What somebody may have left in the home: lists in several encodings, and an export that names nobody."""
    (home.path / "exports").mkdir()
    lines = "\n".join(f"{s.name};{s.phone};{s.email};{s.note}" for s in people)
    for number, encoding in enumerate(("utf-8", "utf-16", "cp1252")):
        write_file(home.path / "exports" / f"list-{number}.csv", lines.encode(encoding))
    with xlsxwriter.Workbook(home.path / "exports" / "list.xlsx") as book:
        sheet = book.add_worksheet()
        for row, somebody in enumerate(people):
            sheet.write_row(row, 0, [somebody.name, somebody.phone, somebody.email])
    with zipfile.ZipFile(home.path / "exports" / "list.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("list.csv", lines)
    write_file(home.path / "exports" / "list.json", json.dumps([s.name for s in people]).encode())
    write_file(home.path / "exports" / "totals.json", json.dumps(figures, default=str).encode())


def _erase(home: SqliteWorkspace, tracker: CampaignTracker, somebody: Somebody) -> None:
    if somebody.trades:
        meant = find_target(tracker, somebody.cvr)
    else:
        company = tracker.company(somebody.cvr)
        assert company is not None
        meant = ErasureTarget(company.id, next(iter(company.contacts)))
    erase(home, tracker, _act(), [meant, *map(target_of, notes_naming(tracker, meant))], "asked for it")


def _left(files: list[Path], people: list[Somebody]) -> Iterator[tuple[Path, str]]:
    spelled = [(trace, spelling) for s in people for trace in s.traces for spelling in _spellings(trace)]
    for path in files:
        content = path.read_bytes()
        folded = content.lower()
        for trace, spelling in spelled:
            if spelling in content or spelling.lower() in folded:
                yield path, trace


def _spellings(text: str) -> set[bytes]:
    """The text in every encoding, and each of those in hexadecimal digits and in base64, wherever it begins."""
    plain = {text.encode(encoding) for encoding in _ENCODINGS}
    coded = {_base64(raw, shift) for raw in plain for shift in range(3)}
    return plain | {raw.hex().encode() for raw in plain} | coded


def _base64(raw: bytes, shift: int) -> bytes:
    """The part of its base64 that does not hang on what stands around it, ``shift`` bytes behind a multiple of three."""
    coded = base64.b64encode(bytes(shift) + raw)
    return coded[-(-shift * 8 // 6) : len(coded) // 4 * 4 - 4]
