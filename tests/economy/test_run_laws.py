"""Laws that every step of a run obeys, whatever the book and the scenario.

Random economies of two to six firms and a vehicle: contracts with every term of ``terms.csv``, loans between firms
and from outside, stakes both ways, instalments, warrants, guarantees; little cash, so that firms fall. Random
scenarios: drivers anywhere inside their bounds, pulled cards, firms that reorganise. Each check is a law of
accounting or of the model (``cash changes by received minus paid``), found from the columns, the lists of payments
and the state at the end of a step; a run that is cut short after a step shows that step's state.
"""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from cardhouse.economy.cascade import Windows, fall
from cardhouse.economy.compiled import compile_opening
from cardhouse.economy.drivers import DRIVERS
from cardhouse.economy.kernel import columns as col
from cardhouse.economy.kernel import rows as row
from cardhouse.economy.kernel.arrays import CAPITAL, FOREVER, INTENT, INVESTMENT, OPERATING, RENT, Shocks
from cardhouse.economy.kernel.fresh import new_tableau
from cardhouse.economy.kernel.lanes import LANES
from cardhouse.economy.kernel.path import run_path
from cardhouse.economy.opening import open_book
from cardhouse.economy.run import calibrated, drivers_for, laid_out, shocks_of, simulate
from cardhouse.economy.scenario import BASELINE, Shape, Shock

sys.path.insert(0, str(Path(__file__).parent))
from random_books import HERE, QUARTERS, scenario_of, world_of

SEEDS = st.integers(0, 10**9)
FEW = settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
DOLLARS = 1e-5
"""Ten dollars: what rounding may hide in sums of USD million."""
CENT = 1e-6
OUT = -1
"""The world, as a party of the kernel."""


@pytest.fixture(scope="module")
def opened(economy):
    """Open a random world; the same one is read once."""

    @lru_cache(maxsize=4)
    def opening(seed, *, calm=False):
        world = world_of(seed, calm=calm)
        text = "\n".join(line for name, lines in world.rows for line in (f"{name}.csv", *lines))
        firms = {f: (layer, dict(figures)) for f, layer, figures in world.firms}
        return open_book(economy(text, firms, assumed={name: {"all": value} for name, value in world.assumed}))

    return opening


@pytest.fixture(scope="module")
def made(opened):
    """A random world as a model for a run."""

    @lru_cache(maxsize=4)
    def compiled(seed):
        return calibrated(compile_opening(opened(seed), quarters=QUARTERS))

    return compiled


@dataclass(frozen=True)
class Step:
    """One step of a run: its accounts and the state at its end, of a run that is cut short after it."""

    model: object
    t: object
    q: int

    @property
    def n(self):
        return self.model.start.cash.size

    def flow(self, name):
        return self.t.accounts[self.q, getattr(col, name), :, 0]

    def before(self, name):
        """A balance before the step."""
        if self.q:
            return self.t.accounts[self.q - 1, getattr(col, name), :, 0]
        return getattr(self.model.start, name.lower())

    @property
    def receivables_before(self):
        """Delivered and unpaid before the step: cash asked for is what is owed now and before, less what is left."""
        ties = self.t.ties[:, :, 0]
        owed = ties[row.DUE] - ties[row.CASH_INTENT]
        return ties[row.CASH_BOUND] - owed + ties[row.NEW_RECEIVABLE]

    @property
    def fell(self):
        """Nodes that fell in this step; one that was rebuilt in it stands again, and has left something unpaid."""
        unpaid = (self.t.classes[row.SHARE, :INTENT, :, 0] < 1.0 - 1e-9) & (
            self.t.classes[row.OWED, :INTENT, :, 0] > 0.0
        )
        rebuilt = (self.t.marks[row.REBUILT, :, 0] > 0) & unpaid.any(axis=0)
        return (self.t.marks[row.FELL, :, 0] == self.q) | rebuilt

    @property
    def deliveries(self):
        """Delivered under each contract: what was paid and what became owed, less what was owed before.

        What a payer that fell leaves unpaid of earlier deliveries is written off, not delivered again.
        """
        ties, before, after = self.model.ties, self.receivables_before, self.t.ties[row.RECEIVABLE, :, 0].copy()
        lost = (ties.payer >= 0) & self.fell[ties.payer]
        ranks = np.where(ties.role == RENT, 1, 2)
        after[lost] = (before * (1.0 - self.t.classes[row.SHARE, ranks, ties.payer, 0]))[lost]
        return self.t.ledger_paid[self.q, :, 0] + after - before


