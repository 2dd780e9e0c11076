"""What accounts leave off the sheet, cash behind income, gains on stakes, new lives and losses through an owner."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cardhouse.book import Book
from cardhouse.book.series import YEAR_DAYS
from cardhouse.lenses.accounts import CashLines, Commitments, FirmAccounts, Gains, Implied, LifeChange
from cardhouse.lenses.measure import Gap, Measure, Reading, known, total
from cardhouse.views import lens
from cardhouse.views.relayed import relayed
from cardhouse.views.restate import ended
from cardhouse.views.table import Cell, Column, Kind, Table
from cardhouse.views.words import ENGLISH, Words

NONE = "the book has none"
"""Reason of a gap where nobody states a figure; it needs no line of its own below a table."""


def off_sheet(firms: Sequence[FirmAccounts], book: Book, *, t: Words = ENGLISH) -> Table:
    """Debt with what stands off the sheet added back."""
    shown = [f.commitments for f in firms if isinstance(f.commitments.debt, Measure)]
    rows = tuple(_debts(c, book, t) for c in shown)
    columns = (
        Column("firm", t("firm")),
        Column("debt", t("debt"), Kind.MONEY),
        Column("leases", t("leases"), Kind.MONEY),
        Column("leases_ahead", t("leases not begun"), Kind.MONEY),
        Column("leases_ahead_value", t("worth now"), Kind.MONEY),
        Column("guaranteed", t("guaranteed"), Kind.MONEY),
        Column("adjusted", t("adjusted debt"), Kind.MONEY),
        Column("leverage", t("debt to EBITDA")),
        Column("adjusted_leverage", t("adjusted to it")),
        Column("purchases", t("to buy"), Kind.MONEY),
    )
    notes = [
        t(
            "Adjusted: debt, leases, leases not begun at what they are worth now (at the mean rate on the firm's "
            "debt), guarantees with those of residual values at the most that could be paid. A dash is nothing in the "
            "book, not nothing owed. EBITDA is operating income before depreciation and after rents. To buy: purchase "
            "commitments, no debt and not added."
        ),
        *_ranges(shown, book, t),
        *_vehicles(shown, book, t),
        *lens.gap_notes((c.adjusted_leverage for c in shown), t=t),
        lens.rests((c.adjusted for c in shown), t=t),
    ]
    return Table(t("Debt with what stands off the sheet"), columns, rows, tuple(filter(None, notes)), t)


def _debts(c: Commitments, book: Book, t: Words) -> tuple[Cell, ...]:
    return (
        t.called(book, c.firm),
        lens.cell(c.debt, t=t),
        *(_money(r) for r in (c.leases, c.leases_ahead, c.leases_ahead_value, _guaranteed(c))),
        lens.cell(c.adjusted, t=t),
        _times(c.leverage, t),
        _times(c.adjusted_leverage, t),
        _money(c.purchases),
    )


def _money(reading: Reading) -> Cell:
    """A line of debt; one that the book does not have stays open in the table and is named in the note."""
    return reading.value if isinstance(reading, Measure) else "-"


def _guaranteed(c: Commitments) -> Reading:
    parts = known((c.guarantees, c.residual_values))
    return total(parts) if parts else c.guarantees


def _ranges(shown: Iterable[Commitments], book: Book, t: Words) -> tuple[str, ...]:
    """What leases that have not begun are worth with what is assumed of them at its ends."""
    parts = [
        t(
            "{firm} {low} to {high}",
            firm=t.called(book, c.firm),
            low=t.amount(c.leases_ahead_least.value),
            high=t.amount(c.leases_ahead_most.value),
        )
        for c in shown
        if isinstance(c.leases_ahead_least, Measure) and isinstance(c.leases_ahead_most, Measure)
    ]
    return (
        (t("Worth now with rate, start and term together at their ends: {ranges}.", ranges=t.comma.join(parts)),)
        if parts
        else ()
    )


def _vehicles(shown: Iterable[Commitments], book: Book, t: Words) -> tuple[str, ...]:
    lines = []
    for c in shown:
        if not isinstance(c.vehicles, Measure):
            continue
        held = c.residual_values.value if isinstance(c.residual_values, Measure) else 0.0
        lines.append(
            t(
                "{firm}: exposure to vehicles {vehicles}, of which {held} residual-value guarantees are added; the "
                "rest is equity on the sheet and commitments that may stand in leases not begun.",
                firm=t.called(book, c.firm),
                vehicles=f"{c.vehicles.value / t.money_scale:,.1f}",
                held=f"{held / t.money_scale:,.1f}",
            )
        )
    return tuple(lines)


def cash(firms: Sequence[FirmAccounts], book: Book, *, t: Words = ENGLISH) -> Table:
    """Capital spending against revenue and cash, cash behind income, days of working capital."""
    shown = [f.cash for f in firms if isinstance(f.cash.cash_flow, Measure)]
    rows = tuple(
        (
            t.called(book, c.firm),
            ended(c.cash_flow),
            *(lens.cell(r, t=t) for r in (c.to_revenue, c.to_cash, c.conversion, c.free_conversion)),
            *(_days(r, t) for r in (c.receivable_days, c.inventory_days, c.payable_days)),
        )
        for c in shown
    )
    columns = (
        Column("firm", t("firm")),
        Column("year_to", t("year to"), Kind.DATE),
        Column("to_revenue", t("spending to revenue"), Kind.PERCENT),
        Column("to_cash", t("spending to cash"), Kind.PERCENT),
        Column("conversion", t("cash to income"), Kind.PERCENT),
        Column("free_conversion", t("free cash to income"), Kind.PERCENT),
        Column("receivable_days", t("days receivable")),
        Column("inventory_days", t("days inventory")),
        Column("payable_days", t("days payable")),
    )
    notes = [
        t(
            "Spending: capital spending paid in cash; cash: operating cash flow; income: net income. Days: the closing "
            "balance over the sales (or cost) of the quarter that ends with it, else of the year."
        ),
        *_stated_days(shown, book, t),
        *lens.gap_notes(
            (r for c in shown for r in (c.to_revenue, c.to_cash, c.conversion, c.receivable_days)), most=6, t=t
        ),
        lens.rests((r for c in shown for r in (c.to_revenue, c.to_cash, c.conversion, c.receivable_days)), t=t),
    ]
    return Table(t("Spending, cash and days"), columns, rows, tuple(filter(None, notes)), t)


def _stated_days(shown: Iterable[CashLines], book: Book, t: Words) -> tuple[str, ...]:
    """Days that someone states for the balance that the computed ones are of."""
    return tuple(
        t(
            "{firm}: {days} days of receivables are stated for {day}.",
            firm=t.called(book, c.firm),
            days=f"{c.stated_receivable_days.value:g}",
            day=c.stated_receivable_days.end,
        )
        for c in shown
        if isinstance(c.stated_receivable_days, Measure)
    )


def gains(firms: Sequence[FirmAccounts], book: Book, *, t: Words = ENGLISH) -> Table:
    """Net income with known gains on stakes taken out."""
    shown = [f.gains for f in firms if f.gains.covered or isinstance(f.gains.beside_operations, Measure)]
    rows = tuple(
        (
            t.called(book, g.firm),
            ended(g.net_income),
            lens.cell(g.net_income, t=t),
            *(_money(r) for r in (g.gains, g.held_at_equity)),
            *((lens.cell(g.without, t=t), lens.cell(g.part, t=t)) if g.covered else ("-", "-")),
            lens.cell(g.beside_operations, t=t),
            _covered(g, t),
        )
        for g in shown
    )
    columns = (
        Column("firm", t("firm")),
        Column("year_to", t("year to"), Kind.DATE),
        Column("net_income", t("net income"), Kind.MONEY),
        Column("gains", t("gains before tax"), Kind.MONEY),
        Column("held_at_equity", t("at equity after tax"), Kind.MONEY),
        Column("without", t("net income without"), Kind.MONEY),
        Column("part", t("part"), Kind.PERCENT),
        Column("beside_operations", t("beside operations"), Kind.MONEY),
        Column("covered", t("quarters known")),
    )
    notes = [
        t(
            "Quarters known: of which the book has gains; those of others are not taken out. Part: known "
            "gains after tax over net income. Beside "
            "operations: net income less operating income less interest after tax; interest received is in it."
        ),
        *lens.gap_notes((g.beside_operations for g in shown), most=6, t=t),
        lens.rests((g.without for g in shown if g.covered), t=t),
    ]
    return Table(t("Gains on stakes taken out of income"), columns, rows, tuple(filter(None, notes)), t)


def _covered(g: Gains, t: Words) -> str:
    """How many of the year's quarters gains are known of."""
    if sum((end - start).days + 1 for start, end in g.covered) >= YEAR_DAYS[0]:
        return t("all")
    return t("{count} of 4", count=len(g.covered)) if g.covered else t("none")


