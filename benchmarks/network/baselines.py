"""Plain numpy and scipy implementations of the same tasks, written as one would without this package.

They are what the benchmark compares with, so they are kept short, vectorised and free of handicaps:
scenarios side by side as columns, one sparse product a sweep, only scenarios that still move are swept.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import spsolve

TOLERANCE = 1e-10


def picard(received, dues, outside, alpha=1.0, beta=1.0, *, drop=True):
    """Payments (n, S) of S scenarios ``outside`` (n, S); ``received`` (n, n) holds shares by creditor.

    Rogers-Veraart with costs alpha and beta; Eisenberg-Noe when both are one.
    """
    paid = np.repeat(dues[:, None], outside.shape[1], axis=1)
    found = paid.copy()
    going = np.arange(outside.shape[1])
    while going.size:
        inflow = received @ paid
        assets = outside[:, going] + inflow
        after = assets if alpha == beta == 1 else alpha * outside[:, going] + beta * inflow
        new = np.where(assets >= dues[:, None], dues[:, None], np.minimum(after, dues[:, None]))
        moves = np.abs(new - paid).max(axis=0) > TOLERANCE * dues.max()
        found[:, going] = new
        if drop:
            paid, going = new[:, moves], going[moves]
        else:
            paid = new
            if not moves.any():
                break
    return found


def greatest_by_waves(received, dues, outside, alpha, beta):
    """Payments (n,) by Rogers and Veraart's algorithm: one linear solve a wave of defaults."""
    n = dues.size
    paid, failed = dues.copy(), np.zeros(n, dtype=bool)
    while True:
        now = failed | (outside + received @ paid < dues - 1e-9 * dues)
        if np.array_equal(now, failed):
            return paid
        failed = now
        d, s = np.flatnonzero(failed), np.flatnonzero(~failed)
        right = alpha * outside[d] + beta * (received[d][:, s] @ dues[s])
        block = received[d][:, d]
        if sp.issparse(received):
            paid[d] = spsolve((sp.eye_array(d.size) - beta * block).tocsc(), right)
        else:
            paid[d] = np.linalg.solve(np.eye(d.size) - beta * block, right)


def debt_and_equity(received, dues, holdings, outside, alpha, beta, gamma):
    """Payments and equity (n,) with cross-held equity, by sweeps from above."""
    paid = dues.copy()
    worth = np.maximum(outside + received @ dues - dues, 0.0)
    equity = spsolve((sp.eye_array(dues.size) - holdings).tocsc(), worth)
    while True:
        inflow, stakes = received @ paid, holdings @ equity
        assets = outside + inflow + stakes
        fine = assets >= dues
        new = np.where(fine, dues, np.minimum(alpha * outside + beta * inflow + gamma * stakes, dues))
        left = np.where(fine, assets - dues, 0.0)
        change = max(np.abs(new - paid).max(), np.abs(left - equity).max())
        paid, equity = new, left
        if change <= TOLERANCE * dues.max():
            return paid, equity
