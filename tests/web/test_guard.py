"""What stands before every request: only this host, the token beyond loopback, limits, and headers on every answer.

The guard is asked directly, as a server asks it (the ASGI specification), with an app behind it that counts its calls.
"""

from __future__ import annotations

import json
from ipaddress import IPv4Address
from typing import Any

import anyio
import pytest

from cardhouse.web.guard import HEADERS, Guard
from cardhouse.web.settings import Settings, is_loopback, new_token

SECRET = "-".join(("not", "guessed"))
EVERYWHERE = str(IPv4Address(0))
Answer = tuple[int, dict[str, str], Any]


class Behind:
    """An app that reads the whole body and says how long it was."""

    def __init__(self) -> None:
        self.calls = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.calls += 1
        size, more = 0, scope["type"] == "http"
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                break
            size += len(message.get("body", b""))
            more = message.get("more_body", False)
        body = json.dumps({"size": size}).encode()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": body})


def ask(
    settings: Settings,
    *,
    path: str = "/api/about",
    headers: dict[str, str] | None = None,
    body: list[bytes] | None = None,
) -> tuple[Answer, Behind]:
    """One request through the guard; the parts of the body come as they are given."""
    behind, sent = Behind(), []
    parts = list(body or [b""])
    raw = [(k.encode(), v.encode("latin-1")) for k, v in ({"host": "127.0.0.1:8351"} | (headers or {})).items()]
    scope = {"type": "http", "path": path, "method": "POST", "headers": raw}

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": parts.pop(0), "more_body": bool(parts)}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    anyio.run(Guard(behind, settings), scope, receive, send)
    start = sent[0]
    return (
        start["status"],
        {k.decode(): v.decode() for k, v in start["headers"]},
        json.loads(b"".join(m["body"] for m in sent[1:])),
    ), behind


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8351", "localhost:8351", "LOCALHOST", "[::1]", "[::1]:8351"])
def test_this_machine_is_answered_under_its_own_names(host: str) -> None:
    (status, _, _), behind = ask(Settings(), headers={"host": host})
    assert (status, behind.calls) == (200, 1)


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8351", "127.0.0.1.evil.example", "", "localhost.evil.example:80", "[::2]"]
)
def test_a_name_that_somebody_else_points_here_is_refused(host: str) -> None:
    """Otherwise a page of another site could read answers through a name of its own (DNS rebinding)."""
    (status, _, body), behind = ask(Settings(), headers={"host": host})
    assert (status, behind.calls) == (421, 0)
    assert "open the address that it printed" in body["error"]


def test_a_server_open_to_the_network_has_no_fixed_name() -> None:
    settings = Settings(host=EVERYWHERE, token=SECRET)
    (status, _, _), _ = ask(settings, headers={"host": "ten.example", "authorization": f"Bearer {SECRET}"})
    assert status == 200


@pytest.mark.parametrize(
    "given", [None, "", "Bearer", "Bearer ", "Bearer wrong", SECRET, f"Bearer {SECRET}x", f"Basic {SECRET}"]
)
def test_beyond_loopback_data_needs_the_token(given: str | None) -> None:
    settings = Settings(host="192.0.2.1", token=SECRET)
    (status, _, body), behind = ask(settings, headers={"authorization": given} if given is not None else {})
    assert (status, behind.calls) == (401, 0)
    assert "token" in body["error"]
    assert SECRET not in body["error"]


def test_a_token_that_is_no_ascii_is_refused_like_any_other() -> None:
    (status, _, _), _ = ask(Settings(host="192.0.2.1", token=SECRET), headers={"authorization": "Bearer s\xe9"})
    assert status == 401


def test_the_pages_hold_no_data_and_need_no_token() -> None:
    """The token stands in the fragment of the address, which a browser does not send; the page's script reads it."""
    (status, _, _), _ = ask(Settings(host="192.0.2.1", token=SECRET), path="/map")
    assert status == 200


def test_no_two_tokens_are_alike_and_none_is_short() -> None:
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert min(map(len, tokens)) >= 43  # 256 bits, six to a letter


@pytest.mark.parametrize(
    ("host", "own"),
    [("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("localhost", True), (EVERYWHERE, False), ("::", False),
     ("10.0.0.1", False), ("example.org", False)],
)  # fmt: skip
def test_what_is_loopback(host: str, own: bool) -> None:
    assert is_loopback(host) is own


def test_a_body_that_says_it_is_too_long_is_not_even_read() -> None:
    (status, _, body), behind = ask(Settings(most_body=100), headers={"content-length": "101"})
    assert (status, behind.calls) == (413, 0)
    assert "send less" in body["error"]


@pytest.mark.parametrize("length", ["-1", "abc", "1e9", "٣", "", "1 0"])
def test_a_length_that_is_no_number_is_refused(length: str) -> None:
    (status, _, _), behind = ask(Settings(), headers={"content-length": length.encode().decode("latin-1")})
    assert (status, behind.calls) == (413, 0)


@pytest.mark.parametrize("declared", [None, "5"])
def test_a_body_that_is_longer_than_it_said_is_cut_off(declared: str | None) -> None:
    """Sent in pieces without a length, or with a false one: the answer is 413 whatever the app behind says."""
    headers = {"content-length": declared} if declared else {"transfer-encoding": "chunked"}
    (status, _, body), _ = ask(Settings(most_body=100), headers=headers, body=[b"x" * 60, b"x" * 60, b"x" * 60])
    assert status == 413
    assert "larger than" in body["error"]


def test_a_body_of_exactly_the_limit_passes() -> None:
    (status, _, body), _ = ask(Settings(most_body=100), body=[b"x" * 60, b"x" * 40])
    assert (status, body) == (200, {"size": 100})


@pytest.mark.parametrize(
    "headers", [{}, {"host": "evil.example"}, {"content-length": "99999999"}], ids=["answer", "host", "size"]
)
def test_every_answer_carries_the_headers(headers: dict[str, str]) -> None:
    (_, got, _), _ = ask(Settings(), headers=headers)
    for name, value in HEADERS:
        assert got[name] == value


def test_scripts_come_from_this_server_alone() -> None:
    """The policy as the W3C's Content Security Policy 3 reads it: scripts fall back to default-src."""
    rules = dict(part.strip().split(" ", 1) for part in dict(HEADERS)["content-security-policy"].split(";"))
    assert rules["default-src"] == "'self'"
    assert "script-src" not in rules
    assert rules["frame-ancestors"] == rules["base-uri"] == rules["form-action"] == rules["object-src"] == "'none'"


def test_nothing_but_http_is_spoken() -> None:
    behind = Behind()
    anyio.run(Guard(behind, Settings()), {"type": "websocket", "path": "/", "headers": []}, None, None)
    assert behind.calls == 0
