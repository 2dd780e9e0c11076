"""Charts of the lenses: each drawn figure is the lens's own, and what it cannot have is named instead of drawn."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from looking import EN, LANGUAGES, sound, unit_of

from cardhouse.book import Book
from cardhouse.errors import InputError, UnknownName
from cardhouse.lenses.accounts.answer import Restatement, restate
from cardhouse.lenses.capital.investment import investment
from cardhouse.lenses.chain import Chain, chain
from cardhouse.lenses.compute.overview import overview
from cardhouse.lenses.compute.rents import rents
from cardhouse.lenses.country import compare
from cardhouse.lenses.frontier import frontier
from cardhouse.lenses.measure import Gap, Measure
from cardhouse.lenses.money import Period, Source, follow, money, whole
from cardhouse.lenses.value.answer import value_of
from cardhouse.lenses.value.implied import FADES, Given
from cardhouse.lenses.value.troughs import past_fall
from cardhouse.views.charts import capital as capitals
from cardhouse.views.charts import chain as chains
from cardhouse.views.charts import compute as computing
from cardhouse.views.charts import country as countries
from cardhouse.views.charts import frontier as frontiers
from cardhouse.views.charts import money as moneys
from cardhouse.views.charts import restate as accounts
from cardhouse.views.charts import value as values
from cardhouse.views.words import Words


@pytest.mark.parametrize("t", LANGUAGES, ids=str)
def test_a_hundred_dollars_are_a_hundred_dollars(book: Book, t: Words) -> None:
    answer = money(book, "nvidia")
    chart = sound(moneys.sources(answer, t))
    by_bar: dict[str, float] = {}
    for row in chart.data:
        by_bar[row["bar"]] = by_bar.get(row["bar"], 0.0) + row["value"]
    assert list(by_bar) == list(moneys.periods(t).values())
    assert list(by_bar.values()) == pytest.approx([100.0] * 3)
    mix = answer.mixes[Period.PAID]
    assert not isinstance(mix, Gap)
    customers = 100.0 * mix.sources[Source.CUSTOMERS].value
    assert chart.data[0]["value"] == pytest.approx(customers)


def test_a_window_that_is_not_known_is_named(book: Book) -> None:
    answer = money(book, "nvidia")
    lacking = replace(answer, mixes={**answer.mixes, Period.PLAN: Gap("plan", "nothing is known")})
    chart = sound(moneys.sources(lacking, EN))
    assert "next four quarters, planned" not in {row["bar"] for row in chart.data}
    assert "not drawn, no figure: next four quarters, planned" in chart.caption.rests


def test_firms_stand_by_the_money_that_comes_back(book: Book) -> None:
    answer = whole(follow(book))
    chart = sound(moneys.everyone(answer, book, EN))
    own = {EN.called(book, row.firm): row.mix.own.value for row in answer.rows}
    order = list(dict.fromkeys(row["bar"] for row in chart.data))
    assert order[0] == max(own, key=lambda firm: own[firm])
    assert [own[firm] for firm in order] == sorted((own[firm] for firm in order), reverse=True)


@pytest.fixture(scope="module")
def restated(book: Book) -> Restatement:
    return restate(book, ["oracle", "meta", "coreweave", "openai"], life=4.0)


@pytest.mark.parametrize("t", LANGUAGES, ids=str)
def test_income_at_a_life_is_the_restated_one(restated: Restatement, book: Book, t: Words) -> None:
    chart = sound(accounts.income(restated, book, "oracle", t))
    found = restated.firms[0].restated
    drawn = [row["value"] * unit_of(t) for row in chart.data]
    ats = (found.as_reported, *found.lives)
    assert drawn == pytest.approx([at.net_income.value for at in ats if isinstance(at.net_income, Measure)])
    common = next(at for at in found.lives if at.life.name == "4 years").net_income
    assert isinstance(common, Measure)
    assert t.money(common.value) in chart.title


def test_margins_are_drawn_in_pairs_and_firms_without_one_are_named(restated: Restatement, book: Book) -> None:
    chart = sound(accounts.margins(restated, book, EN))
    bars = [row["bar"] for row in chart.data]
    assert all(bars.count(bar) == 2 for bar in bars)
    assert "not drawn, no figure: OpenAI" in chart.caption.rests
    oracle = restated.firms[0].restated.as_reported.margin
    assert isinstance(oracle, Measure)
    assert next(row["margin"] for row in chart.data if row["bar"] == "Oracle") == oracle.value
    with pytest.raises(UnknownName, match="oracle, meta, coreweave, openai"):
        accounts.income(restated, book, "nvidia", EN)


def test_an_hour_costs_what_the_lens_says_between_its_ends(book: Book) -> None:
    answer = overview(book)
    chart = sound(computing.hourly(answer, book, EN), may_lack=("rent",))
    sold = {line.name: line.work.hourly.sold for line in answer.lines}
    for row in chart.data:
        found = sold[row["bar"]]
        assert (row["low"], row["value"], row["high"]) == tuple(
            m.value for m in (found.low, found.central, found.high) if isinstance(m, Measure)
        )
    missing = [name for name, found in sold.items() if isinstance(found.central, Gap)]
    assert missing
    assert all(name in chart.caption.rests for name in missing)


def test_rents_are_drawn_by_age_and_the_line_has_the_fitted_slope(book: Book) -> None:
    answer = rents(book)
    chart = sound(computing.rents(answer, book, EN), may_lack=("price", "fit"))
    dots = [row for row in chart.data if row["price"] is not None]
    told = [r for r in answer.rows if r.kind in computing.kinds(EN) and not r.doubtful and r.age is not None]
    assert [row["price"] for row in dots] == [r.price.value for r in told]
    line = [row for row in chart.data if row["fit"] is not None]
    slope = math.log(line[-1]["fit"] / line[0]["fit"]) / (line[-1]["age"] - line[0]["age"])
    fall = next(f for f in answer.falls if "each accelerator" in f.sample)
    assert fall.line is not None
    assert slope == pytest.approx(fall.line.slope)
    assert f"{1.0 - math.exp(slope):.0%} a year" in chart.title


@pytest.mark.slow
def test_cells_of_the_price_are_the_growth_it_asks_for(book: Book) -> None:
    answer = value_of(book, ["nvidia"], given=Given(), fall=past_fall(book, "nasdaq-2002"), past=False)
    firm = answer.firms[0]
    chart = sound(values.implied(firm, book, EN), may_lack=("growth",))
    row = firm.implied.by_rate[1]
    drawn = [r["growth"] for r in chart.data if r["rate"] == f"{row.rate:.0%}"]
    assert drawn == [g.value for g in row.growth if isinstance(g, Measure)]
    assert len(drawn) == len(FADES)
    lacking = replace(row, growth=(Gap("growth", "no growth explains it"), *row.growth[1:]))
    without = replace(firm, implied=replace(firm.implied, by_rate=(lacking,)))
    marked = sound(values.implied(without, book, EN), may_lack=("growth",))
    assert marked.data[0]["label"] == "n.m."
    assert "no growth explains it" in marked.caption.rests


@pytest.fixture(scope="module")
def links(book: Book) -> Chain:
    return chain(book, last=5)


def test_growth_is_drawn_only_over_enough_of_the_same_firms(links: Chain) -> None:
    chart = sound(chains.growth(links, EN))
    cells = {
        (line.group, i): cell for line in links.lines if line.figure == "revenue" for i, cell in enumerate(line.cells)
    }
    drawn = [cell for cell in cells.values() if isinstance(cell.growth, Measure) and chains.covers(cell)]
    assert sorted(row["growth"] for row in chart.data) == sorted(
        c.growth.value for c in drawn if isinstance(c.growth, Measure)
    )
    assert all(2 * len(c.compared) >= len(c.firms) + len(c.missing) for c in drawn)
    with pytest.raises(InputError, match="operating_margin"):
        chains.growth(links, EN, figure="operating_margin")


@pytest.mark.parametrize("t", LANGUAGES, ids=str)
def test_sums_say_how_many_firms_are_in_them(links: Chain, t: Words) -> None:
    chart = sound(chains.amounts(links, "cloud", t, figure="capital_spending"))
    cells = [c for c in links.line("cloud", "capital_spending").cells if isinstance(c.amount, Measure)]
    assert [row["value"] * unit_of(t) for row in chart.data] == pytest.approx([c.amount.value for c in cells])
    assert [row["firms"] for row in chart.data] == [len(c.firms) for c in cells]
    with pytest.raises(InputError, match="cloud"):
        chains.amounts(links, "clouds", t)


def test_countries_and_the_rest_add_up_to_the_world(book: Book) -> None:
    year = next(y for y in investment(book) if isinstance(y.world, Measure) and y.places)
    chart = sound(capitals.investment(year, book, EN))
    assert isinstance(year.world, Measure)
    assert sum(row["value"] for row in chart.data) * 1000.0 == pytest.approx(year.world.value)
    unknown = replace(year, world=Gap("world", "not in the book"))
    less = sound(capitals.investment(unknown, book, EN))
    assert len(less.data) == len(chart.data) - 1
    assert "world total is not in the book" in less.caption.rests


def test_only_what_compares_is_drawn_of_two_countries(book: Book) -> None:
    answer = compare(book)
    chart = sound(countries.ratios(answer, EN))
    compared = [line.ratio.value for line in answer.lines if isinstance(line.ratio, Measure)]
    assert sorted(row["ratio"] for row in chart.data) == sorted(compared)
    assert f"{len(answer.lines) - len(compared)} lines not drawn" in chart.caption.rests
    more = sum(ratio >= 1.0 for ratio in compared)
    assert chart.title == f"United States has more than China in {more} of {len(compared)} figures"
    with pytest.raises(InputError, match="a picture compares 2"):
        countries.ratios(compare(book, ("us", "cn", "jp")), EN)


def test_prices_fall_in_steps_and_last_to_the_day_of_the_book(book: Book) -> None:
    answer = frontier(book)
    chart = sound(frontiers.prices(answer, EN))
    level = answer.levels[0]
    mine = [row for row in chart.data if row["level"] == f"as good as {level.model.name}"]
    assert [row["price"] for row in mine[:-1]] == [p.blended.value for p in level.lows]
    assert [row["price"] for row in mine] == sorted((row["price"] for row in mine), reverse=True)
    assert mine[-1]["day"] == str(book.date)


def test_captions_of_lenses_say_what_they_rest_on(book: Book) -> None:
    for chart in (moneys.sources(money(book, "nvidia"), EN), frontiers.prices(frontier(book), EN)):
        assert "rests on" in chart.caption.rests
        assert str(book.date) in chart.caption.book
