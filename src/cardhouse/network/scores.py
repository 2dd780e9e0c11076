"""Scores of loops, cycles and hubs in a network of deals, in the manner of the AI Deal Network.

The scores rank structures for a reader's attention; they measure no amount. Every part of a score lies
between 0 and 1, and so does the score; a hub's score is a sum. Amounts that circulate are in
:mod:`cardhouse.network.circular`, amounts that come back in :mod:`cardhouse.network.flows`.

The weight of a deal is published (methodology page, equation 4). The loop, cycle and hub formulas are those
of the public code of the same project; there the last part of a loop's score, here ``strength``, is the
confidence over 5. Give the confidence to reproduce that code, or the deal weights to let value and recency
count too.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from cardhouse.errors import InputError
from cardhouse.network._guards import FloatArray, IntArray, frozen, links, numbers, vector, within
from cardhouse.network.cycles import SHORTEST, cycles

VALUE, RECENCY, CONFIDENCE = 0.60, 0.25, 0.15
"""Parts of a deal's weight."""
LOOP_DIVERSITY, LOOP_BALANCE, LOOP_STRENGTH = 0.35, 0.35, 0.30
"""Parts of a loop's score."""
CYCLE_COHERENCE, CYCLE_BALANCE, CYCLE_MAGNITUDE, CYCLE_STRENGTH, CYCLE_LENGTH = 0.30, 0.25, 0.10, 0.20, 0.15
"""Parts of a cycle's score."""
SAME_KIND, MIXED_KINDS = 0.7, 0.5
"""What deals of one kind, and kinds that do not answer each other, count instead of 1."""
BALANCE_DECADES = 3.0
"""Amounts a thousand times apart have no balance."""
DECADES_FROM_MILLION = 6.0
"""USD 1 million counts 0, USD 1 trillion counts 1."""


class Kind(IntEnum):
    """What passes with a deal."""

    MONEY = 0
    COMPUTE = 1
    SERVICE = 2
    EQUITY = 3


@dataclass(frozen=True, eq=False)
class Scores:
    """Scored loops (two firms) and cycles (three and more), and the firms they pass through.

    Attributes
    ----------
    firms : (structures, longest), as in :class:`cardhouse.network.cycles.Cycles`, the highest score first.
    length : (structures,), number of firms: 2 for a loop.
    score : (structures,), 0 to 1.
    total : (structures,), USD million, sum of the deals of the structure.
    hub : (n,), sum of the scores of the structures a firm is part of.
    hub_share : (n,), ``hub`` over that of the highest; all 0 when there are no structures.
    hub_count : (n,), number of structures the firm is part of.
    """

    firms: IntArray
    length: IntArray
    score: FloatArray
    total: FloatArray
    hub: FloatArray
    hub_share: FloatArray
    hub_count: IntArray


def magnitude(amount: npt.ArrayLike) -> FloatArray:
    """Amounts on a scale of 0 to 1 by powers of ten: USD 1 million and less give 0, 1 trillion and more 1.

    Parameters
    ----------
    amount : (deals,), USD million.
    """
    value = within("amount", numbers("amount", amount, ndim=1), 0.0)
    return np.minimum(1.0, np.log10(np.maximum(1.0, value)) / DECADES_FROM_MILLION)


def recency(age: npt.ArrayLike, *, half_life: float) -> FloatArray:
    """Age on a scale of 1 (today) to 0, halved every ``half_life``; both in years.

    The published weight names recency but no decay; the half-life is the caller's assumption to state.
    """
    years = within("age", numbers("age", age, ndim=1), 0.0)
    if not 0 < half_life < np.inf:
        raise InputError(f"half_life is {half_life} years, expected a positive number")
    return np.exp2(-years / half_life)


def deal_weights(value: npt.ArrayLike, recent: npt.ArrayLike, confidence: npt.ArrayLike) -> FloatArray:
    """Weight of each deal, ``.60 value + .25 recency + .15 confidence``.

    Parameters
    ----------
    value, recent, confidence : (deals,), each 0 to 1; :func:`magnitude` and :func:`recency` give the first
        two.

    Returns
    -------
    (deals,), 0 to 1.

    Raises
    ------
    InputError : outside 0 to 1, non-finite, or sizes that differ.

    References
    ----------
    AI Deal Network (2026), methodology, section 4, equation 4, with its default parameters.
    """
    worth = within("value", numbers("value", value, ndim=1), 0.0, 1.0)
    fresh = vector("recent", recent, worth.size, high=1.0)
    sure = vector("confidence", confidence, worth.size, high=1.0)
    return VALUE * worth + RECENCY * fresh + CONFIDENCE * sure