def by_party(who, amounts, n):
    """Amounts by node; those of the world last."""
    out = np.zeros(n + 1)
    np.add.at(out, np.where(who < 0, n, who), amounts)
    return out


def shortened(model, steps):
    """The same model with fewer steps."""
    world = model.world._replace(**{name: getattr(model.world, name)[:steps] for name in ("years", "progress")})
    groups = {}
    for name in ("plans", "ties", "debts", "start"):
        group = getattr(model, name)
        wide = {k: np.ascontiguousarray(v[:, :steps]) for k, v in group._asdict().items() if np.ndim(v) == 2}
        groups[name] = group._replace(**wide)
    return model._replace(world=world, **groups)


def drivers_until(drivers, steps):
    return replace(
        drivers, world=drivers.world[:, :steps], firm=drivers.firm[:, :, :steps], pays=drivers.pays[:, :steps]
    )


def steps_of(compiled, drivers):
    """Every step of a run, each with the state at its end."""
    for q in range(QUARTERS):
        model = shortened(compiled.model, q + 1)
        yield Step(model, simulate(model, drivers_until(drivers, q + 1)).end, q)


def payments(step):
    """Every payment of a step as (payer, payee, amount), each once; the world is the party OUT."""
    model, t, q, f = step.model, step.t, step.q, step.flow
    ties, debts, calls = model.ties, model.debts, model.guarantees
    nodes = np.arange(step.n)
    yield ties.payer, ties.payee, t.ledger_paid[q, :, 0]
    yield debts.borrower, debts.lender, t.ledger_interest[q, :, 0] + t.ledger_repaid[q, :, 0]
    yield calls.guarantor, np.where(calls.for_lenders > 0, OUT, calls.beneficiary), t.ledger_calls[q, :, 0]
    estates = t.ledger_estates[q, :, :, 0]
    for creditor in range(step.n + 1):
        yield nodes, np.full(step.n, creditor if creditor < step.n else OUT), estates[:, creditor]
    sold = np.where(t.marks[row.ESTATE_AT, :, 0] == q, step.before("OTHER_ASSETS"), 0.0)
    through_calls = f("REPAID_GOT") - by_party(debts.lender, t.ledger_repaid[q, :, 0], step.n)[:-1]
    got = f("WORLD_RECEIPTS") + f("BRIDGE") + f("RELET") + f("DRAWN_LINES") + f("DRAWN_DEBT") + f("DRAWN_SHARES")
    yield np.full(step.n, OUT), nodes, got + f("SOLD_STAKES") + sold + through_calls
    orders = by_party(ties.payer, step.deliveries * (ties.role == CAPITAL), step.n)[:-1]
    paid = f("COSTS") + f("INVENTORY_LOSS") + f("LEVY") + f("TAX_PAID") + f("CAPEX") - orders + f("PAYOUT") + f("GONE")
    own = f("INTEREST") - by_party(debts.borrower, t.ledger_interest[q, :, 0], step.n)[:-1]
    own = own + f("PRINCIPAL") - by_party(debts.borrower, t.ledger_repaid[q, :, 0], step.n)[:-1]
    yield nodes, np.full(step.n, OUT), paid + own


def law_of_cash(step):
    """Cash changes by received minus paid; over firms and world all payments sum to zero."""
    change = np.zeros(step.n + 1)
    for payer, payee, amount in payments(step):
        change += by_party(payee, amount, step.n) - by_party(payer, amount, step.n)
    assert change.sum() == pytest.approx(0.0, abs=DOLLARS)
    assert step.flow("CASH") - step.before("CASH") == pytest.approx(change[:-1], abs=DOLLARS)


def law_of_both_sides(step):
    """What the columns say of a contract, a loan, a call or an estate is what the lists of payments say."""
    model, t, q, n = step.model, step.t, step.q, step.n
    ties, debts, calls = model.ties, model.debts, model.guarantees
    paid, delivered, invests = t.ledger_paid[q, :, 0], step.deliveries, ties.role == INVESTMENT
    costs = (ties.role == OPERATING) | (ties.role == RENT)
    interest, called = t.ledger_interest[q, :, 0], t.ledger_calls[q, :, 0]
    sides = {
        "TIES_PAID": by_party(ties.payer, paid, n),
        "TIES_GOT": by_party(ties.payee, paid, n),
        "INVESTED": by_party(ties.payer, paid * invests, n),
        "RAISED": by_party(ties.payee, paid * invests, n),
        "COSTS_TIES": by_party(ties.payer, delivered * costs, n),
        "INTEREST_GOT": by_party(debts.lender, interest, n),
        "CALLS_PAID": by_party(calls.guarantor, called, n),
        "ESTATE_GOT": t.ledger_estates[q, :, :, 0].sum(axis=0),
    }
    for name, amounts in sides.items():
        assert step.flow(name) == pytest.approx(amounts[:-1], abs=DOLLARS), name
    sold = by_party(ties.payee, delivered * ~invests, n)[:-1] + step.flow("WORLD_RECEIPTS") + step.flow("RELET")
    assert step.flow("REVENUE") == pytest.approx(sold, abs=DOLLARS)


