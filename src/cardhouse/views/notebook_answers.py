"""What a notebook shows of each result: first lines, tables, charts; by the result's type, imported when it is met."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from cardhouse.views.picture import Chart
from cardhouse.views.table import Table
from cardhouse.views.words import Words

Drawn = Mapping[str, Callable[[], Chart]]


@dataclass(frozen=True, slots=True)
class Parts:
    """What is shown of a result.

    Attributes
    ----------
    lines : sentences, the dateline first. tables : the main one first. charts : by name, drawn when asked for.
    """

    lines: tuple[str, ...]
    tables: tuple[Table, ...]
    charts: Drawn = field(default_factory=dict)


def parts(lines: Iterable[str], tables: Iterable[Table | str], charts: Drawn) -> Parts:
    """Parts without tables that have no rows; a sentence in the place of a table joins the lines."""
    found = list(tables)
    said = [*lines, *(one for one in found if isinstance(one, str))]
    kept = [one for one in found if isinstance(one, Table) and one.rows]
    return Parts(tuple(filter(None, said)), tuple(kept), charts)


def _pull(answer: Any, t: Words) -> Parts:
    from cardhouse.views import pull as view
    from cardhouse.views.charts import pull as chart

    tables = (view.firm_losses(answer, t=t), view.borne(answer, t=t), view.rounds(answer, t=t))
    drawn = {"losses": lambda: chart.losses(answer, t), "borne": lambda: chart.borne(answer, t)}
    return parts([view.dateline(answer, t=t), *view.headline(answer, t=t)], tables, drawn)


def _run(answer: Any, t: Words) -> Parts:
    from cardhouse.economy.story import story
    from cardhouse.views import run as view
    from cardhouse.views.charts import run as chart

    told = story(answer)
    tables = (view.timeline(told, t=t), view.standing(told, t=t), view.years(told, t=t))
    lines = [view.dateline(answer, t=t), *view.headline(told, t=t)]
    return parts(lines, tables, {"rents": lambda: chart.rents(answer, t)})


def _many(answer: Any, t: Words) -> Parts:
    from cardhouse.views import many as view
    from cardhouse.views import many_figures
    from cardhouse.views.charts import many as chart

    tables = (
        view.falls(answer, t=t),
        view.years(answer, t=t),
        view.together(answer, t=t),
        many_figures.lost(answer, "credit", t=t),
    )
    drawn = {
        "fallen": lambda: chart.fallen(answer, t),
        "together": lambda: chart.together(answer, t),
        "at risk": lambda: chart.at_risk(answer, t),
    }
    return parts([view.dateline(answer, t=t), *view.headline(answer, t=t)], tables, drawn)


def _sensitivity(answer: Any, t: Words) -> Parts:
    from cardhouse.views import sensitivity as view
    from cardhouse.views.charts import sensitivity as chart
    from cardhouse.views.sensitivity_said import headline

    head = [view.dateline(answer, t=t), *headline(answer, t=t)]
    return parts(head, view.tables(answer, t=t), {"tornado": lambda: chart.tornado(answer, t)})


def _need(answer: Any, t: Words) -> Parts:
    from cardhouse.views import need as view
    from cardhouse.views.charts import need as chart

    tables = (view.side_by_side(answer, t=t), view.firms(answer, t=t), view.by_factor(answer, t=t))
    return parts(
        [view.dateline(answer, t=t), *view.headline(answer, t=t)], tables, {"curve": lambda: chart.curve(answer, t)}
    )


def _reverse(answer: Any, t: Words) -> Parts:
    from cardhouse.economy.run import RunChoices
    from cardhouse.views import reverse as view
    from cardhouse.views.charts import reverse as chart

    head = view.dateline(answer, RunChoices(scope=answer.compiled.opening.scope), t=t)
    tables = [view.drivers(answer, road, t=t) for road in range(len(answer.roads))]
    drawn = {f"road {n + 1}": partial(chart.moves, answer, t, road=n) for n in range(len(answer.roads))}
    return parts([head, *view.headline(answer, t=t)], tables, drawn)


def _hindcast(answer: Any, t: Words) -> Parts:
    from cardhouse.views import hindcast as view
    from cardhouse.views.charts import hindcast as chart

    tables = (view.summary(answer, t=t), *view.by_firm(answer, t=t))
    drawn = {"errors": lambda: chart.errors(answer, t), "revenue": lambda: chart.dots(answer, t)}
    return parts([view.dateline(answer, t=t), *view.headline(answer, t=t)], tables, drawn)


def _money(answer: Any, t: Words) -> Parts:
    from cardhouse.views import money as view
    from cardhouse.views.charts import money as chart
    from cardhouse.views.lens import dateline

    tables = (view.whose(answer, t=t), view.entered(answer, t=t), view.through(answer, t=t), view.links(answer, t=t))
    head = dateline(answer.book, t.money_unit, t=t)
    return parts([head, *view.headlined(answer, t=t)], tables, {"sources": lambda: chart.sources(answer, t)})


def _chain(answer: Any, t: Words) -> Parts:
    from cardhouse.views import chain as view
    from cardhouse.views.charts import chain as chart

    drawn = {"growth": lambda: chart.growth(answer, t)}
    return parts([view.head(answer, t=t), view.headline(answer, t=t)], view.tables(answer, t=t), drawn)


def _capital(answer: Any, t: Words) -> Parts:
    from cardhouse.views import capital as view
    from cardhouse.views.charts import capital as chart

    tables = (view.investment(answer, t=t), view.by_year(answer, t=t), view.rounds(answer.rounds, t=t))
    newest = next((year for year in answer.investment if year.places), None)
    drawn = {} if newest is None else {"investment": lambda: chart.investment(newest, answer.book, t)}
    return parts([view.head(answer, t=t), *view.headline(answer, t=t)], tables, drawn)


def _country(answer: Any, t: Words) -> Parts:
    from cardhouse.views import country as view
    from cardhouse.views.charts import country as chart

    drawn = {"ratios": lambda: chart.ratios(answer, t)} if len(answer.countries) == 2 else {}
    return parts([view.head(answer, t=t), *view.headline(answer, t=t)], (view.table(answer, t=t),), drawn)


def _frontier(answer: Any, t: Words) -> Parts:
    from cardhouse.views import frontier as view
    from cardhouse.views.charts import frontier as chart

    tables = (view.levels(answer, t=t), view.falls(answer, t=t), view.behind(answer, t=t))
    return parts(
        [view.head(answer, t=t), *view.headline(answer, t=t)], tables, {"prices": lambda: chart.prices(answer, t)}
    )


def _value(answer: Any, t: Words) -> Parts:
    from cardhouse.views import value as view
    from cardhouse.views.charts import value as chart

    solved = [firm for firm in answer.firms if firm.implied.solvable]
    lines = [line for firm in answer.firms for line in view.headline(firm, t=t)]
    tables = [table for firm in answer.firms for table in (view.bridge(firm, t=t), view.multiples(firm, t=t))]
    tables += [view.by_rate(firm, t=t) for firm in solved]
    drawn = {firm.firm: partial(chart.implied, firm, answer.book, t) for firm in solved}
    return parts([view.dateline(answer, t=t), *lines], tables, drawn)


ANSWERS: Mapping[tuple[str, str], Callable[[Any, Words], Parts]] = {
    ("cardhouse.economy.pull", "Pull"): _pull,
    ("cardhouse.economy.run", "Run"): _run,
    ("cardhouse.views.many_answer", "Answer"): _many,
    ("cardhouse.economy.many.sensitivity_answer", "Sensitivity"): _sensitivity,
    ("cardhouse.economy.need", "Need"): _need,
    ("cardhouse.economy.many.reverse", "Reverse"): _reverse,
    ("cardhouse.economy.hindcast", "Hindcast"): _hindcast,
    ("cardhouse.lenses.money.answer", "Money"): _money,
    ("cardhouse.lenses.chain.chain", "Chain"): _chain,
    ("cardhouse.lenses.capital.answer", "Capital"): _capital,
    ("cardhouse.lenses.country.answer", "Comparison"): _country,
    ("cardhouse.lenses.frontier.answer", "Frontier"): _frontier,
    ("cardhouse.lenses.value.answer", "Value"): _value,
}
"""What is shown of a result, by the module and the name of its type."""
