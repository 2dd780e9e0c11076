"""What prices say, as tables: explosiveness, log-periodic fits, phases, falls, odds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from cardhouse.market.critical import Critical
from cardhouse.market.drawdowns import Analogue, drawdowns, underwater
from cardhouse.market.forms import MEANINGS, Form
from cardhouse.market.lppls import Profile
from cardhouse.market.lppls_windows import Nest
from cardhouse.market.phases import Phase, waves
from cardhouse.market.pooling import Opinion, Pool
from cardhouse.market.prices import Prices
from cardhouse.market.runups import Own
from cardhouse.views.table import Cell, Column, Kind, Table

LEVEL = 0.95


def day(prices: Prices, row: int) -> date:
    """The date of a row."""
    return to_date(prices.dates[row])


def to_date(moment: np.datetime64) -> date:
    """A day of numpy as one of Python."""
    return date.fromisoformat(str(np.datetime_as_string(moment.astype("datetime64[D]"))))


def dateline(prices: Prices) -> str:
    """What every table of prices must carry: name, first and last day, rows."""
    return f"{prices.name} · {day(prices, 0)} to {day(prices, -1)} · {prices.size:,} prices"


def headline(prices: Prices, forms: Sequence[Form], pooled: Pool | None) -> list[str]:
    """The answer in a few sentences."""
    now = underwater(prices.values)[-1]
    last = f"The last price is {prices.values[-1]:,.6g}"
    place = "the highest of all." if now == 0 else f"{-now:.0%} below the highest before it."
    lines = [f"{last}, {place}"]
    for form in forms:
        running = [e for e in form.episodes if e.ongoing]
        found = f"GSADF {form.result.gsadf:.2f}, p value {form.p_value:.3f}"
        if not _explosive(form):
            lines.append(f"In {form.name}s: no explosive stretch at the 95% level ({found}).")
            continue
        now_too = f"the last one since {running[-1].labels[0]}, not over" if running else "not at the end"
        lines.append(f"In {form.name}s: explosive at some time ({found}); {now_too}.")
    if pooled:
        lines.append(
            f"Odds of {pooled.event}: {pooled.odds:.0%} ({pooled.low:.0%} to {pooled.high:.0%}), pooled from "
            f"{', '.join(m for m, w in pooled.weights if w > 0)}."
        )
    return lines


def _explosive(form: Form) -> bool:
    return form.p_value is not None and form.p_value <= 1 - LEVEL


def explosive_table(forms: Sequence[Form], critical: Critical) -> Table:
    """Statistics of each form of the price against critical values of the same length and window."""
    rows: list[tuple[Cell, ...]] = []
    for form in forms:
        for name in ("sadf", "gsadf"):
            found = form.result.statistic(name)
            p = critical.p_value(name, found)
            verdict = "explosive" if p <= 1 - LEVEL else "not explosive"
            rows.append((form.name, name.upper(), found, critical.value(name, LEVEL), p, verdict))
    columns = (
        Column("form", "form"),
        Column("test", "test"),
        Column("statistic", "statistic", Kind.NUMBER),
        Column("critical_95", "critical at 95%", Kind.NUMBER),
        Column("p_value", "p value", Kind.NUMBER),
        Column("verdict", "verdict"),
    )
    design = critical.design
    notes = (
        *(f"{form.name}: {MEANINGS[form.name]}." for form in forms),
        f"Windows of at least {design.minw} prices, {design.lags} lags; critical values from "
        f"{critical.replications:,} simulated walks of {design.observations:,} prices.",
    )
    return Table("Is the price explosive?", columns, tuple(rows), notes)


def episodes_table(forms: Sequence[Form]) -> Table:
    """Explosive stretches of each form."""
    rows = [
        (form.name, e.labels[0], e.labels[1], None if e.ongoing else e.labels[2], e.length, e.statistic)
        for form in forms
        for e in form.episodes
    ]
    columns = (
        Column("form", "form"),
        Column("start", "from", Kind.DATE),
        Column("peak", "strongest", Kind.DATE),
        Column("end", "to", Kind.DATE),
        Column("length", "prices", Kind.COUNT),
        Column("statistic", "statistic", Kind.NUMBER),
    )
    notes = (
        "BSADF above the pointwise 95% curve for long enough. No end: the stretch runs to the last price.",
        "On a single day a price that is never explosive passes the curve with odds of 5%: where the GSADF above does "
        "not reject, these stretches are no findings.",
    )
    return Table("Explosive stretches", columns, tuple(rows), notes)


def lppls_table(prices: Prices, short: Nest, found: Profile) -> Table:
    """The log-periodic reading: share of nested windows that pass, and how loosely the critical time is known."""
    best, (low, high) = found.best, found.interval()
    passed = sum(short.qualified)

    def shown(when: float) -> str:
        text = str(np.datetime64(0, "D") + round(when))
        edge = " (edge of the search)" if when <= found.tc[0] or when >= found.tc[-1] else ""
        return text + edge

    rows: tuple[tuple[Cell, ...], ...] = (
        ("windows that end on the last price", str(len(short.fits))),
        ("of these pass the filters", str(passed)),
        ("confidence, rising", f"{short.confidence:.0%}"),
        ("confidence, falling", f"{short.anti:.0%}"),
        ("critical time, best fit of the long window", shown(best.tc)),
        ("not rejected at 95%", f"{shown(low)} to {shown(high)}"),
        ("m, w", f"{best.m:.3f}, {best.w:.2f}"),
        ("whole oscillations; half-turns; damping", f"{best.turns:.2f}; {best.half_turns:.2f}; {best.damping:.2f}"),
        ("parameters at a bound of the search", ", ".join(best.at_bounds) or "none"),
    )
    notes = (
        f"Long window: the last {best.size} prices of {len(prices.values):,}. Filters count whole oscillations, "
        "w/(2 pi) ln((tc - start)/(tc - end)).",
        "The curve describes the window; it forecasts nothing by itself.",
    )
    return Table("Log-periodic power law", (Column("what", "what", wrap=True), Column("value", "value")), rows, notes)


def waves_table(prices: Prices, phases: Sequence[Phase], *, rule: str) -> Table:
    """Bull phases with the falls after them, latest first."""
    found = waves(prices.values, tuple(phases))
    rows = [
        (
            day(prices, w.start),
            day(prices, w.peak),
            day(prices, w.low) if w.low is not None else None,
            w.gain,
            w.fall,
            "" if w.begun and w.over else "start unknown" if not w.begun else "may go on",
        )
        for w in reversed(found)
    ]
    columns = (
        Column("start", "from low", Kind.DATE),
        Column("peak", "peak", Kind.DATE),
        Column("low", "low after", Kind.DATE),
        Column("gain", "gain", Kind.PERCENT),
        Column("fall", "fall", Kind.PERCENT),
        Column("note", "note"),
    )
    state = "bull" if phases[-1].bull else "bear"
    return Table(
        "Waves", columns, tuple(rows), (f"{rule}. Now: {state} since {day(prices, max(phases[-1].start - 1, 0))}.",)
    )


def shorten(table: Table, most: int) -> Table:
    """The first rows of a table; a note tells how many more there are."""
    more = len(table.rows) - most
    if more <= 0:
        return table
    return Table(table.title, table.columns, table.rows[:most], (*table.notes, f"{more} more rows: --json or --csv."))


def drawdown_table(prices: Prices, *, most: int = 5) -> Table:
    """The deepest falls from a high."""
    rows = tuple(
        (
            day(prices, d.peak),
            day(prices, d.low),
            day(prices, d.back) if d.back is not None else None,
            float(prices.values[d.peak]),
            float(prices.values[d.low]),
            d.depth,
        )
        for d in drawdowns(prices.values)[:most]
    )
    columns = (
        Column("peak", "high", Kind.DATE),
        Column("low", "low", Kind.DATE),
        Column("back", "back at the high", Kind.DATE),
        Column("high_price", "its price", Kind.NUMBER),
        Column("low_price", "its price", Kind.NUMBER),
        Column("depth", "fall", Kind.PERCENT),
    )
    return Table("Deepest falls", columns, rows, ("No date of return: still below the high.",))


def odds_table(opinions: Sequence[Opinion], pooled: Pool, own: Own | None) -> Table:
    """Each method's odds with its interval and weight, and the pool."""
    weights = dict(pooled.weights)
    rows: list[tuple[Cell, ...]] = [
        (o.method, o.odds, o.low, o.high, weights.get(o.method, 0.0), o.basis) for o in opinions
    ]
    rows.append(("pooled", pooled.odds, pooled.low, pooled.high, 1.0, "Weighted geometric mean of the odds."))
    columns = (
        Column("method", "method"),
        Column("odds", "odds", Kind.PERCENT),
        Column("low", "low", Kind.PERCENT),
        Column("high", "high", Kind.PERCENT),
        Column("weight", "weight", Kind.PERCENT),
        Column("basis", "rests on", wrap=True),
    )
    notes = [f"Event: {pooled.event}. Weights are a choice: --weight METHOD:NUMBER. {pooled.meaning}"]
    if own and own.episodes:
        notes.append(
            f"Own record: rises of {own.threshold:.0%} in two years, counted anew after two years: {own.episodes}; "
            f"followed by such a fall: {own.crashes}; not yet over: {own.open}."
        )
    return Table("Odds of a crash", columns, tuple(rows), tuple(notes))


def analogue_lines(found: Analogue, name: str) -> list[str]:
    """What an analogue with an earlier boom is worth."""
    ahead = found.then[found.now.size :]
    lines = [
        f"Laid on {name} by {found.align.value}: correlation {found.fit:.3f} over "
        f"{min(found.now.size, found.then.size)} prices. {found.possible:,} such alignments were possible and "
        f"{found.better:,} of them fit as well or better."
    ]
    if ahead.size:
        here = found.then[found.now.size - 1]
        lines.append(
            f"That time the next {ahead.size:,} prices went as low as {ahead.min() / here - 1:+.0%} and as high as "
            f"{ahead.max() / here - 1:+.0%}. One past is no distribution."
        )
    return lines
