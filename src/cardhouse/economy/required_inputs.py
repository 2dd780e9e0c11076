"""Inputs of the plain formula from the book: each with its range, and the rows it comes from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cardhouse.book import Assumption, Book, Layer, latest, trailing_year
from cardhouse.economy.figure import ASSUMPTION, Basis, shares, total
from cardhouse.economy.inputs import YEARS, assumed
from cardhouse.economy.nodes import layer_of
from cardhouse.economy.opening import Opening
from cardhouse.economy.published_needs import lacking_input
from cardhouse.economy.required_capital import FirmCapital
from cardhouse.economy.statements import cash_margin
from cardhouse.errors import BookError

MARGIN_LAYERS = (Layer.CLOUD, Layer.NEOCLOUD)
"""Layers whose margin says what is left to pay for computing: they own it and let it."""


@dataclass(frozen=True, slots=True)
class Input:
    """One input with its range.

    Attributes
    ----------
    unit : USD_million, fraction or years.
    basis : dollars by kind of source for capital, shares by kind of source for the others.
    trail : rows behind it, one line each.
    """

    name: str
    unit: str
    low: float
    central: float
    high: float
    basis: Basis
    trail: tuple[str, ...]


def book_inputs(opening: Opening, owners: Sequence[FirmCapital], return_: float | None = None) -> dict[str, Input]:
    """All inputs by name.

    Parameters
    ----------
    owners : of the capital.
    return_ : asked for by the reader, fraction a year: it has no range; None for the assumption and its range.

    Raises
    ------
    BookError : nobody builds computing, or an assumption is missing or out of range.
    """
    ai = total(firm.ai for firm in owners)
    if ai.value <= 0.0:
        raise BookError(
            "no cloud, young cloud or laboratory of this book spends on computing; expected capital_expenditures of "
            "at least one in facts.csv or assumptions.csv; add them"
        )
    low, high = sum(firm.low for firm in owners), sum(firm.high for firm in owners)
    rate = lacking_input(opening.book, "required_return")
    life = _assumption(opening.book, "economic_life_years", "all")
    return {
        "capital": Input("capital", "USD_million", low, ai.value, high, ai.basis, ai.trail),
        "short_share": _weighted(opening, owners, "short_share", "capex_short_share"),
        "short_life": _of_row("short_life", "years", life),
        "long_life": _weighted(opening, owners, "long_life", "building_life_years"),
        "return_": _of_row("return_", "fraction", rate) if return_ is None else _chosen(return_, rate),
        "part": _part(opening, owners),
    }


def _of_row(name: str, unit: str, row: Assumption) -> Input:
    trail = f"{row.where}: assumption {row.id}: {row.reason or row.source}"
    return Input(name, unit, row.low, row.central, row.high, {ASSUMPTION: 1.0}, (trail,))


def _chosen(return_: float, row: Assumption) -> Input:
    """The return that the reader asks for; its trail names the row in whose place it stands."""
    trail = f"{return_:.4g} as asked for, in place of {row.central:g} ({row.where}: assumption {row.id})"
    return Input("return_", "fraction", return_, return_, return_, {ASSUMPTION: 1.0}, (trail,))


def _assumption(book: Book, name: str, *subjects: str) -> Assumption:
    row = book.assume(name, *subjects)
    if row is None:
        raise BookError(
            f"assumptions.csv has no {name!r} for any of {', '.join(subjects)}; add a row with low, central, high and "
            "a reason for one of them"
        )
    most = float("inf") if name in YEARS else 1.0
    if not (0.0 <= row.low <= row.central <= row.high <= most) or (name in YEARS and row.low <= 0.0):
        meant = "years above zero" if name in YEARS else "shares from 0 to 1"
        raise BookError(
            f"{row.where}: {row.id}: {row.low:g} / {row.central:g} / {row.high:g}; expected {meant} in this order; "
            "mend the assumption"
        )
    return row


def _weighted(opening: Opening, owners: Sequence[FirmCapital], name: str, metric: str) -> Input:
    """An assumption by firm, weighted by the firms' capital."""
    book = opening.book
    rows = [(f.ai.value, _assumption(book, metric, f.firm, f"layer:{layer_of(book, f.firm)}", "all")) for f in owners]
    whole = sum(weight for weight, _ in rows)

    def mean(end: Callable[[Assumption], float]) -> float:
        return sum(weight * end(row) for weight, row in rows) / whole

    trail = tuple(dict.fromkeys(f"{row.where}: assumption {row.id}" for weight, row in rows if weight > 0.0))
    unit = "years" if metric in YEARS else "fraction"
    low, central, high = mean(lambda r: r.low), mean(lambda r: r.central), mean(lambda r: r.high)
    return Input(name, unit, low, central, high, {ASSUMPTION: 1.0}, trail)


def _part(opening: Opening, owners: Sequence[FirmCapital]) -> Input:
    """Part of revenue that is left to pay for capital: cash from operations and interest over revenue.

    The median of those who own and let computing, weighted by their capital; the quartiles are its ends.
    """
    rows = []
    for firm in owners:
        position = opening.positions.get(firm.firm)
        if position is None or position.statement is None or opening.firm(firm.firm).layer not in MARGIN_LAYERS:
            continue
        plan = position.statement.plan
        if firm.ai.value > 0.0 and plan.revenue.value > 0.0:
            margin = plan.yearly_earnings * opening.window.years / plan.revenue.value
            rows.append((min(margin, 1.0), firm.ai.value, firm.firm))
    rows.sort()
    low, central, high = (quantile(rows, share) if rows else 0.0 for share in (0.25, 0.5, 0.75))
    if low <= 0.0:
        raise BookError(
            "the clouds of this book keep nothing of their revenue to pay for capital; expected operating cash flow "
            "above zero for three quarters of them; check operating_cash_margin in assumptions.csv"
        )
    grounds: dict[str, float] = {}
    trail: list[str] = []
    for margin, weight, node in rows:
        kind, lines = _grounds(opening, node)
        grounds[kind] = grounds.get(kind, 0.0) + weight
        trail += [f"{node}: {margin:.0%} of revenue before capital spending and interest", *lines]
    return Input("part", "fraction", low, central, high, shares(grounds), tuple(trail))


def _grounds(opening: Opening, node: str) -> tuple[str, tuple[str, ...]]:
    """Kind of source of a firm's margin, and its rows."""
    margin = cash_margin(opening.inputs, node)
    reported = trailing_year(opening.book, node, "operating_cash_flow", opening.window.opening)
    assumption = assumed(opening.inputs, node, "operating_cash_margin") is not None or not reported
    kind = ASSUMPTION if assumption else opening.book.source_kind(reported[-1]).value
    return kind, margin.trail if margin is not None else ()


def quantile(rows: Sequence[tuple[float, float, str]], share: float) -> float:
    """The value up to which a share of all weight lies; rows are value, weight and name, sorted by value."""
    whole, run = sum(weight for _, weight, _ in rows), 0.0
    for value, weight, _ in rows:
        run += weight
        if run >= share * whole:
            return value
    return rows[-1][0]


def chip_share(opening: Opening, firm: str) -> float | None:
    """Share of a chip maker's products in the cost of a data center; None where the book has no figure above zero."""
    fact = latest(opening.book, firm, "share_of_data_center_cost", opening.window.opening)
    return fact.value / 100.0 if fact is not None and fact.value > 0.0 else None
