"""What README, guide and trace say is true: every example is run, every name is there."""

import re
import shlex
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

import cli
from campaign.terminal import output

HERE = Path(__file__).parents[2]
BLOCK = re.compile(r"(```console\n)(.*?)(```)", re.DOTALL)
IDS = re.compile(r"\b[0-9a-f]{8}\b")
COLUMNS = 118
OTHERWISE_ELSEWHERE = ("doctor", "verify", "rebuild", "backup", "restore")


def run(line: str) -> str:
    result = CliRunner().invoke(cli.main, shlex.split(line)[1:], catch_exceptions=False)
    assert result.exit_code == 0, f"{line}\n{result.output}"
    return result.output


def played(text: str) -> str:
    """The text with what every command of its examples prints now."""

    def block(found: re.Match[str]) -> str:
        lines = [line for line in found[2].splitlines() if line.startswith("$ ")]
        said = "".join(f"{line}\n{shown(line, run(line[2:]))}" for line in lines)
        return found[1] + said + found[3]

    return BLOCK.sub(block, text)


def shown(line: str, said: str) -> str:
    """At most 24 lines; nothing of what another machine or another run prints otherwise."""
    if any(line.startswith(f"$ campaign {name}") for name in OTHERWISE_ELSEWHERE):
        return ""
    lines = [line.rstrip() for line in said.splitlines()]
    return "".join(f"{line}\n" for line in (lines if len(lines) <= 24 else [*lines[:22], "..."]))


def masked(text: str) -> str:
    return IDS.sub("########", text)


@pytest.mark.parametrize("name", ["README.md", "docs/guide.md"])
def test_every_example_is_what_the_program_prints(name, tmp_path, monkeypatch, request):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CAMPAIGN_HOME", "home")
    monkeypatch.setattr("campaign.terminal.clock.now", lambda: datetime(2026, 11, 23, 9, 30, tzinfo=UTC))
    monkeypatch.setattr(output, "on_terminal", lambda: True)
    monkeypatch.setattr(output, "width", lambda: COLUMNS)
    document = HERE / name

    now = played(document.read_text(encoding="utf-8"))

    if request.config.getoption("--update-golden"):
        document.write_text(now, encoding="utf-8")
    assert masked(now) == masked(document.read_text(encoding="utf-8"))


def test_every_name_of_the_trace_exists():
    text = (HERE / "docs/trace.md").read_text(encoding="utf-8")
    paths = set(re.findall(r"`((?:cli|[a-z_]+(?:/[a-z_]+)+)\.py)`", text))
    assert len(paths) > 12
    for path in paths:
        assert (HERE / path).is_file(), path
    for path, name in re.findall(r"`([a-z_/]+\.py)`\s+`([A-Za-z_.]+)`", text):
        *owner, last = name.split(".")
        source = (HERE / path).read_text(encoding="utf-8")
        assert re.search(rf"^\s*(?:def|class) {last}\b", source, re.MULTILINE), f"{path} {name}"
        assert not owner or re.search(rf"^class {owner[0]}\b", source, re.MULTILINE), f"{path} {name}"


def test_every_link_in_the_documents_leads_somewhere():
    for document in [HERE / "README.md", HERE / "CONTRIBUTING.md", *HERE.glob("docs/**/*.md")]:
        for target in re.findall(r"\]\(([^)#]+)", document.read_text(encoding="utf-8")):
            assert (document.parent / target).exists(), f"{document.name} -> {target}"
