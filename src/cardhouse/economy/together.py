"""Two or three firms that fall together: where that costs others more than each fall alone.

Every set is pulled; none is sampled. The losers are the same on both sides of a comparison: everybody but the
cards of the set. What one card's fall takes from another card of the set is therefore in neither side.

For a set T of cards, let c(S) be what the fall of a part S of T costs everybody outside T, each dollar counted once
(the shareholders of all cards of T are left out). Then

- the *excess* of T is c(T) less the sum of c(i) over its cards i;
- the *interaction* of T is what is left of the excess when that of the pairs inside T is taken out. A pair's is its
  excess. For a triple it is c(abc) - c(ab) - c(ac) - c(bc) + c(a) + c(b) + c(c), with the same losers throughout.

The interaction is the dividend of Harsanyi (1963); the excess of a set is the sum of the dividends of its pairs
and larger parts. It is negative where two falls hit the same victims, who cannot lose twice.

References
----------
Harsanyi (1963), International Economic Review 4(2).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

from cardhouse.book import Book
from cardhouse.economy.cascade import Calm, calm_of, fall
from cardhouse.economy.inputs import Case
from cardhouse.economy.losses import SMALLEST, losses
from cardhouse.economy.opening import Opening, open_book
from cardhouse.economy.pull import Choices
from cardhouse.economy.sheet import holdings
from cardhouse.errors import InputError

ROUNDING = 1.0
"""USD million below which an excess is no more than losses too small to be listed."""
LARGEST = 3
"""Losers of the excess that are kept for each set."""
PUBLISHED = Choices()
Progress = Callable[[int, int], None]


class Side(StrEnum):
    """Which outsiders of a firm lose: those it leaves unpaid (named funds that own shares in it too), or its owners."""

    CREDITORS = "creditors"
    SHAREHOLDERS = "shareholders"


Losers = tuple[str, Side]
"""A firm, and which of its outsiders lose."""


@dataclass(frozen=True, slots=True)
class Toll:
    """What the fall of a set costs, and whom it takes along.

    Attributes
    ----------
    cards : the set that was pulled.
    by_loser : USD million, each dollar at its last stop: outsiders of which firm lose it, and which of them.
    fails : firms and vehicles that fall with it.
    """

    cards: tuple[str, ...]
    by_loser: Mapping[Losers, float]
    fails: frozenset[str]

    def to_others(self, left_out: Collection[str] = ()) -> float:
        """Cost to everybody but the owners of the cards and of those left out, USD million."""
        skipped = {*self.cards, *left_out}
        return math.fsum(amount for loser, amount in self.by_loser.items() if _counts(loser, skipped))


@dataclass(frozen=True, slots=True)
class Together:
    """One pair or triple; money is USD million.

    Attributes
    ----------
    cards : in the order of firms.csv.
    cost : what their fall together costs everybody else.
    apart : sum of what each fall alone costs the same losers.
    excess : cost less apart.
    interaction : part of the excess that no pair inside the set explains; of a pair, its excess.
    mild, harsh : excess with every loss rate at its kind and at its hard end. It need not lie on either side of the
        central one: where hard rates let an estate pay little anyhow, a second fall takes less from it.
    fails : who falls with them.
    only_together : those of ``fails`` that stand when any smaller part of the set falls.
    largest : who bears most of the interaction, by size; negative where somebody loses less.
    """

    cards: tuple[str, ...]
    cost: float
    apart: float
    excess: float
    interaction: float
    mild: float
    harsh: float
    fails: tuple[str, ...]
    only_together: tuple[str, ...]
    largest: tuple[tuple[Losers, float], ...]


def toll(opening: Opening, cards: Collection[str], choices: Choices = PUBLISHED, *, calm: Calm | None = None) -> Toll:
    """Pull a set of cards and add up what that costs whom.

    Parameters
    ----------
    opening : what everybody has and owes.
    cards : node ids; all pay the share of their dues that the choices say.
    choices : share paid, rollover, windows. Horizon and scope are those of the opening.
    calm : the clearings with no card pulled, where several sets are pulled from this opening.
    """
    course = fall(
        opening,
        dict.fromkeys(cards, choices.pays),
        rollover=choices.rollover,
        windows=choices.windows,
        calm=calm,
    )
    found = losses(opening, course)
    held: dict[str, float] = defaultdict(float)
    for holding in holdings(opening):
        held[holding.held] += holding.share
    borne: dict[Losers, float] = defaultdict(float)
    for line in found.lines:
        if line.creditor not in opening.positions:
            borne[line.debtor, Side.CREDITORS] += line.amount
    for node, lost in found.equity_lost.items():
        outside = lost * (1.0 - held[node])
        if abs(outside) >= SMALLEST:
            borne[node, Side.SHAREHOLDERS] += outside
    return Toll(tuple(cards), dict(borne), frozenset(course.state.fallen))


def together(
    book: Book, size: int, choices: Choices = PUBLISHED, *, progress: Progress | None = None
) -> tuple[Together, ...]:
    """All pairs or all triples of the tested firms, largest excess first.

    Parameters
    ----------
    book : as known on one day.
    size : 2 or 3 cards.
    choices : horizon, share paid, rollover, windows, which ties count.
    progress : called with the pulls done and their number.

    Raises
    ------
    InputError : another size, a share paid of all, or fewer tested firms than cards in a set.
    """
    if size not in (2, 3):
        raise InputError(f"sets of {size} cards; expected 2 or 3")
    if not 0.0 <= choices.pays < 1.0:
        raise InputError(
            f"the cards would pay {choices.pays:.0%} of their dues; expected at least 0% and less than 100%"
        )
    openings = {case: open_book(book, quarters=choices.horizon, scope=choices.scope, case=case) for case in Case}
    full = openings[Case.CENTRAL].full
    if len(full) < size:
        raise InputError(f"the book has {len(full)} tested firms; expected at least {size} for sets of {size} cards")
    # At the ends of the loss rates only the excess is wanted, which needs no pairs inside a triple.
    sizes = {case: tuple(range(1, size + 1)) if case is Case.CENTRAL else (1, size) for case in Case}
    whole = sum(math.comb(len(full), n) for counted in sizes.values() for n in counted)
    tolls: dict[Case, dict[tuple[str, ...], Toll]] = {case: {} for case in Case}
    done = 0
    for case, opening in openings.items():
        calm = calm_of(opening, rollover=choices.rollover)
        for cards in (cards for n in sizes[case] for cards in combinations(full, n)):
            tolls[case][cards] = toll(opening, cards, choices, calm=calm)
            done += 1
            if progress is not None:
                progress(done, whole)
    rows = (_compared(openings[Case.CENTRAL], tolls, cards) for cards in combinations(full, size))
    return tuple(sorted(rows, key=lambda row: (-row.excess, row.cards)))


def _compared(
    opening: Opening, tolls: Mapping[Case, Mapping[tuple[str, ...], Toll]], cards: tuple[str, ...]
) -> Together:
    """One set against its parts."""
    central = tolls[Case.CENTRAL]
    whole = central[cards]
    before = {*cards, *(node for part in _parts(cards) for node in central[part].fails)}
    by_loser = _interaction(central, cards)
    largest = sorted(by_loser.items(), key=lambda item: (-abs(item[1]), item[0]))
    return Together(
        cards=cards,
        cost=whole.to_others(),
        apart=_apart(central, cards),
        excess=_excess(central, cards),
        interaction=math.fsum(by_loser.values()),
        mild=_excess(tolls[Case.MILD], cards),
        harsh=_excess(tolls[Case.HARSH], cards),
        fails=tuple(node for node in opening.positions if node in whole.fails),
        only_together=tuple(node for node in opening.positions if node in whole.fails - before),
        largest=tuple((loser, amount) for loser, amount in largest[:LARGEST] if abs(amount) >= ROUNDING),
    )


def _counts(loser: Losers, cards: Collection[str]) -> bool:
    """Whether losers are outside a set: all but the owners of its cards."""
    firm, side = loser
    return side is Side.CREDITORS or firm not in cards


def _apart(tolls: Mapping[tuple[str, ...], Toll], cards: tuple[str, ...]) -> float:
    return math.fsum(tolls[(card,)].to_others(cards) for card in cards)


def _excess(tolls: Mapping[tuple[str, ...], Toll], cards: tuple[str, ...]) -> float:
    return tolls[cards].to_others() - _apart(tolls, cards)


def _parts(cards: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Every smaller set of at least one card."""
    for n in range(1, len(cards)):
        yield from combinations(cards, n)


def _interaction(tolls: Mapping[tuple[str, ...], Toll], cards: tuple[str, ...]) -> dict[Losers, float]:
    """The set's cost less its parts' by inclusion and exclusion, for each loser outside the set, USD million."""
    terms: dict[Losers, list[float]] = defaultdict(list)
    for part in (*_parts(cards), cards):
        sign = -1.0 if (len(cards) - len(part)) % 2 else 1.0
        for loser, amount in tolls[part].by_loser.items():
            if _counts(loser, cards):
                terms[loser].append(sign * amount)
    return {loser: math.fsum(amounts) for loser, amounts in terms.items()}
