"""Damage to the log's file, and rewriting of its rows behind the program's back: noticed, told in a sentence, never counted."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from uuid import UUID

from click.testing import CliRunner, Result

import cli
from campaign.app import open_tracker
from campaign.reference import offices
from campaign.storage.sqlite.workspace import SqliteWorkspace
from campaign.undo import retract
from domain.acts import Act
from domain.calls import Call
from domain.company import CompanyFacts
from domain.cvr import cvr_number
from domain.ids import identity
from domain.outcomes import Outcome, Status
from domain.refusals import Refusal
from domain.yields import Yield
from stress.findings import Found

_SLUG, _COMPANIES, _MORE = "luk-op", 40, 8
_COLUMNS = "position, originator_id, originator_version, topic, state, entry, recorded_at, hash"
_LOG = ("events.db", "events.db-wal")
Row = tuple[Any, ...]


class Original(NamedTuple):
    """A home before anything was done to it: its files, its rows and the count of positions, and what commands said."""

    home: Path
    rows: list[Row]
    issued: int
    rates: str
    history: str
    company: str
    anchors: list[Path]
    older: Path
    other: Path


# The two rows


def damage(times: int, chance: Random, folder: Path) -> Found:
    """Flips of a bit, truncations, pages of zeros and files of others, in the log and in what was not yet merged into it."""
    closed, with_wal = _originals(folder)
    found = _Findings()
    for number in range(times):
        original = with_wal if chance.random() < 0.3 else closed
        case = _copy(original.home, folder / "case")
        what = chance.choices(list(_DAMAGES), list(_WEIGHTS))[0]
        told = f"{number}: {what.__name__[1:].replace('_', ' ')} {what(case, original, chance)}"
        _judge(case, original, told, found, original.anchors[0])
    return Found(times, found.told(), found.faults)


def rewrites(times: int, chance: Random, folder: Path) -> Found:
    """Rows edited, deleted, slipped in, swapped, cut off, and written anew with hashes that fit."""
    original, _ = _originals(folder)
    found = _Findings()
    for number in range(times):
        case = _copy(original.home, folder / "case")
        what, needs_anchor = chance.choice(_REWRITES)
        with closing(sqlite3.connect(case / "events.db")) as log, log:
            told = f"{number}: {what.__name__[1:].replace('_', ' ')} {what(log, original, chance)}"
        anchor = chance.choice([*original.anchors, None]) if needs_anchor else None
        if anchor or not needs_anchor:
            (case / "views.db").rename(case / "views.away")
            _notice(case, told, found, anchor)
            (case / "views.away").rename(case / "views.db")
        else:
            _notice(case, told, found, None)
        _compare(case, original, told, found, "rates", "--json")
        if not needs_anchor:
            (case / "views.db").unlink()
            _compare(case, original, told, found, "rates", "--json")
    return Found(times, found.told(), found.faults)


class _Findings:
    """What was seen over all cases."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.counts: Counter[str] = Counter()

    def told(self) -> str:
        """The counts in words."""
        return "; ".join(f"{what} {number:,}" for what, number in self.counts.items())


# One case


def _judge(case: Path, original: Original, told: str, found: _Findings, anchor: Path) -> None:
    state = _state(case)
    changed = state != (original.rows, original.issued)
    found.counts["data changed"] += changed
    proved = _says(case, told, found, "verify", "--anchor", str(anchor)).exit_code == 0
    if proved and changed:
        found.faults.append(f"{told}: verify notices nothing")
    found.counts["noticed"] += not proved
    found.counts["noticed by the home alone"] += _says(case, told, found, "verify").exit_code != 0
    _compare(case, original, told, found, "rates", "--json")
    history = _says(case, told, found, "history", original.company, "--json")
    if history.exit_code == 0 and history.stdout != original.history and proved:
        found.faults.append(f"{told}: history is another, and verify notices nothing")
    _says(case, told, found, "doctor")
    _from_nothing(case, original, state, told, found)
    _says(case, told, found, "call", original.company, "busy", "--again")


