"""Settle the open ends of claims: currencies and units left out, metrics of repeated figures."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from cardhouse.article.claims import Claim
from cardhouse.article.naming import USERS
from cardhouse.article.scene import Draft

ALIKE = math.log(4)
"""Two amounts of one measure are alike within a factor of four."""


def _size(draft: Draft) -> float:
    """Amount in pieces of its currency."""
    value = draft.claim.values[0] if draft.claim.values else 0.0
    return abs(value) * (1e6 if draft.claim.unit.endswith("_million") else 1.0)


def _as_twin(claim: Claim, twin: Claim) -> Claim:
    return replace(claim, metric=twin.metric, measure=twin.measure, metric_text=claim.metric_text or twin.metric_text)


def _scaled(claim: Claim, unit: str) -> Claim:
    factor = 1e-6 if unit.endswith("_million") or unit == "GW" else 1.0
    value, low, high = (None if number is None else number * factor for number in (claim.value, claim.low, claim.high))
    return tidy(replace(claim, unit=unit, value=value, low=low, high=high))


def tidy(claim: Claim) -> Claim:
    """Round away what binary fractions add to a written number."""
    value, low, high = (
        None if number is None else float(f"{number:.12g}") for number in (claim.value, claim.low, claim.high)
    )
    return replace(claim, value=value, low=low, high=high)


def settle(drafts: list[Draft], home: Callable[[str], str]) -> list[Claim]:
    """Give figures without a currency or unit that of the figure they repeat, resemble or follow.

    Where no figure tells, ``home`` gives the currency of an entity.
    """
    full = [one for one in drafts if not one.quantity.bare and one.claim.unit]
    money = [one for one in full if one.claim.unit.endswith("_million")]
    twins: dict[float, Draft] = {}
    for one in full:
        twins.setdefault(_size(one), one)
    done: list[Claim] = []
    last: Draft | None = None
    last_money: Draft | None = None
    for one in drafts:
        claim = one.claim
        twin = twins.get(_size(one)) if _size(one) else None
        twin = None if twin is one else twin
        if one.quantity.bare:
            claim = _scaled(claim, _unit_of(one, last, last_money or (money[0] if money else None), money, twin, home))
        if twin is not None and not claim.measure and one.quantity.family in ("money", ""):
            claim = _as_twin(claim, twin.claim)
        done.append(tidy(claim))
        if not one.quantity.bare and one.quantity.family in ("money", "power", "energy"):
            last = one
            last_money = one if one.claim.unit.endswith("_million") else last_money
    return done


def _unit_of(
    one: Draft,
    last: Draft | None,
    near: Draft | None,
    money: list[Draft],
    twin: Draft | None,
    home: Callable[[str], str],
) -> str:
    """Unit of a bare figure; ``last`` is the figure before it, ``near`` the amount of money nearest before it."""
    if one.measure is not None and "money" not in one.measure.families:
        return "users_million" if one.measure.name in USERS else "count"
    if twin is not None and twin.claim.unit.endswith("_million"):
        return twin.claim.unit
    close = last is not None and one.claim.sentence - last.claim.sentence <= 2
    if last is not None and close and last.quantity.family == "power" and one.measure is None:
        return "GW"
    measure = one.claim.measure
    like = [other for other in money[:LIKE_AT_MOST] if measure and other.claim.measure == measure and _size(other)]
    if like and _size(one):
        nearest = min(like, key=lambda other: abs(math.log(_size(other) / _size(one))))
        if abs(math.log(_size(nearest) / _size(one))) < ALIKE:
            return nearest.claim.unit
    if near is not None:
        return near.claim.unit
    return f"{home(one.claim.entity or '')}_million"


LIKE_AT_MOST = 200
"""Amounts that a bare figure is compared with."""
