"""Where the money comes from and where it goes: sources, return of a firm's own dollars, netting.

One assumption carries the module: a firm's outlays have the mix of its receipts. A dollar that firm i
receives is then paid to firm j with probability ``payments[i, j] / receipts[i]``, and otherwise leaves the
network: it is paid to the outside or kept. Backwards, a dollar that i holds came from j with probability
``payments[j, i] / receipts[i]``, and otherwise entered the network at i, from one of the outside classes.

With ``P`` the first of these matrices and ``N = (I - P)^-1`` everything follows from one inverse: a dollar
that i receives ever comes to j with probability ``N[i, j] / N[j, j]``, and comes back to i with probability
``1 - 1 / N[i, i]``. The share of i's receipts that i had paid out before is the *same* number, because
whatever comes back had left.

``N`` exists exactly when outside money reaches, along payments, every firm that receives anything: a group
that is paid only by itself has no source, and its dollars would go round for ever.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order

from cardhouse.errors import InputError, NotConverged
from cardhouse.network._guards import FloatArray, frozen, links, listed, numbers, within

OVERSPENT = 1e-9
"""Outlays may exceed receipts by this share: figures were rounded before they came here."""
LEAK_LOST = 1e-8
"""Largest error of a mix (which must sum to 1) that is still an answer."""


@dataclass(frozen=True, eq=False)
class Trail:
    """The origin and the later course of every firm's dollars.

    Attributes
    ----------
    receipts : (n,), USD million, from other firms and from outside.
    mix : (n, classes), share of each outside class in a dollar of the firm; rows sum to 1, or are zero for a
        firm that receives nothing.
    entered : (n, n). ``entered[i, j]`` is the share of i's dollars that came into the network at j: j's own
        outside money. Rows sum to 1 as those of ``mix``.
    visited : (n, n). ``visited[i, j]`` is the probability that a dollar of i had been j's before; on the
        diagonal, that i had already paid it out once.
    reaches : (n, n). ``reaches[i, j]`` is the probability that a dollar of i comes to j before it leaves the
        network; on the diagonal, that it comes back. The dollar i pays to j returns to i with
        probability ``reaches[j, i]``.
    returned : (n,), USD million, receipts of the firm that are its own money come back.
    share_returned : (n,), ``returned`` over what the firm receives from other firms; 0 when that is nothing.
    return_probability : (n,), that a dollar the firm pays to another firm comes back before it leaves the
        network; 0 when it pays nothing.
    """

    receipts: FloatArray
    mix: FloatArray
    entered: FloatArray
    visited: FloatArray
    reaches: FloatArray
    returned: FloatArray
    share_returned: FloatArray
    return_probability: FloatArray


@dataclass(frozen=True, eq=False)
class Sources:
    """Where a chosen part of each firm's receipts, such as its revenue, came from in the end.

    Attributes
    ----------
    amount : (n,), USD million, what was traced.
    outside : (n, classes), USD million, from each outside class, without having been the firm's before.
    firms : (n, n), USD million, the same dollars by the firm where they entered the network.
    own : (n,), USD million, the firm's own money come back. ``amount = outside.sum(1) + own``, and
        ``amount = firms.sum(1) + own``.
    """

    amount: FloatArray
    outside: FloatArray
    firms: FloatArray
    own: FloatArray


@dataclass(frozen=True, eq=False)
class Netting:
    """The same debts gross, netted pair by pair, and netted all together.

    Attributes
    ----------
    gross : USD million, all payments.
    bilateral : USD million, when each pair pays only its difference.
    multilateral : USD million, when all pay or receive only their balance with everybody: the least money
        that settles. ``multilateral <= bilateral <= gross``.
    pairs : (n, n), USD million, the payments left after netting each pair.
    position : (n,), USD million, received less paid; no netting changes it, and it sums to 0.
    """

    gross: float
    bilateral: float
    multilateral: float
    pairs: FloatArray
    position: FloatArray


def trace(payments: npt.ArrayLike, outside: npt.ArrayLike) -> Trail:
    """Ultimate sources of every firm's receipts, and how much of its own money comes back to it.

    Parameters
    ----------
    payments : (n, n), USD million over the window. ``payments[i, j]`` is what i pays j, for whatever reason.
    outside : (n, classes), USD million over the window, what each firm receives from outside by class: end
        customers, lenders, shareholders, cash in hand at the start, ...

    Returns
    -------
    Trail : shares do not depend on the unit; what a firm keeps counts as having left the network.

    Raises
    ------
    InputError : negative, non-finite or self-paid amounts; sizes that differ; a firm that pays out more than
        it receives (its cash in hand is missing among the classes); a group of firms that no outside money
        reaches.
    NotConverged : a group that so little outside money reaches that rounding hides it.
    """
    paid, entering = _flows(payments, outside)
    size = paid.shape[0]
    received = paid.sum(axis=0)
    receipts = received + entering.sum(axis=1)
    _nobody_overspends(paid.sum(axis=1), receipts)
    _money_reaches_all(paid, entering.sum(axis=1), receipts)

    through = np.linalg.inv(np.eye(size) - _share(paid, receipts[:, None]))
    mix = _share(through.T @ entering, receipts[:, None])
    lost = np.flatnonzero((np.abs(mix.sum(axis=1) - 1.0) > LEAK_LOST) & (receipts > 0))
    if lost.size:
        raise NotConverged(f"too little outside money reaches {listed(lost)} to be told from rounding")

    visits = through.diagonal()
    back = 1.0 - 1.0 / visits
    reaches = through / visits
    visited = _share(through.T * (receipts / visits), receipts[:, None])
    np.fill_diagonal(reaches, back)
    np.fill_diagonal(visited, back)
    returned = receipts * back
    return Trail(
        receipts=frozen(receipts),
        mix=frozen(mix),
        entered=frozen(_share(through.T * entering.sum(axis=1), receipts[:, None])),
        visited=frozen(visited),
        reaches=frozen(reaches),
        returned=frozen(returned),
        share_returned=frozen(_share(returned, received)),
        return_probability=frozen(_share(returned, paid.sum(axis=1))),
    )


def sources(trail: Trail, payments: npt.ArrayLike, outside: npt.ArrayLike) -> Sources:
    """Follow part of each firm's receipts back: to the outside, or to the firm itself, whichever comes first.

    Parameters
    ----------
    trail : Trail, of all payments of the network.
    payments : (n, n), USD million, the part of the payments to follow; for revenue, purchases but not loans.
    outside : (n, classes), USD million, the part of the outside receipts to follow; they are their own
        source.

    Returns
    -------
    Sources : of the dollars that were followed.

    Raises
    ------
    InputError : negative, non-finite or self-paid amounts, sizes that differ, or more than the firm received.
    """
    paid, entering = _flows(payments, outside)
    size = paid.shape[0]
    if trail.mix.shape != entering.shape:
        raise InputError(f"outside has shape {entering.shape}, but the trail was made with {trail.mix.shape}")
    amount = paid.sum(axis=0) + entering.sum(axis=1)
    above = np.flatnonzero(amount > trail.receipts * (1.0 + OVERSPENT))
    if above.size:
        raise InputError(f"more is to be traced than {listed(above)} received: trace a part of the same payments")
    # A dollar of payer i goes back to the receiver j with probability visited[i, j], and from there on it
    # would have j's mix; taking that part out leaves the dollars that never were j's.
    own = (paid * trail.visited).sum(axis=0)
    classes = np.maximum(0.0, paid.T @ trail.mix - own[:, None] * trail.mix) + entering
    firms = np.maximum(0.0, paid.T @ trail.entered - own[:, None] * trail.entered)
    firms[np.arange(size), np.arange(size)] = entering.sum(axis=1)
    return Sources(frozen(amount), frozen(classes), frozen(firms), frozen(own))


def netting(payments: npt.ArrayLike) -> Netting:
    """Gross against net: what would still have to be paid if claims were set off.

    Parameters
    ----------
    payments : (n, n), USD million. ``payments[i, j]`` is what i pays j.

    Returns
    -------
    Netting

    Raises
    ------
    InputError : negative, non-finite or self-paid amounts.
    """
    paid = links("payments", payments)
    pairs = np.maximum(0.0, paid - paid.T)
    position = pairs.sum(axis=0) - pairs.sum(axis=1)
    return Netting(
        gross=float(paid.sum()),
        bilateral=float(pairs.sum()),
        multilateral=float(np.maximum(0.0, position).sum()),
        pairs=frozen(pairs),
        position=frozen(position),
    )


def _flows(payments: npt.ArrayLike, outside: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    paid = links("payments", payments)
    entering = within("outside", numbers("outside", outside, ndim=2), 0.0)
    if entering.shape[0] != paid.shape[0]:
        raise InputError(f"outside has {entering.shape[0]} rows, expected one for each of {paid.shape[0]} firms")
    return paid, entering


def _nobody_overspends(paid: FloatArray, receipts: FloatArray) -> None:
    over = np.flatnonzero(paid > receipts * (1.0 + OVERSPENT))
    if over.size:
        gap = paid[over[0]] - receipts[over[0]]
        raise InputError(
            f"outlays of {listed(over)} exceed receipts (the first by {gap:.6g}): "
            "add the cash in hand, or the funding, that pays for the difference"
        )


def _money_reaches_all(paid: FloatArray, entering: FloatArray, receipts: FloatArray) -> None:
    """Refuse closed loops: walk along payments from a root that stands for the outside."""
    size = paid.shape[0]
    walk = np.zeros((size + 1, size + 1))
    walk[:size, :size] = paid
    walk[size, :size] = entering
    seen = np.zeros(size + 1, dtype=np.bool_)
    seen[breadth_first_order(csr_array(walk), size, return_predecessors=False)] = True
    closed = np.flatnonzero(~seen[:size] & (receipts > 0))
    if closed.size:
        raise InputError(f"no outside money reaches {listed(closed)}: they are paid only by each other")


def _share(part: FloatArray, whole: FloatArray) -> FloatArray:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)
