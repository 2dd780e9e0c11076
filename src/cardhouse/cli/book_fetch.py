"""``cardhouse book fetch``: what a filer reported to the SEC, as rows for review beside the book."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime

import click

from cardhouse.book import Book
from cardhouse.cli.common import Day, Where, answer_json, book_options, give, lang_option, load, output_options, show
from cardhouse.sources.review import Mark, Review, Row
from cardhouse.views.relayed import relayed
from cardhouse.views.table import Cell, Column, Kind, Table
from cardhouse.views.words import ENGLISH, N_, Words

EXAMPLES = """\b
Examples:
  cardhouse book fetch CRWV --since 2025-01-01     what CoreWeave filed, beside the book's figures
  cardhouse book fetch oracle --out orcl           rows for review in a new folder, to be used as an overlay
  cardhouse book fetch 1045810 --csv nvidia.csv    by the SEC's number; every figure with its mark in one file
"""
MOST_SHOWN = 60
"""Rows on screen; a file holds all."""
MARKS = {
    Mark.SAME: N_("{count} as in the book"),
    Mark.ROUNDED: N_("{count} as in the book but for rounding"),
    Mark.DIFFERS: N_("{count} differ"),
    Mark.CURRENCY: N_("{count} in another currency than the book's"),
    Mark.NEW: N_("{count} new"),
}


def columns(t: Words) -> tuple[Column, ...]:
    """Columns on screen."""
    return (
        Column("mark", t("book")),
        Column("metric", t("metric"), Kind.CODE, wrap=True),
        Column("start", t("from"), Kind.DATE),
        Column("end", t("to"), Kind.DATE),
        Column("value", t("filed"), Kind.NUMBER),
        Column("book_value", t("in the book"), Kind.NUMBER),
        Column("gap_percent", t("gap, %"), Kind.NUMBER),
        Column("unit", t("unit"), Kind.CODE),
        Column("known", t("filed on"), Kind.DATE),
    )


FILED = (
    Column("book_value_as_held", "in the book, in its unit", Kind.NUMBER),
    Column("book_unit", "unit in the book", Kind.CODE),
    Column("book_source", "source in the book"),
    Column("source", "source"),
    Column("tag", "tag"),
    Column("form", "form"),
    Column("accession", "accession"),
    Column("note", "note"),
)
"""What a file has besides."""


@click.command(epilog=EXAMPLES)
@click.argument("name")
@click.option(
    "--identity",
    envvar="CARDHOUSE_IDENTITY",
    metavar="TEXT",
    help='Your name and e-mail, which the SEC asks for: "Jane Doe jane@example.com"; or set CARDHOUSE_IDENTITY.',
)
@click.option("--since", type=Day(), metavar="DATE", help="Only periods that end on this day or later.")
@click.option("--out", metavar="DIR", help="Write facts.csv and sources.csv into a new folder, an overlay for review.")
@output_options
@lang_option
@book_options
def fetch(
    name: str,
    identity: str | None,
    since: date | None,
    out: str | None,
    as_json: bool,
    csv_file: str | None,
    where: Where,
    t: Words,
) -> None:
    """What a firm reported to the SEC, by the tags of metrics.csv, beside the book.

    NAME is a ticker, a firm of the book, or the SEC's number (CIK).
    """
    from cardhouse.sources.folder import check_folder, write_overlay

    if out:
        check_folder(out)
    book = load(where)
    found = _fetched(book, name, identity, since, where.as_of)
    if out:
        write_overlay(found, out)
        click.echo(f"{len(found.rows)} figures and {len(found.sources)} sources written to {out}", err=True)
    if as_json:
        answer_json(payload(book, found))
    else:
        show(review_table(book, found, t))
    give(_table(book, found, found.rows, ENGLISH, every=True), csv_file=csv_file)


def _fetched(book: Book, name: str, identity: str | None, since: date | None, as_of: date | None) -> Review:
    from cardhouse.sources.edgar import check_identity, company_facts, connected
    from cardhouse.sources.filed import read_answer
    from cardhouse.sources.filer import find_filer
    from cardhouse.sources.review import review

    today = datetime.now(tz=UTC).date()
    asked = check_identity(identity)
    filer = find_filer(book, name)
    with connected(asked) as client:
        data = company_facts(filer.cik, client)
    answer = read_answer(data, cik=filer.cik, today=today)
    return review(book, filer, answer, since=since, known_by=as_of or today)


def review_table(book: Book, found: Review, t: Words = ENGLISH) -> Table:
    """What asks for a look: figures that differ from the book, then those it does not have; the newest first."""
    order = (Mark.DIFFERS, Mark.CURRENCY, Mark.NEW)
    rows = sorted(
        (row for row in found.rows if row.mark in order),
        key=lambda row: (order.index(row.mark), -row.fact.end.toordinal(), row.fact.metric, row.fact.known),
    )
    table = _table(book, found, rows[:MOST_SHOWN], t, every=False)
    more = len(rows) - MOST_SHOWN
    text = N_("{more} more that differ or are new: --since DATE shows fewer, --csv and --out give all.")
    cut = (t(text, more=f"{more:,}"),)
    return replace(table, notes=(cut if more > 0 else ()) + notes(book, found, t))


def _table(book: Book, found: Review, rows: tuple[Row, ...] | list[Row], t: Words, *, every: bool) -> Table:
    text = N_("{firm}, CIK {cik}, in EDGAR beside the book of {date}")
    title = t(text, firm=found.name, cik=found.filer.cik, date=book.date)
    cells = tuple(_cells(book, row, t) + (_more(row) if every else ()) for row in rows)
    return Table(title, columns(t) + (FILED if every else ()), cells, t=t)


def _cells(book: Book, row: Row, t: Words) -> tuple[Cell, ...]:
    fact, held = row.fact, row.book
    gap = None if row.gap is None or row.mark is Mark.SAME else round(row.gap, 1)
    value = held.value if held and held.unit == fact.unit else None
    metric = t.metric(book, fact.metric)
    return (t(row.mark.value), metric, fact.start, fact.end, fact.value, value, gap, fact.unit, fact.known)


def _more(row: Row) -> tuple[Cell, ...]:
    fact, filed, held = row.fact, row.filed, row.book
    where = (held.value, held.unit, held.source) if held else (None, None, None)
    return (*where, fact.source, filed.tag, filed.form, filed.accession, fact.note)


def notes(book: Book, found: Review, t: Words = ENGLISH) -> tuple[str, ...]:
    """What a reader must know besides the figures: how many of each kind, what is missing, what was left out."""
    from cardhouse.sources.filer import unknown_note

    parts = [
        _counted(found, t)
        if found.rows
        else t("No figure of any metric that has tags; a private firm, a fund, or nothing filed in these periods."),
        relayed(t, unknown_note(found.filer)),
        relayed(t, found.foreign),
        _quarters(book, found, t),
        _borrowed(book, found, t),
    ]
    if found.missing:
        names = t.comma.join(t.metric(book, m) for m in found.missing)
        parts.append(t("No tag found for {count} metrics: {names}.", count=len(found.missing), names=names))
    if found.left_out:
        reasons = [t("{count} {reason}", count=f"{n:,}", reason=relayed(t, why)) for why, n in found.left_out.items()]
        parts.append(t("Left out: {reasons}.", reasons=t.semicolon.join(reasons)))
    return tuple(filter(None, parts))


def _counted(found: Review, t: Words) -> str:
    counts = Counter(row.mark for row in found.rows)
    marks = [t(words, count=f"{counts[mark]:,}") for mark, words in MARKS.items() if counts[mark]]
    restated = sum("restates" in row.fact.note for row in found.rows)
    return t(
        "{figures} figures of {filings} filings: {marks}; {restated} restate an earlier one.",
        figures=f"{len(found.rows):,}",
        filings=f"{len(found.sources):,}",
        marks=t.comma.join(marks),
        restated=f"{restated:,}",
    )


def _borrowed(book: Book, found: Review, t: Words) -> str:
    """Metrics filled by a tag that is another metric's own, which may be narrower or wider."""
    text = N_("{metric} takes {tag}, the first tag of {owner}")
    several = [
        t(text, metric=t.metric(book, metric), tag=tag, owner=t.metric(book, owner))
        for metric, tag, owner in found.borrowed
    ]
    return t("Look whether it means the same: {tags}.", tags=t.semicolon.join(several)) if several else ""


