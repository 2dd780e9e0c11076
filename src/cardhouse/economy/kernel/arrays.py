"""The arrays that the kernel works on, in named groups.

Shapes: N nodes, T contracts, D debts, G guarantees, S stakes, Q steps, B paths side by side ("lanes"). Money is
USD million; rates and growth are per year; a party outside the network is -1. Parameters and state carry the
lanes as their last axis, so that a block of paths is one pass over each list.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

OPERATING, CAPITAL, RENT, INVESTMENT = range(4)
"""What a contract is for."""
RANKS = 4
"""Classes of the cash clearing; the last is intentions."""
INTENT = 3
FOREVER = 1_000_000
"""A step that never comes."""
NO_CONDITION, IF_VALUATION, IF_LISTED, IF_DELIVERED = range(4)
"""What releases the conditional part of a contract."""


class World(NamedTuple):
    """What holds for everybody, (B,) but for the lengths of time.

    ``years`` (Q,) is the length of each step, ``progress`` (Q,) computing bought per dollar against the opening.
    ``elasticity`` is the price elasticity of token volume, ``rent_response`` how strongly rents follow demand over
    capacity up to ``rent_ceiling``. ``private_lag`` is how many steps private values follow listed ones,
    ``damage_steps`` how long a rejected contract leaves a claim. ``rollover`` is 1 where maturing debt may be rolled,
    ``still`` 1 where what is delivered and unpaid stays what it is, ``funded`` 1 where who lacks the money for what
    binds it is given it, so that nobody fails.
    """

    years: Floats
    progress: Floats
    elasticity: Floats
    rent_response: Floats
    rent_ceiling: Floats
    economic_life: Floats
    private_lag: int
    damage_steps: int
    rollover: int
    still: int
    funded: int


class Nodes(NamedTuple):
    """Parameters of every node, (N, B) floats and (N,) integers; zero for vehicles where they have no meaning.

    ``tenant`` is whom a vehicle lives on (-1: nobody), ``vehicle`` 1 for one. ``variable`` is cash cost per
    dollar of deliveries, ``buys_compute`` 1 where the variable cost of AI sales is rented computing.
    ``ai``, ``rents``, ``export``, ``sovereign`` are shares of receipts from the world; ``new_at_rent`` is the
    part of AI sales since the opening that earns the market's rent, ``sells_ai`` 1 for who serves end demand.
    ``market`` is what new debt and shares bring in a year, ``equity_part`` the shares' part of it. ``cost_flex``
    is the part of costs above ``costs_at_opening`` that is an intention. ``lease_claim`` is what unnamed
    landlords claim from a failed tenant. ``recovery_lag`` is in steps; ``drawdown`` is the fall of the market value
    that shuts the market for shares.
    """

    vehicle: Ints
    sells_ai: Ints
    tenant: Ints
    private: Ints
    reorganises: Ints
    life_short: Ints
    life_long: Ints
    debt_life: Ints
    recovery_lag: Ints
    drawdown: Floats
    variable: Floats
    buys_compute: Floats
    ai: Floats
    rents: Floats
    new_at_rent: Floats
    export: Floats
    sovereign: Floats
    cost_floor: Floats
    costs_at_opening: Floats
    cost_flex: Floats
    noncash: Floats
    amortisation: Floats
    tax: Floats
    subsidy: Floats
    payout: Floats
    minimum_cash: Floats
    committed: Floats
    response: Floats
    capex_short: Floats
    market: Floats
    equity_part: Floats
    leverage_limit: Floats
    cover_limit: Floats
    new_rate: Floats
    dscr: Floats
    dscr_part: Floats
    value_elasticity: Floats
    equity_return: Floats
    sold_receivables: Floats
    sold_short: Floats
    sold_long: Floats
    sold_stakes: Floats
    sold_other: Floats
    lease_claim: Floats


class Plans(NamedTuple):
    """What is planned without any shock, (N, Q), per step.

    ``receipts`` from the world, ``fixed`` cash costs, ``capex`` all capital spending, ``revenue`` all revenue,
    ``fleet`` computing at the start of the step, ``earnings0`` (N,) yearly earnings,
    ``value0`` (N,) market values at the opening, ``own0`` (N,) the same without stakes in other nodes.
    """

    receipts: Floats
    fixed: Floats
    capex: Floats
    revenue: Floats
    fleet: Floats
    earnings0: Floats
    value0: Floats
    own0: Floats


class Ties(NamedTuple):
    """Contracts, (T,) or (T, Q).

    ``due`` is what the schedule says, ``bound`` the share of it that is owed whatever happens; ``of_capex`` and
    ``of_revenue`` are shares of the payer's spending and revenue. ``held`` is the part that waits for a condition,
    ``watch`` the contract whose payments it looks at, ``outer`` the contract that a contract's dues are part of.
    ``avoid`` and ``relet`` are what the payee does not miss of an unpaid due (``relet_lag`` steps later), ``most``
    the ceiling on their sum, ``stranded`` the part of avoided cost that is spent already when an order is cancelled.
    ``credit`` is the unpaid part of a step's deliveries at its end. ``late`` marks deliveries that wait for power.
    ``indexed`` is the part of a due that follows the market rent up to ``lock``, ``trade_in`` the part of the
    delivered fleet that the payee takes back in a year. ``for_tie``, ``for_node``, ``for_share`` list what was
    bought for whom.
    """

    payer: Ints
    payee: Ints
    role: Ints
    due: Floats
    bound: Floats
    of_capex: Floats
    of_revenue: Floats
    cap: Floats
    paid0: Floats
    held: Floats
    condition: Ints
    threshold: Floats
    watch: Ints
    outer: Ints
    avoid: Floats
    relet: Floats
    relet_lag: Ints
    most: Floats
    stranded: Floats
    credit: Floats
    receivable0: Floats
    late: Ints
    indexed: Floats
    lock: Floats
    trade_in: Floats
    for_tie: Ints
    for_node: Ints
    for_share: Floats


class Debts(NamedTuple):
    """Debts at the opening, (D,) and (D, Q): one for each tie whose lender is a node, one for the rest of a node."""

    borrower: Ints
    lender: Ints
    principal0: Floats
    due: Floats
    rate: Floats
    floating: Floats
    secured: Floats


class Guarantees(NamedTuple):
    """Guarantees, (G,), and the contracts that they cover as pairs ``pair_guarantee``, ``pair_tie``.

    Effective in steps ``begins`` to ``ends``. ``residual`` is an asset value guaranteed in step ``residual_at``
    (FOREVER: none). ``for_lenders`` is 1 where a call repays the debts of a vehicle whose contract it backs.
    """

    guarantor: Ints
    obligor: Ints
    beneficiary: Ints
    pair_guarantee: Ints
    pair_tie: Ints
    for_lenders: Ints
    cap: Floats
    first_loss: Floats
    begins: Ints
    ends: Ints
    residual: Floats
    residual_at: Ints


class Stakes(NamedTuple):
    """Shares, (S,). ``pays`` is the investment contract that adds to the stake (-1 none); ``held`` may be -1.

    ``proceeds0`` is what the stake would bring at the opening where it is listed. A warrant vests with
    purchases: ``vests`` is the fraction of the issuer per dollar paid under ``vests_with``, once the issuer is
    worth ``hurdle``.
    """

    holder: Ints
    held: Ints
    fraction0: Floats
    carrying0: Floats
    proceeds0: Floats
    pays: Ints
    vests_with: Ints
    vests: Floats
    vests_limit: Floats
    hurdle: Floats


class Start(NamedTuple):
    """Balance sheets at the opening and the free cash flow of the step before, (N,).

    ``ends_*`` (N, Q) are the ladders: what leaves the running sums of depreciation, and what computing ends its life,
    with each step.
    """

    cash: Floats
    receivables: Floats
    short: Floats
    long: Floats
    economic: Floats
    building: Floats
    other_assets: Floats
    leases: Floats
    other_liabilities: Floats
    tax_due: Floats
    free: Floats
    equity: Floats
    undrawn: Floats
    fleet: Floats
    dep_short: Floats
    dep_long: Floats
    dep_economic: Floats
    ends_short: Floats
    ends_long: Floats
    ends_economic: Floats
    ends_fleet: Floats


class Model(NamedTuple):
    """Everything that does not change while a path runs."""

    world: World
    nodes: Nodes
    plans: Plans
    ties: Ties
    debts: Debts
    guarantees: Guarantees
    stakes: Stakes
    start: Start


class Shocks(NamedTuple):
    """Drivers: ``world`` (K, Q, B), ``firm`` (F, N, Q, B), ``pays`` (N, Q, B): share of dues a pulled firm pays."""

    world: Floats
    firm: Floats
    pays: Floats
