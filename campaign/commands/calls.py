"""Logging a call, and the visit it booked."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import click

from campaign.commands.confirmation import again_option, confirmed, say_logged
from campaign.terminal import completion, prompts
from campaign.terminal.note_editor import note_option, note_to_log
from campaign.terminal.options import Option, argument, command, json_option, option
from campaign.terminal.parameters import Day, Moment, OutcomeWord, ReasonWord
from campaign.terminal.session import Session
from domain.outcomes import Outcome, Reason
from domain.refusals import DayInFuture


@command("call")
@argument("company", help="CVR number or part of the name", shell_complete=completion.companies)
@argument(
    "outcome",
    type=OutcomeWord(),
    help="no-answer, accepted, declined, call-back ...",
    shell_complete=completion.outcomes,
)
@option("--at", type=Moment(), metavar="TIME", help="When, if not today: yesterday 14:05, 12/11, i går kl 14.")
@option("--reason", type=ReasonWord(), shell_complete=completion.reasons, help="Why they said no.")
@option("--visit", "visit_on", type=Day(ahead=True), metavar="DAY", help="The day of the visit they accepted.")
@option("--follow-up", type=Day(ahead=True), metavar="DAY", help="The day to call again.")
@note_option
@again_option
@json_option
def call(
    session: Session,
    company: str,
    outcome: Outcome,
    at: tuple[date, time | None] | None,
    reason: Reason | None,
    visit_on: date | None,
    follow_up: date | None,
    note: str | None,
    repeated: bool,
) -> None:
    """Log one call to a COMPANY, and its OUTCOME."""
    from domain.calls import Call

    day, at_time = at or (session.today, None)
    if at_time and day == session.today and at_time > session.time_of_day:
        raise DayInFuture(f"{at_time:%H:%M} has not come yet. Log the call when it was made.")
    act = session.act(day)
    cvr = session.company(company)
    reason = reason or _ask(session, "reason", outcome.needs_reason)
    follow_up = follow_up or _ask(session, "follow_up", outcome.needs_follow_up)
    attempt = Call(outcome, reason, at_time, follow_up)
    with note_to_log(session, note) as text, session.tracker() as tracker:
        act = act._replace(repeated=repeated, note=text)
        facts = confirmed(session, act, tracker.log_call, session.slug, cvr, attempt, visit_on)
        say_logged(session, tracker, cvr, facts)


def _ask(session: Session, name: str, needed: bool) -> Any:
    """What the outcome needs and was not said, asked for on a terminal; elsewhere the domain refuses without it."""
    if not (needed and session.is_interactive):
        return None
    ctx = click.get_current_context()
    param = next(param for param in ctx.command.params if param.name == name)
    assert isinstance(param, Option)
    answer = prompts.ask(param.question, lambda text: param.type.convert(text, param, ctx))
    return param.type.convert(answer, param, ctx)
