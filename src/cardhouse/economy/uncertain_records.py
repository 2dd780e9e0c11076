"""What chance is made of: numbers with a range and a reason, processes, regimes, and how they go together."""

from __future__ import annotations

from dataclasses import dataclass

from cardhouse.book import Where


@dataclass(frozen=True, slots=True)
class Number:
    """One parameter: its range and why.

    Attributes
    ----------
    id : as ``demand.volatility``.
    origin : ``assumption``, or the measure of the book that gave it, as ``book:growth_common``.
    observations : how many observations of the book it rests on; 0 for an assumption.
    """

    id: str
    low: float
    central: float
    high: float
    reason: str
    where: Where
    origin: str = "assumption"
    observations: int = 0


@dataclass(frozen=True, slots=True)
class Process:
    """A driver that strays from the scenario a little each quarter.

    ``cumulates`` is true where deviations are growth and the driver's level sums them up; ``bounds`` are the least
    and most that the driver is multiplied with, or gets added where it adds, and ``bounds_reason`` why; ``measure``
    names what the book is asked for the volatility, empty for nothing.
    """

    driver: str
    title: str
    title_zh: str
    volatility: Number
    persistence: Number
    cumulates: bool
    bounds: tuple[float, float]
    measure: str
    where: Where
    bounds_reason: str = ""


@dataclass(frozen=True, slots=True)
class Regime:
    """A time in which a driver is worse than the scenario says: it begins and ends by chance.

    ``severity`` (least, likeliest, most) is what an index or share is multiplied with meanwhile, or what is added
    to a driver that adds. ``moved_by`` says by how much the logarithm of the chance to begin rises for one unit of
    a process: a basis point, or 1 of the logarithm of an index.
    """

    driver: str
    title: str
    title_zh: str
    begins: Number
    ends: Number
    severity: tuple[float, float, float]
    severity_reason: str
    moved_by: tuple[tuple[str, float], ...]
    moved_by_reason: str
    where: Where


@dataclass(frozen=True, slots=True)
class Correlation:
    """Correlation of the surprises of two processes."""

    one: str
    other: str
    value: Number
    where: Where


@dataclass(frozen=True, slots=True)
class Chances:
    """A file of chances as read."""

    degrees: Number
    processes: tuple[Process, ...]
    regimes: tuple[Regime, ...]
    correlations: tuple[Correlation, ...]
    where: Where
