"""The one error tree of Cardhouse.

Reading never raises for what is inside a file: it returns data and faults
(:class:`cardhouse.book.Fault`). Everything else that a user can cause raises one
of the classes below, whose message says what was found, what was expected and
what to do. Each also inherits the builtin that callers would catch without
knowing Cardhouse.
"""

from __future__ import annotations


class CardhouseError(Exception):
    """Root of everything Cardhouse raises on purpose."""

    exit_code = 1


class BookError(CardhouseError, ValueError):
    """A book cannot be used: folder missing, hostile, empty, or full of faults."""


class UnknownName(CardhouseError, LookupError):
    """A firm, metric, tie, scenario or option that nobody knows by that name."""


class InputError(CardhouseError, ValueError):
    """An argument outside what the function accepts."""


class ScenarioError(CardhouseError, ValueError):
    """A scenario cannot be used; lists all its faults, one a line, each with file and line first."""


class NotConverged(CardhouseError, ArithmeticError):
    """A computation that did not settle; names who still moves and by how much."""


class OutputError(CardhouseError, OSError):
    """A result could not be written where it was asked for."""
