"""What a dollar of a round was spent on: the mix of the firm's outlays in the four quarters after, and where it ends.

The opening of the book as known on the day gives every due of the next four quarters. Money has no name: the dollar of
a round is taken to be spent as all of the firm's outlays are. The part that no tie explains (staff, rent, tax and
suppliers outside the book) is one line. A payee passes on what it receives in the mix of its own outlays, and what it
does not pay to another firm of the book ends with it: that is its staff, tax, suppliers outside, lenders and savings.

References
----------
``docs/flows.md``; the fundamental matrix of an absorbing chain, Kemeny and Snell (1960), Finite Markov chains, ch. III.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from cardhouse.book import Book, Status, Tie
from cardhouse.economy.contracts import Contract, Role
from cardhouse.economy.figure import Figure
from cardhouse.economy.nodes import layer_of
from cardhouse.economy.opening import Opening, Position, open_book
from cardhouse.lenses.capital.rounds import state
from cardhouse.lenses.measure import SHARE, Gap, Measure, Reading, derived, known, ratio, total
from cardhouse.lenses.readings import of_figure
from cardhouse.network.flows import trace

FloatArray = NDArray[np.float64]

BOUGHT = {
    Role.OPERATING: "computing and services",
    Role.CAPITAL: "chips and systems",
    Role.RENT: "rent of data centers",
    Role.INVESTMENT: "shares of others",
}
OUTSIDE = "staff, tax and suppliers outside the book"
OUTSIDE_PLANT = "plant from suppliers outside the book"
INTEREST = "interest"
QUARTERS = 4


@dataclass(frozen=True, slots=True)
class Outlay:
    """One payee of the firm, or a line outside the book (``payee`` empty).

    Attributes
    ----------
    amount : USD million due in the window.
    share : of the firm's outlays.
    binding : share of the amount that is owed whatever happens.
    ties : ids and status of the ties behind it.
    """

    payee: str
    name: str
    bought: str
    amount: Measure
    share: Reading
    binding: float
    ties: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Ending:
    """A layer of the chain where the firm's dollar leaves the book, and the firms in which it does, largest first."""

    layer: str
    share: Reading
    firms: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Spending:
    """The dollar of a round.

    Attributes
    ----------
    firm, since : whose round, and the day after which the outlays count.
    group : name of the firm that it was merged into, whose outlays these are; empty where it stands alone.
    start, end : the four quarters.
    whole : all outlays of the window, USD million; only the ties where the firm has no statement.
    complete : False where the firm has no statement, so that only its ties are known.
    outlays : by payee, largest first; shares sum to 1.
    endings : by layer, largest first; shares sum to 1; empty where the outlays are not complete.
    """

    firm: str
    name: str
    group: str
    since: date
    start: date
    end: date
    whole: Reading
    complete: bool
    outlays: tuple[Outlay, ...]
    endings: tuple[Ending, ...]


def spending(book: Book, firm: str, since: date) -> Spending | Gap:
    """What a firm pays for in the four quarters after a day, as the book knew it on that day.

    Parameters
    ----------
    firm : id; a firm that was merged into another is followed there.
    since : day of the round, not after the book's own day.

    Returns
    -------
    Spending, or a gap that says what is missing.
    """
    day = min(since, book.date)
    opening = open_book(book.as_of(day), quarters=QUARTERS)
    node = opening.groups(firm)
    outlays, complete = _outlays(opening, node)
    if not outlays:
        return Gap(f"{book.firms[firm].name}, outlays after {day}", "the book knew no due of it on that day")
    whole = total(o.amount for o in outlays)
    shared = tuple(
        Outlay(o.payee, o.name, o.bought, o.amount, ratio(f"{o.name}, share", o.amount, whole), o.binding, o.ties)
        for o in sorted(outlays, key=lambda o: -o.amount.value)
    )
    group = "" if node == firm else book.firms[node].name
    endings = _endings(opening, node, shared) if complete else ()
    window = opening.window
    return Spending(firm, book.firms[firm].name, group, day, window.start, window.end, whole, complete, shared, endings)


def _outlays(opening: Opening, node: str) -> tuple[list[Outlay], bool]:
    found: dict[tuple[str, Role], list[Contract]] = {}
    for contract in opening.ties.contracts:
        if contract.payer == node and contract.due.value > 0:
            found.setdefault((contract.payee, contract.role), []).append(contract)
    rows = [_to_payee(opening, payee, role, own) for (payee, role), own in found.items()]
    position = opening.positions.get(node)
    if position is None or position.statement is None:
        return rows, False
    outside = (
        (OUTSIDE, position.costs_world),
        (OUTSIDE_PLANT, position.capital_world),
        (INTEREST, position.interest),
    )
    rows += [_to_world(opening, name, figure) for name, figure in outside if figure.value > 0]
    return rows, True


