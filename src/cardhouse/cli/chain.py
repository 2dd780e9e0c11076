"""``cardhouse chain``: the chain from chips to applications, quarter by quarter."""

from __future__ import annotations

import click

from cardhouse.cli.common import Count, Where, answer_json, book_options, give, lang_option, load, output_options, show
from cardhouse.views.words import Words

EXAMPLES = """\b
Examples:
  cardhouse chain                            layers over six quarters, use of tokens, enterprise spending
  cardhouse chain --by camp --last 4         OpenAI's side, Anthropic's side, independents, China
  cardhouse chain --as-of 2025-08-31         with what was known on that day
  cardhouse chain --quarters --after 45      each quarter's revenue as known 45 days after it, and now
  cardhouse chain --quarters --figure debt   the same for debt
  cardhouse chain --csv chain.csv            every cell with its firms and sources
"""
FIGURES = ("revenue", "near_ai", "near_ai_share", "capital_spending", "operating_margin", "backlog", "debt")
AFTER = 60
"""Days after a quarter by which most firms have reported it."""


@click.command(epilog=EXAMPLES)
@click.option("--by", type=click.Choice(["layer", "camp"]), default="layer", show_default=True, help="How to group.")
@click.option("--last", type=Count(1, 24, like=6), default=6, show_default=True, help="How many quarters.")
@click.option("--quarters", is_flag=True, help="Each quarter as known some days after it, beside what is known now.")
@click.option("--after", type=Count(0, 1000, like=60), help="With --quarters: how many days after it.  [default: 60]")
@click.option("--figure", type=click.Choice(FIGURES), help="With --quarters: of which figure.  [default: revenue]")
@lang_option
@output_options
@book_options
def chain(
    by: str,
    last: int,
    quarters: bool,
    after: int | None,
    figure: str | None,
    as_json: bool,
    csv_file: str | None,
    where: Where,
    t: Words,
) -> None:
    """Revenue, capital spending, margin, backlog and debt by layer or camp; tokens beside revenue."""
    if quarters:
        days = AFTER if after is None else after
        _then(where, t, by, last, days, figure or FIGURES[0], as_json=as_json, csv_file=csv_file)
        return
    for option, value in (("--after", after), ("--figure", figure)):
        if value is not None:
            raise click.UsageError(
                f"{option} goes with --quarters, for example: cardhouse chain --quarters {option} {value}"
            )
    from cardhouse.lenses.chain import By
    from cardhouse.lenses.chain import chain as answer_of
    from cardhouse.views import chain as view
    from cardhouse.views import chain_use as use

    book = load(where)
    answer, t = answer_of(book, By(by), last=last), t.about(book)
    if as_json:
        answer_json(view.payload(answer))
    else:
        show(
            view.head(answer, t=t),
            view.headline(answer, t=t),
            *view.tables(answer, t=t),
            *view.below(answer, t=t),
        )
        uses = (use.growth(answer, t=t), use.points(answer, t=t), use.enterprise(answer.spending, t=t))
        show("", use.sentence(answer.uses, t=t), *(table for table in uses if table.rows))
    give(view.lines(answer), csv_file=csv_file)


def _then(
    where: Where, t: Words, by: str, last: int, after: int, figure: str, *, as_json: bool, csv_file: str | None
) -> None:
    from cardhouse.lenses.chain import By, then
    from cardhouse.views import chain as view
    from cardhouse.views.lens import dateline

    book = load(where)
    rows, t = then(book, figure, after, By(by), last=last), t.about(book)
    if as_json:
        answer_json(view.then_payload(rows, book.date.isoformat()))
    else:
        show(dateline(book, t("by {group}", group=t(by)), t=t), *view.then_tables(rows, after, figure, by, t=t))
    give(view.then_lines(rows), csv_file=csv_file)
