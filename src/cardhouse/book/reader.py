"""Reading a book: a folder of CSV files to a book and all its faults.

Reading has four steps: rows of every file (what no row can be made of is a fault), the overlay
laid over them, the checks, and the book of what is left. Nothing inside a file raises; only a folder
that is no book does.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import resources
from pathlib import Path

from cardhouse.book.book import Book
from cardhouse.book.checks import checks, run
from cardhouse.book.draft import Draft, assemble
from cardhouse.book.faults import Fault, Severity, near
from cardhouse.book.files import Limits
from cardhouse.book.records import Where
from cardhouse.book.rows import Rows, missing_file, read_rows
from cardhouse.book.schema import TABLES
from cardhouse.errors import BookError

EMBEDDED = "books/ai"
MOST_ROUNDS = 20
"""Rounds of checks: a row that leans on a row left out is found in the next; four suffice in practice."""
MOST_OVERLAY_ROUNDS = 5
"""Rounds of laying an overlay without its broken rows; two suffice in practice."""


def embedded(*, overlay: str | os.PathLike[str] | None = None) -> Book:
    """Read the book that comes with Cardhouse, once; with an overlay on top if one is given."""
    return _shipped() if overlay is None else _read(_shipped_folder(), EMBEDDED, overlay, Limits())


@cache
def _shipped() -> Book:
    return _read(_shipped_folder(), EMBEDDED, None, Limits())


def _shipped_folder() -> Path:
    return Path(str(resources.files("cardhouse.book"))) / EMBEDDED


def read_book(
    folder: str | os.PathLike[str],
    *,
    overlay: str | os.PathLike[str] | None = None,
    limits: Limits | None = None,
) -> Book:
    """Read a book and all its faults.

    Parameters
    ----------
    folder : folder with ``firms.csv``, ``facts.csv``, ``ties.csv``, ...
    overlay : folder with any of these files, whose rows go over the book's; None for none.
    limits : most that a file may hold; None for the usual limits.

    Returns
    -------
    Book : the rows in order, and in ``faults`` every row that is not, with its file and line.

    Raises
    ------
    BookError : a folder does not exist, is no folder, cannot be read, or holds no file of a book.
    """
    return _read(Path(folder), str(folder), overlay, limits or Limits())


def _read(folder: Path, label: str, overlay: str | os.PathLike[str] | None, limits: Limits) -> Book:
    with _collector_paused():
        below, faults = _files(folder, label, limits)
        above: dict[str, Rows] = {}
        if overlay is not None:
            above, more = _files(Path(overlay), str(overlay), limits)
            faults += more
        faults += [missing_file(label, t) for t in TABLES.values() if t.needed and t.name not in below]
        draft, found = _checked(below, above)
        faults += found
        faults += run(draft, checks(Severity.WARNING))
    order = {rows.file: place for place, rows in enumerate((*below.values(), *above.values()))}
    faults.sort(key=lambda fault: (order.get(fault.where.file, -1), fault.where.line))
    return _book(label, draft, tuple(faults), _counts(below, above, faults))


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Leave the garbage collector off while millions of records are made, none of them garbage."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _files(folder: Path, label: str, limits: Limits) -> tuple[dict[str, Rows], list[Fault]]:
    """Rows of every file in a folder, and the faults met on the way."""
    expected = ", ".join(table.file for table in TABLES.values())
    try:
        names = {entry.name for entry in os.scandir(folder) if entry.name.endswith(".csv")}
    except FileNotFoundError:
        raise BookError(f"{label}: no such folder; expected a folder with {expected}; mend the path") from None
    except NotADirectoryError:
        raise BookError(f"{label}: not a folder; expected a folder with {expected}; name the folder") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise BookError(f"{label}: cannot be read ({reason}); expected a folder with {expected}") from None
    found: dict[str, Rows] = {}
    for table in TABLES.values():
        rows = read_rows(folder, label, table, limits) if table.file in names else None
        if rows is not None:
            found[table.name] = rows
    if not found:
        raise BookError(f"{label}: no file of a book in it; expected {expected}; name another folder")
    faults = [fault for rows in found.values() for fault in rows.faults]
    known = [table.file for table in TABLES.values()]
    for name in sorted(names - set(known)):
        hint = near(name, known) or "rename or remove it"
        where = Where(f"{label}/{name}", 1)
        problem = "no file of a book; it was not read"
        faults.append(Fault(where, name, problem, f"only {expected}", hint, Severity.WARNING))
    return found, faults


def _checked(below: dict[str, Rows], above: dict[str, Rows]) -> tuple[Draft, list[Fault]]:
    """Find the rows that pass every check, and the faults of the others.

    A row of the overlay that fails takes no part, so the shipped row that it would have replaced
    comes back and everything is checked again.
    """
    overlay_files = {rows.file for rows in above.values()}
    hidden: set[tuple[str, int]] = set()
    earlier: list[Fault] = []
    faults: list[Fault] = []
    draft = Draft()
    for _ in range(MOST_OVERLAY_ROUNDS):
        start = assemble(below, above, hidden)
        start.left_out.update(_left_out(hidden, above))
        draft, faults = _settled(start)
        mine = [fault for fault in faults if fault.where.file in overlay_files]
        if not mine:
            break
        hidden |= {(fault.where.file, fault.where.line) for fault in mine}
        earlier += mine
    theirs = [fault for fault in faults if fault.where.file not in overlay_files]
    return draft, [*theirs, *earlier]


def _left_out(hidden: set[tuple[str, int]], above: dict[str, Rows]) -> dict[tuple[str, str], Where]:
    """Ids that the hidden rows of the overlay would have had."""
    return {
        (table, row.id): row.where
        for table, rows in above.items()
        if hidden and "id" in TABLES[table].subject
        for row in rows.records
        if (row.where.file, row.where.line) in hidden
    }


def _settled(draft: Draft) -> tuple[Draft, list[Fault]]:
    """Run the errors' checks until no row leans on one that was left out."""
    faults: list[Fault] = []
    for _ in range(MOST_ROUNDS):
        found = run(draft, checks(Severity.ERROR))
        if not found:
            break
        faults += found
        draft, lost = draft.without(found)
        if lost <= {"facts", "terms", "assumptions"}:
            break
    return draft, faults


def _counts(below: dict[str, Rows], above: dict[str, Rows], faults: list[Fault]) -> dict[str, tuple[int, int]]:
    """Rows found and rows left out, for each file (those of an overlay under their own path)."""
    bad: dict[str, set[int]] = {}
    for fault in faults:
        if fault.severity is Severity.ERROR:
            bad.setdefault(fault.where.file, set()).add(fault.where.line)
    counts = {}
    for rows, name in (
        *((rows, TABLES[table].file) for table, rows in below.items()),
        *((rows, rows.file) for rows in above.values()),
    ):
        lines = bad.get(rows.file)
        failed = sum(1 for record in rows.records if record.where.line in lines) if lines else 0
        counts[name] = (rows.read, rows.read - len(rows.records) + failed)
    return counts


def _book(label: str, draft: Draft, faults: tuple[Fault, ...], rows: dict[str, tuple[int, int]]) -> Book:
    return Book(
        folder=label,
        firms={row.id: row for row in draft.firms},
        subjects={row.id: row for row in draft.subjects},
        metrics={row.id: row for row in draft.metrics},
        sources={row.id: row for row in draft.sources},
        facts=tuple(draft.facts),
        ties=tuple(draft.ties),
        terms=tuple(draft.terms),
        assumptions=tuple(draft.assumptions),
        rates=tuple(draft.rates),
        faults=faults,
        rows=rows,
    )
