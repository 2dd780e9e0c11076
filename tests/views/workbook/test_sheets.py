"""Sheets of the workbook: what is in them, how they are laid out, and that no text of a book becomes anything else."""

from __future__ import annotations

import gettext
import re
import zipfile
from dataclasses import replace
from datetime import date, datetime
from io import BytesIO

import openpyxl
import pytest

from cardhouse.book import embedded
from cardhouse.economy.many.clusters import Middle, bounds
from cardhouse.economy.many.results import Default, When
from cardhouse.economy.opening import open_book
from cardhouse.economy.required import Terms, required_revenue
from cardhouse.lenses.accounts import restate
from cardhouse.views.words import Words, words
from cardhouse.views.workbook import paper as papers
from cardhouse.views.workbook import workbook
from cardhouse.views.workbook.needed import ENDS
from cardhouse.views.workbook.paper import Field, Form, lines, paper
from cardhouse.views.workbook.ran import ran
from cardhouse.views.workbook.rows import chosen, firms

DAY = date(2026, 10, 8)
HOSTILE = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "{=1}",
    '=HYPERLINK("http://x","y")',
    "=cmd|' /C calc'!A0",
    "\t=1",
    "0012",
    "1E5",
)


def saved(rows, form=Form.TEXT, title="a"):
    """The bytes of a workbook with one sheet of one column."""
    target = BytesIO()
    made = paper(target, words("en"), DAY)
    made.grid(made.sheet("One"), [Field(title, form)], rows)
    made.file.close()
    return BytesIO(target.getvalue())


def written(rows, form=Form.TEXT, title="a"):
    """The same, read back."""
    return openpyxl.load_workbook(saved(rows, form, title))["One"]


def test_no_text_becomes_a_formula_or_a_number():
    sheet = written([(text,) for text in HOSTILE])
    cells = [sheet.cell(row, 1) for row in range(2, 2 + len(HOSTILE))]
    assert [(cell.value, cell.data_type) for cell in cells] == [(text, "s") for text in HOSTILE]


def test_what_xml_cannot_hold_is_written_as_the_office_formats_write_it():
    """ECMA-376, 22.9.2.19: such a character stands as ``_xHHHH_``, and a text that looks so as ``_x005F_xHHHH_``."""
    texts = ["a\x01b", "\x0b=1+1", "\ufffe", "_x0041_"]
    with zipfile.ZipFile(saved([(text,) for text in texts])) as file:
        found = re.findall("<t>(.*?)</t>", file.read("xl/sharedStrings.xml").decode())
    assert [re.sub("_x([0-9A-F]{4})_", lambda m: chr(int(m[1], 16)), text) for text in found] == ["a", *texts]


def test_a_cell_without_a_text_is_empty():
    """Filters offer it among the blanks, and a text to the left may run over it."""
    assert written([("",)]).cell(2, 1).data_type == "n"
    assert written([("",)]).cell(2, 1).value is None


@pytest.mark.parametrize(
    ("text", "width", "count"),
    [("", 5, 1), ("ab cd", 5, 1), ("ab cde", 5, 2), ("abcdefghijk x", 5, 3), ("a b c d", 3, 2), ("中文字", 4, 2)],
)
def test_a_text_takes_as_many_lines_as_one_counts_by_hand(text, width, count):
    assert lines(text, width) == count


def test_a_row_is_as_high_as_its_text_and_its_head():
    """A line of 20 holds ``word`` four times, so nine take three lines of 15 points; the head has three less: two."""
    sheet = written([("word " * 8 + "word",), ("word",)], title="nineteen characters")
    assert [sheet.row_dimensions[row].height for row in (1, 2)] == [30.0, 45.0]
    assert sheet.row_dimensions[3].height in (None, 15.0)


def test_no_row_is_higher_than_excel_allows():
    """Microsoft, specifications and limits: 409 points."""
    assert 400.0 < written([("word " * 500,)]).row_dimensions[2].height <= 409.0