def _to_payee(opening: Opening, payee: str, role: Role, own: Sequence[Contract]) -> Outlay:
    parts = [_measure(opening, c.due) for c in own]
    amount = _sum(parts)
    binding = sum(c.due.value * c.binding for c in own) / amount.value
    ties = tuple((c.tie.id, _state(c.tie)) for c in own)
    return Outlay(payee, opening.book.firms[payee].name, BOUGHT[role], amount, amount, binding, ties)


def _state(tie: Tie) -> str:
    """A purchase that is completed is fulfilled; all else as for promises of money."""
    return "fulfilled" if tie.status is Status.COMPLETED else state(tie)


def _to_world(opening: Opening, name: str, figure: Figure) -> Outlay:
    amount = _measure(opening, figure)
    return Outlay("", name, name, amount, amount, 0.0, ())


def _measure(opening: Opening, figure: Figure) -> Measure:
    return of_figure(figure, opening.window.end, opening.window.start)


def _sum(parts: Sequence[Measure]) -> Measure:
    whole = total(parts)
    return whole if isinstance(whole, Measure) else parts[0]


def _endings(opening: Opening, node: str, outlays: Sequence[Outlay]) -> tuple[Ending, ...]:
    """Where the dollar leaves the book: lines outside it end with the firm, the rest where its payees' money ends."""
    ends = ends_of(opening)
    by_firm: dict[str, float] = {}
    for outlay in outlays:
        share = outlay.share.value if isinstance(outlay.share, Measure) else 0.0
        for firm, part in (ends.get(outlay.payee, {outlay.payee: 1.0}) if outlay.payee else {node: 1.0}).items():
            by_firm[firm] = by_firm.get(firm, 0.0) + share * part
    layers: dict[str, dict[str, float]] = {}
    for firm, part in by_firm.items():
        layers.setdefault(layer_of(opening.book, firm), {})[firm] = part
    basis = known(o.amount for o in outlays)
    rows = [
        Ending(
            layer,
            derived(sum(own.values()), SHARE, *basis),
            tuple(sorted(((opening.book.firms[f].name, p) for f, p in own.items()), key=lambda kv: -kv[1])),
        )
        for layer, own in layers.items()
    ]
    return tuple(sorted(rows, key=lambda r: -sum(p for _, p in r.firms)))


def ends_of(opening: Opening) -> Mapping[str, Mapping[str, float]]:
    """For each firm that takes part in a contract, where a dollar it receives ends: shares by firm that sum to 1.

    With ``N`` the expected visits of a dollar, it ends at k with probability ``N[j, k]`` times the part of k's money
    that goes to no other firm; ``N[j, k] = reaches[j, k] * N[k, k]`` and ``N[k, k] = 1 / (1 - reaches[k, k])``.
    """
    paid: dict[tuple[str, str], float] = {}
    for c in opening.ties.contracts:
        if c.role is not Role.INVESTMENT and c.due.value > 0:
            paid[c.payer, c.payee] = paid.get((c.payer, c.payee), 0.0) + c.due.value
    names = sorted({n for pair in paid for n in pair})
    if not names:
        return {}
    place = {n: i for i, n in enumerate(names)}
    payments = np.zeros((len(names), len(names)))
    for (payer, payee), amount in paid.items():
        payments[place[payer], place[payee]] = amount
    outside = np.array([_outside(opening.positions.get(n), payments, i) for n, i in place.items()])
    trail = trace(payments, outside[:, None])
    visits = 1.0 / (1.0 - trail.reaches.diagonal())
    through = trail.reaches * visits[None, :]
    np.fill_diagonal(through, visits)
    kept = 1.0 - payments.sum(axis=1) / np.where(trail.receipts > 0, trail.receipts, 1.0)
    ends = through * kept[None, :]
    return {n: {m: float(ends[i, j]) for m, j in place.items() if ends[i, j] > 1e-12} for n, i in place.items()}


def _outside(position: Position | None, payments: FloatArray, i: int) -> float:
    """Money a node has from outside the ties: what its outlays or its revenue need beyond what other firms pay it."""
    received, paid = float(payments[:, i].sum()), float(payments[i].sum())
    known_as = position.statement if position else None
    if known_as is None:
        return max(paid - received, 0.0)
    plan = known_as.plan
    spent = plan.costs.value + plan.capital_spending.value + plan.interest.value
    return max(max(plan.revenue.value, spent, paid) - received, 0.0)
