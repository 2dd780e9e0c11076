"""From the tables of a file of chances to records: every field is checked, every fault has its line."""

from __future__ import annotations

import math

from cardhouse.book import Where
from cardhouse.book.faults import near, shown
from cardhouse.economy.drivers import DRIVERS, Blend
from cardhouse.economy.scenario_reading import MAX_TEXT, MAX_TITLE, read_tables
from cardhouse.economy.scenario_table import MAX_NAME, Table, kind
from cardhouse.economy.uncertain_measured import MEASURES
from cardhouse.economy.uncertain_records import Chances, Correlation, Number, Process, Regime

TOP = ("degrees", "degrees_reason", "process", "regime", "correlation")
PROCESS = (
    "driver", "title", "title_zh", "volatility", "volatility_from", "volatility_reason", "persistence",
    "persistence_reason", "cumulates", "bounds", "bounds_reason",
)  # fmt: skip
REGIME = (
    "driver", "title", "title_zh", "begins", "begins_reason", "ends", "ends_reason", "severity", "severity_reason",
    "moved_by", "moved_by_reason",
)  # fmt: skip
CORRELATION = ("between", "value", "value_reason")
BLENDS = (Blend.TIMES, Blend.PLUS)
LARGEST_LOG, LARGEST_ADDED, LARGEST_SLOPE = 1.0, 500.0, 100.0
"""Largest volatility a quarter of a logarithm and of what is added, and largest slope of a chance."""
LEAST_FACTOR, MOST_FACTOR, MOST_ADDED = 0.01, 100.0, 10_000.0
"""What bounds of a deviation may say."""
DEGREES = (0, 3, 30)
"""No common tail, and the least and most degrees of freedom: below 3 there is no variance."""
BOOK = "book:"


def read_chances(top: Table) -> Chances | None:
    """Read a file; None when it has a fault."""
    top.allow(TOP)
    degrees = _degrees(top)
    processes = read_tables(top, "process", _process)
    regimes = read_tables(top, "regime", _regime)
    correlations = read_tables(top, "correlation", _correlation)
    if not top.faults:
        _refuse_twice(top, processes, regimes)
        _refuse_strangers(top, processes, regimes, correlations)
    if top.faults or degrees is None:
        return None
    return Chances(degrees, processes, regimes, correlations, top.where)


def _degrees(top: Table) -> Number | None:
    number = _number(top, "degrees", "tail", 0.0, float(DEGREES[2]))
    if number is None:
        return None
    for value in (number.low, number.central, number.high):
        if not value.is_integer() or DEGREES[0] < value < DEGREES[1]:
            expected = f"whole numbers from {DEGREES[1]} to {DEGREES[2]}, or {DEGREES[0]} for no common tail"
            top.fault("degrees", f"{value:g} is out of bounds", expected, "change it")
            return None
    return number


def _process(table: Table) -> Process | None:
    before = len(table.faults)
    table.allow(PROCESS)
    driver = _driver(table)
    title, title_zh = table.text("title", MAX_TITLE), table.text("title_zh", MAX_TITLE)
    adds = driver in DRIVERS and DRIVERS[driver].blend is Blend.PLUS
    volatility = _number(table, "volatility", driver, 0.0, LARGEST_ADDED if adds else LARGEST_LOG)
    persistence = _number(table, "persistence", driver, 0.0, 1.0)
    cumulates = table.values.get("cumulates", False)
    if not isinstance(cumulates, bool):
        table.fault("cumulates", f"{kind(cumulates)} is neither true nor false", "true or false", "write true")
    elif cumulates and persistence is not None and persistence.high == 1.0:
        table.fault("persistence", "growth that persists for ever", "less than 1 where it cumulates", "lower it")
    bounds = _bounds(table, adds=adds)
    bounds_reason = table.text("bounds_reason", MAX_TEXT, required="bounds" in table.values)
    measure = _measure(table)
    if volatility is None or persistence is None or len(table.faults) > before:
        return None
    cumulated = bool(cumulates)
    return Process(
        driver, title, title_zh, volatility, persistence, cumulated, bounds, measure, table.where, bounds_reason
    )


def _regime(table: Table) -> Regime | None:
    before = len(table.faults)
    table.allow(REGIME)
    driver = _driver(table)
    if driver in DRIVERS and DRIVERS[driver].per_firm:
        table.fault("driver", f"{driver} is of single firms", "a driver of everybody", "take another")
    title, title_zh = table.text("title", MAX_TITLE), table.text("title_zh", MAX_TITLE)
    begins, ends = (_number(table, key, driver, 0.0, 1.0) for key in ("begins", "ends"))
    severity = _severity(table, driver)
    severity_reason = table.text("severity_reason", MAX_TEXT)
    moved_by = _moved_by(table)
    moved_by_reason = table.text("moved_by_reason", MAX_TEXT, required="moved_by" in table.values)
    if begins is None or ends is None or severity is None or len(table.faults) > before:
        return None
    return Regime(
        driver, title, title_zh, begins, ends, severity, severity_reason, moved_by, moved_by_reason, table.where
    )


def _correlation(table: Table) -> Correlation | None:
    before = len(table.faults)
    table.allow(CORRELATION)
    names = [name for name, _ in table.names("between", 2)]
    if len(names) != 2 or names[0] == names[1]:
        table.fault("between", "it does not name two processes", "two drivers", 'say between = ["demand", "rents"]')
        return None
    value = _number(table, "value", "-".join(names), -1.0, 1.0)
    if value is None or len(table.faults) > before:
        return None
    return Correlation(names[0], names[1], value, table.where)


