"""Published and hand-computed examples, in floats and in rationals.

Each truth is written as fractions found by enumerating all default sets by hand or by a rational
solver, or is printed in the named paper or program.
"""

from fractions import Fraction

import numpy as np
import pytest

from cardhouse.network import Network, clear

both = pytest.mark.parametrize("exact", [False, True], ids=["floats", "rationals"])


def agree(found, truth):
    """Equal: exactly in rationals, to twelve digits in floats."""
    found = np.asarray(found)
    if found.dtype == object:
        assert found.ravel().tolist() == [Fraction(str(t)) for t in np.asarray(truth, dtype=object).ravel()]
    else:
        np.testing.assert_allclose(found, np.array(truth, dtype=float), rtol=1e-12, atol=1e-12)


def failed(clearing):
    """Positions in default, counted from one as in the papers."""
    return {int(i) + 1 for i in np.flatnonzero(clearing.defaulted)}


def ring(n, amount=1):
    return [[amount if j == (i + 1) % n else 0 for j in range(n)] for i in range(n)]


# --- Eisenberg and Noe 2001 -------------------------------------------------------------------------


@both
@pytest.mark.parametrize("n", [2, 3])
def test_en_a_closed_loop_without_money_has_many_states(exact, n):
    """Eisenberg-Noe's remark on uniqueness: every (t, ..., t) clears; greatest one, least zero."""
    found = clear(Network.of([0] * n, ring(n), exact=exact))
    agree(found.paid, [1] * n)
    agree(found.least.paid, [0] * n)
    assert failed(found) == set()
    assert not found.unique
    assert found.uniqueness.closed == (tuple(range(n)),)


@both
def test_en_b_network_valuation_example(exact):
    """NetworkValuation's Example.pdf (its README prints 19.5455 for the first bank, a misprint)."""
    found = clear(Network.of([10] * 3, [[0, 20, 10], [5, 0, 24], [10, 0, 0]], exact=exact))
    agree(found.paid, ["270/11", "290/11", 10] if exact else [270 / 11, 290 / 11, 10])
    agree(found.shortfall, ["60/11", "29/11", 0] if exact else [60 / 11, 29 / 11, 0])
    agree(found.equity, [0, 0, 30])
    assert failed(found) == {1, 2}
    assert found.unique


EN_C = {
    "outside": ["1/2", "5/8", "3/4"],
    "debts": [
        [0, Fraction(1, 2), Fraction(1, 2)],
        [Fraction(1, 2), 0, Fraction(1, 2)],
        [Fraction(1, 2), Fraction(1, 2), 0],
    ],
    "external": ["3/2", "1/2", "1/2"],
}


def read(exact, **parts):
    """A network whose numbers are written as fractions."""
    if exact:
        return Network.of(**parts, exact=True)
    floats = {k: v if k == "binding" else to_floats(v) for k, v in parts.items()}
    return Network.of(**floats)


def to_floats(value):
    if isinstance(value, (list, tuple)):
        return [to_floats(v) for v in value]
    return float(Fraction(value) if isinstance(value, str) else value)


@both
def test_en_c_systemicrisk_manual(exact):
    """R systemicrisk, default_clearing: without costs, and with alpha .5, beta .7."""
    found = clear(read(exact, **EN_C))
    agree(found.paid, to_floats(["165/112", "159/112", "3/2"]) if not exact else ["165/112", "159/112", "3/2"])
    assert failed(found) == {1, 2}
    costly = clear(read(exact, **EN_C, alpha="1/2", beta="7/10"))
    truth = ["4225/8416", "160275/311392", "176055/311392"]
    agree(costly.paid, truth if exact else to_floats(truth))
    assert failed(costly) == {1, 2, 3}


EN_D = [[0, 0.1, 0.7], [2, 0, 10.5], [0, 8.4, 0]]


@both
@pytest.mark.parametrize(
    ("outside", "cost", "paid", "down"),
    [
        ([1, 1, 1], 1, ["4/5", "19/2", "42/5"], {2}),
        ([0, 0, 0.1], 1, ["4/5", "45/8", "221/40"], {2, 3}),
        ([1, 1, 1], 0.5, ["4/5", "195/158", "1081/790"], {2, 3}),
        ([0, 0, 0.1], 0.5, ["4/1535", "10/307", "199/3070"], {1, 2, 3}),
    ],
)
def test_en_d_finnetvalu(exact, outside, cost, paid, down):
    """FinNetValu's tests; its own solver with costs forgets beta in the matrix, the fractions do not."""
    found = clear(Network.of(outside, EN_D, alpha=cost, beta=cost, exact=exact))
    agree(found.paid, paid if exact else to_floats(paid))
    assert failed(found) == down


