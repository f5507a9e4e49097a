"""One connection to the database for a process: its role, the version of the tables, and translated errors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar

import psycopg
from psycopg import errors

from campaign.errors import SettingsFault, StoreFault
from campaign.retry import tries
from campaign.storage.ports import Access, AccessDenied
from campaign.storage.postgres.addresses import Address, is_local

VERSION = 3
"""The version of the tables this program knows (``schema/``)."""
VIEWS, TOTALS = "campaign_views", "campaign_totals"
FEEDS = ("coordinator", "protection")
"""The roles that may fill read models: they see all that was logged."""
SEES_ALL = (*FEEDS, "backup")
PATIENCE = 15.0
"""Seconds; the promotion of a standby took about one, a restart of the server two."""
PAUSE = 0.2
_OLDEST = 160000
T = TypeVar("T")


class Unreachable(StoreFault):
    """The database does not answer now."""


class ConnectionLost(Exception):
    """The connection broke during a statement, whose outcome is unknown."""


class Who(NamedTuple):
    """As whom this process is in the database. ``kind``: office, coordinator, region, reader, protection or backup."""

    kind: str
    office: str
    region: str
    views_shape: str
    rehearsal: bool
    standby: bool


class Connection:
    """A connection that is opened at the first use, and again after it broke."""

    def __init__(self, address: Address, reads_only: bool = False) -> None:
        self.address, self.reads_only = address, reads_only
        self._current: psycopg.Connection[Any] | None = None
        self._who: Who | None = None
        self.times = 0
        """How often it was opened: after a break another server may answer, which has fewer rows."""

    @property
    def who(self) -> Who:
        """The role that logged in. Raises ``SettingsFault`` for an unsuitable role or database."""
        if self._who is None:
            self.patiently(lambda connection: None)
        assert self._who is not None
        return self._who

    @property
    def access(self) -> Access:
        """What the role may see and log."""
        kind, office, region, *_ = self.who
        return Access(self.address.role, kind, office, region, kind in SEES_ALL)

    def fetch(self, statement: str, values: Sequence[Any] = ()) -> list[Any]:
        """The rows of a query; run again when the connection breaks."""
        return self.patiently(lambda connection: connection.execute(statement, values).fetchall())

    def patiently(self, work: Callable[[psycopg.Connection[Any]], T]) -> T:
        """Runs idempotent ``work``, again on a new connection when an established one breaks."""
        for is_last in tries(PATIENCE, PAUSE):
            try:
                return self.once(work)
            except (ConnectionLost, Unreachable) as fault:
                if self._who is None:
                    raise
                if is_last:
                    raise Unreachable(f"{self._named} broke off, and cannot be reached again. Try again.") from fault
        raise AssertionError("the last try ends in an answer or a fault")

    def once(self, work: Callable[[psycopg.Connection[Any]], T]) -> T:
        """Does it on the connection. Raises ``Gone`` when that broke on the way, ``Unreachable`` when there is none."""
        connection = self._connected()
        try:
            return work(connection)
        except psycopg.Error as fault:
            if connection.broken or connection.closed or isinstance(fault, _ENDING):
                self.close()
                raise ConnectionLost from fault
            raise translated(fault, self._named) from fault

    def close(self) -> None:
        """Ends the connection; the next statement makes another."""
        connection, self._current = self._current, None
        if connection is not None:
            connection.close()

    @property
    def _named(self) -> str:
        return f"The database {self.address.shown}"

    def _connected(self) -> psycopg.Connection[Any]:
        if self._current is None or self._current.closed:
            connection = self.open()
            try:
                self._who = _identified(connection, self.address)
            except psycopg.OperationalError as fault:
                connection.close()
                raise Unreachable(f"{self._named} broke off. Try again.") from fault
            except BaseException:
                connection.close()
                raise
            self._current = connection
            self.times += 1
        return self._current

    def open(self, **more: str) -> psycopg.Connection[Any]:
        """A separate connection; every statement is a transaction."""
        if self.reads_only and len(self.address.hosts) > 1:
            more.setdefault("target_session_attrs", "prefer-standby")
        return connect(self.address, **more)


def connect(address: Address, **more: str) -> psycopg.Connection[Any]:
    """A connection to that address; the role is not checked. Raises ``SettingsFault`` or ``Unreachable`` with a sentence."""
    if len(address.hosts) > 1:
        more.setdefault("target_session_attrs", "read-write")
    try:
        return psycopg.connect(**address.parameters(**more), autocommit=True)
    except psycopg.Error as fault:
        raise _connection_error(fault, address) from fault


_ENDING = (errors.AdminShutdown, errors.CrashShutdown, errors.CannotConnectNow, errors.IdleInTransactionSessionTimeout)
_REFUSED = (
    ("password authentication failed", "refuses the password of {role}, or knows no such role"),
    ("no password supplied", "wants a password, and none is kept for {role}: see ~/.pgpass, password_file, keyring"),
    ("is not permitted to log in", "knows {role} as no role that logs in"),
    ("permission denied", "does not let {role} in"),
    ('FATAL:  role "', "knows no role {role}"),
    ('FATAL:  database "', "is not there"),
    *(
        (sign, "cannot be found by that address: a value in it is none")
        for sign in ("is bad: invalid", "could not match", "bad value for")
    ),
    ("no pg_hba.conf entry", "does not let {role} in from here"),
    ("server does not support SSL", "offers no TLS, and goes over a network: nobody could tell who answers"),
    ("does not match host name", "shows a certificate for another host name"),
    ("certificate verify failed", "shows a certificate that has run out, or that nobody known here has signed"),
    ("certificate", "cannot prove who it is: its certificate or ours cannot be used"),
)


def _connection_error(fault: psycopg.Error, address: Address) -> Exception:
    message, database = str(fault), f"The database {address.shown}"
    for sign, sentence in _REFUSED:
        if sign in message and "the database system is" not in message:
            return SettingsFault(f"{database} {sentence.format(role=address.role)}.")
    return Unreachable(f"{database} cannot be reached now: {_reason(message)}. Try again.")


def _reason(message: str) -> str:
    if "read-only" in message or "not accept" in message:
        return "no host of the address takes entries"
    if "timeout" in message or "timed out" in message:
        return "it does not answer"
    if "refused" in message:
        return "nothing listens there"
    if any(sign in message for sign in ("too many", "connection slots")):
        return "it takes no more connections"
    if "the database system is" in message:
        return "it is starting or stopping"
    return "the host is unknown" if "resolve host" in message or "translate host" in message else "the network failed"


_IDENTITY = """
    SELECT r.rolsuper, r.rolbypassrls, pg_is_in_recovery(),
        coalesce(pg_has_role(r.oid, s.nspowner, 'MEMBER'), false),
        coalesce(has_schema_privilege(s.oid, 'USAGE'), false), s.oid IS NOT NULL
    FROM pg_roles r LEFT JOIN pg_namespace s ON s.nspname = 'campaign' WHERE r.rolname = session_user
