"""A page from the web, for ``cardhouse check URL``: http and https only, public addresses only, small, and soon.

Names are resolved here, every address is looked at, and the connection goes to the very address that was looked
at, at each redirect anew: neither a name that points inside nor one that changes its mind reaches a private host.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import time
from contextlib import suppress
from dataclasses import dataclass
from threading import Timer
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from cardhouse.errors import InputError

MOST_BYTES = 5_000_000
"""Largest page read."""
MOST_SECONDS = 20.0
"""Longest time for a page with all its redirects."""
MOST_REDIRECTS = 5
"""Redirects that are followed."""
PORTS = {"http": 80, "https": 443}
"""Schemes that are read, with the only port of each."""
AGENT = "cardhouse (checks the figures of one article)"
SAFE = "/?&=%:@!$'()*+,;~#[]-._"
"""Characters of a path that stay as they are; others are percent-encoded."""
_TYPES = ("text/", "application/xhtml+xml", "application/xml")


@dataclass(frozen=True, slots=True)
class Page:
    """What came back: the bytes, where from after all redirects, and whether it calls itself HTML."""

    data: bytes
    address: str
    html: bool


def fetch(address: str) -> Page:
    """Read a public page.

    Raises
    ------
    InputError : not http or https, a port of its own, a name or password in it, a local or private address,
        too large, too slow, no text, or an answer other than success.
    """
    deadline = time.monotonic() + MOST_SECONDS
    for _ in range(MOST_REDIRECTS + 1):
        parts = _parts(address)
        step = _once(parts, address, deadline)
        if isinstance(step, Page):
            return step
        address = urljoin(address, step)
    raise InputError(f"{_short(address)} redirects more than {MOST_REDIRECTS} times; give the last address")


def _short(address: str) -> str:
    """An address as an error may repeat it: without query (it may hold a key), on one line, short."""
    plain = "".join(c if c.isprintable() else "?" for c in address.split("?", maxsplit=1)[0].split("#", maxsplit=1)[0])
    return repr(plain if len(plain) <= 80 else plain[:77] + "...")


def _parts(address: str) -> SplitResult:
    if not address.isprintable() or " " in address or len(address) > 2000:
        raise InputError("the address holds blanks or control characters, or is too long; expected http(s)://host/path")
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise InputError(f"{_short(address)} is no address; expected http(s)://host/path") from error
    if parts.scheme not in PORTS:
        raise InputError(f"{_short(address)}: only http and https are read; save other files and name the file")
    if parts.username is not None or parts.password is not None:
        raise InputError("an address with a name or a password in it is not read; expected http(s)://host/path")
    if not parts.hostname:
        raise InputError(f"{_short(address)} names no host; expected http(s)://host/path")
    if port is not None and port != PORTS[parts.scheme]:
        raise InputError(f"{_short(address)}: only the usual ports 80 and 443 are read")
    return parts


def public_addresses(host: str, port: int) -> tuple[str, ...]:
    """All addresses of a host, each of them public.

    Raises
    ------
    InputError : the name is unknown, or any of its addresses is local, private or reserved.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise InputError(f"{_short(host)} cannot be found; check the spelling and the connection") from error
    numbers = tuple(dict.fromkeys(str(entry[4][0]) for entry in found))
    for number in numbers:
        if not is_public(number):
            raise InputError(f"{_short(host)} is a local or private address; only public pages are read")
    if not numbers:
        raise InputError(f"{_short(host)} has no address")
    return numbers


def is_public(number: str) -> bool:
    """Whether an IP address is one of the open internet; forms that hide another address count as that one."""
    try:
        ip = ipaddress.ip_address(number.split("%", maxsplit=1)[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in ipaddress.ip_network("64:ff9b::/96"):
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_loopback or ip.is_link_local)


def _once(parts: SplitResult, address: str, deadline: float) -> Page | str:
    """One request: the page, or where it redirects to."""
    host = parts.hostname or ""
    number = public_addresses(host, PORTS[parts.scheme])[0]
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection = _connect(parts.scheme, host, number, _left(deadline, address))
        # a server that sends a byte now and then never runs into the timeout of a single read
        guard = Timer(_left(deadline, address), _cut, (connection,))
        guard.daemon = True
        guard.start()
        try:
            if isinstance(connection.sock, ssl.SSLSocket):
                connection.sock.do_handshake()
            headers = {"User-Agent": AGENT, "Accept": "text/html,text/plain", "Accept-Encoding": "identity"}
            connection.request("GET", quote(path, safe=SAFE), headers=headers)
            return _read(connection, connection.getresponse(), address, deadline)
        finally:
            guard.cancel()
            connection.close()
    except (OSError, http.client.HTTPException, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(
            f"{_short(address)} cannot be read ({type(error).__name__}); save the page as a file"
        ) from error


def _cut(connection: http.client.HTTPConnection) -> None:
    """End a connection whose time is over."""
    if connection.sock is not None:
        with suppress(OSError):
            connection.sock.shutdown(socket.SHUT_RDWR)


def _left(deadline: float, address: str) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise InputError(f"{_short(address)} took longer than {MOST_SECONDS:.0f} seconds; save the page as a file")
    return left


def _connect(scheme: str, host: str, number: str, seconds: float) -> http.client.HTTPConnection:
    """Connect to the address that was looked at, with the host's own name for its certificate."""
    connection = http.client.HTTPConnection(host, PORTS[scheme], timeout=seconds)
    raw = socket.create_connection((number, PORTS[scheme]), timeout=seconds)
    if scheme == "https":
        try:
            context = ssl.create_default_context()
            raw = context.wrap_socket(raw, server_hostname=host, do_handshake_on_connect=False)
        except BaseException:
            raw.close()
            raise
    connection.sock = raw
    return connection


def _read(
    connection: http.client.HTTPConnection, answer: http.client.HTTPResponse, address: str, deadline: float
) -> Page | str:
    if answer.status in (301, 302, 303, 307, 308):
        target = answer.headers.get("Location")
        if not target:
            raise InputError(f"{_short(address)} redirects to nowhere")
        return target
    if answer.status != 200:
        raise InputError(f"{_short(address)} answers {answer.status}; open it in a browser and save it as a file")
    kind = (answer.headers.get("Content-Type") or "text/html").lower()
    if not kind.startswith(_TYPES) or (answer.headers.get("Content-Encoding") or "identity").lower() != "identity":
        raise InputError(f"{_short(address)} is no text page; save it as text or HTML and name the file")
    data = bytearray()
    while True:
        seconds = _left(deadline, address)
        if connection.sock is not None:
            connection.sock.settimeout(seconds)
        piece = answer.read1(65536)
        if not piece:
            break
        data += piece
        if len(data) > MOST_BYTES:
            raise InputError(f"{_short(address)} is larger than {MOST_BYTES // 1_000_000} MB; save the article's text")
    return Page(bytes(data), address, "html" in kind)
