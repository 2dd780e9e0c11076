"""Dues that roll over: the examples worked out by hand, and the laws that tie periods to one clearing."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from cardhouse.errors import InputError
from cardhouse.network.clearing import clear
from cardhouse.network.dynamic import roll_over
from cardhouse.network.model import Network


def dues(size, *periods):
    """One matrix a period from triples (payer, receiver, amount), firms counted from one."""
    found = np.zeros((len(periods), size, size))
    for t, entries in enumerate(periods):
        for payer, receiver, amount in entries:
            found[t, payer - 1, receiver - 1] = amount
    return found


def close(found, truth):
    np.testing.assert_allclose(found, truth, rtol=0, atol=1e-14)


def test_chain():
    """1 owes 2 owes 3 two each; cash 1 comes to the first in each period: late, not insolvent."""
    found = roll_over([[1, 0, 0], [1, 0, 0]], dues(3, [(1, 2, 2), (2, 3, 2)], []))
    close(found.paid, [[1, 1, 0], [1, 1, 0]])
    close(found.carried.sum(axis=2), [[1, 1, 0], [0, 0, 0]])
    close(found.cash, [[0, 0, 1], [0, 0, 2]])
    assert found.delinquent.tolist() == [[True, True, False], [False, False, False]]
    assert not found.insolvent.any()


def test_loop():
    """Three firms in a ring; all at once everybody is solvent with the same wealth in the end."""
    income = [[1, 1, 0], [2, 0, 0]]
    ring = dues(3, [(1, 2, 3), (2, 3, 2), (3, 1, 1)], [(2, 3, 1)])
    found = roll_over(income, ring)
    close(found.paid, [[2, 2, 1], [1, 1, 0]])
    close(found.cash, [[0, 1, 1], [1, 1, 2]])
    close(found.carried.sum(axis=2), [[1, 0, 0], [0, 0, 0]])
    assert found.delinquent.tolist() == [[True, False, False], [False, False, False]]
    at_once = clear(Network.of(np.sum(income, axis=0), ring.sum(axis=0)))
    close(at_once.equity, [1, 1, 2])
    assert not at_once.defaulted.any()
    assert not found.insolvent.any()


def test_insolvent_firm_stays_late():
    """1 owes 4 and ever gets 3; the outsider it owes half of it to is paid pro rata."""
    found = roll_over([[1, 0], [2, 0]], dues(2, [(1, 2, 2)], []), outside_dues=[[2, 0], [0, 0]])
    close(found.paid, [[1, 0], [2, 0]])
    close(found.carried[:, 0, 1], [1.5, 0.5])
    close(found.carried_outside[:, 0], [1.5, 0.5])
    close(found.cash, [[0, 0.5], [0, 1.5]])
    assert found.delinquent[:, 0].tolist() == [True, True]
    assert found.insolvent.tolist() == [True, False]


def test_spending_early_can_hurt_nobody_but_timing_decides_who_is_late():
    """Cash kept from a rich period pays in a poor one."""
    found = roll_over([[5, 0], [0, 0]], dues(2, [(1, 2, 1)], [(1, 2, 4)]))
    assert not found.delinquent.any()
    close(found.cash, [[4, 1], [0, 5]])


amounts = st.integers(0, 16).map(lambda x: x / 4)


@st.composite
def cases(draw):
    periods, size = draw(st.integers(1, 4)), draw(st.integers(2, 5))
    due = draw(arrays(float, (periods, size, size), elements=amounts))
    due[:, np.arange(size), np.arange(size)] = 0
    return (
        draw(arrays(float, (periods, size), elements=amounts)),
        due,
        draw(arrays(float, (periods, size), elements=amounts)),
    )


@settings(max_examples=60, deadline=None)
@given(cases())
def test_one_period_is_a_plain_clearing(case):
    income, due, out = (part[:1] for part in case)
    found = roll_over(income, due, outside_dues=out)
    static = clear(Network.of(income[0], due[0], external=out[0]))
    close(found.paid[0], static.paid)
    close(found.cash[0], static.equity)
    assert found.delinquent[0].tolist() == static.defaulted.tolist() == found.insolvent.tolist()


@settings(max_examples=60, deadline=None)
@given(cases(), st.data())
def test_laws(case, data):
    """Money and dues are conserved; nobody late keeps cash; all paid in the end means the wealth of one clearing."""
    income, due, out = case
    found = roll_over(income, due, outside_dues=out)
    owed = due.cumsum(axis=0).sum(axis=2) + out.cumsum(axis=0)
    unpaid = found.carried.sum(axis=2) + found.carried_outside
    np.testing.assert_allclose(owed - found.paid.cumsum(axis=0), unpaid, atol=1e-10)
    to_outsiders = out.cumsum(axis=0) - found.carried_outside
    np.testing.assert_allclose(found.cash.sum(1), (income.cumsum(0) - to_outsiders).sum(1), atol=1e-10)
    assert (found.cash >= 0).all()
    assert (found.cash[found.delinquent] == 0).all()
    assert (unpaid[~found.delinquent] == 0).all()
    if not found.delinquent[-1].any():
        static = clear(Network.of(income.sum(0), due.sum(0), external=out.sum(0)))
        np.testing.assert_allclose(found.cash[-1], static.equity, atol=1e-10)
        assert not found.insolvent.any()
    order = np.array(data.draw(st.permutations(range(income.shape[1]))))
    again = roll_over(income[:, order], due[:, order][:, :, order], outside_dues=out[:, order])
    np.testing.assert_allclose(again.cash, found.cash[:, order], atol=1e-10)
    scaled = roll_over(1e6 * income, 1e6 * due, outside_dues=1e6 * out)
    np.testing.assert_allclose(scaled.cash, 1e6 * found.cash, atol=1e-4)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"income": [[1, np.nan]]}, r"income\[0, 1\] is nan"),
        ({"income": [[1, -1]]}, r"income\[0, 1\] is -1"),
        ({"income": [1, 1]}, "income has 1 dimensions, expected 2"),
        ({"income": np.empty((0, 2))}, "income is empty"),
        ({"income": [[1, 1], [1, 1]]}, r"dues have shape \(1, 2, 2\), expected \(2, 2, 2\)"),
        ({"dues": [[[0, -1], [0, 0]]]}, r"dues\[0\]\[0, 1\] is -1"),
        ({"dues": [[[1, 1], [0, 0]]]}, r"dues\[0\] links firm 0 to itself"),
        ({"dues": [[0, 1], [0, 0]]}, "dues has 2 dimensions, expected 3"),
        ({"outside_dues": [[1, -2]]}, r"outside_dues\[0, 1\] is -2"),
        ({"outside_dues": [[1]]}, r"outside_dues have shape \(1, 1\)"),
    ],
)
def test_refuses(change, message):
    arguments = {"income": [[1, 1]], "dues": [[[0, 1], [0, 0]]]} | change
    with pytest.raises(InputError, match=message):
        roll_over(arguments.pop("income"), arguments.pop("dues"), **arguments)
