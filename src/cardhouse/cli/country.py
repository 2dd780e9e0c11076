"""``cardhouse country us cn``: countries side by side."""

from __future__ import annotations

import click

from cardhouse.cli.common import Where, answer_json, book_options, give, load, output_options, show

EXAMPLES = """\b
Examples:
  cardhouse country us cn                      the United States against China
  cardhouse country cn us jp                   three of them; ratios stand only between two
  cardhouse country us cn --as-of 2025-12-31   with what was known on that day
  cardhouse country us cn --csv countries.csv  every figure with its definition, period and sources
"""


@click.command(epilog=EXAMPLES)
@click.argument("names", nargs=-1, metavar="COUNTRY...")
@output_options
@book_options
def country(names: tuple[str, ...], as_json: bool, csv_file: str | None, where: Where) -> None:
    """Countries side by side: computing, power, chips, money, talent, growth; by default us and cn."""
    from cardhouse.lenses.country import compare
    from cardhouse.views import country as view
    from cardhouse.views.lens import plain

    answer = compare(load(where), names or ("us", "cn"))
    if as_json:
        answer_json({"book_date": answer.book.date.isoformat(), "unit": "each value names its own", **plain(answer)})
    else:
        show(view.head(answer), "\n".join(view.headline(answer)), view.table(answer), view.firms(answer))
    give(view.lines(answer), csv_file=csv_file)
