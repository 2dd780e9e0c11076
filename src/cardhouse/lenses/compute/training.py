"""Training once against serving every day: what a run costs, and after how many months serving has cost more."""

from __future__ import annotations

import math
from dataclasses import dataclass

from cardhouse.book import Book, latest
from cardhouse.economy.figure import ASSUMPTION
from cardhouse.errors import InputError
from cardhouse.lenses.compute.chips import chip, names
from cardhouse.lenses.compute.hourly import MILLION, hourly
from cardhouse.lenses.compute.models import Asked, Model, model
from cardhouse.lenses.compute.ranges import Choices, assumed_range
from cardhouse.lenses.compute.rents import Level, level
from cardhouse.lenses.compute.tokens import Work, work
from cardhouse.lenses.compute.work import TERA, training_hours
from cardhouse.lenses.measure import USD, Gap, Measure, Reading, computed, ratio, scaled
from cardhouse.lenses.readings import entity_name, of_fact

DAYS_A_MONTH = 365.25 / 12.0
TRILLION = 1e12


@dataclass(frozen=True, slots=True)
class Run:
    """A training run on one accelerator, and serving its model there.

    Attributes
    ----------
    hours : of the accelerator. ``owned``, ``rented`` : USD million at the owner's cost, at today's rent.
    serving : USD million a month at the owner's cost. ``months`` : of serving that cost as much as the run.
    """

    work: Work
    rent: Level
    hours: Reading
    owned: Reading
    rented: Reading
    serving: Reading
    months: Reading


@dataclass(frozen=True, slots=True)
class Published:
    """A training run whose hours are published, beside 6 N D.

    Attributes
    ----------
    hours : published. ``operations`` : 6 N D. ``use`` : operations over what the hours could do at the dense peak of
        16 bits. ``cost`` : USD million as published. ``price`` : USD an hour that it implies.
    """

    name: str
    hours: Reading
    operations: Reading
    use: Reading
    cost: Reading
    price: Reading


@dataclass(frozen=True, slots=True)
class Spent:
    """What a laboratory spent on computing to train and to serve in a period, USD million."""

    name: str
    training: Reading
    serving: Reading
    ratio: Reading


@dataclass(frozen=True, slots=True)
class Training:
    """A model's training on every accelerator, runs whose hours are published, and what laboratories spent.

    Attributes
    ----------
    tokens : trained on. ``read``, ``written`` : tokens a day in service.
    """

    model: Model
    tokens: Reading
    read: Reading
    written: Reading
    runs: tuple[Run, ...]
    published: tuple[Published, ...]
    spent: tuple[Spent, ...]


def training(
    book: Book,
    name: str = "",
    asked: Asked | None = None,
    *,
    tokens: float | None = None,
    a_day: tuple[float, float] | None = None,
    choices: Choices | None = None,
) -> Training:
    """Cost of a training run, and months of serving that cost as much.

    Parameters
    ----------
    tokens : trained on; the model's own where none are given.
    a_day : tokens read and written in service a day; those of the model's own service where none are given.

    Raises
    ------
    UnknownName, InputError : see :func:`cardhouse.lenses.compute.models.model`.
    """
    served = model(book, name, asked)
    data = _tokens(book, served, tokens)
    read, written = _service(book, served, a_day)
    runs = [_run(book, id_, served, data, (read, written), choices) for id_ in names(book)]
    return Training(
        served,
        data,
        read,
        written,
        tuple(r for r in runs if isinstance(r.hours, Measure)),
        tuple(_published(book, id_) for id_, metric in book.series if metric == "training_accelerator_hours"),
        tuple(_spent(book, firm) for firm, metric in book.series if metric == "training_compute_cost"),
    )


def _plain(book: Book, value: float, option: str) -> Measure:
    return Measure(value, "count", book.date, None, {ASSUMPTION: value or 1.0}, (), (f"given: {option}",))


def _tokens(book: Book, served: Model, given: float | None) -> Reading:
    if given is not None:
        if not 0 < given < math.inf:
            raise InputError(f"{given:g} tokens of training; expected a number above zero; change --training-tokens")
        return _plain(book, given, "--training-tokens")
    rows = book.chosen(served.id, "training_tokens") if served.id else ()
    if not rows:
        return Gap(f"{served.name}, training tokens", "the book has none; give --training-tokens")
    return scaled(of_fact(book, rows[-1]), TRILLION, unit="count")


