"""What the price of one firm asks for, as tables and sentences."""

from __future__ import annotations

from cardhouse.lenses.measure import Gap, Measure, Reading
from cardhouse.lenses.readings import metric_name
from cardhouse.lenses.value import Value, Valued
from cardhouse.lenses.value.implied import FADES, Frontier, Moved
from cardhouse.lenses.value.price import OLD_PRICE_DAYS, Held, Round
from cardhouse.views.lens import cell, flag_notes, gap_notes, rests
from cardhouse.views.lens import dateline as line
from cardhouse.views.table import Cell, Column, Kind, Table

TERMS = {
    "discount_rate": "discount rate",
    "growth_years": "years of growth",
    "fade_years": "years of fading",
    "long_run_growth": "growth in the long run",
    "target_cash_margin": "free cash flow margin at the end",
}
MULTIPLES = {
    "to_sales": "price / sales",
    "to_run_rate": "price / run rate",
    "to_run_rate_then": "price / run rate on the day of the price",
    "to_earnings": "price / earnings",
    "to_earnings_without_gains": "price / earnings without gains on stakes",
    "enterprise_to_sales": "enterprise value / sales",
    "enterprise_to_run_rate": "enterprise value / run rate",
    "enterprise_to_ebitda": "enterprise value / EBITDA",
    "enterprise_to_profit": "enterprise value / operating profit after tax",
}
YIELDS = {
    "cash_yield": "free cash flow / price",
    "cash_yield_after_stock_pay": "free cash flow after pay in shares / price",
}


LEAST_SHOWN = 0.0005
"""A share of GDP below this is not worth a sentence."""


def dateline(answer: Value) -> str:
    """What every table must carry."""
    return line(answer.book, "USD billion", "prices and years by firm as dated below")


def headline(firm: Valued) -> list[str]:
    """What the price of one firm asks for, in a few sentences."""
    implied, price = firm.implied, firm.price
    inside = [] if firm.asked == firm.name else [f"{firm.asked} is part of {firm.name} now; that is valued here."]
    if isinstance(price.value, Gap):
        return [*inside, f"{price.value}."]
    how = "is worth" if price.listed else "was valued at"
    lines = [*inside, f"{firm.name} {how} {_billion(price.value)} billion dollars ({price.value.end})."]
    if price.round is not None and price.round.paid + price.round.binding + price.round.announced > 0.0:
        lines.append(_round(price.round))
    terms = implied.terms
    held = (
        f"for {terms['growth_years'].value:.0f} years, fading over {terms['fade_years'].value:.0f} to "
        f"{terms['long_run_growth'].value:.1%}, at a margin of {terms['target_cash_margin'].value:.0%} and a "
        f"discount rate of {terms['discount_rate'].value:.1%}"
    )
    if isinstance(implied.growth, Gap):
        return [*lines, f"What growth that asks for cannot be said: {implied.growth.reason}."]
    base = firm.results.base
    if isinstance(base, Measure) and (base.end - price.value.end).days > OLD_PRICE_DAYS:
        lines.append(f"That price is older than the revenue it is set against ({base.end}).")
    lines.append(f"That asks for revenue to grow by {implied.growth.value:.0%} a year {held}.")
    if isinstance(implied.revenue_then, Measure):
        lines.append(_then(firm, implied.revenue_then))
    if isinstance(firm.results.growth, Measure):
        lines.append(
            f"It grew by {_percent(firm.results.growth.value)} in the year to {firm.results.growth.end}; free cash "
            f"flow is {_now(firm.results.margin)} of revenue now."
        )
    if implied.asked_margin is not None:
        lines.append(_margin_at(implied.asked_margin))
    return [*lines, *_without_growth(implied.without_growth)]


def _without_growth(part: Reading) -> list[str]:
    if isinstance(part, Gap):
        return []
    if part.value <= 0.0:
        return ["With growth no faster than the economy's the business would be worth nothing."]
    if part.value < 1.0:
        return [f"With growth no faster than the economy's it would be worth {part.value:.0%} of its price."]
    return ["The price asks for no growth beyond the economy's."]


