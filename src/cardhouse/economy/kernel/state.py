"""What moves while a path runs, and the columns in which every step is written down."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from cardhouse.economy.kernel.arrays import FOREVER, RANKS, Floats, Ints, Model

(
    REVENUE, WORLD_RECEIPTS, RELET, COSTS, COSTS_TIES, LEVY, TAX_PAID, CAPEX, INTEREST, PRINCIPAL,
    DRAWN_LINES, DRAWN_DEBT, DRAWN_SHARES, SOLD_STAKES, PAYOUT, INVESTED, RAISED, CALLS_PAID, CALLS_GOT,
    ESTATE_GOT, GONE, BRIDGE, INTEREST_GOT, REPAID_GOT, TIES_GOT, TIES_PAID, ROLLED, SAVED,
    DEPRECIATION, DEPRECIATION_ECONOMIC, NONCASH, AMORTISATION, TAX, CREDIT_LOSS, DAMAGES, INVENTORY_LOSS,
    STAKE_LOSS, PLANT_LOSS, VESTED, FORGIVEN, INCOME, INCOME_ECONOMIC,
    CASH, RECEIVABLES, ESTATES, SHORT, LONG, BUILDING, STAKES_HELD, LOANS, OTHER_ASSETS, ASSETS,
    DEBT, LEASES, PAYABLES, OTHER_LIABILITIES, TAX_DUE, OWED_BY_ESTATE, EQUITY, SHORT_ECONOMIC, STAKES_MARK, VALUE,
    EARNINGS, BINDING, RESOURCES, DOWN, SHUT, UNDRAWN, CUT,
) = range(69)  # fmt: skip
COLUMNS = 69


class State(NamedTuple):
    """Everything that a step reads and changes, lanes last.

    ``ladder`` (N, Q, B) is new debt by the step in which it falls due, ``ladder_rate`` the same times its rate;
    ``running`` their sums. ``ends_*`` (N, Q, B) are yearly depreciation that ends before a step.
    ``rejected`` (T, B) is the step in which a contract was rejected, ``vacant`` in which its first order was
    cancelled (FOREVER: never). ``down`` is 1 for a firm that stopped, ``fell`` the step in which (FOREVER: never); ``pulled`` 1 where the
    card was pulled. ``estate`` (N, N + 1, B) is what an estate will pay to each node and, last, to the world,
    ``estate_at`` (N, B) the step in which.
    """

    cash: Floats
    residual_receivables: Floats
    receivable: Floats
    short: Floats
    long: Floats
    economic: Floats
    dep_short: Floats
    dep_long: Floats
    dep_economic: Floats
    ends_short: Floats
    ends_long: Floats
    ends_economic: Floats
    building: Floats
    other_assets: Floats
    carrying: Floats
    fraction: Floats
    vested: Floats
    principal: Floats
    ladder: Floats
    ladder_rate: Floats
    new_debt: Floats
    new_interest: Floats
    undrawn: Floats
    leases: Floats
    other_liabilities: Floats
    tax_due: Floats
    equity: Floats
    fleet: Floats
    value: Floats
    growth: Floats
    cut: Floats
    earnings: Floats
    free: Floats
    paid: Floats
    waiting: Floats
    rejected: Ints
    vacant: Ints
    down: Ints
    fell: Ints
    pulled: Ints
    shut: Ints
    rebuilt: Ints
    called: Ints
    spent: Floats
    first_left: Floats
    lost: Floats
    estate: Floats
    estate_at: Ints


class Step(NamedTuple):
    """Scratch of one step: made once, overwritten by every step.

    ``due`` (T, B) of contracts in force, ``ghost`` what those of failed payers or cancelled orders would have
    been, ``bound_part``/``intent_part`` the cash owed by class, ``share`` (RANKS, N, B) of each class paid.
    """

    due: Floats
    ghost: Floats
    first_ghost: Ints
    cash_bound: Floats
    cash_intent: Floats
    new_receivable: Floats
    relief: Floats
    relet: Floats
    interest: Floats
    principal_due: Floats
    rolled: Floats
    ladder_due: Floats
    ladder_rolled: Floats
    call_due: Floats
    receipts: Floats
    capex: Floats
    capex_world: Floats
    costs: Floats
    named: Floats
    levy: Floats
    bridge: Floats
    kept: Floats
    drawable: Floats
    limits: Floats
    external: Floats
    owed: Floats
    certain: Floats
    got: Floats
    share: Floats
    claims: Floats
    recovery: Floats
    index: Floats
    trouble: Ints


class Out(NamedTuple):
    """What a run writes down.

    ``accounts`` (Q, COLUMNS, N, B). The ledger's arrays are empty unless asked for: ``paid`` (Q, T, B) of
    contracts, ``interest`` and ``repaid`` (Q, D, B) of debts, ``calls`` (Q, G, B), ``estates`` (Q, N, N + 1, B),
    ``due`` (Q, T, B) what each contract asked for. ``rents`` (Q, B) is the market rent, ``round`` (N, B) the
    round of its step in which a firm fell.
    """

    accounts: Floats
    due: Floats
    paid: Floats
    interest: Floats
    repaid: Floats
    calls: Floats
    estates: Floats
    rents: Floats
    need: Floats
    fleet: Floats
    round: Ints
    ledger: int


def _lanes(values: Floats, lanes: int) -> Floats:
    return np.repeat(np.asarray(values, dtype=np.float64)[..., None], lanes, axis=-1)


def new_state(model: Model, lanes: int) -> State:
    """The state at the opening for so many paths side by side."""
    start, ties, debts, stakes = model.start, model.ties, model.debts, model.stakes
    n, q = start.cash.size, model.world.years.size
    zero = np.zeros((n, lanes))
    flags = np.zeros((n, lanes), dtype=np.int64)
    never = np.full((n, lanes), FOREVER, dtype=np.int64)
    return State(
        cash=_lanes(start.cash, lanes),
        residual_receivables=_lanes(start.receivables, lanes),
        receivable=_lanes(ties.receivable0, lanes),
        short=_lanes(start.short, lanes),
        long=_lanes(start.long, lanes),
        economic=_lanes(start.economic, lanes),
        dep_short=_lanes(start.dep_short, lanes),
        dep_long=_lanes(start.dep_long, lanes),
        dep_economic=_lanes(start.dep_economic, lanes),
        ends_short=_lanes(start.ends_short, lanes),
        ends_long=_lanes(start.ends_long, lanes),
        ends_economic=_lanes(start.ends_economic, lanes),
        building=_lanes(start.building, lanes),
        other_assets=_lanes(start.other_assets, lanes),
        carrying=_lanes(stakes.carrying0, lanes),
        fraction=_lanes(stakes.fraction0, lanes),
        vested=np.zeros((stakes.holder.size, lanes)),
        principal=_lanes(debts.principal0, lanes),
        ladder=np.zeros((n, q, lanes)),
        ladder_rate=np.zeros((n, q, lanes)),
        new_debt=zero.copy(),
        new_interest=zero.copy(),
        undrawn=_lanes(start.undrawn, lanes),
        leases=_lanes(start.leases, lanes),
        other_liabilities=_lanes(start.other_liabilities, lanes),
        tax_due=_lanes(start.tax_due, lanes),
        equity=_lanes(start.equity, lanes),
        fleet=_lanes(start.fleet, lanes),
        value=_lanes(model.plans.value0, lanes),
        growth=np.ones((n, lanes)),
        cut=np.ones((n, lanes)),
        earnings=_lanes(model.plans.earnings0, lanes),
        free=zero.copy(),
        paid=_lanes(ties.paid0, lanes),
        waiting=np.zeros((ties.payer.size, lanes)),
        rejected=np.full((ties.payer.size, lanes), FOREVER, dtype=np.int64),
        vacant=np.full((ties.payer.size, lanes), FOREVER, dtype=np.int64),
        down=flags.copy(),
        fell=never.copy(),
        pulled=flags.copy(),
        shut=flags.copy(),
        rebuilt=flags.copy(),
        called=np.zeros((model.guarantees.cap.size, lanes), dtype=np.int64),
        spent=np.zeros((model.guarantees.cap.size, lanes)),
        first_left=_lanes(model.guarantees.first_loss, lanes),
        lost=zero.copy(),
        estate=np.zeros((n, n + 1, lanes)),
        estate_at=never.copy(),
    )


def new_step(model: Model, lanes: int) -> Step:
    """Scratch space for a step."""
    n, t, d, g = model.start.cash.size, model.ties.payer.size, model.debts.borrower.size, model.guarantees.cap.size

    def nodes() -> Floats:
        return np.zeros((n, lanes))

    def contracts() -> Floats:
        return np.zeros((t, lanes))

    def debts() -> Floats:
        return np.zeros((d, lanes))

    return Step(
        due=contracts(),
        ghost=contracts(),
        first_ghost=np.zeros((t, lanes), dtype=np.int64),
        cash_bound=contracts(),
        cash_intent=contracts(),
        new_receivable=contracts(),
        relief=contracts(),
        relet=contracts(),
        interest=debts(),
        principal_due=debts(),
        rolled=debts(),
        ladder_due=nodes(),
        ladder_rolled=nodes(),
        call_due=np.zeros((g, lanes)),
        receipts=nodes(),
        capex=nodes(),
        capex_world=nodes(),
        costs=nodes(),
        named=nodes(),
        levy=nodes(),
        bridge=nodes(),
        kept=nodes(),
        drawable=nodes(),
        limits=np.zeros((5, n, lanes)),
        external=np.zeros((RANKS, n, lanes)),
        owed=np.zeros((RANKS, n, lanes)),
        certain=nodes(),
        got=nodes(),
        share=np.ones((RANKS, n, lanes)),
        claims=np.zeros((2, n, n + 1, lanes)),
        recovery=np.ones((2, n, lanes)),
        index=np.zeros((6, lanes)),
        trouble=np.zeros(lanes, dtype=np.int64),
    )


def new_out(model: Model, lanes: int, *, ledger: bool) -> Out:
    """Space for what a run writes down."""
    q, n, t = model.world.years.size, model.start.cash.size, model.ties.payer.size
    d, g = model.debts.borrower.size, model.guarantees.cap.size
    k = q if ledger else 0
    return Out(
        accounts=np.zeros((q, COLUMNS, n, lanes)),
        due=np.zeros((k, t, lanes)),
        paid=np.zeros((k, t, lanes)),
        interest=np.zeros((k, d, lanes)),
        repaid=np.zeros((k, d, lanes)),
        calls=np.zeros((k, g, lanes)),
        estates=np.zeros((k, n, n + 1, lanes)),
        rents=np.zeros((q, lanes)),
        need=np.zeros((q, lanes)),
        fleet=np.zeros((q, lanes)),
        round=np.zeros((n, lanes), dtype=np.int64),
        ledger=int(ledger),
    )
