"""`campaign board`: a live board of the figures on the whole terminal."""

from __future__ import annotations

from collections.abc import Mapping

import click

from campaign.errors import SettingsFault
from campaign.terminal import output, prompts
from campaign.terminal.options import command
from campaign.terminal.redaction import refuse_personal
from campaign.terminal.report_options import report, request_of
from campaign.terminal.report_request import ReportRequest
from campaign.terminal.session import Present, Session


@command("board")
@report()
def board(session: Session, request: ReportRequest) -> None:
    """A live board of the figures: rates, groups, funnel, yields, and the entries behind each number.

    It refreshes within two seconds of a new entry. F1 explains each figure and all keys. The filters of the command
    line are the first ones; they can be changed on the board.
    """
    _check_terminal(session, request)
    from campaign.board.app import Board
    from campaign.board.figures import Question, refresh

    _ = session.slug  # the campaign it is of stays the same, whatever is planned or closed meanwhile
    with session.progress("Reading the log") as on_progress:
        first = refresh(Present(session), Question("rates", request), None, on_progress)
    app = Board(session, first, read_filters)
    if mistake := app.run():
        raise mistake
    click.get_current_context().exit(app.return_code or 0)


def _check_terminal(session: Session, request: ReportRequest) -> None:
    """Raises ``SettingsFault`` where there is nothing to draw on."""
    if request.output or session.json:
        raise SettingsFault(
            "The board is drawn on a terminal, not written. Written are: campaign rates -o FILE, --json"
        )
    if output.is_dumb():
        raise SettingsFault("This terminal only appends lines (TERM=dumb), and a board is drawn anew: campaign rates")
    if not (output.on_terminal() and prompts.can_ask()):
        raise SettingsFault("The board is drawn on a terminal, and this is none. For a pipe: campaign rates")


def read_filters(moment: Present, words: Mapping[str, str]) -> ReportRequest:
    """What these words ask for, by the option each is the value of, read and refused as the command line does it."""
    refuse_personal(words.values())
    words_of_options = [f"--{name}={word}" for name, value in _as_options(words).items() for word in value]
    root = moment.attach_to(click.Context(board, info_name="campaign"))
    run = board.make_context("board", words_of_options, parent=root)
    return run.invoke(request_of, moment, run.params)


def _as_options(words: Mapping[str, str]) -> dict[str, list[str]]:
    """Each option with its values; several offices or kinds are parted by commas."""
    return {
        name: [*map(str.strip, word.split(","))] if name in ("office", "kind") else [word]
        for name, word in words.items()
    }
