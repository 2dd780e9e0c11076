"""Claims from a language model: believed only where they can be checked; the key is never told."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from cardhouse.article import extractor_llm as room
from cardhouse.article.claims import Article, ChangeKind, Sentence
from cardhouse.article.extractor_llm import Endpoint, checked_claim, extract_llm
from cardhouse.book import Book, embedded
from cardhouse.errors import InputError

TEXT = "Nvidia had revenue of $57.0 billion, up 62%. 净亏损约五亿元。"
GOOD = {
    "quote": "$57.0 billion",
    "entity": "Nvidia",
    "metric": "revenue",
    "start": "2025-07-28",
    "end": "2025-10-26",
    "value": 57000,
    "unit": "USD_million",
    "comparator": "=",
    "change_kind": "level",
}


@pytest.fixture(scope="module")
def book() -> Book:
    return embedded()


@pytest.fixture
def article() -> Article:
    sentence = Sentence(0, 0, len(TEXT), 0, len(TEXT), TEXT, 0)
    return Article("t", date(2025, 11, 20), "en", TEXT, TEXT, (sentence,), range(len(TEXT)))


class Handler(BaseHTTPRequestHandler):
    """Answers with what the test put on the server."""

    def do_POST(self) -> None:
        server: Any = self.server
        server.seen = (dict(self.headers), self.rfile.read(int(self.headers["Content-Length"])))
        status, body, extra = server.answer
        self.send_response(status)
        for name, value in extra.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: Any) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Any]:
    made: Any = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    made.base = f"http://127.0.0.1:{made.server_port}/v1"
    yield made
    made.shutdown()
    made.server_close()
    thread.join()


def said(items: Any) -> bytes:
    content = items if isinstance(items, str) else json.dumps(items)
    return json.dumps({"choices": [{"message": {"content": content}}]}).encode()


def test_a_model_fills_the_same_schema(server: Any, article: Article, book: Book) -> None:
    growth = {**GOOD, "quote": "62%", "value": 62, "unit": "percent", "change_kind": "yoy"}
    server.answer = (200, said("```json\n" + json.dumps([growth, GOOD]) + "\n```"), {})
    found = extract_llm(article, book, Endpoint(server.base, "small", "sk-secret"))
    assert [(c.quote, c.entity, c.metric, c.value) for c in found.claims] == [
        ("$57.0 billion", "nvidia", "revenue", 57000),
        ("62%", "nvidia", "revenue", 62),
    ]
    assert found.claims[1].change_kind is ChangeKind.YOY
    headers, body = server.seen
    assert headers["Authorization"] == "Bearer sk-secret"
    assert json.loads(body)["model"] == "small"


@pytest.mark.parametrize(
    "change",
    [
        {"quote": "$99 billion"},
        {"quote": "revenue"},
        {"quote": ""},
        {"quote": 57},
        {"quote": TEXT * 3},
        {"value": 58000},
        {"value": None},
        {"value": float("nan")},
        {"value": "57000"},
        {"value": True},
        {"value": 1e300},
        {"unit": "bananas"},
        {"unit": None},
        {"comparator": "!!"},
        {"change_kind": "guess"},
        {"start": "2025-10-26", "end": "2025-07-28"},
        {"end": "yesterday"},
        {"low": 1},
        {"start": ["2025"]},
    ],
)
def test_what_cannot_be_checked_is_refused(change: dict[str, Any], article: Article, book: Book) -> None:
    assert checked_claim(GOOD, article, book, set()) is not None
    assert checked_claim({**GOOD, **change}, article, book, set()) is None


def test_unknown_names_stay_unknown(article: Article, book: Book) -> None:
    found = checked_claim({**GOOD, "entity": "Acme", "metric": "charm"}, article, book, set())
    assert found is not None
    assert (found.entity, found.metric, found.entity_text) == (None, None, "Acme")


def test_one_place_is_claimed_once(article: Article, book: Book) -> None:
    assert checked_claim(GOOD, article, book, {(22, 35)}) is None


@pytest.mark.parametrize(
    ("status", "body", "extra"),
    [
        (401, b'{"error": "bad key sk-secret"}', {}),
        (500, b"", {}),
        (200, b"not json", {}),
        (200, b"[]", {}),
        (200, said("no claims here"), {}),
        (200, said("[{]"), {}),
        (200, said("[" * 100_000 + "]" * 100_000), {}),
        (200, json.dumps({"choices": [{"message": {"content": 5}}]}).encode(), {}),
        (302, b"", {"Location": "http://127.0.0.1:1/steal"}),
        (200, b"x" * 3_000_000, {}),
    ],
)
def test_bad_answers_are_one_sentence_without_the_key(
    status: int, body: bytes, extra: dict[str, str], server: Any, article: Article, book: Book
) -> None:
    server.answer = (status, body, extra)
    with pytest.raises(InputError) as found:
        extract_llm(article, book, Endpoint(server.base, "small", "sk-secret"))
    told = f"{found.value} {found.value!r} {found.value.__cause__} {found.value.__context__}"
    assert "sk-secret" not in told


@pytest.mark.parametrize(
    "address", ["ftp://x/v1", "nothing", "http://", "http://u:p@x/v1", "file:///etc/passwd", "http://models.example/v1"]
)
def test_addresses_that_must_not_get_a_key(address: str, article: Article, book: Book) -> None:
    with pytest.raises(InputError) as found:
        extract_llm(article, book, Endpoint(address, "small", "sk-secret"))
    assert "sk-secret" not in str(found.value)


def test_an_endpoint_does_not_show_its_key() -> None:
    assert "sk-secret" not in repr(Endpoint("https://models.example/v1", "small", "sk-secret"))


def test_a_silent_endpoint_ends(article: Article, book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MOST_SECONDS", 0.2)
    import socket

    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        address = f"http://127.0.0.1:{listening.getsockname()[1]}/v1"
        with pytest.raises(InputError, match="cannot be used"):
            extract_llm(article, book, Endpoint(address, "small"))