def law_of_the_sheet(step):
    """Assets are liabilities and equity, each side from its own parts; equity rolls forward by what happened."""
    f = step.flow
    owed = f("DEBT") + f("LEASES") + f("PAYABLES") + f("OTHER_LIABILITIES") + f("TAX_DUE") + f("OWED_BY_ESTATE")
    assert f("ASSETS") == pytest.approx(owed + f("EQUITY"), abs=DOLLARS)
    own = f("REVENUE") - f("COSTS") - f("COSTS_TIES") - f("LEVY") - f("DEPRECIATION") - f("NONCASH") - f("AMORTISATION")
    money = f("INTEREST_GOT") - f("INTEREST") + f("CALLS_GOT") - f("CALLS_PAID") + f("VESTED") + f("FORGIVEN")
    money += f("STAKE_GAIN")
    assert np.min(f("STAKE_GAIN")) >= 0.0
    assert np.min(f("STAKE_LOSS")) >= -DOLLARS
    lost = f("CREDIT_LOSS") + f("STAKE_LOSS") + f("PLANT_LOSS") + f("INVENTORY_LOSS")
    assert f("INCOME") == pytest.approx(own + money - lost - f("TAX"), abs=DOLLARS)
    owners = f("NONCASH") + f("DRAWN_SHARES") + f("RAISED") + f("BRIDGE") - f("PAYOUT") - f("GONE")
    assert f("EQUITY") - step.before("EQUITY") == pytest.approx(f("INCOME") + owners, abs=DOLLARS)


def law_of_dues(step):
    """Nobody pays more than is due or is called for more than the cap; who stands has paid all that binds."""
    t, q, model = step.t, step.q, step.model
    share = t.classes[row.SHARE, :, :, 0]
    assert ((share >= 0.0) & (share <= 1.0)).all()
    asked = t.ties[row.CASH_BOUND, :, 0] + t.ties[row.CASH_INTENT, :, 0]
    assert (t.ledger_paid[q, :, 0] <= asked + DOLLARS).all()
    assert (t.ledger_paid[q, :, 0] >= -DOLLARS).all()
    assert (t.ledger_interest[q, :, 0] <= t.debts[row.INTEREST, :, 0] + DOLLARS).all()
    assert (t.ledger_repaid[q, :, 0] <= t.debts[row.PRINCIPAL_DUE, :, 0] + DOLLARS).all()
    assert (t.debts[row.PRINCIPAL, :, 0] >= -DOLLARS).all()
    assert (t.calls[row.SPENT, :, 0] <= model.guarantees.cap + DOLLARS).all()
    capped = np.maximum(model.ties.cap, model.ties.paid0)
    assert (t.ties[row.PAID, :, 0] <= capped + DOLLARS).all()
    stands = (t.marks[row.DOWN, :, 0] == 0) & ~step.fell
    assert share[:INTENT, stands] == pytest.approx(1.0, abs=1e-8)


def law_of_estates(step):
    """An estate owes no more than was claimed, and pays no more than it owes."""
    t, q = step.t, step.q
    if step.fell.any():
        claimed = t.claims[:, :, :, 0].sum(axis=0)
        now = t.marks[row.FELL, :, 0] == q
        assert (t.estate[now, :, 0] <= claimed[now] + DOLLARS).all()
    paid = t.ledger_estates[q, :, :, 0].sum(axis=1)
    assert (paid <= step.before("OWED_BY_ESTATE") + DOLLARS if q else paid == 0.0).all()