def _quarters(book: Book, found: Review, t: Words) -> str:
    if not found.quarters:
        return ""
    metrics = Counter(metric for metric, _ in found.quarters)
    several = t.comma.join(f"{t.metric(book, metric)} {count}" for metric, count in metrics.most_common(4))
    if len(metrics) > 4:
        several = t("{several} and {more} more metrics", several=several, more=len(metrics) - 4)
    return t(
        "{count} quarters were filed only inside 6, 9 or 12 months ({metrics}); the rows are what was filed, nothing "
        "is subtracted.",
        count=f"{len(found.quarters):,}",
        metrics=several,
    )


def payload(book: Book, found: Review) -> dict[str, object]:
    """The review as JSON."""
    table = _table(book, found, found.rows, ENGLISH, every=True)
    return {
        "book_date": book.date.isoformat(),
        "filer": found.name,
        "cik": found.filer.cik,
        "entity": found.filer.entity,
        "in_book": found.filer.firm is not None,
        "rows": table.records(),
        "sources": [
            {"id": s.id, "title": s.title, "published": s.published, "url": s.url, "kind": s.kind.value}
            for s in found.sources
        ],
        "metrics_without_tag": list(found.missing),
        "borrowed_tags": [{"metric": m, "tag": tag, "first_tag_of": owner} for m, tag, owner in found.borrowed],
        "left_out": dict(found.left_out),
        "quarters_inside_longer_periods": [{"metric": metric, "end": end} for metric, end in found.quarters],
        "foreign": found.foreign,
    }
