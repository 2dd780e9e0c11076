"""Routes of the book: what it is, its firms, search, disputes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, Query

from cardhouse import __version__
from cardhouse.book import Book, Firm
from cardhouse.economy.contracts import Scope
from cardhouse.economy.inputs import Case
from cardhouse.economy.opening import Opening
from cardhouse.views import book as view
from cardhouse.views import opening as opening_view
from cardhouse.views.words import LANGUAGES, Words
from cardhouse.web.api.common import ERRORS, Day, Firmness, Json, Kept, One, Said, table_json, tables_json

router = APIRouter(tags=["book"], responses=ERRORS)
MOST_FOUND = 60


@router.get("/about")
def about(shelf: Kept, t: Said, as_of: Day = None) -> Json:
    """The book's day and size, its firms, and what this server speaks."""
    book = shelf.book(as_of)
    t = t.about(book)
    first = min([f.known for f in shelf.whole.facts] + [x.known for x in shelf.whole.ties])
    tested = set(shelf.openings(as_of, 4, Scope.ACTIVE)[Case.CENTRAL].full)
    return {
        "version": __version__,
        "book_date": book.date.isoformat(),
        "first_known": first.isoformat(),
        "newest": shelf.book().date.isoformat(),
        "languages": LANGUAGES,
        "rows": {file: read for file, (read, _) in book.rows.items()},
        "firms": [_firm(f, t, tested=f.id in tested) for f in book.firms.values()],
    }


def _firm(firm: Firm, t: Words, *, tested: bool) -> Json:
    return {
        "id": firm.id,
        "name": t.name(firm),
        "names": [n for n in (firm.name, firm.name_zh, firm.ticker, *firm.aliases) if n],
        "layer": firm.layer.value,
        "camp": firm.camp,
        "tested": tested,
    }


@router.get("/firm/{firm}")
def firm(firm: One, shelf: Kept, t: Said, as_of: Day = None, firmness: Firmness = Scope.ACTIVE) -> Json:
    """One firm: figures with sources, ties, opening statement and contracts."""
    book = shelf.book(as_of)
    t = t.about(book)
    row = book.resolve(firm)
    opening: Opening = shelf.openings(as_of, 4, firmness)[Case.CENTRAL]
    node = opening.groups(row.id)
    tables = [view.statements(book, row, t=t), view.ties(book, firm=row.id, t=t)]
    if node in opening.positions:
        tables = [
            opening_view.opening_table(opening, node, t=t),
            opening_view.dues_table(opening, node, t=t),
            opening_view.debts_table(opening, node, t=t),
            *tables,
        ]
    return {
        "book_date": book.date.isoformat(),
        "firm": _firm(row, t, tested=node in opening.full),
        "about": view.firm_head(book, row, t=t),
        "node": node,
        "not_tested": opening.untested.get(node),
        "tables": tables_json(tables),
        "trail": opening_view.trail(opening, node, t=t) if node in opening.positions else [],
        "sources": _sources(book, row.id),
    }


def _sources(book: Book, firm: str) -> list[Json]:
    """Sources of the firm's figures and ties, each once, with their addresses."""
    ids = dict.fromkeys(
        [f.source for f in book.facts if f.entity == firm]
        + [x.source for x in book.ties if firm in (x.from_, x.to) and x.source]
    )
    return sources_json(book, ids)


def sources_json(book: Book, ids: Iterable[str]) -> list[Json]:
    """Sources with their addresses; an address that is not of the web is left out."""
    rows = [book.sources[i] for i in ids if i in book.sources]
    return [
        {
            "id": s.id,
            "title": s.title,
            "publisher": s.publisher,
            "published": s.published.isoformat() if s.published else None,
            "url": s.url if s.url.startswith(("http://", "https://")) else "",
            "kind": s.kind.value,
        }
        for s in rows
    ]


@router.get("/search")
def search(q: Annotated[str, Query(min_length=1, max_length=80)], shelf: Kept, t: Said, as_of: Day = None) -> Json:
    """Firms, subjects, metrics, ties and sources whose id or name holds the words."""
    book, asked = shelf.book(as_of), q.casefold()
    found: list[Json] = []

    def add(kind: str, ident: str, name: str, *also: str) -> None:
        if any(asked in text.casefold() for text in (ident, name, *also)):
            found.append({"kind": kind, "id": ident, "name": name})

    for f in book.firms.values():
        add("firm", f.id, t.name(f), f.name, f.name_zh, f.ticker, *f.aliases)
    for s in book.subjects.values():
        add("subject", s.id, t.name(s), s.name, s.name_zh)
    for m in book.metrics.values():
        add("metric", m.id, (m.name_zh or m.name) if t.lang == "zh" else m.name, m.name, m.name_zh)
    for x in book.current_ties:
        add("tie", x.id, f"{t.called(book, x.from_)} → {t.called(book, x.to)}", x.note)
    for source in book.sources.values():
        add("source", source.id, source.title, source.publisher)
    return {"query": q, "count": len(found), "found": found[:MOST_FOUND]}


@router.get("/conflicts")
def conflicts(shelf: Kept, t: Said, as_of: Day = None) -> Json:
    """Figures that sources disagree on, widest gap first; what the book holds and how much of it is stale."""
    book = shelf.book(as_of)
    t = t.about(book)
    return {
        "book_date": book.date.isoformat(),
        "tables": tables_json(
            [view.size(book, t=t), view.coverage(book, t=t), view.dollars(book, t=t), view.stale(book, t=t)]
        ),
        "conflicts": table_json(view.conflicts(book, t=t)),
    }
