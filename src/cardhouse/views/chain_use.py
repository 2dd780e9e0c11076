"""Tokens beside revenue, and what enterprises pay, as tables and sentences."""

from __future__ import annotations

from collections.abc import Sequence

from cardhouse.book import Book
from cardhouse.lenses.chain import Chain, Pair
from cardhouse.lenses.chain.spending import Spending
from cardhouse.lenses.measure import Gap, Measure, Reading, known
from cardhouse.lenses.readings import entity_name
from cardhouse.views.lens import MARKS, cell
from cardhouse.views.table import Cell, Column, Kind, Table


def growth(answer: Chain) -> Table:
    """Each count of tokens beside revenue: growth of both between the same days, and the elasticity."""
    rows = tuple(_pair(answer.book, pair) for pair in answer.uses if isinstance(pair.elasticity, Measure))
    columns = (
        Column("tokens_of", "tokens of", wrap=True),
        Column("revenue_of", "run rate of", wrap=True),
        Column("days", "between"),
        Column("counts", "counts", Kind.COUNT),
        Column("tokens", "tokens a year"),
        Column("revenue", "revenue a year"),
        Column("elasticity", "elasticity"),
        Column("range", "range"),
    )
    notes = (
        "Tokens and revenue a year: growth at one pace from the first to the last count, as a multiple. Elasticity: "
        "percent more revenue for one percent more tokens; range: the least and greatest between neighbouring counts. "
        "A handful of counts by different makers is no law: no error is given because none could be trusted.",
    )
    return Table("Do revenue and use grow together?", columns, rows, notes)


def _pair(book: Book, pair: Pair) -> tuple[Cell, ...]:
    both = [p for p in pair.points if p.apart and isinstance(p.revenue, Measure)]
    sellers = ", ".join(entity_name(book, firm) for firm in pair.sellers)
    return (
        _called(book, pair),
        "its own" if pair.own else sellers,
        f"{both[0].day:%Y-%m} to {both[-1].day:%Y-%m}",
        len(both),
        _times(pair.tokens_growth),
        _times(pair.revenue_growth),
        _number(pair.elasticity),
        f"{pair.low.value:.2f}-{pair.high.value:.2f}"
        if isinstance(pair.low, Measure) and isinstance(pair.high, Measure)
        else MARKS[pair.low.why]
        if isinstance(pair.low, Gap)
        else "",
    )


def _called(book: Book, pair: Pair) -> str:
    return entity_name(book, pair.user) + (f", {pair.item.replace('-', ' ')}" if pair.item else "")


def _times(reading: Reading) -> str:
    """Growth as a multiple: 0.5 is 1.5x."""
    return f"{1.0 + reading.value:,.1f}x" if isinstance(reading, Measure) else MARKS[reading.why]


def _number(reading: Reading) -> str:
    return f"{reading.value:.2f}" if isinstance(reading, Measure) else MARKS[reading.why]


def points(answer: Chain) -> Table:
    """All counts of tokens with the run rate on their day."""
    rows = tuple(
        (
            _called(answer.book, pair),
            point.day,
            float(f"{point.tokens.value:.3g}"),
            cell(point.revenue),
            _dollars(point.per_million),
            "" if point.apart else "overlaps",
        )
        for pair in answer.uses
        for point in pair.points
    )
    columns = (
        Column("tokens_of", "tokens of", wrap=True),
        Column("day", "day", Kind.DATE),
        Column("tokens", "trillion a day", Kind.NUMBER),
        Column("revenue", "run rate, USD billion", Kind.MONEY),
        Column("per_million", "USD a million tokens"),
        Column("apart", "not compared"),
    )
    notes = (
        "Run rate: of the same firm, else of OpenAI and Anthropic together; between two told ones as if it had grown "
        "at one pace. OpenAI's is net of partners, Anthropic's before the share of clouds that resell it. USD a "
        "million tokens: only where revenue and tokens are both the firm's whole.",
    )
    return Table("Tokens a day and run rate of revenue", columns, rows, notes)


def _dollars(reading: Reading) -> str:
    return f"{reading.value:.2f}" if isinstance(reading, Measure) else MARKS[reading.why]


def sentence(pairs: Sequence[Pair]) -> str:
    """What the elasticities say together."""
    found = sorted(m.value for m in known(pair.elasticity for pair in pairs))
    if not found:
        return "The book has no count of tokens on two days with revenue on both."
    counts = f"{len(found)} counts of tokens" if len(found) > 1 else "one count of tokens"
    said = f"By {counts} revenue grew {found[0]:.2f} to {found[-1]:.2f} percent for each percent more tokens"
    others = sum(1 for pair in pairs if isinstance(pair.elasticity, Measure) and not pair.own)
    beside = f" {others} of them stand beside the revenue of others and say nothing of a price." if others else ""
    if found[-1] < 1.0:
        return f"{said}: use grew faster than revenue.{beside}"
    return f"{said}: {'revenue grew faster than use' if found[0] > 1.0 else 'they do not agree'}.{beside}"


def enterprise(spending: Spending) -> Table:
    """What enterprises pay for generative AI, by year."""
    rows = tuple(
        (
            f"{row.year}",
            row.compiler,
            row.amount.value,
            _percent(row.growth, "{:+.0%}"),
            _percent(row.applications),
            _percent(row.infrastructure),
            _percent(row.of_software),
            cell(row.capital_spending),
            _percent(row.covered),
        )
        for row in spending.years
    )
    columns = (
        Column("year", "year"),
        Column("compiler", "counted by"),
        Column("amount", "spending", Kind.MONEY),
        Column("growth", "growth"),
        Column("applications", "on applications"),
        Column("infrastructure", "on infrastructure"),
        Column("of_software", "of software"),
        Column("capital_spending", "capital spending of clouds", Kind.MONEY),
        Column("covered", "covered"),
    )
    firms = max((len(row.firms) for row in spending.years), default=0)
    notes = (
        f"Of software: of spending on software as a service. Capital spending: all of it, of {firms} clouds with four "
        "quarters. Covered: a year's enterprise spending over a year's capital spending; consumers pay besides.",
    )
    return Table("What enterprises pay for generative AI, USD billion", columns, rows, notes)


def _percent(reading: Reading, form: str = "{:.0%}") -> str:
    return form.format(reading.value) if isinstance(reading, Measure) else MARKS[reading.why]
