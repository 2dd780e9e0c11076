"""The demand that is needed, as tables and sentences that come from its numbers."""

from __future__ import annotations

from cardhouse.economy.need import Need
from cardhouse.economy.need_level import PLAN, FirmLevel, Group
from cardhouse.economy.need_return import Measure
from cardhouse.economy.need_sales import growth_of
from cardhouse.economy.need_search import Ranged, Reach, Threshold
from cardhouse.views.pull import SCOPES
from cardhouse.views.pull import name as firm_name
from cardhouse.views.table import Cell, Column, Kind, Table
from cardhouse.views.words import ENGLISH, N_, Words

CAUSES = {
    "customers": N_("sales to customers"),
    "counterparties": N_("payments of other firms"),
    "markets": N_("money from lenders and shareholders"),
    "outlays": N_("more to pay than planned"),
}
DRIVERS = {"demand": N_("end demand"), "growth": N_("growth of end demand")}
TIMES = {"demand": N_("times plan"), "growth": N_("times planned growth")}
"""What a column of factors holds, by driver: never both kinds."""


def dateline(answer: Need, *, t: Words = ENGLISH) -> str:
    """What every table must carry: book, quarters, chance, unit, ties that count."""
    c, windows = answer.choices, answer.compiled.windows
    drawn = t("assumptions drawn {times} times", times=f"{answer.turns:,}")
    return t(
        "book of {date} · {first} to {last} · {paths} paths, seed {seed} · {assumed} · {unit}, end demand a year at "
        "plan's prices · ties: {ties}",
        date=answer.compiled.opening.book.date,
        first=t.quarter(windows[0].end),
        last=t.quarter(windows[-1].end),
        paths=f"{c.paths:,}",
        seed=c.seed,
        assumed=t("assumptions at their central values") if answer.turns == 1 else drawn,
        unit=t.money_unit,
        ties=t(SCOPES[c.run.scope.value]),
    )


def factor(found: Threshold, *, t: Words = ENGLISH) -> str:
    """A threshold as a word for a table."""
    if found.reach is Reach.NEVER:
        return t("none")
    if found.value == 0.0:
        return t("any")
    return t("under {value}", value=f"{found.value:.2f}") if found.reach is Reach.ALWAYS else f"{found.value:.2f}"


def span(found: Ranged, *, t: Words = ENGLISH) -> str:
    """The range of a threshold; empty where there is none to bound."""
    if found.least.reach is not Reach.FOUND:
        return ""
    low, high = f"{found.low.value:.2f}", f"{found.high.value:.2f}"
    return t(
        "{low} to {high}",
        low=low if found.low.reach is Reach.FOUND else t("under {value}", value=low),
        high=high if found.high.reach is Reach.FOUND else t("over {value}", value=high),
    )


def names(answer: Need, firms: tuple[str, ...], *, t: Words = ENGLISH) -> str:
    """Firms in a sentence."""
    return t.listed([firm_name(answer.compiled.opening, firm, t) for firm in firms])


def headline(answer: Need, *, t: Words = ENGLISH) -> list[str]:
    """The answer in a few sentences."""
    whole, others, what = answer.levels.everybody, answer.levels.others, t(DRIVERS[answer.choices.driver])
    lines = [
        t(
            "End customers pay {now} billion dollars a year for AI now; the plan holds {years}.",
            now=t.whole(answer.sales.now),
            years=_years(answer, PLAN, t),
        ),
        _central(answer, whole.central, what, t),
        t(
            "With chance nobody fails in {share} of paths at plan (standard error {error} points). {chance}",
            share=t.percent(whole.at_plan),
            error=f"{100.0 * whole.error:.1f}",
            chance=_chance(answer, whole, what, t),
        ),
    ]
    if others is not None and others.needs.least.reach is not Reach.NEVER:
        lines.append(_without(answer, others, what, t))
    return [*lines, *_served(answer, t)]


def _central(answer: Need, found: Threshold, what: str, t: Words) -> str:
    least = f"{found.value:g}"
    if found.reach is Reach.NEVER:
        text = N_("Without chance some firm fails at every factor tried, up to {factor} times the plan's {what}.")
        return t(text, factor=least, what=what)
    if found.reach is Reach.ALWAYS:
        return t("Without chance nobody fails even at {factor} times the plan's {what}.", factor=least, what=what)
    lines = [
        t(
            "Without chance nobody fails from {factor} times the plan's {what} on: {years}.",
            factor=f"{found.value:.2f}",
            what=what,
            years=_years(answer, found.value, t),
        )
    ]
    if found.fails_above < 1e9:
        lines.append(t("At {factor} times somebody fails again.", factor=f"{found.fails_above:g}"))
    return t.sentences(lines)


