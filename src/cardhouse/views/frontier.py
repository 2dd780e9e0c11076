"""Price at a stated capability, and open models against closed ones, as tables and sentences."""

from __future__ import annotations

from datetime import date

from cardhouse.lenses.frontier import Frontier, Level, Model, Price
from cardhouse.lenses.measure import Measure, Reading
from cardhouse.views.lens import cell, dateline, gap_notes, rests
from cardhouse.views.relayed import relayed
from cardhouse.views.table import Cell, Column, Kind, Table
from cardhouse.views.words import ENGLISH, N_, Words

WEIGHTS = {
    True: ("open", N_("open weights")),
    False: ("closed", N_("closed weights")),
    None: ("unknown", N_("not known")),
}
"""What is known of a model's weights: in a column of that title, and by itself."""
PEAK = "peak hours"
"""In the note of a price that is another at other hours."""
BEST_SHOWN = 6
"""Closed records shown: the newest; JSON has all."""


def head(answer: Frontier, *, t: Words = ENGLISH) -> str:
    """Book, index and units."""
    fit = answer.scored
    return dateline(
        answer.book,
        t(
            "capability: Epoch index, fit {fit}, known {day}",
            fit=fit.fit.removeprefix("epoch-"),
            day=fit.known,
        ),
        t("{count} models", count=len(fit.models)),
        t("prices in USD per million tokens, 3 parts input to 1 part output"),
        t=t,
    )


def headline(answer: Frontier, *, t: Words = ENGLISH) -> list[str]:
    """The answer in a few sentences."""
    return [*(_fallen(level, t) for level in answer.levels if len(level.lows) > 1), *_behind(answer, t)]


def _fallen(level: Level, t: Words) -> str:
    first, last = level.lows[0], level.lows[-1]
    pace = _pace(level, t)
    by = "" if first.model.id == level.model.id else t(" ({model})", model=first.model.name)
    return t(
        "The level of {model} ({score} points) cost {before} in {first}{by} and {now} in {last}{pace}.",
        model=level.model.name,
        score=f"{level.model.score.value:.1f}",
        before=money(first.blended),
        first=_month(first.day, t),
        by=by,
        now=money(last.blended),
        last=_month(last.day, t),
        pace=pace,
    )


def _pace(level: Level, t: Words) -> str:
    factor, low, high = level.fall.factor, level.fall.low, level.fall.high
    if not isinstance(factor, Measure):
        return ""
    if isinstance(low, Measure) and low.value <= 1.0:
        return t(
            ": {factor} times less a year, but so few lows do not exclude that it stood still",
            factor=f"{factor.value:.0f}",
        )
    if isinstance(low, Measure) and isinstance(high, Measure):
        return t(
            ": {factor} times less a year (95%: {low} to {high})",
            factor=f"{factor.value:.0f}",
            low=f"{low.value:.1f}",
            high=f"{high.value:.0f}",
        )
    return t(": {factor} times less a year", factor=f"{factor.value:.0f}")


def _behind(answer: Frontier, t: Words) -> list[str]:
    gaps = answer.gaps
    lines = []
    if gaps.summaries and isinstance(gaps.summaries[0].mean, Measure):
        whole, last = gaps.summaries[0], gaps.summaries[-1]
        lines.append(
            t(
                "An open model that set a record came {mean} after the first closed model of the same score, on "
                "average of {count}; in {year} {later} ({records} records).",
                mean=_months(whole.mean, t),
                count=whole.count,
                year=last.since.year,
                later=_months(last.mean, t),
                records=last.count,
            )
        )
    if gaps.best_open and gaps.best_closed and isinstance(gaps.points, Measure):
        lines.append(
            t(
                "The best open model is {open} ({open_score}), the best closed one {closed} ({closed_score}): {points} "
                "points; closed models have had the score of the best open one for {now}.",
                open=gaps.best_open.name,
                open_score=f"{gaps.best_open.score.value:.1f}",
                closed=gaps.best_closed.name,
                closed_score=f"{gaps.best_closed.score.value:.1f}",
                points=f"{gaps.points.value:.1f}",
                now=_months(gaps.now, t),
            )
        )
    lines += [
        t(
            "Epoch itself: {months} months on average from {start} to {end}, by its own measure, which is not the one "
            "above.",
            months=f"{m.value:g}",
            start=m.start,
            end=m.end,
        )
        for m in gaps.published
    ]
    return lines


def _months(reading: Reading, t: Words) -> str:
    return (
        t("{months} months", months=f"{reading.value:.1f}")
        if isinstance(reading, Measure)
        else t("an unknown time ({reason})", reason=relayed(t, reading.reason))
    )


def _month(day: date, t: Words) -> str:
    """A month as a sentence names it: March 2023, 2023年3月."""
    return f"{day.year}年{day.month}月" if t.lang == "zh" else f"{day:%B %Y}"


def money(price: Measure) -> str:
    """A price for a sentence."""
    return f"${price.value:.2f}" if price.value >= 0.1 else f"${price.value:.3f}"


