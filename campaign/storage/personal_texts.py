"""A personal text: what a contact, a note or the name of a sole trader consists of, and how it is stored."""

from __future__ import annotations

import json
import os
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID, uuid4

from campaign.errors import StoreFault
from domain.ids import company_id, outreach_id
from domain.text_reference import TextReference
from domain.texts import folded

if TYPE_CHECKING:
    from domain.acts import Act

KINDS = CONTACT, NOTE, NAME = "contact", "note", "name"
COLUMNS = ("id", "subject", "kind", "cvr", "campaign", "content", "salt", "kept_at", "folded")
_SALT_BYTES = 32


class Text(NamedTuple):
    """A personal text. ``subject`` is the person or the note it belongs to, ``campaign`` is empty but for notes."""

    id: UUID
    subject: UUID
    kind: str
    cvr: str
    campaign: str
    content: str
    salt: bytes
    kept_at: str

    @classmethod
    def new(cls, act: Act, kind: str, subject: UUID, cvr: str, content: str, campaign: str = "") -> Text:
        """A text that an act brought. Its id is random: an id made from words could be guessed from them."""
        salt, moment = os.urandom(_SALT_BYTES), act.recorded.isoformat()
        return cls(uuid4(), subject, kind, cvr, campaign, content, salt, moment)

    @property
    def owner(self) -> UUID:
        """The id of the aggregate that refers to the text: an outreach to its notes, a company to all else."""
        return outreach_id(self.campaign, self.cvr) if self.kind == NOTE else company_id(self.cvr)

    @property
    def kept(self) -> TextReference:
        """What the log holds of it."""
        return TextReference(self.id, commitment(self.salt, self.id, self.content))

    @property
    def said(self) -> dict[str, str]:
        """What is said of a contact, by field."""
        return _fields(self.content) if self.kind == CONTACT else {self.kind: self.content}


def commitment(salt: bytes, text: UUID, content: str) -> str:
    """SHA-256 over the salt, the text's id and the text, in hexadecimal digits."""
    return sha256(salt + text.bytes + content.encode()).hexdigest()


def as_row(text: Text) -> tuple[str | bytes | None, ...]:
    """A text as it lies in ``COLUMNS``."""
    search = folded(text.content) if text.kind == NAME else None
    return text.id.hex, text.subject.hex, *text[2:], search


def as_text(row: tuple[str, str, str, str, str, str, bytes, str]) -> Text:
    """The text of a row. Raises ``StoreFault`` for a malformed row."""
    try:
        return Text(UUID(row[0]), UUID(row[1]), *row[2:])
    except (ValueError, AttributeError, TypeError) as fault:
        raise StoreFault(_ALTERED) from fault


def _fields(content: str) -> dict[str, str]:
    """The fields of a contact. Raises ``StoreFault`` for a malformed text."""
    try:
        return {str(name): str(value) for name, value in json.loads(content).items()}
    except (ValueError, AttributeError, RecursionError) as fault:
        raise StoreFault(_ALTERED) from fault


_ALTERED = "A text in people.db is not what was kept. See: campaign verify"
