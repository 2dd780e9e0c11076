"""Who is meant: a firm of the book, a ticker, a number."""

from __future__ import annotations

import pytest

from cardhouse.errors import InputError, UnknownName
from cardhouse.sources import filer as module
from cardhouse.sources.filer import find_filer

CIKS = {"CRWV": 1769628, "ORCL": 1341439, "GOOGL": 1652044, "GOOG": 1652044, "BBAI": 1836981}


@pytest.fixture(autouse=True)
def _tickers(monkeypatch) -> None:
    """A short list of the SEC's tickers instead of the library's."""
    monkeypatch.setattr(module, "find_cik", lambda ticker: CIKS.get(ticker.strip().upper()))
    monkeypatch.setattr(module, "find_ticker", lambda cik: next((t for t, c in CIKS.items() if c == cik), ""))


@pytest.mark.parametrize(
    "text", ["oracle", "ORCL", "orcl", "Oracle", "甲骨文", "1341439", "0001341439", "CIK0001341439"]
)
def test_all_names_of_a_firm_lead_to_its_number(book, text) -> None:
    found = find_filer(book, text)
    assert (found.cik, found.entity, found.short) == (1341439, "oracle", "orcl")


def test_another_ticker_of_the_same_filer_is_the_firm_of_the_book(book) -> None:
    found = find_filer(book, "GOOG")
    assert (found.entity, found.short) == ("alphabet", "googl")


def test_a_ticker_or_number_that_the_book_does_not_have_makes_its_own_id(book) -> None:
    assert find_filer(book, "BBAI").entity == "bbai"
    assert find_filer(book, "1836981").entity == "bbai"
    assert find_filer(book, "42").entity == "cik42"
    assert find_filer(book, "BBAI").firm is None


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("openai", InputError, "no ticker in firms.csv.*give its CIK"),
        ("tencent", InputError, "0700.HK.*SEC's list"),
        ("nvida", UnknownName, "did you mean nvidia.*nor is it a ticker"),
        ("a whole sentence", UnknownName, "nor is it a ticker"),
        ("0", UnknownName, "nor is it a ticker"),
        ("", UnknownName, "nor is it a ticker"),
        ("../../x", UnknownName, "nor is it a ticker"),
    ],
)
def test_who_cannot_be_found_is_said_with_what_to_do(book, text, error, words) -> None:
    with pytest.raises(error, match=words):
        find_filer(book, text)
