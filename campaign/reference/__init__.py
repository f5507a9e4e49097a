"""Dated reference data: offices with their regions, and names of industries, read from the files beside this one."""

from __future__ import annotations

from datetime import date
from functools import cache
from hashlib import sha256
from pathlib import Path

from domain.offices import Office, Offices

_HERE = Path(__file__).parent


@cache
def offices() -> Offices:
    """Every office (municipality), of every day."""
    return Offices(
        Office(row["code"], row["name"], row["region"], _day(row["valid_from"]), _day(row["valid_to"]))
        for row in _rows("offices.csv")
    )


@cache
def industries() -> dict[str, str]:
    """The English name of each division (first two digits) of DB07."""
    return {row["division"]: row["name_en"] for row in _rows("industries.csv")}


def offices_digest() -> str:
    """A digest of the data that read models are built with."""
    return sha256((_HERE / "offices.csv").read_bytes()).hexdigest()


def _rows(name: str) -> list[dict[str, str]]:
    """The rows of a file of ours, in which no cell holds a semicolon; loading csv would take longer than reading it."""
    lines = (_HERE / name).read_text(encoding="utf-8").splitlines()
    headings = lines[0].split(";")
    return [dict(zip(headings, line.split(";"), strict=True)) for line in lines[1:]]


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