def changes(firms: Sequence[FirmAccounts], book: Book, *, t: Words = ENGLISH) -> Table:
    """Every change of a life, computed and stated."""
    shown = [c for f in firms for c in f.changes]
    rows = tuple(_change(c, book, t) for c in shown)
    columns = (
        Column("firm", t("firm")),
        Column("day", t("from"), Kind.DATE),
        Column("years", t("years")),
        Column("standing", t("on what stood"), Kind.MONEY),
        Column("with_purchases", t("with purchases"), Kind.MONEY),
        Column("stated", t("stated"), Kind.MONEY),
        Column("off", t("off")),
        Column("income", t("net income"), Kind.MONEY),
        Column("stated_income", t("stated"), Kind.MONEY),
    )
    notes = [
        t(
            "Change of the first year's depreciation, then of its net income. Computed from spending by vintage and "
            "the last reported charge, for all short-lived plant; a firm states it for the servers it means. Off: "
            "computed with purchases over stated, less one; of net income where no depreciation is stated. A dash: "
            "none stated."
        ),
        *lens.gap_notes((c.with_purchases if isinstance(c.standing, Measure) else c.standing for c in shown), t=t),
        *lens.gap_notes((c.stated for c in shown if isinstance(c.stated, Gap) and c.stated.reason != NONE), t=t),
        *lens.flag_notes((r for c in shown for r in (c.with_purchases, c.stated)), t=t),
        lens.rests((c.with_purchases for c in shown), t=t),
    ]
    return Table(
        t("Changes of the useful life of servers, and what they did"), columns, rows, tuple(filter(None, notes)), t
    )


