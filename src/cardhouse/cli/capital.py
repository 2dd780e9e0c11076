"""``cardhouse capital``: money raised for AI by country, round and listing, and what it was spent on."""

from __future__ import annotations

from datetime import date

import click

from cardhouse.cli.common import Day, Where, answer_json, book_options, give, load, output_options, show

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
@output_options
@book_options
def capital(name: str | None, after: date | None, as_json: bool, csv_file: str | None, where: Where) -> None:
    """Who pays for AI: investment by country, rounds against run rate, listings; for one firm what it spends it on."""
    if name is None:
        if after is not None:
            raise click.UsageError(
                "--after needs the name of a firm, for example: cardhouse capital openai --after DATE"
            )
        _everybody(where, as_json=as_json, csv_file=csv_file)
    else:
        _one(name, after, where, as_json=as_json, csv_file=csv_file)


def _everybody(where: Where, *, as_json: bool, csv_file: str | None) -> None:
    from cardhouse.lenses.capital import capital as answer_of
    from cardhouse.views import capital as view
    from cardhouse.views.lens import plain

    answer = answer_of(load(where))
    if as_json:
        answer_json({"book_date": answer.book.date.isoformat(), "unit": "USD_million", **plain(answer)})
    else:
        show(
            view.head(answer),
            "\n".join(view.headline(answer)),
            view.investment(answer),
            view.venture(answer),
            view.rounds(answer.rounds),
            view.by_year(answer),
            *([view.listings(answer.listings)] if answer.listings else []),
        )
    give(view.lines(answer), csv_file=csv_file)


def _one(name: str, after: date | None, where: Where, *, as_json: bool, csv_file: str | None) -> None:
    from cardhouse.lenses.capital import capital_of
    from cardhouse.views import capital as view
    from cardhouse.views import capital_firm
    from cardhouse.views.lens import plain

    answer = capital_of(load(where), name, after=after)
    if as_json:
        answer_json({"book_date": answer.book.date.isoformat(), "unit": "USD_million", **plain(answer)})
    else:
        show(
            view.head(answer),
            "\n".join(capital_firm.promises(answer)),
            *([view.rounds(answer.rounds)] if answer.rounds else []),
            *([capital_firm.pledges(answer)] if answer.pledges else []),
            *([view.listings((answer.listing,))] if answer.listing else []),
            *capital_firm.spent(answer),
        )
    give(capital_firm.lines(answer), csv_file=csv_file)
