"""How near the kernel comes to what the processor can do: operations and bytes of a path against measured peaks.

    python benchmarks/economy/bounds.py

The kernel is compiled once more with a counter behind every operation on vectors, so the counts are those of the
program as written for the embedded book with chance, 24 quarters; the compiler may drop some. An arithmetic operation,
a comparison and a choice count one for each path. The peaks are measured here: separate multiplications and additions
in registers (the kernel's arithmetic may not be fused, else paths would differ between machines), divisions in
registers, and a + s * b over arrays of several sizes.
"""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from llvmlite import ir
from numba import njit

if TYPE_CHECKING:
    from cardhouse.economy.many.setup import Setup
    from cardhouse.economy.many.worker import Worker

KINDS = ("arithmetic", "division", "comparison", "choice", "load", "store")
PATHS = 2_000
ROUNDS = 2_000_000
KILOBYTES = (16, 512, 8_192, 262_144)
"""Of all three arrays together: first, second and third cache of a core, and memory."""


def count() -> None:
    """Compile with counters, run, and print the counts of a path."""
    counters = (ctypes.c_int64 * len(KINDS))()
    hook(ctypes.addressof(counters))
    worker, _ = ready()
    worker.run(0, 8)
    before = list(counters)
    worker.run(0, PATHS)
    blocks = PATHS / 8
    print(*((now - then) / blocks for now, then in zip(counters, before, strict=True)))


def ready() -> tuple[Worker, Setup]:
    """A worker of the embedded book, and what it was made of."""
    from cardhouse.book import embedded
    from cardhouse.economy.drivers import BASELINE
    from cardhouse.economy.many.prepare import chance_of, compiled_of
    from cardhouse.economy.many.setup import set_up
    from cardhouse.economy.many.worker import Worker
    from cardhouse.economy.run import RunChoices

    book = embedded()
    compiled = compiled_of(book.as_of(book.date), RunChoices())
    setup = set_up(compiled, BASELINE, chance_of(compiled), seed=1)
    return Worker(setup), setup


def hook(address: int) -> None:
    """Let the compiler put a counter behind every instruction on vectors of float64."""
    word = ir.IntType(64)

    def counted(name: str, kind: str) -> None:
        inner: Callable[..., ir.Value] = getattr(ir.IRBuilder, name)

        def emit(builder: ir.IRBuilder, *args: ir.Value, **words: object) -> ir.Value:
            out = inner(builder, *args, **words)
            value = args[1] if kind in ("comparison", "choice") else args[0] if kind == "store" else out
            if isinstance(value.type, ir.VectorType) and value.type.element == ir.DoubleType():
                place = ir.Constant(word, address + 8 * KINDS.index(kind)).inttoptr(word.as_pointer())
                load(builder, place, typ=word)
                store(builder, builder.add(load(builder, place, typ=word), ir.Constant(word, 1)), place)
            return out

        setattr(ir.IRBuilder, name, emit)

    load, store = ir.IRBuilder.load, ir.IRBuilder.store
    for name, kind in (("fadd", 0), ("fsub", 0), ("fmul", 0), ("fneg", 0), ("fdiv", 1)):
        counted(name, KINDS[kind])
    for name, kind in (("fcmp_ordered", 2), ("fcmp_unordered", 2), ("select", 3), ("load", 4), ("store", 5)):
        counted(name, KINDS[kind])


def operations_a_second() -> tuple[float, float]:
    """Operations on float64 a second of one core: multiplications and additions in turn; divisions."""
    from cardhouse.economy.kernel.lanes import LANES, lanes, one_lane

    @njit
    def chains(rounds: int, x: float) -> float:
        a, b, c, d, e, f, g, h = (
            lanes(x), lanes(x + 1.0), lanes(x + 2.0), lanes(x + 3.0),
            lanes(x + 4.0), lanes(x + 5.0), lanes(x + 6.0), lanes(x + 7.0),
        )  # fmt: skip
        p, q = lanes(0.999), lanes(x)
        for _ in range(rounds):
            a, b, c, d = a * p + q, b * p + q, c * p + q, d * p + q
            e, f, g, h = e * p + q, f * p + q, g * p + q, h * p + q
        return one_lane(a + b + c + d + e + f + g + h, 0)

    @njit
    def divisions(rounds: int, x: float) -> float:
        a, b, c, d, p = lanes(x + 1.0), lanes(x + 2.0), lanes(x + 3.0), lanes(x + 4.0), lanes(x + 1.001)
        for _ in range(rounds):
            a, b, c, d = a / p, b / p, c / p, d / p
        return one_lane(a + b + c + d, 0)

    return 16 * LANES * ROUNDS / best(chains, ROUNDS, 0.5), 4 * LANES * ROUNDS / best(divisions, ROUNDS, 0.5)


def best(function: Callable[..., object], *args: object) -> float:
    """Best seconds of five runs."""
    function(*args)
    found = []
    for _ in range(5):
        begin = time.perf_counter()
        function(*args)
        found.append(time.perf_counter() - begin)
    return min(found)


def bytes_a_second(kilobytes: int) -> float:
    """Read and written by a + s * b over arrays of this size together, one core."""

    @njit
    def triad(out: np.ndarray, a: np.ndarray, b: np.ndarray, times: int) -> None:
        for k in range(times):
            s = 1.0 + k
            for i in range(out.size):
                out[i] = a[i] + s * b[i]

    size = kilobytes * 1024 // 24
    out, a, b = np.zeros(size), np.ones(size), np.ones(size)
    times = max(int(4e8 // (24 * size)), 2)
    return 24.0 * size * times / best(triad, out, a, b, times)


def main() -> None:
    """Print counts, peaks and shares."""
    if sys.argv[1:] == ["count"]:
        count()
        return
    with tempfile.TemporaryDirectory() as folder:
        found = subprocess.run(
            [sys.executable, __file__, "count"],
            check=True,
            capture_output=True,
            text=True,
            env=os.environ | {"NUMBA_CACHE_DIR": folder},
        )
    counts = dict(zip(KINDS, map(float, found.stdout.split()), strict=True))
    for kind, number in counts.items():
        print(f"{kind + 's of a path, as written':34} {number:10,.0f}")
    from cardhouse.economy.kernel.fresh import new_tableau

    worker, setup = ready()
    seconds = best(worker.run, 0, PATHS) / PATHS
    flops, divisions = operations_a_second()
    simple = sum(counts[kind] for kind in ("arithmetic", "comparison", "choice"))
    least = simple / flops + counts["division"] / divisions
    moved = 8.0 * (counts["load"] + counts["store"])
    print(f"{'one path, one core':34} {1e6 * seconds:10.1f} us")
    print(f"{'multiply and add':34} {flops / 1e9:10.1f} a nanosecond; divide {divisions / 1e9:.1f}")
    print(f"{'at that peak a path takes':34} {1e6 * least:10.1f} us: {least / seconds:.0%} reached")
    print(f"{'vectors loaded and stored':34} {moved / 1e3:10,.0f} kB a path, {moved / seconds / 1e9:.1f} GB/s")
    for kilobytes in KILOBYTES:
        rate = bytes_a_second(kilobytes)
        print(f"{f'a + s * b over {kilobytes:,} kB':34} {rate / 1e9:10.1f} GB/s: {moved / seconds / rate:.0%} reached")
    resident = sum(array.nbytes for array in new_tableau(setup.model, setup.shocks, ledger=False, history=False))
    print(f"{'tableau of eight paths':34} {resident / 1e3:10,.0f} kB")


if __name__ == "__main__":
    main()
