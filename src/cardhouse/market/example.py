"""Prices to try the room on: the Nasdaq that comes inside a dependency, and a path whose bubble is known."""

from __future__ import annotations

import numpy as np

from cardhouse.errors import InputError
from cardhouse.market.prices import Prices


def nasdaq() -> Prices:
    """Daily closes of the Nasdaq Composite, January 1999 to December 2018, from the package ``arch``.

    Raises
    ------
    InputError : ``arch`` is not installed.
    """
    try:
        from arch.data import nasdaq as source
    except ImportError as error:
        raise InputError('the example needs the package arch: pip install "cardhouse[market]"') from error
    table = source.load()
    return Prices.of(table.index.to_numpy(), table["Adj Close"].to_numpy(), name="Nasdaq Composite")


def synthetic(*, rows: int = 600, start: int = 300, end: int = 420, seed: int = 20) -> Prices:
    """A random walk whose growth feeds on itself from row ``start`` to ``end`` and then collapses to where it began.

    Parameters
    ----------
    rows : weekly prices.
    start, end : first and last row of the bubble.
    seed : same seed, same path.

    References
    ----------
    Phillips, Shi and Yu (2015), International Economic Review 56, equation 14, with a root of 1 + rows^-0.6.
    """
    if not 0 < start < end < rows:
        raise InputError(f"a bubble from row {start} to {end} does not lie inside {rows} rows")
    rng = np.random.default_rng(seed)
    shocks = rng.normal(0.0, 1.0, rows)
    values = np.empty(rows)
    values[0] = 100.0
    for i in range(1, rows):
        before = values[i - 1]
        if start <= i <= end:
            base = values[start - 1]
            values[i] = base + (before - base + 0.5) * (1 + rows**-0.6) + shocks[i]
        elif i == end + 1:
            values[i] = values[start - 1] + shocks[i]
        else:
            values[i] = max(before + shocks[i], 1.0)
    first = np.datetime64("2010-01-01", "D")
    return Prices.of(first + 7 * np.arange(rows), values, name=f"synthetic path, seed {seed}")
