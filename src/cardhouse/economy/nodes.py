"""Who is who in the economy: one node a consolidated group, each in one of three tiers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cardhouse.book import Book, Firm, Layer, Status, TieKind, Tier
from cardhouse.economy.window import Window

FULLY_OWNED = 100.0


def layer_of(book: Book, firm: str) -> Layer:
    """Layer of a firm; the world's for a party without a row (a book of one's own may lack the aggregates)."""
    return book.firms[firm].layer if firm in book.firms else Layer.WORLD


def camp_of(book: Book, firm: str) -> str:
    """Camp of a firm; the world's for parties that the book has no row for."""
    return book.firms[firm].camp if firm in book.firms else "world"


@dataclass(frozen=True, slots=True)
class Groups:
    """Which node stands for each firm: a subsidiary is inside its parent from the day of the merger."""

    node_of: Mapping[str, str]

    def __call__(self, firm: str) -> str:
        """Return the node that stands for a firm."""
        return self.node_of.get(firm, firm)

    def members(self, node: str) -> tuple[str, ...]:
        """The firms consolidated in a node, the parent first."""
        return (node, *sorted(f for f, parent in self.node_of.items() if parent == node and f != node))


def groups(book: Book, window: Window) -> Groups:
    """Consolidate firms that another bought whole (an equity tie of 100 percent, completed) before the opening."""
    parent: dict[str, str] = {}
    for tie in book.current_ties:
        closed = tie.start or tie.announced or tie.known
        whole = tie.kind is TieKind.EQUITY and tie.share_percent == FULLY_OWNED and tie.status is Status.COMPLETED
        if whole and closed <= window.opening:
            parent[tie.to] = tie.from_
    resolved: dict[str, str] = {}
    for firm in parent:
        node, seen = firm, {firm}
        while node in parent and parent[node] not in seen:
            node = parent[node]
            seen.add(node)
        resolved[firm] = node
    return Groups(resolved)


def tier_of(firm: Firm, *, has_balance: bool) -> Tier:
    """The tier of a firm: as its row says, else by layer, else by whether its balance sheet is known."""
    if firm.tier is not None and (firm.tier is not Tier.FULL or has_balance):
        return firm.tier
    if firm.layer is Layer.DATACENTER:
        return Tier.VEHICLE
    if firm.layer in (Layer.WORLD, Layer.CAPITAL):
        return Tier.FULL if firm.tier is Tier.FULL and has_balance else Tier.BOUNDARY
    return Tier.FULL if has_balance else Tier.BOUNDARY
