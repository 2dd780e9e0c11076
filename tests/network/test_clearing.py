"""The three layouts (small, dense, sparse), batches, hostile input, the public face."""

import subprocess
import sys
import warnings

import numpy as np
import pytest
from scipy.sparse import csr_array, lil_array

from cardhouse.errors import InputError
from cardhouse.network import Network, cells, clear, clear_many


def random_parts(seed, n, *, classes=2, holdings=True, sparse=False):
    """A network in which about a third of the firms fail."""
    rng = np.random.default_rng(seed)
    debts = []
    for _ in range(classes):
        rows, columns = rng.integers(0, n, (2, 6 * n))
        keep = rows != columns
        debts.append(csr_array((rng.lognormal(0, 1, keep.sum()), (rows[keep], columns[keep])), shape=(n, n)))
    owed = sum(d.sum(axis=1) for d in debts)
    external = rng.random((classes, n)) * owed * 0.4
    outside = np.maximum(owed + external.sum(axis=0) - sum(d.sum(axis=0) for d in debts), 0) * rng.uniform(0.5, 1.4, n)
    parts = {"outside": outside + 0.1, "debts": debts, "external": external}
    if holdings:
        rows, columns = rng.integers(0, n, (2, 2 * n))
        keep = rows != columns
        held = csr_array((rng.random(keep.sum()), (rows[keep], columns[keep])), shape=(n, n)).toarray()
        parts["holdings"] = held * 0.5 / np.maximum(held.sum(axis=0), 0.5)
    if not sparse:
        parts["debts"] = [d.toarray() for d in debts]
    elif holdings:
        parts["holdings"] = csr_array(parts["holdings"])
    return parts


@pytest.mark.parametrize("least", [False, True])
@pytest.mark.parametrize("cost", [1.0, 0.6])
@pytest.mark.parametrize(("classes", "binding", "holdings"), [(1, 1, False), (2, 2, True), (3, 2, True)])
def test_all_layouts_find_the_same_state(least, cost, classes, binding, holdings, monkeypatch):
    """Compiled sweeps of what changes, sparse and dense, against numpy sweeps with a linear solve at the end."""
    rates = {"alpha": cost, "beta": cost, "gamma": cost, "binding": binding}
    dense = Network.of(**random_parts(1, 400, classes=classes, holdings=holdings), **rates)
    sparse = Network.of(**random_parts(1, 400, classes=classes, holdings=holdings, sparse=True), **rates)
    forced = np.zeros(400, dtype=bool)
    forced[::50] = True
    two = clear(sparse, forced=forced, least=least)
    two_waves = two.waves
    assert sparse.sparse
    by_rows = clear(dense, forced=forced, least=least)
    monkeypatch.setattr(cells, "DENSE_UP_TO", 1000)
    one = clear(dense, forced=forced, least=least)
    np.testing.assert_array_equal(one.defaulted, by_rows.defaulted)
    np.testing.assert_allclose(one.payments, by_rows.payments, rtol=1e-11, atol=1e-11)
    np.testing.assert_allclose(one.equity, by_rows.equity, rtol=1e-11, atol=1e-11)
    assert one.defaulted.mean() > 0.03
    np.testing.assert_array_equal(one.defaulted, two.defaulted)
    np.testing.assert_allclose(one.payments, two.payments, rtol=1e-11, atol=1e-11)
    np.testing.assert_allclose(one.equity, two.equity, rtol=1e-11, atol=1e-11)
    assert (one.wave == two_waves.wave).all()
    np.testing.assert_allclose(one.tipped.debts, two_waves.tipped.debts.toarray(), atol=1e-10)
    np.testing.assert_allclose(one.tipped.stakes, two_waves.tipped.stakes.toarray(), atol=1e-10)


