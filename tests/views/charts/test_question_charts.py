"""Charts of sensitivity, of the demand that is needed, of roads to an event, and of a look back."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date
from statistics import median
from types import SimpleNamespace

import numpy as np
import pytest
from looking import EN, LANGUAGES, sound, unit_of

from cardhouse.book import Book, Where, embedded
from cardhouse.economy.compiled import Compiled
from cardhouse.economy.contracts import Scope
from cardhouse.economy.drivers import BASELINE
from cardhouse.economy.hindcast import Hindcast, hindcast
from cardhouse.economy.hindcast_scores import FIRST_RANK
from cardhouse.economy.many.events import Event
from cardhouse.economy.many.importance import Estimate
from cardhouse.economy.many.inputs_of import Basis, Input, Moved, Sort
from cardhouse.economy.many.outcomes_of import outcome_of
from cardhouse.economy.many.reverse import Reverse
from cardhouse.economy.many.roads import Push, Road
from cardhouse.economy.many.sensitivity import Effect, Ranking, ranked
from cardhouse.economy.many.sensitivity_answer import Sensitivity
from cardhouse.economy.need_level import Group, Levels
from cardhouse.economy.need_search import Ranged, Reach, Threshold
from cardhouse.economy.run import RunChoices
from cardhouse.economy.uncertain_records import Number, Process
from cardhouse.errors import InputError
from cardhouse.views.charts import hindcast as back
from cardhouse.views.charts import need as needs
from cardhouse.views.charts import reverse as roads
from cardhouse.views.charts import sensitivity as depends
from cardhouse.views.words import Words

MARGIN = Input(
    "m", Sort.ASSUMPTION, Moved.POSITION, "operating_cash_margin", "openai", -0.8, -0.5, -0.2, "fraction", "", 4
)
RENTS = Input("rents", Sort.DRIVER, Moved.DEVIATION, "market rent", "", 0.71, 1.0, 1.41, "index", "moved")
STILL = Input("idle", Sort.ASSUMPTION, Moved.POSITION, "debt_due", "layer:cloud", 1e5, 2e5, 3e5, "USD_million", "", 5)


def effect(asked: Input, low: float, high: float, *, moved: float = 0.5) -> Effect:
    return Effect(asked, low, high, high - low, 0.01, low - 0.3, 0.01, high - 0.3, 0.01, moved)


def told(book: Book, compiled: Compiled, asked: str, scale: float = 1.0) -> Sensitivity:
    effects = ranked([effect(MARGIN, 0.6 * scale, 0.1 * scale), effect(RENTS, 0.25 * scale, 0.4 * scale)])
    found = Ranking(
        outcome_of(asked, compiled), 2000, 0.3 * scale, 0.01, (*effects, effect(STILL, 0.3, 0.3, moved=0.0)), ()
    )
    basis = Basis(book, RunChoices(), compiled, SimpleNamespace(), SimpleNamespace(seed=1))  # type: ignore[arg-type]
    return Sensitivity(basis, BASELINE, found, None)


def test_a_tornado_reaches_from_the_mean_to_each_end(book: Book, compiled: Compiled) -> None:
    chart = sound(depends.tornado(told(book, compiled, "falls:openai"), EN))
    assert [row["value"] for row in chart.data] == [0.6, 0.1, 0.25, 0.4]
    assert {row["mean"] for row in chart.data} == {0.3}
    assert [row["label"] for row in chart.data][:2] == ["-80%", "-20%"]
    # Below the mean a label stands at the left of its bar, above it at the right.
    assert [bool(row["left"]) for row in chart.data] == [False, True, True, False]
    assert chart.title == "falls:openai: 60.0% to 10.0% by operating cash margin of OpenAI"


@pytest.mark.parametrize("t", LANGUAGES, ids=str)
def test_money_outcomes_are_in_the_unit_of_the_language(book: Book, compiled: Compiled, t: Words) -> None:
    chart = sound(depends.tornado(told(book, compiled, "losses", 1e5), t))
    assert chart.data[0]["value"] * unit_of(t) == pytest.approx(60_000.0)
    assert chart.caption.unit == t.money_unit


def test_an_input_that_moves_nothing_is_not_drawn(book: Book, compiled: Compiled) -> None:
    assert len({row["bar"] for row in depends.tornado(told(book, compiled, "falls:openai"), EN).data}) == 2


def ranged(reach: Reach, value: float) -> Ranged:
    return Ranged(*(Threshold(reach, value),) * 3)


def needed(compiled: Compiled, reach: Reach) -> SimpleNamespace:
    curve = ((0.0, 0.0), (0.5, 0.02), (1.0, 0.3), (2.0, 0.9))
    group = Group(("openai",), (), 0.3, 0.01, 0.9, 2.0, curve, ranged(reach, 1.75), Threshold(reach, 1.5))
    others = replace(group, left_out=("iren",), curve=((1.0, 0.6), (2.0, 0.97)))
    choices = SimpleNamespace(paths=4096, seed=1, confidence=0.95)
    return SimpleNamespace(compiled=compiled, choices=choices, levels=Levels("demand", 0.95, group, others, ()))


@pytest.mark.parametrize(
    ("reach", "said"),
    [
        (Reach.FOUND, "Nobody fails in 95% of the paths at 1.75 times the plan"),
        (Reach.ALWAYS, "Nobody fails in 95% of the paths even at the least demand tried"),
        (Reach.NEVER, "No demand makes it 95% that nobody fails; the most is 90%"),
    ],
)
def test_the_curve_of_need_says_whether_a_factor_does_it(compiled: Compiled, reach: Reach, said: str) -> None:
    chart = sound(needs.curve(needed(compiled, reach), EN))
    assert chart.title == said
    lines = [(row["group"], row["factor"], row["share"]) for row in chart.data]
    assert ("nobody fails", 1.0, 0.3) in lines
    assert ("nobody but IREN fails", 2.0, 0.97) in lines
    assert all(factor > 0 for _, factor, _ in lines)  # nothing has no place on a logarithmic axis


HERE = Where("chance.toml", 1)


def process(driver: str, title: str) -> Process:
    number = Number("v", 0.0, 0.1, 0.2, "a reason", HERE)
    return Process(driver, title, title, number, number, False, (0.0, 9.0), "", HERE)


@pytest.fixture
def road(compiled: Compiled) -> Reverse:
    pushes = (
        Push("demand", "", False, np.linspace(0.0, math.log(0.5), 8), 7, -1.6, (0.0, 0.0, 0.0)),
        Push("spread", "", True, np.linspace(0.0, 250.0, 8), 7, 0.8, (0.0, 0.0, 0.0)),
        Push("rents", "", False, np.zeros(8), 0, 0.01, (0.0, 0.0, 0.0)),
    )
    chances = SimpleNamespace(processes=(process("demand", "End demand"), process("spread", "Spreads")), regimes=())
    way = Road(1.0, 300, 2.31, 0.01, 0.4, 7, (6, 7, 7), pushes, (), np.zeros((0, 2)), (), ())
    event = Event((compiled.place["coreweave"],))
    chance = SimpleNamespace(chances=chances, arrays=SimpleNamespace())
    estimate = Estimate(0.00076, 0.00012, 20_000, 42.0)
    return Reverse(compiled, BASELINE, chance, event, estimate, estimate, 4, 40_448, (way,), 3)  # type: ignore[arg-type]


def test_a_road_s_bars_are_standard_deviations_with_the_move_beside_them(road: Reverse) -> None:
    chart = sound(roads.moves(road, EN))
    assert [(row["sigmas"], row["move"]) for row in chart.data] == [(-1.6, "-50%"), (0.8, "+250 bp")]
    assert chart.title == "Road 1: 2.3 standard deviations from the scenario"
    assert "CoreWeave falls within 8 quarters" in chart.caption.rests
    assert road.compiled.opening.scope is Scope.ACTIVE
    assert "reported ones that are active" in chart.caption.ties


def test_a_road_without_surprises_that_hold_says_so_and_another_is_refused(road: Reverse) -> None:
    wild = replace(road, roads=(replace(road.roads[0], distance=math.inf),))
    assert roads.moves(wild, EN).title == "Road 1: single wild quarters"
    with pytest.raises(InputError, match="expected 1 to 1"):
        roads.moves(road, EN, road=1)


@pytest.fixture(scope="module")
def looked() -> Hindcast:
    return hindcast(embedded(), date(2025, 6, 30))


@pytest.mark.slow
def test_errors_are_medians_over_the_firms_of_the_first_rank(looked: Hindcast) -> None:
    chart = sound(back.errors(looked, EN))
    lines = [x for x in looked.of("revenue", span=4, horizon=4) if x.firm in FIRST_RANK]
    both = [x for x in lines if x.last_value is not None and x.last_growth is not None]
    run = next(row for row in chart.data if row["forecast"] == "run" and row["metric"].startswith("revenue"))
    assert run["error"] == pytest.approx(median(abs(x.forecast / x.reported - 1.0) for x in both))
    assert run["metric"] == f"revenue ({len(both)} firms)"


@pytest.mark.slow
def test_dots_are_forecast_against_reported_and_losses_are_named(looked: Hindcast) -> None:
    chart = sound(back.dots(looked, EN, metric="net_income"))
    line = next(x for x in looked.of("net_income", horizon=4) if x.firm == "microsoft")
    row = next(row for row in chart.data if row["firm"] == "Microsoft")
    assert (row["forecast"] * 1000.0, row["reported"] * 1000.0) == pytest.approx((line.forecast, line.reported))
    assert "not above zero, not drawn:" in chart.caption.rests
    near = sum(abs(row["error"]) <= 0.2 for row in chart.data)
    assert f"{near} of {len(chart.data)} firms" in chart.title
    with pytest.raises(InputError, match="capital_expenditures"):
        back.dots(looked, EN, metric="happiness")
