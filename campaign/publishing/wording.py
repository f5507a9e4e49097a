"""What files of totals say in words, in English and Danish: names of sheets, and what the figures are about."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from campaign.publishing.codes import heading, labelled
from campaign.publishing.totals.manifest import Manifest
from campaign.storage.checkpoints import ABOUT, HEAD, POSITION

_SHEETS = {
    "totals": ("Totals", "Totaler"),
    "rates": ("Hit rates", "Resultatrater"),
    "yields": ("Yields", "Resultater"),
    "weeks": ("Weeks", "Uger"),
    "data": ("Data", "Data"),
    "about": ABOUT,
}
NAMED = ("office", "region", "week", "month", "quarter", "industry", "kind", "support_class")
"""Dimensions whose words have names: in every file a column for the code, and one for the name."""
_COLUMNS = {
    "measure": ("Measure", "Nøgletal"),
    "measure_name": ("Name of the measure", "Nøgletallets navn"),
    "value": ("Value", "Værdi"),
    "note": ("Note", "Note"),
    "maturing": ("Maturing", "Under modning"),
    "hidden": ("Hidden", "Skjult"),
    "rate": ("Rate", "Rate"),
    "rate_name": ("Name of the rate", "Ratens navn"),
    "share": ("Share", "Andel"),
    "low": ("95 % from", "95 % fra"),
    "high": ("95 % to", "95 % til"),
    "numerator": ("Numerator", "Tæller"),
    "denominator": ("Denominator", "Nævner"),
    "first_day": ("First day", "Første dag"),
    "last_day": ("Last day", "Sidste dag"),
    "what": ("What", "Hvad"),
    "is": ("Is", "Er"),
    "yes": ("yes", "ja"),
}
_DANISH = {
    "companies_mailed": "forskellige virksomheder, der fik en invitation",
    "calls": "opkald, hvert forsøg",
    "calls_reached": "opkald, hvor nogen blev talt med",
    "calls_accepted": "opkald, der endte med ja til et besøg",
    "companies_called": "forskellige virksomheder, der blev ringet op",
    "companies_reached": "forskellige virksomheder, hvor nogen blev talt med",
    "companies_accepted": "forskellige virksomheder, der sagde ja til et besøg",
    "calls_with_yield": "opkald, der førte til et resultat, selv eller ved et besøg, de aftalte",
    "visits_booked": "besøg, uanset hvad der blev af dem",
    "visits_held": "besøg, der fandt sted",
    "visits_no_show": "besøg, hvor ingen var der",
    "visits_cancelled": "besøg, der blev aflyst",
    "visits_planned": "besøg, der er aftalt og ikke afviklet",
    "visits_overdue": "aftalt til en dag, der er gået, uden at noget er registreret",
    "visits_with_yield": "afholdte besøg med mindst ét resultat",
    "yields": "registrerede resultater",
    "positions": "resultaternes pladser lagt sammen",
    "positions_from_visits": "pladser, der kom af et besøg",
}
"""What counts mean, in Danish; rates are said as shares of them in both languages."""
_ABOUT_DANISH = {
    "campaign": "kampagne",
    "by": "fordelt på",
    "contacts from": "kontakter fra",
    "contacts to": "kontakter til",
    "as of": "opgjort pr.",
    "as known on": "som kendt den",
    "offices": "jobcentre",
    "regions": "regioner",
    "industries": "brancher",
    "sizes": "størrelser",
    "kinds": "resultattyper",
    "day of the report": "opgørelsens dag",
    "made by": "lavet af",
    "rule": "regel",
    "left out": "udeladt, af en ukendt slags",
    "offices added up": "lagt sammen af jobcentrene",
    "offices missing": "jobcentre, der mangler",
    "offices in several contributions": "jobcentre i flere bidrag",
    "contribution": "bidrag",
}
_NOTES = {
    "..": (
        "hidden, so that nobody can be told from it",
        "skjult, så ingen kan kendes på det",
    ),
    "an empty cell": (
        "there is nothing to be a share of: 0/0 is no value, and never 0",
        "der er intet at være en andel af: 0/0 er ingen værdi, og aldrig 0",
    ),
    "_low, _high": (
        "the 95 % interval of a rate (Wilson 1927, without continuity correction)",
        "ratens 95 %-interval (Wilson 1927, uden kontinuitetskorrektion)",
    ),
    "period, group": (
        "those of the contact: a yield counts on the day and in the group of its visit or call",
        "kontaktens: et resultat tæller på den dag og i den gruppe, dets besøg eller opkald hører til",
    ),
    "companies_...": (
        "each company once by CVR number in any line, so the lines can add up to more than the total",
        "hver virksomhed én gang pr. CVR-nummer i hver linje, så linjerne kan give mere end totalen",
    ),
    "of which": (
        "in the line above it already; the total holds every position once",
        "indeholdt i linjen over; totalen har hver plads én gang",
    ),
    "maturing": (
        "a period that ended less than 28 days before: yields may still come",
        "en periode, der sluttede for mindre end 28 dage siden: der kan komme flere resultater",
    ),
}


def either(language: str, pair: tuple[str, str]) -> str:
    """The one of a pair that is in that language."""
    return pair[language == "da"]


def sheet_name(sheet: str, language: str) -> str:
    """What a sheet of a workbook is called."""
    return either(language, _SHEETS[sheet])


def column(name: str, language: str) -> str:
    """What stands at the head of a column: of a dimension, of the names of its words, of a figure, of anything else."""
    by = name.removesuffix("_name")
    if name in _COLUMNS:
        return either(language, _COLUMNS[name])
    if by != name:
        return f"{heading(by, language)}, {either(language, ('name', 'navn'))}"
    return heading(name, language)


def of_which(called: str, language: str) -> str:
    """A kind that is in the line above it already."""
    return either(language, (f"of which {called}", f"heraf {called}"))


def title(manifest: Manifest, language: str) -> str:
    """What a table is of, in one line."""
    request = manifest["request"]
    by = ", ".join(heading(each, language).lower() for each in request["by"])
    what = either(language, ("Calls, visits and yields", "Opkald, besøg og resultater"))
    which = either(language, (" by ", " efter ")) + by if by else ""
    return f"{what}{which}. {request['campaign'] or either(language, ('All campaigns', 'Alle kampagner'))}"


def about(manifest: Manifest, language: str) -> Iterator[tuple[str, str]]:
    """What the figures are of, how much of the log they know, what is hidden, and what each of them means.

    The position and the hash of the log are named alike in both languages, since programs look for them.
    """
    for what, is_ in _of_file(manifest, language):
        if is_:
            yield either(language, (what, _ABOUT_DANISH.get(what, what))), is_
    for name, meaning in manifest["measures"]["definitions"].items():
        said = either(language, (meaning, _DANISH.get(name, meaning)))
        yield name, said if language == "en" else f"{heading(name, language)}: {said}"
    yield from ((sign, either(language, pair)) for sign, pair in _NOTES.items())


def _of_file(manifest: Manifest, language: str) -> Iterator[tuple[str, str]]:
    yield from _asked(manifest["request"], language)
    yield from _known(manifest, language)
    yield "day of the report", manifest["request"]["day"]
    yield "made by", manifest["made_by"]
    yield "rule", _rule(manifest, language)
    yield "left out", ", ".join(f"{kind} {number:,}" for kind, number in manifest["left_out"].items())
    yield "sha256", manifest["sha256"]


def _rule(manifest: Manifest, language: str) -> str:
    """What is hidden, in words; the manifest has it in English."""
    if language == "en":
        return str(manifest["rule"])
    below, inside = manifest["request"]["suppress_below"], manifest["request"]["internal"]
    stays = " Kun til internt brug, ikke til videregivelse." if inside else ""
    if below < 2:
        return f"Intet er skjult.{stays}"
    return (
        f"Skjult er tal fra 1 til {below - 1}, og så mange andre, at ingen af dem kan udregnes af totaler, dele eller "
        f"rater nærmere end på {below}. En rate er skjult sammen med det, den er en andel af.{stays}"
    )


def _known(manifest: Manifest, language: str) -> Iterator[tuple[str, str]]:
    """How much of the log the figures know; or of which offices they were added up, and which lack or count twice."""
    if "contributions" not in manifest:
        yield from ((POSITION, str(manifest["position"])), (HEAD, manifest["head"]))
        return
    of_none = either(language, ("none", "ingen"))
    for name, codes in _OFFICES.items():
        offices = [labelled("office", each, language) for each in manifest[codes]]
        yield f"offices {name}", ", ".join(offices) or of_none
    for each in manifest["contributions"]:
        where = either(language, ("position {position}, head {head}", "position {position}, hash {head}"))
        yield "contribution", f"{each['name']}: {where.format(**each)}"


_OFFICES = {"added up": "offices", "missing": "missing", "in several contributions": "twice"}


def _asked(request: dict[str, Any], language: str) -> Iterator[tuple[str, str]]:
    yield "campaign", request["campaign"] or either(language, ("all", "alle"))
    yield "by", ", ".join(heading(each, language) for each in request["by"])
    yield "contacts from", request["first"] or ""
    yield "contacts to", request["last"] or ""
    yield "as of", request["as_of"] or ""
    yield "as known on", request["known_on"] or ""
    yield "offices", ", ".join(labelled("office", each, language) for each in request["offices"])
    for name in ("regions", "industries", "sizes", "kinds"):
        yield name, ", ".join(request[name])
