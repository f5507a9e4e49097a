"""Draws the picture of the board: the model campaign by office, in a terminal of 136 columns, as SVG."""

import asyncio
import tempfile
from unittest.mock import patch

from click.testing import CliRunner
from picture import HERE, without_network

import cli
from campaign.board.app import Board

COLUMNS, LINES = 136, 26
KEYS = ("o", "down", "down", "down")


def main() -> None:
    """Imports the model campaign into a throw-away home, opens the board on it and presses a few keys."""
    with tempfile.TemporaryDirectory() as folder:
        _run("demo", "--quiet", "--home", folder)
        opened: list[Board] = []
        with (
            patch.object(Board, "run", lambda board: opened.append(board)),
            patch("campaign.terminal.output.on_terminal", lambda: True),
            patch("campaign.terminal.prompts.can_ask", lambda: True),
        ):
            _run("board", "--home", folder, "--campaign", "luk-op")
        (HERE / "docs/board.svg").write_text(without_network(asyncio.run(_drawn(opened[0]))), encoding="utf-8")


def _run(*words: str) -> None:
    result = CliRunner(env={"CAMPAIGN_DATABASE": None, "TERM": "xterm"}).invoke(cli.main, list(words))
    assert result.exit_code == 0, result.output


async def _drawn(board: Board) -> str:
    async with board.run_test(size=(COLUMNS, LINES)) as pilot:
        for key in KEYS:
            await pilot.press(key)
            await board.workers.wait_for_complete()
        await pilot.pause()
        return board.export_screenshot(title="campaign board")


if __name__ == "__main__":
    main()
