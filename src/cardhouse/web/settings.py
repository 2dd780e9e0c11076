"""What a server is told when it starts."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from ipaddress import ip_address

LOOPBACK_NAMES = ("localhost",)
MOST_BODY = 12_000_000
"""Bytes of a request: a price file of ten million bytes and what goes with it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """A server's book, address and limits.

    Attributes
    ----------
    folder, overlay : the user's book and rows laid over it; the embedded book where nothing is said.
    host, port : where it listens.
    token : what every request of data must carry; blank on loopback, where only this machine can ask.
    most_body : bytes of the largest request.
    jobs : long runs at a time. folder_of_runs : where they are kept while the server runs; made where blank.
    """

    folder: str | None = None
    overlay: str | None = None
    host: str = "127.0.0.1"
    port: int = 8351
    token: str = ""
    most_body: int = MOST_BODY
    jobs: int = 2
    folder_of_runs: str = ""

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach it."""
        return is_loopback(self.host)


def is_loopback(host: str) -> bool:
    """Whether an address or name is this machine's own."""
    if host in LOOPBACK_NAMES:
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def new_token() -> str:
    """A token that nobody can guess (256 bits)."""
    return secrets.token_urlsafe(32)
