"""Staying with one accelerator or leaving it: cost of the same work on each, and the cost of porting that would tip it.

Work is compared by dense peak in a format that both have, times what ported software reaches of it; nothing else about
two machines is compared. Costs are compared like with like: what an owner pays with what an owner pays, a rent of one
kind with a rent of the same kind. A porting cost is paid once and weighed against the yearly saving of a fleet over a
horizon, at the cost of capital: it tips the choice where it equals ``saving / charge(rate, horizon)``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from cardhouse.book import Book, latest
from cardhouse.errors import InputError
from cardhouse.lenses.compute.chips import FORMATS, Chip, chip, find, names
from cardhouse.lenses.compute.hourly import HOURS, MILLION, Hourly, charge, hourly
from cardhouse.lenses.compute.ranges import BOUNDS, PER_HOUR, Choices, Range, assumed_range, given
from cardhouse.lenses.compute.rents import Kind, levels
from cardhouse.lenses.measure import SHARE, USD, Gap, Measure, Reading, computed, first_gap
from cardhouse.lenses.readings import of_fact

BASE = "gb200"
OWNER = "owner"
COMPARED = (Kind.LARGE_CLOUD, Kind.ON_DEMAND, Kind.ONE_YEAR, Kind.LONGER, Kind.SPOT)
LISTED = {Kind.LARGE_CLOUD: Kind.ON_DEMAND}
"""A large cloud's list is an hour on demand; it is set beside others' where one side has no such list."""
DERIVED = "tco_vs_gb200_percent"


@dataclass(frozen=True, slots=True)
class Move:
    """Leaving one accelerator for another.

    Attributes
    ----------
    basis : ``owner`` or the kind of rent that both have.
    format : in which peaks are compared.
    stay, go : USD an hour of one accelerator.
    for_one : accelerators of the other kind that do the work of one.
    saving : share of the cost that falls away, below zero where the work would cost more; its ends are those of what
        ported software reaches.
    a_year : USD million that the fleet saves.
    worth : USD million that porting may cost before it eats the saving.
    least_fleet : accelerators from which the assumed porting cost pays.
    """

    to: str
    name: str
    basis: str
    format: str
    stay: Reading
    go: Reading
    for_one: Reading
    saving: Range
    a_year: Reading
    worth: Reading
    least_fleet: Reading


@dataclass(frozen=True, slots=True)
class Switch:
    """All accelerators of other makers beside one.

    Attributes
    ----------
    porting : USD million, engineer-years times their cost. ``ported`` : part of the peak that ported software reaches
        beside the old. ``fleet`` : accelerators. ``horizon`` : years.
    incomparable : accelerators for which no cost of a kind that both have is known.
    """

    base: Chip
    porting: Range
    ported: Range
    fleet: Reading
    horizon: Reading
    moves: tuple[Move, ...]
    incomparable: tuple[str, ...]


def switch(
    book: Book,
    base: str = BASE,
    *,
    fleet: float | None = None,
    horizon: float | None = None,
    choices: Choices | None = None,
) -> Switch:
    """What leaving an accelerator would save, and the porting cost at which it would not.

    Parameters
    ----------
    fleet : accelerators in use; the book's assumption where none is given.
    horizon : years over which a port pays; the life of an accelerator where none is given.

    Raises
    ------
    InputError : a fleet or a horizon that is not above zero.
    UnknownName : no accelerator is called so.
    """
    if fleet is not None and not 1 <= fleet < math.inf:
        raise InputError(f"a fleet of {fleet:g}; expected 1 accelerator or more; change --fleet")
    if horizon is not None and not 0.1 <= horizon <= 100:
        raise InputError(f"a horizon of {horizon:g}; expected 0.1 to 100 years; change --horizon")
    stay_id = find(book, base)
    costs = {id_: hourly(book, chip(book, id_), choices) for id_ in names(book)}
    stay = costs[stay_id]
    many = assumed_range(book, "compute_fleet") if fleet is None else given(fleet, "count", book.date, "--fleet")
    years = stay.inputs["life"] if horizon is None else given(horizon, "years", book.date, "--horizon")
    terms = _Terms(
        many.central,
        years.central,
        stay.inputs["cost_of_capital"].central,
        stay.inputs["utilisation"].central,
        assumed_range(book, "compute_ported_efficiency"),
        _porting(book).central,
    )
    others = {id_: go for id_, go in costs.items() if maker(go.chip) != maker(stay.chip)}
    measured = costs[BASE].sold.central if BASE in costs else stay.sold.central
    moves = [move for go in others.values() for move in _moves(book, stay, go, measured, terms)]
    seen = {move.to for move in moves}
    rest = tuple(go.chip.name for id_, go in others.items() if id_ not in seen)
    return Switch(
        stay.chip,
        _porting(book),
        terms.ported,
        terms.fleet,
        terms.horizon,
        tuple(moves),
        rest,
    )


@dataclass(frozen=True, slots=True)
class _Terms:
    """Central readings that all moves share."""

    fleet: Reading
    horizon: Reading
    rate: Reading
    utilisation: Reading
    ported: Range
    porting: Reading


def maker(of: Chip) -> str:
    """Whose an accelerator is: the first word of its name. Software carries over within one maker's family."""
    return of.name.split(" ", 1)[0]


