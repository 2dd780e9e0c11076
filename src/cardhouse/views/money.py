"""Where a firm's money comes from and goes round, as sentences and tables that come from its numbers."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from cardhouse.book import Book
from cardhouse.economy.figure import TIMING
from cardhouse.lenses.measure import Gap, Measure, Why
from cardhouse.lenses.money import Money, Period, Source
from cardhouse.lenses.money.chains import Chain
from cardhouse.lenses.money.computing import Computing
from cardhouse.lenses.money.mix import Mix
from cardhouse.lenses.money.planned import TELLING
from cardhouse.lenses.money.rings import Step
from cardhouse.views.lens import MARKS, dateline, flag_notes, gap_notes
from cardhouse.views.money_rings import more, path
from cardhouse.views.relayed import relayed
from cardhouse.views.table import Cell, Column, Kind, Table
from cardhouse.views.words import ENGLISH, N_, Words

SOURCES = {
    Source.CUSTOMERS: N_("end customers"),
    Source.LENDERS: N_("lenders"),
    Source.SHAREHOLDERS: N_("outside shareholders"),
    Source.CASH: N_("cash in hand"),
    Source.UNKNOWN: N_("origin not known"),
}
FROM = {
    Source.CUSTOMERS: N_("came from end customers"),
    Source.LENDERS: N_("from lenders"),
    Source.SHAREHOLDERS: N_("from outside shareholders"),
    Source.CASH: N_("out of cash in hand"),
    Source.UNKNOWN: N_("had no known origin"),
}
SCOPES = {
    "binding": N_("binding only"),
    "active": N_("binding, and reported ones that are active"),
    "announced": N_("binding, reported and announced"),
    "all": N_("all, letters of intent too"),
}
STATED = N_("By {firm} itself {laboratory} was {share} of it at {day}.")
STATED_LARGEST = N_("By {firm} itself its largest customer was {share} of it at {day}.")
LARGEST = "largest"
"""Item under which a firm states the share of a customer that it does not name."""
DAY = timedelta(days=1)
MOST = 12
"""Rows of a table before the rest is left to --json."""


def headlined(answer: Money, *, t: Words = ENGLISH) -> list[str]:
    """The answer in a few sentences."""
    name, mix = t.called(answer.book, answer.firm), answer.mixes[Period.PAID]
    lines = []
    if answer.node != answer.firm:
        lines.append(
            t(
                "{part} is part of {firm}, whose figures stand for it.",
                part=name,
                firm=t.called(answer.book, answer.node),
            )
        )
        name = t.called(answer.book, answer.node)
    if isinstance(mix, Gap):
        return [*lines, t("What pays {firm} cannot be told: {reason}.", firm=name, reason=relayed(t, mix.reason))]
    return [*lines, _hundred_dollars(mix, name, t), *_back(answer, name, t), _explained(mix, t),
            *_short(answer, t), *_strongest(answer, name, t)]  # fmt: skip


def _hundred_dollars(mix: Mix, name: str, t: Words) -> str:
    """Whose money it was, of all that customers paid or of what ties say of it."""
    parts = [f"{100 * m.value:.1f} {t(FROM[s])}" for s, m in mix.sources.items() if m.value >= 0.0005]
    text = (
        N_(
            "Of 100 dollars that customers paid {firm} in the year to {end} ({amount} billion) {sources} and {own} "
            "were {firm}'s own money come back."
        )
        if mix.whole
        else N_(
            "Of 100 dollars that ties say customers paid {firm} in the year to {end} ({amount} billion; its revenue "
            "is not known) {sources} and {own} were {firm}'s own money come back."
        )
    )
    return t(
        text,
        firm=name,
        end=mix.end,
        amount=t.amount(mix.amount.value),
        sources=t.comma.join(parts),
        own=f"{100 * mix.own.value:.1f}",
    )


def _back(answer: Money, name: str, t: Words) -> list[str]:
    """How likely a dollar comes back, where enough is known of the firms that it passes."""
    back = answer.returns[Period.PAID]
    if isinstance(back, Gap) or back.flags:
        return []
    text = N_(
        "Of the {paid} billion that {firm} paid to other firms a dollar comes back to it with a probability of {back}."
    )
    spent = next(b.paid for b in answer.balances if b.period is Period.PAID)
    return [t(text, firm=name, paid=t.amount(spent.value), back=f"{back.value:.1%}")]


def _short(answer: Money, t: Words) -> list[str]:
    """What a laboratory reports of its computing, where ties name less."""
    found = answer.computing
    if isinstance(found, Gap) or not found.short:
        return []
    return [short_of_computing(answer.book, found, t=t)]


def short_of_computing(book: Book, found: Computing, *, t: Words = ENGLISH) -> str:
    """A laboratory's reported cost of computing beside what ties name of its payments."""
    return t(
        "{firm} reported {reported} billion of computing for the year to {year}; in the year to {end} ties name only "
        "{named} that it paid to firms. So its suppliers got more from it than is shown here, and more may go round.",
        firm=t.called(book, found.firm),
        reported=t.amount(found.reported.value),
        year=found.reported.end,
        end=found.named.end,
        named=t.amount(found.named.value),
    )


