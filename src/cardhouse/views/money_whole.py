"""The whole network's money as sentences and tables."""

from __future__ import annotations

from cardhouse.book import Book
from cardhouse.lenses.measure import Gap, Measure, Why
from cardhouse.lenses.money import Period, Source, Whole
from cardhouse.lenses.money.whole import NETWORKS, Row
from cardhouse.views.lens import MARKS, cell, dateline, flag_notes, rests
from cardhouse.views.money import SCOPES, between, short_of_computing
from cardhouse.views.relayed import relayed
from cardhouse.views.table import Cell, Column, Kind, Table
from cardhouse.views.words import ENGLISH, N_, Words

LEAST = 0.02
"""Share of a backlog below which a laboratory gets no line."""
LEAST_OWN = 0.0005
"""Share of own money come back that still is a tenth of a dollar in a hundred, rounded."""
ONLY_TIES = "*"
"""Marks a firm without a known revenue, whose sales are what ties say was paid."""
WORDS = {
    Period.PAID: N_("paid last year"),
    Period.PLAN: N_("plan, four quarters"),
    Period.AHEAD: N_("all that is promised"),
}


def head(book: Book, answer: Whole, scope: str, *, t: Words = ENGLISH) -> str:
    """What every table must carry."""
    paid = answer.totals[0]
    return dateline(
        book,
        t("paid: {start} to {end}", start=paid.start, end=paid.end),
        t.money_unit,
        t("ties: {ties}", ties=t(SCOPES[scope])),
        t=t,
    )


def headline(book: Book, answer: Whole, *, t: Words = ENGLISH) -> str:
    """The answer in a few sentences."""
    paid, plan = answer.totals[:2]
    said = t(
        "In the year to {end} firms of the book paid each other {gross} billion dollars; set off all together "
        "{net} would have done. {round} of it only went round (at most {maximum}); in the plan of the next four "
        "quarters it is {planned}.",
        end=paid.end,
        gross=t.amount(paid.gross.value),
        net=t.amount(paid.multilateral.value),
        round=f"{paid.balanced.value:.0%}",
        maximum=f"{paid.maximum.value:.0%}",
        planned=f"{plan.balanced.value:.0%}",
    )
    most = max((r for r in answer.rows if r.mix.whole), key=lambda r: r.mix.own.value, default=None)
    if most is not None and most.mix.own.value >= LEAST_OWN:
        said += t(
            " The largest share of own money come back is that of {firm}: {own} of 100 dollars that its customers "
            "paid.",
            firm=t.called(book, most.firm),
            own=f"{100 * most.mix.own.value:.1f}",
        )
    return "\n".join((said, *(short_of_computing(book, c, t=t) for c in answer.computing)))


def firms(book: Book, answer: Whole, *, t: Words = ENGLISH) -> Table:
    """Every firm that sells: sources of its customers' money, what comes back, what goes round."""
    columns = (
        Column("firm", t("firm")),
        Column("sales", t("sales"), Kind.MONEY),
        Column("named", t("named by ties"), Kind.PERCENT),
        Column("customers", t("custo- mers"), Kind.NUMBER),
        Column("lenders", t("len- ders"), Kind.NUMBER),
        Column("shareholders", t("share- holders"), Kind.NUMBER),
        Column("cash", t("cash"), Kind.NUMBER),
        Column("unknown", t("no ori- gin"), Kind.NUMBER),
        Column("own", t("own money"), Kind.NUMBER),
        Column("returns", t("dollar comes back"), Kind.PERCENT),
        Column("circular", t("goes round"), Kind.PERCENT),
        Column("assumed", t("ass- umed"), Kind.PERCENT),
    )
    notes = (
        t(
            "Of 100 dollars from customers in each firm's own year: customers to own money add up to 100. Named: share "
            "of sales whose payer the ties name. Comes back: probability that a dollar paid to a firm does. Goes "
            "round: share of payments to and from firms. Assumed: share of the dollars behind the row; timing not "
            "counted."
        ),
        *_marked(answer, t),
        *flag_notes((r.mix.amount for r in answer.rows if r.mix.whole), most=6, t=t),
        rests((r.mix.own for r in answer.rows), t=t),
    )
    return Table(
        t("Whose money pays each firm (sales in {unit})", unit=t.money_unit),
        columns,
        tuple(_row(book, r, t) for r in answer.rows),
        notes,
        t,
    )


