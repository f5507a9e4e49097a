"""The passwords of roles, in the file in which libpq looks them up."""

import os
from pathlib import Path
from threading import Lock


class Passwords:
    """A passfile of mode 0600 that holds whatever host, port and database a role connects to; the last one told counts."""

    def __init__(self, path: Path, **known: str) -> None:
        self.path = path
        self._known = known
        self._lock = Lock()
        self._write()

    def __getitem__(self, role: str) -> str:
        return self._known[role]

    def __contains__(self, role: str) -> bool:
        return role in self._known

    def __setitem__(self, role: str, password: str) -> None:
        with self._lock:
            self._known[role] = password
            self._write()

    def _write(self) -> None:
        """Whole or not at all, as clients may be reading."""
        new = self.path.with_suffix(".new")
        new.touch(0o600)
        new.write_text("".join(f"*:*:*:{_escaped(role)}:{_escaped(word)}\n" for role, word in self._known.items()))
        os.replace(new, self.path)


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace(":", "\\:")
