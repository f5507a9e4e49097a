"""Exports: the entries of an office as a workbook, against XlsxWriter that only writes the same cells."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks.figures import Figure
from benchmarks.timing import in_turns, inside

ENTRIES = 100_000


def entries(folder: Path, rounds: int) -> Iterator[Figure]:
    """The whole command, from the first look at the log to the file in its place, and the most memory it took.

    Compared are the seconds that the processor worked, which what others do on the machine moves less.
    """
    home, file = folder / "entries", folder / "entries.xlsx"
    shutil.rmtree(home, ignore_errors=True)
    inside("log_entries", home, ENTRIES)
    ours, bare = in_turns(rounds, lambda: inside("hand_over", home, file), lambda: inside("write_cells", home, file))
    seconds, least = (median(run["seconds"] for run in runs) for runs in (ours, bare))
    times = median(a["work"] / b["work"] for a, b in zip(ours, bare, strict=True))
    rows, cells = bare[0]["rows"], bare[0]["cells"]
    how = f"{seconds:.2f} / {least:.2f} s on the clock for {rows:,} rows, {cells:,} cells"
    yield Figure("entries to XLSX, against XlsxWriter alone", 1.3, True, "x", times, how)
    yield Figure("entries to XLSX, peak memory", 150, True, "MB", max(run["peak"] for run in ours), f"{rows:,} rows")
