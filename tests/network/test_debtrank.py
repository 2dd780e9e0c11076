"""DebtRank of 2012 and 2015 against published examples, fractions found by hand, and a plain second program."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import sparse
from scipy.special import ndtri

from cardhouse.errors import InputError
from cardhouse.network import debtrank as module
from cardhouse.network.debtrank import debtrank, debtrank_once, leverage
from cardhouse.network.threshold import cascade

# R NetworkRiskMeasures, README: claims a on b 1, b on a 10, b on c 3, c on a 3, c on b 2; banks a, b, c.
README_OWED = np.array([[0, 10, 3], [1, 0, 2], [0, 3, 0]])
README_BUFFERS = [2, 5, 2]
README_WEIGHTS = [10, 100, 30]

# Impact of the column on the row; its loops are weaker than 1, so the closed form holds.
STABLE = np.array([[0, 1 / 5, 1 / 10], [3 / 10, 0, 1 / 5], [2 / 5, 1 / 10, 0]])

# NEVA's ring (marcobardoscia/neva): 1 lends 2, 2 lends 3, 3 lends 1 one half each; outside 10, 5, 3 and 9, 4, 2.
RING = np.array([[0, 0.5, 0], [0, 0, 0.5], [0.5, 0, 0]])
RING_OUTSIDE = np.array([10, 5, 3])
RING_EQUITY = np.array([1.0, 1.0, 1.0])


def close(found, truth, tolerance=1e-14):
    np.testing.assert_allclose(found, truth, rtol=0, atol=tolerance)


def plain(lever, shocks):
    """The definition of 2015, one round after another, in dense numpy."""
    state = shocks
    while True:
        new = np.minimum(1.0, shocks + lever @ state)
        if np.abs(new - state).max() < 1e-16:
            return new
        state = new


def plain_once(lever, shock):
    """The definition of 2012, firm by firm."""
    impact = np.minimum(1.0, lever)
    state = shock.copy()
    status = ["distressed" if h > 0 else "undistressed" for h in state]
    while "distressed" in status:
        firing = [j for j, s in enumerate(status) if s == "distressed"]
        pushed = {j: state[j] for j in firing}
        for i in range(len(state)):
            state[i] = min(1.0, state[i] + sum(impact[i, j] * pushed[j] for j in firing))
        for j in firing:
            status[j] = "inactive"
        status = ["distressed" if s == "undistressed" and state[i] > 0 else s for i, s in enumerate(status)]
    return state


# --- Worked examples --------------------------------------------------------------------------------


def test_readme_three_banks_2015():
    """R NetworkRiskMeasures README: default of a, b, c."""
    found = debtrank(leverage(README_OWED, README_BUFFERS), np.eye(3), weights=README_WEIGHTS)
    close(found.distress.T, [[1, 1, 1], [1 / 2, 1, 1], [1 / 2, 1, 1]])
    close(found.rank, [130 / 140, 35 / 140, 105 / 140])
    assert np.round(found.rank, 7).tolist() == [0.9285714, 0.25, 0.75]


def test_readme_three_banks_2012():
    """Default of c; R's single.hit gives .7357143 because its impact is not capped at 1."""
    found = debtrank_once(leverage(README_OWED, README_BUFFERS), [0, 0, 1], weights=README_WEIGHTS)
    close(found.distress[:, 0], [3 / 10, 9 / 10, 1])
    close(found.rank, [93 / 140])
    assert round(float(found.rank[0]), 7) == 0.6642857


@pytest.mark.parametrize(
    ("node", "all_losses", "first_losses"),
    [
        (0, [70 / 123, 190 / 861, 215 / 861], [11 / 20, 19 / 100, 43 / 200]),
        (1, [5 / 41, 160 / 287, 30 / 287], [21 / 200, 27 / 50, 9 / 100]),
        (2, [10 / 123, 115 / 861, 470 / 861], [7 / 100, 23 / 200, 53 / 100]),
    ],
)
def test_stable_closed_form(node, all_losses, first_losses):
    """Fractions: h = (I - lever)^-1 shock for 2015, one pass for 2012; shock of one half to one firm."""
    shock = np.eye(3)[node] / 2
    close(debtrank(STABLE, shock, weights=[1, 1, 1]).distress[:, 0], all_losses, 1e-15)
    close(debtrank_once(STABLE, shock, weights=[1, 1, 1]).distress[:, 0], first_losses, 1e-15)


