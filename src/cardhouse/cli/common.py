"""What all commands share: which book, as of when, and how the answer leaves."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar, cast

import click
from click.core import ParameterSource

from cardhouse.book import Book, Severity, embedded, read_book
from cardhouse.book.export import replacing, write_csv
from cardhouse.book.faults import shown
from cardhouse.errors import BookError, OutputError
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


class Count(click.IntRange):
    """A whole number between two bounds, as people write it: 100000, 100,000, 1e5, 100k, 1m, 10万.

    ``like`` is the number that a message gives as an example. A comma or a point that may be a decimal one (1,5;
    100.000) is refused.
    """

    def __init__(self, low: int, high: int, *, like: int) -> None:
        super().__init__(low, high)
        self.like = like

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read the number or say what was expected."""
        number = value if isinstance(value, int) else whole_number(str(value))
        if number is None:
            self.fail(
                f"{shown(str(value))} cannot be read; expected a whole number, for example {self.like}", param, ctx
            )
        return int(super().convert(number, param, ctx))


_SCALES = {"": 1, "k": 10**3, "m": 10**6, "万": 10**4}
_COUNT = re.compile(
    r"(-?\d{1,3}(?:[,_ ]\d{3})+|-?\d{1,20}|\d{1,9}\.\d{1,6}(?= ?[ekm万]))(?:e\+?(\d{1,2})| ?([km万])|)",
    re.IGNORECASE | re.ASCII,
)


def whole_number(text: str) -> int | None:
    """A whole number that can be meant in one way only; None for all else."""
    found = _COUNT.fullmatch(text.strip())
    if found is None:
        return None
    number = Decimal(re.sub("[,_ ]", "", found[1])) * 10 ** int(found[2] or 0) * _SCALES[(found[3] or "").lower()]
    return int(number) if number == int(number) else None


class _Tried(Exception):
    """A file could be begun."""


def out_file(file: str) -> str:
    """Type of an option that names a file to write: that it cannot be written is said before the work.

    Everything is left as it is.

    Raises
    ------
    OutputError : it cannot: a folder of that name, no folder to put it in, no right to.
    """
    target = Path(file)
    try:
        if target.exists() and not target.is_file() and not target.is_dir():
            return file  # a device or a pipe, whose reader would take a trial for the whole answer
        with suppress(_Tried), replacing(target):
            raise _Tried
    except OutputError:
        raise
    except OSError as error:
        raise OutputError(f"{file} cannot be written ({error.strerror}); choose another place") from error
    return file


class Advised(click.Command):
    """A command that answers words it has no place for with what to say instead.

    ``instead`` makes the sentence from these words.
    """

    def __init__(self, *args: Any, instead: Callable[[Sequence[str]], str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instead = instead

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does, but with advice on what is too much."""
        ctx.allow_extra_args = True
        rest = super().parse_args(ctx, args)
        if ctx.args and not ctx.resilient_parsing:
            ctx.fail(self.instead(ctx.args))
        return rest


@dataclass(frozen=True, slots=True)
class Where:
    """The choice of book."""

    folder: str | None
    overlay: str | None
    as_of: date | None


BOOK = ("folder", "overlay", "as_of")
OUTPUT = ("as_json", "csv_file", "lang")
"""Names of the parameters by which a book is chosen, and of those that say how the answer leaves."""


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
    text = "Write the table as CSV, numbers in full."
    command = click.option("--csv", "csv_file", type=out_file, metavar="FILE", help=text)(command)
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


def alone(option: str, *besides: str) -> None:
    """Refuse what stands beside an option that would not read it.

    Parameters
    ----------
    option : as it is written, ``--list``.
    besides : parameters that may be given with it, by the names that the command takes them by.
    """
    context = click.get_current_context()
    for param in context.command.params:
        if option in param.opts or param.name in besides:
            continue
        if context.get_parameter_source(param.name or "") is ParameterSource.COMMANDLINE:
            name = param.opts[-1] if isinstance(param, click.Option) else param.human_readable_name.strip("[].")
            raise click.UsageError(f"{option} goes without {name}; leave one of them out")


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
