"""Of what customers pay a firm: whose money it was in the end, and what the answer rests on."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from cardhouse.economy.figure import ASSUMPTION, Basis, total
from cardhouse.lenses.measure import SHARE, USD, Gap, Measure, Reading
from cardhouse.lenses.money.follow import Following
from cardhouse.lenses.money.links import Flows, Period, Purpose, Source
from cardhouse.network.flows import Trail, sources

Array = NDArray[np.float64]
SHOWN = 0.001
"""Share below which a firm is not listed among those whose money came in."""


@dataclass(frozen=True, slots=True)
class Mix:
    """Ultimate sources of what a firm's customers pay in a window.

    Attributes
    ----------
    start, end : of the window; the firm's own year where its revenue is of one; no end for all that is promised.
    amount : USD million: revenue with prepayments; of promises, what the counted ties still have to pay; flagged
        where no revenue is known and only ties say what was paid.
    named : share of it that ties of the book explain; a gap where no revenue is known to compare them with.
    sources : share of each class of outside money; with ``own`` they add up to 1.
    own : share that is the firm's own money come back.
    firms : share by the firm at which the money came into the network, largest first.
    """

    period: Period
    start: date
    end: date | None
    amount: Measure
    named: Reading
    sources: Mapping[Source, Measure]
    own: Measure
    firms: tuple[tuple[str, Measure], ...]

    @property
    def whole(self) -> bool:
        """Whether ``amount`` is all that customers pay, and not only what ties say of it."""
        return isinstance(self.named, Measure)


@dataclass(frozen=True, slots=True)
class Traced:
    """Sources of what all firms' customers pay, (n, ...) in the order of ``nodes``; shares sum to 1 or are zero.

    ``basis`` holds the dollars behind each firm's answer by kind of source: of the payments to it, and of those by
    which the money had come to its payers.
    """

    nodes: tuple[str, ...]
    amount: Array
    named: Array
    outside: Array
    firms: Array
    own: Array
    basis: tuple[Basis, ...]


ROUNDED = 1e-9
"""Share below which what is left over is rounding and no money of unknown origin."""
NOTED = 0.005
"""Share of a firm's dollars from which on a doubt about those who get them is said."""


class What(StrEnum):
    """Which of a firm's receipts are followed."""

    SALES = "sales"
    ALL = "all"


PARTS: Mapping[What, tuple[Collection[Purpose], Collection[Source]]] = {
    What.SALES: ((Purpose.SALE,), (Source.CUSTOMERS,)),
    What.ALL: (tuple(Purpose), tuple(Source)),
}
"""Payments of firms and money from outside that belong to each."""


def traced(following: Following, period: Period, what: What = What.SALES) -> Traced:
    """Follow receipts back to where they came from: what customers pay, or everything a firm has to spend.

    Promises carry the mix that their payers' dollars have in the plan of the next four quarters.
    """
    flows = following[period]
    carrier = following.plan if period is Period.AHEAD else flows
    paid, entering = _part(flows, carrier, what)
    amount, trail = paid.sum(axis=0) + entering.sum(axis=1), carrier.trail
    outside, firms, own = _sources(trail, paid, entering)
    lost = np.where(amount > 0, 1.0 - outside.sum(axis=1) - own, 0.0)
    outside[:, list(Source).index(Source.UNKNOWN)] += np.where(lost > ROUNDED, lost, 0.0)
    named = np.divide(paid.sum(axis=0), amount, out=np.zeros_like(amount), where=amount > 0)
    return Traced(carrier.nodes, amount, named, outside, firms, own, _grounds(flows, carrier, what))