def _explained(mix: Mix, t: Words) -> str:
    timing = mix.own.rests_on.get(TIMING, 0.0)
    rests = t(
        "Of the dollars behind this answer {assumed} are assumed; of {timing} the sum is reported and its timing "
        "assumed.",
        assumed=f"{mix.own.assumed:.0%}",
        timing=f"{timing:.0%}",
    )
    if isinstance(mix.named, Gap):
        return rests
    named = t(
        "Ties of the book name who paid {named} of it; the rest counts as end customers'.",
        named=f"{mix.named.value:.0%}",
    )
    return t.sentences((named, rests))


def _strongest(answer: Money, name: str, t: Words) -> list[str]:
    """The laboratory on which most of the backlog depends; nothing where the contracts known are a small part."""
    found = answer.backlog
    base = found.reported if found.of_reported else found.explained
    if not found.laboratories or isinstance(base, Gap):
        return []
    plan = answer.mixes[Period.PLAN]
    if not found.of_reported and isinstance(plan, Mix) and base.value < TELLING * plan.amount.value:
        return []
    first, share = found.laboratories[0], min(found.laboratories[0].whole.value, 1.0)
    text = (
        N_(
            "{share} of the reported backlog of {firm} ({amount} billion at {day}) depends on {laboratory} through "
            "some chain."
        )
        if found.of_reported
        else N_(
            "{share} of the {amount} billion of contracts by tie of {firm} depends on {laboratory} through some chain."
        )
    )
    said = {"firm": name, "laboratory": t.called(answer.book, first.laboratory)}
    lines = [t(text, share=f"{share:.0%}", amount=t.amount(base.value), day=base.end, **said)]
    own = dict(found.stated)
    for item, text in ((first.laboratory, STATED), (LARGEST, STATED_LARGEST)):
        if found.of_reported and item in own:
            lines.append(t(text, share=f"{own[item].value:.0%}", day=own[item].end, **said))
    return lines