def _driver(table: Table) -> str:
    name = table.text("driver", MAX_NAME)
    usable = [driver.id for driver in DRIVERS.values() if driver.blend in BLENDS]
    if name and name not in usable:
        table.fault(
            "driver", f"{shown(name)} cannot stray", f"one of {', '.join(usable)}", near(name, usable) or "change it"
        )
    return name


def _number(table: Table, key: str, owner: str, low: float, high: float) -> Number | None:
    """One number, or a list of low, central and high, with its reason."""
    reason = table.text(f"{key}_reason", MAX_TEXT)
    values = _three(table, key, low, high, one=True)
    if values is None:
        return None
    if not values[0] <= values[1] <= values[2]:
        table.fault(key, "its numbers do not rise", "low, central, high", "put them in order")
        return None
    return Number(f"{owner}.{key}", *values, reason, Where(table.file, table.lines.key(table.name, table.index, key)))


def _three(table: Table, key: str, low: float, high: float, *, one: bool) -> tuple[float, float, float] | None:
    """Three numbers; ``one`` allows a single one for all three."""
    expected = "a number, or a list of low, central and high" if one else "a list of least, likeliest and most"
    if key not in table.values:
        table.missing(key, expected)
        return None
    value = table.values[key]
    if one and not isinstance(value, list):
        number = table.bounded(key, value, low, high)
        return None if number is None else (number, number, number)
    if not isinstance(value, list) or len(value) != 3:
        found = f"it has {len(value)} values" if isinstance(value, list) else f"{kind(value)} is no list"
        table.fault(key, found, expected, f"say {key} = [0.1, 0.2, 0.3]")
        return None
    read = [table.bounded(key, v, low, high, element=n) for n, v in enumerate(value)]
    first, second, third = read
    return None if first is None or second is None or third is None else (first, second, third)


def _bounds(table: Table, *, adds: bool) -> tuple[float, float]:
    """Least and most of a deviation, around none; the widest where nothing is said."""
    widest = (-math.inf, math.inf) if adds else (0.0, math.inf)
    if "bounds" not in table.values:
        return widest
    value, middle = table.values["bounds"], 0.0 if adds else 1.0
    if not isinstance(value, list) or len(value) != 2:
        table.fault("bounds", "it is no list of two numbers", "least and most", "say bounds = [-100, 2000]")
        return widest
    least = table.bounded("bounds", value[0], -MOST_ADDED if adds else LEAST_FACTOR, middle, element=0)
    most = table.bounded("bounds", value[1], middle, MOST_ADDED if adds else MOST_FACTOR, element=1)
    return widest if least is None or most is None else (least, most)


def _measure(table: Table) -> str:
    if "volatility_from" not in table.values:
        return ""
    name = table.text("volatility_from", MAX_NAME)
    if name and name.removeprefix(BOOK) not in MEASURES:
        known = [BOOK + measure for measure in MEASURES]
        hint = near(name, known) or "take one of them, or take it out"
        table.fault("volatility_from", f"{shown(name)} is no measure of the book", f"one of {', '.join(known)}", hint)
    return name.removeprefix(BOOK)


def _severity(table: Table, driver: str) -> tuple[float, float, float] | None:
    """What a regime does: a factor of at most 1, or an amount of at least 0; it only hurts."""
    if driver not in DRIVERS:
        return None
    plus = DRIVERS[driver].blend is Blend.PLUS
    values = _three(table, "severity", 0.0, DRIVERS[driver].high if plus else 1.0, one=False)
    if values is not None and not values[0] <= values[1] <= values[2]:
        table.fault("severity", "its numbers do not rise", "least, likeliest, most", "put them in order")
        return None
    return values


def _moved_by(table: Table) -> tuple[tuple[str, float], ...]:
    value = table.values.get("moved_by", {})
    if not isinstance(value, dict):
        table.fault(
            "moved_by", f"{kind(value)} is no table", "processes and slopes", "say moved_by = { spread = 0.005 }"
        )
        return ()
    read = [(name, table.bounded("moved_by", slope, -LARGEST_SLOPE, LARGEST_SLOPE)) for name, slope in value.items()]
    return tuple((name, slope) for name, slope in read if slope is not None)


def _refuse_twice(top: Table, processes: tuple[Process, ...], regimes: tuple[Regime, ...]) -> None:
    drivers = {"process": [p.driver for p in processes], "regime": [r.driver for r in regimes]}
    for name, used in drivers.items():
        for index, driver in enumerate(used):
            if driver in used[:index]:
                table = Table(top.file, name, index, {}, top.lines, top.faults)
                table.fault("driver", f"{driver} has two of them", f"one {name} a driver", "take one out")


def _refuse_strangers(
    top: Table, processes: tuple[Process, ...], regimes: tuple[Regime, ...], correlations: tuple[Correlation, ...]
) -> None:
    """Note correlations and slopes that speak of what is no process of everybody, and pairs named twice."""
    common = [p.driver for p in processes if not DRIVERS[p.driver].per_firm]
    named = [("regime", i, "moved_by", name) for i, regime in enumerate(regimes) for name, _ in regime.moved_by]
    named += [("correlation", i, "between", n) for i, pair in enumerate(correlations) for n in (pair.one, pair.other)]
    for table_name, index, key, name in named:
        if name not in common:
            table = Table(top.file, table_name, index, {}, top.lines, top.faults)
            hint = near(name, common) or "add the process or take this out"
            table.fault(key, f"{shown(name)} is no process of everybody", f"one of {', '.join(common)}", hint)
    seen: set[frozenset[str]] = set()
    for index, pair in enumerate(correlations):
        both = frozenset((pair.one, pair.other))
        if both in seen:
            table = Table(top.file, "correlation", index, {}, top.lines, top.faults)
            table.fault("between", "this pair stands twice", "each pair once", "take one out")
        seen.add(both)
