"""The sheets of a pull: every loss as a live formula, sums by firm and channel, and a check against the engine.

Loss = exposure x severity x loss rate. The rate of a line is the engine's, after recovery, unless its channel has a
rate of its own in the table. The formulas are linear: who falls with whom stays as it was; for that run the command
again.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import Any

from cardhouse.economy.claims import Channel
from cardhouse.economy.losses import Loss
from cardhouse.economy.pull import Pull, Ranked
from cardhouse.views.charts.frame import of_opening
from cardhouse.views.charts.pull import caption, cards, channels
from cardhouse.views.workbook.paper import Cell, Field, Form, Formula, Paper, place, rests

SEVERITY, RATES, CHANNELS = "pull_severity", "pull_rates", "pull_channels"
TABLE = 6
"""Row of the heads of the table by channel, from 0."""
CODE, EXPOSURE, RATE, USED, LOSS = 1, 5, 6, 7, 8
"""Columns of the lines."""


def pulled(paper: Paper, answer: Pull) -> None:
    """The sheet with what may be changed and the sums, and the sheet with the lines."""
    t = paper.t
    top, lines = paper.sheet(t("Pull")), paper.sheet(t("Pull lines"))
    found = sorted(answer.losses.lines, key=lambda x: (-x.amount, x.creditor, x.tie, x.channel))
    _head(paper, top, answer)
    _lines(paper, lines, answer, found)
    _by_channel(paper, top, lines, answer, found)
    _by_firm(paper, top, lines, answer, found)


def _head(paper: Paper, top: Any, answer: Pull) -> None:
    t = paper.t
    top.write_string(
        0, 0, t("{cards} stops paying: losses that follow (USD million)", cards=cards(answer, t)), paper.bold
    )
    top.write_string(1, 0, replace(caption(answer, t), unit=t("USD million")).line())
    top.write_string(
        2,
        0,
        t(
            "Yellow cells may be changed. Severity scales every loss; a rate written beside a channel replaces the "
            "engine's rates of its lines. Who falls with whom stays as computed."
        ),
    )
    top.write_string(3, 0, t("A card that pays a part of its dues still falls: for that run cardhouse pull --pays."))
    top.write_string(4, 0, t("severity"), paper.label)
    paper.put(top, 4, 1, 1.0, Form.SHARE, free=True)
    paper.name(SEVERITY, top, (4, 1))
    paper.limit(top, (4, 1), (4, 1), 0.0, 1.0)
    sums = (Field(t("loss"), Form.MONEY), Field(t("engine's loss"), Form.MONEY), Field(t("difference"), Form.MONEY))
    channel = (Field(t("channel"), width=30), Field(t("loss rate of your own"), Form.SHARE, 14))
    firm = (Field(t("firm"), width=34), Field(t("id"), width=22))
    paper.head(top, TABLE, (*channel, Field(t("exposure"), Form.MONEY), *sums, Field("", width=3), *firm, *sums))
    top.freeze_panes(TABLE + 1, 0)


def _lines(paper: Paper, sheet: Any, answer: Pull, found: list[Loss]) -> None:
    t, words, book = paper.t, channels(paper.t), answer.opening.book
    fields = (
        Field(t("creditor"), width=28),
        Field(t("creditor's id"), width=22),
        Field(t("debtor"), width=28),
        Field(t("channel"), width=18),
        Field(t("tie"), width=32),
        Field(t("exposure"), Form.MONEY),
        Field(t("engine's loss rate"), Form.SHARE, 12),
        Field(t("rate used"), Form.SHARE),
        Field(t("loss"), Form.MONEY),
        Field(t("engine's loss"), Form.MONEY),
        Field(t("exposure rests on"), width=40),
    )
    rows: list[tuple[Cell, ...]] = []
    for number, x in enumerate(found, 2):
        head = (t.called(book, x.creditor), x.creditor, t.called(book, x.debtor), words[x.channel], x.tie or t("none"))
        rows.append((*head, *_formulas(x, number, t("n/a")), x.amount, rests(paper, x.basis)))
    paper.grid(sheet, fields, rows)


def _formulas(x: Loss, row: int, lacking: str) -> tuple[Cell, ...]:
    """Exposure, the engine's rate, the rate used and the loss of a line that stands in a row of the sheet, from 1."""
    if x.exposure <= 0.0:  # a loss of what stood in no account has no rate
        return (0.0, lacking, lacking, Formula(f"={float(x.amount)!r}*{SEVERITY}", x.amount))
    rate = x.amount / x.exposure
    own = f"INDEX({RATES},MATCH(D{row},{CHANNELS},0))"
    return (
        x.exposure,
        rate,
        Formula(f"=IF(ISNUMBER({own}),{own},G{row})", rate),
        Formula(f"=F{row}*{SEVERITY}*H{row}", x.amount),
    )


