"""Where a firm's money comes from and goes round, as sentences and tables that come from its numbers."""

from __future__ import annotations

from cardhouse.book import Book
from cardhouse.economy.figure import TIMING
from cardhouse.lenses.measure import Gap, Measure
from cardhouse.lenses.money import Money, Period, Source
from cardhouse.lenses.money.chains import Chain
from cardhouse.lenses.money.mix import Mix
from cardhouse.lenses.money.rings import Step
from cardhouse.lenses.readings import entity_name
from cardhouse.views.lens import dateline, flag_notes, gap_notes
from cardhouse.views.money_rings import more, path
from cardhouse.views.table import Cell, Column, Kind, Table, billions

SOURCES = {
    Source.CUSTOMERS: "end customers",
    Source.LENDERS: "lenders",
    Source.SHAREHOLDERS: "outside shareholders",
    Source.CASH: "cash in hand",
    Source.UNKNOWN: "origin not known",
}
FROM = {
    Source.CUSTOMERS: "came from end customers",
    Source.LENDERS: "from lenders",
    Source.SHAREHOLDERS: "from outside shareholders",
    Source.CASH: "out of cash in hand",
    Source.UNKNOWN: "had no known origin",
}
SCOPES = {
    "binding": "binding only",
    "active": "binding, and reported ones that are active",
    "announced": "binding, reported and announced",
    "all": "all, letters of intent too",
}
MOST = 12
"""Rows of a table before the rest is left to --json."""


def headlined(answer: Money) -> list[str]:
    """The answer in a few sentences."""
    name, mix = entity_name(answer.book, answer.firm), answer.mixes[Period.PAID]
    lines = []
    if answer.node != answer.firm:
        lines.append(f"{name} is part of {entity_name(answer.book, answer.node)}, whose figures stand for it.")
        name = entity_name(answer.book, answer.node)
    if isinstance(mix, Gap):
        return [*lines, f"What pays {name} cannot be told: {mix.reason}."]
    parts = [f"{100 * m.value:.1f} {FROM[s]}" for s, m in mix.sources.items() if m.value >= 0.0005]
    lines.append(
        f"Of 100 dollars that customers paid {name} in the year to {mix.end} ({billions(mix.amount.value)} billion) "
        f"{', '.join(parts)} and {100 * mix.own.value:.1f} were {name}'s own money come back."
    )
    back = answer.returns[Period.PAID]
    if isinstance(back, Measure):
        lines.append(
            f"A dollar that {name} pays to another firm comes back to it with a probability of {back.value:.1%}."
        )
    return [*lines, _explained(mix), *_strongest(answer, name)]


def _explained(mix: Mix) -> str:
    timing = mix.own.rests_on.get(TIMING, 0.0)
    return (
        f"Ties of the book name who paid {mix.named.value:.0%} of it; the rest counts as end customers'. Of the "
        f"dollars behind this answer {mix.own.assumed:.0%} are assumed; of {timing:.0%} the sum is reported and its "
        "timing assumed."
    )


def _strongest(answer: Money, name: str) -> list[str]:
    """The laboratory on which most of the backlog depends."""
    found = answer.backlog.laboratories
    if not found:
        return []
    first, share = found[0], min(found[0].whole.value, 1.0)
    base = "reported backlog" if answer.backlog.of_reported else "contracts by tie"
    laboratory = entity_name(answer.book, first.laboratory)
    return [f"{share:.0%} of the {base} of {name} depends on {laboratory} through some chain."]