def _chance(answer: Need, group: Group, what: str, t: Words) -> str:
    asked, found = t.percent(answer.levels.confidence), group.needs.least
    if found.reach is Reach.NEVER:
        return t(
            "No factor makes that {asked}: the most is {most}, at {most_at} times the plan's {what} (tried up to "
            "{factor} times).",
            asked=asked,
            most=t.percent(group.most),
            most_at=f"{group.most_at:.2f}",
            what=what,
            factor=f"{found.value:g}",
        )
    if found.reach is Reach.ALWAYS:
        text = N_("It is {asked} even at {factor} times the plan's {what}.")
        return t(text, asked=asked, factor=f"{found.value:g}", what=what)
    return t(
        "For {asked} it takes {factor} times the plan's {what} ({range}).",
        asked=asked,
        factor=f"{found.value:.2f}",
        what=what,
        range=span(group.needs, t=t),
    )


def _without(answer: Need, group: Group, what: str, t: Words) -> str:
    found, asked = group.needs.least, t.percent(answer.levels.confidence)
    who = names(answer, group.left_out, t=t)
    if found.reach is Reach.ALWAYS:
        text = N_("Nobody but {firms} fails in {asked} of paths even at {factor} times the plan's {what}.")
        return t(text, firms=who, asked=asked, factor=f"{found.value:g}", what=what)
    return t(
        "That nobody but {firms} fails in {asked} of paths takes {factor} times the plan's {what} ({range}): {years}.",
        firms=who,
        asked=asked,
        factor=f"{found.value:.2f}",
        what=what,
        range=span(group.needs, t=t),
        years=_years(answer, found.value, t),
    )


def _years(answer: Need, at: float, t: Words) -> str:
    """Dollars of the first and the last year, and the growth a year from today's pace."""
    years = answer.dollars(at)
    growth = growth_of(answer.sales.now, years[-1], len(years))
    first, last = t.whole(years[0]), t.whole(years[-1])
    if growth is None:
        return t("{first} billion in the first year and {last} in the last", first=first, last=last)
    return t(
        "{first} billion in the first year and {last} in the last, {growth} a year from now on",
        first=first,
        last=last,
        growth=t.percent(growth),
    )


def _served(answer: Need, t: Words) -> list[str]:
    """Where demand is no longer served in full: computing is short."""
    most, short = max(answer.sold, key=lambda row: row.sold[-1]), _short(answer)
    if short is None:
        return []
    return [
        t(
            "At {factor} times the plan's {what} the firms no longer serve all that is asked for: without chance they "
            "sell at most {first} billion in the first year and {last} in the last. Demand beyond that helps only "
            "those who still have computing to spare, and where chance takes some of it away.",
            factor=f"{short:.2f}",
            what=t(DRIVERS[answer.choices.driver]),
            first=t.whole(most.sold[0]),
            last=t.whole(most.sold[-1]),
        )
    ]


def _short(answer: Need) -> float | None:
    """The least factor tried beyond the plan at which some demand finds no computing; None where there is none."""
    return next((row.factor for row in answer.sold if row.factor > PLAN and row.short), None)


def side_by_side(answer: Need, *, t: Words = ENGLISH) -> Table:
    """All answers in one unit: end demand by year of the run."""
    count = len(answer.sales.years)
    ends = [w.end for w in answer.compiled.windows[3::4][:count]]
    rows: list[tuple[Cell, ...]] = [_row(answer, t("plan"), Threshold(Reach.FOUND, PLAN), t)]
    rows.append(_row(answer, t("nobody fails, without chance"), answer.levels.everybody.central, t))
    groups = filter(None, (answer.levels.everybody, answer.levels.others))
    rows += [_row(answer, _nobody(answer, group, t), group.needs.least, t) for group in groups]
    for asked in answer.returns.asked:
        what = t("AI alone earns {rate}, without chance", rate=t.percent(asked.rate))
        rows.append(_row(answer, what, asked.by_measure[Measure.AI], t))
    for asked in answer.returns.asked:
        rows.append(_row(answer, t("formula over time, {rate}", rate=t.percent(asked.rate)), asked.over_time, t))
    flat = answer.formulas
    plain = t("plain formula, {rate}", rate=t.percent(flat.terms.return_))
    rows.append(_dollars(answer, plain, "", (flat.value,) * count))
    columns = (
        Column("answer", t("what"), wrap=True),
        Column("factor", t(TIMES[answer.choices.driver])),
        *(Column(f"year_{k + 1}", t("to {quarter}", quarter=t.quarter(e)), Kind.MONEY) for k, e in enumerate(ends)),
        Column("growth", t("a year"), Kind.PERCENT),
    )
    note = t(
        "A year: growth from {now} billion now to the last year. Formula over time: the plain formula's lives, return "
        "and part of revenue for capital, with the plan's spending and sales quarter by quarter. None: no factor tried "
        "does it.",
        now=t.whole(answer.sales.now),
    )
    return Table(t("Needed end demand for AI"), columns, tuple(rows), (note,), t)


