"""Name the measure of a figure: its metric's, or that of the change, forecast or segment that is meant."""

from __future__ import annotations

from dataclasses import replace

from cardhouse.article.changes import Change, Governed, has
from cardhouse.article.claims import ChangeKind
from cardhouse.article.entities import Who
from cardhouse.article.lexicon import words
from cardhouse.article.metrics import MetricWord
from cardhouse.article.quantities import Quantity
from cardhouse.book import Book

CHANGES = {"share_price": "share_price_change", "market_cap": "market_cap_change", "index_level": "index_change"}
"""Measures of a change of price or value."""
USERS = ("weekly_active_users", "paying_users")
"""Measures that the book counts in millions of users."""
_MOVING = (ChangeKind.RETURN, ChangeKind.YOY, ChangeKind.QOQ, ChangeKind.TARGET)
_OWN = {"date": "event_date", "age": "age", "rank": "rank"}
_EVENTS = {"year": "event_year", "date_yyyymm": "event_month"}


def _meant(name: str, who: Who, book: Book, clause: str) -> str:
    """Measure that a plain word means for this firm, index or segment."""
    firm, subject = book.firms.get(who.id or ""), book.subjects.get(who.id or "")
    if name == "private_valuation" and firm is not None and firm.ticker:
        return "market_cap"
    if name == "share_price" and subject is not None and subject.kind == "index":
        return "index_level"
    if name == "revenue" and has(clause, "consensus"):
        return "consensus_revenue"
    if name == "revenue" and who.text in words("entities", "clouds"):
        return "revenue_cloud"
    return name


def measure_name(
    q: Quantity, change: Change, word: MetricWord | None, held: Governed, who: Who, book: Book, clause: str
) -> str:
    """Name of the measure; ``clause`` is what stands before the figure in its clause."""
    if q.family in _OWN:
        return _EVENTS.get(q.unit, _OWN[q.family])
    if word is None:
        return ""
    name = _meant(word.measure.name, who, book, clause)
    planned = change.kind is ChangeKind.TARGET and q.family == "money" and has(clause, "guidance")
    if planned and name in ("revenue", "capital_expenditures"):
        return f"guidance_{name}"
    if change.delta:
        return CHANGES.get(name, f"{name}_change")
    if name in CHANGES and ((change.kind in _MOVING and held.changes) or q.family == "percent"):
        return CHANGES[name]
    return name


def in_millions(change: Change, name: str) -> Change:
    """Count users in millions, as the book does."""
    if name not in USERS or change.unit != "count":
        return change
    low, high = (None if bound is None else bound / 1e6 for bound in (change.low, change.high))
    return replace(change, unit="users_million", value=change.value / 1e6, low=low, high=high)
