"""The embedded book, run: it agrees with a pull, stands by itself, keeps what firms have guided, and obeys the laws.

The truths: the pull (another program, on the same opening) for the first clearing; what firms have said of the
quarters ahead; and facts that hold whatever the numbers (cash, both sides of a sheet, signs).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from cardhouse.book import Layer, embedded
from cardhouse.economy.cascade import Windows, fall
from cardhouse.economy.claims import Channel
from cardhouse.economy.compiled import compile_opening
from cardhouse.economy.guidance import guided
from cardhouse.economy.kernel import columns as col
from cardhouse.economy.kernel import rows as row
from cardhouse.economy.need_paths import level
from cardhouse.economy.opening import open_book
from cardhouse.economy.pull import pull
from cardhouse.economy.run import RunChoices, drivers_for, failures, run, run_from, simulate
from cardhouse.economy.scenario import BASELINE, SHIPPED, Shape, read_scenario

CENT = 1e-6
CHIPS = ("nvidia", "amd", "broadcom")
OWED = (col.DEBT, col.LEASES, col.PAYABLES, col.OTHER_LIABILITIES, col.TAX_DUE, col.OWED_BY_ESTATE)


@pytest.fixture(scope="module", params=[1, 4])
def frozen(shipped, request):
    """The opening of a horizon, and the same frozen into one step."""
    opening = open_book(shipped, quarters=request.param)
    return opening, compile_opening(opening, frozen=True)


@pytest.fixture(scope="module")
def base(shipped):
    return run(shipped)


@pytest.fixture(scope="module")
def paths(base):
    """Every shipped scenario, run once."""
    return {name: run_from(base.compiled, read_scenario(name)) for name in SHIPPED}


@pytest.mark.parametrize(("driver", "factor"), [("growth", 3.0), ("demand", 5.0)])
def test_no_cloud_sells_more_than_its_own_computing(base, driver, factor):
    """Law: at most all of its planned AI business, times its fleet over the planned, at the ceiling's use and rent."""
    model = base.compiled.model
    path = simulate(model, drivers_for(base.compiled, level(driver, factor)), ledger=False)
    fleet = np.concatenate([model.start.fleet[None], path.accounts[:-1, col.FLEET]])
    rent = float(model.world.rent_ceiling[0])
    ceiling = rent ** (1.0 / float(model.world.rent_response[0]))
    opening = base.compiled.opening
    for node in (n for n in opening.full if opening.firm(n).layer in (Layer.CLOUD, Layer.NEOCLOUD)):
        i = base.compiled.place[node]
        other = model.plans.receipts[i] * (1.0 - model.nodes.ai[i] - model.nodes.rents[i])
        sold, planned = path.accounts[:, col.WORLD_RECEIPTS, i] - other, model.plans.revenue[i] - other
        assert (sold <= rent * ceiling * planned * fleet[:, i] / model.plans.fleet[i] * (1 + CENT)).all(), node


def drivers_of_pull(compiled, card):
    drivers = drivers_for(compiled, BASELINE)
    pays = drivers.pays.copy()
    pays[compiled.place[card], :] = 0.0
    return replace(drivers, pays=pays)


def differences(opening, compiled, card, drivers):
    """Where the first clearing of a frozen run is not the pull of a card."""
    end = simulate(compiled.model, drivers).end
    course = fall(opening, {card: 0.0}, windows=Windows.FROZEN)
    pairs = {"down": (sorted(n for n, i in compiled.place.items() if end.marks[row.FELL, i, 0] == 0),)}
    pairs["down"] += (sorted(course.state.down),)
    want = Counter()
    for line, share in zip(course.cash.lines, course.cash.paid, strict=True):
        if line.contract:
            want[line.contract.tie.id] += line.amount * float(share)
    for t, read in enumerate(compiled.contracts):
        pairs[read.contract.tie.id] = (float(end.ledger_paid[0, t, 0]), want[read.contract.tie.id])
    called = {call.tie: call.amount for call in course.state.called.values()}
    for k, guarantee in enumerate(opening.ties.guarantees):
        name = guarantee.tie.id
        pairs["called " + name] = (float(end.calls[row.CALL_DUE, k, 0]), called.get(name, 0.0))
    for node in set(opening.full) - {card}:
        accounts = end.accounts[0, :, compiled.place[node], 0]
        pairs["resources of " + node] = (float(accounts[col.RESOURCES]), course.cash.resources[node])
        pairs["dues of " + node] = (float(accounts[col.BINDING]), course.cash.binding[node])
    return {k: (a, b) for k, (a, b) in pairs.items() if (a != b if k == "down" else abs(a - b) > CENT)}


