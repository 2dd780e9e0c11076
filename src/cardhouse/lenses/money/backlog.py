"""How much of a supplier's backlog depends on one laboratory, through any chain.

Directly by what the laboratory itself has promised to pay. Through customers that buy for the laboratory
(``for`` terms), and through customers in whose dollars the laboratory's own are found: a dollar of a customer had
been the laboratory's with the probability that the year ahead gives it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from cardhouse.book import Book, Fact, Layer, latest
from cardhouse.economy.figure import ASSUMPTION, Figure, total
from cardhouse.economy.opening import Opening
from cardhouse.lenses.measure import SHARE, Gap, Measure, Reading, derived
from cardhouse.lenses.measure import total as summed
from cardhouse.lenses.money.follow import Following
from cardhouse.lenses.money.links import Flows, Link, Purpose
from cardhouse.lenses.money.planned import promised
from cardhouse.lenses.readings import of_fact, of_figure

METRICS = ("remaining_performance_obligations", "revenue_backlog")
"""What a firm reports of revenue under contract, the filing's measure first."""
STATED = "backlog_customer_share"
FRESH_DAYS = 200
LEAST = 0.005
"""Share of the backlog below which a laboratory is not listed."""


@dataclass(frozen=True, slots=True)
class Dependence:
    """What one laboratory stands for in a backlog; amounts in USD million, shares of the reported backlog.

    Attributes
    ----------
    direct : what the laboratory itself still has to pay under ties that count.
    bought_for : what others have promised for capacity that is bought for it.
    through : the part of other customers' promises that is the laboratory's money passing through them.
    whole : share of all three in the backlog, or in the contracts by tie where these exceed it or none is reported.
    """

    laboratory: str
    direct: Measure
    bought_for: Measure
    through: Measure
    whole: Measure


@dataclass(frozen=True, slots=True)
class Backlog:
    """A reported backlog, the ties that explain it, and what depends on each laboratory.

    ``customers`` lists what each customer still has to pay under ties that count, after the day of the backlog;
    ``of_reported`` says whether the shares of laboratories are of the reported backlog or of these contracts.
    ``later`` is what ties promise that were signed after that day: no part of the backlog, and in no other sum here.
    ``told_later`` is the part of the contracts whose newest terms became known after that day: on it their size may
    have been another. ``stated`` are shares of the backlog that the firm gave itself, by customer, the newest of each.
    """

    firm: str
    reported: Reading
    explained: Reading
    of_reported: bool
    customers: tuple[tuple[str, Measure], ...]
    laboratories: tuple[Dependence, ...]
    later: Reading
    told_later: Reading
    stated: tuple[tuple[str, Measure], ...]


def reported_backlog(book: Book, firm: str) -> Fact | Gap:
    """The newest reported backlog that is fresh."""
    facts = [latest(book, firm, metric, book.date, max_age_days=FRESH_DAYS) for metric in METRICS]
    found = next((f for f in facts if f is not None), None)
    return found or Gap(
        f"{book.firms[firm].name}, backlog", f"none reported in the {FRESH_DAYS} days before {book.date}"
    )


def backlog(following: Following, firm: str) -> Backlog:
    """Read a firm's backlog and follow it to the laboratories."""
    opening = following.opening
    fact = reported_backlog(opening.book, firm)
    day = fact.end if isinstance(fact, Fact) else opening.window.opening
    reported: Reading = of_fact(opening.book, fact) if isinstance(fact, Fact) else fact
    links, later = links_after(opening, following, firm, day), list[Link]()
    if isinstance(fact, Fact):
        links, later = _signed_by(opening.book, links, day)
    by_customer: dict[str, list[Figure]] = {}
    for link in links:
        by_customer.setdefault(link.payer, []).append(link.amount)
    customers = tuple(
        sorted(
            ((k, of_figure(total(v), opening.book.date, day)) for k, v in by_customer.items()),
            key=lambda kv: -kv[1].value,
        )
    )
    explained = (
        summed(m for _, m in customers)
        if customers
        else Gap(f"{opening.book.firms[firm].name}, contracts", "no tie that counts has anything left to pay")
    )
    base, of_reported = _base(reported, explained)
    found = [] if base is None else [_dependence(following, links, lab, base, day) for lab in _laboratories(opening)]
    shown = sorted((d for d in found if d.whole.value >= LEAST), key=lambda d: -d.whole.value)
    known = {tie.id: tie.known for tie in opening.book.current_ties}
    told = [x for x in links if known[x.tie] > day]
    return Backlog(
        firm=firm,
        reported=reported,
        explained=explained,
        of_reported=of_reported,
        customers=customers,
        laboratories=tuple(shown),
        later=_after(opening, firm, later, day, "contracts signed"),
        told_later=_after(opening, firm, told, day, "contracts whose terms became known"),
        stated=stated(opening.book, firm),
    )


