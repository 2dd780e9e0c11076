"""What a firm's plant is charged a year, split into short-lived and long-lived, and the spending behind it.

The split is that of the economy's opening: a share of net plant is short-lived, a share is land and construction that
is not written off yet, the rest is buildings on a long life, half used on average. What reported depreciation leaves
beside that of buildings is the charge for short-lived plant. Where the book assumes the part of servers in depreciation
(``server_depreciation_share``, for a firm with much plant of a middling life) that part is taken instead.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from cardhouse.book import Book, Fact, cover
from cardhouse.economy.inputs import YEAR_DAYS
from cardhouse.economy.nodes import layer_of
from cardhouse.economy.plant import ladder
from cardhouse.lenses.accounts.vintages import Outlay, charge, standing
from cardhouse.lenses.measure import (
    SHARE,
    USD,
    Gap,
    Measure,
    Reading,
    computed,
    derived,
    difference,
    first_gap,
    known,
    ratio,
    total,
)
from cardhouse.lenses.readings import Bound, assumed, entity_name, of_fact, stock, year

Bounds = Mapping[str, Bound]
"""Which end of an assumption is taken, by its name; central where it is not named."""
STEP = 0.25
"""Years of a step of the ladders: a quarter, as in the economy."""
SEAM_DAYS = 3
"""Fiscal periods that end within so many days of each other end together."""
LONGEST = 15.0
"""Years of spending made up where none is reported: longer than any life asked of."""
MADE_UP = 0.25
"""Largest part of a year's charge that spending before the reported history may stand for."""
GROWTHS = (-2.0, 12.0)
"""Yearly growth of past spending that is tried where it has to be fitted."""
SPENDING = "capital_expenditures"


@dataclass(frozen=True, slots=True)
class Plant:
    """Plant of a firm and what a year is charged for it.

    Attributes
    ----------
    depreciation : of plant, in the newest reported year.
    whole : depreciation and amortisation as the firm reports them for that year.
    net : plant at its end. ``buildings``, ``short_lived`` : what of the depreciation is for which.
    life : of servers in the accounts, in years.
    """

    firm: str
    depreciation: Reading
    whole: Reading
    net: Reading
    buildings: Reading
    short_lived: Reading
    life: Reading

    @property
    def gap(self) -> Gap | None:
        """The first part that cannot be had of what the charge rests on."""
        return first_gap((self.depreciation, self.short_lived, self.life))


@dataclass(frozen=True, slots=True)
class Spending:
    """Spending on plant by vintage, counted back from the end of the year that is charged.

    Attributes
    ----------
    outlays : spending as reported, or fitted to the charge where the book's history is too short.
    before : what is taken for the time before the reported history: its oldest pace; empty where fitted.
    money : the reported rows together; where fitted, what it was fitted to.
    since : first reported day.
    fitted : whether it is made up at one steady growth.
    """

    outlays: tuple[Outlay, ...]
    before: tuple[Outlay, ...]
    money: Measure
    since: date
    fitted: bool

    @property
    def all(self) -> tuple[Outlay, ...]:
        """Reported outlays and those before them."""
        return (*self.outlays, *self.before)

    def made_up(self, life: float) -> float:
        """Part of a year's charge at a life that spending before the reported history stands for, 0 to 1."""
        return charge(self.before, life) / charge(self.all, life)


def formula(what: str, of: Callable[..., float], *parts: Reading, unit: str) -> Reading:
    """A formula of measures; where one of them cannot be had its gap as it is, not wrapped in another name."""
    return first_gap(parts) or computed(what, of, *parts, unit=unit)


def about(book: Book, firm: str) -> tuple[str, str, str]:
    """Whom an assumption about a firm may speak of, most particular first."""
    return firm, f"layer:{layer_of(book, firm)}", "all"


def assume(book: Book, name: str, firm: str, bounds: Bounds) -> Reading:
    """An assumption about a firm, at the end that is asked for."""
    return assumed(book, name, *about(book, firm), bound=bounds.get(name, "central"))


def dated(reading: Reading, like: Measure) -> Reading:
    """A measure that takes the period of another one, where assumptions without a period went into it."""
    return replace(reading, start=like.start, end=like.end) if isinstance(reading, Measure) else reading


