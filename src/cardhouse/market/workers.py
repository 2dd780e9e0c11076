"""Share numbered pieces of work among threads, and report how far it is."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import TypeAlias

from cardhouse.market.regression import whole

Progress: TypeAlias = Callable[[int, int], None]
"""Called with the pieces done and their number, always from the caller's own thread."""


def spread(
    count: int,
    piece: int,
    work: Callable[[int, int], None],
    *,
    threads: int | None = None,
    progress: Progress | None = None,
    last_first: bool = False,
) -> None:
    """Call ``work(first, stop)`` for every piece of ``range(count)``.

    Each call writes only its own part of the result, so the result does not depend on the threads. An
    exception in ``work`` or ``progress`` ends it: pieces not yet begun are dropped.

    Parameters
    ----------
    count, piece : how many there are, and how many go into one call.
    threads : how many share the work; all processors when omitted.
    last_first : begin with the last piece, when that is the longest.
    """
    if threads is not None:
        whole("threads", threads, 1)
    starts = list(range(0, count, piece))
    if last_first:
        starts.reverse()
    done = 0
    if threads == 1 or len(starts) == 1:
        for first in starts:
            stop = min(first + piece, count)
            work(first, stop)
            done += stop - first
            if progress is not None:
                progress(done, count)
        return
    with ThreadPoolExecutor(threads or processors()) as pool:
        sizes = {pool.submit(work, first, min(first + piece, count)): min(piece, count - first) for first in starts}
        try:
            for future in as_completed(sizes):
                future.result()
                done += sizes[future]
                if progress is not None:
                    progress(done, count)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
