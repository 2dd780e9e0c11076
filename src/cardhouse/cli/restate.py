"""``cardhouse restate``: accounts at a common life of servers, and what they leave out."""

from __future__ import annotations

from typing import Any

import click

from cardhouse.cli.common import Where, answer_json, book_options, give, lang_option, load, output_options, show
from cardhouse.views.words import Words

EXAMPLES = """\b
Examples:
  cardhouse restate                          all firms with reported capital spending, side by side
  cardhouse restate --life 3y                ratios at a common life of three years
  cardhouse restate oracle --life 4.5y       one firm in depth
  cardhouse restate meta --full-first-year   a year's spending charged a full first year
  cardhouse restate --as-of 2025-12-31       with what was known on that day
  cardhouse restate --csv lives.csv          every firm at every life, in USD million
"""


class LifeYears(click.ParamType[Any]):
    """A life written 3y, 4.5y, 18m, or a plain number of years."""

    name = "life"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read the years or say what was expected."""
        if isinstance(value, float):
            return value
        words = str(value).strip().lower().removesuffix("ears").removesuffix("ear").removesuffix("onths").rstrip()
        months = words.endswith("m")
        try:
            found = float(words.rstrip("ym").rstrip())
        except ValueError:
            self.fail(f"{value!r} is no life; expected for example 3y, 4.5y or 18m", param, ctx)
        return found / 12.0 if months else found


@click.command(epilog=EXAMPLES)
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option(
    "--life",
    type=LifeYears(),
    help="Common life of servers that ratios are shown at.  [default: the life that rents give]",
)
@click.option(
    "--full-first-year", is_flag=True, help="Charge a year's spending a full first year.  [default: half of one]"
)
@lang_option
@output_options
@book_options
def restate(
    names: tuple[str, ...],
    life: float | None,
    full_first_year: bool,
    as_json: bool,
    csv_file: str | None,
    where: Where,
    t: Words,
) -> None:
    """Income, cover, leverage and return at a common life of servers; what stands off the sheet; gains taken out."""
    from cardhouse.lenses.accounts import restate as answer_of

    book = load(where)
    firms = tuple(dict.fromkeys(book.resolve(name).id for name in names))
    answer = answer_of(book, firms, life=life, full_year=full_first_year)
    _answer(answer, book, t.about(book), deep=bool(firms), as_json=as_json, csv_file=csv_file)


def _answer(answer: Any, book: Any, t: Words, *, deep: bool, as_json: bool, csv_file: str | None) -> None:
    from cardhouse.views import lens
    from cardhouse.views import restate as view
    from cardhouse.views import restate_firm as firm_view
    from cardhouse.views import restate_lines as more

    if as_json:
        head = {"book_date": book.date.isoformat(), "unit": "USD_million"}
        answer_json({**head, **lens.plain(answer)})
    else:
        main = (
            [part for f in answer.firms for part in firm_view.deep(answer, f, book, t=t)]
            if deep
            else view.side_by_side(answer, book, t=t)
        )
        rest = (more.off_sheet, more.cash, more.gains, more.changes, more.implied)
        tables = [table for table in (of(answer.firms, book, t=t) for of in rest) if table.rows]
        show(view.dateline(answer, book, t=t), "\n".join(view.headline(answer, t=t)), *main, *tables)
    give(view.lines(answer), csv_file=csv_file)
