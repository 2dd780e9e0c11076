"""A look back as tables and sentences that come from its numbers."""

from __future__ import annotations

from typing import Any

from cardhouse.economy.hindcast import SUMMED, Hindcast
from cardhouse.economy.hindcast_reported import YEAR
from cardhouse.economy.hindcast_scores import BALANCES, FLOWS, Line, Score
from cardhouse.views.pull import name
from cardhouse.views.table import Cell, Column, Kind, Table
from cardhouse.views.words import ENGLISH, N_, Words

TITLES = {
    "revenue": N_("revenue"),
    "capital_expenditures": N_("capital spending"),
    "net_income": N_("net income"),
    "cash_and_investments": N_("cash"),
    "total_debt": N_("debt"),
}
FEW = 3
"""Firms below which a median says nothing about the rest."""


def dateline(found: Hindcast, *, t: Words = ENGLISH) -> str:
    """What every table of a look back must carry."""
    return t(
        "from {start} · opens {opening} · compared up to {last} · {unit}",
        start=found.start,
        opening=found.opening,
        last=found.last,
        unit=t.money_unit,
    )


def headline(found: Hindcast, *, t: Words = ENGLISH) -> list[str]:
    """Whether the run is nearer than the naive forecasts, over a year or as far as there is one."""
    lines = []
    for metric in SUMMED:
        score = farthest(found, metric)
        if score is not None:
            lines.append(_verdict(score, t))
    if found.failed:
        who = [t("{firm} in quarter {quarter}", firm=_name(found, n, t), quarter=step + 1) for n, step in found.failed]
        text = N_("In the run these fail without any shock, and nobody did: {firms}. That is a fault of the run.")
        lines.append(t(text, firms=t.comma.join(who)))
    else:
        lines.append(t("Nobody fails in the run without a shock, and nobody did."))
    return lines


def _name(found: Hindcast, firm: str, t: Words) -> str:
    return name(found.run.compiled.opening, firm, t)


def farthest(found: Hindcast, metric: str) -> Score | None:
    """The score of a metric over the first year; else of the farthest quarter with enough firms, four at most."""
    rows = [s for s in found.scores if s.metric == metric and s.horizon <= YEAR]
    enough = [s for s in rows if s.firms >= FEW] or rows
    return max(enough, key=lambda s: (s.span, s.horizon), default=None)


VERDICTS = {
    True: N_(
        "{what} {over}: the median error over {firms} firms is {model}, nearer than both naive forecasts (last value "
        "{last_value}, last growth {last_growth}); nearest for {ahead} of them."
    ),
    False: N_(
        "{what} {over}: the median error over {firms} firms is {model}, not nearer than both naive forecasts (last "
        "value {last_value}, last growth {last_growth}); nearest for {ahead} of them."
    ),
}


def _verdict(score: Score, t: Words) -> str:
    what, over = t(TITLES[score.metric]), _over(score.span, score.horizon, t)
    if score.model is None or score.last_value is None or score.last_growth is None:
        return t("No firm has all three forecasts of {what} {over}.", what=what, over=over)
    return t(
        VERDICTS[bool(score.better)],
        what=what.capitalize(),
        over=over,
        firms=score.firms,
        model=t.percent(score.model),
        last_value=t.percent(score.last_value),
        last_growth=t.percent(score.last_growth),
        ahead=score.ahead,
    )


def _over(span: int, horizon: int, t: Words) -> str:
    if span > 1:
        return t("over quarters {first} to {last}", first=horizon - span + 1, last=horizon)
    return t("in quarter {number}", number=horizon)


