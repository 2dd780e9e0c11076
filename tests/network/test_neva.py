"""Network valuation against the peers' printed numbers, clearing, numerical integrals and a simulation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.integrate import quad
from scipy.stats import norm

from cardhouse.errors import InputError, NotConverged
from cardhouse.network import Network, clear
from cardhouse.network import neva as module
from cardhouse.network.debtrank import debtrank, leverage
from cardhouse.network.neva import BlackCox, EisenbergNoe, Firms, Furfine, LinearDebtRank, Merton, value

# marcobardoscia/neva, data/: a ring of claims of one half; yearly volatility of equity .2, so that of outside assets
# is .2 E / outside. Its deposits are senior to the ring.
RING = np.array([[0, 0, 0.5], [0.5, 0, 0], [0, 0.5, 0]])
RING_OUTSIDE = np.array([10.0, 5.0, 3.0])
RING_SENIOR = np.array([9.0, 4.0, 2.0])
RING_VOLATILITY = 0.2 / RING_OUTSIDE

# paolobarucca/neva, Exercise5 and Exercise6: outside assets of 20, 20, 10 after a shock of 10 %.
EXERCISE = np.array([[0.0, 4, 0], [0, 0, 3], [2, 0, 0]])
EXERCISE_OUTSIDE = np.array([18.0, 18, 9])
EXERCISE_SENIOR = np.array([17.0, 18, 8])


def close(found, truth, tolerance=1e-13):
    np.testing.assert_allclose(found, truth, rtol=0, atol=tolerance)


def payable(owed, equity):
    """What each could pay on ``owed`` if it were settled at this equity, as Exercise6 prints it."""
    dues = owed.sum(1)
    return np.clip(dues + equity, 0, dues)


def sweeps(owed, outside, rule, dues, senior):
    """Equities round by round as the peers find them, from face value on."""
    known = rule.read(len(owed))
    equity = outside - senior - owed.sum(1) + owed.sum(0)
    while True:
        yield equity
        equity = outside - senior - owed.sum(1) + known.worth(Firms(equity, outside, dues)) @ owed


def stopped(rounds, change, tolerance, more=0):
    """The equities at which a peer stops: ``change`` of two rounds within ``tolerance``, and some rounds more."""
    old = next(rounds)
    for new in rounds:
        if change(old, new) <= tolerance:
            break
        old = new
    for _ in range(more):
        new = next(rounds)
    return new


def bardoscia(old, new):
    return 2 * np.sum(np.abs(old - new) / (np.abs(old) + np.abs(new)))


def barucca(old, new):
    return np.linalg.norm(new - old) / np.linalg.norm(new)


# --- The published values of the peers ---------------------------------------------------------------


def test_exercise_5_is_eisenberg_noe_with_a_hair_of_volatility():
    """Prints (-1, 0, 1.99993), five decimals. Firm 2 is at an exact tie, so it loses 18 vol / sqrt(2 pi) = 7e-5."""
    found = value(EXERCISE, EXERCISE_OUTSIDE, Merton(1e-5, 1.0), senior=EXERCISE_SENIOR)
    assert np.round(found.equity, 5).tolist() == [-1, 0, 1.99993]
    close(found.equity[2], 2 - 18e-5 / np.sqrt(2 * np.pi), 1e-9)
    close(payable(EXERCISE, found.equity), [3, 3, 2])


def test_exercise_6():
    """It stops when a round changes the norm (1.7) by 1e-5 of it; rounds shrink by .57 on average: 2.3e-5 is left.

    Stopped by the same rule, all nine printed decimals agree; the fixed point lies within what was left.
    """
    rule, dues = Merton(0.1, 0.7), EXERCISE.sum(1)
    printed = [-1.297271605, -0.996914164, 0.481053864]
    rounds = sweeps(EXERCISE, EXERCISE_OUTSIDE, rule, dues, EXERCISE_SENIOR)
    halted = stopped(rounds, barucca, 1e-5, more=1)
    close(halted, printed, 5.1e-10)
    close(payable(EXERCISE, halted), [2.702728394, 2.003085836, 2], 1e-9)  # the last decimal is cut, not rounded
    found = value(EXERCISE, EXERCISE_OUTSIDE, rule, senior=EXERCISE_SENIOR)
    close(found.equity, printed, 2.3e-5)
    close(found.equity, [-1.2972735447, -0.9969207766, 0.4810497502], 1e-10)


RING_PRINTED = [
    (BlackCox, 0.5, 0.0, [0.499312, 0.499811, 0.498573]),
    (BlackCox, 0.3, 0.0, [0.699988, 0.699998, 0.699963]),
    (Merton, 0.5, 1.0, [0.499649, 0.499904, 0.499282]),
    (Merton, 0.3, 1.0, [0.699994, 0.699999, 0.699981]),
]


@pytest.mark.parametrize(("model", "shock", "shared", "printed"), RING_PRINTED)
def test_ring_of_neva(model, shock, shared, printed):
    """exante_en_blackcox_gbm and exante_en_merton_gbm of its own data, recovery .6, shocks of .5 and .3.

    It stops when relative changes sum to less than .001; then less than 2e-7 is left, and six decimals are printed.
    Stopped by the same rule all six decimals agree; the fixed point does within 5e-7 of printing and 2e-7 of stopping.
    The printed Merton values are those of a recovery that deposits share (``external=``, dues 9.5, 4.5, 2.5);
    :func:`test_ring_of_neva_with_senior_deposits` has the ones where deposits come first, as the peer's text says.
    """
    rule, outside = model(RING_VOLATILITY, 0.6), RING_OUTSIDE - shock
    dues = RING.sum(1) + shared * RING_SENIOR
    halted = stopped(sweeps(RING, outside, rule, dues, RING_SENIOR), bardoscia, 1e-3)
    assert np.round(halted, 6).tolist() == printed
    place = {"external": RING_SENIOR} if shared else {"senior": RING_SENIOR}
    close(value(RING, outside, rule, **place).equity, printed, 7e-7)


def test_ring_of_neva_with_senior_deposits():
    """The recovery of 1606.05164, equation 16, by numerical integration instead of its closed form."""
    outside, dues = RING_OUTSIDE - 0.5, RING.sum(1)
    found = value(RING, outside, Merton(RING_VOLATILITY, 0.6), senior=RING_SENIOR)
    worth = [integral(*case, 0.6) for case in zip(found.equity, outside, dues, RING_VOLATILITY, strict=True)]
    close(found.worth, worth, 1e-10)
    close(found.equity, [0.49960699, 0.49989617, 0.49917082], 1e-8)


def test_linear_debtrank_of_the_ring():
    """linear_dr, shock .3: exactly .4 each. It prints .400073, since it stops where changes sum to .001."""
    rule = LinearDebtRank(1.0)
    found = value(RING, RING_OUTSIDE - 0.3, rule, senior=RING_SENIOR)
    close(found.equity, [0.4] * 3)
    halted = stopped(sweeps(RING, RING_OUTSIDE - 0.3, rule, RING.sum(1), RING_SENIOR), bardoscia, 1e-3)
    close(halted, [0.400073] * 3, 5.1e-7)
    close(value(RING, RING_OUTSIDE - 0.5, rule, senior=RING_SENIOR).equity, [0] * 3)


@pytest.mark.parametrize(
    ("shock", "clearing", "furfine"),
    [
        (0.02, [0.8, 0.9, 0.94], [0.8, 0.9, 0.94]),
        (0.10, [0, 0.5, 0.7], [0, 0.5, 0.7]),
        (0.15, [-0.5, 0.25, 0.05], [-0.5, 0.25, 0.05]),
        (0.20, [-1.1, -0.1, -0.1], [-1.5, -0.5, -0.1]),
        (0.30, [-2.5, -0.9, -0.4], [-2.5, -1, -0.4]),
    ],
)
def test_figure_2_set_up(shock, clearing, furfine):
    """Barucca and others (2016), figure 2: the ring, four models, outside assets less a share; numbers by hand.

    At .10 firm 1 is at a tie and pays. At .20 firm 1 fails and pays nothing, so firm 3 is .1 short. A clearing lets
    firm 3 pay the other .4; with recovery 0 firm 2 gets nothing, fails, and costs firm 1 its claim.
    """
    outside = (1 - shock) * RING_OUTSIDE
    given_ = {"senior": RING_SENIOR}
    settled = value(RING, outside, EisenbergNoe(), **given_)
    close(settled.equity, clearing)
    close(value(RING, outside, Furfine(0.0), **given_).equity, furfine)
    linear = value(RING, outside, LinearDebtRank([1.0, 1.0, 1.0]), **given_)
    lost = debtrank(leverage(RING, [1, 1, 1]), np.minimum(1, shock * RING_OUTSIDE), weights=[1, 1, 1]).distress[:, 0]
    close(np.maximum(0, linear.equity), 1 - lost, 1e-12)
    ahead = value(RING, outside, Merton(0.1, 1.0), **given_)
    assert (linear.equity <= settled.equity + 1e-13).all()
    if settled.worth[0] > 0:
        assert (ahead.equity <= settled.equity + 1e-13).all()
    else:  # who would pay nothing today may yet have luck
        assert ahead.worth[0] > 0


# --- The closed forms against other ways -------------------------------------------------------------


def integral(equity, outside, dues, spread, recovery):
    """Merton's V by numerical integration over the normal deviate of log Z."""

    def later(x):
        return equity + outside * (np.exp(spread * x - spread**2 / 2) - 1)

    edges = [(np.log1p(-e / outside) + spread**2 / 2) / spread if e < outside else -40 for e in (equity, equity + dues)]
    low, high = max(edges[1], -40), min(max(edges[0], -40), 40)
    part = quad(lambda x: (1 + later(x) / dues) * norm.pdf(x), low, high, epsabs=1e-13)[0] if high > low else 0.0
    return norm.sf(edges[0]) + recovery * part


