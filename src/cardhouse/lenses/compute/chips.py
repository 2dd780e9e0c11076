"""Accelerators of the book: data sheet, power and price of one, alone or as its share of a server or rack.

Rows that a note calls conflicting or doubtful are used only where there is no other. Of a data sheet the surest row is
taken, then the best kind of source, then the newest; of prices, which move, the newest single one. The least and the
most of the rows are the ends of the range.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from statistics import fmean
from types import MappingProxyType

from cardhouse.book import Book, Confidence, Fact
from cardhouse.book.faults import near, shown
from cardhouse.economy.inputs import source_rank
from cardhouse.errors import UnknownName
from cardhouse.lenses.compute.ranges import Range, of_row, same, spread
from cardhouse.lenses.measure import Gap, Measure, derived
from cardhouse.lenses.readings import entity_name, metric_name, of_fact

PRICE_DAYS = 550
"""Prices older than a year and a half say nothing about what one costs to buy."""
DOUBTS = ("conflict", "doubtful")
"""First words of notes on rows that the book keeps but does not believe."""
SECOND_HAND = frozenset({"used", "resale", "refurbished"})
ENDS = frozenset(
    {"low", "high", "lowest", "highest", "cheapest", "dearest", "floor", "peak", "average", "middle", "median"}
)
"""Words of an item that name an end or a middle of a range instead of one price."""
FORMATS = ("bf16", "fp8", "fp4")
SURE = {level: place for place, level in enumerate(Confidence)}
SHARE_ITEM = "-share"
"""Items that end so are a unit's part of a larger one, hosts and switches included."""


@dataclass(frozen=True, slots=True)
class Chip:
    """One accelerator as the book knows it on its day.

    Attributes
    ----------
    flops : dense peak by format, TFLOPS.
    memory : GB. ``bandwidth`` : TB/s.
    watts : rated power of one, of its server with ``whole_watts``.
    price : USD of one, of its part of a server with ``whole_price``.
    released : day it was announced or first shipped; None where the book does not tell.
    """

    id: str
    name: str
    flops: Mapping[str, Range]
    memory: Range
    bandwidth: Range
    watts: Range
    whole_watts: bool
    price: Range
    whole_price: bool
    released: date | None


def words(item: str) -> frozenset[str]:
    """Words of an item."""
    return frozenset(item.split("-"))


def believed(rows: Sequence[Fact]) -> list[Fact]:
    """Those rows that no note calls doubtful; all where it calls all of them so."""
    return [row for row in rows if not row.note.lower().startswith(DOUBTS)] or list(rows)


def names(book: Book) -> tuple[str, ...]:
    """Ids of the book's accelerators, in its order."""
    return tuple(s.id for s in book.subjects.values() if s.kind == "accelerator")


def find(book: Book, text: str) -> str:
    """The id of the accelerator that a person means.

    Raises
    ------
    UnknownName : none is called so; near names are suggested.
    """
    wanted = "".join(c for c in text.casefold() if c.isalnum())
    ids = names(book)
    for id_ in ids:
        called = (id_, entity_name(book, id_), entity_name(book, id_).split(" ", 1)[-1])
        if wanted in {"".join(c for c in name.casefold() if c.isalnum()) for name in called}:
            return id_
    raise UnknownName(
        f"no accelerator is called {shown(text)}; expected one of {', '.join(ids) or 'none: the book has no'}; "
        f"{near(text, ids) or 'see: cardhouse compute'}"
    )


def servers(book: Book, chip: str) -> dict[str, Fact]:
    """Servers and racks that hold this accelerator, with the row that says how many."""
    holding = {}
    for entity, metric in book.series:
        if metric == "accelerators_per_unit":
            rows = [f for f in book.chosen(entity, metric) if f.item == chip and f.value > 0]
            if rows:
                holding[entity] = rows[-1]
    return holding


def chip(book: Book, id_: str, on: date | None = None) -> Chip:
    """An accelerator, its price as of a day that may lie before the book's.

    Parameters
    ----------
    on : day of the price; the book's own where none is given.
    """
    day = on or book.date
    watts, whole_watts = _power(book, id_)
    price, whole_price = _price(book, id_, day)
    return Chip(
        id_,
        entity_name(book, id_),
        MappingProxyType({f: _sheet(book, id_, f"peak_{f}_tflops") for f in FORMATS}),
        _sheet(book, id_, "memory_gb"),
        _sheet(book, id_, "memory_bandwidth_tbs"),
        watts,
        whole_watts,
        price,
        whole_price,
        released(book, id_),
    )


