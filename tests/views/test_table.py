"""Tables as text: nothing wider than the page, wide Chinese characters counted as two, nothing cut off."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from cardhouse.views.table import Column, Kind, Table, billions, draw, paragraph, text


def widest(drawn):
    return max(cell_len(line) for line in drawn.split("\n"))


@pytest.mark.parametrize(
    ("million", "shown"),
    [(0, "–"), (1, "<0.1"), (-1, ">-0.1"), (50, "0.1"), (1234567, "1,234.6"), (-2500, "-2.5"), (49.9, "<0.1")],
)
def test_millions_are_shown_in_billions_with_one_digit(million, shown):
    assert billions(million) == shown


@pytest.mark.parametrize(
    ("value", "kind", "shown"),
    [
        (None, Kind.MONEY, ""),
        (0.256, Kind.PERCENT, "26%"),
        (12.0, Kind.PERCENT, ">999%"),
        (-12.0, Kind.PERCENT, "<-999%"),
        (1234.5, Kind.COUNT, "1,234"),
        (0.000123456, Kind.NUMBER, "0.000123456"),
        (date(2026, 9, 30), Kind.DATE, "2026-09-30"),
        ("[bold]x[/bold]", Kind.TEXT, "[bold]x[/bold]"),
    ],
)
def test_a_cell_is_drawn_by_its_kind(value, kind, shown):
    assert draw(value, kind) == shown


def test_a_table_on_paper():
    table = Table(
        "Title",
        (Column("firm", "firm"), Column("loss", "loss", Kind.MONEY), Column("share", "of cash", Kind.PERCENT)),
        (("Oracle", 3150.0, 0.085), ("AMD", None, None)),
        ("A note.",),
    )
    assert [line.split() for line in text(table).split("\n")] == [
        ["Title"],
        ["firm", "loss", "of", "cash"],
        ["─" * 21],
        ["Oracle", "3.1", "8%"],
        ["AMD"],
        ["A", "note."],
    ]


def test_chinese_names_take_two_columns_and_the_numbers_still_line_up():
    columns = (Column("firm", "公司"), Column("loss", "loss", Kind.MONEY))
    drawn = text(Table("", columns, (("阿里巴巴集团", 12000.0), ("Meta", 3000.0)))).split("\n")
    assert {cell_len(line) for line in drawn[2:]} == {cell_len(drawn[2])}
    assert "阿里巴巴集团" in drawn[2]


def test_a_long_word_runs_over_several_lines_and_loses_no_character():
    word = "openai-" * 40
    drawn = text(Table("", (Column("tie", "tie", wrap=True), Column("n", "n", Kind.COUNT)), ((word, 1.0),)))
    assert widest(drawn) <= 100
    assert "".join(line[:97].rstrip() for line in drawn.split("\n")[2:]).replace(" ", "").replace("1", "") == word


@pytest.mark.parametrize(
    "words", ["OpenAI -4.0, Anthropic -0.1 (-10.6), gh-crwv-10k", "甲骨文 -4.0、Anthropic -0.1（-10.6）"]
)
def test_a_sign_stays_on_the_line_of_its_number(words):
    """At every width that a column may have: no line ends in a sign, but for the hyphens inside an id."""
    column = (Column("parts", "p", wrap=True),)
    for width in range(12, 40):
        lines = [line.strip() for line in text(Table("", column, ((words,),)), width=width).split("\n")[2:]]
        assert not [line for line in lines if line.endswith((" -", "(-", "（-")) or line == "-"]
        assert all(number in " ".join(lines) for number in ("-4.0", "-0.1", "-10.6"))


def test_markup_in_a_name_is_shown_as_it_is():
    assert "[red]Evil[/red]" in text(Table("", (Column("a", "a"),), (("[red]Evil[/red]",),)))
    assert paragraph("see [link=x]this[/link]") == "see [link=x]this[/link]"


def test_a_paragraph_keeps_the_indentation_of_lines_that_run_over():
    lines = paragraph("    " + "word " * 60, width=60).split("\n")
    assert len(lines) > 4
    assert all(line.startswith("    word") and cell_len(line) <= 60 for line in lines)


WORDS = st.text(st.sampled_from("ab é-/.中文阿里"), max_size=120)
CELLS = {
    Kind.TEXT: WORDS,
    Kind.MONEY: st.none() | st.floats(-1e7, 1e7),
    Kind.PERCENT: st.none() | st.floats(-50, 50),
    Kind.COUNT: st.integers(0, 10**6),
}


@st.composite
def tables(draw_from):
    kinds = [Kind.TEXT, *draw_from(st.lists(st.sampled_from(sorted(CELLS)), max_size=5))]
    columns = tuple(
        Column(f"c{i}", draw_from(st.sampled_from(["x", "of cash", "who is hit most", "金额"])), k, wrap=k is Kind.TEXT)
        for i, k in enumerate(kinds)
    )
    rows = draw_from(st.lists(st.tuples(*(CELLS[k] for k in kinds)), max_size=4))
    return Table(draw_from(st.sampled_from(["", "Title"])), columns, tuple(rows), ("Note.",))


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(tables())
def test_no_table_is_wider_than_the_page(table):
    assert widest(text(table, width=100)) <= 100


@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(tables())
def test_records_are_json_with_one_key_a_column(table):
    records = json.loads(json.dumps(table.records(), allow_nan=False))
    assert all(list(record) == [c.key for c in table.columns] for record in records)
    assert len(records) == len(table.rows)
