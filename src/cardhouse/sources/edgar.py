"""EDGAR over the network, through edgartools: who is asking, how often, how much, and where it may lead.

The library brings the identity that the SEC asks for, the pace, and the list of tickers; the limits on
size, time and redirects are kept here.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any
from urllib.parse import urljoin, urlsplit

from cardhouse.book.faults import shown
from cardhouse.errors import InputError

VARIABLE = "CARDHOUSE_IDENTITY"
"""Environment variable that names who is asking."""
QUESTIONS_A_SECOND = 5
"""Half of what the SEC allows one user."""
MOST_BYTES = 100_000_000
"""Largest answer read, unpacked; that of a large bank has some 30 million."""
MOST_SECONDS = 120.0
"""Longest time for an answer with all its redirects."""
MOST_REDIRECTS = 3
"""Redirects that are followed, all of them inside sec.gov."""
INSTEAD = "or write the filing's figures into an overlay by hand (docs/book.md)"

_IDENTITY = re.compile(r"[\x21-\x7e][\x20-\x7e]*\s[\x21-\x3f\x41-\x7e]+@[\w\-]+(\.[\w\-]+)+", re.ASCII)
_STATUS = {
    403: f"it wants a real name and e-mail ({VARIABLE} or --identity), or was asked too often; wait ten minutes",
    404: "it has no company facts under this number; funds, private firms and some foreign filers have none",
    429: "it was asked too often; wait ten minutes",
}


def check_identity(identity: str | None) -> str:
    """Return the identity that the SEC asks for, or say how to give it.

    Raises
    ------
    InputError : none, or one without a name and an e-mail address.
    """
    found = (identity or "").strip()
    if len(found) <= 200 and _IDENTITY.fullmatch(found):
        return found
    said = f"{shown(found)} does not say who asks" if found else "the SEC wants to know who asks"
    raise InputError(
        f"{said}; expected a name and an e-mail address in Latin letters; "
        f'say --identity "Jane Doe jane@example.com" or set {VARIABLE} to that'
    )


def find_cik(ticker: str) -> int | None:
    """Return the SEC's number of a listed filer by its ticker, from the list that edgartools carries; None if unknown.

    Raises
    ------
    InputError : edgartools is not installed.
    """
    lookup = _library("edgar.reference.tickers").get_company_cik_lookup()
    number = lookup.get(ticker.strip().upper().replace(".", "-"))
    return None if number is None else int(number)


def find_ticker(cik: int) -> str:
    """Return a ticker of a filer by its number; blank where edgartools' list has none.

    Raises
    ------
    InputError : edgartools is not installed.
    """
    return str(_library("edgar.reference.tickers").get_cik_ticker_lookup().get(cik, ""))


@contextmanager
def connected(identity: str) -> Iterator[Any]:
    """Open edgartools' client, an httpx client that keeps the pace and says who is asking; nothing is kept on disk.

    Raises
    ------
    InputError : edgartools is not installed.
    """
    library = _library("edgar.httpclient")
    _library("edgar").set_identity(identity)
    manager = library.get_http_mgr(cache_enabled=False, request_per_sec_limit=QUESTIONS_A_SECOND)
    try:
        with manager.http_client() as client:
            yield client
    finally:
        manager.close()


def company_facts(cik: int, client: Any) -> bytes:
    """Ask for all figures of a filer.

    Parameters
    ----------
    cik : the SEC's number of the filer.
    client : an httpx client, usually that of :func:`connected`.

    Returns
    -------
    bytes : JSON, not yet read.

    Raises
    ------
    InputError : the network cannot be reached, the SEC refuses, the answer is too large or too slow, or it
        leads outside sec.gov.
    """
    address = str(_library("edgar.urls").build_company_facts_url(cik))
    deadline = time.monotonic() + MOST_SECONDS
    errors = import_module("httpx")
    try:
        for _ in range(MOST_REDIRECTS + 1):
            step = _once(client, _inside(address), deadline)
            if isinstance(step, bytes):
                return step
            address = urljoin(address, step)
    except (errors.HTTPError, errors.InvalidURL, OSError) as error:
        raise InputError(
            f"data.sec.gov cannot be reached ({type(error).__name__}); check the connection and try again, {INSTEAD}"
        ) from error
    raise InputError(f"data.sec.gov redirects more than {MOST_REDIRECTS} times; try again later, {INSTEAD}")


def _once(client: Any, address: str, deadline: float) -> bytes | str:
    """One question: the answer, or where it leads."""
    with client.stream("GET", address, follow_redirects=False) as answer:
        if answer.has_redirect_location:
            return str(answer.headers["location"])
        if answer.status_code != 200:
            why = _STATUS.get(answer.status_code, "try again later")
            raise InputError(f"data.sec.gov answers {answer.status_code}: {why}")
        data = bytearray()
        for piece in answer.iter_bytes():
            data += piece
            if len(data) > MOST_BYTES:
                raise InputError(f"the answer of data.sec.gov is larger than {MOST_BYTES // 1_000_000} MB; not read")
            if time.monotonic() > deadline:
                raise InputError(f"data.sec.gov took longer than {MOST_SECONDS:.0f} seconds; try again later")
        return bytes(data)


def _inside(address: str) -> str:
    """Return an address of sec.gov; any other is refused."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    if parts.scheme != "https" or port not in (None, 443) or not (host == "sec.gov" or host.endswith(".sec.gov")):
        raise InputError(f"the question was led to {shown(address)}, outside https://sec.gov; not followed")
    return address


def _library(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError as error:
        raise InputError('EDGAR is read by the package edgartools: pip install "cardhouse[sources]"') from error
    except OSError as error:
        raise InputError(
            f"edgartools cannot make its folder ({error.strerror}); set EDGAR_LOCAL_DATA_DIR to a folder of your own"
        ) from error
