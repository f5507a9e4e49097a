"""Schemas of the tables that can be imported: their columns, and how each cell is read or rejected."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any, NamedTuple

from domain.code_lists import one_of
from domain.company_forms import company_form
from domain.cvr import cvr_number
from domain.offices import Offices
from domain.outcomes import Outcome, Reason, Status, outcome_named, reason_named
from domain.refusals import Refusal, WordUnknown
from domain.texts import clean_text, quoted
from domain.yield_kinds import kind_named

_DANISH = re.compile(
    r"([0-9]{1,2})[-./]([0-9]{1,2})[-./]([0-9]{4})(?:[ T]+([0-9]{1,2})[:.]([0-9]{2})(?:[:.][0-9]{2})?)?"
)
_DAY_LIKE = re.compile(r"[0-9]{4}-|-[0-9]{4}|jan|feb|mar|apr|ma[jy]|jun|jul|aug|sep|o[ck]t|nov|dec")
_YES_NO = {
    "yes": True,
    "ja": True,
    "true": True,
    "sand": True,
    "1": True,
    "no": False,
    "nej": False,
    "false": False,
    "falsk": False,
    "0": False,
    "": False,
}


class Unreadable(Exception):
    """A cell that is not what its column holds. ``reason`` says what to write instead."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(f"{column}: {reason}" if column else reason)
        self.column, self.reason = column, reason


class TableSchema(NamedTuple):
    """A kind of table: what it is called, the columns it needs, those it may have, and how each is read."""

    kind: str
    required: dict[str, Callable[[str], Any]]
    optional: dict[str, Callable[[str], Any]]

    @property
    def readers(self) -> dict[str, Callable[[str], Any]]:
        """How each column is read, needed or not."""
        return self.required | self.optional

    def unread(self, headings: Sequence[str], others_read: Sequence[str] = ()) -> list[str]:
        """The headings that mean nothing in this form and are not ``others_read`` otherwise."""
        return [heading for heading in headings if heading and heading not in (*self.readers, *others_read)]

    def reader(self, headings: Sequence[str]) -> Callable[[list[str]], dict[str, Any]]:
        """A function from the cells of a row to values by column. It raises ``Unreadable``."""
        readers = self.readers
        columns = [(n, name, readers[name]) for n, name in enumerate(headings) if name in readers]
        absent = {name: None for name in self.optional if name not in headings}
        width = len(headings)

        def read(cells: list[str]) -> dict[str, Any]:
            if len(cells) != width and any(cells[width:] if len(cells) > width else ("",)):
                raise Unreadable("", f"the row has {len(cells)} columns, the headings {width}")
            cells += [""] * (width - len(cells))
            values: dict[str, Any] = dict(absent)
            for n, name, value_of in columns:
                try:
                    values[name] = value_of(cells[n])
                except Refusal as refusal:
                    raise Unreadable(name, str(refusal)) from refusal
            return values

        return read


def matching_schema(headings: Sequence[str], forms: Sequence[TableSchema]) -> TableSchema | None:
    """The form whose needed columns are all there; None when there is no such form.

    A table with a ``ref`` is none of a form without one: calls that lack a column are no companies.
    """
    return next((form for form in forms if not _missing_columns(form, headings)), None)


def _missing_columns(form: TableSchema, headings: Sequence[str]) -> list[str]:
    """The columns the form needs that are not there."""
    if "ref" in headings and "ref" not in form.required:
        return list(form.required)
    return [name for name in form.required if name not in headings]


def normalized(heading: str) -> str:
    """A heading as forms name it: ``Called at`` is ``called_at``."""
    return heading.strip().casefold().replace(" ", "_").replace("-", "_")


def mismatch(headings: Sequence[str], forms: Sequence[TableSchema]) -> str:
    """A sentence about the form that comes nearest: which columns it lacks."""
    nearest = max(forms, key=lambda form: len(form.required) - len(_missing_columns(form, headings)))
    lacking = _missing_columns(nearest, headings)
    if len(lacking) == len(nearest.required):
        return f"no table of {', '.join(form.kind for form in forms)}: no heading is one of theirs"
    columns = f"column {lacking[0]} is" if len(lacking) == 1 else f"columns {', '.join(lacking)} are"
    return f"no table of {nearest.kind}: the {columns} missing"


def table_schemas(offices: Offices) -> tuple[TableSchema, ...]:
    """Every form there is, in the order in which they are taken: a visit needs its call, a yield its visit."""

    def office(cell: str) -> str:
        return offices.code_of(cell.strip())

    def office_or_empty(cell: str) -> str:
        return office(cell) if cell.strip() else ""

    actor: dict[str, Callable[[str], Any]] = {"consultant": _consultant, "office": office}
    return (
        TableSchema("visits", {"ref": _ref, "cvr": _cvr, "planned_on": _day, "status": _status, **actor},
             {"booked_on": _day_or_none, "held_on": _day_or_none, "call_ref": _ref_or_none}),
        TableSchema("calls", {"ref": _ref, "cvr": _cvr, "called_at": _moment, "outcome": _outcome, **actor},
             {"reason": _reason_or_none, "follow_up": _day_or_none}),
        TableSchema("yields", {"ref": _ref, "cvr": _cvr, "recorded_on": _day, "kind": _kind, "positions": _whole},
             {"visit_ref": _ref_or_none, "call_ref": _ref_or_none, "hours_per_week": _hours,
              "starts_on": _day_or_none, "weeks": _weeks, "target_group": _word, "sector": _word}),
        TableSchema("invitations", {"ref": _ref, "cvr": _cvr, "sent_on": _day, **actor}, {}),
        TableSchema("companies", {"cvr": _cvr, "name": _name},
             {"municipality_code": office_or_empty, "industry_code": _industry, "industry_scheme": _word,
              "size_band": _size, "advertising_protected": _yes_no, "company_form": _company_form,
              "valid_from": _day_or_none}),
    )  # fmt: skip


