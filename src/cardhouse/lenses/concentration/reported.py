"""How concentrated a firm's customers are by its own figures: the largest, the five largest, the Herfindahl index.

A named customer is a value. A sum of several (``top-2``) is not: what follows from it are bounds, and only these are
given. The Herfindahl index is the sum of squared shares of revenue, between 0 and 1.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from cardhouse.book import Book, Fact
from cardhouse.errors import InputError
from cardhouse.lenses.measure import Measure, derived
from cardhouse.lenses.readings import of_fact

METRIC = "customer_share"
GROUP = re.compile(r"top-([1-9][0-9]?)\Z")
"""Items that name a sum of the largest customers."""
FIVE = 5
ROUNDED = 1e-6
"""Shares may add up to this much more than 1: they were rounded before they came here."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """A share or an index that lies between two measures; both are the same where it is known."""

    low: Measure
    high: Measure

    @property
    def exact(self) -> bool:
        """Whether it is a value and no range."""
        return math.isclose(self.low.value, self.high.value, rel_tol=1e-9, abs_tol=1e-12)


@dataclass(frozen=True, slots=True)
class Customers:
    """Concentration over one period.

    Attributes
    ----------
    shares : of revenue by customer as the firm calls it (``customer-a``), largest first.
    groups : sums of the largest customers as reported, with how many they are.
    largest, five, herfindahl : what follows; bounds where the figures are sums or not all are named.
    """

    start: date
    end: date
    shares: tuple[tuple[str, Measure], ...]
    groups: tuple[tuple[int, Measure], ...]
    largest: Bounds
    five: Bounds
    herfindahl: Bounds


def customers(book: Book, firm: str) -> tuple[Customers, ...]:
    """Every period for which a firm reported shares of customers, newest first."""
    periods: dict[tuple[date, date], list[Fact]] = {}
    for row in book.chosen(firm, METRIC):
        if row.start is not None and row.value > 0:
            periods.setdefault((row.start, row.end), []).append(row)
    order = sorted(periods, key=lambda p: (p[1], p[0]), reverse=True)
    return tuple(_checked(book, firm, *period, periods[period]) for period in order)


def _checked(book: Book, firm: str, start: date, end: date, rows: Sequence[Fact]) -> Customers:
    """One period; figures that cannot be are an error that names the firm and the row."""
    try:
        return _customers(book, start, end, rows)
    except InputError as error:
        raise InputError(f"{rows[0].where}: {firm} {METRIC} {start}..{end}: {error}") from error


def _customers(book: Book, start: date, end: date, rows: Sequence[Fact]) -> Customers:
    shares, groups = [], []
    for row in rows:
        many = GROUP.match(row.item)
        if many and int(many[1]) > 1:
            groups.append((int(many[1]), of_fact(book, row)))
        else:
            shares.append((row.item, of_fact(book, row)))
    shares.sort(key=lambda kv: -kv[1].value)
    groups.sort(key=lambda kv: kv[0])
    figures = [m for _, m in (*shares, *groups)]

    def bounds(pair: tuple[float, float]) -> Bounds:
        low, high = (derived(min(v, 1.0), "share", *figures) for v in pair)
        return Bounds(low, high)

    named, sums = [m.value for _, m in shares], [(k, m.value) for k, m in groups]
    return Customers(
        start,
        end,
        tuple(shares),
        tuple(groups),
        bounds(top(named, sums, 1)),
        bounds(top(named, sums, FIVE)),
        bounds(herfindahl(named, sums)),
    )


def top(named: Sequence[float], groups: Sequence[tuple[int, float]], count: int) -> tuple[float, float]:
    """Least and most that the ``count`` largest customers can have together.

    Parameters
    ----------
    named : shares of the largest single customers, in falling order; those not named are no larger.
    groups : (how many, their share together) of the largest customers.

    Returns
    -------
    low, high : shares between 0 and 1.
    """
    _check(named, groups)
    low = sum(named[:count])
    high = 1.0 if not named else min(1.0, sum(named[:count]) + max(count - len(named), 0) * named[-1])
    for many, share in groups:
        low = max(low, share if many <= count else share * count / many)
        high = min(high, share * count / many if many <= count and count > many else share)
    return low, max(low, min(high, 1.0))


def herfindahl(named: Sequence[float], groups: Sequence[tuple[int, float]]) -> tuple[float, float]:
    """Least and most that the sum of squared shares can be.

    The least: every customer that is not named is as small as the sums allow. The most: those not named are as large
    as the smallest share that bounds them, as often as fits into what is left. Of a sum S of k customers the squares
    add up to at least S*S/k; at most, with m the smallest of them, to (S - (k-1) m)^2 + (k-1) m^2 + (1-S) m with the
    rest, which is convex in m and so largest at m = 0 or m = S/k.
    """
    _check(named, groups)
    squares, known = math.fsum(s * s for s in named), math.fsum(named)
    many, share = groups[-1] if groups else (0, 0.0)
    others = many - len(named)
    if others > 0 and share >= known:
        rest = share - known
        low = squares + rest * rest / others
        if named:
            cap = min(named[-1], rest)
            return low, max(low, squares + _filled(rest, cap) + (1.0 - share) * min(rest / others, named[-1]))
        return low, max(share * share, low + (1.0 - share) * share / many)
    if not named:
        return 0.0, 1.0
    return squares, squares + _filled(max(1.0 - known, 0.0), named[-1])


def _filled(whole: float, part: float) -> float:
    """Sum of squares when a whole is cut into parts of one size and what is left over."""
    if whole <= 0 or part <= 0:
        return 0.0
    count = math.floor(whole / part + 1e-12)
    left = max(whole - count * part, 0.0)
    return count * part * part + left * left


def _check(named: Sequence[float], groups: Sequence[tuple[int, float]]) -> None:
    """Refuse shares that cannot be shares of one revenue."""
    for share in (*named, *(s for _, s in groups)):
        if not 0.0 < share <= 1.0 + ROUNDED:
            raise InputError(f"a customer's share of {share:.3g}; expected more than 0 and at most 1; mend the figure")
    if math.fsum(named) > 1.0 + ROUNDED:
        raise InputError(f"shares of customers add up to {math.fsum(named):.3g}; expected at most 1; mend the figures")
    if list(named) != sorted(named, reverse=True):
        raise InputError("shares of customers are not in falling order; sort them first")