def plant(book: Book, firm: str, on: date, bounds: Bounds, *, then: Book | None = None) -> Plant:
    """Plant of a firm with the newest year of depreciation that ended by a day.

    Where net plant of that day is not known, buildings take the part of depreciation they take in the newest year.

    Parameters
    ----------
    then : the book as known at the time, for the line of depreciation and what of it is plant; the book itself else.
    """
    own, whole = depreciation(then or book, firm, on, bounds)
    net = stock(book, firm, "property_and_equipment_net", own.end if isinstance(own, Measure) else on)
    if isinstance(own, Gap):
        return Plant(firm, own, whole, net, own, own, assume(book, "server_life_years", firm, bounds))
    buildings = _buildings(book, firm, own, net, bounds)
    if isinstance(buildings, Gap) and isinstance(net, Gap) and on < book.date:
        buildings = _in_proportion(book, own, plant(book, firm, book.date, bounds))
    short = dated(difference(own, buildings), own)
    if isinstance(short, Measure) and short.value <= 0.0:
        what = f"{entity_name(book, firm)}, depreciation of short-lived plant"
        short = Gap(what, "reported depreciation is no more than that of buildings on their assumed life")
    return Plant(firm, own, whole, net, buildings, short, assume(book, "server_life_years", firm, bounds))


def depreciation(book: Book, firm: str, on: date, bounds: Bounds) -> tuple[Reading, Reading]:
    """Depreciation of plant in the newest year, and the whole line of depreciation and amortisation.

    The line ``depreciation`` where it is as new; else the line of the cash flow statement, times the share of it
    that is for plant where the book assumes one.
    """
    line, only = (year(book, firm, metric, on) for metric in ("depreciation_and_amortization", "depreciation"))
    newest = max((m.end for m in known((line, only))), default=None)
    if isinstance(only, Measure) and only.end == newest:
        return only, line if isinstance(line, Measure) and line.end == newest else only
    if isinstance(line, Gap):
        return line, line
    share = assume(book, "plant_depreciation_share", firm, bounds)
    if isinstance(share, Gap):
        return line, line
    return dated(derived(line.value * share.value, USD, line, share), line), line


def spending(book: Book, of: Plant, life: float) -> Spending | Gap:
    """Spending by vintage: as reported where that makes most of the charge, else fitted to plant and its charge.

    Parameters
    ----------
    life : of the accounts, in years; the reported history is used where what is taken for the time before it makes
        no more than ``MADE_UP`` of a year's charge at that life.
    """
    name = entity_name(book, of.firm)
    if of.gap is not None or isinstance(of.depreciation, Gap):
        return of.gap or Gap(name, "depreciation is not known")
    end = of.depreciation.end
    rows = history(book, of.firm, SPENDING, end)
    found = _reported(book, rows, end) if rows else None
    if found is not None and found.made_up(life) <= MADE_UP:
        return found
    if isinstance(of.net, Gap):
        since = f"is known from {rows[0].start} on" if rows else "is not known"
        return Gap(f"{name}, capital spending by year", f"it {since}, too short for {life:g} years, and {of.net}")
    return _fitted(book, of, end)


def _reported(book: Book, rows: tuple[Fact, ...], end: date) -> Spending:
    """Reported outlays, and the pace of the oldest year of them for the time before."""
    outlays = tuple(_outlay(book, row, end) for row in rows)
    oldest = max(o.oldest for o in outlays)
    span = min(1.0, oldest)
    pace = math.fsum(
        o.money * max(o.oldest - max(o.youngest, oldest - span), 0.0) / (o.oldest - o.youngest) for o in outlays
    )
    before = (Outlay(oldest, oldest + LONGEST, pace / span * LONGEST),)
    (whole,) = known((total(of_fact(book, row) for row in rows),))
    first = rows[0].start or rows[0].end
    line = f"{rows[0].where}: {rows[0].entity} {SPENDING} {first}..{rows[-1].end}, {len(rows)} rows"
    return Spending(outlays, before, replace(whole, trail=(line,)), first, fitted=False)


def history(book: Book, firm: str, metric: str, end: date) -> tuple[Fact, ...]:
    """Rows of a flow that cover the longest time up to a day without a gap, oldest first."""
    ends = {row.end for row in book.chosen(firm, metric) if abs((row.end - end).days) <= SEAM_DAYS}
    starts = sorted({row.start for row in book.chosen(firm, metric) if row.start is not None and not row.item})
    for last in sorted(ends, key=lambda day: abs((day - end).days)):
        for first in starts:
            rows = cover(book, firm, metric, first, last) if first < last else ()
            if rows:
                return rows
    return ()


def factor(book: Book, of: Plant, spent: Spending, bounds: Bounds) -> Reading:
    """Reported charge for short-lived plant over the charge on the short-lived share of spending, on the same life.

    Below one where much of the spending stands in construction or was less for servers than assumed.
    """
    what = f"{entity_name(book, of.firm)}, charge over the charge computed from spending"
    if spent.fitted:
        return Gap(what, "spending is fitted to the charge")
    share = assume(book, "capex_short_share", of.firm, bounds)
    return computed(
        what,
        lambda short, life, part, _: short / (part * charge(spent.all, life)),
        of.short_lived,
        of.life,
        share,
        spent.money,
        unit=SHARE,
    )