def _sources(trail: Trail, paid: Array, entering: Array) -> tuple[Array, Array, Array]:
    """Shares by class and by firm, and own money, of each firm's followed receipts; zero where there are none.

    The answer is linear in each firm's receipts, and promises may exceed a year's: what fits is followed. A firm that
    gets nothing in the carrying window has paid nothing there, so none of what it is promised can be its own.
    """
    amount = paid.sum(axis=0) + entering.sum(axis=1)
    fits = np.where(amount > trail.receipts, np.divide(trail.receipts, amount, out=amount * 0, where=amount > 0), 1.0)
    found = sources(trail, paid * fits, entering * fits[:, None])
    outside, firms, own = found.outside.copy(), found.firms.copy(), found.own.copy()
    new = (trail.receipts <= 0) & (amount > 0)
    outside[new] = paid[:, new].T @ trail.mix
    firms[new] = paid[:, new].T @ trail.entered
    followed = np.where(new, amount, found.amount)
    whole = np.divide(1.0, followed, out=np.zeros_like(amount), where=followed > 0)
    return outside * whole[:, None], firms * whole[:, None], own * whole


def _part(flows: Flows, carrier: Flows, what: What) -> tuple[Array, Array]:
    """The receipts that are followed, from firms and from outside, in the order of the carrier's firms."""
    size = len(carrier.nodes)
    paid = np.zeros((size, size))
    at = [carrier.place[n] for n in flows.nodes]
    paid[np.ix_(at, at)] = flows.payments(PARTS[what][0])
    entering = np.zeros((size, len(Source)))
    entering[at] = flows.receipts(PARTS[what][1])
    return paid, entering


def _grounds(flows: Flows, carrier: Flows, what: What) -> tuple[Basis, ...]:
    """Dollars by kind of source behind the answer for each firm."""
    size = len(carrier.nodes)
    kinds = sorted({k for f in (flows, carrier) for k in _kinds(f)} | {ASSUMPTION})
    column = {k: i for i, k in enumerate(kinds)}
    came = np.zeros((size, len(kinds)))
    for link in carrier.links:
        _add(came[carrier.place[link.payee]], link.amount.basis, column)
    for node, money in carrier.outside.items():
        for figure in money.values():
            _add(came[carrier.place[node]], figure.basis, column)
    reach = carrier.trail.reaches.copy()
    np.fill_diagonal(reach, 1.0)
    upstream = reach.T @ came
    upstream /= np.maximum(upstream.sum(axis=1, keepdims=True), 1e-9)
    out = np.zeros((size, len(kinds)))
    for link in flows.links:
        if link.purpose in PARTS[what][0]:
            payee = carrier.place[link.payee]
            _add(out[payee], link.amount.basis, column)
            out[payee] += link.amount.value * upstream[carrier.place[link.payer]]
    for node, money in flows.outside.items():
        for source, figure in money.items():
            if source in PARTS[what][1]:
                _add(out[carrier.place[node]], figure.basis, column)
    return tuple({k: float(v) for k, v in zip(kinds, row, strict=True) if v > 0} for row in out)


def _kinds(flows: Flows) -> set[str]:
    links = {k for link in flows.links for k in link.amount.basis}
    return links | {k for money in flows.outside.values() for figure in money.values() for k in figure.basis}


def _add(row: Array, basis: Basis, column: Mapping[str, int]) -> None:
    for kind, dollars in basis.items():
        row[column[kind]] += dollars


