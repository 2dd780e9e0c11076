"""How much a firm could have raised in a step of a path, window by window, and what held each window back.

The kernel writes down what was drawn; what could have been drawn follows from the accounts by the same rules. For
firms that stand the sum is known from the clearing too, and that both agree is a test.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cardhouse.economy import drivers as dr
from cardhouse.economy.compiled import Compiled
from cardhouse.economy.kernel import columns as col
from cardhouse.economy.kernel import rows as row
from cardhouse.economy.run import Path
from cardhouse.economy.settled import settled

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Room:
    """What could be raised in one step, USD million, and why it was not more.

    Attributes
    ----------
    debt, shares, lines, stakes : by window; stakes are what the clearing knew beyond the other three.
    held_back : reasons in words, the ones that hold first.
    """

    debt: float
    shares: float
    lines: float
    stakes: float
    held_back: tuple[str, ...]

    @property
    def whole(self) -> float:
        """All windows together."""
        return self.debt + self.shares + self.lines + self.stakes


def room(compiled: Compiled, path: Path, node: str, step: int) -> Room:
    """What a node could raise in a step, as the step began."""
    found = _windows(compiled, path, node, step)
    if path.fell[compiled.place[node]] == step or _down(path, compiled, node, step):
        before = room(compiled, path, node, step - 1) if step else None
        sold = float(path.accounts[step - 1, col.SOLD_STAKES, compiled.place[node]]) if step else 0.0
        stakes = max(before.stakes - sold, 0.0) if before else 0.0
    else:
        stakes = max(drawable(compiled, path, node)[step] - found.whole, 0.0)
    return Room(found.debt, found.shares, found.lines, stakes, found.held_back)


def drawable(compiled: Compiled, path: Path, node: str) -> Array:
    """What the clearing counted on beyond cash and receipts, by step; nothing for a node that is down."""
    i, a = compiled.place[node], path.accounts[:, :, compiled.place[node]]
    cash = np.concatenate([[compiled.model.start.cash[i]], a[:-1, col.CASH]])
    certain = a[:, [col.WORLD_RECEIPTS, col.RELET, col.SAVED, col.TIES_GOT, col.INTEREST_GOT]].sum(axis=1)
    # Loans that a guarantor repays come after the clearing; what borrowers repay is in it.
    certain += path.end.ledger_repaid[:, compiled.model.debts.lender == i, 0].sum(axis=1)
    certain += a[:, col.ESTATE_GOT] + a[:, col.BRIDGE] + _calls_received(compiled, path, i)
    out = a[:, col.RESOURCES] - cash - certain
    closes = int(path.end.marks[row.ESTATE_AT, i, 0])
    if 0 < closes < len(out):
        # An estate sells and pays out before the clearing of its last step.
        out[closes] += path.end.ledger_estates[closes, i, :, 0].sum() + a[closes, col.GONE]
        out[closes] -= a[closes - 1, col.OTHER_ASSETS]
    return np.asarray(out)


def _calls_received(compiled: Compiled, path: Path, i: int) -> Array:
    calls = compiled.model.guarantees
    mine = (calls.beneficiary == i) & (calls.for_lenders == 0) & (calls.guarantor >= 0)
    return np.asarray(path.end.ledger_calls[:, mine, 0].sum(axis=1))


def _down(path: Path, compiled: Compiled, node: str, step: int) -> bool:
    a = path.accounts[step, :, compiled.place[node]]
    return bool(a[col.RESOURCES] < a[col.BINDING] * (1.0 - 1e-9) or a[col.DOWN] > 0.0)


def earnings(compiled: Compiled, path: Path, node: str, step: int) -> float:
    """Yearly earnings that lenders look at as a step begins: those of the quarter before, at first the opening's."""
    i = compiled.place[node]
    return float(path.accounts[step - 1, col.EARNINGS, i] if step else compiled.model.plans.earnings0[i])