def whose(answer: Money, *, t: Words = ENGLISH) -> Table:
    """Ultimate sources by window."""
    mixes = [answer.mixes[p] for p in Period]
    rows: list[tuple[Cell, ...]] = [
        (t("paid by customers, {unit}", unit=t.money_unit), *(_billions(m, t) for m in mixes), *_blank(answer, t))
    ]
    for source, words in SOURCES.items():
        rows.append(
            (
                t(words),
                *(_hundred(m, source, t) for m in mixes),
                *(_hundred(m, source, t) for m in answer.spending.values()),
            )
        )
    rows.append(
        (t("its own money come back"), *(_own(m, t) for m in mixes), *(_own(m, t) for m in answer.spending.values()))
    )
    rows.append((t("named by ties"), *(_named(m, t) for m in mixes), *(_named(m, t) for m in answer.spending.values())))
    rows.append(
        (
            t("rests on assumptions"),
            *(_assumed(m, t) for m in mixes),
            *(_assumed(m, t) for m in answer.spending.values()),
        )
    )
    columns = (
        Column("source", t("source")),
        Column("paid", t("last year"), Kind.NUMBER),
        Column("plan", t("plan, four quarters"), Kind.NUMBER),
        Column("ahead", t("all promised"), Kind.NUMBER),
        Column("all_paid", t("all money, last year"), Kind.NUMBER),
        Column("all_plan", t("all money, plan"), Kind.NUMBER),
    )
    notes = (
        t(
            "The five sources and its own money add up to 100. First three columns: of what customers pay; last two: "
            "of all that comes in, money for shares and loans too. Promised: what ties that count still have to pay, "
            "in the mix that the payers' dollars have in the plan."
        ),
        *gap_notes([m for m in mixes if isinstance(m, Gap)], t=t),
        *flag_notes([*(m.amount for m in mixes if isinstance(m, Mix)), *answer.returns.values()], most=6, t=t),
    )
    return Table(
        t("Whose money pays {firm} (of 100 dollars)", firm=t.called(answer.book, answer.node)),
        columns,
        tuple(rows),
        notes,
        t,
    )


def _blank(answer: Money, t: Words) -> list[Cell]:
    return [_billions(m, t) for m in answer.spending.values()]


def _billions(mix: Mix | Gap, t: Words) -> Cell:
    return round(mix.amount.value / t.money_scale, 1) if isinstance(mix, Mix) else t(MARKS[Why.MISSING])


def _hundred(mix: Mix | Gap, source: Source, t: Words) -> Cell:
    return round(100.0 * mix.sources[source].value, 1) if isinstance(mix, Mix) else t(MARKS[Why.MISSING])


def _own(mix: Mix | Gap, t: Words) -> Cell:
    return round(100.0 * mix.own.value, 1) if isinstance(mix, Mix) else t(MARKS[Why.MISSING])


def _named(mix: Mix | Gap, t: Words) -> Cell:
    named = mix.named if isinstance(mix, Mix) else mix
    return round(100.0 * named.value, 1) if isinstance(named, Measure) else t(MARKS[Why.MISSING])


def _assumed(mix: Mix | Gap, t: Words) -> Cell:
    return round(100.0 * mix.own.assumed, 1) if isinstance(mix, Mix) else t(MARKS[Why.MISSING])


def entered(answer: Money, *, t: Words = ENGLISH) -> Table | str:
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
            t.called(answer.book, n) + (t(" (its own customers)") if n == answer.node else ""),
            *(_of(firms[n].get(p)) for p in Period),
        )
        for n in order[:MOST]
    )
    columns = (
        Column("firm", t("firm")),
        Column("paid", t("last year"), Kind.NUMBER),
        Column("plan", t("plan"), Kind.NUMBER),
        Column("ahead", t("promised"), Kind.NUMBER),
    )
    note = t("Of 100 dollars from customers: the firm whose own customers, lenders, shareholders or cash gave them.")
    return Table(
        t("Each firm's own money in it (of 100 dollars)"), columns, rows, (note, *more(len(order), MOST, t=t)), t
    )


def _of(share: Measure | None) -> Cell:
    return round(100.0 * share.value, 1) if share is not None else 0.0


