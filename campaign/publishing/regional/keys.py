"""The key that the offices of a region share, which hashes companies so that none is named in a contribution."""

from __future__ import annotations

import hmac
import os
import stat
from hashlib import sha256
from pathlib import Path

from campaign.errors import SettingsFault
from campaign.files.atomic import write_file

_LEAST, _MOST = 32, 1_024  # bytes
_FINGERPRINT, _COMPANY = 16, 32  # hexadecimal digits: 64 and 128 bits


class RegionKey:
    """The key of a region: HMAC-SHA256 (RFC 2104) of a word for each purpose and a text.

    The hash of a company reveals nothing without the key. With the key all of some 10**8 CVR numbers can be tried.
    """

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    @property
    def fingerprint(self) -> str:
        """The identity of the key, which does not reveal it: 64 bits, hexadecimal."""
        return self._of("fingerprint", "")[:_FINGERPRINT]

    def company(self, cvr: str) -> str:
        """The hash of the company with that CVR number: 128 bits, hexadecimal."""
        return self._of("company", cvr)[:_COMPANY]

    def signature(self, text: str) -> str:
        """The signature of a text: 256 bits, hexadecimal."""
        return self._of("signature", text)

    def _of(self, purpose: str, text: str) -> str:
        return hmac.new(self._secret, f"campaign region {purpose} {text}".encode(), sha256).hexdigest()


def new_key(path: Path, random: bytes) -> RegionKey:
    """Writes these random bytes as a key that this user alone can read. Never over a file; raises as ``put`` does."""
    write_file(path, f"{random.hex()}\n".encode(), mode=0o600)
    return RegionKey(random)


def read_key(path: Path) -> RegionKey:
    """The key in that file. Raises ``SettingsFault`` when others can read it too, and when it holds no key."""
    try:
        _check(path, os.stat(path))
        return RegionKey(_secret(path.read_text(encoding="ascii")))
    except OSError as fault:
        raise SettingsFault(f"The key {path} cannot be read: {fault.strerror}.") from fault
    except ValueError:
        raise SettingsFault(
            f"{path} holds no key: a line of at least {2 * _LEAST} hexadecimal digits. Make one: campaign collect "
            "--new-key FILE"
        ) from None  # what came before holds what was read


def _check(path: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode) or status.st_size > 2 * _MOST + 2:
        raise ValueError
    if os.name == "posix" and status.st_mode & 0o077:
        raise SettingsFault(f"Others can read {path}. Keep it to yourself: chmod 600 {path}")


def _secret(text: str) -> bytes:
    secret = bytes.fromhex(text)
    if len(secret) < _LEAST:
        raise ValueError
    return secret
