"""The economic life of an accelerator, from how its rent falls with age and what it costs to run.

Rent falls at a steady rate, running cost does not, and the machine is switched off when the one is down to the other:
at age T = ln(1/c) / d, with c the running cost as a share of the first rent and d the continuous fall. Its value at
any age is what the rents to come are worth less their running cost. The straight-line life whose charges have the
same present value as that value's fall solves (1 - exp(-r L)) / (r L) = 1 - r D, where D is the mean time of the net
rents, weighted by what each is worth now (their duration).

References
----------
Hotelling (1925), A general mathematical theory of depreciation, Journal of the American Statistical Association
20(151): depreciation is the fall of the value of the services to come.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from cardhouse.book import Book
from cardhouse.economy.published_needs import lacking_input
from cardhouse.errors import InputError
from cardhouse.lenses.measure import Reading, computed
from cardhouse.lenses.readings import Bound, assumed, of_assumption

MOST = 100.0
"""Years; a life beyond it is no life that accounts use."""


@dataclass(frozen=True, slots=True)
class EconomicLife:
    """What rents say at one speed of their fall, in years.

    Attributes
    ----------
    rent_decay : fall of the rent a year. ``running`` : running cost over the first rent. ``rate`` : return asked for.
    switched_off : age at which rent no longer covers running cost.
    life : straight-line life with the same present value of charges.
    """

    case: Bound
    rent_decay: Reading
    running: Reading
    rate: Reading
    switched_off: Reading
    life: Reading


def economic_life(book: Book, case: Bound) -> EconomicLife:
    """The economic life at the slow, central or fast fall of rents that the book assumes; other inputs central."""
    decay, running = assumed(book, "rent_decay", "all", bound=case), assumed(book, "running_cost_rent_share", "all")
    rate = of_assumption(book, lacking_input(book, "required_return"))
    return EconomicLife(
        case,
        decay,
        running,
        rate,
        computed("age at which rent no longer covers running cost", switched_off, decay, running, unit="years"),
        computed("economic life from rents", same_value_life, decay, running, rate, unit="years"),
    )


def switched_off(decay: float, running: float) -> float:
    """Age in years at which rent is down to running cost; ``running`` is the cost over the first rent.

    Raises
    ------
    InputError : a fall or a cost that is no share between nought and one.
    """
    for value, name in ((decay, "fall of the rent a year"), (running, "running cost over the first rent")):
        if not 0.0 < value < 1.0:
            raise InputError(f"a {name} of {value:g}; expected a share between 0 and 1, for example 0.2")
    return math.log(running) / math.log1p(-decay)


def same_value_life(decay: float, running: float, rate: float) -> float:
    """Straight-line life in years whose charges are worth as much now as the fall of the machine's value.

    Raises
    ------
    InputError : a share that is none, or a rate of nothing or less.
    """
    if rate <= 0.0:
        raise InputError(f"a return of {rate:g} a year; expected more than none, for example 0.1")
    wanted = 1.0 - rate * duration(decay, running, rate)
    low, high = 1e-9, MOST
    for _ in range(100):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if -math.expm1(-rate * middle) / (rate * middle) > wanted else (low, middle)
    return 0.5 * (low + high)


def duration(decay: float, running: float, rate: float) -> float:
    """Mean time in years of rents less running cost until the machine is switched off, weighted by present value."""
    end, fall = switched_off(decay, running), -math.log1p(-decay)
    worth = _sum(fall + rate, end) - running * _sum(rate, end)
    timed = _timed(fall + rate, end) - running * _timed(rate, end)
    return timed / worth


def _sum(k: float, end: float) -> float:
    """Integral of exp(-k t) up to the end."""
    return -math.expm1(-k * end) / k


def _timed(k: float, end: float) -> float:
    """Integral of t exp(-k t) up to the end."""
    return (1.0 - math.exp(-k * end) * (1.0 + k * end)) / k**2
