"""What stands between clients and a server and looks like the server: plain, speaking TLS, or losing answers."""

import asyncio
import ssl
from asyncio import IncompleteReadError, StreamReader, StreamWriter
from collections.abc import Coroutine
from contextlib import suppress
from enum import Enum, auto
from pathlib import Path
from threading import Thread
from typing import Any, Protocol, Self, TypeVar

from postgres_servers.addresses import LOOPBACK, address
from postgres_servers.authorities import Authority, authority
from postgres_servers.messages import (
    CANCEL,
    GSS,
    TLS,
    Said,
    Side,
    asks_for_rows,
    first_of,
    message,
    opening,
    refusal,
    stream,
)

__all__ = ["Authority", "Behind", "CuttingFront", "Front", "TlsFront", "authority"]

_T = TypeVar("_T")


class Behind(Protocol):
    """What a front may stand before: a server, or another front."""

    port: int

    @property
    def passfile(self) -> Path:
        """Where libpq finds the passwords."""


class Front:
    """Passes on whatever clients and the server say to each other, at a port of its own, until it is closed.

    It is a thread of this process, and waits as well while libpq itself waits in C: ``pgconn.get_result`` and
    ``pgconn.exec_`` through a front may never return. psycopg's connections and cursors wait in Python.
    """

    host = LOOPBACK  # by which clients call it, unless they say otherwise

    def __init__(self, behind: Behind) -> None:
        """Takes connections at once; each makes one to what is behind."""
        self._behind = behind
        self._talks: set[asyncio.Task[Any]] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name=type(self).__name__, daemon=True)
        self._thread.start()
        self._listening = self._wait_for(asyncio.start_server(self._talk, LOOPBACK, 0))
        self.port: int = self._listening.sockets[0].getsockname()[1]

    @property
    def passfile(self) -> Path:
        """That of the server."""
        return self._behind.passfile

    def address(self, role: str, database: str = "campaign", **params: str) -> str:
        """As the server's, but here."""
        return address(self.port, role, database, {"host": self.host, "passfile": str(self.passfile)} | params)

    def close(self) -> None:
        """Drops all connections and takes no more; twice is as good as once."""
        if not self._loop.is_closed():
            self._wait_for(self._hang_up())
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def _greet(self, client: Side) -> bytes | None:
        """Agrees with the client on how to talk: what it said that is for the server, or None if that was all."""
        return b""

    async def _pass_on(self, client: Side, server: Side) -> None:
        """Returns when the connection is over."""
        await first_of(stream(client, server), stream(server, client))

    async def _talk(self, reader: StreamReader, writer: StreamWriter) -> None:
        talk = asyncio.current_task()
        assert talk is not None
        self._talks.add(talk)
        client = Side(reader, writer, writer.transport)
        with suppress(OSError, IncompleteReadError, asyncio.CancelledError):
            if (greeting := await self._greet(client)) is not None:
                await self._introduce(client, greeting)
            await client.has_heard()
        client.drop()
        self._talks.remove(talk)

    async def _introduce(self, client: Side, greeting: bytes) -> None:
        reader, writer = await asyncio.open_connection(LOOPBACK, self._behind.port)
        server = Side(reader, writer, writer.transport)
        try:
            await server.hears(greeting)
            await self._pass_on(client, server)
            await server.has_heard()
        finally:
            server.drop()

    async def _hang_up(self) -> None:
        self._listening.close()
        for talk in self._talks:
            talk.cancel()
        while self._talks:
            await asyncio.sleep(0.001)
        for _ in range(3):  # a socket is closed in the round after the one that drops it, with TLS one later
            await asyncio.sleep(0)

    def _wait_for(self, work: Coroutine[Any, Any, _T]) -> _T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()


class TlsFront(Front):
    """Speaks TLS with clients of libpq and plainly with the server, and refuses clients that do not ask for TLS.

    They have to ask as all do unless told otherwise (``sslnegotiation=postgres``). The server does not know:
    ``pg_stat_ssl`` says no, and channel binding, which takes its certificate, is not on offer.
    """

    host = "localhost"

    def __init__(self, server: Behind, certificate: ssl.SSLContext) -> None:
        """The certificate is what ``Authority.certificate`` gives."""
        self._certificate = certificate
        super().__init__(server)

    async def _greet(self, client: Side) -> bytes | None:
        while (opened := await opening(client.reader))[4:8] == GSS:
            client.writer.write(b"N")
        if opened[4:8] == TLS:
            client.writer.write(b"S")
            await client.writer.start_tls(self._certificate)
            return b""
        if opened[4:8] == CANCEL:
            return opened  # a server takes it from everybody
        client.writer.write(refusal("28000", "this server takes connections with TLS only"))
        return None


class _Cut(Enum):
    STATEMENT = auto()
    ANSWER = auto()


class CuttingFront(Front):
    """Passes all on, until told to lose something: a statement on its way to the server, or the answer to one.

    A statement is known by bytes in its text or its values; a prepared one by the text that it was prepared from.
    ``cuts`` is the number of connections that were cut.
    """

    def __init__(self, server: Behind) -> None:
        """Cuts nothing by itself."""
        self.cuts = 0
        self._plan: tuple[_Cut, bytes] | None = None
        self._flowing = asyncio.Event()
        self._flowing.set()
        super().__init__(server)

    def cut_next_answer(self, after: bytes) -> None:
        """The next statement with these bytes is carried out, and its client hears nothing but that it is cut off.

        Within a transaction the server undoes it then, as nobody commits: cut ``COMMIT`` to have it done.
        """
        self._plan = (_Cut.ANSWER, after)

    def cut_before(self, after: bytes) -> None:
        """The next statement with these bytes is not carried out, and its client is cut off."""
        self._plan = (_Cut.STATEMENT, after)

    def freeze(self) -> None:
        """From now on nothing passes in either direction, and nobody is told."""
        self._wait_for(self._let_pass(False))

    def thaw(self) -> None:
        """All passes again; first what was said meanwhile, even by a client that has given up."""
        self._wait_for(self._let_pass(True))

    async def _let_pass(self, flowing: bool) -> None:
        if flowing:
            self._flowing.set()
        else:
            self._flowing.clear()

    async def _greet(self, client: Side) -> bytes | None:
        while (opened := await opening(client.reader))[4:8] in (TLS, GSS):
            client.writer.write(b"N")
        await self._flowing.wait()
        return opened

    async def _pass_on(self, client: Side, server: Side) -> None:
        talk = Said()
        await first_of(self._questions(client, server, talk), self._answers(server, client, talk))

    async def _questions(self, client: Side, server: Side, talk: Said) -> None:
        while said := await message(client.reader):
            await self._flowing.wait()
            cut = self._planned(talk.statement(said))
            if cut is _Cut.STATEMENT:
                self.cuts += 1
                return
            if cut is _Cut.ANSWER:
                talk.lost = talk.asked
            talk.ask(said)
            await server.hears(said)

    async def _answers(self, server: Side, client: Side, talk: Said) -> None:
        while said := await message(server.reader):
            await self._flowing.wait()
            lost = talk.answered == talk.lost
            talk.answer(said)
            if not lost or asks_for_rows(said):
                await client.hears(said)
            elif talk.answered != talk.lost:
                self.cuts += 1
                return

    def _planned(self, statement: bytes) -> _Cut | None:
        """What is to be done about this statement. It is done once."""
        if not statement or self._plan is None or self._plan[1] not in statement:
            return None
        (cut, _), self._plan = self._plan, None
        return cut
