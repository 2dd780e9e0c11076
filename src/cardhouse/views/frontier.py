"""Price at a stated capability, and open models against closed ones, as tables and sentences."""

from __future__ import annotations

from cardhouse.lenses.frontier import Frontier, Level, Model, Price
from cardhouse.lenses.measure import Measure, Reading
from cardhouse.views.lens import cell, dateline, gap_notes, rests
from cardhouse.views.table import Cell, Column, Kind, Table

WEIGHTS = {True: "open", False: "closed", None: "unknown"}
BEST_SHOWN = 6
"""Closed records shown: the newest; JSON has all."""


def head(answer: Frontier) -> str:
    """Book, index and units."""
    fit = answer.scored
    return dateline(
        answer.book,
        f"capability: Epoch index, fit {fit.fit.removeprefix('epoch-')}, known {fit.known}",
        f"{len(fit.models)} models",
        "prices in USD per million tokens, 3 parts input to 1 part output",
    )


def headline(answer: Frontier) -> list[str]:
    """The answer in a few sentences."""
    return [*(_fallen(level) for level in answer.levels if len(level.lows) > 1), *_behind(answer)]


def _fallen(level: Level) -> str:
    first, last = level.lows[0], level.lows[-1]
    pace = _pace(level)
    return (
        f"The level of {level.model.name} ({level.model.score.value:.1f} points) cost {money(first.blended)} "
        f"in {first.day:%B %Y} and costs {money(last.blended)} since {last.day:%B %Y}{pace}."
    )


def _pace(level: Level) -> str:
    factor, low, high = level.fall.factor, level.fall.low, level.fall.high
    if not isinstance(factor, Measure):
        return ""
    if isinstance(low, Measure) and low.value <= 1.0:
        return f": {factor.value:.0f} times less a year, but so few lows do not exclude that it stood still"
    if isinstance(low, Measure) and isinstance(high, Measure):
        return f": {factor.value:.0f} times less a year (95%: {low.value:.1f} to {high.value:.0f})"
    return f": {factor.value:.0f} times less a year"


def _behind(answer: Frontier) -> list[str]:
    gaps = answer.gaps
    lines = []
    if gaps.summaries and isinstance(gaps.summaries[0].mean, Measure):
        whole, last = gaps.summaries[0], gaps.summaries[-1]
        lines.append(
            f"An open model that set a record came {_months(whole.mean)} after the first closed model of the same "
            f"score, on average of {whole.count}; in {last.since.year} {_months(last.mean)} ({last.count} records)."
        )
    if gaps.best_open and gaps.best_closed and isinstance(gaps.points, Measure):
        lines.append(
            f"The best open model is {gaps.best_open.name} ({gaps.best_open.score.value:.1f}), the best closed one "
            f"{gaps.best_closed.name} ({gaps.best_closed.score.value:.1f}): {gaps.points.value:.1f} points; closed "
            f"models have had the score of the best open one for {_months(gaps.now)}."
        )
    lines += [
        f"Epoch itself: {m.value:g} months on average from {m.start} to {m.end}, by its own measure, which is not the "
        "one above."
        for m in gaps.published
    ]
    return lines


def _months(reading: Reading) -> str:
    return f"{reading.value:.1f} months" if isinstance(reading, Measure) else f"an unknown time ({reading.reason})"


def money(price: Measure) -> str:
    """A price for a sentence."""
    return f"${price.value:.2f}" if price.value >= 0.1 else f"${price.value:.3f}"


def levels(answer: Frontier) -> Table:
    """Each time the cheapest price at a level fell."""
    columns = (
        Column("level", "level"),
        Column("day", "from", Kind.DATE),
        Column("model", "cheapest model", wrap=True),
        Column("score", "its score", Kind.NUMBER),
        Column("weights", "weights"),
        Column("input", "input", Kind.NUMBER),
        Column("output", "output", Kind.NUMBER),
        Column("blended", "3:1", Kind.NUMBER),
    )
    rows: list[tuple[Cell, ...]] = [
        (level.model.name if i == 0 else "", *_priced(low))
        for level in answer.levels
        for i, low in enumerate(level.lows)
    ]
    quoted: list[tuple[Cell, ...]] = [
        (q.level, q.price.end, "by the AI Index itself", None, "", "", "", q.price.value) for q in answer.quoted
    ]
    notes = (
        "A level is the score of the model it is named after; a line stands wherever the cheapest price of all models "
        "with at least that score fell. A host's or a maker's price stands on the day it is known to have held. Blank "
        "input and output: only the blend is quoted. Tokens are not tasks: models that reason write many more of them.",
        *gap_notes(level.fall.factor for level in answer.levels),
        rests(low.blended for level in answer.levels for low in level.lows),
    )
    return Table("Cheapest price at a level, USD per million tokens", columns, tuple(rows + quoted), notes)