def whose(answer: Money) -> Table:
    """Ultimate sources by window."""
    mixes = [answer.mixes[p] for p in Period]
    rows: list[tuple[Cell, ...]] = [("paid by customers, USD billion", *(_billions(m) for m in mixes), *_blank(answer))]
    for source, words in SOURCES.items():
        rows.append(
            (words, *(_hundred(m, source) for m in mixes), *(_hundred(m, source) for m in answer.spending.values()))
        )
    rows.append(("its own money come back", *(_own(m) for m in mixes), *(_own(m) for m in answer.spending.values())))
    rows.append(("named by ties", *(_named(m) for m in mixes), *(_named(m) for m in answer.spending.values())))
    rows.append(
        ("rests on assumptions", *(_assumed(m) for m in mixes), *(_assumed(m) for m in answer.spending.values()))
    )
    columns = (
        Column("source", "source"),
        Column("paid", "last year", Kind.NUMBER),
        Column("plan", "plan, four quarters", Kind.NUMBER),
        Column("ahead", "all promised", Kind.NUMBER),
        Column("all_paid", "all money, last year", Kind.NUMBER),
        Column("all_plan", "all money, plan", Kind.NUMBER),
    )
    notes = (
        "The five sources and its own money add up to 100. First three columns: of what customers pay; last two: of "
        "all that comes in, money for shares and loans too. Promised: what ties that count still have to pay, in the "
        "mix that the payers' dollars have in the plan.",
        *gap_notes([m for m in mixes if isinstance(m, Gap)]),
        *flag_notes([*(m.amount for m in mixes if isinstance(m, Mix)), *answer.returns.values()], most=6),
    )
    return Table(
        f"Whose money pays {entity_name(answer.book, answer.node)} (of 100 dollars)", columns, tuple(rows), notes
    )


def _blank(answer: Money) -> list[Cell]:
    return [_billions(m) for m in answer.spending.values()]


def _billions(mix: Mix | Gap) -> Cell:
    return round(mix.amount.value / 1000.0, 1) if isinstance(mix, Mix) else "n/a"


def _hundred(mix: Mix | Gap, source: Source) -> Cell:
    return round(100.0 * mix.sources[source].value, 1) if isinstance(mix, Mix) else "n/a"


def _own(mix: Mix | Gap) -> Cell:
    return round(100.0 * mix.own.value, 1) if isinstance(mix, Mix) else "n/a"


def _named(mix: Mix | Gap) -> Cell:
    return round(100.0 * mix.named.value, 1) if isinstance(mix, Mix) else "n/a"


def _assumed(mix: Mix | Gap) -> Cell:
    return round(100.0 * mix.own.assumed, 1) if isinstance(mix, Mix) else "n/a"


def entered(answer: Money) -> Table | str:
    """The firms at which the money of customers came into the network."""
    mixes = {p: m for p, m in answer.mixes.items() if isinstance(m, Mix)}
    firms: dict[str, dict[Period, Measure]] = {}
    for period, mix in mixes.items():
        for firm, share in mix.firms:
            firms.setdefault(firm, {})[period] = share
    if not firms:
        return ""
    order = sorted(firms, key=lambda n: -max(m.value for m in firms[n].values()))
    rows = tuple(
        (
            entity_name(answer.book, n) + (" (its own customers)" if n == answer.node else ""),
            *(_of(firms[n].get(p)) for p in Period),
        )
        for n in order[:MOST]
    )
    columns = (
        Column("firm", "firm"),
        Column("paid", "last year", Kind.NUMBER),
        Column("plan", "plan", Kind.NUMBER),
        Column("ahead", "promised", Kind.NUMBER),
    )
    note = "Of 100 dollars from customers: the firm whose own customers, lenders, shareholders or cash gave them."
    return Table("Each firm's own money in it (of 100 dollars)", columns, rows, (note, *more(len(order), MOST)))


def _of(share: Measure | None) -> Cell:
    return round(100.0 * share.value, 1) if share is not None else 0.0


