"""What a run rests on: its dollars by the kind of source behind them.

The pace of the opening's plan and the dues of contracts rest on what the book has for them; everything that growth
adds after the opening is an assumption, however well each rate is argued.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from cardhouse.economy.figure import ASSUMPTION, Figure, shares
from cardhouse.economy.kernel import columns as col
from cardhouse.economy.run import Run


def grounds(run: Run) -> dict[str, float]:
    """Revenue, costs and capital spending of full firms over the run, contracts and opening balances, USD million.

    Returns
    -------
    Dollars by kind of source (``assumption`` and ``timing`` among them), largest first.
    """
    opening, years = run.compiled.opening, float(np.sum(run.compiled.model.world.years))
    dollars: dict[str, float] = defaultdict(float)
    for read in run.compiled.contracts:
        _spread(dollars, read.contract.due, float(read.schedule.sum()))
    for node in opening.full:
        known = opening.positions[node].statement
        if known is None:
            continue
        plan, sheet = known.plan, known.balance
        for figure, column in (
            (plan.revenue, col.REVENUE),
            (plan.costs, col.COSTS),
            (plan.capital_spending, col.CAPEX),
        ):
            whole = float(run.series(node, column, baseline=True).sum())
            pace = min(figure.value / opening.window.years * years, whole)
            _spread(dollars, figure, pace)
            dollars[ASSUMPTION] += max(whole - pace, 0.0)
        for figure in (sheet.cash, sheet.debt, sheet.plant):
            _spread(dollars, figure, figure.value)
    return {kind: amount for kind, amount in sorted(dollars.items(), key=lambda kv: (-kv[1], kv[0])) if amount > 0}


def _spread(dollars: dict[str, float], figure: Figure, amount: float) -> None:
    """Add an amount by the basis of the figure behind it; an assumption where it has none."""
    parts = shares(figure.basis) or {ASSUMPTION: 1.0}
    for kind, share in parts.items():
        dollars[kind] += share * amount
