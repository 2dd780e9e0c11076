"""The shipped book: properties that hold whatever is in it."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

import cardhouse.book
from cardhouse.book import Status, embedded, read_book, trailing_year

FOLDER = Path(cardhouse.book.__file__).parent / "books" / "ai"
SORTED = {
    "facts": lambda f: (f.entity, f.metric, f.end, f.start or date.min, f.item, f.known, f.source),
    "sources": lambda source: source.id,
}


@pytest.fixture(scope="module")
def book():
    return embedded()


def test_no_row_is_left_out(book):
    assert [str(fault) for fault in book.faults if fault.severity == "error"] == []
    assert all(left_out == 0 for _, left_out in book.rows.values())


def test_every_source_is_used(book):
    assert [fault.subject for fault in book.faults if fault.check == "unused-source"] == []


def test_every_name_resolves_to_one_firm(book):
    assert [str(fault) for fault in book.faults if fault.check == "shared-name"] == []
    for firm in book.firms.values():
        for name in filter(None, (firm.id, firm.name, firm.name_zh, *firm.aliases)):
            assert book.resolve(name) is firm


def test_every_number_has_a_source_or_a_reason(book):
    assert all(row.source in book.sources for row in (*book.facts, *book.ties, *book.rates))
    assert all(bool(term.source) != bool(term.reason) for term in book.terms)
    assert all(row.reason for row in book.assumptions)


def test_all_money_becomes_dollars(book):
    for fact in book.facts:
        assert abs(book.usd(fact)) <= abs(fact.value) * 1000


def test_rows_are_sorted_so_that_changes_are_easy_to_read(book):
    facts = list(book.facts)
    assert facts == sorted(facts, key=SORTED["facts"])
    assert list(book.sources) == sorted(book.sources)


@pytest.mark.parametrize("day", [date(2024, 12, 31), date(2025, 6, 30), date(2025, 12, 31)])
def test_the_past_knows_nothing_of_the_future(book, day):
    past = book.as_of(day)
    assert past.facts
    assert past.ties
    assert max(row.known for row in (*past.facts, *past.ties)) <= day
    assert set(past.facts) <= set(book.facts)
    assert Counter(tie.base_id for tie in past.ties).most_common(1)[0][1] == 1


def test_the_large_firms_have_a_trailing_year(book):
    for firm in ("nvidia", "microsoft", "alphabet", "amazon", "meta", "oracle", "coreweave"):
        assert trailing_year(book, firm, "revenue", book.date)


def test_every_tie_of_the_shipped_book_is_about_something(book):
    assert any(tie.status is Status.TERMINATED for tie in book.ties)
    assert len(book.current_ties) < len(book.ties)


def test_the_folder_reads_the_same_as_the_package(book):
    assert read_book(FOLDER).facts[0].key == book.facts[0].key
    assert book.folder == "books/ai"


def test_the_room_imports_nothing_heavy():
    heavy = ("numpy", "scipy", "numba", "rich", "click", "cardhouse.economy", "cardhouse.network")
    code = f"import sys, cardhouse.book; print([m for m in {heavy!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
