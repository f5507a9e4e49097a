"""Runs the named stress tests, or all of them, and prints a line for each with its count; exit code 1 if one found a fault."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import NamedTuple

from stress.findings import Found

_SHOWN = 10


class Row(NamedTuple):
    """A row: the function ``module:name`` that takes (times, chance, folder), and how often it is tried in full."""

    function: str
    times: int


ROWS: dict[str, Row] = {
    "kills": Row("kills:kills", 2_000),
    "failpoints": Row("failpoints:failpoints", 50),
    "full-disk": Row("full_disk:full_disk", 200),
    "crowd": Row("crowd:crowd", 150),
    "personal-numbers": Row("cpr_numbers:numbers", 15_000),
    "fuzz": Row("fuzz:fuzz", 20_000),
    "hostile": Row("hostile:hostile", 300),
    "clocks": Row("clocks:clocks", 340),
    "damage": Row("damage:damage", 1_000),
    "rewrites": Row("damage:rewrites", 1_000),
    "erasures": Row("erasures:erased", 200),
    "edits": Row("edits:edits", 200),
    "disclosure": Row("disclosure:disclosure", 500),
    "regions": Row("regions:regions", 46),
}
SERVER_ROWS: dict[str, Row] = {
    "crowd": Row("server_crowd:crowd", 200),
    "starts": Row("server_starts:starts", 20),
    "lost-answers": Row("server_answers:lost_answers", 1_000),
    "frozen": Row("server_frozen:frozen", 20),
    "stopped": Row("server_stops:stopped", 50),
    "promoted": Row("server_stops:promoted", 50),
    "both-stores": Row("server_figures:both_stores", 1),
    "roles": Row("server_roles:roles", 4_000),
    "secrets": Row("server_secrets:secrets", 120),
}
"""With ``--postgres``: on real servers, each thrown away after its row."""


def main() -> int:
    """Prints a line for each row, and under it its first faults."""
    reader = argparse.ArgumentParser(prog="scripts/stress", description=__doc__)
    names = f"only these: {', '.join(ROWS)}; with --postgres: {', '.join(SERVER_ROWS)}"
    reader.add_argument("rows", nargs="*", metavar="ROW", help=names)
    reader.add_argument("--postgres", action="store_true", help="the stress tests of a shared database")
    reader.add_argument("--times", type=int, metavar="N", help="run N times instead of the full number")
    reader.add_argument("--seed", type=int, default=1, help="another seed chooses other moments and other bytes")
    arguments = reader.parse_args()
    rows = SERVER_ROWS if arguments.postgres else ROWS
    if unknown := set(arguments.rows) - set(rows):
        reader.error(f"no row is called {', '.join(sorted(unknown))}; there are {', '.join(rows)}")
    return max([_ran(name, rows[name], arguments.times, arguments.seed) for name in arguments.rows or rows], default=0)


def _ran(name: str, row: Row, times: int | None, seed: int) -> int:
    began = time.monotonic()
    with TemporaryDirectory(prefix="campaign-stress-") as folder:
        result = stress_test(row)(times or row.times, Random(seed), Path(folder))
    verdict = f"{len(result.faults)} FAULTS" if result.faults else "ok"
    print(f"{name:<18} {result.count:>7,}  {verdict:<10} {time.monotonic() - began:>5.0f} s  {result.told}", flush=True)
    for fault in result.faults[:_SHOWN]:
        print(f"{'':<18} {fault}", file=sys.stderr)
    if result.faults:
        print(f"{'':<18} once more: {name} --times {times or row.times} --seed {seed}", file=sys.stderr)
    return int(bool(result.faults))


def stress_test(row: Row) -> Callable[[int, Random, Path], Found]:
    """The function of a row."""
    module, _, name = row.function.partition(":")
    function: Callable[[int, Random, Path], Found] = getattr(import_module(f"stress.{module}"), name)
    return function


if __name__ == "__main__":
    sys.exit(main())