"""


def _identified(connection: psycopg.Connection[Any], address: Address) -> Who:
    """The role that logged in, after all checks of it and of the database."""
    row: Any = connection.execute(_IDENTITY).fetchone()
    is_super, bypasses, standby, owns, may_use, is_set_up = row
    refuse_superuser(address.role, is_super, bypasses)
    _check_tls(connection, address)
    if owns:
        raise SettingsFault(
            f"{address.role} owns the tables, and is for campaign init --server and campaign move only."
        )
    if not is_set_up:
        raise SettingsFault(
            f"Nothing is set up in the database {address.shown}. Whoever runs it: campaign init --server"
        )
    greeting: Any = connection.execute("SELECT * FROM campaign.hello()").fetchone() if may_use else None
    if greeting is None or greeting[3] is None:
        raise SettingsFault(f"{address.role} has no part in this campaign. Whoever runs the database appoints it.")
    version, shape, rehearsal, kind, office, region = greeting
    refuse_other_version(version)
    return Who(kind, office, region, shape, rehearsal, standby)


def refuse_superuser(role: str, is_super: bool, bypasses: bool) -> None:
    """Raises ``SettingsFault`` for a role that row security does not restrict."""
    if is_super:
        raise SettingsFault(
            f"{role} is a superuser, whom nothing is refused. Log in as an office, a coordinator or a region."
        )
    if bypasses:
        raise SettingsFault(f"{role} bypasses row security, so it would see all offices. Log in as another role.")


def refuse_other_version(version: int | None) -> None:
    """Raises ``SettingsFault`` for tables of a newer version, or of an older one that must be migrated."""
    if version is not None and version > VERSION:
        raise SettingsFault(
            f"A newer version set up this database (tables {version}, this one knows {VERSION}). Upgrade first."
        )
    if version is not None and version < VERSION:
        raise SettingsFault(
            f"The database has tables of version {version}, and this is {VERSION}. Whoever runs it: campaign init --server"
        )


def refuse_old_server(version: int) -> None:
    """Raises ``SettingsFault`` for a PostgreSQL older than 16."""
    if version < _OLDEST:
        raise SettingsFault(f"PostgreSQL {version // 10000} is too old: 16 or newer is needed.")


def _check_tls(connection: psycopg.Connection[Any], address: Address) -> None:
    """Checks the established connection; the address was checked before."""
    host = connection.info.hostaddr or connection.info.host
    if not connection.pgconn.ssl_in_use and not is_local(host):
        raise SettingsFault(f"The database {address.shown} was reached over a network without TLS, and is left alone.")


def translated(fault: BaseException | None, database: str) -> Exception:
    """The refusal for a statement that failed; the error itself when only a bug raises it."""
    if not isinstance(fault, psycopg.Error):
        return StoreFault(f"{database} cannot be used.")
    if fault.sqlstate == "CT003":
        return AccessDenied(f"The database refuses that: {fault.diag.message_primary}.")
    if isinstance(fault, errors.InsufficientPrivilege):
        return AccessDenied("The database refuses that: this role may not.")
    if isinstance(fault, errors.LockNotAvailable):
        return StoreFault(f"{database} is busy. Try again.")
    if isinstance(fault, errors.DiskFull):
        return StoreFault(f"{database} has a full disk. Nothing was written.")
    if isinstance(fault, errors.ReadOnlySqlTransaction):
        return StoreFault(
            f"{database} is a standby, which only reads. Name the primary, or all hosts, in CAMPAIGN_DATABASE."
        )
    return fault
