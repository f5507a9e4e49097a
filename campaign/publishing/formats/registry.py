"""The registry of formats: the module of each, with its writer and its reader, and whether its files hold their manifest."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple, Protocol, cast

if TYPE_CHECKING:
    from campaign.publishing.formats.contents import Contents, Figures
    from campaign.publishing.totals.publication import Publication


class FormatModule(Protocol):
    """What a module of a format offers."""

    def write(self, publication: Publication) -> bytes:
        """The bytes of the file of a publication."""

    def read(self, file: Contents) -> Figures:
        """The figures of a file."""


class Format(NamedTuple):
    """A format. Without ``holds_manifest`` the manifest is written to a second file beside it."""

    name: str
    holds_manifest: bool = True

    @property
    def module(self) -> FormatModule:
        """Its module, loaded when it is first needed: together they take 50 ms."""
        return cast(FormatModule, import_module(f"campaign.publishing.formats.{self.name}"))


_SEPARATED = Format("csv_format", holds_manifest=False)
FORMATS = {
    "csv": _SEPARATED,
    "excel-csv": _SEPARATED,
    "xlsx": Format("workbook"),
    "json": Format("json_format"),
    "json-stat": Format("json_stat"),
    "px": Format("px"),
    "tsv": _SEPARATED,
}


def rendered(publication: Publication) -> bytes:
    """The bytes of the file of a publication, in the format of its request."""
    return FORMATS[publication.request.form].module.write(publication)


def holds_manifest(form: str) -> bool:
    """Whether a file of that format holds its manifest."""
    return FORMATS[form].holds_manifest
