"""The opening: from the book to what every firm has and owes, without counting anything twice.

For revenue, operating cost, capital spending and debt: reported = ties + residual with the world. Where the
ties exceed what is reported they are scaled to fit, and the firm is flagged.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Mapping
from dataclasses import dataclass, replace

from cardhouse.book import Book, Firm, Layer, Tier, latest
from cardhouse.economy.contracts import Contract, Debt, Role, Scope, Ties, read_ties
from cardhouse.economy.figure import ZERO, Figure, total
from cardhouse.economy.funding import Funding, funding, maturing_debt
from cardhouse.economy.inputs import Case, Inputs, rate
from cardhouse.economy.nodes import Groups, groups, tier_of
from cardhouse.economy.receivables import receivables
from cardhouse.economy.statements import (
    Missing,
    Statement,
    planned_capital_spending,
    planned_revenue,
    statement,
)
from cardhouse.economy.window import Window, window_after
from cardhouse.errors import BookError

EXPLAINED = (Role.OPERATING, Role.CAPITAL, Role.RENT)
"""Roles whose receipts are part of the payee's revenue."""
SCALE_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Position:
    """One node at the opening: what it has, what it owes to and gets from the world.

    A vehicle has no statement; it holds nothing and passes on what it receives (``bridge`` is what its
    builders' funding covers while rents do not yet).
    """

    node: str
    tier: Tier
    statement: Statement | None
    receipts_world: Figure
    costs_world: Figure
    capital_world: Figure
    committed: float
    interest: Figure
    maturing: Figure
    funding: Funding
    bridge: float
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Opening:
    """Everything a clearing starts from.

    Attributes
    ----------
    positions : full firms and vehicles by node id, in the order of firms.csv.
    ties : contracts (scaled to fit), debts, stakes, guarantees, and what was left out.
    receivables : delivered and not yet paid at the opening by tie, USD million.
    untested : boundary firms that take part in a counted tie, with the reason why they are not tested.
    flags : what a reader should know, one sentence each.
    """

    inputs: Inputs
    scope: Scope
    groups: Groups
    positions: Mapping[str, Position]
    ties: Ties
    receivables: Mapping[str, float]
    untested: Mapping[str, str]
    flags: tuple[str, ...]

    @property
    def book(self) -> Book:
        """The book as known on the day of the opening."""
        return self.inputs.book

    @property
    def window(self) -> Window:
        """The window over which dues are summed."""
        return self.inputs.window

    @property
    def full(self) -> tuple[str, ...]:
        """Nodes with a balance sheet: they can fail and are ranked."""
        return tuple(n for n, p in self.positions.items() if p.tier is Tier.FULL)

    def firm(self, node: str) -> Firm:
        """The firm a node stands for."""
        return self.book.firms[node]


def open_book(book: Book, *, quarters: int = 4, scope: Scope = Scope.ACTIVE, case: Case = Case.CENTRAL) -> Opening:
    """Build the opening of a book at the last quarter end before its date.

    Parameters
    ----------
    book : as known on one day (:meth:`Book.as_of`).
    quarters : length of the window, 1 to 40.
    scope : how firm a tie must be to count.
    case : which end of the loss-rate assumptions is used.

    Raises
    ------
    BookError : no firm has a balance sheet, or an assumption that is needed is missing or out of range.
    """
    inputs = Inputs(book, window_after(book.date, quarters), case)
    nodes = groups(book, inputs.window)
    statements, missing = _statements(inputs, nodes)

    def capital(node: str) -> Figure | None:
        known = statements.get(node)
        return known.plan.capital_spending if known else planned_capital_spending(inputs, node)

    def revenue(node: str) -> Figure | None:
        known = statements.get(node)
        return known.plan.revenue if known else planned_revenue(inputs, book.firms[node])

    raw = read_ties(inputs, nodes, scope, capital=capital, revenue=revenue)
    contracts, flags = _scaled(raw.contracts, statements)
    statements, issue_flags = _with_new_debt(inputs, raw.debts, statements)
    debts, debt_flags = _within_debt(raw.debts, statements)
    ties = replace(raw, contracts=contracts, debts=debts)
    touched = {n for c in contracts for n in (c.payer, c.payee)} | {d.borrower for d in debts}
    positions = {
        firm.id: _position(inputs, firm, statements.get(firm.id), ties)
        for firm in book.firms.values()
        if _is_node(firm, statements, nodes, touched)
    }
    untested = _untested(book, nodes, ties, positions, missing)
    if not any(position.tier is Tier.FULL for position in positions.values()):
        raise _untestable(missing)
    owed = receivables(inputs, ties, statements)
    return Opening(inputs, scope, nodes, positions, ties, owed, untested, (*flags, *issue_flags, *debt_flags))


