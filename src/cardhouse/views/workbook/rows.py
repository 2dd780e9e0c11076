"""Sheets that hold the book itself: firms, figures with links to their sources, ties, sources, assumptions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

from cardhouse.book import Book, Confidence, Fact, Metric, Tie
from cardhouse.book.units import UNITS
from cardhouse.economy.opening import Opening
from cardhouse.views.map import standing_of
from cardhouse.views.relayed import relayed
from cardhouse.views.words import N_
from cardhouse.views.workbook.paper import Cell, Field, Form, Paper

SURE = {Confidence.HIGH: N_("high"), Confidence.MEDIUM: N_("medium"), Confidence.LOW: N_("low")}
"""How sure the book is of a figure, in words."""


def _words(value: str) -> str:
    return value.replace("_", " ")


def _metric(paper: Paper, metric: Metric) -> str:
    return metric.name_zh or metric.name if paper.t.lang == "zh" else metric.name


def firms(paper: Paper, opening: Opening) -> None:
    """Organisations, and whether they are tested."""
    t, book = paper.t, opening.book
    fields = (
        Field(t("id")),
        Field(t("name"), width=30),
        Field(t("Chinese name")),
        Field(t("layer"), width=12),
        Field(t("camp"), width=12),
        Field(t("tested"), width=60),
        Field(t("ticker"), width=10),
        Field(t("country"), width=9),
        Field(t("fiscal year ends"), width=10),
        Field(t("note"), Form.LONG),
    )
    rows = (
        (
            f.id,
            f.name,
            f.name_zh,
            t(f.layer.value),
            t(f.camp),
            t("yes") if f.id in opening.full else _words(relayed(t, opening.untested.get(f.id, "no"))),
            f.ticker,
            f.country,
            f.fiscal_year_end,
            f.note,
        )
        for f in book.firms.values()
    )
    paper.grid(paper.sheet(t("Firms")), fields, rows)


def facts(paper: Paper, book: Book) -> None:
    """The figure in use for each key, with its source."""
    t = paper.t
    fields = (
        Field(t("of")),
        Field(t("figure"), width=34),
        Field(t("part"), width=22),
        Field(t("from"), Form.DATE),
        Field(t("to"), Form.DATE),
        Field(t("value"), Form.NUMBER, 14),
        Field(t("unit"), width=14),
        Field(t("USD million, or USD for a price"), Form.NUMBER, 14),
        Field(t("source"), width=32),
        Field(t("publisher"), width=28),
        Field(t("kind"), width=13),
        Field(t("published"), Form.DATE),
        Field(t("known"), Form.DATE),
        Field(t("confidence"), width=11),
        Field(t("address"), Form.LINK),
        Field(t("note"), Form.LONG),
    )
    paper.grid(paper.sheet(t("Facts")), fields, (_fact(paper, book, fact) for fact in chosen(book)))


def chosen(book: Book) -> Iterator[Fact]:
    """Every figure in use, in the order of the book."""
    for series in book.series:
        yield from book.chosen(*series)


def _fact(paper: Paper, book: Book, fact: Fact) -> tuple[Cell, ...]:
    source = book.sources[fact.source]
    return (
        paper.t.called(book, fact.entity),
        _metric(paper, book.metrics[fact.metric]),
        fact.item,
        fact.start,
        fact.end,
        fact.value,
        paper.t(_words(fact.unit)),
        book.usd(fact) if UNITS[fact.unit].currency else None,
        fact.source,
        source.publisher,
        paper.t(_words(source.kind.value)),
        source.published,
        fact.known,
        paper.t(SURE[fact.confidence]),
        source.url,
        fact.note,
    )


def ties(paper: Paper, book: Book) -> None:
    """Ties in their latest version, with what has become of them."""
    t = paper.t
    fields = (
        Field(t("tie"), width=32),
        Field(t("kind"), width=13),
        Field(t("commits the money"), width=28),
        Field(t("is promised it"), width=28),
        Field(t("amount"), Form.MONEY),
        Field(t("unit"), width=13),
        Field(t("share, percent"), Form.NUMBER, 10),
        Field(t("rate, percent"), Form.NUMBER, 10),
        Field(t("standing"), width=11),
        Field(t("said to be"), width=15),
        Field(t("status"), width=11),
        Field(t("announced"), Form.DATE),
        Field(t("start"), Form.DATE),
        Field(t("end"), Form.DATE),
        Field(t("counted"), width=9),
        Field(t("known"), Form.DATE),
        Field(t("source"), width=32),
        Field(t("address"), Form.LINK),
        Field(t("note"), Form.LONG),
    )
    paper.grid(paper.sheet(t("Ties")), fields, (_tie(paper, book, tie) for tie in book.current_ties))


def _tie(paper: Paper, book: Book, tie: Tie) -> tuple[Cell, ...]:
    t = paper.t
    return (
        tie.id,
        t(_words(tie.kind.value)),
        t.called(book, tie.from_),
        t.called(book, tie.to),
        tie.amount if tie.amount is not None else t("not published"),
        t(_words(tie.unit)),
        tie.share_percent,
        tie.rate_percent,
        t(standing_of(tie).value),
        t(_words(tie.firmness.value)),
        t(tie.status.value),
        tie.announced,
        tie.start,
        tie.end,
        t("yes") if tie.counted else t("no"),
        tie.known,
        tie.source,
        book.sources[tie.source].url,
        tie.note,
    )


def sources(paper: Paper, book: Book) -> None:
    """Sources, and how many rows of the book rest on each."""
    t = paper.t
    records: tuple[tuple[Any, ...], ...] = (book.facts, book.current_ties, book.terms, book.assumptions, book.rates)
    counts = Counter(row.source for rows in records for row in rows if row.source)
    fields = (
        Field(t("id"), width=34),
        Field(t("title"), width=84),
        Field(t("publisher"), width=32),
        Field(t("published"), Form.DATE),
        Field(t("kind"), width=13),
        Field(t("rows"), Form.COUNT),
        Field(t("address"), Form.LINK, 60),
    )
    rows = (
        (s.id, s.title, s.publisher, s.published, t(_words(s.kind.value)), counts[s.id], s.url)
        for s in book.sources.values()
        if counts[s.id]
    )
    paper.grid(paper.sheet(t("Sources")), fields, rows)


def assumptions(paper: Paper, book: Book) -> None:
    """What nobody reports: the range of each assumption and its reason."""
    t = paper.t
    fields = (
        Field(t("id"), width=48),
        Field(t("about"), width=28),
        Field(t("what"), width=26),
        Field(t("low"), Form.NUMBER),
        Field(t("central"), Form.NUMBER),
        Field(t("high"), Form.NUMBER),
        Field(t("unit"), width=13),
        Field(t("from"), Form.DATE),
        Field(t("to"), Form.DATE),
        Field(t("known"), Form.DATE),
        Field(t("source"), width=28),
        Field(t("reason"), Form.LONG, 90),
    )
    rows: Iterator[tuple[str | float | date | None, ...]] = (
        (
            a.id,
            t.subject(book, a.subject),
            t(_words(a.name)),
            a.low,
            a.central,
            a.high,
            t(_words(a.unit)),
            a.start,
            a.end,
            a.known,
            a.source,
            a.reason,
        )
        for a in book.assumptions
    )
    paper.grid(paper.sheet(t("Assumptions")), fields, rows)
