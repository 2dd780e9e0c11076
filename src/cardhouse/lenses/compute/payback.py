"""Does an accelerator pay for itself: payback, internal return and break-even rent by purchase date and rent path.

It is bought at time zero and let from then on; every month brings rent for the hours sold, less power, building and
upkeep of that month. It is switched off as soon as a month would bring less than it costs, so money goes out once and
comes in after that, and the internal return is unique. What it sells for at the end is not counted.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from cardhouse.book import Book
from cardhouse.economy.figure import ASSUMPTION
from cardhouse.errors import InputError
from cardhouse.lenses.compute.chips import chip as chip_of
from cardhouse.lenses.compute.hourly import HOURS, MONTHS, Hourly, Values, hardware, hourly, monthly_rate, parts
from cardhouse.lenses.compute.ranges import PER_HOUR, Choices, given
from cardhouse.lenses.compute.rents import Fall, Level, level, rents
from cardhouse.lenses.measure import SHARE, Gap, Measure, Reading, computed
from cardhouse.lenses.readings import assumed, entity_name

Flows = npt.NDArray[np.float64]
STEPS = (0.4,)
"""Falls a year that are tried beside a constant rent, the fitted fall and the book's own."""
RATES = (-0.9999, 100.0)
"""Internal returns a year that are looked for."""
SOLD = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
LIVES = (3.0, 4.0, 5.0, 6.0, 7.0)
YEARS_BACK = 4


def running(v: Values) -> float:
    """USD an hour of the year to keep one going: building, power, upkeep."""
    found = parts(v)
    return found["building"] + found["power"] + found["upkeep"]


def flows(v: Values, rent: float, decay: float) -> Flows:
    """USD received in each month of its life, net of running cost; zero from the month that would bring a loss.

    Parameters
    ----------
    v : inputs of an hour's cost (:func:`cardhouse.lenses.compute.hourly.parts`).
    rent : USD for an hour sold, at purchase.
    decay : continuous fall a year: the rent of month k is ``rent * exp(-decay * (k - 1) / 12)``.
    """
    months = np.arange(max(round(v["life"] * MONTHS), 1))
    hours = HOURS / MONTHS
    path = rent * np.exp(-decay * months / MONTHS)
    net: Flows = hours * (path * v["utilisation"] - running(v))
    return np.where(np.minimum.accumulate(net) > 0.0, net, 0.0)


def present_value(paid: Flows, rate: float) -> float:
    """Value at purchase of monthly amounts, paid at the end of each month, at a return a year."""
    months = np.arange(1, paid.size + 1)
    return float(np.sum(paid * (1.0 + monthly_rate(rate)) ** -months))


def internal_return(outlay: float, paid: Flows) -> float:
    """Return a year at which amounts received are worth what was paid for them.

    Raises
    ------
    InputError : nothing is received, or the return lies outside :data:`RATES`.
    """
    from scipy.optimize import brentq

    def gain(rate: float) -> float:
        return present_value(paid, rate) - outlay

    if not paid.any() or gain(RATES[0]) < 0.0 or gain(RATES[1]) > 0.0:
        raise InputError("what is received never comes near what is paid; expected receipts; there is no return")
    return float(brentq(gain, *RATES, xtol=1e-12))


def payback_years(outlay: float, paid: Flows) -> float:
    """Years until the amounts received add up to what was paid.

    Raises
    ------
    InputError : they never do.
    """
    sums = np.cumsum(paid)
    if sums[-1] < outlay:
        raise InputError(f"only {sums[-1] / outlay:.0%} of the price comes back within its life")
    month = int(np.argmax(sums >= outlay))
    before = sums[month - 1] if month else 0.0
    return float((month + (outlay - before) / paid[month]) / MONTHS)


def break_even(v: Values, decay: float) -> float:
    """Rent for an hour sold, at purchase, at which an accelerator just earns the cost of capital."""
    from scipy.optimize import brentq

    outlay = hardware(v)

    def gain(rent: float) -> float:
        return present_value(flows(v, rent, decay), v["cost_of_capital"]) - outlay

    top = 1.0
    while gain(top) < 0.0:
        top *= 2.0
    return float(brentq(gain, 0.0, top, xtol=1e-12))


@dataclass(frozen=True, slots=True)
class Path:
    """How a rent goes on: ``a_year`` is the share it loses each year."""

    name: str
    a_year: Reading


def decay(a_year: float) -> float:
    """Continuous fall a year of a rent that loses a share of itself each year."""
    return -math.log1p(-a_year)


@dataclass(frozen=True, slots=True)
class Case:
    """One purchase on one path.

    Attributes
    ----------
    bought : day. ``outlay`` : USD with server and network. ``priced`` : day of the price of the machine in it; None
        where there is no price. ``rent`` : of that day.
    payback : years. ``internal_return`` : a year. ``break_even`` : USD an hour sold at purchase.
    """

    bought: date
    path: str
    outlay: Reading
    priced: date | None
    rent: Level
    payback: Reading
    internal_return: Reading
    break_even: Reading


