"""What the log holds of a personal text: a reference and a commitment, while the text lies where it can be erased."""

from uuid import UUID

from msgspec import Struct


class TextReference(Struct, frozen=True, forbid_unknown_fields=True):
    """A text kept apart from the log.

    ``text`` is its id in the store of people. ``commitment`` is SHA-256, in hexadecimal digits, over a salt kept with
    the text, the id, and the text: it proves that the text is the one that was logged, and once the salt is deleted
    with the text it tells nothing of it, not even to whoever guesses right.
    """

    text: UUID
    commitment: str
