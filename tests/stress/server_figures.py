"""The model campaign in a file and in a database: every figure is the same to the digit, and the one that was published."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from click.testing import CliRunner
from postgres_servers.running import Server
from postgres_servers.shared import appoint, make_database

import cli
from stress.findings import Found
from stress.homes import BUNDLE, ENVIRON, Ran, a_slice
from stress.server_logs import unwhole

REPORTS = (
    ("rates",),
    ("rates", "--by", "office"),
    ("rates", "--by", "region"),
    ("rates", "--by", "month"),
    ("yields",),
    ("funnel",),
    ("cohorts",),
    ("cohorts", "--of", "visits", "--by", "month"),
    ("overdue", "--all", "--as-of", "2013-04-02"),
)
_PLAN = ("plan", "luk-op", "--title", "Luk op", "--from", "2012-09-03", "--to", "2013-06-30")


def both_stores(times: int, chance: Random, folder: Path, every: int = 1) -> Found:
    """So many times the whole model campaign, or every so many of its companies, is imported into both stores."""
    found, took = list[str](), list[str]()
    tables = BUNDLE if every == 1 else a_slice(folder / "tables", every)
    for number in range(times):
        with Server.start() as server:
            make_database(server)
            appoint(server, [("coordinator", "coordinator", "")])
            file = {"CAMPAIGN_HOME": str(folder / f"home{number}")}
            database = {
                "CAMPAIGN_HOME": str(folder / f"no-home{number}"),
                "CAMPAIGN_DATABASE": server.address("coordinator"),
            }
            took = [
                f"{name} {_filled(where, tables):.0f} s" for name, where in (("SQLite", file), ("server", database))
            ]
            found += [*_differing(file, database), *unwhole(server)]
            found += _unlike_published(database) if every == 1 else []
    return Found(times, f"{len(REPORTS)} reports, byte for byte; planned and imported in: {', '.join(took)}", found)


def _typed(where: dict[str, str], *words: str) -> Ran:
    ended = CliRunner(env=ENVIRON | where).invoke(cli.main, ["--no-input", *words])
    if ended.exception and not isinstance(ended.exception, SystemExit):
        raise ended.exception
    return Ran(ended.exit_code, ended.stdout, ended.stderr)


def _filled(where: dict[str, str], tables: Path) -> float:
    """How many seconds it takes to plan the campaign and import its tables."""
    began = time.monotonic()
    for words in (("init",), _PLAN, ("import", str(tables))):
        ended = _typed(where, *words)
        if ended.code:
            raise AssertionError(f"{' '.join(words)}: {ended}")
    return time.monotonic() - began


def _differing(file: dict[str, str], database: dict[str, str]) -> Iterator[str]:
    for words in REPORTS:
        there, here = (_typed(where, *words, "--json") for where in (database, file))
        if here.code or there.code:
            yield f"{' '.join(words)}: {here.err or there.err}"
        elif here.out != there.out:
            lines = zip(here.out.splitlines(), there.out.splitlines(), strict=False)
            unlike = next((pair for pair in lines if pair[0] != pair[1]), ("", "one has more lines"))
            yield f"{' '.join(words)}: {unlike[0].strip()} in SQLite, {unlike[1].strip()} on the server"


def _unlike_published(database: dict[str, str]) -> Iterator[str]:
    """Figures that differ from those that were counted independently."""
    published = json.loads(BUNDLE.with_name("luk-op.expected.json").read_text(encoding="utf-8"))
    yield from _unlike("all", _asked(database, "rates")["total"], _kinds(database), published["total"])
    for by in ("office", "region"):
        rows = {row[by]: row for row in _asked(database, "rates", "--by", by)["rows"]}
        if set(rows) != set(published[f"by_{by}"]):
            yield f"the {by}s are {sorted(rows)}"
        for word, expected in published[f"by_{by}"].items():
            yield from _unlike(word, rows.get(word, {}), _kinds(database, f"--{by}", word), expected)


def _asked(database: dict[str, str], *words: str) -> Any:
    return json.loads(_typed(database, *words, "--json").out)


def _kinds(database: dict[str, str], *of: str) -> dict[str, Any]:
    """What was found, by kind, under the names under which it was published."""
    rows = _asked(database, "yields", *of)["rows"]
    own = {row["kind"]: row["positions_own"] for row in rows if row["yields_own"]}
    ordinary = sum(row["positions"] for row in rows if row["kind"] == "ordinary-job")
    return {"positions_by_kind": own, "ordinary_jobs_incl_acute": ordinary}


_NO_KINDS = {"positions_by_kind": {}, "ordinary_jobs_incl_acute": 0}


def _unlike(word: str, rates: dict[str, Any], kinds: dict[str, Any], published: dict[str, Any]) -> Iterator[str]:
    found = rates | kinds
    for name, value in (_NO_KINDS | published).items():
        there = found.get(name)
        near = isinstance(value, float) and isinstance(there, float | int) and abs(there - value) <= 1e-6
        if not near and there != value:
            yield f"{name} of {word} is {there}, and was published as {value}"
