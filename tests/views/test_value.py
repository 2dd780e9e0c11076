"""Prices on the screen: they fit, they say the same as the JSON, and what cannot be had is named."""

from __future__ import annotations

import json
from datetime import date

import pytest

from cardhouse.book import Book, embedded
from cardhouse.lenses.measure import Measure
from cardhouse.lenses.value import Given, Value, given_fall, past_fall, value_of
from cardhouse.lenses.value.falls import Falls
from cardhouse.views import value as view
from cardhouse.views import value_payload, value_together
from cardhouse.views.table import Kind, text
from cardhouse.views.value_peers import side_by_side


@pytest.fixture(scope="module")
def book() -> Book:
    return embedded().as_of(date(2026, 10, 8))


@pytest.fixture(scope="module")
def all_firms(book: Book) -> Value:
    return value_of(book, [], given=Given(), fall=past_fall(book, "nasdaq-2002"), past=True)


@pytest.fixture(scope="module")
def some(book: Book) -> Value:
    names = ["nvidia", "openai", "coreweave", "huawei"]
    return value_of(book, names, given=Given(growth=0.0), fall=given_fall(0.5, book.date), past=False)


def test_every_table_fits_100_columns(all_firms: Value) -> None:
    tables = [
        side_by_side(all_firms), value_together.against_gdp(all_firms), value_together.holdings(all_firms),
        value_together.falls(all_firms), value_together.collateral(all_firms), value_together.past(all_firms),
    ]  # fmt: skip
    for firm in all_firms.firms:
        tables += [view.bridge(firm), view.multiples(firm), view.by_rate(firm), view.frontier(firm), view.moved(firm)]
        tables += [view.expected(all_firms, firm), view.stakes(all_firms, firm)]
    for table in tables:
        assert max(len(line) for line in text(table, width=100).splitlines()) <= 100, table.title


def test_firms_are_listed_dearest_first_and_unlisted_ones_marked(all_firms: Value) -> None:
    rows = side_by_side(all_firms).records()
    prices = [float(str(row["value"])) for row in rows]
    assert prices == sorted(prices, reverse=True)
    assert [row["firm"] for row in rows if str(row["firm"]).startswith(("OpenAI", "Nvidia"))] == ["Nvidia", "OpenAI *"]


def test_tables_and_json_agree(some: Value) -> None:
    told = value_payload.payload(some)["firms"][0]
    assert told["firm"] == "nvidia"
    times = told["multiples"]["to_sales"]["value"]
    rows = {row["multiple"]: row["value"] for row in view.multiples(some.firms[0]).records()}
    assert rows["price / sales"] == f"{times:.1f}"
    assert f"grow by {told['implied']['growth']['value']:.0%} a year" in "\n".join(view.headline(some.firms[0]))
    bridge = {row["part"]: row["amount"] for row in view.bridge(some.firms[0]).records()}
    assert bridge["= enterprise value"] == told["price"]["enterprise"]["value"]


def test_json_has_no_number_that_is_none(some: Value) -> None:
    assert json.loads(json.dumps(value_payload.payload(some), allow_nan=False))["unit"] == "USD_million"


def test_what_cannot_be_had_is_said_and_why(some: Value) -> None:
    openai, huawei = some.firms[1], some.firms[3]
    shown = text(view.multiples(openai))
    assert "n.m. OpenAI, price to earnings: net income is negative" in " ".join(shown.split())
    assert view.headline(huawei) == [f"{huawei.price.value}."]
    cells = [row["amount"] for row in view.bridge(huawei).records()]
    assert set(cells) == {"n/a"}


def test_an_unlisted_firm_says_how_firm_its_round_is_and_that_its_price_is_old(some: Value) -> None:
    said = " ".join(view.headline(some.firms[1]))
    assert "was valued at 852 billion dollars (2026-03-31)" in said
    assert "That round raised 122 billion." in said
    assert "102 billion paid, 20 billion binding and still to pay" in said
    assert "older than the revenue it is set against" in said


def test_an_old_price_is_asked_by_its_own_day_too(some: Value) -> None:
    """OpenAI: 29 percent with the cash and pace of September, 39 with those of March."""
    said = " ".join(view.headline(some.firms[1]))
    assert "With the cash and the yearly pace of the day of that price it asks for 39% a year." in said


