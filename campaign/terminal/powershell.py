"""Completion in PowerShell, which click does not know."""

from __future__ import annotations

import os
from typing import ClassVar

from click.shell_completion import CompletionItem, ShellComplete, add_completion_class

_SOURCE = """\
Register-ArgumentCompleter -Native -CommandName %(prog_name)s -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $before = $commandAst.CommandElements | Where-Object { $_.Extent.StartOffset -lt $cursorPosition }
    $env:COMP_WORDS = ($before | ForEach-Object { $_.Extent.Text.Trim('"', "'") }) -join "`n"
    $env:COMP_INCOMPLETE = $wordToComplete.Trim('"', "'")
    $env:%(complete_var)s = "powershell_complete"
    $encoding = [Console]::OutputEncoding
    [Console]::OutputEncoding = [Text.Encoding]::UTF8
    try {
        %(prog_name)s | ForEach-Object {
            $value, $meaning = $_ -split "`t", 2
            if (-not $meaning) { $meaning = $value }
            [System.Management.Automation.CompletionResult]::new($value, $value, "ParameterValue", $meaning)
        }
    } finally {
        [Console]::OutputEncoding = $encoding
        Remove-Item Env:COMP_WORDS, Env:COMP_INCOMPLETE, Env:%(complete_var)s -ErrorAction SilentlyContinue
    }
}
"""


class PowerShellComplete(ShellComplete):
    """One line for each thing offered: the word, a tab, what it means."""

    name: ClassVar[str] = "powershell"
    source_template: ClassVar[str] = _SOURCE

    def get_completion_args(self) -> tuple[list[str], str]:
        """The words before the one being typed, without the program's own name, and what is typed of it."""
        words = os.environ["COMP_WORDS"].splitlines()
        typed = os.environ.get("COMP_INCOMPLETE", "")
        return words[1:-1] if typed else words[1:], typed

    def format_completion(self, item: CompletionItem) -> str:
        """The word and its meaning."""
        return f"{item.value}\t{item.help or ''}"


def add_powershell() -> None:
    """Makes the shell known to click."""
    add_completion_class(PowerShellComplete)
