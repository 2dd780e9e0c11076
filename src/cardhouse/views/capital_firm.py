"""One firm's money: its investors, and what a dollar of a round is spent on."""

from __future__ import annotations

from cardhouse.lenses.capital import FirmCapital, Outlay, Pledge, Spending
from cardhouse.lenses.measure import Gap, Measure
from cardhouse.views.lens import cell, gap_notes, rests
from cardhouse.views.relayed import relayed
from cardhouse.views.table import Cell, Column, Kind, Table
from cardhouse.views.words import ENGLISH, N_, Words

LEAST_SHARE = 0.005
"""Firms below this part of the dollar are not named among its ends."""


def promises(answer: FirmCapital, *, t: Words = ENGLISH) -> list[str]:
    """What investors promised and what is known to be paid."""
    if not answer.pledges:
        return [t("The book has no investor's tie to {firm}.", firm=t.named(answer.name))]
    said = [t("{count} promises of investors", count=len(answer.pledges))]
    for text, sum_ in (
        (N_("{amount} billion agreed"), answer.agreed),
        (N_("{amount} billion known to be paid"), answer.paid),
        (N_("{amount} billion by letter, announced, reported or unclear, which may come to nothing"), answer.loose),
    ):
        if isinstance(sum_, Measure):
            said.append(t(text, amount=t.amount(sum_.value)))
    return [t("{said}.", said=t.semicolon.join(said))]


def pledges(answer: FirmCapital, *, t: Words = ENGLISH) -> Table:
    """Each investor's promise with its status; what nobody says was paid stays unpaid."""
    columns = (
        Column("day", t("announced"), Kind.DATE),
        Column("investor", t("investor"), wrap=True),
        Column("status", t("status")),
        Column("amount", t("promised"), Kind.MONEY),
        Column("paid", t("known paid"), Kind.MONEY),
        Column("tie", t("tie"), wrap=True),
    )
    rows = tuple(_pledge(p, t) for p in answer.pledges)
    notes = (
        *gap_notes((p.paid for p in answer.pledges), t=t),
        rests((m for p in answer.pledges for m in (p.amount, p.paid)), t=t),
    )
    return Table(t("Investors"), columns, rows, notes, t)


def _pledge(p: Pledge, t: Words) -> tuple[Cell, ...]:
    return (p.announced, t.named(p.investor), relayed(t, p.status), cell(p.amount, t=t), cell(p.paid, t=t), p.tie)


def spent(answer: FirmCapital, *, t: Words = ENGLISH) -> list[Table | str]:
    """What a dollar is spent on, by payee and by the layer where it ends."""
    own = answer.spending
    if isinstance(own, Gap):
        return [t("What a dollar is spent on: n/a, {reason}.", reason=relayed(t, str(own)))]
    return [_outlays(own, t), *([_endings(own, t)] if own.endings else [])]


def _outlays(own: Spending, t: Words) -> Table:
    columns = (
        Column("payee", t("paid to"), wrap=True),
        Column("bought", t("for"), wrap=True),
        Column("share", t("of the dollar"), Kind.PERCENT),
        Column("amount", t("USD bn"), Kind.MONEY),
        Column("binding", t("binding"), Kind.PERCENT),
        Column("ties", t("ties")),
    )
    rows = tuple(_outlay(o, t) for o in own.outlays)
    some = "" if own.complete else t(" Only these contracts are known: staff and all other costs are missing.")
    merged = (
        (
            t(
                "{firm} was merged into {group}: these are the outlays of {group}.",
                firm=t.named(own.name),
                group=t.named(own.group),
            ),
        )
        if own.group
        else ()
    )
    notes = (
        *merged,
        t(
            "Outlays due from {start} to {end} as known on {since}; a round's dollar is taken to be spent like all "
            "others.{some} Binding: owed whether used or not.",
            start=own.start,
            end=own.end,
            since=own.since,
            some=some,
        ),
        rests((o.amount for o in own.outlays), t=t),
    )
    who = t.named(own.group or own.name)
    title = (
        t("What a dollar of {firm} is spent on", firm=who)
        if own.complete
        else t("What is known of the outlays of {firm}", firm=who)
    )
    return Table(title, columns, rows, notes, t)


def _outlay(o: Outlay, t: Words) -> tuple[Cell, ...]:
    states = t.comma.join(dict.fromkeys(relayed(t, state) for _, state in o.ties))
    name = t.named(o.name) if o.payee else t("outside the book")
    return (name, relayed(t, o.bought), cell(o.share, t=t), o.amount.value, o.binding if o.payee else None, states)


def _endings(own: Spending, t: Words) -> Table:
    columns = (
        Column("layer", t("layer"), Kind.CODE),
        Column("share", t("of the dollar"), Kind.PERCENT),
        Column("firms", t("firms where it ends"), wrap=True),
    )
    rows = tuple(
        (
            e.layer,
            cell(e.share, t=t),
            t.comma.join((f"{t.named(name)} {part:.1%}" for name, part in e.firms if part >= LEAST_SHARE)),
        )
        for e in own.endings
    )
    notes = (
        t(
            "Where the dollar leaves the book: with a firm's staff, tax office, lenders and suppliers outside it, or "
            "in its savings. Payees pass on what they receive in the mix of their own outlays."
        ),
    )
    return Table(t("Where the dollar ends"), columns, rows, notes, t)


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
