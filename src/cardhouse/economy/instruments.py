"""Terms that real contracts have, one small type each, read from the rows of ``terms.csv`` for a row of steps.

What a schedule says is in :mod:`cardhouse.economy.schedules`; this is what changes it: conditions, shares of what
the payer spends or earns, rents that move, hardware that is taken back, warrants, covenants of loans.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from cardhouse.book import Term, Tie
from cardhouse.economy.contracts import binding_share
from cardhouse.economy.inputs import Inputs
from cardhouse.economy.kernel.arrays import FOREVER, IF_DELIVERED, IF_LISTED, IF_VALUATION, NO_CONDITION
from cardhouse.economy.schedules import slices, term_in_force, terms_named
from cardhouse.economy.window import Window

Array = NDArray[np.float64]
Terms = tuple[Term, ...]


def _last(terms: Terms, name: str) -> Term | None:
    rows = terms_named(terms, name)
    return rows[-1] if rows else None


def _number(terms: Terms, name: str, missing: float) -> float:
    row = _last(terms, name)
    return row.number if row else missing


def step_of(day: date, windows: Sequence[Window]) -> int:
    """The step that holds a day; the first for days before, FOREVER for days after the last."""
    for q, window in enumerate(windows):
        if day <= window.end:
            return q
    return FOREVER


@dataclass(frozen=True, slots=True)
class Schedule:
    """What falls due in each step under a tie's schedule, ramp, gigawatts or its own dates, USD million."""

    due: Array

    @classmethod
    def read(cls, inputs: Inputs, tie: Tie, terms: Terms, windows: Sequence[Window]) -> Schedule:
        """The slices of a tie laid over the steps; nothing for a tie without an amount."""
        parts = slices(inputs, tie, terms) or ()
        return cls(np.array([sum((p.amount * p.inside(w) for p in parts if p.meets(w)), 0.0) for w in windows]))


@dataclass(frozen=True, slots=True)
class TakeOrPay:
    """Share of each step's due that is owed whether used or not; notice of cancellation counts in days of the step."""

    bound: Array

    @classmethod
    def read(cls, tie: Tie, terms: Terms, windows: Sequence[Window]) -> TakeOrPay:
        """As the opening reads it, step by step; without a row about it all steps are alike."""
        if not terms_named(terms, "cancellable", "take_or_pay"):
            return cls(np.full(len(windows), binding_share(windows[0], tie, terms)))
        return cls(np.array([binding_share(w, tie, terms) for w in windows]))


@dataclass(frozen=True, slots=True)
class ShareOf:
    """A due that is a share of the payer's capital spending or revenue, up to a cap on all that is ever paid."""

    share: Array
    cap: float
    paid: float

    @classmethod
    def read(cls, terms: Terms, name: str, windows: Sequence[Window]) -> ShareOf:
        """Shares in force, by the days of each step that they cover."""
        rows = terms_named(terms, name)
        if not rows:
            return cls(np.zeros(len(windows)), math.inf, 0.0)
        share = np.array([sum(t.number * w.overlap_years(t.from_, t.to) / w.years for t in rows) for w in windows])
        caps = terms_named(terms, "cap")
        paid = sum(t.number for t in terms_named(terms, "paid_to_date")) if caps else 0.0
        return cls(share, caps[0].number if caps else math.inf, paid)


@dataclass(frozen=True, slots=True)
class Tranche:
    """A part that is due once a condition holds: a valuation, a listing, a sum paid under a tie.

    ``tie`` is whose payments count for the condition; empty for the tranche's own.
    """

    waits: Array
    condition: int
    threshold: float
    tie: str

    @classmethod
    def read(cls, terms: Terms, windows: Sequence[Window]) -> Tranche:
        """Conditional rows over their dates; what has no dates or no condition never falls due."""
        waits = np.zeros(len(windows))
        for row in terms_named(terms, "conditional"):
            if row.from_ is not None and row.to is not None:
                waits += [row.number * w.share(row.from_, row.to) for w in windows]
        met = [t for t in terms_named(terms, "condition_met") if t.from_ is not None]
        if met and waits.any():
            return cls(waits, IF_LISTED, float(step_of(min(t.from_ for t in met if t.from_), windows)), "")
        tie = _last(terms, "condition_tie")
        named = tie.value if tie else ""
        if (worth := _last(terms, "if_valuation")) is not None:
            return cls(waits, IF_VALUATION, worth.number, named)
        if (listed := _last(terms, "if_listed")) is not None and listed.from_ is not None:
            return cls(waits, IF_LISTED, float(step_of(listed.from_, windows)), named)
        if (paid := _last(terms, "if_delivered")) is not None:
            return cls(waits, IF_DELIVERED, paid.number, named)
        if (power := _last(terms, "if_gigawatts")) is not None and _last(terms, "per_gigawatt") is not None:
            return cls(waits, IF_DELIVERED, power.number * _number(terms, "per_gigawatt", 0.0), named)
        return cls(np.zeros(len(windows)), NO_CONDITION, 0.0, "")


