"""A look back as tables and sentences that come from its numbers."""

from __future__ import annotations

from typing import Any

from cardhouse.economy.hindcast import SUMMED, Hindcast
from cardhouse.economy.hindcast_reported import YEAR
from cardhouse.economy.hindcast_scores import BALANCES, FLOWS, Line, Score
from cardhouse.views.pull import name
from cardhouse.views.table import Cell, Column, Kind, Table

TITLES = {
    "revenue": "revenue",
    "capital_expenditures": "capital spending",
    "net_income": "net income",
    "cash_and_investments": "cash",
    "total_debt": "debt",
}
FEW = 3
"""Firms below which a median says nothing about the rest."""


def dateline(found: Hindcast) -> str:
    """What every table of a look back must carry."""
    return f"from {found.start} · opens {found.opening} · compared up to {found.last} · USD billion"


def headline(found: Hindcast) -> list[str]:
    """Whether the run is nearer than the naive forecasts, over a year or as far as there is one."""
    lines = []
    for metric in SUMMED:
        score = farthest(found, metric)
        if score is not None:
            lines.append(_verdict(score))
    if found.failed:
        who = ", ".join(f"{name(found.run.compiled.opening, n)} in quarter {step + 1}" for n, step in found.failed)
        lines.append(f"In the run these fail without any shock, and nobody did: {who}. That is a fault of the run.")
    else:
        lines.append("Nobody fails in the run without a shock, and nobody did.")
    return lines


def farthest(found: Hindcast, metric: str) -> Score | None:
    """The score of a metric over the first year; else of the farthest quarter with enough firms, four at most."""
    rows = [s for s in found.scores if s.metric == metric and s.horizon <= YEAR]
    enough = [s for s in rows if s.firms >= FEW] or rows
    return max(enough, key=lambda s: (s.span, s.horizon), default=None)


def _verdict(score: Score) -> str:
    what, over = TITLES[score.metric], _over(score.span, score.horizon)
    if score.model is None or score.last_value is None or score.last_growth is None:
        return f"No firm has all three forecasts of {what} {over}."
    verdict = {True: "nearer than both", False: "not nearer than both"}[bool(score.better)]
    return (
        f"{what.capitalize()} {over}: the median error over {score.firms} firms is {score.model:.0%}, {verdict} naive "
        f"forecasts (last value {score.last_value:.0%}, last growth {score.last_growth:.0%}); "
        f"nearest for {score.ahead} of them."
    )


def _over(span: int, horizon: int) -> str:
    return f"over quarters {horizon - span + 1} to {horizon}" if span > 1 else f"in quarter {horizon}"


def summary(found: Hindcast) -> Table:
    """Median errors by metric and horizon."""
    rows = tuple(
        (
            TITLES[s.metric],
            _over(s.span, s.horizon),
            s.firms,
            s.model,
            s.last_value,
            s.last_growth,
            s.ahead,
            {True: "better", False: "worse", None: ""}[s.better],
            s.all_firms,
            s.all_model,
        )
        for s in found.scores
    )
    columns = (
        Column("metric", "metric"),
        Column("over", "when"),
        Column("firms", "firms", Kind.COUNT),
        Column("model", "run", Kind.PERCENT),
        Column("last_value", "last value", Kind.PERCENT),
        Column("last_growth", "last growth", Kind.PERCENT),
        Column("ahead", "nearest", Kind.COUNT),
        Column("verdict", "than both"),
        Column("all_firms", "all firms", Kind.COUNT),
        Column("all_model", "run, all", Kind.PERCENT),
    )
    notes = (
        "Median of absolute errors, as a share of what was reported, over the firms of the first rank for which the "
        "run and both naive forecasts exist. Nearest: firms for which the run is nearer than both. "
        "All firms: those without a naive forecast too.",
    )
    return Table("Median errors", columns, rows, notes)


def near_a_year(found: Hindcast) -> tuple[Line, ...]:
    """One line for each firm and metric: its first year, else the farthest quarter up to the fourth."""
    best: dict[tuple[str, str], Line] = {}
    order = [*FLOWS, *BALANCES]
    for line in found.lines:
        key = (line.metric, line.firm)
        old = best.get(key)
        if line.horizon <= YEAR and (old is None or (line.span, line.horizon) > (old.span, old.horizon)):
            best[key] = line
    firms = {firm: i for i, firm in enumerate(found.tested)}
    return tuple(best[k] for k in sorted(best, key=lambda k: (order.index(k[0]), firms[k[1]])))


