"""Funding rounds: size, valuation against the run rate of the day, who put in how much, and what has been paid.

A round is a row of money raised, a valuation, or both where they lie within six weeks of each other. The investors' own
ties stand beside it with their status: what was announced is never counted as paid.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from cardhouse.book import Book, Fact, Firmness, SourceKind, Status, Term, Tie, TieKind
from cardhouse.lenses.capital.investment import Spread, spread
from cardhouse.lenses.measure import TIMES, USD, Gap, Measure, Reading, known, not_meaningful, ratio, total
from cardhouse.lenses.readings import of_fact

RAISED, VALUED, RUN_RATE = "funding_raised", "private_valuation", "annualized_revenue_run_rate"
NEAR_DAYS = 45
"""A valuation belongs to a round when their days are at most this far apart."""
STALE_DAYS = 200
"""A run rate older than this says nothing of the day of a round."""
OFFERING = "ipo"
OPEN = "open to"
"""Begins the status of a round of which part of the money is still to come."""
UNPAID = ", part unpaid"
SAME = 0.01
"""Ties of investors that add up to a round but for so much of it are those of the round."""
BOUND = ("paid", "agreed")
"""First words of what has become of a promise that binds or was kept; all others may come to nothing."""
WHOLE = 99.0
"""Percent of a firm from which a tie is the purchase of it, no round."""


@dataclass(frozen=True, slots=True)
class Round:
    """One round of one firm.

    Attributes
    ----------
    day : last day of the row of money, else of the valuation.
    amount : USD million, the size as announced; what is paid of it is told by ``status`` and by the pledges.
    valuation : USD million, after the money; before it where ``pre_money``.
    run_rate : annualised revenue, the newest figure not later than the round.
    multiple : valuation over run rate.
    days_before : age of the run rate on the day.
    status : ``closed`` where the firm says so itself, ``reported`` where others do, either with ``part unpaid`` where
        its investors are known to have paid less than they agreed to; ``open to DAY`` where part of the money is still
        to come, ``valuation only``.
    note : what the rows say about tranches and status.
    """

    firm: str
    name: str
    label: str
    day: date
    amount: Reading
    valuation: Reading
    pre_money: bool
    run_rate: Reading
    multiple: Reading
    days_before: int | None
    status: str
    listed: bool
    note: str


@dataclass(frozen=True, slots=True)
class Pledge:
    """What one investor promised a firm, and what of it was paid by the day of the book."""

    tie: str
    investor: str
    firm: str
    announced: date
    status: str
    amount: Reading
    paid: Reading
    sources: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class RoundsOfYear:
    """Rounds of one calendar year: how many, how much, and how concentrated."""

    year: int
    count: int
    total: Reading
    top_five: Reading
    spread: Spread


def rounds(book: Book) -> tuple[Round, ...]:
    """All rounds that the book has, newest first."""
    found: list[Round] = []
    for firm in book.firms:
        raised = [f for f in book.chosen(firm, RAISED) if f.end <= book.date or f.known <= book.date]
        valued = [f for f in book.chosen(firm, VALUED) if f.end <= book.date]
        used: set[Fact] = set()
        for fact in raised:
            near = _nearest(fact, [v for v in valued if v not in used])
            used |= {near} if near else set()
            found.append(_round(book, fact, fact, near))
        alone = [v for v in valued if v not in used and not any(_considered(v, r) for r in raised)]
        found += [_round(book, v, None, v) for v in alone]
    return tuple(sorted(found, key=lambda r: (-r.day.toordinal(), r.firm, r.label)))


def _nearest(raised: Fact, valued: Sequence[Fact]) -> Fact | None:
    near = [v for v in valued if _days(v, raised) <= NEAR_DAYS]
    return min(near, key=lambda v: (v.item != "", _days(v, raised)), default=None)


def _considered(valued: Fact, raised: Fact) -> bool:
    """Whether a valuation was one on the way to a round: of the weeks before its first day; later ones are new."""
    return 0 <= ((raised.start or raised.end) - valued.end).days <= NEAR_DAYS


def _days(valued: Fact, raised: Fact) -> int:
    """Days between a valuation and the period of a round; 0 inside it."""
    start = raised.start or raised.end
    if start <= valued.end <= raised.end:
        return 0
    return min(abs((valued.end - start).days), abs((valued.end - raised.end).days))


def _round(book: Book, fact: Fact, raised: Fact | None, valued: Fact | None) -> Round:
    name, day = book.firms[fact.entity].name, min(fact.start or fact.end, fact.end)
    amount: Reading = of_fact(book, raised) if raised else Gap(f"{name}, {day}, money raised", "not in the book")
    value: Reading = of_fact(book, valued) if valued else Gap(f"{name}, {day}, valuation", "not in the book")
    rate, age = _run_rate(book, fact.entity, name, valued.end if valued else day)
    label = _label(raised.item if raised else "") or (valued.note if valued else "")
    note = "; ".join(dict.fromkeys(f.note for f in (raised, valued) if f is not None and f.note))
    return Round(
        firm=fact.entity,
        name=name,
        label=label,
        day=day,
        amount=amount,
        valuation=value,
        pre_money=valued is not None and valued.item == "pre-money",
        run_rate=rate,
        multiple=ratio(f"{name}, {day}, valuation over run rate", value, rate, unit=TIMES, positive="the run rate"),
        days_before=age,
        status=_status(book, raised),
        listed=raised is not None and raised.item == OFFERING,
        note=note,
    )


def _label(item: str) -> str:
    return "IPO" if item == OFFERING else item.replace("-", " ")


def _status(book: Book, raised: Fact | None) -> str:
    if raised is None:
        return "valuation only"
    if raised.end > book.date:
        return f"{OPEN} {raised.end}"
    own = book.source_kind(raised) in (SourceKind.FILING, SourceKind.PRESS_RELEASE)
    return ("closed" if own else "reported") + (UNPAID if _part_unpaid(book, raised) else "")


def _part_unpaid(book: Book, raised: Fact) -> bool:
    """Whether the investors of a round are known to have paid less than they agreed to by the book's day.

    Ties name no round: those announced around it are its investors only where they add up to its size.
    """
    start = raised.start or raised.end
    own = [
        p
        for p in pledges(book, raised.entity)
        if (start - p.announced).days <= NEAR_DAYS
        and (p.announced - raised.end).days <= NEAR_DAYS
        and p.status.startswith(BOUND)
    ]
    size = book.usd(raised)
    agreed, paid = known(p.amount for p in own), known(p.paid for p in own)
    apart = abs(sum(m.value for m in agreed) - size)
    return (
        len(agreed) == len(paid) and apart <= SAME * size and sum(m.value for m in paid) < sum(m.value for m in agreed)
    )


def _run_rate(book: Book, firm: str, name: str, day: date) -> tuple[Reading, int | None]:
    what = f"{name}, run rate before {day}"
    rows = [f for f in book.chosen(firm, RUN_RATE) if f.item == "" and f.end <= day]
    if not rows:
        return Gap(what, "the book has none"), None
    age = (day - rows[-1].end).days
    if age > STALE_DAYS:
        return not_meaningful(what, f"the last one is {age} days older"), None
    return of_fact(book, rows[-1]), age


def by_year(all_rounds: Sequence[Round]) -> tuple[RoundsOfYear, ...]:
    """How concentrated the rounds of each calendar year are, newest first.

    Offerings to the public are left out, and so are rounds of which part of the money is still to come by their row.
    """
    done = [r for r in all_rounds if not r.listed and not r.status.startswith(OPEN)]
    own = [r for r in done if isinstance(r.amount, Measure)]
    return tuple(_of_year(y, [r for r in own if r.day.year == y]) for y in sorted({r.day.year for r in own})[::-1])


def _of_year(year: int, own: Sequence[Round]) -> RoundsOfYear:
    amounts = sorted(known(r.amount for r in own), key=lambda m: -m.value)
    whole = total(amounts)
    what = f"rounds of {year}"
    five = ratio(f"{what}, five largest", total(amounts[:5]), whole)
    return RoundsOfYear(year, len(amounts), whole, five, spread(what, amounts, whole))


def pledges(book: Book, firm: str) -> tuple[Pledge, ...]:
    """What investors promised a firm for shares, newest first, without parts of other rows and takeovers."""
    own = [t for t in book.current_ties if t.kind is TieKind.EQUITY and t.to == firm and t.counted]
    own = [t for t in own if (t.share_percent or 0.0) < WHOLE]
    return tuple(_pledge(book, t) for t in sorted(own, key=lambda t: -(t.announced or t.known).toordinal()))


def _pledge(book: Book, tie: Tie) -> Pledge:
    investor = book.firms[tie.from_].name
    what = f"{investor} in {book.firms[tie.to].name}"
    kind = book.source_kind(tie).value
    day = tie.announced or tie.known
    amount: Reading = Gap(what, "no amount published")
    if tie.amount is not None:
        line = f"{tie.where}: {tie.id} {tie.amount:,.0f} ({tie.source}, {kind})"
        amount = Measure(tie.amount, USD, day, None, {kind: tie.amount or 1.0}, (tie.source,), (line,))
    paid = _paid(book, tie, what, amount)
    return Pledge(tie.id, investor, book.firms[tie.to].name, day, state(tie), amount, paid, (tie.source,), tie.note)


def _paid(book: Book, tie: Tie, what: str, amount: Reading) -> Reading:
    """What was paid by the day of the book: all of a completed tie, else what a row says was paid."""
    name = f"{what}, paid"
    if tie.status is Status.TERMINATED:
        return not_meaningful(name, "the tie has lapsed")
    if tie.status is Status.COMPLETED:
        return amount
    rows = [t for t in book.terms_of(tie.id) if t.term == "paid_to_date" and (t.to is None or t.to <= book.date)]
    if not rows:
        return Gap(name, f"{state(tie)}; no row says that any of it was paid")
    newest = max(rows, key=lambda t: (t.to or date.min, t.known))
    return _of_term(book, newest)


def _of_term(book: Book, term: Term) -> Measure:
    kind = book.source_kind(term).value if term.source else "assumption"
    line = f"{term.where}: {term.tie} {term.term} {term.value} ({term.source or term.reason})"
    sources = (term.source,) if term.source else ()
    return Measure(term.number, USD, term.to or book.date, None, {kind: term.number or 1.0}, sources, (line,))


def state(tie: Tie) -> str:
    """What has become of a promise, in words that never make an announcement a payment."""
    if tie.status is Status.TERMINATED:
        return "lapsed"
    if tie.status is Status.UNKNOWN:
        return "unclear"
    if tie.firmness is Firmness.LETTER_OF_INTENT:
        return "letter of intent"
    if tie.status is Status.COMPLETED:
        return "paid" if tie.firmness is Firmness.BINDING else f"paid, {tie.firmness.value}"
    if tie.firmness is Firmness.ANNOUNCED:
        return "announced"
    if tie.firmness is Firmness.REPORTED:
        return "reported"
    return "agreed" if tie.status is Status.ACTIVE else "agreed, not begun"


def paid_total(rows: Sequence[Pledge]) -> Reading:
    """Sum of what is known to be paid; what nobody says was paid is not in it."""
    found = known(r.paid for r in rows)
    return total(found) if found else Gap("paid by investors", "no row says that anything was paid")


def agreed_total(rows: Sequence[Pledge]) -> Reading:
    """Sum of the amounts that investors are bound to pay or have paid."""
    found = known(r.amount for r in rows if r.status.startswith(BOUND))
    return total(found) if found else Gap("agreed by investors", "no amount published")


def loose_total(rows: Sequence[Pledge]) -> Reading:
    """Sum of what stands in letters of intent, was only announced or reported, or is unclear; lapsed ones left out."""
    found = known(r.amount for r in rows if not r.status.startswith((*BOUND, "lapsed")))
    return total(found) if found else Gap("by letter, announced or reported", "no amount published")