def links(answer: Money) -> Table | str:
    """Who pays the firm and whom it pays, with what has become of the ties."""
    both = [("from", s) for s in answer.payers] + [("to", s) for s in answer.payees]
    if not both:
        return ""
    shown = [*[b for b in both if b[0] == "from"][:MOST], *[b for b in both if b[0] == "to"][:MOST]]
    rows = tuple(_link(answer.book, way, s) for way, s in shown)
    columns = (
        Column("way", ""),
        Column("firm", "firm"),
        Column("paid", "paid last year", Kind.MONEY),
        Column("circular", "goes round", Kind.MONEY),
        Column("plan", "plan", Kind.MONEY),
        Column("ahead", "pro- mised", Kind.MONEY),
        Column("said", "only said or lapsed", Kind.MONEY),
        Column("assumed", "assu- med", Kind.PERCENT),
        Column("ties", "ties and what has become of them", wrap=True),
    )
    notes = [_balance(answer, p) for p in Period]
    notes.append("Assumed: share of a link's dollars that nobody reports; timing that is assumed is not counted.")
    return Table("Paid by and to other firms (USD billion)", columns, rows, (*notes, *more(len(both), len(shown))))


def _link(book: Book, way: str, s: Step) -> tuple[Cell, ...]:
    other = s.payer if way == "from" else s.payee
    ties = ", ".join(f"{tie} ({what})" for tie, what in s.ties)
    assumed = s.assumed if s.either > 0 else None
    return (way, entity_name(book, other), s.paid, s.circular, s.plan, s.ahead, s.said, assumed, ties)


def _balance(answer: Money, period: Period) -> str:
    words = {Period.PAID: "Last year", Period.PLAN: "Plan", Period.AHEAD: "Promised"}
    b = next(x for x in answer.balances if x.period is period)
    goes = f", {b.circular.value:.0%} of both only goes round" if isinstance(b.circular, Measure) else ""
    got, gave, net = (billions(m.value) for m in (b.received, b.paid, b.net))
    return f"{words[period]}: received {got}, paid {gave}, net {net}{goes}."


def through(answer: Money) -> Table | str:
    """Chains by which the money of the last year came."""
    if not answer.chains:
        return ""
    rows = tuple(
        (path(answer.book, c.firms), c.amount, round(100.0 * c.share, 1), _classes(c)) for c in answer.chains[:MOST]
    )
    columns = (
        Column("chain", "through", wrap=True),
        Column("amount", "amount", Kind.MONEY),
        Column("share", "of 100 dollars", Kind.NUMBER),
        Column("sources", "came in from", wrap=True),
    )
    return Table("Through whom it came last year (USD billion)", columns, rows, more(len(answer.chains), MOST))


def _classes(chain: Chain) -> str:
    return ", ".join(f"{SOURCES[s]} {part:.0%}" for s, part in chain.sources[:3] if part >= 0.005)


def head(answer: Money, scope: str) -> str:
    """What every table must carry."""
    paid = answer.mixes[Period.PAID]
    seen = f"paid: {paid.start} to {paid.end}" if isinstance(paid, Mix) else "nothing known of the last year"
    return dateline(answer.book, seen, "USD billion", f"ties: {SCOPES[scope]}")


def lines(answer: Money) -> Table:
    """The main table in full: every source and every firm by window, shares and USD million."""
    rows: list[tuple[Cell, ...]] = []
    for what, found in (("customers", answer.mixes), ("all", answer.spending)):
        for period, mix in found.items():
            if isinstance(mix, Mix):
                rows += [_line(what, period, mix, "source", s.value, m) for s, m in mix.sources.items()]
                rows.append(_line(what, period, mix, "own", answer.node, mix.own))
                rows += [_line(what, period, mix, "firm", firm, m) for firm, m in mix.firms]
    keys = ("receipts", "window", "start", "end", "kind", "who", "share", "USD_million", "assumed")
    return Table("Sources of money", tuple(Column(k, k) for k in keys), tuple(rows))


def _line(what: str, period: Period, mix: Mix, kind: str, who: str, m: Measure) -> tuple[Cell, ...]:
    end = mix.end.isoformat() if mix.end else None
    amount = m.value * mix.amount.value
    return (what, period.value, mix.start.isoformat(), end, kind, who, m.value, amount, m.assumed)
