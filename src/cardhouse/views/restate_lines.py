"""What accounts leave off the sheet, cash behind income, gains on stakes, new lives and losses through an owner."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cardhouse.book import Book
from cardhouse.book.series import YEAR_DAYS
from cardhouse.lenses.accounts import CashLines, Commitments, FirmAccounts, Gains, Implied, LifeChange
from cardhouse.lenses.measure import Gap, Measure, Reading, known, total
from cardhouse.lenses.readings import entity_name
from cardhouse.views import lens
from cardhouse.views.restate import ended
from cardhouse.views.table import Cell, Column, Kind, Table, billions

NONE = "the book has none"
"""Reason of a gap where nobody states a figure; it needs no line of its own below a table."""


def off_sheet(firms: Sequence[FirmAccounts], book: Book) -> Table:
    """Debt with what stands off the sheet added back."""
    shown = [f.commitments for f in firms if isinstance(f.commitments.debt, Measure)]
    rows = tuple(_debts(c, book) for c in shown)
    columns = (
        Column("firm", "firm"),
        Column("debt", "debt", Kind.MONEY),
        Column("leases", "leases", Kind.MONEY),
        Column("leases_ahead", "leases not begun", Kind.MONEY),
        Column("leases_ahead_value", "worth now", Kind.MONEY),
        Column("guaranteed", "guaranteed", Kind.MONEY),
        Column("adjusted", "adjusted debt", Kind.MONEY),
        Column("leverage", "debt to EBITDA"),
        Column("adjusted_leverage", "adjusted to it"),
        Column("purchases", "to buy", Kind.MONEY),
    )
    notes = [
        "Adjusted: debt, leases, leases not begun at what they are worth now (at the mean rate on the firm's debt), "
        "guarantees with those of residual values at the most that could be paid. A dash is nothing in the book, not "
        "nothing owed. EBITDA is operating income before depreciation and after rents. To buy: purchase commitments, "
        "no debt and not added.",
        *_ranges(shown, book),
        *_vehicles(shown, book),
        *lens.gap_notes(c.adjusted_leverage for c in shown),
        lens.rests(c.adjusted for c in shown),
    ]
    return Table("Debt with what stands off the sheet", columns, rows, tuple(filter(None, notes)))


def _debts(c: Commitments, book: Book) -> tuple[Cell, ...]:
    return (
        entity_name(book, c.firm),
        lens.cell(c.debt),
        *(_money(r) for r in (c.leases, c.leases_ahead, c.leases_ahead_value, _guaranteed(c))),
        lens.cell(c.adjusted),
        _times(c.leverage),
        _times(c.adjusted_leverage),
        _money(c.purchases),
    )


def _money(reading: Reading) -> Cell:
    """A line of debt; one that the book does not have stays open in the table and is named in the note."""
    return reading.value if isinstance(reading, Measure) else "-"


def _guaranteed(c: Commitments) -> Reading:
    parts = known((c.guarantees, c.residual_values))
    return total(parts) if parts else c.guarantees


def _ranges(shown: Iterable[Commitments], book: Book) -> tuple[str, ...]:
    """What leases that have not begun are worth with what is assumed of them at its ends."""
    parts = [
        f"{entity_name(book, c.firm)} {billions(c.leases_ahead_least.value)} to {billions(c.leases_ahead_most.value)}"
        for c in shown
        if isinstance(c.leases_ahead_least, Measure) and isinstance(c.leases_ahead_most, Measure)
    ]
    return (f"Worth now with rate, start and term together at their ends: {', '.join(parts)}.",) if parts else ()


def _vehicles(shown: Iterable[Commitments], book: Book) -> tuple[str, ...]:
    lines = []
    for c in shown:
        if not isinstance(c.vehicles, Measure):
            continue
        held = c.residual_values.value if isinstance(c.residual_values, Measure) else 0.0
        lines.append(
            f"{entity_name(book, c.firm)}: exposure to vehicles {c.vehicles.value / 1000.0:,.1f}, of which "
            f"{held / 1000.0:,.1f} residual-value guarantees are added; the rest is equity on the sheet and "
            "commitments that may stand in leases not begun."
        )
    return tuple(lines)


def cash(firms: Sequence[FirmAccounts], book: Book) -> Table:
    """Capital spending against revenue and cash, cash behind income, days of working capital."""
    shown = [f.cash for f in firms if isinstance(f.cash.cash_flow, Measure)]
    rows = tuple(
        (
            entity_name(book, c.firm),
            ended(c.cash_flow),
            *(lens.cell(r) for r in (c.to_revenue, c.to_cash, c.conversion, c.free_conversion)),
            *(_days(r) for r in (c.receivable_days, c.inventory_days, c.payable_days)),
        )
        for c in shown
    )
    columns = (
        Column("firm", "firm"),
        Column("year_to", "year to", Kind.DATE),
        Column("to_revenue", "spending to revenue", Kind.PERCENT),
        Column("to_cash", "spending to cash", Kind.PERCENT),
        Column("conversion", "cash to income", Kind.PERCENT),
        Column("free_conversion", "free cash to income", Kind.PERCENT),
        Column("receivable_days", "days receivable"),
        Column("inventory_days", "days inventory"),
        Column("payable_days", "days payable"),
    )
    notes = [
        "Spending: capital spending paid in cash; cash: operating cash flow; income: net income. Days: the closing "
        "balance over the sales (or cost) of the quarter that ends with it, else of the year.",
        *_stated_days(shown, book),
        *lens.gap_notes((r for c in shown for r in (c.to_revenue, c.to_cash, c.conversion, c.receivable_days)), most=6),
        lens.rests(r for c in shown for r in (c.to_revenue, c.to_cash, c.conversion, c.receivable_days)),
    ]
    return Table("Spending, cash and days", columns, rows, tuple(filter(None, notes)))


def _stated_days(shown: Iterable[CashLines], book: Book) -> tuple[str, ...]:
    """Days that someone states for the balance that the computed ones are of."""
    return tuple(
        f"{entity_name(book, c.firm)}: {c.stated_receivable_days.value:g} days of receivables are stated for "
        f"{c.stated_receivable_days.end}."
        for c in shown
        if isinstance(c.stated_receivable_days, Measure)
    )


def gains(firms: Sequence[FirmAccounts], book: Book) -> Table:
    """Net income with known gains on stakes taken out."""
    shown = [f.gains for f in firms if f.gains.covered or isinstance(f.gains.beside_operations, Measure)]
    rows = tuple(
        (
            entity_name(book, g.firm),
            ended(g.net_income),
            lens.cell(g.net_income),
            *(_money(r) for r in (g.gains, g.held_at_equity)),
            *((lens.cell(g.without), lens.cell(g.part)) if g.covered else ("-", "-")),
            lens.cell(g.beside_operations),
            _covered(g),
        )
        for g in shown
    )
    columns = (
        Column("firm", "firm"),
        Column("year_to", "year to", Kind.DATE),
        Column("net_income", "net income", Kind.MONEY),
        Column("gains", "gains before tax", Kind.MONEY),
        Column("held_at_equity", "at equity after tax", Kind.MONEY),
        Column("without", "net income without", Kind.MONEY),
        Column("part", "part", Kind.PERCENT),
        Column("beside_operations", "beside operations", Kind.MONEY),
        Column("covered", "quarters known"),
    )
    notes = [
        "Quarters known: of which the book has gains; those of others are not taken out. Part: known "
        "gains after tax over net income. Beside "
        "operations: net income less operating income less interest after tax; interest received is in it.",
        *lens.gap_notes((g.beside_operations for g in shown), most=6),
        lens.rests(g.without for g in shown if g.covered),
    ]
    return Table("Gains on stakes taken out of income", columns, rows, tuple(filter(None, notes)))


def _covered(g: Gains) -> str:
    """How many of the year's quarters gains are known of."""
    if sum((end - start).days + 1 for start, end in g.covered) >= YEAR_DAYS[0]:
        return "all"
    return f"{len(g.covered)} of 4" if g.covered else "none"


