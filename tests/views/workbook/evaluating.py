"""A small evaluator of spreadsheet formulas: what the sheets use, by the rules of the office formats, and no more.

It knows nothing of how the workbook is made: it reads the file as a spreadsheet program would. Unary minus binds more
tightly than ``^`` and ``^`` groups from the left, as in Excel (OpenFormula 1.2, 5.5).
"""

from __future__ import annotations

import math
import re

import openpyxl
from openpyxl.utils import range_boundaries

TOKEN = re.compile(
    r"""\s*(?:(?P<number>\d+\.?\d*(?:[eE][+-]?\d+)?)|(?P<text>"(?:[^"]|"")*")
    |(?P<place>(?:'(?:[^']|'')+'!|[A-Za-z]\w*!)?\$?[A-Z]{1,3}\$?\d+(?::\$?[A-Z]{1,3}\$?\d+)?(?![\w(]))
    |(?P<call>[A-Z]+)(?=\()|(?P<name>[A-Za-z_]\w*)|(?P<sign><=|>=|<>|[-+*/^=<>(),]))""",
    re.VERBOSE,
)


class Sheets:
    """A workbook whose cells may be changed and asked for their value."""

    def __init__(self, file: openpyxl.Workbook, stored: openpyxl.Workbook) -> None:
        self.file, self.stored = file, stored
        self._changed: dict[tuple[str, int, int], object] = {}
        self._known: dict[tuple[str, int, int], object] = {}

    def set(self, name: str, value: object) -> None:
        """Change the cell of a name."""
        for sheet, cell in self.file.defined_names[name].destinations:
            self.change(sheet, cell.replace("$", ""), value)

    def change(self, sheet: str, cell: str, value: object) -> None:
        """Change a cell here, not in the file that other tests read."""
        column, row, _, _ = range_boundaries(cell)
        self._changed[sheet, row, column] = value
        self._known.clear()

    def formulas(self):
        """Every formula: sheet, cell, its text, and the number stored beside it."""
        for sheet in self.file:
            for row in sheet.iter_rows():
                for cell in row:
                    if cell.data_type == "f":
                        yield sheet.title, cell.coordinate, cell.value, self.stored[sheet.title][cell.coordinate].value

    def value(self, sheet: str, cell: str) -> object:
        column, row, _, _ = range_boundaries(cell)
        return self._cell(sheet, row, column)

    def _cell(self, sheet: str, row: int, column: int) -> object:
        key = (sheet, row, column)
        if key not in self._known:
            found = self.file[sheet].cell(row, column)
            if key in self._changed:
                self._known[key] = self._changed[key]
            elif found.data_type == "f":
                self._known[key] = _Reader(self, sheet, found.value[1:]).read()
            else:
                self._known[key] = found.value
        return self._known[key]

    def area(self, sheet: str, place: str) -> list[object]:
        left, top, right, bottom = range_boundaries(place.replace("$", ""))
        return [self._cell(sheet, r, c) for r in range(top, bottom + 1) for c in range(left, right + 1)]

    def named(self, name: str) -> list[object]:
        ((sheet, place),) = self.file.defined_names[name].destinations
        return self.area(sheet, place)


class _Reader:
    """One formula, read by recursive descent and computed on the way; branches not taken are computed too."""

    def __init__(self, sheets: Sheets, sheet: str, text: str) -> None:
        self.sheets, self.sheet = sheets, sheet
        self.tokens, at = [], 0
        while at < len(text):
            found = TOKEN.match(text, at)
            assert found, f"{sheet}: {text[at:]!r} is not read"
            self.tokens.append((found.lastgroup, found.group(found.lastgroup)))
            at = found.end()
        self.at = 0

    def read(self):
        value = self.compared()
        assert self.at == len(self.tokens), self.tokens[self.at :]
        return value[0] if isinstance(value, list) else value

    def sign(self, *wanted):
        if self.at < len(self.tokens) and self.tokens[self.at][0] == "sign" and self.tokens[self.at][1] in wanted:
            self.at += 1
            return self.tokens[self.at - 1][1]
        return None

    def compared(self):
        left = self.added()
        while op := self.sign("=", "<>", "<=", ">=", "<", ">"):
            a, b = single(left), single(self.added())
            left = {"=": a == b, "<>": a != b, "<": a < b, ">": a > b, "<=": a <= b, ">=": a >= b}[op]
        return left

    def added(self):
        left = self.multiplied()
        while op := self.sign("+", "-"):
            right = number(self.multiplied())
            left = number(left) + right if op == "+" else number(left) - right
        return left

    def multiplied(self):
        left = self.raised()
        while op := self.sign("*", "/"):
            right = number(self.raised())
            left = number(left) * right if op == "*" else number(left) / right if right else math.nan
        return left

    def raised(self):
        left = self.signed()
        while self.sign("^"):
            left = number(left) ** number(self.signed())
        return left

    def signed(self):
        if self.sign("-"):
            return -number(self.signed())
        return self.part()

    def part(self):
        if self.sign("("):
            value = self.compared()
            assert self.sign(")")
            return value
        kind, text = self.tokens[self.at]
        self.at += 1
        match kind:
            case "number":
                return float(text)
            case "text":
                return text[1:-1].replace('""', '"')
            case "name":
                return self.sheets.named(text)
            case "place":
                sheet, _, place = text.rpartition("!")
                return self.sheets.area(sheet.strip("'").replace("''", "'") or self.sheet, place)
        assert kind == "call", (kind, text)
        return self.called(text)

    def called(self, name):
        assert self.sign("(")
        given = []
        while not self.sign(")"):
            given.append(self.compared())
            self.sign(",")
        return FUNCTIONS[name](*given)


def single(value):
    return value[0] if isinstance(value, list) else value


def number(value):
    """A cell as a number: nothing counts as zero, a text is no number and must not be computed with."""
    value = single(value)
    if isinstance(value, str):
        return math.nan
    return 0.0 if value is None else value


def numbers(*given):
    flat = [x for one in given for x in (one if isinstance(one, list) else [one])]
    return [x for x in flat if isinstance(x, int | float)]


def sumifs(summed, *tests):
    pairs = list(zip(tests[::2], tests[1::2], strict=True))
    return math.fsum(
        x
        for i, x in enumerate(summed)
        if isinstance(x, int | float) and all(area[i] == single(wanted) for area, wanted in pairs)
    )


FUNCTIONS = {
    "IF": lambda test, yes, no: single(yes) if single(test) else single(no),
    "ISNUMBER": lambda x: isinstance(single(x), int | float),
    "INDEX": lambda area, place: area[int(number(place)) - 1],
    "MATCH": lambda wanted, area, kind: area.index(single(wanted)) + 1 if number(kind) == 0 else math.nan,
    "SUMIFS": sumifs,
    "SUM": lambda *given: math.fsum(numbers(*given)),
    "COUNT": lambda *given: len(numbers(*given)),
    "MAX": lambda *given: max(numbers(*given)),
    "ROUND": lambda x, digits: round(number(x), int(digits)),
}
