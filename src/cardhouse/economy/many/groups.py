"""Who is added up with whom: every node, the layers of the chain, the two camps, and all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cardhouse.economy.compiled import Compiled


@dataclass(frozen=True, slots=True)
class Groups:
    """Names, and members as places of nodes; a node is a group of one."""

    names: tuple[str, ...]
    members: tuple[tuple[int, ...], ...]

    def total(self, values: NDArray[np.float64], out: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
        """Sums over the members, (..., N) to (..., groups), always in the order of the nodes.

        ``out`` (groups, ...) is where they are added up; a new array where there is none.
        """
        by_node = np.ascontiguousarray(np.moveaxis(values, -1, 0))
        sums = np.empty((len(self.names), *values.shape[:-1])) if out is None else out
        for g, members in enumerate(self.members):
            sums[g] = 0.0
            for i in members:
                sums[g] += by_node[i]
        return np.moveaxis(sums, 0, -1)


def groups_of(compiled: Compiled) -> Groups:
    """The groups of a network: ids of nodes, ``layer:...``, ``camp:...`` and ``all``."""
    firms = [compiled.opening.firm(n) for n in compiled.nodes]
    found: dict[str, tuple[int, ...]] = {n: (i,) for i, n in enumerate(compiled.nodes)}
    for kind, words in (("layer", [str(f.layer) for f in firms]), ("camp", [f.camp for f in firms])):
        for word in sorted(set(words)):
            found[f"{kind}:{word}"] = tuple(i for i, w in enumerate(words) if w == word)
    found["all"] = tuple(range(len(firms)))
    return Groups(tuple(found), tuple(found.values()))
