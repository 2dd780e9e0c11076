"""The demand that is needed, as tables and sentences that come from its numbers."""

from __future__ import annotations

from cardhouse.economy.need import Need
from cardhouse.economy.need_level import PLAN, FirmLevel, Group
from cardhouse.economy.need_return import Asked, Measure
from cardhouse.economy.need_sales import growth_of
from cardhouse.economy.need_search import Ranged, Reach, Threshold
from cardhouse.views.pull import name as firm_name
from cardhouse.views.run import SCOPES, quarter
from cardhouse.views.table import Cell, Column, Kind, Table

CAUSES = {
    "customers": "sales to customers",
    "counterparties": "payments of other firms",
    "markets": "money from lenders and shareholders",
    "outlays": "more to pay than planned",
}
DRIVERS = {"demand": "end demand", "growth": "growth of end demand"}


def dateline(answer: Need) -> str:
    """What every table must carry: book, quarters, chance, unit, ties that count."""
    c, windows = answer.choices, answer.compiled.windows
    assumed = "at their central values" if answer.turns == 1 else f"drawn {answer.turns:,} times"
    return (
        f"book of {answer.compiled.opening.book.date} · {quarter(windows[0].end)} to {quarter(windows[-1].end)} · "
        f"{c.paths:,} paths, seed {c.seed} · assumptions {assumed} · USD billion, end demand a year at plan's prices · "
        f"ties: {SCOPES[c.run.scope.value]}"
    )


def factor(found: Threshold) -> str:
    """A threshold as a word for a table."""
    if found.reach is Reach.NEVER:
        return "none"
    if found.value == 0.0:
        return "any"
    return f"{'under ' if found.reach is Reach.ALWAYS else ''}{found.value:.2f}"


def span(found: Ranged) -> str:
    """The range of a threshold; empty where there is none to bound."""
    if found.least.reach is not Reach.FOUND:
        return ""
    low = f"{found.low.value:.2f}" if found.low.reach is Reach.FOUND else f"under {found.low.value:.2f}"
    high = f"{found.high.value:.2f}" if found.high.reach is Reach.FOUND else f"over {found.high.value:.2f}"
    return f"{low} to {high}"


def names(answer: Need, firms: tuple[str, ...]) -> str:
    """Firms in a sentence."""
    said = [firm_name(answer.compiled.opening, firm) for firm in firms]
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"


def headline(answer: Need) -> list[str]:
    """The answer in a few sentences."""
    whole, others, what = answer.levels.everybody, answer.levels.others, DRIVERS[answer.choices.driver]
    lines = [
        f"End customers pay {whole_billions(answer.sales.now)} billion dollars a year for AI now; the plan holds "
        f"{_years(answer, PLAN)}.",
        _central(answer, whole.central, what),
        f"With chance nobody fails in {whole.at_plan:.0%} of paths at plan "
        f"(standard error {100.0 * whole.error:.1f} points). {_chance(answer, whole, what)}",
    ]
    if others is not None and others.needs.least.reach is not Reach.NEVER:
        lines.append(_without(answer, others, what))
    return [*lines, *_served(answer)]


def _central(answer: Need, found: Threshold, what: str) -> str:
    if found.reach is Reach.NEVER:
        return f"Without chance some firm fails at every factor tried, up to {found.value:g} times the plan's {what}."
    if found.reach is Reach.ALWAYS:
        return f"Without chance nobody fails even at {found.value:g} times the plan's {what}."
    again = f" At {found.fails_above:g} times somebody fails again." if found.fails_above < 1e9 else ""
    return (
        f"Without chance nobody fails from {found.value:.2f} times the plan's {what} on: "
        f"{_years(answer, found.value)}.{again}"
    )


def _chance(answer: Need, group: Group, what: str) -> str:
    asked, found = answer.levels.confidence, group.needs.least
    if found.reach is Reach.NEVER:
        return (
            f"No factor makes that {asked:.0%}: the most is {group.most:.0%}, at {group.most_at:.2f} times the plan's "
            f"{what} (tried up to {found.value:g} times)."
        )
    if found.reach is Reach.ALWAYS:
        return f"It is {asked:.0%} even at {found.value:g} times the plan's {what}."
    return f"For {asked:.0%} it takes {found.value:.2f} times the plan's {what} ({span(group.needs)})."


def _without(answer: Need, group: Group, what: str) -> str:
    found, asked = group.needs.least, answer.levels.confidence
    who = names(answer, group.left_out)
    if found.reach is Reach.ALWAYS:
        return f"Nobody but {who} fails in {asked:.0%} of paths even at {found.value:g} times the plan's {what}."
    return (
        f"That nobody but {who} fails in {asked:.0%} of paths takes {found.value:.2f} times the plan's {what} "
        f"({span(group.needs)}): {_years(answer, found.value)}."
    )


def _years(answer: Need, at: float) -> str:
    """Dollars of the first and the last year, and the growth a year from today's pace."""
    years = answer.dollars(at)
    growth = growth_of(answer.sales.now, years[-1], len(years))
    said = f", {growth:.0%} a year from now on" if growth is not None else ""
    return f"{whole_billions(years[0])} billion in the first year and {whole_billions(years[-1])} in the last{said}"


def _served(answer: Need) -> list[str]:
    """Where more demand sells no more: computing is short."""
    most = max(answer.sold, key=lambda row: row.sold[-1])
    short = [row for row in answer.sold if row.factor > PLAN and row.short]
    if not short:
        return []
    return [
        f"At {short[0].factor:.2f} times the plan the firms no longer serve all that is asked for: without chance they "
        f"sell at most {whole_billions(most.sold[0])} billion in the first year and "
        f"{whole_billions(most.sold[-1])} in the last. Demand beyond that helps only where chance takes some of it "
        "away."
    ]


