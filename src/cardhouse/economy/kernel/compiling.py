"""How every function of the kernel is compiled: without the interpreter's lock, kept between runs, in one way.

Divisions give infinity instead of raising, as in numpy: every division here is guarded by what it divides by.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from numba import njit

Function = TypeVar("Function", bound=Callable[..., object])


def kernel(function: Function) -> Function:
    """Compile a function of the kernel when it is first called."""
    compiled: Any = njit(nogil=True, cache=True, error_model="numpy")(function)
    typed: Function = compiled
    return typed
