"""How much hangs on few customers, as sentences and tables."""

from __future__ import annotations

from cardhouse.book import Book
from cardhouse.lenses.concentration import Bounds, Concentration, Customers, Short
from cardhouse.lenses.concentration.implied import Implied
from cardhouse.lenses.measure import Gap, Measure, Reading
from cardhouse.lenses.money.planned import FAR
from cardhouse.views.lens import cell, dateline, gap_notes, rests
from cardhouse.views.money import SCOPES
from cardhouse.views.money_backlog import backlog_notes
from cardhouse.views.relayed import relayed
from cardhouse.views.table import Cell, Column, Kind, Table
from cardhouse.views.words import ENGLISH, N_, Words

MONTH_DAYS = 365 / 12
LISTED = 5
"""Customers named in a cell."""


def head(book: Book, scope: str, *, t: Words = ENGLISH) -> str:
    """What every table must carry."""
    return dateline(book, t.money_unit, t("ties: {ties}", ties=t(SCOPES[scope])), t=t)


def span(bounds: Bounds, *, t: Words = ENGLISH) -> str:
    """A share as a word: a value, or the range it lies in."""
    low, high = bounds.low.value, bounds.high.value
    return f"{low:.0%}" if bounds.exact else t("{low} to {high}", low=f"{low:.0%}", high=f"{high:.0%}")


def index(bounds: Bounds, *, t: Words = ENGLISH) -> str:
    """A Herfindahl index between 0 and 1, or its range."""
    low, high = bounds.low.value, bounds.high.value
    return f"{low:.2f}" if bounds.exact else t("{low} to {high}", low=f"{low:.2f}", high=f"{high:.2f}")


def headline(answer: Concentration, *, t: Words = ENGLISH) -> list[str]:
    """The answer in a few sentences."""
    name = t.called(answer.book, answer.firm)
    lines = [_reported_line(name, answer, t)]
    if isinstance(answer.last_year, Implied):
        first, share = answer.last_year.shares[0]
        lines.append(
            t(
                "By the ties {firm} paid {share} of its sales in the year to {end}.",
                firm=t.called(answer.book, first),
                share=f"{share.value:.0%}",
                end=answer.last_year.end,
            )
        )
    left, debt = answer.terms.contracts_left, answer.terms.debt_left
    if isinstance(left, Measure):
        owed = t(", its debt in {years}", years=f"{debt.value:.1f}") if isinstance(debt, Measure) else ""
        whole = sum(y.contracts.value for y in answer.terms.years)
        text = N_("Its contracts by tie of {amount} billion are paid in {years} years on average{debt}.")
        lines.append(t(text, amount=t.amount(whole), years=f"{left.value:.1f}", debt=owed))
    return lines


def _reported_line(name: str, answer: Concentration, t: Words) -> str:
    if not answer.beside:
        return t("The book has no share of a customer that {firm} reported.", firm=name)
    newest = answer.beside[0].reported
    return t(
        "{firm} reported for {start} to {end}: largest customer {largest}, five largest {five}, Herfindahl index "
        "{index}.",
        firm=name,
        start=newest.start,
        end=newest.end,
        largest=span(newest.largest, t=t),
        five=span(newest.five, t=t),
        index=index(newest.herfindahl, t=t),
    )


def reported(answer: Concentration, *, t: Words = ENGLISH) -> Table | str:
    """Each reported period beside what the ties imply."""
    if not answer.beside:
        return ""
    rows = tuple(
        (
            b.reported.start,
            b.reported.end,
            _as_said(b.reported, t),
            span(b.reported.largest, t=t),
            span(b.reported.five, t=t),
            index(b.reported.herfindahl, t=t),
            _by_ties(answer.book, b.implied, t),
        )
        for b in answer.beside
    )
    columns = (
        Column("start", t("from"), Kind.DATE),
        Column("end", t("to"), Kind.DATE),
        Column("said", t("as reported"), wrap=True),
        Column("largest", t("largest")),
        Column("five", t("five largest")),
        Column("herfindahl", t("Herfindahl")),
        Column("ties", t("as the ties imply"), wrap=True),
    )
    figures = [m for b in answer.beside for _, m in (*b.reported.shares, *b.reported.groups)]
    notes = (
        t("Ranges are bounds: a sum of several customers, or customers that are not named, leave the rest open."),
        rests(figures, t=t),
    )
    return Table(
        t("Customers of {firm} (share of revenue)", firm=t.called(answer.book, answer.firm)), columns, rows, notes, t
    )


