"""Draws the picture in the README: what the program really prints, in a terminal of 112 columns, as SVG."""

import re
import subprocess
import tempfile
from pathlib import Path

import pexpect
from rich.console import Console
from rich.text import Text

HERE = Path(__file__).parents[2]
CAMPAIGN = HERE / ".venv/bin/campaign"
COMMANDS = ("rates --by region", "yields", "funnel")
COLUMNS = 136


def main() -> None:
    """Imports the model campaign into a throw-away home and records three reports."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        subprocess.run([CAMPAIGN, "demo", "--quiet", "--home", home], check=True, capture_output=True)
        console = Console(record=True, width=COLUMNS, file=(Path(folder) / "screen").open("w"))
        for words in COMMANDS:
            console.print(Text(f"$ campaign {words}", style="bold green"))
            console.print(Text.from_ansi(screen(words, home).replace("\n  ", "\n\N{NO-BREAK SPACE}\N{NO-BREAK SPACE}")))
        drawn = console.export_svg(title="campaign")
        (HERE / "docs/rates.svg").write_text(without_network(drawn), encoding="utf-8")


def without_network(drawn: str) -> str:
    """The picture with the reader's own fixed-width font instead of one fetched from elsewhere."""
    drawn = drawn.replace("<text ", '<text xml:space="preserve" ')  # an indented line stays indented
    return re.sub(r"@font-face \{.*?\}\s*", "", drawn, flags=re.DOTALL).replace("Fira Code", "DejaVu Sans Mono")


def screen(words: str, home: Path) -> str:
    """What a person sees on a terminal for these words."""
    shown, _ = pexpect.run(
        f"{CAMPAIGN} {words} --home {home}",
        withexitstatus=True,
        encoding="utf-8",
        env={"TERM": "xterm-256color", "LANG": "C.UTF-8", "COLUMNS": str(COLUMNS), "PATH": "/usr/bin:/bin"},
        dimensions=(60, COLUMNS),
    )
    return shown.replace("\r\n", "\n").rstrip()


if __name__ == "__main__":
    main()
