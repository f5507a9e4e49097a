"""Growth: what import, rebuild, reports and one call cost from 35,000 to a million events."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from benchmarks.figures import Failure, Figure, note
from benchmarks.home import Bench
from benchmarks.model import EVENTS
from benchmarks.timing import Failed, Took, in_turns, middle, middle_work, ratio

SIZES = (35_000, EVENTS, 200_000, 10 * EVENTS, 15 * EVENTS)
HEADINGS = ("events", "log MB", "views MB", "import s", "entries/s", "peak MB", "rebuild s", "events/s", "peak MB",
            "call ms", "rates ms", "rates --by office ms")  # fmt: skip
_DIMENSIONS = ("office", "region", "consultant", "week", "month", "industry", "size", "campaign")
_ROUNDS, _REPORTS = 5, 3
_MOST_MB, _MOST_SECONDS, _MOST_SECONDS_COORDINATOR = 250, 1.0, 2.0
_THEN = "2013-03-01"


class Cost(NamedTuple):
    """What one size costs; seconds are of whole processes, sizes in MB."""

    bench: Bench
    entries: int
    events: int
    imported: Took
    rebuilt: Took
    call: float
    rates: float
    by_office: float

    @property
    def cells(self) -> list[str]:
        """The line of the table."""
        sizes = [f"{self.events:,}", f"{self.bench.size('events.db'):.0f}", f"{self.bench.size('views.db'):.0f}"]
        return [*sizes, *_bulk(self.imported, self.entries), *_bulk(self.rebuilt, self.events),
                *(f"{seconds * 1000:.0f}" for seconds in (self.call, self.rates, self.by_office))]  # fmt: skip


def cost(folder: Path, events: int) -> Cost:
    """Imports a campaign of about so many events, rebuilds its read models, and asks it some reports."""
    note(f"a campaign of {events:,} events ...")
    bench = Bench(folder, events / EVENTS)
    bench.write()
    entries = sum(sum(1 for _ in path.open(encoding="utf-8")) - 1 for path in bench.files.iterdir())
    bench.begin()
    imported = bench.do("import", str(bench.files))
    rebuilt = bench.do("rebuild")
    written = int(rebuilt.said.split("from ")[1].split(" ")[0].replace(",", ""))
    numbers = iter(bench.companies(_ROUNDS + 1))
    calls, rates, offices = in_turns(
        _ROUNDS,
        lambda: bench.call(next(numbers)),
        lambda: bench.do("rates"),
        lambda: bench.do("rates", "--by", "office"),
    )
    return Cost(bench, entries, written, imported, rebuilt, middle(calls), middle(rates), middle(offices))


def memory(largest: Cost) -> Iterator[Figure]:
    """The peak of the two commands that go through a million events."""
    for name, took in (("import", largest.imported), ("rebuild", largest.rebuilt)):
        how = f"{largest.events:,} events, whole process, {took.seconds:.1f} s"
        yield Figure(f"{name} of a million events, peak", _MOST_MB, True, "MB", took.peak, how)


def ten_times(one: Cost, ten: Cost) -> Iterator[Figure | Failure]:
    """A report on ten times the history, taken in turns with the same on one time."""
    for words in (("rates", "--by", "office"), ("funnel",)):
        what = f"campaign {' '.join(words)}, 10 x the history"
        try:
            short, long = in_turns(_ROUNDS, lambda w=words: one.bench.do(*w), lambda w=words: ten.bench.do(*w))  # type: ignore[misc]
        except Failed as failure:
            yield Failure(what, str(failure))
            continue
        times, work = ratio(long, short)
        how = f"{middle(long) * 1000:.0f} / {middle(short) * 1000:.0f} ms (processor {work:.2f} x), {_ROUNDS} pairs"
        yield Figure(what, 3, True, "x", times, how)


def reports(largest: Cost) -> Iterator[Figure | Failure]:
    """Every report on a million events, whole process."""
    bench = largest.bench
    asked = [("rates",), *(("rates", "--by", dimension) for dimension in _DIMENSIONS), ("yields",), ("funnel",)]
    asked += [("entries",), ("entries", "--of", "calls", "--office", "306")]
    asked += [("export", "totals", "-o", str(bench.folder / "totals.csv"), "--force")]
    for words in asked:
        what = f"campaign {' '.join(words)}, a million events".replace(f"{bench.folder}/", "").replace(" --force", "")
        try:
            (took,) = in_turns(_REPORTS, lambda w=words: bench.do(*w))  # type: ignore[misc]
        except Failed as failure:
            yield Failure(what, str(failure))
            continue
        yield Figure(
            what,
            _MOST_SECONDS,
            True,
            "s",
            middle(took),
            f"median of {_REPORTS}, processor {middle_work(took):.2f} s, {took[0].peak:.0f} MB",
        )


def coordinators(largest: Cost) -> Iterator[Figure | Failure]:
    """What a coordinator asks of a million events, as of a day in the middle of the campaign, whole process."""
    bench = largest.bench
    bench.do("target", "luk-op", "visits_held", "90000", "--at", "2012-09-03")
    for office in ("101", "147", "306"):
        bench.do("target", "luk-op", "companies_called", "9000", "--office", office, "--at", "2012-09-03")
    page = str(bench.folder / "page.html")
    asked = [
        ("targets",),
        ("cohorts",),
        ("cohorts", "--of", "visits", "--by", "month"),
        ("overdue",),
        ("today", "--all"),
    ]
    asked += [("overdue", "--by", "office"), ("rates", "--by", "office"), ("report", "-o", page, "--force")]
    for words in asked:
        yield from _timed(bench, *words, "--as-of", _THEN)
    # All of it was imported today, so yesterday nothing was known: the least there is to reconcile is everything.
    yield from _timed(bench, "changes", "--since", "today")


def _timed(bench: Bench, *words: str) -> Iterator[Figure | Failure]:
    what = f"campaign {' '.join(words)}, a million events".replace(f"{bench.folder}/", "").replace(" --force", "")
    try:
        (took,) = in_turns(_REPORTS, lambda: bench.do(*words))
    except Failed as failure:
        yield Failure(what, str(failure))
        return
    how = f"median of {_REPORTS}, processor {middle_work(took):.2f} s, {took[0].peak:.0f} MB"
    yield Figure(what, _MOST_SECONDS_COORDINATOR, True, "s", middle(took), how)


def known_then(largest: Cost) -> Iterator[Figure | Failure]:
    """A report as known on a day, taken in turns with the same as known now."""
    for words in (("rates",), ("rates", "--by", "office"), ("cohorts",), ("targets",), ("overdue",), ("funnel",)):
        what = f"campaign {' '.join(words)} --known-on a day, a million events"
        known = (*words, "--known-on", "today")
        try:
            now, then = in_turns(_REPORTS, lambda w=words: largest.bench.do(*w), lambda w=known: largest.bench.do(*w))  # type: ignore[misc]
        except Failed as failure:
            yield Failure(what, str(failure))
            continue
        times, work = ratio(then, now)
        how = f"{middle(then) * 1000:.0f} / {middle(now) * 1000:.0f} ms (processor {work:.2f} x), {_REPORTS} pairs"
        yield Figure(what, 2, True, "x", times, how)


def _bulk(took: Took, count: int) -> list[str]:
    return [f"{took.seconds:.1f}", f"{count / took.seconds:,.0f}", f"{took.peak:.0f}"]
