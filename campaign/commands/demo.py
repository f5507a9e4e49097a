"""`campaign demo`: the model campaign in a home of its own, from files to figures."""

from __future__ import annotations

import os
import shlex
import tempfile
from pathlib import Path

import click

from campaign.errors import SettingsFault
from campaign.settings import VARIABLES
from campaign.terminal.options import command
from campaign.terminal.session import Session

BUNDLE = Path(__file__).parents[2] / "examples" / "luk-op.zip"
STEPS = (
    (
        *("plan", "luk-op", "--title", "Luk op for nye jobmuligheder", "--from", "2012-09-03", "--to", "2013-06-30"),
        *("--consultant", "demo"),
    ),
    ("import", str(BUNDLE)),
    ("rates",),
    ("rates", "--by", "region"),
    ("yields",),
    ("funnel",),
)


@command("demo")
def demo(session: Session) -> None:
    """Import a model campaign of 46 offices and show what it yielded.

    Its totals are those published of a real campaign in 2013; its companies and rows are made up. It lies in a home
    of its own: --home, or a folder that your system throws away.
    """
    if not BUNDLE.exists():
        raise SettingsFault("The model campaign comes with the source, not with the package. Clone the source for it.")
    os.environ.pop(VARIABLES["database"], None)  # a model campaign is nothing to be put into a shared one
    home = _home(session)
    home.create()
    for name, *words in STEPS:
        session.note(f"\n$ campaign {shlex.join([name, *words])}")
        _run(name, [*words, "--home", str(home.path), "--campaign", "luk-op"])
    session.note(f"\nThe home is {home.path}. Look around: campaign rates --by office --home {home.path}")


def _run(name: str, words: list[str]) -> None:
    context = click.get_current_context()
    chosen = context.find_root().command.get_command(context, name)  # type: ignore[attr-defined]
    chosen.main(words, prog_name=f"campaign {name}", standalone_mode=False)


def _home(session: Session):  # type: ignore[no-untyped-def]

    from campaign.storage.sqlite.workspace import SqliteWorkspace

    if session.options.get("home"):
        return session.home
    return SqliteWorkspace(Path(tempfile.gettempdir()) / "campaign-demo", session.home.clock)
