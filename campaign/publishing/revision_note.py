"""Revision notes: the figures that differ between two files of totals, in words fit for publication."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from campaign.publishing.codes import labelled
from campaign.publishing.formats.reading import TotalsFile
from campaign.publishing.revisions import Revision, publishable
from campaign.translations import Message, text
from campaign.translations.names import heading

_CAUSES = {
    "late": Message("reported late"),
    "corrected": Message("corrected"),
    "retracted": Message("taken back"),
    "returned": Message("standing again after having been taken back"),
    "moved": Message("a visit moved to another day"),
    "company": Message("what the register says of a company"),
    "time": Message("a day that has passed"),
    "settled": Message("a planned visit settled"),
    "new": Message("happened since"),
}


def note(
    old: TotalsFile, new: TotalsFile, revisions: Sequence[Revision], left_out: int, language: str
) -> Iterator[str]:
    """The lines of the note: a heading, a line for each revised figure, and how many suppressed figures are left out."""
    yield _heading(old, new, language)
    for revision in revisions:
        yield line(revision, new.request.by, new.request.suppress_below, language)
    if not revisions:
        yield text(language, "No figure that both show is another.")
    if left_out:
        yield text(language, "Nothing is said of figures hidden in either: {number}.").format(
            number=_number(left_out, language)
        )


def _heading(old: TotalsFile, new: TotalsFile, language: str) -> str:
    message = text(
        language,
        "Corrections to the totals of {campaign} of {old} (position {before}), as of {new} (position {after}).",
    )
    return message.format(
        campaign=new.request.campaign or text(language, "all campaigns"),
        old=_day(old),
        new=_day(new),
        before=_number(old.request.position, language),
        after=_number(new.request.position, language),
    )


def _day(file: TotalsFile) -> str:
    return str(file.request.known_on or file.request.as_of or file.request.day)


def line(revision: Revision, by: Sequence[str], below: int, language: str) -> str:
    """One figure: its group, both values, and the causes; without numbers where one cause is of fewer entries than ``below``."""
    words = dict(revision.group)
    group = ", ".join(labelled(name, words[name], language) for name in by if name in words)
    before, after = _number(revision.before, language), _number(revision.after, language)
    change = _signed(revision.after - revision.before, language)
    figure = f"{group or labelled('', '', language)}: {heading(revision.figure, language)}"
    causes = f": {_causes(revision.by_cause, below, language)}" if revision.by_cause else ""
    return f"{figure} {before} -> {after} ({change}){causes}."


def _causes(by_cause: Mapping[str, int], below: int, language: str) -> str:
    effects = publishable(by_cause, below) or {}
    return ", ".join(
        text(language, _CAUSES[cause])
        if effect is None or len(effects) == 1
        else f"{_signed(effect, language)} {text(language, _CAUSES[cause])}"
        for cause, effect in effects.items()
    )


def _number(value: int, language: str) -> str:
    return f"{value:,}".replace(",", "." if language == "da" else ",")


def _signed(value: int, language: str) -> str:
    return f"{'+' if value > 0 else '-'}{_number(abs(value), language)}"
