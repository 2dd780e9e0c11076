"""Gains on stakes taken out of income: what is reported of them, and what income holds beside operations by formula.

By formula: net income less (operating income less interest) after tax. It holds interest received and one-off items
of tax too, so it bounds nothing; it shows where a reported net income is not made by operations.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cardhouse.book import Book, Fact, cover
from cardhouse.lenses.accounts.lives import matched
from cardhouse.lenses.accounts.plant import Bounds, assume, dated
from cardhouse.lenses.measure import USD, Gap, Measure, Reading, computed, difference, known, ratio, scaled, total
from cardhouse.lenses.readings import QUARTER, entity_name, of_fact, year

BEFORE_TAX = ("investment_gains", "non_operating_gain_anthropic_mark")
"""Gains before tax; the first that a firm has is used, for the second is a part of it."""
AFTER_TAX = "equity_method_loss"
"""Share of losses of firms held at equity, after tax; a negative one is a gain."""


@dataclass(frozen=True, slots=True)
class Gains:
    """A firm's newest year of net income that has some, or its newest, with gains on stakes taken out, USD million.

    Attributes
    ----------
    gains : reported gains less losses in the year before tax, and ``held_at_equity`` after tax, negative for a loss.
    covered : first and last day of the reported periods in the year; gains of the rest of it are not in the book.
    without : net income less the known gains after tax.
    part : the known gains after tax over net income.
    beside_operations : what net income holds beside operations by formula, after tax.
    """

    firm: str
    net_income: Reading
    gains: Reading
    held_at_equity: Reading
    covered: tuple[tuple[date, date], ...]
    without: Reading
    part: Reading
    beside_operations: Reading


def gains(book: Book, firm: str, bounds: Bounds) -> Gains:
    """Known gains on stakes in a firm's newest year."""
    name, income = entity_name(book, firm), year(book, firm, "net_income", _day(book, firm))
    tax = assume(book, "tax_rate", firm, bounds)
    before, after = _before_tax(book, firm, income), _at_equity(book, firm, income)
    rows = (*before, *after)
    gain = _sum(f"{name}, gains on stakes", before, book)
    lost = scaled(_sum(f"{name}, losses of firms held at equity", after, book), -1.0)
    net = computed(f"{name}, gains after tax", lambda g, t: g * (1.0 - t), gain, tax, unit=USD)
    parts = known((net, lost))
    effect: Reading = total(parts) if parts else Gap(f"{name}, gains on stakes", "the book has none for the year")
    without = difference(income, effect)
    if isinstance(income, Measure):
        without = dated(without, income)
    return Gains(
        firm,
        income,
        gain,
        lost,
        tuple((row.start or row.end, row.end) for row in rows),
        without,
        ratio(f"{name}, gains over net income", effect, income, positive="net income"),
        _beside(book, firm, income, tax),
    )


def with_gains(book: Book) -> tuple[str, ...]:
    """Firms of which the book has gains or losses on stakes, in its order."""
    return tuple(f for f in book.firms if any(book.chosen(f, metric) for metric in (*BEFORE_TAX, AFTER_TAX)))


def _day(book: Book, firm: str) -> date:
    """The day of the book, or the end of the newest gain where the newest year of net income has none."""
    income = year(book, firm, "net_income", book.date)
    ends = [row.end for metric in (*BEFORE_TAX, AFTER_TAX) for row in book.chosen(firm, metric)]
    if isinstance(income, Gap) or income.start is None or not ends or max(ends) > income.start:
        return book.date
    return max(ends)


def _before_tax(book: Book, firm: str, income: Reading) -> tuple[Fact, ...]:
    return next((rows for metric in BEFORE_TAX if (rows := _within(book, firm, metric, "", income))), ())


def _at_equity(book: Book, firm: str, income: Reading) -> tuple[Fact, ...]:
    return tuple(row for item in book.items(firm, AFTER_TAX) for row in _within(book, firm, AFTER_TAX, item, income))


def _within(book: Book, firm: str, metric: str, item: str, income: Reading) -> tuple[Fact, ...]:
    """Rows that cover the year, else the single quarters that lie in it."""
    if isinstance(income, Gap) or income.start is None:
        return ()
    whole = cover(book, firm, metric, income.start, income.end, item=item)
    return whole or tuple(
        row
        for row in book.chosen(firm, metric)
        if row.item == item
        and row.start is not None
        and income.start <= row.start
        and row.end <= income.end
        and QUARTER[0] <= (row.end - row.start).days + 1 <= QUARTER[1]
    )


def _sum(what: str, rows: tuple[Fact, ...], book: Book) -> Reading:
    return total(of_fact(book, row) for row in rows) if rows else Gap(what, "the book has none for the year")


def _beside(book: Book, firm: str, income: Reading, tax: Reading) -> Reading:
    """Net income less operating income after interest and tax, of the same year."""
    day: date = income.end if isinstance(income, Measure) else book.date
    operating, interest = (matched(book, firm, m, day) for m in ("operating_income", "interest_expense"))
    found = computed(
        f"{entity_name(book, firm)}, income beside operations",
        lambda n, o, i, t: n - (o - i) * (1.0 - t if o > i else 1.0),
        income,
        operating,
        interest,
        tax,
        unit=USD,
    )
    return dated(found, income) if isinstance(income, Measure) else found
