"""Parameters and plant of every node, from the book's assumptions and last reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from cardhouse.book import Layer, Tier, trailing_year
from cardhouse.economy.cascade import main_tenant
from cardhouse.economy.claims import lease_claim
from cardhouse.economy.compiled_debts import cover_test
from cardhouse.economy.inputs import Inputs, assumed, last_quarter, loss_rate, rate, sum_usd, yearly
from cardhouse.economy.kernel.arrays import Nodes
from cardhouse.economy.opening import Opening
from cardhouse.economy.outlook import Outlook, subjects
from cardhouse.economy.plant import Fleet, Ladder, fleet, ladder, past_growth
from cardhouse.economy.prices import listed_value
from cardhouse.economy.state import State
from cardhouse.economy.statements import Statement
from cardhouse.economy.window import Window

Array = NDArray[np.float64]
SERVES_DEMAND = (Layer.MODEL, Layer.CLOUD, Layer.NEOCLOUD, Layer.APPLICATION)
"""Layers whose AI sales are end demand; what chip makers sell to the world is their customers' plant."""
LARGE = 1e30
"""A limit that never binds."""
TOLERATED_COVER = 0.8
"""Part of the opening's interest cover that lenders go on tolerating where it is below their usual limit."""
DEPRECIATION = ("depreciation", "depreciation_and_amortization", "depreciation_and_amortization_total")
"""Lines of depreciation, those that hold less beside plant first."""


@dataclass(frozen=True, slots=True)
class NodeFigures:
    """What is derived for one node: plant on its ladders, yearly charges and tax at the opening, USD million."""

    short: Ladder
    long: Ladder
    economic: Ladder
    fleet: Fleet
    life_short: int
    life_long: int
    amortisation: float
    noncash: float
    tax: float
    tax_due: float
    flags: tuple[str, ...]


def node_figures(opening: Opening, node: str, windows: Sequence[Window]) -> NodeFigures:
    """Plant, non-cash charges and tax of one node."""
    steps, step_years = len(windows), windows[0].years
    known = opening.positions[node].statement
    if known is None:
        none = Ladder(0.0, 0.0, np.zeros(steps), fits=True)
        return NodeFigures(none, none, none, Fleet(0.0, np.zeros(steps)), 1, 1, 0.0, 0.0, 0.0, 0.0, ())
    inputs, names = opening.inputs, subjects(opening, node)
    life = max(round(rate(inputs, "server_life_years", *names) / step_years), 1)
    life_long = max(round(rate(inputs, "building_life_years", *names) / step_years), 1)
    economic_life = max(round(rate(inputs, "economic_life_years", "all") / step_years), 1)
    plant = known.balance.plant.value
    short_net = plant * rate(inputs, "short_lived_share", *names)
    idle = plant * rate(inputs, "land_and_construction_share", *names)
    long_net = max(plant - short_net - idle, 0.0)
    long = ladder(long_net, 0.0, life_long, steps, step_years)
    charged, amortisation = _reported_depreciation(opening, node)
    flags: tuple[str, ...] = ()
    growth, fits = past_growth(short_net, max(charged - long.yearly, 0.0), life, step_years)
    if charged > 0.0 and not fits:
        flags = (*flags, f"{node}: depreciation of {charged:,.0f} a year does not fit plant of {plant:,.0f}")
    if charged <= 0.0:
        growth = 1.0
        flags = (*flags, f"{node}: no depreciation reported; plant is taken as two fifths used")
    short = ladder(short_net, growth, life, steps, step_years)
    economic = ladder(short_net, growth, life, steps, step_years, on_life=economic_life)
    decay = rate(inputs, "rent_decay", "all")
    computing = fleet(short_net, growth, life, steps, step_years, lived=economic_life, decay=decay)
    noncash = _stock_pay(opening, node)
    tax = _tax(opening, known, short.yearly + long.yearly + amortisation, noncash)
    return NodeFigures(
        short, long, economic, computing, life, life_long, amortisation, noncash, tax, tax * step_years, flags
    )


