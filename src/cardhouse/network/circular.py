"""The circular part of a network of payments: what goes round, and what really goes from one to another.

Any network of payments splits into a circular part, in which every firm receives what it pays, and an acyclic
part without any cycle, which carries all net positions. The split is not unique; two stand out. *Maximum*
takes as much as possible out of circulation, and is found by linear programming: the circular share is then
unique, its division among links and firms is not. *Balanced* (balanced flow forwarding) lets every firm
forward what it circulates in proportion to its payments; it is unique link by link, and never above the
maximum in total.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from cardhouse.errors import NotConverged
from cardhouse.network._guards import FloatArray, IntArray, frozen, kernel, links

TOLERANCE = 1e-10
"""The linear program works to this share of the largest payment, the finest that its solver accepts."""
ROUNDED = 1e-14
"""What is left of a payment below this share of it is rounding."""


@dataclass(frozen=True, eq=False)
class Circulation:
    """A network split into a circular and an acyclic part.

    Attributes
    ----------
    circular : (n, n), USD million, what goes round; rows and columns of a firm have the same sum.
    acyclic : (n, n), USD million, the rest, without a cycle. ``circular + acyclic`` are the payments.
    share : circular over all payments, 0 (no cycle) to 1 (nobody gains or loses); 0 without payments.
    firm_share : (n,), the same for what each firm pays and receives; 0 for a firm that does neither.
    """

    circular: FloatArray
    acyclic: FloatArray
    share: float
    firm_share: FloatArray


def maximum(payments: npt.ArrayLike) -> Circulation:
    """Find the split with the largest circular part: the rest settles all positions with the least money.

    Parameters
    ----------
    payments : (n, n), USD million. ``payments[i, j]`` is what i pays j.

    Returns
    -------
    Circulation : ``share`` is the maximum; ``circular`` is one of the splits that reach it.

    Raises
    ------
    InputError : negative, non-finite or self-paid amounts.
    NotConverged : the linear program failed.

    References
    ----------
    Homs-Dones, MacKay, Sansom and Zhou (2025), arXiv 2506.12546. As the least money that settles while nobody
    takes on a new counterparty: D'Errico and Roukny (2021), Operations Research 69(5), conservative
    compression.
    """
    paid = links("payments", payments)
    left = paid.copy()
    _peel(_largest(paid), left)
    left[left <= ROUNDED * paid] = 0.0
    # The linear program works to a tolerance: cycles of that size may remain.
    _peel(left.copy(), left)
    return _split(paid, left)


def balanced(payments: npt.ArrayLike) -> Circulation:
    """Split by balanced flow forwarding: circulation takes the same share of each payment a firm makes.

    Inside every strongly connected group, money walks from firm to firm in proportion to their payments; its
    stationary flow, as large as fits, is circular. That uses up all payments of at least one firm within the
    group; what is left falls into smaller groups, and so on until no cycle is left.

    Parameters, returns and errors are those of :func:`maximum`; the split is unique and does not fail. The
    cost grows with the fourth power of the largest group: seconds at a few hundred firms.

    References
    ----------
    Homs-Dones, MacKay, Sansom and Zhou (2025), arXiv 2506.12546. Stationary flow without subtraction:
    Grassmann, Taksar and Heyman (1985), Operations Research 33(5).
    """
    paid = links("payments", payments)
    left = paid.copy()
    groups = _groups(left)
    while groups:
        smaller = []
        for group in groups:
            inside = np.ix_(group, group)
            part = left[inside]
            _forward(part)
            left[inside] = part
            smaller += [group[piece] for piece in _groups(part)]
        groups = smaller
    return _split(paid, left)


def _split(paid: FloatArray, left: FloatArray) -> Circulation:
    circular = paid - left
    gross = paid.sum(axis=0) + paid.sum(axis=1)
    turned = circular.sum(axis=0) + circular.sum(axis=1)
    share = np.divide(turned, gross, out=np.zeros_like(gross), where=gross > 0)
    total = gross.sum()
    return Circulation(
        circular=frozen(circular),
        acyclic=frozen(left),
        share=float(min(1.0, turned.sum() / total)) if total > 0 else 0.0,
        firm_share=frozen(np.minimum(1.0, share)),
    )


def _groups(flow: FloatArray) -> list[IntArray]:
    """Strongly connected groups of at least two firms."""
    count, label = connected_components(csr_array(flow), directed=True, connection="strong")
    sizes = np.bincount(label, minlength=count)
    return [np.flatnonzero(label == k) for k in np.flatnonzero(sizes > 1)]


def _largest(paid: FloatArray) -> FloatArray:
    """Find the largest circulation by linear programming, balanced to the program's tolerance."""
    _, label = connected_components(csr_array(paid), directed=True, connection="strong")
    # Only links inside a strongly connected group lie on a cycle.
    payer, receiver = np.nonzero((paid > 0) & (label[:, None] == label[None, :]))
    flow = np.zeros_like(paid)
    count = payer.size
    if count == 0:
        return flow
    scale = paid[payer, receiver].max()
    room = paid[payer, receiver] / scale
    signs = np.concatenate([np.ones(count), -np.ones(count)])
    places = (np.concatenate([payer, receiver]), np.tile(np.arange(count), 2))
    # The type stubs of scipy know linear programs with dense matrices only.
    balance: Any = coo_array((signs, places), shape=(paid.shape[0], count)).tocsr()
    found = linprog(
        -np.ones(count),
        A_eq=balance,
        b_eq=np.zeros(paid.shape[0]),
        bounds=[(0.0, float(most)) for most in room],
        method="highs",
        options={"primal_feasibility_tolerance": TOLERANCE, "dual_feasibility_tolerance": TOLERANCE},
    )
    if found.x is None or found.status != 0:
        raise NotConverged(f"the linear program for the largest circulation failed: {found.message}")
    flow[payer, receiver] = scale * np.clip(found.x, 0.0, room)
    return flow


