"""What there is: end demand for AI at the opening's pace, without what firms of the book pay each other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cardhouse.book import Layer, latest
from cardhouse.economy.figure import Figure
from cardhouse.economy.inputs import FRESH_DAYS, YEAR_DAYS, fact_figure, last_quarter
from cardhouse.economy.opening import Opening, Position
from cardhouse.errors import BookError

SELLERS = (Layer.MODEL, Layer.APPLICATION, Layer.CLOUD, Layer.NEOCLOUD)
"""Layers that sell AI to end customers; what chip makers and landlords sell is paid out of it."""


@dataclass(frozen=True, slots=True)
class FirmDemand:
    """End demand that one firm serves, USD million a year.

    Attributes
    ----------
    pace : its whole revenue a year at ``day``.
    from_world : share of revenue that comes from customers outside the book.
    ai : share of those receipts that is for AI: low, central, high.
    """

    firm: str
    day: date
    pace: Figure
    from_world: float
    ai: tuple[float, float, float]
    trail: tuple[str, ...]
    flags: tuple[str, ...]

    @property
    def low(self) -> float:
        """Demand at the low end of the AI share."""
        return self.pace.value * self.from_world * self.ai[0]

    @property
    def value(self) -> float:
        """Demand at the central AI share."""
        return self.pace.value * self.from_world * self.ai[1]

    @property
    def high(self) -> float:
        """Demand at the high end of the AI share."""
        return self.pace.value * self.from_world * self.ai[2]


def demand(opening: Opening) -> tuple[FirmDemand, ...]:
    """End demand by firm, largest first.

    Raises
    ------
    BookError : nobody assumed how much of a firm's receipts is for AI.
    """
    rows = []
    for node in opening.full:
        position = opening.positions[node]
        if opening.firm(node).layer in SELLERS and (row := _of(opening, position)) is not None:
            rows.append(row)
    return tuple(sorted(rows, key=lambda row: (-row.value, row.firm)))


def _of(opening: Opening, position: Position) -> FirmDemand | None:
    node, known = position.node, position.statement
    found = _pace(opening, node)
    if found is None or known is None or known.plan.revenue.value <= 0.0:
        return None
    layer = f"layer:{opening.firm(node).layer}"
    share = opening.book.assume("ai_demand_share", node, layer, "all")
    if share is None:
        raise BookError(
            f"assumptions.csv has no 'ai_demand_share' for any of {node}, {layer}, all; add a row with low, central, "
            "high and a reason for one of them"
        )
    pace, day = found
    trail = (*pace.trail, f"{share.where}: assumption {share.id}: {share.reason or share.source}")
    old = (opening.window.opening - day).days > FRESH_DAYS
    flags = (f"{node}: its last revenue is of {day}, more than two quarters old",) if old else ()
    world = min(max(position.receipts_world.value / known.plan.revenue.value, 0.0), 1.0)
    return FirmDemand(node, day, pace, world, (share.low, share.central, share.high), trail, flags)


def _pace(opening: Opening, node: str) -> tuple[Figure, date] | None:
    """Revenue a year at its newest day: a stated run rate, or the last quarter at the pace of a year."""
    book, today = opening.book, opening.window.opening
    stated = latest(book, node, "annualized_revenue_run_rate", today, max_age_days=FRESH_DAYS)
    quarter = last_quarter(opening.inputs, node, "revenue")
    if stated is not None and (quarter is None or stated.end > quarter.end):
        return fact_figure(book, stated), stated.end
    if quarter is None or quarter.start is None:
        return None
    days = (quarter.end - quarter.start).days + 1
    return fact_figure(book, quarter).scaled(YEAR_DAYS / days), quarter.end