def mix_of(following: Following, found: Traced, period: Period, node: str, what: What = What.SALES) -> Mix | Gap:
    """The sources of one firm's money; a gap where nothing is known of what comes to it."""
    flows = following[period]
    if node not in found.nodes or found.amount[(i := found.nodes.index(node))] <= 0:
        return _none(following, period, node, what)
    start, end = flows.years.get(node, (flows.start, flows.end))
    last = following.opening.book.date if period is Period.AHEAD else end

    def share(value: float) -> Measure:
        return Measure(min(max(value, 0.0), 1.0), SHARE, last, start, found.basis[i])

    named = [f for x in flows.links if x.payee == node and x.purpose in PARTS[what][0] for f in (x.amount,)]
    money = total([*named, *(m for s, m in flows.outside.get(node, {}).items() if s in PARTS[what][1])])
    firms = sorted(zip(found.nodes, found.firms[i], strict=True), key=lambda kv: -kv[1])
    name = following.opening.book.firms[node].name
    whole: Reading = share(float(found.named[i]))
    flags = (*money.flags, *flows.flags.get(node, ()))
    if period is not Period.AHEAD and node not in flows.sales:
        whole = Gap(f"{name}, named by ties", "no revenue is known to compare them with")
        flags = (f"{name}: no revenue is known; only what ties say is paid", *flags)
    return Mix(
        period=period,
        start=start,
        end=None if period is Period.AHEAD else end,
        amount=Measure(
            float(found.amount[i]), USD, last, start, money.basis, (), money.trail, tuple(dict.fromkeys(flags))
        ),
        named=whole,
        sources={s: share(float(v)) for s, v in zip(Source, found.outside[i], strict=True)},
        own=share(float(found.own[i])),
        firms=tuple((n, share(float(v))) for n, v in firms if v >= SHOWN),
    )


def _none(following: Following, period: Period, node: str, what: What) -> Gap:
    """Why nothing can be said of a firm's money."""
    name = following.opening.book.firms[node].name
    if what is What.ALL:
        return Gap(f"{name}, money to spend", "the book knows of none that came in")
    reasons = {
        Period.PAID: f"no revenue is known for the year to {following.paid.end}, and no tie paid it",
        Period.PLAN: "no revenue is planned or assumed, and no tie that counts pays it",
        Period.AHEAD: "no tie that counts has anything left to pay it",
    }
    return Gap(f"{name}, money of customers", reasons[period])


def returning(following: Following, period: Period, node: str) -> Reading:
    """The probability that a dollar which the firm pays to another firm comes back before it leaves the network."""
    flows = following[period]
    what = f"{following.opening.book.firms[node].name}, return of its dollar"
    spent = total(x.amount for x in flows.links if x.payer == node)
    if spent.value <= 0:
        return Gap(what, "it pays no firm under a tie that counts")
    value = float(flows.trail.return_probability[flows.place[node]])
    return Measure(
        value, SHARE, flows.end, flows.start, _on_the_way(flows, node), (), (), _overstated(following, flows, node)
    )


def _on_the_way(flows: Flows, node: str) -> Basis:
    """Dollars by kind of source of the payments on which the firm's dollars go round."""
    reach = _passed(flows, node)
    out: dict[str, float] = {}
    for link in flows.links:
        chance = 1.0 if link.payer == node else float(reach[flows.place[link.payer]])
        for kind, dollars in link.amount.basis.items():
            out[kind] = out.get(kind, 0.0) + chance * dollars
    return out


def _passed(flows: Flows, node: str) -> Array:
    """Probability that a dollar which the firm pays to another firm passes each firm, (n,)."""
    i = flows.place[node]
    spent = float(flows.payments()[i].sum())
    passed: Array = np.minimum(flows.trail.reaches[i] * (flows.trail.receipts[i] / spent), 1.0)
    return passed


def _overstated(following: Following, flows: Flows, node: str) -> tuple[str, ...]:
    """Firms on the way of whose money so little is known that what they pass on is overstated."""
    reach = _passed(flows, node)
    return tuple(
        f"{following.opening.book.firms[other].name} paid {money[Source.UNKNOWN].value:,.0f} million beyond all that "
        "is known to have come to it: what it passes on is overstated"
        for other, money in flows.outside.items()
        if Source.UNKNOWN in money and reach[flows.place[other]] >= NOTED
    )


def circular_of(flows: Flows, node: str) -> Reading:
    """Share of all that a firm pays to firms and gets from them that only goes round, split in balance."""
    mine = total(x.amount for x in flows.links if node in (x.payer, x.payee))
    if mine.value <= 0:
        return Gap(f"{node}, circular share", "it neither pays a firm nor is paid by one")
    return Measure(float(flows.split.firm_share[flows.place[node]]), SHARE, flows.end, flows.start, mine.basis)
