"""Checks: small functions of one shape, each found by name.

A check takes the draft of a book and yields the faults it finds: ``check(draft) -> faults``. An
error leaves its row out, a warning keeps it. A check never changes the draft and never raises for
what is inside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from cardhouse.book.draft import Draft
from cardhouse.book.faults import Fault, Severity, near
from cardhouse.errors import UnknownName

Function = Callable[[Draft], Iterator[Fault]]


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its name, how severe its faults are, and the function."""

    name: str
    severity: Severity
    function: Function

    @property
    def meaning(self) -> str:
        """First sentence of the function's documentation."""
        return (self.function.__doc__ or "").partition("\n")[0]

    def __call__(self, draft: Draft) -> Iterator[Fault]:
        """Faults of the draft, marked with the check's name and severity."""
        for fault in self.function(draft):
            yield replace(fault, check=self.name, severity=self.severity)


_CHECKS: dict[str, Check] = {}


def error(function: Function) -> Function:
    """Register a check whose faults leave their row out."""
    return _register(function, Severity.ERROR)


def warning(function: Function) -> Function:
    """Register a check whose faults keep their row."""
    return _register(function, Severity.WARNING)


def _register(function: Function, severity: Severity) -> Function:
    name = function.__name__.replace("_", "-")
    _CHECKS[name] = Check(name, severity, function)
    return function


def checks(severity: Severity | None = None) -> tuple[Check, ...]:
    """All checks, or those of one severity, in the order they run."""
    from cardhouse.book import (  # noqa: F401 (they register themselves)
        fact_checks,
        note_checks,
        odd_checks,
        sum_checks,
        tie_checks,
    )

    return tuple(check for check in _CHECKS.values() if severity in (None, check.severity))


def find(name: str) -> Check:
    """Find the check of this name.

    Raises
    ------
    UnknownName : nobody knows such a check; near names are suggested.
    """
    known = {check.name: check for check in checks()}
    if name in known:
        return known[name]
    raise UnknownName(f"unknown check '{name}'; {near(name, known) or 'expected one of ' + ', '.join(known)}")


def run(draft: Draft, which: Iterable[Check]) -> list[Fault]:
    """Faults that these checks find."""
    return [fault for check in which for fault in check(draft)]
