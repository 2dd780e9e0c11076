"""What changed in a book between two days."""

from __future__ import annotations

from datetime import date

import pytest

from cardhouse.book import diff
from cardhouse.errors import InputError

BOOK = """
    facts.csv
    nvidia,total_debt,,,2025-03-31,100,USD_million,wire,2025-05-01,low,
    nvidia,total_debt,,,2025-03-31,110,USD_million,tenq,2025-06-01,high,
    nvidia,total_debt,,,2025-06-30,120,USD_million,tenq,2025-08-01,high,
    oracle,total_debt,,,2025-03-31,50,USD_million,tenq,2025-05-01,low,
    oracle,total_debt,,,2025-03-31,50,USD_million,wire,2025-08-01,low,
    ties.csv
    deal,purchase,openai,oracle,100,USD_million,,,2025-01-10,,,announced,planned,yes,wire,2025-01-10,low,
    deal-v2,purchase,openai,oracle,0,USD_million,,,2025-09-10,,,binding,terminated,yes,wire,2025-07-10,low,
    other,equity,nvidia,openai,5,USD_million,,,2025-07-01,,,binding,active,yes,wire,2025-07-01,low,
    """


def test_facts_and_ties_between_two_days(make):
    found = diff(make(BOOK), date(2025, 5, 15), date(2025, 12, 31))
    assert [(fact.end, fact.value) for fact in found.facts_added] == [(date(2025, 6, 30), 120.0)]
    assert [(old.value, new.value) for old, new in found.facts_changed] == [(100.0, 110.0)]
    assert [tie.id for tie in found.ties_added] == ["other"]
    assert [(old.id, new.id) for old, new in found.ties_changed] == [("deal", "deal-v2")]
    assert [tie.id for tie in found.ties_ended] == ["deal-v2"]


def test_nothing_changes_on_one_day_and_days_must_be_in_order(make):
    book = make(BOOK)
    assert not diff(book, date(2025, 12, 31), date(2025, 12, 31))
    with pytest.raises(InputError, match="swap them"):
        diff(book, date(2025, 12, 31), date(2025, 1, 1))
