"""Sums over firms that say who is in them, and growth over the same firms only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cardhouse.lenses.chain.quarters import Series, name
from cardhouse.lenses.measure import Gap, Measure, Reading, computed, ratio, total

YEAR = 4
"""Quarters of a year."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One quarter of one group of firms.

    Attributes
    ----------
    amount : sum over ``firms``, or a share over them; a gap where none of them has a figure.
    firms : who is in it. missing : who reports this figure in another quarter, but has none in this one.
    growth : against the same quarter a year earlier, over ``compared`` only: the firms that have both.
    rough : whose figure in the sum is a balance of low confidence.
    """

    quarter: int
    amount: Reading
    firms: tuple[str, ...]
    missing: tuple[str, ...]
    growth: Reading
    compared: tuple[str, ...]
    rough: tuple[str, ...] = ()

    @property
    def told(self) -> bool:
        """Whether half of the firms that ever report the figure are in the sum: below, sums are of different firms."""
        return 2 * len(self.firms) >= len(self.firms) + len(self.missing) > 0

    @property
    def compares(self) -> bool:
        """Whether growth is that of half of the firms that ever report the figure."""
        return 2 * len(self.compared) >= len(self.firms) + len(self.missing) > 0


def cells(what: str, rows: Sequence[Series], quarters: Sequence[int]) -> tuple[Cell, ...]:
    """Sums of a figure by quarter over the firms that ever report it."""
    by_firm = {row.firm: row.values for row in rows if row.values}
    rough = {row.firm: row.rough for row in rows}
    return tuple(_cell(what, by_firm, rough, quarter) for quarter in quarters)


def _cell(
    what: str, rows: Mapping[str, Mapping[int, Measure]], rough: Mapping[str, frozenset[int]], quarter: int
) -> Cell:
    has, both = having(rows, quarter), having(rows, quarter, quarter - YEAR)
    return Cell(
        quarter,
        summed(what, rows, has, quarter),
        has,
        tuple(firm for firm in rows if firm not in has),
        grown(what, summed(what, rows, both, quarter), summed(what, rows, both, quarter - YEAR)),
        both,
        tuple(firm for firm in has if quarter in rough[firm]),
    )


def margins(what: str, rows: Sequence[tuple[Series, Series]], quarters: Sequence[int]) -> tuple[Cell, ...]:
    """One flow over another by quarter, both summed over the same firms; growth is the change in points."""
    parts = {part.firm: part.values for part, _ in rows if part.values}
    wholes = {whole.firm: whole.values for _, whole in rows if whole.values}
    found = []
    for quarter in quarters:
        has, both = having(parts, quarter), having(parts, quarter, quarter - YEAR)
        now, same, then = (
            share_of(what, parts, wholes, who, q)
            for who, q in ((has, quarter), (both, quarter), (both, quarter - YEAR))
        )
        gone = tuple(firm for firm in parts if firm not in has)
        change = computed(f"{what}, change in a year", lambda a, b: a - b, same, then, unit="share")
        found.append(Cell(quarter, now, has, gone, change, both))
    return tuple(found)


def share_of(
    what: str,
    parts: Mapping[str, Mapping[int, Measure]],
    wholes: Mapping[str, Mapping[int, Measure]],
    firms: Sequence[str],
    quarter: int,
) -> Reading:
    """The sum of the parts over the sum of the wholes, over the same firms."""
    return ratio(
        what, summed(what, parts, firms, quarter), summed(what, wholes, firms, quarter), positive="the revenue"
    )


def having(rows: Mapping[str, Mapping[int, Measure]], *quarters: int) -> tuple[str, ...]:
    """Firms with a figure in each of these quarters."""
    return tuple(firm for firm, values in rows.items() if all(q in values for q in quarters))


def summed(what: str, rows: Mapping[str, Mapping[int, Measure]], firms: Sequence[str], quarter: int) -> Reading:
    """The sum over these firms; a gap over none."""
    if not firms:
        return Gap(what, f"no firm has a figure for {name(quarter)}")
    return total(rows[firm][quarter] for firm in firms)


def grown(what: str, now: Reading, then: Reading) -> Reading:
    """Growth of a sum over the same firms."""
    more = ratio(f"{what}, growth", now, then, positive="the amount a year earlier")
    return computed(f"{what}, growth", lambda a: a - 1.0, more, unit="share")