def test_what_tipped_a_firm_adds_up_to_what_it_lost():
    """Conservation: full-pay assets less assets when it fell are the losses by debtor and by stake."""
    net = Network.of(**random_parts(2, 60), alpha=0.7, beta=0.7, gamma=0.7)
    found = clear(net)
    first_wave = found.wave == 1
    lost = found.tipped.debts.sum(axis=1) + found.tipped.stakes.sum(axis=1)
    assert (lost[first_wave] == 0).all()
    later = found.wave > 1
    assert later.any()
    # Each would have stood without the loss, and does not with it.
    everyone = clear(net.with_outside(net.outside + net.total_dues.sum()))
    full = everyone.assets - net.total_dues.sum() - (everyone.stakes - stakes_when_all_pay(net))
    assert (full[later] >= net.binding_dues[later] - 1e-9).all()
    assert (full[later] - lost[later] < net.binding_dues[later]).all()


def stakes_when_all_pay(net):
    """Solve the equity of a network in which all debts are paid, by plain iteration."""
    equity = np.zeros(net.size)
    for _ in range(500):
        equity = np.maximum(net.outside + net.full_receipts + net.holdings @ equity - net.total_dues, 0)
    return net.holdings @ equity


@pytest.mark.parametrize("n", [3, 30, 300])
def test_long_chain_and_closed_ring_settle(n):
    """A chain clears in one pass in order; a ring that money hardly leaves needs its linear solve."""
    chain = lil_array((n, n))
    for i in range(n - 1):
        chain[i + 1, i] = 1.0
    found = clear(Network.of([0.0] * (n - 1) + [0.5], csr_array(chain), external=np.eye(1, n)[0]))
    np.testing.assert_allclose(found.paid, 0.5)
    assert found.wave.max() == n
    ring = csr_array(np.roll(np.eye(n), 1, axis=1))
    tight = clear(Network.of(np.full(n, 0.5e-6), ring, external=np.full(n, 1e-6)))
    np.testing.assert_allclose(tight.paid, 0.5 * (1 + 1e-6), rtol=1e-8)


def test_scenarios_are_the_same_bits_in_any_block_and_on_any_number_of_threads():
    net = Network.of(**random_parts(3, 150), alpha=0.7, beta=0.6, gamma=0.5)
    scenarios = net.outside * np.random.default_rng(0).uniform(0.4, 1, (500, 150))
    forced = np.random.default_rng(1).random((500, 150)) < 0.01
    whole = clear_many(net, scenarios, forced=forced, threads=1)
    for threads in (2, 3):
        again = clear_many(net, scenarios, forced=forced, threads=threads)
        for name in ("payments", "assets", "equity", "defaulted"):
            np.testing.assert_array_equal(getattr(whole, name), getattr(again, name))
    part = clear_many(net, scenarios[17:29], forced=forced[17:29])
    np.testing.assert_array_equal(part.payments, whole.payments[17:29])
    np.testing.assert_array_equal(part.equity, whole.equity[17:29])


