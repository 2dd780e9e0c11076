"""What stands before every request: host, token, size, and the headers of every answer.

No cookies are set or read. A page of another site can neither read answers (no CORS header is given) nor reach the
server by a name of its own (the Host must be this server's), so on loopback no token is needed; beyond it one is.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from cardhouse.web.settings import Settings

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

HEADERS = (
    (
        "content-security-policy",
        "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; "
        "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("x-frame-options", "DENY"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), microphone=(), geolocation=()"),
)
"""Inline styles are allowed for the SVG that charts draw; scripts come from files of the package alone."""
LOCAL = frozenset({"localhost", "127.0.0.1", "[::1]"})


class Guard:
    """ASGI middleware in front of the app."""

    def __init__(self, app: App, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        self._hosts = LOCAL | {_bracketed(settings.host)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or pass on with a limit on the body and headers on the answer."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        refused = self._refused(str(scope["path"]), headers)
        out = _with_headers(send)
        if refused:
            await _answer(out, *refused)
            return
        limit = _Limit(receive, out, self._settings.most_body)
        await self._app(scope, limit.receive, limit.send)

    def _refused(self, path: str, headers: dict[str, str]) -> tuple[int, str] | None:
        s = self._settings
        named = headers.get("host", "")
        host = named if named.endswith("]") else named.rsplit(":", 1)[0]
        if s.loopback and host.lower() not in self._hosts:
            return 421, f"this server answers to {s.host} only; open the address that it printed"
        length = headers.get("content-length", "0")
        if not length.isascii() or not length.isdigit() or int(length) > s.most_body:
            return 413, too_large(s.most_body)
        if s.token and path.startswith("/api/"):
            given = headers.get("authorization", "")
            if not hmac.compare_digest(given.encode(), f"Bearer {s.token}".encode()):
                return (
                    401,
                    "this server is open to the network and asks for its token; open the address that it printed",
                )
        return None


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host.lower()


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            have = {name.lower() for name, _ in message["headers"]}
            more = [(n.encode(), v.encode()) for n, v in HEADERS if n.encode() not in have]
            message = {**message, "headers": [*message["headers"], *more]}
        await send(message)

    return sending


def too_large(most: int) -> str:
    """What a request that is too large is told."""
    return f"the request is larger than {most / 1e6:g} MB; send less"


class _Limit:
    """Count what arrives: a body without a length, or longer than it said, is cut off and answered with 413."""

    def __init__(self, receive: Receive, send: Send, most: int) -> None:
        self._receive, self._send, self._most = receive, send, most
        self._seen = 0
        self._answered = False

    async def receive(self) -> Message:
        """The next part of the request, or its end where it is too large."""
        message = await self._receive()
        if message["type"] == "http.request":
            self._seen += len(message.get("body", b""))
            if self._seen > self._most:
                return {"type": "http.disconnect"}
        return message

    async def send(self, message: Message) -> None:
        """The app's answer, or 413 in its place."""
        if self._seen <= self._most:
            await self._send(message)
        elif not self._answered:
            self._answered = True
            await _answer(self._send, 413, too_large(self._most))


async def _answer(send: Send, status: int, words: str) -> None:
    body = json.dumps({"error": words}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
