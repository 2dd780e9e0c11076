"""The company table on screen, in a file and as JSON: the same measures behind each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cardhouse.lenses.measure import Gap, Measure, Reading
from cardhouse.lenses.peers import Peer, Peers
from cardhouse.views.lens import MARKS, dateline, plain
from cardhouse.views.table import Cell, Column, Kind, Table

ELSEWHERE = "*"
"""Marks a cell that is of another period than its row; the note below gives the period."""
SALES = (
    ("gross", "gross"),
    ("operating", "operating"),
    ("net", "net"),
    ("research", "research"),
    ("marketing", "selling"),
)
MEASURES = {
    "revenue": "revenue",
    "revenue_own": "revenue in the firm's currency",
    "gross": "gross margin",
    "operating": "operating margin",
    "net": "net margin",
    "adjusted_net": "adjusted net margin",
    "research": "research share of revenue",
    "marketing": "selling share of revenue",
    "receivable_days": "days of receivables",
    "credit_losses": "credit losses over revenue",
    "allowance": "allowance over receivables before it",
    "cash_conversion": "operating cash flow over net income",
    "return_on_equity": "return on equity",
    "user_cost": "cost of a new paying user",
    "runway": "runway",
    "employees": "employees",
    "revenue_by_employee": "revenue by employee",
}
"""Fields of a peer that are measures, with their names in words."""


def head(answer: Peers) -> str:
    """First line: the book's date, and how currencies and periods are dealt with."""
    return dateline(answer.book, "revenue in USD million at each period's average rate, growth in own currency")


def sales(answer: Peers) -> Table:
    """Revenue, growth and what is left of it."""
    columns = (
        Column("firm", "firm", wrap=True),
        Column("country", "in"),
        Column("period", "months to"),
        Column("revenue", "revenue", Kind.COUNT),
        Column("growth", "growth", Kind.PERCENT),
        *(Column(key, title, Kind.PERCENT) for key, title in SALES),
    )
    rows = tuple(_sales_row(peer) for peer in answer.rows)
    notes = (
        "Gross, operating, net: margins. Research, selling: shares of revenue. Growth: on the same months a year "
        f"earlier, in the currency of the reports. {ELSEWHERE} of another period, given below; x: times revenue.",
    )
    return Table("Revenue (USD million), growth and margins", columns, rows, notes)


def _sales_row(peer: Peer) -> tuple[Cell, ...]:
    shares = (shown(peer, key, "{:.0%}") for key, _ in SALES)
    growth = peer.growth.own
    grown = f"{growth.value:+.0%}" if isinstance(growth, Measure) else MARKS[growth.why]
    return (peer.name, peer.country, period(peer), _number(peer.revenue), grown, *shares)


def period(peer: Peer) -> str:
    """The months of a row and their last day: ``12 to 2025-12-31``."""
    return f"{peer.span.months} to {peer.span.end}"


def _number(reading: Reading) -> Cell:
    return reading.value if isinstance(reading, Measure) else MARKS[reading.why]


def shown(peer: Peer, key: str, form: str) -> str:
    """A measure of a peer in a form such as ``{:.0%}``, marked where its period is not the row's."""
    reading: Reading = getattr(peer, key)
    if isinstance(reading, Gap):
        return MARKS[reading.why]
    return limited(reading, form) + (ELSEWHERE if differs(peer, reading) else "")


def limited(measure: Measure, form: str) -> str:
    """A value as text; shares beyond ten times are given in times, which a reader takes in at a glance."""
    if form.endswith("%}") and abs(measure.value) >= 9.995:
        return f"{measure.value:.0f}x"
    said = form.format(measure.value)
    return said.removeprefix("-") if not said.strip("-0.%x") else said


def differs(peer: Peer, measure: Measure) -> bool:
    """Whether a measure stands for another period, or another day, than the row's."""
    if measure.start is not None:
        return (measure.start, measure.end) != (peer.span.start, peer.span.end)
    return abs((measure.end - peer.span.end).days) > 7


BALANCE = (
    ("receivable_days", "receivable days", "{:.0f}"),
    ("credit_losses", "credit losses", "{:.1%}"),
    ("allowance", "allowance", "{:.0%}"),
    ("cash_conversion", "cash conversion", "{:.1f}x"),
    ("return_on_equity", "return on equity", "{:.0%}"),
    ("user_cost", "USD a new payer", "{:,.0f}"),
    ("runway", "runway, months", "{:.0f}"),
    ("employees", "employees", "{:,.0f}"),
    ("revenue_by_employee", "revenue a head, USD thousand", "{:,.0f}"),
)


def strength(answer: Peers) -> Table:
    """Receivables, cash, return, customers, staff."""
    told = [row for row in BALANCE if any(isinstance(getattr(peer, row[0]), Measure) for peer in answer.rows)]
    columns = (Column("firm", "firm", wrap=True), *(Column(key, title, Kind.NUMBER) for key, title, _ in told))
    rows = tuple((peer.name, *(shown(peer, key, form) for key, _, form in told)) for peer in answer.rows)
    notes = (
        "Receivable days: receivables over revenue of the period that ends with them. Credit losses: over revenue. "
        "Allowance: of receivables before it. Cash conversion: operating cash flow over net income. A new payer: "
        "selling cost over paying users won, net of those who left. Runway: cash over cash burnt a month.",
    )
    return Table("Receivables, cash, return, customers and staff", columns, rows, notes)


def everything(answer: Peers) -> Iterable[Reading]:
    """All readings that the two tables show."""
    for peer in answer.rows:
        yield peer.revenue
        yield peer.growth.own
        yield from (getattr(peer, key) for key, _ in SALES)
        yield from (getattr(peer, key) for key, _, _ in BALANCE)


def lines(answer: Peers) -> Table:
    """One row a firm and measure, in full, for a file."""
    columns = tuple(
        Column(key, key)
        for key in (
            *("firm", "name", "country", "camp", "layer", "measure", "value", "unit", "start", "end", "assumed"),
            *("sources", "flags", "reason"),
        )
    )
    return Table("", columns, tuple(_line(peer, key, value) for peer in answer.rows for key, value in measures(peer)))


def measures(peer: Peer) -> Iterator[tuple[str, Reading]]:
    """All measures of a firm under their names."""
    yield "growth", peer.growth.own
    yield "growth_in_dollars", peer.growth.dollars
    if peer.newest is not None:
        yield "growth_newest", peer.newest.own
    for key in MEASURES:
        yield key, getattr(peer, key)


def _line(peer: Peer, key: str, reading: Reading) -> tuple[Cell, ...]:
    who = (peer.firm, peer.name, peer.country, peer.camp, peer.layer, key)
    if isinstance(reading, Gap):
        return (*who, None, None, None, None, None, None, reading.why.value, str(reading))
    m = reading
    return (*who, m.value, m.unit, m.start, m.end, m.assumed, "|".join(m.sources), "|".join(m.flags), None)


def payload(answer: Peers) -> dict[str, object]:
    """The answer as JSON; the names are those of :class:`Peers` and :class:`Peer`."""
    return {"book_date": answer.day.isoformat(), "unit": "USD_million", **plain(answer)}
