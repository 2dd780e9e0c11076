"""One firm's money: its investors, and what a dollar of a round is spent on."""

from __future__ import annotations

from cardhouse.lenses.capital import FirmCapital, Outlay, Pledge, Spending
from cardhouse.lenses.measure import Gap, Measure
from cardhouse.views.lens import cell, gap_notes, rests
from cardhouse.views.table import Cell, Column, Kind, Table, billions

LEAST_SHARE = 0.005
"""Firms below this part of the dollar are not named among its ends."""


def promises(answer: FirmCapital) -> list[str]:
    """What investors promised and what is known to be paid."""
    if not answer.pledges:
        return [f"The book has no investor's tie to {answer.name}."]
    said = [f"{len(answer.pledges)} promises of investors"]
    if isinstance(answer.promised, Measure):
        said.append(f"{billions(answer.promised.value)} billion promised and not lapsed")
    if isinstance(answer.paid, Measure):
        said.append(f"{billions(answer.paid.value)} billion known to be paid")
    return ["; ".join(said) + "."]


def pledges(answer: FirmCapital) -> Table:
    """Each investor's promise with its status; what nobody says was paid stays unpaid."""
    columns = (
        Column("day", "announced", Kind.DATE),
        Column("investor", "investor", wrap=True),
        Column("status", "status"),
        Column("amount", "promised", Kind.MONEY),
        Column("paid", "known paid", Kind.MONEY),
        Column("tie", "tie", wrap=True),
    )
    rows = tuple(_pledge(p) for p in answer.pledges)
    notes = (*gap_notes(p.paid for p in answer.pledges), rests(m for p in answer.pledges for m in (p.amount, p.paid)))
    return Table("Investors", columns, rows, notes)


def _pledge(p: Pledge) -> tuple[Cell, ...]:
    return (p.announced, p.investor, p.status, cell(p.amount), cell(p.paid), p.tie)


def spent(answer: FirmCapital) -> list[Table | str]:
    """What a dollar is spent on, by payee and by the layer where it ends."""
    own = answer.spending
    if isinstance(own, Gap):
        return [f"What a dollar is spent on: n/a, {own}."]
    return [_outlays(own), *([_endings(own)] if own.endings else [])]


def _outlays(own: Spending) -> Table:
    columns = (
        Column("payee", "paid to", wrap=True),
        Column("bought", "for", wrap=True),
        Column("share", "of the dollar", Kind.PERCENT),
        Column("amount", "USD bn", Kind.MONEY),
        Column("binding", "binding", Kind.PERCENT),
        Column("ties", "ties"),
    )
    rows = tuple(_outlay(o) for o in own.outlays)
    some = "" if own.complete else " Only these contracts are known: staff and all other costs are missing."
    merged = (f"{own.name} was merged into {own.group}: these are the outlays of {own.group}.",) if own.group else ()
    notes = (
        *merged,
        f"Outlays due from {own.start} to {own.end} as known on {own.since}; a round's dollar is taken to be spent "
        f"like all others.{some} Binding: owed whether used or not.",
        rests(o.amount for o in own.outlays),
    )
    who = own.group or own.name
    title = f"What a dollar of {who} is spent on" if own.complete else f"What is known of the outlays of {who}"
    return Table(title, columns, rows, notes)


def _outlay(o: Outlay) -> tuple[Cell, ...]:
    states = ", ".join(dict.fromkeys(state for _, state in o.ties))
    name, bought = (o.name, o.bought) if o.payee else ("outside the book", o.bought)
    return (name, bought, cell(o.share), o.amount.value, o.binding if o.payee else None, states)


def _endings(own: Spending) -> Table:
    columns = (
        Column("layer", "layer", Kind.CODE),
        Column("share", "of the dollar", Kind.PERCENT),
        Column("firms", "firms where it ends", wrap=True),
    )
    rows = tuple(
        (e.layer, cell(e.share), ", ".join(f"{name} {part:.1%}" for name, part in e.firms if part >= LEAST_SHARE))
        for e in own.endings
    )
    notes = (
        "Where the dollar leaves the book: with a firm's staff, tax office, lenders and suppliers outside it, or in "
        "its savings. Payees pass on what they receive in the mix of their own outlays.",
    )
    return Table("Where the dollar ends", columns, rows, notes)


def lines(answer: FirmCapital) -> Table:
    """What a dollar is spent on, in full, for a file."""
    columns = (
        Column("firm", "firm"),
        Column("since", "as known on", Kind.DATE),
        Column("payee", "paid to"),
        Column("bought", "for"),
        Column("share", "of the dollar", Kind.NUMBER),
        Column("amount", "USD million", Kind.MONEY),
        Column("binding", "binding", Kind.NUMBER),
        Column("assumed", "share assumed", Kind.NUMBER),
        Column("ties", "ties"),
    )
    own = answer.spending
    if isinstance(own, Gap):
        return Table("", columns, ())
    rows = tuple(
        (
            own.firm,
            own.since,
            o.payee or "outside",
            o.bought,
            cell(o.share),
            o.amount.value,
            o.binding,
            o.amount.assumed,
            " ".join(f"{tie} ({state})" for tie, state in o.ties),
        )
        for o in own.outlays
    )
    return Table("", columns, rows)
