"""Sheets of a workbook: typed columns, formats, links, cells to change, and print set-up, the same on every sheet.

Texts are always written as texts, so that nothing in a book becomes a formula; a formula is written with its result,
so that a program that does not compute shows numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from rich.cells import cell_len

from cardhouse.economy.figure import shares
from cardhouse.views.words import Words

MOST_LINKS = 65_530
"""Links that Excel allows on a sheet."""
LONGEST_LINK = 690
"""Characters of an address: Excel reads 2,079, and each may be written as three (``%22``)."""
LONGEST_TEXT = 32_767
A4 = 9
LINE, TALL_LINE, HIGHEST = 15.0, 18.0, 409.0
"""Points of a line of text, of one in Chinese, whose letters are taller, and of the highest row that Excel allows."""
BUTTON, INDENT = 3, 2
"""Characters of a head that the button of its filter covers, and the steps of indent that keep clear of it."""


class Form(StrEnum):
    """What a column holds; decides how a cell is written and shown.

    ``TEXT`` breaks its lines; ``LONG`` is for the last column of a sheet, whose texts run on to the right. ``CHANCE``
    is a share that keeps its digits where it is close to nothing or to all.
    """

    TEXT = "text"
    LONG = "long"
    LINK = "link"
    DATE = "date"
    COUNT = "count"
    NUMBER = "number"
    MONEY = "money"
    SHARE = "share"
    CHANCE = "chance"
    TIMES = "times"
    FACTOR = "factor"


SHOWN = {
    Form.DATE: "yyyy-mm-dd",
    Form.COUNT: "#,##0",
    Form.NUMBER: "General",
    Form.MONEY: "#,##0;[Red]-#,##0;0",
    Form.SHARE: "0.0%",
    Form.CHANCE: "[<0.001]0.0####%;[>0.999]0.0####%;0.0%",
    Form.TIMES: "#,##0.00",
    Form.FACTOR: "0.0000",
}
"""Number formats."""
NUMBERS = frozenset(SHOWN) - {Form.DATE}
"""Forms that stand at the right, a blank away from what follows, and their heads with them."""
WIDTHS = {
    Form.TEXT: 20,
    Form.LONG: 60,
    Form.LINK: 40,
    Form.DATE: 11,
    Form.COUNT: 9,
    Form.MONEY: 14,
    Form.SHARE: 10,
    Form.CHANCE: 10,
}
WIDTH = 12


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a sheet; ``width`` in characters, that of its form where nothing is said."""

    title: str
    form: Form = Form.TEXT
    width: int = 0

    @property
    def wide(self) -> int:
        """Characters that it is wide."""
        return self.width or WIDTHS.get(self.form, WIDTH)


@dataclass(frozen=True, slots=True)
class Formula:
    """A live formula and the number that it gives as the workbook is written."""

    text: str
    value: float | str


Cell = str | float | int | date | Formula | None


@dataclass(slots=True)
class Paper:
    """A workbook being written.

    Attributes
    ----------
    file : of XlsxWriter. book_date : stands in the foot of every sheet.
    formats : by form, and by form with a mark for cells that may be changed. heads : by whether numbers follow.
    bold : of titles. label : of words before a number. note : of sentences.
    """

    file: Any
    t: Words
    book_date: date
    formats: Mapping[tuple[str, bool], Any]
    heads: Mapping[bool, Any]
    bold: Any
    label: Any
    note: Any
    links: dict[str, int] = field(default_factory=dict)

    @property
    def line(self) -> float:
        """Points of a line of text in the language of the workbook."""
        return TALL_LINE if self.t.lang == "zh" else LINE

    def high(self, sheet: Any, row: int, count: int) -> None:
        """Make a row as high as so many lines of text."""
        sheet.set_row(row, min(self.line * count, HIGHEST))

    def sheet(self, name: str) -> Any:
        """A new sheet, set up to be printed on A4 across, as wide as the paper."""
        made = self.file.add_worksheet(name)
        made.set_default_row(self.line)
        made.set_landscape()
        made.set_paper(A4)
        made.fit_to_pages(1, 0)
        made.set_margins(0.4, 0.4, 0.6, 0.6)
        made.set_footer(f"&L{self.t('book of {date}', date=self.book_date)}&C&A&R&P / &N")
        return made

    def head(self, sheet: Any, row: int, fields: Sequence[Field]) -> None:
        """Heads of columns, in a row that is high enough for them; a column without a title stays empty."""
        for column, one in enumerate(fields):
            sheet.set_column(column, column, one.wide)
            if one.title:
                sheet.write_string(row, column, one.title, self.heads[one.form in NUMBERS])
        self.high(sheet, row, max(lines(one.title, one.wide - BUTTON) for one in fields if one.title))

    def grid(self, sheet: Any, fields: Sequence[Field], rows: Iterable[Sequence[Cell]], *, top: int = 0) -> int:
        """A table with its heads frozen and a filter; the row below its last.

        Parameters
        ----------
        top : row of the heads, from 0.
        """
        self.head(sheet, top, fields)
        last = top
        for last, row in enumerate(rows, top + 1):
            count = 1
            for column, (value, one) in enumerate(zip(row, fields, strict=True)):
                self.put(sheet, last, column, value, one.form)
                if one.form is Form.TEXT and isinstance(value, str):
                    count = max(count, lines(value, one.wide))
            if count > 1:
                self.high(sheet, last, count)
        sheet.freeze_panes(top + 1, 1)
        sheet.repeat_rows(top)
        sheet.autofilter(top, 0, max(last, top + 1), len(fields) - 1)
        sheet.print_area(0, 0, max(last, top + 1), len(fields) - 1)  # texts that run on would shrink the page
        sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})  # tickers, days of a year
        return last + 1

    def put(
        self, sheet: Any, row: int, column: int, value: Cell, form: Form = Form.TEXT, *, free: bool = False
    ) -> None:
        """Write a cell by what it is; ``free`` marks one that may be changed."""
        shape = self.formats[form.value, free]
        match value:
            case None | "":
                sheet.write_blank(row, column, None, shape)
            case Formula():
                sheet.write_formula(row, column, value.text, shape, value.value)
            case date():
                sheet.write_datetime(row, column, value, self.formats[Form.DATE.value, free])
            case str() if form is Form.LINK and self._links(sheet, value):
                sheet.write_url(row, column, value, shape, value[:LONGEST_TEXT])
            case str():
                sheet.write_string(row, column, _cut(value), shape)
            case _:
                sheet.write_number(row, column, value, shape)

    def _links(self, sheet: Any, address: str) -> bool:
        """Whether an address may become a link; counts those of a sheet."""
        if not address.startswith(("https://", "http://")) or len(address) > LONGEST_LINK:
            return False
        count = self.links.get(sheet.name, 0)
        self.links[sheet.name] = count + 1
        return count < MOST_LINKS

    def limit(self, sheet: Any, first: tuple[int, int], last: tuple[int, int], least: float, most: float) -> None:
        """Let cells be changed to numbers between two ends only, and say so to who writes something else."""
        said = self.t("Expected a number from {least} to {most}.", least=f"{least:,.10g}", most=f"{most:,.10g}")
        rule = {"validate": "decimal", "criteria": "between", "minimum": least, "maximum": most, "error_message": said}
        sheet.data_validation(*first, *last, rule)

    def name(self, name: str, sheet: Any, first: tuple[int, int], last: tuple[int, int] | None = None) -> None:
        """Give a cell, or a range, a name that formulas can use."""
        self.file.define_name(name, f"={place(sheet, first, last)}")


