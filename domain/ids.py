"""Ids that are the same on every machine, since they are hashes of the words they stand for."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Callable
    from hashlib import _Hash

_NAMESPACE = UUID("6d1c8f0e-52a7-5b5e-9a55-3d0c5c1d8a10").bytes
_VERSION_5 = 5 << 76 | 0b10 << 62
_FREE_BITS = (1 << 128) - 1 ^ 0xF << 76 ^ 0b11 << 62


def identity(*words: str) -> UUID:
    """The id that stands for these words, the same on every machine (RFC 9562, version 5)."""
    digest = _sha1()(_NAMESPACE + "\x1f".join(words).encode(errors="surrogatepass"), usedforsecurity=False).digest()
    return UUID(int=int.from_bytes(digest[:16]) & _FREE_BITS | _VERSION_5)


@cache
def _sha1() -> Callable[..., _Hash]:
    """``hashlib.sha1``, imported late: completing a word needs no id and saves 3 ms."""
    from hashlib import sha1

    return sha1


def campaign_id(slug: str) -> UUID:
    """The id of the campaign of that name."""
    return identity("campaign", slug)


def company_id(cvr: str) -> UUID:
    """The id of the company with that CVR number."""
    return identity("company", cvr)


def outreach_id(slug: str, cvr: str) -> UUID:
    """The id of everything done towards one company in one campaign."""
    return identity("outreach", slug, cvr)


def short(entry: UUID) -> str:
    """The first eight digits of an id, as entries are named on the screen."""
    return entry.hex[:8]
