"""Tokens beside revenue, and what enterprises pay, as tables and sentences."""

from __future__ import annotations

from collections.abc import Sequence

from cardhouse.book import Book
from cardhouse.lenses.chain import Chain, Pair
from cardhouse.lenses.chain.spending import Spending
from cardhouse.lenses.measure import Gap, Measure, Reading, known
from cardhouse.views.lens import MARKS, cell
from cardhouse.views.table import Cell, Column, Kind, Table
from cardhouse.views.words import ENGLISH, Words


def growth(answer: Chain, *, t: Words = ENGLISH) -> Table:
    """Each count of tokens beside revenue: growth of both between the same days, and the elasticity."""
    rows = tuple(_pair(answer.book, pair, t) for pair in answer.uses if isinstance(pair.elasticity, Measure))
    columns = (
        Column("tokens_of", t("tokens of"), wrap=True),
        Column("revenue_of", t("run rate of"), wrap=True),
        Column("days", t("between")),
        Column("counts", t("counts"), Kind.COUNT),
        Column("tokens", t("tokens a year")),
        Column("revenue", t("revenue a year")),
        Column("elasticity", t("elasticity")),
        Column("range", t("range")),
    )
    notes = (
        t(
            "Tokens and revenue a year: growth at one pace from the first to the last count, as a multiple. "
            "Elasticity: percent more revenue for one percent more tokens; range: the least and greatest between "
            "neighbouring counts. A handful of counts by different makers is no law: no error is given because none "
            "could be trusted."
        ),
    )
    return Table(t("Do revenue and use grow together?"), columns, rows, notes, t)


def _pair(book: Book, pair: Pair, t: Words) -> tuple[Cell, ...]:
    both = [p for p in pair.points if p.apart and isinstance(p.revenue, Measure)]
    sellers = t.comma.join(t.called(book, firm) for firm in pair.sellers)
    return (
        _called(book, pair, t),
        t("{firm}, all of it", firm=sellers) if pair.own else sellers,
        t("{start} to {end}", start=f"{both[0].day:%Y-%m}", end=f"{both[-1].day:%Y-%m}"),
        len(both),
        _times(pair.tokens_growth, t),
        _times(pair.revenue_growth, t),
        _number(pair.elasticity, t),
        f"{pair.low.value:.2f}-{pair.high.value:.2f}"
        if isinstance(pair.low, Measure) and isinstance(pair.high, Measure)
        else t(MARKS[pair.low.why])
        if isinstance(pair.low, Gap)
        else "",
    )


def _called(book: Book, pair: Pair, t: Words) -> str:
    return t.called(book, pair.user) + (f"{t.comma}{pair.item.replace('-', ' ')}" if pair.item else "")


def _times(reading: Reading, t: Words) -> str:
    """Growth as a multiple: 0.5 is 1.5x."""
    return f"{1.0 + reading.value:,.1f}x" if isinstance(reading, Measure) else t(MARKS[reading.why])


def _number(reading: Reading, t: Words) -> str:
    return f"{reading.value:.2f}" if isinstance(reading, Measure) else t(MARKS[reading.why])


def points(answer: Chain, *, t: Words = ENGLISH) -> Table:
    """All counts of tokens with the run rate on their day."""
    rows = tuple(
        (
            _called(answer.book, pair, t),
            point.day,
            float(f"{point.tokens.value:.3g}"),
            cell(point.revenue, t=t),
            _dollars(point.per_million, t),
            "" if point.apart else t("overlaps"),
        )
        for pair in answer.uses
        for point in pair.points
    )
    columns = (
        Column("tokens_of", t("tokens of"), wrap=True),
        Column("day", t("day"), Kind.DATE),
        Column("tokens", t("trillion a day"), Kind.NUMBER),
        Column("revenue", t("run rate, {unit}", unit=t.money_unit), Kind.MONEY),
        Column("per_million", t("USD a million tokens")),
        Column("apart", t("not compared")),
    )
    notes = (
        t(
            "Run rate: of the same firm, else of OpenAI and Anthropic together; between two told ones as if it had "
            "grown at one pace. OpenAI's is net of partners, Anthropic's before the share of clouds that resell it. "
            "USD a million tokens: only where revenue and tokens are both the firm's whole."
        ),
    )
    return Table(t("Tokens a day and run rate of revenue"), columns, rows, notes, t)


def _dollars(reading: Reading, t: Words) -> str:
    return f"{reading.value:.2f}" if isinstance(reading, Measure) else t(MARKS[reading.why])


def sentence(pairs: Sequence[Pair], *, t: Words = ENGLISH) -> str:
    """What the elasticities say together."""
    found = sorted(m.value for m in known(pair.elasticity for pair in pairs))
    if not found:
        return t("The book has no count of tokens on two days with revenue on both.")
    counts = t("{count} counts of tokens", count=len(found)) if len(found) > 1 else t("one count of tokens")
    said = t(
        "By {counts} revenue grew {least} to {most} percent for each percent more tokens",
        counts=counts,
        least=f"{found[0]:.2f}",
        most=f"{found[-1]:.2f}",
    )
    whole = [pair for pair in pairs if isinstance(pair.elasticity, Measure) and _one_business(pair)]
    beside = (
        "" if whole else t(" None of them has tokens and revenue of the same business, so they say nothing of a price.")
    )
    if found[-1] < 1.0:
        return t("{said}: use grew faster than revenue.{beside}", said=said, beside=beside)
    if found[0] > 1.0:
        return t("{said}: revenue grew faster than use.{beside}", said=said, beside=beside)
    return t("{said}: they do not agree.{beside}", said=said, beside=beside)


def _one_business(pair: Pair) -> bool:
    """Whether tokens and revenue are of one business at each point that is compared."""
    points = [p for p in pair.points if p.apart and isinstance(p.revenue, Measure)]
    return all(isinstance(p.per_million, Measure) for p in points)


def enterprise(spending: Spending, *, t: Words = ENGLISH) -> Table:
    """What enterprises pay for generative AI, by year."""
    rows = tuple(
        (
            f"{row.year}",
            t.named(row.compiler),
            row.amount.value,
            _percent(row.growth, "{:+.0%}", t=t),
            _percent(row.applications, t=t),
            _percent(row.infrastructure, t=t),
            _percent(row.of_software, t=t),
            cell(row.capital_spending, t=t),
            _percent(row.covered, t=t),
        )
        for row in spending.years
    )
    columns = (
        Column("year", t("year")),
        Column("compiler", t("counted by")),
        Column("amount", t("spending"), Kind.MONEY),
        Column("growth", t("growth")),
        Column("applications", t("on applications")),
        Column("infrastructure", t("on infrastructure")),
        Column("of_software", t("of software")),
        Column("capital_spending", t("capital spending of clouds"), Kind.MONEY),
        Column("covered", t("covered")),
    )
    firms = max((len(row.firms) for row in spending.years), default=0)
    notes = (
        t(
            "Of software: of spending on software as a service. Capital spending: all of it, of {firms} clouds with "
            "four quarters. Covered: a year's enterprise spending over a year's capital spending; consumers pay "
            "besides.",
            firms=firms,
        ),
    )
    return Table(t("What enterprises pay for generative AI, {unit}", unit=t.money_unit), columns, rows, notes, t)


def _percent(reading: Reading, form: str = "{:.0%}", *, t: Words) -> str:
    return form.format(reading.value) if isinstance(reading, Measure) else t(MARKS[reading.why])