@pytest.mark.parametrize(
    ("address", "linked"),
    [
        ("https://www.sec.gov/x?a=1&b=2", True),
        ("http://a.example", True),
        ("javascript:alert(1)", False),
        ("file:///etc/passwd", False),
        ("internal:One!A1", False),
        ("https://a.example/" + "x" * 3_000, False),
        ("https://a.example/" + '"' * 700, False),  # 2,118 characters where a quotation mark is written %22
        ("", False),
    ],
)
def test_only_web_addresses_become_links(address, linked):
    cell = written([(address,)], Form.LINK).cell(2, 1)
    assert (cell.hyperlink is not None) is linked
    assert (cell.value or "") == address


def test_links_beyond_what_a_sheet_may_hold_stay_texts(monkeypatch):
    monkeypatch.setattr(papers, "MOST_LINKS", 2)
    sheet = written([(f"https://a.example/{n}",) for n in range(4)], Form.LINK)
    assert [sheet.cell(row, 1).hyperlink is not None for row in range(2, 6)] == [True, True, False, False]
    assert sheet.cell(5, 1).value == "https://a.example/3"


def test_a_text_longer_than_a_cell_is_cut_with_a_mark():
    text = written([("x" * 40_000,)]).cell(2, 1).value
    assert len(text) == 32_767
    assert text.endswith("…")


def test_every_table_has_frozen_heads_a_filter_and_the_books_day_in_its_foot(sheets, book):
    for sheet in sheets.file:
        assert str(book.date) in sheet.oddFooter.left.text
        assert sheet.page_setup.orientation == "landscape"
        if sheet.title not in ("Read me", "Pull", "Need"):
            assert sheet.freeze_panes
            assert sheet.auto_filter.ref


def test_the_sheets_stand_in_the_order_of_the_first_one(sheets):
    names = sheets.file.sheetnames
    told = [row[0].value for row in sheets.file["Read me"].iter_rows(min_row=3, max_col=1)]
    assert names[0] == "Read me"
    assert [name for name in names[1:] if name not in told] == []


def test_every_figure_in_use_is_there_once_with_its_source_and_address(sheets, book):
    rows = list(sheets.file["Facts"].iter_rows(min_row=2))
    figures = list(chosen(book))
    assert len(rows) == len(figures)
    for row, fact in zip(rows[::97], figures[::97], strict=True):
        assert row[5].value == fact.value
        assert row[8].value == fact.source
        url = book.sources[fact.source].url
        assert (row[14].hyperlink.target if row[14].hyperlink else "") == (url if url.startswith("http") else "")
        assert row[4].value.date() == fact.end


def test_money_of_the_facts_is_also_in_dollars(sheets, book):
    rows = list(sheets.file["Facts"].iter_rows(min_row=2))
    yuan = [(row, f) for row, f in zip(rows, chosen(book), strict=True) if f.unit == "CNY_million"]
    assert yuan
    for row, fact in yuan:
        assert row[7].value == pytest.approx(book.usd(fact))
        assert abs(row[7].value) <= abs(fact.value)  # a yuan is less than a dollar


def test_a_tie_says_what_has_become_of_it_and_an_unpublished_amount_is_no_zero(sheets, book):
    rows = {row[0].value: row for row in sheets.file["Ties"].iter_rows(min_row=2)}
    assert len(rows) == len(book.current_ties)
    for tie in book.current_ties:
        row = rows[tie.id]
        assert row[8].value in ("paid", "binding", "reported", "letter", "lapsed")
        assert row[4].value == (tie.amount if tie.amount is not None else "not published")


def falls(sheet):
    """Rows of the sheet Run by firm, each its cells by the heads of their columns, and the notes above them."""
    lines = list(sheet.iter_rows())
    top = next(i for i, line in enumerate(lines) if line[0].value == "firm")
    heads = [cell.value for cell in lines[top]]
    rows = {line[0].value: dict(zip(heads, line, strict=True)) for line in lines[top + 1 :]}
    return rows, [line[0].value for line in lines[1:top] if line[0].value]


