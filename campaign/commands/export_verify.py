"""`campaign export verify`: a file of totals or a contribution, counted again from the log and compared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from campaign import __version__
from campaign.errors import CheckFault, SettingsFault
from campaign.publishing.formats.reading import read
from campaign.publishing.regional.contribution import read_contribution
from campaign.publishing.regional.keys import read_key
from campaign.publishing.regional.verification import differences as contribution_differences
from campaign.publishing.totals.manifest import DEFINITIONS, MEASURES, digest
from campaign.publishing.verification import differences as totals_differences
from campaign.reports.texts import counted
from campaign.storage.checkpoints import Checkpoint
from campaign.storage.ports import Head
from campaign.terminal.options import argument, command, json_option, option
from campaign.terminal.output import show, show_json
from campaign.terminal.session import Session

if TYPE_CHECKING:
    from campaign.publishing.formats.reading import TotalsFile
    from campaign.publishing.totals.manifest import Manifest
    from campaign.publishing.verification import Difference
    from campaign.storage.ports import Head

_NAMED = 10


@command("verify")
@argument("file", metavar="FILE", help="an export of totals, or with --key-file a contribution")
@option("--against", metavar="FILE", help="The earlier file whose differences to this one were protected.")
@option("--key-file", "key_file", metavar="KEY", help="Of a contribution: the key of the region it was made with.")
@json_option
def verify(session: Session, file: str, against: str | None, key_file: str | None) -> None:
    """Count the figures of an export again, from the log as it was then, and name every cell that differs.

    The log is verified first: its chain of hashes up to the position of the file, and the head in the file.
    """
    if key_file:
        _verify_contribution(session, Path(file), Path(key_file))
        return
    exported = read(Path(file))
    earlier = read(Path(against)) if against else None
    if earlier and earlier.manifest["sha256"] != exported.manifest.get("against"):
        raise SettingsFault(f"{against} is not the file that {file} was protected against, or was altered since.")
    head = _head_of_log(session, exported.path, exported.request.position, exported.manifest)
    deviations = _differences(session, exported, earlier, head)
    _report(session, file, head, deviations, _other_definitions(exported))
    if not session.json:
        for line in _result(exported, head, earlier):
            show(line)


def _verify_contribution(session: Session, path: Path, key_file: Path) -> None:
    """Verifies a contribution from its own log and with its key."""
    key = read_key(key_file)
    contribution = read_contribution(path, key)
    head = _head_of_log(session, path, contribution.request.position, contribution.manifest)
    with session.read() as connection:
        deviations = contribution_differences(connection, contribution, head, key, f"campaign {__version__}")
    _report(session, str(path), head, deviations, "")
    if not session.json:
        show(f"Equal: all figures of {path} are what the log gives at position {head.position:,}.")


def _report(session: Session, file: str, head: Head, deviations: Sequence[Difference], explanation: str) -> None:
    """Shows the differences as JSON if requested. Raises ``CheckFault`` naming the first of them, if any."""
    if session.json:
        show_json(
            {
                "file": file,
                "position": head.position,
                "differences": [difference._asdict() for difference in deviations],
            }
        )
    if deviations:
        more = f" And {counted(len(deviations) - _NAMED, 'other', 'others')}." if len(deviations) > _NAMED else ""
        raise CheckFault(
            f"{file} is not what the log gives. {'; '.join(map(str, deviations[:_NAMED]))}.{more}{explanation}"
        )


def _differences(session: Session, file: TotalsFile, earlier: TotalsFile | None, head: Head) -> list[Difference]:
    with session.read() as connection:
        return totals_differences(connection, file, head, f"campaign {__version__}", earlier)


def _head_of_log(session: Session, path: Path, position: int, manifest: Manifest) -> Head:
    """The head of the log at the position of the file. Raises ``CheckFault`` for an altered log, or another one."""
    from campaign.app import open_tracker
    from campaign.storage.verification import verify as verify_log

    expected = str(manifest.get("head"))
    if not session.home.access.sees_all:
        raise SettingsFault(
            "A file is proved by somebody who sees all of the log: log in as coordinator or protection."
        )
    if position > session.home.head():
        raise CheckFault(f"{path} knows the log up to position {position:,}; here it ends at {session.home.head():,}.")
    with open_tracker(session.home, any_log=True) as tracker, session.progress("Verifying the log"):
        verdict = verify_log(tracker.store, tracker.mapper, anchors=[Checkpoint(Head(position, expected), str(path))])
    if verdict.fault:
        place = f"Position {verdict.position:,}: " if verdict.position else ""
        raise CheckFault(f"The log is not what {path} was counted from. {place}{verdict.fault}.")
    return Head(position, expected)


def _other_definitions(file: TotalsFile) -> str:
    """A sentence about other definitions of measures that the file was counted by; empty where they are the same."""
    measures = file.manifest.get("measures", {})
    if measures.get("version") == MEASURES and measures.get("sha256") == digest(DEFINITIONS):
        return ""
    version = measures.get("version")
    return f" It was counted by version {version} of the definitions of measures, and this program has {MEASURES}."


def _result(file: TotalsFile, head: Head, earlier: TotalsFile | None) -> Iterator[str]:
    figures, hidden = file.manifest["figures"], file.manifest["hidden"]
    yield f"Equal: all {figures:,} figures of {file.path} are what the log gives at position {head.position:,}."
    yield f"The log is as it was written up to there; hidden are {hidden:,} figures, as the file says."
    if file.manifest.get("against") and not earlier:
        yield f"It was protected against a file with the data {file.manifest['against']}; name it: --against FILE"
