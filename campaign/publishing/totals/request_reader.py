"""Requests read back from the manifest of a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Annotated, Any, get_type_hints

from msgspec import Meta, ValidationError, convert

from campaign.errors import SettingsFault
from campaign.publishing.totals.dimensions import PUBLISHED
from campaign.publishing.totals.request import FORMATS, HIGHEST_THRESHOLD, Request
from campaign.translations import LANGUAGES

_LIMITS = {"position": 2**62, "suppress_below": HIGHEST_THRESHOLD}
_CHOICES = {"form": FORMATS, "language": LANGUAGES}


def from_json(values: Mapping[str, Any]) -> Request:
    """The request in a manifest. Raises ``SettingsFault`` naming the first field that is unknown, missing or invalid."""
    unlike = sorted(values.keys() ^ {field.name for field in fields(Request)})
    if unlike:
        raise SettingsFault(
            f"The manifest is altered, or of another version: its request has, or lacks, {unlike[0]!r}."
        )
    types = get_type_hints(Request)
    return Request(**{name: _converted(name, value, types[name]) for name, value in values.items()})


def _converted(name: str, value: Any, kind: Any) -> Any:
    try:
        converted = convert(value, Annotated[kind, Meta(ge=0, le=_LIMITS[name])] if name in _LIMITS else kind)
    except ValidationError as fault:
        raise _altered(name, value) from fault
    is_unknown = name in _CHOICES and converted not in _CHOICES[name]
    if is_unknown or (name == "by" and not _are_dimensions(converted)):
        raise _altered(name, value)
    return converted


def _altered(name: str, value: Any) -> SettingsFault:
    return SettingsFault(f"The manifest is altered: {name} in it is {str(value)[:40]!r}.")


def _are_dimensions(words: tuple[str, ...]) -> bool:
    return len(set(words)) == len(words) and set(words) <= set(PUBLISHED)
