"""Questions to the person at the terminal, on stderr: stdout is for data."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import click

from campaign.terminal.output import harmless, talk
from campaign.terminal.redaction import discreet
from domain.refusals import Refusal, TextNotAllowed

_YES = frozenset({"y", "yes", "j", "ja"})
_NO = frozenset({"n", "no", "nej", ""})


def can_ask() -> bool:
    """Whether stderr, for questions, and stdin, for answers, are terminals."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def ask(question: str, check: Callable[[str], Any] = str) -> str:
    """The answer as typed. While ``check`` refuses it, shows why and asks again."""
    from domain.cpr import refuse_personal_numbers

    while True:
        answer = str(click.prompt(harmless(question), err=True)).strip()
        try:
            refuse_personal_numbers(answer)
            if not answer.isprintable():
                raise TextNotAllowed("The answer holds control characters; write it with visible characters only.")
            check(answer)
        except Refusal as refusal:
            talk(str(refusal))
        except click.UsageError as fault:
            talk(discreet(fault.format_message()))
        else:
            return answer


def confirm(question: str) -> bool:
    """Yes or no, in English or Danish; no when nothing is typed."""
    while True:
        answer = str(click.prompt(f"{harmless(question)} [y/N]", default="", show_default=False, err=True))
        if answer.strip().casefold() in _YES | _NO:
            return answer.strip().casefold() in _YES
        talk("Write y (or j) for yes, n for no.")
