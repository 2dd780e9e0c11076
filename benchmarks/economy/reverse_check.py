"""Whether the weighed probabilities of ``cardhouse reverse`` are right: beside plain Monte Carlo, on the shipped book.

    python benchmarks/economy/reverse_check.py [SEED]

Prints a table as Markdown: for each event its probability by 262,144 plain paths of another seed, counted in one run
for all events, and by 40,000 weighed paths, with standard errors. It ends with 1 where the two are more than four
joint standard errors apart, or where fewer than thirty plain paths are in an event: so few tell nothing, and a nearby
event that is commoner belongs in its place.
"""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import local

import numpy as np

from cardhouse.book import embedded
from cardhouse.economy.compiled import Compiled
from cardhouse.economy.drivers import BASELINE
from cardhouse.economy.many.events import Event, firms_of
from cardhouse.economy.many.prepare import chance_of, compiled_of
from cardhouse.economy.many.reverse import reverse
from cardhouse.economy.many.setup import set_up
from cardhouse.economy.many.worker import Worker
from cardhouse.economy.run import RunChoices
from cardhouse.economy.uncertain import Uncertainty

PLAIN, WEIGHED = 262_144, 40_000
"""Paths."""
OTHER = 1_000
"""How far the seed of the plain paths lies from that of the weighed ones."""
PIECE, THREADS = 4_096, 2
"""Plain paths that a thread holds at a time; all at once they would take most of a gigabyte."""
FEWEST = 30
MOST_APART = 4.0


@dataclass(frozen=True, slots=True)
class Asked:
    """An event in words, the firms that fall in it, and the loss in USD million."""

    words: str
    firms: tuple[str, ...] = ()
    loss: float = 0.0
    shares: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """A probability and its standard error."""

    probability: float
    error: float

    def __str__(self) -> str:
        """In per cent, to two digits of the error."""
        percent, error = 100.0 * self.probability, 100.0 * self.error
        digits = max(1 - int(f"{error:.1e}".partition("e")[2]), 0)
        return f"{percent:.{digits}f} % ({error:.{digits}f})"


ASKED = (
    Asked("CoreWeave falls", ("coreweave",)),
    Asked("claims and guarantees of 200 billion lost", loss=200e3),
    Asked("claims and guarantees of 250 billion lost", loss=250e3),
    Asked("SoftBank falls", ("softbank",)),
    Asked("Oracle falls", ("oracle",)),
    # On this book OpenAI falls wherever Oracle does; of the next two, each often falls without the other.
    Asked("Oracle and OpenAI fall", ("oracle", "openai")),
    Asked("OpenAI and Anthropic fall", ("openai", "anthropic")),
    Asked("700 billion lost, with shares", loss=700e3, shares=True),
    Asked("900 billion lost, with shares", loss=900e3, shares=True),
)


def plain_hits(compiled: Compiled, chance: Uncertainty, events: list[Event], seed: int) -> list[int]:
    """How many plain paths are in each event."""
    setup = set_up(compiled, BASELINE, chance, seed=seed)
    own = local()

    def piece(first: int) -> list[int]:
        if not hasattr(own, "worker"):
            own.worker = Worker(setup)
        recorder = own.worker.run(first, PIECE)
        return [int((event.scores(recorder) >= 0.0).sum()) for event in events]

    with ThreadPoolExecutor(THREADS) as pool:
        return [sum(of_event) for of_event in zip(*pool.map(piece, range(0, PLAIN, PIECE)), strict=True)]


def main() -> None:
    """Print the table."""
    seed = int(sys.argv[1]) if sys.argv[1:] else 1
    book = embedded()
    compiled = compiled_of(book.as_of(book.date), RunChoices())
    chance = chance_of(compiled)
    events = [Event(firms_of(compiled, asked.firms), asked.loss, asked.shares) for asked in ASKED]
    hits = plain_hits(compiled, chance, events, seed + OTHER)
    for asked, hit in zip(ASKED, hits, strict=True):
        if hit < FEWEST:
            sys.exit(f"{asked.words}: {hit} of {PLAIN:,} plain paths; expected {FEWEST} or more; name a commoner one")
    print("| event | plain | weighed | apart, in joint standard errors |")
    print("|---|---|---|---|")
    farthest = 0.0
    for asked, event, hit in zip(ASKED, events, hits, strict=True):
        share = hit / PLAIN
        plain = Answer(share, float(np.sqrt(share * (1.0 - share) / PLAIN)))
        found = reverse(compiled, BASELINE, chance, event, paths=WEIGHED, seed=seed).estimate
        weighed = Answer(found.probability, found.error)
        apart = (weighed.probability - plain.probability) / float(np.hypot(weighed.error, plain.error))
        farthest = max(farthest, abs(apart))
        print(f"| {asked.words} | {plain} | {weighed} | {apart:+.1f} |", flush=True)
    if farthest > MOST_APART:
        sys.exit(f"{farthest:.1f} joint standard errors apart; expected at most {MOST_APART:g}")


if __name__ == "__main__":
    main()