def shown(row, *heads):
    """What stands in some cells of a row; of a date its day."""
    values = [row[head].value for head in heads]
    return tuple(value.date() if isinstance(value, datetime) else value for value in values)


DATES = ("median", "median, 95% interval from", "median, 95% interval to", "10% of the falls by", "90% of the falls by")


@pytest.fixture(scope="module")
def hundred(run):
    """A run of 100 paths: one firm never falls, one always, one in half of them, one is pulled, one in two of them."""
    known = When(1, 3, 6, Middle(0.25, 2, 4))
    half = Default("half", True, 50, 0, 3, 0.5, 0.05, None, None, (0.5,), known, (("markets", 1.0),))
    none, whole = bounds(0, 100)[1], bounds(100, 100)[0]
    cases = (
        half,
        replace(half, node="never", falls=0, probability=0.0, error=0.0, most=none, when=None, causes=()),
        replace(half, node="always", falls=100, probability=1.0, error=0.0, least=whole),
        replace(half, node="card", falls=100, pulled=100, probability=1.0, error=0.0, causes=()),
        replace(half, node="rare", falls=2, probability=0.02, error=0.014, when=replace(known, known=None)),
    )
    ends = run.rests.quarters
    defaults = tuple(replace(d, by_quarter=(d.probability,) * len(ends)) for d in cases)
    rests = replace(run.rests, paths=100, clusters=16)
    target = BytesIO()
    made = paper(target, words("en"), DAY)
    ran(made, replace(run, defaults=defaults, fans={}, names={}, rests=rests), 0)
    made.file.close()
    return openpyxl.load_workbook(BytesIO(target.getvalue()))["Run"]


def test_the_run_holds_the_probabilities_dates_and_all_fans(sheets, run):
    """The run itself, as ``cardhouse run`` tells it."""
    rows, notes = falls(sheets.file["Run"])
    assert "10,000 paths" in notes[0]
    ends = run.rests.quarters
    for d in run.defaults:
        row = rows[run.name(d.node)]
        probability, *limits = shown(row, "falls", "at least", "at most")
        assert probability == pytest.approx(d.probability)
        assert limits == [end if end is None else pytest.approx(end) for end in (d.least, d.most)]
        assert shown(row, f"by {words('en').quarter(ends[-1])}")[0] == pytest.approx(d.by_quarter[-1])
        assert shown(row, "median")[0] == (ends[d.when.middle] if d.when else "none")
    fans = sum(len(one) for one in run.fans.values())
    assert sheets.file["Fans"].max_row == 1 + fans * len(ends)


def test_a_bound_stands_in_place_of_an_error_where_no_path_falls_or_every_path(hundred):
    """Of 100 paths 1 - 0.05^(1/100) = 2.95 %; an error of nothing would say that the probability is known."""
    rows, _ = falls(hundred)
    told = {firm: shown(row, "falls", "standard error", "at least", "at most") for firm, row in rows.items()}
    assert told["half"] == (0.5, 0.05, None, None)
    assert told["never"] == (0.0, None, None, pytest.approx(0.02951, abs=1e-5))
    assert told["always"] == (1.0, None, pytest.approx(0.97049, abs=1e-5), None)
    assert told["card"] == ("pulled", None, None, None)
    assert shown(rows["half"], "reorganised, paths") == (3,)


def test_a_median_date_has_its_error_where_enough_fall_to_tell(hundred, run):
    rows, _ = falls(hundred)
    ends = run.rests.quarters
    assert shown(rows["half"], "error of the median, quarters", *DATES) == (
        *(0.25, ends[3], ends[2], ends[4], ends[1], ends[6]),
    )
    assert shown(rows["rare"], "error of the median, quarters", *DATES) == (None, ends[3], None, None, ends[1], ends[6])
    assert shown(rows["never"], "error of the median, quarters", *DATES) == (None, "none", None, None, "none", "none")


def test_what_few_paths_leave_open_is_said_above_the_run(hundred, run):
    _, notes = falls(hundred)
    assert "no path: the probability is below 3%; in every path: above 97% (with 95% confidence" in notes[1]
    assert notes[2].startswith("Standard errors: of independent paths. That of the median is not told where fewer than")
    assert "that standard errors rest on: 16." in notes[3]