def _asked(compiled: Compiled, path: Path, i: int, q: int) -> tuple[float, float]:
    """Interest and principal that a node owes in a step, a year; where it falls, paid in part, what was asked for."""
    years, end = float(compiled.model.world.years[q]), path.end
    interest, principal = (float(path.accounts[q, column, i]) for column in (col.INTEREST, col.PRINCIPAL))
    if path.accounts[q, col.RESOURCES, i] >= path.accounts[q, col.BINDING, i]:
        return interest / years, principal / years
    mine, asked = compiled.model.debts.borrower == i, settled(compiled, path)
    newer = interest - float(end.ledger_interest[q, mine, 0].sum())
    ladder = principal - float(end.ledger_repaid[q, mine, 0].sum())
    share = float(asked.share[q, i])
    if share > 0.0:
        newer, ladder = newer / share, ladder / share
    elif q:
        newer, _ = _asked(compiled, path, i, q - 1)
        newer = newer * years - float(asked.interest[q - 1, mine].sum())
    return (float(asked.interest[q, mine].sum()) + newer) / years, (
        float(asked.principal[q, mine].sum()) + ladder
    ) / years


def _windows(compiled: Compiled, path: Path, node: str, q: int) -> Room:
    """The kernel's rule for debt, shares and lines."""
    i, model = compiled.place[node], compiled.model
    p, years = model.nodes, float(model.world.years[q])
    if p.vehicle[i]:
        return Room(0.0, 0.0, 0.0, 0.0, ())
    a = path.accounts[:, :, i]
    drivers = path.end.drivers[:, q, 0]
    value0, value = float(model.plans.value0[i]), float(a[q - 1, col.VALUE] if q else model.plans.value0[i])
    standing = value / value0 if value0 > 0.0 else 1.0
    earns, base = earnings(compiled, path, node, q), float(model.plans.earnings0[i])
    owed = float(a[q - 1, col.DEBT]) if q else float(model.debts.principal0[model.debts.borrower == i].sum())
    undrawn = float(a[q - 1, col.UNDRAWN] if q else model.start.undrawn[i])
    asked, part = float(p.market[i, 0]) * years, float(p.equity_part[i, 0])
    interest, principal = _asked(compiled, path, i, q)
    most = max(float(p.leverage_limit[i, 0]) * max(earns, 0.0) - owed, 0.0)
    pace = earns / base if base > 0.0 else standing
    lent, sold = asked * (1.0 - part) * max(pace, 0.0), asked * part * standing
    why: list[str] = []
    if q and a[q - 1, col.SHUT] > 0.0:
        lent, sold = 0.0, 0.0
        why.append("losses have eaten its equity")
    if lent > 0.0 and earns < float(p.cover_limit[i, 0]) * interest:
        lent = 0.0
        why.append("earnings no longer cover interest")
    if lent > most:
        lent = most
        why.append("debt has reached the limit on leverage")
    if sold > 0.0 and standing <= 1.0 - float(p.drawdown[i, 0]):
        sold = 0.0
        why.append(f"its market value is {1.0 - standing:.0%} lower than at the opening")
    lent, sold = lent * drivers[dr.DEBT_WINDOW], sold * drivers[dr.EQUITY_WINDOW]
    if drivers[dr.DEBT_WINDOW] < 1.0:
        part = float(drivers[dr.DEBT_WINDOW])
        why.append(f"lenders lend {part:.0%} of what they would" if part else "nobody lends")
    if drivers[dr.EQUITY_WINDOW] < 1.0:
        part = float(drivers[dr.EQUITY_WINDOW])
        why.append(f"{part:.0%} of the shares can be sold that could be" if part else "nobody buys shares")
    due = principal + interest
    tested = float(p.dscr_part[i, 0]) if earns < float(p.dscr[i, 0]) * due else 0.0
    if tested > 0.0 and undrawn > 0.0:
        why.append("earnings fail the cover test of its credit lines")
    return Room(float(lent), float(sold), undrawn * (1.0 - tested), 0.0, tuple(why))
