"""What clients and servers of PostgreSQL say to each other, message by message (its documentation, chapter 54)."""

import asyncio
from asyncio import IncompleteReadError, StreamReader, StreamWriter, WriteTransport
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any, NamedTuple

# What a client may open with instead of a version: it calls off another one's statement, or asks how to talk.
CANCEL, TLS, GSS = ((80877102 + n).to_bytes(4, "big") for n in range(3))

_LONGEST_OPENING = 10_000  # bytes; the server's own limit
_BIND, _COPY_DONE, _COPY_FAIL, _PARSE, _QUERY = b"B", b"c", b"f", b"P", b"Q"
_ANSWERED_WITH_READY = b"QSF"  # Query, Sync, FunctionCall
_COPY_IN, _COPY_BOTH, _READY = b"G", b"W", b"Z"


class Side(NamedTuple):
    """One end of a connection: what it says, what it is told, and the socket below, whatever it speaks."""

    reader: StreamReader
    writer: StreamWriter
    socket: WriteTransport

    async def hears(self, said: bytes) -> None:
        """Passes this on, as fast as it can be taken."""
        self.writer.write(said)
        await self.writer.drain()

    async def has_heard(self) -> None:
        """Returns when the system has all that was passed on."""
        while self.socket.get_write_buffer_size() and not self.socket.is_closing():
            await asyncio.sleep(0.001)

    def drop(self) -> None:
        """At once, and without a word."""
        self.writer.transport.abort()
        self.socket.abort()


@dataclass
class Said:
    """How far client and server are on one connection. Questions and their answers are numbered from 0, the opening."""

    asked: int = 1
    answered: int = 0
    lost: int | None = None  # the number of the answer that is not to be passed on
    _statements: dict[bytes, bytes] = field(default_factory=dict)
    _asked_at_bind: int | None = None

    def ask(self, message: bytes) -> None:
        """The client said this."""
        kind, words = message[:1], message[5:].split(b"\0", 2)
        if kind == _PARSE:
            self._statements[words[0]] = words[1]
        elif kind == _BIND:
            self._asked_at_bind = self.asked
        elif kind == _QUERY:
            self._asked_at_bind = None
        elif kind in (_COPY_DONE, _COPY_FAIL) and self._asked_at_bind is not None:
            self.asked = self._asked_at_bind  # while it is given rows, a server is deaf to Sync
        self.asked += kind in _ANSWERED_WITH_READY

    def statement(self, message: bytes) -> bytes:
        """The text of the statement that this message has carried out, and its values; empty if it does not."""
        kind, body = message[:1], message[5:]
        if kind == _BIND:
            return self._statements.get(body.split(b"\0", 2)[1], b"") + body
        return body if kind == _QUERY else b""

    def answer(self, message: bytes) -> None:
        """The server said this."""
        self.answered += message[:1] == _READY


def asks_for_rows(message: bytes) -> bool:
    """Whether the server says this in the middle of a statement, which ends only after the client heard it."""
    return message[:1] in (_COPY_IN, _COPY_BOTH)


async def opening(reader: StreamReader) -> bytes:
    """The first message of a client, which has no kind; ConnectionError if it speaks something else."""
    length = await reader.readexactly(4)
    if not 8 <= int.from_bytes(length, "big") <= _LONGEST_OPENING:
        raise ConnectionError("not a client of PostgreSQL")
    return length + await reader.readexactly(int.from_bytes(length, "big") - 4)


async def message(reader: StreamReader) -> bytes:
    """A whole message: a kind, a length, a body. Empty at the end."""
    try:
        head = await reader.readexactly(5)
        return head + await reader.readexactly(int.from_bytes(head[1:], "big") - 4)
    except IncompleteReadError:
        return b""


def refusal(state: str, sentence: str) -> bytes:
    """What a server says before it hangs up."""
    body = f"SFATAL\0VFATAL\0C{state}\0M{sentence}\0\0".encode()
    return b"E" + (len(body) + 4).to_bytes(4, "big") + body


async def stream(speaker: Side, hearer: Side) -> None:
    """All that one side says, until it ends."""
    while said := await speaker.reader.read(1 << 16):
        await hearer.hears(said)


async def first_of(*works: Coroutine[Any, Any, None]) -> None:
    """Returns as soon as one of these does, and has the others stop."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in ended:
        task.result()
