"""Megawatts: what runs, what is under contract, and what the accelerators that were bought need.

Two questions, kept apart. *Clouds* report power that runs and power under contract; what their machines need is worked
out from money: capital spending on short-lived plant over the life of an accelerator, over the price of the machines
of one megawatt. *Laboratories* sign for chips and for computing by the gigawatt: ties with a capacity are added up by
how firm they are. A tie with a chip maker is chips without a site; one with a cloud or a landlord is power.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from cardhouse.book import Book, Fact, Firmness, Layer, Status, Tie, latest
from cardhouse.lenses.compute.chips import believed, words
from cardhouse.lenses.compute.hourly import shell
from cardhouse.lenses.compute.ranges import BOUNDS, Range, around, assumed_range
from cardhouse.lenses.measure import USD, Gap, Measure, Reading, computed, difference, known, ratio, total
from cardhouse.lenses.readings import Bound, entity_name, of_fact, quarters

MW = "MW"
PER_MW = "USD_million_per_MW"
OLD_DAYS = 300
"""A figure of power this old is flagged."""
BUILDERS = (Layer.CLOUD, Layer.NEOCLOUD, Layer.MODEL)
"""Layers whose machines are for computing; their need is worked out though they report no power."""
FUTURE = frozenset({"huang"})
"""Items of cost per megawatt that speak of sites to come."""
OTHER: dict[Bound, Bound] = {"low": "high", "central": "central", "high": "low"}
YEAR = 365.25


class Sort(StrEnum):
    """What a tie with a capacity brings."""

    CHIPS = "chips"
    POWER = "power"


class Hold(StrEnum):
    """How firm it is."""

    FIRM = "firm"
    OPTION = "option_or_plan"
    LETTER = "letter_or_announced"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class Cloud:
    """A firm that runs machines, with power of its own or rented.

    Attributes
    ----------
    active, contracted, guided : MW; guided is the firm's target of running power.
    machines : USD million spent on short-lived plant within the life of an accelerator, up to the day of ``active``.
    since : first day of the spending that is known, where it is later than that life; None where all is known.
    needs : MW for them. ``cover`` : running over needed. ``unbuilt`` : contracted, not running.
    """

    firm: str
    name: str
    active: Reading
    contracted: Reading
    guided: Reading
    machines: Reading
    since: date | None
    needs: Range
    cover: Reading
    unbuilt: Reading


@dataclass(frozen=True, slots=True)
class Capacity:
    """One tie with a capacity, or the firm part of it: who gets how many MW from whom."""

    firm: str
    tie: str
    other: str
    sort: Sort
    hold: Hold
    amount: Measure


@dataclass(frozen=True, slots=True)
class Buyer:
    """A firm's capacity by ties.

    Attributes
    ----------
    chips, power : MW by how firm they are; only what is there.
    short_firm : firm chips less running and firm power, MW: chips without power where above zero.
    short_all : the same with options, plans, letters and announcements on both sides.
    """

    firm: str
    name: str
    running: Reading
    chips: dict[Hold, Reading]
    power: dict[Hold, Reading]
    short_firm: Reading
    short_all: Reading


@dataclass(frozen=True, slots=True)
class Power:
    """Megawatts of all firms that the book tells of; ``per_mw`` : price of the machines of one MW."""

    per_mw: Range
    clouds: tuple[Cloud, ...]
    capacities: tuple[Capacity, ...]
    buyers: tuple[Buyer, ...]


def power(book: Book) -> Power:
    """Megawatts owned, contracted and needed."""
    per_mw = machines_per_mw(book)
    reported = ("active_power_mw", "contracted_power_mw")
    firms = [
        f
        for f, firm in book.firms.items()
        if firm.layer in BUILDERS or any(latest(book, f, m, book.date) for m in reported)
    ]
    clouds = [_cloud(book, firm, per_mw) for firm in firms]
    capacities = tuple(_capacities(book))
    return Power(
        per_mw,
        tuple(c for c in clouds if isinstance(c.machines, Measure)),
        capacities,
        tuple(_buyer(book, firm, capacities) for firm in dict.fromkeys(c.firm for c in capacities)),
    )


def machines_per_mw(book: Book) -> Range:
    """Machines of a megawatt, USD million: the whole cost of a site less its shell."""
    rows = [
        of_fact(book, f)
        for f in believed(book.chosen("world", "data_center_cost_per_mw"))
        if not words(f.item) & {"shell", *FUTURE}
    ]
    whole, building = around(rows, "whole cost of a megawatt"), shell(book)
    return Range(
        *(
            computed(
                "machines of a megawatt", lambda a, s: a - s / 1000.0, whole.at(b), building.at(OTHER[b]), unit=PER_MW
            )
            for b in BOUNDS
        )
    )


def _cloud(book: Book, firm: str, per_mw: Range) -> Cloud:
    name = entity_name(book, firm)
    active, contracted = (_newest(book, firm, m) for m in ("active_power_mw", "contracted_power_mw"))
    upto = active.end if isinstance(active, Measure) else book.date
    spent = _machines(book, firm, upto)
    needs = Range(*(_needs(name, spent.at(b), per_mw.at(OTHER[b])) for b in BOUNDS))
    return Cloud(
        firm,
        name,
        active,
        contracted,
        _guided(book, firm),
        spent.central,
        _since(book, firm, upto),
        needs,
        ratio(f"{name}, running over needed power", active, needs.central, unit="times"),
        difference(contracted, active),
    )


def _needs(name: str, spent: Reading, price: Reading) -> Reading:
    return computed(f"{name}, power that its machines need", lambda s, p: s / p, spent, price, unit=MW)


def _newest(book: Book, firm: str, metric: str) -> Reading:
    fact = latest(book, firm, metric, book.date)
    what = f"{entity_name(book, firm)}, {metric.removesuffix('_mw').replace('_', ' ')}"
    if fact is None:
        return Gap(what, "the book has none")
    measure = of_fact(book, fact)
    return measure.flagged(f"{what}: of {fact.end}") if (book.date - fact.end).days > OLD_DAYS else measure


def _guided(book: Book, firm: str) -> Reading:
    """The newest guidance, for a day after the book's."""
    rows = [f for f in book.chosen(firm, "guidance_active_power_mw") if f.end >= book.date]
    what = f"{entity_name(book, firm)}, guided power"
    return of_fact(book, max(rows, key=lambda f: f.known)) if rows else Gap(what, "the book has none for a later day")


