"""Tables, sentences, JSON and rows of a run of many paths: the numbers of the run, in words that fit them."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from cardhouse.economy.many.compare import Comparison, compare
from cardhouse.economy.many.folder import reopen
from cardhouse.economy.many.results import totals
from cardhouse.economy.many.results_fans import Quantile
from cardhouse.views import compare as beside
from cardhouse.views import many as view
from cardhouse.views import many_payload
from cardhouse.views.many_answer import Answer, answer_of, most_likely
from cardhouse.views.table import text

sys.path.insert(0, str(Path(__file__).parent.parent / "economy"))

from many_folders import FULL, GROUPS, QUARTERS, Raw, drawn, written

NAMES = {"nvidia": "Nvidia", "openai": "OpenAI", "oracle": "Oracle", "lancaster-jv": "Lancaster joint venture"}


@pytest.fixture(scope="module")
def raw() -> Raw:
    return drawn(3)


@pytest.fixture(scope="module")
def folders(raw: Raw, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    place = tmp_path_factory.mktemp("runs")
    harder = drawn(3, harder=0.2)
    return written(place / "a", raw), written(place / "b", harder, scenario_name="harder", scenario={"shocks": [1]})


@pytest.fixture(scope="module")
def answer(folders: tuple[Path, Path]) -> Answer:
    with reopen(folders[0]) as folder:
        return answer_of(folder, names=NAMES, where="runs/rents-fall-7")


@pytest.fixture(scope="module")
def two(folders: tuple[Path, Path]) -> Comparison:
    with reopen(folders[0]) as a, reopen(folders[1]) as b:
        return compare((a, totals(a)), (b, totals(b)), labels=("in A", "in B"))


def test_every_table_fits_100_columns(answer: Answer, two: Comparison) -> None:
    tables = [view.falls(answer), view.years(answer), view.together(answer), view.world(answer)]
    tables += [view.lost(answer, kind) for kind in view.KINDS]
    tables += [view.fan(answer, node) for node in FULL]
    tables += [beside.falls(two, NAMES), beside.lost(two)]
    for table in tables:
        assert table.rows, table.title
        assert max(len(line) for line in text(table).splitlines()) <= 100, table.title
        assert all(len(row) == len(table.columns) for row in table.rows)


def test_the_dateline_carries_book_quarters_scenario_paths_unit_and_ties(answer: Answer) -> None:
    line = view.dateline(answer)
    for part in ("2026-09-30", "2026 Q4 to 2028 Q4", "rents-fall", "4,000 paths", "USD billion", "ties: binding"):
        assert part in line


def test_the_most_likely_falls_are_told_first_with_their_errors(answer: Answer, raw: Raw) -> None:
    told = view.headline(answer)[-1]
    p = raw.down[:, 1].mean()
    openai = next(d for d in answer.defaults if d.node == "openai")
    assert f"OpenAI ({100 * p:.1f} ± {100 * openai.error:.1f}%), Oracle (" in told
    assert "Nvidia" not in told
    rows = view.falls(answer).rows
    assert [row[0] for row in rows] == ["OpenAI", "Oracle"]
    assert "Vehicles that go down with their tenant: Lancaster joint venture" in " ".join(view.falls(answer).notes)
    assert "In none of 4,000 paths: Nvidia." in view.falls(answer).notes


def test_where_nobody_falls_that_is_said(answer: Answer) -> None:
    calm = replace(answer, defaults=tuple(d for d in answer.defaults if not d.falls))
    assert view.headline(calm)[-1] == "No tested firm falls within 9 quarters in any of 4,000 paths."
    assert view.falls(calm).rows == ()


def test_a_pulled_card_is_no_probability(answer: Answer) -> None:
    openai = next(d for d in answer.defaults if d.node == "openai")
    pulled = replace(openai, falls=4000, pulled=4000, probability=1.0, error=0.0, causes=())
    shown = replace(answer, defaults=(pulled,))
    row = view.falls(shown).rows[0]
    assert (row[1], row[3]) == ("pulled", "the scenario says so")
    assert "No tested firm falls" in view.headline(shown)[-1]
    assert most_likely((pulled,)) == ()


def test_a_firm_that_is_sure_to_fall_is_left_out_of_the_pairs(answer: Answer) -> None:
    assert len(view.together(answer).rows) == 1
    sure = tuple(replace(d, probability=0.995) if d.node == "oracle" else d for d in answer.defaults)
    table = view.together(replace(answer, defaults=sure))
    assert table.rows == ()
    assert "Left out, as they fall in more than 99% of the paths: Oracle." in table.notes


@pytest.mark.parametrize(
    ("value", "error", "words"),
    [
        (0.513, 0.004, "51.3 ± 0.4%"),
        (0.0011, 0.0002, "0.11 ± 0.02%"),
        (0.00002, 0.00001, "<0.01%"),
        (1.0, 0.0, "100.0%"),
        (0.0512, 0.0, "5.12%"),
        (0.5134, 0.0004, "51.34 ± 0.04%"),
        (0.9999, 0.00002, ">99.9%"),
    ],
)
def test_a_probability_has_the_digits_that_its_error_leaves(value: float, error: float, words: str) -> None:
    assert view.share(value, error) == words


@pytest.mark.parametrize(
    ("quantile", "words"),
    [
        (Quantile(12_345.0, 0, 0.0), "12.3"),
        (Quantile(-12_345.0, 0, 0.0), "-12.3"),
        (Quantile(123_456.0, 1, 0.0), "≥123"),
        (Quantile(-3_000.0, -1, 0.0), "≤-3.0"),
        (Quantile(4.0, 0, 0.0), "0"),
    ],
)
def test_a_bound_is_shown_as_one(quantile: Quantile, words: str) -> None:
    assert view.money(quantile) == words


def test_losses_are_shown_for_everybody_camps_layers_and_nodes(answer: Answer) -> None:
    rows = view.lost(answer, "stakes").rows
    assert [row[0] for row in rows[:4]] == ["all", "camp: openai", "layer: cloud", "layer: model"]
    assert {row[0] for row in rows[4:]} == set(NAMES.values())
    everybody = next(x for x in answer.losses if (x.kind, x.group) == ("stakes", "all"))
    assert rows[0][1] == everybody.mean
    assert rows[0][4:] == (
        everybody.value_at_risk[0],
        everybody.expected_shortfall[0],
        everybody.value_at_risk[1],
        everybody.expected_shortfall[1],
    )


def test_fans_are_shown_at_the_ends_of_years(answer: Answer) -> None:
    table = view.fan(answer, "openai")
    assert [row[0] for row in table.rows] == ["2027 Q3", "2028 Q3"]
    assert [c.key for c in table.columns] == ["quarter", *view.SHOWN]
    assert re.fullmatch(r"-?\d\.\d \(-?\d\.\d, \d\.\d\)", str(table.rows[0][1]))


def test_the_answer_says_what_it_rests_on_and_where_it_lies(answer: Answer) -> None:
    words = " ".join(view.resting(answer))
    for part in ("seed 7", "4,000 paths", "25 joint draws", "2026-09-30", "runs/rents-fall-7", "not forecasts"):
        assert part in words
    one = replace(answer, rests=replace(answer.rests, openings=1))
    assert "all assumptions at their central values" in " ".join(view.resting(one))
    assert "of independent paths" in view.falls(one).notes[0]


def test_json_holds_the_whole_answer(answer: Answer) -> None:
    payload = json.loads(json.dumps(many_payload.payload(answer), allow_nan=False))
    assert [d["firm"] for d in payload["defaults"]] == [d.node for d in answer.defaults]
    assert all(len(d["by_quarter"]) == QUARTERS for d in payload["defaults"])
    assert payload["defaults"][1]["when"]["middle"] in payload["quarter_ends"]
    assert {x["group"] for x in payload["losses"]} == set(GROUPS)
    fan = payload["fans"][0]
    assert list(fan["quantiles"]) == ["1", "5", "25", "50", "75", "95", "99"]
    assert fan["quantiles"]["5"][0] < fan["quantiles"]["50"][0] < fan["quantiles"]["95"][0]
    assert {f["firm"] for f in payload["fans"]} == set(answer.shown)


def test_rows_for_a_file_hold_every_firm_in_one_long_table(answer: Answer) -> None:
    records = many_payload.lines(answer).records()
    assert {r["table"] for r in records} == {"default", "joint", "loss", "fan", "world"}
    assert {r["name"] for r in records if r["table"] == "fan"} == set(FULL)
    openai = next(r for r in records if (r["table"], r["name"], r["item"]) == ("default", "openai", "probability"))
    assert (openai["value"], openai["error"]) == (answer.defaults[1].probability, answer.defaults[1].error)
    fans = [r for r in records if r["table"] == "fan" and r["item"] == "cash 50 %"]
    assert len(fans) == QUARTERS * len(FULL)


def test_a_comparison_tells_what_differs_and_how_sure_it_is(two: Comparison) -> None:
    words = "\n".join(beside.between(two))
    assert "scenario: rents-fall" in words
    assert "the same random numbers" in words
    row = beside.falls(two, NAMES).rows[0]
    x = next(c for c in two.falls if NAMES[c.name] == row[0])
    assert row[3] == f"{100 * x.less:+.1f} ± {100 * x.error:.1f}"
    assert beside.falls(two, NAMES).notes == ("3 of 3 differences are larger than two standard errors.",)
    assert {r["name"] for r in beside.lines(two).records()} == {c.name for c in (*two.falls, *two.losses)}
    payload = beside.payload(two, ("a", "b"))
    assert payload["shared"] == "paths"
    assert payload["falls"][0]["only_a"] == two.swaps[0].only_a


def test_runs_that_share_nothing_are_told_so_and_have_no_swaps(two: Comparison) -> None:
    from cardhouse.economy.many.compare import Shared

    apart = replace(two, shared=Shared.NOTHING, swaps=(), differences=())
    assert "share no random numbers" in "\n".join(beside.between(apart))
    assert "nothing: the two runs are the same" in "\n".join(beside.between(apart))
    assert [c.key for c in beside.falls(apart, NAMES).columns] == ["firm", "a", "b", "less"]
    assert "only_a" not in beside.payload(apart, ("a", "b"))["falls"][0]
