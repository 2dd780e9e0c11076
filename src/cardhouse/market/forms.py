"""The same price as level, as logarithm and over a fundamental, side by side, since the verdict hangs on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from cardhouse.errors import InputError
from cardhouse.market.critical import Critical
from cardhouse.market.dating import Episode, date_episodes
from cardhouse.market.explosiveness import Explosive, explosive
from cardhouse.market.regression import Criterion, FloatArray, read_series

LEVEL, LOG, RATIO = "level", "log", "ratio"
MEANINGS = {
    LEVEL: "price: growth at a steady rate, however slow, is explosive in levels",
    LOG: "logarithm of the price: explosive only when the rate of growth itself grows",
    RATIO: "price over the fundamental: explosive only when the price runs away from what it is paid for",
}
"""What each form asks."""


@dataclass(frozen=True, eq=False)
class Form:
    """One form of the price, tested.

    Attributes
    ----------
    name : level, log or ratio; see :data:`MEANINGS`.
    result : statistics and sequences.
    p_value : of the GSADF; None without critical values.
    episodes : dated stretches; empty without critical values.
    """

    name: str
    result: Explosive
    p_value: float | None
    episodes: tuple[Episode, ...]


def side_by_side(
    price: npt.ArrayLike,
    *,
    fundamental: npt.ArrayLike | None = None,
    critical: Critical | None = None,
    level: float = 0.95,
    labels: Sequence[Any] | npt.NDArray[Any] | None = None,
    minw: int | None = None,
    lags: int = 0,
    criterion: Criterion | None = None,
    threads: int | None = None,
) -> tuple[Form, ...]:
    """Test a price in levels, in logarithms and, where given, over a fundamental.

    Parameters
    ----------
    price : (T,), above zero.
    fundamental : (T,), above zero, of the same dates: earnings, sales or dividends as they were known then.
    critical : of :func:`~cardhouse.market.critical.monte_carlo`, which fit all forms alike.
    level : at which episodes are dated.
    labels : (T,), dates.
    minw, lags, criterion, threads : as in :func:`~cardhouse.market.explosive`.

    Raises
    ------
    InputError : a price or fundamental that is missing, zero or negative (said where); critical values made
        from one series.
    """
    values = _positive(price, "the price")
    forms = {LEVEL: values, LOG: np.log(values)}
    if fundamental is not None:
        below = _positive(fundamental, "the fundamental")
        if below.size != values.size:
            raise InputError(f"the fundamental has {below.size} observations, the price {values.size}")
        forms[RATIO] = values / below
    if critical is not None and critical.series:
        raise InputError(
            f"{critical.kind} critical values are made from one series; the forms are several: use monte_carlo"
        )
    return tuple(
        _tested(
            name,
            explosive(form, minw=minw, lags=lags, criterion=criterion, threads=threads),
            critical,
            level=level,
            labels=labels,
        )
        for name, form in forms.items()
    )


def _tested(
    name: str,
    result: Explosive,
    critical: Critical | None,
    *,
    level: float,
    labels: Sequence[Any] | npt.NDArray[Any] | None,
) -> Form:
    if critical is None:
        return Form(name, result, None, ())
    episodes = date_episodes(result, critical, level=level, labels=labels)
    return Form(name, result, critical.p_value("gsadf", result.gsadf), tuple(episodes))


def _positive(series: npt.ArrayLike, name: str) -> FloatArray:
    values = read_series(series, name)
    bad = np.flatnonzero(values <= 0)
    if bad.size:
        more = f" and {bad.size - 1} more" if bad.size > 1 else ""
        raise InputError(
            f"{name}: observation {bad[0]} is {values[bad[0]]:g}{more}; logarithms and ratios need values above zero"
        )
    return values
