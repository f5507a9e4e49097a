"""Commands, options and arguments as click declares them, with common options and questions for missing values."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import partial, wraps
from typing import Any

import click
from click.core import ParameterSource

from campaign.terminal import prompts
from campaign.terminal.completion import campaigns, consultants, offices
from campaign.terminal.session import Session


class _Asked(click.Parameter):
    def consume_value(self, ctx: click.Context, opts: Mapping[str, Any]) -> tuple[Any, ParameterSource]:
        """The value on the command line; on a terminal a missing one is asked for."""
        value, source = super().consume_value(ctx, opts)
        if (
            not (self.required and self.value_is_missing(value))
            or ctx.resilient_parsing
            or not Session.of(ctx).is_interactive
        ):
            return value, source
        answer = prompts.ask(self.question, lambda text: self.type.convert(text, self, ctx))
        return (answer,) if self.nargs != 1 or self.multiple else answer, ParameterSource.PROMPT

    @property
    def question(self) -> str:
        """The question: the name of the parameter, and its line of help."""
        name = self.human_readable_name.replace("_", " ").capitalize()
        hint = getattr(self, "help", None) or ""
        return f"{name} ({hint if hint.endswith('...') else hint.removesuffix('.')})" if hint else name


class Argument(_Asked, click.Argument):
    """An argument that is asked for when it is missing."""


class Option(_Asked, click.Option):
    """An option that, when it is required, is asked for when it is missing."""


argument = partial(click.argument, cls=Argument)
option = partial(click.option, cls=Option)


def command(name: str, *, omit: Collection[str] = (), **attrs: Any) -> Callable[[Callable[..., None]], click.Command]:
    """Declares a command: its function gets the ``Session`` first, then the values of its own options and arguments.

    It has the options all commands have, less those of ``omit`` and those it declares itself with a meaning of its own.
    """

    def declare(function: Callable[..., None]) -> click.Command:
        @wraps(function)
        def run(**values: Any) -> None:
            function(Session.of(click.get_current_context()), **values)

        create: Callable[[Callable[..., None]], click.Command] = click.command(name, **attrs)
        click_command = create(run)
        spellings = {*omit, *(spelling for param in click_command.params for spelling in param.opts)}
        click_command.params.extend(common for common in common_options() if not spellings.intersection(common.opts))
        return click_command

    return declare


def common_options() -> list[click.Option]:
    """The options of every command and of the root; those of the command take precedence."""
    return [
        _common("--home", metavar="DIR", type=click.Path(file_okay=False), help="The data directory."),
        _common(
            "--campaign", metavar="SLUG", shell_complete=campaigns, help="The campaign; default: the only open one."
        ),
        _common("--office", metavar="CODE", shell_complete=offices, help="Your office, such as 306."),
        _common("--consultant", metavar="NAME", shell_complete=consultants, help="Who you are."),
        _common("--quiet", "-q", is_flag=True, help="Show only results and errors."),
        _common("--no-input", is_flag=True, help="Never ask; report what is missing."),
    ]


def json_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """``--json``, which sets ``session.json``."""
    keep: Any = click.option("--json", is_flag=True, expose_value=False, callback=_keep, help="Print JSON.")
    return keep(function)  # type: ignore[no-any-return]


def _common(*names: str, **attrs: Any) -> click.Option:
    return click.Option(names, expose_value=False, is_eager=True, callback=_keep, **attrs)


def _keep(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    if value and param.name:
        Session.of(ctx).options[param.name] = value
