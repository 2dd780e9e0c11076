"""Through which firms money comes to a firm: every chain of payers with its dollars, largest first."""

from __future__ import annotations

from dataclasses import dataclass

from cardhouse.lenses.money.links import Array, Flows, Purpose, Source

LEAST = 0.002
"""Chains that carry a smaller share of what customers pay are left out."""
LONGEST = 6


@dataclass(frozen=True, slots=True)
class Chain:
    """Firms that a dollar passes, the one where it comes in first, the firm asked for last.

    ``amount`` is USD million over the window, ``share`` that of what customers pay; ``sources`` how the money came in
    at the first firm, the largest class first. A firm is passed once: what goes round on the way is in no chain.
    """

    firms: tuple[str, ...]
    amount: float
    share: float
    sources: tuple[tuple[Source, float], ...]


def chains(flows: Flows, node: str) -> tuple[Chain, ...]:
    """Chains by which customers' money reaches a firm, at most six firms long.

    Each step follows the rule of :mod:`cardhouse.network.flows`: a firm's outlays have the mix of its receipts.
    """
    paid, outside, receipts = flows.payments(), flows.receipts(), flows.trail.receipts
    end = flows.place[node]
    sold = flows.payments((Purpose.SALE,))[:, end]
    direct = flows.receipts((Source.CUSTOMERS,))[end]
    whole = float(sold.sum() + direct.sum())
    found: list[Chain] = []
    if whole <= 0:
        return ()
    if direct.sum() > 0:
        found.append(Chain((node,), float(direct.sum()), float(direct.sum()) / whole, ((Source.CUSTOMERS, 1.0),)))
    open_ends: list[tuple[tuple[int, ...], float]] = [((int(j), end), float(sold[j])) for j in sold.nonzero()[0]]
    while open_ends:
        path, dollars = open_ends.pop()
        first = path[0]
        if dollars < LEAST * whole or receipts[first] <= 0:
            continue
        per_dollar = dollars / float(receipts[first])
        entered = outside[first] * per_dollar
        if entered.sum() >= LEAST * whole:
            found.append(_chain(tuple(flows.nodes[p] for p in path), entered, whole))
        if len(path) < LONGEST:
            before = [int(k) for k in paid[:, first].nonzero()[0] if k not in path]
            open_ends += [((k, *path), per_dollar * float(paid[k, first])) for k in before]
    return tuple(sorted(found, key=lambda c: (-c.amount, c.firms)))


def _chain(firms: tuple[str, ...], entered: Array, whole: float) -> Chain:
    amount = float(entered.sum())
    classes = [(s, float(v) / amount) for s, v in zip(Source, entered, strict=True) if v > 0]
    return Chain(firms, amount, amount / whole, tuple(sorted(classes, key=lambda kv: -kv[1])))
