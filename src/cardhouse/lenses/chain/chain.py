"""Layers and camps by calendar quarter: revenue, the part near AI, spending, backlog, margin and debt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from cardhouse.book import Book, Layer
from cardhouse.economy.nodes import groups as consolidated
from cardhouse.economy.window import window_after
from cardhouse.errors import InputError, UnknownName
from cardhouse.lenses.chain import quarters as q
from cardhouse.lenses.chain.spending import Spending, spending
from cardhouse.lenses.chain.sums import Cell, cells, margins
from cardhouse.lenses.chain.use import Pair, uses

LAYERS = (Layer.COMPUTE, Layer.CLOUD, Layer.NEOCLOUD, Layer.MODEL, Layer.APPLICATION, Layer.DATACENTER)
MOST_QUARTERS = 24


class By(StrEnum):
    """How firms are put together."""

    LAYER = "layer"
    CAMP = "camp"


@dataclass(frozen=True, slots=True)
class Line:
    """One figure of one group, quarter by quarter.

    Attributes
    ----------
    group : a layer or a camp. figure : which of FIGURES. cells : one a quarter.
    metrics : by firm, the metric of the book that stands for the figure.
    never : firms of the group of which the book never has this figure.
    """

    group: str
    figure: str
    cells: tuple[Cell, ...]
    metrics: dict[str, str]
    never: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chain:
    """The chain as known on a day."""

    book: Book
    day: date
    by: By
    quarters: tuple[int, ...]
    lines: tuple[Line, ...]
    uses: tuple[Pair, ...]
    spending: Spending

    def line(self, group: str, figure: str) -> Line:
        """The line of a group and a figure.

        Raises
        ------
        UnknownName : there is none.
        """
        for line in self.lines:
            if (line.group, line.figure) == (group, figure):
                return line
        groups = ", ".join(dict.fromkeys(line.group for line in self.lines))
        raise UnknownName(f"no line {figure!r} of {group!r}; expected one of {', '.join(FIGURES)} of one of {groups}")


SINGLE: dict[str, Callable[[Book, str], q.Series]] = {
    "revenue": lambda book, firm: q.flow(book, firm, q.REVENUE),
    "near_ai": q.near,
    "capital_spending": lambda book, firm: q.flow(book, firm, "capital_expenditures"),
    "backlog": q.backlog,
    "debt": lambda book, firm: q.stock(book, firm, "total_debt"),
}
"""Figures that are summed, each with its series of a firm."""
SHARES: dict[str, Callable[[Book, str], tuple[q.Series, q.Series]]] = {
    "near_ai_share": q.near_part,
    "operating_margin": q.margin,
}
"""Figures that are one flow over another, each with both series of a firm."""
FIGURES = ("revenue", "near_ai", "near_ai_share", "capital_spending", "operating_margin", "backlog", "debt")


def chain(book: Book, by: By = By.LAYER, *, last: int = 6) -> Chain:
    """Layers or camps over the last calendar quarters, as the book knows them.

    Parameters
    ----------
    last : how many quarters, 1 to 24.

    Raises
    ------
    InputError : a number of quarters outside that.
    """
    shown = quarters_shown(book.date, last)
    lines = [made for group, firms in groups(book, by).items() for made in lines_of(book, group, firms, shown)]
    return Chain(book, book.date, by, shown, tuple(lines), uses(book), spending(book))


def quarters_shown(day: date, last: int) -> tuple[int, ...]:
    """The last calendar quarters that ended by a day, oldest first."""
    if not 1 <= last <= MOST_QUARTERS:
        raise InputError(f"{last} quarters; expected 1 to {MOST_QUARTERS}; ask for fewer")
    newest = q.newest_whole(day)
    return tuple(range(newest - last + 1, newest + 1))


def groups(book: Book, by: By) -> dict[str, tuple[str, ...]]:
    """Firms of the six layers, by layer or by camp; one that another bought whole is inside its owner."""
    inside = consolidated(book, window_after(book.date, 1)).node_of
    found: dict[str, list[str]] = {layer.value: [] for layer in LAYERS} if by is By.LAYER else {}
    for firm in book.firms.values():
        if firm.layer in LAYERS and firm.id not in inside:
            found.setdefault(firm.layer.value if by is By.LAYER else firm.camp, []).append(firm.id)
    return {group: tuple(firms) for group, firms in found.items() if firms}


def lines_of(book: Book, group: str, firms: tuple[str, ...], shown: tuple[int, ...]) -> tuple[Line, ...]:
    """All figures of one group."""
    return tuple(line_of(book, group, firms, shown, figure) for figure in FIGURES)


def line_of(book: Book, group: str, firms: tuple[str, ...], shown: tuple[int, ...], figure: str) -> Line:
    """One figure of one group."""
    what = f"{group}, {figure.replace('_', ' ')}"
    if figure in SHARES:
        pairs = [SHARES[figure](book, firm) for firm in firms]
        rows = [part for part, _ in pairs]
        made = margins(what, pairs, shown)
    else:
        rows = [SINGLE[figure](book, firm) for firm in firms]
        made = cells(what, rows, shown)
    never = tuple(row.firm for row in rows if not row.values)
    return Line(group, figure, made, {row.firm: row.metric for row in rows if row.values}, never)
