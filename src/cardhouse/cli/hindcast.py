"""``cardhouse hindcast``: run from what was known on a day, beside what was reported since."""

from __future__ import annotations

from datetime import date

import click

from cardhouse.cli.common import (
    Day,
    Where,
    answer_json,
    book_options,
    firmness_option,
    give,
    lang_option,
    load,
    output_options,
    show,
    whole,
)
from cardhouse.views.words import Words

EXAMPLES = """\b
Examples:
  cardhouse hindcast --from 2024-12-31                 the errors, and every firm a year on
  cardhouse hindcast --from 2024-12-31 --firm oracle   one firm quarter by quarter
  cardhouse hindcast --from 2025-06-30 --csv all.csv   every figure, with the rows it comes from
"""


@click.command(epilog=EXAMPLES)
@click.option("--from", "start", type=Day(), required=True, metavar="DATE", help="The day whose knowledge is used.")
@click.option("--firm", metavar="FIRM", help="One firm, quarter by quarter.")
@firmness_option
@output_options
@lang_option
@book_options
def hindcast(
    start: date, firm: str | None, firmness: str, as_json: bool, csv_file: str | None, where: Where, t: Words
) -> None:
    """Look back: run from what was known on DATE, beside what was reported since and two naive forecasts."""
    from cardhouse.economy.contracts import Scope
    from cardhouse.economy.hindcast import hindcast as look_back
    from cardhouse.economy.hindcast import node_compared
    from cardhouse.economy.run import RunChoices
    from cardhouse.views import hindcast as view

    load(where)  # says what is broken, or that nothing was known on the day asked for
    found = look_back(whole(where), start, RunChoices(scope=Scope(firmness)), today=where.as_of)
    node = node_compared(found, firm) if firm else None
    if as_json:
        answer_json(view.payload(found))
    elif node is not None:
        show(view.dateline(found, t=t), view.one_firm(found, node, t=t))
    else:
        show(
            view.dateline(found, t=t),
            "\n".join(view.headline(found, t=t)),
            view.summary(found, t=t),
            *view.by_firm(found, t=t),
            "\n".join(view.known_then(found, t=t)),
        )
    give(view.lines_table(found), csv_file=csv_file)
