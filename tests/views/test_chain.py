"""The chain on screen: amounts with their firms, growth of the same firms, quarters as known then."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from cardhouse.book import embedded
from cardhouse.lenses.chain import By, Chain, Line, chain, then
from cardhouse.lenses.chain.sums import Cell
from cardhouse.lenses.measure import USD, Gap, Measure
from cardhouse.views import chain as view
from cardhouse.views import chain_use as use
from cardhouse.views.table import text

GAP = Gap("x", "nobody")


@pytest.fixture(scope="module")
def answer() -> Chain:
    return chain(embedded().as_of(date.max), last=8)


def cell(*, firms: int, missing: int, growth: float | None = None) -> Cell:
    amount = Measure(1500.0 * firms, USD, date(2026, 6, 30)) if firms else GAP
    more = GAP if growth is None else Measure(growth, "share", date(2026, 6, 30))
    names = tuple("abcdefgh")
    return Cell(8105, amount, names[:firms], names[firms : firms + missing], more, names[:firms])


def test_an_amount_stands_with_the_count_of_its_firms(answer: Chain) -> None:
    line = Line("cloud", "revenue", (cell(firms=3, missing=2, growth=0.205),), {}, ())
    table = view.table(answer, "revenue", [line], (8105,))
    assert [row[1] for row in table.rows] == ["4.5 (3/5)", "+20% (3)"]


def test_of_less_than_half_of_the_firms_only_their_count_is_shown(answer: Chain) -> None:
    """Two of five make no sum of the five: beside the sum of all five of another quarter it would read as a fall."""
    line = Line("cloud", "revenue", (cell(firms=2, missing=3),), {}, ())
    assert [row[1] for row in view.table(answer, "revenue", [line], (8105,)).rows] == ["(2/5)"]


def test_a_sum_with_a_rough_balance_is_marked(answer: Chain) -> None:
    rough = replace(cell(firms=2, missing=0), rough=("a",))
    line = Line("cloud", "debt", (rough,), {}, ())
    assert [row[1] for row in view.table(answer, "debt", [line], (8105,)).rows] == ["~3.0 (2/2)"]


def test_a_quarter_without_any_firm_is_a_dash_and_growth_is_left_out(answer: Chain) -> None:
    line = Line("cloud", "revenue", (cell(firms=0, missing=3),), {}, ())
    assert [row[1] for row in view.table(answer, "revenue", [line], (8105,)).rows] == ["–"]


def test_a_margin_changes_in_points(answer: Chain) -> None:
    line = Line("cloud", "operating_margin", (cell(firms=1, missing=0, growth=-0.004),), {}, ())
    assert view.table(answer, "operating_margin", [line], (8105,)).rows[1][1] == "+0pt (1)"


def test_many_quarters_run_over_several_tables_the_newest_in_the_last() -> None:
    assert list(view.pages(tuple(range(8)))) == [(0, 1), (2, 3, 4, 5, 6, 7)]
    assert list(view.pages(tuple(range(6)))) == [(0, 1, 2, 3, 4, 5)]


def test_every_table_fits_a_page(answer: Chain) -> None:
    rows = then(answer.book, "backlog", 45, By.CAMP, last=8)
    tables = [*view.tables(answer), *view.then_tables(rows, 45, "backlog", "camp")]
    tables += [use.growth(answer), use.points(answer), use.enterprise(answer.spending)]
    assert len(tables) > 8
    for table in tables:
        assert max(len(line) for line in text(table).splitlines()) <= 100


def test_each_line_nearest_to_ai_is_named(answer: Chain) -> None:
    note = next(t.notes[0] for t in view.tables(answer) if t.title.startswith("Revenue nearest") and t.notes)
    assert "Nvidia, AMD: data center revenue" in note
    assert "Microsoft (Intelligent Cloud segment)" in note
    assert "SpaceX: revenue (ai-segment)" in note
    assert note.endswith("whole.")


def test_the_first_lines_speak_of_growth_of_half_of_the_firms(answer: Chain) -> None:
    for line in answer.lines:
        said = view.compared(line)
        assert said is None or 2 * len(said.compared) >= len(said.firms) + len(said.missing)
    assert "cloud: revenue nearest to AI" in view.headline(answer)


def lines_of(*lines: tuple[str, Cell]) -> tuple[Line, ...]:
    return tuple(Line("model", figure, (one,), {}, ()) for figure, one in lines)


def test_one_firm_of_five_does_not_speak_for_its_layer(answer: Chain) -> None:
    """SpaceX, rockets and all, was the growth of laboratories: of five that report by quarter it alone compares."""
    alone = replace(cell(firms=3, missing=2, growth=0.15), compared=("spacex",))
    assert view.headline(replace(answer, lines=lines_of(("revenue", alone)))) == ""


def test_one_or_two_firms_are_named(answer: Chain) -> None:
    own = replace(cell(firms=1, missing=1, growth=0.16), compared=("apple",))
    said = view.headline(replace(answer, lines=lines_of(("revenue", own))))
    assert said.endswith("model: revenue of whole firms +16% (2026Q2, Apple)")


def test_growth_nearest_to_ai_goes_before_that_of_whole_firms_where_as_many_half_compare(answer: Chain) -> None:
    whole, near = cell(firms=6, missing=0, growth=0.21), cell(firms=3, missing=0, growth=0.51)
    said = view.headline(replace(answer, lines=lines_of(("revenue", whole), ("near_ai", near))))
    assert said.endswith("model: revenue nearest to AI +51% (2026Q2, 3 firms)")
    one = replace(near, firms=("a", "b"), compared=("apple", "amd"))
    said = view.headline(replace(answer, lines=lines_of(("revenue", whole), ("near_ai", one))))
    assert said.endswith("model: revenue of whole firms +21% (2026Q2, 6 firms)")


def test_no_growth_is_below_nothing(answer: Chain) -> None:
    flat = cell(firms=3, missing=0, growth=-0.004)
    assert "debt +0% (2026Q2" in view.headline(replace(answer, lines=lines_of(("debt", flat))))


def test_days_stand_in_the_note_so_that_names_of_layers_stay_whole(answer: Chain) -> None:
    rows = then(answer.book, "backlog", 60, By.LAYER, last=6)
    (table,) = view.then_tables(rows, 60, "backlog", "layer")
    assert "neocloud  then" in text(table, width=100)
    assert table.notes[0].startswith("Then: 60 days after the quarter.")


def test_what_the_counts_say_together(answer: Chain) -> None:
    """All five lie below one; OpenAI's tokens of its API stand beside all of its revenue, the rest beside others'."""
    said = use.sentence(answer.uses)
    assert said.startswith("By 5 counts of tokens revenue grew 0.4")
    assert "use grew faster than revenue. None of them has tokens and revenue of the same business" in said
    own = next(row for row in use.growth(answer).records() if str(row["tokens_of"]).startswith("OpenAI"))
    assert own["revenue_of"] == "OpenAI, all of it"
    assert use.sentence(()) == "The book has no count of tokens on two days with revenue on both."


def test_the_file_and_the_json_hold_the_same_numbers(answer: Chain) -> None:
    rows = {(r["group"], r["figure"], r["quarter"]): r for r in view.lines(answer).records()}
    body = view.payload(answer)
    assert len(rows) == sum(len(line["cells"]) for line in body["lines"])
    for line in body["lines"]:
        for one in line["cells"]:
            row = rows[line["group"], line["figure"], one["quarter"]]
            assert row["value"] == one["amount"].get("value")
            assert row["firms"] == "|".join(one["firms"])
            assert row["growth"] == one["growth"].get("value")