def test_en_d_waves_follow_the_fictitious_default_iterates():
    """Iterates of the second bank's payment are 12.5, 8.5, 5.625: it fails first, then the third."""
    found = clear(Network.of([0, 0, 0.1], EN_D))
    assert found.wave.tolist() == [-1, 1, 2]
    # After wave 1 the third bank misses 10.5/12.5 of the four that bank 2 does not pay.
    assert found.tipped.of(2) == {1: pytest.approx(4 * 10.5 / 12.5, rel=1e-12)}
    assert found.tipped.of(1) == {}


EN_E = {"debts": [np.zeros((3, 3)), [[0, 4, 0], [0, 0, 3], [2, 0, 0]]], "external": [[17, 18, 8], [0, 0, 0]]}


@both
def test_en_e_junior_interbank_debt(exact):
    """barucca/eisenbergnoe Exercise 2: a ten percent shock; bank 2 is at an exact tie."""
    found = clear(Network.of([18, 18, 9], **EN_E, exact=exact))
    agree(found.payments[1], [3, 3, 2])
    agree(found.equity - found.shortfall, [-1, 0, 2])
    assert failed(found) == {1}
    assert found.knife_edge.tolist() == [False, True, False]


@both
@pytest.mark.parametrize(
    ("shock", "paid", "gap"),
    [
        ("1/10", ["1/2", "1/2", "1/2"], None),
        ("15/100", [0, "1/2", "1/2"], ["-1/2", "1/4", "1/20"]),
        ("2/10", [0, "2/5", "2/5"], ["-11/10", "-1/10", "-1/10"]),
        ("3/10", [0, 0, "1/10"], ["-5/2", "-9/10", "-2/5"]),
    ],
)
def test_en_f_pays_nothing_below_zero(exact, shock, paid, gap):
    """The ring of NEVA: senior deposits take everything first, so a junior payment stops at zero."""
    outside = [(1 - Fraction(shock)) * a for a in (10, 5, 3)]
    debts = [np.zeros((3, 3), dtype=int).tolist(), [[0, 0, "1/2"], ["1/2", 0, 0], [0, "1/2", 0]]]
    found = clear(read(exact, outside=outside, debts=debts, external=[[9, 4, 2], [0, 0, 0]]))
    agree(found.payments[1], paid if exact else to_floats(paid))
    if gap is not None:
        agree(found.assets - found.network.binding_dues, gap if exact else to_floats(gap))
    else:
        assert found.knife_edge[0]
        assert not found.defaulted.any()


@both
def test_en_g_chain_takes_as_many_waves_as_firms(exact):
    """Worst case of the fictitious default algorithm: half of the debt runs down the chain."""
    n = 12 if exact else 150
    debts = np.zeros((n, n))
    debts[np.arange(n - 1), np.arange(1, n)] = 1
    external = np.zeros(n)
    external[-1] = 1
    outside = np.zeros(n)
    outside[0] = 0.5
    found = clear(Network.of(outside, debts, external=external, exact=exact))
    agree(found.paid, [0.5] * n)
    assert found.wave.tolist() == list(range(1, n + 1))


# --- Rogers and Veraart 2013 ------------------------------------------------------------------------


@both
def test_rv_example_3_3_is_not_found_by_iterating_upward(exact):
    """Only (2, 2.2) clears; sweeping upward from zero stops at (1, 1), which does not clear."""
    found = clear(Network.of([1, 1], [[0, 2], [2.2, 0]], alpha=0.5, beta=0.5, exact=exact))
    agree(found.paid, [2, 2.2])
    agree(found.least.paid, [2, 2.2])
    assert found.unique


@both
def test_rv_example_3_3_with_two_states(exact):
    """With 2.2 owed both ways two states clear."""
    found = clear(Network.of([1, 1], [[0, 2.2], [2.2, 0]], alpha=0.5, beta=0.5, exact=exact))
    agree(found.paid, [2.2, 2.2])
    agree(found.least.paid, [1, 1])
    assert not found.unique


