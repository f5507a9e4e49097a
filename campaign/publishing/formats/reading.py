"""Reading files of totals: the manifest, the request in it and every figure, whatever the format."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

from campaign.errors import CheckFault, SettingsFault
from campaign.publishing.formats import px, workbook
from campaign.publishing.formats.contents import Contents, Key, decoded
from campaign.publishing.formats.cube import Cell
from campaign.publishing.formats.registry import FORMATS
from campaign.publishing.totals.manifest import COLLECTED, CONTRIBUTION, WHAT, Manifest
from campaign.publishing.totals.manifest_file import manifest_path
from campaign.publishing.totals.request import Request
from campaign.publishing.totals.request_reader import from_json
from campaign.publishing.totals.table import SUPPRESSED, Place

_MOST = 200_000_000  # bytes
Cells = dict[Key, Cell]
"""Every figure of a file: ``SUPPRESSED`` where it is suppressed, None where there is none."""


class TotalsFile(NamedTuple):
    """A file of totals as it was read."""

    path: Path
    content: bytes
    manifest: Manifest
    request: Request
    cells: Cells

    @property
    def suppressed(self) -> frozenset[Place]:
        """The figures that the file suppresses."""
        return frozenset((group, name) for (_, group, name), value in self.cells.items() if value == SUPPRESSED)


def read(path: Path) -> TotalsFile:
    """The file of totals at ``path``. Raises ``SettingsFault`` when it is none, ``CheckFault`` when it is damaged."""
    content = _content(path)
    parsed = _parsed(path, content)
    manifest = _manifest(path, content, parsed)
    if instead := _INSTEAD.get(str(manifest.get("what"))):
        raise SettingsFault(f"{path} {instead}")
    if manifest.get("what") != WHAT or not isinstance(manifest.get("request"), dict):
        raise SettingsFault(f"{path} is no export of totals, or was altered: it does not say what it is of.")
    _check_fields(path, manifest)
    request = _request(path, manifest)
    return TotalsFile(path, content, manifest, request, _figures(Contents(path, content, request, parsed)))


_INSTEAD = {
    CONTRIBUTION: "is what one home contributes to a region. Add it up with others: campaign collect FILE... -o FILE; "
    "prove it in its own home: campaign export verify FILE --key-file KEY",
    COLLECTED: "was added up from several homes, and no log gives it whole. Prove each contribution it names in its "
    "own home, and add them up again: campaign collect",
}


def cells_in(path: Path, content: bytes, request: Request) -> Cells:
    """Every figure in the bytes of a file. Raises ``CheckFault`` when it is damaged."""
    return _figures(Contents(path, content, request, _parsed(path, content)))


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > _MOST:
            raise SettingsFault(f"{path} is too large to be an export of totals.")
        return path.read_bytes()
    except (OSError, ValueError) as fault:
        raise SettingsFault(f"{path} cannot be read: {getattr(fault, 'strerror', None) or fault}.") from fault


def _parsed(path: Path, content: bytes) -> Any:
    """The sheets of a workbook, what JSON says, or None for text of any other kind."""
    if content.startswith(b"PK"):
        return workbook.sheets(path, content)
    return _as_object(path, decoded(path, content)) if content.lstrip()[:1] == b"{" else None


def _manifest(path: Path, content: bytes, parsed: Any) -> Manifest:
    if isinstance(parsed, list):
        text = workbook.manifest_text(parsed)
        return {} if text is None else _as_object(path, text)
    if isinstance(parsed, dict):
        inside = parsed.get("manifest") or (parsed.get("extension") or {}).get("manifest")
        return inside if isinstance(inside, dict) else {}
    if content.startswith(b"CHARSET="):
        return _manifest_of_px(path, content)
    beside = manifest_path(path)
    if not beside.exists():
        raise SettingsFault(f"{path} says nothing of what it is of, and there is no {beside.name} beside it.")
    return _as_object(beside, decoded(beside, _content(beside)))


def _manifest_of_px(path: Path, content: bytes) -> Manifest:
    try:
        return px.manifest(content)
    except SettingsFault as fault:
        raise CheckFault(f"{path} is damaged: {fault}") from fault


def _check_fields(path: Path, manifest: Manifest) -> None:
    """Raises ``CheckFault`` for a field that is not what every manifest has there."""
    left_out, against = manifest.get("left_out"), manifest.get("against", "")
    right = all(isinstance(manifest.get(name), kind) for name, kind in _FIELDS.items())
    right = right and isinstance(left_out, dict) and all(type(number) is int for number in left_out.values())
    if not right or not (against is None or isinstance(against, str)):
        raise CheckFault(f"{path} was altered: what it says of itself is not what every export says.")


_FIELDS = {
    **dict.fromkeys(("sha256", "seal", "head", "made_by", "rule", "day"), str),
    **dict.fromkeys(("position", "hidden", "figures"), int),
    "measures": dict,
}


def _request(path: Path, manifest: Manifest) -> Request:
    try:
        return from_json(manifest["request"])
    except SettingsFault as fault:
        raise CheckFault(f"{path}: {fault}") from fault


def _as_object(path: Path, text: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
        json.dumps(document, ensure_ascii=False).encode()  # fails for half a surrogate pair
    except (ValueError, RecursionError) as fault:
        raise CheckFault(f"{path} is damaged: what it says of itself cannot be read ({fault}).") from fault
    return document if isinstance(document, dict) else {}


def _figures(file: Contents) -> Cells:
    try:
        return dict(FORMATS[file.request.form].module.read(file))
    except SettingsFault as fault:
        raise CheckFault(f"{file.path} is damaged, or was altered: {fault!s:.200}") from fault
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as fault:
        raise CheckFault(f"{file.path} is damaged, or was altered: a row in it is not as it was written.") from fault
