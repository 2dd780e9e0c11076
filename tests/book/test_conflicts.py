"""Which figure is used when sources disagree, and how far the others are from it."""

from __future__ import annotations

from itertools import pairwise

import pytest

from cardhouse.book import SourceKind

ROW = "nvidia,total_debt,,,2025-03-31,{value},{unit},{source},{known},{confidence},"
SOURCES = "".join(f"    {kind},A title,,2020-01-01,,{kind}\n" for kind in SourceKind)


def row(value, source="news", known="2025-05-01", confidence="high", unit="USD_million"):
    return "    " + ROW.format(value=value, source=source, known=known, confidence=confidence, unit=unit) + "\n"


def book_of(make, *rows):
    return make(f"sources.csv\n{SOURCES}    facts.csv\n{''.join(rows)}".replace("sources.csv", "    sources.csv", 1))


@pytest.mark.parametrize(("better", "worse"), list(pairwise(SourceKind)))
def test_the_better_kind_of_source_wins_even_if_known_earlier_and_less_sure(make, better, worse):
    book = book_of(make, row(1, worse, "2025-09-01"), row(2, better, "2025-05-01", "low"))
    assert [fact.value for fact in book.chosen("nvidia", "total_debt")] == [2.0]


def test_then_the_later_known_then_the_surer_then_the_earlier_row(make):
    assert (
        book_of(make, row(1), row(2, known="2025-06-01", confidence="low")).chosen("nvidia", "total_debt")[0].value == 2
    )
    assert book_of(make, row(1, confidence="low"), row(2)).chosen("nvidia", "total_debt")[0].value == 2
    assert book_of(make, row(1), row(2)).chosen("nvidia", "total_debt")[0].value == 1


def test_conflicts_are_sorted_by_gap_and_agreement_is_none(book):
    """
    facts.csv
    nvidia,total_debt,,,2025-03-31,100,USD_million,tenq,2025-05-01,high,
    nvidia,total_debt,,,2025-03-31,104,USD_million,wire,2025-05-01,high,
    oracle,total_debt,,,2025-03-31,100,USD_million,tenq,2025-05-01,high,
    oracle,total_debt,,,2025-03-31,90,USD_million,gone,2025-05-01,high,
    oracle,total_debt,,,2025-03-31,101,USD_million,wire,2025-05-01,high,
    openai,total_debt,,,2025-03-31,100,USD_million,tenq,2025-05-01,high,
    openai,total_debt,,,2025-03-31,100,USD_million,wire,2025-05-01,high,
    """
    first, second = book.conflicts()
    assert (first.key[0], first.chosen.value, [f.value for f in first.others]) == (
        "oracle",
        100.0,
        [101.0, 90.0],
    )
    assert (first.gap_percent, second.gap_percent) == (10.0, 4.0)


def test_figures_of_different_items_are_no_conflict(book):
    """
    facts.csv
    nvidia,total_debt,notes,,2025-03-31,100,USD_million,tenq,2025-05-01,high,
    nvidia,total_debt,loans,,2025-03-31,104,USD_million,wire,2025-05-01,high,
    """
    assert book.conflicts() == ()
    assert book.items("nvidia", "total_debt") == ("loans", "notes")
    assert len(book.chosen("nvidia", "total_debt")) == 2


def test_gaps_are_taken_in_dollars(book):
    """
    facts.csv
    alibaba,total_debt,,,2025-03-31,100,CNY_million,tenq,2025-05-01,high,
    alibaba,total_debt,,,2025-03-31,21,USD_million,wire,2025-05-01,high,
    rates.csv
    CNY,,2025-03-31,0.14,wire,2025-03-31,
    """
    (conflict,) = book.conflicts()
    assert conflict.gap_percent == pytest.approx(50)