@dataclass(frozen=True, slots=True)
class Payback:
    """Purchases of an accelerator on all paths, and today's on one path over utilisation and life.

    Attributes
    ----------
    fitted, lately : falls of rents over all years and of the last months, of whichever accelerators have series.
    grid : internal return by hours sold (rows, :data:`SOLD`) and life in years (columns, :data:`LIVES`).
    """

    hourly: Hourly
    fitted: Fall
    lately: Fall
    paths: tuple[Path, ...]
    cases: tuple[Case, ...]
    grid_path: str
    sold: tuple[float, ...]
    lives: tuple[float, ...]
    grid: tuple[tuple[Reading, ...], ...]


def paths(book: Book, fitted: Fall) -> tuple[Path, ...]:
    """Constant; as fitted on prices of the same series, naming whose; the book's assumption; round falls."""

    def plain(value: float) -> Measure:
        return Measure(value, SHARE, book.date, None, {ASSUMPTION: 1.0}, (), (f"rent path: {value:.0%} a year",))

    of = ", ".join(entity_name(book, chip) for chip in fitted.chips)
    return (
        Path("constant", plain(0.0)),
        Path(f"fitted on {of}" if of else "fitted", fitted.a_year),
        Path("book's assumption", assumed(book, "rent_decay", "all")),
        *(Path(f"-{step:.0%} a year", plain(step)) for step in STEPS),
    )


def payback(book: Book, id_: str, choices: Choices | None = None, *, rent: float | None = None) -> Payback:
    """Payback, internal return and break-even rent of an accelerator.

    Prices and rents are the newest ones known on the purchase date; power, building, life and the rest are today's
    inputs. Where no price of the year and a half before a purchase is known, its case is a gap.

    Parameters
    ----------
    rent : USD for an hour sold of one bought today, in place of the book's prices; earlier purchases are left out then.

    Raises
    ------
    InputError : a rent that is not above zero.
    """
    if rent is not None and not 0.0 < rent < math.inf:
        raise InputError(f"a rent of {rent:g}; expected USD an hour above zero; change --rent")
    made = choices or Choices()
    fitted, lately, *_ = rents(book).falls
    ways = paths(book, fitted)
    now = hourly(book, chip_of(book, id_), made)
    own = None if rent is None else Level(None, 0, given(rent, PER_HOUR, book.date, "--rent").central)
    days = _dates(book, now) if own is None else (book.date,)
    cases = tuple(case for on in days for case in _cases(book, id_, on, ways, made, own))
    middle_way = ways[1] if falls_surely(fitted) else ways[2]
    today = own or level(book, id_)
    grid = tuple(
        tuple(_return(now, today.rent, middle_way, {"utilisation": sold, "life": life}) for life in LIVES)
        for sold in SOLD
    )
    return Payback(now, fitted, lately, ways, cases, middle_way.name, SOLD, LIVES, grid)


def falls_surely(fitted: Fall) -> bool:
    """Whether the whole interval of a fitted fall lies above zero; else the book's assumption is the better guide."""
    return isinstance(fitted.low, Measure) and fitted.low.value > 0.0


def _dates(book: Book, now: Hourly) -> tuple[date, ...]:
    """The book's day and the same day of earlier years since its release, newest first."""
    since = now.chip.released or book.date
    day = book.date
    back = (_years_before(day, n) for n in range(YEARS_BACK + 1))
    return tuple(on for on in back if on == day or on >= since)


def _years_before(day: date, years: int) -> date:
    return day.replace(year=day.year - years, day=min(day.day, 28) if day.month == 2 else day.day)


def _cases(book: Book, id_: str, on: date, ways: tuple[Path, ...], choices: Choices, own: Level | None) -> list[Case]:
    then = hourly(book, chip_of(book, id_, on), choices)
    rent = own or level(book, id_, on)
    if on != book.date and isinstance(rent.rent, Gap):
        return []
    price = then.chip.price.central
    return [
        Case(
            on,
            way.name,
            then.hardware,
            price.end if isinstance(price, Measure) else None,
            rent,
            _reading(f"{then.chip.name}, payback", "years", then, (rent.rent, way.a_year), _years),
            _return(then, rent.rent, way, {}),
            _reading(f"{then.chip.name}, break-even rent", PER_HOUR, then, (way.a_year,), _even),
        )
        for way in ways
    ]


def _return(of: Hourly, rent: Reading, way: Path, changed: Mapping[str, float]) -> Reading:
    def earned(v: Values, first: float, a_year: float) -> float:
        inputs = {**v, **changed}
        return internal_return(hardware(inputs), flows(inputs, first, decay(a_year)))

    return _reading(f"{of.chip.name}, internal return", SHARE, of, (rent, way.a_year), earned)


def _years(v: Values, first: float, a_year: float) -> float:
    return payback_years(hardware(v), flows(v, first, decay(a_year)))


def _even(v: Values, a_year: float) -> float:
    return break_even(v, decay(a_year))


def _reading(what: str, unit: str, of: Hourly, more: tuple[Reading, ...], formula: Callable[..., float]) -> Reading:
    """A formula of the central inputs as a dictionary and of further readings; a gap says why there is none."""
    names = tuple(of.inputs)

    def applied(*values: float) -> float:
        return formula(dict(zip(names, values[: len(names)], strict=True)), *values[len(names) :])

    return computed(what, applied, *(r.central for r in of.inputs.values()), *more, unit=unit)
