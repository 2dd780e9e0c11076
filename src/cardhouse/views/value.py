"""What the price of one firm asks for, as tables and sentences."""

from __future__ import annotations

from cardhouse.lenses.measure import Gap, Measure, Reading
from cardhouse.lenses.readings import metric_name
from cardhouse.lenses.value import Value, Valued
from cardhouse.lenses.value.implied import FADES, Frontier, Moved
from cardhouse.lenses.value.price import OLD_PRICE_DAYS, Held, Round
from cardhouse.views.lens import cell, flag_notes, gap_notes, rests
from cardhouse.views.lens import dateline as line
from cardhouse.views.relayed import relayed
from cardhouse.views.table import Cell, Column, Kind, Table
from cardhouse.views.words import ENGLISH, N_, Words

TERMS = {
    "discount_rate": N_("discount rate"),
    "growth_years": N_("years of growth"),
    "fade_years": N_("years of fading"),
    "long_run_growth": N_("growth in the long run"),
    "target_cash_margin": N_("free cash flow margin at the end"),
}
MULTIPLES = {
    "to_sales": N_("price / sales"),
    "to_run_rate": N_("price / run rate"),
    "to_run_rate_then": N_("price / run rate on the day of the price"),
    "to_earnings": N_("price / earnings"),
    "to_earnings_without_gains": N_("price / earnings without gains on stakes"),
    "enterprise_to_sales": N_("enterprise value / sales"),
    "enterprise_to_run_rate": N_("enterprise value / run rate"),
    "enterprise_to_ebitda": N_("enterprise value / EBITDA"),
    "enterprise_to_profit": N_("enterprise value / operating profit after tax"),
}
YIELDS = {
    "cash_yield": N_("free cash flow / price"),
    "cash_yield_after_stock_pay": N_("free cash flow after pay in shares / price"),
}


OF_GDP = (N_("{share} of the GDP of the United States"), N_("{share} of the GDP of the world"))
LEAST_SHOWN = 0.0005
"""A share of GDP below this is not worth a sentence."""


def dateline(answer: Value, *, t: Words = ENGLISH) -> str:
    """What every table must carry."""
    return line(answer.book, t.money_unit, t("prices and years by firm as dated below"), t=t)


def headline(firm: Valued, *, t: Words = ENGLISH) -> list[str]:
    """What the price of one firm asks for, in a few sentences."""
    implied, price, name = firm.implied, firm.price, t.named(firm.name)
    inside = (
        []
        if firm.asked == firm.name
        else [t("{part} is part of {firm} now; that is valued here.", part=t.named(firm.asked), firm=name)]
    )
    if isinstance(price.value, Gap):
        return [*inside, t("{reason}.", reason=relayed(t, str(price.value)))]
    worth = (
        N_("{firm} is worth {value} billion dollars ({day}).")
        if price.listed
        else N_("{firm} was valued at {value} billion dollars ({day}).")
    )
    lines = [*inside, t(worth, firm=name, value=_billion(price.value, t), day=price.value.end)]
    if price.round is not None:
        lines += _round(price.round, t)
    terms = implied.terms
    held = t(
        "for {years} years, fading over {fade} to {long_run}, at a margin of {margin} and a discount rate of {rate}",
        years=f"{terms['growth_years'].value:.0f}",
        fade=f"{terms['fade_years'].value:.0f}",
        long_run=f"{terms['long_run_growth'].value:.1%}",
        margin=f"{terms['target_cash_margin'].value:.0%}",
        rate=f"{terms['discount_rate'].value:.1%}",
    )
    if isinstance(implied.growth, Gap):
        return [
            *lines,
            t("What growth that asks for cannot be said: {reason}.", reason=relayed(t, str(implied.growth))),
        ]
    base = firm.results.base
    old = isinstance(base, Measure) and (base.end - price.value.end).days > OLD_PRICE_DAYS
    if old and isinstance(base, Measure):
        lines.append(t("That price is older than the revenue it is set against ({day}).", day=base.end))
    lines.append(
        t("That asks for revenue to grow by {growth} a year {held}.", growth=f"{implied.growth.value:.0%}", held=held)
    )
    if old and isinstance(implied.growth_then, Measure):
        text = N_("With the cash and the yearly pace of the day of that price it asks for {growth} a year.")
        lines.append(t(text, growth=f"{implied.growth_then.value:.0%}"))
    if isinstance(implied.revenue_then, Measure):
        lines.append(_then(firm, implied.revenue_then, t))
    if isinstance(firm.results.growth, Measure):
        text = (
            N_("It grew by {growth} in the year to {day}; free cash flow is planned at {margin} of revenue (assumed).")
            if firm.results.planned
            else N_("It grew by {growth} in the year to {day}; free cash flow is {margin} of revenue now.")
        )
        said = {"growth": _percent(firm.results.growth.value), "margin": _now(firm.results.margin, t)}
        lines.append(t(text, day=firm.results.growth.end, **said))
    if firm.results.planned and isinstance(firm.results.burnt, Measure):
        burnt = firm.results.burnt
        lines.append(
            t("By its own figures it was {margin} in the year to {day}.", margin=_percent(burnt.value), day=burnt.end)
        )
    if implied.asked_margin is not None:
        lines.append(_margin_at(implied.asked_margin, t))
    return [*lines, *_without_growth(implied.without_growth, t)]


