"""Answers kept as they were sent: the book of a server never changes, so the same question has the same answer."""

from __future__ import annotations

from collections import OrderedDict

from cardhouse.web.guard import App, Message, Receive, Scope, Send

MOST_BYTES = 64_000_000
"""Bytes of answers kept; the one not asked for longest goes first."""
LARGEST = 4_000_000
NEVER = ("/api/runs",)
"""Routes whose answers change while the server runs."""


class Kept:
    """ASGI middleware that answers again what it has answered before; one event loop runs it, so it needs no locks."""

    def __init__(self, app: App, most: int = MOST_BYTES) -> None:
        self._app = app
        self._most = most
        self._answers: OrderedDict[tuple[str, bytes], list[Message]] = OrderedDict()
        self._bytes = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from what is kept, or pass on and keep what comes back."""
        path = str(scope.get("path", ""))
        asked = scope["type"] == "http" and scope["method"] == "GET" and path.startswith("/api/")
        if not asked or path.startswith(NEVER):
            await self._app(scope, receive, send)
            return
        key = (path, bytes(scope["query_string"]))
        if key in self._answers:
            self._answers.move_to_end(key)
            for message in self._answers[key]:
                await send(message)
            return
        sent: list[Message] = []

        async def keeping(message: Message) -> None:
            sent.append(message)
            await send(message)

        await self._app(scope, receive, keeping)
        self._keep(key, sent)

    def _keep(self, key: tuple[str, bytes], sent: list[Message]) -> None:
        """Keep a whole answer that is good and not too large."""
        size = _size(sent)
        if key in self._answers or not sent or sent[0].get("status") != 200 or size > min(LARGEST, self._most):
            return
        self._answers[key] = sent
        self._bytes += size
        while self._bytes > self._most:
            _, gone = self._answers.popitem(last=False)
            self._bytes -= _size(gone)


def _size(messages: list[Message]) -> int:
    return sum(len(message.get("body", b"")) for message in messages)
