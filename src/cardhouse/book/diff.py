"""What changed in a book between two days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cardhouse.book.book import Book
from cardhouse.book.conflicts import Key
from cardhouse.book.records import Fact, Status, Tie
from cardhouse.errors import InputError


@dataclass(frozen=True, slots=True)
class BookDiff:
    """Figures and ties that became known after ``day_from`` and by ``day_to``.

    ``facts_changed`` and ``ties_changed`` are pairs of before and after: another figure is in use for
    the same key, or a later version of the tie. ``ties_ended`` are those, old or new, that became known
    as terminated in between.
    """

    day_from: date
    day_to: date
    facts_added: tuple[Fact, ...]
    facts_changed: tuple[tuple[Fact, Fact], ...]
    ties_added: tuple[Tie, ...]
    ties_changed: tuple[tuple[Tie, Tie], ...]
    ties_ended: tuple[Tie, ...]

    def __bool__(self) -> bool:
        return any((self.facts_added, self.facts_changed, self.ties_added, self.ties_changed))


def diff(book: Book, day_from: date, day_to: date) -> BookDiff:
    """Compare the book as of two days.

    Parameters
    ----------
    book : a whole book (not one that is already as of a day before ``day_to``).
    day_from, day_to : the earlier and the later day.

    Raises
    ------
    InputError : ``day_from`` is after ``day_to``.
    """
    if day_from > day_to:
        raise InputError(f"from {day_from} is after to {day_to}; expected the earlier day first; swap them")
    before, after = book.as_of(day_from), book.as_of(day_to)
    old, new = _in_use(before), _in_use(after)
    old_ties = {tie.base_id: tie for tie in before.ties}
    news = [tie for tie in after.ties if old_ties.get(tie.base_id) is not tie]
    return BookDiff(
        day_from=day_from,
        day_to=day_to,
        facts_added=tuple(fact for key, fact in new.items() if key not in old),
        facts_changed=tuple(
            (old[key], fact)
            for key, fact in new.items()
            if key in old and (old[key].value, old[key].unit) != (fact.value, fact.unit)
        ),
        ties_added=tuple(tie for tie in news if tie.base_id not in old_ties),
        ties_changed=tuple((old_ties[tie.base_id], tie) for tie in news if tie.base_id in old_ties),
        ties_ended=tuple(
            tie
            for tie in news
            if tie.status is Status.TERMINATED
            and (tie.base_id not in old_ties or old_ties[tie.base_id].status is not Status.TERMINATED)
        ),
    )


def _in_use(book: Book) -> dict[Key, Fact]:
    return {fact.key: fact for series in book.series for fact in book.chosen(*series)}