def _reported_depreciation(opening: Opening, node: str) -> tuple[float, float]:
    """Depreciation of plant a year, and amortisation of bought intangibles beside it.

    Of a line that holds more than plant the share for plant is taken where the book assumes one, as in the accounts;
    else what the amortisation leaves of it.
    """
    inputs, book = opening.inputs, opening.book
    row = assumed(inputs, node, "depreciation_and_amortization")
    bought = last_quarter(inputs, node, "amortization_of_intangibles")
    intangible = book.usd(bought) * 4.0 if bought is not None else 0.0
    line = _newest_line(inputs, node)
    if line is None:
        return 0.0, row.central if row is not None else intangible
    metric, whole = line
    if row is not None:
        return max(whole - row.central, 0.0) or whole, row.central
    if metric == "depreciation":
        return whole, intangible
    share = assumed(inputs, node, "plant_depreciation_share") if metric == "depreciation_and_amortization" else None
    return (max(whole - intangible, 0.0) if share is None else whole * share.central), intangible


def _newest_line(inputs: Inputs, node: str) -> tuple[str, float] | None:
    """The line of depreciation that reaches furthest, and its yearly pace: the last quarter's, else the last year's.

    Of two that reach as far the one that holds less beside plant.
    """
    found: list[tuple[date, str, float]] = []
    for metric in DEPRECIATION:
        quarter = last_quarter(inputs, node, metric)
        rows = trailing_year(inputs.book, node, metric, inputs.window.opening)
        year = sum_usd(inputs.book, rows)
        if quarter is not None:
            found.append((quarter.end, metric, inputs.book.usd(quarter) * 4.0))
        elif year is not None:
            found.append((rows[-1].end, metric, year.value))
    newest = max(found, key=lambda line: line[0], default=None)
    return newest[1:] if newest is not None else None


def _stock_pay(opening: Opening, node: str) -> float:
    """Pay in shares per dollar of revenue: a cost that takes no cash."""
    paid = yearly(opening.inputs, node, "stock_based_compensation")
    revenue = yearly(opening.inputs, node, "revenue")
    if paid is None or revenue is None or revenue.value <= 0:
        return 0.0
    return min(max(paid.value / revenue.value, 0.0), 0.5)


def _tax(opening: Opening, known: Statement, charges: float, noncash: float) -> float:
    """Cash tax a year that is inside the opening's costs, from the planned income."""
    plan, years = known.plan, opening.window.years
    after = (plan.revenue.value * (1.0 - noncash) - plan.costs.value - plan.interest.value) / years - charges
    part = rate(opening.inputs, "tax_rate", *subjects(opening, known.firm))
    tax = part * after / (1.0 - part) if after > 0.0 and part < 1.0 else 0.0
    return min(tax, max(plan.costs.value, 0.0) / years)


def node_arrays(
    opening: Opening,
    nodes: Sequence[str],
    place: Mapping[str, int],
    plans: Mapping[str, Outlook],
    figures: Mapping[str, NodeFigures],
    *,
    frozen: bool,
) -> Nodes:
    """Parameters in the order of the nodes; those that only time moves are held still when frozen."""
    rows = [_parameters(opening, n, plans.get(n), figures[n], frozen=frozen) for n in nodes]

    def floats(name: str) -> Array:
        return np.array([[row.get(name, 0.0)] for row in rows])

    tenants = [main_tenant(opening, n) if opening.positions[n].tier is Tier.VEHICLE else "" for n in nodes]
    whole = [name for name in Nodes._fields if name not in INTEGERS]
    return Nodes(
        vehicle=np.array([int(opening.positions[n].tier is Tier.VEHICLE) for n in nodes]),
        sells_ai=np.array([int(opening.firm(n).layer in SERVES_DEMAND) for n in nodes]),
        tenant=np.array([place.get(t, -1) for t in tenants], dtype=np.int64),
        private=np.array([int(_is_private(opening, n)) for n in nodes]),
        reorganises=np.zeros(len(nodes), dtype=np.int64),
        life_short=np.array([figures[n].life_short for n in nodes], dtype=np.int64),
        life_long=np.array([figures[n].life_long for n in nodes], dtype=np.int64),
        debt_life=np.array([int(row["debt_life"]) for row in rows], dtype=np.int64),
        recovery_lag=np.array([int(row["recovery_lag"]) for row in rows], dtype=np.int64),
        **{name: floats(name) for name in whole},
    )


INTEGERS = (
    "vehicle",
    "sells_ai",
    "tenant",
    "private",
    "reorganises",
    "life_short",
    "life_long",
    "debt_life",
    "recovery_lag",
)


def _is_private(opening: Opening, node: str) -> bool:
    return listed_value(opening.book, node, opening.window.opening) is None


