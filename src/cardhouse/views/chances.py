"""On what the probabilities rest, as tables and sentences: how drivers stray, regimes, what goes together, and why."""

from __future__ import annotations

import math

from cardhouse.economy.drivers import DRIVERS, Blend
from cardhouse.economy.opening import Opening
from cardhouse.economy.uncertain import Correlation, Number, Process, Regime, Uncertainty
from cardhouse.views.pull import SCOPES
from cardhouse.views.table import Column, Kind, Table
from cardhouse.views.words import ENGLISH, N_, Words

MEASURED = {
    "book:growth_common": N_("{count} quarters of reported revenue"),
    "book:growth_own": N_("{count} quarters of revenue that single firms reported"),
    "book:rents": N_("{count} pairs of rental prices"),
}
"""What a number rests on that the book measures, by its origin."""
STEPS = {"basis points": 400.0}
"""By how much a driver that adds is moved to show what it does to the chance of a regime; one of its units else."""
UNITS = {"basis points": N_("{number} bp"), "quarters": N_("{number} q")}
"""How what is added to a driver is written."""


def dateline(opening: Opening, *, t: Words = ENGLISH) -> str:
    """What a reader must know to repeat the answer."""
    return t(
        "book of {date} · chances of a quarter, the same for every scenario · ties: {ties}",
        date=opening.book.date,
        ties=t(SCOPES[opening.scope.value]),
    )


def headline(u: Uncertainty, *, t: Words = ENGLISH) -> list[str]:
    """How much of it is measured, and how to read it."""
    measured = [(p, n) for p in u.chances.processes for n in (p.volatility, p.persistence) if n.origin in MEASURED]
    if measured:
        text = N_(
            "Measured in the book: volatility of {drivers}. That is {few} of {all} inputs; the others are assumed, for "
            "the reasons below."
        )
        told = [t("{driver} ({source})", driver=title(p, t), source=_source(n, t)) for p, n in measured]
    else:
        text = N_("All {all} inputs are assumed, for the reasons below: the book has too few observations of them.")
        told = []
    first = t(text, drivers=t.semicolon.join(told), few=len(measured), all=len(reasons_of(u)))
    degrees = u.chances.degrees
    return [
        first,
        t(
            "The plan with its scenario is the path in the middle: surprises go both ways, regimes only hurt, so a "
            "run lies below the plan on average."
        ),
        t(
            "All surprises of a quarter share one tail, Student's t with {degrees} degrees of freedom: bad quarters "
            "are bad for all.",
            degrees=_range(t, *(f"{v:.0f}" for v in (degrees.low, degrees.central, degrees.high))),
        )
        if degrees.central
        else t("Surprises are normal; no tail is shared."),
    ]


def title(of: Process | Regime, t: Words = ENGLISH) -> str:
    """What a driver or a regime is called."""
    return of.title_zh if t.lang == "zh" else of.title


def processes(u: Uncertainty, opening: Opening, *, t: Words = ENGLISH) -> Table:
    """Drivers that stray a little each quarter."""
    rows = tuple(
        (
            title(p, t),
            _deviation(p, t),
            _range(t, *(f"{v:.2f}" for v in _three(p.persistence))),
            _bounds(p, t),
            _source(p.volatility, t) if p.volatility.origin in MEASURED or not p.measure else _too_few(t),
        )
        for p in u.chances.processes
    )
    heads = (
        Column("driver", t("driver"), wrap=True),
        Column("volatility", t("volatility"), Kind.NUMBER),
        Column("persistence", t("left a quarter later"), Kind.NUMBER),
        Column("bounds", t("bounds"), Kind.NUMBER),
        Column("basis", t("volatility rests on"), wrap=True),
    )
    return Table(t("How drivers stray from the plan"), heads, rows, tuple(_process_notes(u, opening, t)), t)


def _process_notes(u: Uncertainty, opening: Opening, t: Words) -> list[str]:
    chances = u.chances
    notes = [
        t(
            "Volatility: standard deviation of a quarter's surprise; in percent, of the logarithm. Runs take the first "
            "number; in brackets low and high, between which cardhouse sensitivity moves it; where it is measured, two "
            "standard errors on either side."
        )
    ]
    growing = [title(p, t) for p in chances.processes if p.cumulates]
    if growing:
        notes.append(t("It is growth that strays, and the level sums it up: {drivers}.", drivers=t.comma.join(growing)))
    if u.laboratories and any(DRIVERS[p.driver].per_firm for p in chances.processes):
        names = [t.called(opening.book, node) for node in u.laboratories]
        notes.append(t("Laboratories, each by itself: {firms}.", firms=t.comma.join(names)))
    return notes


def regimes(u: Uncertainty, *, t: Words = ENGLISH) -> Table:
    """Times in which a driver is worse than the plan."""
    rows = tuple(
        (
            title(r, t),
            _range(t, *(_percent(v) for v in _three(r.begins))),
            _range(t, *(_plain(1.0 / v) for v in (r.ends.high, r.ends.central, r.ends.low))),
            _severity(r, t),
            _moved(r, t),
        )
        for r in u.chances.regimes
    )
    heads = (
        Column("regime", t("regime"), wrap=True),
        Column("begins", t("begins"), Kind.NUMBER),
        Column("lasts", t("lasts, quarters"), Kind.NUMBER),
        Column("severity", t("meanwhile"), wrap=True),
        Column("moved", t("likelier to begin"), wrap=True),
    )
    notes = (
        t(
            "Begins: chance a quarter in calm markets; lasts: on average; in brackets low and high. Meanwhile: what a "
            "driver is multiplied with or gets added, the likeliest and in brackets the ends that are drawn between."
        ),
    )
    return Table(t("Regimes"), heads, rows, notes, t)


