"""Runs the program, and turns every error into a sentence on stderr and an exit code."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Sequence
from types import TracebackType
from typing import Any, NoReturn

import click

from campaign.errors import DISK_FULL, CheckFault, Fault, StoreFault
from campaign.terminal.groups import LazyGroup
from campaign.terminal.output import give_up_stdout, show, talk
from campaign.terminal.redaction import discreet, refuse_personal
from domain.refusals import Refusal

REFUSED, USAGE, INTERRUPTED = 1, 2, 130
_COMPLETE = "_CAMPAIGN_COMPLETE"


class Root(LazyGroup):
    """The program itself."""

    def main(self, args: Sequence[str] | None = None, **extra: Any) -> Any:  # type: ignore[override]
        """Runs the command of ``args``, or of the command line, and exits with its code."""
        words = list(sys.argv[1:] if args is None else args)
        extra |= {"prog_name": "campaign", "standalone_mode": False}
        _have_streams()
        _never_choke()
        sys.excepthook = _show_traceback
        code = _code_of(lambda: self._run(words, extra))
        if args is None and sys.getprofile() is None:
            _leave(code)
        sys.exit(code)

    def invoke(self, ctx: click.Context) -> Any:
        """As click's; a closed pipe on stdout ends the command without an error."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            give_up_stdout()

    def _run(self, words: list[str], extra: dict[str, Any]) -> int:
        if _COMPLETE in os.environ:
            self._complete()
        refuse_personal(words)
        code = super().main(words, obj=tuple(words), **extra)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0

    def _complete(self) -> None:
        """Answers the shell, and exits."""
        from campaign.terminal.powershell import add_powershell

        add_powershell()
        self._main_shell_completion({}, "campaign", _COMPLETE)


def _code_of(run: Any) -> int:
    try:
        return int(run())
    except click.Abort:
        talk("Interrupted. Nothing more was written.")
        return INTERRUPTED
    except KeyboardInterrupt:
        talk("\nInterrupted. Nothing more was written.")
        return INTERRUPTED
    except click.exceptions.NoArgsIsHelpError as asked:
        show(asked.format_message())
        return 0
    except BrokenPipeError:
        give_up_stdout()
        return 0
    except Exception as fault:
        code_and_message = sentence(fault)
        if code_and_message is None:
            raise
        talk(code_and_message[1])
        return code_and_message[0]


def sentence(fault: Exception) -> tuple[int, str] | None:
    """The exit code and the sentence of an error; None for one that only a bug can raise."""
    if isinstance(fault, Refusal):
        return REFUSED, str(fault)
    if isinstance(fault, Fault):
        return fault.exit_code, str(fault)
    if isinstance(fault, click.UsageError):
        return USAGE, discreet(_usage(fault))
    if isinstance(fault, click.ClickException):
        return USAGE, discreet(fault.format_message())
    if isinstance(fault, ModuleNotFoundError) and (missing := (fault.name or "").partition(".")[0]) in _OF_EXTRAS:
        return USAGE, _OF_EXTRAS[missing]
    return _of_the_store(fault)


_OF_EXTRAS = {"psycopg": "A shared database requires the `postgres` extra: install campaign-tracker[postgres]."}


def _usage(fault: click.UsageError) -> str:
    message = fault.format_message()
    if fault.ctx is None or not fault.ctx.command.get_help_option(fault.ctx):
        return message
    stop = "" if message.endswith((".", "?")) else "."
    return f"{message}{stop} See: {fault.ctx.command_path} --help"


_OF_SQLITE = (
    ("locked", "The store is busy: somebody else is writing. What was logged before is safe; try again."),
    ("readonly", "The store cannot be written to: it is read-only."),
    *DISK_FULL,
    (
        "unable to open",
        "The store cannot be opened: its folder and files must be there, to be read and written. Try: campaign doctor",
    ),
    ("not a database", "The store is damaged: it is no database any more. Run: campaign doctor"),
    ("malformed", "The store is damaged. Run: campaign doctor"),
)


def _of_the_store(fault: Exception) -> tuple[int, str] | None:
    fault = getattr(fault, "orig", fault)  # SQLAlchemy says all that was to be stored, besides
    if _is(fault, "psycopg", "Error"):  # never what it says: that can repeat what was to be stored
        code = getattr(fault, "sqlstate", None) or "none"
        return StoreFault.exit_code, f"The database refused what was asked (code {code}). Nothing was written."
    if _is(fault, "campaign.storage.mapper", "EventUnreadable"):
        return CheckFault.exit_code, f"The log holds an entry that cannot be read: {fault}. Run: campaign verify"
    if _is(fault, "eventsourcing.persistence", "IntegrityError"):
        return StoreFault.exit_code, _OF_SQLITE[0][1]
    if (
        isinstance(fault, sqlite3.Error)
        or _is(fault, "eventsourcing.persistence", "PersistenceError")
        or _is(fault, "sqlalchemy.exc", "DBAPIError")
    ):
        text = str(fault)
        message = next((told for sign, told in _OF_SQLITE if sign in text), f"The store cannot be used: {text}")
        return StoreFault.exit_code, message
    if isinstance(
        fault, UnicodeDecodeError
    ):  # all text is read elsewhere: SQLite names what it finds in a damaged file
        return StoreFault.exit_code, dict(_OF_SQLITE)["malformed"]
    if isinstance(fault, OSError):
        prefix = f"{fault.filename}: " if fault.filename else ""
        return StoreFault.exit_code, f"{prefix}{fault.strerror or fault}."
    return None


def _is(fault: Exception, module: str, name: str) -> bool:
    """Whether the fault is of a class in a module that may not be loaded."""
    loaded = sys.modules.get(module)
    return loaded is not None and isinstance(fault, getattr(loaded, name))


def _have_streams() -> None:
    """Where a stream was closed before the program began (``>&-``), nothing is read from it or written to it."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 - as long as the program


def _never_choke() -> None:
    """A screen that has no sign for a character shows another; that is no reason to stop.

    What comes in and is not in the encoding that was agreed on comes as half characters, which no text may hold.
    """
    for stream, errors in ((sys.stdin, "surrogateescape"), (sys.stdout, "replace"), (sys.stderr, "replace")):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors=errors)


def _show_traceback(kind: type[BaseException], fault: BaseException, trace: TracebackType | None) -> None:
    """The traceback of a bug, without control characters and CPR numbers."""
    from traceback import format_exception

    for line in format_exception(kind, fault, trace):
        talk(discreet(line.rstrip("\n")))


def _leave(code: int) -> NoReturn:
    """Ends the process at once. All is closed and flushed by now, and taking the interpreter apart takes as long as
    logging a call.
    """
    sys.stderr.flush()
    os._exit(code)
