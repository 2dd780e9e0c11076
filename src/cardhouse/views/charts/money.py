"""Money followed to where it came from: of 100 dollars that customers pay, whose they were."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cardhouse.book import Book
from cardhouse.lenses.measure import Gap
from cardhouse.lenses.money import Money, Period, Source, Whole
from cardhouse.lenses.money.mix import Mix
from cardhouse.views.charts.bars import stacked, stacked_rows
from cardhouse.views.charts.frame import Row, finished, left_out, of_readings, tall
from cardhouse.views.picture import Chart
from cardhouse.views.words import Words

MOST_FIRMS = 16
HUNDRED = 100.0


def periods(t: Words) -> dict[Period, str]:
    """Windows in words."""
    return {
        Period.PAID: t("last four quarters, paid"),
        Period.PLAN: t("next four quarters, planned"),
        Period.AHEAD: t("all that is promised"),
    }


def origins(t: Words) -> dict[Source | None, str]:
    """Whose money it was, in words; None stands for the firm's own, come back."""
    return {
        Source.CUSTOMERS: t("end customers"),
        Source.LENDERS: t("lenders"),
        Source.SHAREHOLDERS: t("outside shareholders"),
        Source.CASH: t("cash in hand"),
        None: t("its own money come back"),
        Source.UNKNOWN: t("origin not known"),
    }


def _dollars(mix: Mix, t: Words) -> dict[str, float]:
    """Of 100 dollars, how many came from where."""
    words = origins(t)
    shares: dict[str, float] = {words[source]: HUNDRED * m.value for source, m in mix.sources.items()}
    return shares | {words[None]: HUNDRED * mix.own.value}


def _stacked(found: Mapping[str, Mix], t: Words) -> tuple[list[Row], list[Any]]:
    """Rows and marks of bars that are 100 dollars long."""
    order = list(origins(t).values())
    rows = stacked_rows({bar: _dollars(mix, t) for bar, mix in found.items()}, order, t, money=False)
    for row in rows:
        row["label"] = ""
    return rows, stacked(rows, list(found), order, t("of 100 dollars that customers pay"), form="d")


def sources(answer: Money, t: Words) -> Chart:
    """Whose money the firm's customers paid with, for the year that was, the plan, and all that is promised."""
    words, firm = periods(t), t.called(answer.book, answer.firm)
    found = {words[p]: mix for p, mix in answer.mixes.items() if isinstance(mix, Mix)}
    missing = [words[p] for p, mix in answer.mixes.items() if isinstance(mix, Gap)]
    rows, marks = _stacked(found, t)
    first = next(iter(found), "")
    title = (
        t(
            "{firm}: of 100 dollars {customers} are end customers', {own} its own come back",
            firm=firm,
            own=f"{HUNDRED * found[first].own.value:.1f}",
            customers=f"{HUNDRED * found[first].sources[Source.CUSTOMERS].value:.0f}",
        )
        if found
        else t("{firm}: nothing is known of whose money pays it", firm=firm)
    )
    readings = [m for mix in found.values() for m in (mix.own, *mix.sources.values())]
    said = left_out(t, of_readings(t, answer.book, readings, unit=t("dollars of 100")), missing)
    alt = t("Stacked bars. {title} ({window}).", title=title, window=first) if found else title
    return finished(f"money-{answer.firm}", title, said, alt, rows, *marks, height=tall(len(found), each=34))


def everyone(answer: Whole, book: Book, t: Words) -> Chart:
    """The same for all firms over the last four quarters, those with most of their own money come back first."""
    rows_of = sorted(answer.rows, key=lambda row: -row.mix.own.value)[:MOST_FIRMS]
    found = {t.called(book, row.firm): row.mix for row in rows_of}
    rows, marks = _stacked(found, t)
    first = next(iter(found), "")
    title = (
        t(
            "{firm} gets most of its own money back: {own} of 100 dollars",
            firm=first,
            own=f"{HUNDRED * found[first].own.value:.1f}",
        )
        if found
        else t("Nothing is known of whose money pays whom")
    )
    readings = [m for mix in found.values() for m in (mix.own, *mix.sources.values())]
    said = of_readings(t, book, readings, unit=t("dollars of 100"), note=periods(t)[Period.PAID])
    alt = t("Stacked bars by firm. {title}.", title=title)
    return finished("money-all", title, said, alt, rows, *marks, height=tall(len(found)))
