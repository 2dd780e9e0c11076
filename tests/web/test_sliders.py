"""Names of the sliders: what each moves, and whose it is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cardhouse.book import Book, embedded
from cardhouse.views.words import words
from cardhouse.web.api.sliders import assumptions_json, slider_ids


@pytest.fixture(scope="module")
def book() -> Book:
    whole = embedded()
    return whole.as_of(whole.date)


def names(book: Book, lang: str) -> dict[str, str]:
    return {one["id"]: one["name"] for one in assumptions_json(book, words(lang))}


def test_a_slider_says_whose_assumption_it_moves(book: Book) -> None:
    """A layer is told from a firm, as in the list of assumptions of the workbook and the report."""
    en, zh = names(book, "en"), names(book, "zh")
    assert list(en) == [ident for ident in slider_ids() if ident in en]
    assert en["layer-neocloud-growth-retention"] == "firms of the layer neocloud: growth that persists"
    assert zh["layer-neocloud-growth-retention"] == "新云层公司：持续的增长"
    assert en["nebius-operating-cash-margin"] == "Nebius: operating cash over revenue"
    assert zh["nebius-operating-cash-margin"] == "Nebius：经营现金占收入比例"


@pytest.mark.parametrize(
    ("lang", "subject", "whom"),
    [("en", "all", "all firms"), ("zh", "all", "全部公司"), ("en", "camp:openai", "firms of the camp openai")],
)
def test_of_all_firms_and_of_other_groups_a_slider_speaks_in_words(
    book: Book, lang: str, subject: str, whom: str
) -> None:
    ident = "nebius-operating-cash-margin"
    rows = tuple(replace(row, subject=subject) if row.id == ident else row for row in book.assumptions)
    assert names(replace(book, assumptions=rows), lang)[ident].startswith(whom)
