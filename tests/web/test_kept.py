"""Answers are kept as they were sent, good ones only, and no more of them than the limit."""

from __future__ import annotations

from typing import Any

import anyio

from cardhouse.web.kept import Kept


class Counting:
    """An app that says how often it was asked, in as many bytes as the query says."""

    def __init__(self, status: int = 200) -> None:
        self.status, self.calls = status, 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.calls += 1
        await send({"type": "http.response.start", "status": self.status, "headers": []})
        await send({"type": "http.response.body", "body": b"x" * int(scope["query_string"] or b"1")})


def ask(kept: Kept, path: str, query: bytes = b"", method: str = "GET") -> bytes:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    anyio.run(kept, {"type": "http", "path": path, "method": method, "query_string": query}, None, send)
    return b"".join(message.get("body", b"") for message in sent)


def test_the_same_question_is_computed_once() -> None:
    app = Counting()
    kept = Kept(app)
    assert ask(kept, "/api/pull", b"5") == ask(kept, "/api/pull", b"5") == b"x" * 5
    assert app.calls == 1
    ask(kept, "/api/pull", b"6")
    assert app.calls == 2


def test_runs_pages_and_what_is_sent_in_are_never_kept() -> None:
    app = Counting()
    kept = Kept(app)
    for path, method in (("/api/runs/abc", "GET"), ("/map", "GET"), ("/api/live", "POST")):
        before = app.calls
        ask(kept, path, method=method)
        ask(kept, path, method=method)
        assert app.calls == before + 2, path


def test_a_mistake_is_not_kept() -> None:
    app = Counting(status=400)
    kept = Kept(app)
    ask(kept, "/api/pull")
    ask(kept, "/api/pull")
    assert app.calls == 2


def test_the_answer_not_asked_for_longest_goes_first() -> None:
    app = Counting()
    kept = Kept(app, most=100)
    ask(kept, "/api/a", b"40")
    ask(kept, "/api/b", b"40")
    ask(kept, "/api/a", b"40")  # asked for again, so b is the older one now
    ask(kept, "/api/c", b"40")
    assert app.calls == 3
    ask(kept, "/api/a", b"40")
    assert app.calls == 3
    ask(kept, "/api/b", b"40")
    assert app.calls == 4
    ask(kept, "/api/d", b"101")  # larger than all there is room for
    ask(kept, "/api/d", b"101")
    assert app.calls == 6
