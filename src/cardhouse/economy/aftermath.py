"""What a fall does to others: receipts that no longer come, guarantees to be paid, claims and shares written off."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cardhouse.economy.kernel import columns as col
from cardhouse.economy.ledger import CONTRACTS, WORLD, Ledger, Why
from cardhouse.economy.run import Run
from cardhouse.economy.settled import Fall

SMALLEST = 0.5
"""USD million below which a difference is not told."""
AFTER = 4
"""Quarters over which receipts lost through a fall are counted."""


@dataclass(frozen=True, slots=True)
class Blow:
    """What the fall of one firm does to another: receipts lost in the year after by tie, guarantees it must pay."""

    source: str
    node: str
    why: Why
    tie: str
    amount: float


@dataclass(frozen=True, slots=True)
class Losses:
    """What one node wrote off in a quarter of falls beyond the baseline: claims and shares."""

    node: str
    step: int
    credit: float
    stakes: float


def blows(run: Run, fall: Fall, with_: Ledger, without: Ledger) -> list[Blow]:
    """Receipts that others lost from a fallen firm in the year from its fall on, orders and investments included."""
    lost: dict[tuple[str, Why, str], float] = defaultdict(float)
    steps = range(fall.step, min(fall.step + AFTER, with_.steps))
    for book, sign in ((with_, -1.0), (without, 1.0)):
        for p in book.payments:
            if p.payer == fall.node and p.step in steps and p.payee != WORLD and p.why in (*CONTRACTS, Why.INTEREST):
                lost[p.payee, p.why, p.tie] += sign * p.paid
    calls = _calls_for(run, fall, with_)
    found = [Blow(fall.node, node, why, tie, amount) for (node, why, tie), amount in lost.items() if amount > SMALLEST]
    return sorted([*found, *calls], key=lambda b: (-b.amount, b.node, b.tie))


def _calls_for(run: Run, fall: Fall, book: Ledger) -> list[Blow]:
    """What guarantors paid for a fallen firm."""
    mine = {g.tie.id for g in run.compiled.opening.ties.promised if g.obligor == fall.node}
    paid: dict[tuple[str, str], float] = defaultdict(float)
    for p in book.payments:
        if p.why in (Why.GUARANTEE, Why.REDEEMED) and p.tie in mine and p.step >= fall.step:
            paid[p.payer, p.tie] += p.paid
    return [
        Blow(fall.node, who, Why.GUARANTEE, tie, amount) for (who, tie), amount in paid.items() if amount > SMALLEST
    ]


def losses(run: Run, steps: Sequence[int]) -> Iterator[Losses]:
    """Claims and shares written off in quarters of falls, beyond what the baseline writes off in them."""
    more = run.path.accounts - run.baseline.accounts
    for q in steps:
        found = [
            Losses(n, q, float(more[q, col.CREDIT_LOSS, i]), float(more[q, col.STAKE_LOSS, i]))
            for n, i in run.compiled.place.items()
        ]
        yield from sorted(
            (x for x in found if max(x.credit, x.stakes) > SMALLEST), key=lambda x: (-x.credit - x.stakes, x.node)
        )
