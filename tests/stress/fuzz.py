"""Files of every kind, damaged in every way, through the real import: no traceback, no waiting, every row accounted for."""

from __future__ import annotations

import csv
import io
import multiprocessing
import re
import struct
import time
import warnings
import zipfile
from collections import Counter
from datetime import UTC, date, datetime
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from uuid import UUID

from campaign.app import open_tracker
from campaign.errors import Fault
from campaign.importing.imports import import_tables, new_run, plan_import
from campaign.reference import offices
from campaign.storage.sqlite.workspace import SqliteWorkspace
from campaign.storage.verification import verify
from domain.acts import Act
from domain.cpr import holds_personal_number
from domain.refusals import Refusal
from stress.findings import Found

AT_ONCE = 250
MOST_SECONDS = 2.0
MOST_MEGABYTES = 300
_NOW = datetime(2013, 7, 1, 12, tzinfo=UTC)
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "cp1252", "iso8859-15", "mac-roman")

TABLES: dict[str, list[list[str]]] = {
    "companies": [
        ["cvr", "name", "municipality_code", "industry_code", "industry_scheme", "size_band", "valid_from"],
        ["26099382", "Nordvang Tømrer ApS", "306", "433200", "DB07", "5-9", ""],
        ["72287029", "Grønholm Bageri I/S", "147", "107120", "DB07", "10-19", "2012-01-01"],
        ["97383979", "Æblegård & Søn", "101", "960210", "DB07", "2-4", ""],
    ],
    "calls": [
        ["ref", "cvr", "called_at", "consultant", "office", "outcome", "reason", "follow_up"],
        ["c1", "26099382", "2012-11-05T09:30", "anna", "306", "accepted", "", ""],
        ["c2", "72287029", "05-11-2012 10:00", "bo", "Odsherred", "declined", "no-need", ""],
        ["c3", "97383979", "2012-11-07", "anna", "306", "call-back", "", "2012-11-14"],
    ],
    "visits": [
        ["ref", "cvr", "booked_on", "planned_on", "held_on", "status", "consultant", "office", "call_ref"],
        ["v1", "26099382", "2012-11-05", "2012-11-20", "2012-11-20", "held", "anna", "306", "c1"],
        ["v2", "72287029", "2012-11-06", "2012-11-21", "", "no-show", "bo", "306", ""],
    ],
    "yields": [
        ["ref", "cvr", "visit_ref", "call_ref", "recorded_on", "kind", "positions", "hours_per_week", "target_group"],
        ["y1", "26099382", "v1", "", "2012-11-20", "internship", "2", "37", ""],
    ],
    "invitations": [["ref", "cvr", "sent_on", "consultant", "office"], ["i1", "97383979", "2012-10-01", "bo", "306"]],
}
CELLS = (
    "", " ", "0", "-1", "9" * 30, "1e308", "NaN", "=1+1", "@SUM(A1)", "'=1", "010190-1234", "0101901234", "\x00", "\x1b[2J",
    "\u202ex", "\ufeff", "\u200d", "👩\u200d👩", "a\nb", 'a"b', '"', ";", ",", "\t", "x" * 40_000, "é" * 300, "0000-00-00",
    "9999-12-31", "0001-01-01", "2012-02-30", "31-12-2012 25:61", "2012-11-20T24:00", "٣", "２６０９９３８２", "DK26099382",
    "'; DROP TABLE stored_events;--", "{0.__class__}", "%s%n", "../../x", "\\\\host\\x", "<b>", "é\u0301" * 40, "1.5", "1,5",
)  # fmt: skip
TOKENS = (b"\0", b'"', b";", b",", b"\r", b"\n", b"\xff", b"\xfe", b"\x80", b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf", b"<", b">", b"&", b"]]>", b"\xef\xbb\xbf", b"9" * 20, b"A1:XFD1048576", b'r="XFD1048576"', b"\x1f", b"-")  # fmt: skip

File = tuple[str, bytes]


def fuzz(times: int, chance: Random, folder: Path) -> Found:
    """Imports so many files, some hundred in a process of their own, so that none can end the run."""
    faults: list[str] = []
    told: Counter[str] = Counter()
    slowest, largest = 0.0, 0.0
    for start in range(0, times, AT_ONCE):
        some, seed = min(AT_ONCE, times - start), chance.getrandbits(32)
        batch = _in_a_process(some, seed, folder / f"batch-{start}")
        faults += batch.faults
        told += batch.told
        slowest, largest = max(slowest, batch.slowest), max(largest, batch.megabytes)
    counts = ", ".join(
        f"{what} {told[what]:,}"
        for what in ("imported", "imported .xlsx", "imported .zip", "refused", "rows", "rejected")
    )
    return Found(times, f"{counts}; slowest {slowest:.2f} s, largest {largest:.0f} MB", faults)


