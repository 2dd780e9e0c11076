"""From what was filed to figures of the book's metrics, by the tags of ``metrics.csv``.

For each metric and period the first of its tags that was filed wins; the figure of the first filing comes
first, a later one only where it restates. Nothing is derived: what was filed as six months stays six months.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from cardhouse.book import CURRENCIES, UNITS, Metric, MetricKind
from cardhouse.sources.filed import Answer, Filed
from cardhouse.sources.vintages import currency_of, one_value, own_currencies, quarters_inside, repeats

FORMS = ("10-K", "10-KT", "10-Q", "10-QT", "8-K", "20-F", "40-F", "6-K", "S-1", "S-4", "S-11", "F-1", "F-4", "10-12B")
"""Forms that hold accounts, amendments (``/A``) with them. Proxy statements restate pay in their own way."""
MONEY_STEP = 1e6
"""Money and shares are filed in ones and kept in millions."""

Period = tuple[date | None, date]


@dataclass(frozen=True, slots=True)
class Pick:
    """One figure for one metric in the book's unit; ``before`` is what it restates, None for a first report."""

    metric: Metric
    filed: Filed
    value: float
    unit: str
    before: float | None


@dataclass(frozen=True, slots=True)
class Picks:
    """Figures found, metrics without any, what was left out and how often, quarters filed inside longer periods."""

    found: tuple[Pick, ...]
    missing: tuple[str, ...]
    left_out: Mapping[str, int]
    quarters: tuple[tuple[str, date], ...]


@dataclass(slots=True)
class _Work:
    """What all metrics share while they are gone through."""

    currencies: Mapping[str, str]
    by_tag: Mapping[str, list[Filed]]
    left_out: Counter[str] = field(default_factory=Counter)


def full_tag(tag: str) -> str:
    """Return a tag of metrics.csv with its taxonomy: ``Assets`` is ``us-gaap:Assets``."""
    return tag if ":" in tag else f"us-gaap:{tag}"


def pick(answer: Answer, metrics: Iterable[Metric], *, since: date | None, known_by: date) -> Picks:
    """Find the figures of all metrics that have tags.

    Parameters
    ----------
    answer : what EDGAR holds.
    metrics : the book's vocabulary.
    since : only periods that end on this day or later; None for all.
    known_by : only what had been filed on this day.
    """
    usable = [f for f in answer.filed if f.filed <= known_by and (since is None or f.end >= since)]
    by_tag: dict[str, list[Filed]] = defaultdict(list)
    for figure in usable:
        by_tag[figure.tag].append(figure)
    work = _Work(own_currencies(usable), by_tag)
    found: list[Pick] = []
    missing: list[str] = []
    quarters: list[tuple[str, date]] = []
    tagged = [metric for metric in metrics if metric.edgar]
    for metric in tagged:
        picks = _of_metric(metric, work)
        found += picks
        if not picks:
            missing.append(metric.id)
        flows = [(p.filed.start, p.filed.end) for p in picks if p.filed.start is not None]
        quarters += [(metric.id, end) for end in quarters_inside(flows)]
    _count_refused(answer, tagged, work.left_out)
    return Picks(tuple(found), tuple(missing), dict(work.left_out.most_common()), tuple(quarters))


def _count_refused(answer: Answer, metrics: Iterable[Metric], left_out: Counter[str]) -> None:
    wanted = {full_tag(tag) for metric in metrics for tag in metric.edgar}
    left_out.update(bad.reason for bad in answer.refused if bad.tag in wanted)


def _of_metric(metric: Metric, work: _Work) -> list[Pick]:
    """Figures of one metric, by end and start, first reports before restatements."""
    periods: dict[Period, list[Pick]] = {}
    for tag in metric.edgar:
        mine: dict[Period, list[Pick]] = defaultdict(list)
        for figure in work.by_tag.get(full_tag(tag), ()):
            ready = _ready(metric, figure, work)
            if ready:
                mine[figure.start, figure.end].append(ready)
        for period, picks in mine.items():
            periods.setdefault(period, picks)  # an earlier tag keeps the period
    ordered = sorted(periods.items(), key=lambda pair: (pair[0][1], pair[0][0] or date.min))
    return [p for _, picks in ordered for p in _told_apart(picks, work.left_out)]


def _ready(metric: Metric, figure: Filed, work: _Work) -> Pick | None:
    """One filed figure in the book's unit; None, counted with its reason, where it does not belong."""
    reason = ""
    converted = in_book_unit(figure.value, figure.unit, metric.unit)
    currency = currency_of(figure.unit)
    if figure.form.removesuffix("/A") not in FORMS:
        reason = f"of form {figure.form}, which holds no accounts"
    elif (metric.kind is MetricKind.FLOW) != (figure.start is not None):
        reason = "of a period where the metric is of a day, or the other way round"
    elif currency and currency != work.currencies[figure.accession]:
        reason = f"in {currency}, not the currency of the filing's accounts"
    elif converted is None:
        reason = f"in {figure.unit}, a unit that the book does not have"
    if reason or converted is None:
        work.left_out[reason] += 1
        return None
    return Pick(metric, figure, *converted, before=None)


def in_book_unit(value: float, filed_unit: str, unit: str) -> tuple[float, str] | None:
    """Convert a filed value to the unit of a metric, money in the currency it was filed in; None if that cannot be."""
    kind, currency = UNITS[unit].kind, currency_of(filed_unit)
    if currency in CURRENCIES and kind == "money" and filed_unit == currency:
        return value / MONEY_STEP, f"{currency}_million"
    if currency in CURRENCIES and kind == "price" and filed_unit == f"{currency}/shares":
        return value, currency
    if unit == "shares_million" and filed_unit == "shares":
        return value / MONEY_STEP, unit
    return None


def _told_apart(picks: list[Pick], left_out: Counter[str]) -> list[Pick]:
    """The first report of one period and what restates it, in the order of filing."""
    filings: dict[tuple[date, str], list[Pick]] = defaultdict(list)
    for found in picks:
        filings[found.filed.filed, found.filed.accession].append(found)
    kept: list[Pick] = []
    for _, same in sorted(filings.items()):
        value = one_value(found.value for found in same)
        if value is None:
            left_out["of one tag and period with several values in one filing"] += len(same)
            continue
        this = next(found for found in same if found.value == value)
        if not kept:
            kept.append(this)
        elif not _again(kept[-1], this):
            kept.append(Pick(this.metric, this.filed, this.value, this.unit, before=kept[-1].value))
    return kept


def _again(first: Pick, later: Pick) -> bool:
    """Whether a later filing says the same; prices are not rounded, a cent is a difference."""
    if first.unit != later.unit:
        return False
    if UNITS[first.unit].kind == "price":
        return first.value == later.value
    return repeats(first.value, later.value)
