"""How much hangs on few customers, as sentences and tables."""

from __future__ import annotations

from cardhouse.book import Book
from cardhouse.lenses.concentration import Bounds, Concentration, Customers, Short
from cardhouse.lenses.concentration.implied import Implied
from cardhouse.lenses.measure import Gap, Measure, Reading
from cardhouse.lenses.money.planned import FAR
from cardhouse.lenses.readings import entity_name
from cardhouse.views.lens import cell, dateline, gap_notes, rests
from cardhouse.views.money import SCOPES
from cardhouse.views.money_backlog import backlog_line
from cardhouse.views.table import Cell, Column, Kind, Table, billions

LISTED = 5
"""Customers named in a cell."""


def head(book: Book, scope: str) -> str:
    """What every table must carry."""
    return dateline(book, "USD billion", f"ties: {SCOPES[scope]}")


def span(bounds: Bounds) -> str:
    """A share as a word: a value, or the range it lies in."""
    low, high = bounds.low.value, bounds.high.value
    return f"{low:.0%}" if bounds.exact else f"{low:.0%} to {high:.0%}"


def index(bounds: Bounds) -> str:
    """A Herfindahl index between 0 and 1, or its range."""
    low, high = bounds.low.value, bounds.high.value
    return f"{low:.2f}" if bounds.exact else f"{low:.2f} to {high:.2f}"


def headline(answer: Concentration) -> list[str]:
    """The answer in a few sentences."""
    name = entity_name(answer.book, answer.firm)
    lines = [_reported_line(name, answer)]
    if isinstance(answer.last_year, Implied):
        first, share = answer.last_year.shares[0]
        lines.append(
            f"By the ties {entity_name(answer.book, first)} paid {share.value:.0%} of its sales in the year to "
            f"{answer.last_year.end}."
        )
    t = answer.terms
    if isinstance(t.contracts_left, Measure):
        debt = f", its debt in {t.debt_left.value:.1f}" if isinstance(t.debt_left, Measure) else ""
        lines.append(f"Its contracts are paid in {t.contracts_left.value:.1f} years on average{debt}.")
    return lines


def _reported_line(name: str, answer: Concentration) -> str:
    if not answer.beside:
        return f"The book has no share of a customer that {name} reported."
    newest = answer.beside[0].reported
    return (
        f"{name} reported for {newest.start} to {newest.end}: largest customer {span(newest.largest)}, five largest "
        f"{span(newest.five)}, Herfindahl index {index(newest.herfindahl)}."
    )


def reported(answer: Concentration) -> Table | str:
    """Each reported period beside what the ties imply."""
    if not answer.beside:
        return ""
    rows = tuple(
        (
            b.reported.start,
            b.reported.end,
            _as_said(b.reported),
            span(b.reported.largest),
            span(b.reported.five),
            index(b.reported.herfindahl),
            _by_ties(answer.book, b.implied),
        )
        for b in answer.beside
    )
    columns = (
        Column("start", "from", Kind.DATE),
        Column("end", "to", Kind.DATE),
        Column("said", "as reported", wrap=True),
        Column("largest", "largest"),
        Column("five", "five largest"),
        Column("herfindahl", "Herfindahl"),
        Column("ties", "as the ties imply", wrap=True),
    )
    figures = [m for b in answer.beside for _, m in (*b.reported.shares, *b.reported.groups)]
    notes = (
        "Ranges are bounds: a sum of several customers, or customers that are not named, leave the rest open.",
        rests(figures),
    )
    return Table(f"Customers of {entity_name(answer.book, answer.firm)} (share of revenue)", columns, rows, notes)


def _as_said(found: Customers) -> str:
    parts = [f"{item} {100 * m.value:.4g}%" for item, m in found.shares]
    return ", ".join([*parts, *(f"top {many} {100 * m.value:.4g}%" for many, m in found.groups)])


def _by_ties(book: Book, found: Implied | Gap) -> str:
    if isinstance(found, Gap):
        return f"n/a ({found.reason})"
    return ", ".join(f"{entity_name(book, n)} {m.value:.0%}" for n, m in found.shares[:LISTED])


def implied(answer: Concentration) -> Table | str:
    """What the ties imply for the last year and the plan."""
    found = [(w, x) for w, x in (("last year", answer.last_year), ("plan", answer.plan)) if isinstance(x, Implied)]
    if not found:
        return ""
    rows = tuple(
        (
            words,
            x.start,
            x.end,
            _by_ties(answer.book, x),
            sum(m.value for _, m in x.shares),
            span(x.largest),
            span(x.five),
            index(x.herfindahl),
        )
        for words, x in found
    )
    columns = (
        Column("window", "window"),
        Column("start", "from", Kind.DATE),
        Column("end", "to", Kind.DATE),
        Column("ties", "largest by ties", wrap=True),
        Column("named", "all ties", Kind.PERCENT),
        Column("largest", "largest"),
        Column("five", "five largest"),
        Column("herfindahl", "Herfindahl"),
    )
    notes = ["The rest of revenue has no payer by a tie; the bounds let it be one customer, or ever so many."]
    if any(x.exceeds for _, x in found):
        notes.append("The ties claim more than the revenue; they were scaled to it.")
    return Table(
        "What the ties imply (share of revenue)",
        columns,
        rows,
        (*notes, rests(m for _, x in found for _, m in x.shares)),
    )