def changes(firms: Sequence[FirmAccounts], book: Book) -> Table:
    """Every change of a life, computed and stated."""
    shown = [c for f in firms for c in f.changes]
    rows = tuple(_change(c, book) for c in shown)
    columns = (
        Column("firm", "firm"),
        Column("day", "from", Kind.DATE),
        Column("years", "years"),
        Column("standing", "on what stood", Kind.MONEY),
        Column("with_purchases", "with purchases", Kind.MONEY),
        Column("stated", "stated", Kind.MONEY),
        Column("off", "off"),
        Column("income", "net income", Kind.MONEY),
        Column("stated_income", "stated", Kind.MONEY),
    )
    notes = [
        "Change of the first year's depreciation, then of its net income. Computed from spending by vintage and the "
        "last reported charge, for all short-lived plant; a firm states it for the servers it means. Off: computed "
        "with purchases over stated, less one; of net income where no depreciation is stated. A dash: none stated.",
        *lens.gap_notes(c.with_purchases if isinstance(c.standing, Measure) else c.standing for c in shown),
        *lens.gap_notes(c.stated for c in shown if isinstance(c.stated, Gap) and c.stated.reason != NONE),
        *lens.flag_notes(r for c in shown for r in (c.with_purchases, c.stated)),
        lens.rests(c.with_purchases for c in shown),
    ]
    return Table("Changes of the useful life of servers, and what they did", columns, rows, tuple(filter(None, notes)))


