"""Where a store may lie: on a disk of this machine, since SQLite's write-ahead log is not safe across a network."""

from pathlib import Path

from campaign.errors import SettingsFault

_NETWORK = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "afs", "ceph", "glusterfs", "lustre", "davfs"})


def refuse_network_paths(path: Path, mounts: Path = Path("/proc/self/mounts")) -> None:
    """Raises ``SettingsFault`` for a UNC path, or one on a network file system as far as the system tells."""
    resolved = str(path.resolve())
    if resolved.startswith(("\\\\", "//")) or file_system(resolved, mounts) in _NETWORK:
        raise SettingsFault(f"{path} lies on a network drive, where a crash can lose entries. Choose a local folder.")


def file_system(path: str, mounts: Path) -> str:
    """The type of the file system ``path`` lies on (``ext4``), from the system's list; empty where it has none."""
    if not mounts.exists():
        return ""
    points = [
        line.split(" ")[1:3] for line in mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    ]
    inside = [(p.replace("\\040", " "), kind) for p, kind in points if _is_inside(path, p.replace("\\040", " "))]
    kind = max(reversed(inside), key=lambda mount: len(mount[0]), default=("", ""))[1]
    return kind.removeprefix("fuse.") if kind != "fuse.sshfs" else "nfs"


def _is_inside(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")
