"""What the tracker needs to run comes in the very files that were looked at: locked by hash, within its own ranges."""

import configparser
import json
import re
from importlib import metadata
from pathlib import Path

import audit
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LINES = (ROOT / "requirements.lock").read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
LOCKED = [line for line in LINES if line.strip() and not line.lstrip().startswith("#")]
RELEASE = re.compile(r"([\w.-]+)==([\w.]+)( ; [^#]+?)?((?: +--hash=sha256:[0-9a-f]{64})+)")


def locked() -> dict[str, str]:
    """The version of each release in the lock, by name."""
    found = [RELEASE.fullmatch(line.strip()) for line in LOCKED]
    return {canonicalize_name(release[1]): release[2] for release in found if release}


def wanted() -> list[Requirement]:
    """What setup.cfg says the program needs to run, with a shared database or without."""
    options = configparser.ConfigParser()
    options.read(ROOT / "setup.cfg", encoding="utf-8")
    extras = options["options.extras_require"]
    lines = options["options"]["install_requires"] + extras["postgres"]
    return [Requirement(line) for line in lines.splitlines() if line]


def test_every_release_of_the_lock_has_its_hashes():
    assert [line for line in LOCKED if not RELEASE.fullmatch(line.strip())] == []


def test_all_that_setup_cfg_needs_to_run_is_locked_within_its_range():
    found = locked()

    assert {r.name: found.get(canonicalize_name(r.name)) for r in wanted() if not _fits(r, found)} == {}


def _fits(requirement: Requirement, found: dict[str, str]) -> bool:
    version = found.get(canonicalize_name(requirement.name))
    return version is not None and requirement.specifier.contains(version)


def test_what_those_need_in_turn_is_locked_too():
    found = locked()
    needed = [Requirement(line) for name in found for line in metadata.requires(name) or []]
    here = [r for r in needed if r.marker is None or r.marker.evaluate({"extra": ""})]

    assert {str(r) for r in here if not _fits(r, found)} == set()


def test_what_is_installed_here_is_what_is_locked():
    assert {name: metadata.version(name) for name in locked()} == locked()


def test_setup_installs_the_lock_by_its_hashes_before_anything_else():
    lines = (ROOT / "scripts" / "setup").read_text(encoding="utf-8").splitlines()
    installs = [line for line in lines if "pip install" in line]

    assert "--require-hashes --requirement requirements.lock" in installs[0]


# The audit


def said(*releases: dict[str, object]) -> str:
    """What pip-audit prints of these releases."""
    return json.dumps({"dependencies": [{"name": "click", "version": "8.5.1"} | r for r in releases], "fixes": []})


SOUND, UNKNOWN = {"vulns": []}, {"skip_reason": "not found on PyPI"}
VULNERABLE = {"vulns": [{"id": "PYSEC-2030-1"}]}


@pytest.mark.parametrize(
    ("releases", "code", "told"),
    [
        ([SOUND, SOUND], 0, "No known vulnerability in 2 releases."),
        ([UNKNOWN, UNKNOWN], 0, "The audit was not made: the service knows nothing of 2 of 2 releases."),
        ([SOUND, UNKNOWN], 0, "The audit is not whole: the service knows nothing of 1 of 2 releases."),
        ([UNKNOWN, VULNERABLE], 1, "Known vulnerabilities: click 8.5.1: PYSEC-2030-1."),
    ],
)
def test_only_what_was_looked_up_counts_as_audited(releases, code, told):
    assert audit.audit(said(*releases), "") == (code, told)


@pytest.mark.parametrize(
    ("err", "code"),
    [
        ("Traceback\nrequests.exceptions.ConnectionError: no host", 0),
        ("Traceback\nrequests.exceptions.ProxyError: HTTPSConnectionPool", 0),
        ("ERROR:pip_audit._cli:Could not connect to PyPI's vulnerability feed", 0),
        ("requests.exceptions.ReadTimeout: read timed out", 0),
        ("ERROR:pip_audit._cli:invalid requirements input: requirements.lock", 1),
        ("No module named pip_audit", 1),
        ("", 1),
    ],
)
def test_an_audit_fails_when_it_was_not_made_for_any_reason_but_the_network(err, code):
    found = audit.audit("", err)

    assert found.code == code
    assert found.summary.startswith("The audit was not made" if code == 0 else "pip-audit failed")