def law_of_default(step):
    """Who fell draws nothing, and pays no intention while he owes what binds; a card pays its part at most.

    A firm that fell in an early round may owe less in a later one, because what it had ordered for another that fell
    is cancelled; it stays down, and pays.
    """
    t, q = step.t, step.q
    out = (t.marks[row.DOWN, :, 0] > 0) | step.fell
    for name in ("DRAWN_LINES", "DRAWN_DEBT", "DRAWN_SHARES", "SOLD_STAKES", "BRIDGE"):
        assert (step.flow(name)[out] == 0.0).all(), name
    pulled = t.pays[:, q, 0] < 1.0
    assert (t.classes[row.SHARE, :, pulled, 0] <= t.pays[pulled, q, 0][:, None] + 1e-12).all()
    short = (t.classes[row.SHARE, :INTENT, :, 0] < 1.0 - 1e-9) & (t.classes[row.OWED, :INTENT, :, 0] > DOLLARS)
    intent = t.classes[row.SHARE, INTENT, :, 0] * t.classes[row.OWED, INTENT, :, 0]
    assert intent[short.any(axis=0) & ~pulled] == pytest.approx(0.0, abs=DOLLARS)


def law_of_numbers(step):
    """No number is missing or without bound, and no cash is below zero."""
    assert np.isfinite(step.t.accounts).all()
    assert (step.flow("CASH") >= 0.0).all()


LAWS = (
    law_of_numbers,
    law_of_cash,
    law_of_both_sides,
    law_of_the_sheet,
    law_of_dues,
    law_of_estates,
    law_of_default,
)


OUTCOMES = (
    "accounts",
    "paths",
    "nodes",
    "marks",
    "ties",
    "tie_marks",
    "debts",
    "calls",
    "call_marks",
    "holdings",
    "estate",
    "ladders",
    "ledger_due",
    "ledger_paid",
    "ledger_interest",
    "ledger_repaid",
    "ledger_calls",
    "ledger_estates",
    "trouble",
)
"""Arrays of the tableau that say what happened; the others are parameters, or a place to work on."""


def firms_of(compiled):
    return [n for n in compiled.nodes if n != "van"]


def side_by_side(compiled, drivers):
    """Several paths in one block."""
    shocks = Shocks(
        *(
            np.ascontiguousarray(np.concatenate([getattr(shocks_of(d), name) for d in drivers], axis=-1))
            for name in Shocks._fields
        )
    )
    nodes = compiled.model.nodes._replace(reorganises=drivers[0].reorganise.astype(np.int64))
    t = new_tableau(compiled.model._replace(nodes=nodes), shocks, ledger=True)
    run_path(t)
    return laid_out(t)


@FEW
@given(SEEDS, SEEDS)
def test_every_step_of_every_path_obeys_the_laws(made, book, seed):
    compiled = made(book)
    drivers = drivers_for(compiled, scenario_of(seed, firms_of(compiled)))
    fallen = 0
    for step in steps_of(compiled, drivers):
        for law in LAWS:
            law(step)
        fallen += int(step.fell.sum())
    event(f"{min(fallen, 3)} falls")


@FEW
@given(SEEDS, SEEDS)
def test_a_path_is_the_same_bytes_twice_and_whatever_runs_beside_it(made, book, seed):
    """As many scenarios as a block has lanes, each alone and all in one block: every outcome bit for bit."""
    compiled = made(book)
    firms = firms_of(compiled)
    again = scenario_of(seed, firms).reorganise
    scenarios = [BASELINE, *(scenario_of(seed + k, firms) for k in range(LANES - 1))]
    drivers = [drivers_for(compiled, replace(s, reorganise=again)) for s in scenarios]
    alone = [simulate(compiled.model, d).end for d in drivers]
    block, twice = side_by_side(compiled, drivers), simulate(compiled.model, drivers[1]).end
    for end in (block, twice, *alone):
        end.nodes[row.GOT] = 0.0  # a sum in the making: lanes that have settled go through one more of them
        idle = (end.ties[row.DUE] == 0.0) & (end.ties[row.GHOST] == 0.0)
        for shares in (end.ties[row.RELIEF], end.ties[row.RELET]):
            shares[idle] = 0.0  # of nothing: left as they were where no lane of the block has a due
    for name in OUTCOMES:
        assert getattr(twice, name).tobytes() == getattr(alone[1], name).tobytes(), name
        for lane, end in enumerate(alone):
            beside = np.ascontiguousarray(getattr(block, name)[..., lane])
            assert beside.tobytes() == getattr(end, name)[..., 0].tobytes(), (name, lane)


@FEW
@given(SEEDS)
def test_a_scenario_that_says_what_is_planned_is_the_baseline(made, book):
    """Every driver set to its baseline, and nobody pulled: the same bytes."""
    compiled = made(book)
    says = [d for d in DRIVERS.values() if d.low <= d.baseline <= d.high and not d.per_firm]
    shocks = tuple(Shock(d.id, Shape.LEVEL, (d.baseline,), HERE) for d in says)
    base = simulate(compiled.model, drivers_for(compiled, BASELINE))
    said = simulate(compiled.model, drivers_for(compiled, replace(BASELINE, name="said", shocks=shocks)))
    assert said.end.accounts.tobytes() == base.end.accounts.tobytes()