def _parameters(
    opening: Opening, node: str, plan: Outlook | None, figures: NodeFigures, *, frozen: bool
) -> dict[str, float]:
    inputs, names = opening.inputs, subjects(opening, node)
    position, layer = opening.positions[node], f"layer:{opening.firm(node).layer}"
    known = position.statement
    step_years = opening.window.years if frozen else 0.25
    common = {
        "debt_life": round(rate(inputs, "debt_life_years", node, "all") / step_years),
        "recovery_lag": round(rate(inputs, "recovery_lag", *names)),
        "drawdown": rate(inputs, "window_drawdown", *names),
        "sold_receivables": loss_rate(inputs, "recovery_cash", node, "all"),
        "sold_short": loss_rate(inputs, "liquidation_short_lived", node, layer, "all"),
        "sold_long": loss_rate(inputs, "liquidation_long_lived", node, layer, "all"),
        "sold_stakes": loss_rate(inputs, "liquidation_stakes", node, "all"),
        "sold_other": loss_rate(inputs, "other_asset_recovery", node, "all"),
    }
    if known is None or plan is None:
        return common
    # What is sold at market rents is a part of what moves with AI demand.
    ai, rented = rate(inputs, "ai_demand_share", *names), rate(inputs, "compute_rent_share", *names)
    common |= {
        "variable": plan.variable,
        "buys_compute": float(opening.firm(node).layer is Layer.MODEL),
        "ai": max(ai - rented, 0.0),
        "rents": min(rented, ai),
        "new_at_rent": rate(inputs, "new_sales_rent_share", *names),
        "export": rate(inputs, "export_share", *names),
        "sovereign": rate(inputs, "sovereign_share", *names),
        "cost_floor": rate(inputs, "world_cost_floor", *names) * position.costs_world.value / opening.window.years,
        "costs_at_opening": position.costs_world.value / opening.window.years,
        "cost_flex": rate(inputs, "growth_cost_flex", *names),
        "noncash": figures.noncash,
        "amortisation": figures.amortisation,
        "tax": rate(inputs, "tax_rate", *names),
        "subsidy": rate(inputs, "capital_subsidy_share", *names),
        "committed": position.committed,
        "response": rate(inputs, "intention_response", *names),
        "capex_short": rate(inputs, "capex_short_share", *names),
        "new_rate": rate(inputs, "base_rate", "all") + rate(inputs, "debt_spread", *names) / 1e4,
        "value_elasticity": rate(inputs, "value_elasticity", *names),
        "equity_return": rate(inputs, "equity_return", *names),
        "lease_claim": lease_claim(opening, State(pulled={node: 0.0}), node),
    }
    if frozen:
        return common | _funding(opening, node, known) | {"leverage_limit": LARGE, "cover_limit": -LARGE}
    cover, part = cover_test(opening, node)
    return (
        common
        | _funding(opening, node, known)
        | {
            "payout": rate(inputs, "payout_share", *names),
            "minimum_cash": rate(inputs, "minimum_cash_share", *names),
            "dscr": cover,
            "dscr_part": part,
        }
    )


def _funding(opening: Opening, node: str, known: Statement) -> dict[str, float]:
    """What the market lets through in a year, and the limits at which it closes.

    Limits are the usual ones of the layer or, where the opening's plan is beyond them, what lenders tolerate there.
    """
    inputs, names, position = opening.inputs, subjects(opening, node), opening.positions[node]
    market = position.funding.market.value / opening.window.years
    value = known.balance.market_value.value if known.balance.market_value else 0.0
    earns, debt = known.plan.yearly_earnings, known.balance.debt.value
    shares = rate(inputs, "equity_issue_share", *names) * value
    part = 1.0 if earns <= 0.0 else min(shares / market, 1.0) if market > 0.0 else 0.0
    limit, cover = rate(inputs, "leverage_limit", *names), rate(inputs, "interest_cover_limit", *names)
    interest = known.plan.interest.value / opening.window.years
    if earns > 0.0:
        lines = known.balance.undrawn.value
        limit = max(limit, (debt + (1.0 - part) * market + lines) / earns)
        cover = min(cover, TOLERATED_COVER * earns / interest) if interest > 0.0 else cover
    return {"market": market, "equity_part": part, "leverage_limit": limit, "cover_limit": cover}
