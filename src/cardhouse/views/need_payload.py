"""The demand that is needed as JSON and as one long table: stable names, documented in docs/json.md."""

from __future__ import annotations

from typing import Any

from cardhouse.economy.need import Need
from cardhouse.economy.need_level import Group
from cardhouse.economy.need_return import Flows, internal_rate
from cardhouse.economy.need_sales import growth_of
from cardhouse.economy.need_search import Ranged, Reach, Threshold
from cardhouse.views.required_payload import formulas
from cardhouse.views.table import Cell, Column, Kind, Table


def payload(answer: Need) -> dict[str, Any]:
    """The answer as plain dictionaries; money is USD million."""
    c, found = answer.choices, answer.levels
    return {
        "book_date": answer.compiled.opening.book.date.isoformat(),
        "windows": [w.end.isoformat() for w in answer.compiled.windows],
        "unit": "USD_million",
        "firmness": c.run.scope.value,
        "driver": c.driver,
        "confidence": c.confidence,
        "paths": c.paths,
        "seed": c.seed,
        "openings": answer.turns,
        "demand_now": answer.sales.now,
        "demand_planned": list(answer.sales.years),
        "everybody": _group(answer, found.everybody),
        "others": None if found.others is None else _group(answer, found.others),
        "firms": [_group(answer, row.alone) | {"missing": dict(row.causes)} for row in found.firms],
        "levels": [{"factor": s.factor, "asked": list(s.asked), "sold": list(s.sold)} for s in answer.sold],
        "returns": _returns(answer),
        "formulas": formulas(answer.formulas),
    }


def _group(answer: Need, group: Group) -> dict[str, Any]:
    return {
        "firms": list(group.firms),
        "left_out": list(group.left_out),
        "at_plan": {"share": group.at_plan, "error": group.error},
        "most": {"share": group.most, "factor": group.most_at},
        "curve": [{"factor": factor, "share": share} for factor, share in group.curve],
        "needs": _ranged(answer, group.needs),
        "central": _threshold(answer, group.central),
    }


def _ranged(answer: Need, found: Ranged) -> dict[str, Any]:
    low, high = found.low, found.high
    known = found.least.reach is Reach.FOUND
    return _threshold(answer, found.least) | {
        "low": low.value if known and low.reach is Reach.FOUND else None,
        "high": high.value if known and high.reach is Reach.FOUND else None,
    }


def _threshold(answer: Need, found: Threshold) -> dict[str, Any]:
    """A threshold with its dollars; ``fails_above`` is null where it holds at every greater factor tried."""
    years = answer.dollars(found.value) if found.reach is not Reach.NEVER else ()
    return {
        "reach": found.reach.value,
        "factor": found.value,
        "fails_above": found.fails_above if found.fails_above < 1e9 else None,
        "demand": list(years),
        "growth": growth_of(answer.sales.now, years[-1], len(years)) if years else None,
    }


def _returns(answer: Need) -> dict[str, Any]:
    r = answer.returns
    return {
        "plan": {m.name.lower(): _flows(flows) for m, flows in r.plan.items()},
        "firms": [{"firm": firm} | _flows(flows) for firm, flows in r.firms],
        "earned": {m.name.lower(): [{"factor": f, "return": x} for f, x in rows] for m, rows in r.earned.items()},
        "asked": [
            {
                "return": row.rate,
                "over_time": _threshold(answer, row.over_time),
                **{m.name.lower(): _threshold(answer, found) for m, found in row.by_measure.items()},
            }
            for row in r.asked
        ],
    }


def _flows(flows: Flows) -> dict[str, Any]:
    return {
        "put_in": flows.put_in,
        "spent": flows.spent.tolist(),
        "earned": flows.earned.tolist(),
        "left": flows.left,
        "return": internal_rate(flows),
    }


def lines(answer: Need) -> Table:
    """Everything in one long table, for a file."""
    rows: list[tuple[Cell, ...]] = []
    named = [("everybody", answer.levels.everybody), ("others", answer.levels.others)]
    named += [(row.firm, row.alone) for row in answer.levels.firms]
    for name, group in named:
        if group is None:
            continue
        rows += [("stands", name, factor, "", share, "share") for factor, share in group.curve]
        parts = (("central", group.central), ("needs", group.needs.least))
        rows += [("threshold", name, found.value, f"{what}:{found.reach}", None, "factor") for what, found in parts]
        if group.needs.least.reach is Reach.FOUND:
            ends = (("low", group.needs.low), ("high", group.needs.high))
            rows += [("threshold", name, found.value, f"{what}:{found.reach}", None, "factor") for what, found in ends]
    for sold in answer.sold:
        for kind, years in (("asked", sold.asked), ("sold", sold.sold)):
            rows += [(kind, f"year {k + 1}", sold.factor, "", x, "USD_million") for k, x in enumerate(years)]
    for measure, earned in answer.returns.earned.items():
        rows += [("return", measure.value, factor, "", rate, "a year") for factor, rate in earned]
    for asked in answer.returns.asked:
        found = asked.over_time
        rows.append(("over_time", f"{asked.rate:g}", found.value, found.reach.value, None, "factor"))
        rows += [
            ("return_needs", f"{measure.value}:{asked.rate:g}", found.value, found.reach.value, None, "factor")
            for measure, found in asked.by_measure.items()
        ]
    keys = ("kind", "name", "factor", "item", "value", "unit")
    number = ("factor", "value")
    return Table("Need", tuple(Column(k, k, Kind.NUMBER if k in number else Kind.TEXT) for k in keys), tuple(rows))
