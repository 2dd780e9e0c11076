"""Accounts at other lives of servers as live formulas: depreciation by vintage, income, margin, beside the lens.

A year's charge for spending made between two ages, on a life of L years, is ``money (F(oldest) - F(youngest)) /
(oldest - youngest) / L`` with ``F(x) = (r(x)^2 - r(x-1)^2 - r(x-L)^2 + r(x-1-L)^2) / 2`` and ``r(x) = max(x, 0)``, as
in :mod:`cardhouse.lenses.accounts.vintages`. Operating income falls by what the other life adds to the reported charge.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cardhouse.book import Book
from cardhouse.lenses.accounts import AtLife, FirmAccounts, Restatement
from cardhouse.lenses.accounts.answer import SHORTEST
from cardhouse.lenses.accounts.plant import LONGEST, MADE_UP, Spending, spending
from cardhouse.lenses.accounts.vintages import Outlay, charge
from cardhouse.lenses.measure import Gap, Measure, Reading
from cardhouse.views.charts.frame import of_readings
from cardhouse.views.lens import cell
from cardhouse.views.relayed import relayed
from cardhouse.views.workbook.paper import Cell, Field, Form, Formula, Paper, place

LIFE, MADE = "restate_life", "restate_most_made_up"
TOP = 6
"""Row of the heads on the sheet of firms, from 0."""
BESIDE = 5
"""Column of what holds for all firms: the words before it run over the columns to its left."""


@dataclass(frozen=True, slots=True)
class _Row:
    """A firm that can be restated: what the lens knows, its spending, and the lens's answer at the common life."""

    accounts: FirmAccounts
    spent: Spending
    then: AtLife
    policy: float
    life: float

    @property
    def kinds(self) -> list[tuple[str, Outlay]]:
        """Outlays with what each is: reported, taken for the time before, or fitted."""
        known = "fitted" if self.spent.fitted else "reported"
        return [*((known, o) for o in self.spent.outlays), *(("before", o) for o in self.spent.before)]


def restated(paper: Paper, answer: Restatement, book: Book) -> None:
    """The sheet of firms and the sheet of their spending by vintage."""
    t, common = paper.t, answer.common.years
    sheet, vintages = paper.sheet(t("Restate")), paper.sheet(t("Vintages"))
    rows = [row for f in answer.firms if isinstance(common, Measure) and (row := _row(book, f, answer, common.value))]
    _head(paper, sheet, common, rows, book)
    last = sum(len(row.kinds) for row in rows)
    _firms(paper, sheet, vintages, rows, book, max(last, 1))
    _vintages(paper, sheet, vintages, rows, book)
    silent = [t.called(book, f.firm) for f in answer.firms if all(r.accounts is not f for r in rows)]
    if silent:
        words = t("Not restated, as the book has no split of their depreciation: {firms}.", firms=t.listed(silent))
        sheet.write_string(TOP - 1, 0, words)


def _row(book: Book, f: FirmAccounts, answer: Restatement, life: float) -> _Row | None:
    plant = f.restated.plant
    if plant.gap is not None or not isinstance(plant.life, Measure):
        return None
    spent = spending(book, plant, plant.life.value)
    if isinstance(spent, Gap):
        return None
    then = next(x for x in f.restated.lives if x.life.name == answer.common.name)
    return _Row(f, spent, then, plant.life.value, life)


def _head(paper: Paper, sheet: Any, common: Reading, rows: list[_Row], book: Book) -> None:
    t = paper.t
    sheet.write_string(0, 0, t("Accounts at other lives of servers (USD million)"), paper.bold)
    sheet.write_string(
        1,
        0,
        t(
            "Yellow cells may be changed: one life for all, or a life for each firm (years). Newest reported year of "
            "each firm; half a year's charge in the first year."
        ),
    )
    readings = [row.then.operating_income for row in rows]
    said = of_readings(
        t, book, readings, unit=t("USD million"), note=t("assumed: part of the dollars behind operating income then")
    )
    sheet.write_string(4, 0, said.line())
    lines = (
        (2, t("life for all, years"), LIFE, cell(common), Form.TIMES),
        (3, t("most of a charge that may be for spending before the reported history"), MADE, MADE_UP, Form.SHARE),
    )
    for row, word, name, value, form in lines:
        paper.put(sheet, row, 0, word, Form.LONG)
        paper.put(sheet, row, BESIDE, value, form, free=name == LIFE)
        paper.name(name, sheet, (row, BESIDE))
    paper.limit(sheet, (2, BESIDE), (2, BESIDE), SHORTEST, LONGEST - 1.0)


def _firms(paper: Paper, sheet: Any, vintages: Any, rows: list[_Row], book: Book, last: int) -> None:
    t = paper.t
    fields = (
        Field(t("firm"), width=18),
        Field(t("id"), width=18),
        Field(t("year to"), Form.DATE),
        Field(t("revenue"), Form.MONEY),
        Field(t("operating income, reported"), Form.MONEY),
        Field(t("net income, reported"), Form.MONEY),
        Field(t("tax rate"), Form.SHARE),
        Field(t("charge for servers in it"), Form.MONEY),
        Field(t("life in the accounts"), Form.TIMES),
        Field(t("LIFE"), Form.TIMES),
        Field(t("computed charge, accounts"), Form.TIMES, 14),
        Field(t("computed charge, LIFE"), Form.TIMES, 14),
        Field(t("of it before the history"), Form.SHARE),
        Field(t("more depreciation"), Form.MONEY),
        Field(t("operating income then"), Form.MONEY),
        Field(t("margin, reported"), Form.SHARE),
        Field(t("margin then"), Form.SHARE),
        Field(t("net income then"), Form.MONEY),
        Field(t("operating income, lens"), Form.MONEY),
        Field(t("net income, lens"), Form.MONEY),
        Field(t("difference"), Form.NUMBER),
        Field(t("assumed"), Form.SHARE),
        Field(t("remark"), width=60),
    )
    grid = [_firm(paper, vintages, row, book, TOP + 2 + n, last) for n, row in enumerate(rows)]
    paper.grid(sheet, fields, grid, top=TOP)
    for n, row in enumerate(rows):
        paper.put(sheet, TOP + 1 + n, 9, Formula(f"={LIFE}", row.life), Form.TIMES, free=True)
    if rows:
        paper.limit(sheet, (TOP + 1, 9), (TOP + len(rows), 9), SHORTEST, LONGEST - 1.0)


