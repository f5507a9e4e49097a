"""The legal bases on which a company may be contacted that the register protects from advertising."""

from __future__ import annotations

from enum import StrEnum


class ContactBasis(StrEnum):
    """A basis for contact with an advertising-protected company (CVR-loven, section 19).

    ``consent``: the company said yes to being contacted. ``own-request``: it asked for contact itself.
    ``cooperation``: the office works with it already. ``duty``: a law wants the contact.
    """

    CONSENT = "consent"
    OWN_REQUEST = "own-request"
    COOPERATION = "cooperation"
    DUTY = "duty"