def whole_billions(million: float) -> str:
    """USD million as whole billions."""
    return f"{million / 1000.0:,.0f}"


def side_by_side(answer: Need) -> Table:
    """All answers in one unit: end demand by year of the run."""
    count = len(answer.sales.years)
    ends = [w.end for w in answer.compiled.windows[3::4][:count]]
    rows: list[tuple[Cell, ...]] = [_row(answer, "plan", Threshold(Reach.FOUND, PLAN))]
    rows.append(_row(answer, "nobody fails, without chance", answer.levels.everybody.central))
    for group in filter(None, (answer.levels.everybody, answer.levels.others)):
        who = f" but {names(answer, group.left_out)}" if group.left_out else ""
        rows.append(_row(answer, f"nobody{who} fails, {answer.levels.confidence:.0%}", group.needs.least))
    rows += [
        _row(answer, f"AI alone earns {asked.rate:.0%}, without chance", asked.by_measure[Measure.AI])
        for asked in answer.returns.asked
    ]
    rows += [_over_time(answer, asked) for asked in answer.returns.asked]
    flat = answer.formulas
    rows.append(_dollars(answer, f"plain formula, {flat.terms.return_:.0%}", "", (flat.value,) * count))
    columns = (
        Column("answer", "what", wrap=True),
        Column("factor", "times plan"),
        *(Column(f"year_{k + 1}", f"to {quarter(end)}", Kind.MONEY) for k, end in enumerate(ends)),
        Column("growth", "a year", Kind.PERCENT),
    )
    notes = (
        f"A year: growth from {whole_billions(answer.sales.now)} billion now to the last year. Formula over time: the "
        "plain formula's lives, return and part of revenue for capital, with the plan's spending and sales quarter by "
        "quarter. None: no factor tried does it.",
    )
    return Table("Needed end demand for AI", columns, tuple(rows), notes)


def _row(answer: Need, what: str, found: Threshold) -> tuple[Cell, ...]:
    if found.reach is Reach.NEVER:
        return (what, "none", *(None for _ in answer.sales.years), None)
    return _dollars(answer, what, factor(found), answer.dollars(found.value))


def _dollars(answer: Need, what: str, times: str, years: tuple[float, ...]) -> tuple[Cell, ...]:
    return (what, times, *years, growth_of(answer.sales.now, years[-1], len(years)))


def _over_time(answer: Need, asked: Asked) -> tuple[Cell, ...]:
    dollars = tuple(asked.over_time * x for x in answer.sales.years)
    return _dollars(answer, f"formula over time, {asked.rate:.0%}", f"{asked.over_time:.2f}", dollars)


def firms(answer: Need) -> Table:
    """Each firm that may fall: what it needs on its own."""
    shown = [row for row in answer.levels.firms if _in_danger(row)]
    safe = tuple(row.firm for row in answer.levels.firms if not _in_danger(row))
    rows = tuple(
        (
            firm_name(answer.compiled.opening, row.firm),
            row.alone.at_plan,
            factor(row.alone.central),
            factor(row.alone.needs.least),
            span(row.alone.needs),
            row.alone.most,
            ", ".join(f"{CAUSES[cause]} {share:.0%}" for cause, share in row.causes[:2]),
        )
        for row in shown
    )
    columns = (
        Column("firm", "firm"),
        Column("at_plan", "stands at plan", Kind.PERCENT),
        Column("central", "without chance"),
        Column("needs", f"for {answer.levels.confidence:.0%}"),
        Column("range", "range"),
        Column("most", "at most", Kind.PERCENT),
        Column("missing", "what is missing where it falls even then", wrap=True),
    )
    what = DRIVERS[answer.choices.driver]
    notes = [
        f"Factors on the plan's {what}; the range holds the factor with 95% over repeated draws. At most: share of "
        "paths in which it stands at the factor that helps it most."
    ]
    if safe:
        least = answer.levels.everybody.curve[0][0]
        notes.append(
            f"Stand in {answer.levels.confidence:.0%} of paths even at {least:g} times: {names(answer, safe)}."
        )
    return Table("What each firm needs on its own", columns, rows, tuple(notes))


def _in_danger(row: FirmLevel) -> bool:
    return row.alone.needs.least.reach is not Reach.ALWAYS


def by_factor(answer: Need) -> Table:
    """The whole scan: who stands, what is sold and what capital earns at each factor."""
    others = answer.levels.others
    second = dict(others.curve) if others is not None else {}
    ai, whole = (dict(answer.returns.earned[m]) for m in (Measure.AI, Measure.WHOLE))
    rows = tuple(
        (row.factor, share, second.get(row.factor), row.asked[-1], row.sold[-1], ai[row.factor], whole[row.factor])
        for row, (_, share) in zip(answer.sold, answer.levels.everybody.curve, strict=True)
    )
    columns = (
        Column("factor", "times plan", Kind.NUMBER),
        Column("nobody", "nobody fails", Kind.PERCENT),
        Column("nobody_else", "nobody else fails", Kind.PERCENT),
        Column("asked", "asked in the last year", Kind.MONEY),
        Column("sold", "sold in the last year", Kind.MONEY),
        Column("ai", "AI alone earns", Kind.PERCENT),
        Column("whole", "whole firms earn", Kind.PERCENT),
    )
    notes = [
        "Shares of paths with chance; sales and returns of the path without. Sold can lie above what is asked, which "
        "is at plan's prices: computing sold since the opening earns the rent of the day."
    ]
    if others is not None:
        notes.append(f"Nobody else: {names(answer, others.left_out)} may fall.")
    return Table("Level by level", columns, rows, tuple(notes))
