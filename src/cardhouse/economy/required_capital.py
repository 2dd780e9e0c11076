"""Capital built and planned for AI: capital spending of those who own the computing, each dollar once.

Clouds, young clouds and laboratories are counted. What chip makers, builders and server makers sell is inside that
spending and is not added; what others build and rent out to them is not in it. What would have been spent without the
boom is taken off: the pace of 2022 times an assumption.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from cardhouse.book import Assumption, Book, Fact, Layer, Tier
from cardhouse.economy.figure import ASSUMPTION, ZERO, Figure, total
from cardhouse.economy.inputs import YEAR_DAYS, assumed, assumption_figure, fact_figure
from cardhouse.economy.nodes import layer_of
from cardhouse.economy.opening import Opening
from cardhouse.economy.outlook import yearly_capex
from cardhouse.economy.published_needs import lacking_input, ordinary_pace
from cardhouse.economy.statements import planned_capital_spending
from cardhouse.economy.window import Window, quarter_end, quarters_of
from cardhouse.errors import InputError

METRIC = "capital_expenditures"
OWNERS = (Layer.CLOUD, Layer.NEOCLOUD, Layer.MODEL)
"""Layers whose capital spending is counted."""
BOOM = date(2023, 1, 1)
"""First day of the boom: the first quarter after ChatGPT came out on 2022-11-30."""
BEFORE = (date(2022, 1, 1), date(2022, 12, 31))
"""The year whose spending stands for what is not for AI."""
ENOUGH_DAYS = 180
"""Days of 2022 that must be reported to take its pace."""
SEEN_GAP_DAYS = 20
"""Days without a figure from which on a reader is told."""


@dataclass(frozen=True, slots=True)
class FirmCapital:
    """Capital of one firm, USD million.

    ``built`` up to the opening, ``planned`` after it, ``ordinary`` what would have been spent anyway, ``ai`` what is
    left and never below zero; ``low`` and ``high`` bound ``ai`` by the ends of the plan and of the ordinary pace.
    """

    firm: str
    built: Figure
    planned: Figure
    ordinary: Figure
    ai: Figure
    low: float
    high: float


def spent(book: Book, firm: str, start: date, end: date) -> tuple[Figure, tuple[tuple[date, date], ...]]:
    """Capital spending that was reported for a period, and the days that reports cover.

    Rows that do not overlap and together cover most days are used, the more rows the better; one that reaches over
    an end of the period counts by its share of days.
    """
    rows = [f for f in book.chosen(firm, METRIC) if f.start is not None and not f.item]
    spans = sorted(
        (
            (max(f.start or start, start), min(f.end, end), f)
            for f in rows
            if (f.start or start) <= end and f.end >= start
        ),
        key=lambda span: (span[1], span[0]),
    )
    used = _without_overlap(spans)
    parts = [
        fact_figure(book, f).scaled(((last - first).days + 1) / ((f.end - (f.start or first)).days + 1))
        for first, last, f in used
    ]
    return total(parts), tuple((first, last) for first, last, _ in used)


def _without_overlap(spans: Sequence[tuple[date, date, Fact]]) -> list[tuple[date, date, Fact]]:
    """The rows without overlap that cover most days (weighted interval scheduling); spans are sorted by end."""
    ends = [last for _, last, _ in spans]
    best: list[tuple[int, int, list[tuple[date, date, Fact]]]] = [(0, 0, [])]
    for i, span in enumerate(spans):
        before = best[bisect_left(ends, span[0], 0, i)]
        taken = (before[0] + (span[1] - span[0]).days + 1, before[1] + 1, [*before[2], span])
        best.append(max(best[-1], taken, key=lambda choice: choice[:2]))
    return best[-1][2]


def capital_of(opening: Opening, node: str, start: date, end: date) -> FirmCapital | None:
    """Capital of one firm from ``start`` to ``end``; None for one of which the book has neither reports nor plan."""
    today, book = opening.window.opening, opening.book
    plan = planned_capital_spending(opening.inputs, node)
    reported, covered = spent(book, node, start, min(end, today)) if start <= today else (ZERO, ())
    if plan is None and not covered:
        return None
    pace = (plan or ZERO).scaled(1.0 / opening.window.years)
    built = reported + _unreported(opening, node, pace, covered, start, end)
    planned = _ahead(opening, node, pace, start, end) if end > today else ZERO
    row = assumed(opening.inputs, node, METRIC)
    ends = (row.low / row.central, row.high / row.central) if row is not None and row.central > 0.0 else (1.0, 1.0)
    last = covered[-1][1] if covered else max(start - timedelta(days=1), today)
    days = sum((b - a).days + 1 for a, b in covered) + (end - last).days
    ordinary = [figure.scaled(days / YEAR_DAYS) for figure in _ordinary(book, node)]
    return FirmCapital(
        firm=node,
        built=built,
        planned=planned,
        ordinary=ordinary[1],
        ai=_left(built + planned, ordinary[1]),
        low=max(built.value + planned.value * ends[0] - ordinary[2].value, 0.0),
        high=max(built.value + planned.value * ends[1] - ordinary[0].value, 0.0),
    )


def _left(spending: Figure, ordinary: Figure) -> Figure:
    """Spending less the ordinary, on the grounds of the spending; what is taken off adds to no ground."""
    share = max(1.0 - ordinary.value / spending.value, 0.0) if spending.value > 0.0 else 0.0
    left = spending.scaled(share)
    return Figure(left.value, left.basis, (*spending.trail, *ordinary.trail), (*spending.flags, *ordinary.flags))


def _unreported(
    opening: Opening, node: str, pace: Figure, covered: Sequence[tuple[date, date]], start: date, end: date
) -> Figure:
    """Spending between the last report and the opening, halfway between the last pace and the plan's."""
    today = min(end, opening.window.opening)
    if not covered or start > today:
        return ZERO
    last_start, last_end = covered[-1]
    days = (today - last_end).days
    inside = (last_end - covered[0][0]).days + 1 - sum((b - a).days + 1 for a, b in covered)
    flags = (
        (f"{node}: {inside} days between reports have no figure and count as none",) if inside > SEEN_GAP_DAYS else ()
    )
    if days <= 0:
        return Figure(0.0, flags=flags)
    newest, _ = spent(opening.book, node, last_start, last_end)
    yearly = 0.5 * (newest.value * YEAR_DAYS / ((last_end - last_start).days + 1) + pace.value)
    trail = f"{node}: {days} days after its last report at {yearly:,.0f} a year, between the last pace and the plan's"
    return Figure.of(yearly * days / YEAR_DAYS, ASSUMPTION, trail, flags=flags)