def _service(book: Book, served: Model, given: tuple[float, float] | None) -> tuple[Reading, Reading]:
    if given is not None:
        if not all(0 <= x < math.inf for x in given):
            raise InputError(f"{given} tokens a day; expected zero or more; change --read-a-day or --written-a-day")
        return _plain(book, given[0], "--read-a-day"), _plain(book, given[1], "--written-a-day")
    rows = {f.item: f for f in book.chosen(served.id, "tokens_processed")} if served.id else {}

    def of(item: str) -> Reading:
        if item not in rows:
            return Gap(
                f"{served.name}, tokens {item} a day", "the book has none; give --read-a-day and --written-a-day"
            )
        return scaled(of_fact(book, rows[item]), TRILLION, unit="count")

    return of("read"), of("written")


def _run(
    book: Book, id_: str, served: Model, data: Reading, a_day: tuple[Reading, Reading], choices: Choices | None
) -> Run:
    machine = chip(book, id_)
    cost = hourly(book, machine, choices)
    done, rent = work(book, cost, served), level(book, id_)
    use = assumed_range(book, "compute_training_mfu").central
    parts = (served.active.central, data, machine.flops["bf16"].central, use)
    hours = computed(
        f"{machine.name}, hours of training", lambda n, d, f, u: training_hours(n, d, f * TERA, u), *parts, unit="hours"
    )
    serving = computed(
        f"{machine.name}, a month of serving",
        lambda r, w, cost_r, cost_w: DAYS_A_MONTH * (r * cost_r + w * cost_w) / MILLION / MILLION,
        *(*a_day, done.per_read.central, done.per_written.central),
        unit=USD,
    )
    owned = _bill(f"{machine.name}, training at owner's cost", hours, cost.sold.central)
    rented = _bill(f"{machine.name}, training at today's rent", hours, rent.rent)
    months = ratio(f"{machine.name}, months of serving", owned, serving, unit="months")
    return Run(done, rent, hours, owned, rented, serving, months)


def _bill(what: str, hours: Reading, price: Reading) -> Reading:
    return computed(what, lambda h, usd: h * usd / MILLION, hours, price, unit=USD)


PEAK_OF = {"h800": "h100"}
"""The H800 has the arithmetic of the H100 and slower links."""


def _published(book: Book, id_: str) -> Published:
    name, row = entity_name(book, id_), book.chosen(id_, "training_accelerator_hours")[-1]
    hours = of_fact(book, row)
    data = of_fact(book, book.chosen(id_, "training_tokens")[-1]) if book.chosen(id_, "training_tokens") else None
    active = latest(book, id_, "model_active_parameters_billion", book.date)
    if data is None or active is None:
        gap = Gap(f"{name}, operations of training", "the book lacks its tokens or its parameters")
        return Published(name, hours, gap, gap, *_cost(book, id_, hours))
    operations = computed(
        f"{name}, operations",
        lambda n, d: 6.0 * n * 1e9 * d * TRILLION,
        *(of_fact(book, active), data),
        unit="operations",
    )
    full = chip(book, PEAK_OF.get(row.item, row.item)).flops["bf16"].central
    use = computed(
        f"{name}, use of the peak", lambda o, h, f: o / (h * 3600.0 * f * TERA), operations, hours, full, unit="share"
    )
    return Published(name, hours, operations, use, *_cost(book, id_, hours))


def _cost(book: Book, id_: str, hours: Measure) -> tuple[Reading, Reading]:
    fact = latest(book, id_, "training_run_cost", book.date)
    if fact is None:
        gap = Gap(f"{entity_name(book, id_)}, published cost of training", "the book has none")
        return gap, gap
    cost = of_fact(book, fact)
    what = f"{entity_name(book, id_)}, implied price of an hour"
    return cost, computed(what, lambda c, h: c * MILLION / h, cost, hours, unit="USD_per_hour")


def _spent(book: Book, firm: str) -> Spent:
    """The newest period for which both are in the book."""
    name = entity_name(book, firm)
    train = book.chosen(firm, "training_compute_cost")[-1]
    serve = [
        f
        for f in book.chosen(firm, "inference_compute_cost")
        if (f.start, f.end, f.item) == (train.start, train.end, train.item)
    ]
    trained = of_fact(book, train)
    served: Reading = of_fact(book, serve[-1]) if serve else Gap(f"{name}, cost of serving", "none of the same period")
    return Spent(name, trained, served, ratio(f"{name}, training over serving", trained, served, unit="times"))
