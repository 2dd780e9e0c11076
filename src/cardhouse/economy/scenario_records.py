"""What a scenario is made of: shocks, pulled firms, moved demand; each knows the line it stands on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from cardhouse.book import Where


class Shape(StrEnum):
    """How a shock runs; each is also the name of the field that holds its number."""

    LEVEL = "level"
    ADD = "add"
    RATE = "rate"
    PATH = "path"


@dataclass(frozen=True, slots=True)
class Shock:
    """One driver moved from a date on.

    Attributes
    ----------
    driver : id of the driver in :data:`cardhouse.economy.drivers.DRIVERS`.
    shape, values : what the number means, and the number (one, or one a quarter for a path).
    start : a day (the quarter that holds it is the first that feels the shock), or a quarter counted from the opening.
    firm : name of the firm for drivers of one firm, else empty.
    over : quarters until the value is reached; 1 is at once.
    geometric : phase in by equal factors instead of equal steps.
    lasts : quarters after which the driver is back at its baseline; None is for good.
    """

    driver: str
    shape: Shape
    values: tuple[float, ...]
    where: Where
    reason: str = ""
    start: date | int = 1
    firm: str = ""
    over: int = 1
    geometric: bool = False
    lasts: int | None = None


@dataclass(frozen=True, slots=True)
class PullEvent:
    """A firm pays only the share ``pays`` of its dues from ``start`` on."""

    firm: str
    where: Where
    pays: float = 0.0
    start: date | int = 1
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Move:
    """A part of one laboratory's demand goes to another; resolved in dollars once the opening is known."""

    from_firm: str
    to_firm: str
    part: float
    where: Where
    driver: str = "share"
    start: date | int = 1
    over: int = 1
    lasts: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Scenario:
    """Shocks, pulls and moves under one name, those of composed scenarios first.

    Attributes
    ----------
    reorganise : firms that go on under new owners instead of being liquidated when they default.
    reorganise_at : the line that names each of them; empty where a scenario is built in code.
    parts : names of the scenarios it was composed of.
    """

    name: str
    title: str
    title_zh: str
    about: str
    about_zh: str
    where: Where
    shocks: tuple[Shock, ...] = ()
    pulls: tuple[PullEvent, ...] = ()
    moves: tuple[Move, ...] = ()
    reorganise: tuple[str, ...] = ()
    reorganise_at: tuple[Where, ...] = ()
    parts: tuple[str, ...] = ()


BASELINE = Scenario(
    name="baseline",
    title="Baseline: the plan as it is",
    title_zh="基准:一切按现有计划",
    about="No shock. Every other answer is the difference from this one.",
    about_zh="没有冲击。其他每个结果都是与它的差额。",
    where=Where("baseline.toml", 1),
)
"""The empty scenario; the shipped file of that name says the same."""


def compose(*scenarios: Scenario) -> Scenario:
    """Lay scenarios over each other; what two of them share (the same line of the same file) counts once.

    Returns
    -------
    Scenario : ``BASELINE`` for no argument, the scenario itself for one.
    """
    if not scenarios:
        return BASELINE
    if len(scenarios) == 1:
        return scenarios[0]
    named = Scenario(
        name="+".join(dict.fromkeys(s.name for s in scenarios)),
        title=" + ".join(dict.fromkeys(s.title for s in scenarios)),
        title_zh=" + ".join(dict.fromkeys(s.title_zh for s in scenarios)),
        about=" ".join(dict.fromkeys(s.about for s in scenarios)),
        about_zh="".join(dict.fromkeys(s.about_zh for s in scenarios)),
        where=scenarios[0].where,
        parts=tuple(dict.fromkeys(name for s in scenarios for name in (s.name, *s.parts))),
    )
    return layered(named, scenarios)


def layered(named: Scenario, scenarios: Sequence[Scenario]) -> Scenario:
    """``named`` with what several scenarios do, each record once, in the order given."""
    firms = dict(pair for s in scenarios for pair in reorganised(s))
    return replace(
        named,
        shocks=tuple(dict.fromkeys(shock for s in scenarios for shock in s.shocks)),
        pulls=tuple(dict.fromkeys(pull for s in scenarios for pull in s.pulls)),
        moves=tuple(dict.fromkeys(move for s in scenarios for move in s.moves)),
        reorganise=tuple(firms),
        reorganise_at=tuple(firms.values()),
    )


def reorganised(scenario: Scenario) -> tuple[tuple[str, Where], ...]:
    """Firms that reorganise, each with the line that says so."""
    places = scenario.reorganise_at or (scenario.where,) * len(scenario.reorganise)
    return tuple(zip(scenario.reorganise, places, strict=True))
