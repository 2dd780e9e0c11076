"""Chances: what the shipped file says, what the book measures, and every way in which a file can be wrong."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from cardhouse.economy import drivers as dr
from cardhouse.economy.compiled import compile_opening
from cardhouse.economy.drivers import DRIVERS, FIRM_DRIVERS, WORLD_DRIVERS
from cardhouse.economy.kernel.draws import draw_drivers, lay_scenario
from cardhouse.economy.kernel.processes import new_scratch, no_steering
from cardhouse.economy.opening import open_book
from cardhouse.economy.uncertain import (
    changed,
    laboratories,
    name_number,
    shipped_file,
    uncertainty,
    without_chance,
)
from cardhouse.economy.uncertain_measured import (
    growth_surprises,
    measured_growth_common,
    measured_growth_own,
    measured_rents,
)
from cardhouse.errors import InputError, ScenarioError, UnknownName

NODES = ("nvidia", "openai", "anthropic")
LABS = ("openai", "anthropic")

SMALL = """
degrees = 4
degrees_reason = "R."

[[process]]
driver = "demand"
title = "Demand"
title_zh = "需求"
volatility = [0.01, 0.02, 0.03]
volatility_reason = "R."
persistence = 0.5
persistence_reason = "R."
cumulates = true

[[process]]
driver = "spread"
title = "Spread"
title_zh = "利差"
volatility = 100
volatility_reason = "R."
persistence = 0.8
persistence_reason = "R."
bounds = [-75, 2000]
bounds_reason = "R."

[[regime]]
driver = "growth"
title = "Stall"
title_zh = "停滞"
begins = 0.02
begins_reason = "R."
ends = 0.2
ends_reason = "R."
severity = [0.0, 0.3, 0.7]
severity_reason = "R."
moved_by = { spread = 0.01 }
moved_by_reason = "R."