def _priced(price: Price) -> tuple[Cell, ...]:
    apart = [r.value if isinstance(r, Measure) else "" for r in (price.input, price.output)]
    return (
        price.day,
        price.model.name,
        price.model.score.value,
        WEIGHTS[price.model.open],
        *apart,
        round(price.blended.value, 4),
    )


def falls(answer: Frontier) -> Table:
    """How fast the price at each level falls."""
    columns = (
        Column("level", "level"),
        Column("reached", "models that reach it", Kind.COUNT),
        Column("lows", "lows", Kind.COUNT),
        Column("whole", "first over last", Kind.NUMBER),
        Column("factor", "times a year", Kind.NUMBER),
        Column("low", "95% from", Kind.NUMBER),
        Column("high", "to", Kind.NUMBER),
    )
    rows = tuple(
        (
            level.model.name,
            level.reached,
            level.fall.points,
            _rounded(level.fall.whole),
            _rounded(level.fall.factor),
            _rounded(level.fall.low),
            _rounded(level.fall.high),
        )
        for level in answer.levels
    )
    notes = (
        "Times a year: slope of a straight line through the logarithms of the lows. Its interval is that of the line; "
        "lows are chosen for being low, so it is wider in truth.",
    )
    return Table("Fall of the price", columns, rows, notes)


def _rounded(reading: Reading) -> Cell:
    return float(f"{reading.value:.3g}") if isinstance(reading, Measure) else cell(reading)


def behind(answer: Frontier) -> Table:
    """Records of open models and the closed model that had reached their score before."""
    columns = (
        Column("released", "released", Kind.DATE),
        Column("open", "open model", wrap=True),
        Column("score", "score", Kind.NUMBER),
        Column("closed", "first closed model of that score", wrap=True),
        Column("closed_released", "released", Kind.DATE),
        Column("months", "months behind", Kind.NUMBER),
    )
    rows = tuple(
        (lag.model.released, lag.model.name, lag.model.score.value, *_other(lag.other), _tenth(lag.months))
        for lag in answer.gaps.behind
    )
    by_year = "; ".join(
        f"{s.since.year} {s.mean.value:.1f} ({s.count})"
        for s in answer.gaps.summaries[1:]
        if isinstance(s.mean, Measure)
    )
    notes = (f"Mean months behind by year of the record, and how many: {by_year}." if by_year else "",)
    reasons = gap_notes(lag.months for lag in answer.gaps.behind)
    return Table("Records of open models", columns, rows, (*notes, *reasons))


def matched(answer: Frontier) -> Table:
    """The newest records of closed models and when an open model reached them."""
    columns = (
        Column("released", "released", Kind.DATE),
        Column("closed", "closed model", wrap=True),
        Column("score", "score", Kind.NUMBER),
        Column("open", "first open model of that score", wrap=True),
        Column("open_released", "released", Kind.DATE),
        Column("months", "months until", Kind.NUMBER),
    )
    shown = answer.gaps.matched[-2 * BEST_SHOWN :]
    rows = tuple(
        (lag.model.released, lag.model.name, lag.model.score.value, *_other(lag.other), _tenth(lag.months))
        for lag in shown
    )
    return Table("Newest records of closed models", columns, rows, gap_notes(lag.months for lag in shown))


def _other(model: Model | None) -> tuple[Cell, Cell]:
    return (model.name, model.released) if model else ("none", None)


def _tenth(reading: Reading) -> Cell:
    return round(reading.value, 1) if isinstance(reading, Measure) else cell(reading)


def lines(answer: Frontier) -> Table:
    """Every priced day of every scored model, for a file."""
    columns = (
        Column("model", "model"),
        Column("name", "name"),
        Column("released", "released", Kind.DATE),
        Column("score", "score", Kind.NUMBER),
        Column("weights", "weights"),
        Column("day", "price of", Kind.DATE),
        Column("input", "input", Kind.NUMBER),
        Column("output", "output", Kind.NUMBER),
        Column("blended", "3:1", Kind.NUMBER),
        Column("sources", "sources"),
    )
    priced = {p.model.id for p in answer.prices}
    rows: list[tuple[Cell, ...]] = []
    for p in answer.prices:
        m = p.model
        apart = [r.value if isinstance(r, Measure) else None for r in (p.input, p.output)]
        own = " ".join(sorted({*p.blended.sources, *m.score.sources}))
        rows.append((m.id, m.name, m.released, m.score.value, WEIGHTS[m.open], p.day, *apart, p.blended.value, own))
    for m in answer.scored.models:
        if m.id not in priced:
            own = " ".join(m.score.sources)
            rows.append((m.id, m.name, m.released, m.score.value, WEIGHTS[m.open], None, None, None, None, own))
    return Table("", columns, tuple(rows))