def released(book: Book, id_: str) -> date | None:
    """The day of the first row that tells when it was announced or shipped; of its server where it has none."""
    for entity in (id_, *servers(book, id_)):
        rows = book.chosen(entity, "release_date")
        if rows:
            return rows[0].end
    return None


def _missing(book: Book, id_: str, metric: str) -> Range:
    return same(Gap(f"{entity_name(book, id_)}, {metric_name(book, metric)}", "the book has none"))


def _best(book: Book, rows: Sequence[Fact]) -> Fact:
    """The surest row, then that of the best kind of source, then the newest."""
    return min(rows, key=lambda f: (SURE[f.confidence], source_rank(book.source_kind(f).value), -f.end.toordinal()))


def _sheet(book: Book, id_: str, metric: str) -> Range:
    """A figure of a data sheet, with the least and the most that sources give."""
    rows = believed(book.chosen(id_, metric))
    if not rows:
        return _missing(book, id_, metric)
    return spread(of_fact(book, _best(book, rows)), (of_fact(book, row) for row in rows))


def _shared(book: Book, id_: str, metric: str, fits: Callable[[Fact], bool]) -> list[tuple[Fact, Measure]]:
    """Rows of the servers that hold it, each with its value for one accelerator."""
    found = []
    for server, holds in servers(book, id_).items():
        for row in believed([f for f in book.chosen(server, metric) if fits(f)]):
            whole = of_fact(book, row)
            line = f"{holds.where}: one of {holds.value:,.0f} in {entity_name(book, server)}"
            found.append((row, replace(whole, value=whole.value / holds.value, trail=(*whole.trail, line))))
    return found


def _power(book: Book, id_: str) -> tuple[Range, bool]:
    """Rated watts: its share of a server where the book has one, else its own."""
    metric = "accelerator_power_watts"
    shared = _shared(book, id_, metric, lambda _: True)
    if shared:
        best = _best(book, [row for row, _ in shared])
        central = next(m for row, m in shared if row is best)
        return spread(central, (m for _, m in shared)), True
    rows = book.chosen(id_, metric)
    whole = [row for row in rows if row.item.endswith(SHARE_ITEM)]
    if whole and len(whole) == len(rows):
        return same(of_fact(book, _best(book, whole))), True
    return _sheet(book, id_, metric), False


def _price(book: Book, id_: str, on: date) -> tuple[Range, bool]:
    """What one costs: its share of a new server, else a new chip, else a second-hand one, else an assumption."""

    def recent(row: Fact) -> bool:
        return row.end <= on and (on - row.end).days <= PRICE_DAYS and row.value > 0

    def new(row: Fact) -> bool:
        return recent(row) and not words(row.item) & SECOND_HAND

    shared = _shared(book, id_, "accelerator_price", new)
    if shared:
        return _priced(book, id_, shared), True
    own = [row for row in believed(book.chosen(id_, "accelerator_price")) if recent(row)]
    fresh = [(row, of_fact(book, row)) for row in own if new(row)]
    if fresh:
        return _priced(book, id_, fresh), False
    used = [(row, of_fact(book, row).flagged(f"{entity_name(book, id_)}: second-hand price")) for row in own]
    if used:
        return _priced(book, id_, used), False
    row = book.assume("accelerator_price", id_)
    if row is None:
        what = f"{entity_name(book, id_)}, {metric_name(book, 'accelerator_price')}"
        return same(Gap(what, f"the book has none of the {PRICE_DAYS} days up to {on}")), False
    return of_row(book, row).flagged(f"{entity_name(book, id_)}: its price is an assumption"), False


def _priced(book: Book, id_: str, rows: Sequence[tuple[Fact, Measure]]) -> Range:
    """The newest single price between the ends of all; the middle of the newest two ends where all are ends."""
    single = [pair for pair in rows if not words(pair[0].item) & ENDS]
    if single:
        central = max(single, key=lambda pair: pair[0].end)[1]
    else:
        newest = max(row.end for row, _ in rows)
        flag = f"{entity_name(book, id_)}: its price is the middle of a range of which only the ends are known"
        ends = [m for row, m in rows if row.end == newest]
        central = derived(fmean(m.value for m in ends), ends[0].unit, *ends, flags=(flag,))
    return spread(central, (m for _, m in rows))