ORDER = ("companies", "invitations", "calls", "visits", "yields")


@lru_cache(maxsize=5_000)
def _day(cell: str) -> date:
    text = cell.strip()
    try:
        return date.fromisoformat(_iso(text) if _DANISH.fullmatch(text) else text)
    except ValueError:
        raise WordUnknown(f"{quoted(cell)} is no day; write it as 2012-11-20") from None


def _iso(text: str) -> str:
    """A day or a moment as a spreadsheet in Danish writes it, ``20-11-2012 09:30``, in ISO form."""
    day, month, year, hour, minute = _DANISH.fullmatch(text).groups()  # type: ignore[union-attr]
    return f"{year}-{month:0>2}-{day:0>2}" + (f"T{hour:0>2}:{minute}" if hour else "")


def _day_or_none(cell: str) -> date | None:
    return _day(cell) if cell.strip() else None


def _moment(cell: str) -> tuple[date, time | None]:
    text = cell.strip()
    try:
        text = _iso(text) if _DANISH.fullmatch(text) else text
        moment = datetime.fromisoformat(text)  # wall clock in Copenhagen, as it was written
    except ValueError:
        raise WordUnknown(f"{quoted(cell)} is no day and time; write it as 2012-11-20T09:30") from None
    if moment.tzinfo:
        raise WordUnknown(f"{quoted(cell)} has a time zone; write Danish time, 2012-11-20T09:30")
    return moment.date(), moment.time() if len(text) > 10 else None


def _whole(cell: str) -> int:
    text = cell.strip()
    if not text.removeprefix("-").isascii() or not text.removeprefix("-").isdigit() or len(text) > 9:
        raise WordUnknown(f"{quoted(cell)} is no whole number")
    return int(text)


def _hours(cell: str) -> int | None:
    return _up_to(168, "hours in a week", cell) if cell.strip() else None


def _weeks(cell: str) -> int | None:
    return _up_to(520, "weeks", cell) if cell.strip() else None


def _up_to(most: int, unit: str, cell: str) -> int:
    number = _whole(cell)
    if not 0 <= number <= most:
        raise WordUnknown(f"{number} {unit}? Write a number from 0 to {most}")
    return number


def _ref(cell: str) -> str:
    text = clean_text("reference", cell, 100)
    if not text:
        raise WordUnknown("the reference is empty; every row needs one of its own")
    return text


def _ref_or_none(cell: str) -> str | None:
    return _ref(cell) if cell.strip() else None


@lru_cache(maxsize=5_000)
def _consultant(cell: str) -> str:
    text = clean_text("consultant", cell, 50)
    if not text:
        raise WordUnknown("the consultant is missing")
    return text


def _cvr(cell: str) -> str:
    return cvr_number(cell)


def _name(cell: str) -> str:
    return clean_text("name", cell)


@lru_cache(maxsize=1_000)
def _word(cell: str) -> str:
    return clean_text("text", cell, 50)


@lru_cache(maxsize=1_000)
def _size(cell: str) -> str:
    text = clean_text("size band", cell, 20)
    if _DAY_LIKE.search(text.casefold()):
        raise WordUnknown(f"{text} is a day, no size band; the spreadsheet changed it. Make the column text, write 2-4")
    return text


@lru_cache(maxsize=1_000)
def _industry(cell: str) -> str:
    text = cell.strip()
    if text and not (text.isascii() and text.isdigit() and 2 <= len(text) <= 6):
        raise WordUnknown(f"{quoted(cell)} is no industry code; write its 2 to 6 digits")
    return text


@lru_cache(maxsize=1_000)
def _company_form(cell: str) -> str:
    return company_form(cell)


def _yes_no(cell: str) -> bool:
    return _YES_NO[one_of("yes or no", cell.strip().casefold(), _YES_NO)]


@lru_cache(maxsize=1_000)
def _outcome(cell: str) -> Outcome:
    return outcome_named(cell.strip().casefold())


@lru_cache(maxsize=1_000)
def _reason_or_none(cell: str) -> Reason | None:
    return reason_named(cell.strip().casefold()) if cell.strip() else None


@lru_cache(maxsize=1_000)
def _kind(cell: str) -> str:
    return kind_named(cell).name


def _status(cell: str) -> Status:
    return Status(one_of("status of a visit", cell.strip().casefold(), (status.value for status in Status)))
