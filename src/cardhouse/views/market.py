"""What prices say, as tables: explosiveness, log-periodic fits, phases, falls, odds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from cardhouse.market.critical import Critical
from cardhouse.market.dating import Episode
from cardhouse.market.drawdowns import Align, Analogue, drawdowns, underwater
from cardhouse.market.forms import MEANINGS, Form
from cardhouse.market.lppls import Profile
from cardhouse.market.lppls_windows import Nest
from cardhouse.market.phases import Phase, waves
from cardhouse.market.pooling import Opinion, Pool
from cardhouse.market.prices import Prices
from cardhouse.market.runups import Own
from cardhouse.views.relayed import relayed
from cardhouse.views.table import Cell, Column, Kind, Table
from cardhouse.views.words import ENGLISH, N_, Words

LEVEL = 0.95


def day(prices: Prices, row: int) -> date:
    """The date of a row."""
    return to_date(prices.dates[row])


def to_date(moment: np.datetime64) -> date:
    """A day of numpy as one of Python."""
    return date.fromisoformat(str(np.datetime_as_string(moment.astype("datetime64[D]"))))


FORMS = {"level": N_("level"), "log": N_("log"), "ratio": N_("ratio")}
"""Forms of the price that are tested."""


def dateline(prices: Prices, *, t: Words = ENGLISH) -> str:
    """What every table of prices must carry: name, first and last day, rows."""
    return t(
        "{name} · {first} to {last} · {count} prices",
        name=prices.name,
        first=day(prices, 0),
        last=day(prices, -1),
        count=f"{prices.size:,}",
    )


def headline(prices: Prices, forms: Sequence[Form], pooled: Pool | None, *, t: Words = ENGLISH) -> list[str]:
    """The answer in a few sentences."""
    now, price = underwater(prices.values)[-1], f"{prices.values[-1]:,.6g}"
    if now == 0:
        lines = [t("The last price is {price}, the highest of all.", price=price)]
    else:
        text = N_("The last price is {price}, {share} below the highest before it.")
        lines = [t(text, price=price, share=t.percent(-now))]
    lines += [_told(form, t) for form in forms]
    if pooled:
        lines.append(
            t(
                "Odds of {event}: {odds} ({low} to {high}), pooled from {methods}.",
                event=relayed(t, pooled.event),
                odds=t.percent(pooled.odds),
                low=t.percent(pooled.low),
                high=t.percent(pooled.high),
                methods=t.comma.join(t(METHODS.get(m, m)) for m, w in pooled.weights if w > 0),
            )
        )
    return lines


def _told(form: Form, t: Words) -> str:
    """What the test of one form of the price says."""
    running = [e for e in form.episodes if e.ongoing]
    said = {"form": t(FORMS[form.name]), "value": f"{form.result.gsadf:.2f}", "p": f"{form.p_value:.3f}"}
    if not rejects(form):
        return t("In {form}s: no explosive stretch at the 95% level (GSADF {value}, p value {p}).", **said)
    if running:
        return t(
            "In {form}s: explosive at some time (GSADF {value}, p value {p}); the last one since {day}, not over.",
            **said,
            day=running[-1].labels[0],
        )
    return t("In {form}s: explosive at some time (GSADF {value}, p value {p}); not at the end.", **said)


def rejects(form: Form) -> bool:
    """Whether the GSADF of a form rejects: only then are its stretches findings."""
    return form.p_value is not None and form.p_value <= 1 - LEVEL


def explosive_table(forms: Sequence[Form], critical: Critical, *, t: Words = ENGLISH) -> Table:
    """Statistics of each form of the price against critical values of the same length and window."""
    rows: list[tuple[Cell, ...]] = []
    for form in forms:
        for name in ("sadf", "gsadf"):
            found = form.result.statistic(name)
            p = critical.p_value(name, found)
            verdict = t("explosive") if p <= 1 - LEVEL else t("not explosive")
            rows.append((t(FORMS[form.name]), name.upper(), found, critical.value(name, LEVEL), p, verdict))
    columns = (
        Column("form", t("form")),
        Column("test", t("test")),
        Column("statistic", t("statistic"), Kind.NUMBER),
        Column("critical_95", t("critical at 95%"), Kind.NUMBER),
        Column("p_value", t("p value"), Kind.NUMBER),
        Column("verdict", t("verdict")),
    )
    design = critical.design
    notes = [t("{form}: {meaning}.", form=t(FORMS[f.name]), meaning=relayed(t, MEANINGS[f.name])) for f in forms]
    notes.append(
        t(
            "Windows of at least {window} prices, {lags} lags; critical values from {walks} simulated walks of "
            "{prices} prices.",
            window=design.minw,
            lags=design.lags,
            walks=f"{critical.replications:,}",
            prices=f"{design.observations:,}",
        )
    )
    return Table(t("Is the price explosive?"), columns, tuple(rows), tuple(notes), t)


def change(prices: Prices, stretch: Episode) -> float:
    """What the price did from the first to the last day of a stretch, a share: a fall can be explosive too."""
    first, _, last = (np.searchsorted(prices.dates, np.datetime64(label, "D")) for label in stretch.labels)
    return float(prices.values[last] / prices.values[first] - 1.0)


def episodes_table(prices: Prices, forms: Sequence[Form], *, t: Words = ENGLISH) -> Table:
    """Explosive stretches of each form; ``prices`` are one a day, those of the test or more."""
    rows = [
        (
            t(FORMS[form.name]),
            e.labels[0],
            e.labels[1],
            None if e.ongoing else e.labels[2],
            e.length,
            e.statistic,
            change(prices, e),
        )
        for form in forms
        for e in form.episodes
    ]
    columns = (
        Column("form", t("form")),
        Column("start", t("from"), Kind.DATE),
        Column("peak", t("strongest"), Kind.DATE),
        Column("end", t("to"), Kind.DATE),
        Column("length", t("prices"), Kind.COUNT),
        Column("statistic", t("statistic"), Kind.NUMBER),
        Column("change", t("price change"), Kind.PERCENT),
    )
    notes = (
        t("BSADF above the pointwise 95% curve for long enough. No end: the stretch runs to the last price."),
        t("Price change: from the first to the last day of the stretch; a fall can be explosive too."),
        t(
            "On a single day a price that is never explosive passes the curve with odds of 5%: where the GSADF above "
            "does not reject, these stretches are no findings."
        ),
    )
    return Table(t("Explosive stretches"), columns, tuple(rows), notes, t)


def lppls_table(prices: Prices, short: Nest, found: Profile, *, t: Words = ENGLISH) -> Table:
    """The log-periodic reading: share of nested windows that pass, and how loosely the critical time is known."""
    best, (low, high) = found.best, found.interval()

    def shown(when: float) -> str:
        text = str(np.datetime64(0, "D") + round(when))
        edge = when <= found.tc[0] or when >= found.tc[-1]
        return t("{day} (edge of the search)", day=text) if edge else text

    turns = f"{best.turns:.2f}; {best.half_turns:.2f}; {best.damping:.2f}"
    rows: tuple[tuple[Cell, ...], ...] = (
        (t("windows that end on the last price"), str(len(short.fits))),
        (t("of these pass the filters"), str(sum(short.qualified))),
        (t("confidence, rising"), t.percent(short.confidence)),
        (t("confidence, falling"), t.percent(short.anti)),
        (t("critical time, best fit of the long window"), shown(best.tc)),
        (t("not rejected at 95%"), t("{first} to {last}", first=shown(low), last=shown(high))),
        ("m, w", f"{best.m:.3f}, {best.w:.2f}"),
        (t("whole oscillations; half-turns; damping"), turns),
        (t("parameters at a bound of the search"), ", ".join(best.at_bounds) or t("none")),
    )
    notes = (
        t(
            "Long window: the last {size} prices of {all}. Filters count whole oscillations, "
            "w/(2 pi) ln((tc - start)/(tc - end)).",
            size=best.size,
            all=f"{len(prices.values):,}",
        ),
        t("The curve describes the window; it forecasts nothing by itself."),
    )
    columns = (Column("what", t("what"), wrap=True), Column("value", t("value")))
    return Table(t("Log-periodic power law"), columns, rows, notes, t)


def waves_table(prices: Prices, phases: Sequence[Phase], *, rule: str, t: Words = ENGLISH) -> Table:
    """Bull phases with the falls after them, latest first; ``rule`` is told in the reader's language."""
    found = waves(prices.values, tuple(phases))
    rows = [
        (
            day(prices, w.start),
            day(prices, w.peak),
            day(prices, w.low) if w.low is not None else None,
            w.gain,
            w.fall,
            "" if w.begun and w.over else t("start unknown") if not w.begun else t("may go on"),
        )
        for w in reversed(found)
    ]
    columns = (
        Column("start", t("from low"), Kind.DATE),
        Column("peak", t("peak"), Kind.DATE),
        Column("low", t("low after"), Kind.DATE),
        Column("gain", t("gain"), Kind.PERCENT),
        Column("fall", t("fall"), Kind.PERCENT),
        Column("note", t("note")),
    )
    since = day(prices, max(phases[-1].start - 1, 0))
    if phases[-1].bull:
        note = t("{rule}. Now: bull since {day}.", rule=rule, day=since)
    else:
        note = t("{rule}. Now: bear since {day}.", rule=rule, day=since)
    return Table(t("Waves"), columns, tuple(rows), (note,), t)


