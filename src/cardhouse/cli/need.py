"""``cardhouse need``: the end demand that would serve what has been built and promised."""

from __future__ import annotations

import click

from cardhouse.cli.common import Where, answer_json, book_options, give, load, output_options, show

EXAMPLES = """\b
Examples:
  cardhouse need --formulas                       required revenue by plain formulas, beside what others published
  cardhouse need --formulas --as-of 2025-12-31    with what was known on that day
  cardhouse need --formulas --csv need.csv        every input with the rows it comes from
"""


@click.command(epilog=EXAMPLES)
@click.option("--formulas", is_flag=True, help="The plain formulas, beside what others published.")
@output_options
@book_options
def need(formulas: bool, as_json: bool, csv_file: str | None, where: Where) -> None:
    """How much end customers would have to pay for AI, so that what is built and planned pays for itself."""
    if not formulas:
        raise click.UsageError("say which answer: cardhouse need --formulas")
    _formulas(where, as_json=as_json, csv_file=csv_file)


def _formulas(where: Where, *, as_json: bool, csv_file: str | None) -> None:
    from cardhouse.economy.required import required
    from cardhouse.views import required as view
    from cardhouse.views import required_payload

    answer = required(load(where))
    if as_json:
        answer_json(required_payload.formulas(answer))
    else:
        show(
            view.dateline(answer),
            "\n".join(view.headline(answer)),
            view.inputs(answer),
            view.compared(answer),
            *([view.their_inputs(answer), view.differences(answer)] if answer.compared else []),
            view.demand(answer),
            view.capital(answer),
            "\n".join(view.notes()),
        )
    give(view.lines(answer), csv_file=csv_file)
