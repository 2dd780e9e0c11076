"""The first sheet: what the workbook is, of which day, in which unit, and how to use it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cardhouse.economy.pull import Pull
from cardhouse.views.charts.frame import scope
from cardhouse.views.charts.pull import cards
from cardhouse.views.many_answer import Answer
from cardhouse.views.workbook.needed import NAMES
from cardhouse.views.workbook.paper import Paper, lines, rests
from cardhouse.views.workbook.pulled import SEVERITY
from cardhouse.views.workbook.restated import LIFE

WIDE = 110
"""Characters of the column of sentences."""


def read_me(paper: Paper, sheet: Any, answer: Pull, runs: Sequence[Answer], lacking: Sequence[tuple[str, str]]) -> None:
    """Fill the sheet.

    Parameters
    ----------
    sheet : made before the others, so that it comes first.
    lacking : sheets that the book does not give, each with the reason.
    """
    t = paper.t
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, WIDE)
    sheet.write_string(0, 0, t("The AI boom's balance sheets under stress"), paper.bold)
    rows = [*_standing(paper, answer), ("", ""), *_sheets(paper, answer, runs), ("", ""), *_cells(paper)]
    rows += [(name, t("This cannot be told: {reason}", reason=reason)) for name, reason in lacking]
    for row, (head, text) in enumerate(rows, 2):
        sheet.write_string(row, 0, head, paper.note)
        sheet.write_string(row, 1, text, paper.note)
        paper.high(sheet, row, lines(text, WIDE))


def _standing(paper: Paper, answer: Pull) -> list[tuple[str, str]]:
    t = paper.t
    return [
        (t("book of"), paper.book_date.isoformat()),
        (
            t("unit"),
            t("USD million, unless a head says something else; rates and shares are fractions shown in per cent"),
        ),
        (t("ties that count"), scope(t, answer.opening.scope.value)),
        (t("the pull rests on"), rests(paper, answer.basis())),
        (
            t("what it is"),
            t(
                "Figures with their sources, and answers of a model. Probabilities are those of the model, no "
                "forecast; nothing here is advice to buy or sell. Names, reasons and notes stand as in the book."
            ),
        ),
    ]


def _sheets(paper: Paper, answer: Pull, runs: Sequence[Answer]) -> list[tuple[str, str]]:
    t = paper.t
    told = [
        (t("Firms"), t("organisations, and whether they are tested")),
        (t("Facts"), t("the figure in use for each key, with its source one click away")),
        (t("Ties"), t("who commits money to whom, and what has become of it: paid, binding, reported, letter, lapsed")),
        (t("Sources"), t("where figures come from, with addresses")),
        (t("Assumptions"), t("what nobody reports: low, central, high, and the reason")),
        (
            t("Pull"),
            t("the fall of {cards}: sums by firm and channel; change severity and loss rates", cards=cards(answer, t)),
        ),
        (t("Pull lines"), t("every single loss as a formula: exposure x severity x rate")),
        (t("Ranking"), t("every card by what its fall costs others; computed, no formulas")),
        (t("Restate"), t("accounts at another life of servers; change one life for all or each firm's")),
        (t("Vintages"), t("spending by age, and the year's charge for it as a formula")),
        (t("Need"), t("the plain formula of required revenue; change its inputs")),
    ]
    if runs:
        told += [(t("Run"), t("who falls by when, share of the paths")), (t("Fans"), t("how firms' figures spread"))]
    else:
        told.append((t("Run"), t("left out: no run of many paths was given (--run DIR)")))
    return told


def _cells(paper: Paper) -> list[tuple[str, str]]:
    t = paper.t
    return [
        (t("cells to change"), t("Yellow; also by name: {names}.", names=", ".join((SEVERITY, LIFE, *NAMES)))),
        (t("checks"), t("Differences from the engine's numbers are 0 until a cell is changed.")),
    ]