def _nobody(answer: Need, group: Group, t: Words) -> str:
    """What is asked of a group, in a row's first cell."""
    share = t.percent(answer.levels.confidence)
    if not group.left_out:
        return t("nobody fails, {share}", share=share)
    return t("nobody but {firms} fails, {share}", firms=names(answer, group.left_out, t=t), share=share)


def _row(answer: Need, what: str, found: Threshold, t: Words) -> tuple[Cell, ...]:
    if found.reach is Reach.NEVER:
        return (what, t("none"), *(None for _ in answer.sales.years), None)
    return _dollars(answer, what, factor(found, t=t), answer.dollars(found.value))


def _dollars(answer: Need, what: str, times: str, years: tuple[float, ...]) -> tuple[Cell, ...]:
    return (what, times, *years, growth_of(answer.sales.now, years[-1], len(years)))


def firms(answer: Need, *, t: Words = ENGLISH) -> Table:
    """Each firm that may fall: what it needs on its own."""
    shown = [row for row in answer.levels.firms if _in_danger(row)]
    safe = tuple(row.firm for row in answer.levels.firms if not _in_danger(row))
    asked, what = t.percent(answer.levels.confidence), t(DRIVERS[answer.choices.driver])
    rows = tuple(
        (
            firm_name(answer.compiled.opening, row.firm, t),
            row.alone.at_plan,
            factor(row.alone.central, t=t),
            factor(row.alone.needs.least, t=t),
            span(row.alone.needs, t=t),
            row.alone.most,
            t.comma.join(f"{t(CAUSES[cause])} {t.percent(share)}" for cause, share in row.causes[:2]),
        )
        for row in shown
    )
    columns = (
        Column("firm", t("firm")),
        Column("at_plan", t("stands at plan"), Kind.PERCENT),
        Column("central", t("without chance")),
        Column("needs", t("for {share}", share=asked)),
        Column("range", t("range")),
        Column("most", t("at most"), Kind.PERCENT),
        Column("missing", t("what is missing where it falls even then"), wrap=True),
    )
    text = N_(
        "Factors on the plan's {what}; the range holds the factor with 95% over repeated draws. At most: share of "
        "paths in which it stands at the factor that helps it most."
    )
    notes = [t(text, what=what)]
    if safe:
        least = f"{answer.levels.everybody.curve[0][0]:g}"
        text = N_("Stand in {share} of paths even at {factor} times: {firms}.")
        notes.append(t(text, share=asked, factor=least, firms=names(answer, safe, t=t)))
    return Table(t("What each firm needs on its own"), columns, rows, tuple(notes), t)


def _in_danger(row: FirmLevel) -> bool:
    return row.alone.needs.least.reach is not Reach.ALWAYS


def by_factor(answer: Need, *, t: Words = ENGLISH) -> Table:
    """The whole scan: who stands, what is sold and what capital earns at each factor."""
    others = answer.levels.others
    second = dict(others.curve) if others is not None else {}
    ai, whole = (dict(answer.returns.earned[m]) for m in (Measure.AI, Measure.WHOLE))
    rows = tuple(
        (row.factor, share, second.get(row.factor), row.asked[-1], row.sold[-1], ai[row.factor], whole[row.factor])
        for row, (_, share) in zip(answer.sold, answer.levels.everybody.curve, strict=True)
    )
    columns = (
        Column("factor", t(TIMES[answer.choices.driver]), Kind.NUMBER),
        Column("nobody", t("nobody fails"), Kind.PERCENT),
        Column("nobody_else", t("nobody else fails"), Kind.PERCENT),
        Column("asked", t("asked in the last year"), Kind.MONEY),
        Column("sold", t("sold in the last year"), Kind.MONEY),
        Column("ai", t("AI alone earns"), Kind.PERCENT),
        Column("whole", t("whole firms earn"), Kind.PERCENT),
    )
    notes = [
        t(
            "Shares of paths with chance; sales and returns of the path without. Sold can lie above what is asked, "
            "which is at plan's prices: computing sold since the opening earns the rent of the day."
        )
    ]
    if others is not None:
        notes.append(t("Nobody else: {firms} may fall.", firms=names(answer, others.left_out, t=t)))
    return Table(t("Level by level"), columns, rows, tuple(notes), t)
