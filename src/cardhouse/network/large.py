"""Greatest clearing state of a very large network of plain debts, on all processors.

Who is solvent pays in full, so only payments among firms in default have to be solved for: the firms
found in default so far are cut out of the network, settled among themselves, and what they fail to pay is
passed on to everybody; that is repeated until nobody else fails. Judgement on firms near their limit is
left to :mod:`cardhouse.network.extremes`.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from cardhouse.network.cells import Flags, Point, System, fraction_paid
from cardhouse.network.model import Array

LARGE = 2**16
"""Networks from this size on are worth the threads."""
_MOST_PARTS = 4
_FIRST_SWEEPS, _MOST_SWEEPS = 3, 2000
_NEARLY = 200
"""Once fewer than one in so many of the firms in default are new, those inside are settled to the end."""


def fits(system: System) -> bool:
    """Whether the network is large, sparse, of one class, without holdings, and nobody is given a floor."""
    net = system.network
    plain = net.sparse and net.classes == 1 and net.holdings is None
    return plain and system.compiled and net.size >= LARGE and not system.floor.any()


def settle(system: System) -> tuple[Array, Flags] | None:
    """Find the payments (n,) and the firms in default (n,), or None where that takes many sweeps."""
    from cardhouse.network import large_kernels as kernels

    net = system.network
    dues, full, outside = net.dues[0], net.full_receipts, net.outside
    links, order = net.links.debts, net.links.order
    flags, paid, received = system.forced.copy(), dues.copy(), full.copy()
    found, settled = 0, False
    while True:
        new = sum(_in_parts(net.size, lambda a, b: kernels.judge(a, b, outside, received, full, dues, flags)))
        found += new
        if settled and not new:
            return paid, flags
        rows = order[flags[order]]
        inner = _cut_out(rows, net.size, links)
        before, inflow = paid[rows], received[rows]
        count = _FIRST_SWEEPS if new * _NEARLY > found else _MOST_SWEEPS
        after = before.copy()
        used = kernels.settle_inside(
            count, net.alpha[rows] * outside[rows], net.beta[rows], dues[rows], *inner, inflow, after
        )
        del inner, inflow
        settled = used <= count
        if count == _MOST_SWEEPS and not settled:
            return None
        paid[rows] = after
        _push(rows, fraction_paid(after - before, dues[rows]), links, received)


def outcome(system: System, paid: Array, flags: Flags) -> Point:
    """What everybody owns when each pays ``paid`` (n,), summed afresh."""
    net = system.network
    received, nothing = np.zeros(net.size), np.zeros(net.size)
    fraction = np.divide(paid, net.dues[0], out=np.zeros(net.size), where=net.dues[0] != 0)
    _push(np.arange(net.size, dtype=np.int32), fraction, net.links.debts, received)
    assets = np.add(net.outside, received, out=fraction)
    costed = assets
    if not net.costless:
        costed = net.alpha * net.outside
        costed += net.beta * received
    equity = np.where(flags, costed, assets)
    equity -= net.total_dues
    equity[flags & ~system.forced] = 0.0
    np.maximum(equity, 0.0, out=equity)
    return Point(paid[None], equity, received, nothing, assets, costed)


def _push(rows: Array, step: Array, links: tuple[Array, Array, Array], received: Array) -> None:
    from cardhouse.network import large_kernels as kernels

    _in_parts(received.size, lambda a, b: kernels.push(a, b, rows, step, *links, received))


def _cut_out(rows: Array, size: int, links: tuple[Array, Array, Array]) -> tuple[Array, Array, Array]:
    """CSR of what ``rows`` owe each other, numbered by their place in ``rows``."""
    from cardhouse.network import large_kernels as kernels

    ptr, idx, val = links
    local = np.full(size, -1, dtype=np.int32)
    local[rows] = np.arange(rows.size, dtype=np.int32)
    inner_ptr = np.zeros(rows.size + 1, dtype=np.int64)
    _in_parts(rows.size, lambda a, b: kernels.count_inside(a, b, rows, local, ptr, idx, inner_ptr))
    np.cumsum(inner_ptr, out=inner_ptr)
    inner_idx, inner_val = np.empty(inner_ptr[-1], dtype=np.uint32), np.empty(inner_ptr[-1])
    _in_parts(
        rows.size, lambda a, b: kernels.copy_inside(a, b, rows, local, ptr, idx, val, inner_ptr, inner_idx, inner_val)
    )
    return inner_ptr, inner_idx, inner_val


def _in_parts(size: int, work: Callable[[int, int], Any]) -> list[Any]:
    """Share ``range(size)`` out; the parts write to different places."""
    count = min(os.cpu_count() or 1, _MOST_PARTS)
    edges = [size * part // count for part in range(count + 1)]
    with ThreadPoolExecutor(count) as workers:
        return list(workers.map(work, edges[:-1], edges[1:]))
