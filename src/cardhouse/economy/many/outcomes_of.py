"""The outcomes of a path that can be asked for: one word, and for most of them whose.

A word gives one number a path: ``falls:openai`` is 1 where OpenAI falls within the horizon, ``losses`` are all
claims and guarantees lost. Sensitivities, roads to a failure and the demand that is needed all ask in these words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from cardhouse.book.faults import near, shown
from cardhouse.economy.cascade import main_tenant
from cardhouse.economy.compiled import Compiled
from cardhouse.economy.kernel.outcomes import KEPT, MEASURES, Recorder
from cardhouse.economy.many.groups import groups_of
from cardhouse.errors import InputError, UnknownName

Array = NDArray[np.float64]
ALL = "all"
TOGETHER = "+"


class Unit(StrEnum):
    """What a number of a path counts."""

    FALLS = "falls"
    FIRMS = "firms"
    MONEY = "USD_million"
    PART = "part"


class Who(StrEnum):
    """Whom a word speaks of."""

    NOBODY = "nobody"
    FIRMS = "firms"
    GROUP = "group"
    TESTED = "tested"


@dataclass(frozen=True, slots=True)
class Word:
    """One word of the vocabulary; ``row`` is its place in :data:`KEPT` or :data:`MEASURES`, -1 where it is in none."""

    id: str
    unit: Unit
    who: Who
    row: int
    meaning: str


_ALL = (
    Word("falls", Unit.FALLS, Who.FIRMS, -1, "1 where the firm falls within the horizon; a+b: where both do"),
    Word("failures", Unit.FIRMS, Who.NOBODY, -1, "how many tested firms fall"),
    Word("losses", Unit.MONEY, Who.GROUP, KEPT.index("credit"), "claims and guarantees lost"),
    Word("stakes", Unit.MONEY, Who.GROUP, KEPT.index("stakes"), "shares written down"),
    Word("revenue", Unit.MONEY, Who.GROUP, KEPT.index("revenue"), "revenue below plan, all quarters together"),
    Word("outside", Unit.MONEY, Who.GROUP, KEPT.index("outside"), "what creditors outside lose on its own failure"),
    Word("room", Unit.PART, Who.FIRMS, -1, "least room over binding dues, as a part of them; -1 where it falls"),
    Word("cash", Unit.MONEY, Who.TESTED, MEASURES.index("cash"), "cash at the end"),
    Word("debt", Unit.MONEY, Who.TESTED, MEASURES.index("debt"), "debt at the end"),
    Word("value", Unit.MONEY, Who.TESTED, MEASURES.index("market value"), "market value at the end"),
)
WORDS = {word.id: word for word in _ALL}
"""The vocabulary by id."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A number of each path.

    Attributes
    ----------
    name : as it may be asked for again, with ids of nodes: ``falls:openai``.
    members : places of the nodes that it speaks of; of the tested firms among those that make fans where the word
        asks for their figures.
    """

    name: str
    word: Word
    members: tuple[int, ...]

    @property
    def raw(self) -> bool:
        """Whether the figures themselves have to be kept (:meth:`~cardhouse.economy.many.worker.Worker.run`)."""
        return self.word.who is Who.TESTED

    def of(self, recorder: Recorder) -> Array:
        """The number of each path, (P,): one row of the recorder is one path.

        A card that the scenario pulls does not fall: it is made to.
        """
        members, word = list(self.members), self.word
        if word.id in ("falls", "failures"):
            fell = recorder.fell[:, members] >= 0
            found = fell.all(axis=1) if word.id == "falls" else fell.sum(axis=1)
        elif word.id == "room":
            found = recorder.room[:, members].min(axis=1)
        elif word.who is Who.TESTED:
            found = recorder.raw[:, -1, word.row, members].sum(axis=1)
        else:
            found = recorder.sums_of[:, word.row, members].sum(axis=1)
        return np.asarray(found, dtype=np.float64)


def outcome_of(asked: str, compiled: Compiled) -> Outcome:
    """The outcome that a person means.

    Parameters
    ----------
    asked : ``word`` or ``word:whom``: a firm by any of its names, firms joined by ``+`` that fall together,
        ``layer:...``, ``camp:...``; losses, stakes, revenue and outside are everybody's where nobody is named.

    Raises
    ------
    UnknownName : nobody knows the word, the firm or the group; near names are suggested.
    InputError : the word speaks of somebody and nobody is named, or of nobody and somebody is; or of a vehicle that
        has no such figure.
    """
    name, colon, whom = (part.strip() for part in asked.partition(":"))
    name = name.lower()
    if name not in WORDS:
        hint = near(name, WORDS) or f"words are {', '.join(WORDS)}"
        raise UnknownName(f"no outcome is called {shown(name)}; expected for example falls:openai or losses; {hint}")
    word = WORDS[name]
    if word.who is Who.NOBODY:
        if colon:
            raise InputError(f"{shown(asked)}: {name} speaks of nobody in particular; expected the word alone")
        return Outcome(name, word, tuple(compiled.place[n] for n in compiled.opening.full))
    if word.who is Who.GROUP:
        return _of_group(word, whom or ALL, compiled)
    if not whom:
        raise InputError(f"{shown(asked)}: of whom? expected a firm after a colon; say for example {name}:openai")
    parts = whom.split(TOGETHER) if name == "falls" else [whom]
    nodes = list(dict.fromkeys(_node(part, compiled) for part in parts))
    if word.who is Who.TESTED:
        return Outcome(f"{name}:{nodes[0]}", word, (_tested(nodes[0], word, compiled),))
    if name == "room":
        _tested(nodes[0], word, compiled)
    return Outcome(f"{name}:{TOGETHER.join(nodes)}", word, tuple(compiled.place[n] for n in nodes))


def _of_group(word: Word, whom: str, compiled: Compiled) -> Outcome:
    groups = groups_of(compiled)
    known = dict(zip(groups.names, groups.members, strict=True))
    group = whom.lower()
    if group not in known and ":" in whom:
        several = [n for n in known if ":" in n]
        hint = near(group, several) or f"groups are {', '.join(several)}"
        raise UnknownName(f"no group is called {shown(whom)}; expected a layer, a camp, a firm or all; {hint}")
    found = group if group in known else _node(whom, compiled)
    return Outcome(word.id if found == ALL else f"{word.id}:{found}", word, known[found])


def _node(whom: str, compiled: Compiled) -> str:
    """The node of the network that a firm's name stands for."""
    opening = compiled.opening
    node = whom if whom in compiled.place else opening.groups(opening.book.resolve(whom).id)
    if node not in compiled.place:
        hint = near(node, compiled.nodes) or "see: cardhouse book"
        raise UnknownName(f"{shown(whom)} is not in this run; expected a firm of the run; {hint}")
    return node


def _tested(node: str, word: Word, compiled: Compiled) -> int:
    """Place of a node among those whose figures make fans; a vehicle has none."""
    full: Sequence[str] = compiled.opening.full
    if node in full:
        return full.index(node)
    tenant = main_tenant(compiled.opening, node)
    instead = f"say for example {word.id}:{tenant}, its tenant" if tenant in full else "name another"
    raise InputError(
        f"{word.id}:{node}: {node} is a vehicle: it passes on what its tenant pays and has no figures of its own; "
        f"expected one of {', '.join(full)}; {instead}"
    )
