"""Ties turned into what is owed inside the window: dues, debts, stakes and guarantees.

Which ties count is a choice (:class:`Firmness` and status); how they are paid is in ``terms.csv``. A tie
without terms is spread evenly over its own dates; one without an end runs for an assumed number of years.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cached_property

from cardhouse.book import Firmness, Layer, Status, Term, Tie, TieKind
from cardhouse.book.records import split_version
from cardhouse.economy.figure import ZERO, Figure
from cardhouse.economy.inputs import Inputs, basis_kind
from cardhouse.economy.nodes import Groups
from cardhouse.economy.schedules import Amount, due_in_window, term_in_force, term_trail, terms_named
from cardhouse.economy.window import Window

NOT_YET = "cannot be called inside the window"
"""Why a guarantee is left out that comes into force later."""


class Role(StrEnum):
    """What a due is for; decides which of the payer's figures contains it."""

    OPERATING = "operating"
    CAPITAL = "capital"
    RENT = "rent"
    INVESTMENT = "investment"


class Scope(StrEnum):
    """How firm a tie must be to count."""

    BINDING = "binding"
    ACTIVE = "active"
    ANNOUNCED = "announced"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Contract:
    """One tie under which ``payer`` owes ``payee`` something inside the window.

    Attributes
    ----------
    due : owed inside the window, USD million; contained ties are already taken out.
    binding : share of ``due`` that is owed whether used or not (the rest is an intention).
    made_for : customers whose failure cancels their share of the due (share by node).
    beyond : scheduled after the window, USD million; shown, never part of a loss.
    begins : first day of payment.
    """

    tie: Tie
    payer: str
    payee: str
    role: Role
    due: Figure
    binding: float
    made_for: Mapping[str, float]
    beyond: float
    begins: date


@dataclass(frozen=True, slots=True)
class Debt:
    """Money that ``borrower`` owes ``lender``: principal at the opening, and what falls due in the window.

    ``drawn_on`` is the day of the last known drawing.
    """

    tie: Tie
    borrower: str
    lender: str
    principal: Figure
    rate: float | None
    maturing: float
    secured: float
    drawn_on: date


@dataclass(frozen=True, slots=True)
class Stake:
    """Shares of ``held`` in the accounts of ``holder``: fraction of the firm and carrying amount."""

    tie: Tie
    holder: str
    held: str
    fraction: float
    carrying: Figure