@pytest.mark.parametrize("spread", [0.03, 0.2, 1.0])
@pytest.mark.parametrize("equity", [-12.0, -4.0, -0.5, 0.0, 0.5, 4.0, 9.0, 11.0])
def test_merton_is_the_integral(equity, spread):
    firms = Firms(np.array([equity]), np.array([10.0]), np.array([6.0]))
    close(Merton(spread, 0.7).worth(firms), integral(equity, 10.0, 6.0, spread, 0.7), 1e-11)


def test_black_cox_is_the_first_passage():
    """By simulation: 20,000 paths of 200 steps, with the chance of a dip between two steps; 5 standard errors."""
    rng = np.random.Generator(np.random.Philox(5))
    spread, equity, outside, steps, paths = 0.3, 2.0, 10.0, 200, 20_000
    barrier = np.log1p(-equity / outside)
    walk = np.cumsum(rng.normal(-(spread**2) / 2 / steps, spread / np.sqrt(steps), (paths, steps)), axis=1) - barrier
    walk = np.maximum(np.column_stack([np.full(paths, -barrier), walk]), 0)
    alive = np.prod(1 - np.exp(-2 * walk[:, 1:] * walk[:, :-1] / (spread**2 / steps)), axis=1)
    found = BlackCox(spread, 0.4).worth(Firms(np.array([equity]), np.array([outside]), np.array([1.0])))[0]
    assert abs(found - (1 - 0.6 * (1 - alive.mean()))) < 5 * 0.6 * alive.std() / np.sqrt(paths)


