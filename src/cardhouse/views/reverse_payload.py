"""Roads to an event as JSON: plain dictionaries with stable names, documented in docs/json.md."""

from __future__ import annotations

import math
from typing import Any

from cardhouse.economy.many.importance import Estimate
from cardhouse.economy.many.reverse import Reverse
from cardhouse.economy.many.roads import Push, Road
from cardhouse.economy.run import RunChoices


def reverse(answer: Reverse, choices: RunChoices) -> dict[str, Any]:
    """The whole answer."""
    compiled, event = answer.compiled, answer.event
    return {
        "book_date": compiled.opening.book.date.isoformat(),
        "quarter_ends": [w.end.isoformat() for w in compiled.windows],
        "unit": "USD_million",
        "firmness": choices.scope.value,
        "scenario": answer.scenario.name,
        "seed": answer.seed,
        "paths": answer.drawn,
        "assumptions": "central",
        "firms": [compiled.nodes[i] for i in event.firms],
        "loss": event.loss or None,
        "shares_count": event.shares,
        "estimate": _estimate(answer.estimate),
        "plain": _estimate(answer.plain),
        "levels": answer.levels,
        "roads": [_road(answer, road) for road in answer.roads],
    }


def _estimate(found: Estimate) -> dict[str, Any]:
    return {
        "probability": found.probability,
        "error": found.error,
        "paths": found.paths,
        "effective_paths": found.effective,
    }


def _road(answer: Reverse, road: Road) -> dict[str, Any]:
    windows, regimes = answer.compiled.windows, answer.chance.chances.regimes
    on_road = {spell.regime: spell for spell in road.spells}
    return {
        "share": road.share,
        "paths": road.paths,
        "distance": road.distance if math.isfinite(road.distance) else None,
        "beyond": road.beyond,
        "holds": road.holds,
        "event": windows[road.step].end.isoformat(),
        # A loss has no quarter of its own in many paths.
        "event_in_paths": [windows[q].end.isoformat() for q in road.when] if answer.event.firms else None,
        "drivers": [_push(answer, push) for push in road.pushes],
        "regimes": [
            {
                "driver": regime.driver,
                "begins": windows[on_road[r].begins].end.isoformat() if r in on_road else None,
                "quarters": on_road[r].quarters if r in on_road else None,
                "severity": on_road[r].harm if r in on_road else None,
                "chance": on_road[r].chance if r in on_road else None,
                "in_paths": float(road.common[r, 0]),
                "in_all_paths": float(road.common[r, 1]),
            }
            for r, regime in enumerate(regimes)
        ],
        "falls": [{"firm": node, "quarter": windows[step].end.isoformat()} for node, step in road.falls],
        "falls_in_paths": dict(road.fallen),
    }


def _push(answer: Reverse, push: Push) -> dict[str, Any]:
    return {
        "driver": push.driver,
        "firm": push.firm or None,
        "moves": [push.level(float(x)) for x in push.strayed],
        "sigmas": push.sigmas,
        "farthest": answer.compiled.windows[push.farthest].end.isoformat(),
        "in_paths": dict(zip(("p10", "p50", "p90"), (push.level(x) for x in push.among), strict=True)),
    }
