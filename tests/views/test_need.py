"""The demand that is needed as sentences, tables, a file and JSON: the same numbers everywhere."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from cardhouse.book import embedded
from cardhouse.economy.need import Need, NeedChoices, need
from cardhouse.economy.need_level import Group
from cardhouse.economy.need_return import Measure
from cardhouse.economy.need_search import Ranged, Reach, Threshold
from cardhouse.views import need as view
from cardhouse.views import need_returns
from cardhouse.views.need_payload import lines, payload
from cardhouse.views.table import text

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def needed() -> Need:
    book = embedded()
    return need(book.as_of(book.date), NeedChoices(paths=128))


def at(reach: Reach, value: float) -> Ranged:
    return Ranged(Threshold(reach, value), Threshold(reach, 0.9 * value), Threshold(Reach.NEVER, 10.0))


def with_group(needed: Need, **changes: object) -> Need:
    everybody: Group = replace(needed.levels.everybody, **changes)
    return replace(needed, levels=replace(needed.levels, everybody=everybody, others=None))


def test_every_table_fits_100_columns(needed: Need) -> None:
    tables = [view.side_by_side(needed), view.firms(needed), view.by_factor(needed), need_returns.capital(needed)]
    for table in tables:
        assert max(len(line) for line in text(table).splitlines()) <= 100, table.title


def test_the_dateline_says_what_is_drawn_and_what_is_not(needed: Need) -> None:
    line = view.dateline(needed)
    for part in (str(needed.compiled.opening.book.date), "128 paths, seed 1", "at their central values", "ties:"):
        assert part in line
    assert "drawn 512 times" in view.dateline(replace(needed, turns=512))


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (at(Reach.FOUND, 2.0), "For 95% it takes 2.00 times the plan's end demand (1.80 to over 10.00)."),
        (at(Reach.ALWAYS, 0.1), "It is 95% even at 0.1 times the plan's end demand."),
        (at(Reach.NEVER, 10.0), "No factor makes that 95%"),
    ],
)
def test_the_headline_says_whether_a_factor_was_found(needed: Need, found: Ranged, said: str) -> None:
    assert said in " ".join(view.headline(with_group(needed, needs=found)))


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (Threshold(Reach.FOUND, 0.8, 3.0), "nobody fails from 0.80 times the plan's end demand on"),
        (Threshold(Reach.FOUND, 0.8, 3.0), "At 3 times somebody fails again."),
        (Threshold(Reach.ALWAYS, 0.1), "nobody fails even at 0.1 times"),
        (Threshold(Reach.NEVER, 10.0), "some firm fails at every factor tried, up to 10 times"),
    ],
)
def test_the_headline_says_what_the_plan_needs_without_chance(needed: Need, found: Threshold, said: str) -> None:
    assert said in " ".join(view.headline(with_group(needed, central=found)))


def test_those_who_fall_whatever_the_demand_are_named(needed: Need) -> None:
    """On the embedded book no demand brings everybody to 95 %."""
    others = needed.levels.others
    assert others is not None
    said = " ".join(view.headline(needed))
    assert f"nobody but {view.names(needed, others.left_out)} fails" in said
    assert view.names(needed, others.left_out) in " ".join(view.by_factor(needed).notes)


def test_all_answers_stand_side_by_side_in_dollars_by_year(needed: Need) -> None:
    rows = {str(row["answer"]): row for row in view.side_by_side(needed).records()}
    years = needed.sales.years
    assert [rows["plan"][f"year_{k + 1}"] for k in range(len(years))] == pytest.approx(list(years))
    calm = rows["nobody fails, without chance"]
    assert calm["year_1"] == pytest.approx(needed.levels.everybody.central.value * years[0])
    plain = rows["plain formula, 10%"]
    assert plain["year_1"] == plain[f"year_{len(years)}"] == needed.formulas.value
    over = next(row for row in needed.returns.asked if row.rate == 0.1)
    assert rows["formula over time, 10%"]["year_2"] == pytest.approx(over.over_time.value * years[1])


@pytest.fixture(scope="module")
def grown() -> Need:
    book = embedded()
    return need(book.as_of(book.date), NeedChoices(driver="growth", paths=128))


def test_a_column_of_factors_holds_one_kind_of_them(grown: Need) -> None:
    """The dollars of every row are those of its factor on growth, which is shown with two digits."""
    table = view.side_by_side(grown)
    assert table.columns[1].title == "times planned growth"
    told = [row for row in table.records() if row["factor"] not in ("", "none")]
    assert {"plan", "formula over time, 10%"} <= {str(row["answer"]) for row in told}
    for row in told:
        around = [grown.dollars(float(str(row["factor"])) + off) for off in (-0.005, 0.005)]
        for year in range(len(grown.sales.years)):
            assert around[0][year] * 0.9999 <= float(str(row[f"year_{year + 1}"])) <= around[1][year] * 1.0001
    assert next(row for row in table.records() if row["answer"] == "plain formula, 10%")["factor"] == ""


def test_with_growth_words_and_notes_speak_of_growth(grown: Need) -> None:
    said = " ".join([*view.headline(grown), *need_returns.earned(grown), *view.side_by_side(grown).notes])
    assert "times the plan's growth of end demand" in said
    assert "times the plan " not in said
    assert "times the plan's end demand" not in said
    assert view.by_factor(grown).columns[0].title == "times planned growth"


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (
            Threshold(Reach.NEVER, 10.0),
            "no factor tried gives a return of 10% then, up to 10 times the plan's end demand",
        ),
        (Threshold(Reach.ALWAYS, 0.1), "0.1 times the plan's end demand give a return of 10% then, and more"),
    ],
)
def test_the_formula_over_time_beyond_the_factors_tried_has_no_dollars(
    needed: Need, found: Threshold, said: str
) -> None:
    rows = tuple(replace(row, over_time=found) for row in needed.returns.asked)
    told = " ".join(need_returns.difference(replace(needed, returns=replace(needed.returns, asked=rows))))
    assert said in told
    assert "can sell" not in told


def test_a_threshold_that_was_not_found_has_no_dollars(needed: Need) -> None:
    none = with_group(needed, needs=at(Reach.NEVER, 10.0))
    row = next(r for r in view.side_by_side(none).records() if r["answer"] == "nobody fails, 95%")
    assert (row["factor"], row["year_1"], row["growth"]) == ("none", None, None)


def test_firms_out_of_danger_are_named_below_the_table(needed: Need) -> None:
    table = view.firms(needed)
    assert len(table.rows) + table.notes[-1].count(",") + 2 == len(needed.levels.firms)


def test_the_difference_to_the_formula_is_told_in_its_own_figures(needed: Need) -> None:
    told = " ".join(need_returns.difference(needed))
    for million in (needed.formulas.value, needed.formulas.terms.capital, needed.sales.years[0]):
        assert f"{million / 1000:,.0f}" in told
    assert "can sell" in told
    plenty = tuple(replace(row, sold=tuple(100.0 * x for x in row.sold)) for row in needed.sold)
    assert "can sell" not in " ".join(need_returns.difference(replace(needed, sold=plenty)))


def test_returns_out_of_reach_are_said_to_be(needed: Need) -> None:
    first = replace(
        needed.returns.asked[0],
        by_measure={Measure.AI: Threshold(Reach.NEVER, 10.0), Measure.WHOLE: Threshold(Reach.FOUND, 1.25)},
    )
    told = " ".join(need_returns.earned(replace(needed, returns=replace(needed.returns, asked=(first,)))))
    assert "It earns 5% at no factor tried." in told
    assert "It earns 5% from 1.25 times the plan's end demand on." in told


def test_capital_by_firm_adds_up(needed: Need) -> None:
    *firms, whole, _ = need_returns.capital(needed).rows
    for column in range(1, 5):
        assert sum(float(row[column]) for row in firms) == pytest.approx(float(whole[column]))


def test_json_holds_the_same_numbers_and_no_infinity(needed: Need) -> None:
    answer = json.loads(json.dumps(payload(needed), allow_nan=False))
    central = needed.levels.everybody.central
    assert answer["everybody"]["central"]["factor"] == central.value
    assert answer["everybody"]["central"]["demand"] == pytest.approx([central.value * x for x in needed.sales.years])
    assert answer["everybody"]["central"]["fails_above"] is None
    assert answer["formulas"]["required_revenue"]["central"] == needed.formulas.value
    assert len(answer["firms"]) == len(needed.levels.firms)


def test_the_file_has_a_line_for_every_figure(needed: Need) -> None:
    rows = lines(needed).records()
    curve = {row["factor"]: row["value"] for row in rows if row["kind"] == "stands" and row["name"] == "everybody"}
    assert curve == dict(needed.levels.everybody.curve)
    assert {"stands", "threshold", "asked", "sold", "return", "over_time", "return_needs"} == {r["kind"] for r in rows}
