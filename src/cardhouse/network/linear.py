"""Linear systems, in floats or in rationals."""

from __future__ import annotations

from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np
from numpy.typing import NDArray

_MOST_FACTORISED = 5000
"""Sparse systems larger than this fill in too much to be worth a factorisation."""


def solve(slope: Any, right: NDArray[Any]) -> NDArray[Any]:
    """Solve ``x = slope @ x + right``, (m, m) and (m, c); exactly when the numbers are rationals.

    Raises
    ------
    numpy.linalg.LinAlgError : when I - slope is singular, or sparse and too large.
    """
    if right.size == 0:
        return right
    if not isinstance(slope, np.ndarray):
        return _solve_sparse(slope, right)
    matrix = -slope
    diagonal = np.arange(len(matrix))
    matrix[diagonal, diagonal] = matrix[diagonal, diagonal] + 1
    if matrix.dtype == object:
        return _solve_rational(matrix, right)
    return np.linalg.solve(matrix, right)


def _solve_sparse(slope: Any, right: NDArray[Any]) -> NDArray[Any]:
    from scipy.sparse import eye_array
    from scipy.sparse.linalg import splu

    if len(right) > _MOST_FACTORISED:
        raise np.linalg.LinAlgError(f"{len(right)} unknowns are too many to factorise")
    try:
        found: NDArray[Any] = splu((eye_array(len(right)) - slope).tocsc()).solve(right)
    except RuntimeError as error:
        raise np.linalg.LinAlgError(str(error)) from error
    return found


def _solve_rational(matrix: NDArray[Any], right: NDArray[Any]) -> NDArray[Any]:
    """Eliminate without fractions (Bareiss 1968, Mathematics of Computation 22): integers stay minors."""
    size, columns = right.shape
    rows = [_whole_row([*matrix[i], *right[i]]) for i in range(size)]
    divisor = 1
    for c in range(size):
        pivot = next((r for r in range(c, size) if rows[r][c] != 0), None)
        if pivot is None:
            raise np.linalg.LinAlgError("singular matrix of rationals")
        rows[c], rows[pivot] = rows[pivot], rows[c]
        head = rows[c]
        lead = head[c]
        for r in range(c + 1, size):
            row = rows[r]
            factor = row[c]
            rows[r] = [0] * (c + 1) + [
                (lead * row[j] - factor * head[j]) // divisor for j in range(c + 1, size + columns)
            ]
        divisor = lead
    return _back_substitute(rows, size, columns)


def _back_substitute(rows: list[list[int]], size: int, columns: int) -> NDArray[Any]:
    found: NDArray[Any] = np.empty((size, columns), dtype=object)
    for c in range(size - 1, -1, -1):
        for k in range(columns):
            rest = Fraction(rows[c][size + k])
            for j in range(c + 1, size):
                if rows[c][j]:
                    rest -= rows[c][j] * found[j, k]
            found[c, k] = rest / rows[c][c]
    return found


def _whole_row(row: list[Any]) -> list[int]:
    """Multiply a row of rationals by its common denominator."""
    numbers = [Fraction(number) for number in row]
    scale = lcm(*(number.denominator for number in numbers))
    return [int(number * scale) for number in numbers]
