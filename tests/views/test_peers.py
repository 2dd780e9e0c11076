"""The company table on screen: what stands in a cell, and what is said below it."""

from __future__ import annotations

from datetime import date

import pytest

from cardhouse.book import embedded
from cardhouse.lenses.measure import Measure
from cardhouse.lenses.peers import Peer, Peers, peers
from cardhouse.views import peers as view
from cardhouse.views import peers_notes as below
from cardhouse.views.table import text

FIRMS = ("iflytek", "sensetime", "zhipu", "minimax", "nvidia", "deepseek")


@pytest.fixture(scope="module")
def answer() -> Peers:
    return peers(embedded().as_of(date.max), FIRMS)


def of(answer: Peers, firm: str) -> Peer:
    return next(row for row in answer.rows if row.firm == firm)


def test_both_tables_fit_a_page_and_keep_their_columns_whole(answer: Peers) -> None:
    for table in (view.sales(answer), view.strength(answer)):
        lines = text(table).splitlines()
        assert max(len(line) for line in lines) <= 100
        assert len(lines) >= len(answer.rows) + 3


def test_every_row_says_its_own_period(answer: Peers) -> None:
    periods = [row["period"] for row in view.sales(answer).records()]
    assert periods == [f"{row.span.months} to {row.span.end}" for row in answer.rows]


def test_a_cell_of_another_period_is_marked_and_its_period_given_below(answer: Peers) -> None:
    """iFlytek's research is known for nine months, its row is a year."""
    iflytek = of(answer, "iflytek")
    assert isinstance(iflytek.research, Measure)
    assert view.differs(iflytek, iflytek.research)
    assert view.shown(iflytek, "research", "{:.0%}").endswith("*")
    assert any(
        "* iFlytek" in line and "research share of revenue" in line and "2025-01-01 to 2025-09-30" in line
        for line in below.elsewhere(answer)
    )


def test_a_cell_of_the_rows_period_is_not_marked(answer: Peers) -> None:
    assert view.shown(of(answer, "nvidia"), "net", "{:.0%}") == f"{of(answer, 'nvidia').net.value:.0%}"


def test_what_is_lacking_is_named_by_column_and_never_a_zero(answer: Peers) -> None:
    lines = below.lacking(answer)
    assert lines[0].startswith("n/a DeepSeek, revenue")
    assert any(line.startswith("n.m. operating cash flow over net income") and "(a loss)" in line for line in lines)
    cells = [cell for row in view.strength(answer).rows for cell in row[1:]]
    assert "0" not in cells
    assert "" not in cells


def test_a_margin_beyond_ten_times_revenue_is_given_in_times() -> None:
    assert view.limited(Measure(-23.7, "share", date(2025, 12, 31)), "{:.0%}") == "-24x"
    assert view.limited(Measure(-9.15, "share", date(2025, 12, 31)), "{:.0%}") == "-915%"
    assert view.limited(Measure(-0.004, "share", date(2025, 12, 31)), "{:.0%}") == "0%"


def test_the_rate_of_conversion_is_that_of_the_books_rows(answer: Peers) -> None:
    """SenseTime's year to June 2025 is the year 2024, plus one half-year, less another, each at its own average."""
    (line,) = [line for line in below.converted(answer) if line.startswith("SenseTime")]
    dollars = 3772 * 0.138987 + 2358.198 * 0.137888 - 1739.7 * 0.138602
    assert f"CNY at {dollars / (3772 + 2358.198 - 1739.7):.4f} USD" in line
    assert "ecb-reference-rates" in line


def test_own_adjustments_are_compared_over_one_period_only(answer: Peers) -> None:
    """Zhipu's adjusted loss is of 2025, its reported one of 2026: no line; MiniMax has both for 2025."""
    assert [line.split(":")[0] for line in below.adjusted(answer)] == ["MiniMax"]


def test_a_loss_carries_what_its_row_says_of_it(answer: Peers) -> None:
    assert any(
        "MiniMax" in line and "change in value" in line for line in below.remarks(tuple(view.everything(answer)))
    )


def test_a_profit_above_all_revenue_carries_the_doubt_of_its_row() -> None:
    """SK hynix's reported income of the quarter exceeds its revenue; the row says that nobody else confirms it."""
    table = peers(embedded().as_of(date.max), ["sk-hynix"])
    assert any("not confirmed by a second source" in line for line in below.remarks(tuple(view.everything(table))))


def test_the_file_and_the_json_hold_the_same_numbers(answer: Peers) -> None:
    rows = {(r["firm"], r["measure"]): r for r in view.lines(answer).records()}
    body = {row["firm"]: row for row in view.payload(answer)["rows"]}
    for (firm, measure), row in rows.items():
        if measure in view.MEASURES:
            assert body[firm][measure].get("value") == row["value"]
    assert rows["iflytek", "growth"]["value"] == body["iflytek"]["growth"]["own"]["value"]
    assert rows["zhipu", "runway"]["value"] is None
    assert "Zhipu" in rows["zhipu", "runway"]["reason"]


def test_a_runway_beyond_ten_years_is_no_number() -> None:
    """Oracle as of mid 2025: 341 months on a burn of 394 million a year say no more than over ten years."""
    oracle = of(peers(embedded().as_of(date(2025, 6, 30)), ["oracle"]), "oracle")
    assert isinstance(oracle.runway, Measure)
    assert oracle.runway.value > 300
    assert view.shown(oracle, "runway", "{:.0f}").rstrip("*") == ">120"


def test_large_amounts_of_other_currencies_have_no_exponent() -> None:
    """Alibaba's year of 1,012,060 million yuan."""
    found = below.converted(peers(embedded().as_of(date(2025, 12, 31)), ["alibaba"]))
    assert found
    assert not any("e+" in line for line in found)


def test_the_note_says_that_restate_takes_another_span(answer: Peers) -> None:
    assert any("restate takes the last quarter" in note for note in view.strength(answer).notes)
