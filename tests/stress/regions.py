"""The model campaign in a home for each office, and their sum held against one home that has all of it."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

from stress.findings import Found
from stress.homes import BUNDLE, a_home, typed

FILES = ("companies.csv", "calls.csv", "visits.csv", "yields.csv")
BY_CONTACT = ("office", "region", "month", "quarter", "week", "office,month", "region,month", "industry", "size", "")
BY_YIELD = ("kind", "support_class", "region,kind", "target_group,month", "sector")
Line = dict[str, str]


def regions(times: int, chance: Random, folder: Path) -> Found:
    """So many offices of the model campaign, each with a home of its own, collected in every way totals are asked for.

    Once more when each of them has called some companies of another as well, which the sum is to count once.
    """
    lines = read()
    offices = sorted({line["office"] for line in lines["calls.csv"]})[:times]
    lines = of_offices(lines, offices)
    homes = dict(zip(offices, split(lines, offices, folder), strict=True))
    whole = campaign(folder / "whole", written(folder / "all", lines))
    _must("collect", "--new-key", str(folder / "key"))
    told = [_compared(whole, homes, (*BY_YIELD, *BY_CONTACT), chance, folder)]
    again = lines | {"calls.csv": called_by_others(lines["calls.csv"], offices, chance), "visits.csv": []}
    for home, who in ((whole, offices), *((homes[each], [each]) for each in offices)):
        _must("import", str(written(folder / f"again-{home.name}", of_offices(again, who))), home=home)
    told.append(_compared(whole, homes, BY_CONTACT, chance, folder))
    faults = [fault for each in told for fault in each.faults]
    shared = len({line["cvr"] for line in again["calls.csv"]})
    words = f"{len(homes)} homes: {told[0].told}; with {shared:,} companies called by two offices: {told[1].told}"
    return Found(sum(each.count for each in told), words, faults)


def _compared(whole: Path, homes: dict[str, Path], ways: Sequence[str], chance: Random, folder: Path) -> Found:
    """What the homes give together, given in any order, against the one that has all."""
    figures, faults = 0, list[str]()
    one, many, key = folder / "one.json", folder / "many.json", str(folder / "key")
    for by in ways:
        said = [*(["--by", by] if by else []), "--internal", "--suppress-below", "0", "--force", "-o"]
        _must("export", "totals", *said, str(one), home=whole)
        _must("collect", *map(str, chance.sample([*homes.values()], len(homes))), "--key-file", key, *said, str(many))
        figures += sum(map(len, rows(one)))
        faults += [f"by {by or 'nothing'}: {fault}" for fault in differing(rows(one), rows(many))]
    named = json.loads(many.read_bytes())["manifest"]
    if (named["offices"], named["missing"], named["twice"]) != ([*homes], [], []):
        faults.append(f"{named['offices']} are said to contribute, {named['missing']} to lack")
    total = rows(many)[-1]
    return Found(
        figures, f"{total['calls']:,} calls of {total['companies_called']:,} companies, {len(ways)} ways", faults
    )


def called_by_others(calls: list[Line], offices: Sequence[str], chance: Random) -> list[Line]:
    """Every tenth call once more, by another office."""
    chosen = chance.sample(calls, len(calls) // 10)
    others = {office: [each for each in offices if each != office] for office in offices}
    new = {"outcome": "no-answer", "reason": ""}
    return [
        line | new | {"ref": f"again-{line['ref']}", "office": chance.choice(others[line["office"]])} for line in chosen
    ]


def _must(*words: str, home: Path | None = None) -> None:
    found = typed(home or Path("none"), *words)
    assert found.code == 0, (words, found)


def read() -> dict[str, list[Line]]:
    """The tables of the model campaign, by their names."""
    with zipfile.ZipFile(BUNDLE) as archive:
        texts = {name: archive.read(name).decode() for name in FILES}
    return {name: list(csv.DictReader(io.StringIO(text), delimiter=";")) for name, text in texts.items()}


def of_offices(lines: dict[str, list[Line]], offices: Collection[str]) -> dict[str, list[Line]]:
    """What these offices did, and the companies they did it towards."""
    calls, visits = ([each for each in lines[n] if each["office"] in offices] for n in ("calls.csv", "visits.csv"))
    refs = {each["ref"] for each in (*calls, *visits)}
    yields = [each for each in lines["yields.csv"] if (each["visit_ref"] or each["call_ref"]) in refs]
    there = {each["cvr"] for each in (*calls, *visits)}
    companies = [each for each in lines["companies.csv"] if each["cvr"] in there]
    return dict(zip(FILES, (companies, calls, visits, yields), strict=True))


def split(lines: dict[str, list[Line]], offices: Sequence[str], folder: Path) -> Iterator[Path]:
    """A home for each office with what that office did."""
    for office in offices:
        yield campaign(folder / f"home-{office}", written(folder / f"files-{office}", of_offices(lines, [office])))


def written(folder: Path, lines: dict[str, list[Line]]) -> Path:
    """The tables as CSVs in that folder; those without a row are left out."""
    folder.mkdir()
    for name, rows in lines.items():
        if rows:
            with (folder / name).open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, list(rows[0]), delimiter=";")
                writer.writeheader()
                writer.writerows(rows)
    return folder


def campaign(home: Path, files: Path) -> Path:
    """A home with all that is in these files."""
    return a_home(home, ("import", str(files)))


def rows(path: Path) -> list[dict[str, Any]]:
    """The rows of a file of totals in JSON."""
    found: list[dict[str, Any]] = json.loads(path.read_bytes())["rows"]
    return found


def differing(expected: list[dict[str, Any]], found: list[dict[str, Any]]) -> Iterator[str]:
    """Every row that is not as in one home."""
    if len(expected) != len(found):
        yield f"{len(found)} rows instead of {len(expected)}"
    for one, many in zip(expected, found, strict=False):
        if one != many:
            named = [name for name in one if one[name] != many.get(name)]
            yield f"{[one[name] for name in named]} came to {[many.get(name) for name in named]} in {named}"