@dataclass(frozen=True, slots=True)
class Guarantee:
    """``guarantor`` pays ``beneficiary`` what ``obligor`` does not, up to ``cap``, beyond ``first_loss``."""

    tie: Tie
    guarantor: str
    obligor: str
    beneficiary: str
    covers: str
    cap: Figure
    first_loss: float


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A tie that does not enter, and why."""

    tie: Tie
    reason: str


@dataclass(frozen=True)
class Ties:
    """Everything the ties of a book say about one window; ``later`` are guarantees in force only after it."""

    contracts: tuple[Contract, ...]
    debts: tuple[Debt, ...]
    stakes: tuple[Stake, ...]
    guarantees: tuple[Guarantee, ...]
    later: tuple[Guarantee, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def promised(self) -> tuple[Guarantee, ...]:
        """Guarantees in the order of a run, which may be longer than the window."""
        return (*self.guarantees, *self.later)

    @cached_property
    def by_id(self) -> dict[str, Contract]:
        """Contracts by the id of their tie."""
        return {c.tie.id: c for c in self.contracts}


def counts(tie: Tie, scope: Scope) -> str:
    """Why a tie does not count in this scope; empty when it does."""
    if not tie.counted:
        return "part or total of another row"
    if tie.status is Status.TERMINATED:
        return "terminated"
    if tie.firmness is Firmness.BINDING:
        return ""
    if scope is Scope.ALL:
        return ""
    if scope is Scope.BINDING:
        return f"{tie.firmness.replace('_', ' ')}, not binding"
    if tie.firmness is Firmness.REPORTED and tie.status in (Status.ACTIVE, Status.COMPLETED):
        return ""
    if scope is Scope.ANNOUNCED and tie.firmness in (Firmness.REPORTED, Firmness.ANNOUNCED):
        return ""
    return f"{tie.firmness.replace('_', ' ')}, {tie.status}"


def read_ties(inputs: Inputs, nodes: Groups, scope: Scope, *, capital: Amount, revenue: Amount) -> Ties:
    """All counted ties as contracts, debts, stakes and guarantees of nodes, containment resolved."""
    contracts: dict[str, Contract] = {}
    debts: list[Debt] = []
    stakes: list[Stake] = []
    guarantees: list[Guarantee] = []
    later: list[Guarantee] = []
    left: list[LeftOut] = []
    for tie in inputs.book.current_ties:
        terms = inputs.book.terms_of(tie.id)
        stake = _stake(inputs, nodes, tie, terms)
        if stake is not None:
            stakes.append(stake)
        reason = counts(tie, scope)
        if not reason and nodes(tie.from_) == nodes(tie.to):
            reason = "inside one group"
        if not reason:
            reason = _sort_in(inputs, nodes, tie, terms, contracts, debts, guarantees, capital=capital, revenue=revenue)
        if reason == NOT_YET:
            later += [g for g in (_guarantee(inputs, nodes, tie, terms),) if isinstance(g, Guarantee)]
        if reason:
            left.append(LeftOut(tie, reason))
    held = (tuple(guarantees), tuple(later))
    return Ties(_contained(inputs, contracts), tuple(debts), tuple(stakes), *held, tuple(left))


def _sort_in(
    inputs: Inputs,
    nodes: Groups,
    tie: Tie,
    terms: tuple[Term, ...],
    contracts: dict[str, Contract],
    debts: list[Debt],
    guarantees: list[Guarantee],
    *,
    capital: Amount,
    revenue: Amount,
) -> str:
    """Put one counted tie where it belongs; the reason when it yields nothing."""
    match tie.kind:
        case TieKind.LOAN | TieKind.BOND:
            debt = _debt(inputs, nodes, tie, terms)
            if debt is None:
                return "no amount published"
            if debt.principal.value <= 0:
                return "repaid or not drawn"
            debts.append(debt)
        case TieKind.GUARANTEE:
            guarantee = _guarantee(inputs, nodes, tie, terms)
            if isinstance(guarantee, str):
                return guarantee
            if reason := _not_callable(inputs.window, terms):
                return reason
            guarantees.append(guarantee)
        case TieKind.WARRANT:
            return "a right, not a due"
        case _:
            due, beyond = due_in_window(inputs, nodes, tie, terms, capital=capital, revenue=revenue)
            if due is None:
                return "no amount published" if tie.kind is not TieKind.EQUITY else "paid, or no instalment scheduled"
            contracts[tie.id] = _contract(inputs, nodes, tie, terms, due, beyond)
    return ""


def _contract(inputs: Inputs, nodes: Groups, tie: Tie, terms: tuple[Term, ...], due: Figure, beyond: float) -> Contract:
    shares = [t.number for t in terms_named(terms, "for_share")]
    customers = [nodes(t.value) for t in terms_named(terms, "for")]
    made_for = {c: (shares[i] if i < len(shares) else 1.0 / len(customers)) for i, c in enumerate(customers)}
    return Contract(
        tie=tie,
        payer=nodes(tie.payer),
        payee=nodes(tie.payee),
        role=_role(inputs, tie),
        due=due,
        binding=binding_share(inputs.window, tie, terms),
        made_for=made_for,
        beyond=beyond,
        begins=min(
            (t.from_ for t in terms_named(terms, "schedule", "ramp") if t.from_ is not None),
            default=tie.start or tie.announced or tie.known,
        ),
    )


def _role(inputs: Inputs, tie: Tie) -> Role:
    if tie.kind is TieKind.EQUITY:
        return Role.INVESTMENT
    if tie.kind is TieKind.LEASE:
        return Role.RENT
    payee, payer = inputs.book.firms[tie.payee].layer, inputs.book.firms[tie.payer].layer
    chips = payee is Layer.COMPUTE and payer is not Layer.COMPUTE
    return Role.CAPITAL if chips else Role.OPERATING


def binding_share(window: Window, tie: Tie, terms: tuple[Term, ...]) -> float:
    """Share of a window's due that is owed whatever happens."""
    days = (window.end - window.start).days + 1
    notice = term_in_force(terms, "cancellable", window.end)
    if notice is not None:
        return min(notice.number / days, 1.0)
    stated = term_in_force(terms, "take_or_pay", window.end)
    if stated is not None:
        return min(max(stated.number, 0.0), 1.0)
    return 1.0 if tie.firmness is Firmness.BINDING and not terms_named(terms, "share_of_capex") else 0.0