def _round(money: Round) -> str:
    parts = (("paid", money.paid), ("binding and not wholly paid", money.binding), ("announced only", money.announced))
    said = ", ".join(f"{amount / 1000.0:,.0f} billion {how}" for how, amount in parts if amount > 0.0)
    return f"Of the money of that round that the book knows: {said}."


def _margin_at(asked: Frontier) -> str:
    if isinstance(asked.margin, Gap):
        return f"At growth of {asked.growth:.0%} a year no margin explains it: {asked.margin.reason}."
    return f"At growth of {asked.growth:.0%} a year it asks for a margin of {asked.margin.value:.0%} at the end."


def _then(firm: Valued, then: Measure) -> str:
    years = firm.implied.terms["growth_years"].value
    said = f"Revenue would then be {_billion(then)} billion a year in {years:.0f} years"
    shares = [
        f"{part.value:.1%} of the GDP of {where}"
        for where, part in zip(("the United States", "the world"), firm.implied.of_gdp.values(), strict=True)
        if isinstance(part, Measure) and part.value >= LEAST_SHOWN
    ]
    return f"{said}, {' and '.join(shares)} of that time." if shares else f"{said}."


def bridge(firm: Valued) -> Table:
    """From the price of the shares to that of the business."""
    price, results = firm.price, firm.results
    parts: tuple[tuple[str, Reading], ...] = (
        ("value of the shares in the last round" if price.round else "market value of the shares", price.value),
        ("+ debt", price.debt),
        ("+ finance leases", price.finance_leases),
        ("- cash and investments", price.cash),
        ("- stakes in firms of the book, at today's prices", price.stakes),
        ("= enterprise value", price.enterprise),
        ("revenue, last four quarters", results.revenue),
        ("revenue, yearly pace now", results.run_rate),
        ("operating income", results.operating_income),
        ("net income", results.net_income),
        ("free cash flow", results.free_cash),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple((name, cell(r), *period(r), _assumed(r)) for name, r in parts)
    columns = (
        Column("part", "part", wrap=True),
        Column("amount", "amount", Kind.MONEY),
        Column("start", "from", Kind.DATE),
        Column("end", "to", Kind.DATE),
        Column("assumed", "on assumptions", Kind.PERCENT),
    )
    notes = (*gap_notes(r for name, r in parts if "leases" not in name), *flag_notes(r for _, r in parts))
    title = f"{firm.name}: price and year (USD billion)"
    return Table(title, columns, rows, tuple(filter(None, (*notes, rests(r for _, r in parts)))))


def multiples(firm: Valued) -> Table:
    """All multiples of one firm."""
    found = firm.multiples
    rows: list[tuple[Cell, ...]] = []
    for key, name in MULTIPLES.items():
        reading: Reading = getattr(found, key)
        rows.append((name, times(reading), *period(reading)[1:], _assumed(reading)))
    for key, name in YIELDS.items():
        reading = getattr(found, key)
        rows.append((name, share(reading, digits=1), *period(reading)[1:], _assumed(reading)))
    columns = (
        Column("multiple", "multiple", wrap=True),
        Column("value", "times, or percent", Kind.TEXT),
        Column("end", "latest figure", Kind.DATE),
        Column("assumed", "on assumptions", Kind.PERCENT),
    )
    readings = tuple(getattr(found, key) for key in (*MULTIPLES, *YIELDS))
    return Table(f"{firm.name}: multiples", columns, tuple(rows), gap_notes(readings))


def by_rate(firm: Valued) -> Table:
    """Growth that the price asks for, over discount rate and fade."""
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (row.rate, *(share(g) for g in row.growth)) for row in firm.implied.by_rate
    )
    columns = (
        Column("rate", "discount rate", Kind.PERCENT),
        *(Column(f"fade_{n}", f"fades over {n} years") for n in FADES),
    )
    readings = tuple(g for row in firm.implied.by_rate for g in row.growth)
    return Table(f"{firm.name}: growth a year that the price asks for", columns, rows, gap_notes(readings))


def frontier(firm: Valued) -> Table:
    """Margins that explain the price at given growth."""
    rows = tuple((row.growth, share(row.margin)) for row in firm.implied.frontier)
    columns = (Column("growth", "growth a year", Kind.PERCENT), Column("margin", "free cash flow margin at the end"))
    readings = tuple(row.margin for row in firm.implied.frontier)
    return Table(f"{firm.name}: growth and margin that explain the price alike", columns, rows, gap_notes(readings))


