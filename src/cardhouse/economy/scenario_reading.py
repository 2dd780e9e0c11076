"""From the tables of a scenario file to records: every field is checked, every fault has its line."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

from cardhouse.book import Where
from cardhouse.book.faults import near, shown
from cardhouse.economy.drivers import DRIVERS, Blend, Driver
from cardhouse.economy.scenario_records import Move, PullEvent, Scenario, Shape, Shock
from cardhouse.economy.scenario_table import MAX_NAME, MAX_QUARTERS, Table, kind

MAX_RECORDS = 200
MAX_NAMES = 32
RATES = (-0.95, 9.0)
MAX_TITLE, MAX_TEXT = 160, 1000
NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)

TOP = ("name", "title", "title_zh", "about", "about_zh", "compose", "reorganise", "shock", "pull", "move")
SHOCK = ("driver", "firm", "from", "quarter", "level", "add", "rate", "path", "over", "geometric", "lasts", "reason")
PULL = ("firm", "from", "quarter", "pays", "reason")
MOVE = ("driver", "from_firm", "to_firm", "part", "from", "quarter", "over", "lasts", "reason")

Record = TypeVar("Record")


def read_shock(table: Table) -> Shock | None:
    """Read one shock; None when it has a fault."""
    before = len(table.faults)
    table.allow(SHOCK)
    driver = _driver(table)
    reason = table.text("reason", MAX_TEXT)
    start = table.start()
    shape = _shape(table)
    if driver is None or shape is None:
        return None
    numbers = _numbers(table, driver, shape)
    over, geometric, lasts = _timing(table, driver, shape)
    firm = _firm(table, driver)
    if len(table.faults) > before:
        return None
    return Shock(driver.id, shape, numbers, table.where, reason, start, firm, over, geometric, lasts)


def _driver(table: Table) -> Driver | None:
    name = table.text("driver", MAX_NAME)
    if name and name not in DRIVERS:
        hint = near(name, DRIVERS) or "see the table of drivers in docs/scenarios.md"
        table.fault("driver", f"{shown(name)} is no driver", f"one of {', '.join(DRIVERS)}", hint)
    return DRIVERS.get(name)


def _firm(table: Table, driver: Driver) -> str:
    if driver.per_firm:
        return table.text("firm", MAX_NAME)
    if "firm" in table.values:
        table.fault("firm", f"{driver.id} is the same for all firms", "no firm", "take firm out")
    return ""


def _shape(table: Table) -> Shape | None:
    given = [shape for shape in Shape if shape in table.values]
    if len(given) == 1:
        return given[0]
    expected = f"exactly one of {', '.join(Shape)}"
    if given:
        table.fault(given[1], f"{' and '.join(given)} are given together", expected, "take one out")
    else:
        table.fault("", "it says no number", expected, "add one, for example level = 0.6")
    return None


def _numbers(table: Table, driver: Driver, shape: Shape) -> tuple[float, ...]:
    """The number of a shock, or one a quarter for a path; empty when there is a fault."""
    if shape is Shape.PATH:
        return _path(table, driver)
    if shape is Shape.ADD and driver.blend is not Blend.PLUS:
        plus = ", ".join(d.id for d in DRIVERS.values() if d.blend is Blend.PLUS)
        table.fault("add", f"{driver.id} is no driver to add to", f"level or path here; add for {plus}", "say level")
    if shape is Shape.RATE and driver.unit != "index":
        table.fault("rate", f"{driver.id} is no index", "level or path here; rate for an index", "say level")
    low, high = RATES if shape is Shape.RATE else (driver.low, driver.high)
    value = table.number(shape.value, low, high)
    return () if value is None else (value,)


def _path(table: Table, driver: Driver) -> tuple[float, ...]:
    value = table.values["path"]
    if not isinstance(value, list) or not 1 <= len(value) <= MAX_QUARTERS:
        found = f"it has {len(value)} values" if isinstance(value, list) else f"{kind(value)} is no list"
        table.fault("path", found, f"a list of 1 to {MAX_QUARTERS} numbers, one a quarter", "say path = [0.9, 0.8]")
        return ()
    read = [table.bounded("path", v, driver.low, driver.high, element=n) for n, v in enumerate(value)]
    return tuple(number for number in read if number is not None)


def _timing(table: Table, driver: Driver, shape: Shape) -> tuple[int, bool, int | None]:
    """Phase-in, its form and how long the shock lasts."""
    over, lasts = table.whole("over", 1) or 1, table.whole("lasts", None)
    phased = shape in (Shape.LEVEL, Shape.ADD) and driver.blend in (Blend.TIMES, Blend.PLUS)
    if "over" in table.values and not phased:
        expected = "over only with level or add, and not for life and elasticity, whose baseline is no number of theirs"
        table.fault("over", "this shock has no phase-in", expected, "take over out, or say path")
    if lasts is not None and lasts < over:
        table.fault("lasts", f"it ends after {lasts} quarters", f"at least over = {over}", "let it last longer")
    return over, _geometric(table, driver, shape), lasts


def _geometric(table: Table, driver: Driver, shape: Shape) -> bool:
    value: object = table.values.get("geometric", False)
    if not isinstance(value, bool):
        table.fault("geometric", f"{kind(value)} is neither true nor false", "true or false", "write true")
        return False
    level = table.values.get("level")
    if value and (shape is not Shape.LEVEL or driver.unit != "index" or level in (0, 0.0)):
        table.fault("geometric", "this shock has no equal factors", "level above 0 of an index", "take geometric out")
    return value


def read_pull(table: Table) -> PullEvent | None:
    """Read one pulled firm; None when it has a fault."""
    before = len(table.faults)
    table.allow(PULL)
    firm, reason, start = table.text("firm", MAX_NAME), table.text("reason", MAX_TEXT, required=False), table.start()
    pays = table.number("pays", 0.0, 1.0) if "pays" in table.values else 0.0
    if pays == 1.0:
        table.fault("pays", "it pays all its dues", "less than 1: a pulled firm fails to pay", "lower it")
    if pays is None or len(table.faults) > before:
        return None
    return PullEvent(firm, table.where, pays, start, reason)


def read_move(table: Table) -> Move | None:
    """Read one move of demand from a laboratory to another; None when it has a fault."""
    before = len(table.faults)
    table.allow(MOVE)
    driver = table.text("driver", MAX_NAME)
    if driver and driver != "share":
        table.fault("driver", f"{shown(driver)} cannot move", "share", 'say driver = "share"')
    source, target = table.text("from_firm", MAX_NAME), table.text("to_firm", MAX_NAME)
    if source and source == target:
        table.fault("to_firm", "demand would move to where it is", "another firm than from_firm", "change one of them")
    if "part" not in table.values:
        table.missing("part", "a number from 0 to 1")
    part = table.number("part", 0.0, 1.0)
    over, lasts = table.whole("over", 1) or 1, table.whole("lasts", None)
    if lasts is not None and lasts < over:
        table.fault("lasts", f"it ends after {lasts} quarters", f"at least over = {over}", "let it last longer")
    reason, start = table.text("reason", MAX_TEXT), table.start()
    if part is None or len(table.faults) > before:
        return None
    return Move(source, target, part, table.where, "share", start, over, lasts, reason)


def read_tables(top: Table, name: str, read: Callable[[Table], Record | None]) -> tuple[Record, ...]:
    """Read an array of tables; records with faults are left out."""
    value = top.values.get(name, [])
    if not isinstance(value, list):
        top.fault(name, f"{kind(value)} is no list of tables", f"[[{name}]]", f"write [[{name}]] with two brackets")
        return ()
    if len(value) > MAX_RECORDS:
        top.fault(name, f"it stands {len(value)} times", f"at most {MAX_RECORDS}", "split the file and compose")
        return ()
    out = []
    for index, values in enumerate(value):
        table = Table(top.file, name, index, values if isinstance(values, dict) else {}, top.lines, top.faults)
        if not isinstance(values, dict):
            table.fault("", f"{kind(values)} is no table", f"[[{name}]]", f"write [[{name}]] with two brackets")
        elif (record := read(table)) is not None:
            out.append(record)
    return tuple(out)


def read_top(top: Table) -> Scenario:
    """Read a file's own part of a scenario; what it composes is added by the caller. Faults are left in the table."""
    top.allow(TOP)
    name = top.text("name", MAX_NAME)
    if name and not NAME.fullmatch(name):
        top.fault("name", f"{shown(name)} is no name", "small letters, digits and single hyphens", "say rents-fall")
    title, about = top.text("title", MAX_TITLE), top.text("about", MAX_TEXT)
    title_zh, about_zh = (top.text(key, MAX_TEXT, required=False) for key in ("title_zh", "about_zh"))
    reorganise = dict(top.names("reorganise", MAX_NAMES))
    return Scenario(
        name,
        title,
        title_zh or title,
        about,
        about_zh or about,
        Where(top.file, top.lines.key("", 0, "name")),
        read_tables(top, "shock", read_shock),
        read_tables(top, "pull", read_pull),
        read_tables(top, "move", read_move),
        tuple(reorganise),
        tuple(reorganise.values()),
    )