def _porting(book: Book) -> Range:
    """USD million of a port: engineer-years times the cost of one."""
    years, cost = assumed_range(book, "compute_porting_engineer_years"), assumed_range(book, "compute_engineer_year")

    def at(which: str) -> Reading:
        parts = (getattr(years, which), getattr(cost, which))
        return computed("porting cost", lambda n, usd: n * usd / MILLION, *parts, unit=USD)

    return Range(at("low"), at("central"), at("high"))


def _moves(book: Book, stay: Hourly, go: Hourly, measured: Reading, terms: _Terms) -> list[Move]:
    format_ = next((f for f in FORMATS if _both(stay.chip, go.chip, f)), None)
    if format_ is None:
        return []
    pairs = [(OWNER, stay.sold.central, _owned(book, go, measured))]
    pairs += [(kind.value, *pair) for kind in COMPARED if (pair := _rents(book, stay.chip, go.chip, kind))]
    return [_move(go.chip, stay.chip, basis, format_, a, b, terms) for basis, a, b in pairs if not first_gap((a, b))]


def _both(one: Chip, other: Chip, format_: str) -> bool:
    return first_gap((one.flops[format_].central, other.flops[format_].central)) is None


def _owned(book: Book, go: Hourly, measured: Reading) -> Reading:
    """The owner's cost from its price, else from a published distance to the cost of a GB200 (``measured``)."""
    if isinstance(go.sold.central, Measure):
        return go.sold.central
    fact = latest(book, go.chip.id, DERIVED, book.date)
    if fact is None:
        return go.sold.central
    what = f"{go.chip.name}, cost of an hour"
    found = computed(what, lambda cost, apart: cost * (1.0 + apart), measured, of_fact(book, fact), unit=PER_HOUR)
    note = f"{go.chip.name}: cost of its maker, from a published distance to the GB200; nobody else owns it at that"
    return found.flagged(note) if isinstance(found, Measure) else found


def _rents(book: Book, one: Chip, other: Chip, kind: Kind) -> tuple[Reading, Reading] | None:
    """Rents of one kind of both; of a large cloud's list also beside an hour on demand elsewhere."""
    a, b = _rent(book, one, kind), _rent(book, other, kind)
    if kind in LISTED and isinstance(a, Measure) != isinstance(b, Measure):
        a = a if isinstance(a, Measure) else _rent(book, one, LISTED[kind])
        b = b if isinstance(b, Measure) else _rent(book, other, LISTED[kind])
    return (a, b) if isinstance(a, Measure) and isinstance(b, Measure) else None


def _rent(book: Book, of: Chip, kind: Kind) -> Reading:
    """Today's rent of a kind, as where one accelerator stands alone: fresh prices only."""
    found = levels(book, of.id).get(kind)
    return found.rent if found else Gap(f"{of.name}, rent", f"no fresh price of the kind {kind.value}")


def _move(to: Chip, of: Chip, basis: str, format_: str, stay: Reading, go: Reading, t: _Terms) -> Move:
    what = f"{of.name} to {to.name}"
    peaks = (of.flops[format_].central, to.flops[format_].central)
    for_one = computed(
        f"{what}, accelerators for one", lambda a, b, e: a / (b * e), *peaks, t.ported.central, unit="times"
    )
    saving = Range(*(_saving(what, stay, go, peaks, t.ported.at(b)) for b in BOUNDS))
    a_year = computed(
        f"{what}, saving a year",
        lambda s, g, n, fleet, sold: fleet * sold * HOURS * (s - n * g) / MILLION,
        *(stay, go, for_one, t.fleet, t.utilisation),
        unit=USD,
    )
    return Move(
        to.id,
        to.name,
        basis,
        format_,
        stay,
        go,
        for_one,
        saving,
        a_year,
        computed(f"{what}, what porting may cost", _worth, a_year, t.rate, t.horizon, unit=USD),
        computed(f"{what}, least fleet", _least, a_year, t.rate, t.horizon, t.fleet, t.porting, unit="count"),
    )


def _saving(what: str, stay: Reading, go: Reading, peaks: tuple[Reading, Reading], ported: Reading) -> Reading:
    """Share of the cost of the same work that falls away."""
    parts = (stay, go, *peaks, ported)
    return computed(f"{what}, saving", lambda s, g, a, b, e: 1.0 - g * a / (b * e) / s, *parts, unit=SHARE)


def _worth(a_year: float, rate: float, horizon: float) -> float:
    """Value today of a saving over the horizon."""
    if a_year <= 0.0:
        raise InputError("the same work costs no less there")
    return a_year / charge(rate, horizon)


def _least(a_year: float, rate: float, horizon: float, fleet: float, porting: float) -> float:
    """Fleet whose saving is worth a porting cost."""
    return porting / (_worth(a_year, rate, horizon) / fleet)