def _row(book: Book, r: Row, t: Words) -> tuple[Cell, ...]:
    shares = (round(100.0 * r.mix.sources[s].value, 1) for s in Source)
    own = round(100.0 * r.mix.own.value, 1)
    returns: Cell = None
    if isinstance(r.returns, Measure):
        returns = t(MARKS[Why.MISSING]) if r.returns.flags else r.returns.value
    circular = r.circular.value if isinstance(r.circular, Measure) else None
    name = t.called(book, r.firm) + ("" if r.mix.whole else f" {ONLY_TIES}")
    named = cell(r.mix.named, t=t)
    return (name, r.mix.amount.value, named, *shares, own, returns, circular, r.mix.own.assumed)


def _marked(answer: Whole, t: Words) -> tuple[str, ...]:
    """Notes on firms without a known revenue, and on dollars of whose way too little is known."""
    notes = []
    if not all(r.mix.whole for r in answer.rows):
        text = N_("{mark} no revenue is known: sales are only what ties say was paid, and the row is of that part.")
        notes.append(t(text, mark=ONLY_TIES))
    if any(isinstance(r.returns, Measure) and r.returns.flags for r in answer.rows):
        notes.append(t("n/a comes back: a firm on the way paid far more than is known to have come to it."))
    return tuple(notes)


def backlogs(book: Book, answer: Whole, *, t: Words = ENGLISH) -> Table | str:
    """How much of each reported backlog depends on which laboratory."""
    if not answer.backlogs:
        return ""
    rows = tuple(
        (
            t.called(book, b.firm),
            b.reported.end if isinstance(b.reported, Measure) else None,
            cell(b.reported, t=t),
            cell(b.explained, t=t),
            t.called(book, d.laboratory),
            d.direct.value,
            d.bought_for.value + d.through.value,
            d.whole.value,
            t("backlog") if b.of_reported else t("ties"),
        )
        for b in answer.backlogs
        for d in b.laboratories
        if d.whole.value >= LEAST
    )
    columns = (
        Column("firm", t("firm")),
        Column("day", t.meant("at", N_("day")), Kind.DATE),
        Column("reported", t("back- log"), Kind.MONEY),
        Column("explained", t("by ties"), Kind.MONEY),
        Column("laboratory", t("on")),
        Column("direct", t("its own con- tracts"), Kind.MONEY),
        Column("indirect", t("through others"), Kind.MONEY),
        Column("share", t("share"), Kind.PERCENT),
        Column("of", t.meant("of", N_("share of what"))),
    )
    note = t(
        "Share of the reported backlog, or of the contracts by tie where these exceed it; shares under 2% left out."
    )
    return Table(t("Backlogs by laboratory ({unit})", unit=t.money_unit), columns, rows, (note,), t)


def totals(answer: Whole, *, t: Words = ENGLISH) -> Table:
    """Gross and net by window."""
    rows = tuple(
        (
            t(WORDS[x.period]),
            *(cell(m, t=t) for m in (x.gross, x.bilateral, x.multilateral, x.balanced, x.maximum, x.sales)),
            x.gross.assumed,
        )
        for x in answer.totals
    )
    columns = (
        Column("window", t("payments")),
        Column("gross", t("gross"), Kind.MONEY),
        Column("bilateral", t("net by pair"), Kind.MONEY),
        Column("multilateral", t("net all together"), Kind.MONEY),
        Column("balanced", t("goes round, balanced"), Kind.PERCENT),
        Column("maximum", t("at most"), Kind.PERCENT),
        Column("sales", t("of sales alone"), Kind.PERCENT),
        Column("assumed", t("assumed"), Kind.PERCENT),
    )
    notes = (
        t("Of sales alone: what at most goes round without investments and loans of one firm in another."),
        *between(answer.totals[0].gross, answer.totals[1].gross, t=t),
    )
    return Table(t("Gross and net of payments between firms ({unit})", unit=t.money_unit), columns, rows, notes, t)


