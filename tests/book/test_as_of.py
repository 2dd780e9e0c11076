"""The book as it could be known on a day: nothing from later, the latest version of every tie."""

from __future__ import annotations

from datetime import date

import pytest

from cardhouse.errors import BookError, InputError, UnknownName

TIES = """
    ties.csv
    deal,purchase,openai,oracle,100,USD_million,,,2025-01-10,,,announced,planned,yes,wire,2025-01-10,low,
    deal-v2,purchase,openai,oracle,80,USD_million,,,2025-06-10,,,binding,active,yes,wire,2025-06-10,low,
    deal-v3,purchase,openai,oracle,0,USD_million,,,2025-09-10,,,binding,terminated,yes,wire,2025-09-10,low,
    other,equity,nvidia,openai,5,USD_million,,,2025-07-01,,,binding,active,yes,wire,2025-07-01,low,
    """


@pytest.mark.parametrize(
    ("day", "ids"),
    [
        (date(2025, 1, 9), []),
        (date(2025, 1, 10), ["deal"]),
        (date(2025, 6, 30), ["deal-v2"]),
        (date(2025, 9, 10), ["deal-v3", "other"]),
    ],
)
def test_every_tie_stands_at_its_latest_version_known_by_then(make, day, ids):
    book = make(TIES)
    assert [tie.id for tie in book.as_of(day).ties] == ids
    assert len(book.ties) == 4
    assert [tie.id for tie in book.current_ties] == ["deal-v3", "other"]


def test_nothing_known_later_is_seen(book):
    """
    facts.csv
    nvidia,total_debt,,,2025-03-31,100,USD_million,wire,2025-05-01,low,
    nvidia,total_debt,,,2025-03-31,110,USD_million,tenq,2025-06-01,high,
    assumptions.csv
    a,all,life,3,5,6,years,,,2025-01-01,,first guess
    b,all,life,3,4,6,years,,,2025-08-01,,better guess
    """
    before, after = book.as_of(date(2025, 5, 15)), book.as_of(date(2025, 12, 31))
    assert [fact.value for fact in before.chosen("nvidia", "total_debt")] == [100.0]
    assert [fact.value for fact in after.chosen("nvidia", "total_debt")] == [110.0]
    assert (before.assume("life", "all").central, after.assume("life", "all").central) == (5.0, 4.0)


def test_as_of_twice_is_as_of_the_earlier_day(make):
    book = make(TIES)
    late = book.as_of(date(2025, 12, 31))
    assert late.as_of(date(2025, 12, 31)).ties == late.ties
    for day in (date(2025, 1, 31), date(2025, 6, 30), date(2025, 12, 31)):
        assert late.as_of(day).ties == book.as_of(day).ties
        assert book.as_of(day).as_of(date(2025, 12, 31)).ties == book.as_of(day).ties


def test_a_figure_whose_exchange_rate_came_later_is_left_out_with_a_fault(book):
    """
    facts.csv
    alibaba,total_debt,,,2025-03-31,100,CNY_million,wire,2025-05-01,low,
    rates.csv
    CNY,,2025-03-31,0.14,wire,2025-07-01,
    """
    early = book.as_of(date(2025, 6, 1))
    assert early.facts == ()
    assert [fault.check for fault in early.faults if fault not in book.faults] == ["no-exchange-rate"]
    assert len(book.as_of(date(2025, 7, 1)).facts) == 1


def test_terms_are_those_of_the_version_or_of_the_latest_earlier_one(make):
    book = make(
        TIES
        + """terms.csv
    deal,cap,,,100,USD_million,wire,,2025-01-10
    deal-v3,cap,,,0,USD_million,wire,,2025-09-10
    """
    )
    values = {tie: [term.number for term in book.terms_of(tie)] for tie in ("deal", "deal-v2", "deal-v3", "other")}
    assert values == {"deal": [100.0], "deal-v2": [100.0], "deal-v3": [0.0], "other": []}
    early = book.as_of(date(2025, 6, 30))
    assert [term.number for term in early.terms_of("deal-v2")] == [100.0]
    with pytest.raises(UnknownName, match="did you mean deal"):
        book.terms_of("deel")


def test_the_date_of_a_book_is_the_newest_day_something_became_known(make):
    assert make(TIES).date == date(2025, 9, 10)
    with pytest.raises(BookError, match="no usable fact"):
        _ = make("facts.csv").date


def test_assumptions_go_from_the_firm_to_its_layer_to_all(book):
    """
    assumptions.csv
    a,all,life,3,6,9,years,,,2025-01-01,,because
    b,layer:cloud,life,3,5,6,years,,,2025-01-01,,because
    c,oracle,life,3,4,6,years,,,2025-01-01,,because
    d,oracle,cost,3,4,6,years,2025-01-01,2025-12-31,2025-01-01,,because
    e,oracle,cost,3,5,6,years,2026-01-01,2026-12-31,2025-01-01,,because
    """
    assert book.assume("life", "oracle", "layer:cloud", "all").id == "c"
    assert book.assume("life", "alibaba", "layer:cloud", "all").id == "b"
    assert book.assume("life", "nvidia", "all").id == "a"
    assert book.assume("death", "all") is None
    assert [row.id for row in book.assumptions_of("cost", "oracle")] == ["d", "e"]
    assert book.assume("cost", "oracle").id == "e"


def test_the_kind_of_a_source_is_that_of_the_row(make):
    book = make(
        TIES
        + """terms.csv
    deal,cap,,,100,USD_million,,a guess,2025-01-10
    """
    )
    assert book.source_kind(book.ties[0]) == "news"
    with pytest.raises(InputError, match="only a reason"):
        book.source_kind(book.terms[0])
