"""The opening of one firm: what each figure is and what it was made from."""

from __future__ import annotations

from cardhouse.economy.contracts import Contract
from cardhouse.economy.figure import Figure, shares
from cardhouse.economy.inputs import source_rank
from cardhouse.economy.opening import Opening, Position
from cardhouse.views.pull import name
from cardhouse.views.table import Column, Kind, Table

COLUMNS = (
    Column("figure", "figure", wrap=True),
    Column("value", "value", Kind.MONEY),
    Column("basis", "rests on", wrap=True),
    Column("flags", "note", wrap=True),
)


def opening_table(o: Opening, node: str) -> Table:
    """Balance and plan of a node with the basis of every figure."""
    position = o.positions[node]
    rows = [(title, figure.value, basis_text(figure), "; ".join(figure.flags)) for title, figure in figures(position)]
    title = f"{name(o, node)}: opening of {o.window.opening}, plan {o.window.start} to {o.window.end} (USD billion)"
    return Table(title, COLUMNS, tuple(rows), tuple(f for f in o.flags if f.startswith(f"{node}:")))


def figures(position: Position) -> list[tuple[str, Figure]]:
    """The figures of a node in the order of a statement."""
    funding = position.funding
    out: list[tuple[str, Figure]] = []
    if position.statement is not None:
        b, p = position.statement.balance, position.statement.plan
        out = [
            ("cash and investments", b.cash),
            ("receivables", b.receivables),
            ("property and equipment", b.plant),
            ("total assets", b.total_assets),
            ("debt", b.debt),
            ("lease liabilities", b.leases),
            ("equity", b.equity),
            ("revenue, planned", p.revenue),
            ("cash costs, planned", p.costs),
            ("interest", p.interest),
            ("capital spending, planned", p.capital_spending),
        ]
    out += [
        ("receipts from the world", position.receipts_world),
        ("costs paid to the world", position.costs_world),
        ("capital spending outside the book", position.capital_world),
        ("debt falling due", position.maturing),
        ("undrawn credit lines", funding.undrawn),
        ("could be raised in the market", funding.market),
    ]
    out += [(f"listed stake in {s.held}, after haircut", s.proceeds) for s in funding.stakes]
    return out


def basis_text(figure: Figure) -> str:
    """The basis of a figure as words: ``filing 80%, assumption 20%``."""
    parts = shares(figure.basis)
    ordered = sorted(parts.items(), key=lambda kv: source_rank(kv[0]))
    return ", ".join(f"{kind.replace('_', ' ')} {share:.0%}" for kind, share in ordered if share >= 0.005)


def dues_table(o: Opening, node: str) -> Table:
    """Contracts of a node in the window: what it owes and what it is owed."""
    mine = [c for c in o.ties.contracts if node in (c.payer, c.payee) and c.due.value >= 0.05]
    mine.sort(key=lambda c: (c.payer != node, -c.due.value, c.tie.id))
    rows = tuple(_due(o, node, c) for c in mine)
    columns = (
        Column("side", ""),
        Column("with", "with", wrap=True),
        Column("tie", "tie", wrap=True),
        Column("role", "for"),
        Column("due", "due", Kind.MONEY),
        Column("binding", "binding", Kind.PERCENT),
        Column("beyond", "later", Kind.MONEY),
        Column("basis", "rests on", wrap=True),
    )
    return Table("Contracts in the window (USD billion)", columns, rows)


def _due(o: Opening, node: str, c: Contract) -> tuple[str, str, str, str, float, float, float, str]:
    owes = c.payer == node
    other = c.payee if owes else c.payer
    side = "owes" if owes else "is owed by"
    return (side, name(o, other), c.tie.id, c.role.value, c.due.value, c.binding, c.beyond, basis_text(c.due))


def debts_table(o: Opening, node: str) -> Table:
    """Loans and bonds of a node, and what it lent."""
    rows = tuple(
        (
            "owes" if d.borrower == node else "lent to",
            name(o, d.lender if d.borrower == node else d.borrower),
            d.tie.id,
            d.principal.value,
            d.rate,
            d.maturing,
            d.secured,
            basis_text(d.principal),
        )
        for d in sorted(o.ties.debts, key=lambda d: (d.borrower != node, -d.principal.value, d.tie.id))
        if node in (d.borrower, d.lender)
    )
    columns = (
        Column("side", ""),
        Column("with", "with", wrap=True),
        Column("tie", "tie", wrap=True),
        Column("principal", "principal", Kind.MONEY),
        Column("rate", "rate", Kind.PERCENT),
        Column("maturing", "due in window", Kind.MONEY),
        Column("secured", "secured", Kind.PERCENT),
        Column("basis", "rests on", wrap=True),
    )
    return Table("Loans and bonds (USD billion)", columns, rows)


def trail(o: Opening, node: str) -> list[str]:
    """Where every figure comes from, one line a part."""
    lines = []
    for title, figure in figures(o.positions[node]):
        if figure.trail:
            lines.append(f"{title}:")
            lines += [f"  {part}" for part in figure.trail]
    return lines


def left_out_table(o: Opening) -> Table:
    """Ties that do not enter, and why."""
    rows = tuple((x.tie.id, x.tie.kind.value, x.tie.from_, x.tie.to, x.tie.amount, x.reason) for x in o.ties.left_out)
    columns = (
        Column("tie", "tie", wrap=True),
        Column("kind", "kind"),
        Column("from", "from"),
        Column("to", "to"),
        Column("amount", "amount", Kind.MONEY),
        Column("reason", "why left out", wrap=True),
    )
    return Table("Ties left out of the opening (USD billion)", columns, rows)
