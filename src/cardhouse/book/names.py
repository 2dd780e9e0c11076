"""From what a person types to a firm: id, name in English or Chinese, alias or ticker."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from cardhouse.book.faults import near, shown
from cardhouse.book.records import Firm
from cardhouse.errors import UnknownName


def fold(text: str) -> str:
    """``text`` without differences of case, width and blanks."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def names_of(firm: Firm) -> tuple[str, ...]:
    """Every name a firm answers to, folded, its id first."""
    names = (firm.id, firm.name, firm.name_zh, firm.ticker, *firm.aliases)
    return tuple(dict.fromkeys(fold(name) for name in names if name))


class Names:
    """Firms by every name they answer to; an id goes before another firm's name."""

    def __init__(self, firms: Iterable[Firm]) -> None:
        self._ids: dict[str, Firm] = {}
        self._named: dict[str, list[Firm]] = {}
        for firm in firms:
            self._ids.setdefault(fold(firm.id), firm)
            for name in names_of(firm):
                self._named.setdefault(name, []).append(firm)

    def shared(self) -> dict[str, list[Firm]]:
        """Names that two or more firms answer to."""
        return {name: firms for name, firms in self._named.items() if len(firms) > 1}

    def resolve(self, text: str) -> Firm:
        """Find the firm that is meant.

        Raises
        ------
        UnknownName : nobody, or more than one firm, answers to it.
        """
        name = fold(text)
        if name in self._ids:
            return self._ids[name]
        firms = self._named.get(name, [])
        if len(firms) == 1:
            return firms[0]
        if firms:
            ids = " or ".join(firm.id for firm in firms)
            raise UnknownName(f"{shown(text)} is the name of several firms; expected an id; say {ids}")
        hint = near(name, self._named)
        raise UnknownName(
            f"no firm is called {shown(text)}; expected an id, name, alias or ticker of firms.csv; "
            f"{hint or 'see: cardhouse book'}"
        )