def place(sheet: Any, first: tuple[int, int], last: tuple[int, int] | None = None) -> str:
    """A cell or range of a sheet as formulas write it, fixed."""
    from xlsxwriter.utility import xl_rowcol_to_cell

    cells = [xl_rowcol_to_cell(row, column, row_abs=True, col_abs=True) for row, column in (first, last or first)]
    quoted = sheet.name.replace("'", "''")
    return f"'{quoted}'!{cells[0]}" if last is None else f"'{quoted}'!{cells[0]}:{cells[1]}"


def lines(text: str, width: int) -> int:
    """Lines that a text takes in a column, broken at blanks, and inside what is longer than a line.

    Not every program makes rows higher by itself when it opens a file, so heights are written.
    """
    count, used = 1, 0
    for word in text.split(" "):
        room = cell_len(word)
        if used and used + 1 + room > width:
            count, used = count + 1, 0
        used += room + bool(used)
        count, used = count + max(used - 1, 0) // width, (used - 1) % width + 1 if used else 0
    return count


def rests(paper: Paper, basis: Mapping[str, float]) -> str:
    """What dollars rest on, in words: ``filing 80%, assumption 20%``."""
    t = paper.t
    parts = (f"{t(kind.replace('_', ' '))} {share:.0%}" for kind, share in shares(basis).items() if share >= 0.005)
    return t.comma.join(parts) or t("nothing")


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 1]}…"


def paper(target: Any, t: Words, book_date: date) -> Paper:
    """Begin a workbook; every text stays a text, and the same content gives the same bytes.

    Parameters
    ----------
    target : open binary file.

    Raises
    ------
    InputError : the extra ``excel`` is not installed.
    """
    from cardhouse.errors import InputError

    try:
        import xlsxwriter
    except ImportError as error:
        raise InputError("a workbook needs the extra 'excel'; say: pip install 'cardhouse[excel]'") from error
    asked = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    file = xlsxwriter.Workbook(target, asked)
    day = datetime(book_date.year, book_date.month, book_date.day, tzinfo=UTC)
    file.set_properties({"title": f"Cardhouse, book of {book_date}", "created": day})
    formats = {(form.value, free): file.add_format(_style(form, free=free)) for form in Form for free in (False, True)}
    head = {"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom", "bg_color": "#eeeeee"}
    right = {"align": "right", "indent": INDENT}
    return Paper(
        file,
        t,
        book_date,
        formats,
        {False: file.add_format(head), True: file.add_format(head | right)},
        file.add_format({"bold": True, "font_size": 13}),
        file.add_format({"bold": True, "valign": "vcenter"}),
        file.add_format({"text_wrap": True, "valign": "vcenter"}),
    )


def _style(form: Form, *, free: bool) -> dict[str, Any]:
    style: dict[str, Any] = {"valign": "vcenter"}
    if form in SHOWN:
        style["num_format"] = SHOWN[form]
    if form in NUMBERS:
        style |= {"align": "right", "indent": 1}
    if form is Form.DATE:
        style["align"] = "left"
    if form is Form.TEXT:
        style["text_wrap"] = True
    if form is Form.LINK:
        style |= {"font_color": "#14507d", "underline": 1}
    if free:
        style |= {"bg_color": "#fff4c2", "border": 1}
    return style
