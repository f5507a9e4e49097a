"""Kinds of yield: the tree in which an acute job is an ordinary job, each with its support class and its dates."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from domain.code_lists import check_in_use, one_of

SUPPORT_CLASSES = ("ordinary", "supported", "unpaid", "other")


class Kind(NamedTuple):
    """One kind of yield. In use on days with ``first <= day < end``; never deleted, so old yields stay readable."""

    name: str
    parent: str | None
    support_class: str
    name_en: str
    name_da: str
    first: date | None = None
    end: date | None = None


_TREE = (
    Kind("ordinary-job", None, "ordinary", "Ordinary job", "Ordinært job"),
    Kind("acute-job", "ordinary-job", "ordinary", "Acute job", "Akutjob", date(2012, 10, 1), date(2013, 7, 1)),
    Kind("temporary-job", None, "ordinary", "Temporary job", "Vikariat"),
    Kind("small-job", None, "ordinary", "Small job", "Småjob"),
    Kind("spare-time-job", None, "ordinary", "Youth spare-time job", "Fritidsjob"),
    Kind("upskilling-job", None, "ordinary", "Job with upskilling", "Opkvalificeringsjob"),
    Kind("wage-subsidy", None, "supported", "Wage-subsidy job", "Job med løntilskud"),
    Kind("flex-job", None, "supported", "Flex job", "Fleksjob"),
    Kind("sheltered-job", None, "supported", "Sheltered job", "Skånejob"),
    Kind("job-rotation", None, "supported", "Job-rotation substitute", "Jobrotationsvikariat"),
    Kind("adult-apprentice", None, "supported", "Adult apprenticeship", "Voksenlærlingeplads"),
    Kind("integration-training", None, "supported", "Basic integration training", "IGU-forløb"),
    Kind("internship", None, "unpaid", "Company internship", "Virksomhedspraktik"),
    Kind("community-service", None, "unpaid", "Utility placement", "Nytteindsats"),
    Kind("mentorship", None, "other", "Mentor agreement", "Mentorforløb"),
)

KINDS = {kind.name: kind for kind in _TREE}
_SPELLINGS = {spelling.casefold(): k.name for k in _TREE for spelling in (k.name, k.name_en, k.name_da)}


def kind_named(word: str, day: date | None = None) -> Kind:
    """The kind ``word`` stands for, by its name in any language; refused when unknown, or out of use on ``day``."""
    kind = KINDS[one_of("kind of yield", _SPELLINGS.get(word.strip().casefold(), word), KINDS)]
    if day:
        check_in_use("kind", kind.name, day, kind.first, kind.end)
    return kind


def with_children(name: str) -> frozenset[str]:
    """The kind itself and every kind below it, or every kind of a support class: what a filter on it means."""
    if name in SUPPORT_CLASSES:
        return frozenset(kind.name for kind in _TREE if kind.support_class == name)
    return frozenset({name}.union(*(with_children(child.name) for child in children(name))))


def children(name: str | None) -> Iterator[Kind]:
    """The kinds directly below ``name``, or the top of the tree for ``None``, in the order of the list."""
    return (kind for kind in _TREE if kind.parent == name)
