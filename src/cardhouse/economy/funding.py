"""Money a firm can still raise, and debt that falls due: the window to the capital market.

The window is open at the opening (an assumption). What it lets through: debt up to a multiple of yearly
earnings, shares up to a part of the market value, or what an assumption on the firm says; and listed stakes
that can be sold at a haircut.
"""

from __future__ import annotations

from dataclasses import dataclass

from cardhouse.book import Fact, Firm
from cardhouse.economy.contracts import Debt, Stake
from cardhouse.economy.figure import ASSUMPTION, Figure, total
from cardhouse.economy.inputs import (
    Inputs,
    assumed,
    assumption_figure,
    fact_figure,
    loss_rate,
    rate,
)
from cardhouse.economy.prices import listed_value
from cardhouse.economy.statements import Statement

WHOLE_LADDER = 0.6
"""Share of the debt that a reported ladder must cover to be taken as the whole of it."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A listed stake that could be sold: what it brings after the haircut, USD million."""

    held: str
    proceeds: Figure


@dataclass(frozen=True, slots=True)
class Funding:
    """What may still be drawn in the window, USD million.

    ``undrawn`` are committed lines, ``market`` what new debt and shares could bring while the window is
    open, ``stakes`` what listed holdings would bring. A default closes the first two.
    """

    undrawn: Figure
    market: Figure
    stakes: tuple[Listed, ...]


def funding(inputs: Inputs, firm: Firm, known: Statement, stakes: tuple[Stake, ...]) -> Funding:
    """The funding of a full firm over the window."""
    return Funding(known.balance.undrawn, _market(inputs, firm, known), _listed(inputs, firm.id, stakes))


def _market(inputs: Inputs, firm: Firm, known: Statement) -> Figure:
    years = inputs.window.years
    row = assumed(inputs, firm.id, "funding_capacity")
    if row is not None:
        return assumption_figure(row).scaled(years)
    subjects = (firm.id, f"layer:{firm.layer}", "all")
    limit = rate(inputs, "leverage_limit", *subjects)
    room = max(limit * known.plan.yearly_earnings - known.balance.debt.value, 0.0)
    value = known.balance.market_value
    shares = rate(inputs, "equity_issue_share", *subjects) * years * value.value if value else 0.0
    earnings = known.plan.yearly_earnings
    trail = f"{firm.id}: debt up to {limit:.1f} times yearly earnings of {earnings:,.0f}, shares of {shares:,.0f}"
    return Figure.of(room + shares, ASSUMPTION, trail)


def _listed(inputs: Inputs, node: str, stakes: tuple[Stake, ...]) -> tuple[Listed, ...]:
    kept = loss_rate(inputs, "liquidation_stakes", node, "all")
    out = []
    for stake in stakes:
        if stake.holder != node or stake.fraction <= 0:
            continue
        worth = listed_value(inputs.book, stake.held, inputs.window.opening)
        if worth is not None:
            out.append(Listed(stake.held, worth.figure(inputs.book).scaled(stake.fraction * kept)))
    return tuple(out)


def maturing_debt(inputs: Inputs, node: str, debt: Figure, debts: list[Debt]) -> Figure:
    """Principal that falls due inside the window: a reported ladder, else the ties', else a share by assumed life."""
    window = inputs.window
    ladder = reported_ladder(inputs, node)
    whole = total(fact_figure(inputs.book, f) for f in ladder)
    if whole.value >= WHOLE_LADDER * debt.value > 0:
        due = total(fact_figure(inputs.book, f).scaled(window.share(f.start, f.end)) for f in ladder)
        return _at_most(due, debt)
    by_ties = sum(d.maturing for d in debts)
    life = rate(inputs, "debt_life_years", node, "all")
    loose = max(debt.value - sum(d.principal.value for d in debts), 0.0)
    spread = min(window.years / life, 1.0) * loose
    return _at_most(
        Figure.of(by_ties + spread, ASSUMPTION, f"{node}: debt without a ladder runs {life:.0f} years on average"),
        debt,
    )


def reported_ladder(inputs: Inputs, node: str) -> list[Fact]:
    """The newest reported ladder of principal: rows that share the date it was drawn up."""
    rows = inputs.book.chosen(node, "debt_due")
    newest = max((f.item for f in rows), default="")
    return [f for f in rows if f.item == newest]


def _at_most(figure: Figure, debt: Figure) -> Figure:
    return figure.scaled(debt.value / figure.value) if figure.value > debt.value > 0 else figure
