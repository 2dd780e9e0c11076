"""The plain formula of required revenue, live: a published example, the book's inputs, and a column to change.

Required revenue = [s K a(h, L) + (1 - s) K a(h, N)] / m with the yearly payment a(r, n) = r / (1 - (1 + r)^-n), as in
:mod:`cardhouse.economy.required`.
"""

from __future__ import annotations

from dataclasses import astuple

from cardhouse.economy.required import ORDER, Required, Terms, annuity, required_revenue
from cardhouse.views.charts.frame import scope
from cardhouse.views.picture import standing
from cardhouse.views.workbook.paper import Field, Form, Formula, Paper, rests

EXAMPLE = Terms(2_050_000.0, 0.6, 5.0, 20.0, 0.10, 0.5)
"""Inputs of a published example: capital of 2,050 billion gives about 842 billion a year."""
FORMS = (Form.MONEY, Form.SHARE, Form.TIMES, Form.TIMES, Form.SHARE, Form.SHARE)
NAMES = tuple(f"need_{name.rstrip('_')}" for name in ORDER)
"""Names of the cells to change, in the order of the inputs."""
ENDS = ((0.0, 1e9), (0.0, 1.0), (0.25, 100.0), (0.25, 100.0), (0.0, 1.0), (0.01, 1.0))
"""Between which an input may be changed."""
FIRST = 4
"""Row of the first input, from 0; formulas count from 1."""
EXAMPLES, BOOK, YOURS = 1, 2, 5
"""Columns: the example, the book's inputs (low and high beside them), yours."""


def needed(paper: Paper, answer: Required) -> None:
    """The sheet."""
    t = paper.t
    sheet = paper.sheet(t("Need"))
    sheet.write_string(0, 0, t("Revenue a year that capital for AI needs (USD million)"), paper.bold)
    sheet.write_string(
        1,
        0,
        t(
            "Required revenue = [s K a(h, L) + (1 - s) K a(h, N)] / m with a(r, n) = r / (1 - (1 + r)^-n). Yellow "
            "cells may be changed; they start from the book's central inputs."
        ),
    )
    sheet.write_string(2, 0, _standing(paper, answer))
    columns = (t("example"), t("book"), t("book, low"), t("book, high"), t("yours"))
    fields = (Field(t("input"), width=50), *(Field(column, Form.MONEY) for column in columns))
    paper.head(sheet, FIRST - 1, (*fields, Field(t("the book's rests on"), width=70)))
    _inputs(paper, sheet, answer)
    _results(paper, sheet, answer)
    sheet.freeze_panes(FIRST, 1)


def _standing(paper: Paper, answer: Required) -> str:
    """What a reader must know to quote the sheet."""
    t, o = paper.t, answer.opening
    said = standing(
        t,
        str(o.book.date),
        t("capital of {since} to {until}", since=answer.since, until=o.window.end),
        dict(answer.basis),
        unit=t("USD million"),
        ties=scope(t, o.scope.value),
    )
    return said.line()


def _inputs(paper: Paper, sheet: object, answer: Required) -> None:
    t = paper.t
    words = (
        t("K, capital built and planned"),
        t("s, share of it that is short-lived"),
        t("L, life of servers, years"),
        t("N, life of buildings, years"),
        t("h, return a year"),
        t("m, part of revenue that pays for capital"),
    )
    pairs = zip(ORDER, words, FORMS, NAMES, ENDS, astuple(EXAMPLE), strict=True)
    for row, (name, word, form, cell, ends, example) in enumerate(pairs, FIRST):
        given = answer.inputs[name]
        paper.put(sheet, row, 0, word)
        for column, value in zip((1, 2, 3, 4), (example, given.central, given.low, given.high), strict=True):
            paper.put(sheet, row, column, value, form)
        paper.put(sheet, row, YOURS, given.central, form, free=True)
        paper.put(sheet, row, YOURS + 1, rests(paper, given.basis))
        paper.name(cell, sheet, (row, YOURS))
        paper.limit(sheet, (row, YOURS), (row, YOURS), *ends)


def _results(paper: Paper, sheet: object, answer: Required) -> None:
    t, top = paper.t, FIRST + len(ORDER)
    words = (
        t("a(h, L), payment a year for a dollar of servers"),
        t("a(h, N), payment a year for a dollar of buildings"),
        t("required revenue a year"),
        t("required revenue, by the engine"),
        t("difference"),
        t("end demand now, a year"),
        t("missing"),
        t("required revenue, every input at its kind or at its hard end"),
    )
    for row, word in enumerate(words, top):
        paper.put(sheet, row, 0, word)
    now = answer.demand_now
    for column, letter, terms in (
        (EXAMPLES, "B", EXAMPLE),
        (BOOK, "C", answer.terms),
        (YOURS, "F", answer.terms),
    ):
        k, s, short, long, h, m = (f"{letter}{FIRST + 1 + n}" for n in range(len(ORDER)))
        a, b, need, engine, demand = (f"{letter}{top + 1 + n}" for n in (0, 1, 2, 3, 5))
        value = required_revenue(terms)
        paper.put(
            sheet, top, column, Formula(_annuity(h, short), annuity(terms.return_, terms.short_life)), Form.FACTOR
        )
        paper.put(
            sheet, top + 1, column, Formula(_annuity(h, long), annuity(terms.return_, terms.long_life)), Form.FACTOR
        )
        paper.put(sheet, top + 2, column, Formula(f"=({s}*{k}*{a}+(1-{s})*{k}*{b})/{m}", value), Form.MONEY)
        paper.put(sheet, top + 3, column, value, Form.MONEY)
        paper.put(sheet, top + 4, column, Formula(f"=ROUND({need}-{engine},3)", 0.0), Form.NUMBER)
        if column != EXAMPLES:
            paper.put(sheet, top + 5, column, now[1], Form.MONEY)
            paper.put(sheet, top + 6, column, Formula(f"={need}-{demand}", value - now[1]), Form.MONEY)
    paper.put(sheet, top + 5, 3, now[0], Form.MONEY)
    paper.put(sheet, top + 5, 4, now[2], Form.MONEY)
    lowest, highest = answer.range
    paper.put(sheet, top + 7, 3, lowest, Form.MONEY)
    paper.put(sheet, top + 7, 4, highest, Form.MONEY)


def _annuity(rate: str, years: str) -> str:
    return f"=IF({rate}=0,1/{years},{rate}/(1-(1+{rate})^-{years}))"
