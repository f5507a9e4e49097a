"""Who vouches for servers that speak TLS."""

import ssl
from pathlib import Path
from typing import NamedTuple

import trustme

from postgres_servers.runs import new_folder


class Authority(NamedTuple):
    """An authority of our own: ``file`` is what clients trust it by (``sslrootcert``)."""

    file: Path
    issuing: trustme.CA

    def certificate(self, *hosts: str) -> ssl.SSLContext:
        """What a server with these names, or addresses, proves itself by; ``localhost`` if it has none."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_alpn_protocols(["postgresql"])
        self.issuing.issue_cert(*(hosts or ["localhost"])).configure_cert(context)
        return context


def authority() -> Authority:
    """A new one, whom nobody trusts who does not have its file."""
    made = Authority(new_folder("authority") / "root.crt", trustme.CA())
    made.issuing.cert_pem.write_to_path(made.file)
    return made
