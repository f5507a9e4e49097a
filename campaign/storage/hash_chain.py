"""The hash chain: each row of the log carries a hash over the previous one. ``campaign.append`` (SQL) computes it too."""

from __future__ import annotations

from hashlib import sha256

from campaign.storage.ports import Row


def link(before: bytes, row: Row) -> bytes:
    """The hash of a row: SHA-256 over the hash of the row before and every column of this one."""
    position, originator, version, topic, state, entry, recorded = row
    return sha256(
        b"%b%d|%b|%d|%b|%b|%b|%b"
        % (
            before,
            position,
            originator.encode(),
            version,
            topic.encode(),
            (entry or "").encode(),
            recorded.encode(),
            state,
        )
    ).digest()


def mismatch(position: int, before: bytes, row: Row, stored: object) -> str | None:
    """What is wrong with the row behind ``position``, whose hash is ``before``; None when it fits.

    ``stored`` is the hash that lies beside the row, whatever it is.
    """
    if row[0] != position + 1:
        return f"position {position + 1} is gone; the next row is {row[0]}"
    if (*map(type, row),) not in _TYPES:
        return f"its {_first_of_another_type(row)} is of another type than it was stored as: it was altered"
    try:
        fits = link(before, row) == stored
    except (AttributeError, TypeError, ValueError):  # a column holds another type
        fits = False
    return None if fits else "its hash does not fit the row and the row before: one of them was altered"


_COLUMNS = ("position", "originator_id", "originator_version", "topic", "state", "entry", "recorded_at")
_STORED = (int, str, int, str, bytes, str, str)
_TYPES = frozenset({_STORED, (*_STORED[:5], type(None), str)})


def _first_of_another_type(row: Row) -> str:
    return next(n for n, value, kind in zip(_COLUMNS, row, _STORED, strict=True) if type(value) is not kind)
