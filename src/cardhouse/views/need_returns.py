"""What capital for AI earns, and why the answer differs from the plain formula, in tables and sentences."""

from __future__ import annotations

from cardhouse.book import Layer
from cardhouse.economy.need import SERVED, Need
from cardhouse.economy.need_level import PLAN
from cardhouse.economy.need_return import Asked, Flows, Measure, internal_rate, together
from cardhouse.economy.need_search import Reach
from cardhouse.views.need import DRIVERS
from cardhouse.views.pull import name as firm_name
from cardhouse.views.table import Cell, Column, Kind, Table
from cardhouse.views.words import ENGLISH, N_, Words

MEASURES = {Measure.AI: N_("AI alone"), Measure.WHOLE: N_("whole firms")}
"""Whose capital and whose cash."""


def earned(answer: Need, *, t: Words = ENGLISH) -> list[str]:
    """What capital earns, and why a return is out of reach where it is."""
    lines, what = [], t(DRIVERS[answer.choices.driver])
    for measure in Measure:
        whose = t(MEASURES[measure])
        known = [(f, r) for f, r in answer.returns.earned[measure] if r is not None]
        at_plan = dict(known).get(PLAN)
        if at_plan is None:
            lines.append(t("{whose}: no return balances the flows of the plan.", whose=_cap(whose)))
            continue
        best_at, best = max(known, key=lambda pair: (pair[1], -pair[0]))
        worst = min(r for _, r in known)
        text = N_(
            "{whose}: the capital earns {at_plan} a year at plan, {worst} to {best} over all factors tried, the most "
            "at {factor} times the plan's {what}. {reached}"
        )
        lines.append(
            t(
                text,
                whose=_cap(whose),
                at_plan=t.percent(at_plan, 1),
                worst=t.percent(worst, 1),
                best=t.percent(best, 1),
                factor=f"{best_at:.2f}",
                what=what,
                reached=_reached(answer, measure, t),
            )
        )
    return lines


def _reached(answer: Need, measure: Measure, t: Words) -> str:
    """Which demand the returns asked for take, in words."""
    said, what = [], t(DRIVERS[answer.choices.driver])
    for asked in answer.returns.asked:
        found, rate = asked.by_measure[measure], t.percent(asked.rate)
        if found.reach is Reach.NEVER:
            said.append(t("{rate} at no factor tried", rate=rate))
        elif found.reach is Reach.ALWAYS:
            text = N_("{rate} even at {factor} times the plan's {what}")
            said.append(t(text, rate=rate, factor=f"{found.value:g}", what=what))
        else:
            text = N_("{rate} from {factor} times the plan's {what} on")
            said.append(t(text, rate=rate, factor=f"{found.value:.2f}", what=what))
    return t("It earns {returns}.", returns=t.semicolon.join(said))


def _cap(words: str) -> str:
    return words[0].upper() + words[1:]


def difference(answer: Need, *, t: Words = ENGLISH) -> list[str]:
    """What explains the difference between the plain formula and the same formula over time."""
    terms, flows = answer.formulas.terms, answer.returns.plan[Measure.AI]
    same = next(a for a in answer.returns.asked if a.rate == terms.return_)
    years = answer.sales.years
    text = N_(
        "The plain formula asks for {value} billion in every year: it pays for {capital} billion of capital, built "
        "since {since} and planned for a year. Over the {quarters} quarters of the run the plan spends {spent} billion "
        "more for AI on top of the {put_in} that stand, and {left} are left at the end; its sales grow from {first} to "
        "{last} billion."
    )
    whole = [
        t(
            text,
            value=t.whole(answer.formulas.value),
            capital=t.whole(terms.capital),
            since=answer.formulas.since.year,
            quarters=len(flows.at),
            spent=t.whole(float(flows.spent.sum())),
            put_in=t.whole(flows.put_in),
            left=t.whole(flows.left),
            first=t.whole(years[0]),
            last=t.whole(years[-1]),
        ),
        _over_time(answer, same, t),
    ]
    return [t.sentences(whole), _margin(answer, t), *_beyond_the_plan(answer, same, t)]