def test_black_cox_at_its_ends():
    """Nothing left: certain; outside assets below equity: impossible; outside assets that cannot move: by sign."""
    firms = Firms(np.array([0.0, -1, 10, 12, 1, 0, -1]), np.array([10.0, 10, 10, 10, 0, 0, 0]), np.ones(7))
    close(BlackCox(0.2, 0.3).worth(firms), [0.3, 0.3, 1, 1, 1, 1, 0.3], 1e-15)
    close(BlackCox(0.0, 0.3).worth(firms), [1, 0.3, 1, 1, 1, 1, 0.3], 1e-15)


def test_early_default_has_twice_the_chance_or_so():
    """Reflection: with a small volatility the barrier is touched about twice as often as the end lies below it."""
    firms = Firms(np.array([0.02]), np.array([1.0]), np.array([1e-9]))
    early = 1 - BlackCox(0.01, 0.0).worth(firms)[0]
    late = 1 - Merton(0.01, 0.0).worth(firms)[0]
    assert early / late == pytest.approx(2, rel=0.02)


def test_small_debts_of_large_firms_are_not_lost_in_rounding():
    """Dues of 1e-12 of the assets: what is paid in part is nothing beside the chance to pay in full."""
    firms = Firms(np.array([1e9]), np.array([1e10]), np.array([1e-2]))
    close(Merton(0.1, 1.0).worth(firms), norm.sf((np.log(0.9) + 0.005) / 0.1), 1e-10)


# --- Limits and laws ----------------------------------------------------------------------------------

amounts = st.floats(0, 10).map(lambda x: round(x, 3))


@st.composite
def cases(draw):
    size = draw(st.integers(1, 5))
    owed = draw(arrays(float, (size, size), elements=amounts | st.just(0.0)))
    np.fill_diagonal(owed, 0)
    outside, senior, external = (draw(arrays(float, (size,), elements=amounts)) for _ in range(3))
    return owed, outside, {"senior": senior, "external": external + 0.1}


