"""Tables of totals made by hand: offices and months with all their margins, kinds, regions, and some figures hidden."""

from collections.abc import Iterable, Iterator
from itertools import product

from campaign.publishing.codes import code
from campaign.publishing.formats.cube import Cells
from campaign.publishing.totals.table import ALL, SUPPRESSED, Table, Words
from projections.measures import COUNTS, RATES, RATIOS, with_rates

MANIFEST = {
    "day": "2013-04-30",
    "position": 1234,
    "head": "5f" * 32,
    "sha256": "0c" * 32,
    "filters": {"campaign": 'Åbne døre; 100 % "luk op" #2', "offices": ["306", "316"]},
}
LIMITS = [f"{rate}{end}" for rate in RATES for end in ("", "_low", "_high")]


def counts_of(calls: int, held: int, hits: int) -> dict[str, int]:
    """Counts of a group in which so many were called, so many visits held, and so many of them gave a yield."""
    named = {"calls": calls, "companies_called": calls, "calls_reached": calls // 2, "companies_reached": calls // 2}
    visits = {"visits_booked": held + 1, "visits_held": held, "visits_no_show": 1, "visits_with_yield": hits}
    return dict.fromkeys(COUNTS, 0) | named | visits | {"positions": 3 * hits, "positions_from_visits": 3 * hits}


def build_table(
    name: str,
    dimensions: tuple[str, ...],
    leaves: dict[Words, dict[str, int]],
    hidden: Iterable[tuple[Words, str]] = (),
) -> Table:
    """A table of these leaves, with all margins their sums, and these figures of these groups hidden."""
    rows = [_row(dimensions, group, leaves, set(hidden)) for group in _groups(dimensions, leaves)]
    return Table(name, dimensions, tuple(COUNTS), tuple(RATES), tuple(RATIOS), tuple(rows))


def _groups(dimensions: tuple[str, ...], leaves: dict[Words, dict[str, int]]) -> Iterator[Words]:
    orders = [[*sorted({group[number] for group in leaves}), ALL] for number in range(len(dimensions))]
    return (group for group in product(*orders) if any(_within(leaf, group) for leaf in leaves))


def _within(leaf: Words, group: Words) -> bool:
    return all(word in (ALL, own) for own, word in zip(leaf, group, strict=True))


def _row(dimensions: tuple[str, ...], group: Words, leaves: dict, hidden: set) -> dict:
    parts = [counts for leaf, counts in leaves.items() if _within(leaf, group)]
    row = with_rates({name: sum(part[name] for part in parts) for name in COUNTS})
    gone = [name for of, name in sorted(hidden) if of == group]
    words = {by: word for by, word in zip(dimensions, group, strict=True) if word != ALL}
    return words | row | dict.fromkeys(gone) | {"hidden": gone}


def by_office_and_month() -> Table:
    """Three offices; one without a visit, one that begins later; some figures of the first hidden."""
    leaves = {
        ("306", "2013-03"): counts_of(40, 6, 2),
        ("306", "2013-04"): counts_of(31, 7, 3),
        ("316", "2013-04"): counts_of(52, 9, 5),
        ("316", "2013-02"): counts_of(12, 3, 1),
        ("851", "2013-04"): counts_of(0, 0, 0) | {"visits_no_show": 0},
    }
    hidden = [(("306", month), name) for month in ("2013-03", ALL) for name in ("visits_with_yield", *LIMITS[:3])]
    return build_table("office-month", ("office", "month"), leaves, hidden)


def by_kind() -> Table:
    """Kinds with their own positions and those of the kinds below them: 740, of which 200; 350; 167."""
    own = {"ordinary-job": (540, 90), "acute-job": (200, 40), "wage-subsidy": (350, 61), "temporary-job": (167, 30)}
    with_children = own | {"ordinary-job": (740, 130)}
    rows = [
        {"kind": kind, "yields": with_children[kind][1], "positions": with_children[kind][0]}
        | {"yields_own": own[kind][1], "positions_own": own[kind][0], "hidden": []}
        for kind in own
    ]
    names = ("yields", "positions", "yields_own", "positions_own")
    total = {"yields": 221, "positions": 1257, "yields_own": 221, "positions_own": 1257, "hidden": []}
    return Table("yields", ("kind",), names, (), (), (*rows, total))


def by_region_and_office() -> Table:
    """Offices in two regions, so that there are combinations no row is of."""
    leaves = {
        ("Sjælland", "306"): counts_of(40, 6, 2),
        ("Sjælland", "316"): counts_of(52, 9, 5),
        ("Nordjylland", "851"): counts_of(33, 11, 7),
    }
    return build_table("region-office", ("region", "office"), leaves, [(("Nordjylland", "851"), "calls")])


def by_words() -> Table:
    """Words of people: with quotation marks, a semicolon, a name that is twice, and one that is a code already."""
    words = ['unge "under 30"', "unge 'under 30'", "a;b=c, 100 % %22", "TOT", "TOT'", "Total", "ældre", "unknown"]
    leaves = {(word,): counts_of(number + 10, number, 0) for number, word in enumerate(words)}
    return build_table("groups", ("target_group",), leaves)


def total_alone() -> Table:
    """The total alone, by no dimension."""
    return build_table("all", (), {(): counts_of(40, 6, 2)})


TABLES = {
    table.name: table for table in (by_office_and_month(), by_kind(), by_region_and_office(), by_words(), total_alone())
}


def expected_cells(table: Table) -> Cells:
    """Every cell of the rows of a table, as a file has to say it: rounded to six decimals, ``hidden``, or None."""
    return {(table.words(row), name): _cell(row, name) for row in table.rows for name in table.figures}


def coded_cells(table: Table, cells: Cells) -> dict[tuple[str, ...], object]:
    """The cells under the codes that stand in a file."""
    return {
        (*(code(by, word) for by, word in zip(table.dimensions, group, strict=True)), name): cell
        for (group, name), cell in cells.items()
    }


def _cell(row: dict, name: str) -> int | float | str | None:
    if name in row["hidden"]:
        return SUPPRESSED
    return row[name] if row[name] is None or isinstance(row[name], int) else float(f"{row[name]:.6f}")