[[correlation]]
between = ["demand", "spread"]
value = -0.3
value_reason = "R."
"""


@pytest.fixture(scope="module")
def bare(economy):
    """A book of one firm and no history."""
    return economy("", {"cloud": ("cloud", {"cash": 100.0, "revenue": 400.0})})


@pytest.fixture
def written(tmp_path):
    def write(text):
        path = tmp_path / "own.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def read(book, path=None):
    return uncertainty(book, nodes=NODES, laboratories=LABS, file=path)


def line_of(text, part):
    return text[: text.index(part)].count("\n") + 1


def test_the_shipped_file_gives_every_number_a_reason_and_a_range(shipped):
    chance = read(shipped)
    assert {p.driver for p in chance.chances.processes} == {
        "demand",
        "rents",
        "efficiency",
        "multiples",
        "spread",
        "base_rate",
        "share",
    }
    assert {r.driver for r in chance.chances.regimes} == {"growth", "delay", "debt_window", "equity_window"}
    for number in chance.numbers:
        assert number.low <= number.central <= number.high
        assert len(number.reason) > 20
    for record in (*chance.chances.processes, *chance.chances.regimes):
        assert record.title
        assert re.search("[\u4e00-\u9fff]", record.title_zh)


def test_the_shipped_file_asks_the_book(shipped):
    """What rests on the book says on how many observations; the rest is an assumption."""
    numbers = {n.id: n for n in read(shipped).numbers}
    for name, measure in (("demand", "growth_common"), ("rents", "rents"), ("share", "growth_own")):
        number = numbers[f"{name}.volatility"]
        assert number.origin == f"book:{measure}"
        assert number.observations >= 5
    assert {n.origin for n in numbers.values() if not n.id.endswith("volatility")} == {"assumption"}


def test_a_book_without_the_rows_falls_back_to_the_file(bare):
    numbers = {n.id: n for n in read(bare).numbers}
    assert (numbers["demand.volatility"].central, numbers["demand.volatility"].origin) == (0.04, "assumption")


def test_shipped_correlations_are_reproduced_by_the_factor(shipped):
    chance = read(shipped)
    names = [WORLD_DRIVERS[row] for row in chance.arrays.driver]
    matrix = chance.arrays.factor @ chance.arrays.factor.T
    np.testing.assert_allclose(np.diag(matrix), 1.0)
    for pair in chance.chances.correlations:
        assert matrix[names.index(pair.one), names.index(pair.other)] == pytest.approx(pair.value.central)


def test_arrays_by_hand(bare, written):
    chance = read(bare, written(SMALL))
    arrays = chance.arrays
    assert arrays.driver.tolist() == [dr.DEMAND, dr.SPREAD]
    assert (arrays.adds.tolist(), arrays.keeps.tolist()) == ([0, 1], [1.0, 0.0])
    assert arrays.volatility.tolist() == [0.02, 100.0]
    assert (arrays.least.tolist(), arrays.most.tolist()) == ([-math.inf, -75.0], [math.inf, 2000.0])
    np.testing.assert_allclose(arrays.factor, [[1.0, 0.0], [-0.3, math.sqrt(0.91)]])
    assert (arrays.regime_driver.tolist(), arrays.moved_by.tolist()) == ([dr.GROWTH], [[0.0, 0.01]])
    assert arrays.degrees.tolist() == [4]
    assert arrays.firm_node.size == 0


def test_each_laboratory_has_a_process_of_its_own(shipped):
    arrays = read(shipped).arrays
    assert arrays.firm_node.tolist() == [1, 2]
    assert arrays.firm_name.tolist() == [name_number("openai"), name_number("anthropic")]
    assert arrays.firm_driver.tolist() == [FIRM_DRIVERS.index("share")] * 2


def test_laboratories_are_the_models_with_ai_sales(shipped):
    compiled = compile_opening(open_book(shipped, quarters=4), quarters=4)
    labs = laboratories(compiled)
    assert {"openai", "anthropic"} <= set(labs)
    assert not {"microsoft", "nvidia", "coreweave"} & set(labs)


def test_a_laboratory_that_is_no_node_is_refused(shipped):
    with pytest.raises(InputError, match="mistral cannot be laboratories"):
        uncertainty(shipped, nodes=NODES, laboratories=("mistral",))


def test_without_chance_is_the_scenario(shipped):
    chance = without_chance(read(shipped))
    world = np.array([[DRIVERS[n].baseline] * 8 for n in WORLD_DRIVERS])
    firm = np.ones((len(FIRM_DRIVERS), len(NODES), 8))
    out_world, out_firm = np.empty((*world.shape, 8)), np.empty((*firm.shape, 8))
    lay_scenario(world, firm, out_world, out_firm)
    chances, weight = chance.arrays, np.empty(8)
    steering, scratch = no_steering(chances, 8), new_scratch(chances)
    draw_drivers(1, 0, chances, steering, scratch, world, firm, out_world, out_firm, weight)
    assert (out_world == world[..., None]).all()
    assert (out_firm == firm[..., None]).all()


def test_one_number_is_changed_within_its_range(shipped):
    chance = read(shipped)
    other = changed(chance, "spread.volatility", 150.0)
    row = chance.arrays.driver.tolist().index(dr.SPREAD)
    assert (chance.arrays.volatility[row], other.arrays.volatility[row]) == (100.0, 150.0)
    assert changed(chance, "growth.begins", 0.05).arrays.begins[0] == 0.05
    assert changed(chance, "tail.degrees", 10.0).arrays.degrees.tolist() == [10]
    with pytest.raises(InputError, match="expected 60 to 160"):
        changed(chance, "spread.volatility", 500.0)
    with pytest.raises(UnknownName, match=r"did you mean spread\.volatility"):
        changed(chance, "spread.volatilty", 100.0)


def quarters(firm, revenues):
    """Eight or fewer calendar quarters of revenue from 2024 on."""
    ends = ("03-31", "06-30", "09-30", "12-31")
    starts = ("01-01", "04-01", "07-01", "10-01")
    return [
        f"{firm},revenue,,{2024 + i // 4}-{starts[i % 4]},{2024 + i // 4}-{ends[i % 4]},{value!r},USD_million,tenq,"
        "2026-01-15,high,"
        for i, value in enumerate(revenues)
    ]


def chip_makers(economy, series):
    firms = [f"{name},{name.title()},,,compute,independent,,,,," for name in series]
    facts = [row for name, values in series.items() for row in quarters(name, values)]
    return economy("\n".join(["firms.csv", *firms, "facts.csv", *facts]))


def test_steady_growth_is_no_surprise(economy):
    """By hand: growth by a tenth every quarter, with a season that repeats, leaves nothing to explain."""
    season = (1.0, 1.2, 0.9, 1.4)
    book = chip_makers(economy, {"one": [100.0 * 1.1**i * season[i % 4] for i in range(8)]})
    found = growth_surprises(book)
    assert sorted(found) == [2025 * 4 + 1, 2025 * 4 + 2, 2025 * 4 + 3]
    assert max(abs(x) for firms in found.values() for x in firms.values()) < 1e-12


def test_growth_surprises_by_hand(economy):
    """Four firms, all e^0.1 above in the second quarter of 2025 for good, one of them e^0.4 more.

    Medians are 0.1, 0 and 0; surprises of single firms against them 0.4 once in twelve. Without persistence the
    difference of two quarters a year apart has twice a surprise's variance.
    """
    up = [100.0] * 5 + [100.0 * math.exp(0.1)] * 3
    more = [100.0] * 5 + [100.0 * math.exp(0.5)] * 3
    book = chip_makers(economy, {"one": up, "two": up, "three": up, "four": more})
    common, own = measured_growth_common(book, 0.0), measured_growth_own(book, 0.0)
    assert (common.observations, own.observations) == (3, 12)
    assert common.value == pytest.approx(0.1 / math.sqrt(3.0) / math.sqrt(2.0))
    assert own.value == pytest.approx(0.4 / 12.0 * math.sqrt(math.pi / 2.0) / math.sqrt(2.0))
    assert (common.usable, own.usable) == (False, True)


def test_a_surprise_is_recovered_from_its_year_on_year_traces():
    """The variance of g(t) - g(t-4) of an autoregression, simulated with numpy, against the formula that undoes it."""
    from cardhouse.economy.uncertain_measured import _per_quarter

    rng = np.random.default_rng(2)
    growth = np.zeros(200_000)
    for t in range(1, growth.size):
        growth[t] = 0.6 * growth[t - 1] + 0.03 * rng.standard_normal()
    assert _per_quarter(float((growth[104:] - growth[100:-4]).std()), 0.6) == pytest.approx(0.03, rel=0.01)


def test_rents_by_hand(economy):
    """Two series of one price pair each, 365 days apart: up by e^0.2 and down by e^0.2 around no drift."""
    rows = [
        f"chip,rental_price_per_gpu_hour,{item},,{day},{value!r},USD,wire,2026-01-15,medium,"
        for item, day, value in (
            ("a", "2024-06-30", 2.0),
            ("a", "2025-06-30", 2.0 * math.exp(0.2)),
            ("b", "2024-06-30", 2.0),
            ("b", "2025-06-30", 2.0 * math.exp(-0.2)),
            ("b", "2025-07-10", 9.0),
        )
    ]
    book = economy(
        "\n".join(
            [
                "metrics.csv",
                "rental_price_per_gpu_hour,price,USD,,Rent,租金,Rent of a chip for an hour.",
                "subjects.csv",
                "chip,accelerator,Chip,芯片,",
                "facts.csv",
                *rows,
            ]
        )
    )
    found = measured_rents(book, 0.0)
    assert found.observations == 2
    assert found.value == pytest.approx(0.2 / math.sqrt(365 / (365.25 / 4)))


def test_measures_of_the_embedded_book_are_of_a_sensible_size(shipped):
    """Within the range that the file would assume without them, by a factor of two."""
    assert 0.01 < measured_growth_common(shipped, 0.5).value < 0.16
    assert 0.04 < measured_rents(shipped, 0.0).value < 0.5


@pytest.mark.parametrize(
    ("old", "new", "at", "message"),
    [
        ('driver = "demand"', 'driver = "demnd"', 'driver = "demnd"', "did you mean demand?"),
        ('driver = "demand"', 'driver = "life"', 'driver = "life"', "'life' cannot stray"),
        ("[0.01, 0.02, 0.03]", "[0.03, 0.02, 0.01]", "volatility = [0.03", "its numbers do not rise"),
        ("[0.01, 0.02, 0.03]", "[0.01, 0.02]", "volatility = [0.01", "it has 2 values"),
        ("[0.01, 0.02, 0.03]", "-0.1", "volatility = -0.1", "out of bounds"),
        ("[0.01, 0.02, 0.03]", "nan", "volatility = nan", "out of bounds"),
        ("persistence = 0.5", "persistence = 1.0", "persistence = 1.0", "growth that persists for ever"),
        ("cumulates = true", 'cumulates = "yes"', "cumulates =", "neither true nor false"),
        ("cumulates = true", "cumulate = true", "cumulate =", "did you mean cumulates?"),
        ("cumulates = true", 'volatility_from = "book:growth"', "volatility_from", "no measure of the book"),
        ("[-75, 2000]", "[75, 2000]", "bounds = [75", "expected a number from -10000 to 0"),
        ("[-75, 2000]", "2000", "bounds = 2000", "no list of two numbers"),
        ('bounds_reason = "R."\n', "", '[[process]]\ndriver = "spread"', "bounds_reason: it is missing"),
        ("begins = 0.02", "begins = 2", "begins = 2", "expected a number from 0 to 1"),
        ("severity = [0.0, 0.3, 0.7]", "severity = [0.0, 0.3, 1.7]", "severity =", "out of bounds"),
        ("severity = [0.0, 0.3, 0.7]", "severity = 0.3", "severity =", "a decimal number is no list"),
        ("{ spread = 0.01 }", "{ multiples = 0.01 }", "moved_by = {", "'multiples' is no process of everybody"),
        ("{ spread = 0.01 }", "0.01", "moved_by = 0.01", "is no table"),
        ('["demand", "spread"]', '["demand", "rents"]', "between =", "'rents' is no process of everybody"),
        ('["demand", "spread"]', '["demand", "demand"]', "between =", "does not name two processes"),
        ("value = -0.3", "value = -1.3", "value = -1.3", "expected a number from -1 to 1"),
        ("degrees = 4", "degrees = 2", "degrees = 2", "whole numbers from 3 to 30"),
        ("degrees = 4", "degrees = 4.5", "degrees = 4.5", "whole numbers from 3 to 30"),
        ("degrees = 4", "degrees = ", "degrees = \n", "it is no TOML"),
        ("degrees = 4\n", "", "\n", "degrees: it is missing"),
    ],
)
def test_faults_name_their_line(bare, written, old, new, at, message):
    text = SMALL.replace(old, new, 1)
    assert text != SMALL
    with pytest.raises(ScenarioError, match=re.escape(message)) as caught:
        read(bare, written(text))
    lines = [line for line in str(caught.value).splitlines() if message in line]
    assert lines[0].startswith(f"own.toml:{line_of(text, at)}:"), lines


def test_a_driver_has_one_process(bare, written):
    again = SMALL[SMALL.index("[[process]]") : SMALL.index("[[process]]", SMALL.index("[[process]]") + 1)]
    with pytest.raises(ScenarioError, match="demand has two of them; expected one process a driver") as caught:
        read(bare, written(SMALL + again))
    line = SMALL.count("\n") + again[: again.index("driver")].count("\n") + 1
    assert str(caught.value).startswith(f"own.toml:{line}:")


def test_all_faults_are_told_together(bare, written):
    text = SMALL.replace("0.02, 0.03", "0.02, 7").replace("ends = 0.2", "ends = -1").replace('title = "Stall"', "")
    with pytest.raises(ScenarioError) as caught:
        read(bare, written(text))
    assert len(str(caught.value).splitlines()) == 3


def test_correlations_that_cannot_be_are_refused_by_name(bare, written):
    """By hand: a with b and b with c at 0.9 leave a with c at least 0.62, so -0.9 cannot be."""
    third = SMALL[SMALL.index('[[process]]\ndriver = "spread"') : SMALL.index("[[regime]]")].replace(
        "spread", "base_rate"
    )
    pairs = "".join(
        f'\n[[correlation]]\nbetween = ["{a}", "{b}"]\nvalue = {value}\nvalue_reason = "R."\n'
        for a, b, value in (("demand", "spread", 0.9), ("spread", "base_rate", 0.9), ("demand", "base_rate", -0.9))
    )
    text = SMALL[: SMALL.index("[[regime]]")] + third + pairs
    with pytest.raises(ScenarioError, match="demand, spread, base_rate cannot be correlated like this") as caught:
        read(bare, written(text))
    assert str(caught.value).startswith(f"own.toml:{line_of(text, '[[correlation]]')}:")


def test_files_that_are_none(bare, written, tmp_path):
    for path, message in (
        (tmp_path / "none.toml", "there is no such file"),
        (tmp_path, "it is a folder"),
        (written("a = " + "[" * 50 + "]" * 50), "it nests 50 deep"),
    ):
        with pytest.raises(ScenarioError, match=message):
            read(bare, path)
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ScenarioError, match="it is not UTF-8"):
        read(bare, tmp_path / "bytes.toml")
    (tmp_path / "long.toml").write_text("#" * 70_000)
    with pytest.raises(ScenarioError, match=r"long\.toml:1: file: "):
        read(bare, tmp_path / "long.toml")


def test_the_shipped_file_is_a_pattern_for_own_ones(shipped, written):
    own = shipped_file().read_text(encoding="utf-8").replace("volatility = [60, 100, 160]", "volatility = 10")
    numbers = {n.id: n.central for n in read(shipped, written(own)).numbers}
    assert numbers["spread.volatility"] == 10.0
