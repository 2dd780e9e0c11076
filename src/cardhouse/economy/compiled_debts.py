"""Debts, guarantees and stakes of an opening as arrays for the kernel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from cardhouse.book import TieKind, Tier
from cardhouse.economy.compiled_ties import ContractTerms
from cardhouse.economy.contracts import Debt, Role
from cardhouse.economy.dues import secured_share
from cardhouse.economy.figure import total
from cardhouse.economy.funding import WHOLE_LADDER, reported_ladder
from cardhouse.economy.inputs import fact_figure, rate
from cardhouse.economy.instruments import Covenants, Maturities, ResidualValue, Vesting, step_of
from cardhouse.economy.kernel.arrays import FOREVER, Debts, Guarantees, Stakes
from cardhouse.economy.opening import Opening, Position
from cardhouse.economy.outlook import subjects
from cardhouse.economy.schedules import terms_named
from cardhouse.economy.window import Window

Array = NDArray[np.float64]


def debts_of(opening: Opening, node: str) -> list[Debt]:
    """Debt ties of one borrower."""
    return [d for d in opening.ties.debts if d.borrower == node]


def total_owed(opening: Opening, position: Position) -> float:
    """All a node has borrowed at the opening."""
    if position.statement is not None:
        return position.statement.balance.debt.value
    return sum(d.principal.value for d in debts_of(opening, position.node))


def _tie_maturities(opening: Opening, debt: Debt, windows: Sequence[Window]) -> Array:
    terms = opening.book.terms_of(debt.tie.id)
    return Maturities.read(debt.tie, terms, debt.principal.value, windows).due


def maturities(opening: Opening, position: Position, windows: Sequence[Window]) -> Array:
    """Principal of a full firm that falls due in each step: a reported ladder, else its ties and an even run-off."""
    owed, mine = total_owed(opening, position), debts_of(opening, position.node)
    if position.tier is Tier.VEHICLE or owed <= 0.0:
        return np.zeros(len(windows))
    rows = reported_ladder(opening.inputs, position.node)
    whole = total(fact_figure(opening.book, f) for f in rows).value
    if whole >= WHOLE_LADDER * owed:
        due = np.array([sum(opening.book.usd(f) * w.share(f.start, f.end) for f in rows) for w in windows])
    else:
        due = sum((_tie_maturities(opening, d, windows) for d in mine), np.zeros(len(windows)))
        life = rate(opening.inputs, "debt_life_years", position.node, "all")
        loose = max(owed - sum(d.principal.value for d in mine), 0.0)
        due = due + np.array([min(w.years / life, 1.0) * loose for w in windows])
    paid = np.minimum(np.cumsum(due), owed)
    return np.diff(paid, prepend=0.0)


def debt_arrays(opening: Opening, windows: Sequence[Window], place: Mapping[str, int]) -> tuple[Debts, tuple[str, ...]]:
    """One debt for each tie whose lender is a node, one for the rest of each node; and the ids behind them."""
    rows: list[tuple[int, int, float, Array, float, float, float]] = []
    names: list[str] = []
    for node, position in opening.positions.items():
        owed = total_owed(opening, position)
        due_all, years = maturities(opening, position, windows), opening.window.years
        interest = position.interest.value / years
        inside = [d for d in debts_of(opening, node) if d.lender in place and d.principal.value > 0]
        asked = sum((d.rate or 0.0) * d.principal.value for d in inside)
        fit = min(1.0, interest / asked) if asked > 0 else 0.0
        for d in inside:
            due = _tie_maturities(opening, d, windows) if position.tier is Tier.FULL else np.zeros(len(windows))
            due_all = np.maximum(due_all - due, 0.0)
            floats = Covenants.read(opening.book.terms_of(d.tie.id), opening.window.opening).floating or 0.0
            rows.append(
                (place[node], place[d.lender], d.principal.value, due, (d.rate or 0.0) * fit, floats, d.secured)
            )
            names.append(d.tie.id)
        rest = max(owed - sum(d.principal.value for d in inside), 0.0)
        if rest > 0 or interest > asked * fit:
            worth = max(rest, 1e-6)
            secured = 1.0 if position.tier is Tier.VEHICLE else secured_share(opening, position)
            price = max(interest - asked * fit, 0.0) / worth
            rows.append(
                (place[node], -1, worth, np.minimum(due_all, worth), price, floating(opening, position), secured)
            )
            names.append("")
    return (
        Debts(
            borrower=np.array([r[0] for r in rows], dtype=np.int64),
            lender=np.array([r[1] for r in rows], dtype=np.int64),
            principal0=np.array([r[2] for r in rows], dtype=np.float64),
            due=np.array([r[3] for r in rows], dtype=np.float64).reshape(-1, len(windows)),
            rate=np.array([r[4] for r in rows], dtype=np.float64),
            floating=np.array([r[5] for r in rows], dtype=np.float64),
            secured=np.array([r[6] for r in rows], dtype=np.float64),
        ),
        tuple(names),
    )


def floating(opening: Opening, position: Position) -> float:
    """Part of a node's debt whose rate floats: as its ties say, the rest as assumed."""
    assumed = rate(opening.inputs, "floating_debt_share", *subjects(opening, position.node))
    owed, known, moving = total_owed(opening, position), 0.0, 0.0
    for d in debts_of(opening, position.node):
        said = Covenants.read(opening.book.terms_of(d.tie.id), opening.window.opening).floating
        if said is not None:
            known += d.principal.value
            moving += said * d.principal.value
    if owed <= 0.0:
        return assumed
    known = min(known, owed)
    return min((moving + assumed * (owed - known)) / owed, 1.0)


