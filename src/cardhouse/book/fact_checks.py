"""Errors of facts, sources, metrics, rates and assumptions: such a row is left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from cardhouse.book.checks import error
from cardhouse.book.draft import Draft, Record
from cardhouse.book.faults import Fault, shown
from cardhouse.book.records import Assumption, Fact, Layer, Metric, MetricKind, Rate, Term, Tie, TieKind, Tier
from cardhouse.book.units import CURRENCIES, UNITS, NoRate

CONVERTIBLE = ("money", "price")


@error
def duplicate_id(draft: Draft) -> Iterator[Fault]:
    """Find rows whose id is taken: the first is kept."""
    for table in ("firms", "subjects", "metrics", "sources", "ties", "assumptions"):
        first: dict[str, Record] = {}
        for row in draft.of(table):
            seen = first.setdefault(row.id, row)
            if seen is not row:
                yield draft.error(row, f"the id is taken by {seen.where}", "each id once", "rename or remove this row")
    firms = draft.firm
    for subject in draft.subjects:
        if subject.id in firms:
            place = firms[subject.id].where
            problem = f"the id is taken by the firm at {place}"
            yield draft.error(subject, problem, "an id of its own", "rename or remove this row")


@error
def unknown_entity(draft: Draft) -> Iterator[Fault]:
    """Find facts about nobody the book knows."""
    known = draft.entities
    for fact in draft.facts:
        if fact.entity not in known:
            yield draft.unknown(fact, "entity", fact.entity, known, "firms", "subjects")


@error
def unknown_metric(draft: Draft) -> Iterator[Fault]:
    """Find facts with a word that metrics.csv does not have."""
    known = draft.metric
    for fact in draft.facts:
        if fact.metric not in known:
            yield draft.unknown(fact, "metric", fact.metric, known, "metrics")


@error
def unknown_source(draft: Draft) -> Iterator[Fault]:
    """Find rows with a source that sources.csv does not have."""
    known = draft.source
    tables: tuple[Sequence[Fact | Tie | Term | Assumption | Rate], ...] = (
        draft.facts,
        draft.ties,
        draft.terms,
        draft.assumptions,
        draft.rates,
    )
    for rows in tables:
        for row in rows:
            name = row.source
            if name not in known and name:
                yield draft.unknown(row, "source", name, known, "sources")


@error
def unknown_unit(draft: Draft) -> Iterator[Fault]:
    """Find facts, metrics, assumptions and ties with a unit outside the table of units."""
    tables: tuple[Sequence[Fact | Metric | Assumption | Tie], ...] = (
        draft.facts,
        draft.metrics,
        draft.assumptions,
        draft.ties,
    )
    for rows in tables:
        for row in rows:
            unit = row.unit
            if unit not in UNITS and unit:
                hint = draft.suggest("unit", unit, UNITS) or "see the units in docs/book.md"
                yield draft.error(row, f"unknown unit {shown(unit)}", "a unit of the table of units", hint)


@error
def unit_of_another_kind(draft: Draft) -> Iterator[Fault]:
    """Find facts whose unit measures something else than their metric."""
    for fact in draft.facts:
        metric = draft.metric.get(fact.metric)
        if metric is None or fact.unit == metric.unit:
            continue
        mine, its = UNITS.get(fact.unit), UNITS.get(metric.unit)
        if mine is None or its is None or (mine.kind == its.kind and mine.kind in CONVERTIBLE):
            continue
        expected = f"{metric.unit}{' or its like in another currency' * (its.kind in CONVERTIBLE)}"
        yield draft.error(fact, f"unit {fact.unit} for {metric.id}", expected, "convert the value")


@error
def flow_without_start(draft: Draft) -> Iterator[Fault]:
    """Find flows without the first day of their period."""
    flows = {metric.id for metric in draft.metrics if metric.kind is MetricKind.FLOW}
    for fact in draft.facts:
        if fact.start is None and fact.metric in flows:
            yield draft.error(fact, "a flow without a start", "the first day of the period", "fill in start")


@error
def stock_with_start(draft: Draft) -> Iterator[Fault]:
    """Find stocks with a start: a stock is of one day."""
    stocks = {metric.id for metric in draft.metrics if metric.kind is MetricKind.STOCK}
    for fact in draft.facts:
        if fact.start is not None and fact.metric in stocks:
            yield draft.error(fact, f"a stock with a start, {fact.start}", "an end alone", "clear start")


@error
def end_before_start(draft: Draft) -> Iterator[Fault]:
    """Find periods that end before they start."""
    for fact in draft.facts:
        if fact.start is not None and fact.end < fact.start:
            yield _backwards(draft, fact, fact.start, fact.end)
    for rows in (draft.ties, draft.assumptions, draft.rates):
        for row in rows:
            if row.start and row.end and row.end < row.start:
                yield _backwards(draft, row, row.start, row.end)
    for term in draft.terms:
        if term.from_ and term.to and term.to < term.from_:
            yield _backwards(draft, term, term.from_, term.to)


def _backwards(draft: Draft, row: Record, start: date, end: date) -> Fault:
    problem = f"it ends on {end} and starts on {start}"
    return draft.error(row, problem, "an end on or after the start", "swap or mend them")


@error
def same_fact_twice(draft: Draft) -> Iterator[Fault]:
    """Find facts that one source says twice: the first is kept."""
    for facts in draft.series.values():
        if len(facts) == 1:
            continue
        first: dict[tuple[object, ...], Fact] = {}
        for fact in facts:
            said = (fact.start, fact.end, fact.item, fact.source, fact.known, fact.value, fact.unit)
            seen = first.setdefault(said, fact)
            if seen is not fact:
                yield draft.error(fact, f"the same fact as {seen.where}", "each fact once", "remove one")


@error
def no_exchange_rate(draft: Draft) -> Iterator[Fault]:
    """Find figures in another currency without an exchange rate."""
    foreign = {unit.id for unit in UNITS.values() if unit.currency not in ("", "USD")}
    exchange, metrics = draft.exchange, draft.metric
    for fact in draft.facts:
        if fact.unit in foreign and fact.metric in metrics:
            try:
                exchange.rate_of(fact, metrics[fact.metric].kind)
            except NoRate as gap:
                yield draft.error(fact, gap.problem, gap.expected, gap.action)


@error
def wrong_rate(draft: Draft) -> Iterator[Fault]:
    """Find exchange rates for no known currency, or not above zero."""
    for rate in draft.rates:
        if rate.currency not in CURRENCIES:
            expected = f"one of {', '.join(CURRENCIES)}"
            yield draft.error(rate, f"unknown currency {shown(rate.currency)}", expected, "mend or remove")
        elif rate.usd <= 0:
            yield draft.error(rate, f"a rate of {rate.usd:g}", "dollars for one unit, above zero", "mend it")


@error
def same_rate_twice(draft: Draft) -> Iterator[Fault]:
    """Find rates that one source gives twice: the first is kept."""
    first: dict[tuple[object, ...], Record] = {}
    for rate in draft.rates:
        seen = first.setdefault((rate.currency, rate.start, rate.end, rate.source, rate.known), rate)
        if seen is not rate:
            yield draft.error(rate, f"the same rate as {seen.where}", "each rate once", "remove one")


@error
def wrong_assumption(draft: Draft) -> Iterator[Fault]:
    """Find assumptions about nobody, or with low, central and high out of order."""
    groups = {"layer": Layer, "tier": Tier, "kind": TieKind}
    subjects = {"all"} | {f"{name}:{word}" for name, words in groups.items() for word in words} | draft.entities
    for row in draft.assumptions:
        if row.subject not in subjects:
            yield draft.unknown(row, "subject", row.subject, subjects, "firms", "subjects")
        if not row.low <= row.central <= row.high:
            problem = f"low {row.low:g}, central {row.central:g}, high {row.high:g} are out of order"
            yield draft.error(row, problem, "low <= central <= high", "put them in order")
