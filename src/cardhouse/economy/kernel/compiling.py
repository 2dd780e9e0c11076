"""How every function of the kernel is compiled: without the interpreter's lock, kept between runs, in one way.

Divisions give infinity instead of raising, as in numpy: every division here is guarded by what it divides by.

Numba keeps compiled code for as long as the file of the function that was called does not change; a change in a
function that it calls, in another file, would go unseen. So what is kept is stamped with all sources of the kernel,
at the place of numba's own version, which is looked at before anything else is read: an old index names old types.

Where sources are replaced under a running program, it may compile some of the old with some of the new, which no stamp
tells. So from then on it neither reads nor keeps compiled code.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from numba import njit

Function = TypeVar("Function", bound=Callable[..., object])
FOLDER = Path(__file__).parent
FILES = (*sorted(FOLDER.glob("*.py")), FOLDER.parent / "drivers.py")
"""Every source that compiled code may hold."""
STAMP = "_version"


def _stamp() -> str:
    """A hash of all sources."""
    digest = hashlib.sha256()
    for source in FILES:
        digest.update(source.read_bytes())
    return digest.hexdigest()


def _times() -> list[tuple[int, int]] | None:
    """When each source was written and how long it is; nothing while one is missing."""
    try:
        return [(found.st_mtime_ns, found.st_size) for found in map(os.stat, FILES)]
    except OSError:
        return None


TIMES = _times()  # before they are read, so that nothing is written unseen in between
SOURCES = _stamp()


def inlined(function: Function) -> Function:
    """Compile a function into whoever calls it: handing over many arrays costs more than a short function does."""
    return kernel(function, forceinline=True)


def kernel(function: Function, *, forceinline: bool = False) -> Function:
    """Compile a function of the kernel when it is first called."""
    compiled: Any = njit(nogil=True, cache=True, error_model="numpy", forceinline=forceinline)(function)
    # Numba has no public way to say what a cache depends on. Where compiling is switched off, or a later numba keeps
    # its stamp elsewhere, nothing is set; a test tells when that happens.
    kept: Any = getattr(getattr(compiled, "_cache", None), "_cache_file", None)
    stamp = getattr(kept, STAMP, None)
    if stamp is not None:
        setattr(kept, STAMP, f"{stamp} {SOURCES}")
        kept.load, kept.save = _while_unchanged(kept.load), _while_unchanged(kept.save)
    typed: Function = compiled
    return typed


def _while_unchanged(step: Callable[..., object]) -> Callable[..., object]:
    """A step of numba's cache, left out once a source was written anew, be it with the same text."""
    return lambda *given: step(*given) if _times() == TIMES else None
