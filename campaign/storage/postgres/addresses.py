"""Addresses of databases: allowed parameters, sources of passwords, and when TLS must verify the server."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from typing import Any, NamedTuple

from psycopg import Error, pq
from psycopg.conninfo import conninfo_to_dict

from campaign.errors import SettingsFault

SCHEMES = ("postgresql://", "postgres://")
IN_KEYRING = "keyring"
KEYRING = "campaign-tracker"
"""The service name of the password in the keyring of the system."""
_FORBIDDEN = {
    "password": "A password never stands in an address: it would be seen in the list of processes and in histories. "
    "Keep it in ~/.pgpass, in a file (password_file) or in the keyring.",
    "service": "An address names its host itself; service= is not taken.",
    "options": "options= is not taken in an address.",
}
_HIDDEN = "A secret never stands in an address, and this one holds {}=. Keep it in files of your own."
_REDIRECTING = ("PGSERVICE", "PGHOSTADDR")
_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
_DEFAULTS = {
    "application_name": "campaign",
    "connect_timeout": "5",
    "keepalives_idle": "10",
    "keepalives_interval": "3",
    "keepalives_count": "3",
    "tcp_user_timeout": "10000",
}


class Address(NamedTuple):
    """The address of a database and the role. ``fields`` never contains a password."""

    fields: dict[str, Any]
    password_file: str = ""
    uses_keyring: bool = False

    @property
    def role(self) -> str:
        """The role that logs in."""
        return str(self.fields["user"])

    @property
    def hosts(self) -> list[str]:
        """The hosts, in the order they are tried."""
        return str(self.fields["host"]).split(",")

    @property
    def shown(self) -> str:
        """The address as shown to a person: role, hosts and database."""
        ports = str(self.fields.get("port", "")).split(",")
        port = f":{ports[0]}" if ports[0] and len(self.hosts) == 1 else ""
        return f"{self.role}@{','.join(self.hosts)}{port}/{self.fields['dbname']}"

    def parameters(self, **more: str) -> dict[str, Any]:
        """The parameters for the driver, with the stored password if any. Raises ``SettingsFault`` when it cannot be."""
        parameters = _DEFAULTS | _proof(self.hosts, self.fields) | self.fields | more
        parameters |= {"sslmode": _mode(self.hosts, self.fields), "gssencmode": "disable"}  # which would go before TLS
        password = self._password()
        return parameters | {"password": password} if password else parameters

    def _password(self) -> str:
        if self.password_file:
            return _from_file(Path(self.password_file))
        return _from_keyring(f"{self.role}@{self.hosts[0]}") if self.uses_keyring else ""


def address(text: str, kept_in: str = "", environ: Mapping[str, str] = {}) -> Address:
    """The address of a database. ``kept_in``, where its password is: ``keyring``, the path of a file, or nothing for ``.pgpass``.

    Raises ``SettingsFault`` for one that holds a password, leaves out role, host or database, or does not ask a
    server elsewhere to prove who it is. What was written is not repeated: it may hold a password all the same.
    """
    if environ.get("PGPASSWORD"):
        raise SettingsFault(
            "PGPASSWORD is set, and a variable is no place for a password: every program that is started sees it. "
            "Unset it, and keep the password in ~/.pgpass, in a file (password_file) or in the keyring."
        )
    for name in _REDIRECTING:
        if environ.get(name):
            raise SettingsFault(f"{name} is set, and would lead elsewhere than the address says. Unset it.")
    if not text.startswith(SCHEMES):
        raise SettingsFault(
            "The address of a database begins with postgresql://, as in postgresql://office_306@db.example/campaign"
        )
    fields = _parts(text)
    _check(fields)
    return Address(fields, "" if kept_in == IN_KEYRING else kept_in, kept_in == IN_KEYRING)


def _parts(text: str) -> dict[str, Any]:
    """The fields of an address, by name. An error of the driver quotes the address, so it is not passed on."""
    with suppress(Error, UnicodeDecodeError):  # %db is half a letter
        return {name: value for name, value in conninfo_to_dict(text).items() if value not in (None, "")}
    raise SettingsFault("The address of the database cannot be read. Write postgresql://ROLE@HOST/DATABASE")


def _secrets() -> set[str]:
    """The driver's parameters that are secrets."""
    hidden = {option.keyword.decode() for option in pq.Conninfo.get_defaults() if option.dispchar == b"*"}
    return hidden | {"scram_client_key", "scram_server_key"}


def _check(fields: Mapping[str, Any]) -> None:
    for name, reason in _FORBIDDEN.items():
        if name in fields:
            raise SettingsFault(reason)
    for name in sorted(_secrets() & fields.keys()):
        raise SettingsFault(_HIDDEN.format(name))
    missing = [
        word for name, word in (("user", "role"), ("host", "host"), ("dbname", "database")) if name not in fields
    ]
    if missing:
        raise SettingsFault(f"The address names no {' and no '.join(missing)}. Write postgresql://ROLE@HOST/DATABASE")
    _mode(str(fields["host"]).split(","), fields)


def _mode(hosts: list[str], fields: Mapping[str, Any]) -> str:
    """The TLS mode: a server on another machine is always verified."""
    mode = fields.get("sslmode", "prefer" if _is_here(hosts, fields) else "verify-full")
    if mode not in _MODES:
        raise SettingsFault(f"That is no sslmode. There are: {', '.join(_MODES)}.")
    if mode != "verify-full" and not _is_here(hosts, fields):
        raise SettingsFault(
            f"sslmode={mode} lets anybody on the way play the server. Leave it out, or write sslmode=verify-full."
        )
    return str(mode)


def _is_here(hosts: list[str], fields: Mapping[str, Any]) -> bool:
    return all(is_local(host) for host in [*hosts, *filter(None, str(fields.get("hostaddr", "")).split(","))])


def _proof(hosts: list[str], fields: Mapping[str, Any]) -> dict[str, str]:
    """The trusted certificates for a remote server: those of the system, unless the address names others."""
    names_certificates = "sslrootcert" in fields or Path("~/.postgresql/root.crt").expanduser().exists()
    return {} if names_certificates or _is_here(hosts, fields) else {"sslrootcert": "system"}


def is_local(host: str) -> bool:
    """Whether that host is this machine: a socket or a loopback address."""
    if host.startswith(("/", "@")) or host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _from_file(path: Path) -> str:
    try:
        if os.name == "posix" and path.expanduser().stat().st_mode & 0o077:
            raise SettingsFault(f"Others can read {path}. Keep it to yourself: chmod 600 {path}")
        content = path.expanduser().read_bytes()
    except OSError as fault:
        raise SettingsFault(f"The file with the password, {path}, cannot be read: {fault.strerror}.") from fault
    with suppress(UnicodeDecodeError):  # which holds all that was read
        return content.decode().rstrip("\r\n")
    raise SettingsFault(f"The file with the password, {path}, cannot be read: it is no text.")


def _from_keyring(user: str) -> str:
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError as fault:
        raise SettingsFault(
            "password_file is keyring, and the package keyring is not installed: campaign-tracker[keyring]."
        ) from fault
    try:
        password = keyring.get_password(KEYRING, user)
    except KeyringError as fault:
        raise SettingsFault("The keyring of this system cannot be read: it is locked, or there is none.") from fault
    if password is None:
        raise SettingsFault(f"The keyring holds no password. Put it there with: keyring set {KEYRING} {user}")
    return password
