"""What is wrong with a book: collected while reading, never raised."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from cardhouse.book.records import Where

SHOWN_LENGTH = 60
"""Longest piece of a user's text that a message repeats, in characters."""


class Severity(StrEnum):
    """An error leaves its row out; a warning keeps the row and asks for a look."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with one row.

    Prints as ``file:line: subject: problem; expected ...; action``, so that editors jump to the place.
    ``check`` is the name of the check that found it (``read`` for what no row could be made of).
    """

    where: Where
    subject: str
    problem: str
    expected: str
    action: str
    severity: Severity = Severity.ERROR
    check: str = "read"

    def __str__(self) -> str:
        expected = self.expected and f"expected {self.expected}"
        tail = "; ".join(part for part in (self.problem, expected, self.action) if part)
        return f"{self.where}: {self.subject}: {tail}"


def shown(text: str) -> str:
    """``text`` as a message may repeat it: quoted, on one line, short, no control characters."""
    cut = text if len(text) <= SHOWN_LENGTH else text[: SHOWN_LENGTH - 3] + "..."
    plain = "".join(c if c.isprintable() else "?" for c in cut)
    return f"'{plain}'"


def near(name: str, known: Iterable[str], *, limit: int = 3) -> str:
    """``did you mean a, b?`` for the names closest to ``name``; empty when none is near."""
    from difflib import get_close_matches

    if len(name) > SHOWN_LENGTH:
        return ""
    folded = {k.casefold(): k for k in known}
    close = get_close_matches(name.casefold(), folded, n=limit, cutoff=0.6)
    return f"did you mean {', '.join(folded[k] for k in close)}?" if close else ""
