"""Scenarios: small TOML files of shocks from a date on, shipped or one's own; they compose.

>>> from cardhouse.economy.scenario import compose, read_scenario
>>> both = compose(read_scenario("rents-fall"), read_scenario("dear-money"))
>>> both.name
'rents-fall+dear-money'
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field, replace
from importlib.resources import files
from pathlib import Path

from cardhouse.book import Fault, Limits, Where
from cardhouse.book.faults import near, shown
from cardhouse.book.files import FileError, open_inside
from cardhouse.economy.scenario_lines import Lines, lines_of
from cardhouse.economy.scenario_reading import MAX_NAMES, read_top
from cardhouse.economy.scenario_records import (
    BASELINE,
    Move,
    PullEvent,
    Scenario,
    Shape,
    Shock,
    compose,
    layered,
    reorganised,
)
from cardhouse.economy.scenario_table import Table
from cardhouse.errors import ScenarioError, UnknownName

__all__ = [
    "BASELINE",
    "SHIPPED",
    "Move",
    "PullEvent",
    "Scenario",
    "Shape",
    "Shock",
    "check",
    "compose",
    "read_scenario",
    "reorganised",
    "shipped",
]

SHIPPED = (
    "baseline",
    "openai-stops",
    "lab-loses",
    "demand-stalls",
    "growth-slows",
    "price-war",
    "efficiency",
    "efficiency-07",
    "efficiency-10",
    "efficiency-14",
    "rents-fall",
    "chips-age",
    "asic-shift",
    "power-late",
    "export-ban",
    "subsidy-ends",
    "dear-money",
    "windows-shut",
    "dotcom",
    "boom",
)
"""Names of the shipped scenarios: a laboratory, demand, technology, supply and policy, money."""

MAX_BYTES = 64 * 1024
MAX_DEPTH = 4
MAX_FILES = 32
_GIANT = re.compile(r"[0-9_]{4000,}")
_AT_LINE = re.compile(r"\(at line (\d+), column \d+\)")


def shipped() -> tuple[str, ...]:
    """Names of the scenarios that come with the program."""
    return SHIPPED


def read_scenario(name_or_path: str) -> Scenario:
    """Read a shipped scenario by name, or a file by its path (which ends in ``.toml``).

    Raises
    ------
    UnknownName : no shipped scenario has that name.
    ScenarioError : the file cannot be read, or it or one that it composes has faults; all are listed, one a line.
    """
    if name_or_path in SHIPPED:
        path, label = _shipped_path(name_or_path), f"{name_or_path}.toml"
    elif name_or_path.endswith(".toml"):
        path, label = Path(name_or_path), str(Path(name_or_path))
    else:
        hint = near(name_or_path, SHIPPED) or "a file of your own ends in .toml"
        raise UnknownName(
            f"no scenario is called {shown(name_or_path)}; expected one of {', '.join(SHIPPED)}, or a file; {hint}"
        )
    reading = _Reading()
    scenario = reading.file(path, label, Where(label, 1))
    return _refuse(scenario, reading.faults)


def check(text: str, file: str) -> tuple[Scenario | None, list[Fault]]:
    """Check the text of a scenario; ``file`` names it in faults, and what it composes is looked for beside it.

    Returns
    -------
    tuple : the scenario, None when it has faults; and all faults.
    """
    reading = _Reading()
    path = Path(file)
    scenario = reading.text(text, file, path.parent, (_identity(path),))
    return (None if reading.faults else scenario), _sorted(reading.faults)


def _refuse(scenario: Scenario | None, faults: list[Fault]) -> Scenario:
    if scenario is None or faults:
        raise ScenarioError("\n".join(dict.fromkeys(str(fault) for fault in _sorted(faults))))
    return scenario


def _sorted(faults: list[Fault]) -> list[Fault]:
    """By file, in the order of its lines."""
    return sorted(faults, key=lambda fault: (fault.where.file, fault.where.line))


def _shipped_path(name: str) -> Path:
    return Path(str(files("cardhouse").joinpath("economy", "scenarios", f"{name}.toml")))


def _identity(path: Path) -> str:
    """One text for one file, however it is written; a path that cannot be followed stands for itself."""
    try:
        return str(path.resolve())
    except (OSError, RuntimeError, ValueError):
        return str(path)


def _line_of(error: Exception, text: str) -> int:
    """Line of a fault of TOML: as the reader says, else the line of a giant number, else the last."""
    if place := _AT_LINE.search(str(error)):
        return int(place.group(1))
    giant = _GIANT.search(text)
    return (text[: giant.start()] if giant else text.rstrip()).count("\n") + 1


@dataclass(slots=True)
class _Reading:
    """One reading: faults so far, and the files already read, so that each is read and counted once."""

    faults: list[Fault] = field(default_factory=list)
    done: dict[str, Scenario | None] = field(default_factory=dict)

    def fault(self, where: Where, subject: str, problem: str, expected: str, action: str) -> None:
        self.faults.append(Fault(where, subject, problem, expected, action, check="scenario"))

    def file(self, path: Path, label: str, asked: Where, chain: tuple[str, ...] = ()) -> Scenario | None:
        """Read a file that ``asked`` names; ``chain`` are the files that led here."""
        identity = _identity(path)
        if identity in chain:
            steps = " -> ".join(Path(step).name for step in (*chain[chain.index(identity) :], identity))
            self.fault(asked, "compose", f"it goes in a circle: {steps}", "files without a circle", "take one out")
            return None
        if identity not in self.done:
            if len(self.done) >= MAX_FILES:
                self.fault(asked, "compose", f"more than {MAX_FILES} files", f"at most {MAX_FILES}", "compose fewer")
                return None
            self.done[identity] = None  # counts from here on, not only when all that it composes is read
            text = self.content(path, label, asked, inside=bool(chain))
            read = None if text is None else self.text(text, label, path.parent, (*chain, identity))
            self.done[identity] = read
        return self.done[identity]

    def content(self, path: Path, label: str, asked: Where, *, inside: bool) -> str | None:
        """Text of a file; a composed one must lie in the folder itself, the first may be a link anywhere."""
        expected = f"a plain TOML file of at most {MAX_BYTES:,} bytes"
        try:
            real = path if inside else path.resolve(strict=True)
            with open_inside(real.parent, real.name, Limits(file_bytes=MAX_BYTES)) as file:
                raw = file.read(MAX_BYTES + 1)
        except FileNotFoundError:
            self.fault(asked, shown(label), "there is no such file", expected, "check its name and folder")
        except FileError as error:
            problem = error.problem.replace("the book's folder", "the scenario's folder")
            self.fault(asked, shown(label), problem, expected, "take another file")
        except (OSError, RuntimeError, ValueError) as error:
            problem = f"it cannot be opened ({getattr(error, 'strerror', None) or 'its path leads nowhere'})"
            self.fault(asked, shown(label), problem, expected, "check its name and rights")
        else:
            return self.decoded(raw, label)
        return None

    def decoded(self, raw: bytes, label: str) -> str | None:
        try:
            return raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = raw.count(b"\n", 0, error.start) + 1
            self.fault(Where(label, line), "file", "it is not UTF-8", "text in UTF-8", "save the file as UTF-8")
            return None

    def text(self, text: str, label: str, folder: Path, chain: tuple[str, ...]) -> Scenario | None:
        """Read the text of one file and whatever it composes."""
        text = text.removeprefix("\ufeff").replace("\r\n", "\n")
        if len(text.encode(errors="replace")) > MAX_BYTES:
            problem = f"it has more than {MAX_BYTES:,} bytes"
            self.fault(Where(label, 1), "file", problem, f"at most {MAX_BYTES:,}", "split it and compose")
            return None
        lines = lines_of(text)
        values = self.parsed(text, label, lines)
        if values is None:
            return None
        top = Table(label, "", 0, values, lines, self.faults)
        before = len(self.faults)
        own = read_top(top)
        parts = [self.part(name, where, folder, chain) for name, where in top.names("compose", MAX_NAMES)]
        if len(self.faults) > before:
            return None
        read = [part for part in parts if part is not None]
        names = tuple(dict.fromkeys(name for part in read for name in (part.name, *part.parts)))
        return layered(replace(own, parts=names), (*read, own))

    def parsed(self, text: str, label: str, lines: Lines) -> dict[str, object] | None:
        """Values of a file; refuses deep nesting before anything is built from it."""
        if lines.depth > MAX_DEPTH:
            where, problem = Where(label, lines.deepest), f"it nests {lines.depth} deep"
            self.fault(where, "file", problem, f"at most {MAX_DEPTH}", "write [[shock]] tables with plain values")
            return None
        try:
            return tomllib.loads(text)
        except (ValueError, RecursionError) as error:
            problem = _AT_LINE.sub("", str(error)).replace("(at end of document)", "").strip()
            where = Where(label, _line_of(error, text))
            self.fault(where, "file", f"it is no TOML: {problem[:100]}", "TOML", "mend this line")
            return None

    def part(self, name: str, where: Where, folder: Path, chain: tuple[str, ...]) -> Scenario | None:
        """Read one name under ``compose``: a shipped scenario, or a file in the same folder."""
        if name in SHIPPED:
            return self.file(_shipped_path(name), f"{name}.toml", where, chain)
        if name.endswith(".toml") and Path(name).name == name and "\\" not in name and ":" not in name:
            return self.file(folder / name, str(Path(where.file).parent / name), where, chain)
        expected = "a shipped scenario, or a file of the same folder that ends in .toml"
        hint = near(name, SHIPPED) or f"shipped are {', '.join(SHIPPED)}"
        self.fault(where, "compose", f"{shown(name)} is neither", expected, hint)
        return None
