"""Models with their score on one capability index, and whether anybody may download their weights.

Epoch fits its index anew with every update, so scores of two fits may not be compared: a book may hold several fits,
told apart by the item, and an answer uses the newest one known on the day. The day of a score is the model's release.

References
----------
Epoch AI, Epoch Capabilities Index, https://epoch.ai/eci (CC BY 4.0).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cardhouse.book import Book, Fact, latest
from cardhouse.book.faults import near
from cardhouse.errors import UnknownName
from cardhouse.lenses.measure import Measure
from cardhouse.lenses.readings import entity_name, of_fact

SCORE = "capability_index"
WEIGHTS = "open_weights"


@dataclass(frozen=True, slots=True)
class Model:
    """A model: day of release, score in points of the index, and whether its weights are open (None: nobody says)."""

    id: str
    name: str
    released: date
    score: Measure
    open: bool | None


@dataclass(frozen=True, slots=True)
class Scored:
    """All models of one fit of the index, by day of release and name.

    Attributes
    ----------
    fit : item of the scores, for example ``epoch-2026-10``; empty where the book has no scores.
    known : day on which the fit became known.
    """

    fit: str
    known: date
    models: tuple[Model, ...]

    @property
    def by_id(self) -> dict[str, Model]:
        """Models by id."""
        return {m.id: m for m in self.models}

    def find(self, name: str) -> Model:
        """The model a person means by an id or a name.

        Raises
        ------
        UnknownName : no scored model is called so; near names are suggested.
        """
        asked = name.strip().casefold()
        for model in self.models:
            if asked in (model.id.casefold(), model.name.casefold()):
                return model
        names = [n for m in self.models for n in (m.id, m.name)]
        hint = near(name, names) or "see: cardhouse frontier --csv FILE"
        raise UnknownName(f"no model with a capability score is called {name!r}; expected an id or a name; {hint}")


def scored(book: Book) -> Scored:
    """Models of the newest fit that the book knows, released by its day."""
    rows = [fact for who, metric in book.series if metric == SCORE for fact in book.chosen(who, metric)]
    if not rows:
        return Scored("", book.date, ())
    newest = max(rows, key=lambda fact: (fact.known, fact.item))
    own = [fact for fact in rows if fact.item == newest.item and fact.end <= book.date]
    models = sorted((_model(book, fact) for fact in own), key=lambda m: (m.released, m.name))
    return Scored(newest.item, newest.known, tuple(models))


def _model(book: Book, fact: Fact) -> Model:
    flag = latest(book, fact.entity, WEIGHTS, book.date)
    is_open = None if flag is None else flag.value > 0
    return Model(fact.entity, entity_name(book, fact.entity), fact.end, of_fact(book, fact), is_open)
