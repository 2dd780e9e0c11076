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

    def flat(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The members of all groups one after the other, and before them where each group begins, (G + 1,)."""
        begins = np.cumsum([0, *(len(members) for members in self.members)])
        return begins, np.array([i for members in self.members for i in members], dtype=np.int64)


def groups_of(compiled: Compiled) -> Groups:
    """The groups of a network: ids of nodes, ``layer:...``, ``camp:...`` and ``all``."""
    firms = [compiled.opening.firm(n) for n in compiled.nodes]
    found: dict[str, tuple[int, ...]] = {n: (i,) for i, n in enumerate(compiled.nodes)}
    for kind, words in (("layer", [str(f.layer) for f in firms]), ("camp", [f.camp for f in firms])):
        for word in sorted(set(words)):
            found[f"{kind}:{word}"] = tuple(i for i, w in enumerate(words) if w == word)
    found["all"] = tuple(range(len(firms)))
    return Groups(tuple(found), tuple(found.values()))