def _untestable(missing: Mapping[str, Missing]) -> BookError:
    """Why nothing can be computed from a book: what its firms lack."""
    lacks = "; ".join(f"{m.firm} lacks {', '.join(m.inputs)}" for m in list(missing.values())[:3]) or "it has no firms"
    return BookError(f"no firm of this book can be tested: {lacks}; add the figures to facts.csv or assumptions.csv")


def _statements(inputs: Inputs, nodes: Groups) -> tuple[dict[str, Statement], dict[str, Missing]]:
    found: dict[str, Statement] = {}
    missing: dict[str, Missing] = {}
    for firm in inputs.book.firms.values():
        passive = firm.layer in (Layer.WORLD, Layer.DATACENTER) or firm.tier in (Tier.VEHICLE, Tier.BOUNDARY)
        if nodes(firm.id) != firm.id or passive or (firm.layer is Layer.CAPITAL and firm.tier is not Tier.FULL):
            continue
        result = statement(inputs, firm)
        if isinstance(result, Statement):
            found[firm.id] = result
        else:
            missing[firm.id] = result
    return found, missing


def _is_node(firm: Firm, statements: Mapping[str, Statement], nodes: Groups, touched: Container[str]) -> bool:
    if nodes(firm.id) != firm.id:
        return False
    tier = tier_of(firm, has_balance=firm.id in statements)
    if tier is Tier.FULL:
        return True
    return tier is Tier.VEHICLE and firm.id in touched


def _scaled(
    contracts: tuple[Contract, ...], statements: Mapping[str, Statement]
) -> tuple[tuple[Contract, ...], tuple[str, ...]]:
    """Scale ties down to what payer and payee report; a tie fits both of its ends."""
    paid: dict[tuple[str, str], float] = defaultdict(float)
    received: dict[str, float] = defaultdict(float)
    for c in contracts:
        if c.role in EXPLAINED:
            paid[c.payer, _bucket(c)] += c.due.value
            received[c.payee] += c.due.value
    flags: list[str] = []
    fit: dict[tuple[str, str], float] = {}
    for (node, bucket), dues in sorted(paid.items()):
        if node in statements:
            plan = statements[node].plan
            room = plan.costs.value if bucket == "costs" else plan.capital_spending.value
            fit[node, bucket] = _fit(
                node, dues, room, "operating costs" if bucket == "costs" else "capital spending", flags
            )
    for node, amount in sorted(received.items()):
        if node in statements:
            fit[node, "revenue"] = _fit(node, amount, statements[node].plan.revenue.value, "revenue", flags)
    out = []
    for c in contracts:
        factor = 1.0
        if c.role in EXPLAINED:
            factor = min(fit.get((c.payer, _bucket(c)), 1.0), fit.get((c.payee, "revenue"), 1.0))
        out.append(replace(c, due=c.due.scaled(factor, note=f"scaled by {factor:.2f} to fit")) if factor < 1.0 else c)
    return tuple(out), tuple(flags)


def _bucket(contract: Contract) -> str:
    return "capital" if contract.role is Role.CAPITAL else "costs"


def _fit(node: str, dues: float, room: float, what: str, flags: list[str]) -> float:
    if dues <= room * (1.0 + SCALE_TOLERANCE) or dues <= 0:
        return 1.0
    factor = max(room, 0.0) / dues
    flags.append(f"{node}: ties of {dues:,.0f} exceed its {what} of {room:,.0f} in the window; scaled by {factor:.2f}")
    return factor


def _with_new_debt(
    inputs: Inputs, debts: tuple[Debt, ...], statements: Mapping[str, Statement]
) -> tuple[dict[str, Statement], tuple[str, ...]]:
    """Roll reported debt forward by what was drawn after the balance date; what it paid for joins the assets."""
    out, flags = dict(statements), []
    for node, known in statements.items():
        reported = latest(inputs.book, node, "total_debt", inputs.window.opening)
        mine = [d for d in debts if d.borrower == node]
        excess = sum(d.principal.value for d in mine) - known.balance.debt.value
        if reported is None or excess <= 0:
            continue
        new = total(d.principal for d in mine if d.drawn_on > reported.end)
        if new.value <= 0:
            continue
        issued = new.scaled(min(excess / new.value, 1.0))
        balance = replace(
            known.balance, debt=known.balance.debt + issued, total_assets=known.balance.total_assets + issued
        )
        out[node] = replace(known, balance=balance)
        flags.append(f"{node}: debt of {reported.end} raised by {issued.value:,.0f} drawn since")
    return out, tuple(flags)


