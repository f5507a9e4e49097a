"""The values of a report as English text, the same on the terminal and on the board."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from campaign.reference import industries, offices
from campaign.reports.report import Base, Interval, Ratio, Share, Value
from campaign.reports.texts import NOTHING, counted, number, percent
from projections.measures import LEAST_BASE

PERCENT_WIDTH = len("100.0 %")
"""Characters that the longest share takes."""


def unknown_kinds(counts: Mapping[str, int]) -> str:
    """How many entries only a later version knows, and what they are called."""
    topics = ", ".join(f"{topic} {number(amount)}" for topic, amount in sorted(counts.items()))
    return f"{counted(sum(counts.values()), 'entry', 'entries')} of kinds this version does not know ({topics})"


def share_text(share: Share) -> str:
    """In percent; "3 of 4" for a base under five, nothing for a base of 0."""
    is_small = 0 < share.denominator < LEAST_BASE
    return f"{share.numerator} of {share.denominator}" if is_small else percent(share.value)


def interval_text(interval: Interval) -> str:
    """From the lower to the upper bound; shares in percent."""
    low, high = interval.low, interval.high
    return f"{low:.1%}–{percent(high)}".replace("%–", "–") if interval.of_share else f"{number(low)}–{number(high)}"


def ratio_text(ratio: float | None) -> str:
    """A ratio that can exceed 1, with two decimals."""
    return NOTHING if ratio is None else f"{ratio:.2f}"


def text_of(value: Value) -> str:
    """The text of a cell."""
    match value:
        case None:
            return NOTHING
        case Share():
            return share_text(value)
        case Interval():
            return interval_text(value)
        case Ratio():
            return ratio_text(value.value)
        case Base():
            return f"{number(value.numerator)} {value.preposition} {number(value.denominator)} {value.name}"
        case int() | float():
            return number(value)
        case date() | str():
            return str(value)


def marked(share: Share) -> str:
    """A share, right-aligned, followed by its mark; for a column aligned left."""
    return f"{share_text(share):>{PERCENT_WIDTH}} {share.mark}".rstrip()


def group(by: str, word: str) -> str:
    """A group by its word, and its name where the word is a code."""
    names = {"office": lambda: offices().name(word), "industry": lambda: industries().get(word, word)}
    name = names[by]() if by in names else word
    return word if name == word else f"{word} {name}"
