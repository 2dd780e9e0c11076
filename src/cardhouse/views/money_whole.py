"""The whole network's money as sentences and tables."""

from __future__ import annotations

from cardhouse.book import Book
from cardhouse.lenses.measure import Gap, Measure
from cardhouse.lenses.money import Period, Source, Whole
from cardhouse.lenses.money.whole import NETWORKS, Row
from cardhouse.lenses.readings import entity_name
from cardhouse.views.lens import cell, dateline, flag_notes, rests
from cardhouse.views.money import SCOPES
from cardhouse.views.table import Cell, Column, Kind, Table, billions

LEAST = 0.02
"""Share of a backlog below which a laboratory gets no line."""
WORDS = {Period.PAID: "paid last year", Period.PLAN: "plan, four quarters", Period.AHEAD: "all that is promised"}


def head(book: Book, answer: Whole, scope: str) -> str:
    """What every table must carry."""
    paid = answer.totals[0]
    return dateline(book, f"paid: {paid.start} to {paid.end}", "USD billion", f"ties: {SCOPES[scope]}")


def headline(book: Book, answer: Whole) -> str:
    """The answer in a few sentences."""
    paid, plan = answer.totals[:2]
    said = (
        f"In the year to {paid.end} firms of the book paid each other {billions(paid.gross.value)} billion dollars; "
        f"set off all together {billions(paid.multilateral.value)} would have done. {paid.balanced.value:.0%} of it "
        f"only went round (at most {paid.maximum.value:.0%}); in the plan of the next four quarters it is "
        f"{plan.balanced.value:.0%}."
    )
    most = max(answer.rows, key=lambda r: r.mix.own.value, default=None)
    if most is not None and most.mix.own.value > 0:
        said += (
            f" {entity_name(book, most.firm)} got most of its own money back: {100 * most.mix.own.value:.1f} of 100 "
            "dollars from customers."
        )
    return said


def firms(book: Book, answer: Whole) -> Table:
    """Every firm that sells: sources of its customers' money, what comes back, what goes round."""
    columns = (
        Column("firm", "firm"),
        Column("sales", "sales", Kind.MONEY),
        Column("named", "named by ties", Kind.PERCENT),
        Column("customers", "custo- mers", Kind.NUMBER),
        Column("lenders", "len- ders", Kind.NUMBER),
        Column("shareholders", "share- holders", Kind.NUMBER),
        Column("cash", "cash", Kind.NUMBER),
        Column("unknown", "not known", Kind.NUMBER),
        Column("own", "own money", Kind.NUMBER),
        Column("returns", "dollar returns", Kind.PERCENT),
        Column("circular", "goes round", Kind.PERCENT),
        Column("assumed", "assu- med", Kind.PERCENT),
    )
    notes = (
        "Of 100 dollars from customers in each firm's own year: customers to own money add up to 100. Named: share of "
        "sales whose payer the ties name. Returns: probability that a dollar paid to a firm comes back. Goes round: "
        "share of payments to and from firms. Assumed: share of the dollars behind the row; timing not counted.",
        *flag_notes((r.mix.amount for r in answer.rows), most=6),
        rests(r.mix.own for r in answer.rows),
    )
    return Table(
        "Whose money pays each firm (sales in USD billion)", columns, tuple(_row(book, r) for r in answer.rows), notes
    )


def _row(book: Book, r: Row) -> tuple[Cell, ...]:
    shares = (round(100.0 * r.mix.sources[s].value, 1) for s in Source)
    own = round(100.0 * r.mix.own.value, 1)
    returns = r.returns.value if isinstance(r.returns, Measure) else None
    circular = r.circular.value if isinstance(r.circular, Measure) else None
    name = entity_name(book, r.firm)
    return (name, r.mix.amount.value, r.mix.named.value, *shares, own, returns, circular, r.mix.own.assumed)


