"""Firms side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from cardhouse.book import Book, Layer
from cardhouse.lenses.measure import Gap, Measure
from cardhouse.lenses.peers.choice import chosen
from cardhouse.lenses.peers.peer import Peer, peer


@dataclass(frozen=True, slots=True)
class Peers:
    """The company table.

    Attributes
    ----------
    rows : in the order asked; without names by layer in the order of the chain, then by yearly pace of revenue.
    left_out : firms without any period of revenue.
    """

    book: Book
    day: date
    rows: tuple[Peer, ...]
    left_out: tuple[Gap, ...]


def peers(book: Book, names: Sequence[str] = (), *, layer: str = "", camp: str = "") -> Peers:
    """Growth, margins, receivables, cash and staff of firms side by side, as the book has them.

    Parameters
    ----------
    names : ids, names, aliases or tickers; without any, all firms of the layer and camp that report revenue.

    Raises
    ------
    UnknownName : a name that no firm answers to.
    InputError : no such layer or camp, or no firm that fits.
    """
    found = [peer(book, firm, book.date) for firm in chosen(book, names, layer=layer, camp=camp)]
    rows = tuple(row for row in found if isinstance(row, Peer))
    if not names:
        rows = tuple(sorted(rows, key=_place))
    gaps = tuple(row for row in found if isinstance(row, Gap))
    return Peers(book, book.date, rows, gaps)


def _place(row: Peer) -> tuple[int, float]:
    """Layers in the order of the chain, in each the firm first that sells most in a year at the pace of its period."""
    pace = row.revenue.value * 12 / row.span.months if isinstance(row.revenue, Measure) else 0.0
    return list(Layer).index(Layer(row.layer)), -pace
