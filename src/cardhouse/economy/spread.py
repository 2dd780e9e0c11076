"""How every assumption moves the model: what changes in the tableau towards its low and towards its high.

The book is compiled once with each assumption at its low and once at its high. A path that draws all of them takes
the central tableau and adds, for each, the part of its change that it has drawn. That is exact for one assumption at
an end of its range and for figures that are sums. Where two assumptions multiply, or one of them meets a floor, what
they do together is missed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cardhouse.book import Assumption
from cardhouse.economy.kernel import rows as row
from cardhouse.economy.kernel.tableau import Tableau

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

FIELDS = (
    "nodes",
    "node_terms",
    "ladders",
    "plans",
    "starts",
    "ties",
    "tie_terms",
    "schedules",
    "debts",
    "debt_terms",
    "maturing",
    "calls",
    "call_terms",
    "holdings",
    "holding_terms",
    "world",
    "calendar",
)
"""Fields of the tableau that hold parameters and the opening's values of each path; lanes are their last axis."""
SIGNED: Mapping[str, tuple[int, ...]] = {
    "nodes": (row.OTHER_ASSETS, row.EQUITY, row.FREE, row.EARNINGS, row.VALUE),
    "node_terms": (row.COVER_LIMIT,),
    "starts": (row.EARNINGS0, row.VALUE0, row.OWN0),
}
"""Rows that may be below zero; whatever else is not negative in the measured tableaus never is."""
SHARES: Mapping[str, tuple[int, ...]] = {
    "node_terms": (
        row.AI,
        row.RENTS,
        row.NEW_AT_RENT,
        row.EXPORT,
        row.SOVEREIGN,
        row.COST_FLEX,
        row.NONCASH,
        row.TAX,
        row.SUBSIDY,
        row.PAYOUT,
        row.CAPEX_SHORT,
        row.EQUITY_PART,
        row.DSCR_PART,
        row.SOLD_RECEIVABLES,
        row.SOLD_SHORT,
        row.SOLD_LONG,
        row.SOLD_STAKES,
        row.SOLD_OTHER,
        row.DRAWDOWN,
    ),
    "tie_terms": (row.TIE_AVOID, row.TIE_RELET, row.TIE_STRANDED, row.TIE_CREDIT, row.TIE_INDEXED, row.TIE_TRADE_IN),
    "schedules": (row.TIE_BOUND, row.TIE_OF_CAPEX, row.TIE_OF_REVENUE),
    "debt_terms": (row.DEBT_FLOATING, row.DEBT_SECURED),
    "holdings": (row.FRACTION,),
    "holding_terms": (row.STAKE_FRACTION0,),
}
"""Rows that are parts of a whole: never above one."""
ASSETS = (row.CASH, row.RESIDUAL_RECEIVABLES, row.SHORT, row.LONG, row.BUILDING, row.OTHER_ASSETS)
CLAIMS = (row.LEASES, row.OTHER_LIABILITIES, row.TAX_DUE, row.NEW_DEBT, row.EQUITY)


@dataclass(frozen=True, slots=True)
class Held:
    """An assumption that stays at its central value in every path, and why; one sentence without a full stop."""

    row: Assumption
    reason: str


@dataclass(frozen=True, slots=True)
class Effect:
    """What one assumption changes in the tableau: (k,) places, and the change at its low and at its high.

    ``field`` is a place in :data:`FIELDS`, ``index`` a place in that field without its lanes. ``reason`` says why
    the assumption is held instead; then there are no places.
    """

    row: Assumption
    field: Ints
    index: Ints
    at_low: Array
    at_high: Array
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Spread:
    """The central tableau where assumptions move it, and how far: A assumptions, G numbers, E entries.

    Attributes
    ----------
    assumptions : (A,) rows of the book in its order. ``below`` : (A,) share of each range that is below its centre.
    held : assumptions that no path moves.
    field, index, base : (G,) a number of the tableau: its place in :data:`FIELDS`, its place in that field without
        lanes, its central value. Sorted by field, then index.
    least, most : (G,) bounds of the number, infinite where it has none.
    begins : (G + 1,) where the entries of each number begin in the next three.
    assumption, at_low, at_high : (E,) place of an assumption, and the change that it makes at its low and its high.
    """

    assumptions: tuple[Assumption, ...]
    held: tuple[Held, ...]
    below: Array
    field: Ints
    index: Ints
    base: Array
    least: Array
    most: Array
    begins: Ints
    assumption: Ints
    at_low: Array
    at_high: Array

    def values(self, positions: Array) -> Array:
        """Numbers of the tableau where the assumptions are at these positions.

        Parameters
        ----------
        positions : (A, L), -1 at the low, 0 at the central value, 1 at the high.

        Returns
        -------
        (G, L), inside their bounds.
        """
        if not self.field.size:
            return np.zeros((0, positions.shape[1]))
        drawn = positions[self.assumption]
        moves = np.where(drawn < 0.0, -drawn * self.at_low[:, None], drawn * self.at_high[:, None])
        moved = self.base[:, None] + np.add.reduceat(moves, self.begins[:-1], axis=0)
        return np.asarray(np.clip(moved, self.least[:, None], self.most[:, None]))

    def put(self, tableau: Tableau, positions: Array) -> None:
        """Move an untouched tableau at the opening to these positions; its sheets balance again.

        Parameters
        ----------
        positions : (A, lanes) for a tableau whose paths have terms of their own, or (A, 1) for all lanes alike.
        """
        values = self.values(positions)
        for place, name in enumerate(FIELDS):
            mine = self.field == place
            if mine.any():
                array = getattr(tableau, name)
                array[np.unravel_index(self.index[mine], array.shape[:-1])] = values[mine]
        balance(tableau)