def _without_growth(part: Reading, t: Words) -> list[str]:
    if isinstance(part, Gap):
        return []
    if part.value <= 0.0:
        return [t("With growth no faster than the economy's the business would be worth nothing.")]
    if part.value < 1.0:
        return [
            t(
                "With growth no faster than the economy's it would be worth {part} of its price.",
                part=f"{part.value:.0%}",
            )
        ]
    return [t("The price asks for no growth beyond the economy's.")]


def _round(money: Round, t: Words) -> list[str]:
    """What the round raised as reported, and what has become of the money that ties name."""
    parts = (
        (N_("{amount} billion paid"), money.paid),
        (N_("{amount} billion binding and still to pay"), money.binding),
        (N_("{amount} billion announced only"), money.announced),
    )
    known = [t(how, amount=t.whole(amount)) for how, amount in parts if amount > 0.0]
    lines = []
    if isinstance(money.raised, Measure):
        lines.append(t("That round raised {amount} billion.", amount=t.whole(money.raised.value)))
    if known:
        lines.append(t("Of the money of that round that the book knows: {said}.", said=t.comma.join(known)))
    return lines


def _margin_at(asked: Frontier, t: Words) -> str:
    if isinstance(asked.margin, Gap):
        return t(
            "At growth of {growth} a year no margin explains it: {reason}.",
            growth=f"{asked.growth:.0%}",
            reason=relayed(t, asked.margin.reason),
        )
    return t(
        "At growth of {growth} a year it asks for a margin of {margin} at the end.",
        growth=f"{asked.growth:.0%}",
        margin=f"{asked.margin.value:.0%}",
    )


def _then(firm: Valued, then: Measure, t: Words) -> str:
    years = firm.implied.terms["growth_years"].value
    said = {"revenue": _billion(then, t), "years": f"{years:.0f}"}
    shares = [
        t(where, share=f"{part.value:.1%}")
        for where, part in zip(OF_GDP, firm.implied.of_gdp.values(), strict=True)
        if isinstance(part, Measure) and part.value >= LEAST_SHOWN
    ]
    if not shares:
        return t("Revenue would then be {revenue} billion a year in {years} years.", **said)
    text = N_("Revenue would then be {revenue} billion a year in {years} years, {shares} of that time.")
    return t(text, **said, shares=t.listed(shares))


