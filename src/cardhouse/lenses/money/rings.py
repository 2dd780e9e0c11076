"""Rings in which money goes round: what each link carries, and what has become of the ties on it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cardhouse.book import Status, TieKind
from cardhouse.economy.contracts import counts
from cardhouse.economy.figure import ASSUMPTION, Figure, shares, total
from cardhouse.lenses.money.follow import Following
from cardhouse.lenses.money.links import Flows, Period, Standing, inside, standing
from cardhouse.network.cycles import cycles

Array = NDArray[np.float64]
LONGEST = 4
"""Most firms in a ring that is listed."""
BOUGHT = (TieKind.PURCHASE, TieKind.LEASE, TieKind.SUPPLY)
ORDER = tuple(Standing)
"""From the firmest to the weakest."""


@dataclass(frozen=True, slots=True)
class Step:
    """One link between two firms, USD million.

    Attributes
    ----------
    paid, plan, ahead : in the last four quarters, in the next four, in all as promised.
    said : under letters, announcements and lapsed ties, which count in none of these three.
    circular : the part of ``paid`` that only goes round, split in balance.
    assumed : share of the dollars of ``paid``, ``plan`` and ``ahead`` that nobody reports; timing is not counted.
    silent : a tie that counts had begun in the last year, and the book does not say what it paid: no zero.
    ties : with what has become of each, the firmest first.
    """

    payer: str
    payee: str
    paid: float
    plan: float
    ahead: float
    said: float
    circular: float
    assumed: float
    ties: tuple[tuple[str, Standing], ...]
    silent: bool

    @property
    def either(self) -> float:
        """The largest of what was paid, is planned and is promised."""
        return max(self.paid, self.plan, self.ahead)

    @property
    def standing(self) -> Standing:
        """The firmest of its ties."""
        return min((s for _, s in self.ties), key=ORDER.index)


@dataclass(frozen=True, slots=True)
class Ring:
    """Firms in the order in which money passes them, and what the weakest link lets round, USD million.

    Rings share links: their amounts must not be added up. ``standing`` is that of the least firm link. ``either``
    takes of each link the largest of what was paid, is planned and is promised: a ring may be closed by money of last
    year on one link and a promise on another. It is zero where only words close it; ``said`` counts words too.
    """

    firms: tuple[str, ...]
    either: float
    paid: float
    plan: float
    ahead: float
    said: float
    standing: Standing
    steps: tuple[Step, ...]

    @property
    def silent(self) -> bool:
        """Whether the book does not say what a link paid, so that nobody knows what went round."""
        return any(s.silent for s in self.steps)


@dataclass(slots=True)
class _Pair:
    """What is being gathered of two firms."""

    amounts: dict[Period, list[Figure]] = field(default_factory=lambda: {p: [] for p in Period})
    said: float = 0.0
    ties: dict[str, Standing] = field(default_factory=dict)


def steps(following: Following) -> tuple[Step, ...]:
    """All links between firms, whatever has become of them."""
    pairs: dict[tuple[str, str], _Pair] = {}
    for period in Period:
        for x in following[period].links:
            pair = pairs.setdefault((x.payer, x.payee), _Pair())
            pair.amounts[period].append(x.amount)
            pair.ties.setdefault(x.tie or "as reported", x.standing)
    for payer, payee, tie, amount, what in _said(following):
        pair = pairs.setdefault((payer, payee), _Pair())
        pair.said += amount
        pair.ties[tie] = what
    silent = _silent(following)
    return tuple(_step(following.paid, *ends, pair, silent=ends in silent) for ends, pair in pairs.items())


def _silent(following: Following) -> set[tuple[str, str]]:
    """Payers and payees with a purchase, lease or supply that had begun and of which no payment of the year is known.

    Where the tie itself has no first day, a schedule that begins later is taken at its word.
    """
    opening, paid = following.opening, following.paid
    known = {(x.payer, x.payee) for x in paid.links}
    begun = [
        (opening.groups(tie.payer), opening.groups(tie.payee))
        for tie in opening.book.current_ties
        if tie.kind in BOUGHT
        and not counts(tie, opening.scope)
        and tie.status is not Status.PLANNED
        and tie.start is not None
        and tie.start <= paid.end
        and (tie.end is None or tie.end >= paid.start)
    ]
    return set(begun) - known


def _step(paid: Flows, payer: str, payee: str, pair: _Pair, *, silent: bool) -> Step:
    sums = {p: total(figures) for p, figures in pair.amounts.items()}
    circular = 0.0
    if sums[Period.PAID].value > 0:
        circular = float(paid.split.circular[paid.place[payer], paid.place[payee]])
    return Step(
        payer=payer,
        payee=payee,
        paid=sums[Period.PAID].value,
        plan=sums[Period.PLAN].value,
        ahead=sums[Period.AHEAD].value,
        said=pair.said,
        circular=circular,
        assumed=shares(total(sums.values()).basis).get(ASSUMPTION, 0.0),
        ties=tuple(sorted(pair.ties.items(), key=lambda kv: (ORDER.index(kv[1]), kv[0]))),
        silent=silent,
    )


def _said(following: Following) -> list[tuple[str, str, str, float, Standing]]:
    """Ties with an amount that do not count: letters, announcements, what has lapsed."""
    opening = following.opening
    out = []
    for tie in opening.book.current_ties:
        payer, payee = opening.groups(tie.payer), opening.groups(tie.payee)
        if tie.kind in (TieKind.GUARANTEE, TieKind.WARRANT) or payer == payee or not tie.amount or not tie.counted:
            continue
        if inside(opening.book, payer) and inside(opening.book, payee) and counts(tie, opening.scope):
            out.append((payer, payee, tie.id, tie.amount, standing(tie)))
    return out


def rings(following: Following, *, longest: int = LONGEST, through: str = "") -> tuple[Ring, ...]:
    """Rings of up to ``longest`` firms, those with most money paid or planned first.

    Parameters
    ----------
    through : only rings that pass this firm.
    """
    links = {(s.payer, s.payee): s for s in steps(following)}
    nodes = sorted({n for pair in links for n in pair})
    if len(nodes) < 2:
        return ()
    place = {n: i for i, n in enumerate(nodes)}
    matrix = np.zeros((len(nodes), len(nodes)))
    for (payer, payee), s in links.items():
        matrix[place[payer], place[payee]] = max(s.either, s.said)
    found = cycles(matrix, longest=min(longest, len(nodes)))
    out = []
    for row, length in zip(found.firms, found.length, strict=True):
        firms = tuple(nodes[k] for k in row[:length])
        if not through or through in firms:
            out.append(_ring(firms, links, through))
    return tuple(sorted(out, key=lambda r: (-r.either, -r.said, r.firms)))


def _ring(firms: tuple[str, ...], links: dict[tuple[str, str], Step], through: str) -> Ring:
    if through:
        at = firms.index(through)
        firms = (*firms[at:], *firms[:at])
    path = tuple(links[a, b] for a, b in zip(firms, (*firms[1:], firms[0]), strict=True))
    either, paid, plan, ahead = (min(getattr(s, k) for s in path) for k in ("either", "paid", "plan", "ahead"))
    said = min(max(s.either, s.said) for s in path)
    return Ring(firms, either, paid, plan, ahead, said, max((s.standing for s in path), key=ORDER.index), path)


def counted(found: Collection[Ring]) -> tuple[Ring, ...]:
    """Rings that money went or is to go round in, without those that only words close."""
    return tuple(r for r in found if r.either > 0)
