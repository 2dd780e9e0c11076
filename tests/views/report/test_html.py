"""Tables and pictures as HTML: whatever a book says stays text."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from cardhouse.views.picture import Caption
from cardhouse.views.report.html import picture_html, section_html, table_html
from cardhouse.views.report.parts import Entry, Listed, Section
from cardhouse.views.table import Column, Kind, Table
from cardhouse.views.words import words

T = words("en")
HOSTILE = '<script>alert("1")</script>&"\''


@dataclass(frozen=True)
class Drawn:
    """A picture of two rectangles, one of which clips the other."""

    body: str = ""
    title: str = "Two"
    alt: str = HOSTILE

    @property
    def caption(self) -> Caption:
        return Caption("", "", "", "")

    def svg(self) -> str:
        return (
            '<svg><defs><clipPath id="clip0"/><marker id="to"/></defs><g clip-path="url(#clip0)" '
            'marker-end="url(#to)"><use href="#clip0"/></g></svg>'
        )

    def png(self, *, scale: float = 1.0) -> bytes:
        return b""


def test_whatever_a_cell_a_head_a_note_or_a_title_holds_is_text():
    drawn = table_html(Table(HOSTILE, (Column("a", HOSTILE),), ((HOSTILE,),), (HOSTILE,)), T, caption=HOSTILE)
    assert "<script" not in drawn
    assert '"1"' not in drawn
    assert drawn.count("&lt;script&gt;") == 6  # the title stands twice: above, and for screen readers


def test_whatever_a_section_holds_is_text():
    blocks = (HOSTILE, (HOSTILE,), Listed(HOSTILE, (Entry(HOSTILE, 'https://a/"><b>', HOSTILE),)))
    drawn = section_html(Section("key", HOSTILE, blocks), T)
    assert "<script" not in drawn
    assert "<b>" not in drawn
    assert 'href="https://a/&quot;&gt;&lt;b&gt;"' in drawn


@pytest.mark.parametrize(
    ("value", "kind", "shown"),
    [
        (1234567.0, Kind.MONEY, "1,234.6"),
        (0, Kind.MONEY, "–"),
        ("n/a", Kind.MONEY, "n/a"),
        (None, Kind.TEXT, "–"),
        (0.256, Kind.PERCENT, "26%"),
    ],
)
def test_cells_are_drawn_as_their_column_says(value, kind, shown):
    assert f">{shown}<" in table_html(Table("", (Column("a", "a"), Column("b", "b", kind)), (("x", value),)), T)


def test_two_pictures_with_the_same_ids_do_not_take_each_others():
    """Ids are of the whole page (HTML, 3.2.6): url(#clip0) would be the first picture's in both."""
    a, b = picture_html(Drawn(), "one"), picture_html(Drawn(), "two")
    assert 'id="one-0"' in a
    assert "url(#one-0)" in a
    assert "url(#one-1)" in a
    assert 'href="#one-0"' in a
    assert "clip0" not in a + b
    assert a.replace("one-", "two-") == b


def test_what_a_picture_shows_is_told_in_words():
    assert 'aria-label="&lt;script&gt;' in picture_html(Drawn(), "one")