@both
def test_rv_section_5_1_circle(exact):
    """Six banks in a circle: all default with costs of one half, in two waves; half of them without."""
    debts = np.zeros((6, 6))
    for i in range(6):
        debts[i, (i + 1) % 6] = 2 if i % 2 == 0 else 3
    outside = [0, 0.8] * 3
    costly = clear(Network.of(outside, debts, alpha=0.5, beta=0.5, exact=exact))
    agree(costly.paid, (["4/15", "8/15"] if exact else [4 / 15, 8 / 15]) * 3)
    assert costly.wave.tolist() == [2, 1] * 3
    free = clear(Network.of(outside, debts, exact=exact))
    agree(free.paid, [2, "14/5" if exact else 2.8] * 3)
    agree(free.equity, ["4/5" if exact else 0.8, 0] * 3)
    assert failed(free) == {2, 4, 6}


@both
def test_rv_c_cost_on_outside_assets(exact):
    """NetworkValuation's Example.pdf: alpha .4 pulls the second bank in."""
    debts = [[0, 30, 0], [5, 0, 20], [10, 0, 0]]
    agree(clear(Network.of([10, 5, 5], debts, exact=exact)).paid, [25, 25, 10])
    found = clear(Network.of([10, 5, 5], debts, alpha=0.4, exact=exact))
    agree(found.paid, [18, 20, 10])
    assert failed(found) == {1, 2}


@both
@pytest.mark.parametrize(
    ("outside", "external", "best", "worst"),
    [
        (["1/4", "1/4"], [0, 0], [1, 1], ["1/4", "1/4"]),
        (["1/4", 0], [0, 0], [1, 1], ["1/6", "1/12"]),
        ([0, 0], [0, 0], [1, 1], [0, 0]),
        (["3/4", "3/4"], ["1/2", "1/2"], ["3/2", "3/2"], ["9/16", "9/16"]),
        (["1/2", "1/4", 0], [0, 0, 0], [1, 1, 1], ["9/28", "2/7", "1/7"]),
    ],
)
def test_rv_several_states(exact, outside, external, best, worst):
    """Two and three banks in a ring, costs of one half: greatest and least state [enumerated by hand]."""
    net = read(exact, outside=outside, debts=ring(len(outside)), external=external, alpha="1/2", beta="1/2")
    found = clear(net)
    agree(found.paid, best if exact else to_floats(best))
    agree(found.least.paid, worst if exact else to_floats(worst))
    assert not found.unique


@both
def test_rv_decimal_tie(exact):
    """.1 + .2 against .3: judged solvent, and said to be on a knife's edge; the least state is .12."""
    debts = [[0, 0.1, 0.2], [0.1, 0, 0.2], [0, 0, 0]]
    found = clear(Network.of([0.2, 0.2, 0], debts, alpha=0.5, beta=0.5, exact=exact))
    agree(found.paid, [0.3, 0.3, 0])
    agree(found.least.paid, [0.12, 0.12, 0])
    assert found.knife_edge.tolist() == [True, True, False]
    assert failed(found) == set()


# --- Debt and equity: Suzuki 2002, Elsinger 2009, Fischer 2014 ----------------------------------------

SUZUKI = {
    "holdings": [
        ["0", "1/5", "3/10", "1/10"],
        ["1/5", "0", "1/5", "1/10"],
        ["1/10", "1/10", "0", "3/10"],
        ["1/10", "1/10", "1/10", "0"],
    ],
    "shares_of_debt": [
        ["0", "0", "1/10", "0"],
        ["0", "0", "0", "1/10"],
        ["1/10", "0", "0", "1/10"],
        ["0", "1/10", "0", "0"],
    ],
}


def from_shares(outside, dues, held_debt, holdings, exact, **more):
    """A network from shares of debt held (row holds column), as Suzuki writes it."""
    n = len(dues)
    debts = [[Fraction(held_debt[j][i]) * Fraction(dues[i]) for j in range(n)] for i in range(n)]
    external = [Fraction(dues[i]) - sum(debts[i]) for i in range(n)]
    return read(exact, outside=outside, debts=debts, external=external, holdings=holdings, **more)


