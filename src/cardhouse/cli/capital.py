"""``cardhouse capital``: money raised for AI by country, round and listing, and what it was spent on."""

from __future__ import annotations

from datetime import date

import click

from cardhouse.cli.common import Day, Where, answer_json, book_options, give, lang_option, load, output_options, show
from cardhouse.views.words import Words

EXAMPLES = """\b
Examples:
  cardhouse capital                             countries, rounds, listings
  cardhouse capital openai                      its rounds, its investors, what a dollar is spent on
  cardhouse capital openai --after 2026-03-31   the same for the four quarters after that day, as known then
  cardhouse capital --as-of 2025-12-31          with what was known on that day
  cardhouse capital --csv rounds.csv            every round with its sources
"""


@click.command(epilog=EXAMPLES)
@click.argument("name", required=False)
@click.option(
    "--after", type=Day(), metavar="DATE", help="Spending of the four quarters after this day, as known then."
)
@lang_option
@output_options
@book_options
def capital(name: str | None, after: date | None, as_json: bool, csv_file: str | None, where: Where, t: Words) -> None:
    """Who pays for AI: investment by country, rounds against run rate, listings; for one firm what it spends it on."""
    if name is None:
        if after is not None:
            raise click.UsageError(
                "--after needs the name of a firm, for example: cardhouse capital openai --after DATE"
            )
        _everybody(where, t, as_json=as_json, csv_file=csv_file)
    else:
        _one(name, after, where, t, as_json=as_json, csv_file=csv_file)


def _everybody(where: Where, t: Words, *, as_json: bool, csv_file: str | None) -> None:
    from cardhouse.lenses.capital import capital as answer_of
    from cardhouse.views import capital as view
    from cardhouse.views.lens import plain

    book = load(where)
    answer, t = answer_of(book), t.about(book)
    if as_json:
        answer_json({"book_date": answer.book.date.isoformat(), "unit": "USD_million", **plain(answer)})
    else:
        show(
            view.head(answer, t=t),
            "\n".join(view.headline(answer, t=t)),
            view.investment(answer, t=t),
            view.venture(answer, t=t),
            view.rounds(answer.rounds, t=t),
            view.by_year(answer, t=t),
            *([view.listings(answer.listings, t=t)] if answer.listings else []),
        )
    give(view.lines(answer), csv_file=csv_file)


def _one(name: str, after: date | None, where: Where, t: Words, *, as_json: bool, csv_file: str | None) -> None:
    from cardhouse.lenses.capital import capital_of
    from cardhouse.views import capital as view
    from cardhouse.views import capital_firm
    from cardhouse.views.lens import plain

    book = load(where)
    answer, t = capital_of(book, name, after=after), t.about(book)
    if as_json:
        answer_json({"book_date": answer.book.date.isoformat(), "unit": "USD_million", **plain(answer)})
    else:
        show(
            view.head(answer, t=t),
            "\n".join(capital_firm.promises(answer, t=t)),
            *([view.rounds(answer.rounds, t=t)] if answer.rounds else []),
            *([capital_firm.pledges(answer, t=t)] if answer.pledges else []),
            *([view.listings((answer.listing,), t=t)] if answer.listing else []),
            *capital_firm.spent(answer, t=t),
        )
    give(capital_firm.lines(answer), csv_file=csv_file)