def test_a_plan_is_not_called_what_is(all_firms: Value) -> None:
    """OpenAI's margin of the next four quarters is assumed; 9,000 burnt on 13,070 of sales is its own figure."""
    openai = next(f for f in all_firms.firms if f.firm == "openai")
    said = " ".join(view.headline(openai))
    assert "free cash flow is planned at -79% of revenue (assumed)" in said
    assert "By its own figures it was -69% in the year to 2025-12-31." in said
    nvidia = next(f for f in all_firms.firms if f.firm == "nvidia")
    assert "of revenue now" in " ".join(view.headline(nvidia))


def test_what_is_lacking_is_named_with_its_firm(all_firms: Value) -> None:
    mistral = next(f for f in all_firms.firms if f.firm == "mistral")
    assert "cannot be said: Mistral AI, total debt: the book has none" in " ".join(view.headline(mistral))


def test_growth_from_another_base_is_marked(all_firms: Value) -> None:
    table = side_by_side(all_firms)
    rows = {str(r["firm"]).removesuffix(" *"): str(r["implied"]) for r in table.records()}
    assert rows["OpenAI"].endswith("% ^")
    assert rows["Nvidia"].endswith("%")
    assert any(note.startswith("^ asked of revenue at its yearly pace now") for note in table.notes)


def test_earnings_that_hold_gains_are_given_without_them_too(all_firms: Value) -> None:
    """Half of Alphabet's and of Amazon's net income are gains on Anthropic: their P/E is near double without."""
    note = next(n for n in side_by_side(all_firms).notes if n.startswith("P/E without the gains"))
    alphabet = next(f for f in all_firms.firms if f.firm == "alphabet").multiples
    assert isinstance(alphabet.to_earnings_without_gains, Measure)
    assert f"Alphabet {alphabet.to_earnings_without_gains.value:.1f}" in note
    assert "Nvidia" not in note


def test_a_firm_that_has_failed_shows_no_dash(all_firms: Value) -> None:
    """Nebius fails in the quarter that is shown when multiples fall as to the trough of 2002."""
    row = next(r for r in value_together.falls(all_firms).records() if r["firm"] == "Nebius")
    assert {row["value_after"], row["shares_after"], row["stakes_after"], row["whole_after"]} == {"failed"}


def test_the_margin_asked_for_at_a_growth_is_a_sentence(some: Value) -> None:
    assert "At growth of 0% a year no margin explains it" in " ".join(view.headline(some.firms[0]))


def test_sentences_come_from_the_numbers(all_firms: Value) -> None:
    h, a = all_firms.holdings, all_firms.against_gdp
    assert isinstance(h.twice, Measure)
    assert isinstance(a.largest_share, Measure)
    assert f"{h.twice.value / 1000:,.0f} billion" in value_together.holdings_lines(all_firms)[0]
    assert f"Nvidia alone costs {a.largest_share.value:.1%}." in value_together.gdp_lines(all_firms)


def test_a_fall_names_who_loses_the_window_unless_all_do(book: Book, all_firms: Value, some: Value) -> None:
    deep, half = (" ".join(value_together.fall_lines(answer)) for answer in (all_firms, some))
    assert "as to the trough nasdaq-2002," in deep
    assert "If multiples fall by 50% and nothing else changes" in half
    assert isinstance(some.falls, Falls)
    lost = [f.firm for f in some.falls.firms if f.loses_window]
    assert lost
    assert all(book.firms[name].name in half for name in lost)


def test_only_the_firms_asked_for_are_in_the_table_of_windows(some: Value) -> None:
    rows = value_together.falls(some, {"nvidia", "openai"}).records()
    assert {row["firm"] for row in rows} == {"Nvidia", "OpenAI"}
    # A loan on OpenAI's shares concerns OpenAI; one on Arm's does not.
    whats = [str(row["what"]) for row in value_together.collateral(some, {"openai"}).records()]
    assert len(whats) == 1
    assert "OpenAI" in whats[0]


def test_the_file_has_every_figure_with_its_unit_or_why_there_is_none(some: Value) -> None:
    table = value_payload.lines(some)
    kinds = {c.key: c.kind for c in table.columns}
    assert kinds["value"] is Kind.NUMBER
    for row in table.records():
        assert row["unit"]
        assert (row["value"] is None) == bool(row["why_not"])
    named = {(row["firm"], row["part"], row["item"]) for row in table.records()}
    assert ("openai", "implied", "growth") in named
    assert len(named) == len(table.rows)
