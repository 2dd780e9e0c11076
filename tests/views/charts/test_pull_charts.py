"""Charts of a pull: their bars are the losses of the answer, in the unit of the language."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from types import MappingProxyType

import pytest
from looking import EN, LANGUAGES, axis_titles, parts_of, sound, unit_of

from cardhouse.book import Book
from cardhouse.economy.claims import Channel
from cardhouse.economy.losses import Bearer
from cardhouse.economy.pull import Pull, Ranked
from cardhouse.economy.together import Together
from cardhouse.views.charts import pull as charts
from cardhouse.views.words import Words


@pytest.mark.parametrize("t", LANGUAGES, ids=str)
def test_the_parts_of_a_bar_are_the_firm_s_losses_by_channel(answer: Pull, t: Words) -> None:
    chart = sound(charts.losses(answer, t))
    firm = answer.losses.firms()[0]
    rows = parts_of(chart, t.called(answer.opening.book, firm))
    assert sum(row["value"] for row in rows) * unit_of(t) == pytest.approx(sum(answer.losses.of(firm).values()))
    names = charts.channels(t)
    by_channel = {row["part"][2:]: row["value"] * unit_of(t) for row in rows}
    assert by_channel == pytest.approx({names[c]: v for c, v in answer.losses.of(firm).items() if v})
    assert t.money(answer.losses.others) in chart.title
    assert any(t.money_unit in title for title in axis_titles(chart))


def test_parts_lie_end_to_end_and_carry_their_letter(answer: Pull) -> None:
    chart = charts.losses(answer, EN)
    microsoft = parts_of(chart, "Microsoft")
    assert len(microsoft) > 1
    assert microsoft[0]["begin"] == 0.0
    for left, right in pairwise(microsoft):
        assert left["end"] == right["begin"]
        assert left["part"] < right["part"]
    letters = {row["letter"] for row in chart.data} - {""}
    assert letters <= set("ABCDEF")


def test_the_pulled_card_is_no_loser_of_its_own_fall(answer: Pull) -> None:
    assert "OpenAI" not in {row["bar"] for row in charts.losses(answer, EN).data}


@pytest.mark.parametrize("t", LANGUAGES, ids=str)
def test_who_bears_it_adds_up_to_the_cost_to_others(answer: Pull, t: Words) -> None:
    chart = sound(charts.borne(answer, t))
    assert sum(row["value"] for row in chart.data) * unit_of(t) == pytest.approx(answer.losses.others, rel=1e-6)
    values = [row["value"] for row in chart.data]
    assert values == sorted(values, reverse=True)


def test_own_shareholders_are_not_among_the_others(answer: Pull) -> None:
    assert answer.losses.borne[Bearer.OWN_SHAREHOLDERS] > 0
    assert len(charts.borne(answer, EN).data) == len([a for a in answer.losses.borne.values() if abs(a) >= 0.05]) - 1


def test_a_fall_that_costs_nothing_is_said_so_and_draws_no_bar(answer: Pull) -> None:
    nothing = replace(answer.losses, lines=(), borne=MappingProxyType({}))
    calm = replace(answer, losses=nothing, mild=0.0, harsh=0.0)
    for chart in (charts.losses(calm, EN), charts.borne(calm, EN)):
        assert sound(chart).data == ()
        assert chart.title == "As far as the book knows the fall of OpenAI costs others nothing"


def test_the_caption_says_day_event_unit_ties_and_what_it_rests_on(answer: Pull) -> None:
    line = charts.caption(answer, EN).line()
    for part in (str(answer.opening.book.date), "OpenAI stops paying, 4 quarters", "USD billion", "ties:", "rests on"):
        assert part in line
    half = replace(answer, fall=replace(answer.fall, state=replace(answer.fall.state, pulled={"openai": 0.5})))
    assert "OpenAI pays 50% of what it owes" in charts.caption(half, EN).scenario


ROWS = (
    Ranked("openai", 2000.0, 1500.0, 3000.0, ("coreweave",), (("oracle", 900.0),)),
    Ranked("oracle", 700.0, 100.0, 800.0, (), ()),
    Ranked("nvidia", 0.0, 0.0, 0.0, (), ()),
)


@pytest.mark.parametrize("t", LANGUAGES, ids=str)
def test_a_card_s_bar_is_its_cost_and_its_whisker_the_ends_of_the_loss_rates(answer: Pull, t: Words) -> None:
    chart = sound(charts.ranking(ROWS, answer.opening, t))
    first = dict(chart.data[0])
    assert [first[k] * unit_of(t) for k in ("low", "value", "high")] == pytest.approx([1500.0, 2000.0, 3000.0])
    assert t.money(2000.0) in chart.title


def test_a_card_that_costs_nothing_is_named_not_drawn(answer: Pull) -> None:
    chart = charts.ranking(ROWS, answer.opening, EN)
    assert "Nvidia" not in {row["bar"] for row in chart.data}
    assert "costs others nothing: Nvidia" in chart.caption.rests
    assert sound(charts.ranking(ROWS[2:], answer.opening, EN)).title == "No card costs others anything"


def pair(cards: tuple[str, ...], cost: float, apart: float, mild: float, harsh: float) -> Together:
    excess = cost - apart
    return Together(cards, cost, apart, excess, excess, mild, harsh, (), (), ())


def test_only_pairs_that_cost_more_together_are_drawn(answer: Pull) -> None:
    rows = (pair(("openai", "oracle"), 900.0, 600.0, 350.0, 250.0), pair(("meta", "amd"), 50.0, 60.0, -5.0, -20.0))
    chart = sound(charts.excess(rows, answer.opening, EN))
    assert [row["bar"] for row in chart.data] == ["OpenAI + Oracle"]
    assert chart.data[0]["value"] == pytest.approx(0.3)
    # The excess at the ends of the loss rates need not lie on either side of the central one.
    assert (chart.data[0]["low"], chart.data[0]["high"]) == pytest.approx((0.25, 0.35))
    assert "$300 million more together than apart" in chart.title


def test_every_channel_has_its_word() -> None:
    assert set(charts.channels(EN)) == set(Channel)


def test_a_name_that_looks_like_markup_is_drawn_as_it_is(answer: Pull, book: Book) -> None:
    hostile = '<script>alert("x")</script>'
    firms = {**book.firms, "oracle": replace(book.firms["oracle"], name=hostile)}
    inputs = replace(answer.opening.inputs, book=replace(book, firms=firms))
    opening = replace(answer.opening, inputs=inputs)
    svg = charts.ranking(ROWS, opening, EN).svg()
    assert "<script" not in svg
    assert "&lt;script&gt;" in svg