def _buildings(book: Book, firm: str, own: Measure, net: Reading, bounds: Bounds) -> Reading:
    """Depreciation of a year of what is neither short-lived nor land and construction, or what servers leave of it."""
    what = f"{entity_name(book, firm)}, depreciation of buildings"
    servers = assume(book, "server_depreciation_share", firm, bounds)
    if isinstance(servers, Measure):
        return dated(derived(own.value * (1.0 - servers.value), USD, own, servers), own)
    names = ("short_lived_share", "land_and_construction_share", "building_life_years")
    return formula(what, _long_lived, net, *(assume(book, name, firm, bounds) for name in names), unit=USD)


def _long_lived(net: float, short: float, idle: float, life: float) -> float:
    """Yearly charge for what is neither short-lived nor idle, bought evenly over its life."""
    return ladder(net * max(1.0 - short - idle, 0.0), 0.0, max(round(life / STEP), 1), 1, STEP).yearly


def _in_proportion(book: Book, own: Measure, newest: Plant) -> Reading:
    """Depreciation of buildings where only that of the newest year is known."""
    found = ratio("part of buildings in depreciation", newest.buildings, newest.depreciation)
    if isinstance(found, Gap):
        return found
    name = entity_name(book, newest.firm)
    note = f"{name}: net plant of {own.end} is not in the book, buildings are taken as in the year to {found.end}"
    return derived(own.value * found.value, USD, own, found, flags=(note,))


def _outlay(book: Book, row: Fact, end: date) -> Outlay:
    after = end + timedelta(days=1)
    return Outlay(
        years_between(min(row.end, end) + timedelta(days=1), after),
        years_between(row.start or row.end, after),
        book.usd(row),
    )


def years_between(first: date, last: date) -> float:
    """Years from a day to a later one: whole ones by the calendar, the rest as a part of the year it lies in."""
    whole = last.year - first.year - ((last.month, last.day) < (first.month, first.day))
    begun, ended = (_anniversary(first, whole + k) for k in (0, 1))
    return whole + (last - begun).days / (ended - begun).days


def _anniversary(day: date, years: int) -> date:
    """The same day some years later, the last of February for the 29th."""
    return day.replace(year=day.year + years, day=28 if (day.month, day.day) == (2, 29) else day.day)


def _fitted(book: Book, of: Plant, end: date) -> Spending | Gap:
    """Spending at the one steady growth at which the year's charge and the net plant at its end agree, by quarters."""
    name = entity_name(book, of.firm)
    share = assume(book, "short_lived_share", of.firm, {})
    standing_now = formula(f"{name}, short-lived plant", lambda net, part: net * part, of.net, share, unit=USD)
    if isinstance(standing_now, Gap) or isinstance(of.short_lived, Gap) or isinstance(of.life, Gap):
        return first_gap((standing_now, of.short_lived, of.life)) or Gap(name, "plant is not known")
    outlays, fits = steady(of.short_lived.value / standing_now.value, of.life.value)
    notes = [f"{name}: reported spending reaches back too short; one growth of it is fitted to plant and its charge"]
    if not fits:
        notes.append(f"{name}: no growth of past spending fits plant and its charge; the nearest is taken")
    money = derived(standing_now.value, USD, standing_now, of.short_lived, flags=tuple(notes))
    return Spending(outlays, (), money, end - timedelta(days=round(LONGEST * YEAR_DAYS)), fitted=True)


def steady(charged: float, life: float) -> tuple[tuple[Outlay, ...], bool]:
    """Spending up to a factor at the growth where a year's charge is a given share of what stands at its end.

    The share falls with growth, so bisection finds it. False where none between the ends of ``GROWTHS`` does.
    """
    low, high = GROWTHS
    for _ in range(100):
        middle = 0.5 * (low + high)
        outlays = _growing(middle)
        if charge(outlays, life) / standing(outlays, life) > charged:
            low = middle
        else:
            high = middle
    found = _growing(0.5 * (low + high))
    met = charge(found, life) / standing(found, life)
    return found, abs(met - charged) <= 1e-6 * charged


def _growing(growth: float) -> tuple[Outlay, ...]:
    """Spending by quarters that grew at one yearly rate (continuous), newest first, the newest quarter one."""
    count = round(LONGEST / STEP)
    return tuple(Outlay(k * STEP, (k + 1) * STEP, math.exp(-growth * k * STEP)) for k in range(count))
