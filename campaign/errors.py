"""Errors outside the domain's rules, each with its sentence and exit code."""


class Fault(Exception):
    """Something outside the rules is wrong. ``str()`` is one sentence for the person at the terminal."""

    exit_code = 3


class SettingsFault(Fault):
    """The command or a setting cannot be used as it was written."""

    exit_code = 2


class StoreFault(Fault):
    """The store is busy, full, read-only or unreachable; trying again may help."""


class OutcomeUnknown(StoreFault):
    """The connection broke before the server confirmed whether the entry is in the log."""


class CheckFault(Fault):
    """A check found something altered or broken."""

    exit_code = 4


DISK_FULL = (
    ("disk is full", "The disk is full. Make room and try again; what was logged before is safe."),
    ("disk I/O error", "The disk is full or failing. Make room and try again; what was logged before is safe."),
)
"""What SQLite says where a disk takes no more, and the sentence for it."""


def disk_full_message(fault: BaseException | None) -> str | None:
    """The sentence for a fault of SQLite that says the disk takes no more; None for every other."""
    return next((sentence for sign, sentence in DISK_FULL if sign in str(fault)), None)
