"""``cardhouse frontier``: price per token at a stated capability, and open models against closed ones."""

from __future__ import annotations

import click

from cardhouse.cli.common import Where, answer_json, book_options, give, lang_option, load, output_options, show
from cardhouse.views.words import Words

EXAMPLES = """\b
Examples:
  cardhouse frontier                              price at the levels of GPT-4, Claude 3.5 Sonnet, o1 and GPT-5
  cardhouse frontier --level "GPT-5.2 Pro"        the price at another model's level
  cardhouse frontier --as-of 2026-02-01           with the scores and prices known on that day
  cardhouse frontier --csv models.csv             every model with its score, weights and prices
"""


@click.command(epilog=EXAMPLES)
@click.option("--level", "levels", multiple=True, metavar="MODEL", help="A model whose score is the level; repeat it.")
@lang_option
@output_options
@book_options
def frontier(levels: tuple[str, ...], as_json: bool, csv_file: str | None, where: Where, t: Words) -> None:
    """Price per million tokens at a stated capability by date, and how many months open models are behind."""
    from cardhouse.lenses.frontier import frontier as answer_of
    from cardhouse.views import frontier as view
    from cardhouse.views.lens import plain

    book = load(where)
    answer, t = answer_of(book, levels=levels), t.about(book)
    if as_json:
        answer_json({"book_date": answer.book.date.isoformat(), "unit": "USD per million tokens", **plain(answer)})
    else:
        show(
            view.head(answer, t=t),
            "\n".join(view.headline(answer, t=t)),
            view.levels(answer, t=t),
            view.falls(answer, t=t),
            view.behind(answer, t=t),
            view.matched(answer, t=t),
        )
    give(view.lines(answer), csv_file=csv_file)