def _as_said(found: Customers, t: Words) -> str:
    parts = [f"{relayed(t, item)} {100 * m.value:.4g}%" for item, m in found.shares]
    return t.comma.join(
        [*parts, *(t("top {count} {share}%", count=many, share=f"{100 * m.value:.4g}") for many, m in found.groups)]
    )


def _by_ties(book: Book, found: Implied | Gap, t: Words) -> str:
    if isinstance(found, Gap):
        return t("n/a ({reason})", reason=relayed(t, found.reason))
    return t.comma.join((f"{t.called(book, n)} {m.value:.0%}" for n, m in found.shares[:LISTED]))


def implied(answer: Concentration, *, t: Words = ENGLISH) -> Table | str:
    """What the ties imply for the last year and the plan."""
    found = [
        (w, x) for w, x in ((t("last year"), answer.last_year), (t("plan"), answer.plan)) if isinstance(x, Implied)
    ]
    if not found:
        return ""
    rows = tuple(
        (
            words,
            x.start,
            x.end,
            _by_ties(answer.book, x, t),
            sum(m.value for _, m in x.shares),
            span(x.largest, t=t),
            span(x.five, t=t),
            index(x.herfindahl, t=t),
        )
        for words, x in found
    )
    columns = (
        Column("window", t("window")),
        Column("start", t("from"), Kind.DATE),
        Column("end", t("to"), Kind.DATE),
        Column("ties", t("largest by ties"), wrap=True),
        Column("named", t("all ties"), Kind.PERCENT),
        Column("largest", t("largest")),
        Column("five", t("five largest")),
        Column("herfindahl", t("Herfindahl")),
    )
    notes = [t("The rest of revenue has no payer by a tie; the bounds let it be one customer, or ever so many.")]
    if any(x.exceeds for _, x in found):
        notes.append(t("The ties claim more than the revenue; they were scaled to it."))
    return Table(
        t("What the ties imply (share of revenue)"),
        columns,
        rows,
        (*notes, rests((m for _, x in found for _, m in x.shares), t=t)),
        t,
    )


def backlog(answer: Concentration, *, t: Words = ENGLISH) -> Table | str:
    """The backlog by customer."""
    b = answer.backlog
    if not b.customers:
        return (
            t("No backlog by customer: {reason}.", reason=relayed(t, b.explained.reason))
            if isinstance(b.explained, Gap)
            else ""
        )
    whole = b.reported if b.of_reported else b.explained
    base = whole.value if isinstance(whole, Measure) else 0.0
    rows: list[tuple[Cell, ...]] = [
        (t.called(answer.book, n), m.value, m.value / base if base else None, m.assumed) for n, m in b.customers
    ]
    if isinstance(answer.rest, Measure) and b.of_reported:
        rows.append((t("not explained by ties"), answer.rest.value, answer.rest.value / base if base else None, None))
    columns = (
        Column("customer", t("customer")),
        Column("amount", t("still to pay"), Kind.MONEY),
        Column("share", t("of the backlog") if b.of_reported else t("of the contracts"), Kind.PERCENT),
        Column("assumed", t("assumed"), Kind.PERCENT),
    )
    notes = (*backlog_notes(answer.book, b, t=t), *gap_notes([b.reported], t=t))
    return Table(t("Backlog by customer ({unit})", unit=t.money_unit), columns, tuple(rows), notes, t)


def terms(answer: Concentration, *, t: Words = ENGLISH) -> Table | str:
    """Contracts by the year in which they are paid, against principal that falls due."""
    due = answer.terms
    known = [y for y in due.years if y.contracts.value > 0 or (isinstance(y.debt, Measure) and y.debt.value > 0)]
    if not known:
        left = due.contracts_left
        return t("No contracts in: {reason}.", reason=relayed(t, left.reason)) if isinstance(left, Gap) else ""
    rows = tuple(
        (
            t("from {day} on", day=y.start) if y.end == FAR else t("{start} to {end}", start=y.start, end=y.end),
            y.contracts.value,
            cell(y.debt, t=t),
            cell(y.cover, t=t) if isinstance(y.cover, Measure) else None,
            y.contracts.assumed if y.contracts.value > 0 else None,
        )
        for y in due.years
    )
    columns = (
        Column("period", t("falls due")),
        Column("contracts", t("contracts in"), Kind.MONEY),
        Column("debt", t("debt due"), Kind.MONEY),
        Column("cover", t("contracts over debt"), Kind.NUMBER),
        Column("assumed", t("contracts assumed"), Kind.PERCENT),
    )
    rows = tuple((*r[:3], round(r[3], 1) if isinstance(r[3], float) else r[3], r[4]) for r in rows)
    return Table(
        t("Contracts by term left against the debt ({unit})", unit=t.money_unit),
        columns,
        rows,
        _term_notes(answer, t),
        t,
    )