@kernel
def _peel(work: FloatArray, left: FloatArray) -> None:
    """Take every cycle found in ``work``, weakest link first, out of both arrays, in place.

    What is taken out is a sum of cycles, so it is balanced to the last digit whatever ``work`` was. Amounts
    only fall: a link once found empty, and a firm once found at a dead end, need no second look.
    """
    size = work.shape[0]
    cursor = np.zeros(size, dtype=np.int64)
    place = np.full(size, -1, dtype=np.int64)
    path = np.empty(size + 1, dtype=np.int64)
    for root in range(size):
        depth = 0
        path[0] = root
        place[root] = 0
        while depth >= 0:
            here = path[depth]
            while cursor[here] < size and work[here, cursor[here]] <= 0:
                cursor[here] += 1
            if cursor[here] == size:
                place[here] = -1
                depth -= 1
                if depth >= 0:
                    work[path[depth], here] = 0.0
                continue
            there = cursor[here]
            if place[there] < 0:
                depth += 1
                path[depth] = there
                place[there] = depth
                continue
            path[depth + 1] = there
            first = place[there]
            low = np.inf
            for d in range(first, depth + 1):
                low = min(low, work[path[d], path[d + 1]], left[path[d], path[d + 1]])
            for d in range(first, depth + 1):
                i, j = path[d], path[d + 1]
                # Where the two differ by rounding the cycle is used up with the smaller.
                work[i, j] = 0.0 if min(work[i, j], left[i, j]) <= low else work[i, j] - low
                left[i, j] -= low
            for d in range(first + 1, depth + 1):
                place[path[d]] = -1
            depth = first


@kernel
def _forward(flow: FloatArray) -> None:
    """Take the largest balanced stationary flow out of a strongly connected group, in place."""
    size = flow.shape[0]
    out = np.empty(size)
    for i in range(size):
        out[i] = flow[i].sum()
    chain = np.empty((size, size))
    for i in range(size):
        for j in range(size):
            chain[i, j] = flow[i, j] / out[i]
    # Fold the last firm into the others again and again: additions only, so no digit is lost.
    for last in range(size - 1, 0, -1):
        leaving = chain[last, :last].sum()
        for i in range(last):
            chain[i, last] /= leaving
            for j in range(last):
                chain[i, j] += chain[i, last] * chain[last, j]
    visits = np.ones(size)
    for j in range(1, size):
        visits[j] = 0.0
        for i in range(j):
            visits[j] += visits[i] * chain[i, j]
    room = np.inf
    for i in range(size):
        room = min(room, out[i] / visits[i])
    for i in range(size):
        part = room * visits[i] / out[i]
        for j in range(size):
            # A firm whose payments are used up has none left, not a rounding of none.
            flow[i, j] = 0.0 if part >= 1.0 - ROUNDED else flow[i, j] * (1.0 - part)
