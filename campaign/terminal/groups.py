"""Groups whose commands are named in a table and loaded only when one of them is run or asked for its own help."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:  # only a shell that completes needs it
    from click.shell_completion import CompletionItem

Table = Mapping[str, Mapping[str, tuple[str, str]]]
"""Headings, each with its commands: name -> (``module:attribute``, one line of help)."""


class LazyGroup(click.Group):
    """A group of commands under headings. Its help and the completion of their names load none of them."""

    def __init__(self, name: str | None, table: Table, groups: Sequence[LazyGroup] = (), **attrs: Any) -> None:
        super().__init__(name, {group.name or "": group for group in groups}, **attrs)
        self.table = table
        self.lazy = {name: entry for section in table.values() for name, entry in section.items()}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names in the order of the table."""
        return [*self.lazy]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, loaded now; None when there is none of that name."""
        if cmd_name not in self.lazy:
            return None
        if cmd_name not in self.commands:
            module, _, attribute = self.lazy[cmd_name][0].partition(":")
            self.add_command(getattr(import_module(module), attribute), cmd_name)
        return self.commands[cmd_name]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click's; a name that is no command is answered with those that are near."""
        try:
            return super().resolve_command(ctx, args)
        except click.NoSuchCommand as fault:
            if isinstance(fault, NoSuchCommand):
                raise
            raise NoSuchCommand(fault.command_name, possibilities=self.list_commands(ctx), ctx=ctx) from fault

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands under their headings."""
        width = max(map(len, self.lazy))
        for heading, commands in self.table.items():
            with formatter.section(heading):
                formatter.write_dl([(name.ljust(width), line) for name, (_, line) in commands.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Names that begin so, each with its line of help; then click's own for options."""
        from click.shell_completion import CompletionItem

        names = [
            CompletionItem(name, help=line) for name, (_, line) in self.lazy.items() if name.startswith(incomplete)
        ]
        return names + click.Command.shell_complete(self, ctx, incomplete)


class NoSuchCommand(click.NoSuchCommand):
    """A command that does not exist, answered with the nearest that do."""