def _debt(inputs: Inputs, nodes: Groups, tie: Tie, terms: tuple[Term, ...]) -> Debt | None:
    opening = inputs.window.opening
    drawn = [t for t in terms_named(terms, "drawn") if t.to is None or t.to <= opening]
    drawn_on = tie.start or tie.announced or tie.known
    if drawn:
        newest = max(drawn, key=lambda t: (t.to or date.min, t.known))
        if all(t.number == 0 for t in drawn if t is not newest):
            drawn_on = newest.to or drawn_on
        principal = Figure.of(
            newest.number, basis_kind(inputs.book, newest), term_trail(newest, f"{newest.number:,.0f} drawn")
        )
    elif tie.amount is not None:
        principal = Figure.of(
            tie.amount,
            basis_kind(inputs.book, tie),
            f"{tie.where}: {tie.id} {tie.amount:,.0f} ({tie.source})",
        )
    else:
        return None
    begun = (tie.start or tie.announced or tie.known) <= opening
    over = tie.end is not None and tie.end <= opening
    if over or not begun or tie.status is Status.COMPLETED:
        principal = ZERO
    ladder = [t for t in terms_named(terms, "maturity") if t.to is not None]
    runs = terms_named(terms, "amortises")
    if ladder or runs:
        maturing = sum(t.number for t in ladder if t.to is not None and opening < t.to <= inputs.window.end)
        maturing += sum(t.number * inputs.window.share(t.from_, t.to) for t in runs)
    else:
        maturing = principal.value if tie.end is not None and opening < tie.end <= inputs.window.end else 0.0
    secured = term_in_force(terms, "secured", inputs.window.end)
    return Debt(
        tie=tie,
        borrower=nodes(tie.payer),
        lender=nodes(tie.payee),
        principal=principal,
        rate=tie.rate_percent / 100.0 if tie.rate_percent is not None else None,
        maturing=min(maturing, principal.value),
        secured=min(max(secured.number, 0.0), 1.0) if secured else 0.0,
        drawn_on=drawn_on,
    )


def _stake(inputs: Inputs, nodes: Groups, tie: Tie, terms: tuple[Term, ...]) -> Stake | None:
    """The stake a tie's terms state, whether or not the tie itself still counts (a stake outlives its payment)."""
    opening = inputs.window.opening
    fraction, carrying = term_in_force(terms, "stake", opening), term_in_force(terms, "carrying", opening)
    if fraction is None and carrying is None:
        return None
    if tie.status is Status.TERMINATED or nodes(tie.from_) == nodes(tie.to):
        return None
    value = (
        Figure.of(
            carrying.number,
            basis_kind(inputs.book, carrying),
            term_trail(carrying, f"{carrying.number:,.0f} carried"),
        )
        if carrying
        else ZERO
    )
    return Stake(tie, nodes(tie.from_), nodes(tie.to), fraction.number if fraction else 0.0, value)


def _not_callable(window: Window, terms: tuple[Term, ...]) -> str:
    """Why a guarantee cannot be called inside the window; empty when it can."""
    effective = terms_named(terms, "effective")
    if not effective or any(window.overlap_years(t.from_, t.to) > 0 for t in effective):
        return ""
    return NOT_YET if any(t.to is None or t.to > window.end for t in effective) else "no longer in force"


def _guarantee(inputs: Inputs, nodes: Groups, tie: Tie, terms: tuple[Term, ...]) -> Guarantee | str:
    window = inputs.window
    names = {
        name: term_in_force(terms, name, window.end)
        for name in ("obligor", "beneficiary", "covers", "cap", "first_loss")
    }
    obligor, beneficiary = names["obligor"], names["beneficiary"]
    if obligor is None or beneficiary is None:
        return "no obligor or beneficiary in terms.csv"
    limit, loss = names["cap"], names["first_loss"]
    if limit is not None:
        cap = Figure.of(limit.number, basis_kind(inputs.book, limit), term_trail(limit, f"cap {limit.number:,.0f}"))
    elif tie.amount is not None:
        cap = Figure.of(
            tie.amount,
            basis_kind(inputs.book, tie),
            f"{tie.where}: {tie.id} {tie.amount:,.0f} ({tie.source})",
        )
    else:
        return "no cap published"
    covers = names["covers"]
    return Guarantee(
        tie=tie,
        guarantor=nodes(tie.from_),
        obligor=nodes(obligor.value),
        beneficiary=nodes(beneficiary.value),
        covers=covers.value if covers else "",
        cap=cap,
        first_loss=loss.number if loss else 0.0,
    )


def _contained(inputs: Inputs, contracts: dict[str, Contract]) -> tuple[Contract, ...]:
    """Take contained ties out of their containers, so that no due is counted twice."""
    result = dict(contracts)
    for inner, outer in containers(inputs, contracts.values()).items():
        held, room = result[outer], result[outer].due.value
        taken = min(contracts[inner].due.value, room)
        if room > 0:
            result[outer] = replace(
                held,
                due=held.due.scaled((room - taken) / room),
                beyond=max(held.beyond - contracts[inner].beyond, 0.0),
            )
    return tuple(result.values())


def containers(inputs: Inputs, contracts: Iterable[Contract]) -> dict[str, str]:
    """Contracts whose dues are part of another's, and that other, in whatever version it stands: once each."""
    base = {c.tie.base_id: c.tie.id for c in contracts}
    found = {}
    for inner in base.values():
        for term in terms_named(inputs.book.terms_of(inner), "inside"):
            outer = base.get(split_version(term.value)[0], "")
            if outer and outer != inner:
                found[inner] = outer
    return found