def _term_notes(answer: Concentration, t: Words) -> tuple[str, ...]:
    due = answer.terms
    notes = [
        t(
            "Contracts are revenue, which has costs to pay before any debt: a cover of 1 is no safety. Maturities: "
            "{ladder}.",
            ladder=relayed(t, due.ladder),
        )
    ]
    if isinstance(due.contracts_left, Measure):
        text = N_("Weighted average term left: contracts {contracts} years, debt {debt}.")
        notes.append(t(text, contracts=f"{due.contracts_left.value:.1f}", debt=_years(due.debt_left, t)))
    if isinstance(due.undated, Measure) and due.undated.value > 0:
        notes.append(t("Debt whose maturity the book does not know: {amount}.", amount=t.amount(due.undated.value)))
    return (*notes, *gap_notes([due.undated], t=t))


def _years(reading: Reading, t: Words) -> str:
    return (
        t("{years} years", years=f"{reading.value:.1f}")
        if isinstance(reading, Measure)
        else t("not known ({reason})", reason=relayed(t, reading.reason))
    )


def everybody(book: Book, rows: tuple[Short, ...], *, t: Words = ENGLISH) -> Table:
    """All firms in one table."""
    columns = (
        Column("firm", t("firm")),
        Column("period", t("months to")),
        Column("largest", t("largest")),
        Column("five", t("five largest")),
        Column("herfindahl", t("Herfindahl")),
        Column("by_ties", t("largest by ties, last year"), wrap=True),
        Column("backlog", t("back- log"), Kind.MONEY),
        Column("first", t("its largest customer by ties"), wrap=True),
    )
    notes = (
        t(
            "Shares of revenue; ranges are bounds, where several customers are reported in one sum or not all are "
            "named. Periods are those that the firms report, so lines are not of one date."
        ),
    )
    return Table(
        t("Concentration of customers (backlog in {unit})", unit=t.money_unit),
        columns,
        tuple(_short(book, r, t) for r in rows),
        notes,
        t,
    )


def _short(book: Book, r: Short, t: Words) -> tuple[Cell, ...]:
    said: tuple[Cell, ...] = (None, None, None, None)
    if isinstance(r.reported, Customers):
        c = r.reported
        months = round(((c.end - c.start).days + 1) / MONTH_DAYS)
        said = (
            t("{months} to {day}", months=months, day=c.end),
            span(c.largest, t=t),
            span(c.five, t=t),
            index(c.herfindahl, t=t),
        )
    ties = ""
    if isinstance(r.implied, Implied):
        first, share = r.implied.shares[0]
        ties = f"{t.called(book, first)} {share.value:.0%}"
    hangs = t.called(book, r.first) if r.first else ""
    if isinstance(r.first_share, Measure):
        hangs = f"{hangs} {r.first_share.value:.0%}"
    backlog_ = r.backlog.value if isinstance(r.backlog, Measure) else None
    return (t.called(book, r.firm), *said, ties, backlog_, hangs)


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


def all_lines(rows: tuple[Short, ...]) -> Table:
    """All firms in full: shares and indices as fractions with their bounds, the backlog in USD million."""
    keys = (
        *("firm", "start", "end", "largest_low", "largest_high", "five_low", "five_high"),
        *("herfindahl_low", "herfindahl_high", "ties_start", "ties_end", "ties_customer", "ties_share"),
        *("backlog_day", "backlog_USD_million", "backlog_customer", "backlog_share"),
    )
    return Table("Customers of all firms", tuple(Column(k, k) for k in keys), tuple(_all_line(r) for r in rows))


def _all_line(r: Short) -> tuple[Cell, ...]:
    said: tuple[Cell, ...] = (None,) * 8
    if isinstance(r.reported, Customers):
        c = r.reported
        bounds = (b for pair in (c.largest, c.five, c.herfindahl) for b in (pair.low.value, pair.high.value))
        said = (c.start.isoformat(), c.end.isoformat(), *bounds)
    ties: tuple[Cell, ...] = (None,) * 4
    if isinstance(r.implied, Implied):
        first, share = r.implied.shares[0]
        ties = (r.implied.start.isoformat(), r.implied.end.isoformat(), first, share.value)
    amount: tuple[Cell, ...] = (None, None)
    if isinstance(r.backlog, Measure):
        amount = (r.backlog.end.isoformat(), r.backlog.value)
    part = r.first_share.value if isinstance(r.first_share, Measure) else None
    return (r.firm, *said, *ties, *amount, r.first or None, part)