@pytest.mark.parametrize(("classes", "binding", "holdings"), [(1, 1, False), (2, 1, True), (2, 2, True)])
def test_scenarios_agree_with_clearing_one_by_one(classes, binding, holdings):
    """The batch against the careful solver, forced firms and exact ties among them."""
    net = Network.of(
        **random_parts(4, 40, classes=classes, holdings=holdings), alpha=0.7, beta=0.6, gamma=0.5, binding=binding
    )
    scenarios = net.outside * np.random.default_rng(0).uniform(0.3, 1, (60, 40))
    forced = np.zeros(40, dtype=bool)
    forced[5] = True
    many = clear_many(net, scenarios, forced=forced)
    for s in range(60):
        one = clear(net.with_outside(scenarios[s]), forced=forced)
        np.testing.assert_array_equal(one.defaulted, many.defaulted[s])
        for name in ("payments", "assets", "equity"):
            np.testing.assert_allclose(getattr(many, name)[s], getattr(one, name), rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(many.paid[0], many.payments[0].sum(axis=0))
    assert (many.shortfall >= -1e-12).all()


def test_a_tie_in_a_scenario_is_judged_as_in_a_single_clearing():
    """The decimal tie of .1 + .2 against .3, with costs: solvent."""
    net = Network.of([0.2, 0.2, 0], [[0, 0.1, 0.2], [0.1, 0, 0.2], [0, 0, 0]], alpha=0.5, beta=0.5)
    many = clear_many(net, [[0.2, 0.2, 0], [0.2, 0.1999, 0], [0.3, 0.3, 0]])
    np.testing.assert_allclose(many.paid[0], [0.3, 0.3, 0])
    assert many.defaulted.tolist() == [[False] * 3, [True, True, False], [False] * 3]


def test_scenarios_far_from_the_network_they_were_laid_out_for():
    """A base without any money, and scenarios a billion times richer or poorer (truth: one by one, densely)."""
    holdings = [[0, 0.5, 0], [0.3, 0, 0.2], [0.1, 0.1, 0]]
    debts = [[0, 1, 0], [0, 0, 2], [1, 0, 0]]
    for base in ([0.0] * 3, [1e9] * 3, [1e-9] * 3):
        net = Network.of(base, debts, external=[1, 1, 1], holdings=holdings, alpha=0.5, gamma=0.8)
        many = clear_many(net, [[0, 0, 0], [3, 0.1, 0.1], [1e9, 1e9, 0]])
        for s, outside in enumerate([[0, 0, 0], [3, 0.1, 0.1], [1e9, 1e9, 0]]):
            one = clear(Network.of(outside, debts, external=[1, 1, 1], holdings=holdings, alpha=0.5, gamma=0.8))
            np.testing.assert_allclose(many.payments[s], one.payments, rtol=1e-11, atol=1e-11)
            np.testing.assert_allclose(many.equity[s], one.equity, rtol=1e-11, atol=1e-11)
    nothing = Network.of([0.0] * 3, np.zeros((3, 3)), holdings=holdings)
    np.testing.assert_allclose(clear_many(nothing, [[0, 0, 0], [5, 0, 0]]).assets[0], 0)
    np.testing.assert_allclose(
        clear_many(nothing, [[5, 0, 0]]).equity[0], clear(nothing.with_outside([5, 0, 0])).equity
    )


def test_a_shocked_sparse_network_is_as_exact_as_one_built_afresh():
    """Other outside assets on the same ties: nothing of the first bound on equity is left in the answer."""
    parts = random_parts(6, 300, sparse=True)
    net = Network.of(**parts, alpha=0.7, gamma=0.7)
    clear(net)
    shock = np.where(np.arange(300) % 3 == 0, 1e-6, 1.0) * parts["outside"]
    again, fresh = (
        clear(net.with_outside(shock)),
        clear(Network.of(**{**parts, "outside": shock}, alpha=0.7, gamma=0.7)),
    )
    np.testing.assert_allclose(again.payments, fresh.payments, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(again.equity, fresh.equity, rtol=1e-12, atol=1e-13)


SQUARE = [[0, 1], [1, 0]]


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ({"outside": []}, "at least one firm"),
        ({"outside": [np.nan, 1]}, "outside assets hold nan at position 0"),
        ({"outside": [1, np.inf]}, "outside assets hold inf at position 1"),
        ({"outside": [-1, 1]}, "negative amount, -1.0, at position 0"),
        ({"outside": ["a", 1]}, "must be finite numbers"),
        ({"outside": [[1, 1]]}, "one row of numbers"),
        ({"debts": [[0, -1], [1, 0]]}, "debts hold a negative amount, -1.0, at row 0, column 1"),
        ({"debts": [[0, np.nan], [1, 0]]}, "debts hold nan at row 0, column 1"),
        ({"debts": csr_array([[0, np.inf], [1, 0]])}, "debts hold inf"),
        ({"debts": [[1, 1], [1, 0]]}, "firm 0 owes itself 1.0"),
        ({"debts": [[0, 1, 0], [1, 0, 0]]}, r"shape \(2, 3\), expected \(2, 2\)"),
        ({"debts": []}, "hold no class"),
        ({"debts": [SQUARE, [[0, 1], [1, 2]]]}, "debts of class 1: firm 1 owes itself"),
        ({"external": [1, 2, 3]}, r"shape \(3,\), expected \(1, 2\)"),
        ({"external": [1, -2]}, "external debts hold a negative"),
        ({"external": [1, np.nan]}, "external debts hold nan"),
        ({"holdings": [[0, 0.5], [1.2, 0]]}, "shares of firm 0 held by others add up to 1.2"),
        ({"holdings": [[0.1, 0], [0, 0]]}, "firm 0 holds 0.1 of itself"),
        ({"holdings": [[0, -0.1], [0, 0]]}, "holdings hold a negative"),
        ({"holdings": [[0, 1], [1, 0]]}, "firms 0, 1 own each other completely"),
        ({"alpha": 1.5}, "alpha of firm 0 is 1.5"),
        ({"beta": [0.5, -0.1]}, "beta of firm 1 is -0.1"),
        ({"gamma": [1, 1, 1]}, "gamma has shape"),
        ({"alpha": np.nan}, "alpha hold nan"),
        ({"binding": 2}, "between 1 and 1"),
        ({"binding": 0}, "between 1 and 1"),
        ({"outside": [1.7e308, 1], "debts": [[0, 1.7e308], [1.7e308, 0]]}, "not finite; use a larger unit"),
    ],
)
@pytest.mark.parametrize("exact", [False, True])
def test_hostile_input_is_named(parts, says, exact):
    given = {"outside": [1, 1], "debts": SQUARE, **parts}
    if exact and ("larger unit" in says):
        pytest.skip("rationals have no largest number")
    if exact:
        # Rationals print differently and refuse NaN while reading.
        says = ".*"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        with pytest.raises(InputError, match=says):
            Network.of(**given, exact=exact)