def _from_nothing(case: Path, original: Original, state: Any, told: str, found: _Findings) -> None:
    """Figures made anew. Of a log that is whole in itself, only shorter or another, nothing here can tell."""
    bare = case.with_name("bare")
    shutil.rmtree(bare, ignore_errors=True)
    shutil.copytree(case, bare, ignore=shutil.ignore_patterns("views.db*"))
    if state is not None and (_is_beginning(state, original) or state == _state(original.other)):
        found.counts["whole, but older or another"] += state != (original.rows, original.issued)
        _says(bare, told, found, "rates", "--json")
    else:
        _compare(bare, original, told, found, "rates", "--json")


def _is_beginning(state: tuple[list[Row], int], original: Original) -> bool:
    rows, issued = state
    return len(rows) == issued and rows == original.rows[:issued] and issued < original.issued


def _compare(case: Path, original: Original, told: str, found: _Findings, *words: str) -> None:
    said = _says(case, told, found, *words)
    if said.exit_code == 0 and said.stdout != original.rates:
        found.faults.append(f"{told}: {' '.join(words)} says other figures as if nothing were wrong")
    found.counts["figures refused" if said.exit_code else "figures as they were"] += 1


def _notice(case: Path, told: str, found: _Findings, anchor: Path | None) -> None:
    words = ["verify", *(["--anchor", str(anchor)] if anchor else [])]
    if _says(case, told, found, *words).exit_code == 0:
        found.faults.append(f"{told}: {' '.join(words)} notices nothing")
    else:
        found.counts["noticed"] += 1


def _says(home: Path, told: str, found: _Findings, *words: str) -> Result:
    result = _types(home, *words)
    if result.exception and not isinstance(result.exception, SystemExit):
        found.faults.append(f"{told}: campaign {' '.join(words)} ends in {result.exception!r}")
    elif result.exit_code and not result.stderr.strip():
        found.faults.append(f"{told}: campaign {' '.join(words)} ends in {result.exit_code} without a word")
    return result


def _types(home: Path, *words: str) -> Result:
    settings = {"CAMPAIGN_HOME": str(home), "CAMPAIGN_OFFICE": "306", "CAMPAIGN_CONSULTANT": "abcd"}
    return CliRunner(env={**settings, "CAMPAIGN_SLUG": None}).invoke(cli.main, list(words))


def _state(home: Path) -> tuple[list[Row], int] | None:
    """Every row as SQLite alone reads it, and the count of positions; None when it cannot be read."""
    apart = home.with_name("read")
    shutil.rmtree(apart, ignore_errors=True)
    apart.mkdir()
    for name in _LOG:
        if (home / name).exists():
            shutil.copy(home / name, apart / name)
    try:
        with closing(sqlite3.connect(apart / "events.db")) as log:
            rows = log.execute(f"SELECT {_COLUMNS} FROM stored_events NOT INDEXED ORDER BY position").fetchall()
            return rows, log.execute("SELECT seq FROM sqlite_sequence WHERE name = 'stored_events'").fetchone()[0]
    except (sqlite3.Error, TypeError, UnicodeDecodeError):
        return None


# What is done to the file


def _flip_of_a_bit(case: Path, _: Original, chance: Random) -> str:
    path = case / "events.db-wal"
    if not path.exists() or chance.random() < 0.5:
        path = case / "events.db"
    content = bytearray(path.read_bytes())
    at, bit = chance.randrange(len(content)), chance.randrange(8)
    content[at] ^= 1 << bit
    path.write_bytes(content)
    return f"{bit} of byte {at} of {path.name}"


def _flip_of_a_bit_of_the_plan(case: Path, original: Original, chance: Random) -> str:
    """Where every command reads which campaigns there are, before any read model is asked."""
    path, state = case / "events.db", original.rows[0][4]
    content = bytearray(path.read_bytes())
    at, bit = content.index(state) + chance.randrange(-120, len(state)), chance.randrange(8)
    content[at] ^= 1 << bit
    path.write_bytes(content)
    return f"{bit} of byte {at}"


