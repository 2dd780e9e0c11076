"""``cardhouse money``: whose dollars pay a firm in the end, what comes back to it, and what only goes round."""

from __future__ import annotations

import click

from cardhouse.book import Book
from cardhouse.cli.common import (
    Count,
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
  cardhouse money nvidia                      of 100 dollars: end customers, lenders, shareholders, its own come back
  cardhouse money oracle --as-of 2025-12-31   with what was known on that day
  cardhouse money --all                       every firm, the rings, how much only goes round
  cardhouse money --rings                     every ring with its links and what has become of the ties
  cardhouse money coreweave --json            everything with its sources
"""


@click.command(epilog=EXAMPLES)
@click.argument("name", required=False)
@click.option("--all", "everybody", is_flag=True, help="All firms, and the network as a whole.")
@click.option("--rings", "only_rings", is_flag=True, help="The rings in which money goes round, link by link.")
@click.option("--longest", type=Count(2, 6, like=4), default=4, show_default=True, help="Most firms in a ring.")
@firmness_option
@lang_option
@output_options
@book_options
def money(
    name: str | None,
    everybody: bool,
    only_rings: bool,
    longest: int,
    firmness: str,
    as_json: bool,
    csv_file: str | None,
    where: Where,
    t: Words,
) -> None:
    """Follow the money: of what customers pay NAME, whose it was in the end and how much is its own come back."""
    if bool(name) + everybody + only_rings != 1:
        raise click.UsageError(
            "expected one of: the name of a firm, --all, --rings; for example cardhouse money nvidia"
        )
    book = load(where)
    t = t.about(book)
    if name:
        _one(book, name, firmness, t, as_json=as_json, csv_file=csv_file)
    elif everybody:
        _all(book, firmness, t, as_json=as_json, csv_file=csv_file)
    else:
        _rings(book, firmness, longest, t, as_json=as_json, csv_file=csv_file)


def _one(book: Book, name: str, firmness: str, t: Words, *, as_json: bool, csv_file: str | None) -> None:
    from cardhouse.economy.contracts import Scope
    from cardhouse.lenses.money import money as answer_of
    from cardhouse.views import money as view
    from cardhouse.views import money_backlog, money_rings
    from cardhouse.views.lens import plain

    answer = answer_of(book, name, scope=Scope(firmness))
    if as_json:
        answer_json({**_head(book, firmness), **plain(answer)})
    else:
        show(
            view.head(answer, firmness, t=t),
            "\n".join(view.headlined(answer, t=t)),
            view.whose(answer, t=t),
            view.entered(answer, t=t),
            view.through(answer, t=t),
            view.links(answer, t=t),
            money_rings.ring_table(book, answer.rings, t("Rings through it ({unit})", unit=t.money_unit), t=t),
            money_rings.ring_table(
                book,
                answer.words,
                t("Closed only by letters or lapsed ties ({unit})", unit=t.money_unit),
                words=True,
                t=t,
            ),
            money_backlog.depends(answer, t=t),
            money_backlog.kinds(answer, t=t),
        )
    give(view.lines(answer), csv_file=csv_file)


def _all(book: Book, firmness: str, t: Words, *, as_json: bool, csv_file: str | None) -> None:
    from cardhouse.economy.contracts import Scope
    from cardhouse.lenses.money import follow, whole
    from cardhouse.lenses.money.rings import counted, rings
    from cardhouse.views import money_rings
    from cardhouse.views import money_whole as view
    from cardhouse.views.lens import plain

    following = follow(book, scope=Scope(firmness))
    answer, found = whole(following), rings(following)
    if as_json:
        answer_json({**_head(book, firmness), **plain(answer), "rings": plain(found)})
    else:
        show(
            view.head(book, answer, firmness, t=t),
            view.headline(book, answer, t=t),
            view.firms(book, answer, t=t),
            view.backlogs(book, answer, t=t),
            view.totals(answer, t=t),
            view.years(answer, t=t),
            money_rings.ring_table(book, counted(found), t("Rings ({unit})", unit=t.money_unit), t=t),
            view.chance(answer, t=t),
            view.doubled(book, answer, t=t),
        )
    give(view.lines(answer), csv_file=csv_file)


def _rings(book: Book, firmness: str, longest: int, t: Words, *, as_json: bool, csv_file: str | None) -> None:
    from cardhouse.economy.contracts import Scope
    from cardhouse.lenses.money import follow
    from cardhouse.lenses.money.rings import counted, rings
    from cardhouse.views import money_rings as view
    from cardhouse.views.lens import dateline, plain
    from cardhouse.views.money import SCOPES

    found = rings(follow(book, scope=Scope(firmness)), longest=longest)
    real = counted(found)
    title = t("Rings of up to {firms} firms ({unit})", firms=longest, unit=t.money_unit)
    table = view.ring_table(book, real, title, most=40, t=t)
    if as_json:
        answer_json({**_head(book, firmness), "rings": plain(found)})
    else:
        show(
            dateline(book, t.money_unit, t("ties: {ties}", ties=t(SCOPES[firmness])), t=t),
            table or t("No ring of payments between firms is known on this day."),
            view.ring_links(book, real, most=5, t=t),
            view.ring_table(
                book,
                tuple(r for r in found if r not in real),
                t("Closed only by letters or lapsed ties ({unit})", unit=t.money_unit),
                words=True,
                t=t,
            ),
        )
    plain_table = view.ring_table(book, real, "", most=40)
    if not isinstance(plain_table, str):
        give(plain_table, csv_file=csv_file)


def _head(book: Book, firmness: str) -> dict[str, str]:
    return {"book_date": book.date.isoformat(), "unit": "USD_million", "firmness": firmness}
