"""Tables of capital: announced money never reads as paid, gaps keep their marks and reasons."""

from __future__ import annotations

from datetime import date

import pytest

from cardhouse.book import embedded
from cardhouse.lenses.capital import Capital, FirmCapital, capital, capital_of
from cardhouse.lenses.measure import Measure
from cardhouse.views import capital as view
from cardhouse.views import capital_firm
from cardhouse.views.table import Table, text


@pytest.fixture(scope="module")
def whole() -> Capital:
    return capital(embedded().as_of(date.max))


@pytest.fixture(scope="module")
def openai() -> FirmCapital:
    return capital_of(embedded().as_of(date.max), "openai")


def test_the_disputed_figures_stand_under_the_table(whole: Capital) -> None:
    notes = " ".join(view.investment(whole).notes)
    assert "Disputed: usa private_investment_ai 2025: chosen 285,900" in notes
    assert "80,000" in notes


def test_a_world_total_without_countries_shows_no_concentration(whole: Capital) -> None:
    for record in view.investment(whole).records():
        if record["places"] == "not by country":
            assert (record["top"], record["herfindahl"]) == ("", "")


def test_a_round_without_a_run_rate_has_no_multiple(whole: Capital) -> None:
    for record in view.rounds(whole.rounds, most=100).records():
        if record["run_rate"] in ("n/a", "n.m."):
            assert record["multiple"] in ("n/a", "n.m.")


def test_promised_and_paid_are_two_columns(openai: FirmCapital) -> None:
    records = {r["tie"]: r for r in capital_firm.pledges(openai).records()}
    row = records["softbank-openai-30bn-2026"]
    assert (row["amount"], row["paid"], row["status"]) == (30_000.0, 20_000.0, "agreed")
    lapsed = records["nvda-openai-loi-v4"]
    assert (lapsed["status"], lapsed["paid"]) == ("lapsed", "n.m.")


def test_the_sentence_adds_what_the_table_lists(openai: FirmCapital) -> None:
    paid = [p.paid.value for p in openai.pledges if isinstance(p.paid, Measure)]
    assert f"{sum(paid) / 1000:,.1f} billion known to be paid" in capital_firm.promises(openai)[0]


def test_what_may_come_to_nothing_is_said_apart() -> None:
    """OpenAI at the end of 2025: 54.1 agreed and paid, 100 by a letter that was never a commitment."""
    then = capital_of(embedded().as_of(date(2025, 12, 31)), "openai")
    (said,) = capital_firm.promises(then)
    assert "54.1 billion agreed; 54.1 billion known to be paid; 100.0 billion by letter" in said


def test_a_compiler_that_is_not_named_and_rough_says_so(whole: Capital) -> None:
    rows = [r["compiler"] for r in view.investment(whole).records() if r["world"] == 243_900.0]
    assert rows == ["not named, rough"]


def test_the_size_of_a_round_is_not_called_money_raised(whole: Capital) -> None:
    assert "size" in [c.title for c in view.rounds(whole.rounds).columns]
    assert "agreed, for" in view.headline(whole)[-1]


def test_what_is_known_only_by_contracts_is_not_called_a_dollar() -> None:
    crusoe = capital_of(embedded().as_of(date.max), "crusoe")
    tables = [part for part in capital_firm.spent(crusoe) if isinstance(part, Table)]
    assert [t.title for t in tables] == ["What is known of the outlays of Crusoe"]
    assert "staff and all other costs are missing" in text(tables[0]).replace("\n", " ")


def test_a_merger_is_said() -> None:
    xai = capital_of(embedded().as_of(date.max), "xai")
    table = next(part for part in capital_firm.spent(xai) if isinstance(part, Table))
    assert "xAI was merged into SpaceX" in table.notes[0]
