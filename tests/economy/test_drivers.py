"""From a scenario to arrays: by hand over six quarters, and laws of composing."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cardhouse.book import Where
from cardhouse.economy import drivers as d
from cardhouse.economy.drivers import BASELINE, DRIVERS, FIRM_DRIVERS, WORLD_DRIVERS, Blend, drivers_of
from cardhouse.economy.scenario import Move, PullEvent, Scenario, Shape, Shock, compose, read_scenario, shipped
from cardhouse.errors import CardhouseError, InputError, ScenarioError, UnknownName

QUICK = settings(max_examples=60, deadline=None, derandomize=True, database=None)
ENDS = [
    date(2026, 12, 31),
    date(2027, 3, 31),
    date(2027, 6, 30),
    date(2027, 9, 30),
    date(2027, 12, 31),
    date(2028, 3, 31),
]
NODES = {"nvidia": 0, "openai": 1, "anthropic": 2, "broadcom": 3, "spacex": 4}


def resolve(name: str) -> str:
    """Ids, one subsidiary, and one firm of the book that is not in the run."""
    known = {**{n: n for n in NODES}, "xai": "spacex", "Nvidia": "nvidia", "tencent": "tencent"}
    if name not in known:
        raise UnknownName(f"no firm is called '{name}'; expected an id")
    return known[name]


def scenario(*shocks, pulls=(), moves=(), name="x", **more) -> Scenario:
    return Scenario(name, name, name, name, name, Where("x.toml", 1), tuple(shocks), tuple(pulls), tuple(moves), **more)


def shock(driver, value, *, shape="level", line=5, **more) -> Shock:
    values = tuple(value) if shape == "path" else (value,)
    return Shock(driver, Shape(shape), values, Where("x.toml", line), "a reason", **more)


def arrays(*args, share_base=None, ends=ENDS, **kwargs) -> d.Drivers:
    s = args[0] if args and isinstance(args[0], Scenario) else scenario(*args, **kwargs)
    return drivers_of(s, nodes=NODES, resolve=resolve, quarter_ends=ends, share_base=share_base)


def world(driver, *shocks) -> list[float]:
    return arrays(*shocks).world[WORLD_DRIVERS.index(driver)].tolist()


def test_constants_name_the_rows():
    for name in WORLD_DRIVERS:
        assert WORLD_DRIVERS[getattr(d, name.upper())] == name
    for name in FIRM_DRIVERS:
        assert FIRM_DRIVERS[getattr(d, name.upper())] == name
    assert {d.DEMAND, d.RENTS, d.SHARE} == {0, 1}
    assert len(WORLD_DRIVERS) == 18
    assert FIRM_DRIVERS == ("share", "supplier", "price")


def test_the_vocabulary_is_whole():
    for driver in DRIVERS.values():
        assert driver.low < driver.high
        assert driver.meaning
        inside = driver.low <= driver.baseline <= driver.high
        assert inside or driver.blend in (Blend.LEAST, Blend.LAST), driver.id


def test_the_empty_scenario_is_every_baseline():
    out = arrays(BASELINE)
    assert out.world.shape == (18, 6)
    assert out.firm.shape == (3, 5, 6)
    assert out.world[:, 0].tolist() == [DRIVERS[name].baseline for name in WORLD_DRIVERS]
    assert (out.world == out.world[:, :1]).all()
    assert (out.firm == 1.0).all()
    assert (out.pays == 1.0).all()
    assert not out.reorganise.any()
    assert [a.dtype for a in (out.world, out.firm, out.pays, out.reorganise)] == [np.float64] * 3 + [np.bool_]


BY_HAND = [
    ("rents", shock("rents", 0.6), [0.6] * 6),
    ("rents", shock("rents", 0.6, over=4), [0.9, 0.8, 0.7, 0.6, 0.6, 0.6]),
    ("rents", shock("rents", 0.6, over=4, start=3), [1, 1, 0.9, 0.8, 0.7, 0.6]),
    ("rents", shock("rents", 0.6, over=2, lasts=4), [0.8, 0.6, 0.6, 0.6, 1, 1]),
    ("rents", shock("rents", [0.9, 0.8, 0.5], shape="path", start=2), [1, 0.9, 0.8, 0.5, 0.5, 0.5]),
    ("rents", shock("rents", [0.9, 0.8], shape="path", lasts=3), [0.9, 0.8, 0.8, 1, 1, 1]),
    ("efficiency", shock("efficiency", 16, over=4, geometric=True), [2, 4, 8, 16, 16, 16]),
    ("base_rate", shock("base_rate", 200, shape="add", over=4), [50, 100, 150, 200, 200, 200]),
    ("delay", shock("delay", 3, shape="add", over=4, start=2), [0, 0.75, 1.5, 2.25, 3, 3]),
    ("debt_window", shock("debt_window", 0, lasts=4), [0, 0, 0, 0, 1, 1]),
    ("life", shock("life", 3, start=2, lasts=2), [0, 3, 3, 0, 0, 0]),
    ("elasticity", shock("elasticity", 0.7, start=4), [0, 0, 0, 0.7, 0.7, 0.7]),
    ("growth", shock("growth", [0, 0, 0.5], shape="path"), [0, 0, 0.5, 0.5, 0.5, 0.5]),
]


@pytest.mark.parametrize(("driver", "one", "expected"), BY_HAND)
def test_one_shock_by_hand(driver, one, expected):
    assert world(driver, one) == pytest.approx(expected)
    others = arrays(one).world
    others[WORLD_DRIVERS.index(driver)] = arrays(BASELINE).world[WORLD_DRIVERS.index(driver)]
    assert (others == arrays(BASELINE).world).all(), "no other driver moves"


def test_a_rate_compounds_from_its_first_quarter_on():
    # 40 percent a year: after four quarters 0.6, after one 0.6 to the power of a quarter, which is 0.8801.
    expected = [0.6**0.25, 0.6**0.5, 0.6**0.75, 0.6, 0.6**1.25, 0.6**1.5]
    assert world("rents", shock("rents", -0.4, shape="rate")) == pytest.approx(expected)
    assert expected[0] == pytest.approx(0.8801, abs=1e-4)


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        (date(2027, 1, 1), [1, 0.9, 0.8, 0.7, 0.6, 0.6]),
        (date(2027, 3, 31), [1, 0.9, 0.8, 0.7, 0.6, 0.6]),
        (date(2026, 10, 1), [0.9, 0.8, 0.7, 0.6, 0.6, 0.6]),
        (date(2026, 9, 30), [0.8, 0.7, 0.6, 0.6, 0.6, 0.6]),  # the opening's own quarter: one has run
        (date(2026, 1, 1), [0.6] * 6),
        (date(2028, 4, 1), [1] * 6),
    ],
)
def test_dates_count_from_the_quarter_that_holds_them(start, expected):
    assert world("rents", shock("rents", 0.6, over=4, start=start)) == pytest.approx(expected)


def test_a_shock_that_ended_before_the_opening_leaves_nothing():
    assert world("rents", shock("rents", 0.6, start=date(2025, 1, 1), lasts=4)) == [1.0] * 6


def test_how_drivers_meet():
    assert world("rents", shock("rents", 0.5), shock("rents", 0.8, start=3)) == pytest.approx([0.5] * 2 + [0.4] * 4)
    assert world("spread", shock("spread", 100), shock("spread", 50, shape="add", start=3)) == [100] * 2 + [150] * 4
    assert world("life", shock("life", 3, start=2), shock("life", 4)) == [4, 3, 3, 3, 3, 3]
    assert world("elasticity", shock("elasticity", 1.4), shock("elasticity", 0.7, start=3)) == [1.4] * 2 + [0.7] * 4
    windows = (shock("equity_window", 0.5), shock("equity_window", 0.5, line=9))
    assert world("equity_window", *windows) == [0.25] * 6


def test_together_they_stay_inside_the_bounds():
    shocks = [shock("rents", 0.05, line=n) for n in range(5, 9)]
    assert world("rents", *shocks) == [DRIVERS["rents"].low] * 6
    assert world("spread", *[shock("spread", 3000, line=n) for n in (5, 6)]) == [3000] * 6


def test_firms_have_rows_of_their_own():
    out = arrays(
        shock("supplier", 0.6, firm="Nvidia", over=4), shock("price", 0.9, firm="nvidia"), shock("share", 2, firm="xai")
    )
    assert out.firm[d.SUPPLIER, 0].tolist() == pytest.approx([0.9, 0.8, 0.7, 0.6, 0.6, 0.6])
    assert out.firm[d.PRICE, 0].tolist() == [0.9] * 6
    assert out.firm[d.SHARE, 4].tolist() == [2.0] * 6, "a subsidiary stands for its group"
    assert (out.firm[:, 1:4] == 1.0).all()


def test_pulled_and_reorganised_firms():
    pulls = [PullEvent("openai", Where("x.toml", 3), 0.5), PullEvent("openai", Where("x.toml", 6), 0.2, start=4)]
    out = arrays(pulls=pulls, reorganise=("xai", "nvidia"))
    assert out.pays[1].tolist() == [0.5, 0.5, 0.5, 0.2, 0.2, 0.2]
    assert (np.delete(out.pays, 1, axis=0) == 1.0).all()
    assert out.reorganise.tolist() == [True, False, False, False, True]


BASE = np.outer([0.0, 100.0, 50.0, 0.0, 10.0], np.ones(6))


def move(part, *, source="openai", target="anthropic", line=4, **more) -> Move:
    return Move(source, target, part, Where("x.toml", line), reason="a reason", **more)


def test_what_leaves_in_dollars_arrives():
    # 100 a quarter; half leaves over two quarters: 25, then 50. Anthropic has 50: 1 + 25/50, 1 + 50/50.
    out = arrays(moves=[move(0.5, over=2)], share_base=BASE).firm[d.SHARE]
    assert out[1].tolist() == pytest.approx([0.75] + [0.5] * 5)
    assert out[2].tolist() == pytest.approx([1.5] + [2.0] * 5)
    back = arrays(moves=[move(0.5, lasts=2)], share_base=BASE).firm[d.SHARE]
    assert back[1].tolist() == pytest.approx([0.5, 0.5, 1, 1, 1, 1])


def test_what_moves_is_what_other_shocks_left():
    out = arrays(shock("share", 0.5, firm="openai"), moves=[move(0.5)], share_base=BASE).firm[d.SHARE]
    assert out[1, 0] == pytest.approx(0.25)
    assert out[2, 0] == pytest.approx(1 + 25 / 50)


PARTS = st.floats(0, 1)
PAIRS = st.sampled_from([("openai", "anthropic"), ("anthropic", "openai"), ("openai", "xai"), ("xai", "anthropic")])


@QUICK
@given(st.lists(st.tuples(PAIRS, PARTS, st.integers(1, 6), st.integers(1, 8)), max_size=5))
def test_moves_lose_no_dollar_and_know_no_order(rows):
    moves = [move(p, source=a, target=b, start=q, over=o, line=n) for n, ((a, b), p, q, o) in enumerate(rows)]
    share = arrays(moves=moves, share_base=BASE).firm[d.SHARE]
    assert (share * BASE).sum(axis=0) == pytest.approx(BASE.sum(axis=0))
    assert share.min() >= 0.0
    assert share == pytest.approx(arrays(moves=moves[::-1], share_base=BASE).firm[d.SHARE])


def test_demand_cannot_move_from_or_to_where_there_is_none():
    for bad, field in ((move(0.5, source="nvidia"), "from_firm"), (move(0.5, target="broadcom"), "to_firm")):
        with pytest.raises(ScenarioError, match=rf"x\.toml:4: {field}: .*no AI demand"):
            arrays(moves=[bad], share_base=BASE)
    for wrong in (None, BASE[:, :3]):
        with pytest.raises(InputError, match="planned AI revenue"):
            arrays(moves=[move(0.5)], share_base=wrong)


def test_firms_that_are_no_nodes_are_all_named_with_their_lines():
    bad = scenario(
        shock("price", 0.9, firm="tencent", line=7),
        pulls=[PullEvent("nobody", Where("y.toml", 3))],
        reorganise=("opnai",),
        reorganise_at=(Where("z.toml", 2),),
    )
    with pytest.raises(ScenarioError) as error:
        arrays(bad)
    lines = str(error.value).split("\n")
    assert [line.split(": ")[0] for line in lines] == ["x.toml:7", "y.toml:3", "z.toml:2"]
    assert "not in this run" in lines[0]
    assert "no firm is called 'nobody'" in lines[1]
    assert isinstance(error.value, ValueError)
    assert isinstance(error.value, CardhouseError)


def test_a_run_of_no_quarters_is_refused():
    with pytest.raises(InputError, match="no quarters"):
        arrays(BASELINE, ends=[])


def _shock_of(driver):
    spec = DRIVERS[driver]
    number = st.floats(max(spec.low, 0.2), min(spec.high, 3.0))
    return st.builds(
        lambda v, q, o, line: shock(driver, v, start=q, over=o, line=line),
        number,
        st.integers(-3, 7),
        st.integers(1, 6),
        st.integers(1, 999),
    )


COMMUTING = [n for n in WORLD_DRIVERS if DRIVERS[n].blend in (Blend.TIMES, Blend.PLUS)]
SCENARIOS = st.lists(st.sampled_from(COMMUTING).flatmap(_shock_of), max_size=4, unique_by=lambda s: s.where.line).map(
    lambda s: scenario(*s)
)


@QUICK
@given(SCENARIOS, SCENARIOS, SCENARIOS)
def test_order_does_not_matter(a, b, c):
    one, two = arrays(compose(a, b, c)), arrays(compose(c, compose(b, a)))
    assert one.world == pytest.approx(two.world)
    assert arrays(compose(a, a)).world == pytest.approx(arrays(a).world), "the same scenario twice counts once"
    assert (arrays(compose(a, BASELINE)).world == arrays(a).world).all()


@QUICK
@given(st.lists(st.tuples(st.floats(1, 20), st.integers(-3, 7)), max_size=5))
def test_the_shortest_life_counts_in_any_order(rows):
    shocks = [shock("life", v, start=q, line=n) for n, (v, q) in enumerate(rows)]
    expected = [min([v for v, q in rows if q <= now], default=0.0) for now in range(1, 7)]
    assert world("life", *shocks) == expected
    assert world("life", *shocks[::-1]) == expected


@pytest.mark.parametrize("name", shipped())
def test_shipped_scenarios_become_arrays(name):
    ends = [date(2026 + (n + 3) // 4, *((12, 31), (3, 31), (6, 30), (9, 30))[n % 4]) for n in range(24)]
    base = np.outer([0.0, 100.0, 50.0, 0.0, 10.0], np.ones(24))
    out = arrays(read_scenario(name), share_base=base, ends=ends)
    assert np.isfinite(out.world).all()
    assert np.isfinite(out.firm).all()
    moved = not np.allclose(out.world, out.world[:, :1]) or (out.firm != 1).any() or (out.pays != 1).any()
    changed = moved or (out.world[:, 0] != [DRIVERS[n].baseline for n in WORLD_DRIVERS]).any()
    assert changed == (name != "baseline")


def test_what_the_shipped_scenarios_say():
    assert arrays(read_scenario("rents-fall")).world[d.RENTS, 3] == pytest.approx(0.6)
    assert arrays(read_scenario("dear-money")).world[d.BASE_RATE].tolist() == [100, 200, 200, 200, 200, 200]
    assert arrays(read_scenario("efficiency")).world[d.ELASTICITY].tolist() == [1.0] * 6
    dotcom = drivers_of(
        read_scenario("dotcom"),
        nodes=NODES,
        resolve=resolve,
        quarter_ends=[date(2000 + (n + 1) // 4, *((6, 30), (9, 30), (12, 31), (3, 31))[n % 4]) for n in range(12)],
    )
    # The Nasdaq Composite at 2002-10-09 over its close of 2000-03-10.
    assert dotcom.world[d.MULTIPLES, 9] == pytest.approx(1114.11 / 5048.62, abs=0.001)
    lost = arrays(read_scenario("lab-loses"), share_base=BASE).firm[d.SHARE]
    assert lost[1, 5] == pytest.approx(0.5)
    assert lost[2, 5] == pytest.approx(2.0)
