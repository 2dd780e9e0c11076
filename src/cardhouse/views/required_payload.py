"""The plain formulas as JSON: plain dictionaries with stable names, documented in docs/json.md."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from cardhouse.economy.figure import ASSUMPTION
from cardhouse.economy.required import Compared, Required
from cardhouse.economy.required_inputs import Input


def formulas(answer: Required) -> dict[str, Any]:
    """The answer as plain dictionaries; money is USD million a year, capital USD million."""
    o = answer.opening
    low, high = answer.range
    least, now, most = answer.demand_now
    return {
        "book_date": o.book.date.isoformat(),
        "opening": o.window.opening.isoformat(),
        "capital_period": [answer.since.isoformat(), o.window.end.isoformat()],
        "unit": "USD_million",
        "firmness": o.scope.value,
        "required_revenue": {"central": answer.value, "low": low, "high": high},
        "end_demand": {"central": now, "low": least, "high": most, "assumed_share": answer.demand_assumed_share},
        "gap": answer.gap,
        "inputs": [_input_payload(answer, row) for row in answer.inputs.values()],
        "assumed_share": answer.assumed_share,
        "basis": dict(answer.basis),
        "published": [_published(c) for c in answer.compared],
        "capital": [
            {
                "firm": f.firm,
                "built": f.built.value,
                "planned": f.planned.value,
                "ordinary": f.ordinary.value,
                "ai": {"central": f.ai.value, "low": f.low, "high": f.high},
            }
            for f in answer.capital
        ],
        "demand": [
            {
                "firm": d.firm,
                "day": d.day.isoformat(),
                "revenue": d.pace.value,
                "from_world": d.from_world,
                "ai_share": dict(zip(("low", "central", "high"), d.ai, strict=True)),
                "demand": d.value,
                "trail": list(d.trail),
            }
            for d in answer.demand
        ],
        "flags": list(answer.flags),
    }


def _input_payload(answer: Required, row: Input) -> Mapping[str, Any]:
    at = answer.one_at_a_time[row.name]
    whole = sum(row.basis.values())
    return {
        "input": row.name.rstrip("_"),
        "unit": row.unit,
        "low": row.low,
        "central": row.central,
        "high": row.high,
        "required_at_low": at[0],
        "required_at_high": at[1],
        "assumed_share": row.basis.get(ASSUMPTION, 0.0) / whole,
        "trail": list(row.trail),
    }


def _published(c: Compared) -> dict[str, Any]:
    steps = [
        {"input": s.input.rstrip("_"), "theirs": _finite(s.before), "ours": _finite(s.after), "change": s.change}
        for s in c.steps
    ]
    return {
        "id": c.row.id,
        "title": c.row.title,
        "url": c.row.url or None,
        "published": c.row.published.isoformat(),
        "formula": c.row.formula.name.lower(),
        "implied": c.row.implied or None,
        "value": c.row.value,
        "formula_gives": c.reproduced,
        "with_book": c.with_book,
        "put_in": c.replaced or None,
        "lacks": c.lacks or None,
        "steps": steps,
    }


def _finite(value: float) -> float | None:
    """JSON has no infinity: a life without end is null, as docs/json.md says."""
    return value if math.isfinite(value) else None