def _over_time(answer: Need, asked: Asked, t: Words) -> str:
    """What the formula over time asks for."""
    found, rate, what = asked.over_time, t.percent(asked.rate), t(DRIVERS[answer.choices.driver])
    if found.reach is Reach.FOUND:
        years = answer.dollars(found.value)
        text = N_(
            "With the same lives and part of revenue for capital a return of {rate} then takes {early} billion in the "
            "first year and {late} in the last."
        )
        return t(text, rate=rate, early=t.whole(years[0]), late=t.whole(years[-1]))
    never = N_(
        "With the same lives and part of revenue for capital no factor tried gives a return of {rate} then, up to "
        "{factor} times the plan's {what}."
    )
    always = N_(
        "With the same lives and part of revenue for capital {factor} times the plan's {what} give a return of {rate} "
        "then, and more."
    )
    return t(never if found.reach is Reach.NEVER else always, rate=rate, factor=f"{found.value:g}", what=what)


def _beyond_the_plan(answer: Need, asked: Asked, t: Words) -> list[str]:
    """Where the computing that firms would have could not sell what the formula over time asks for."""
    most = max(row.sold[-1] for row in answer.sold)
    if asked.over_time.reach is not Reach.FOUND or most >= SERVED * answer.dollars(asked.over_time.value)[-1]:
        return []
    text = N_(
        "The computing that firms would have can sell {most} billion in the last year at most, less than that: prices "
        "would have to differ, or firms to build more than up to twice their plan, not demand alone."
    )
    return [t(text, most=t.whole(most))]


def _margin(answer: Need, t: Words) -> str:
    """What the run leaves of AI sales for capital beside the formula, and whose it is."""
    planned, part = float(answer.sales.planned.sum()), answer.formulas.terms.part
    earned = {firm: float(flows.earned.sum()) for firm, flows in answer.returns.firms}
    labs = sum(x for firm, x in earned.items() if answer.compiled.opening.firm(firm).layer is Layer.MODEL)
    share = sum(earned.values()) / planned if planned > 0.0 else 0.0
    takes = t("laboratories take {amount} of it", amount=t.whole(-labs))
    brings = t("laboratories bring {amount}", amount=t.whole(labs))
    return t(
        "The run leaves {share} of the plan's AI sales of {planned} billion for capital, the formula takes {part}: "
        "clouds bring {others} billion of cash from operations for AI, {labs}.",
        share=t.percent(share),
        planned=t.whole(planned),
        part=t.percent(part),
        others=t.whole(sum(earned.values()) - labs),
        labs=takes if labs < 0.0 else brings,
    )


def capital(answer: Need, *, t: Words = ENGLISH) -> Table:
    """What each owner puts into AI and gets out of it at plan, without chance."""
    rows: list[tuple[Cell, ...]] = [
        (firm_name(answer.compiled.opening, firm, t), *_flows(flows)) for firm, flows in answer.returns.firms
    ]
    rows.append((t("all"), *_flows(together([flows for _, flows in answer.returns.firms]))))
    rows.append((t("whole firms"), *_flows(answer.returns.plan[Measure.WHOLE])))
    columns = (
        Column("firm", t("firm")),
        Column("put_in", t("capital at the start"), Kind.MONEY),
        Column("spent", t("spent"), Kind.MONEY),
        Column("earned", t("cash from operations"), Kind.MONEY),
        Column("left", t("plant at the end"), Kind.MONEY),
        Column("return", t("return a year"), Kind.PERCENT),
    )
    note = t(
        "Capital and cash for AI, but for the last line: all of the same firms. No return: none from -99% to 1,000% "
        "balances the flows."
    )
    return Table(t("What capital earns at plan"), columns, tuple(rows), (note,), t)


def _flows(flows: Flows) -> tuple[Cell, ...]:
    spent, earned = float(flows.spent.sum()), float(flows.earned.sum())
    return flows.put_in, spent, earned, flows.left, internal_rate(flows)


def notes(*, t: Words = ENGLISH) -> list[str]:
    """What the answer leaves out."""
    return [
        t(
            "Failure costs, spending cut after lost sales and rents that move with demand are in the run and not in "
            "the formulas. Returns: cash from operations after tax and before interest, a quarter's flows at its end, "
            "plant at the end at its book value on the economic life; of a firm's cash AI carries its share of "
            "revenue. What a firm gains by AI in its own products (advertising, shops) is no sale of AI and counts for "
            "whole firms only."
        )
    ]