def test_the_first_clearing_of_every_card_is_its_pull(frozen):
    """Who is down, what each contract pays, calls, resources and binding dues, for every full firm."""
    opening, compiled = frozen
    found = {c: differences(opening, compiled, c, drivers_of_pull(compiled, c)) for c in opening.full}
    assert {card: wrong for card, wrong in found.items() if wrong} == {}


def test_the_shipped_scenario_of_a_pull_is_the_pull(frozen):
    opening, compiled = frozen
    assert differences(opening, compiled, "openai", drivers_for(compiled, read_scenario("openai-stops"))) == {}


def test_a_run_writes_off_the_shares_that_the_pull_does(shipped, paths):
    """What SoftBank loses in the first quarter beyond the baseline: what it held, and no instalment of that quarter."""
    answer = pull(shipped, "openai")
    lost = answer.losses.of("softbank")[Channel.STAKES]
    run_of = paths["openai-stops"]
    more = run_of.series("softbank", col.STAKE_LOSS) - run_of.series("softbank", col.STAKE_LOSS, baseline=True)
    assert more[0] == pytest.approx(lost, abs=CENT)
    due = {"nvda-openai-30bn", "softbank-openai-30bn-2026"}
    assert due <= {ln.contract.tie.id for ln in answer.fall.calm.lines if ln.contract}
    assert not due & {ln.contract.tie.id for ln in answer.fall.cash.lines if ln.contract}
    ids = [c.contract.tie.id for c in run_of.compiled.contracts]
    assert [run_of.path.end.ledger_paid[0, ids.index(tie), 0] for tie in sorted(due)] == [0.0, 0.0]


def test_in_the_baseline_nobody_falls_and_nobody_has_a_reason_to_react(base):
    """24 quarters; rents and intentions are the plan's to the last digit, nobody is shut out."""
    assert failures(base.baseline, base.nodes) == {}
    assert (base.baseline.rents == 1.0).all()
    assert (base.baseline.accounts[:, col.CUT] == 1.0).all()
    assert (base.baseline.accounts[:, col.SHUT] == 0.0).all()
    assert not base.baseline.end.marks[row.REBUILT].any()


def test_the_run_keeps_what_firms_have_guided(base):
    """
    Within 15 % of every guidance that is not over, at the pace of what is left of its period. One exception is known:
    Nebius guides a yearly run rate at the year's end that is what it has signed, to be built in four months; the run
    lets its revenue grow as it has grown and power allows, and comes to about half.
    """
    rows = guided(base)
    assert {(g.firm, g.metric) for g in rows} >= {("nvidia", "revenue"), ("meta", "capital_expenditures")}
    far = {(g.firm, g.metric): round(g.gap, 3) for g in rows if abs(g.gap) > 0.15}
    assert set(far) <= {("nebius", "revenue run rate")}, far
    assert all(-0.6 < gap < 0 for gap in far.values())


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_scenario_obeys_the_laws_of_accounting(paths, name):
    """No missing number, no cash below zero, both sides of every sheet; equity moves by income and owners."""
    a = paths[name].path.accounts
    assert np.isfinite(a).all()
    assert (a[:, col.CASH] >= 0.0).all()
    owed = a[:, OWED].sum(axis=1) + a[:, col.EQUITY]
    assert a[:, col.ASSETS] == pytest.approx(owed, rel=1e-12, abs=CENT)
    before = np.concatenate([paths[name].compiled.model.start.equity[None], a[:-1, col.EQUITY]])
    owners = a[:, col.NONCASH] + a[:, col.DRAWN_SHARES] + a[:, col.RAISED] + a[:, col.BRIDGE]
    moved = a[:, col.INCOME] + owners - a[:, col.PAYOUT] - a[:, col.GONE]
    assert a[:, col.EQUITY] - before == pytest.approx(moved, rel=1e-9, abs=CENT)


