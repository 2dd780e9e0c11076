"""What capital for AI earns, and why the answer differs from the plain formula, in tables and sentences."""

from __future__ import annotations

from cardhouse.book import Layer
from cardhouse.economy.need import SERVED, Need
from cardhouse.economy.need_level import PLAN
from cardhouse.economy.need_return import Flows, Measure, internal_rate, together
from cardhouse.economy.need_search import Reach
from cardhouse.views.need import whole_billions as _b
from cardhouse.views.pull import name as firm_name
from cardhouse.views.table import Cell, Column, Kind, Table


def earned(answer: Need) -> list[str]:
    """What capital earns, and why a return is out of reach where it is."""
    lines = []
    for measure in Measure:
        known = [(f, r) for f, r in answer.returns.earned[measure] if r is not None]
        at_plan = dict(known).get(PLAN)
        if at_plan is None:
            lines.append(f"{measure.capitalize()}: no return balances the flows of the plan.")
            continue
        best_at, best = max(known, key=lambda pair: (pair[1], -pair[0]))
        worst = min(r for _, r in known)
        lines.append(
            f"{_cap(measure)}: the capital earns {at_plan:.1%} a year at plan, {worst:.1%} to {best:.1%} over all "
            f"factors tried, the most at {best_at:.2f} times the plan. {_reached(answer, measure)}"
        )
    return lines


def _reached(answer: Need, measure: Measure) -> str:
    """Which demand the returns asked for take, in words."""
    said = []
    for asked in answer.returns.asked:
        found = asked.by_measure[measure]
        if found.reach is Reach.NEVER:
            said.append(f"{asked.rate:.0%} at no factor tried")
        elif found.reach is Reach.ALWAYS:
            said.append(f"{asked.rate:.0%} even at {found.value:g} times the plan")
        else:
            said.append(f"{asked.rate:.0%} from {found.value:.2f} times the plan on")
    return f"It earns {'; '.join(said)}."


def _cap(measure: Measure) -> str:
    return measure.value[0].upper() + measure.value[1:]


def difference(answer: Need) -> list[str]:
    """What explains the difference between the plain formula and the same formula over time."""
    terms, flows = answer.formulas.terms, answer.returns.plan[Measure.AI]
    same = next((a for a in answer.returns.asked if abs(a.rate - terms.return_) < 1e-9), answer.returns.asked[0])
    years = answer.sales.years
    lines = [
        f"The plain formula asks for {_b(answer.formulas.value)} billion in every year: it pays for "
        f"{_b(terms.capital)} billion of capital, built since {answer.formulas.since.year} and planned for a year. "
        f"Over the {len(flows.at)} quarters of the run the plan spends {_b(float(flows.spent.sum()))} billion more "
        f"for AI on top of the {_b(flows.put_in)} that stand, and {_b(flows.left)} are left at the end; its sales "
        f"grow from {_b(years[0])} to {_b(years[-1])} billion. With the same lives and part of revenue for capital a "
        f"return of {same.rate:.0%} then takes {_b(same.over_time * years[0])} billion in the first year and "
        f"{_b(same.over_time * years[-1])} in the last."
    ]
    lines.append(_margin(answer))
    most = max(row.sold[-1] for row in answer.sold)
    needed = same.over_time * years[-1]
    if most < SERVED * needed:
        lines.append(
            f"The computing that is planned can sell {_b(most)} billion in the last year at most, less than that: "
            "prices or computing would have to differ from the plan, not demand alone."
        )
    return lines


def _margin(answer: Need) -> str:
    """What the run leaves of AI sales for capital beside the formula, and whose it is."""
    planned, part = float(answer.sales.planned.sum()), answer.formulas.terms.part
    earned = {firm: float(flows.earned.sum()) for firm, flows in answer.returns.firms}
    labs = sum(x for firm, x in earned.items() if answer.compiled.opening.firm(firm).layer is Layer.MODEL)
    others = sum(earned.values()) - labs
    share = sum(earned.values()) / planned if planned > 0.0 else 0.0
    takes = f"laboratories take {_b(-labs)} of it" if labs < 0.0 else f"laboratories bring {_b(labs)}"
    return (
        f"The run leaves {share:.0%} of the plan's AI sales of {_b(planned)} billion for capital, the formula takes "
        f"{part:.0%}: clouds bring {_b(others)} billion of cash from operations for AI, {takes}."
    )


def capital(answer: Need) -> Table:
    """What each owner puts into AI and gets out of it at plan, without chance."""
    rows: list[tuple[Cell, ...]] = [
        (firm_name(answer.compiled.opening, firm), *_flows(flows)) for firm, flows in answer.returns.firms
    ]
    rows.append(("all", *_flows(together([flows for _, flows in answer.returns.firms]))))
    rows.append(("whole firms", *_flows(answer.returns.plan[Measure.WHOLE])))
    columns = (
        Column("firm", "firm"),
        Column("put_in", "capital at the start", Kind.MONEY),
        Column("spent", "spent", Kind.MONEY),
        Column("earned", "cash from operations", Kind.MONEY),
        Column("left", "plant at the end", Kind.MONEY),
        Column("return", "return a year", Kind.PERCENT),
    )
    notes = (
        "Capital and cash for AI, but for the last line: all of the same firms. No return: none from -99% to 1,000% "
        "balances the flows.",
    )
    return Table("What capital earns at plan", columns, tuple(rows), notes)


def _flows(flows: Flows) -> tuple[Cell, ...]:
    spent, earned = float(flows.spent.sum()), float(flows.earned.sum())
    return flows.put_in, spent, earned, flows.left, internal_rate(flows)


def notes() -> list[str]:
    """What the answer leaves out."""
    return [
        "Failure costs, spending cut after lost sales and rents that move with demand are in the run and not in the "
        "formulas. Returns: cash from operations after tax and before interest, a quarter's flows at its end, plant "
        "at the end at its book value on the economic life; of a firm's cash AI carries its share of revenue. What a "
        "firm gains by AI in its own products (advertising, shops) is no sale of AI and counts for whole firms only."
    ]
