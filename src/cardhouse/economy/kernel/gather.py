"""Outcomes of many paths laid by node and by sum, a path after the other, and what is counted over them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cardhouse.economy.kernel.arrays import Floats, Ints
from cardhouse.economy.kernel.compiling import kernel
from cardhouse.economy.kernel.lanes import LANES, lanes
from cardhouse.economy.kernel.memory import lanes_of, set_lanes

Steps = NDArray[np.int16]
NEVER = -1
"""A node that goes on to the end; a card that was pulled in step q is -2 - q."""


@kernel
def gather(
    at: int, count: int, fell: Floats, sums_of: Floats, begins: Ints, members: Ints, steps: Steps, sums: Floats
) -> None:
    """Lay the outcomes of a piece of a chunk where those of the chunk lie, sums by group.

    Parameters
    ----------
    at : block of the chunk at which the piece begins. count : its paths.
    fell : (B, N, L); sums_of : (B, K, N, L), of the piece.
    begins : (G + 1,), where the nodes of each group begin in members.
    steps : (N, P), when each node fell; sums : (K, G, P), of the chunk. P is whole blocks; places beyond the paths of
        the chunk become zero.
    """
    nodes, kinds, groups, row = fell.shape[1], sums_of.shape[1], begins.size - 1, sums.shape[2] // LANES
    for block in range(fell.shape[0]):
        for i in range(nodes):
            for b in range(LANES):
                steps[i, (at + block) * LANES + b] = int(fell[block, i, b])
        for k in range(kinds):
            for g in range(groups):
                total = lanes(0.0)
                for place in range(begins[g], begins[g + 1]):
                    total += lanes_of(sums_of, (block * kinds + k) * nodes + members[place])
                set_lanes(sums, (k * groups + g) * row + at + block, total)
    for beyond in range(at * LANES + count, (at + fell.shape[0]) * LANES):
        steps[:, beyond] = NEVER
        sums[:, :, beyond] = 0.0


@kernel
def count_falls(first: int, count: int, steps: Steps, when: Ints, together: Ints, by_opening: Ints) -> None:
    """Count who fell when, with whom, and from which opening; a pulled card counts as fallen.

    Parameters
    ----------
    first : block of the run at which the chunk begins; count : paths of the chunk.
    steps : (N, P) as :func:`gather` lays them.
    when : (N, Q), together : (N, N), by_opening : (M, N), added to.
    """
    down = np.zeros(steps.shape[0], dtype=np.int64)
    for p in range(count):
        opening, fallen = (first + p // LANES) % by_opening.shape[0], 0
        for i in range(steps.shape[0]):
            step = int(steps[i, p])
            if step == NEVER:
                continue
            when[i, step if step >= 0 else -2 - step] += 1
            by_opening[opening, i] += 1
            down[fallen] = i
            fallen += 1
        for i in down[:fallen]:
            for j in down[:fallen]:
                together[i, j] += 1


@kernel
def add_by_opening(first: int, amounts: Floats, sums: Floats) -> None:
    """Add up amounts, (C, P), by the opening of their block in ``sums`` (C, M); P is whole blocks."""
    for c in range(amounts.shape[0]):
        for k in range(amounts.shape[1] // LANES):
            a = amounts[c, k * LANES : (k + 1) * LANES]
            # In pairs: eight sums one after the other would wait for each other.
            sums[c, (first + k) % sums.shape[1]] += ((a[0] + a[1]) + (a[2] + a[3])) + ((a[4] + a[5]) + (a[6] + a[7]))
