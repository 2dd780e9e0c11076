"""The answer for one firm: whose money pays it, through whom, how much of it comes back, and what it hangs on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cardhouse.book import Book
from cardhouse.economy.contracts import Scope
from cardhouse.economy.figure import total
from cardhouse.lenses.measure import USD, Gap, Measure, Reading
from cardhouse.lenses.money.backlog import Backlog, backlog
from cardhouse.lenses.money.chains import Chain, chains
from cardhouse.lenses.money.computing import Computing, computing
from cardhouse.lenses.money.follow import Following, follow, followed
from cardhouse.lenses.money.kind import InKind, in_kind
from cardhouse.lenses.money.links import Period
from cardhouse.lenses.money.mix import Mix, What, circular_of, mix_of, returning, traced
from cardhouse.lenses.money.rings import Ring, Step, counted, rings, steps

YEARS = (Period.PAID, Period.PLAN)
"""Windows in which money comes from outside too."""


@dataclass(frozen=True, slots=True)
class Balance:
    """What a firm gets from other firms and pays to them in a window, USD million; ``net`` is received less paid."""

    period: Period
    received: Measure
    paid: Measure
    net: Measure
    circular: Reading


@dataclass(frozen=True, slots=True)
class Money:
    """Everything about one firm's money.

    Attributes
    ----------
    firm : the firm asked for; ``node`` the group that stands for it.
    mixes : ultimate sources of what its customers pay, by window.
    spending : the same for all that comes in, money for shares and loans included.
    returns : probability that a dollar it pays to firms comes back, by window.
    payers : links to it; ``payees`` links from it.
    chains : through whom the money of the last year came.
    rings : rings through it that money goes or is to go round in; ``words`` those that only words close.
    computing : what it reports of its computing beside what ties say that it paid.
    """

    book: Book
    firm: str
    node: str
    mixes: Mapping[Period, Mix | Gap]
    spending: Mapping[Period, Mix | Gap]
    returns: Mapping[Period, Reading]
    balances: tuple[Balance, ...]
    payers: tuple[Step, ...]
    payees: tuple[Step, ...]
    chains: tuple[Chain, ...]
    rings: tuple[Ring, ...]
    words: tuple[Ring, ...]
    backlog: Backlog
    in_kind: tuple[InKind, ...]
    computing: Computing | Gap


def money(book: Book, name: str, *, scope: Scope = Scope.ACTIVE) -> Money:
    """Follow the money of one firm.

    Parameters
    ----------
    book : as known on one day.
    name : id, name, alias or ticker.
    scope : how firm a tie must be to count in the plan and among what is promised.

    Raises
    ------
    UnknownName, InputError : no such firm, or one that money only comes from.
    BookError : the book has no firm with a balance sheet on that day.
    """
    firm = followed(book, name)
    return answer(follow(book, scope=scope, also=(firm,)), firm)


def answer(following: Following, firm: str) -> Money:
    """The answer for a firm, out of payments that were read already and include it."""
    node = following.opening.groups(firm)
    every = rings(following, through=node)
    real = counted(every)
    links = steps(following)
    return Money(
        book=following.opening.book,
        firm=firm,
        node=node,
        mixes={p: mix_of(following, traced(following, p), p, node) for p in Period},
        spending={p: mix_of(following, traced(following, p, What.ALL), p, node, What.ALL) for p in YEARS},
        returns={p: returning(following, p, node) for p in YEARS},
        balances=tuple(_balance(following, p, node) for p in Period),
        payers=tuple(sorted((s for s in links if s.payee == node), key=_size)),
        payees=tuple(sorted((s for s in links if s.payer == node), key=_size)),
        chains=chains(following.paid, node),
        rings=real,
        words=tuple(r for r in every if r not in real),
        backlog=backlog(following, node),
        in_kind=in_kind(following.opening.book, firm),
        computing=computing(following, node),
    )


def _size(s: Step) -> tuple[float, float, float]:
    return (-max(s.paid, s.plan), -s.ahead, -s.said)


def _balance(following: Following, period: Period, node: str) -> Balance:
    flows = following[period]
    last = following.opening.book.date if period is Period.AHEAD else flows.end

    def measure(sign_in: float, sign_out: float) -> Measure:
        came = total(x.amount.scaled(sign_in) for x in flows.links if x.payee == node)
        went = total(x.amount.scaled(sign_out) for x in flows.links if x.payer == node)
        both = came + went
        return Measure(both.value, USD, last, flows.start, both.basis)

    return Balance(period, measure(1.0, 0.0), measure(0.0, 1.0), measure(1.0, -1.0), circular_of(flows, node))
