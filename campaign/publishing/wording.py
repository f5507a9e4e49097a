"""Texts of files of totals, in English and Danish: names of sheets and columns, remarks, and what the figures are about."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from campaign.publishing.codes import labelled
from campaign.publishing.totals.manifest import Manifest, rule
from campaign.storage.checkpoints import HEAD, POSITION
from campaign.translations import Message, text
from campaign.translations.names import heading

NAMED = ("office", "region", "week", "month", "quarter", "industry", "kind", "support_class")
"""Dimensions whose words have names: in every file a column for the code, and one for the name."""
ABOUT_SHEET = Message("About the figures")
_SHEETS = {
    "totals": Message("Totals"),
    "rates": Message("Hit rates"),
    "yields": Message("Yields"),
    "weeks": Message("Weeks"),
    "data": Message("Data"),
    "about": ABOUT_SHEET,
}
_COLUMNS = {
    "measure": Message("Measure"),
    "measure_name": Message("Name of the measure"),
    "value": Message("Value"),
    "note": Message("Note"),
    "maturing": Message("Maturing"),
    "hidden": Message("Hidden"),
    "rate": Message("Rate"),
    "rate_name": Message("Name of the rate"),
    "share": Message("Share"),
    "low": Message("95 % from"),
    "high": Message("95 % to"),
    "numerator": Message("Numerator"),
    "denominator": Message("Denominator"),
    "first_day": Message("First day"),
    "last_day": Message("Last day"),
    "what": Message("What"),
    "is": Message("Is"),
    "yes": Message("yes"),
}
_REMARKS = {
    "number": Message("number"),
    "share": Message("share (0–1)"),
    "percent": Message("per cent"),
    "ratio": Message("per visit held"),
    "subject": Message("Labour market"),
    "source": Message("The campaign’s log of calls, visits and yields"),
    "hidden": Message(
        "the figure is hidden for confidentiality, since it is small or a small one could be computed from it"
    ),
    "no base": Message("there is no value, since there is nothing to be a share of, or no such combination"),
}
_NOTES = {
    "..": Message("hidden, so that nobody can be told from it"),
    "an empty cell": Message("there is nothing to be a share of: 0/0 is no value, and never 0"),
    "_low, _high": Message("the 95 % interval of a rate (Wilson 1927, without continuity correction)"),
    "period, group": Message("those of the contact: a yield counts on the day and in the group of its visit or call"),
    "companies_...": Message(
        "each company once by CVR number in any line, so the lines can add up to more than the total"
    ),
    "of which": Message("in the line above it already; the total holds every position once"),
    "maturing": Message("a period that ended less than 28 days before: yields may still come"),
}


def sheet_name(sheet: str, language: str) -> str:
    """The name of a sheet of a workbook."""
    return text(language, _SHEETS[sheet])


def column(name: str, language: str) -> str:
    """The heading of a column: of a dimension, of the names of its words (``office_name``), of a figure, or another."""
    if name in _COLUMNS:
        return text(language, _COLUMNS[name])
    by = name.removesuffix("_name")
    return heading(by, language) if by == name else f"{heading(by, language)}, {text(language, 'name')}"


def remark(key: str, language: str) -> str:
    """A remark, or the name of a unit, as files of every format have it."""
    return text(language, _REMARKS[key])


def provenance(manifest: Manifest, language: str) -> str:
    """The position of the log that the figures can be verified by, or that they are a sum of contributions."""
    if "contributions" in manifest:
        message = text(
            language,
            "Added up from the contributions of several homes, which the manifest names with position and head. "
            "SHA-256 of the figures: {sha256}.",
        )
    else:
        message = text(
            language,
            "Counted at position {position} of the log, whose head is {head}. SHA-256 of the figures: {sha256}.",
        )
    return message.format(**manifest)


def of_which(kind: str, language: str) -> str:
    """The name of a kind that the line above includes."""
    return text(language, "of which {kind}").format(kind=kind)


def title(manifest: Manifest, language: str) -> str:
    """The title of the table, in one line."""
    request = manifest["request"]
    subject = text(language, "Calls, visits and yields")
    if by := ", ".join(heading(name, language).lower() for name in request["by"]):
        subject = text(language, "Calls, visits and yields by {dimensions}").format(dimensions=by)
    return f"{subject}. {request['campaign'] or text(language, 'All campaigns')}"


def about(manifest: Manifest, language: str) -> Iterator[tuple[str, str]]:
    """Label and value of all that describes the figures, then the meaning of every figure and sign."""
    yield from ((label, value) for label, value in _of_file(manifest, language) if value)
    for name, definition in manifest["measures"]["definitions"].items():
        meaning = text(language, definition)
        yield name, meaning if language == "en" else f"{heading(name, language)}: {meaning}"
    yield from ((sign, text(language, note)) for sign, note in _NOTES.items())


def _of_file(manifest: Manifest, language: str) -> Iterator[tuple[str, str]]:
    request = manifest["request"]
    yield from _of_request(request, language)
    yield from _of_log(manifest, language)
    yield text(language, "day of the report"), request["day"]
    yield text(language, "made by"), manifest["made_by"]
    yield text(language, "rule"), _rule(manifest, language)
    yield text(language, "left out"), ", ".join(f"{kind} {number:,}" for kind, number in manifest["left_out"].items())
    yield "sha256", manifest["sha256"]


def _rule(manifest: Manifest, language: str) -> str:
    """The rule of suppression; the manifest has it in English."""
    request = manifest["request"]
    return str(manifest["rule"]) if language == "en" else rule(request["suppress_below"], request["internal"], language)


def _of_log(manifest: Manifest, language: str) -> Iterator[tuple[str, str]]:
    """Position and hash of the log, labelled alike in both languages since programs look for them; or the offices added up."""
    if "contributions" not in manifest:
        yield from ((POSITION, str(manifest["position"])), (HEAD, manifest["head"]))
        return
    for field, label in _OFFICES.items():
        offices = ", ".join(labelled("office", code, language) for code in manifest[field])
        yield text(language, label), offices or text(language, "none")
    for contribution in manifest["contributions"]:
        place = text(language, "position {position}, head {head}").format(**contribution)
        yield text(language, "contribution"), f"{contribution['name']}: {place}"


_OFFICES = {
    "offices": Message("offices added up"),
    "missing": Message("offices missing"),
    "twice": Message("offices in several contributions"),
}


def _of_request(request: dict[str, Any], language: str) -> Iterator[tuple[str, str]]:
    yield text(language, "campaign"), request["campaign"] or text(language, "all")
    yield text(language, "by"), ", ".join(heading(name, language) for name in request["by"])
    yield text(language, "contacts from"), request["first"] or ""
    yield text(language, "contacts to"), request["last"] or ""
    yield text(language, "as of"), request["as_of"] or ""
    yield text(language, "as known on"), request["known_on"] or ""
    yield text(language, "offices"), ", ".join(labelled("office", code, language) for code in request["offices"])
    yield text(language, "regions"), ", ".join(request["regions"])
    yield text(language, "industries"), ", ".join(request["industries"])
    yield text(language, "sizes"), ", ".join(request["sizes"])
    yield text(language, "kinds"), ", ".join(request["kinds"])
