"""Results in a notebook: they show themselves as sentences, a chart and tables, and become data frames.

Results are plain records of the rooms below, which know nothing of drawing. So a notebook asks for it once:

>>> from cardhouse.views import notebook
>>> notebook.enable()  # doctest: +SKIP

From then on a result that ends a cell is shown; :func:`show` gives the same as an object to work with.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from html import escape
from importlib import import_module
from typing import Any

from cardhouse.book import Book
from cardhouse.book.faults import near
from cardhouse.errors import InputError
from cardhouse.views.notebook_answers import ANSWERS, Parts, parts
from cardhouse.views.picture import Chart
from cardhouse.views.table import WIDTH, Table, paragraph, text
from cardhouse.views.words import Words, words

TABLES_SHOWN = 2
"""Tables below the chart of a cell; :attr:`Shown.tables` has all."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A result as a notebook shows it.

    Attributes
    ----------
    parts : sentences, tables, and charts by name.
    """

    parts: Parts

    @property
    def tables(self) -> tuple[Table, ...]:
        """All tables, the main one first."""
        return self.parts.tables

    @property
    def charts(self) -> tuple[str, ...]:
        """Names of the charts that can be drawn."""
        return tuple(self.parts.charts)

    def chart(self, name: str = "") -> Chart:
        """A chart by name; the first where nothing is said.

        Raises
        ------
        InputError : there is no such chart, or the extra ``report`` is not installed.
        """
        wanted = name or next(iter(self.parts.charts), "")
        if wanted not in self.parts.charts:
            known = ", ".join(self.charts) or "none"
            raise InputError(f"no chart {wanted!r}; expected one of {known}; {near(wanted, self.charts) or 'name one'}")
        return self.parts.charts[wanted]()

    def table(self, title: str = "") -> Table:
        """A table by its title; the main one where nothing is said.

        Raises
        ------
        InputError : there is no such table.
        """
        titles = [table.title for table in self.tables]
        if not title and titles:
            return self.tables[0]
        if title not in titles:
            known = "; ".join(titles) or "none"
            raise InputError(
                f"no table {title!r}; expected one of: {known}; {near(title, titles) or 'name one of them'}"
            )
        return self.tables[titles.index(title)]

    def to_pandas(self, title: str = "") -> Any:
        """A table as a data frame of pandas; errors are those of :meth:`table` and :meth:`Table.to_pandas`."""
        return self.table(title).to_pandas()

    def to_polars(self, title: str = "") -> Any:
        """A table as a data frame of polars; errors are those of :meth:`table` and :meth:`Table.to_polars`."""
        return self.table(title).to_polars()

    def __str__(self) -> str:
        """Sentences and tables as text."""
        said = "\n".join(paragraph(line, width=WIDTH) for line in self.parts.lines)
        return "\n\n".join([said, *(text(table) for table in self.tables[:TABLES_SHOWN])])

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        """In a terminal of IPython: the same text."""
        printer.text(str(self))

    def _repr_html_(self) -> str:
        """Sentences, the first chart, and the first tables; every text is escaped."""
        pieces = [f"<p>{escape(line)}</p>" for line in self.parts.lines]
        if self.parts.charts:
            try:
                pieces.append(self.chart()._repr_html_())
            except InputError as lacking:
                pieces.append(f"<p><em>{escape(str(lacking))}</em></p>")
        pieces += [table._repr_html_() for table in self.tables[:TABLES_SHOWN]]
        return f'<div class="cardhouse">{"".join(pieces)}</div>'


def show(result: Any, lang: str = "en", *, book: Book | None = None) -> Shown:
    """A result with its sentences, tables and charts.

    Parameters
    ----------
    result : of one of the types of :data:`~cardhouse.views.notebook_answers.ANSWERS`, or a table; with ``book`` also
        restated accounts, an overview of computing and a checked article, which do not carry their own.
    lang : en or zh.
    book : as known on the day of the result.

    Raises
    ------
    InputError : a language that is not spoken, or a result that cannot be shown.
    """
    t, on = words(lang), getattr(result, "book", book)
    if isinstance(result, Table):
        return Shown(parts((), (result,), {}))
    kind = type(result)
    found = ANSWERS.get((kind.__module__, kind.__qualname__))
    if found is not None:
        return Shown(found(result, t if on is None else t.about(on)))
    beside = BESIDE_A_BOOK.get((kind.__module__, kind.__qualname__))
    if beside is None:
        known = ", ".join(sorted({name for _, name in (*ANSWERS, *BESIDE_A_BOOK)}))
        raise InputError(f"a {kind.__qualname__} cannot be shown; expected one of {known}, or a Table")
    if book is None:
        raise InputError(f"a {kind.__qualname__} is shown beside its book; expected one; say show(result, book=book)")
    return Shown(beside(result, book, t.about(book)))


def _restatement(answer: Any, book: Book, t: Words) -> Parts:
    from cardhouse.views import restate as view
    from cardhouse.views.charts import restate as chart

    drawn: dict[str, Callable[[], Chart]] = {"margins": lambda: chart.margins(answer, book, t)}
    for row in answer.firms:
        drawn[row.firm] = partial(chart.income, answer, book, row.firm, t)
    lines = [view.dateline(answer, book, t=t), *view.headline(answer, t=t)]
    return parts(lines, (view.incomes(answer, book, t=t), view.ratios(answer, book, t=t)), drawn)


def _compute(answer: Any, book: Book, t: Words) -> Parts:
    from cardhouse.lenses.compute.ranges import Choices
    from cardhouse.views import compute as view
    from cardhouse.views.charts import compute as chart

    head = view.dateline(book, Choices(), t=t)
    return parts([head], (view.overview(answer, t=t),), {"hour": lambda: chart.hourly(answer, book, t)})


def _article(answer: Any, book: Book, t: Words) -> Parts:
    from cardhouse.views import article as view
    from cardhouse.views.charts import article as chart

    tables = (view.short(answer, t.lang, book), view.clash_table(answer, t.lang), view.sum_table(answer, t.lang))
    return parts([view.summary(answer, book, t.lang)], tables, {"verdicts": lambda: chart.verdicts(answer, t)})


BESIDE_A_BOOK: dict[tuple[str, str], Callable[[Any, Book, Words], Parts]] = {
    ("cardhouse.lenses.accounts.answer", "Restatement"): _restatement,
    ("cardhouse.lenses.compute.overview", "Overview"): _compute,
    ("cardhouse.article.check", "Report"): _article,
}
"""Results that do not carry their book, and what is shown of them beside it."""


def enable(lang: str = "en") -> None:
    """Let the running notebook show results that end a cell; types are only imported when one is met.

    Raises
    ------
    InputError : no notebook is running, or a language that is not spoken.
    """
    words(lang)
    shell = _shell()
    formatters = shell.display_formatter.formatters
    for module, name in ANSWERS:
        formatters["text/html"].for_type_by_name(module, name, lambda result: show(result, lang)._repr_html_())
        formatters["text/plain"].for_type_by_name(module, name, lambda result, p, _: p.text(str(show(result, lang))))


def _shell() -> Any:
    """The running IPython."""
    try:
        found = import_module("IPython").get_ipython()
    except ImportError as error:
        raise InputError("no notebook is running: IPython is not installed; say: pip install notebook") from error
    if found is None:
        raise InputError("no notebook is running; expected a cell of one; outside of it use show(result)")
    return found
