"""A user's rows over the shipped ones."""

from __future__ import annotations

import time

import pytest

from cardhouse.book import read_book
from cardhouse.errors import BookError

BASE = """
    facts.csv
    nvidia,total_debt,,,2025-03-31,100,USD_million,tenq,2025-05-01,high,
    nvidia,total_debt,,,2025-06-30,110,USD_million,tenq,2025-08-01,high,
    ties.csv
    deal,purchase,openai,oracle,100,USD_million,,,2025-01-10,,,announced,planned,yes,wire,2025-01-10,low,
    terms.csv
    deal,schedule,2026-01-01,2026-12-31,60,USD_million,wire,,2025-01-10
    deal,schedule,2027-01-01,2027-12-31,40,USD_million,wire,,2025-01-10
    deal,take_or_pay,,,1,fraction,wire,,2025-01-10
    assumptions.csv
    life,all,life,3,5,6,years,,,2025-01-01,,because
    rates.csv
    CNY,,2025-03-31,0.14,wire,2025-03-31,
    """


def test_rows_with_the_same_id_replace_in_place(make):
    book = make(
        BASE,
        overlay="""
        firms.csv
        openai,OpenAI Group,,,model,openai,,,US,,my own
        myfund,My Fund,,,capital,world,,,,,
        ties.csv
        deal,purchase,openai,oracle,70,USD_million,,,2025-01-10,,,binding,active,yes,wire,2025-01-10,low,
        assumptions.csv
        life,all,life,2,3,4,years,,,2025-01-01,,my own
        """,
    )
    assert list(book.firms)[:3] == ["nvidia", "openai", "oracle"]
    assert (book.firms["openai"].name, "myfund" in book.firms) == ("OpenAI Group", True)
    assert [(tie.id, tie.amount) for tie in book.ties] == [("deal", 70.0)]
    assert book.assume("life", "all").central == 3.0
    assert book.firms["openai"].where.file.endswith("mine/firms.csv")


def test_facts_of_the_same_key_replace_whatever_their_source(make):
    book = make(
        BASE,
        overlay="""
        sources.csv
        mine,My notes,,2025-06-01,,memory
        facts.csv
        nvidia,total_debt,,,2025-03-31,999,USD_million,mine,2025-06-01,low,
        """,
    )
    assert [fact.value for fact in book.chosen("nvidia", "total_debt")] == [999.0, 110.0]
    assert book.conflicts() == ()


def test_terms_replace_those_of_the_same_tie_and_word(make):
    book = make(BASE, overlay="terms.csv\ndeal,schedule,2026-01-01,2028-12-31,90,USD_million,,stretched,2025-01-10")
    assert [(term.term, term.value) for term in book.terms] == [("take_or_pay", "1"), ("schedule", "90")]


def test_rates_of_the_same_key_replace(make):
    book = make(
        BASE,
        overlay="rates.csv\nCNY,,2025-03-31,0.15,gone,2025-03-31,\nCNY,,2025-06-30,0.16,gone,2025-06-30,",
    )
    assert [rate.usd for rate in book.rates] == [0.15, 0.16]


def test_faults_of_an_overlay_carry_its_own_path_and_line(make, tmp_path):
    book = make(BASE, overlay="facts.csv\nnvidia,total_dept,,,2025-03-31,999,USD_million,tenq,2025-06-01,low,")
    (fault,) = [fault for fault in book.faults if fault.severity == "error"]
    assert str(fault.where) == f"{tmp_path}/mine/facts.csv:2"
    assert book.rows["facts.csv"] == (2, 0)
    assert book.rows[f"{tmp_path}/mine/facts.csv"] == (1, 1)


def test_a_broken_row_of_an_overlay_leaves_the_shipped_row_standing(make):
    book = make(
        BASE,
        overlay="""
        firms.csv
        oracle,Oracle,,,clowd,openai,,,US,,
        facts.csv
        nvidia,total_debt,,,2025-03-31,999,USD_million,nowhere,2025-06-01,low,
        ties.csv
        deal,purchase,openai,nobody,70,USD_million,,,2025-01-10,,,binding,active,yes,wire,2025-01-10,low,
        """,
    )
    assert [fact.value for fact in book.chosen("nvidia", "total_debt")] == [100.0, 110.0]
    assert [tie.amount for tie in book.ties] == [100.0]
    assert book.firms["oracle"].layer == "cloud"
    assert [fault.check for fault in book.faults if fault.severity == "error"] == [
        "read",
        "unknown-source",
        "unknown-firm",
    ]


def test_a_row_that_leans_on_a_broken_row_of_the_overlay_is_told_so(make):
    book = make(
        BASE,
        overlay="""
        ties.csv
        new,purchase,openai,nobody,70,USD_million,,,2025-01-10,,,binding,active,yes,wire,2025-01-10,low,
        terms.csv
        new,cap,,,70,USD_million,wire,,2025-01-10
        """,
    )
    errors = [fault for fault in book.faults if fault.severity == "error"]
    assert [fault.check for fault in errors] == ["unknown-firm", "unknown-tie"]
    assert "mine/ties.csv:2" in errors[1].problem


def test_an_overlay_without_any_file_is_refused(tmp_path, writer):
    (tmp_path / "empty").mkdir()
    with pytest.raises(BookError, match="no file of a book"):
        read_book(writer(tmp_path / "book", BASE), overlay=tmp_path / "empty")


def test_a_book_over_itself_is_the_same_book(tmp_path, writer):
    folder = writer(tmp_path / "book", BASE)
    alone, twice = read_book(folder), read_book(folder, overlay=folder)
    for name in ("facts", "ties", "terms", "assumptions", "rates", "firms", "sources"):
        assert getattr(alone, name) == getattr(twice, name)
    assert alone.faults == twice.faults


def test_many_broken_rows_stay_quick(tmp_path, writer):
    row = "deal-{n},purchase,openai,nobody,70,USD_million,,,2025-01-10,,,binding,active,yes,wire,2025-01-10,low,"
    ties = "\n".join(row.format(n=n) for n in range(10_000))
    terms = "\n".join(f"deal-{n},cap,,,70,USD_million,wire,,2025-01-10" for n in range(10_000))
    mine = writer(tmp_path / "mine", f"ties.csv\n{ties}\nterms.csv\n{terms}", defaults=False)
    begin = time.perf_counter()
    book = read_book(writer(tmp_path / "book", BASE), overlay=mine)
    assert time.perf_counter() - begin < 10
    assert sum(fault.severity == "error" for fault in book.faults) == 20_000
