"""A run of many paths as sheets: who falls by when, and the fans."""

from __future__ import annotations

from collections.abc import Iterator

from cardhouse.economy.many.results_fans import LEVELS
from cardhouse.views.charts.many import caption
from cardhouse.views.many_answer import Answer
from cardhouse.views.workbook.paper import Cell, Field, Form, Paper


def ran(paper: Paper, answer: Answer, number: int) -> None:
    """Both sheets; ``number`` tells several runs apart, 0 where there is one."""
    t, ends = paper.t, answer.rests.quarters
    tail = f" {number}" if number else ""
    falls = paper.sheet(t("Run") + tail)
    falls.write_string(0, 0, t("Who falls, share of the paths"), paper.bold)
    falls.write_string(1, 0, caption(answer.rests, t, unit=t("share of the paths")).line())
    fields = (
        Field(t("firm"), width=32),
        Field(t("tested"), width=8),
        Field(t("falls"), Form.SHARE),
        Field(t("standard error"), Form.SHARE),
        Field(t("median"), Form.DATE),
        *(Field(t("by {quarter}", quarter=t.quarter(end)), Form.SHARE) for end in ends),
        *(Field(t("missing: {cause}", cause=t(cause)), Form.SHARE, 16) for cause in _causes(answer)),
    )
    rows: Iterator[tuple[Cell, ...]] = (
        (
            answer.name(d.node),
            t("yes") if d.tested else t("vehicle"),
            d.probability,
            d.error,
            ends[d.when.middle] if d.when else t("none"),
            *d.by_quarter,
            *(dict(d.causes).get(cause, t("none")) for cause in _causes(answer)),
        )
        for d in sorted(answer.defaults, key=lambda d: (-d.probability, d.node))
    )
    paper.grid(falls, fields, rows, top=3)
    _fans(paper, answer, tail)


def _causes(answer: Answer) -> tuple[str, ...]:
    return tuple(dict.fromkeys(cause for d in answer.defaults for cause, _ in d.causes))


def _fans(paper: Paper, answer: Answer, tail: str) -> None:
    t = paper.t
    fields = (
        Field(t("firm"), width=24),
        Field(t("figure"), width=20),
        Field(t("quarter to"), Form.DATE),
        Field(t("mean (USD million)"), Form.MONEY),
        *(Field(t("{level} of the paths below", level=f"{level:.0%}"), Form.MONEY) for level in LEVELS),
        Field(t("known only as a bound"), width=20),
    )
    rows: Iterator[tuple[Cell, ...]] = (
        (
            answer.name(firm),
            t(fan.measure),
            end,
            fan.means[step],
            *(q.value for q in fan.quantiles[step]),
            ", ".join(f"{level:.0%}" for level, q in zip(LEVELS, fan.quantiles[step], strict=True) if q.beyond)
            or t("none"),
        )
        for firm, fans in answer.fans.items()
        for fan in fans
        for step, end in enumerate(answer.rests.quarters)
    )
    paper.grid(paper.sheet(t("Fans") + tail), fields, rows)
