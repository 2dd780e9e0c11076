"""The report as a file: it asks nobody for anything, runs nothing, is small, and is the same every time."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from taken_apart import Page

from cardhouse.errors import InputError
from cardhouse.views.report import report
from cardhouse.views.report.build import plans
from cardhouse.views.words import words

CALLS = (
    "script",
    "link",
    "img",
    "iframe",
    "object",
    "embed",
    "audio",
    "video",
    "source",
    "form",
    "base",
    "image",
    "use",
)
"""Elements by which a page fetches or runs something (HTML, 4.8 and 4.12; SVG 2, 12)."""


def test_nothing_in_it_fetches_or_runs_anything(page):
    assert [tag for tag, _ in page.tags if tag in CALLS] == []
    for tag, attrs in page.tags:
        assert not [name for name in attrs if name.startswith("on") or name in ("src", "srcset", "data", "action")], tag
        for name in ("href", "xlink:href"):
            if name in attrs:
                assert tag == "a"
                assert re.match(r"#|https?://", attrs[name]), attrs[name]


def test_its_style_asks_for_nothing_either(text):
    style = text[text.index("<style>") : text.index("</style>")]
    assert "@import" not in text
    assert "url(" not in style
    assert set(re.findall(r"url\(([^)#])", text)) == set()


def test_a_browser_is_told_to_load_nothing(page):
    policy = next(a["content"] for a in page.all("meta") if a.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'")
    assert "script" not in policy


def test_it_is_far_smaller_than_five_megabytes(text):
    assert 100_000 < len(text.encode()) < 5_000_000


def test_no_id_stands_twice_and_what_refers_to_one_finds_it(page, text):
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    referred = set(re.findall(r"url\(#([^)]+)\)", text)) | {a["href"][1:] for a in page.all("a") if a["href"][0] == "#"}
    assert referred <= set(ids)


def test_all_sections_are_there_and_listed(page):
    wanted = [plan.key for plan in plans(words("en"))]
    assert [attrs["id"] for attrs in page.all("section")] == wanted
    assert [a["href"] for a in page.all("a")[: len(wanted)]] == [f"#{key}" for key in wanted]
    assert "cannot be told" not in "".join(page.sections.values())


def test_every_picture_is_told_in_words_and_every_table_has_its_standing(page, text, whole):
    figures = page.all("figure")
    assert len(figures) >= 15
    assert all(len(figure["aria-label"]) > 20 for figure in figures)
    lines = re.findall(r'<p class="standing">([^<]*)</p>', text)
    assert len(lines) == len(page.all("table"))
    for line in lines:
        assert re.search(r"book of 2\d{3}-|book, opening 2\d{3}-|known on", line), line


def test_nothing_stands_for_a_number_that_is_none(text):
    assert not re.search(r">(None|nan|inf|-inf)<", text)


def test_every_source_of_the_book_is_listed_with_its_address(page, whole):
    book = whole.as_of(whole.date)
    records = (book.facts, book.current_ties, book.terms, book.assumptions, book.rates)
    used = {book.sources[row.source].url for rows in records for row in rows if row.source}
    linked = {a["href"] for a in page.all("a")}
    assert {url for url in used if url.startswith("http")} <= linked


@pytest.mark.slow
def test_the_same_book_gives_the_same_bytes(whole, run, text):
    assert report(whole.as_of(whole.date), whole, words("en"), runs=[run]) == text


@pytest.mark.slow
def test_an_early_day_gives_what_was_known_and_reasons_for_the_rest(whole):
    """In 2023 the book has no firm that could be tested: sections give the reason, none is left out."""
    day = date(2023, 6, 30)
    early = report(whole.as_of(day), whole, words("en"))
    assert early.count("<section") == len(plans(words("en")))
    assert "cannot be told" in early
    assert "2026" not in early[early.index("<main>") : early.index('id="disputes"')]


@pytest.mark.slow
def test_a_name_that_is_markup_stays_a_name_everywhere(whole, run):
    """In tables, sentences, titles of charts and boxes of the map alike."""
    hostile = '<script>alert("x")</script><img src=//a.example onerror=alert(1)>'
    firms = {ident: replace(firm, name=hostile) if ident == "nvidia" else firm for ident, firm in whole.firms.items()}
    named = replace(whole, firms=firms)
    found = Page(report(named.as_of(whole.date), named, words("en"), runs=[run]))
    assert [tag for tag, _ in found.tags if tag in CALLS] == []
    assert "alert(" in found.sections["money"]


def test_without_its_drawing_program_it_says_what_to_install(whole, run, monkeypatch):
    from cardhouse.views import picture

    def missing():
        raise InputError("drawing pictures needs the extra 'report'; say: pip install 'cardhouse[report]'")

    monkeypatch.setattr(picture, "converter", missing)
    with pytest.raises(InputError, match=r"cardhouse\[report\]"):
        report(whole.as_of(whole.date), whole, words("en"), runs=[run])
