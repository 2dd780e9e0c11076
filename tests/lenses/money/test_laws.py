"""What must hold whatever the book: shares add up, money is conserved, nothing negative, nothing that is no number."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cardhouse.lenses.measure import Measure
from cardhouse.lenses.money import Following, Period, Purpose, answer, follow, whole
from cardhouse.lenses.money.mix import What, traced

sys.path.insert(0, str(Path(__file__).parents[2] / "economy"))
from random_books import world_of


@pytest.fixture(scope="module")
def random_following(economy):
    """Payments of a random book."""

    def made(seed: int) -> Following:
        world = world_of(seed)
        text = "\n".join(line for name, lines in world.rows for line in (f"{name}.csv", *lines))
        firms = {f: (layer, dict(figures)) for f, layer, figures in world.firms}
        return follow(economy(text, firms, assumed={n: {"all": v} for n, v in world.assumed}), also=tuple(firms))

    return made


def numbers(found: Any) -> Iterator[float]:
    """Every number inside an answer."""
    if isinstance(found, (float, int)) and not isinstance(found, bool):
        yield float(found)
    elif isinstance(found, dict):
        for value in found.values():
            yield from numbers(value)
    elif isinstance(found, (list, tuple)):
        for value in found:
            yield from numbers(value)
    elif is_dataclass(found):
        for f in fields(found):
            if f.name not in ("book", "opening"):
                yield from numbers(getattr(found, f.name))


def check(following: Following) -> None:
    for period in Period:
        for what in What:
            if period is Period.AHEAD and what is What.ALL:
                continue
            found = traced(following, period, what)
            has = found.amount > 0
            parts = found.outside.sum(axis=1) + found.own
            assert parts[has] == pytest.approx(np.ones(has.sum()), abs=1e-7)
            assert (parts[~has] == 0).all()
            assert (found.outside >= 0).all()
            assert (found.own >= 0).all()
            assert (found.firms.sum(axis=1)[has] <= 1 + 1e-7).all()
    for flows in (following.paid, following.plan):
        assert all(x.amount.value > 0 for x in flows.links)
        assert all(m.value >= 0 for money in flows.outside.values() for m in money.values())
        into = flows.payments().sum(axis=0) + flows.receipts().sum(axis=1)
        assert (flows.payments().sum(axis=1) <= into * (1 + 1e-9)).all()


@pytest.mark.parametrize("seed", range(25))
def test_random_books(random_following, seed: int) -> None:
    following = random_following(seed)
    check(following)
    for node in following.opening.full:
        assert all(math.isfinite(x) for x in numbers(answer(following, node)))
    assert all(math.isfinite(x) for x in numbers(whole(following)))


def test_the_embedded_book(following: Following) -> None:
    check(following)
    assert all(math.isfinite(x) for x in numbers(whole(following)))


def test_revenue_is_that_of_the_filings_whatever_the_ties_say(following: Following) -> None:
    """Ties and customers together are what the firm reported: no dollar is added or lost."""
    paid = following.paid
    for node, sales in paid.sales.items():
        by_firms = sum(x.amount.value for x in paid.links if x.payee == node and x.purpose is Purpose.SALE)
        customers = paid.receipts()[paid.place[node], 0]
        assert by_firms + customers == pytest.approx(sales.value), node


def test_net_positions_sum_to_nothing(following: Following) -> None:
    for period in Period:
        paid = following[period].payments()
        assert (paid.sum(axis=0) - paid.sum(axis=1)).sum() == pytest.approx(0, abs=1e-3)


def test_every_share_says_what_it_rests_on(following: Following) -> None:
    for row in whole(following).rows:
        assert sum(row.mix.own.rests_on.values()) == pytest.approx(1)
        assert isinstance(row.mix.amount, Measure)
        assert 0 <= row.mix.own.assumed <= 1
