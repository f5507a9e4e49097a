"""Runs the benchmark. ``--quick`` leaves out the growth to a million events, which takes several minutes."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import bulk, exports, figures, growth, starts
from benchmarks.figures import Failure, Figure, note, say
from benchmarks.home import Bench

_PAIRS, _QUICK_PAIRS = 25, 9
_ROUNDS, _QUICK_ROUNDS = 5, 1
_EXPORT_ROUNDS = 3
_PART_OF_GROWTH = {"coordinator"}
_LONG = {"growth"} | _PART_OF_GROWTH


def main() -> int:
    """Prints every figure beside its goal; exit code 1 when a goal was missed."""
    reader = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    reader.add_argument("parts", nargs="*", metavar="PART", help=f"only these: {', '.join(PARTS)}")
    reader.add_argument("--quick", action="store_true", help="only what takes under a minute, with fewer rounds")
    reader.add_argument("--in", dest="folder", metavar="DIR", help="work in this folder and leave it there")
    asked = reader.parse_args()
    if unknown := set(asked.parts) - set(PARTS):
        reader.error(f"no part is called {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    began = time.monotonic()
    for line in figures.machine():
        say(line)
    wanted = asked.parts or [part for part in PARTS if part not in (_LONG if asked.quick else _PART_OF_GROWTH)]
    with TemporaryDirectory(prefix="campaign-bench-") as folder:
        found = [figure for part in wanted for figure in PARTS[part](Path(asked.folder or folder), asked.quick)]
    say(figures.table(figures.HEADINGS, [figure.cells for figure in found]))
    missed = sum(not figure.met for figure in found)
    took = time.monotonic() - began
    say(f"\n{len(found) - missed} of {len(found)} goals met, in {took:.0f} s; load at the end {figures.load()}.")
    return 1 if missed else 0


def _model(folder: Path) -> Bench:
    bench = Bench(folder / "model", 1)
    if not bench.files.exists():
        bench.write()
    return bench


def _bulk(folder: Path, quick: bool) -> list[Figure | Failure]:
    model, rounds = _model(folder), _QUICK_ROUNDS if quick else _ROUNDS
    return [*told("import", bulk.imports(model, rounds)), *told("rebuild", bulk.rebuilds(model, rounds))]


def _starts(folder: Path, quick: bool) -> list[Figure | Failure]:
    model = _model(folder)
    model.begin()
    model.do("import", str(model.files))
    return told("starts", starts.starts(model, _QUICK_PAIRS if quick else _PAIRS))


def _exports(folder: Path, quick: bool) -> list[Figure | Failure]:
    return told("exports", exports.entries(folder, _QUICK_ROUNDS if quick else _EXPORT_ROUNDS))


def _growth(folder: Path, _: bool) -> list[Figure | Failure]:
    costs = [growth.cost(folder, events) for events in growth.SIZES]
    say(figures.table(growth.HEADINGS, [cost.cells for cost in costs]) + "\n")
    one, ten, largest = costs[1], costs[-2], costs[-1]
    return [
        *growth.memory(largest),
        *told("ten times the history", growth.ten_times(one, ten)),
        *told("a million events", growth.reports(largest)),
        *told("a coordinator's reports", growth.coordinators(largest)),
        *told("as known then", growth.known_then(largest)),
    ]


def _coordinator(folder: Path, _: bool) -> list[Figure | Failure]:
    """The reports of a coordinator alone, on a million events."""
    largest = growth.cost(folder, growth.SIZES[-1])
    return [
        *told("a coordinator's reports", growth.coordinators(largest)),
        *told("as known then", growth.known_then(largest)),
    ]


def told(part: str, found: Iterable[Figure | Failure]) -> list[Figure | Failure]:
    """The figures of one part, after saying that it is being measured."""
    note(f"{part} ...")
    return list(found)


PARTS = {"bulk": _bulk, "starts": _starts, "exports": _exports, "growth": _growth, "coordinator": _coordinator}

if __name__ == "__main__":
    sys.exit(main())