def test_a_scenario_without_shocks_is_the_baseline(paths):
    assert paths["baseline"].path.accounts.tobytes() == paths["baseline"].baseline.accounts.tobytes()


def test_the_warrant_on_amd_vests_to_openai_as_it_takes_chips(base):
    """OpenAI buys, AMD issues: at most the 0.0897 of AMD that the terms name, and nothing to AMD."""
    place, stakes = base.compiled.place, base.compiled.model.stakes
    mine = [s for s in np.flatnonzero(stakes.vests_with >= 0) if stakes.holder[s] == place["openai"]]
    held = [s for s in mine if stakes.held[s] == place["amd"]]
    assert len(held) == 1
    vested = base.baseline.end.holdings[row.VESTED, held[0], 0]
    assert 0.0 < vested <= 0.0897 + 1e-12
    assert not base.series("amd", col.VESTED, baseline=True).any()


def chip_revenue(one):
    return sum(one.series(node, col.REVENUE).sum() for node in CHIPS)


def test_cheaper_tokens_cut_what_chip_makers_sell_where_demand_is_inelastic_and_raise_it_where_elastic(paths, base):
    """An elasticity of 0.7, 1 and 1.4: spending on computing is volume times price, p ** (1 - elasticity)."""
    plan = sum(base.series(node, col.REVENUE).sum() for node in CHIPS)
    assert chip_revenue(paths["efficiency-07"]) < 0.95 * plan
    assert chip_revenue(paths["efficiency-10"]) == pytest.approx(plan, rel=1e-9)
    assert chip_revenue(paths["efficiency-14"]) > 1.05 * plan


def opened_by(scenario, part):
    """A scenario whose shut windows are open by a part."""
    shocks = tuple(
        replace(s, values=tuple(part + (1.0 - part) * v for v in s.values))
        if s.driver in ("debt_window", "equity_window") and s.shape is not Shape.ADD
        else s
        for s in scenario.shocks
    )
    return replace(scenario, name=f"{scenario.name}-{part}", shocks=shocks)


def test_the_more_windows_are_open_the_fewer_firms_fail(base):
    """The baseline, and windows shut by a third, two thirds and wholly: nobody fails who would not with less money."""
    shut = read_scenario("windows-shut")
    before = set(failures(base.baseline, base.nodes))
    for part in (2 / 3, 1 / 3, 0.0):
        one = run_from(base.compiled, opened_by(shut, part))
        now = set(failures(one.path, one.nodes))
        assert before <= now, part
        before = now
    assert before  # shut windows do bring somebody down


ORDERS = (
    "a reported chip contract ends, and orders of which a half is owed take its place in the plan of spending: dues "
    "rise by half of it in one quarter, beyond the little that the opening's plan lets it borrow"
)
KNOWN_FALLS = {
    date(2024, 12, 31): {},
    date(2025, 6, 30): {
        "coreweave": "its lines are drawn and interest has grown faster than earnings: cover below 1.25 shuts lenders' "
        "window in the fifth quarter; what it has raised since was not known",
        "oracle": ORDERS,
    },
    date(2025, 12, 31): {
        "nebius": "half of a plan of 2,000 a quarter is owed, and 17.5 times its earnings is all that lenders go on "
        "tolerating; the convertible notes of 2026 were not known",
        "oracle": ORDERS,
    },
    date(2026, 6, 30): {},
}
"""Full firms that fail in the first eight quarters of the baseline seen from an older day, and why."""


@pytest.mark.parametrize("day", KNOWN_FALLS)
def test_from_older_days_nobody_falls_in_eight_quarters_but_for_known_reasons(day):
    one = run(embedded().as_of(day), choices=RunChoices(quarters=8))
    full = set(one.compiled.opening.full)
    assert {node for node in failures(one.baseline, one.nodes) if node in full} <= set(KNOWN_FALLS[day])
