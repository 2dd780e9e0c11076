"""What every function of this room asks of its arguments before it computes.

Each check names the argument, the place and the value found, and says what was expected. Firms are
named by their position: this room knows no names, its callers translate.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np
import numpy.typing as npt

from cardhouse.errors import InputError

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

UNIT_ROUNDOFF = 2.0**-53
LARGEST = 1e100
"""Amounts above this are typing errors, and their sums and products would overflow."""
SHOWN = 5
"""How many offending firms a message lists before it says how many more there are."""

Kernel = TypeVar("Kernel", bound=Callable[..., Any])


def kernel(function: Kernel) -> Kernel:
    """Compile with numba: no interpreter lock, cached on disk, and typed as the function it came from."""
    return cast("Kernel", numba.njit(nogil=True, cache=True)(function))


def listed(positions: npt.ArrayLike) -> str:
    """Write ``firms 3, 7`` or ``firms 3, 7, 9, 12, 15 and 4 more``, the subject of a message."""
    found = [str(int(p)) for p in np.atleast_1d(np.asarray(positions))]
    shown = ", ".join(found[:SHOWN])
    more = len(found) - SHOWN
    noun = "firm" if len(found) == 1 else "firms"
    return f"{noun} {shown}" + (f" and {more} more" if more > 0 else "")


def numbers(name: str, value: npt.ArrayLike, *, ndim: int) -> FloatArray:
    """Read ``value`` as a new finite float array of ``ndim`` dimensions.

    Raises
    ------
    InputError : not numeric, of another dimension, empty, or with NaN, infinite or absurdly large entries.
    """
    try:
        array = np.array(value, dtype=np.float64)
    except (TypeError, ValueError) as error:
        msg = f"{name} must be numbers: {error}"
        raise InputError(msg) from error
    if array.ndim != ndim:
        raise InputError(f"{name} has {array.ndim} dimensions, expected {ndim}")
    if array.size == 0:
        raise InputError(f"{name} is empty (shape {array.shape}): there is nothing to compute without a firm")
    bad = ~np.isfinite(array)
    if bad.any():
        where = tuple(int(k) for k in np.argwhere(bad)[0])
        raise InputError(f"{name}{list(where)} is {array[where]}, expected a finite number")
    bad = np.abs(array) > LARGEST
    if bad.any():
        where = tuple(int(k) for k in np.argwhere(bad)[0])
        raise InputError(f"{name}{list(where)} is {array[where]:g}, expected less than {LARGEST:g}: check the unit")
    return array


def within(name: str, array: FloatArray, low: float, high: float = np.inf) -> FloatArray:
    """Give ``array`` back when every entry lies in [low, high], else raise with the first that does not."""
    bad = (array < low) | (array > high)
    if bad.any():
        where = tuple(int(k) for k in np.argwhere(bad)[0])
        expected = f"at least {low:g}" if np.isinf(high) else f"from {low:g} to {high:g}"
        raise InputError(f"{name}{list(where)} is {array[where]:g}, expected {expected}")
    return array


def vector(name: str, value: npt.ArrayLike, size: int, *, low: float = 0.0, high: float = np.inf) -> FloatArray:
    """Read one finite number a firm, within [low, high]."""
    array = numbers(name, value, ndim=1)
    if array.shape != (size,):
        raise InputError(f"{name} has {array.shape[0]} entries, expected one for each of the {size} firms")
    return within(name, array, low, high)


def links(name: str, value: npt.ArrayLike) -> FloatArray:
    """Read a square matrix of non-negative amounts between different firms.

    Raises
    ------
    InputError : not square, negative, non-finite, or a firm linked to itself.
    """
    array = numbers(name, value, ndim=2)
    if array.shape[0] != array.shape[1]:
        raise InputError(f"{name} has shape {array.shape}, expected a square matrix, one row and column a firm")
    within(name, array, 0.0)
    loops = np.flatnonzero(array.diagonal())
    if loops.size:
        raise InputError(f"{name} links {listed(loops)} to itself: net such amounts out before calling")
    return array


def members(name: str, value: npt.ArrayLike, size: int) -> BoolArray:
    """Read a true-or-false mask with one entry a firm."""
    mask = np.asarray(value)
    if mask.dtype != np.bool_ or mask.shape != (size,):
        raise InputError(f"{name} must be {size} booleans, one a firm, not {mask.dtype} of shape {mask.shape}")
    return mask


def frozen(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Make ``array`` read-only, so that a result cannot change after it was given."""
    array.flags.writeable = False
    return array