def backlog(answer: Concentration) -> Table | str:
    """The backlog by customer."""
    b = answer.backlog
    if not b.customers:
        return f"No backlog by customer: {b.explained.reason}." if isinstance(b.explained, Gap) else ""
    whole = b.reported if b.of_reported else b.explained
    base = whole.value if isinstance(whole, Measure) else 0.0
    rows: list[tuple[Cell, ...]] = [
        (entity_name(answer.book, n), m.value, m.value / base if base else None, m.assumed) for n, m in b.customers
    ]
    if isinstance(answer.rest, Measure) and b.of_reported:
        rows.append(("not explained by ties", answer.rest.value, answer.rest.value / base if base else None, None))
    columns = (
        Column("customer", "customer"),
        Column("amount", "still to pay", Kind.MONEY),
        Column("share", "of the backlog" if b.of_reported else "of the contracts", Kind.PERCENT),
        Column("assumed", "assumed", Kind.PERCENT),
    )
    own = [f"{item} {m.value:.0%} at {m.end}" for item, m in answer.backlog_shares]
    notes = [backlog_line(b.reported, b.explained), *gap_notes([b.reported])]
    if own:
        notes.append(f"By the firm itself: {', '.join(own)}.")
    return Table("Backlog by customer (USD billion)", columns, tuple(rows), tuple(notes))


def terms(answer: Concentration) -> Table | str:
    """Contracts by the year in which they are paid, against principal that falls due."""
    t = answer.terms
    known = [y for y in t.years if y.contracts.value > 0 or (isinstance(y.debt, Measure) and y.debt.value > 0)]
    if not known:
        return f"No contracts in: {t.contracts_left.reason}." if isinstance(t.contracts_left, Gap) else ""
    rows = tuple(
        (
            f"from {y.start} on" if y.end == FAR else f"{y.start} to {y.end}",
            y.contracts.value,
            cell(y.debt),
            cell(y.cover) if isinstance(y.cover, Measure) else None,
            y.contracts.assumed if y.contracts.value > 0 else None,
        )
        for y in t.years
    )
    columns = (
        Column("period", "falls due"),
        Column("contracts", "contracts in", Kind.MONEY),
        Column("debt", "debt due", Kind.MONEY),
        Column("cover", "contracts over debt", Kind.NUMBER),
        Column("assumed", "contracts assumed", Kind.PERCENT),
    )
    rows = tuple((*r[:3], round(r[3], 1) if isinstance(r[3], float) else r[3], r[4]) for r in rows)
    return Table("Contracts by term left against the debt (USD billion)", columns, rows, _term_notes(answer))


def _term_notes(answer: Concentration) -> tuple[str, ...]:
    t = answer.terms
    notes = [
        "Contracts are revenue, which has costs to pay before any debt: a cover of 1 is no safety. "
        f"Maturities: {t.ladder}."
    ]
    if isinstance(t.contracts_left, Measure):
        left = _years(t.debt_left)
        notes.append(f"Weighted average term left: contracts {t.contracts_left.value:.1f} years, debt {left}.")
    if isinstance(t.undated, Measure) and t.undated.value > 0:
        notes.append(f"Debt whose maturity the book does not know: {billions(t.undated.value)}.")
    return (*notes, *gap_notes([t.undated]))


def _years(reading: Reading) -> str:
    return f"{reading.value:.1f} years" if isinstance(reading, Measure) else f"not known ({reading.reason})"


def everybody(book: Book, rows: tuple[Short, ...]) -> Table:
    """All firms in one table."""
    columns = (
        Column("firm", "firm"),
        Column("period", "reported to", Kind.DATE),
        Column("largest", "largest"),
        Column("five", "five largest"),
        Column("herfindahl", "Herfindahl"),
        Column("by_ties", "largest by ties, last year", wrap=True),
        Column("backlog", "backlog", Kind.MONEY),
        Column("first", "its largest customer by ties", wrap=True),
    )
    notes = (
        "Shares of revenue; ranges are bounds, where several customers are reported in one sum or not all are named. "
        "Periods are those that the firms report, so lines are not of one date.",
    )
    return Table(
        "Concentration of customers (backlog in USD billion)", columns, tuple(_line(book, r) for r in rows), notes
    )


def _line(book: Book, r: Short) -> tuple[Cell, ...]:
    said: tuple[Cell, ...] = (None, None, None, None)
    if isinstance(r.reported, Customers):
        c = r.reported
        said = (c.end, span(c.largest), span(c.five), index(c.herfindahl))
    ties = ""
    if isinstance(r.implied, Implied):
        first, share = r.implied.shares[0]
        ties = f"{entity_name(book, first)} {share.value:.0%}"
    hangs = entity_name(book, r.first) if r.first else ""
    if isinstance(r.first_share, Measure):
        hangs = f"{hangs} {r.first_share.value:.0%}"
    backlog_ = r.backlog.value if isinstance(r.backlog, Measure) else None
    return (entity_name(book, r.firm), *said, ties, backlog_, hangs)


def lines(answer: Concentration) -> Table:
    """Everything in rows: shares by customer and period, reported and implied."""
    rows: list[tuple[Cell, ...]] = []
    for b in answer.beside:
        c = b.reported
        for item, m in (*c.shares, *((f"top-{k}", m) for k, m in c.groups)):
            rows.append(("reported", c.start.isoformat(), c.end.isoformat(), item, m.value, m.assumed))
        rows += _implied_lines("by ties", b.implied)
    rows += [*_implied_lines("last year", answer.last_year), *_implied_lines("plan", answer.plan)]
    keys = ("kind", "start", "end", "customer", "share", "assumed")
    return Table("Customers", tuple(Column(k, k) for k in keys), tuple(rows))


def _implied_lines(kind: str, found: Implied | Gap) -> list[tuple[Cell, ...]]:
    if isinstance(found, Gap):
        return []
    start, end = found.start.isoformat(), found.end.isoformat()
    return [(kind, start, end, firm, m.value, m.assumed) for firm, m in found.shares]