def shorten(table: Table, most: int) -> Table:
    """The first rows of a table; a note tells how many more there are."""
    more = len(table.rows) - most
    if more <= 0:
        return table
    note = table.t("{more} more rows: --json or --csv.", more=more)
    return replace(table, rows=table.rows[:most], notes=(*table.notes, note))


def drawdown_table(prices: Prices, *, most: int = 5, t: Words = ENGLISH) -> Table:
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
        Column("peak", t("high"), Kind.DATE),
        Column("low", t("low"), Kind.DATE),
        Column("back", t("back at the high"), Kind.DATE),
        Column("high_price", t("its price"), Kind.NUMBER),
        Column("low_price", t("its price"), Kind.NUMBER),
        Column("depth", t("fall"), Kind.PERCENT),
    )
    return Table(t("Deepest falls"), columns, rows, (t("No date of return: still below the high."),), t)


METHODS = {
    "history": N_("history"),
    "volatility": N_("volatility"),
    "structural credit": N_("structural credit"),
    "credit spread": N_("credit spread"),
}
"""Methods that have an opinion on the odds of a crash."""


def odds_table(opinions: Sequence[Opinion], pooled: Pool, own: Own | None, *, t: Words = ENGLISH) -> Table:
    """Each method's odds with its interval and weight, and the pool."""
    weights = dict(pooled.weights)
    rows: list[tuple[Cell, ...]] = [
        (t(METHODS.get(o.method, o.method)), o.odds, o.low, o.high, weights.get(o.method, 0.0), relayed(t, o.basis))
        for o in opinions
    ]
    mean = t("Weighted geometric mean of the odds.")
    rows.append((t("pooled"), pooled.odds, pooled.low, pooled.high, 1.0, mean))
    columns = (
        Column("method", t("method")),
        Column("odds", t("odds"), Kind.PERCENT),
        Column("low", t("low"), Kind.PERCENT),
        Column("high", t("high"), Kind.PERCENT),
        Column("weight", t("weight"), Kind.PERCENT),
        Column("basis", t("rests on"), wrap=True),
    )
    notes = [
        t(
            "Event: {event}. Weights are a choice: --weight METHOD:NUMBER. {meaning}",
            event=relayed(t, pooled.event),
            meaning=relayed(t, pooled.meaning),
        )
    ]
    if own and own.episodes:
        notes.append(
            t(
                "Own record: rises of {rise} in two years, counted anew after two years: {rises}; followed by such a "
                "fall: {falls}; not yet over: {open}.",
                rise=t.percent(own.threshold),
                rises=own.episodes,
                falls=own.crashes,
                open=own.open,
            )
        )
    return Table(t("Odds of a crash"), columns, tuple(rows), tuple(notes), t)


ALIGNED = {
    Align.PEAK: N_(
        "Laid on {name} by peak: correlation {fit} over {prices} prices. {possible} such alignments were possible and "
        "{better} of them fit as well or better."
    ),
    Align.START: N_(
        "Laid on {name} by start: correlation {fit} over {prices} prices. {possible} such alignments were possible and "
        "{better} of them fit as well or better."
    ),
}


def analogue_lines(found: Analogue, name: str, *, t: Words = ENGLISH) -> list[str]:
    """What an analogue with an earlier boom is worth."""
    ahead = found.then[found.now.size :]
    lines = [
        t(
            ALIGNED[found.align],
            name=name,
            fit=f"{found.fit:.3f}",
            prices=f"{min(found.now.size, found.then.size):,}",
            possible=f"{found.possible:,}",
            better=f"{found.better:,}",
        )
    ]
    if ahead.size:
        here = found.then[found.now.size - 1]
        lines.append(
            t(
                "That time the next {prices} prices went as low as {low} and as high as {high}. One past is no "
                "distribution.",
                prices=f"{ahead.size:,}",
                low=f"{ahead.min() / here - 1:+.0%}",
                high=f"{ahead.max() / here - 1:+.0%}",
            )
        )
    return lines
