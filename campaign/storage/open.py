"""Opening a workspace: the data directory on this machine, or the database that offices share when one is set."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from campaign.storage.ports import Clock, Workspace
from campaign.storage.sqlite.workspace import SqliteWorkspace


def open_workspace(
    path: Path,
    clock: Clock,
    setting: Callable[[str], str | None],
    environ: Mapping[str, str],
    on_close: Callable[[Callable[[], None]], object],
) -> Workspace:
    """The workspace that the settings name; it may not exist yet.

    ``on_close`` is given what ends its connections. Raises ``SettingsFault`` for an address that cannot be used.
    """
    database = setting("database")
    if not database:
        return SqliteWorkspace(path, clock)
    from campaign.storage.postgres.addresses import address
    from campaign.storage.postgres.workspace import PostgresWorkspace

    password_file, standby = setting("password_file") or "", setting("read_database")
    workspace = PostgresWorkspace.at(
        path,
        clock,
        address(database, password_file, environ),
        address(standby, password_file, environ) if standby else None,
    )
    on_close(workspace.close)
    return workspace
