"""Tables, sentences, JSON and rows of a run of many paths: the numbers of the run, in words that fit them."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cardhouse.economy.many.clusters import Middle, bounds
from cardhouse.economy.many.compare import Comparison, Shared, Swap, compare
from cardhouse.economy.many.folder import reopen
from cardhouse.economy.many.results_fans import Quantile
from cardhouse.economy.many.totals import totals
from cardhouse.views import compare as beside
from cardhouse.views import many as view
from cardhouse.views import many_figures as figures
from cardhouse.views import many_payload
from cardhouse.views.many_answer import Answer, answer_of, most_likely
from cardhouse.views.odds import bounded, share
from cardhouse.views.table import text
from cardhouse.views.words import Words, words

sys.path.insert(0, str(Path(__file__).parent.parent / "economy"))

from many_folders import FULL, GROUPS, QUARTERS, Raw, drawn, written

NAMES = {"nvidia": "Nvidia", "openai": "OpenAI", "oracle": "Oracle", "lancaster-jv": "Lancaster joint venture"}


@pytest.fixture(scope="module")
def raw() -> Raw:
    return drawn(3, openings=40)


@pytest.fixture(scope="module")
def folders(raw: Raw, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    place = tmp_path_factory.mktemp("runs")
    harder = drawn(3, openings=40, harder=0.2)
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
    tables = [view.falls(answer), view.years(answer), view.together(answer), figures.world(answer)]
    tables += [figures.lost(answer, kind) for kind in figures.KINDS]
    tables += [figures.fan(answer, node) for node in FULL]
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
    assert re.search(r"In none of 4,000 paths, so each below 0\.075% \(.*\): Nvidia\.", view.falls(answer).notes[-1])


def test_where_nobody_falls_that_is_said(answer: Answer) -> None:
    calm = replace(answer, defaults=tuple(d for d in answer.defaults if not d.falls))
    assert view.headline(calm)[-1] == "No tested firm falls within 9 quarters in any of 4,000 paths."
    assert view.falls(calm).rows == ()


@pytest.mark.parametrize("t", [words("en"), words("zh")], ids=str)
def test_one_path_is_spoken_of_as_one(answer: Answer, t: Words) -> None:
    calm = tuple(d for d in answer.defaults if not d.falls)
    one = replace(answer, defaults=calm, rests=replace(answer.rests, paths=1, openings=1, drawn=False, clusters=1))
    said = "\n".join(
        [view.dateline(one, t=t), *view.headline(one, t=t), *view.falls(one, t=t).notes, *view.resting(one, t=t)]
    )
    assert "1 paths" not in said
    told = {
        "en": (
            "· 1 path ·",
            "No tested firm falls within 9 quarters in the one path.",
            "The one path says nothing of tails",
            "Not in the one path: Nvidia.",
            "seed 7, 1 path, all assumptions at their central values;",
        ),
        "zh": (
            "· 1条路径 ·",
            "在这唯一一条路径中，9个季度内没有受测公司倒下。",
            "仅有一条路径，无从看出尾部",
            "在这唯一一条路径中没有倒下：Nvidia。",
            "种子 7，1条路径，",
        ),
    }
    assert [part for part in told[t.lang] if part not in said] == []


@pytest.mark.parametrize(("paths", "told"), [(1, "reorganised in 1 path"), (1200, "reorganised in 1,200 paths")])
def test_paths_in_which_a_firm_went_on_under_new_owners_are_counted(answer: Answer, paths: int, told: str) -> None:
    openai = next(d for d in answer.defaults if d.node == "openai")
    row = view.falls(replace(answer, defaults=(replace(openai, reorganised=paths),))).rows[0]
    assert str(row[-1]).endswith(f"; {told}")


def test_a_small_error_is_told_from_none_and_a_small_loss_from_nothing(answer: Answer) -> None:
    """49 million are no digit in billions and yet not nothing."""
    whole = next(x for x in answer.losses if (x.kind, x.group) == ("stakes", "all"))
    small = replace(whole, error=49.0, value_at_risk=(0.0, 49.0))
    drawn_row = text(figures.lost(replace(answer, losses=(small,)), "stakes")).splitlines()[3].split()
    assert drawn_row[2] == "<0.1"
    assert (drawn_row[4], drawn_row[6]) == ("–", "<0.1")


def test_a_pulled_card_is_no_probability(answer: Answer) -> None:
    openai = next(d for d in answer.defaults if d.node == "openai")
    pulled = replace(openai, falls=4000, pulled=4000, probability=1.0, error=0.0, causes=())
    shown = replace(answer, defaults=(pulled,))
    row = view.falls(shown).rows[0]
    assert (row[1], row[-1]) == ("pulled", "the scenario says so")
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
    assert share(value, error) == words


@pytest.mark.parametrize(
    ("found", "paths", "words"),
    [
        (0, 2000, "<0.15%"),
        (0, 100_000, "<0.003%"),
        (0, 1_000_000_000, "<0.0000003%"),
        (0, 9, "<29%"),
        (0, 1, "<95%"),
        (28, 28, ">89%"),
        (2000, 2000, ">99.85%"),
        (1000, 2000, "50.0%"),
    ],
)
def test_no_event_or_only_events_are_shown_as_a_bound(found: int, paths: int, words: str) -> None:
    """Three over the number of paths; of nine 1 - 0.05^(1/9) = 28.3 %, rounded away from the event."""
    assert bounded(found / paths, 0.0, *bounds(found, paths)) == words


def test_a_date_is_shown_with_its_error_in_quarters(answer: Answer, raw: Raw) -> None:
    openai = next(d for d in answer.defaults if d.node == "openai")
    assert openai.when is not None
    assert openai.when.known is not None
    row = next(row for row in view.falls(answer).rows if row[0] == "OpenAI")
    steps = np.quantile(raw.fell[raw.down[:, 1], 1], [0.5, 0.1, 0.9], method="inverted_cdf")
    middle, low, high = (answer.when(int(step)) for step in steps)
    assert row[2:5] == (middle, f"{openai.when.known.error:.1f}", f"{low} to {high}")
    sure = replace(openai, when=replace(openai.when, known=Middle(0.01, 3, 3)))
    assert view.falls(replace(answer, defaults=(sure,))).rows[0][3] == "<0.1"
    unknown = replace(openai, when=replace(openai.when, known=None))
    assert view.falls(replace(answer, defaults=(unknown,))).rows[0][2:5] == (middle, "", f"{low} to {high}")


def test_errors_of_few_openings_or_paths_are_not_to_be_relied_on(answer: Answer) -> None:
    assert view.cautions(answer) == []

    def said(**changed: Any) -> str:
        return " ".join(view.headline(replace(answer, rests=replace(answer.rests, **changed))))

    assert "that standard errors rest on: 16." in said(clusters=16)
    assert "ask for more --openings" in said(clusters=16)
    assert "ask for more --paths" in said(clusters=2, paths=9)
    assert "Paths that standard errors rest on: 9." in said(drawn=False, openings=1, clusters=9, paths=9)
    assert "The worst 1% of 999 paths are fewer than 10" in said(paths=999)
    assert "The worst 1%" not in said(paths=1000)


def test_what_is_lost_outside_is_told_by_whose_failure_it_is(answer: Answer) -> None:
    table = figures.lost(answer, "outside")
    assert table.columns[0].title == "whose failure"
    assert "not who loses" in table.notes[0]
    assert [figures.lost(answer, kind).columns[0].title for kind in ("credit", "stakes", "revenue")] == ["who"] * 3


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
    assert figures.money(quantile) == words


def test_losses_are_shown_for_everybody_camps_layers_and_nodes(answer: Answer) -> None:
    rows = figures.lost(answer, "stakes").rows
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
    table = figures.fan(answer, "openai")
    assert [row[0] for row in table.rows] == ["2027 Q3", "2028 Q3"]
    assert [c.key for c in table.columns] == ["quarter", *figures.SHOWN]
    assert re.fullmatch(r"-?\d\.\d \(-?\d\.\d, \d\.\d\)", str(table.rows[0][1]))


def test_the_answer_says_what_it_rests_on_and_where_it_lies(answer: Answer) -> None:
    words = " ".join(view.resting(answer))
    for part in ("seed 7", "4,000 paths", "40 joint draws", "2026-09-30", "runs/rents-fall-7", "not forecasts"):
        assert part in words
    one = replace(answer, rests=replace(answer.rests, openings=1, drawn=False))
    assert "all assumptions at their central values" in " ".join(view.resting(one))
    assert "of independent paths" in view.falls(one).notes[0]
    few = replace(answer, rests=replace(answer.rests, openings=1))
    assert "one joint draw of all uncertain assumptions" in " ".join(view.resting(few))


def test_json_holds_the_whole_answer(answer: Answer) -> None:
    payload = json.loads(json.dumps(many_payload.payload(answer), allow_nan=False))
    assert [d["firm"] for d in payload["defaults"]] == [d.node for d in answer.defaults]
    assert all(len(d["by_quarter"]) == QUARTERS for d in payload["defaults"])
    assert payload["defaults"][1]["when"]["middle"] in payload["quarter_ends"]
    assert {x["group"] for x in payload["losses"]} == set(GROUPS)
    nvidia, openai = payload["defaults"][:2]
    assert (nvidia["probability"], nvidia["error"], nvidia["least"]) == (0.0, None, None)
    assert nvidia["most"] == pytest.approx(3.0 / 4000, rel=0.01)
    assert (openai["error"], openai["most"]) == (answer.defaults[1].error, None)
    assert openai["when"]["middle_error"] == answer.defaults[1].when.known.error
    assert openai["when"]["middle_within"][0] <= openai["when"]["middle"] <= openai["when"]["middle_within"][1]
    assert (payload["assumptions"], payload["clusters"]) == ("drawn", 40)
    assert payload["joint"][0]["both"] == {**asdict(answer.pairs[0].both)}
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
    middle = next(r for r in records if (r["name"], r["item"]) == ("openai", "falls middle"))
    assert middle["quarter"] == answer.rests.quarters[answer.defaults[1].when.middle].isoformat()
    assert middle["error"] == answer.defaults[1].when.known.error
    bound = next(r for r in records if (r["name"], r["item"]) == ("nvidia", "probability most"))
    assert bound["value"] == answer.defaults[0].most
    fans = [r for r in records if r["table"] == "fan" and r["item"] == "cash 50 %"]
    assert len(fans) == QUARTERS * len(FULL)


def test_a_comparison_tells_what_differs_and_how_sure_it_is(two: Comparison) -> None:
    words = "\n".join(beside.between(two))
    assert "scenario: rents-fall" in words
    assert "the same random numbers" in words
    row = beside.falls(two, NAMES).rows[0]
    x = next(c for c in two.falls if NAMES[c.name] == row[0])
    assert row[3] == f"{100 * x.less:+.1f} ± {100 * x.error:.1f}"
    assert beside.falls(two, NAMES).notes == (
        "2 of 2 differences of tested firms are larger than two standard errors.",
    )
    assert {r["name"] for r in beside.lines(two).records()} == {c.name for c in (*two.falls, *two.losses)}
    payload = beside.payload(two, ("a", "b"))
    assert payload["shared"] == "paths"
    assert payload["falls"][0]["only_a"] == two.swaps[0].only_a


def test_a_pulled_card_is_no_difference(two: Comparison) -> None:
    """It comes last, without a difference, is not counted, and the chart leaves it out."""
    pulled = replace(two, pulled=(frozenset(), frozenset({"openai"})))
    table = beside.falls(pulled, NAMES)
    first = next(x for x in two.falls if x.name == "openai")
    assert table.rows[-1] == ("OpenAI", share(first.a), "pulled", "", None, None)
    assert table.notes == ("1 of 1 differences of tested firms are larger than two standard errors.",)
    told = next(x for x in beside.payload(pulled, ("a", "b"))["falls"] if x["name"] == "openai")
    assert (told["pulled_a"], told["pulled_b"], told["error"]) == (False, True, None)


def test_tails_that_rest_on_few_openings_are_named(answer: Answer) -> None:
    mine = tuple(x for x in answer.losses if x.kind == "stakes")
    sure = tuple(replace(x, rests_on=(40, 30)) for x in mine)
    assert figures.lost(replace(answer, losses=sure), "stakes").notes == ()
    few = tuple(replace(x, rests_on=(40, 29)) if x.group == "oracle" else x for x in sure)
    assert figures.lost(replace(answer, losses=few), "stakes").notes == (
        "VaR and ES 99% rest on fewer than 30 openings or paths, so do not rely on them: Oracle.",
    )
    none = tuple(replace(x, rests_on=(12, 3)) for x in mine)
    assert [note.split(" rest ")[0] for note in figures.lost(replace(answer, losses=none), "stakes").notes] == [
        "VaR and ES 95%",
        "VaR and ES 99%",
    ]


def test_how_well_a_tail_is_known_is_not_said_to_be_the_width_of_a_class() -> None:
    assert "counted in classes 1.8% wide, and chance adds more" in figures.loss_notes()


def test_what_two_runs_share_is_said(two: Comparison) -> None:
    first = replace(two, shared=Shared.FIRST, a=replace(two.a, paths=800))
    assert "The first 800 paths of both use the same random numbers" in "\n".join(beside.between(first))
    begun = replace(two, shared=Shared.BEGINNING, swaps=(), a=replace(two.a, paths=800))
    assert "A is the beginning of B: the first 800 paths" in "\n".join(beside.between(begun))
    longer = replace(two, shared=Shared.BEGINNING, swaps=(), b=replace(two.b, paths=800))
    assert "B is the beginning of A" in "\n".join(beside.between(longer))
    assert "do not rely" not in "\n".join(beside.between(two))
    assert "that standard errors rest on: 4." in "\n".join(beside.between(replace(two, clusters=4)))


@pytest.mark.parametrize("t", [words("en"), words("zh")], ids=str)
def test_one_path_beside_many_is_spoken_of_as_one(two: Comparison, t: Words) -> None:
    one = replace(two, a=replace(two.a, paths=1))
    said = "\n".join(
        [
            beside.dateline(one, ("a", "b"), t=t),
            *beside.between(replace(one, shared=Shared.FIRST), t=t),
            *beside.between(replace(one, shared=Shared.BEGINNING, swaps=()), t=t),
        ]
    )
    told = {
        "en": (
            "A: rents-fall, 1 path, seed 7,",
            "B: harder, 4,000 paths, seed 7,",
            "The first path of both uses the same random numbers: it alone is compared",
            "A is the beginning of B: the first path of both is the same.",
        ),
        "zh": (
            "A：rents-fall，1条路径，种子 7，",
            "B：harder，4,000条路径，种子 7，",
            "两次推演的第一条路径使用同一组随机数：只比较这一条",
            "A 是 B 的开头：两者的第一条路径相同。",
        ),
    }
    assert [part for part in told[t.lang] if part not in said] == []


def test_where_no_path_comes_out_otherwise_the_difference_is_bounded(two: Comparison) -> None:
    same = replace(two, swaps=(Swap(0, 0), *two.swaps[1:]))
    name = NAMES[two.falls[0].name]
    assert next(row[3] for row in beside.falls(same, NAMES).rows if row[0] == name) == "within 0.075"
    told = beside.payload(same, ("a", "b"))["falls"][0]
    assert (told["error"], told["within"]) == (None, pytest.approx(3.0 / 4000, rel=0.01))
    itself = replace(same, differences=())
    assert "within" not in str(beside.falls(itself, NAMES).rows)


def test_runs_that_share_nothing_are_told_so_and_have_no_swaps(two: Comparison) -> None:
    apart = replace(two, shared=Shared.NOTHING, swaps=(), differences=())
    assert "the error is that of two separate runs" in "\n".join(beside.between(apart))
    assert "nothing: the two runs are the same" in "\n".join(beside.between(apart))
    assert [c.key for c in beside.falls(apart, NAMES).columns] == ["firm", "a", "b", "less"]
    assert "only_a" not in beside.payload(apart, ("a", "b"))["falls"][0]
