"""``cardhouse serve`` as it is started: it says where it listens, who can reach it, and ends when it is told to."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import IPv4Address

import httpx
import pytest
from click.testing import CliRunner

from cardhouse.cli.serve import serve
from cardhouse.errors import BookError, InputError

EVERYWHERE = str(IPv4Address(0))


@contextmanager
def started(*more: str) -> Iterator[tuple[str, list[str]]]:
    """A server of its own process: its address, and all that it says before it serves."""
    running = subprocess.Popen(
        [sys.executable, "-m", "cardhouse", "serve", "--port", "0", *more], stdout=subprocess.PIPE, text=True
    )
    assert running.stdout is not None
    said = [running.stdout.readline()]
    while "Ctrl-C" not in said[-1]:
        said.append(running.stdout.readline())
    try:
        yield said[0].split()[-1], said
    finally:
        running.send_signal(signal.SIGINT)
        running.stdout.close()
        ended = running.wait(30)
    assert ended == 0


def test_on_this_machine_it_is_open_at_once_and_ends_with_ctrl_c() -> None:
    with started() as (address, said):
        assert len(said) == 2
        assert "token" not in address
        assert httpx.get(f"{address}api/about", timeout=60).json()["book_date"] == "2026-10-08"


def test_open_to_others_it_demands_a_token_and_says_so() -> None:
    with started("--host", EVERYWHERE) as (address, said):
        assert "other machines" in said[1]
        at, token = address.split("#token=")
        here = at.replace(EVERYWHERE, "127.0.0.1")
        assert httpx.get(f"{here}api/about", timeout=60).status_code == 401
        answer = httpx.get(f"{here}api/about", headers={"authorization": f"Bearer {token}"}, timeout=60)
        assert answer.status_code == 200


def test_it_ends_well_at_whatever_moment_of_its_start() -> None:
    """Ctrl-C as soon as the address is told, and while libraries are still loaded in the background."""
    for wait in (0.0, 0.3, 1.0):
        with started():
            time.sleep(wait)


def test_an_address_in_use_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = CliRunner().invoke(serve, ["--port", str(taken.getsockname()[1])])
    assert isinstance(done.exception, InputError)
    assert "choose another with --host or --port" in str(done.exception)


def test_a_day_is_chosen_on_the_pages() -> None:
    done = CliRunner().invoke(serve, ["--as-of", "2025-12-31"])
    assert (done.exit_code, "chosen on the pages" in done.output) == (2, True)


@pytest.mark.parametrize("port", ["-1", "65536", "eighty"])
def test_a_port_that_is_none_is_a_usage_error(port: str) -> None:
    assert CliRunner().invoke(serve, ["--port", port]).exit_code == 2


def test_a_book_that_is_not_there_is_told_before_anything_starts() -> None:
    done = CliRunner().invoke(serve, ["--book", "nowhere", "--port", "0"])
    assert isinstance(done.exception, BookError)
