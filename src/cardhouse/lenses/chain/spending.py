"""What enterprises pay for generative AI, by year, and how that compares with what clouds spend on plant."""

from __future__ import annotations

from dataclasses import dataclass

from cardhouse.book import Book, Fact, Layer
from cardhouse.lenses.chain import quarters as q
from cardhouse.lenses.measure import Gap, Measure, Reading, computed, ratio, total
from cardhouse.lenses.readings import of_fact

WORLD = "world"
WHOLE = "enterprise_spending_generative_ai"
PARTS = ("applications", "infrastructure")


@dataclass(frozen=True, slots=True)
class Year:
    """One year by one compiler.

    Attributes
    ----------
    year : calendar year. compiler : who counted. amount : USD million. growth : on the year before, same compiler.
    applications, infrastructure : shares of the amount. of_software : share of spending on software as a service.
    capital_spending : of clouds with all four quarters. firms : which. covered : amount over it.
    """

    year: int
    compiler: str
    amount: Measure
    growth: Reading
    applications: Reading
    infrastructure: Reading
    of_software: Reading
    capital_spending: Reading
    firms: tuple[str, ...]
    covered: Reading


@dataclass(frozen=True, slots=True)
class Spending:
    """Enterprise spending on generative AI."""

    years: tuple[Year, ...]


def spending(book: Book) -> Spending:
    """All years of each compiler in the book."""
    rows = [f for f in book.chosen(WORLD, WHOLE) if f.start is not None]
    return Spending(tuple(_year(book, row, rows) for row in sorted(rows, key=lambda f: (f.item, f.end))))


def _year(book: Book, row: Fact, rows: list[Fact]) -> Year:
    amount, name = of_fact(book, row), f"enterprise spending in {row.end.year}"
    before = next((f for f in rows if f.item == row.item and f.end.year == row.end.year - 1), None)
    then: Reading = of_fact(book, before) if before else Gap(f"{name}, growth", f"{row.item} has no year before")
    apps, plant = (
        ratio(f"{name}, {part}", _other(book, f"{WHOLE}_{part}", row), amount, positive="the whole") for part in PARTS
    )
    spent, firms = clouds_spent(book, row.end.year)
    return Year(
        row.end.year,
        row.item,
        amount,
        computed(f"{name}, growth", lambda a, b: a / b - 1.0, amount, then, unit="share"),
        apps,
        plant,
        _other(book, "generative_ai_share_of_saas", row),
        spent,
        firms,
        ratio(f"{name} over capital spending of clouds", amount, spent, positive="capital spending"),
    )


def _other(book: Book, metric: str, row: Fact) -> Reading:
    """Another figure of the same compiler for the same year."""
    for fact in book.chosen(WORLD, metric):
        if (fact.item, fact.end) == (row.item, row.end):
            return of_fact(book, fact)
    return Gap(f"enterprise spending in {row.end.year}, {metric.removeprefix(WHOLE + '_').replace('_', ' ')}", "none")


def clouds_spent(book: Book, year: int) -> tuple[Reading, tuple[str, ...]]:
    """Capital spending of the clouds in a calendar year, over those that have all four quarters of it."""
    rows: list[Reading] = []
    firms: list[str] = []
    for firm in book.firms.values():
        if firm.layer is not Layer.CLOUD:
            continue
        values = q.flow(book, firm.id, "capital_expenditures").values
        if all(quarter in values for quarter in range(year * 4, year * 4 + 4)):
            rows += [values[quarter] for quarter in range(year * 4, year * 4 + 4)]
            firms.append(firm.id)
    if not rows:
        return Gap(f"capital spending of clouds in {year}", "no cloud has all four quarters"), ()
    return total(rows), tuple(firms)
