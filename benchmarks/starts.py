"""Whole processes: how long one command takes, against a Python that only imports what such a command needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from benchmarks.figures import Failure, Figure
from benchmarks.home import Bench
from benchmarks.timing import Failed, Took, campaign, in_turns, middle, python, ratio, run, shown

WRITING = "import click, eventsourcing.sqlite"
READING = "import click, sqlalchemy, rich.table"
HELPING = "import click"
_WORD = {"_CAMPAIGN_COMPLETE": "bash_complete", "COMP_WORDS": "campaign call Bakkev", "COMP_CWORD": "2"}


def starts(bench: Bench, rounds: int) -> Iterator[Figure | Failure]:
    """Four commands a person waits for. Every call goes to another company, as a consultant's do."""
    numbers = iter(bench.companies(rounds + 1))
    yield _against("campaign call CVR no-answer", lambda: bench.call(next(numbers)), WRITING, 1.5, rounds)
    bench.do("rates")
    yield _against("campaign rates, views warm", lambda: bench.do("rates", terminal=True), READING, 1.6, rounds)
    yield _against("campaign --help", lambda: bench.do("--help", terminal=True), HELPING, 1.5, rounds)
    yield _against("completion of a company", lambda: _complete(bench), HELPING, 1.5, rounds)


def _complete(bench: Bench) -> Took:
    offered = run(campaign(), bench.variables | _WORD)
    assert offered.said.strip(), "nothing was offered"
    return offered


def _against(what: str, work: Callable[[], Took], code: str, goal: float, rounds: int) -> Figure | Failure:
    compared = python(code)
    try:
        ours, bare = in_turns(rounds, work, lambda: run(compared))
    except Failed as failure:
        return Failure(what, str(failure))
    times, work = ratio(ours, bare)
    how = f"{middle(ours) * 1000:.0f} / {middle(bare) * 1000:.0f} ms (processor {work:.2f} x), {rounds} x {shown(compared)}"
    return Figure(what, goal, True, "x", times, how)
