"""Warnings about sums that do not agree: the rows are kept, somebody should look at them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise

from cardhouse.book.checks import warning
from cardhouse.book.draft import Draft
from cardhouse.book.faults import Fault
from cardhouse.book.records import Fact, MetricKind, Term
from cardhouse.book.units import UNITS

YEAR = (350, 380)
QUARTER = (80, 100)
SEAM = timedelta(days=4)
TOLERANCE = 0.005
"""Quarters may miss their year by half a percent: sources round to 100 million."""
ROUNDING = 2.0
"""... or by two of the row's units: four rounded figures."""
BALANCE_TOLERANCE = 0.01
ASSETS = (
    "cash_and_investments",
    "accounts_receivable",
    "inventory",
    "property_and_equipment_net",
    "goodwill",
)
CLAIMS = ("total_equity", "total_debt", "accounts_payable", "deferred_revenue")


def _days(fact: Fact) -> int:
    return (fact.end - fact.start).days + 1 if fact.start else 0


@warning
def quarters_do_not_add_up(draft: Draft) -> Iterator[Fault]:
    """Find years that differ from the sum of their four quarters."""
    flows = {m.id for m in draft.metrics if m.kind is MetricKind.FLOW and UNITS[m.unit].kind != "share"}
    for (entity, metric), facts in draft.series.items():
        if metric not in flows or not any(YEAR[0] <= _days(fact) <= YEAR[1] for fact in facts):
            continue
        chosen = draft.chosen(entity, metric)
        for item in {fact.item for fact in chosen}:
            rows = [fact for fact in chosen if fact.item == item]
            quarters = sorted((f for f in rows if QUARTER[0] <= _days(f) <= QUARTER[1]), key=_start)
            starts = [_start(fact) for fact in quarters]
            for year in rows:
                if YEAR[0] <= _days(year) <= YEAR[1]:
                    place = bisect_left(starts, _start(year) - SEAM)
                    yield from _compare(draft, year, quarters[place : place + 4])


def _start(fact: Fact) -> date:
    return fact.start or fact.end


def _compare(draft: Draft, year: Fact, quarters: Sequence[Fact]) -> Iterator[Fault]:
    """Compare a year with the four quarters from its start on, if they fill it."""
    if len(quarters) < 4 or abs(quarters[-1].end - year.end) > SEAM or abs(_start(quarters[0]) - _start(year)) > SEAM:
        return
    if any(abs(b.start - a.end) > SEAM for a, b in pairwise(quarters) if b.start):
        return
    if len({fact.unit for fact in (year, *quarters)}) > 1:
        return
    total = sum(fact.value for fact in quarters)
    gap = total - year.value
    if abs(gap) > max(TOLERANCE * abs(year.value), ROUNDING):
        percent = f" ({100 * gap / year.value:+.1f} %)" if year.value else ""
        problem = f"the year says {year.value:,.10g}, its quarters add up to {total:,.10g}: {gap:+,.10g}{percent}"
        places = ", ".join(str(fact.where.line) for fact in quarters)
        yield draft.warning(year, problem, "the same sum", f"compare with lines {places}")


@warning
def balance_sheet_does_not_balance(draft: Draft) -> Iterator[Fault]:
    """Find total assets that differ from liabilities and equity, or fall short of what is listed."""
    for entity, metric in draft.series:
        if metric != "total_assets":
            continue
        found = {
            name: {(f.end, f.unit): f for f in draft.chosen(entity, name) if not f.item}
            for name in (*ASSETS, *CLAIMS, "total_liabilities")
        }
        for total in draft.chosen(entity, metric):
            if total.item:
                continue
            here = {name: rows[at].value for name, rows in found.items() if (at := (total.end, total.unit)) in rows}
            yield from _balance(draft, total, here)


def _balance(draft: Draft, total: Fact, here: dict[str, float]) -> Iterator[Fault]:
    slack = BALANCE_TOLERANCE * abs(total.value)
    if {"total_liabilities", "total_equity"} <= here.keys():
        claims = here["total_liabilities"] + here["total_equity"]
        if abs(claims - total.value) > slack:
            problem = f"assets of {total.value:,.10g}, liabilities and equity of {claims:,.10g}"
            yield draft.warning(total, problem, "the same sum", "compare the three rows")
    for names in (ASSETS, CLAIMS):
        parts = {name: here[name] for name in names if name in here}
        if sum(parts.values()) > total.value + slack:
            listed = " + ".join(f"{name} {value:,.10g}" for name, value in parts.items())
            problem = f"assets of {total.value:,.10g}, but {listed} is more"
            yield draft.warning(total, problem, "parts within the whole", "compare the rows")


@warning
def terms_above_amount(draft: Draft) -> Iterator[Fault]:
    """Find ties whose schedule, debt outstanding or maturities exceed their amount."""
    terms: dict[str, list[Term]] = {}
    for term in draft.terms:
        terms.setdefault(term.tie, []).append(term)
    for name, rows in terms.items():
        tie = draft.tie[name]
        if tie.amount is None:
            continue
        paid = max((row for row in rows if row.term == "paid_to_date"), key=_until, default=None)
        done = paid.to if paid else None
        due = sum(_left(row, done) for row in rows if row.term in ("schedule", "ramp"))
        sums = {
            ("schedule", "ramp"): due + (paid.number if paid else 0.0),
            ("maturity",): sum(row.number for row in rows if row.term == "maturity"),
            ("drawn",): max((row.number for row in rows if row.term == "drawn"), default=0.0),
        }
        for words, total in sums.items():
            if total > tie.amount * (1 + TOLERANCE) + ROUNDING:
                first = next((row for row in rows if row.term in words), rows[0])
                problem = f"{words[0]} of {total:,.10g} on an amount of {tie.amount:,.10g} ({tie.where})"
                yield draft.warning(first, problem, "at most the amount", "mend one of them")


def _until(term: Term) -> date:
    return term.to or date.min


def _left(term: Term, paid: date | None) -> float:
    """Part of a schedule's row that falls after the day up to which payments are known."""
    if paid is None or term.from_ is None or term.to is None or term.from_ > paid:
        return term.number
    days = (term.to - term.from_).days + 1
    return term.number * max(0, (term.to - paid).days) / days
