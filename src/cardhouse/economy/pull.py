"""Pull a card: who loses what, round by round, with minus without."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from cardhouse.book import Book
from cardhouse.economy.cascade import Fall, Windows, fall
from cardhouse.economy.contracts import Scope
from cardhouse.economy.inputs import Case
from cardhouse.economy.losses import Losses, losses
from cardhouse.economy.opening import Opening, open_book
from cardhouse.errors import InputError


@dataclass(frozen=True, slots=True)
class Choices:
    """What a user may choose about a pull; the defaults are the published ones."""

    horizon: int = 4
    pays: float = 0.0
    rollover: bool = True
    windows: Windows = Windows.SOLVENT
    scope: Scope = Scope.ACTIVE


@dataclass(frozen=True, slots=True)
class Pull:
    """The answer: opening, course of the fall, losses, and what they would be at the ends of the loss rates.

    Attributes
    ----------
    cards : nodes that were pulled.
    mild, harsh : losses of others with every loss-rate assumption at its kind and at its hard end, USD million.
    """

    cards: tuple[str, ...]
    choices: Choices
    opening: Opening
    fall: Fall
    losses: Losses
    mild: float
    harsh: float

    def basis(self) -> dict[str, float]:
        """Exposures behind the losses by kind of source, USD million."""
        out: dict[str, float] = defaultdict(float)
        for line in self.losses.lines:
            for kind, dollars in line.basis.items():
                out[kind] += dollars
        return dict(out)


def pull(book: Book, cards: Mapping[str, float] | list[str] | str, choices: Choices = Choices()) -> Pull:
    """Pull one card or several.

    Parameters
    ----------
    book : as known on one day.
    cards : names (id, name, alias or ticker); a mapping gives each its own share of dues still paid.
    choices : horizon, share paid, rollover, windows, which ties count.

    Raises
    ------
    UnknownName : a card that the book does not know.
    InputError : no card, or a share outside 0 to 1.
    """
    openings = {case: open_book(book, quarters=choices.horizon, scope=choices.scope, case=case) for case in Case}
    pulled = read_cards(openings[Case.CENTRAL], cards, choices)
    return pull_from(openings, pulled, choices)


def pull_from(openings: Mapping[Case, Opening], pulled: Mapping[str, float], choices: Choices) -> Pull:
    """Pull cards of openings that are already built (one for each case)."""
    results = {}
    for case, opening in openings.items():
        course = fall(opening, pulled, rollover=choices.rollover, windows=choices.windows)
        results[case] = (course, losses(opening, course))
    course, lost = results[Case.CENTRAL]
    ends = sorted(results[case][1].others for case in (Case.MILD, Case.HARSH))
    return Pull(tuple(pulled), choices, openings[Case.CENTRAL], course, lost, ends[0], ends[1])


def read_cards(opening: Opening, cards: Mapping[str, float] | list[str] | str, choices: Choices) -> dict[str, float]:
    """Nodes to pull, with the share of its dues that each still pays."""
    wanted = (
        {cards: choices.pays}
        if isinstance(cards, str)
        else dict.fromkeys(cards, choices.pays)
        if isinstance(cards, list)
        else dict(cards)
    )
    if not wanted:
        raise InputError("no card to pull; name a firm, for example: cardhouse pull openai")
    for name, share in wanted.items():
        if not 0.0 <= share < 1.0:
            raise InputError(
                f"{name} would pay {share:.0%} of its dues; a pulled card pays less than 100% and at least 0%"
            )
    return {opening.groups(opening.book.resolve(name).id): share for name, share in wanted.items()}


@dataclass(frozen=True, slots=True)
class Ranked:
    """One row of the ranking: what the fall of a card costs others, and whom it takes along."""

    card: str
    cost: float
    mild: float
    harsh: float
    fails: tuple[str, ...]
    largest: tuple[tuple[str, float], ...]


def rank(book: Book, choices: Choices = Choices()) -> tuple[Ranked, ...]:
    """Every full firm by what its fall costs others, largest first."""
    openings = {case: open_book(book, quarters=choices.horizon, scope=choices.scope, case=case) for case in Case}
    rows = []
    for node in openings[Case.CENTRAL].full:
        answer = pull_from(openings, {node: choices.pays}, choices)
        sums: dict[str, float] = defaultdict(float)
        for line in answer.losses.lines:
            sums[line.creditor] += line.amount
        largest = sorted(((n, v) for n, v in sums.items() if n != node), key=lambda pair: (-pair[1], pair[0]))
        fails = tuple(answer.fall.state.fallen)
        rows.append(Ranked(node, answer.losses.others, answer.mild, answer.harsh, fails, tuple(largest[:3])))
    return tuple(sorted(rows, key=lambda row: (-row.cost, row.card)))
