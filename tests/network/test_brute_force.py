"""Random small networks against an enumeration of every state, in rationals.

The truth is independent of the package: for every assignment of firms to cells (has nothing, stops in
class k, keeps equity; in default or not) the linear system is solved and the solution kept if it is a
fixed point of the map, evaluated in rationals. Greatest and least of all fixed points are compared.
Numbers are small so that ties, zero assets, closed loops and several states are common.
"""

import os
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from cardhouse.network import Network, clear

SHARES = [Fraction(0), Fraction(0), Fraction(1, 10), Fraction(1, 5), Fraction(1, 2), Fraction(4, 5)]
RATES = [Fraction(0), Fraction(1, 4), Fraction(1, 2), Fraction(1)]


def draw(rng):
    """Arguments of a random network of 2 to 4 firms and 1 or 2 classes, and a mask of forced firms."""
    n = int(rng.integers(2, 5))
    classes = int(rng.integers(1, 3)) if n < 4 else 1
    off = ~np.eye(n, dtype=bool)
    debts = [(rng.integers(0, 5, (n, n)) * off * (rng.random((n, n)) < 0.7)) / 2 for _ in range(classes)]
    parts = {
        "outside": rng.integers(0, 5, n) / 2 * (rng.random(n) < 0.8),
        "debts": [d.tolist() for d in debts],
        "external": (rng.integers(0, 3, (classes, n)) * (rng.random((classes, n)) < 0.6) / 2).tolist(),
        "binding": int(rng.integers(1, classes + 1)),
    }
    if rng.random() < 0.6:
        shares = np.array([[rng.choice(SHARES) for _ in range(n)] for _ in range(n)], dtype=object) * off
        for j in range(n):
            while sum(shares[:, j]) >= 1:
                shares[rng.integers(n), j] = Fraction(0)
        parts["holdings"] = shares.tolist()
    if rng.random() < 2 / 3:
        for name in ("alpha", "beta", "gamma"):
            parts[name] = [rng.choice(RATES) for _ in range(n)]
    return parts, rng.random(n) < (0.25 if rng.random() < 0.3 else 0.0)


