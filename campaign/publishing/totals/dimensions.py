"""The dimensions of published totals: those of a contact, and those of what it brought."""

OF_CONTACT = ("office", "region", "week", "month", "quarter", "industry", "size", "campaign")
OF_YIELD = ("kind", "support_class", "sector", "target_group")
"""Dimensions of yields; a table by one of them has figures of yields alone."""
PUBLISHED = OF_CONTACT + OF_YIELD
"""Published figures are never of a single consultant (measures.md)."""