def bridge(firm: Valued, *, t: Words = ENGLISH) -> Table:
    """From the price of the shares to that of the business."""
    price, results = firm.price, firm.results
    parts: tuple[tuple[str, Reading], ...] = (
        (t("value of the shares in the last round") if price.round else t("market value of the shares"), price.value),
        (t("+ debt"), price.debt),
        (t("+ finance leases"), price.finance_leases),
        (t("- cash and investments"), price.cash),
        (t("- stakes in firms of the book, at today's prices"), price.stakes),
        (t("= enterprise value"), price.enterprise),
        (t("revenue, last four quarters"), results.revenue),
        (t("revenue, yearly pace now"), results.run_rate),
        (t("operating income"), results.operating_income),
        (t("net income"), results.net_income),
        (t("free cash flow"), results.free_cash),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple((name, cell(r, t=t), *period(r), _assumed(r)) for name, r in parts)
    columns = (
        Column("part", t("part"), wrap=True),
        Column("amount", t("amount"), Kind.MONEY),
        Column("start", t("from"), Kind.DATE),
        Column("end", t("to"), Kind.DATE),
        Column("assumed", t("on assumptions"), Kind.PERCENT),
    )
    notes = (*gap_notes((r for name, r in parts if "leases" not in name), t=t), *flag_notes((r for _, r in parts), t=t))
    title = t("{firm}: price and year ({unit})", firm=t.named(firm.name), unit=t.money_unit)
    return Table(title, columns, rows, tuple(filter(None, (*notes, rests((r for _, r in parts), t=t)))), t)


def multiples(firm: Valued, *, t: Words = ENGLISH) -> Table:
    """All multiples of one firm."""
    found = firm.multiples
    rows: list[tuple[Cell, ...]] = []
    for key, name in MULTIPLES.items():
        reading: Reading = getattr(found, key)
        rows.append((t(name), times(reading, t=t), *period(reading)[1:], _assumed(reading)))
    for key, name in YIELDS.items():
        reading = getattr(found, key)
        rows.append((t(name), share(reading, digits=1, t=t), *period(reading)[1:], _assumed(reading)))
    columns = (
        Column("multiple", t("multiple"), wrap=True),
        Column("value", t("times, or percent"), Kind.TEXT),
        Column("end", t("latest figure"), Kind.DATE),
        Column("assumed", t("on assumptions"), Kind.PERCENT),
    )
    readings = tuple(getattr(found, key) for key in (*MULTIPLES, *YIELDS))
    return Table(t("{firm}: multiples", firm=t.named(firm.name)), columns, tuple(rows), gap_notes(readings, t=t), t)


def by_rate(firm: Valued, *, t: Words = ENGLISH) -> Table:
    """Growth that the price asks for, over discount rate and fade."""
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (row.rate, *(share(g, t=t) for g in row.growth)) for row in firm.implied.by_rate
    )
    columns = (
        Column("rate", t("discount rate"), Kind.PERCENT),
        *(Column(f"fade_{n}", t("fades over {years} years", years=n)) for n in FADES),
    )
    readings = tuple(g for row in firm.implied.by_rate for g in row.growth)
    return Table(
        t("{firm}: growth a year that the price asks for", firm=t.named(firm.name)),
        columns,
        rows,
        gap_notes(readings, t=t),
        t,
    )


def frontier(firm: Valued, *, t: Words = ENGLISH) -> Table:
    """Margins that explain the price at given growth."""
    rows = tuple((row.growth, share(row.margin, t=t)) for row in firm.implied.frontier)
    columns = (
        Column("growth", t("growth a year"), Kind.PERCENT),
        Column("margin", t("free cash flow margin at the end")),
    )
    readings = tuple(row.margin for row in firm.implied.frontier)
    return Table(
        t("{firm}: growth and margin that explain the price alike", firm=t.named(firm.name)),
        columns,
        rows,
        gap_notes(readings, t=t),
        t,
    )


def moved(firm: Valued, *, t: Words = ENGLISH) -> Table:
    """Each assumption at its ends, and the growth asked for there."""
    rows = tuple(
        (
            t(TERMS[m.name]),
            *(_term(m, x, t) for x in (m.low, m.central, m.high)),
            share(m.growth_low, t=t),
            share(m.growth_high, t=t),
        )
        for m in firm.implied.moved
    )
    columns = (
        Column("assumption", t("assumption"), wrap=True),
        Column("low", t("low")),
        Column("central", t("central")),
        Column("high", t("high")),
        Column("growth_low", t("growth asked for at low")),
        Column("growth_high", t("at high")),
    )
    readings = tuple(g for m in firm.implied.moved for g in (m.growth_low, m.growth_high))
    return Table(
        t("{firm}: what the assumptions do, one at a time", firm=t.named(firm.name)),
        columns,
        rows,
        gap_notes(readings, t=t),
        t,
    )


