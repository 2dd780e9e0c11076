"""Whose money pays a firm, as streams: from the classes of outside money through other firms to the firm itself.

Every stream keeps the class of money that it came in as, so that the eye can follow a lender's dollar to the supplier.
What enters a box leaves it: the widths at each box are the same on both sides, and those at the firm add up to what
its customers paid.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from cardhouse.lenses.money import Money, Period, Source
from cardhouse.lenses.money.mix import Mix

OWN, REST = "own", "rest"
"""Streams that are no class of outside money: the firm's own come back, and what is too small or goes round."""
CLASSES: tuple[str, ...] = (*(source.value for source in Source), OWN, REST)
MOST_CHAINS = 16
"""Chains drawn, the largest first; the others are one stream."""


@dataclass(frozen=True, slots=True)
class Place:
    """A box of the picture: a firm, how many payments before the end (0 is the firm asked for), or a class."""

    who: str
    steps: int


@dataclass(frozen=True, slots=True)
class Stream:
    """Money of one class from one box to another, USD million."""

    start: Place
    end: Place
    kind: str
    amount: float


@dataclass(frozen=True, slots=True)
class Flow:
    """All streams to a firm in the last year.

    Attributes
    ----------
    firm : the group they lead to. amount : USD million, what its customers paid.
    streams : from the classes on the left to the firm.
    """

    firm: str
    amount: float
    streams: tuple[Stream, ...]

    def into(self, place: Place) -> float:
        """What enters a box, USD million."""
        return sum(s.amount for s in self.streams if s.end == place)

    def out_of(self, place: Place) -> float:
        """What leaves a box, USD million."""
        return sum(s.amount for s in self.streams if s.start == place)

    def places(self) -> tuple[Place, ...]:
        """All boxes, each once, in the order in which streams name them."""
        return tuple(dict.fromkeys(p for s in self.streams for p in (s.start, s.end)))


def flow_of(answer: Money) -> Flow | None:
    """The streams of the last year; None where nothing is known of it."""
    mix = answer.mixes[Period.PAID]
    if not isinstance(mix, Mix) or mix.amount.value <= 0:
        return None
    node, whole = answer.node, mix.amount.value
    longest = max((len(c.firms) for c in answer.chains[:MOST_CHAINS]), default=1)
    summed: dict[tuple[Place, Place, str], float] = {}

    def add(places: Sequence[Place], kind: str, amount: float) -> None:
        for start, end in pairwise(places):
            summed[start, end, kind] = summed.get((start, end, kind), 0.0) + amount

    for chain in answer.chains[:MOST_CHAINS]:
        firms = [Place(firm, len(chain.firms) - 1 - n) for n, firm in enumerate(chain.firms)]
        for source, part in chain.sources:
            add([Place(source.value, longest), *firms], source.value, part * chain.amount)
    own = mix.own.value * whole
    rest = whole - own - sum(c.amount for c in answer.chains[:MOST_CHAINS])
    for kind, amount in ((OWN, own), (REST, rest)):
        if amount > 0:
            add([Place(kind, longest), Place(node, 0)], kind, amount)
    return Flow(node, whole, tuple(_sorted(Stream(*key, amount) for key, amount in summed.items() if amount > 0)))


def _sorted(streams: Iterable[Stream]) -> list[Stream]:
    return sorted(streams, key=lambda s: (-s.start.steps, -s.end.steps, CLASSES.index(s.kind), -s.amount, s.end.who))
