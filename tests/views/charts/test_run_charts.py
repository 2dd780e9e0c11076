"""Charts of one path and of many: lines are the run's own series, bands its quantiles, cells its counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from looking import EN, LANGUAGES, ZH, sound, unit_of
from many_folders import FULL, Raw, drawn, written

from cardhouse.economy.compiled import Compiled
from cardhouse.economy.drivers import BASELINE
from cardhouse.economy.kernel import columns as col
from cardhouse.economy.kernel.outcomes import KEPT, MEASURES
from cardhouse.economy.many.compare import Change, Comparison, Shared, Swap, compare
from cardhouse.economy.many.folder import reopen
from cardhouse.economy.many.live import Live, live
from cardhouse.economy.many.prepare import chance_of
from cardhouse.economy.many.results_fans import LEVELS
from cardhouse.economy.many.totals import totals
from cardhouse.economy.run import Run, RunChoices, run_from
from cardhouse.economy.scenario import read_scenario
from cardhouse.errors import InputError, UnknownName
from cardhouse.views.charts import compare as beside
from cardhouse.views.charts import many as charts
from cardhouse.views.charts import run as single
from cardhouse.views.many_answer import Answer, answer_of
from cardhouse.views.words import Words

NAMES = {"nvidia": "Nvidia", "openai": "OpenAI", "oracle": "Oracle", "lancaster-jv": "Lancaster joint venture"}
RENTS = read_scenario("rents-fall")


@pytest.fixture(scope="module")
def told(compiled: Compiled) -> Run:
    return run_from(compiled, RENTS, RunChoices(quarters=8))


@pytest.fixture(scope="module")
def paths(compiled: Compiled) -> Live:
    return live(compiled, RENTS, chance_of(compiled), paths=200, seed=7)


@pytest.fixture(scope="module")
def raw() -> Raw:
    return drawn(3)


@pytest.fixture(scope="module")
def folders(raw: Raw, tmp_path_factory: pytest.TempPathFactory) -> tuple[object, object]:
    place = tmp_path_factory.mktemp("runs")
    harder = drawn(3, harder=0.2)
    return written(place / "a", raw), written(place / "b", harder, scenario_name="harder", scenario={"shocks": [1]})


@pytest.fixture(scope="module")
def many(folders: tuple[object, object]) -> Answer:
    with reopen(folders[0]) as folder:
        return answer_of(folder, names=NAMES, where="runs/a")


@pytest.fixture(scope="module")
def two(folders: tuple[object, object]) -> Comparison:
    with reopen(folders[0]) as a, reopen(folders[1]) as b:
        return compare((a, totals(a)), (b, totals(b)), labels=("in A", "in B"))


@pytest.mark.parametrize("t", LANGUAGES, ids=str)
def test_lines_are_the_firm_s_series_with_and_without_the_scenario(told: Run, t: Words) -> None:
    chart = sound(single.firm(told, "coreweave", t, measure="debt"))
    lines: dict[str, list[float]] = {}
    for row in chart.data:
        lines.setdefault(row["path"], []).append(row["value"] * unit_of(t))
    with_it, without = lines.values()
    assert with_it == pytest.approx(told.series("coreweave", col.DEBT))
    assert without == pytest.approx(told.series("coreweave", col.DEBT, baseline=True))
    assert t.money(with_it[-1]) in chart.title
    assert t.money(without[-1]) in chart.title


def test_the_baseline_itself_has_one_line(compiled: Compiled) -> None:
    calm = run_from(compiled, BASELINE, RunChoices(quarters=8))
    chart = sound(single.firm(calm, "openai", EN, measure="cash"))
    assert {row["path"] for row in chart.data} == {"without a scenario"}
    assert sound(single.rents(calm, EN)).title == "Rents of computing stay as planned"


def test_rents_are_those_of_the_path_and_the_title_names_the_lowest(told: Run) -> None:
    chart = sound(single.rents(told, EN))
    assert [row["value"] for row in chart.data] == pytest.approx(told.path.rents)
    assert f"{min(told.path.rents):.0%} of the plan" in chart.title
    assert "rests on" in chart.caption.rests


@pytest.mark.parametrize(
    ("firm", "measure", "error", "said"),
    [
        ("coreweave", "happiness", InputError, "expected one of revenue"),
        ("corweave", "cash", UnknownName, "coreweave"),
        ("public-bondholders", "cash", InputError, "no balance sheet"),
    ],
)
def test_what_cannot_be_drawn_is_named(told: Run, firm: str, measure: str, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        single.firm(told, firm, EN, measure=measure)


@pytest.mark.parametrize("t", LANGUAGES, ids=str)
def test_the_line_of_a_live_fan_is_the_median_of_the_figures(paths: Live, compiled: Compiled, t: Words) -> None:
    fan = charts.fan_of_live(paths, compiled.opening, "openai", "cash", t, scenario="x")
    chart = sound(charts.fan(fan, t))
    mine = paths.figures[:, :, MEASURES.index("cash"), paths.full.index("openai")]
    assert [row["p50"] * unit_of(t) for row in chart.data] == pytest.approx(np.median(mine, axis=0))
    assert [row["p95"] * unit_of(t) for row in chart.data] == pytest.approx(np.quantile(mine, 0.95, axis=0))
    for row in chart.data:
        band = [row[f"p{round(100 * level)}"] for level in LEVELS]
        assert band == sorted(band)
    assert "200 paths, seed 7" in chart.caption.rests or t.lang == "zh"


def test_the_fan_of_a_finished_run_is_drawn_by_the_same_function(many: Answer) -> None:
    chart = sound(charts.fan(charts.fan_of_answer(many, "openai", "revenue", EN), EN))
    revenue = next(f for f in many.fans["openai"] if f.measure == "revenue")
    assert [row["p5"] for row in chart.data] == [revenue.at(q, 0.05).value / 1000.0 for q in range(9)]
    assert "25 joint draws" in chart.caption.rests


@pytest.mark.parametrize(("firm", "measure"), [("nobody", "cash"), ("openai", "happiness")])
def test_a_fan_of_nobody_or_of_nothing_is_refused(
    many: Answer, paths: Live, compiled: Compiled, firm: str, measure: str
) -> None:
    with pytest.raises(InputError, match="expected one of"):
        charts.fan_of_answer(many, firm, measure, EN)
    with pytest.raises(InputError, match="expected one of"):
        charts.fan_of_live(paths, compiled.opening, firm, measure, EN, scenario="x")


def test_shares_fallen_end_at_the_probability_with_two_standard_errors(many: Answer, raw: Raw) -> None:
    chart = sound(charts.fallen(many, EN))
    last = {row["firm"]: row for row in chart.data}
    oracle = next(d for d in many.defaults if d.node == "oracle")
    row = last["Oracle"]
    assert row["share"] == pytest.approx(raw.down[:, 2].mean())
    assert (row["low"], row["high"]) == pytest.approx(
        (row["share"] - 2 * oracle.error, row["share"] + 2 * oracle.error)
    )
    assert "Nvidia" not in last  # it falls in no path


def test_live_shares_have_the_error_of_independent_paths(paths: Live, compiled: Compiled) -> None:
    chart = sound(charts.fallen_live(paths, compiled.opening, EN, scenario="x"))
    for row in chart.data:
        p = row["share"]
        assert row["high"] == pytest.approx(min(p + 2 * (p * (1 - p) / 200) ** 0.5, 1.0))
    by_firm = {row["firm"]: row["share"] for row in chart.data}
    assert by_firm["CoreWeave"] == paths.fell[paths.full.index("coreweave"), -1]


@pytest.mark.parametrize(("t", "one"), [(EN, "1 path, seed"), (ZH, "1条路径，种子")], ids=str)
def test_the_caption_of_a_run_of_one_path_says_so(many: Answer, t: Words, one: str) -> None:
    assert charts.caption(replace(many.rests, paths=1), t).rests.startswith(one)
    assert charts.caption(many.rests, EN).rests.startswith("4,000 paths, seed 7,")


def test_the_caption_of_live_paths_counts_them(paths: Live, compiled: Compiled) -> None:
    said = charts.live_caption(paths, compiled.opening, EN, scenario="x").rests
    assert said == "200 paths, seed 7, drivers alone: odds of the model, no forecast"


def test_cells_are_conditional_shares_of_the_paths(many: Answer, raw: Raw) -> None:
    chart = sound(charts.together(many, EN))
    cells = {(row["falls"], row["with"]): row["share"] for row in chart.data}
    openai, oracle = raw.down[:, 1], raw.down[:, 2]
    assert cells["OpenAI", "Oracle"] == pytest.approx((openai & oracle).sum() / openai.sum())
    assert cells["Oracle", "OpenAI"] == pytest.approx((openai & oracle).sum() / oracle.sum())


def test_bars_are_means_and_ticks_the_values_at_risk(many: Answer, raw: Raw) -> None:
    chart = sound(charts.at_risk(many, EN, kind="stakes"))
    row = next(r for r in chart.data if r["bar"] == "Oracle")
    mine = raw.total("oracle")[:, KEPT.index("stakes")]
    assert row["value"] * 1000.0 == pytest.approx(mine.mean())
    found = next(x for x in many.losses if (x.kind, x.group) == ("stakes", "oracle"))
    assert (row["low"] * 1000.0, row["high"] * 1000.0) == pytest.approx(found.value_at_risk)
    assert found.value_at_risk[1] == pytest.approx(np.quantile(mine, 0.99), rel=0.1)
    with pytest.raises(InputError, match="credit"):
        charts.at_risk(many, EN, kind="happiness")


def test_every_tested_firm_of_the_run_can_have_its_fan(many: Answer) -> None:
    assert {charts.fan_of_answer(many, node, "debt", EN).who for node in FULL} == {"Nvidia", "OpenAI", "Oracle"}


@pytest.mark.parametrize("t", LANGUAGES, ids=str)
def test_paired_differences_are_in_points_with_their_errors(two: Comparison, t: Words) -> None:
    chart = sound(beside.differences(two, NAMES, t))
    by_firm = {row["bar"]: row for row in chart.data}
    change = next(x for x in two.falls if x.name == "openai")
    row = by_firm["OpenAI"]
    assert row["less"] == pytest.approx(100 * (change.b - change.a))
    assert row["high"] - row["low"] == pytest.approx(400 * change.error)
    assert (row["sure"] == t("more than two standard errors")) == (abs(change.less) > 2 * change.error)


@pytest.mark.parametrize("t", LANGUAGES, ids=str)
def test_where_no_path_comes_out_otherwise_the_whisker_is_the_bound(two: Comparison, t: Words) -> None:
    """Of 4,000 paths 1 - 0.05^(1/4000) = 0.0749 points to either side, as the table beside it says."""
    place = next(i for i, x in enumerate(two.falls) if x.name == "openai")
    alike = tuple(Change(x.name, x.a, x.a, 0.0, 0.0) if i == place else x for i, x in enumerate(two.falls))
    swaps = tuple(Swap(0, 0) if i == place else swap for i, swap in enumerate(two.swaps))
    chart = sound(beside.differences(replace(two, falls=alike, swaps=swaps), NAMES, t))
    row = next(row for row in chart.data if row["bar"] == "OpenAI")
    assert row["less"] == 0.0
    assert (row["low"], row["high"]) == (pytest.approx(-0.0749, abs=1e-4), pytest.approx(0.0749, abs=1e-4))
    assert t("within {points}", points="0.075") in chart.alt
    assert {EN.lang: "the bound (95%)", ZH.lang: "上限（95%）"}[t.lang] in chart.caption.rests
    assert "95%" not in beside.differences(two, NAMES, t).caption.rests


def test_a_run_beside_itself_differs_by_nothing(two: Comparison) -> None:
    alike = tuple(Change(x.name, x.a, x.a, 0.0, 0.0) for x in two.falls)
    itself = replace(two, falls=alike, swaps=tuple(Swap(0, 0) for _ in alike), differences=())
    chart = sound(beside.differences(itself, NAMES, EN))
    assert {(row["low"], row["high"]) for row in chart.data} == {(0.0, 0.0)}
    assert "95%" not in chart.caption.rests


def test_a_comparison_draws_and_counts_tested_firms(two: Comparison) -> None:
    """The joint venture falls with Oracle, its tenant, and Nvidia in no path: two of three tested firms are left."""
    assert {x.name for x in two.falls} == {"openai", "oracle", "lancaster-jv"}
    chart = beside.differences(two, NAMES, EN)
    assert {row["bar"] for row in chart.data} == {"OpenAI", "Oracle"}
    assert chart.title == "2 of 2 firms fall more or less often in B than in A"
    assert "2 of 3 tested firms fall in A or B;" in chart.caption.rests
    calm = replace(two, falls=(), swaps=())
    assert sound(beside.differences(calm, NAMES, EN)).title == "No tested firm falls in A or B"


def test_of_many_firms_those_that_differ_most_are_drawn_and_all_are_counted(two: Comparison) -> None:
    fell = tuple(Change(f"firm-{i}", 0.1, 0.1 + 0.01 * i, 0.01 * i, 0.025) for i in range(20))
    wide = replace(two, falls=fell, swaps=(Swap(0, 1),) * 20, tested=tuple(x.name for x in fell))
    chart = beside.differences(wide, NAMES, EN)
    assert [row["bar"] for row in chart.data] == [f"firm-{i}" for i in range(19, 3, -1)]
    assert chart.title.startswith("14 of 20 firms")  # two errors are five points: firms 6 to 19
    assert "20 of 20 tested firms fall in A or B, drawn are the 16 that differ most;" in chart.caption.rests


def test_the_caption_of_a_comparison_tells_the_paths_behind_its_figures(two: Comparison) -> None:
    """Of runs of 4,000 and 9,000 paths with one seed the first 4,000 of both are compared."""
    longer = replace(two, shared=Shared.FIRST, b=replace(two.b, paths=9000))
    assert "4,000 paths of each, with the same random numbers;" in beside.differences(longer, NAMES, EN).caption.rests
    apart = replace(two, shared=Shared.NOTHING, swaps=(), paths=(4000, 1))
    assert "4,000 paths of A, 1 path of B;" in beside.differences(apart, NAMES, EN).caption.rests


def test_the_caption_of_a_comparison_tells_book_and_ties_of_both_where_they_differ(two: Comparison) -> None:
    said = beside.differences(two, NAMES, EN).caption
    assert (said.book, said.ties) == (
        "book, opening 2026-09-30",
        "ties: binding, and reported ones that are active",
    )
    other = replace(two, b=replace(two.b, book_date=date(2026, 6, 30), firmness="binding"))
    said = beside.differences(other, NAMES, EN).caption
    assert said.book == "book, opening A: 2026-09-30, B: 2026-06-30"
    assert said.ties == "A: ties: binding, and reported ones that are active, B: ties: binding only"
