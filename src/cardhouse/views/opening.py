"""The opening of one firm: what each figure is and what it was made from."""

from __future__ import annotations

from cardhouse.economy.contracts import Contract
from cardhouse.economy.figure import Figure, shares
from cardhouse.economy.inputs import source_rank
from cardhouse.economy.opening import Opening, Position
from cardhouse.views.pull import name
from cardhouse.views.relayed import relayed
from cardhouse.views.table import Column, Kind, Table
from cardhouse.views.words import ENGLISH, N_, Words


def opening_table(o: Opening, node: str, *, t: Words = ENGLISH) -> Table:
    """Balance and plan of a node with the basis of every figure."""
    rows = [
        (title, figure.value, basis_text(figure, t), t.semicolon.join(relayed(t, flag) for flag in figure.flags))
        for title, figure in figures(o.positions[node], t=t)
    ]
    columns = (
        Column("figure", t("figure"), wrap=True),
        Column("value", t("value"), Kind.MONEY),
        Column("basis", t("rests on"), wrap=True),
        Column("flags", t("note"), wrap=True),
    )
    title = t(
        "{firm}: opening of {day}, plan {start} to {end} ({unit})",
        firm=name(o, node, t),
        day=o.window.opening,
        start=o.window.start,
        end=o.window.end,
        unit=t.money_unit,
    )
    return Table(title, columns, tuple(rows), tuple(relayed(t, f) for f in o.flags if f.startswith(f"{node}:")), t)


def figures(position: Position, *, t: Words = ENGLISH) -> list[tuple[str, Figure]]:
    """The figures of a node in the order of a statement."""
    funding = position.funding
    out: list[tuple[str, Figure]] = []
    if position.statement is not None:
        b, p = position.statement.balance, position.statement.plan
        out = [
            (t("cash and investments"), b.cash),
            (t("receivables"), b.receivables),
            (t("property and equipment"), b.plant),
            (t("total assets"), b.total_assets),
            (t("debt"), b.debt),
            (t("lease liabilities"), b.leases),
            (t.meant("equity", N_("shareholders' equity")), b.equity),
            (t("revenue, planned"), p.revenue),
            (t("cash costs, planned"), p.costs),
            (t("interest"), p.interest),
            (t("capital spending, planned"), p.capital_spending),
        ]
    out += [
        (t("receipts from the world"), position.receipts_world),
        (t("costs paid to the world"), position.costs_world),
        (t("capital spending outside the book"), position.capital_world),
        (t("debt falling due"), position.maturing),
        (t("undrawn credit lines"), funding.undrawn),
        (t("could be raised in the market"), funding.market),
    ]
    return out + [(t("listed stake in {firm}, after haircut", firm=s.held), s.proceeds) for s in funding.stakes]


def basis_text(figure: Figure, t: Words = ENGLISH) -> str:
    """The basis of a figure as words: ``filing 80%, assumption 20%``."""
    parts = shares(figure.basis)
    ordered = sorted(parts.items(), key=lambda kv: source_rank(kv[0]))
    return t.comma.join(f"{t(kind.replace('_', ' '))} {t.percent(share)}" for kind, share in ordered if share >= 0.005)


def dues_table(o: Opening, node: str, *, t: Words = ENGLISH) -> Table:
    """Contracts of a node in the window: what it owes and what it is owed."""
    mine = [c for c in o.ties.contracts if node in (c.payer, c.payee) and c.due.value >= 0.05]
    mine.sort(key=lambda c: (c.payer != node, -c.due.value, c.tie.id))
    rows = tuple(_due(o, node, c, t) for c in mine)
    columns = (
        Column("side", ""),
        Column("with", t("with"), wrap=True),
        Column("tie", t("tie"), wrap=True),
        Column("role", t("for")),
        Column("due", t("due"), Kind.MONEY),
        Column("binding", t("binding"), Kind.PERCENT),
        Column("beyond", t("later"), Kind.MONEY),
        Column("basis", t("rests on"), wrap=True),
    )
    return Table(t("Contracts in the window ({unit})", unit=t.money_unit), columns, rows, t=t)


def _due(o: Opening, node: str, c: Contract, t: Words) -> tuple[str, str, str, str, float, float, float, str]:
    owes = c.payer == node
    other = c.payee if owes else c.payer
    side = t("owes") if owes else t("is owed by")
    return (side, name(o, other, t), c.tie.id, t(c.role.value), c.due.value, c.binding, c.beyond, basis_text(c.due, t))


def debts_table(o: Opening, node: str, *, t: Words = ENGLISH) -> Table:
    """Loans and bonds of a node, and what it lent."""
    rows = tuple(
        (
            t("owes") if d.borrower == node else t("lent to"),
            name(o, d.lender if d.borrower == node else d.borrower, t),
            d.tie.id,
            d.principal.value,
            d.rate,
            d.maturing,
            d.secured,
            basis_text(d.principal, t),
        )
        for d in sorted(o.ties.debts, key=lambda d: (d.borrower != node, -d.principal.value, d.tie.id))
        if node in (d.borrower, d.lender)
    )
    columns = (
        Column("side", ""),
        Column("with", t("with"), wrap=True),
        Column("tie", t("tie"), wrap=True),
        Column("principal", t("principal"), Kind.MONEY),
        Column("rate", t("rate"), Kind.PERCENT),
        Column("maturing", t("due in window"), Kind.MONEY),
        Column("secured", t("secured"), Kind.PERCENT),
        Column("basis", t("rests on"), wrap=True),
    )
    return Table(t("Loans and bonds ({unit})", unit=t.money_unit), columns, rows, t=t)


def trail(o: Opening, node: str, *, t: Words = ENGLISH) -> list[str]:
    """Where every figure comes from, one line a part."""
    lines = []
    for title, figure in figures(o.positions[node], t=t):
        if figure.trail:
            lines.append(t("{what}:", what=title))
            lines += [f"  {part}" for part in figure.trail]
    return lines


def left_out_table(o: Opening, *, t: Words = ENGLISH) -> Table:
    """Ties that do not enter, and why."""
    rows = tuple(
        (x.tie.id, x.tie.kind.value, x.tie.from_, x.tie.to, x.tie.amount, relayed(t, x.reason)) for x in o.ties.left_out
    )
    columns = (
        Column("tie", t("tie"), wrap=True),
        Column("kind", t("kind"), Kind.CODE),
        Column("from", t("from")),
        Column("to", t("to")),
        Column("amount", t("amount"), Kind.MONEY),
        Column("reason", t("why left out"), wrap=True),
    )
    return Table(t("Ties left out of the opening ({unit})", unit=t.money_unit), columns, rows, t=t)