@pytest.mark.parametrize("times", [1, 2])
def test_neva_ring_with_a_shock_to_outside_assets(times):
    """2 % of outside assets: (53, 36, 37)/175; 4 % doubles it."""
    found = debtrank(leverage(RING.T, RING_EQUITY), 0.02 * times * RING_OUTSIDE, weights=RING_EQUITY)
    close(found.distress[:, 0], times * np.array([53, 36, 37]) / 175)


@pytest.mark.parametrize(("shock", "equity"), [(0.3, 0.4), (0.5, 0.0)])
def test_neva_linear_debtrank_of_its_own_data(shock, equity):
    """neva's linear_dr, exact instead of to its tolerance of 1e-3 (it prints .400073)."""
    found = debtrank(leverage(RING.T, RING_EQUITY), [shock] * 3, weights=RING_EQUITY)
    close(1 - found.distress[:, 0], [equity] * 3)


def test_exercise_4_all_default():
    """paolobarucca/debtrank Exercise4: face values 4, 3, 2 round the ring, outside 20, 20, 10 less 10 %."""
    owed = np.array([[0, 4, 0], [0, 0, 3], [2, 0, 0]])
    equity = np.array([20, 20, 10]) + owed.sum(0) - owed.sum(1) - [17, 18, 8]
    shock = np.minimum(1, 0.1 * np.array([20, 20, 10]) / equity)
    close(debtrank(leverage(owed, equity), shock, weights=[1, 1, 1]).distress[:, 0], [1, 1, 1])


def test_chain_by_hand():
    """1 owes 2 owes 3, half of each one's equity: the loss halves at every step in both versions."""
    lever = leverage([[0, 5, 0], [0, 0, 2], [0, 0, 0]], [7, 10, 4])
    for rule in (debtrank, debtrank_once):
        close(rule(lever, [1, 0, 0], weights=[1, 1, 2]).distress[:, 0], [1, 1 / 2, 1 / 4])
        close(rule(lever, [1, 0, 0], weights=[1, 1, 2]).rank, [(1 / 2 + 2 / 4) / 4])


# --- R NetworkRiskMeasures on its 125 simulated banks -------------------------------------------------


class RStream:
    """R's random numbers after set.seed: Mersenne Twister, normals by inversion with two uniforms each."""

    def __init__(self, seed):
        words = []
        for _ in range(50 + 625):
            seed = (69069 * seed + 1) % 2**32
            words.append(seed)
        self.bits = np.random.MT19937()
        state = {"key": np.array(words[51:], dtype=np.uint32), "pos": 624}
        self.bits.state = {"bit_generator": "MT19937", "state": state}

    def uniform(self, count=1):
        return self.bits.random_raw(count) * 2.3283064365386963e-10

    def normal(self, count):
        first, second = self.uniform(2 * count).reshape(count, 2).T
        return ndtri((np.floor(2**27 * first) + second) / 2**27)


