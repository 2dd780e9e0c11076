"""``cardhouse country us cn``: countries side by side."""

from __future__ import annotations

import click

from cardhouse.cli.common import Where, answer_json, book_options, give, lang_option, load, output_options, show
from cardhouse.views.words import Words

EXAMPLES = """\b
Examples:
  cardhouse country us cn                      the United States against China
  cardhouse country cn us jp                   three of them; ratios stand only between two
  cardhouse country us cn --as-of 2025-12-31   with what was known on that day
  cardhouse country us cn --csv countries.csv  every figure with its definition, period and sources
"""


@click.command(epilog=EXAMPLES)
@click.argument("names", nargs=-1, metavar="COUNTRY...")
@lang_option
@output_options
@book_options
def country(names: tuple[str, ...], as_json: bool, csv_file: str | None, where: Where, t: Words) -> None:
    """Countries side by side: computing, power, chips, money, talent, growth; by default us and cn."""
    from cardhouse.lenses.country import compare
    from cardhouse.views import country as view
    from cardhouse.views.lens import plain

    book = load(where)
    answer, t = compare(book, names or ("us", "cn")), t.about(book)
    if as_json:
        answer_json({"book_date": answer.book.date.isoformat(), "unit": "each value names its own", **plain(answer)})
    else:
        show(
            view.head(answer, t=t),
            "\n".join(view.headline(answer, t=t)),
            view.table(answer, t=t),
            view.firms(answer, t=t),
        )
    give(view.lines(answer), csv_file=csv_file)
