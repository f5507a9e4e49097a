"""What can go wrong outside the domain's rules, each with its sentence and the exit code it ends in."""


class Fault(Exception):
    """Something outside the rules is wrong. ``str()`` is one sentence for the person at the terminal."""

    exit_code = 3


class SettingsFault(Fault):
    """The command or a setting cannot be used as it was written."""

    exit_code = 2


class StoreFault(Fault):
    """The store is busy, full, read-only or unreachable; trying again may help."""


class CheckFault(Fault):
    """A check found something altered or broken."""

    exit_code = 4