def correlations(u: Uncertainty, *, t: Words = ENGLISH) -> Table:
    """Surprises that come together; pairs that are not listed have nothing to do with each other."""
    rows = tuple(
        (_pair(c, t), _range(t, *(f"{v:+.1f}" if v else "0" for v in _three(c.value))), c.value.reason)
        for c in u.chances.correlations
    )
    heads = (
        Column("pair", t("surprises of")),
        Column("correlation", t("correlation"), Kind.NUMBER),
        Column("reason", t("reason"), wrap=True),
    )
    note = t("Pairs that are not listed: none but the shared tail. In brackets low and high.")
    return Table(t("What strays together"), heads, rows, (note,), t)


def reasons(u: Uncertainty, *, t: Words = ENGLISH) -> list[str]:
    """Why each number of processes, regimes and the tail is what it is, one line each."""
    lines = [t("Reasons, as they stand in the file of chances, the same for every day of the book:")]
    for owner, what, reason in reasons_of(u):
        if not isinstance(owner, Correlation):
            whose = title(owner, t) if owner else t("All surprises")
            lines.append(t("{whose}, {what}: {reason}", whose=whose, what=t(what), reason=reason))
    return lines


def reasons_of(u: Uncertainty) -> list[tuple[Process | Regime | Correlation | None, str, str]]:
    """Whose, what and why, of every input in the order of the file; nobody's is the shared tail's."""
    chances = u.chances
    found: list[tuple[Process | Regime | Correlation | None, str, str]] = []
    for p in chances.processes:
        found += [(p, "volatility", p.volatility.reason), (p, "persistence", p.persistence.reason)]
        found += [(p, "bounds", p.bounds_reason)] if _bounded(p) else []
    for r in chances.regimes:
        found += [(r, "chance to begin", r.begins.reason), (r, "chance to end", r.ends.reason)]
        found += [(r, "severity", r.severity_reason)]
        found += [(r, "likelier to begin", r.moved_by_reason)] if r.moved_by else []
    found += [(c, "correlation", c.value.reason) for c in chances.correlations]
    return [*found, (None, "degrees of freedom", chances.degrees.reason)]


WHATS = (N_("volatility"), N_("persistence"), N_("bounds"), N_("severity"), N_("likelier to begin"))
"""Words of :func:`reasons_of` that are looked up where they are shown."""


def _three(number: Number) -> tuple[float, float, float]:
    return number.low, number.central, number.high


def _range(t: Words, *ends: str) -> str:
    """Low, central and high as the central value with its ends in brackets; alone where they are the same."""
    low, central, high = ends
    return central if low == high else t("{central} ({low} to {high})", central=central, low=low, high=high)


def _plain(number: float) -> str:
    """A number with one digit where it needs it."""
    return f"{number:,.1f}".removesuffix(".0")


def _percent(share: float) -> str:
    return f"{_plain(100.0 * share)}%"


def _adds(driver: str) -> bool:
    return DRIVERS[driver].blend is Blend.PLUS


def _with_unit(driver: str, number: str, t: Words) -> str:
    unit = UNITS.get(DRIVERS[driver].unit)
    return t(unit, number=number) if unit else number


def _deviation(p: Process, t: Words) -> str:
    """The volatility of a process in percent, or in the unit of a driver that adds."""
    if _adds(p.driver):
        low, central, high = (_plain(v) for v in _three(p.volatility))
        return _range(t, low, _with_unit(p.driver, central, t), high)
    return _range(t, *(_percent(v) for v in _three(p.volatility)))


def _bounded(p: Process) -> bool:
    least, most = p.bounds
    return math.isfinite(most) or (math.isfinite(least) and least != 0.0)


def _bounds(p: Process, t: Words) -> str:
    """Least and most of what a driver is multiplied with, or gets added."""
    if not _bounded(p):
        return t("none")
    least, most = p.bounds
    if _adds(p.driver):
        return t("{low} to {high}", low=f"{least:+,.0f}", high=_with_unit(p.driver, f"{most:+,.0f}", t))
    return t("{low} to {high}", low=f"x {least:g}", high=f"x {most:g}")


def _source(number: Number, t: Words) -> str:
    """What a number rests on."""
    if number.origin in MEASURED:
        return t(MEASURED[number.origin], count=number.observations)
    return t("assumption")


def _too_few(t: Words) -> str:
    return t("assumption, too few in the book")


def _word(driver: str, t: Words) -> str:
    words = driver.replace("_", " ")
    return t.meant(words, f"driver: {words}")


def _pair(c: Correlation, t: Words) -> str:
    return t.comma.join((_word(c.one, t), _word(c.other, t)))


def _severity(r: Regime, t: Words) -> str:
    """What a regime does to its driver."""
    low, middle, high = (f"{v:g}" for v in r.severity)
    if _adds(r.driver):
        does = _range(t, low, _with_unit(r.driver, f"+{middle}", t), high)
    else:
        does = _range(t, low, f"x {middle}", high)
    return f"{_word(r.driver, t)} {does}"


def _moved(r: Regime, t: Words) -> str:
    """By how much other drivers make a regime likelier, at a size of their move that can be imagined."""
    parts = []
    for name, slope in r.moved_by:
        step = STEPS.get(DRIVERS[name].unit, 1.0)
        push = slope * step if _adds(name) else slope * math.log(0.5)
        moved = _with_unit(name, f"+{step:g}", t) if _adds(name) else t("halved")
        parts.append(
            t("{driver} {moved}: x {times}", driver=_word(name, t), moved=moved, times=f"{math.exp(push):.2g}")
        )
    return t.semicolon.join(parts) or t("nothing")