def _change(c: LifeChange, book: Book) -> tuple[Cell, ...]:
    return (
        entity_name(book, c.firm),
        c.day,
        f"{c.before.value:g} to {c.after.value:g}",
        lens.cell(c.standing),
        lens.cell(c.with_purchases),
        _said(c.stated),
        _off(c.with_purchases, c.stated) or _off(c.income, c.stated_income),
        lens.cell(c.income),
        _said(c.stated_income),
    )


def _said(reading: Reading) -> Cell:
    """A statement; a dash where the book has none, the mark of a gap where what is stated is for something else."""
    return "-" if isinstance(reading, Gap) and reading.reason == NONE else lens.cell(reading)


def _off(computed: Reading, stated: Reading) -> str:
    """Computed over stated, less one."""
    if not (isinstance(computed, Measure) and isinstance(stated, Measure)) or stated.value == 0.0:
        return ""
    return f"{computed.value / stated.value - 1.0:+.0%}"


def implied(firms: Sequence[FirmAccounts], book: Book) -> Table:
    """Losses of firms held at equity, as their owners' lines imply."""
    shown = [i for f in firms for i in f.implied]
    rows = tuple(_loss(i, book) for i in shown)
    columns = (
        Column("owner", "owner"),
        Column("owned", "owns part of"),
        Column("start", "from", Kind.DATE),
        Column("end", "to", Kind.DATE),
        Column("tax", "line"),
        Column("line", "owner's loss", Kind.MONEY),
        Column("share", "share"),
        Column("loss", "loss implied", Kind.MONEY),
        Column("published", "others say", wrap=True),
    )
    notes = [
        "Loss implied: the owner's reported share of the loss over the share it owns; a row for every share that may "
        "have counted. Before tax is the better base, for a firm with losses carried forward books no relief.",
        *_shares(shown, book),
        *lens.gap_notes((i.loss for i in shown), most=4),
        *lens.flag_notes((i.loss for i in shown), most=4),
        lens.rests(i.loss for i in shown),
    ]
    return Table("Losses through an owner's accounts", columns, rows, tuple(filter(None, notes)))


def _shares(shown: Iterable[Implied], book: Book) -> tuple[str, ...]:
    """Shares with the days they are of."""
    lines = [
        f"{entity_name(book, i.owner)} owned {i.share.value:.1%} of {entity_name(book, i.owned)} on {i.share.end}."
        for i in shown
        if isinstance(i.share, Measure)
    ]
    return tuple(dict.fromkeys(lines))


def _loss(i: Implied, book: Book) -> tuple[Cell, ...]:
    return (
        entity_name(book, i.owner),
        entity_name(book, i.owned),
        i.line.start,
        i.line.end,
        i.tax,
        i.line.value,
        f"{i.share.value:.1%}" if isinstance(i.share, Measure) else "",
        lens.cell(i.loss),
        "; ".join(f"{who} {m.value / 1000.0:,.1f}" for who, m in i.published),
    )


def _times(reading: Reading) -> Cell:
    return f"{reading.value:,.1f}" if isinstance(reading, Measure) else lens.cell(reading)


def _days(reading: Reading) -> Cell:
    return f"{reading.value:,.0f}" if isinstance(reading, Measure) else lens.cell(reading)