def links(answer: Money, *, t: Words = ENGLISH) -> Table | str:
    """Who pays the firm and whom it pays, with what has become of the ties."""
    both = [("from", s) for s in answer.payers] + [("to", s) for s in answer.payees]
    if not both:
        return ""
    shown = [*[b for b in both if b[0] == "from"][:MOST], *[b for b in both if b[0] == "to"][:MOST]]
    rows = tuple(_link(answer.book, way, s, t) for way, s in shown)
    columns = (
        Column("way", ""),
        Column("firm", t("firm")),
        Column("paid", t("paid last year"), Kind.MONEY),
        Column("circular", t("goes round"), Kind.MONEY),
        Column("plan", t("plan"), Kind.MONEY),
        Column("ahead", t("pro- mised"), Kind.MONEY),
        Column("said", t("only said or lapsed"), Kind.MONEY),
        Column("assumed", t("assu- med"), Kind.PERCENT),
        Column("ties", t("ties and what has become of them"), wrap=True),
    )
    notes = [_balance(answer, p, t) for p in Period]
    notes.append(t("Assumed: share of a link's dollars that nobody reports; timing that is assumed is not counted."))
    notes += [*between(answer.balances[0].paid, answer.balances[1].paid, t=t), *_unsaid(shown, t)]
    return Table(
        t("Paid by and to other firms ({unit})", unit=t.money_unit),
        columns,
        rows,
        (*notes, *more(len(both), len(shown), t=t)),
        t,
    )


def between(paid: Measure, plan: Measure, *, t: Words = ENGLISH) -> tuple[str, ...]:
    """A note on the days that lie after the last year and before the plan."""
    if plan.start is None or plan.start <= paid.end + DAY:
        return ()
    first, last = paid.end + DAY, plan.start - DAY
    return (
        t("What was paid from {start} to {end} is neither in the last year nor in the plan.", start=first, end=last),
    )


def _unsaid(shown: Collection[tuple[str, Step]], t: Words) -> tuple[str, ...]:
    """A note on links of which the book does not say what was paid."""
    if not any(s.silent for _, s in shown):
        return ()
    return (t("n/a: a tie had begun and the book does not say what it paid."),)


def _link(book: Book, way: str, s: Step, t: Words) -> tuple[Cell, ...]:
    other = s.payer if way == "from" else s.payee
    ties = t.comma.join((f"{tie} ({t(what.value)})" for tie, what in s.ties))
    assumed = s.assumed if s.either > 0 else None
    paid = t(MARKS[Why.MISSING]) if s.silent else s.paid
    return (t(way), t.called(book, other), paid, s.circular, s.plan, s.ahead, s.said, assumed, ties)


def _balance(answer: Money, period: Period, t: Words) -> str:
    words = {Period.PAID: t("Last year"), Period.PLAN: t("Plan"), Period.AHEAD: t("Promised")}
    b = next(x for x in answer.balances if x.period is period)
    goes = (
        t(", {circular} of both only goes round", circular=f"{b.circular.value:.0%}")
        if isinstance(b.circular, Measure)
        else ""
    )
    got, gave, net = (t.amount(m.value) for m in (b.received, b.paid, b.net))
    return t(
        "{period}: received {got}, paid {gave}, net {net}{goes}.",
        period=words[period],
        got=got,
        gave=gave,
        net=net,
        goes=goes,
    )


def through(answer: Money, *, t: Words = ENGLISH) -> Table | str:
    """Chains by which the money of the last year came."""
    if not answer.chains:
        return ""
    rows = tuple(
        (path(answer.book, c.firms, t=t), c.amount, round(100.0 * c.share, 1), _classes(c, t))
        for c in answer.chains[:MOST]
    )
    columns = (
        Column("chain", t("through"), wrap=True),
        Column("amount", t("amount"), Kind.MONEY),
        Column("share", t("of 100 dollars"), Kind.NUMBER),
        Column("sources", t("came in from"), wrap=True),
    )
    return Table(
        t("Through whom it came last year ({unit})", unit=t.money_unit),
        columns,
        rows,
        more(len(answer.chains), MOST, t=t),
        t,
    )


def _classes(chain: Chain, t: Words) -> str:
    return t.comma.join((f"{t(SOURCES[s])} {part:.0%}" for s, part in chain.sources[:3] if part >= 0.005))


def head(answer: Money, scope: str, *, t: Words = ENGLISH) -> str:
    """What every table must carry: the year is that of the links; a firm's own year stands with its sales."""
    paid = answer.balances[0].paid
    seen = t("paid: {start} to {end}", start=paid.start, end=paid.end)
    return dateline(answer.book, seen, t.money_unit, t("ties: {ties}", ties=t(SCOPES[scope])), t=t)


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
