"""What firms have said of the quarters ahead, beside the first quarters of a run.

Guidance for a year that is under way is first spent down by what was reported; the pace of the rest is compared
with the run's pace over the quarters of that rest that it covers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from cardhouse.book import Book, Fact
from cardhouse.economy.inputs import QUARTER_DAYS, YEAR_DAYS
from cardhouse.economy.kernel import columns as col
from cardhouse.economy.run import Run

FIRST_QUARTERS = 4
METRICS = {
    "guidance_revenue": ("revenue", col.REVENUE),
    "guidance_capital_expenditures": ("capital_expenditures", col.CAPEX),
}
RUN_RATE = "guidance_annualized_revenue_run_rate"


@dataclass(frozen=True, slots=True)
class Guided:
    """One guidance beside the run, yearly paces in USD million.

    ``first``..``last`` is what is left of the guided period; ``gap`` is the run over the guidance, less one.
    """

    firm: str
    metric: str
    first: date
    last: date
    guided: float
    run: float
    where: str
    known: date

    @property
    def gap(self) -> float:
        """How far the run lies above the guidance."""
        return self.run / self.guided - 1.0


def guided(run: Run) -> tuple[Guided, ...]:
    """Every guidance in the book that reaches into the first four quarters, by firm."""
    book, opening = run.compiled.opening.book, run.compiled.opening.window.opening
    windows = run.compiled.windows[:FIRST_QUARTERS]
    rows = []
    for node in run.compiled.opening.full:
        for metric in (*METRICS, RUN_RATE):
            fact = _newest(book, node, metric, opening, windows[-1].end)
            if fact is not None and (row := _beside(run, node, fact)) is not None:
                rows.append(row)
    return tuple(rows)


def _newest(book: Book, node: str, metric: str, opening: date, last: date) -> Fact | None:
    """The newest guidance that is not over: for a period that has begun, or for a day ahead."""
    rows = [f for f in book.chosen(node, metric) if opening < f.end and (f.start is None or f.start <= last)]
    return max(rows, key=lambda f: (f.known, f.end)) if rows else None


def _beside(run: Run, node: str, fact: Fact) -> Guided | None:
    book, opening = run.compiled.opening.book, run.compiled.opening.window.opening
    where = f"{fact.where}"
    if fact.metric == RUN_RATE:
        step = next((q for q, w in enumerate(run.compiled.windows) if fact.end <= w.end), None)
        if step is None or step >= FIRST_QUARTERS:
            return None
        window = run.compiled.windows[step]
        pace = float(run.series(node, col.REVENUE, baseline=True)[step]) / window.years
        return Guided(node, "revenue run rate", window.start, fact.end, book.usd(fact), pace, where, fact.known)
    if fact.start is None:
        return None
    name, column = METRICS[fact.metric]
    said, first = book.usd(fact), fact.start
    for reported in book.chosen(node, name):
        if reported.start is None or reported.item or reported.end > opening:
            continue
        begun = reported.start >= fact.start - timedelta(days=10)
        if begun and (reported.end - reported.start).days <= QUARTER_DAYS:
            said, first = said - book.usd(reported), max(first, reported.end + timedelta(days=1))
    days = (fact.end - first).days + 1
    weights = np.array([w.share(first, fact.end) for w in run.compiled.windows[:FIRST_QUARTERS]])
    if said <= 0.0 or weights.sum() <= 0.25:
        return None  # the run covers too little of what was guided
    paces = np.array([run.series(node, column, baseline=True)[q] / w.years for q, w in enumerate(run.compiled.windows)])
    mine = float((weights * paces[: weights.size]).sum() / weights.sum())
    return Guided(node, name, first, fact.end, said * YEAR_DAYS / days, mine, where, fact.known)
