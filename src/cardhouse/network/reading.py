"""Reading numbers: floats or exact rationals, dense or sparse, each fault with its own sentence."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from numbers import Rational
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cardhouse.errors import InputError

_SHARE_ROUNDING = 1e-12
"""Shares such as 0.1 + 0.2 + 0.7 may add up to a hair above one in binary."""


def as_fraction(number: Any) -> Fraction:
    """Read one number exactly; a float counts as the decimal it prints as.

    Raises
    ------
    ValueError : for what is no finite number.
    """
    if isinstance(number, (Rational, Decimal, str)):
        return Fraction(number)
    if isinstance(number, np.integer):
        return Fraction(int(number))
    return Fraction(repr(float(number)))


def as_vector(numbers: ArrayLike, what: str, *, exact: bool) -> NDArray[Any]:
    """Read (n,) finite numbers as float64, or as rationals."""
    try:
        if exact:
            given = np.asarray(numbers, dtype=object)
            vector: NDArray[Any] = np.empty(given.shape, dtype=object)
            for place, number in np.ndenumerate(given):
                vector[place] = as_fraction(number)
        else:
            vector = np.array(numbers, dtype=np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise InputError(f"{what} must be finite numbers: {error}") from error
    if vector.ndim != 1:
        raise InputError(f"{what} must be one row of numbers, found shape {vector.shape}")
    if not exact:
        check_finite(vector, what)
    return vector


def as_matrix(numbers: Any, n: int, what: str, *, exact: bool, sparse: bool) -> Any:
    """Read an (n, n) matrix as float64 array, CSR, or array of rationals."""
    if exact:
        given = np.asarray(numbers.toarray() if hasattr(numbers, "toarray") else numbers, dtype=object)
        _check_square(given.shape, n, what)
        return as_vector(given.ravel(), what, exact=True).reshape(n, n)
    if not sparse:
        if hasattr(numbers, "toarray"):
            numbers = numbers.toarray()
        try:
            matrix = np.array(numbers, dtype=np.float64, order="C")
        except (TypeError, ValueError) as error:
            raise InputError(f"{what} must be finite numbers: {error}") from error
        _check_square(matrix.shape, n, what)
        check_finite(matrix, what)
        return matrix
    from scipy.sparse import csr_array

    as_is = isinstance(numbers, csr_array) and numbers.dtype == np.float64
    stored = numbers if as_is else csr_array(numbers, dtype=np.float64)
    _check_square(stored.shape, n, what)
    if not stored.has_canonical_format:
        stored = stored.copy()
        stored.sum_duplicates()
    check_finite(stored.data, what)
    return stored


def zeros_like_class(external: NDArray[Any]) -> NDArray[Any]:
    """Return a (1, n) row of zeros in the number type of the network."""
    return external[:1] * 0


def check_finite(numbers: NDArray[Any], what: str) -> None:
    """Refuse NaN and infinity."""
    wrong = ~np.isfinite(numbers)
    if wrong.any():
        place = tuple(int(p) for p in np.argwhere(wrong)[0])
        raise InputError(f"{what} hold {numbers[place]} at {_place(place)}; every amount must be finite")


def check_amounts(numbers: Any, what: str) -> None:
    """Refuse negative amounts."""
    values = numbers if isinstance(numbers, np.ndarray) else numbers.data
    wrong = values < 0
    if wrong.any():
        place = tuple(int(p) for p in np.argwhere(wrong)[0])
        raise InputError(
            f"{what} hold a negative amount, {values[place]}, at {_place(place)}; "
            "what a firm owes belongs in the debts, what it owns in the assets"
        )


def check_holdings(holdings: Any) -> None:
    """Refuse shares that are negative, in oneself, above one together, or owned in a closed circle."""
    check_amounts(holdings, "holdings")
    own = holdings.diagonal()
    if (own != 0).any():
        i = int(np.flatnonzero(own != 0)[0])
        raise InputError(f"holdings: firm {i} holds {own[i]} of itself; cancel treasury shares first")
    held = np.asarray(holdings.sum(axis=0))
    limit = 1 if holdings.dtype == object else 1 + _SHARE_ROUNDING
    if (held > limit).any():
        j = int(np.argmax(held))
        raise InputError(f"holdings: the shares of firm {j} held by others add up to {held[j]}, more than one")
    circle = _closed_owners(holdings, held)
    if circle:
        names = ", ".join(str(i) for i in circle[:10])
        raise InputError(
            f"holdings: firms {names} own each other completely; with no outside shareholder their equity "
            "has no finite value"
        )


def _closed_owners(holdings: Any, held: NDArray[Any]) -> list[int]:
    """Find firms held entirely inside a group that owns itself: the largest such group, by peeling."""
    inside = held >= 1 - (0 if holdings.dtype == object else _SHARE_ROUNDING)
    while inside.any():
        # A firm leaves the group as soon as one of its holders is outside it.
        leaves = inside & ((holdings != 0).T @ (~inside).astype(np.int64) > 0)
        if not leaves.any():
            return [int(i) for i in np.flatnonzero(inside)]
        inside = inside & ~leaves
    return []


def _check_square(shape: tuple[int, ...], n: int, what: str) -> None:
    if shape != (n, n):
        raise InputError(f"{what} have shape {shape}, expected {(n, n)}: one row and one column a firm")


def _place(place: tuple[int, ...]) -> str:
    return f"position {place[0]}" if len(place) == 1 else f"row {place[0]}, column {place[1]}"
