"""The company table on screen, in a file and as JSON: the same measures behind each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cardhouse.lenses.measure import Gap, Measure, Reading
from cardhouse.lenses.peers import Peer, Peers
from cardhouse.views.lens import MARKS, dateline, plain
from cardhouse.views.table import Cell, Column, Kind, Table
from cardhouse.views.words import ENGLISH, N_, Words

ELSEWHERE = "*"
"""Marks a cell that is of another period than its row; the note below gives the period."""
MOST_MONTHS = 120
MORE_MONTHS = ">120"
"""Ten years of runway: beyond it the number says no more than that."""
SALES = (
    ("gross", N_("gross")),
    ("operating", N_("operating")),
    ("net", N_("net")),
    ("research", N_("research")),
    ("marketing", N_("selling")),
)
MEASURES = {
    "revenue": N_("revenue"),
    "revenue_own": N_("revenue in the firm's currency"),
    "gross": N_("gross margin"),
    "operating": N_("operating margin"),
    "net": N_("net margin"),
    "adjusted_net": N_("adjusted net margin"),
    "research": N_("research share of revenue"),
    "marketing": N_("selling share of revenue"),
    "receivable_days": N_("days of receivables"),
    "credit_losses": N_("credit losses over revenue"),
    "allowance": N_("allowance over receivables before it"),
    "cash_conversion": N_("operating cash flow over net income"),
    "return_on_equity": N_("return on equity"),
    "user_cost": N_("cost of a new paying user"),
    "runway": N_("runway"),
    "employees": N_("employees"),
    "revenue_by_employee": N_("revenue by employee"),
}
"""Fields of a peer that are measures, with their names in words."""


def head(answer: Peers, *, t: Words = ENGLISH) -> str:
    """First line: the book's date, and how currencies and periods are dealt with."""
    return dateline(answer.book, t("revenue in USD million at each period's average rate, growth in own currency"), t=t)


def sales(answer: Peers, *, t: Words = ENGLISH) -> Table:
    """Revenue, growth and what is left of it."""
    columns = (
        Column("firm", t("firm"), wrap=True),
        Column("country", t.meant("in", N_("country"))),
        Column("period", t("months to")),
        Column("revenue", t("revenue"), Kind.COUNT),
        Column("growth", t("growth"), Kind.PERCENT),
        *(Column(key, t(title), Kind.PERCENT) for key, title in SALES),
    )
    rows = tuple(_sales_row(peer, t) for peer in answer.rows)
    notes = (
        t(
            "Gross, operating, net: margins. Research, selling: shares of revenue. Growth: on the same months a year "
            "earlier, in the currency of the reports. {mark} of another period, given below; x: times revenue.",
            mark=ELSEWHERE,
        ),
    )
    return Table(t("Revenue (USD million), growth and margins"), columns, rows, notes, t)


def called(peer: Peer, t: Words) -> str:
    """The name of a firm in the reader's language."""
    return peer.name_zh or peer.name if t.lang == "zh" else peer.name


def _sales_row(peer: Peer, t: Words) -> tuple[Cell, ...]:
    shares = (shown(peer, key, "{:.0%}", t=t) for key, _ in SALES)
    growth = peer.growth.own
    grown = f"{growth.value:+.0%}" if isinstance(growth, Measure) else t(MARKS[growth.why])
    return (called(peer, t), peer.country, period(peer, t=t), _number(peer.revenue, t), grown, *shares)


def period(peer: Peer, *, t: Words = ENGLISH) -> str:
    """The months of a row and their last day: ``12 to 2025-12-31``."""
    return t("{months} to {day}", months=peer.span.months, day=peer.span.end)


def _number(reading: Reading, t: Words) -> Cell:
    return reading.value if isinstance(reading, Measure) else t(MARKS[reading.why])


def shown(peer: Peer, key: str, form: str, *, t: Words = ENGLISH) -> str:
    """A measure of a peer in a form such as ``{:.0%}``, marked where its period is not the row's."""
    reading: Reading = getattr(peer, key)
    if isinstance(reading, Gap):
        return t(MARKS[reading.why])
    said = MORE_MONTHS if key == "runway" and reading.value > MOST_MONTHS else limited(reading, form)
    return said + (ELSEWHERE if differs(peer, reading) else "")


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
    ("receivable_days", N_("receivable days"), "{:.0f}"),
    ("credit_losses", N_("credit losses"), "{:.1%}"),
    ("allowance", N_("allowance"), "{:.0%}"),
    ("cash_conversion", N_("cash conversion"), "{:.1f}x"),
    ("return_on_equity", N_("return on equity"), "{:.0%}"),
    ("user_cost", N_("USD a new payer"), "{:,.0f}"),
    ("runway", N_("runway, months"), "{:.0f}"),
    ("employees", N_("employees"), "{:,.0f}"),
    ("revenue_by_employee", N_("revenue a head, USD thousand"), "{:,.0f}"),
)


def strength(answer: Peers, *, t: Words = ENGLISH) -> Table:
    """Receivables, cash, return, customers, staff."""
    told = [row for row in BALANCE if any(isinstance(getattr(peer, row[0]), Measure) for peer in answer.rows)]
    columns = (Column("firm", t("firm"), wrap=True), *(Column(key, t(title), Kind.NUMBER) for key, title, _ in told))
    rows = tuple((called(peer, t), *(shown(peer, key, form, t=t) for key, _, form in told)) for peer in answer.rows)
    notes = (
        t(
            "Receivable days: receivables over revenue of the period that ends with them (restate takes the last "
            "quarter). Credit losses: over revenue, of a year where there is one. "
            "Allowance: of receivables before it. Cash conversion: operating cash flow over net income. A new payer: "
            "selling cost over paying users won, net of those who left. Runway: newest cash over cash "
            "burnt a month in the newest period."
        ),
    )
    return Table(t("Receivables, cash, return, customers and staff"), columns, rows, notes, t)


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
