"""The streams of money: what enters a box leaves it, and all that a firm's customers paid arrives.

Truth: the conservation of money; the shares of the lens itself.
"""

from __future__ import annotations

from datetime import date

import pytest
from lxml import etree

from cardhouse.book import Book, embedded
from cardhouse.lenses.money import Money, Period, money
from cardhouse.lenses.money.mix import Mix
from cardhouse.views.flow import CLASSES, OWN, Flow, flow_of
from cardhouse.views.flow_svg import draw_flow
from cardhouse.views.words import words

FIRMS = ("nvidia", "oracle", "coreweave", "microsoft", "openai", "nebius")


def drawn(svg: str) -> etree._Element:
    """The picture as a tree; text that is no well-formed SVG is refused."""
    return etree.fromstring(svg.encode(), etree.XMLParser(resolve_entities=False))


@pytest.fixture(scope="module")
def book() -> Book:
    return embedded().as_of(date.max)


@pytest.fixture(scope="module", params=FIRMS)
def answer(request: pytest.FixtureRequest, book: Book) -> Money:
    return money(book, request.param)


@pytest.fixture
def flow(answer: Money) -> Flow:
    found = flow_of(answer)
    assert found is not None
    return found


def test_what_enters_a_box_leaves_it(flow: Flow) -> None:
    for place in flow.places():
        if place.who not in CLASSES and place.steps > 0:
            assert flow.into(place) == pytest.approx(flow.out_of(place), rel=1e-9)


def test_all_that_customers_paid_arrives(flow: Flow) -> None:
    end = next(place for place in flow.places() if place.steps == 0)
    assert end.who == flow.firm
    assert flow.into(end) == pytest.approx(flow.amount, rel=1e-9)
    starts = [place for place in flow.places() if place.who in CLASSES]
    assert sum(flow.out_of(place) for place in starts) == pytest.approx(flow.amount, rel=1e-9)


def test_the_streams_of_a_class_keep_to_its_share(answer: Money, flow: Flow) -> None:
    """Small chains and money that goes round are left out, so a stream is never wider than the lens says."""
    mix = answer.mixes[Period.PAID]
    assert isinstance(mix, Mix)
    for source, share in mix.sources.items():
        drawn = sum(s.amount for s in flow.streams if s.kind == source.value and s.start.who == source.value)
        assert drawn <= share.value * flow.amount * (1 + 1e-9)
    own = sum(s.amount for s in flow.streams if s.kind == OWN)
    assert own == pytest.approx(mix.own.value * flow.amount)


def test_money_goes_forward_only(flow: Flow) -> None:
    assert all(stream.start.steps > stream.end.steps for stream in flow.streams)
    assert all(stream.amount > 0 for stream in flow.streams)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_picture_is_well_formed_and_says_what_it_shows(answer: Money, lang: str) -> None:
    drawing = draw_flow(answer, words(lang))
    assert drawing is not None
    whole = drawn(drawing.svg())
    bands = [e for e in whole.iter() if e.get("class") == "band"]
    found = flow_of(answer)
    assert found is not None
    assert len(bands) == len(found.streams)
    assert all(len(list(band)) == 1 for band in bands)  # each has a title in words
    assert answer.book.date.isoformat() in drawing.caption.line()
    assert words(lang).called(answer.book, answer.node) in drawing.alt


def test_every_box_stands_inside_the_picture(answer: Money) -> None:
    drawing = draw_flow(answer, words("en"))
    assert drawing is not None
    for box in drawn(drawing.inline()).iter("{http://www.w3.org/2000/svg}rect"):
        assert 0 <= float(box.get("x", "0")) <= drawing.width
        assert float(box.get("y", "0")) + float(box.get("height", "0")) <= drawing.height


def test_names_are_text(book: Book) -> None:
    from dataclasses import replace

    evil = replace(book.firms["nvidia"], name="<img src=x onerror=alert(1)>")
    hostile = replace(book, firms={**book.firms, "nvidia": evil})
    drawing = draw_flow(money(hostile, "nvidia"), words("en"))
    assert drawing is not None
    assert not [e for e in drawn(drawing.svg()).iter() if str(e.tag).endswith("img")]


def test_a_firm_of_which_nothing_is_known_has_no_picture(book: Book) -> None:
    assert draw_flow(money(book, "tencent"), words("en")) is None
