"""Prints a page as PDF with a browser of this machine."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from campaign.errors import SettingsFault, StoreFault

BROWSERS = (
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge", "msedge"),
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
QUIETLY = (
    *("--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)
"""Options that keep a browser from using the network and from showing anything."""
_LONGEST = 60  # seconds; a page takes about two


def browser() -> str:
    """The path of a browser that prints without a window. Raises ``SettingsFault`` when there is none."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        raise SettingsFault(
            "A PDF needs Chromium or Chrome on this machine, and none was found. Open the page and print it."
        )
    return path


def print_pdf(page: str) -> bytes:
    """The HTML page as PDF on A4.

    Raises ``SettingsFault`` when there is no browser, ``StoreFault`` when it prints nothing.
    """
    executable = browser()
    with TemporaryDirectory(prefix="campaign-", ignore_cleanup_errors=True) as folder:
        source, target = Path(folder) / "page.html", Path(folder) / "page.pdf"
        source.write_text(page, encoding="utf-8")
        code = _print(executable, source, target)
        pdf = target.read_bytes() if target.is_file() and not target.is_symlink() else b""
        if code or not pdf.startswith(b"%PDF"):
            raise StoreFault(f"{executable} printed nothing. Open the page in it and print it there.")
        return pdf


def _print(executable: str, source: Path, target: Path) -> int:
    """Prints, and returns the exit code of the browser. Its helper processes end with it, whatever happens."""
    profile = (f"--user-data-dir={source.parent / 'profile'}", *(["--no-sandbox"] if _is_root() else []))
    arguments = (
        "--headless",
        *QUIETLY,
        *profile,
        "--no-pdf-header-footer",
        f"--print-to-pdf={target}",
        source.as_uri(),
    )
    nowhere = subprocess.DEVNULL
    try:
        started = subprocess.Popen([executable, *arguments], stdout=nowhere, stderr=nowhere, start_new_session=True)  # noqa: S603
    except OSError as fault:
        raise StoreFault(
            f"{executable} cannot be run: {fault.strerror}. Open the page in it and print it there."
        ) from fault
    try:
        return started.wait(_LONGEST)
    except subprocess.TimeoutExpired as fault:
        raise StoreFault(
            f"{executable} did not print in {_LONGEST} s. Open the page in it and print it there."
        ) from fault
    finally:
        _end(started)


def _end(started: subprocess.Popen[bytes]) -> None:
    """Ends a browser and its helper processes."""
    with suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(started.pid, signal.SIGKILL)
        else:
            started.kill()
    started.wait()


def _is_root() -> bool:
    """Whether this is root, for whom the sandbox of Chromium refuses to run."""
    return hasattr(os, "geteuid") and os.geteuid() == 0