def minimum_density(assets, liabilities, stream):
    """Anand, Craig and von Peter (2015): fill links one by one, at times take one back, until all is placed."""
    size = len(assets)
    held = np.zeros(size * size)  # column by column, as in R: place i + size * j is what j owes i
    left, open_ = assets.copy(), liabilities.copy()
    free = np.array([p for p in range(size * size) if p % size != p // size])
    taken = []
    while np.abs(left).sum() >= 1e-3:
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.tile(left, size) / np.repeat(open_, size)
            chance = np.where(ratio < 1, 1 / ratio, ratio)
        chance = np.where(np.isfinite(chance), chance, 0)[free]
        if (stream.uniform()[0] < 0.01 and taken) or chance.sum() == 0:
            place = taken.pop(int(len(taken) * stream.uniform()[0]))
            left[place % size] += held[place]
            open_[place // size] += held[place]
            held[place] = 0
            free = np.append(free, place)
            continue
        order = np.argsort(-chance, kind="stable")
        edges = np.cumsum(chance[order])
        place = free[order[np.searchsorted(edges, edges[-1] * stream.uniform()[0])]]
        amount = min(left[place % size], open_[place // size])
        # A link costs one and gains next to nothing, so about every third draw is taken.
        if stream.uniform()[0] < np.exp(2 * amount / assets.sum() ** 2 - 1):
            held[place] = amount
            left[place % size] -= amount
            open_[place // size] -= amount
            taken.append(place)
            free = free[free != place]
    return held.reshape(size, size)


@pytest.fixture(scope="module")
def banks():
    """The package's sim_data, by the recipe of its manual, and the network that its README estimates from it."""
    stream = RStream(1100)
    sides = []
    for _ in range(2):
        side = np.exp(2 * stream.normal(125))
        side[side < 4] = stream.uniform(int((side < 4).sum()))
        sides.append(side)
    assets, liabilities = sides
    assets *= liabilities.sum() / assets.sum()
    buffers = np.maximum(0.01, stream.uniform(125) * liabilities + np.abs(4 + 2.6 * stream.normal(125)))
    weights = assets + liabilities + buffers + 1 + np.exp(stream.normal(125))
    return minimum_density(assets, liabilities, RStream(15)), buffers, weights


# README: bank, original and additional stress, original and additional losses, additional defaults.
DEBTRANK_TABLE = [
    (55, 0.1102, 0.280, 58.4, 235.8, 17),
    (28, 0.0638, 0.182, 63.5, 99.3, 8),
    (84, 0.0236, 0.117, 7.6, 65.7, 2),
    (69, 0.0133, 0.114, 13.0, 36.6, 2),
    (75, 0.0099, 0.113, 9.6, 30.5, 2),
    (33, 0.0243, 0.088, 27.4, 33.6, 2),
    (120, 0.0099, 0.077, 8.4, 18.1, 2),
    (77, 0.0067, 0.065, 9.4, 8.9, 1),
    (74, 0.0161, 0.064, 14.4, 27.9, 3),
    (101, 0.0070, 0.060, 9.3, 17.1, 2),
]
THRESHOLD_TABLE = [
    (55, 0.273, 221.1, 16),
    (28, 0.167, 88.4, 7),
    (84, 0.098, 62.0, 2),
    (69, 0.096, 34.1, 2),
    (75, 0.095, 28.1, 2),
    (120, 0.075, 17.0, 2),
    (27, 0.059, 18.8, 3),
    (74, 0.056, 26.1, 3),
    (101, 0.052, 15.6, 2),
    (80, 0.051, 7.5, 1),
]


def test_simulated_banks_are_those_of_the_package(banks):
    """README, head(sim_data) and edge_density: two independent views of the data."""
    owed, buffers, weights = banks
    close(buffers[:6], [5.628295, 2.847072, 3.983451, 5.657779, 4.446595, 2.252369], 5.1e-7)
    close(weights[:6], [17.119551, 6.004475, 6.777531, 7.787618, 8.673730, 4.708805], 5.1e-7)
    assert round(float((owed > 0).sum() / (125 * 124)), 8) == 0.01619355


def test_simulated_banks_original_losses(banks):
    """Its tests: 58.4356749918197 when b55 falls, 181.86206117054 when all lose 23 %; shock times buffer."""
    owed, buffers, _ = banks
    shocks = np.column_stack([np.arange(125) == 54, np.full(125, 0.23)]).astype(float)
    found = debtrank(leverage(owed, buffers), shocks, weights=buffers)
    lost = buffers @ found.distress - found.rank * buffers.sum()  # all losses less those that the network added
    np.testing.assert_allclose(lost, [58.4356749918197, 181.86206117054], rtol=1e-13)


def test_simulated_banks_debtrank_table(banks):
    """README: the ten banks of highest DebtRank, all columns. Its losses count claims above the lender's buffer too."""
    owed, buffers, weights = banks
    found = debtrank(leverage(owed, buffers), np.eye(125), weights=weights)
    ten = np.argsort(-found.rank)[:10]
    failed = (found.distress >= 1 - 1e-12).sum(0) - 1
    columns = [ten + 1, (weights / weights.sum()).round(4)[ten], found.rank.round(3)[ten], buffers.round(1)[ten]]
    columns += [(owed.sum(1) @ found.distress).round(1)[ten], failed[ten]]
    assert np.column_stack(columns).tolist() == [list(row) for row in DEBTRANK_TABLE]


def test_simulated_banks_first_six(banks):
    """README prints ten digits for b1 to b6, but stops early: it lies below by less than 2e-5."""
    owed, buffers, weights = banks
    printed = [0.0278774471, 0.0015547276, 0.0005985364, 0.0074578714, 0.0093804082, 0.0009334068]
    gap = debtrank(leverage(owed, buffers), np.eye(125)[:, :6], weights=weights).rank - printed
    assert (gap >= 0).all()
    assert (gap < 2e-5).all()


def test_simulated_banks_shocks_to_all(banks):
    """README: shocks of 16 to 25 % to all; additional losses, and the additional stress of .25 or .24."""
    owed, buffers, weights = banks
    shares = np.arange(16, 26) / 100
    found = debtrank(leverage(owed, buffers), np.tile(shares, (125, 1)), weights=weights)
    losses = owed.sum(1) @ found.distress
    assert losses.round(0).tolist() == [136, 142, 149, 155, 161, 167, 173, 179, 185, 191]
    assert found.rank.round(2).tolist() == [0.24] * 2 + [0.25] * 8
    assert ((found.distress >= 1 - 1e-12).sum(0)).tolist() == [10, 10, 10, 10, 11, 12, 13, 14, 15, 16]
    assert found.rank.argmax() == 23 - 16


@pytest.mark.parametrize(("bank", "stress", "losses", "defaults"), THRESHOLD_TABLE)
def test_simulated_banks_threshold_table(banks, bank, stress, losses, defaults):
    """README, method "threshold": the same firms fall as in our cascade with recovery 0."""
    owed, buffers, weights = banks
    found = cascade(owed, buffers, np.arange(125) == bank - 1)
    stressed = np.where(found.failed, 1.0, np.minimum(1.0, found.loss / buffers))
    assert round(float(weights @ stressed - weights[bank - 1]) / weights.sum(), 3) == stress
    assert round(float(found.loss.sum()), 1) == losses
    assert found.failed.sum() - 1 == defaults


# --- Against other ways -----------------------------------------------------------------------------


def random_case(rng, size):
    lever = rng.random((size, size)) * (rng.random((size, size)) < 0.4) * rng.choice([0.2, 0.6, 2.0])
    np.fill_diagonal(lever, 0)
    return lever, rng.random((size, 70)) * (rng.random((size, 70)) < 0.3)


def test_both_versions_against_their_definitions():
    rng = np.random.Generator(np.random.Philox(1))
    for _ in range(30):
        lever, shocks = random_case(rng, int(rng.integers(2, 8)))
        weights = np.ones(len(lever))
        close(debtrank(lever, shocks, weights=weights).distress, plain(lever, shocks), 1e-12)
        found = debtrank_once(lever, shocks, weights=weights).distress
        close(found, np.column_stack([plain_once(lever, s) for s in shocks.T]), 1e-14)


def test_finite_algorithm_agrees_with_sweeps():
    rng = np.random.Generator(np.random.Philox(2))
    for _ in range(30):
        lever, shocks = random_case(rng, int(rng.integers(2, 9)))
        for shock in shocks.T[:10]:
            found = module._settled(sparse.csr_array(lever), shock)
            close(found, plain(lever, shock[:, None])[:, 0], 1e-12)


@pytest.mark.parametrize(
    ("around", "truth"),
    [(0.999999, 1e-7 / (1 - 0.999999**2)), (1.0, 1.0), (1.5, 1.0)],
    ids=["almost closed", "closed", "amplifying"],
)
def test_slow_loops_are_exact(around, truth):
    """A two-ring whose loop multiplies by about 1: plain iteration would need millions of rounds."""
    found = debtrank([[0, around], [around, 0]], [1e-7, 0], weights=[1, 1]).distress[:, 0]
    np.testing.assert_allclose(found, [truth, min(1, truth * around)], rtol=1e-9)


def test_loop_that_no_shock_reaches_stays_calm():
    """The least fixed point: a closed loop does not fall because it could."""
    lever = np.zeros((4, 4))
    lever[0, 1] = lever[1, 0] = 1
    close(debtrank(lever, [0, 0, 0.3, 0], weights=[1] * 4).distress[:, 0], [0, 0, 0.3, 0])


def test_long_chain_in_either_direction():
    size = 500
    for lever in (np.eye(size, k=-1), np.eye(size, k=1)):
        shock = np.zeros(size)
        shock[0 if lever[1, 0] else -1] = 0.25
        close(debtrank(lever, shock, weights=np.ones(size)).distress, 0.25)


def test_sparse_and_dense_and_batches_give_the_same_bytes():
    rng = np.random.Generator(np.random.Philox(3))
    lever, shocks = random_case(rng, 40)
    many = np.tile(shocks, 3)
    whole = debtrank(lever, many, weights=np.ones(40))
    assert whole.distress.tobytes() == debtrank(sparse.coo_array(lever), many, weights=np.ones(40)).distress.tobytes()
    for column in (0, 63, 64, 150):
        alone = debtrank(lever, many[:, column], weights=np.ones(40))
        assert alone.distress[:, 0].tolist() == whole.distress[:, column].tolist()


# --- Laws -------------------------------------------------------------------------------------------

shares = st.floats(0, 1).map(lambda x: 0.0 if x < 1e-9 else x)


@st.composite
def cases(draw):
    size = draw(st.integers(2, 6))
    lever = draw(arrays(float, (size, size), elements=st.floats(0, 2).map(lambda x: 0.0 if x < 1e-6 else x)))
    np.fill_diagonal(lever, 0)
    return lever, draw(arrays(float, (size,), elements=shares))


@settings(max_examples=60, deadline=None)
@given(cases(), st.data())
def test_laws(case, data):
    """Bounded; never below the shock; more shock never means less distress; order of firms is irrelevant."""
    lever, shock = case
    weights = np.arange(1, len(shock) + 1)
    for rule in (debtrank, debtrank_once):
        found = rule(lever, shock, weights=weights)
        assert (found.distress[:, 0] >= shock).all()
        assert (found.distress <= 1).all()
        assert 0 <= found.rank[0] <= 1
        order = np.array(data.draw(st.permutations(range(len(shock)))))
        again = rule(lever[np.ix_(order, order)], shock[order], weights=weights[order])
        close(again.distress, found.distress[order], 1e-11)
        scaled = rule(lever, shock, weights=1000 * weights)
        close(scaled.rank, found.rank)
    more = np.minimum(1, shock + data.draw(arrays(float, shock.shape, elements=shares)))
    assert (
        debtrank(lever, more, weights=weights).distress >= debtrank(lever, shock, weights=weights).distress - 1e-11
    ).all()
    assert (
        debtrank(lever, shock, weights=weights).distress
        >= debtrank_once(lever, shock, weights=weights).distress - 1e-11
    ).all()


def test_leverage_does_not_depend_on_the_unit():
    close(
        leverage(1e6 * README_OWED, 1e6 * np.array(README_BUFFERS)).toarray(),
        leverage(README_OWED, README_BUFFERS).toarray(),
    )


def test_arguments_are_left_alone():
    shock = np.array([0.5, 0, 0])
    for rule in (debtrank, debtrank_once):
        rule(STABLE, shock, weights=[1, 1, 1])
        assert shock.tolist() == [0.5, 0, 0]


def test_results_cannot_be_written():
    with pytest.raises(ValueError, match="read-only"):
        debtrank(STABLE, [0.5, 0, 0], weights=[1, 1, 1]).distress[0, 0] = 0


# --- Hostile input ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("owed", "equity", "message"),
    [
        ([[0, 1], [1, 0]], [1, 0], "equity of firm 1 is not positive"),
        ([[0, 1], [1, 0]], [1, -2], "equity of firm 1 is not positive"),
        ([[0, -1], [1, 0]], [1, 1], r"owed\[0, 1\] is -1, expected at least 0"),
        ([[0, np.nan], [1, 0]], [1, 1], r"owed\[0, 1\] is nan, expected a finite"),
        ([[0, np.inf], [1, 0]], [1, 1], r"owed\[0, 1\] is inf, expected a finite"),
        ([[0, 1e200], [1, 0]], [1, 1], "check the unit"),
        ([[3, 1], [1, 0]], [1, 1], "owed links firm 0 to itself"),
        (np.empty((0, 0)), [], "owed is empty"),
        ([[0, 1]], [1, 1], "expected a square matrix"),
        ([[0, 1], [1, 0]], [1, 1, 1], "expected one for each of the 2 firms"),
        ([["a", 1], [1, 0]], [1, 1], "owed must be numbers"),
        (sparse.csr_array([[0, -1.0], [1, 0]]), [1, 1], "expected at least 0"),
        (sparse.csr_array([[2.0, 1], [1, 0]]), [1, 1], "owed links firm 0 to itself"),
        (sparse.csr_array([[0, np.nan], [1, 0]]), [1, 1], "expected a finite"),
        (sparse.csr_array((0, 0)), [], "expected a square matrix"),
    ],
)
def test_leverage_refuses(owed, equity, message):
    with pytest.raises(InputError, match=message):
        leverage(owed, equity)


@pytest.mark.parametrize("rule", [debtrank, debtrank_once])
@pytest.mark.parametrize(
    ("shocks", "weights", "message"),
    [
        ([1.5, 0, 0], [1, 1, 1], r"shocks\[0\] is 1.5, expected from 0 to 1"),
        ([-0.1, 0, 0], [1, 1, 1], r"shocks\[0\] is -0.1"),
        ([np.nan, 0, 0], [1, 1, 1], r"shocks\[0\] is nan"),
        ([0.1, 0], [1, 1, 1], "shocks have 2 rows"),
        (0.5, [1, 1, 1], "shocks has 0 dimensions"),
        ([0.1, 0, 0], [0, 0, 0], "weights are all zero"),
        ([0.1, 0, 0], [1, -1, 1], r"weights\[1\] is -1"),
        ([0.1, 0, 0], [1, 1], "weights has 2 entries"),
    ],
)
def test_debtrank_refuses(rule, shocks, weights, message):
    with pytest.raises(InputError, match=message):
        rule(STABLE, shocks, weights=weights)
