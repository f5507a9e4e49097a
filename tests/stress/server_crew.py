"""A crew: processes of ``server_writers`` that begin and end together, and what they have told so far."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from threading import Thread
from typing import Any, Self

from stress.homes import ENVIRON
from stress.server_writers import Job, Told

_PATIENCE = 120.0  # seconds, after which something hangs


class CrewFault(Exception):
    """A process of a crew did not do what it was started for."""


class Crew:
    """Processes that connect at once and begin when they are told to.

    ``acts``: every act that a writer told of. ``said``: whatever else was told, the kind of it first. ``latest``: when
    the last act of each writer was saved.
    """

    def __init__(self, jobs: Sequence[Job]) -> None:
        self.acts: list[Told] = []
        self.said: list[list[Any]] = []
        self.latest: dict[int, float] = {}
        self._jobs = len(jobs)
        (go, self._go), (stop, self._stop) = os.pipe(), os.pipe()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "stress.server_writers", str(go), str(stop)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=(go, stop),
            env=ENVIRON,
            text=True,
            start_new_session=True,
        )
        os.close(go)
        os.close(stop)
        self._reading = Thread(target=self._read, daemon=True)
        self._reading.start()
        assert self._process.stdin is not None
        json.dump(jobs, self._process.stdin)
        self._process.stdin.close()

    def begin(self) -> float:
        """Lets them begin when all are ready. Returns the moment."""
        self.until(lambda: len(self.heard("ready")) == self._jobs, "all are ready")
        self._go = _closed(self._go)
        return time.monotonic()

    def end(self) -> None:
        """Has them end after what they are at, and waits for that."""
        self._stop = _closed(self._stop)
        self.wait()

    def wait(self) -> None:
        """Waits for the end of all. Raises ``CrewFault`` when one of them ends by a fault, or never."""
        try:
            code = self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired as fault:
            raise CrewFault(f"not all have ended within {_PATIENCE:.0f} s") from fault
        if code:
            raise CrewFault(f"a process of the crew ended by a fault ({code}); it is on stderr")
        self._reading.join()

    def heard(self, kind: str) -> list[list[Any]]:
        """What was told of that kind."""
        return [rest for word, *rest in list(self.said) if word == kind]

    def until(self, true: Callable[[], bool], what: str, seconds: float = _PATIENCE) -> None:
        """Returns as soon as this is true. Raises ``CrewFault`` when it takes too long, or nobody is left to do it."""
        end = time.monotonic() + seconds
        while not true():
            if self.heard("crashed") or time.monotonic() > end:
                raise CrewFault(f"a process crashed, or it did not come to pass within {seconds:.0f} s: {what}")
            time.sleep(0.005)

    def saved_since(self, moment: float, seconds: float) -> float:
        """Waits until each writer saved an act after ``moment``. Returns after how many seconds the last of them did."""
        own = list(self.latest)
        self.until(lambda: min(self.latest[w] for w in own) > moment, "each writer saved an act", seconds)
        return max(self.latest[w] for w in own) - moment

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Whoever does not end by himself is killed."""
        self._go, self._stop = _closed(self._go), _closed(self._stop)
        try:
            self._process.wait(1 if sys.exc_info()[0] else _PATIENCE)
        except subprocess.TimeoutExpired:
            for (process,) in self.heard("ready"):
                os.kill(process, signal.SIGKILL)
            self._process.wait()

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            for line in lines:
                kind, *rest = json.loads(line)
                if kind == "act":
                    self._take(Told(*rest))
                else:
                    self.said.append([kind, *rest])

    def _take(self, act: Told) -> None:
        self.acts.append(act)
        if not act.fault:
            self.latest[act.writer] = act.ended


def _closed(descriptor: int) -> int:
    if descriptor >= 0:
        os.close(descriptor)
    return -1