def _change(c: LifeChange, book: Book, t: Words) -> tuple[Cell, ...]:
    return (
        t.called(book, c.firm),
        c.day,
        t("{before} to {after}", before=f"{c.before.value:g}", after=f"{c.after.value:g}"),
        lens.cell(c.standing, t=t),
        lens.cell(c.with_purchases, t=t),
        _said(c.stated, t),
        _off(c.with_purchases, c.stated) or _off(c.income, c.stated_income),
        lens.cell(c.income, t=t),
        _said(c.stated_income, t),
    )


def _said(reading: Reading, t: Words) -> Cell:
    """A statement; a dash where the book has none, the mark of a gap where what is stated is for something else."""
    return "-" if isinstance(reading, Gap) and reading.reason == NONE else lens.cell(reading, t=t)


def _off(computed: Reading, stated: Reading) -> str:
    """Computed over stated, less one."""
    if not (isinstance(computed, Measure) and isinstance(stated, Measure)) or stated.value == 0.0:
        return ""
    return f"{computed.value / stated.value - 1.0:+.0%}"


def implied(firms: Sequence[FirmAccounts], book: Book, *, t: Words = ENGLISH) -> Table:
    """Losses of firms held at equity, as their owners' lines imply."""
    shown = [i for f in firms for i in f.implied]
    rows = tuple(_loss(i, book, t) for i in shown)
    columns = (
        Column("owner", t("owner")),
        Column("owned", t("owns part of")),
        Column("start", t("from"), Kind.DATE),
        Column("end", t("to"), Kind.DATE),
        Column("tax", t("line")),
        Column("line", t("owner's loss"), Kind.MONEY),
        Column("share", t("share")),
        Column("loss", t("loss implied"), Kind.MONEY),
        Column("published", t("others say"), wrap=True),
    )
    notes = [
        t(
            "Loss implied: the owner's reported share of the loss over the share it owns; a row for every share that "
            "may have counted. Before tax is the better base, for a firm with losses carried forward books no relief."
        ),
        *_shares(shown, book, t),
        *lens.gap_notes((i.loss for i in shown), most=4, t=t),
        *lens.flag_notes((i.loss for i in shown), most=4, t=t),
        lens.rests((i.loss for i in shown), t=t),
    ]
    return Table(t("Losses through an owner's accounts"), columns, rows, tuple(filter(None, notes)), t)


def _shares(shown: Iterable[Implied], book: Book, t: Words) -> tuple[str, ...]:
    """Shares with the days they are of."""
    lines = [
        t(
            "{owner} owned {share} of {owned} on {day}.",
            owner=t.called(book, i.owner),
            share=f"{i.share.value:.1%}",
            owned=t.called(book, i.owned),
            day=i.share.end,
        )
        for i in shown
        if isinstance(i.share, Measure)
    ]
    return tuple(dict.fromkeys(lines))


def _loss(i: Implied, book: Book, t: Words) -> tuple[Cell, ...]:
    return (
        t.called(book, i.owner),
        t.called(book, i.owned),
        i.line.start,
        i.line.end,
        relayed(t, i.tax),
        i.line.value,
        f"{i.share.value:.1%}" if isinstance(i.share, Measure) else "",
        lens.cell(i.loss, t=t),
        t.semicolon.join((f"{t.named(who)} {m.value / t.money_scale:,.1f}" for who, m in i.published)),
    )


def _times(reading: Reading, t: Words) -> Cell:
    return f"{reading.value:,.1f}" if isinstance(reading, Measure) else lens.cell(reading, t=t)


def _days(reading: Reading, t: Words) -> Cell:
    return f"{reading.value:,.0f}" if isinstance(reading, Measure) else lens.cell(reading, t=t)
