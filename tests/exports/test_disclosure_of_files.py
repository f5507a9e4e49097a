"""What a reader reckons from finished files of totals: nothing that they hide, to within fewer than five."""

from collections import defaultdict
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest
from file_attacker import FileAttacker

from campaign.publishing.suppression import suppress, with_suppressed
from campaign.publishing.totals.table import Table
from campaign.publishing.totals.totals import table_from
from projections.measures import COUNTS, with_rates

BELOW = 5
LOOKED_AT = 60
OFFICES, MONTHS = ("306", "316", "320"), ("2013-01", "2013-02", "2013-03")


@dataclass
class Made:
    """A campaign of so many companies, as the rows that totals are made of: calls at random, visits and what they gave."""

    chance: Random
    size: int
    shared: float
    contacts_by: dict[tuple[str, ...], dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.calls = [call for company in range(self.size) for call in self._of(company)]

    def _of(self, company: int) -> list[dict[str, Any]]:
        chance, own = self.chance, self.chance.choice(OFFICES)
        offices = [
            chance.choice(OFFICES) if chance.random() < self.shared else own for _ in range(chance.randint(1, 3))
        ]
        return [{"office": office, "company": company} | self._call() for office in offices]

    def _call(self) -> dict[str, Any]:
        chance = self.chance
        far = chance.choices((0, 1, 2), (3, 4, 3))[0]
        ending = chance.choices(("held", "no_show", "cancelled", "planned"), (7, 1, 1, 2))[0] if far == 2 else ""
        found = [chance.choice((1, 1, 2, 3)) for _ in range(chance.choice((0, 1, 1, 2)))] if ending == "held" else []
        return {"month": chance.choice(MONTHS), "far": far, "ending": ending, "found": found}

    def contacts(self, by: tuple[str, ...]) -> list[dict[str, Any]]:
        """The rows of these groups."""
        groups: dict[tuple[str, ...], list[dict[str, Any]]] = {} if by else {(): []}
        for call in self.calls:
            groups.setdefault(tuple(call[each] for each in by), []).append(call)
        return [dict(zip(by, group, strict=True)) | self._row(calls) for group, calls in sorted(groups.items())]

    @staticmethod
    def _row(calls: list[dict[str, Any]]) -> dict[str, Any]:
        row: dict[str, Any] = defaultdict(int, dict.fromkeys(COUNTS, 0))
        for name, far in (("calls", 0), ("calls_reached", 1), ("calls_accepted", 2)):
            row[name] = sum(call["far"] >= far for call in calls)
        for name, far in (("companies_called", 0), ("companies_reached", 1), ("companies_accepted", 2)):
            row[name] = len({call["company"] for call in calls if call["far"] >= far})
        for call in calls:
            if call["ending"]:
                row["visits_booked"] += 1
                row[f"visits_{call['ending']}"] += 1
            row["calls_with_yield"] += bool(call["found"])
            row["yields"] += len(call["found"])
            row["positions"] += sum(call["found"])
        row |= {"visits_with_yield": row["calls_with_yield"], "positions_from_visits": row["positions"]}
        return with_rates(dict(row) | {"visits_overdue": row["visits_planned"]}) | {"maturing": False}

    def amounts(self, by: tuple[str, ...]) -> dict[tuple[str, ...], dict[str, Any]]:
        """None is asked for by kinds."""
        raise NotImplementedError

    def is_provisional(self, group: dict[str, Any]) -> bool:
        """It is long over."""
        return False


def read(table: Table) -> FileAttacker:
    """The rows of a finished table, read by somebody."""
    return FileAttacker(table.rows, table.dimensions, table.counts)


@pytest.mark.parametrize("seed", [0, 1, 2, 108, 112, 129, 148])
def test_whoever_reads_a_finished_file_finds_no_hidden_figure_to_within_fewer_than_five(seed):
    chance = Random(seed)
    by = [("office", "month"), ("office",), ("month",)][seed % 3]
    made = table_from(Made(chance, (30, 60, 120, 200)[seed % 4], (0, 0.1)[seed % 2]), by)
    reader = read(suppress([made], BELOW)[0])
    true = {tuple(row.get(each) for each in by): row for row in made.rows}

    for group, name in [*reader.places][:LOOKED_AT]:
        least, most = reader.interval((group, name))
        assert least - 1e-6 <= true[group][name] <= most + 1e-6, "what he knows is true"
        assert most - least >= BELOW - 1e-6, (group, name, true[group][name])


def test_a_reader_finds_what_only_the_small_are_hidden_for():
    """One who finds nothing would prove nothing."""
    made = table_from(Made(Random(1), 60, 0.1), ("office", "month"))
    small = frozenset(
        (frozenset((by, row[by]) for by in made.dimensions if by in row), name)
        for row in made.rows
        for name in made.counts
        if 0 < row[name] < BELOW
    )
    reader = read(with_suppressed([made], small)[0])

    widths = [most - least for least, most in map(reader.interval, [*reader.places][:LOOKED_AT])]
    assert min(widths) < 1