def _machines(book: Book, firm: str, upto: date) -> Range:
    """Short-lived part of capital spending within the life of an accelerator."""
    life = assumed_range(book, "economic_life_years")
    share = assumed_range(book, "capex_short_share", firm, f"layer:{book.firms[firm].layer.value}")
    return Range(*(_spent(book, firm, upto, life.at(b), share.at(b)) for b in BOUNDS))


def _spent(book: Book, firm: str, upto: date, life: Reading, share: Reading) -> Reading:
    what = f"{entity_name(book, firm)}, machines bought"
    if isinstance(life, Gap):
        return life
    since = upto - timedelta(days=life.value * YEAR)
    rows = _outlays(book, firm, since, upto)
    if not rows:
        return Gap(what, f"the book has no capital spending from {since} to {upto}")
    return computed(what, lambda s, part: s * part, total(rows), share, unit=USD)


def _since(book: Book, firm: str, upto: date) -> date | None:
    """First day of the spending that is known, where it is more than a quarter later than the central life."""
    life = assumed_range(book, "economic_life_years").central
    if isinstance(life, Gap):
        return None
    begin = upto - timedelta(days=life.value * YEAR)
    first = min((m.start for m in _outlays(book, firm, begin, upto) if m.start), default=None)
    return first if first and first > begin + timedelta(days=SLACK) else None


def _outlays(book: Book, firm: str, since: date, upto: date) -> tuple[Measure, ...]:
    """Quarters between two days, and what years add where quarters are missing; no day is counted twice."""
    metric = "capital_expenditures"
    found = [q for q in quarters(book, firm, metric, upto) if q.start and q.start >= since]
    for fact in reversed(book.chosen(firm, metric)):
        if fact.start is None or fact.item or not YEAR_DAYS[0] <= (fact.end - fact.start).days + 1 <= YEAR_DAYS[1]:
            continue
        if fact.start < since - timedelta(days=SLACK) or fact.end > upto:
            continue
        rest = _rest(of_fact(book, fact), found)
        if rest is not None:
            found.append(rest)
    return tuple(found)


YEAR_DAYS = (350, 380)
SLACK = 100
"""A year that began up to a quarter before the first day still counts whole."""


