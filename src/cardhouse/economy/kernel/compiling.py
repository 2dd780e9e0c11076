"""How every function of the kernel is compiled: without the interpreter's lock, kept between runs, in one way.

Divisions give infinity instead of raising, as in numpy: every division here is guarded by what it divides by.

Numba keeps compiled code for as long as the file of the function that was called does not change; a change in a
function that it calls, in another file, would go unseen. So what is kept is stamped with all sources of the kernel,
at the place of numba's own version, which is looked at before anything else is read: an old index names old types.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from numba import njit

Function = TypeVar("Function", bound=Callable[..., object])
FOLDER = Path(__file__).parent
STAMP = "_version"


def _stamp() -> str:
    """A hash of every source that compiled code may hold."""
    digest = hashlib.sha256()
    for source in (*sorted(FOLDER.glob("*.py")), FOLDER.parent / "drivers.py"):
        digest.update(source.read_bytes())
    return digest.hexdigest()


SOURCES = _stamp()


def inlined(function: Function) -> Function:
    """Compile a function into whoever calls it: handing over many arrays costs more than a short function does."""
    return kernel(function, forceinline=True)


def kernel(function: Function, *, forceinline: bool = False) -> Function:
    """Compile a function of the kernel when it is first called."""
    compiled: Any = njit(nogil=True, cache=True, error_model="numpy", forceinline=forceinline)(function)
    # Numba has no public way to say what a cache depends on. Where compiling is switched off, or a later numba keeps
    # its stamp elsewhere, nothing is set; a test tells when that happens.
    kept = getattr(getattr(compiled, "_cache", None), "_cache_file", None)
    stamp = getattr(kept, STAMP, None)
    if stamp is not None:
        setattr(kept, STAMP, f"{stamp} {SOURCES}")
    typed: Function = compiled
    return typed
