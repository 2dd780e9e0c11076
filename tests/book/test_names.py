"""What a person may type for a firm."""

from __future__ import annotations

import pytest

from cardhouse.errors import UnknownName


@pytest.mark.parametrize(
    "text",
    ["nvidia", "NVIDIA", " Nvidia ", "英伟达", "英偉達", "nvda", "ＮＶＤＡ", "NVDA  corp", "Ｎｖｉｄｉａ"],
)
def test_id_name_alias_and_ticker_in_any_case_and_width(make, text):
    assert make("").resolve(text).id == "nvidia"


def test_an_unknown_name_suggests_near_ones(make):
    with pytest.raises(UnknownName, match=r"no firm is called 'Orcale'; expected .*; did you mean oracle"):
        make("").resolve("Orcale")


def test_a_name_of_two_firms_asks_for_an_id(book):
    """
    firms.csv
    abc,Alphabet,,Google,cloud,independent,,,US,,
    ggl,Google,,,cloud,independent,,,US,,
    """
    with pytest.raises(UnknownName, match="say abc or ggl"):
        book.resolve("google")


def test_an_id_goes_before_the_name_of_another_firm_and_both_are_told(book, faults):
    """
    firms.csv
    google,Google Cloud,,,cloud,independent,,,US,,
    alphabet,Alphabet,,Google,cloud,independent,,,US,,
    """
    assert book.resolve("google").id == "google"
    assert [fault.check for fault in faults] == ["shared-name"]
