"""The yardstick: DebtRank of 2015 for many scenarios as one would write it with scipy alone."""

import numpy as np


def debtrank_scipy(lever, shocks, tolerance=1e-12):
    """All scenarios at once, one sparse product a round, until nothing moves by more than the tolerance."""
    state = shocks
    while True:
        new = np.minimum(1.0, shocks + lever @ state)
        if np.abs(new - state).max() <= tolerance:
            return new
        state = new