class Enumeration:
    """All clearing states of a small network; in rationals, or in floats to look where they may be."""

    def __init__(self, parts, forced, number=Fraction):
        self.number, self.zero, self.one = number, number(0), number(1)
        self.e = [number(v) for v in parts["outside"]]
        self.n = len(self.e)
        self.debts = [[[number(v) for v in row] for row in layer] for layer in parts["debts"]]
        external = [[number(v) for v in row] for row in parts["external"]]
        self.dues = [
            [sum(layer[i]) + out[i] for i in range(self.n)] for layer, out in zip(self.debts, external, strict=True)
        ]
        self.k, self.binding, self.forced = len(self.debts), parts["binding"], forced
        self.levels = [
            [sum((self.dues[c][i] for c in range(k)), self.zero) for i in range(self.n)] for k in range(self.k + 1)
        ]
        self.held = [[number(v) for v in row] for row in parts.get("holdings", [[0] * self.n] * self.n)]
        # Products with zero are left out: most of the time goes into rationals.
        firms = range(self.n)
        self.creditors = [[[i for i in firms if layer[j][i]] for j in firms] for layer in self.debts]
        self.owners = [[i for i in firms if self.held[i][j]] for j in firms]
        ones = [1] * self.n
        self.a, self.b, self.g = ([number(v) for v in parts.get(name, ones)] for name in ("alpha", "beta", "gamma"))

    def states(self):
        """Cells a firm can be in: (in default, class or rest), None for nothing to distribute."""
        for i in range(self.n):
            failed = [(True, None)] + [(True, k) for k in range(self.binding)]
            failed += [(True, self.binding)] if self.forced[i] else []
            lives = [(False, None)] + [(False, k) for k in range(self.binding, self.k + 1)]
            yield failed if self.forced[i] else failed + lives

    def marginal(self, j, state):
        """Where the marginal unit of firm j goes: share to each firm, and whether as equity."""
        default, k = state
        if k is None:
            return [self.zero] * self.n, False
        rest = self.binding if default else self.k
        if k == rest:
            return [self.held[i][j] for i in range(self.n)], True
        due = self.dues[k][j]
        return [self.debts[k][j][i] / due if due else self.zero for i in range(self.n)], False

    def spread(self, x, flags):
        """The map, evaluated at x with the given flags: what everybody has, before and after costs of default."""
        received, stakes = [self.zero] * self.n, [self.zero] * self.n
        for j in range(self.n):
            for k in range(self.binding if flags[j] else self.k):
                paid = min(max(x[j] - self.levels[k][j], self.zero), self.dues[k][j])
                if paid:
                    part = paid / self.dues[k][j]
                    for i in self.creditors[k][j]:
                        received[i] += part * self.debts[k][j][i]
            rest = self.binding if flags[j] else self.k
            left = max(x[j] - self.levels[rest][j], self.zero) if self.forced[j] or not flags[j] else self.zero
            if left:
                for i in self.owners[j]:
                    stakes[i] += self.held[i][j] * left
        assets = [self.e[i] + received[i] + stakes[i] for i in range(self.n)]
        costed = list(assets)
        for i in range(self.n):
            if flags[i]:
                costed[i] = self.a[i] * self.e[i] + self.b[i] * received[i] + self.g[i] * stakes[i]
        return assets, costed

    def system(self, states):
        """Matrix and right side of x = low + slope (x - low) in the given cells."""
        flags = [s[0] for s in states]
        low = [self.zero if k is None else self.levels[k][i] for i, (_, k) in enumerate(states)]
        assets, costed = self.spread(low, flags)
        base = [costed[i] if flags[i] else assets[i] for i in range(self.n)]
        slope = [[self.zero] * self.n for _ in range(self.n)]
        for j, state in enumerate(states):
            shares, equity = self.marginal(j, state)
            for i in range(self.n):
                cost = (self.g[i] if equity else self.b[i]) if flags[i] else self.one
                if shares[i]:
                    slope[i][j] = cost * shares[i]
        matrix = [[self.number(int(i == j)) - slope[i][j] for j in range(self.n)] for i in range(self.n)]
        right = [
            base[i] - sum(slope[i][j] * low[j] for j in range(self.n) if slope[i][j] and low[j]) for i in range(self.n)
        ]
        return matrix, right, flags

    def clears(self, x, flags):
        """Whether x with these flags is a clearing state, in rationals."""
        assets, costed = self.spread(x, flags)
        return all(
            x[i] == (costed[i] if flags[i] else assets[i])
            and (self.forced[i] or flags[i] == (assets[i] < self.levels[self.binding][i]))
            for i in range(self.n)
        )

    def all(self, rough):
        """Every isolated clearing state, as (assets distributed, flags); ``rough`` is the same in floats."""
        cells = list(product(*self.states()))
        found = {}
        # Floats only throw out what misses by a thousandth; what is kept is solved and tested exactly.
        for number in rough.likely(cells):
            matrix, right, flags = self.system(cells[number])
            exact = eliminate(matrix, right)
            if self.clears(exact, flags):
                found[tuple(exact), tuple(flags)] = None
        return list(found)

    def likely(self, cells):
        """Numbers of the assignments that may hold a state: all solved at once, in floats."""
        n, firm = self.n, np.arange(self.n)
        flags = np.array([[s[0] for s in states] for states in cells])
        # A firm with nothing to distribute is in cell -1.
        where = np.array([[-1 if s[1] is None else s[1] for s in states] for states in cells])
        levels, dues, debts = np.array(self.levels), np.array(self.dues), np.array(self.debts)
        shares = debts / np.where(dues > 0, dues, 1.0)[:, :, None]
        held, e, forced = np.array(self.held), np.array(self.e), np.array(self.forced)
        a, b, g = np.array(self.a), np.array(self.b), np.array(self.g)

        def spread(x):
            """The map at x (cells, firms)."""
            received = np.zeros(x.shape)
            for k in range(self.k):
                paid = np.clip(x - levels[k], 0, dues[k])
                received += (np.where(flags, 0, paid) if k >= self.binding else paid) @ shares[k]
            left = np.maximum(x - np.where(flags, levels[self.binding], levels[self.k]), 0)
            stakes = np.where(~flags | forced, left, 0) @ held.T
            return np.where(flags, a * e + b * received + g * stakes, e + received + stakes)

        low = np.where(where < 0, 0.0, levels[np.maximum(where, 0), firm])
        # Row j of ``goes`` is where the marginal unit of j goes; its creditors bear the cost.
        equity = where == np.where(flags, self.binding, self.k)
        owed = shares[np.clip(where, 0, self.k - 1), firm]
        goes = np.where(equity[:, :, None], held.T, np.where(where[:, :, None] < 0, 0.0, owed))
        cost = np.where(flags[:, None, :], np.where(equity[:, :, None], g, b), 1.0)
        slope = (goes * cost).transpose(0, 2, 1)
        matrices = np.eye(n) - slope
        rights = spread(low) - (slope @ low[:, :, None])[:, :, 0]
        regular = np.abs(np.linalg.det(matrices)) > 1e-9
        x = np.zeros(low.shape)
        x[regular] = np.linalg.solve(matrices[regular], rights[regular][:, :, None])[:, :, 0]
        return np.flatnonzero(regular & (np.abs(spread(x) - x) < 1e-3).all(axis=1)).tolist()