rules = st.one_of(
    st.just(EisenbergNoe()),
    st.builds(Furfine, st.floats(0, 1)),
    st.builds(LinearDebtRank, st.floats(0.5, 5)),
    st.builds(Merton, st.floats(0.05, 1), st.floats(0, 1)),
    st.builds(BlackCox, st.floats(0.05, 1), st.floats(0, 1)),
)


@settings(max_examples=60, deadline=None)
@given(cases())
def test_no_volatility_and_full_recovery_is_a_clearing(case):
    """Eisenberg-Noe, and Merton as volatility goes to 0 with recovery 1, pay what the clearing pays."""
    owed, outside, due = case
    external = np.stack([due["senior"], due["external"]])
    truth = clear(Network.of(outside, [np.zeros_like(owed), owed], external=external))
    for rule in (EisenbergNoe(), Merton(0.0, 1.0)):
        found = value(owed, outside, rule, **due)
        close(found.worth * truth.network.dues[1], truth.payments[1], 1e-10)
        close(np.maximum(0, found.equity), truth.equity, 1e-10)
    losses = [np.abs(value(owed, outside, Merton(v, 1.0), **due).worth - found.worth).max() for v in (1e-2, 1e-4, 1e-6)]
    assert losses[2] <= 1e-3
    assert losses[1] <= losses[0] + 1e-12
    assert losses[2] <= losses[1] + 1e-12


@settings(max_examples=60, deadline=None)
@given(cases(), st.floats(0, 1))
def test_no_volatility_is_furfine_before_maturity(case, recovery):
    owed, outside, due = case
    found = value(owed, outside, BlackCox(0.0, recovery), **due)
    close(found.equity, value(owed, outside, Furfine(recovery), **due).equity)


@settings(max_examples=40, deadline=None)
@given(cases(), rules)
def test_full_recovery_of_face_leaves_nothing_to_pass_on(case, rule):
    owed, outside, due = case
    faced = outside - due["senior"] - due["external"] - owed.sum(1) + owed.sum(0)
    for safe in (Furfine(1.0), BlackCox(0.4, 1.0)):
        close(value(owed, outside, safe, **due).equity, faced)
    assert (value(owed, outside, rule, **due).equity <= faced + 1e-12).all()


@settings(max_examples=80, deadline=None)
@given(cases(), rules, st.data())
def test_laws(case, rule, data):
    """Bounds; equities fit worths; richer is never worse; the unit and the order of firms do not matter."""
    owed, outside, due = case
    found = value(owed, outside, rule, **due)
    dues = owed.sum(1) + due["external"]
    assert (found.worth >= 0).all()
    assert (found.worth <= 1).all()
    close(found.equity, outside - due["senior"] - dues + found.worth @ owed, 1e-10)
    richer = value(owed, outside + data.draw(arrays(float, outside.shape, elements=amounts)), rule, **due)
    assert (richer.equity >= found.equity - 1e-10).all()
    safer = value(owed, outside, rule, senior=due["senior"] / 2, external=due["external"])
    assert (safer.equity >= found.equity - 1e-10).all()
    order = np.array(data.draw(st.permutations(range(len(outside)))))
    moved = value(owed[np.ix_(order, order)], outside[order], rule, **{k: v[order] for k, v in due.items()})
    close(moved.equity, found.equity[order], 1e-10)
    unit = LinearDebtRank(1024 * rule.before) if isinstance(rule, LinearDebtRank) else rule
    again = value(1024 * owed, 1024 * outside, unit, **{k: 1024 * v for k, v in due.items()})
    close(again.equity, 1024 * found.equity, 1e-9)


@settings(max_examples=60, deadline=None)
@given(cases(), st.floats(0.05, 1), st.floats(0, 1), st.floats(0, 1))
def test_models_in_their_order(case, spread, one, other):
    """More recovery is better; early default is worse than late where recovery is 0; both are worse than clearing."""
    owed, outside, due = case
    low, high = sorted((one, other))
    for model in (Merton, BlackCox):
        worse, better = (value(owed, outside, model(spread, r), **due).equity for r in (low, high))
        assert (worse <= better + 1e-10).all()
    early, late = (value(owed, outside, model(spread, 0.0), **due).equity for model in (BlackCox, Merton))
    assert (early <= late + 1e-10).all()
    settled = value(owed, outside, EisenbergNoe(), **due).equity
    assert (value(owed, outside, Furfine(0.0), **due).equity <= settled + 1e-10).all()