def backlogs(book: Book, answer: Whole) -> Table | str:
    """How much of each reported backlog depends on which laboratory."""
    if not answer.backlogs:
        return ""
    rows = tuple(
        (
            entity_name(book, b.firm),
            b.reported.end if isinstance(b.reported, Measure) else None,
            cell(b.reported),
            cell(b.explained),
            entity_name(book, d.laboratory),
            d.direct.value,
            d.bought_for.value + d.through.value,
            d.whole.value,
            "backlog" if b.of_reported else "ties",
        )
        for b in answer.backlogs
        for d in b.laboratories
        if d.whole.value >= LEAST
    )
    columns = (
        Column("firm", "firm"),
        Column("day", "at", Kind.DATE),
        Column("reported", "back- log", Kind.MONEY),
        Column("explained", "by ties", Kind.MONEY),
        Column("laboratory", "on"),
        Column("direct", "its own con- tracts", Kind.MONEY),
        Column("indirect", "through others", Kind.MONEY),
        Column("share", "share", Kind.PERCENT),
        Column("of", "of"),
    )
    note = "Share of the reported backlog, or of the contracts by tie where these exceed it; shares under 2% left out."
    return Table("Backlogs by laboratory (USD billion)", columns, rows, (note,))


def totals(answer: Whole) -> Table:
    """Gross and net by window."""
    rows = tuple(
        (
            WORDS[t.period],
            *(cell(m) for m in (t.gross, t.bilateral, t.multilateral, t.balanced, t.maximum, t.sales)),
            t.gross.assumed,
        )
        for t in answer.totals
    )
    columns = (
        Column("window", "payments"),
        Column("gross", "gross", Kind.MONEY),
        Column("bilateral", "net by pair", Kind.MONEY),
        Column("multilateral", "net all together", Kind.MONEY),
        Column("balanced", "goes round, balanced", Kind.PERCENT),
        Column("maximum", "at most", Kind.PERCENT),
        Column("sales", "of sales alone", Kind.PERCENT),
        Column("assumed", "assumed", Kind.PERCENT),
    )
    note = "Of sales alone: what at most goes round without investments and loans of one firm in another."
    return Table("Gross and net of payments between firms (USD billion)", columns, rows, (note,))


def years(answer: Whole) -> Table:
    """The circular share by year of the plan."""
    rows = tuple((f"to {y.end}", y.gross, y.balanced, y.maximum) for y in answer.years)
    columns = (
        Column("year", "four quarters"),
        Column("gross", "planned payments", Kind.MONEY),
        Column("balanced", "goes round, balanced", Kind.PERCENT),
        Column("maximum", "at most", Kind.PERCENT),
    )
    note = (
        "Schedules of contracts and shares of what firms plan to spend, without debt service. Investments count only "
        "as far as they are promised: where none is, no ring closes through them."
    )
    return Table("How much only goes round, by year of the plan (USD billion)", columns, rows, (note,))


def chance(answer: Whole) -> Table | str:
    """Rings by length beside networks wired at random."""
    if isinstance(answer.chance, Gap):
        return f"No comparison with chance: {answer.chance.reason}."
    if not any(c.count for c in answer.chance):
        return "No ring of payments was found in the last year."
    rows = tuple(
        (c.length, c.count, c.expected, c.chance, c.amount, c.amount_expected, c.amount_chance) for c in answer.chance
    )
    columns = (
        Column("length", "firms in the ring", Kind.COUNT),
        Column("count", "rings", Kind.COUNT),
        Column("expected", "by chance", Kind.NUMBER),
        Column("chance", "as many or more", Kind.PERCENT),
        Column("amount", "weakest links", Kind.MONEY),
        Column("amount_expected", "by chance", Kind.MONEY),
        Column("amount_chance", "as much or more", Kind.PERCENT),
    )
    note = (
        f"Payments of the last year against {NETWORKS} networks in which every firm pays as many firms and is paid by "
        "as many. The sums of weakest links serve the comparison only."
    )
    rows = tuple((*r[:2], round(float(r[2] or 0.0), 1), *r[3:]) for r in rows)
    return Table("Are there more rings than chance gives? (USD billion)", columns, rows, (note,))


def doubled(book: Book, answer: Whole) -> str:
    """Value that cross-holdings count twice, in a sentence."""
    d = answer.doubled
    if isinstance(d, Gap):
        return f"Value counted twice cannot be told: {d.reason}."
    missing = ", ".join(entity_name(book, n) for n in d.missing)
    left = f" Left out, as their market value is not known: {missing}." if missing else ""
    return (
        f"Value counted twice: firms hold {billions(d.stakes.value)} billion of each other's equity at market value; "
        f"their {billions(d.market.value)} billion of market value are {billions(d.own.value)} without it, so each "
        f"dollar counts {d.inflation.value:.2f} times.{left}"
    )