@both
@pytest.mark.parametrize(
    ("first", "cost", "paid", "equity"),
    [
        ("2", "1", ["4/5"] * 4, ["13747/10335", "734/10335", "29/265", "107/3445"]),
        ("1/2", "1", ["5609/9801", "56/99", "7085/9801", "65/99"], ["0"] * 4),
        ("1/2", "3/5", ["2011269/6205081", "804/2491", "2495745/6205081", "945/2491"], ["0"] * 4),
    ],
)
def test_suzuki_four_firms(exact, first, cost, paid, equity):
    """FinNetValu's Suzuki demo; NetworkValuation's calcPayments gives a negative equity here."""
    net = from_shares(
        [first, "1/2", "3/5", "3/5"], ["4/5"] * 4, SUZUKI["shares_of_debt"], SUZUKI["holdings"], exact,
        alpha=cost, beta=cost, gamma=cost,
    )  # fmt: skip
    found = clear(net)
    agree(found.paid, paid if exact else to_floats(paid))
    agree(found.equity, equity if exact else to_floats(equity))


@both
@pytest.mark.parametrize(
    ("outside", "paid", "equity"),
    [
        (["4/5", "4/5"], [1, 1], ["1/4", "1/4"]),
        (["9/10", "1/2"], [1, "22/23"], ["13/46", 0]),
        (["1/2", "9/10"], ["22/23", 1], [0, "13/46"]),
        (["3/10", "3/10"], ["1/2", "1/2"], [0, 0]),
        (["3/5", "3/5"], [1, 1], [0, 0]),
        ([1, "3/5"], [1, 1], ["5/12", "1/12"]),
    ],
)
def test_suzuki_two_firms(exact, outside, paid, equity):
    """A fifth of each other's equity and two fifths of each other's debt [by hand]."""
    cross = [["0", "1/5"], ["1/5", "0"]]
    found = clear(from_shares(outside, ["1", "1"], [["0", "2/5"], ["2/5", "0"]], cross, exact))
    agree(found.paid, paid if exact else to_floats(paid))
    agree(found.equity, equity if exact else to_floats(equity))


@both
def test_elsinger_two_seniority_classes(exact):
    """NetworkValuation's Example.pdf; all 27 states enumerated, one clears."""
    senior = [[0, 20, 10], [5, 0, 40], [10, 0, 0]]
    junior = [[0, 0, 15], [0, 0, 24], [10, 0, 0]]
    holdings = [[0, 0, 0], [0.1, 0, 0], [0, 0.15, 0]]
    found = clear(Network.of([0, 50, 10], [senior, junior], holdings=holdings, exact=exact))
    agree(found.payments, [[25, 45, 10], [0, "65/3" if exact else 65 / 3, 10]])
    agree(found.equity, [0, 0, 60])
    agree(found.shortfall, [20, "7/3" if exact else 7 / 3, 0])
    assert found.unique


@both
def test_negative_equity_trap(exact):
    """A joint linear solve gives firm 2 an equity of -.3 and fails it; it owns a worthless share and lives."""
    net = Network.of(
        [0.2, 1.1], [[0, 0], [0, 0]], external=[1, 1], holdings=[[0, 0], [0.5, 0]],
        alpha=0.5, beta=0.5, gamma=0.5, exact=exact,
    )  # fmt: skip
    found = clear(net)
    agree(found.paid, [0.1, 1])
    agree(found.equity, [0, 0.1])
    assert failed(found) == {1}


@both
def test_costs_and_equity_two_states(exact):
    """Half of each other's equity, a quarter of each other's debt, costs of one half [enumerated]."""
    half, quarter = [["0", "1/2"], ["1/2", "0"]], [["0", "1/4"], ["1/4", "0"]]
    cost = {"alpha": "1/2", "beta": "1/2", "gamma": "1/2"}
    found = clear(from_shares([1, 1], ["6/5", "6/5"], quarter, half, exact, **cost))
    agree(found.equity, [0.2, 0.2])
    agree(found.least.paid, ["4/7", "4/7"] if exact else [4 / 7, 4 / 7])
    assert not found.unique