def moved(firm: Valued) -> Table:
    """Each assumption at its ends, and the growth asked for there."""
    rows = tuple(
        (TERMS[m.name], *(_term(m, x) for x in (m.low, m.central, m.high)), share(m.growth_low), share(m.growth_high))
        for m in firm.implied.moved
    )
    columns = (
        Column("assumption", "assumption", wrap=True),
        Column("low", "low"),
        Column("central", "central"),
        Column("high", "high"),
        Column("growth_low", "growth asked for at low"),
        Column("growth_high", "at high"),
    )
    readings = tuple(g for m in firm.implied.moved for g in (m.growth_low, m.growth_high))
    return Table(f"{firm.name}: what the assumptions do, one at a time", columns, rows, gap_notes(readings))


def expected(answer: Value, firm: Valued) -> Table:
    """What the firm and analysts say about the next periods."""
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            metric_name(answer.book, e.metric),
            e.said,
            e.amount.start,
            e.amount.end,
            _billion(e.amount) if e.amount.unit == "USD_million" else "",
            share(e.growth),
        )
        for e in firm.implied.expected
    )
    columns = (
        Column("forecast", "forecast", wrap=True),
        Column("said", "said", Kind.DATE),
        Column("start", "from", Kind.DATE),
        Column("end", "to", Kind.DATE),
        Column("amount", "amount"),
        Column("growth", "growth a year"),
    )
    notes = ("Growth a year: from the middle of the base's period to the middle of the forecast's.",)
    title = f"{firm.name}: what is expected (USD billion)"
    return Table(title, columns, rows, (*notes, *gap_notes(e.growth for e in firm.implied.expected)))


def stakes(answer: Value, firm: Valued) -> Table:
    """Stakes that the firm holds, and that others hold in it."""
    rows = tuple(
        (_name(answer, s.holder), _name(answer, s.held), s.fraction or None, cell(s.worth), _by(s))
        for s in sorted(firm.stakes, key=lambda s: (s.holder != firm.firm, s.holder, s.held))
    )
    columns = (
        Column("holder", "holder"),
        Column("held", "holds shares of"),
        Column("fraction", "share", Kind.PERCENT),
        Column("worth", "worth", Kind.MONEY),
        Column("by", "at"),
    )
    return Table(f"{firm.name}: stakes (USD billion)", columns, rows, gap_notes(s.worth for s in firm.stakes))


def period(reading: Reading) -> tuple[Cell, Cell]:
    """First and last day of a measure; nothing for a gap."""
    return (reading.start, reading.end) if isinstance(reading, Measure) else (None, None)


def _assumed(reading: Reading) -> Cell:
    return reading.assumed if isinstance(reading, Measure) and reading.basis else None


def times(reading: Reading) -> str:
    """A multiple as text, or the mark of a gap."""
    if isinstance(reading, Gap):
        return str(cell(reading))
    return f"{reading.value:,.0f}" if reading.value >= 99.5 else f"{reading.value:.1f}"


def share(reading: Reading, *, digits: int = 0) -> str:
    """A fraction as percent, or the mark of a gap."""
    return str(cell(reading)) if isinstance(reading, Gap) else _percent(reading.value, digits=digits)


def _percent(value: float, *, digits: int = 0) -> str:
    return f"{value:.{digits}%}" if abs(value) < 9.995 else f"{value:,.0%}"


def _now(margin: Reading) -> str:
    return _percent(margin.value) if isinstance(margin, Measure) else "an unknown part"


def _term(m: Moved, at: Measure) -> str:
    return f"{at.value:.0f} years" if m.name.endswith("_years") else f"{at.value:.1%}"


def _by(stake: Held) -> str:
    return "today's price" if stake.at_mark else "carrying amount"


def _name(answer: Value, firm: str) -> str:
    return answer.book.firms[firm].name if firm in answer.book.firms else firm


def _billion(measure: Measure) -> str:
    amount = measure.value / 1000.0
    return f"{amount:,.0f}" if amount >= 99.5 else f"{amount:,.1f}"
