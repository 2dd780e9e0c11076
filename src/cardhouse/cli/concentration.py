"""``cardhouse concentration``: how much of a firm hangs on few customers, and for how long they are bound."""

from __future__ import annotations

import click

from cardhouse.cli.common import (
    Where,
    answer_json,
    book_options,
    firmness_option,
    give,
    lang_option,
    load,
    output_options,
    show,
)
from cardhouse.views.words import Words

EXAMPLES = """\b
Examples:
  cardhouse concentration                             every firm: largest customer, five largest, Herfindahl index
  cardhouse concentration coreweave                   as reported, as the ties imply, backlog, contracts against debt
  cardhouse concentration nebius --csv customers.csv  every share with its period
"""


@click.command(epilog=EXAMPLES)
@click.argument("name", required=False)
@firmness_option
@lang_option
@output_options
@book_options
def concentration(name: str | None, firmness: str, as_json: bool, csv_file: str | None, where: Where, t: Words) -> None:
    """How concentrated the customers and the backlog of NAME are; without a name, of all firms."""
    from cardhouse.economy.contracts import Scope
    from cardhouse.lenses.concentration import concentration as answer_of
    from cardhouse.lenses.concentration import everybody
    from cardhouse.views import concentration as view
    from cardhouse.views.lens import plain

    book = load(where)
    t = t.about(book)
    top = {"book_date": book.date.isoformat(), "unit": "USD_million", "firmness": firmness}
    if name is None:
        rows = everybody(book, scope=Scope(firmness))
        if as_json:
            answer_json({**top, "firms": plain(rows)})
        else:
            show(view.head(book, firmness, t=t), view.everybody(book, rows, t=t))
        give(view.all_lines(rows), csv_file=csv_file)
        return
    answer = answer_of(book, name, scope=Scope(firmness))
    if as_json:
        answer_json({**top, **plain(answer)})
    else:
        show(
            view.head(book, firmness, t=t),
            "\n".join(view.headline(answer, t=t)),
            view.reported(answer, t=t),
            view.implied(answer, t=t),
            view.backlog(answer, t=t),
            view.terms(answer, t=t),
        )
    give(view.lines(answer), csv_file=csv_file)
