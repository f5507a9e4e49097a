"""Forms of company in the Danish register (CVR), as far as it matters here: whose name is the name of a person."""

import re

from domain.texts import clean_text

_SOLE_TRADER = r"0*(10|15)(\.0)?\b(?!\d)|.*\b(enk|pmv)\b|.*\benkeltmands(virksomhed|firma)|.*\bpersonligt\s+ejet(\s+mindre)?\s+virksomhed"


def company_form(text: str) -> str:
    """A form as it is stored: its code or its name in the register, cleaned. Refused as any text is."""
    return clean_text("form of company", text, 60)


def is_sole_trader(form: str) -> bool:
    """Whether a company of that form is one person's, so that its name is personal data.

    Codes 10 (ENK) and 15 (PMV) of the register's list of forms, however they are written.
    """
    return bool(re.match(_SOLE_TRADER, form.casefold()))