def test_more_volatility_is_worse_for_a_solvent_debtor_and_better_for_a_failed_one():
    """A creditor has sold a put, so V is concave where it pays in full and convex where it pays nothing."""
    worths = [Merton(v, 1.0).worth(Firms(np.array([2.0, -7]), np.full(2, 10.0), np.full(2, 6.0))) for v in (0.1, 0.3)]
    assert worths[1][0] < worths[0][0]
    assert worths[1][1] > worths[0][1]


def test_greatest_solution():
    """Two firms that owe each other one and have nothing else may pay all or nothing: all is given."""
    found = value([[0, 1], [1, 0]], [0, 0], EisenbergNoe())
    assert found.equity.tolist() == [0, 0]
    assert found.worth.tolist() == [1, 1]


def test_a_tie_is_solvent_whatever_the_rounding():
    """.1 + .2 against .3: the sum may lie a hair below, and Furfine's rule must not call that a failure."""
    found = value([[0, 0.3, 0], [0, 0, 0], [0.1, 0, 0]], [0.2, 0, 0.1], Furfine(0.0))
    assert found.equity.tolist() == [0, 0.3, 0]
    assert found.worth.tolist() == [1, 1, 1]


def test_who_owes_nothing_is_worth_its_face():
    assert value([[0, 0], [5, 0]], [0, 1], EisenbergNoe(), senior=[3, 0]).worth.tolist() == [1, 0.2]


def test_results_cannot_be_written_and_arguments_are_left_alone():
    outside = EXERCISE_OUTSIDE.copy()
    found = value(EXERCISE, outside, Merton(0.1, 0.7), senior=EXERCISE_SENIOR)
    with pytest.raises(ValueError, match="read-only"):
        found.equity[0] = 0
    with pytest.raises(AttributeError):
        found.rounds = 0
    assert outside.tolist() == EXERCISE_OUTSIDE.tolist()


# --- Hostile input ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"owed": [[0, -1], [1, 0]]}, r"owed\[0, 1\] is -1, expected at least 0"),
        ({"owed": [[1, 1], [1, 0]]}, "owed links firm 0 to itself"),
        ({"owed": [[0, 1]]}, "expected a square matrix"),
        ({"owed": np.empty((0, 0))}, "owed is empty"),
        ({"outside": [1, -1]}, r"outside\[1\] is -1, expected at least 0"),
        ({"outside": [1, np.nan]}, r"outside\[1\] is nan"),
        ({"outside": [1]}, "outside has 1 entries, expected one for each of the 2 firms"),
        ({"outside": [1, 1e200]}, "check the unit"),
        ({"senior": -1}, r"senior\[0\] is -1"),
        ({"senior": None}, "senior"),
        ({"external": [1, 2, 3]}, "external has 3 entries"),
        ({"rule": EisenbergNoe}, "expected a Rule such as"),
        ({"rule": Furfine(1.2)}, r"recovery\[0\] is 1.2, expected from 0 to 1"),
        ({"rule": Merton([0.1, -0.1], 1)}, r"volatility\[1\] is -0.1"),
        ({"rule": Merton(0.1, "half")}, "recovery must be numbers"),
        ({"rule": BlackCox(np.inf, 1)}, r"volatility\[0\] is inf"),
        ({"rule": LinearDebtRank([1, 0])}, "before is zero for firm 1"),
        ({"rule": LinearDebtRank([1, 1, 1])}, "before has 3 entries"),
    ],
)
def test_refuses(changed, message):
    given_ = {"owed": [[0, 1], [1, 0]], "outside": [1, 1], "rule": EisenbergNoe(), "senior": 0, "external": 0} | changed
    with pytest.raises(InputError, match=message):
        value(given_["owed"], given_["outside"], given_["rule"], senior=given_["senior"], external=given_["external"])


def test_extreme_but_legal_numbers():
    for rule in (EisenbergNoe(), Furfine(0.5), Merton(1e100, 0.5), Merton(1e-300, 0.5), BlackCox(1e100, 0.5)):
        found = value([[0, 1e99], [1e-300, 0]], [1e100, 0], rule, senior=[0, 1e50])
        assert np.isfinite(found.equity).all()
        assert np.isfinite(found.worth).all()


def test_a_loop_that_passes_almost_all_on_is_said_not_guessed(monkeypatch):
    monkeypatch.setattr(module, "ROUNDS", 100)
    with pytest.raises(NotConverged, match="firm"):
        value([[0, 1000], [1000, 0]], [1, 1], EisenbergNoe(), senior=[1.5, 1])