def _after(opening: Opening, firm: str, links: list[Link], day: date, what: str) -> Reading:
    """What links still have to pay after a day; a gap where there are none."""
    if not links:
        return Gap(f"{opening.book.firms[firm].name}, {what} later", f"none after {day} counts")
    return of_figure(total(x.amount for x in links), opening.book.date, day + timedelta(days=1))


def stated(book: Book, firm: str) -> tuple[tuple[str, Measure], ...]:
    """Shares of its backlog that a firm gave itself: the customer as the firm calls it, the newest share of each."""
    newest = {row.item: row for row in sorted(book.chosen(firm, STATED), key=lambda row: row.end)}
    return tuple((item or "a customer", of_fact(book, row)) for item, row in newest.items())


def _signed_by(book: Book, links: list[Link], day: date) -> tuple[list[Link], list[Link]]:
    """Links whose tie was signed by a day, and those signed later, which no backlog of that day can hold."""
    signed = {tie.id: tie.announced or tie.start or tie.known for tie in book.current_ties}
    return [x for x in links if signed[x.tie] <= day], [x for x in links if signed[x.tie] > day]


def _base(reported: Reading, explained: Reading) -> tuple[Measure | None, bool]:
    """What shares are of: the reported backlog, unless there is none or the contracts by tie exceed it."""
    if not isinstance(explained, Measure) or explained.value <= 0:
        return None, False
    if isinstance(reported, Measure) and reported.value >= explained.value:
        return reported, True
    return explained, False


def links_after(opening: Opening, following: Following, firm: str, day: date) -> list[Link]:
    """Sales to a firm that are promised after a day, by firms of the network."""
    flows = following.ahead if day == opening.window.opening else promised(opening, day)
    return [x for x in flows.links if x.payee == firm and x.purpose is Purpose.SALE]


def _laboratories(opening: Opening) -> list[str]:
    firms = opening.book.firms.values()
    return [f.id for f in firms if f.layer is Layer.MODEL and opening.groups(f.id) == f.id]


def _dependence(following: Following, links: list[Link], laboratory: str, base: Measure, day: date) -> Dependence:
    direct, bought, through = [], [], []
    for link in links:
        if link.payer == laboratory:
            direct.append(link.amount)
        elif laboratory in link.made_for:
            bought.append(link.amount.scaled(link.made_for[laboratory]))
        else:
            through.append(_passing(following.plan, link, laboratory))
    end = following.opening.book.date
    own, bought_for, passing = (of_figure(total(p), end, day + timedelta(days=1)) for p in (direct, bought, through))
    every = total((*direct, *bought, *through))
    share = derived(every.value / base.value, SHARE, of_figure(every, end, day), base)
    return Dependence(laboratory, own, bought_for, passing, share)


def _passing(plan: Flows, link: Link, laboratory: str) -> Figure:
    """The part of a customer's promise that is the laboratory's money: an assumption on how money mixes."""
    if link.payer not in plan.place or laboratory not in plan.place:
        return Figure(0.0)
    share = float(plan.trail.visited[plan.place[link.payer], plan.place[laboratory]])
    amount = link.amount.value * share
    return (
        Figure.of(amount, ASSUMPTION, f"{link.tie}: {share:.1%} of {link.payer}'s dollars had been {laboratory}'s")
        if amount
        else Figure(0.0)
    )
