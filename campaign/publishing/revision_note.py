"""Notes of correction: what changed between two files of totals, in words that can be published, English or Danish."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from campaign.publishing.codes import heading, labelled
from campaign.publishing.formats.reading import Read
from campaign.publishing.revisions import Revision, publishable
from campaign.publishing.wording import either

_CAUSES = {
    "late": ("reported late", "indberettet sent"),
    "corrected": ("corrected", "rettet"),
    "retracted": ("taken back", "taget tilbage"),
    "returned": ("standing again after having been taken back", "sat i kraft igen efter at være taget tilbage"),
    "moved": ("a visit moved to another day", "besøg flyttet til en anden dag"),
    "company": ("what the register says of a company", "registrets oplysninger om en virksomhed"),
    "time": ("a day that has passed", "en dag, der er gået"),
    "settled": ("a planned visit settled", "et planlagt besøg afviklet"),
    "new": ("happened since", "sket siden"),
}


def note(old: Read, new: Read, found: Sequence[Revision], left_out: int, language: str) -> Iterator[str]:
    """The note, line by line: what it is about, a line for each figure, and what nothing is said of."""
    yield _heading(old, new, language)
    for each in found:
        yield line(each, new.request.by, new.request.suppress_below, language)
    if not found:
        yield either(language, ("No figure that both show is another.", "Intet tal, som begge viser, er ændret."))
    if left_out:
        told = ("Nothing is said of figures hidden in either: {}.", "Tal, der er skjult i en af dem, er ikke med: {}.")
        yield either(language, told).format(_number(left_out, language))


def _heading(old: Read, new: Read, language: str) -> str:
    told = (
        "Corrections to the totals of {campaign} of {old} (position {before}), as of {new} (position {after}).",
        "Rettelser til opgørelsen for {campaign} pr. {old} (position {before}), som den er pr. {new} (position {after}).",
    )
    days = (str(each.request.known_on or each.request.as_of or each.request.day) for each in (old, new))
    one, other = days
    before, after = (_number(each.request.position, language) for each in (old, new))
    campaign = new.request.campaign or either(language, ("all campaigns", "alle kampagner"))
    return either(language, told).format(campaign=campaign, old=one, new=other, before=before, after=after)


def line(each: Revision, by: Sequence[str], below: int, language: str) -> str:
    """One figure: of which group, what it was, what it is, and by what; where a cause is of few entries, none has its number."""
    words = dict(each.group)
    group = ", ".join(labelled(name, words[name], language) for name in by if name in words)
    said = (
        f"{group or labelled('', '', language)}: {heading(each.figure, language)} {_number(each.before, language)} -> "
    )
    said += f"{_number(each.after, language)} ({_signed(each.after - each.before, language)})"
    return f"{said}: {_causes(each.by_cause, below, language)}." if each.by_cause else f"{said}."


def _causes(by_cause: Mapping[str, int], below: int, language: str) -> str:
    there = publishable(by_cause, below) or {}
    return ", ".join(
        either(language, _CAUSES[word]) if effect is None or len(there) == 1 else _numbered(word, effect, language)
        for word, effect in there.items()
    )


def _numbered(word: str, effect: int, language: str) -> str:
    return f"{_signed(effect, language)} {either(language, _CAUSES[word])}"


def _number(value: int, language: str) -> str:
    return f"{value:,}".replace(",", either(language, (",", ".")))


def _signed(value: int, language: str) -> str:
    return f"{'+' if value > 0 else '-'}{_number(abs(value), language)}"
