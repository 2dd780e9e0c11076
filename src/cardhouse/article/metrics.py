"""Find what a figure measures: the name of a metric near it that can have such a figure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from cardhouse.article.lexicon import Finder, table
from cardhouse.article.quantities import Quantity
from cardhouse.article.text import clean
from cardhouse.book import Book, MetricKind

_LINK = re.compile(
    r"(?:的|年|规模的|左右的|以上的|级|大额|\s|-|in|of|in annual|worth of|a year in|[A-Za-z]{2,12}){0,3}"
)
_FAMILY = {
    "USD_million": "money", "USD": "price", "percent": "percent", "ratio": "ratio", "count": "count",
    "years": "time", "months": "time", "MW": "power", "GW": "power", "kW": "power", "watts": "power",
    "TWh": "energy", "EFLOPS": "compute", "TFLOPS": "compute", "basis_points": "basis", "index_points": "index",
    "shares_million": "count", "users_million": "count", "tokens_trillion": "tokens",
    "GB": "memory", "TB_per_s": "bandwidth", "year": "date",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure: its name, the families of its figures, the kind of a plain one, firm or market.

    ``of_one_share`` is the measure that a price stands for: a loss of 1.73 dollars is one a share.
    """

    name: str
    families: frozenset[str]
    kind: str
    scope: str
    flow: bool = False
    of_one_share: str = ""


@dataclass(frozen=True, slots=True)
class MetricWord:
    """A metric's name in a sentence."""

    start: int
    end: int
    text: str
    measure: Measure


@lru_cache(maxsize=8)
def finder(book: Book) -> Finder[Measure]:
    """Names of measures: those of the rules, then those of the book's own vocabulary."""
    entries: list[tuple[str, Measure]] = []
    for row in table("metrics"):
        metric = book.metrics.get(row["measure"])
        flow = metric is not None and metric.kind is MetricKind.FLOW
        families = frozenset(row["families"].split("|"))
        measure = Measure(row["measure"], families, row["kind"], row["scope"], flow, row["of_one_share"])
        entries += [(word, measure) for word in (*row["zh"].split("|"), *row["en"].split("|")) if word]
    for metric in book.metrics.values():
        family = _FAMILY.get(metric.unit)
        if family is None:
            continue
        kind = "ratio" if metric.unit in ("percent", "ratio") else "level"
        measure = Measure(metric.id, frozenset({family}), kind, "firm", metric.kind is MetricKind.FLOW)
        names = [clean(metric.name_zh)[0].text.split("(")[0], metric.name]
        entries += [(name, measure) for name in names if len(name) > 1]
    return Finder(entries)


def metric_words(text: str, book: Book) -> list[MetricWord]:
    """All names of metrics in a sentence, in order."""
    found = []
    for start, end, measure in finder(book).find(text):
        if (
            text[start] == "年" and start and (text[start - 1].isdigit() or text[start - 1] in "今去明全半财")
        ):  # 2025年收入
            found += [
                MetricWord(start + 1 + a, start + 1 + b, text[start + 1 + a : start + 1 + b], m)
                for a, b, m in finder(book).find(text[start + 1 : end])
            ]
        else:
            found.append(MetricWord(start, end, text[start:end], measure))
    return found


def family_of(q: Quantity) -> str:
    """Family of a figure, with money for one piece told from money."""
    if q.family == "money" and q.unit and not q.unit.endswith("_million") and not q.bare and q.value:
        return "price"
    return q.family


def fits(measure: Measure, q: Quantity, *, change: bool) -> bool:
    """Tell whether a measure can have this figure; any amount can change by so many percent or times."""
    family = family_of(q)
    if family == "":
        return bool(measure.families & {"money", "count"})
    if (change and family in ("percent", "ratio", "points")) or (family == "price" and measure.of_one_share):
        return True
    return family in measure.families or (family == "points" and "percent" in measure.families)


def find_metric(
    text: str, q: Quantity, found: Sequence[MetricWord], clauses: Sequence[tuple[int, int]], *, change: bool
) -> MetricWord | None:
    """Metric's name that a figure belongs to, in its sentence; of a price, the measure of one share."""
    word = _nearest(text, q, found, clauses, change=change)
    if word is None or family_of(q) != "price" or not word.measure.of_one_share:
        return word
    measure = replace(word.measure, name=word.measure.of_one_share, families=frozenset({"price"}), flow=True)
    return replace(word, measure=measure)


def _nearest(
    text: str, q: Quantity, found: Sequence[MetricWord], clauses: Sequence[tuple[int, int]], *, change: bool
) -> MetricWord | None:
    """Metric's name nearest to a figure that it can have.

    Right before the figure, right behind it, elsewhere before it in its clause, then in the clauses before.
    """
    fitting = [one for one in found if fits(one.measure, q, change=change)]
    if change:
        fitting = [one for one in fitting if not one.measure.name.startswith("consensus")] or fitting
    if not fitting:
        return None
    start, end = next(((first, last) for first, last in clauses if last >= q.end), (0, len(text)))
    before = [one for one in fitting if one.end <= q.start and one.start >= start]
    behind = [one for one in fitting if q.end <= one.start < end]
    if before and q.start - before[-1].end <= 3:
        return before[-1]
    if behind and behind[0].start - q.end <= 12 and _LINK.fullmatch(text[q.end : behind[0].start]):
        return behind[0]
    if before:
        return before[-1]
    earlier = [one for one in fitting if one.end <= start]
    if earlier:
        return earlier[-1]
    inside = [one for one in found if one.start < q.end and one.end > q.start and fits(one.measure, q, change=change)]
    return next(iter(inside or behind), None)
