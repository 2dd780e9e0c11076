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
        await self._app(scope, _limited(receive, self._settings.most_body), out)

    def _refused(self, path: str, headers: dict[str, str]) -> tuple[int, str] | None:
        s = self._settings
        host = (
            headers.get("host", "").rsplit(":", 1)[0] if not headers.get("host", "").endswith("]") else headers["host"]
        )
        if s.loopback and host.lower() not in self._hosts:
            return 421, f"this server answers to {s.host} only; open the address that it printed"
        length = headers.get("content-length", "0")
        if not length.isascii() or not length.isdigit() or int(length) > s.most_body:
            return 413, f"more than {s.most_body // 1_000_000} MB; send less"
        if s.token and path.startswith("/api/"):
            given = headers.get("authorization", "").removeprefix("Bearer ")
            if not hmac.compare_digest(given.encode(), s.token.encode()):
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


def _limited(receive: Receive, most: int) -> Receive:
    """Count what arrives: a body without a length, or longer than it said, is cut off."""
    seen = 0

    async def receiving() -> Message:
        nonlocal seen
        message = await receive()
        if message["type"] == "http.request":
            seen += len(message.get("body", b""))
            if seen > most:
                return {"type": "http.disconnect"}
        return message

    return receiving


async def _answer(send: Send, status: int, words: str) -> None:
    body = json.dumps({"error": words}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
