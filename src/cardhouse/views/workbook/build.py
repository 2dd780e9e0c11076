"""From a book and runs to a workbook: the same content gives the same bytes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from io import BytesIO

from cardhouse.book import Book
from cardhouse.economy.many.run import Progress
from cardhouse.economy.pull import pull, rank
from cardhouse.economy.required import required
from cardhouse.errors import CardhouseError
from cardhouse.lenses.accounts import restate
from cardhouse.views.many_answer import Answer
from cardhouse.views.words import Words
from cardhouse.views.workbook import rows
from cardhouse.views.workbook.needed import needed
from cardhouse.views.workbook.paper import paper
from cardhouse.views.workbook.pulled import pulled, ranking
from cardhouse.views.workbook.ran import ran
from cardhouse.views.workbook.readme import read_me
from cardhouse.views.workbook.restated import restated


def workbook(
    book: Book, card: str, t: Words, *, runs: Sequence[Answer] = (), progress: Progress | None = None
) -> bytes:
    """The workbook as the bytes of an xlsx file.

    Parameters
    ----------
    book : as known on one day. card : firm whose fall the formulas follow, as a person writes it.
    runs : finished runs of many paths.
    progress : told how many sheets are done of how many.

    Raises
    ------
    UnknownName : no such firm. BookError : no firm can be tested.
    InputError : the firm cannot be pulled, or the extra ``excel`` is not installed.
    """
    target = BytesIO()
    t = t.about(book)
    made = paper(target, t, book.date)
    answer, ranked = pull(book, card), rank(book)
    lead = made.sheet(t("Read me"))
    steps: list[tuple[str, Callable[[], None]]] = [
        (t("Firms"), lambda: rows.firms(made, answer.opening)),
        (t("Facts"), lambda: rows.facts(made, book)),
        (t("Ties"), lambda: rows.ties(made, book)),
        (t("Sources"), lambda: rows.sources(made, book)),
        (t("Assumptions"), lambda: rows.assumptions(made, book)),
        (t("Pull"), lambda: pulled(made, answer)),
        (t("Ranking"), lambda: ranking(made, ranked, answer)),
        (t("Restate"), lambda: restated(made, restate(book), book)),
        (t("Need"), lambda: needed(made, required(book))),
        *((t("Run"), lambda run=run, n=n: ran(made, run, n)) for n, run in enumerate(runs, int(len(runs) > 1))),
    ]
    lacking = []
    for number, (name, write) in enumerate(steps, 1):
        try:
            write()
        except CardhouseError as error:
            lacking.append((name, str(error)))
        if progress is not None:
            progress(number, len(steps))
    read_me(made, lead, answer, runs, lacking)
    made.file.close()
    return target.getvalue()