def _within_debt(
    debts: tuple[Debt, ...], statements: Mapping[str, Statement]
) -> tuple[tuple[Debt, ...], tuple[str, ...]]:
    """Scale loan and bond ties of a firm down to its reported debt."""
    sums: dict[str, float] = defaultdict(float)
    for debt in debts:
        sums[debt.borrower] += debt.principal.value
    flags: list[str] = []
    factors = {
        node: _fit(node, amount, statements[node].balance.debt.value, "total debt", flags)
        for node, amount in sorted(sums.items())
        if node in statements
    }
    scaled = tuple(
        replace(d, principal=d.principal.scaled(f, note=f"scaled by {f:.2f} to fit"), maturing=d.maturing * f)
        if (f := factors.get(d.borrower, 1.0)) < 1.0
        else d
        for d in debts
    )
    return scaled, tuple(flags)


def _position(inputs: Inputs, firm: Firm, known: Statement | None, ties: Ties) -> Position:
    owed = [c for c in ties.contracts if c.payer == firm.id]
    earned = total(c.due for c in ties.contracts if c.payee == firm.id and c.role in EXPLAINED)
    operating = total(c.due for c in owed if c.role in (Role.OPERATING, Role.RENT))
    capital = total(c.due for c in owed if c.role is Role.CAPITAL)
    debts = [d for d in ties.debts if d.borrower == firm.id]
    if known is None:
        interest = total(d.principal.scaled((d.rate or 0.0) * inputs.window.years) for d in debts)
        received = sum(c.due.value for c in ties.contracts if c.payee == firm.id)
        bridge = max(operating.value + capital.value + interest.value - received, 0.0)
        return Position(
            firm.id,
            Tier.VEHICLE,
            None,
            ZERO,
            ZERO,
            ZERO,
            0.0,
            interest,
            ZERO,
            Funding(ZERO, ZERO, ()),
            bridge,
            (),
        )
    plan = known.plan
    figures = (*_figures(known),)
    return Position(
        node=firm.id,
        tier=Tier.FULL,
        statement=known,
        receipts_world=_residual(plan.revenue, earned),
        costs_world=_residual(plan.costs, operating),
        capital_world=_residual(plan.capital_spending, capital),
        committed=rate(inputs, "plan_committed_share", firm.id, f"layer:{firm.layer}", "all"),
        interest=plan.interest,
        maturing=maturing_debt(inputs, firm.id, known.balance.debt, debts),
        funding=funding(inputs, firm, known, ties.stakes),
        bridge=0.0,
        flags=tuple(dict.fromkeys(flag for figure in figures for flag in figure.flags)),
    )


def _residual(whole: Figure, explained: Figure) -> Figure:
    """What is left with the world; its basis is the whole's, its trail both."""
    left = max(whole.value - explained.value, 0.0)
    return whole.scaled(left / whole.value) if whole.value else ZERO


def _figures(known: Statement) -> tuple[Figure, ...]:
    b, p = known.balance, known.plan
    return (
        b.cash,
        b.receivables,
        b.plant,
        b.total_assets,
        b.debt,
        b.leases,
        b.equity,
        p.revenue,
        p.costs,
        p.interest,
        p.capital_spending,
    )


def _untested(
    book: Book, nodes: Groups, ties: Ties, positions: Mapping[str, Position], missing: Mapping[str, Missing]
) -> dict[str, str]:
    touched = {n for c in ties.contracts for n in (c.payer, c.payee)} | {
        n for d in ties.debts for n in (d.borrower, d.lender)
    }
    touched |= {n for s in ties.stakes for n in (s.holder, s.held)} | {g.obligor for g in ties.guarantees}
    reasons: dict[str, str] = {}
    for firm in book.firms.values():
        if nodes(firm.id) != firm.id or firm.id not in touched or firm.id in positions:
            continue
        if firm.layer is Layer.WORLD:
            reasons[firm.id] = "an aggregate of the world"
        elif firm.layer is Layer.CAPITAL:
            reasons[firm.id] = "a fund or lender"
        elif firm.id in missing:
            reasons[firm.id] = "no figure for " + ", ".join(missing[firm.id].inputs)
        else:
            reasons[firm.id] = "no balance sheet in the book"
    return reasons
