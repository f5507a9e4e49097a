"""The stored events of every release, as golden files hold them."""

from pathlib import Path
from typing import Any

import msgspec

GOLDEN = Path(__file__).parents[1] / "golden"
ADDED_FIELDS = {("0.1.0", "Campaign.TargetSet"): {"target_region": "None", "target_kind": "None"}}
"""What later versions say of events that a release stored without it."""


def golden_lines() -> list[dict[str, Any]]:
    """The stored events of every release so far."""
    files = sorted(GOLDEN.glob("stored_events-*.jsonl"))
    return [msgspec.json.decode(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]
