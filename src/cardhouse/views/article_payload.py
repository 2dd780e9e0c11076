"""A checked article as JSON: stable names, verdicts and reasons as codes; documented in docs/check.md."""

from __future__ import annotations

from typing import Any

from cardhouse.article.check import Report
from cardhouse.article.verdicts import Checked, Finding
from cardhouse.book import Book
from cardhouse.views.article import plain, summary


def payload(report: Report, book: Book) -> dict[str, Any]:
    """The report as JSON: stable names, verdicts and reasons as codes."""
    article = report.article
    return {
        "title": plain(article.title),
        "published": article.published.isoformat() if article.published else None,
        "dated_by": article.dated_by.value or None,
        "language": article.language or None,
        "on": report.on.isoformat(),
        "book_date": report.book_date.isoformat(),
        "counts": {verdict.value: count for verdict, count in report.counts.items()},
        "unread": report.unread,
        "claims": [_claim(row, book) for row in report.checked],
        "clashes": [
            {"kind": c.kind.value, "claims": [i + 1 for i in c.claims], "computed": c.computed, "unit": c.unit or None}
            for c in report.clashes
        ],
        "arithmetic": [
            {
                "kind": s.kind.value,
                "claims": [i + 1 for i in s.claims],
                "stated": s.stated,
                "computed": s.computed,
                "unit": s.unit,
                "holds": s.holds,
            }
            for s in report.sums
        ],
        "summary": {lang: summary(report, book, lang) for lang in ("en", "zh")},
    }


def _claim(row: Checked, book: Book) -> dict[str, Any]:
    claim = row.claim
    return {
        "number": row.index + 1,
        "quote": plain(claim.quote),
        "start": claim.start,
        "end": claim.end,
        "entities": list(claim.entities),
        "metric": claim.metric,
        "measure": claim.measure or None,
        "change_kind": claim.change_kind.value,
        "period": {
            "label": claim.period.label or None,
            "start": claim.period.start.isoformat() if claim.period.start else None,
            "end": claim.period.end.isoformat() if claim.period.end else None,
            "stated": claim.period.stated,
        },
        "value": claim.value,
        "low": claim.low,
        "high": claim.high,
        "unit": claim.unit or None,
        "comparator": claim.comparator.value,
        "verdict": row.verdict.value,
        "then": _finding(row.then, book),
        "now": _finding(row.now, book),
        "notes": [{"reason": n.reason.value, "values": [plain(v) for v in n.values]} for n in row.notes],
    }


def _finding(finding: Finding, book: Book) -> dict[str, Any]:
    figure = finding.figure
    told_figure = None
    if figure is not None:
        told_figure = {
            "value": figure.value,
            "unit": figure.unit,
            "how": figure.how.value,
            "metric": figure.metric or None,
            "start": figure.start.isoformat() if figure.start else None,
            "end": figure.end.isoformat(),
            "rows": [*(str(fact.where) for fact in figure.facts), *(str(tie.where) for tie in figure.ties)],
            "sources": [_source_of(book, name) for name in figure.sources],
            "notes": [{"reason": n.reason.value, "values": list(n.values)} for n in figure.notes],
        }
    return {"verdict": finding.verdict.value, "gap": finding.gap, "figure": told_figure}


def _source_of(book: Book, name: str) -> dict[str, Any]:
    source = book.sources[name]
    return {
        "id": name,
        "title": source.title,
        "publisher": source.publisher,
        "published": source.published.isoformat() if source.published else None,
        "url": source.url or None,
    }
