"""Pages from the web: public addresses only, at every redirect, small and soon. No test touches the net."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from cardhouse.article import fetch as room
from cardhouse.article.fetch import MOST_BYTES, fetch, is_public
from cardhouse.errors import InputError


class FakeSocket:
    """A server's answer, read once."""

    def __init__(self, answer: bytes) -> None:
        import io

        self.file = io.BytesIO(answer)
        self.sent = b""

    def makefile(self, *_args: Any, **_kwargs: Any) -> Any:
        return self.file

    def sendall(self, data: bytes) -> None:
        self.sent += data

    def settimeout(self, _seconds: float) -> None:
        pass

    def close(self) -> None:
        pass


@pytest.fixture
def net(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Names and answers of a small make-believe internet; connections are counted."""
    world: dict[str, Any] = {"names": {"news.example": ["93.184.216.34"]}, "answers": [], "to": []}

    def names(host: str, port: int, **_kwargs: Any) -> list[Any]:
        if host not in world["names"]:
            raise socket.gaierror("unknown")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (number, port)) for number in world["names"][host]]

    def connect(address: tuple[str, int], **_kwargs: Any) -> FakeSocket:
        world["to"].append(address)
        return FakeSocket(world["answers"].pop(0))

    monkeypatch.setattr(socket, "getaddrinfo", names)
    monkeypatch.setattr(socket, "create_connection", connect)
    return world


def answer(body: bytes, *, status: str = "200 OK", kind: str = "text/html", more: str = "") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{more}\r\n"
    return head.encode() + body


def test_a_public_page_is_read_from_the_address_that_was_looked_at(net: dict[str, Any]) -> None:
    net["answers"] = [answer(b"<p>hello</p>")]
    page = fetch("http://news.example/a?b=1")
    assert (page.data, page.html) == (b"<p>hello</p>", True)
    assert net["to"] == [("93.184.216.34", 80)]


@pytest.mark.parametrize(
    "number",
    [
        "127.0.0.1",
        "10.1.2.3",
        "192.168.1.1",
        "172.16.0.9",
        "169.254.169.254",
        "0.0.0.0",  # noqa: S104 - an address to refuse
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "fe80::1",
        "fc00::1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "::",
        "not an address",
    ],
)
def test_local_and_private_addresses_are_not_public(number: str, net: dict[str, Any]) -> None:
    assert not is_public(number)
    net["names"]["inside.example"] = [number]
    with pytest.raises(InputError, match="local or private"):
        fetch("http://inside.example/")
    assert net["to"] == []


def test_one_private_address_among_public_ones_is_enough(net: dict[str, Any]) -> None:
    net["names"]["both.example"] = ["93.184.216.34", "127.0.0.1"]
    with pytest.raises(InputError, match="local or private"):
        fetch("https://both.example/")


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "ftp://news.example/a",
        "gopher://news.example/",
        "http://",
        "http:///path",
        "http://user:secret@news.example/",
        "http://news.example:22/",
        "http://news.example:99999/",
        "http://[::1/",
        "http://news.example/\r\nHost: evil",
        "http://news.example/ a",
        "http://" + "a" * 3000,
        "javascript:alert(1)",
        "data:text/html,hello",
    ],
)
def test_other_addresses_are_refused_without_a_connection(address: str, net: dict[str, Any]) -> None:
    with pytest.raises(InputError) as found:
        fetch(address)
    assert net["to"] == []
    assert "secret" not in str(found.value)
    assert "\n" not in str(found.value)


def test_a_redirect_inside_is_not_followed(net: dict[str, Any]) -> None:
    net["names"]["inside.example"] = ["10.0.0.1"]
    net["answers"] = [answer(b"", status="302 Found", more="Location: http://inside.example/keys\r\n")]
    with pytest.raises(InputError, match="local or private"):
        fetch("http://news.example/")
    assert len(net["to"]) == 1


@pytest.mark.parametrize("target", ["file:///etc/passwd", "http://169.254.169.254/latest", "http://localhost/"])
def test_a_redirect_to_a_file_or_a_number_is_not_followed(target: str, net: dict[str, Any]) -> None:
    net["names"] |= {"169.254.169.254": ["169.254.169.254"], "localhost": ["127.0.0.1"]}
    net["answers"] = [answer(b"", status="301 Moved", more=f"Location: {target}\r\n")]
    with pytest.raises(InputError):
        fetch("http://news.example/")
    assert len(net["to"]) == 1


def test_a_name_that_changes_its_mind_is_looked_at_again(net: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """The second look finds a private address: nothing is asked of it."""
    looks = iter((["93.184.216.34"], ["127.0.0.1"]))
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, port, **_k: [(2, 1, 6, "", (number, port)) for number in next(looks)],
    )
    net["answers"] = [answer(b"", status="302 Found", more="Location: /again\r\n")]
    with pytest.raises(InputError, match="local or private"):
        fetch("http://news.example/")
    assert net["to"] == [("93.184.216.34", 80)]


def test_redirects_end(net: dict[str, Any]) -> None:
    net["answers"] = [answer(b"", status="302 Found", more="Location: /again\r\n")] * 20
    with pytest.raises(InputError, match="redirects more than"):
        fetch("http://news.example/")


def test_large_pages_pictures_and_packed_answers_are_refused(net: dict[str, Any]) -> None:
    net["answers"] = [answer(b"x" * (MOST_BYTES + 10))]
    with pytest.raises(InputError, match="larger than"):
        fetch("http://news.example/")
    net["answers"] = [answer(b"GIF89a", kind="image/gif")]
    with pytest.raises(InputError, match="no text page"):
        fetch("http://news.example/")
    net["answers"] = [answer(b"\x1f\x8b", more="Content-Encoding: gzip\r\n")]
    with pytest.raises(InputError, match="no text page"):
        fetch("http://news.example/")


@pytest.mark.parametrize("raw", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 500 + b"\r\n"])
def test_broken_answers_are_one_sentence(raw: bytes, net: dict[str, Any]) -> None:
    net["answers"] = [raw]
    with pytest.raises(InputError, match="cannot be read"):
        fetch("http://news.example/")


def test_slow_pages_end(net: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MOST_SECONDS", -1.0)
    net["answers"] = [answer(b"late")]
    with pytest.raises(InputError, match="longer than"):
        fetch("http://news.example/")


def test_an_error_keeps_the_query_to_itself(net: dict[str, Any]) -> None:
    net["answers"] = [answer(b"", status="404 Not Found")]
    with pytest.raises(InputError, match="answers 404") as found:
        fetch("http://news.example/a?token=secret")
    assert "secret" not in str(found.value)


def test_a_server_that_drips_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """A byte of the head every now and then: each read is soon, the whole never ends."""
    import threading
    import time

    monkeypatch.setattr(room, "MOST_SECONDS", 0.5)
    monkeypatch.setattr(room, "public_addresses", lambda _host, _port: ("127.0.0.1",))
    done = threading.Event()
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        monkeypatch.setattr(room, "PORTS", {"http": listening.getsockname()[1]})

        def drip() -> None:
            peer, _ = listening.accept()
            with peer:
                try:
                    while not done.wait(0.05):
                        peer.sendall(b"H")
                except OSError:
                    return

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        begin = time.monotonic()
        with pytest.raises(InputError):
            fetch("http://news.example/")
        assert time.monotonic() - begin < 5
        done.set()
        thread.join()