def _rest(year: Measure, known_: list[Measure]) -> Measure | None:
    """A year less the quarters of it that are known; None where nothing is left or a row lies half inside."""
    over = [m for m in known_ if m.start and year.start and m.start <= year.end and m.end >= year.start]
    inside = [m for m in over if m.start and year.start and m.start >= year.start and m.end <= year.end]
    if len(inside) < len(over) or _days(year) - sum(map(_days, inside)) < SLACK / 2:
        return None
    rest = difference(year, total(inside)) if inside else year
    return rest if isinstance(rest, Measure) else None


def _days(m: Measure) -> int:
    return (m.end - m.start).days + 1 if m.start else 0


def _capacities(book: Book) -> list[Capacity]:
    ties = {tie.base_id: tie for tie in book.current_ties}
    found = []
    for firm, metric in book.series:
        if metric != "capacity_by_tie_mw":
            continue
        for item in book.items(firm, metric):
            if item in ties:
                found += _of_tie(book, firm, ties[item], _row(book, firm, metric, item))
    return found


def _row(book: Book, firm: str, metric: str, item: str) -> Fact | None:
    rows = [f for f in book.chosen(firm, metric) if f.item == item]
    return rows[-1] if rows else None


def _of_tie(book: Book, firm: str, tie: Tie, row: Fact | None) -> list[Capacity]:
    """The tie as a whole, or its firm part and the rest."""
    if row is None:
        return []
    other = tie.to if tie.from_ == firm else tie.from_
    layer = book.firms[other].layer if other in book.firms else None
    sort = Sort.CHIPS if layer is Layer.COMPUTE else Sort.POWER
    whole, part = of_fact(book, row), _row(book, firm, "firm_capacity_by_tie_mw", tie.base_id)
    held = hold(tie)
    name = entity_name(book, other)
    if part is None or held is Hold.LAPSED:
        return [Capacity(firm, tie.base_id, name, sort, held, whole)]
    fixed = of_fact(book, part)
    rest = replace(whole, value=whole.value - fixed.value)
    first = Hold.FIRM if tie.status is Status.ACTIVE else held
    later = Hold.OPTION if held is Hold.FIRM else held
    return [
        Capacity(firm, tie.base_id, name, sort, first, fixed),
        Capacity(firm, tie.base_id, name, sort, later, rest),
    ]


def hold(tie: Tie) -> Hold:
    """How firm a tie is: binding and not merely planned; reported or planned; announced or a letter; ended."""
    if tie.status is Status.TERMINATED:
        return Hold.LAPSED
    if tie.firmness in (Firmness.ANNOUNCED, Firmness.LETTER_OF_INTENT):
        return Hold.LETTER
    firm = tie.firmness is Firmness.BINDING and tie.status in (Status.ACTIVE, Status.COMPLETED)
    return Hold.FIRM if firm else Hold.OPTION


def _buyer(book: Book, firm: str, capacities: tuple[Capacity, ...]) -> Buyer:
    name = entity_name(book, firm)
    own = [c for c in capacities if c.firm == firm]
    sums = {
        sort: {h: total(c.amount for c in own if c.sort is sort and c.hold is h) for h in Hold if _any(own, sort, h)}
        for sort in Sort
    }
    running = _newest(book, firm, "active_power_mw")
    firm_only, every = ((Hold.FIRM,), (Hold.FIRM, Hold.OPTION, Hold.LETTER))
    lacking = (_short(book, name, sums, running, holds) for holds in (firm_only, every))
    return Buyer(firm, name, running, sums[Sort.CHIPS], sums[Sort.POWER], *lacking)


Sums = dict[Sort, dict[Hold, Reading]]


def _short(book: Book, name: str, sums: Sums, running: Reading, holds: tuple[Hold, ...]) -> Reading:
    """Chips less running power and power to come, of ties at least so firm."""
    what = f"{name}, chips without power"
    if not sums[Sort.CHIPS]:
        return Gap(what, "no tie for chips")
    if not sums[Sort.POWER] and isinstance(running, Gap):
        return Gap(what, "the book has no figure of its power")
    zero = Measure(0.0, MW, book.date)
    chips, sites = (total([zero, *(sums[s][h] for h in holds if h in sums[s])]) for s in (Sort.CHIPS, Sort.POWER))
    return difference(chips, total((sites, *known((running,)))))


def _any(own: list[Capacity], sort: Sort, held: Hold) -> bool:
    return any(c.sort is sort and c.hold is held for c in own)