def years(answer: Whole, *, t: Words = ENGLISH) -> Table:
    """The circular share by year of the plan."""
    rows = tuple((t("to {day}", day=y.end), y.gross, y.balanced, y.maximum) for y in answer.years)
    columns = (
        Column("year", t("four quarters")),
        Column("gross", t("planned payments"), Kind.MONEY),
        Column("balanced", t("goes round, balanced"), Kind.PERCENT),
        Column("maximum", t("at most"), Kind.PERCENT),
    )
    note = t(
        "Schedules of contracts and shares of what firms plan to spend, without debt service. Investments count only "
        "as far as they are promised: where none is, no ring closes through them."
    )
    return Table(
        t("How much only goes round, by year of the plan ({unit})", unit=t.money_unit), columns, rows, (note,), t
    )


def chance(answer: Whole, *, t: Words = ENGLISH) -> Table | str:
    """Rings by length beside networks wired at random."""
    if isinstance(answer.chance, Gap):
        return t("No comparison with chance: {reason}.", reason=relayed(t, answer.chance.reason))
    if not any(c.count for c in answer.chance):
        return t("No ring of payments was found in the last year.")
    rows = tuple(
        (c.length, c.count, c.expected, c.chance, c.amount, c.amount_expected, c.amount_chance) for c in answer.chance
    )
    columns = (
        Column("length", t("firms in the ring"), Kind.COUNT),
        Column("count", t("rings"), Kind.COUNT),
        Column("expected", t("by chance"), Kind.NUMBER),
        Column("chance", t("as many or more"), Kind.PERCENT),
        Column("amount", t("weakest links"), Kind.MONEY),
        Column("amount_expected", t("by chance"), Kind.MONEY),
        Column("amount_chance", t("as much or more"), Kind.PERCENT),
    )
    note = t(
        "Payments of the last year against {networks} networks in which every firm pays as many firms and is paid by "
        "as many. The sums of weakest links serve the comparison only.",
        networks=NETWORKS,
    )
    rows = tuple((*r[:2], round(float(r[2] or 0.0), 1), *r[3:]) for r in rows)
    return Table(t("Are there more rings than chance gives? ({unit})", unit=t.money_unit), columns, rows, (note,), t)


def doubled(book: Book, answer: Whole, *, t: Words = ENGLISH) -> str:
    """Value that cross-holdings count twice, in a sentence."""
    d = answer.doubled
    if isinstance(d, Gap):
        return t("Value counted twice cannot be told: {reason}.", reason=relayed(t, d.reason))
    missing = t.comma.join(t.called(book, n) for n in d.missing)
    left = t(" Left out, as their market value is not known: {firms}.", firms=missing) if missing else ""
    return t(
        "Value counted twice: firms hold {stakes} billion of each other's equity at market value; their {market} "
        "billion of market value are {own} without it, so each dollar counts {times} times.{left}",
        stakes=t.amount(d.stakes.value),
        market=t.amount(d.market.value),
        own=t.amount(d.own.value),
        times=f"{d.inflation.value:.2f}",
        left=left,
    )


def lines(answer: Whole) -> Table:
    """The table of firms in full: shares as fractions, sales in USD million, each with its own year."""
    keys = (
        *("firm", "start", "end", "sales_USD_million", "revenue_known", "named"),
        *(s.value for s in Source),
        *("own", "comes_back", "goes_round", "assumed", "remarks"),
    )
    return Table("Sources of money by firm", tuple(Column(k, k) for k in keys), tuple(_line(r) for r in answer.rows))


def _line(r: Row) -> tuple[Cell, ...]:
    mix = r.mix
    parts = (mix.named, *(mix.sources[s] for s in Source), mix.own, r.returns, r.circular)
    shares = [m.value if isinstance(m, Measure) else None for m in parts]
    flags = (*mix.amount.flags, *(r.returns.flags if isinstance(r.returns, Measure) else ()))
    end = mix.end.isoformat() if mix.end else None
    whole = "yes" if mix.whole else "no"
    head = (r.firm, mix.start.isoformat(), end, mix.amount.value, whole)
    return (*head, *shares, mix.own.assumed, "|".join(flags))