def _truncation(case: Path, _: Original, chance: Random) -> str:
    path = chance.choice([case / name for name in _LOG if (case / name).exists()])
    size = path.stat().st_size
    kept = chance.choice([chance.randrange(size), chance.randrange(size) // 4096 * 4096])
    os.truncate(path, kept)
    return f"of {path.name} from {size} to {kept} bytes"


def _page_of_zeros(case: Path, _: Original, chance: Random) -> str:
    path = case / "events.db"
    page = chance.randrange(path.stat().st_size // 4096)
    with path.open("r+b") as file:
        file.seek(page * 4096)
        file.write(bytes(4096))
    return f"{page}"


def _file_of_another_home(case: Path, original: Original, _: Random) -> str:
    return _put(case, original.other / "events.db")


def _read_models_for_the_log(case: Path, original: Original, _: Random) -> str:
    return _put(case, original.home / "views.db")


def _older_copy(case: Path, original: Original, _: Random) -> str:
    return _put(case, original.older / "events.db")


def _empty_file(case: Path, _: Original, __: Random) -> str:
    (case / "events.db").write_bytes(b"")
    return ""


def _file_that_is_gone(case: Path, _: Original, __: Random) -> str:
    (case / "events.db").unlink()
    return ""


def _put(case: Path, file: Path) -> str:
    for name in _LOG:
        (case / name).unlink(missing_ok=True)
    shutil.copy(file, case / "events.db")
    return ""


_DAMAGES: dict[Callable[[Path, Original, Random], str], float] = {
    _flip_of_a_bit: 65,
    _flip_of_a_bit_of_the_plan: 5,
    _truncation: 10,
    _page_of_zeros: 10,
    _file_of_another_home: 2,
    _read_models_for_the_log: 2,
    _older_copy: 2,
    _empty_file: 2,
    _file_that_is_gone: 2,
}
_WEIGHTS = _DAMAGES.values()


# What is done to the rows


def _row_edited(log: sqlite3.Connection, original: Original, chance: Random) -> str:
    row = chance.choice(original.rows)
    column = chance.choice(_COLUMNS.split(", ")[1:])
    new = _otherwise(row[_COLUMNS.split(", ").index(column)], chance)
    log.execute(f"UPDATE stored_events SET {column} = ? WHERE position = ?", (new, row[0]))
    return f"at {row[0]}: {column}"


def _otherwise(value: Any, chance: Random) -> Any:
    if isinstance(value, int):
        return value + chance.choice([1000, 2**40, 0.5, float("inf")])
    if isinstance(value, bytes):
        content = bytearray(value)
        at = chance.randrange(len(content))
        content[at] = (content[at] + chance.randrange(1, 256)) % 256
        return chance.choice([bytes(content), value + b" ", value[:-1], b"", bytes(content).decode("latin-1")])
    letters = list(value or "0" * 32)
    at = chance.randrange(len(letters))
    letters[at] = chance.choice([c for c in "0123456789abcdef" if c != letters[at]])
    return chance.choice(["".join(letters), f"{value} ", "", 7, b"x", None if value is None else f"{value[:-1]}"])


def _rows_deleted(log: sqlite3.Connection, original: Original, chance: Random) -> str:
    first = chance.randrange(1, original.issued - 3)
    last = first + chance.choice([0, 0, 1, 2])
    log.execute("DELETE FROM stored_events WHERE position BETWEEN ? AND ?", (first, last))
    return f"{first} to {last}"


def _positions_closed_up(log: sqlite3.Connection, original: Original, chance: Random) -> str:
    at = chance.randrange(1, original.issued)
    _replace(log, [*original.rows[: at - 1], *((row[0] - 1, *row[1:]) for row in original.rows[at:])])
    return f"after {at} was deleted"


def _row_slipped_in(log: sqlite3.Connection, original: Original, chance: Random) -> str:
    at = chance.randrange(1, original.issued + 1)
    later = [(row[0] + 1, *row[1:]) for row in original.rows[at - 1 :]]
    _replace(log, [*original.rows[: at - 1], _made_up(original.rows[at - 1], chance), *later])
    return f"at {at}"


def _rows_swapped(log: sqlite3.Connection, original: Original, chance: Random) -> str:
    rows = list(original.rows)
    a, b = chance.sample(range(len(rows)), 2)
    rows[a], rows[b] = (rows[a][0], *rows[b][1:]), (rows[b][0], *rows[a][1:])
    _replace(log, rows)
    return f"{a + 1} and {b + 1}"


def _tail_cut(log: sqlite3.Connection, original: Original, chance: Random) -> str:
    first = chance.randrange(2, original.issued + 1)
    log.execute("DELETE FROM stored_events WHERE position >= ?", (first,))
    return f"from {first}, counted still"


def _tail_cut_and_count_set_back(log: sqlite3.Connection, original: Original, chance: Random) -> str:
    first = chance.randrange(2, original.issued + 1)
    _replace(log, original.rows[: first - 1])
    return f"from {first}"


def _count_set_back(log: sqlite3.Connection, original: Original, chance: Random) -> str:
    to = chance.randrange(original.issued)
    log.execute("UPDATE sqlite_sequence SET seq = ?", (chance.choice([to, str(to) + "x", None]),))
    return f"to {to}"


def _suffix_rewritten_with_right_hashes(log: sqlite3.Connection, original: Original, chance: Random) -> str:
    at = chance.randrange(1, original.issued + 1)
    rows = list(original.rows[at - 1 :])
    do = chance.choice(["edit", "edit", "drop", "add"])
    if do == "edit" or len(rows) < 2:
        rows[0] = (*rows[0][:6], "2012-01-01T00:00:00.000000+00:00", b"")
    elif do == "drop":
        rows = rows[1:]
    else:
        rows.insert(0, _made_up(rows[0], chance))
    _replace(log, [*original.rows[: at - 1], *_chained(at, original.rows[at - 2][7] if at > 1 else bytes(32), rows)])
    return f"from {at}: {do}"


def _made_up(row: Row, chance: Random) -> Row:
    """A row like this one, of an aggregate and an entry of its own."""
    own = UUID(int=chance.getrandbits(128)).hex
    return (row[0], own, 1, row[3], row[4], own, row[6], row[7])


def _chained(first: int, before: bytes, rows: list[Row]) -> Iterator[Row]:
    for position, (_, originator, version, topic, state, entry, recorded, _) in enumerate(rows, start=first):
        said = f"{position}|{originator}|{version}|{topic}|{entry or ''}|{recorded}|".encode()
        before = sha256(before + said + state).digest()
        yield position, originator, version, topic, state, entry, recorded, before


def _replace(log: sqlite3.Connection, rows: list[Row]) -> None:
    log.execute("DELETE FROM stored_events")
    log.executemany(f"INSERT INTO stored_events ({_COLUMNS}) VALUES (?,?,?,?,?,?,?,?)", rows)
    log.execute("UPDATE sqlite_sequence SET seq = ?", (len(rows),))


_REWRITES: list[tuple[Callable[[sqlite3.Connection, Original, Random], str], bool]] = [
    (_row_edited, False),
    (_row_edited, False),
    (_rows_deleted, False),
    (_positions_closed_up, False),
    (_row_slipped_in, False),
    (_rows_swapped, False),
    (_tail_cut, False),
    (_count_set_back, False),
    (_tail_cut_and_count_set_back, True),
    (_suffix_rewritten_with_right_hashes, True),
    (_suffix_rewritten_with_right_hashes, True),
]
"""What is done to rows, and whether only a head kept elsewhere can tell."""


# The homes


def _originals(folder: Path) -> tuple[Original, Original]:
    """One home as it lies when nobody is at it, and the same with its last entries not yet merged into the file."""
    companies = _numbers(_COMPANIES + _MORE)
    home, older, other = folder / "home", folder / "older", folder / "other"
    _campaign(other, companies[::2], 2)
    _campaign(home, companies[:_COMPANIES], 1)
    _copy(home, older)
    with_wal = _copy(home, folder / "with-wal")
    _logged(home, companies[_COMPANIES:])
    with closing(sqlite3.connect(with_wal / "events.db")) as held:
        held.execute("SELECT count(*) FROM stored_events").fetchone()  # the last to close would merge them
        _logged(with_wal, companies[_COMPANIES:])
        _copy(with_wal, folder / "wal")
    return tuple(_known(at, older, other, companies[3]) for at in (home, folder / "wal"))  # type: ignore[return-value]


def _known(home: Path, older: Path, other: Path, company: str) -> Original:
    kept = _copy(home, home.with_name(f"{home.name}-asked"))
    rates, history = _types(kept, "rates", "--json"), _types(kept, "history", company, "--json")
    assert rates.exit_code == history.exit_code == 0, rates.output + history.output
    shutil.copy(kept / "views.db", home / "views.db")
    state = _state(home)
    assert state is not None
    return Original(home, *state, rates.stdout, history.stdout, company, _anchors(kept, state), older, other)


def _anchors(home: Path, state: tuple[list[Row], int]) -> list[Path]:
    """The head as everything keeps it that can be an anchor."""
    folder = home.with_name(f"{home.name}-anchors")
    folder.mkdir()
    (folder / "verified.json").write_text(_types(home, "verify", "--json").stdout, encoding="utf-8")
    for name in ("totals.json", "totals.xlsx", "totals.csv"):
        assert _types(home, "export", "totals", "-o", str(folder / name)).exit_code == 0
    (folder / "noted.txt").write_text(f"{state[1]} {state[0][-1][7].hex()}\n", encoding="utf-8")
    names = ("verified.json", "totals.json", "totals.xlsx", "totals.csv.anchor.json", "noted.txt")
    return [folder / name for name in names]


def _campaign(home: Path, companies: list[str], seed: int) -> None:
    assert _types(home, "init").exit_code == 0
    today = _moment().date()
    with open_tracker(SqliteWorkspace(home, _moment)) as tracker:
        plan = _act(today - timedelta(60), f"plan {seed}")
        tracker.plan(plan, _SLUG, "Luk op", today - timedelta(60), today + timedelta(60), ["306", "316"])
    _logged(home, companies, seed)


def _logged(home: Path, companies: list[str], seed: int = 1) -> None:
    """Each company registered, called, visited, with a yield; every fourth entry of a kind is taken back."""
    day, places = _moment().date() - timedelta(30), offices().codes
    with open_tracker(SqliteWorkspace(home, _moment)) as tracker:
        for number, cvr in enumerate(companies):
            facts = CompanyFacts(name=f"Firma {number}", municipality=str(list(places)[number]), size_band="5-9")
            tracker.describe_company(_act(day, f"company {seed} {cvr}"), cvr, facts)
            call = tracker.log_call(
                _act(day, f"call {seed} {cvr}"), _SLUG, cvr, Call(Outcome.ACCEPTED), day + timedelta(7)
            )
            if number % 4 == 3:
                retract(_act(day, f"back {cvr}"), tracker, tracker.entry_named(call[0].entry.hex), "by mistake")
            held = _act(day + timedelta(7), f"held {seed} {cvr}")
            tracker.settle_visit(held, _SLUG, cvr, Status.HELD, yields=[Yield("internship", 1 + number % 3)])


def _act(at: date, name: str) -> Act:
    now = _moment()
    return Act(identity("torture", name), at, "abcd", "306", now, now.date())


def _moment() -> datetime:
    return datetime.now(UTC)


def _numbers(count: int) -> list[str]:
    """CVR numbers that exist."""
    return [f"{n:08}" for n in range(30_000_000, 30_010_000) if _is_cvr(f"{n:08}")][:count]


def _is_cvr(number: str) -> bool:
    try:
        return bool(cvr_number(number))
    except Refusal:
        return False


def _copy(home: Path, to: Path) -> Path:
    shutil.rmtree(to, ignore_errors=True)
    return Path(shutil.copytree(home, to))