def _by_channel(paper: Paper, top: Any, lines: Any, answer: Pull, found: list[Loss]) -> None:
    t, words = paper.t, channels(paper.t)
    engine = _sums(found, Channel)
    exposed: dict[str, float] = defaultdict(float)
    for x in found:
        exposed[x.channel] += x.exposure
    first = TABLE + 1
    for row, (channel, word) in enumerate(words.items(), first):
        paper.put(top, row, 0, word)
        paper.put(top, row, 1, None, Form.SHARE, free=True)
        paper.put(top, row, 2, _sumif(lines, found, 3, EXPOSURE, f"A{row + 1}", exposed[channel]), Form.MONEY)
        _compared(paper, top, row, 3, _sumif(lines, found, 3, LOSS, f"A{row + 1}", engine[channel]), engine[channel])
    last = TABLE + len(words)
    paper.name(CHANNELS, top, (first, 0), (last, 0))
    paper.name(RATES, top, (first, 1), (last, 1))
    paper.limit(top, (first, 1), (last, 1), 0.0, 1.0)
    whole = sum(x.amount for x in found)
    top.write_string(last + 1, 0, t("all losses"), paper.label)
    paper.put(top, last + 1, 2, Formula(f"=SUM(C{first + 1}:C{last + 1})", sum(exposed.values())), Form.MONEY)
    _compared(paper, top, last + 1, 3, Formula(f"=SUM(D{first + 1}:D{last + 1})", whole), whole)
    top.write_string(last + 2, 0, t("check: 0 while nothing is changed"), paper.label)
    paper.put(top, last + 2, 3, Formula(f"=ROUND(D{last + 2}-E{last + 2},3)", 0.0), Form.NUMBER)
    top.write_string(last + 3, 0, t("cost to others, each dollar counted once, by the engine"), paper.label)
    paper.put(top, last + 3, 4, answer.losses.others, Form.MONEY)
    top.write_string(
        last + 4, 0, t("Losses of firms add up to more than that, where one that fails passes its loss on.")
    )


def _compared(paper: Paper, sheet: Any, row: int, column: int, sum_of: Formula, engine: float) -> None:
    """A live sum, the engine's number beside it, and what they differ by."""
    letters = "ABCDEFGHIJKLMNOP"
    paper.put(sheet, row, column, sum_of, Form.MONEY)
    paper.put(sheet, row, column + 1, engine, Form.MONEY)
    difference = f"=ROUND({letters[column]}{row + 1}-{letters[column + 1]}{row + 1},3)"
    paper.put(sheet, row, column + 2, Formula(difference, 0.0), Form.MONEY)


def _sums(found: list[Loss], by: type[Channel] | None) -> dict[str, float]:
    sums: dict[str, float] = defaultdict(float)
    for x in found:
        sums[x.channel if by is Channel else x.creditor] += x.amount
    return sums


def _sumif(lines: Any, found: list[Loss], key: int, column: int, wanted: str, value: float) -> Formula:
    """A sum over the lines whose cell in a column is that of another cell."""
    last = max(len(found), 1)
    summed, tested = (place(lines, (1, c), (last, c)) for c in (column, key))
    return Formula(f"=SUMIFS({summed},{tested},{wanted})", value)


def _by_firm(paper: Paper, top: Any, lines: Any, answer: Pull, found: list[Loss]) -> None:
    t, engine = paper.t, _sums(found, None)
    for row, who in enumerate(sorted(engine, key=lambda n: (-engine[n], n)), TABLE + 1):
        paper.put(top, row, 7, t.called(answer.opening.book, who))
        paper.put(top, row, 8, who)
        _compared(paper, top, row, 9, _sumif(lines, found, CODE, LOSS, f"I{row + 1}", engine[who]), engine[who])


def ranking(paper: Paper, rows: tuple[Ranked, ...], answer: Pull) -> None:
    """Every card by what its fall costs others."""
    t, book = paper.t, answer.opening.book
    fields = (
        Field(t("card"), width=24),
        Field(t("cost to others"), Form.MONEY, 16),
        Field(t("mild"), Form.MONEY),
        Field(t("harsh"), Form.MONEY),
        Field(t("takes down"), width=44),
        Field(t("who is hit most"), width=60),
    )
    lines = (
        (
            t.called(book, r.card),
            r.cost,
            r.mild,
            r.harsh,
            t.listed([t.called(book, n) for n in r.fails]) or t("nobody"),
            t.comma.join(f"{t.called(book, n)} {lost:,.0f}" for n, lost in r.largest),
        )
        for r in rows
    )
    sheet = paper.sheet(t("Ranking"))
    sheet.write_string(0, 0, t("What the fall of each card costs others"), paper.bold)
    said = of_opening(
        t,
        answer.opening,
        t("each card alone stops paying, {quarters} quarters", quarters=answer.choices.horizon),
        {},
        unit=t("USD million"),
        rests=t("mild and harsh: the ends of the loss rates"),
    )
    sheet.write_string(1, 0, said.line())
    paper.grid(sheet, fields, lines, top=3)
