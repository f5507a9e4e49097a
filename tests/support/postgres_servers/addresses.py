"""Where clients find a server or what stands before it: ports, and addresses as libpq takes them."""

import random
import socket
from collections.abc import Iterator, Mapping
from urllib.parse import quote, urlencode

LOOPBACK = "127.0.0.1"


def address(port: int, role: str, database: str, params: Mapping[str, str]) -> str:
    """A URL without a password. Params are libpq's; a ``host`` among them is taken for a name of this machine."""
    host = params.get("host", LOOPBACK)
    here = {} if host in (LOOPBACK, "localhost") else {"hostaddr": LOOPBACK}
    others = {name: value for name, value in params.items() if name != "host"}
    query = urlencode(here | others, safe="/", quote_via=quote)
    return f"postgresql://{quote(role, safe='')}@{host}:{port}/{quote(database, safe='')}?{query}"


def free_ports() -> Iterator[int]:
    """Ports of 127.0.0.1 on which nobody listens now.

    They lie below those that the system gives to outgoing connections: there a client that keeps trying to reach a
    server that is down may in the end be connected to itself, or take the port for good.
    """
    while True:
        port = random.randrange(15_000, 32_000)
        with socket.socket() as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                tried.bind((LOOPBACK, port))
            except OSError:
                continue
        yield port
