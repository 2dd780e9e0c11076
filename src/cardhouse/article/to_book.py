"""Claims as facts of kind ``article``: rows that a person can review and lay over the book as an overlay."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from cardhouse.article.check import Report
from cardhouse.article.claims import ChangeKind, Claim, Comparator
from cardhouse.article.conversion import convert
from cardhouse.article.verdicts import Checked
from cardhouse.book import Book, MetricKind, write_csv
from cardhouse.book.schema import TABLES
from cardhouse.errors import OutputError

NOTE_LENGTH = 120
"""Longest quotation in a note."""
_COMPARED = {
    Comparator.ABOUT: "about",
    Comparator.ABOVE: "more than",
    Comparator.BELOW: "less than",
    Comparator.UP_TO: "up to",
}


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: files, facts, and the claims left out with the reason of each."""

    folder: Path
    facts: int
    left_out: tuple[tuple[int, str], ...]


def to_book(report: Report, book: Book, folder: str | Path, *, address: str = "", today: date) -> Written:
    """Write the claims of an article as ``facts.csv`` and ``sources.csv`` in a folder.

    Parameters
    ----------
    address : where the article was found, for its source; only http and https addresses are kept.
    today : the day the claims became known to the user, where the article has no day.

    Returns
    -------
    Written : how many facts there are, and which claims could not be one.

    Raises
    ------
    OutputError : the folder cannot be made, or holds these files already.
    """
    target = Path(folder)
    for name in ("facts.csv", "sources.csv"):
        if (target / name).exists():
            raise OutputError(f"{target / name} exists already; expected an empty folder; choose another one")
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{target} cannot be made ({error.strerror}); choose another place") from error
    day = report.article.published or today
    source = source_id(report)
    rows, left = [], []
    for checked in report.checked:
        row = _row(checked, book, source, day)
        if isinstance(row, str):
            left.append((checked.index, row))
        else:
            rows.append(row)
    rows = _once(rows)
    rows.sort(key=lambda row: tuple("" if cell is None else str(cell) for cell in row[:5]))
    write_csv(target / "facts.csv", _columns("facts"), rows)
    title = " ".join(report.article.title.split())[:200] or "untitled article"
    url = address if address.startswith(("http://", "https://")) else ""
    write_csv(
        target / "sources.csv",
        _columns("sources"),
        [(source, title, "article checked by the user", report.article.published, url, "article")],
    )
    return Written(target, len(rows), tuple(left))


def source_id(report: Report) -> str:
    """An id that is the same for the same text."""
    text = report.article.text.encode("utf-8", "surrogatepass")
    return f"article-{hashlib.sha256(text).hexdigest()[:12]}"


def _columns(name: str) -> list[str]:
    table = next(table for table in TABLES.values() if table.name == name)
    return [column.name for column in table.columns]


Row = tuple[str, str, str, date | None, date, float, str, str, date, str, str]


def _row(checked: Checked, book: Book, source: str, day: date) -> Row | str:
    """One fact, or why the claim cannot be one."""
    claim = checked.claim
    reason = "made a year's by the article" if checked.yearly else _unfit(claim, book)
    if reason:
        return reason
    metric = book.metrics[claim.metric or ""]
    flow = metric.kind is MetricKind.FLOW
    end = claim.period.end or day
    start = claim.period.start if flow else None
    if flow and (start is None or not claim.period.stated):
        return "a flow without a stated period"
    value, unit = float(f"{claim.value or 0.0:.12g}"), claim.unit
    if unit != metric.unit and not (unit.split("_")[0].isupper() and metric.unit.startswith("USD")):
        there = convert(book, value, unit, metric.unit, start, end)
        if there is None:
            return f"unit {unit} is not the metric's {metric.unit}"
        value, unit = there.value, metric.unit
    if flow and claim.loss and value < 0 and any(word in metric.id for word in ("loss", "burn", "write_down")):
        value = -value
    words = _COMPARED.get(claim.comparator, "")
    quote = " ".join(claim.quote.split())[:NOTE_LENGTH]
    note = f"for review: {words + ' ' if words else ''}written as {quote}; {checked.verdict.value.replace('_', ' ')}"
    item = f"article-{source[8:16]}"
    return (claim.entity or "", metric.id, item, start, end, value, unit, source, day, "low", note)


def _unfit(claim: Claim, book: Book) -> str:
    if len(claim.entities) != 1:
        return "no single entity of the book"
    if claim.entity not in book.firms and claim.entity not in book.subjects:
        return "an entity that the book does not have"
    if claim.metric is None or claim.metric not in book.metrics:
        return "a measure that the book does not have"
    if claim.value is None:
        return "a range" if claim.is_range else "no value"
    if claim.change_kind not in (ChangeKind.LEVEL, ChangeKind.TARGET, ChangeKind.SHARE):
        return "a change, not a level"
    if claim.change_kind is ChangeKind.TARGET and not claim.metric.startswith(("guidance", "projected", "target")):
        return "a forecast under the name of a reported figure"
    return ""


def _once(rows: Sequence[Row]) -> list[Row]:
    """Rows without repetitions: the first of several with one key and value."""
    seen: dict[tuple[object, ...], Row] = {}
    for row in rows:
        seen.setdefault(row[:7], row)
    return list(seen.values())
