"""What a page may ask of the future: scenarios, sliders, length; read once, used by live fans, paths and long runs."""

from __future__ import annotations

import hashlib
import json
import tempfile
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from cardhouse.economy.contracts import Scope
from cardhouse.economy.many.prepare import Vary
from cardhouse.economy.run import RunChoices
from cardhouse.economy.scenario import SHIPPED, Scenario, check, compose, read_scenario
from cardhouse.errors import ScenarioError, UnknownName
from cardhouse.web.shelf import Moves

MOST_SCENARIOS, MOST_MOVES, MOST_TEXT, MOST_LIVE, MOST_PATHS = 6, 40, 20_000, 5_000, 1_000_000
YOURS = "yours.toml"


class Future(BaseModel):
    """A scenario, the assumptions moved, and how far to look."""

    model_config = ConfigDict(extra="forbid")

    scenarios: Annotated[list[Annotated[str, Field(max_length=80)]], Field(max_length=MOST_SCENARIOS)] = []
    text: Annotated[str, Field(max_length=MOST_TEXT, description="A scenario of your own, as TOML.")] = ""
    moves: Annotated[
        dict[Annotated[str, Field(max_length=120)], float],
        Field(max_length=MOST_MOVES, description="Assumptions by id, and the value instead of the central one."),
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
        """The scenario, composed of those named and of the text.

        Raises
        ------
        UnknownName, ScenarioError : a name that is not shipped, or faults in the text, all of them with their lines.
        """
        parts = [_shipped(name) for name in self.scenarios]
        if self.text.strip():
            parts.append(_own(self.text))
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
    """The user's text; it may compose shipped scenarios, and finds no files beside it."""
    found, faults = check(text, str(_nowhere() / YOURS))
    if found is None or faults:
        raise ScenarioError("\n".join(dict.fromkeys(str(f).replace(f"{_nowhere()}/", "") for f in faults)))
    return found


@lru_cache(maxsize=1)
def _nowhere() -> Path:
    """An empty folder, so that a text can compose no file of this machine."""
    return Path(tempfile.mkdtemp(prefix="cardhouse-"))