def summary(found: Hindcast, *, t: Words = ENGLISH) -> Table:
    """Median errors by metric and horizon."""
    rows = tuple(
        (
            t(TITLES[s.metric]),
            _over(s.span, s.horizon, t),
            s.firms,
            s.model,
            s.last_value,
            s.last_growth,
            s.ahead,
            {True: t("better"), False: t("worse"), None: ""}[s.better],
            s.all_firms,
            s.all_model,
        )
        for s in found.scores
    )
    columns = (
        Column("metric", t("metric")),
        Column("over", t("when")),
        Column("firms", t("firms"), Kind.COUNT),
        Column("model", t("run"), Kind.PERCENT),
        Column("last_value", t("last value"), Kind.PERCENT),
        Column("last_growth", t("last growth"), Kind.PERCENT),
        Column("ahead", t("nearest"), Kind.COUNT),
        Column("verdict", t("than both")),
        Column("all_firms", t("all firms"), Kind.COUNT),
        Column("all_model", t("run, all"), Kind.PERCENT),
    )
    note = t(
        "Median of absolute errors, as a share of what was reported, over the firms of the first rank for which the "
        "run and both naive forecasts exist. Nearest: firms for which the run is nearer than both. "
        "All firms: those without a naive forecast too."
    )
    return Table(t("Median errors"), columns, rows, (note,), t)


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


def by_firm(found: Hindcast, *, t: Words = ENGLISH) -> tuple[Table, ...]:
    """One table for each metric: every firm about a year on."""
    lines = near_a_year(found)
    columns = (Column("firm", t("firm"), wrap=True), *_columns(t))
    tables = []
    for metric in (*FLOWS, *BALANCES):
        what = t(TITLES[metric]).capitalize()
        year = t("{what}, firm by firm: the first year", what=what)
        title = year if metric in SUMMED else t("{what}, firm by firm: a year on", what=what)
        rows = tuple((_name(found, x.firm, t), *_cells(x, t)) for x in lines if x.metric == metric)
        tables.append(Table(title, columns, rows, tuple(t(note) for note in NOTES.get(metric, ())), t))
    return tuple(tables)


NOTES = {
    "revenue": (
        N_(
            "The year is the four quarters after the opening; a quarter stands where the year is not reported. "
            "A star: derived, for example as a year less three quarters."
        ),
    ),
    "net_income": (
        N_("Reported net income holds gains and losses on stakes, tax and other one-off items that no run foresees."),
    ),
}


def one_firm(found: Hindcast, firm: str, *, t: Words = ENGLISH) -> Table:
    """All lines of one firm."""
    return Table(
        t("{firm}, quarter by quarter", firm=_name(found, firm, t)),
        (Column("metric", t("metric")), *_columns(t)),
        tuple((t(TITLES[x.metric]), *_cells(x, t)) for x in found.lines if x.firm == firm),
        tuple(t(note) for note in (*NOTES["revenue"], *NOTES["net_income"])),
        t,
    )


def _cells(x: Line, t: Words) -> tuple[Cell, ...]:
    month = f"{x.end:%Y-%m}"
    when = t("year to {date}", date=month) if x.span > 1 else month
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


def _columns(t: Words) -> tuple[Column, ...]:
    return (
        Column("period", t("when")),
        Column("forecast", t("run"), Kind.MONEY),
        Column("last_value", t("last value"), Kind.MONEY),
        Column("last_growth", t("last growth"), Kind.MONEY),
        Column("reported", t.meant("reported", N_("reported figure")), Kind.MONEY),
        Column("error", t("run off"), Kind.PERCENT),
        Column("error_last_value", t("value off"), Kind.PERCENT),
        Column("error_last_growth", t("growth off"), Kind.PERCENT),
    )


def known_then(found: Hindcast, *, t: Words = ENGLISH) -> list[str]:
    """What the run could know: ties, assumptions, who is not tested."""
    rows = found.assumptions
    newest = max((row.known for row in rows), default=None)
    missing = t.comma.join(_name(found, f, t) for f in found.unmatched)
    return [
        t(
            "Of today's ties {known} were known then, and {counted} count in the run.",
            known=found.ties_known,
            counted=found.ties_counted,
        ),
        t(
            "{count} assumptions known then are about tested firms, their layers or all firms; the newest is of "
            "{newest}. They were written down later and dated by what they rest on: a date is no proof against "
            "hindsight.",
            count=len(rows),
            newest=newest,
        ),
        *([t("Without a balance sheet then, so not compared: {firms}.", firms=missing)] if missing else []),
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
