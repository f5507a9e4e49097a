"""Asks whether a release of requirements.lock has a known vulnerability, and says so when nobody could be asked."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

LOCK = Path(__file__).parents[2] / "requirements.lock"
_PIP_AUDIT = (sys.executable, "-m", "pip_audit", "--requirement", str(LOCK), "--disable-pip", "--require-hashes")
_UNREACHABLE = re.compile(r"(Connection|Connect|Proxy|SSL|Timeout|Service)\w*Error|Timeout\b|Could not connect to PyPI")


class Audit(NamedTuple):
    """The exit code, and what is said."""

    code: int
    summary: str


def audit(out: str, err: str) -> Audit:
    """What pip-audit's two streams mean. Its own exit code is 0, too, when its service knew nothing at all.

    1 for a vulnerability, and where pip-audit failed for any reason but that its service could not be reached.
    """
    try:
        releases = json.loads(out)["dependencies"]
    except ValueError:
        return _unanswered(err)
    if found := [f"{r['name']} {r['version']}: {v['id']}" for r in releases for v in r.get("vulns", [])]:
        return Audit(1, f"Known vulnerabilities: {'; '.join(found)}.")
    unknown = sum("skip_reason" in r for r in releases)
    if unknown:
        made = "was not made" if unknown == len(releases) else "is not whole"
        return Audit(0, f"The audit {made}: the service knows nothing of {unknown} of {len(releases)} releases.")
    return Audit(0, f"No known vulnerability in {len(releases)} releases.")


def _unanswered(err: str) -> Audit:
    last = err.strip().rpartition("\n")[2] or "it said nothing"
    if _UNREACHABLE.search(last):
        return Audit(0, f"The audit was not made: {last[:160]}")
    return Audit(1, f"pip-audit failed: {last}")


def main() -> int:
    """Says in one line what was found."""
    ran = subprocess.run([*_PIP_AUDIT, "--progress-spinner", "off", "--format", "json"], capture_output=True, text=True)
    found = audit(ran.stdout, ran.stderr)
    print(found.summary, file=sys.stderr if found.code else sys.stdout)
    return found.code


if __name__ == "__main__":
    sys.exit(main())