@dataclass(frozen=True, slots=True)
class MovingRent:
    """Share of a due that follows the market rent of computing, locked at a multiple of the opening's rent."""

    indexed: float
    lock: float

    @classmethod
    def read(cls, terms: Terms) -> MovingRent:
        """A contract without such terms has a fixed price."""
        return cls(_number(terms, "rent_indexed", 0.0), _number(terms, "price_lock", math.inf))


@dataclass(frozen=True, slots=True)
class TradeIn:
    """Share of the delivered fleet that the payee takes back each year; the fall of rents is set off against dues."""

    share: float

    @classmethod
    def read(cls, terms: Terms) -> TradeIn:
        """No such right without a row."""
        return cls(_number(terms, "trade_in", 0.0))


@dataclass(frozen=True, slots=True)
class Vesting:
    """A warrant: fraction of the issuer when fully vested, purchases that vest it, and the issuer's worth it needs."""

    tie: str
    fraction: float
    hurdle: float

    @classmethod
    def read(cls, terms: Terms) -> Vesting | None:
        """None where the terms do not say what vests it."""
        tie, fraction = _last(terms, "vests_with"), _last(terms, "vests")
        if tie is None or fraction is None:
            return None
        return cls(tie.value, fraction.number, _number(terms, "hurdle", 0.0))


@dataclass(frozen=True, slots=True)
class ResidualValue:
    """An asset's value that a guarantor makes good at a date."""

    amount: float
    step: int

    @classmethod
    def read(cls, terms: Terms, windows: Sequence[Window]) -> ResidualValue:
        """Nothing, never, without a row."""
        row = _last(terms, "residual_value")
        if row is None or row.to is None or row.to <= windows[0].opening:
            return cls(0.0, FOREVER)
        return cls(row.number, step_of(row.to, windows))


@dataclass(frozen=True, slots=True)
class Covenants:
    """Of a loan: the part whose rate floats, the cover that more drawing needs, and what is undrawn under it."""

    floating: float | None
    cover: float
    undrawn: float

    @classmethod
    def read(cls, terms: Terms, opening: date) -> Covenants:
        """As in force at the opening; ``floating`` None where nobody says."""
        floating = term_in_force(terms, "floating", opening)
        cover = term_in_force(terms, "dscr", opening)
        undrawn = [t for t in terms_named(terms, "undrawn") if t.to is None or t.to <= opening]
        newest = max(undrawn, key=lambda t: (t.to or date.min, t.known)) if undrawn else None
        return cls(
            floating.number if floating else None,
            cover.number if cover else 0.0,
            newest.number if newest else 0.0,
        )


@dataclass(frozen=True, slots=True)
class Maturities:
    """Principal of one loan that falls due in each step, USD million."""

    due: Array

    @classmethod
    def read(cls, tie: Tie, terms: Terms, principal: float, windows: Sequence[Window]) -> Maturities:
        """A ladder, a run of instalments, or all at the tie's end; never more than is owed."""
        ladder = [t for t in terms_named(terms, "maturity") if t.to is not None]
        runs = [t for t in terms_named(terms, "amortises") if t.from_ is not None and t.to is not None]
        due = np.zeros(len(windows))
        for q, window in enumerate(windows):
            due[q] += sum(t.number for t in ladder if t.to is not None and window.opening < t.to <= window.end)
            due[q] += sum(t.number * window.share(t.from_, t.to) for t in runs)
            if not ladder and not runs and tie.end is not None and window.opening < tie.end <= window.end:
                due[q] += principal
        paid = np.minimum(np.cumsum(due), principal)
        return cls(np.diff(paid, prepend=0.0))