def _firm(paper: Paper, vintages: Any, row: _Row, book: Book, n: int, last: int) -> tuple[Cell, ...]:
    """The cells of a firm in row ``n`` of the sheet, from 1; ``last`` row of the vintages."""
    t, found, spent, then = paper.t, row.accounts.restated, row.spent, row.then
    reported, lacking = found.reported, t("n/a")
    by_policy, by_life = charge(spent.all, row.policy), charge(spent.all, row.life)
    ids, kinds, old, new = (place(vintages, (1, c), (last, c)) for c in (0, 2, 8, 9))
    ready = f"COUNT(N{n},E{n})=2"
    said = [relayed(t, r.reason) for r in (then.operating_income, then.net_income) if isinstance(r, Gap)]
    if spent.fitted:
        said.append(t("spending fitted: charges are in parts of the newest quarter's"))
    difference = 0.0 if isinstance(then.operating_income, Measure) else lacking
    return (
        t.called(book, row.accounts.firm),
        row.accounts.firm,
        reported.operating_income.end if isinstance(reported.operating_income, Measure) else lacking,
        *(cell_of(r, lacking) for r in (reported.revenue, reported.operating_income, reported.net_income)),
        cell_of(reported.tax, lacking),
        cell_of(found.plant.short_lived, lacking),
        row.policy,
        None,
        Formula(f"=SUMIFS({old},{ids},B{n})", by_policy),
        Formula(f"=SUMIFS({new},{ids},B{n})", by_life),
        Formula(f'=SUMIFS({new},{ids},B{n},{kinds},"{t("before")}")/L{n}', spent.made_up(row.life)),
        Formula(f'=IF(M{n}>{MADE},"{lacking}",H{n}*(L{n}/K{n}-1))', cell_of(then.depreciation_change, lacking)),
        Formula(f'=IF({ready},E{n}-N{n},"{lacking}")', cell_of(then.operating_income, lacking)),
        Formula(f'=IF(COUNT(D{n},E{n})=2,E{n}/D{n},"{lacking}")', cell_of(found.as_reported.margin, lacking)),
        Formula(f'=IF(COUNT(O{n},D{n})=2,O{n}/D{n},"{lacking}")', cell_of(then.margin, lacking)),
        Formula(f'=IF(COUNT(N{n},F{n},G{n})=3,F{n}-N{n}*(1-G{n}),"{lacking}")', cell_of(then.net_income, lacking)),
        cell_of(then.operating_income, lacking),
        cell_of(then.net_income, lacking),
        Formula(f'=IF(COUNT(O{n},S{n})=2,ROUND(O{n}-S{n},3),"{lacking}")', difference),
        then.operating_income.assumed if isinstance(then.operating_income, Measure) else lacking,
        t.semicolon.join(said),
    )


def cell_of(reading: Reading, lacking: str) -> float | str:
    """A measure's value, or the word for what cannot be had."""
    return reading.value if isinstance(reading, Measure) else lacking


def _vintages(paper: Paper, firms: Any, sheet: Any, rows: list[_Row], book: Book) -> None:
    t = paper.t
    fields = (
        Field(t("id"), width=16),
        Field(t("firm"), width=18),
        Field(t("spending is"), width=12),
        Field(t("youngest, years before the end of the year"), Form.TIMES, 16),
        Field(t("oldest, years"), Form.TIMES),
        Field(t("spending (USD million; fitted: of the newest quarter)"), Form.TIMES, 18),
        Field(t("life in the accounts"), Form.TIMES),
        Field(t("LIFE"), Form.TIMES),
        Field(t("charge of the year, accounts"), Form.TIMES, 14),
        Field(t("charge of the year, LIFE"), Form.TIMES, 14),
    )
    ids, policies, lives = (place(firms, (TOP + 1, c), (TOP + max(len(rows), 1), c)) for c in (1, 8, 9))
    grid: list[tuple[Cell, ...]] = []
    for row in rows:
        for kind, o in row.kinds:
            n = len(grid) + 2
            grid.append(
                (
                    row.accounts.firm,
                    t.called(book, row.accounts.firm),
                    t(kind),
                    o.youngest,
                    o.oldest,
                    o.money,
                    Formula(f"=INDEX({policies},MATCH(A{n},{ids},0))", row.policy),
                    Formula(f"=INDEX({lives},MATCH(A{n},{ids},0))", row.life),
                    Formula(_charge(n, "G"), charge((o,), row.policy)),
                    Formula(_charge(n, "H"), charge((o,), row.life)),
                )
            )
    paper.grid(sheet, fields, grid)


def _charge(n: int, life: str) -> str:
    """The year's charge for the outlay of a row on the life in a column."""

    def up_to(age: str) -> str:
        parts = (age, f"{age}-1", f"{age}-{life}{n}", f"{age}-1-{life}{n}")
        a, b, c, d = (f"MAX({part},0)^2" for part in parts)
        return f"({a}-{b}-{c}+{d})"

    return f"=F{n}*({up_to(f'E{n}')}-{up_to(f'D{n}')})/2/(E{n}-D{n})/{life}{n}"
