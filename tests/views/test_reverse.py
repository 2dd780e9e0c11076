"""Roads to an event as text, table and JSON: words follow from numbers, and the same numbers everywhere."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import numpy as np
import pytest

from cardhouse.book import Where
from cardhouse.economy.many.events import Event
from cardhouse.economy.many.importance import Estimate
from cardhouse.economy.many.reverse import Reverse
from cardhouse.economy.many.roads import Push, Road, Spell
from cardhouse.economy.run import RunChoices
from cardhouse.economy.scenario import BASELINE
from cardhouse.economy.uncertain_records import Number, Process, Regime
from cardhouse.views import reverse as view
from cardhouse.views.reverse_payload import reverse as payload
from cardhouse.views.table import text

QUARTERS = 6
ENDS = [
    date(2026, 3, 31),
    date(2026, 6, 30),
    date(2026, 9, 30),
    date(2026, 12, 31),
    date(2027, 3, 31),
    date(2027, 6, 30),
]
HERE = Where("chance.toml", 1)


def number(name: str) -> Number:
    return Number(name, 0.0, 0.1, 0.2, "a reason", HERE)


def process(driver: str, title: str) -> Process:
    return Process(driver, title, title, number("v"), number("p"), False, (0.0, 9.0), "", HERE)


def regime(driver: str, title: str) -> Regime:
    return Regime(driver, title, title, number("b"), number("e"), (0.0, 0.2, 0.5), "", (), "", HERE)


def push(driver: str, firm: str, last: float, sigmas: float, *, adds: bool = False) -> Push:
    return Push(driver, firm, adds, np.linspace(0.0, last, QUARTERS), 4, sigmas, (2 * last, last, 0.0))


ROAD = Road(
    share=0.7,
    paths=300,
    distance=2.31,
    beyond=0.0104 * 0.03,
    holds=0.16,
    step=4,
    when=(3, 4, 5),
    pushes=(
        push("demand", "", math.log(0.5), -1.6),
        push("spread", "", 250.0, 0.8, adds=True),
        push("share", "lab", math.log(1.25), 0.3),
        push("rents", "", 0.001, 0.01),
    ),
    spells=(Spell(0, 2, 2, 0.2, 0.03),),
    common=np.array([[1.0, 0.16], [0.4, 0.4]]),
    falls=(("lab", 3), ("cloud", 4)),
    fallen=(("cloud", 1.0), ("lab", 0.04)),
)


@pytest.fixture
def answer() -> Reverse:
    firms = {"lab": "The Lab", "cloud": "Cloud"}
    opening = SimpleNamespace(
        book=SimpleNamespace(
            date=date(2026, 1, 15), firms={k: SimpleNamespace(id=k, name=v, name_en=v) for k, v in firms.items()}
        ),
        full=("lab", "cloud"),
    )
    compiled = SimpleNamespace(
        opening=opening, nodes=("lab", "cloud"), windows=[SimpleNamespace(end=end) for end in ENDS]
    )
    chances = SimpleNamespace(
        processes=(
            process("demand", "End demand"),
            process("spread", "Spreads"),
            process("share", "Own demand"),
            process("rents", "Rents"),
        ),
        regimes=(regime("debt_window", "Lenders stop"), regime("delay", "Late")),
    )
    chance = SimpleNamespace(chances=chances, arrays=SimpleNamespace(regime_adds=np.array([0, 1])))
    return Reverse(
        compiled=compiled,  # type: ignore[arg-type]
        scenario=BASELINE,
        chance=chance,  # type: ignore[arg-type]
        event=Event((1,)),
        estimate=Estimate(0.00076, 0.00012, 20_000, 42.0),
        plain=Estimate(0.0, 0.0, 4096, 0.0),
        levels=4,
        drawn=40_448,
        roads=(ROAD, replace(ROAD, share=0.3, spells=())),
        seed=3,
    )


@pytest.fixture(autouse=True)
def named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(view, "firm_name", lambda opening, node, t: t.name(opening.book.firms[node]))


def test_probabilities_have_two_digits_of_their_error() -> None:
    assert view.chance(Estimate(0.00076, 0.00012, 1, 1.0)) == "0.076 ± 0.012%"
    assert view.chance(Estimate(0.5288, 0.0031, 1, 1.0)) == "52.88 ± 0.31%"
    assert view.chance(Estimate(0.5, 0.2, 1, 1.0)) == "50 ± 20%"
    assert view.chance(Estimate(3.4e-6, 5.1e-7, 1, 1.0)) == "3.4e-06 ± 5e-07"
    assert view.chance(Estimate(1.0, 0.0, 1, 1.0)) == "100%"


def test_the_headline_says_how_many_plain_paths_it_is_worth(answer: Reverse) -> None:
    """p (1 - p) / error^2 by hand: 0.00076 x 0.99924 / 0.00012^2 = 52,738, to two digits."""
    first, second, third = view.headline(answer)
    assert first == (
        "Cloud falls within 6 quarters: probability 0.076 ± 0.012%, by importance sampling with 20,000 paths (as exact "
        "as 53,000 plain ones; 42 paths carry the weight)."
    )
    assert second == "None of 4,096 plain paths came to it."
    assert third == "Its paths make 2 distinct roads."
    beside = view.headline(replace(answer, plain=Estimate(0.001, 0.0005, 4096, 4.0)))[1]
    assert beside == "By plain paths, 4,096 of them: 0.100 ± 0.050%."


def test_an_error_that_a_few_paths_carry_is_not_told_without_a_warning(answer: Reverse) -> None:
    """With seven paths that carry the weight, one more may double the probability."""
    few = view.headline(replace(answer, estimate=Estimate(0.00031, 0.00011, 5_000, 7.2)))
    assert "7 paths carry the weight" in few[0]
    assert "ask for more --paths before you quote it" in few[1]
    assert not any("ask for more" in line for line in view.headline(answer))


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (Event((0, 1)), "The Lab and Cloud fall within 6 quarters"),
        (Event((), 250_000.0), "Claims and guarantees of at least 250.0 billion are lost within 6 quarters"),
        (
            Event((0,), 5e5, shares=True),
            "The Lab falls and claims, guarantees and shares of at least 500.0 billion are lost within 6 quarters",
        ),
    ],
)
def test_the_event_is_said_in_words(answer: Reverse, event: Event, words: str) -> None:
    assert view.event(replace(answer, event=event)) == words


def test_a_road_is_told_with_its_share_distance_and_falls(answer: Reverse) -> None:
    assert view.told(answer, 0) == (
        "Road 1, 70% of the event: at its likeliest 2.3 standard deviations from the scenario, with regimes on the "
        "way; a normal number lies that far out on one side, and these regimes are on, with probability 0.00031. Of "
        "paths with its years and regimes, whose quarters stray as usual, 16% come to the event. It gets there in 2027 "
        "Q1; on it fall The Lab (2026 Q4), Cloud (2027 Q1). In its paths fall Cloud (100%)."
    )
    calm = replace(answer, roads=(replace(ROAD, beyond=0.0104, spells=()),))
    assert "a normal number lies that far out on one side with probability 0.01. Of paths" in view.told(calm, 0)
    alone = replace(answer, roads=(replace(ROAD, share=1.0, falls=(), fallen=()),))
    assert view.told(alone, 0).startswith("Road 1: at its likeliest")
    assert view.told(alone, 0).endswith("It gets there in 2027 Q1.")


def test_roads_without_a_likeliest_point_are_said_so(answer: Reverse) -> None:
    none = replace(answer, roads=(replace(ROAD, distance=math.inf),))
    assert "takes single wild quarters" in view.told(none, 0)
    assert payload(none, RunChoices())["roads"][0]["distance"] is None
    nothing = replace(answer, roads=(replace(ROAD, distance=0.0, spells=()),))
    assert "no surprise is needed" in view.told(nothing, 0)


def test_moves_are_shown_by_the_ends_of_years_up_to_the_event(answer: Reverse) -> None:
    """By hand: demand is halved at the end of six quarters on a straight line in logarithms: 3/5 and 4/5 of it."""
    table = view.drivers(answer, 0)
    assert [c.title for c in table.columns[1:3]] == ["2026 Q4", "2027 Q1"]
    rows = {row[0]: row[1:] for row in table.rows}
    assert rows["End demand"] == ("-34%", "-43%", "-1.6", "-50%", "-75% to +0%")
    assert rows["Spreads"] == ("+150 bp", "+200 bp", "+0.8", "+250 bp", "+500 bp to +0 bp")
    assert rows["Own demand: The Lab"][1] == "+20%"
    assert "Rents" not in rows
    assert max(len(line) for line in text(table).splitlines()) <= 100


def test_regimes_are_shown_with_when_and_how_common(answer: Reverse) -> None:
    table = view.regimes(answer, 0)
    assert table.rows[0] == ("Lenders stop", "2026 Q3 to 2026 Q4, 20% is left", 0.03, 1.0, 0.16)
    assert table.rows[1] == ("Late", "no", None, 0.4, 0.4)


def test_json_says_the_same_and_is_plain(answer: Reverse) -> None:
    said = json.loads(json.dumps(payload(answer, RunChoices()), allow_nan=False))
    assert said["firms"] == ["cloud"]
    assert said["loss"] is None
    assert said["estimate"] == {"probability": 0.00076, "error": 0.00012, "paths": 20_000, "effective_paths": 42.0}
    road = said["roads"][0]
    assert road["event"] == "2027-03-31"
    assert road["event_in_paths"] == ["2026-12-31", "2027-03-31", "2027-06-30"]
    assert road["drivers"][0]["moves"][-1] == pytest.approx(-0.5)
    assert road["drivers"][0]["in_paths"] == pytest.approx({"p10": -0.75, "p50": -0.5, "p90": 0.0})
    assert road["regimes"][0] == {
        "driver": "debt_window",
        "begins": "2026-09-30",
        "quarters": 2,
        "severity": 0.2,
        "chance": 0.03,
        "in_paths": 1.0,
        "in_all_paths": 0.16,
    }
    assert road["falls"] == [{"firm": "lab", "quarter": "2026-12-31"}, {"firm": "cloud", "quarter": "2027-03-31"}]
    assert road["falls_in_paths"] == {"cloud": 1.0, "lab": 0.04}
    assert payload(replace(answer, event=Event((), 5e5)), RunChoices())["roads"][0]["event_in_paths"] is None


def test_the_file_has_every_quarter_of_every_road(answer: Reverse) -> None:
    rows = view.lines(answer).records()
    assert len(rows) == 2 * 4 * QUARTERS + 2
    last = [r for r in rows if r["road"] == 1 and r["driver"] == "demand"][-1]
    assert last["move"] == pytest.approx(-0.5)
    assert [r["quarter_end"] for r in rows if r["kind"] == "regime"] == ["2026-09-30", "2026-12-31"]


def test_the_dateline_says_what_it_rests_on(answer: Reverse) -> None:
    line = view.dateline(answer, RunChoices())
    for part in (
        "book of 2026-01-15",
        "2026 Q1 to 2027 Q2",
        "40,448 paths, seed 3",
        "assumptions at their central values",
    ):
        assert part in line
