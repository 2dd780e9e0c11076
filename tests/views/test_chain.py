"""The chain on screen: amounts with their firms, growth of the same firms, quarters as known then."""

from __future__ import annotations

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
    line = Line("cloud", "revenue", (cell(firms=2, missing=3, growth=0.205),), {}, ())
    table = view.table(answer, "revenue", [line], (8105,))
    assert [row[1] for row in table.rows] == ["3.0 (2/5)", "+20% (2)"]


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
    assert "SpaceX: revenue (ai-segment)" in note
    assert note.endswith("whole.")


def test_the_first_lines_speak_of_quarters_that_half_of_the_firms_have_reported(answer: Chain) -> None:
    for line in answer.lines:
        said = view.told(line)
        assert said is None or len(said.firms) >= len(said.missing)
    assert "cloud: revenue" in view.headline(answer)


def test_what_the_counts_say_together(answer: Chain) -> None:
    """All five lie below one, four of them beside the revenue of others."""
    said = use.sentence(answer.uses)
    assert said.startswith("By 5 counts of tokens revenue grew 0.4")
    assert "use grew faster than revenue. 4 of them" in said
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
