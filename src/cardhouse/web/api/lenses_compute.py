"""Route of the compute lens: hours, tokens, rents, payback, switching, training, power."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Query

from cardhouse.book import Book
from cardhouse.errors import InputError
from cardhouse.lenses.compute.models import Asked
from cardhouse.lenses.compute.ranges import Choices
from cardhouse.views.picture import Chart
from cardhouse.views.words import Words
from cardhouse.web.api.common import ERRORS, Day, Json, Kept, Said
from cardhouse.web.api.lens import lens_json

router = APIRouter(tags=["lenses"], responses=ERRORS)
Parts = tuple[Any, list[Any]]


class Show(StrEnum):
    """Questions of the lens."""

    COST = "cost"
    TOKENS = "tokens"
    RENTS = "rents"
    PAYBACK = "payback"
    SWITCH = "switch"
    TRAINING = "training"
    POWER = "power"


OF_ONE = (Show.COST, Show.PAYBACK, Show.SWITCH)
"""Questions that are asked of one accelerator."""


@router.get("/compute")
def compute(
    shelf: Kept,
    t: Said,
    accelerator: Annotated[str, Query(max_length=80, description="An accelerator; all where it is blank.")] = "",
    show: Show = Show.COST,
    model: Annotated[str, Query(max_length=80, description="A model whose parameters the book has.")] = "",
    price_kwh: Annotated[float | None, Query(gt=0.0, le=5.0, description="USD a kilowatt-hour.")] = None,
    life: Annotated[float | None, Query(ge=1.0, le=20.0, description="Years an accelerator earns.")] = None,
    utilisation: Annotated[float | None, Query(gt=0.0, le=1.0, description="Hours sold over all hours.")] = None,
    cost_of_capital: Annotated[
        float | None, Query(ge=0.0, le=1.0, description="Return a year asked of capital.")
    ] = None,
    as_of: Day = None,
) -> Json:
    """What an hour, an operation and a token cost on each accelerator, and whether it pays for itself."""
    from cardhouse.views.compute_words import payload

    if accelerator and show not in OF_ONE:
        raise InputError(f"{show} is asked of all accelerators; leave the accelerator out")
    book = shelf.book(as_of)
    t = t.about(book)
    choices = Choices(price_kwh, life, utilisation, cost_of_capital)
    answer, parts = _ANSWERS[show](book, accelerator, model, choices, t)
    headline = parts.pop(0).split("\n") if isinstance(parts[0], str) else []
    drawn = _charts(show, answer, book, t) if not accelerator else []
    return lens_json(book, parts, payload(answer, whole=bool(accelerator)), headline=headline, charts=drawn)


def _charts(show: Show, answer: Any, book: Book, t: Words) -> list[Chart]:
    """Pictures of the two questions that have one."""
    from cardhouse.views.charts.compute import hourly, rents

    drawings: dict[Show, Callable[[Any, Book, Words], Chart]] = {Show.COST: hourly, Show.RENTS: rents}
    return [drawings[show](answer, book, t)] if show in drawings else []


def _cost(book: Book, accelerator: str, model: str, choices: Choices, t: Words) -> Parts:
    from cardhouse.lenses.compute.overview import depth, overview
    from cardhouse.views import compute as view
    from cardhouse.views import compute_market

    if not accelerator:
        every = overview(book, model, Asked(), choices)
        return every, [view.overview(every, t=t)]
    one = depth(book, accelerator, model, Asked(), choices)
    cost = one.line.work.hourly
    return one, [
        "\n".join(view.summary(one, t=t)),
        view.parts(cost, t=t),
        view.inputs(cost, t=t),
        compute_market.cases(one.payback, t=t),
    ]


def _tokens(book: Book, _: str, model: str, choices: Choices, t: Words) -> Parts:
    from cardhouse.lenses.compute.tokens import tokens
    from cardhouse.views import compute_work as view

    answer = tokens(book, model, Asked(), choices)
    return answer, [view.tokens(answer, t=t), view.prices(answer, t=t), view.checks(answer, t=t)]


def _rents(book: Book, _: str, __: str, ___: Choices, t: Words) -> Parts:
    from cardhouse.lenses.compute.rents import rents
    from cardhouse.views import compute_market as view

    answer = rents(book)
    return answer, [view.falls(answer, t=t), view.prices(answer, t=t)]


def _payback(book: Book, accelerator: str, _: str, choices: Choices, t: Words) -> Parts:
    from cardhouse.lenses.compute.chips import find
    from cardhouse.lenses.compute.payback import payback
    from cardhouse.views import compute_market as view

    answer = payback(book, find(book, accelerator or "h100"), choices)
    return answer, [view.cases(answer, t=t), view.grid(answer, t=t)]


def _switch(book: Book, accelerator: str, _: str, choices: Choices, t: Words) -> Parts:
    from cardhouse.lenses.compute.chips import find
    from cardhouse.lenses.compute.switch import BASE, switch
    from cardhouse.views import compute_market as view

    answer = switch(book, find(book, accelerator or BASE), fleet=None, horizon=None, choices=choices)
    return answer, [view.moves(answer, t=t)]


def _training(book: Book, _: str, model: str, choices: Choices, t: Words) -> Parts:
    from cardhouse.lenses.compute.training import training
    from cardhouse.views import compute_work as view

    answer = training(book, model, Asked(), tokens=None, a_day=None, choices=choices)
    return answer, [view.training(answer, t=t), view.published(answer, t=t)]


def _power(book: Book, _: str, __: str, ___: Choices, t: Words) -> Parts:
    from cardhouse.lenses.compute.power import power
    from cardhouse.views import compute_power as view

    answer = power(book)
    return answer, [view.clouds(answer, t=t), view.buyers(answer, t=t), view.ties(answer, t=t)]


_ANSWERS: dict[Show, Callable[[Book, str, str, Choices, Words], Parts]] = {
    Show.COST: _cost,
    Show.TOKENS: _tokens,
    Show.RENTS: _rents,
    Show.PAYBACK: _payback,
    Show.SWITCH: _switch,
    Show.TRAINING: _training,
    Show.POWER: _power,
}