@pytest.mark.parametrize("forced", [[True], [1, 0], [[True, False]]])
def test_hostile_masks_and_scenarios_are_named(forced):
    net = Network.of([1, 1], SQUARE)
    with pytest.raises(InputError, match="booleans"):
        clear(net, forced=forced)
    with pytest.raises(InputError, match="one row a scenario"):
        clear_many(net, [1, 1])
    with pytest.raises(InputError, match="nan"):
        clear_many(net, [[1, np.nan]])
    with pytest.raises(InputError, match="negative"):
        clear_many(net, [[1, -1]])
    with pytest.raises(InputError, match="3 entries for 2 firms"):
        net.with_outside([1, 1, 1])


def test_exact_mode_is_for_small_networks():
    with pytest.raises(InputError, match="at most 64"):
        Network.of(np.ones(65), np.zeros((65, 65)), exact=True)
    with pytest.raises(InputError, match="in floats"):
        clear_many(Network.of([1, 1], SQUARE, exact=True), [[1, 1]])


def test_fifty_firms_in_rationals():
    """The arbiter's size: floats and rationals agree on fifty firms, greatest and least."""
    net = Network.of(**{k: np.round(v, 2) for k, v in random_parts(5, 50).items()}, alpha=0.7, beta=0.7, gamma=0.7)
    for least in (False, True):
        floats, exact = clear(net, least=least), clear(net.as_exact(), least=least)
        np.testing.assert_array_equal(floats.defaulted, exact.defaulted)
        np.testing.assert_allclose(floats.payments, exact.payments.astype(float), rtol=1e-11, atol=1e-11)


def test_importing_the_room_loads_neither_numpy_nor_numba():
    code = "import sys, cardhouse.network; print(sorted({'numpy', 'scipy', 'numba'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_small_clearing_does_not_load_numba():
    code = (
        "import sys; from cardhouse.network import Network, clear;"
        "clear(Network.of([1, 1], [[0, 2], [2, 0]], alpha=.5)).unique; print('numba' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