def first_clearing(opening, card, pays):
    """A frozen run of one step: the end of its tableau, and what it was compiled to."""
    compiled = compile_opening(opening, frozen=True)
    drivers = drivers_for(compiled, BASELINE)
    share = drivers.pays.copy()
    share[compiled.place[card], :] = pays
    return compiled, simulate(compiled.model, replace(drivers, pays=share)).end


@FEW
@given(SEEDS, st.data())
def test_a_frozen_first_clearing_is_the_pull(opened, book, data):
    """Who is down, what is paid under each contract, and what guarantors are called for; two programs, one answer.

    Left out: books in which not everything is paid in the calm (a pull counts what is lost from there) or contracts
    bring more than a plan says; calls that repay a vehicle's lenders (a pull gives that money to the vehicle); and
    falls of a firm that had ordered for the card (a pull forgets that these orders were cancelled before).
    """
    opening = opened(book, calm=True)
    card = data.draw(st.sampled_from(opening.full))
    course = fall(opening, {card: 0.0}, windows=Windows.FROZEN)
    assume(not course.calm.failing and course.calm.paid.min() > 1.0 - 1e-12)
    assume(not any(call.debts for call in course.state.called.values()))
    down = course.state.down
    assume(not any(c.payer in down and set(c.made_for) & down for c in opening.ties.contracts))
    compiled, end = first_clearing(opening, card, 0.0)
    plans = {n: opening.positions[n].statement.plan.revenue.value for n in opening.full}
    assume(all(compiled.model.plans.revenue[compiled.place[n]].sum() < v + CENT for n, v in plans.items()))
    event(f"{min(len(down), 3)} down, {min(len(course.state.called), 2)} calls")
    assert {n for n, i in compiled.place.items() if end.marks[row.FELL, i, 0] == 0} == set(down)
    want = Counter()
    for line, share in zip(course.cash.lines, course.cash.paid, strict=True):
        if line.contract:
            want[line.contract.tie.id] += line.amount * float(share)
    for k, read in enumerate(compiled.contracts):
        name = read.contract.tie.id
        assert end.ledger_paid[0, k, 0] == pytest.approx(want[name], abs=CENT), name
    paid = {call.tie: call.amount for call in course.state.called.values()}
    for k, guarantee in enumerate(opening.ties.guarantees):
        called = end.calls[row.CALL_DUE, k, 0]
        assert called == pytest.approx(paid.get(guarantee.tie.id, 0.0), abs=CENT), guarantee.tie.id
    for node in opening.full:
        if node != card:
            i = compiled.place[node]
            assert end.accounts[0, col.RESOURCES, i, 0] == pytest.approx(course.cash.resources[node], abs=CENT), node
            assert end.accounts[0, col.BINDING, i, 0] == pytest.approx(course.cash.binding[node], abs=CENT), node


def test_the_random_economies_do_what_the_laws_speak_of(made):
    """A fixed row of eighty books and scenarios: firms fail, are rebuilt, are called, and estates pay."""
    seen = Counter()
    for seed in range(80):
        compiled = made(seed)
        path = simulate(compiled.model, drivers_for(compiled, scenario_of(seed, firms_of(compiled))))
        end, a, down = path.end, path.accounts, path.fell != FOREVER
        seen["falls"] += int(down.sum())
        seen["failures without a pull"] += int((down & (end.marks[row.PULLED, :, 0] == 0)).sum())
        seen["vehicles down"] += int((down & (compiled.model.nodes.vehicle > 0)).sum())
        seen["rebuilt"] += int(end.marks[row.REBUILT].sum())
        seen["calls"] += int((end.ledger_calls > 0.0).any(axis=0).sum())
        seen["calls for lenders"] += int((end.ledger_calls[:, compiled.model.guarantees.for_lenders > 0] > 0.0).sum())
        seen["estates"] += int((end.ledger_estates > 0.0).sum())
        for name in ("VESTED", "RELET", "INVENTORY_LOSS", "DRAWN_LINES", "DRAWN_SHARES", "SOLD_STAKES", "STAKE_GAIN"):
            seen[name] += int((a[:, getattr(col, name)] > 0.0).any())
    least = {"falls": 60, "failures without a pull": 20, "vehicles down": 5, "rebuilt": 5, "calls": 10, "estates": 60}
    assert all(seen[what] >= number for what, number in least.items()), dict(seen)
    assert all(number > 0 for number in seen.values()), dict(seen)