def scores(amounts: npt.ArrayLike, kinds: npt.ArrayLike, strength: npt.ArrayLike, *, longest: int = 5) -> Scores:
    """Score every loop and every cycle of up to ``longest`` firms, and the firms by what passes through them.

    A loop scores .35 diversity (1 for two kinds, .7 for one) + .35 balance (half, plus half the smaller over
    the larger amount) + .30 strength. A cycle scores .30 coherence (1 where money answers compute or a
    service, .7 for a single kind, .5 otherwise) + .25 balance (1 less a third of the decades between its
    amounts) + .10 magnitude of its total + .20 strength + .15 / sqrt(firms - 1).

    Parameters
    ----------
    amounts : (n, n), USD million, the deals from i to j; where it is zero there is no deal.
    kinds : (n, n), a :class:`Kind` for every deal, the largest where there are several; ignored elsewhere.
    strength : (n, n), 0 to 1, for every deal; see the head of this module.
    longest : most firms in a cycle; the source looks at up to 5.

    Returns
    -------
    Scores

    Raises
    ------
    InputError : negative, non-finite or self-directed amounts, unknown kinds, a strength outside 0 to 1,
        sizes that differ, or a length outside 2 to n.

    References
    ----------
    AI Deal Network (2026), sections 3.4, 3.6 and 3.7, as in its public code.
    """
    deals = links("amounts", amounts)
    kind = _kinds(kinds, deals)
    sure = within("strength", numbers("strength", strength, ndim=2), 0.0, 1.0)
    if sure.shape != deals.shape:
        raise InputError(f"strength has shape {sure.shape}, expected that of amounts, {deals.shape}")
    found = cycles(deals, longest=longest)
    score = np.empty(found.length.size)
    total = np.empty(found.length.size)
    for row, (firms, length) in enumerate(zip(found.firms, found.length, strict=True)):
        path = firms[:length]
        step = (path, np.roll(path, -1))
        total[row] = deals[step].sum()
        rule = _loop if length == SHORTEST else _cycle
        score[row] = rule(deals[step], kind[step], float(sure[step].mean()))
    order = np.argsort(-score, kind="stable")
    part = found.firms[order]
    size = deals.shape[0]
    flat = part[part >= 0]
    hub = np.bincount(flat, np.repeat(score[order], found.length[order]), size)
    top = hub.max()
    return Scores(
        firms=frozen(part),
        length=frozen(found.length[order]),
        score=frozen(score[order]),
        total=frozen(total[order]),
        hub=frozen(hub),
        hub_share=frozen(hub / top if top > 0 else hub.copy()),
        hub_count=frozen(np.bincount(flat, minlength=size)),
    )


def _loop(amount: FloatArray, kind: IntArray, strength: float) -> float:
    diversity = SAME_KIND if kind[0] == kind[1] else 1.0
    balance = 0.5 + 0.5 * float(amount.min() / amount.max())
    return LOOP_DIVERSITY * diversity + LOOP_BALANCE * balance + LOOP_STRENGTH * strength


def _cycle(amount: FloatArray, kind: IntArray, strength: float) -> float:
    present = set(kind.tolist())
    if Kind.MONEY in present and present & {Kind.COMPUTE, Kind.SERVICE}:
        coherence = 1.0
    else:
        coherence = SAME_KIND if len(present) == 1 else MIXED_KINDS
    decades = float(np.log10(amount.max() / amount.min()))
    return (
        CYCLE_COHERENCE * coherence
        + CYCLE_BALANCE * max(0.0, 1.0 - decades / BALANCE_DECADES)
        + CYCLE_MAGNITUDE * float(magnitude(amount.sum(keepdims=True))[0])
        + CYCLE_STRENGTH * strength
        + CYCLE_LENGTH / float(np.sqrt(amount.size - 1))
    )


def _kinds(value: npt.ArrayLike, deals: FloatArray) -> IntArray:
    kind = numbers("kinds", value, ndim=2)
    if kind.shape != deals.shape:
        raise InputError(f"kinds has shape {kind.shape}, expected that of amounts, {deals.shape}")
    known = [int(k) for k in Kind]
    bad = np.argwhere((deals > 0) & ~np.isin(kind, known))
    if bad.size:
        i, j = (int(k) for k in bad[0])
        expected = ", ".join(f"{int(k)} ({k.name.lower()})" for k in Kind)
        raise InputError(f"kinds[{i}, {j}] is {kind[i, j]:g}, expected one of {expected}")
    return np.where(deals > 0, kind, 0.0).astype(np.int64)