@both
def test_lender_owned_by_its_borrower_has_two_states(exact):
    """One debt claim and one share suffice for two states: 90 % of a debt against 50 % of the lender."""
    cost = {"alpha": "1/2", "beta": "1/2", "gamma": "1/2"}
    debt, share = [["0", "9/10"], ["0", "0"]], [["0", "0"], ["1/2", "0"]]
    found = clear(from_shares(["1/2", "17/20"], [1, 1], debt, share, exact, **cost))
    agree(found.equity, ["2/5", "1/20"] if exact else [0.4, 0.05])
    agree(found.least.paid, ["353/800", "17/40"] if exact else [353 / 800, 17 / 40])


@both
def test_equity_only_counts_assets_twice(exact):
    """Half of each other and no debt: book equity 4 on assets of 2, of which 2 is held outside."""
    found = clear(Network.of([1, 1], [[0, 0], [0, 0]], holdings=[[0, 0.5], [0.5, 0]], exact=exact))
    agree(found.equity, [2, 2])


# --- In our own terms ---------------------------------------------------------------------------------


@both
@pytest.mark.parametrize(
    ("lab", "paid", "equity", "down"),
    [
        ("10", [0, 8, 10, 0], ["46/5", 2, 1, 8], set()),
        ("8", [0, 8, 10, 0], [9, 0, 1, 8], set()),
        ("5", [0, "5/2", "11/4", 0], ["61/10", 0, 0, "73/20"], {2, 3}),
        ("2", [0, 1, 2, 0], ["29/5", 0, 0, "16/5"], {2, 3}),
    ],
)
def test_supplier_lab_cloud_lender(exact, lab, paid, equity, down):
    """A supplier owns a tenth of a lab, which owes a cloud, which owes the supplier and a lender [by hand]."""
    debts = [[0] * 4, [0, 0, 8, 0], [4, 0, 0, 6], [0] * 4]
    holdings = [[0, "1/10", 0, 0], [0] * 4, [0] * 4, [0] * 4]
    cost = {"alpha": "1/2", "beta": "1/2", "gamma": "1/2"}
    found = clear(read(exact, outside=[5, lab, 3, 2], debts=debts, holdings=holdings, **cost))
    agree(found.paid, paid if exact else to_floats(paid))
    agree(found.equity, equity if exact else to_floats(equity))
    assert failed(found) == down
    if lab == "8":
        assert found.knife_edge.tolist() == [False, True, False, False]
    if lab == "5":
        assert found.wave.tolist() == [-1, 1, 2, -1]
        agree(found.tipped.debts[2], [0, "11/2" if exact else 5.5, 0, 0])


# --- Intentions and forced defaults --------------------------------------------------------------------


@both
def test_intentions_are_cut_without_default(exact):
    """Firm 1 owes 4 and means to spend 6 more; with 7 it pays 4 and 3. Below 4 it pays no intention."""
    due, meant = [[0, 4], [0, 0]], [[0, 6], [0, 0]]
    fine = clear(Network.of([7, 0], [due, meant], binding=1, exact=exact))
    agree(fine.payments, [[4, 0], [3, 0]])
    assert not fine.defaulted.any()
    broke = clear(Network.of([3, 0], [due, meant], binding=1, alpha=0.5, exact=exact))
    agree(broke.payments, [[1.5, 0], [0, 0]])
    assert failed(broke) == {1}


@both
def test_forced_firm_pays_from_costed_assets_and_keeps_the_rest(exact):
    """Pulled with 20 at costs of one half: pays its dues of 4 from 10, no intention, 6 remain."""
    net = Network.of(
        [20, 1], [[[0, 4], [0, 0]], [[0, 5], [0, 0]]], external=[[0, 4.5], [0, 0]], binding=1, alpha=0.5, exact=exact
    )
    found = clear(net, forced=[True, False])
    agree(found.payments, [[4, 4.5], [0, 0]])
    agree(found.equity, [6, 0.5])
    assert found.wave.tolist() == [0, -1]


@both
def test_pulling_a_firm_tips_its_creditor(exact):
    """A firm pulled at costs of one half pays 2 of 4; its creditor, owing 3.5 on 1, fails in wave 1."""
    net = Network.of([4, 1], [[0, 4], [0, 0]], external=[0, 3.5], alpha=0.5, exact=exact)
    assert failed(clear(net)) == set()
    found = clear(net, forced=[True, False])
    assert found.wave.tolist() == [0, 1]
    assert found.tipped.of(1) == {0: 2}
