"""What all commands share: which book, as of when, and how the answer leaves."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import wraps
from typing import Any, TypeVar, cast

import click

from cardhouse.book import Book, Severity, embedded, read_book
from cardhouse.book.export import write_csv
from cardhouse.errors import BookError
from cardhouse.views.table import WIDTH, Table, paragraph, text
from cardhouse.views.words import LANGUAGES, words

F = TypeVar("F", bound=Callable[..., Any])


class Day(click.ParamType[Any]):
    """A date written YYYY-MM-DD."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read the date or say what was expected."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no date; expected YYYY-MM-DD, for example 2025-12-31", param, ctx)


@dataclass(frozen=True, slots=True)
class Where:
    """The choice of book."""

    folder: str | None
    overlay: str | None
    as_of: date | None


def book_options(command: F) -> F:
    """Add --book, --overlay and --as-of; the command gets one ``where``."""

    @wraps(command)
    def wrapped(folder: str | None, overlay: str | None, as_of: date | None, **kwargs: Any) -> Any:
        return command(where=Where(folder, overlay, as_of), **kwargs)

    options = (
        click.option("--as-of", type=Day(), metavar="DATE", help="Only what was known on this day (YYYY-MM-DD)."),
        click.option("--overlay", metavar="DIR", help="Rows of your own laid over the book."),
        click.option("--book", "folder", metavar="DIR", help="A book of your own instead of the shipped one."),
    )
    result: Any = wrapped
    for option in options:
        result = option(result)
    return cast("F", result)


def lang_option(command: F) -> F:
    """Add --lang; the command gets the words of the language as ``t``. A group's language holds for its commands."""

    @wraps(command)
    def wrapped(lang: str | None, **kwargs: Any) -> Any:
        return command(t=words(lang or _lang_of_group()), **kwargs)

    option = click.option(
        "--lang",
        type=click.Choice(list(LANGUAGES)),
        envvar="CARDHOUSE_LANG",
        help="Language of the answer; or set CARDHOUSE_LANG.  [default: en]",
    )
    return cast("F", option(wrapped))


def _lang_of_group() -> str:
    """The language that was asked for before a command's own name: ``cardhouse book --lang zh conflicts``."""
    context = click.get_current_context().parent
    while context is not None:
        if context.params.get("lang"):
            return str(context.params["lang"])
        context = context.parent
    return "en"


def output_options(command: F) -> F:
    """Add --json and --csv."""
    command = click.option("--csv", "csv_file", metavar="FILE", help="Write the table as CSV, numbers in full.")(
        command
    )
    return click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")(command)


def firmness_option(command: F) -> F:
    """Add --firmness."""
    return click.option(
        "--firmness",
        type=click.Choice(["binding", "active", "announced", "all"]),
        default="active",
        show_default=True,
        help="How firm a tie must be to count.",
    )(command)


def load(where: Where) -> Book:
    """The book the user asked for, as of the day asked for.

    Raises
    ------
    BookError : it cannot be read, has no firms, or nothing was known on that day.
    """
    book = whole(where)
    errors = [f for f in book.faults if f.severity is Severity.ERROR]
    if not book.firms or not (book.facts or book.ties):
        first = f" First fault: {errors[0]}" if errors else ""
        raise BookError(f"{book.folder}: the book is empty; expected firms with facts or ties.{first}")
    if errors:
        again = " ".join(
            ["cardhouse book check", *filter(None, (where.folder, where.overlay and f"--overlay {where.overlay}"))]
        )
        click.echo(f"{len(errors)} rows of the book are broken and left out; see: {again}", err=True)
    if where.as_of is not None and where.as_of > book.date:
        click.echo(f"the book knows nothing after {book.date}; answered as of that day", err=True)
    known = book.as_of(where.as_of or date.max)
    if not (known.facts or known.ties):
        raise BookError(f"nothing in the book was known on {where.as_of}; its first row is of {first_known(book)}")
    return known


def whole(where: Where) -> Book:
    """The book uncut, for questions about several days: they need the earlier versions of ties.

    What is broken, or that nothing was known on a day, :func:`load` says.
    """
    return read_book(where.folder, overlay=where.overlay) if where.folder else embedded(overlay=where.overlay)


def first_known(book: Book) -> date:
    """The day the oldest row of a book became known."""
    return min([f.known for f in book.facts] + [t.known for t in book.ties])


def width() -> int:
    """Columns to write in: the terminal's up to 140, 100 when the output is a file or a pipe."""
    if not sys.stdout.isatty():
        return WIDTH
    import shutil

    return max(60, min(shutil.get_terminal_size((WIDTH, 40)).columns, 140))


def show(*parts: Table | str) -> None:
    """Print tables and sentences with an empty line between them."""
    blocks = [
        text(part, width=width()) if isinstance(part, Table) else paragraph(part, width=width())
        for part in parts
        if part
    ]
    click.echo("\n\n".join(blocks))


def give(table: Table, *, csv_file: str | None) -> None:
    """Write a table as CSV where asked."""
    if csv_file:
        write_csv(csv_file, [c.key for c in table.columns], table.rows)
        click.echo(f"{len(table.rows)} rows written to {csv_file}", err=True)


def answer_json(payload: Any) -> None:
    """Print JSON; numbers as they are, dates as text, nothing that is not a number."""
    click.echo(json.dumps(payload, ensure_ascii=False, indent=2, allow_nan=False, default=str))