def eliminate(matrix, right):
    """Gauss-Jordan in rationals."""
    rows = [[*row, r] for row, r in zip(matrix, right, strict=True)]
    for c in range(len(rows)):
        pivot = next(r for r in range(c, len(rows)) if rows[r][c] != 0)
        rows[c], rows[pivot] = rows[pivot], rows[c]
        head = rows[c][c]
        if head != 1:
            rows[c] = [v / head if v else v for v in rows[c]]
        for r in range(len(rows)):
            if r != c and rows[r][c] != 0:
                factor = rows[r][c]
                rows[r] = [v - factor * w if w else v for v, w in zip(rows[r], rows[c], strict=True)]
    return [row[-1] for row in rows]


def compare(seed):
    """Clear one random network both ways; return whether it has several states."""
    rng = np.random.default_rng(seed)
    parts, forced = draw(rng)
    truth = Enumeration(parts, forced)
    found = truth.all(Enumeration(parts, forced, float))
    assert found, f"seed {seed}: the enumeration found no state"
    net = Network.of(**{k: v if k == "binding" else floats(v) for k, v in parts.items()})
    exact = Network.of(**parts, exact=True)
    best = None
    for least in (False, True):
        pick = min if least else max
        x = [pick(state[0][i] for state in found) for i in range(truth.n)]
        flags = next((f for s, f in found if list(s) == x), None)
        assert flags is not None, f"seed {seed}: the states form no lattice"
        for which in (net, exact):
            got = clear(which, forced=forced, least=least)
            best = got if which is exact and not least else best
            assets, _ = truth.spread(x, flags)
            where = f"seed {seed}, least {least}, exact {which.exact}"
            assert got.defaulted.tolist() == list(flags), where
            if which.exact:
                assert got.assets.tolist() == assets, where
            else:
                np.testing.assert_allclose(
                    got.assets, np.array(assets, dtype=float), rtol=1e-11, atol=1e-11, err_msg=where
                )
    if len(found) == 1 and best.uniqueness.proof != "states":
        assert best.unique
    return len({s for s, _ in found}) > 1


def floats(value):
    return [floats(v) for v in value] if isinstance(value, (list, tuple, np.ndarray)) else float(value)


BLOCKS = 24
NETWORKS = int(os.environ.get("CARDHOUSE_NETWORKS", "6000"))


@pytest.mark.slow
@pytest.mark.parametrize("block", range(BLOCKS))
def test_greatest_and_least_state_of_random_networks(block):
    """6,000 networks, both states, floats and rationals; CARDHOUSE_NETWORKS=400 asks for fewer."""
    several = sum(compare(seed) for seed in range(block, NETWORKS, BLOCKS))
    assert several > 0