def by_firm(found: Hindcast) -> tuple[Table, ...]:
    """One table for each metric: every firm about a year on."""
    lines = near_a_year(found)
    firm = Column("firm", "firm", wrap=True)
    return tuple(
        Table(
            f"{TITLES[metric].capitalize()}, firm by firm: {'the first year' if metric in SUMMED else 'a year on'}",
            (firm, *_COLUMNS),
            tuple((name(found.run.compiled.opening, x.firm), *_cells(x)) for x in lines if x.metric == metric),
            NOTES.get(metric, ()),
        )
        for metric in (*FLOWS, *BALANCES)
    )


NOTES = {
    "revenue": (
        "The year is the four quarters after the opening; a quarter stands where the year is not reported. "
        "A star: derived, for example as a year less three quarters.",
    ),
    "net_income": (
        "Reported net income holds gains and losses on stakes, tax and other one-off items that no run foresees.",
    ),
}


def one_firm(found: Hindcast, firm: str) -> Table:
    """All lines of one firm."""
    return Table(
        f"{name(found.run.compiled.opening, firm)}, quarter by quarter",
        (Column("metric", "metric"), *_COLUMNS),
        tuple((TITLES[x.metric], *_cells(x)) for x in found.lines if x.firm == firm),
        (*NOTES["revenue"], *NOTES["net_income"]),
    )


def _cells(x: Line) -> tuple[Cell, ...]:
    when = f"year to {x.end:%Y-%m}" if x.span > 1 else f"{x.end:%Y-%m}"
    return (
        when + ("*" if x.derived else ""),
        x.forecast,
        x.last_value,
        x.last_growth,
        x.reported,
        x.error(x.forecast),
        x.error(x.last_value),
        x.error(x.last_growth),
    )


_COLUMNS = (
    Column("period", "when"),
    Column("forecast", "run", Kind.MONEY),
    Column("last_value", "last value", Kind.MONEY),
    Column("last_growth", "last growth", Kind.MONEY),
    Column("reported", "reported", Kind.MONEY),
    Column("error", "run off", Kind.PERCENT),
    Column("error_last_value", "value off", Kind.PERCENT),
    Column("error_last_growth", "growth off", Kind.PERCENT),
)


def known_then(found: Hindcast) -> list[str]:
    """What the run could know: ties, assumptions, who is not tested."""
    rows = found.assumptions
    newest = max((row.known for row in rows), default=None)
    missing = ", ".join(name(found.run.compiled.opening, f) for f in found.unmatched)
    return [
        f"Of today's ties {found.ties_known} were known then, and {found.ties_counted} count in the run.",
        f"{len(rows)} assumptions known then are about tested firms, their layers or all firms; the newest is of "
        f"{newest}. They were written down later and dated by what they rest on: a date is no proof against hindsight.",
        *([f"Without a balance sheet then, so not compared: {missing}."] if missing else []),
    ]


def lines_table(found: Hindcast) -> Table:
    """Every line in full, for a file."""
    columns = tuple(
        Column(key, key)
        for key in (
            "from", "firm", "metric", "end", "horizon", "span", "forecast", "last_value", "last_growth", "reported",
            "derived", "where",
        )
    )  # fmt: skip
    rows = tuple(
        (
            found.start, x.firm, x.metric, x.end, x.horizon, x.span, x.forecast, x.last_value, x.last_growth,
            x.reported, x.derived, x.where,
        )
        for x in found.lines
    )  # fmt: skip
    return Table("Hindcast", columns, rows)


def payload(found: Hindcast) -> dict[str, Any]:
    """The look back as JSON."""
    return {
        "book_date": found.run.compiled.opening.book.date.isoformat(),
        "from": found.start.isoformat(),
        "opening": found.opening.isoformat(),
        "last": found.last.isoformat(),
        "unit": "USD_million",
        "firmness": found.run.choices.scope.value,
        "tested": list(found.tested),
        "not_tested": list(found.unmatched),
        "failed": [{"firm": firm, "quarter": step + 1} for firm, step in found.failed],
        "ties": {"known": found.ties_known, "counted": found.ties_counted},
        "scores": [
            {
                "metric": s.metric,
                "span": s.span,
                "horizon": s.horizon,
                "firms": s.firms,
                "run": s.model,
                "last_value": s.last_value,
                "last_growth": s.last_growth,
                "nearest": s.ahead,
                "better": s.better,
                "all_firms": s.all_firms,
                "all_run": s.all_model,
            }
            for s in found.scores
        ],
        "lines": lines_table(found).records(),
        "assumptions": [
            {"id": a.id, "subject": a.subject, "name": a.name, "central": a.central, "known": a.known.isoformat()}
            for a in found.assumptions
        ],
    }
