"""A run of many paths as sheets: who falls by when, and the fans."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from cardhouse.economy.many.clusters import ENOUGH, bounds
from cardhouse.economy.many.results import Default, When
from cardhouse.economy.many.results_fans import LEVELS
from cardhouse.views.charts.many import caption
from cardhouse.views.many import source, unsure_errors
from cardhouse.views.many_answer import Answer
from cardhouse.views.odds import limit
from cardhouse.views.words import Words
from cardhouse.views.workbook.paper import Cell, Field, Form, Paper


def ran(paper: Paper, answer: Answer, number: int) -> None:
    """Both sheets; ``number`` tells several runs apart, 0 where there is one."""
    t, ends = paper.t, answer.rests.quarters
    tail = f" {number}" if number else ""
    falls = paper.sheet(t("Run") + tail)
    falls.write_string(0, 0, t("Who falls, share of the paths"), paper.bold)
    notes = (caption(answer.rests, t, unit=t("share of the paths")).line(), *_notes(answer, t))
    for row, note in enumerate(notes, 1):
        falls.write_string(row, 0, note)
    fields = (
        Field(t("firm"), width=32),
        Field(t("tested"), width=8),
        Field(t("falls"), Form.CHANCE),
        Field(t("standard error"), Form.CHANCE),
        Field(t("at least"), Form.CHANCE),
        Field(t("at most"), Form.CHANCE),
        Field(t("reorganised, paths"), Form.COUNT, 13),
        Field(t("median"), Form.DATE),
        Field(t("error of the median, quarters"), Form.TIMES),
        Field(t("median, 95% interval from"), Form.DATE, 13),
        Field(t("median, 95% interval to"), Form.DATE, 13),
        Field(t("10% of the falls by"), Form.DATE),
        Field(t("90% of the falls by"), Form.DATE),
        *(Field(t("by {quarter}", quarter=t.quarter(end)), Form.CHANCE) for end in ends),
        *(Field(t("missing: {cause}", cause=t(cause)), Form.SHARE, 16) for cause in _causes(answer)),
    )
    rows: Iterator[tuple[Cell, ...]] = (
        (
            answer.name(d.node),
            t("yes") if d.tested else t("vehicle"),
            *_probability(d, t),
            d.reorganised,
            *_dates(d.when, ends, t),
            *d.by_quarter,
            *(dict(d.causes).get(cause, t("none")) for cause in _causes(answer)),
        )
        for d in sorted(answer.defaults, key=lambda d: (-d.probability, d.node))
    )
    paper.grid(falls, fields, rows, top=len(notes) + 2)
    _fans(paper, answer, tail)


def _notes(answer: Answer, t: Words) -> tuple[str, ...]:
    """How well the figures are known: what none or all of the paths leave open, and what errors rest on."""
    far = bounds(0, answer.rests.paths)[1] or 1.0
    bound = t(
        "Falls in no path: the probability is below {most}%; in every path: above {least}% (with 95% confidence, were "
        "all paths independent; those of one opening are not).",
        most=limit(far),
        least=limit(far, of_rest=True),
    )
    errors = t(
        "Standard errors: {source}. That of the median is not told where fewer than {enough} of these have a fall.",
        source=source(answer, t=t),
        enough=ENOUGH,
    )
    return bound, errors, *unsure_errors(answer, t=t)


def _probability(d: Default, t: Words) -> tuple[Cell, ...]:
    """The share of the paths, its error, and its bounds, in place of an error where all or none have a fall."""
    if d.pulled:
        return t("pulled"), None, None, None
    known = d.least is None and d.most is None
    return d.probability, d.error if known else None, d.least, d.most


def _dates(when: When | None, ends: Sequence[date], t: Words) -> tuple[Cell, ...]:
    """The median, its error and interval, left blank where too few fall to tell, and the first and the last tenth."""
    if when is None:
        return t("none"), None, None, None, t("none"), t("none")
    known = when.known
    middle = (None, None, None) if known is None else (known.error, ends[known.low], ends[known.high])
    return ends[when.middle], *middle, ends[when.early], ends[when.late]


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