class Batch:
    """What became of some files."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.told: Counter[str] = Counter()
        self.slowest = self.megabytes = 0.0


def _in_a_process(times: int, seed: int, folder: Path) -> Batch:
    anew = multiprocessing.get_context("spawn")  # a fork would begin with the memory of whoever tries
    ours, theirs = anew.Pipe()
    child = anew.Process(target=_child, args=(times, seed, folder, theirs))
    child.start()
    theirs.close()
    try:
        batch: Batch = ours.recv()
    except EOFError:
        batch = Batch()
        batch.faults.append(f"seed {seed}: the process died")
    child.join()
    return batch


def _child(times: int, seed: int, folder: Path, told: Connection) -> None:
    folder.mkdir()
    chance, batch, home = Random(seed), Batch(), _home(folder / "home")
    for n in range(times):
        _try(home, folder, a_file(chance), batch, f"seed {seed}, file {n}")
    with open_tracker(home) as tracker:
        fault = verify(tracker.store, tracker.mapper).fault
    batch.faults += [f"seed {seed}: the log is damaged: {fault}"] if fault else []
    batch.megabytes = _most_memory()
    if batch.megabytes > MOST_MEGABYTES:
        batch.faults.append(f"seed {seed}: {batch.megabytes:.0f} MB were taken")
    told.send(batch)


def _most_memory() -> float:
    """The most this process ever held, in MB. What getrusage says includes the process it was started from."""
    return int(re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())[0]) / 1024


def _home(path: Path) -> SqliteWorkspace:
    home = SqliteWorkspace(path, lambda: _NOW)
    home.create()
    with open_tracker(home) as tracker:
        act = Act(UUID(int=7), date(2012, 9, 3), "anna", "306", _NOW, _NOW.date())
        tracker.plan(act, "luk-op", "Luk op", date(2012, 9, 3), date(2013, 6, 30))
    return home


def _try(home: SqliteWorkspace, folder: Path, file: File, batch: Batch, where: str) -> None:
    path, began = folder / file[0], time.perf_counter()
    path.write_bytes(file[1])
    try:
        batch.faults += [f"{where}: {fault}" for fault in _imported(home, path, batch.told)]
        batch.told.update(["imported", f"imported {path.suffix}"])
    except (Fault, Refusal) as refusal:
        batch.told["refused"] += 1
        if holds_personal_number(str(refusal)):
            batch.faults.append(f"{where}: a refusal repeats a number in CPR form")
    except BaseException as fault:  # a panic of the reader of workbooks, which is written in Rust, is no Exception
        batch.faults.append(f"{where}, {file[0]}: {type(fault).__name__}: {str(fault)[:200]!r}")
        if isinstance(fault, KeyboardInterrupt):
            raise
    seconds = time.perf_counter() - began
    batch.slowest = max(batch.slowest, seconds)
    if seconds > MOST_SECONDS:
        batch.faults.append(f"{where}, {file[0]}: {seconds:.1f} s")
    path.unlink()


def _imported(home: SqliteWorkspace, path: Path, told: Counter[str]) -> list[str]:
    """What does not add up: rows of the table, rows with a verdict, rows in the rejects."""
    plan = plan_import([path], offices())
    run = new_run(plan, "luk-op", "", "import", "306", _NOW, _NOW.date(), update=len(path.name) % 2 == 0)
    with open_tracker(home) as tracker:
        outcomes = import_tables(tracker, plan, run, home.path / "rejects")
    faults = []
    for outcome, (_, found) in zip(outcomes, plan.tables, strict=True):
        rejected = sum(n for verdict, n in outcome.rows.items() if verdict.value == "rejected")
        told += Counter(rows=outcome.read, rejected=rejected)
        if outcome.read != found.count or rejected != _rejects(outcome.rejects):
            faults.append(f"{found.count} rows, {dict(outcome.rows)}, {_rejects(outcome.rejects)} in the rejects")
    for outcome in outcomes:
        if outcome.rejects:
            outcome.rejects.unlink(missing_ok=True)
    return faults


def _rejects(path: Path | None) -> int:
    """How many rows the file of rejects holds."""
    if path is None:
        return 0
    csv.field_size_limit(1_000_000)
    with path.open(encoding="utf-8-sig", newline="") as file:
        return sum(1 for _ in csv.reader(file, delimiter=";", strict=True)) - 1


# Files


def a_file(chance: Random) -> File:
    """A file of some kind, whole or damaged; its name tells the kind."""
    return chance.choice([_csv, _csv, _csv, _xlsx, _xlsx, _zip, _bytes])(chance)


def _csv(chance: Random) -> File:
    text = io.StringIO(newline="")
    delimiter = chance.choice(";;,\t")
    csv.writer(text, delimiter=delimiter, lineterminator=chance.choice(["\r\n", "\n"])).writerows(_rows(chance))
    content = text.getvalue().encode(chance.choice(ENCODINGS), chance.choice(["ignore", "replace"]))
    return chance.choice(["calls.csv", "x.tsv", "y.txt"]), _damaged(content, chance, 0.35)


def _rows(chance: Random) -> list[list[str]]:
    """A table with some cells, headings or rows changed."""
    rows = [list(row) for row in TABLES[chance.choice([*TABLES])]]
    for _ in range(chance.choice([0, 1, 1, 2, 5])):
        row = chance.choice(rows[1:] if chance.random() < 0.9 else rows)
        row[chance.randrange(len(row))] = chance.choice(CELLS)
    if chance.random() < 0.2:
        row = chance.choice(rows)
        row[:] = row[: chance.randrange(len(row))] if chance.random() < 0.5 else [*row, chance.choice(CELLS)]
    if chance.random() < 0.2:
        rows += rows[1:]
    return rows


def _damaged(content: bytes, chance: Random, often: float) -> bytes:
    if chance.random() >= often or not content:
        return content
    some = bytearray(content)
    for _ in range(chance.choice([1, 1, 2, 8, 40])):
        at = chance.randrange(len(some) + 1)
        change = chance.randrange(5)
        if change == 0 and at < len(some):
            some[at] ^= 1 << chance.randrange(8)
        elif change == 1:
            some[at:at] = chance.choice(TOKENS)
        elif change == 2:
            some[at : at + chance.randrange(20)] = b""
        elif change == 3:
            some[at:at] = some[chance.randrange(len(some) + 1) :][: chance.randrange(60)]
        else:
            some[at : at + 4] = chance.randbytes(4)
    return bytes(some[: chance.randrange(len(some) + 1)] if chance.random() < 0.2 else some)


def _bytes(chance: Random) -> File:
    content = chance.choice([b"", b"PK\x03\x04", b"\xef\xbb\xbf", b"cvr;name\n", b"\xff\xfe"])
    return f"b{chance.choice(['.csv', '.xlsx', '.zip', '.tsv'])}", content + chance.randbytes(chance.randrange(400))


def _xlsx(chance: Random) -> File:
    content = _workbook([*TABLES][chance.randrange(len(TABLES))])
    if chance.random() < 0.3:
        return "w.xlsx", _damaged(content, chance, 0.9)
    return "w.xlsx", _packed(_parts_damaged(content, chance), chance)


@cache
def _workbook(kind: str) -> bytes:
    import xlsxwriter

    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet(kind)
        for n, row in enumerate(TABLES[kind]):
            for m, cell in enumerate(row):
                sheet.write_number(n, m, int(cell)) if cell.isdigit() and n % 2 else sheet.write_string(n, m, cell)
    return file.getvalue()


def _parts_damaged(content: bytes, chance: Random) -> list[File]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = [(name, archive.read(name)) for name in archive.namelist()]
    chosen = {chance.randrange(len(parts)) for _ in range(chance.choice([1, 1, 3]))}
    chosen |= {n for n, (name, _) in enumerate(parts) if "sheet1" in name and chance.random() < 0.6}
    return [(name, _damaged(part, chance, 0.9 if n in chosen else 0)) for n, (name, part) in enumerate(parts)]


def _zip(chance: Random) -> File:
    names = ("calls.csv", "a/visits.csv", "../../out.csv", "/abs.csv", "C:\\x.csv", "010190-1234/x.csv", "æ\u202e.csv")
    parts = [(chance.choice(names), _csv(chance)[1]) for _ in range(chance.choice([1, 1, 2, 3]))]
    if chance.random() < 0.1:
        parts.append(("w.xlsx", _xlsx(chance)[1]))
    if chance.random() < 0.05:
        parts.append(("deep.zip", _zip(chance)[1]))
    if chance.random() < 0.05:
        parts.append(("zeros.csv", b"cvr;name\n" + b"\n" * chance.choice([10_000, 3_000_000])))
    return "z.zip", _damaged(_packed(parts, chance), chance, 0.4)


def _packed(parts: list[File], chance: Random) -> bytes:
    """A zip of these; now and then one whose directory says another size, or packed in a rarer way."""
    file = io.BytesIO()
    way = chance.choice([zipfile.ZIP_DEFLATED] * 8 + [zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
    with zipfile.ZipFile(file, "w", way) as archive:
        for name, content in parts:
            with warnings.catch_warnings(action="ignore"):  # that a name comes twice
                archive.writestr(zipfile.ZipInfo(name), content, way)
    packed = bytearray(file.getvalue())
    if chance.random() < 0.1:
        at = packed.find(b"PK\x01\x02")
        packed[at + 24 : at + 28] = struct.pack("<I", chance.choice([0, 1, 100, 2**31, 2**32 - 1]))
    return bytes(packed)