def expected(answer: Value, firm: Valued, *, t: Words = ENGLISH) -> Table:
    """What the firm and analysts say about the next periods."""
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            relayed(t, metric_name(answer.book, e.metric)),
            e.said,
            e.amount.start,
            e.amount.end,
            _billion(e.amount, t) if e.amount.unit == "USD_million" else "",
            share(e.growth, t=t),
        )
        for e in firm.implied.expected
    )
    columns = (
        Column("forecast", t("forecast"), wrap=True),
        Column("said", t("said"), Kind.DATE),
        Column("start", t("from"), Kind.DATE),
        Column("end", t("to"), Kind.DATE),
        Column("amount", t("amount")),
        Column("growth", t("growth a year")),
    )
    notes = (t("Growth a year: from the middle of the base's period to the middle of the forecast's."),)
    title = t("{firm}: what is expected ({unit})", firm=t.named(firm.name), unit=t.money_unit)
    return Table(title, columns, rows, (*notes, *gap_notes((e.growth for e in firm.implied.expected), t=t)), t)


def stakes(answer: Value, firm: Valued, *, t: Words = ENGLISH) -> Table:
    """Stakes that the firm holds, and that others hold in it."""
    rows = tuple(
        (_name(answer, s.holder, t), _name(answer, s.held, t), s.fraction or None, cell(s.worth, t=t), _by(s, t))
        for s in sorted(firm.stakes, key=lambda s: (s.holder != firm.firm, s.holder, s.held))
    )
    columns = (
        Column("holder", t("holder")),
        Column("held", t("holds shares of")),
        Column("fraction", t("share"), Kind.PERCENT),
        Column("worth", t("worth"), Kind.MONEY),
        Column("by", t.meant("at", N_("valued at"))),
    )
    return Table(
        t("{firm}: stakes ({unit})", firm=t.named(firm.name), unit=t.money_unit),
        columns,
        rows,
        gap_notes((s.worth for s in firm.stakes), t=t),
        t,
    )


def period(reading: Reading) -> tuple[Cell, Cell]:
    """First and last day of a measure; nothing for a gap."""
    return (reading.start, reading.end) if isinstance(reading, Measure) else (None, None)


def _assumed(reading: Reading) -> Cell:
    return reading.assumed if isinstance(reading, Measure) and reading.basis else None


def times(reading: Reading, *, t: Words = ENGLISH) -> str:
    """A multiple as text, or the mark of a gap."""
    if isinstance(reading, Gap):
        return str(cell(reading, t=t))
    return f"{reading.value:,.0f}" if reading.value >= 99.5 else f"{reading.value:.1f}"


def share(reading: Reading, *, digits: int = 0, t: Words = ENGLISH) -> str:
    """A fraction as percent, or the mark of a gap."""
    return str(cell(reading, t=t)) if isinstance(reading, Gap) else _percent(reading.value, digits=digits)


def _percent(value: float, *, digits: int = 0) -> str:
    return f"{value:.{digits}%}" if abs(value) < 9.995 else f"{value:,.0%}"


def _now(margin: Reading, t: Words) -> str:
    return _percent(margin.value) if isinstance(margin, Measure) else t("an unknown part")


def _term(m: Moved, at: Measure, t: Words) -> str:
    return t("{years} years", years=f"{at.value:.0f}") if m.name.endswith("_years") else f"{at.value:.1%}"


def _by(stake: Held, t: Words) -> str:
    return t("today's price") if stake.at_mark else t("carrying amount or cost")


def _name(answer: Value, firm: str, t: Words) -> str:
    return t.called(answer.book, firm)


def _billion(measure: Measure, t: Words) -> str:
    amount = measure.value / t.money_scale
    return f"{amount:,.0f}" if amount >= 99.5 else f"{amount:,.1f}"
