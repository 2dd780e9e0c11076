"""What an outcome depends on as JSON: plain dictionaries with stable names, documented in docs/json.md."""

from __future__ import annotations

from typing import Any

from cardhouse.economy.many.sensitivity import Effect
from cardhouse.economy.many.sensitivity_answer import Sensitivity
from cardhouse.economy.many.shares import Share, Shares
from cardhouse.views.sensitivity import SORTS, how, title


def sensitivity(answer: Sensitivity) -> dict[str, Any]:
    """The answer as plain dictionaries; money is USD million, falls are probabilities."""
    basis, found, shares = answer.basis, answer.ranking, answer.shares
    return {
        "book_date": basis.book.date.isoformat(),
        "quarter_ends": [w.end.isoformat() for w in basis.compiled.windows],
        "scenario": answer.scenario.name,
        "firmness": basis.choices.scope.value,
        "outcome": found.outcome.name,
        "unit": found.outcome.word.unit.value,
        "paths": found.paths,
        "seed": basis.setup.seed,
        "mean": found.mean,
        "error": found.error,
        "bounds": found.bounds,
        "inputs": [_effect(answer, e) for e in found.effects],
        "left_out": [{"id": x.input.id, "reason": x.reason} for x in found.left_out],
        "shares": None
        if shares is None
        else {
            "paths": shares.paths,
            "mean": shares.mean,
            "variance": shares.variance,
            **_sums(shares),
            "inputs": [_share(s) for s in shares.shares],
        },
    }


def _sums(shares: Shares) -> dict[str, float | None]:
    """What inputs explain alone and only together; null where there is no variance."""
    sums = {"alone": shares.alone, "only_together": shares.interactions, "alone_within": shares.alone_within}
    return {name: value if shares.shares else None for name, value in sums.items()}


def _effect(answer: Sensitivity, e: Effect) -> dict[str, Any]:
    asked = e.input
    return {
        "id": asked.id,
        "sort": SORTS[asked.sort],
        "title": title(answer, asked),
        "moved_to": how(asked),
        "low": asked.low,
        "central": asked.central,
        "high": asked.high,
        "unit": asked.unit or None,
        "reason": asked.reason,
        "outcome_low": e.low,
        "outcome_high": e.high,
        "effect": e.effect,
        "error": e.error,
        "below": e.below,
        "below_error": e.below_error,
        "above": e.above,
        "above_error": e.above_error,
        "paths_changed": e.moved,
        "ranks": list(e.ranks),
        "told_apart": e.told_apart,
        "one_way": e.one_way,
    }


def _share(s: Share) -> dict[str, Any]:
    return {
        "id": s.factor.id,
        "alone": s.first,
        "alone_within": s.first_within,
        "with_others": s.total,
        "with_others_within": s.total_within,
    }
