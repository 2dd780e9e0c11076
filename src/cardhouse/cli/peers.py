"""``cardhouse peers``: firms side by side, Chinese and American in one table."""

from __future__ import annotations

import click

from cardhouse.cli.common import Where, answer_json, book_options, give, lang_option, load, output_options, show
from cardhouse.views.words import Words

EXAMPLES = """\b
Examples:
  cardhouse peers                            clouds, laboratories and applications
  cardhouse peers iflytek sensetime mobvoi   these three
  cardhouse peers 科大讯飞 商汤 OpenAI       names in any language, tickers too
  cardhouse peers --layer model --camp china the Chinese laboratories
  cardhouse peers --as-of 2025-06-30         with what was known on that day
  cardhouse peers --csv peers.csv            every figure with its period and sources
"""


@click.command(epilog=EXAMPLES)
@click.argument("firms", nargs=-1)
@click.option("--layer", default="", help="Only firms of this layer: compute, cloud, neocloud, model, application.")
@click.option("--camp", default="", help="Only firms of this camp: openai, anthropic, independent, china.")
@lang_option
@output_options
@book_options
def peers(
    firms: tuple[str, ...], layer: str, camp: str, as_json: bool, csv_file: str | None, where: Where, t: Words
) -> None:
    """Growth, margins, research, receivables, cash and runway of firms side by side, each over its own period."""
    from cardhouse.lenses.peers import peers as answer_of
    from cardhouse.views import peers as view
    from cardhouse.views.peers_notes import notes

    book = load(where)
    answer, t = answer_of(book, firms, layer=layer, camp=camp), t.about(book)
    if as_json:
        answer_json(view.payload(answer))
    else:
        tables = (view.sales(answer, t=t), view.strength(answer, t=t)) if answer.rows else ()
        show(view.head(answer, t=t), *tables, *notes(answer, t=t))
    give(view.lines(answer), csv_file=csv_file)