def levels(answer: Frontier, *, t: Words = ENGLISH) -> Table:
    """Each time the cheapest price at a level fell."""
    columns = (
        Column("level", t.meant("level", N_("level of capability"))),
        Column("day", t("price of"), Kind.DATE),
        Column("model", t("cheapest model"), wrap=True),
        Column("score", t("its score"), Kind.NUMBER),
        Column("weights", t("weights")),
        Column("input", t("input"), Kind.NUMBER),
        Column("output", t("output"), Kind.NUMBER),
        Column("blended", "3:1", Kind.NUMBER),
    )
    rows: list[tuple[Cell, ...]] = [
        (level.model.name if i == 0 else "", *_priced(low, t))
        for level in answer.levels
        for i, low in enumerate(level.lows)
    ]
    quoted: list[tuple[Cell, ...]] = [
        (t.named(q.level), q.price.end, t("by the AI Index itself"), None, "", "", "", q.price.value)
        for q in answer.quoted
    ]
    notes = (
        t(
            "A level is the score of the model it is named after; a line stands wherever the cheapest price of all "
            "models with at least that score fell. A host's or a maker's price stands on the day it is known to have "
            "held, which may be later than its first. Blank input and output: only the blend is quoted. Tokens are not "
            "tasks: models that reason write many more of them."
        ),
        *_by_the_hour(answer, t),
        *gap_notes((level.fall.factor for level in answer.levels), t=t),
        rests((low.blended for level in answer.levels for low in level.lows), t=t),
    )
    return Table(t("Cheapest price at a level, USD per million tokens"), columns, tuple(rows + quoted), notes, t)


def _by_the_hour(answer: Frontier, t: Words) -> list[str]:
    """Lows that hold at some hours only, in the words of their rows."""
    lows = {(p.model.name, p.day, p.note) for level in answer.levels for p in level.lows if PEAK in p.note}
    return [
        t("{model}, {day}: {note}.", model=name, day=day, note=relayed(t, note)) for name, day, note in sorted(lows)
    ]


def _priced(price: Price, t: Words) -> tuple[Cell, ...]:
    apart = [r.value if isinstance(r, Measure) else "" for r in (price.input, price.output)]
    return (
        price.day,
        price.model.name,
        price.model.score.value,
        t.meant(*WEIGHTS[price.model.open]),
        *apart,
        round(price.blended.value, 4),
    )


def falls(answer: Frontier, *, t: Words = ENGLISH) -> Table:
    """How fast the price at each level falls."""
    columns = (
        Column("level", t.meant("level", N_("level of capability"))),
        Column("reached", t("models that reach it"), Kind.COUNT),
        Column("lows", t("lows"), Kind.COUNT),
        Column("whole", t("first over last"), Kind.NUMBER),
        Column("factor", t("times a year"), Kind.NUMBER),
        Column("low", t("95% from"), Kind.NUMBER),
        Column("high", t("to"), Kind.NUMBER),
    )
    rows = tuple(
        (
            level.model.name,
            level.reached,
            level.fall.points,
            _rounded(level.fall.whole, t),
            _rounded(level.fall.factor, t),
            _rounded(level.fall.low, t),
            _rounded(level.fall.high, t),
        )
        for level in answer.levels
    )
    notes = (
        t(
            "Times a year: slope of a straight line through the logarithms of the lows. Its interval is that of the "
            "line; lows are chosen for being low, so it is wider in truth."
        ),
    )
    return Table(t("Fall of the price"), columns, rows, notes, t)


def _rounded(reading: Reading, t: Words) -> Cell:
    return float(f"{reading.value:.3g}") if isinstance(reading, Measure) else cell(reading, t=t)


def behind(answer: Frontier, *, t: Words = ENGLISH) -> Table:
    """Records of open models and the closed model that had reached their score before."""
    columns = (
        Column("released", t("released"), Kind.DATE),
        Column("open", t("open model"), wrap=True),
        Column("score", t("score"), Kind.NUMBER),
        Column("closed", t("first closed model of that score"), wrap=True),
        Column("closed_released", t("released"), Kind.DATE),
        Column("months", t("months behind"), Kind.NUMBER),
    )
    rows = tuple(
        (lag.model.released, lag.model.name, lag.model.score.value, *_other(lag.other, t), _tenth(lag.months, t))
        for lag in answer.gaps.behind
    )
    by_year = t.semicolon.join(
        f"{s.since.year} {s.mean.value:.1f} ({s.count})"
        for s in answer.gaps.summaries[1:]
        if isinstance(s.mean, Measure)
    )
    notes = (t("Mean months behind by year of the record, and how many: {years}.", years=by_year) if by_year else "",)
    reasons = gap_notes((lag.months for lag in answer.gaps.behind), t=t)
    return Table(t("Records of open models"), columns, rows, (*notes, *reasons), t)


def matched(answer: Frontier, *, t: Words = ENGLISH) -> Table:
    """The newest records of closed models and when an open model reached them."""
    columns = (
        Column("released", t("released"), Kind.DATE),
        Column("closed", t("closed model"), wrap=True),
        Column("score", t("score"), Kind.NUMBER),
        Column("open", t("first open model of that score"), wrap=True),
        Column("open_released", t("released"), Kind.DATE),
        Column("months", t("months until"), Kind.NUMBER),
    )
    shown = answer.gaps.matched[-2 * BEST_SHOWN :]
    rows = tuple(
        (lag.model.released, lag.model.name, lag.model.score.value, *_other(lag.other, t), _tenth(lag.months, t))
        for lag in shown
    )
    return Table(t("Newest records of closed models"), columns, rows, gap_notes((lag.months for lag in shown), t=t), t)


def _other(model: Model | None, t: Words) -> tuple[Cell, Cell]:
    return (model.name, model.released) if model else (t("none"), None)


def _tenth(reading: Reading, t: Words) -> Cell:
    return round(reading.value, 1) if isinstance(reading, Measure) else cell(reading, t=t)


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
        rows.append((m.id, m.name, m.released, m.score.value, WEIGHTS[m.open][0], p.day, *apart, p.blended.value, own))
    for m in answer.scored.models:
        if m.id not in priced:
            own = " ".join(m.score.sources)
            rows.append((m.id, m.name, m.released, m.score.value, WEIGHTS[m.open][0], None, None, None, None, own))
    return Table("", columns, tuple(rows))
