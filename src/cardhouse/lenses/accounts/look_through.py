"""What an owner's share of a loss says about the loss of the firm it owns a part of.

Loss = the owner's reported share of it over the share it owns. Owned shares change between the period and the report,
so every share that may have counted is shown. Before tax the owner's line is the better base: a firm with losses
carried forward books no relief, the owner may. Once the owner's line holds gains by dilution as well (after another
one has paid in), what it implies is a floor.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from cardhouse.book import Book, Fact
from cardhouse.lenses.measure import USD, Gap, Measure, Reading, computed, not_meaningful
from cardhouse.lenses.readings import entity_name, of_fact

LINES = {"equity_method_loss_pretax": "before tax", "equity_method_loss": "after tax"}
"""Lines of the owner, and how they count tax."""
SHARE = "ownership_share"
AFTER_DAYS = 60
"""A share of so many days after a period was known when its report was read."""


@dataclass(frozen=True, slots=True)
class Implied:
    """A loss that an owner's line implies, USD million, positive for a loss.

    Attributes
    ----------
    line : what the owner reports, ``tax`` before or after tax; ``share`` it owns, on the share's own day.
    loss : line over share. ``published`` : losses that others state for the same days, by who.
    """

    owner: str
    owned: str
    tax: str
    line: Measure
    share: Reading
    loss: Reading
    published: tuple[tuple[str, Measure], ...]


def look_through(book: Book, owner: str) -> tuple[Implied, ...]:
    """Losses of firms that an owner holds at equity, as its reported lines imply, oldest period first."""
    rows = [
        (row, tax)
        for metric, tax in LINES.items()
        for row in book.chosen(owner, metric)
        if row.item in book.firms and row.start is not None
    ]
    rows.sort(key=lambda pair: (pair[0].end, pair[0].start or pair[0].end, pair[1]))
    return tuple(found for row, tax in rows for found in _implied(book, row, tax))


def _implied(book: Book, row: Fact, tax: str) -> tuple[Implied, ...]:
    """One answer for every share that may have counted."""
    line, owned = of_fact(book, row), row.item
    published = tuple(
        (other.item, of_fact(book, other))
        for other in book.chosen(owned, "estimated_net_loss")
        if (other.start, other.end) == (row.start, row.end)
    )
    what = (
        f"{entity_name(book, owned)}, loss implied by {entity_name(book, row.entity)} {tax}, {row.start} to {row.end}"
    )
    if line.value <= 0.0:
        loss: Reading = not_meaningful(what, "the owner reports a gain")
        return (Implied(row.entity, owned, tax, line, loss, loss, published),)
    shares = _shares(book, row)
    if not shares:
        gap = Gap(what, f"the book has no share of {entity_name(book, owned)} that {row.entity} owns")
        return (Implied(row.entity, owned, tax, line, gap, gap, published),)
    return tuple(_over(what, book, row, tax, line, share, published) for share in shares)


def _over(
    what: str, book: Book, row: Fact, tax: str, line: Measure, share: Fact, published: tuple[tuple[str, Measure], ...]
) -> Implied:
    part = of_fact(book, share)
    loss = computed(what, lambda money, owned: money / owned, line, part, unit=USD)
    first = min((s.end for s in _owned(book, row)), default=None)
    if isinstance(loss, Measure) and row.start is not None and first is not None and row.start > first:
        loss = loss.flagged(f"{what}: a floor, for the line holds gains by dilution too")
    return Implied(row.entity, row.item, tax, line, part, loss, published)


def _shares(book: Book, row: Fact) -> tuple[Fact, ...]:
    """The share in force at the end of the period, else the first after it; and those within days of its report."""
    owned = _owned(book, row)
    before, after = [s for s in owned if s.end <= row.end], [s for s in owned if s.end > row.end]
    soon = [s for s in after if s.end <= row.end + timedelta(days=AFTER_DAYS)]
    base = before[-1:] or after[:1]
    distinct = {s.value: s for s in (*base, *soon)}
    return tuple(distinct.values())


def _owned(book: Book, row: Fact) -> list[Fact]:
    return [s for s in book.chosen(row.item, SHARE) if s.item == row.entity and s.start is None]