def gap(tableau: Tableau) -> Array:
    """Assets less debts and equity of each node at the opening, (N, L): zero but for rounding where sheets balance."""
    nodes, out = tableau.nodes, tableau.nodes[list(ASSETS)].sum(axis=0) - tableau.nodes[list(CLAIMS)].sum(axis=0)
    parts = (
        (tableau.tie_kinds[row.TIE_PAYEE], tableau.ties[row.RECEIVABLE], 1.0),
        (tableau.tie_kinds[row.TIE_PAYER], tableau.ties[row.RECEIVABLE], -1.0),
        (tableau.holding_kinds[row.STAKE_HOLDER], tableau.holdings[row.CARRYING], 1.0),
        (tableau.debt_kinds[row.DEBT_LENDER], tableau.debts[row.PRINCIPAL], 1.0),
        (tableau.debt_kinds[row.DEBT_BORROWER], tableau.debts[row.PRINCIPAL], -1.0),
    )
    for who, amount, sign in parts:
        inside = (who >= 0) & (who < nodes.shape[1])
        np.add.at(out, who[inside], sign * amount[inside])
    return np.asarray(out)


def balance(tableau: Tableau) -> None:
    """Take what a bound has cut from one side of a sheet as other assets, which are the rest of a sheet anyway."""
    tableau.nodes[row.OTHER_ASSETS] -= gap(tableau)


def gathered(effects: Sequence[Effect], central: Mapping[str, Array]) -> Spread:
    """Effects of single assumptions, sorted by the number that they move.

    Parameters
    ----------
    effects : in the order of the book.
    central : the flat central values of each field of :data:`FIELDS`.
    """
    moving = [e for e in effects if not e.reason]
    entries = {
        name: np.concatenate([np.zeros(0, dtype=kind), *(getattr(e, name) for e in moving)])
        for name, kind in (("field", np.int64), ("index", np.int64), ("at_low", np.float64), ("at_high", np.float64))
    }
    owner = np.repeat(np.arange(len(moving), dtype=np.int64), [e.field.size for e in moving])
    order = np.lexsort((owner, entries["index"], entries["field"]))
    field, index = entries["field"][order], entries["index"][order]
    at_low, at_high = entries["at_low"][order], entries["at_high"][order]
    first = np.ones(field.size, dtype=bool)
    first[1:] = (np.diff(field) != 0) | (np.diff(index) != 0)
    begins = np.append(np.flatnonzero(first), field.size).astype(np.int64)
    field, index = field[first], index[first]
    base = np.array([central[FIELDS[f]][i] for f, i in zip(field, index, strict=True)], dtype=np.float64)
    ends = np.minimum(at_low, at_high), np.maximum(at_low, at_high)
    lowest, highest = (
        (np.minimum.reduceat(ends[0], begins[:-1]), np.maximum.reduceat(ends[1], begins[:-1]))
        if field.size
        else (base, base)
    )
    signed, share = (_among(rows, field, index, central) for rows in (SIGNED, SHARES))
    above_zero = ~signed & (base >= 0.0) & (base + lowest >= 0.0)
    below_one = share & (base <= 1.0) & (base + highest <= 1.0)
    rows = tuple(e.row for e in moving)
    return Spread(
        assumptions=rows,
        held=tuple(Held(e.row, e.reason) for e in effects if e.reason),
        below=shares_below(rows),
        field=field,
        index=index,
        base=base,
        least=np.where(above_zero, 0.0, -np.inf),
        most=np.where(below_one, 1.0, np.inf),
        begins=begins,
        assumption=owner[order],
        at_low=at_low,
        at_high=at_high,
    )


def shares_below(rows: Sequence[Assumption]) -> Array:
    """Share of each range that lies below the central value, (A,)."""
    return np.array([(r.central - r.low) / (r.high - r.low) for r in rows], dtype=np.float64)


def _among(
    rows: Mapping[str, tuple[int, ...]], field: Ints, index: Ints, central: Mapping[str, Array]
) -> NDArray[np.bool_]:
    """Whether each number is in one of these rows, (G,)."""
    out = np.zeros(field.size, dtype=bool)
    for name, listed in rows.items():
        mine = field == FIELDS.index(name)
        length = central[name].size // getattr(row, f"{name.upper()}_ROWS")
        if length:
            out[mine] = np.isin(index[mine] // length, listed)
    return out
