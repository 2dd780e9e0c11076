"""What a page may ask of the future: scenarios, sliders, length; read once, used by live fans, paths and long runs."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping
from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from cardhouse.book import Where
from cardhouse.book.faults import near, shown
from cardhouse.economy.contracts import Scope
from cardhouse.economy.drivers import DRIVERS, Driver
from cardhouse.economy.many.prepare import Vary
from cardhouse.economy.run import RunChoices
from cardhouse.economy.scenario import SHIPPED, Scenario, Shape, Shock, check, compose, read_scenario
from cardhouse.errors import InputError, ScenarioError, UnknownName
from cardhouse.web.shelf import Moves

MOST_SCENARIOS, MOST_MOVES, MOST_TEXT, MOST_LIVE, MOST_PATHS = 6, 40, 20_000, 5_000, 1_000_000
YOURS = "yours.toml"
SLIDERS = Where("the sliders", 1)
DRIVEN: Mapping[str, Driver] = {
    name: DRIVERS[name]
    for name in ("demand", "growth", "rents", "multiples", "spread", "base_rate", "debt_window", "equity_window")
}
"""Drivers with sliders, those that move failures most first."""


class Future(BaseModel):
    """A scenario, the assumptions moved, and how far to look."""

    model_config = ConfigDict(extra="forbid")

    scenarios: Annotated[list[Annotated[str, Field(max_length=80)]], Field(max_length=MOST_SCENARIOS)] = []
    text: Annotated[str, Field(max_length=MOST_TEXT, description="A scenario of your own, as TOML.")] = ""
    moves: Annotated[
        dict[Annotated[str, Field(max_length=120)], float],
        Field(max_length=MOST_MOVES, description="Assumptions by id, and the value instead of the central one."),
    ] = {}
    drivers: Annotated[
        dict[Annotated[str, Field(max_length=40)], float],
        Field(max_length=len(DRIVEN), description="Levels of drivers from the first quarter on, on top of all else."),
    ] = {}
    quarters: Annotated[int, Field(ge=4, le=40)] = 24
    firmness: Scope = Scope.ACTIVE
    as_of: date | None = None

    @property
    def choices(self) -> RunChoices:
        """Length and ties of the run."""
        return RunChoices(quarters=self.quarters, scope=self.firmness)

    @property
    def moved(self) -> Moves:
        """The moved assumptions, sorted."""
        return tuple(sorted(self.moves.items()))

    def scenario(self) -> Scenario:
        """The scenario, composed of those named, of the text, and of the drivers moved.

        Raises
        ------
        UnknownName, ScenarioError : a name that is not shipped, or faults in the text, all of them with their lines.
        InputError : a driver outside its range.
        """
        parts = [_shipped(name) for name in self.scenarios]
        if self.text.strip():
            parts.append(_own(self.text))
        if self.drivers:
            parts.append(_driven(self.drivers))
        if not parts:
            return _shipped("baseline")
        return parts[0] if len(parts) == 1 else compose(*parts)


class Glance(Future):
    """A thousand paths at once."""

    paths: Annotated[int, Field(ge=8, le=MOST_LIVE)] = 1_000
    seed: Annotated[int, Field(ge=0, le=2**53)] = 1
    firms: Annotated[list[Annotated[str, Field(max_length=80)]], Field(max_length=15)] = []
    measures: Annotated[list[Annotated[str, Field(max_length=40)]], Field(max_length=6)] = ["cash"]


class Long(Future):
    """Many paths, kept in a folder while the server runs."""

    paths: Annotated[int, Field(ge=8, le=MOST_PATHS)] = 100_000
    seed: Annotated[int, Field(ge=0, le=2**53)] = 1
    vary: Vary = Vary.BOTH

    def key(self) -> str:
        """A name for its folder: the same question continues what was stopped."""
        text = json.dumps(self.model_dump(mode="json"), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:20]


def _shipped(name: str) -> Scenario:
    """A scenario that comes with the program: a page names no files."""
    if name not in SHIPPED:
        raise UnknownName(f"no scenario is called {name[:80]!r}; expected one of {', '.join(SHIPPED)}")
    return read_scenario(name)


def _own(text: str) -> Scenario:
    """The user's text; it may compose shipped scenarios, and no file of this machine."""
    for name in _composed(text):
        if name not in SHIPPED:
            hint = near(name, SHIPPED) or f"shipped are {', '.join(SHIPPED)}"
            raise ScenarioError(
                f"{YOURS}: compose: {shown(name)} is no shipped scenario; a page reads no files; {hint}"
            )
    found, faults = check(text, YOURS)
    if found is None or faults:
        raise ScenarioError("\n".join(dict.fromkeys(str(fault) for fault in faults)))
    return found


def _composed(text: str) -> list[str]:
    """Names that a text composes; none where it is no TOML, which :func:`check` then says."""
    try:
        names = tomllib.loads(text).get("compose", [])
    except (ValueError, RecursionError):
        return []
    return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []


def _driven(levels: Mapping[str, float]) -> Scenario:
    """Drivers at constant levels from the first quarter on."""
    for name, level in levels.items():
        driver = DRIVEN.get(name)
        if driver is None:
            raise UnknownName(f"no driver with a slider is called {shown(name)}; expected one of {', '.join(DRIVEN)}")
        if not driver.low <= level <= driver.high:
            raise InputError(f"{name} at {level:g}; expected {driver.low:g} to {driver.high:g} ({driver.unit})")
    told = ", ".join(f"{name} {levels[name]:g}" for name in DRIVEN if name in levels)
    shocks = tuple(Shock(n, Shape.LEVEL, (levels[n],), SLIDERS, "set by a slider") for n in DRIVEN if n in levels)
    return Scenario("sliders", told, told, f"From now on: {told}.", f"从现在起:{told}。", SLIDERS, shocks=shocks)