def test_a_small_probability_is_shown_with_its_digits(hundred):
    """0.03 % would be 0.0 % with one digit, and 99.97 % would be all."""
    rows, _ = falls(hundred)
    small, large, else_ = rows["never"]["at most"].number_format.split(";")
    assert small.startswith("[<0.001]0.0###")
    assert large.startswith("[>0.999]0.0###")
    assert else_ == "0.0%"


def test_a_cell_to_change_takes_only_what_the_engine_takes(sheets):
    rules = {}
    for sheet in ("Pull", "Restate", "Need"):
        for rule in sheets.file[sheet].data_validations.dataValidation:
            for area in rule.sqref.ranges:
                rules |= {(sheet, row, column): rule for row, column in area.cells}
    named = [name for name in sheets.file.defined_names if name.startswith(("pull_sev", "restate_life", "need_"))]
    assert len(named) == 8
    for name in named:
        ((sheet, place),) = sheets.file.defined_names[name].destinations
        cell = sheets.file[sheet][place.replace("$", "")]
        rule = rules[sheet, cell.row, cell.column]
        assert rule.type == "decimal"
        assert float(rule.formula1) <= sheets.value(sheet, cell.coordinate) <= float(rule.formula2)
        assert f"{float(rule.formula1):g}" in rule.error
    for ends in zip(*ENDS, strict=True):
        assert required_revenue(Terms(*ends)) >= 0.0


def test_a_firm_whose_spending_is_fitted_says_in_what_its_charges_are(sheets, book):
    """Their computed charges are no dollars, though the sheet is in USD million."""
    kinds = {row[0].value: row[2].value for row in sheets.file["Vintages"].iter_rows(min_row=2)}
    rows = {row[1].value: row for row in sheets.file["Restate"].iter_rows(min_row=8) if row[1].value}
    assert set(rows) == set(kinds)
    assert {f for f, kind in kinds.items() if kind == "fitted"}
    for firm, row in rows.items():
        assert ("newest quarter" in (row[22].value or "")) is (kinds[firm] == "fitted"), firm
    silent = [f.firm for f in restate(book).firms if f.firm not in rows]
    assert all(book.firms[firm].name in sheets.file["Restate"]["A6"].value for firm in silent)


@pytest.mark.parametrize(
    ("lang", "reason"), [("en", "no figure for cash and investments"), ("zh", "没有现金及短期投资")]
)
def test_why_a_firm_is_not_tested_is_told_in_words(book, lang, reason):
    target = BytesIO()
    made = paper(target, words(lang).about(book), DAY)
    firms(made, open_book(book))
    made.file.close()
    (sheet,) = openpyxl.load_workbook(BytesIO(target.getvalue()))
    told = {row[0].value: row[5].value for row in sheet.iter_rows(min_row=2)}
    assert told["apple"].startswith(reason)
    assert not [text for text in told.values() if "_" in text]


@pytest.mark.slow
def test_the_same_book_gives_the_same_bytes(data, book, run):
    assert workbook(book, "openai", words("en"), runs=[run]) == data


@pytest.mark.slow
def test_names_are_chinese_where_the_language_is():
    whole = embedded()
    zh = Words("zh", gettext.NullTranslations())
    made = openpyxl.load_workbook(BytesIO(workbook(whole.as_of(whole.date), "oracle", zh)))
    assert "甲骨文" in {row[0].value for row in made["Ranking"].iter_rows(min_row=5)}


@pytest.mark.slow
def test_an_early_book_gives_what_it_can_and_says_what_is_missing():
    early = openpyxl.load_workbook(BytesIO(workbook(embedded().as_of(date(2024, 12, 31)), "coreweave", words("en"))))
    assert {"Facts", "Ties", "Pull", "Ranking"} <= set(early.sheetnames)
    assert "2024-12-31" in [row[1].value for row in early["Read me"].iter_rows(min_row=3, max_col=2)]