def _ahead(opening: Opening, node: str, pace: Figure, start: date, end: date) -> Figure:
    """Spending after the opening: the plan of its first year, and what the run's plan makes of it later."""
    window = opening.window
    quarters = _until(window, end)
    position = opening.positions.get(node)
    if position is not None and position.tier is Tier.FULL:
        flow = yearly_capex(opening, position, quarters)
    else:
        flow = np.full(len(quarters), pace.value / 4)
    asked = np.array([start <= q.start and q.end <= end for q in quarters])
    first = np.arange(len(quarters)) < window.quarters
    near, far = float(flow[asked & first].sum()), float(flow[asked & ~first].sum())
    known = pace.scaled(near / pace.value) if pace.value > 0.0 else ZERO
    if not far:
        return known
    return known + Figure.of(far, ASSUMPTION, f"{node}: plan after {window.end}, grown from the first year's")


def _until(window: Window, end: date) -> tuple[Window, ...]:
    last = quarter_end(end)
    count = (last.year - window.opening.year) * 4 + (last.month - window.opening.month) // 3
    return quarters_of(window, max(count, 1))


def _ordinary(book: Book, node: str) -> tuple[Figure, Figure, Figure]:
    """Spending of a year that is not for AI, at the low, central and high end of the assumption."""
    own = ordinary_pace(node)
    figure, covered = spent(book, node, *BEFORE)
    days = sum((last - first).days + 1 for first, last in covered)
    if days >= ENOUGH_DAYS:
        row, figure = lacking_input(book, "ordinary_spending"), figure.scaled(YEAR_DAYS / days)
        low, central, high = (figure.scaled(factor) for factor in (row.low, row.central, row.high))
        return low, central, high
    if own is not None and own.known <= book.date:
        return _three(own)
    if layer_of(book, node) is not Layer.CLOUD:
        return ZERO, ZERO, ZERO
    nothing = Figure(0.0, flags=(f"{node}: no figure for {BEFORE[0].year}, so all of its spending counts as for AI",))
    return nothing, nothing, nothing


def _three(row: Assumption) -> tuple[Figure, Figure, Figure]:
    return assumption_figure(row, row.low), assumption_figure(row), assumption_figure(row, row.high)


def capital(opening: Opening, start: date, end: date) -> tuple[FirmCapital, ...]:
    """Capital of all owners of computing from ``start`` to ``end``, largest first.

    Parameters
    ----------
    opening : of the book as known on one day; what lies after it is planned.
    start, end : first and last day, of a quarter where they lie after the opening.

    Raises
    ------
    InputError : the period is empty.
    """
    if end < start:
        raise InputError(f"a period from {start} to {end}; expected an end after its start; turn them round")
    nodes = [f.id for f in opening.book.firms.values() if f.layer in OWNERS and opening.groups(f.id) == f.id]
    found = [row for node in nodes if (row := capital_of(opening, node, start, end)) is not None]
    return tuple(sorted(found, key=lambda row: (-row.ai.value, row.firm)))
