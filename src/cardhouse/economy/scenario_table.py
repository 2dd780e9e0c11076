"""One table of a scenario file while it is checked: typed access to its fields, and faults with their lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from cardhouse.book import Fault, Where
from cardhouse.book.faults import near, shown
from cardhouse.economy.scenario_lines import Lines

MAX_QUARTERS = 80
MAX_NAME = 60
YEARS = (1990, 2100)

Values = Mapping[str, Any]


@dataclass(slots=True)
class Table:
    """One table of a file while it is checked: its values, its lines, and the faults found so far."""

    file: str
    name: str
    index: int
    values: Values
    lines: Lines
    faults: list[Fault] = field(default_factory=list)

    @property
    def where(self) -> Where:
        """File and line of the header."""
        return Where(self.file, self.lines.table(self.name, self.index))

    def fault(self, key: str, problem: str, expected: str, action: str, *, element: int | None = None) -> None:
        """Note a fault on the line of a key, or of one element of its array."""
        line = self.lines.key(self.name, self.index, key)
        if element is not None:
            line = self.lines.element(self.name, self.index, key, element)
        self.faults.append(Fault(Where(self.file, line), key or self.name, problem, expected, action, check="scenario"))

    def allow(self, known: Sequence[str]) -> None:
        """Refuse keys that nobody knows."""
        for key in self.values:
            if key not in known:
                hint = near(key, known) or "take it out"
                self.fault(key, f"{shown(key)} is no field here", f"one of {', '.join(known)}", hint)

    def missing(self, key: str, expected: str) -> None:
        """Note that a required field is not there."""
        self.fault(key, "it is missing", expected, "add it")

    def text(self, key: str, most: int, *, required: bool = True) -> str:
        """Text of at most ``most`` characters, line breaks folded; empty where it is absent or wrong."""
        expected = f"text of 1 to {most} characters"
        if key not in self.values:
            if required:
                self.missing(key, expected)
            return ""
        value = self.values[key]
        if not isinstance(value, str):
            self.fault(key, f"{kind(value)} is no text", expected, "put it in quotes")
        elif not (folded := " ".join(value.split())) or len(folded) > most or not folded.isprintable():
            what = f"it has {len(folded)} characters" if len(folded) > most else f"{shown(value)} is no plain text"
            self.fault(key, what, expected, "write it anew")
        else:
            return folded
        return ""

    def number(self, key: str, low: float, high: float) -> float | None:
        """A number from ``low`` to ``high``; None where it is absent or wrong."""
        return self.bounded(key, self.values[key], low, high) if key in self.values else None

    def bounded(self, key: str, value: object, low: float, high: float, *, element: int | None = None) -> float | None:
        """``value`` as a number within bounds, or a fault."""
        expected = f"a number from {low:g} to {high:g}"
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.fault(key, f"{kind(value)} is no number", expected, "write a number", element=element)
        elif not low <= value <= high:  # also true of nan
            self.fault(key, f"{shown(_figure(value))} is out of bounds", expected, "change it", element=element)
        else:
            return float(value)
        return None

    def whole(self, key: str, default: int | None, *, low: int = 1, high: int = MAX_QUARTERS) -> int | None:
        """A whole number of quarters; ``default`` where it is absent or wrong."""
        if key not in self.values:
            return default
        value = self.values[key]
        expected = f"a whole number of quarters from {low} to {high}"
        if isinstance(value, bool) or not isinstance(value, int):
            self.fault(key, f"{kind(value)} is no whole number", expected, "write a whole number")
        elif not low <= value <= high:
            self.fault(key, f"{shown(_figure(value))} is out of bounds", expected, "change it")
        else:
            return value
        return default

    def names(self, key: str, most: int) -> list[tuple[str, Where]]:
        """An array of short texts, each with its line."""
        value = self.values.get(key, [])
        if not isinstance(value, list) or len(value) > most:
            found = f"it has {len(value)} names" if isinstance(value, list) else f"{kind(value)} is no list"
            self.fault(key, found, f"a list of at most {most} names in quotes", f'say {key} = ["..."]')
            return []
        out = []
        for number, name in enumerate(value):
            if isinstance(name, str) and name.strip() and name.isprintable() and len(name) <= MAX_NAME:
                out.append((name.strip(), Where(self.file, self.lines.element(self.name, self.index, key, number))))
            else:
                problem = f"{shown(name) if isinstance(name, str) else kind(name)} is no name"
                self.fault(key, problem, f"text of 1 to {MAX_NAME} characters", "write a name", element=number)
        return out

    def start(self) -> date | int:
        """When it begins: a day, or a quarter counted from the opening (1 where nothing is said)."""
        if "from" in self.values and "quarter" in self.values:
            self.fault("quarter", "from and quarter are both given", "one of them", "take one out")
            return 1
        if "from" not in self.values:
            return self.whole("quarter", 1) or 1
        value = self.values["from"]
        if not isinstance(value, date) or isinstance(value, datetime):
            self.fault("from", f"{kind(value)} is no day", "a day without quotes", "say from = 2026-12-31")
        elif not YEARS[0] <= value.year <= YEARS[1]:
            self.fault("from", f"{value} is out of bounds", f"a day of the years {YEARS[0]} to {YEARS[1]}", "change it")
        else:
            return value
        return 1


def kind(value: object) -> str:
    """Name of a TOML value's kind, for messages."""
    kinds = {bool: "a true or false", str: "a text", list: "a list", dict: "a table", int: "a whole number"}
    return kinds.get(type(value), "a decimal number" if isinstance(value, float) else "a date or time")


def _figure(value: float) -> str:
    """A number as a message may repeat it; Python refuses to write whole numbers of thousands of digits."""
    if isinstance(value, int) and value.bit_length() > 200:
        return "a number of more than 60 digits"
    return repr(value)