def cover_test(opening: Opening, node: str) -> tuple[float, float]:
    """The strictest debt-service cover that drawing needs, and the part of the undrawn lines that it governs."""
    read = [Covenants.read(opening.book.terms_of(d.tie.id), opening.window.opening) for d in debts_of(opening, node)]
    tested = [c for c in read if c.cover > 0.0 and c.undrawn > 0.0]
    lines = sum(c.undrawn for c in read)
    if not tested or lines <= 0.0:
        return 0.0, 0.0
    return max(c.cover for c in tested), sum(c.undrawn for c in tested) / lines


def guarantee_arrays(
    opening: Opening, read: Sequence[ContractTerms], windows: Sequence[Window], place: Mapping[str, int]
) -> Guarantees:
    """Guarantees with the contracts that each covers, those that come into force later last."""
    held = opening.ties.promised
    pairs = [
        (k, t)
        for k, g in enumerate(held)
        for t, r in enumerate(read)
        if r.contract.payer == g.obligor
        and r.contract.payee == g.beneficiary
        and r.contract.role is not Role.INVESTMENT
        and g.covers in ("", r.contract.tie.id)
    ]
    begins, ends = [], []
    residuals = []
    for g in held:
        terms = opening.book.terms_of(g.tie.id)
        rows = terms_named(terms, "effective")
        days = [t.from_ for t in rows if t.from_ is not None]
        lasts = [t.to for t in rows]
        begins.append(step_of(min(days), windows) if days else 0)
        open_ended = not rows or any(day is None for day in lasts)
        ends.append(FOREVER if open_ended else step_of(max(day for day in lasts if day is not None), windows))
        residuals.append(ResidualValue.read(terms, windows))
    lenders = [_for_lenders(opening, g.beneficiary) for g in held]
    return Guarantees(
        guarantor=np.array([place.get(g.guarantor, -1) for g in held], dtype=np.int64),
        obligor=np.array([place.get(g.obligor, -1) for g in held], dtype=np.int64),
        beneficiary=np.array([place.get(g.beneficiary, -1) for g in held], dtype=np.int64),
        pair_guarantee=np.array([k for k, _ in pairs], dtype=np.int64),
        pair_tie=np.array([t for _, t in pairs], dtype=np.int64),
        for_lenders=np.array(lenders, dtype=np.int64),
        cap=np.array([g.cap.value for g in held], dtype=np.float64),
        first_loss=np.array([g.first_loss for g in held], dtype=np.float64),
        begins=np.array(begins, dtype=np.int64),
        ends=np.array(ends, dtype=np.int64),
        residual=np.array([r.amount for r in residuals], dtype=np.float64),
        residual_at=np.array([r.step for r in residuals], dtype=np.int64),
    )


def _for_lenders(opening: Opening, beneficiary: str) -> int:
    """Whether a call repays lenders: the beneficiary is a vehicle that has borrowed."""
    position = opening.positions.get(beneficiary)
    return int(position is not None and position.tier is Tier.VEHICLE and bool(debts_of(opening, beneficiary)))


def stake_arrays(opening: Opening, read: Sequence[ContractTerms], place: Mapping[str, int]) -> Stakes:
    """Stakes of the opening, those that instalments buy, and warrants."""
    index = {r.contract.tie.id: t for t, r in enumerate(read)}
    rows: list[tuple[str, str, float, float, float]] = []
    for stake in opening.ties.stakes:
        holder = opening.positions.get(stake.holder)
        sold = holder.funding.stakes if holder and holder.statement else ()
        proceeds = sum(s.proceeds.value for s in sold if s.held == stake.held)
        same = sum(s.fraction for s in opening.ties.stakes if (s.holder, s.held) == (stake.holder, stake.held))
        share = stake.fraction / same if same > 0 else 0.0
        rows.append((stake.holder, stake.held, stake.fraction, stake.carrying.value, proceeds * share))
    pays = [-1] * len(rows)
    for r in read:
        c = r.contract
        if c.role is not Role.INVESTMENT:
            continue
        found = next((i for i, row in enumerate(rows) if row[:2] == (c.payer, c.payee) and pays[i] < 0), None)
        if found is None:
            rows.append((c.payer, c.payee, 0.0, 0.0, 0.0))
            pays.append(index[c.tie.id])
        else:
            pays[found] = index[c.tie.id]
    vesting = [(-1, 0.0, 0.0, 0.0)] * len(rows)
    for tie in opening.book.current_ties:
        terms = Vesting.read(opening.book.terms_of(tie.id)) if tie.kind is TieKind.WARRANT and tie.counted else None
        if terms is None or terms.tie not in index:
            continue
        whole = read[index[terms.tie]]
        bought = float(whole.schedule.sum() + whole.tranche.waits.sum()) + whole.contract.beyond
        rows.append((opening.groups(tie.from_), opening.groups(tie.to), 0.0, 0.0, 0.0))
        pays.append(-1)
        per_dollar = terms.fraction / bought if bought > 0 else 0.0
        vesting.append((index[terms.tie], per_dollar, terms.fraction, terms.hurdle))
    return Stakes(
        holder=np.array([place.get(r[0], -1) for r in rows], dtype=np.int64),
        held=np.array([place.get(r[1], -1) for r in rows], dtype=np.int64),
        fraction0=np.array([r[2] for r in rows], dtype=np.float64),
        carrying0=np.array([r[3] for r in rows], dtype=np.float64),
        proceeds0=np.array([r[4] for r in rows], dtype=np.float64),
        pays=np.array(pays, dtype=np.int64),
        vests_with=np.array([v[0] for v in vesting], dtype=np.int64),
        vests=np.array([v[1] for v in vesting], dtype=np.float64),
        vests_limit=np.array([v[2] for v in vesting], dtype=np.float64),
        hurdle=np.array([v[3] for v in vesting], dtype=np.float64),
    )
