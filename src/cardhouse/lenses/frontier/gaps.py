"""How long open models stay behind closed ones, with the measure named.

Two measures, which need not agree. *Behind*: when an open model set a record among open models, how long before had a
closed model reached the same score? *Matched*: when a closed model set a record, how long until an open model reached
it? The second leaves out what is not matched yet, and so looks too short at the end of the data.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from cardhouse.book import Book, Fact
from cardhouse.lenses.frontier.models import Model, Scored
from cardhouse.lenses.measure import Gap, Measure, Reading, derived, difference, known, not_meaningful
from cardhouse.lenses.readings import of_fact

MONTHS = "months"
MONTH_DAYS = 365.25 / 12
PUBLISHED = "open_closed_gap_months"


@dataclass(frozen=True, slots=True)
class Lag:
    """A record on one side and the model of the other side that it is measured against (None: nobody reached it).

    ``months`` is positive where the closed model came first.
    """

    model: Model
    other: Model | None
    months: Reading


@dataclass(frozen=True, slots=True)
class Summary:
    """Mean, least and most of the lags whose record was set in a period; ``count`` of them."""

    since: date
    until: date
    count: int
    mean: Reading
    least: Reading
    most: Reading


@dataclass(frozen=True, slots=True)
class Gaps:
    """Open against closed.

    Attributes
    ----------
    behind : records of open models, oldest first.
    matched : records of closed models, oldest first; those not matched yet are gaps that say since when.
    summaries : of ``behind``: the whole, and by year of the record.
    points : best closed score less best open score on the day of the book.
    now : months since a closed model first had the score that the best open model has.
    published : what the index's makers say, each with its own period and measure.
    """

    behind: tuple[Lag, ...]
    matched: tuple[Lag, ...]
    summaries: tuple[Summary, ...]
    best_open: Model | None
    best_closed: Model | None
    points: Reading
    now: Reading
    published: tuple[Measure, ...]


def gaps(book: Book, scored: Scored) -> Gaps:
    """Open against closed models of one fit of the index."""
    opened = [m for m in scored.models if m.open is True]
    closed = [m for m in scored.models if m.open is False]
    behind = tuple(_behind(m, closed) for m in records(opened))
    matched = tuple(_matched(m, opened, book.date) for m in records(closed))
    best_open, best_closed = best(opened), best(closed)
    return Gaps(
        behind,
        matched,
        _summaries(behind),
        best_open,
        best_closed,
        _points(best_open, best_closed),
        _now(best_open, closed, book.date),
        tuple(of_fact(book, fact) for fact in _published(book)),
    )


def records(models: Sequence[Model]) -> tuple[Model, ...]:
    """Models that scored more than all released before them; of several of a day the best."""
    found: list[Model] = []
    for model in sorted(models, key=lambda m: (m.released, -m.score.value)):
        if not found or model.score.value > found[-1].score.value:
            found.append(model)
    return tuple(found)


def best(models: Sequence[Model]) -> Model | None:
    """The highest score, the earlier one of two equal ones."""
    return max(models, key=lambda m: (m.score.value, -m.released.toordinal()), default=None)


def _behind(model: Model, closed: Sequence[Model]) -> Lag:
    what = f"{model.name}, months behind closed models"
    able = [m for m in closed if m.score.value >= model.score.value]
    if not able:
        return Lag(model, None, not_meaningful(what, "no closed model has reached its score"))
    first = min(able, key=lambda m: (m.released, m.id))
    if model.released < min(m.released for m in closed):
        return Lag(model, first, not_meaningful(what, "it came before the first closed model of the index"))
    return Lag(model, first, _months(first.released, model.released, model, first))


def _matched(model: Model, opened: Sequence[Model], day: date) -> Lag:
    able = [m for m in opened if m.score.value >= model.score.value]
    if not able:
        waited = (day - model.released).days / MONTH_DAYS
        gap = not_meaningful(f"{model.name}, months until an open model", f"none yet after {waited:.1f} months")
        return Lag(model, None, gap)
    first = min(able, key=lambda m: (m.released, m.id))
    return Lag(model, first, _months(model.released, first.released, model, first))


def _months(start: date, end: date, *models: Model) -> Measure:
    return derived((end - start).days / MONTH_DAYS, MONTHS, *(m.score for m in models))


def _summaries(lags: Sequence[Lag]) -> tuple[Summary, ...]:
    dated = [lag for lag in lags if isinstance(lag.months, Measure)]
    if not dated:
        return ()
    years = sorted({lag.model.released.year for lag in dated})
    whole = _summary(dated, dated[0].model.released, dated[-1].model.released)
    return (
        whole,
        *(
            _summary([lag for lag in dated if lag.model.released.year == y], date(y, 1, 1), date(y, 12, 31))
            for y in years
        ),
    )


def _summary(lags: Sequence[Lag], since: date, until: date) -> Summary:
    found = known(lag.months for lag in lags)
    mean = derived(sum(m.value for m in found) / len(found), MONTHS, *found)
    ordered = sorted(found, key=lambda m: m.value)
    return Summary(since, until, len(found), mean, ordered[0], ordered[-1])


def _points(best_open: Model | None, best_closed: Model | None) -> Reading:
    if best_open is None or best_closed is None:
        return Gap("points between the best closed and the best open model", "the book has no score of one side")
    return difference(best_closed.score, best_open.score)


def _now(best_open: Model | None, closed: Sequence[Model], day: date) -> Reading:
    what = "age of the best open model's score among closed models"
    if best_open is None:
        return Gap(what, "the book has no open model with a score")
    able = [m for m in closed if m.score.value >= best_open.score.value]
    if not able:
        return not_meaningful(what, f"no closed model scores as much as {best_open.name}")
    first = min(able, key=lambda m: (m.released, m.id))
    return _months(first.released, day, best_open, first)


def _published(book: Book) -> tuple[Fact, ...]:
    found = [f for who, metric in book.series if metric == PUBLISHED for f in book.chosen(who, metric)]
    return tuple(sorted(found, key=lambda f: f.end))
