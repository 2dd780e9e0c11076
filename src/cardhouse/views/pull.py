"""A pull as tables and sentences that come from its numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from cardhouse.economy.cascade import Event, Step
from cardhouse.economy.claims import Channel
from cardhouse.economy.figure import ASSUMPTION, TIMING, shares
from cardhouse.economy.inputs import source_rank
from cardhouse.economy.losses import SMALLEST, Bearer
from cardhouse.economy.opening import Opening
from cardhouse.economy.pull import Pull, Ranked
from cardhouse.views.relayed import relayed
from cardhouse.views.table import Column, Kind, Table
from cardhouse.views.words import ENGLISH, N_, Words

CHANNELS = (
    (Channel.RECEIVABLES, N_("receiv- ables")),
    (Channel.CLAIMS, N_("loans, claims")),
    (Channel.CONTRACTS, N_("con- tracts")),
    (Channel.ORDERS, N_("orders")),
    (Channel.GUARANTEES, N_("guaran- tees")),
    (Channel.STAKES, N_("stakes")),
)
SCOPES = {
    "binding": N_("binding only"),
    "active": N_("binding, and reported ones that are active"),
    "announced": N_("binding, reported and announced"),
    "all": N_("all, letters of intent too"),
}
"""Which ties count, by how firm they must be."""
MOST_ROWS = 30


def name(opening: Opening, firm: str, t: Words = ENGLISH) -> str:
    """The name of a firm; its id where the book has none."""
    return t.called(opening.book, firm)


def names(opening: Opening, firms: Iterable[str], t: Words = ENGLISH) -> str:
    """Names of firms in a row, with commas."""
    return t.comma.join(name(opening, firm, t) for firm in firms)


def dateline(answer: Pull, *, t: Words = ENGLISH) -> str:
    """What every table of a pull must carry: book, window, unit, ties that count."""
    o = answer.opening
    return t(
        "book of {date} · {start} to {end} · {unit} · ties: {ties}",
        date=o.book.date,
        start=o.window.start,
        end=o.window.end,
        unit=t.money_unit,
        ties=t(SCOPES[answer.choices.scope]),
    )


def opening_line(opening: Opening, *, t: Words = ENGLISH) -> str:
    """What every table over several pulls must carry: book, window, unit."""
    return t(
        "book of {date} · {start} to {end} · {unit}",
        date=opening.book.date,
        start=opening.window.start,
        end=opening.window.end,
        unit=t.money_unit,
    )


def headline(answer: Pull, *, t: Words = ENGLISH) -> list[str]:
    """The answer in two or three sentences."""
    o, lost = answer.opening, answer.losses
    fallen = [n for n in answer.fall.state.fallen if o.positions[n].statement is not None]
    vehicles = [n for n in answer.fall.state.fallen if o.positions[n].statement is None]
    if lost.others < SMALLEST:
        return [t("{event}. As far as the book knows that costs others nothing.", event=_pays(answer, t))]
    lines = [
        t(
            "{event}. Over {quarters} quarters that costs others {lost} billion dollars, each dollar counted once "
            "(between {mild} and {harsh} at the ends of the loss rates).",
            event=_pays(answer, t),
            quarters=answer.choices.horizon,
            lost=t.amount(lost.others),
            mild=t.amount(answer.mild),
            harsh=t.amount(answer.harsh),
        )
    ]
    if fallen:
        lines.append(t("It takes down {firms}.", firms=names(o, fallen, t)))
    else:
        others = sum(n not in answer.cards for n in o.full)
        lines.append(t("None of the {others} other tested firms fails.", others=others))
    if vehicles:
        lines.append(t("Vehicles that lose their income: {firms}.", firms=names(o, vehicles, t)))
    return lines


def _pays(answer: Pull, t: Words) -> str:
    """What the cards do, as the beginning of a sentence."""
    cards = t.listed([name(answer.opening, c, t) for c in answer.cards])
    share = {answer.fall.state.pulled[c] for c in answer.cards}
    if share == {0.0}:
        return t("{cards} stops paying", cards=cards)
    return t("{cards} pays {share} of what it owes", cards=cards, share=t.percent(min(share)))


def rounds(answer: Pull, *, t: Words = ENGLISH) -> Table:
    """The course of the fall."""
    o = answer.opening
    rows = tuple((s.round, name(o, s.firm, t), _what(o, s, t), s.amount or None) for s in answer.fall.steps)
    columns = (
        Column("round", t("round"), Kind.COUNT),
        Column("firm", t("firm")),
        Column("event", t("what happens"), wrap=True),
        Column("amount", t("amount"), Kind.MONEY),
    )
    return Table(t("Round by round"), columns, rows, t=t)


def _what(o: Opening, step: Step, t: Words) -> str:
    cause = name(o, step.cause, t) if step.cause else ""
    match step.event:
        case Event.PULLED:
            return t("is pulled")
        case Event.FAILS if cause:
            return t("cannot pay what is due; it misses most from {firm}", firm=cause)
        case Event.FAILS:
            return t("cannot pay what is due")
        case Event.LOSES_TENANT:
            return t("loses its tenant {firm}", firm=cause)
        case Event.GUARANTEE:
            paid = name(o, step.to, t)
            return t("must pay {firm} under a guarantee given for {other}", firm=paid, other=cause)
        case Event.WINDOW:
            return t("debts exceed assets: nobody lends to it any more, maturing debt falls due")


def firm_losses(answer: Pull, *, most: int = MOST_ROWS, t: Words = ENGLISH) -> Table:
    """Who loses what through which channel, against cash, equity and yearly income."""
    o = answer.opening
    rows = []
    losers = [n for n in answer.losses.firms() if n not in answer.cards]
    for firm in losers[:most]:
        channels = answer.losses.of(firm)
        whole = sum(channels.values())
        position = o.positions.get(firm)
        known = position.statement if position else None
        income = known.plan.net_income.value if known and known.plan.net_income else None
        rows.append(
            (
                name(o, firm, t),
                *(channels.get(channel, 0.0) for channel, _ in CHANNELS),
                whole,
                whole / known.balance.cash.value if known and known.balance.cash.value > 0 else None,
                whole / known.balance.equity.value if known and known.balance.equity.value > 0 else None,
                whole / income if income is not None and income > 0 else None,
            )
        )
    columns = (
        Column("firm", t("firm"), wrap=True),
        *(Column(channel.name.lower(), t(title), Kind.MONEY) for channel, title in CHANNELS),
        Column("total", t("loss"), Kind.MONEY),
        Column("of_cash", t("of cash"), Kind.PERCENT),
        Column("of_equity", t("of equity"), Kind.PERCENT),
        Column("of_income", t("of income"), Kind.PERCENT),
    )
    notes = [
        t("What hits each firm, after recovery. A firm that fails passes part of it on to its creditors below it.")
    ]
    if len(losers) > most:
        notes.append(t("{more} smaller losers are not shown; --csv has all.", more=len(losers) - most))
    return Table(t("Who loses what"), columns, tuple(rows), tuple(notes), t)


def borne(answer: Pull, *, t: Words = ENGLISH) -> Table:
    """Where the dollars stop."""
    rows = [
        (t(str(k)), v)
        for k, v in sorted(answer.losses.borne.items(), key=lambda kv: (-kv[1], kv[0]))
        if k is not Bearer.OWN_SHAREHOLDERS
    ]
    rows.append((t("cost to others"), answer.losses.others))
    own = answer.losses.borne.get(Bearer.OWN_SHAREHOLDERS, 0.0)
    besides = t("The card's own outside shareholders lose {own} of book equity besides.", own=t.amount(own))
    return Table(
        t("Who bears it in the end"),
        (Column("bearer", t("bearer")), Column("loss", t("loss"), Kind.MONEY)),
        tuple(rows),
        (besides,) if own >= 50 else (),
        t,
    )


def grouped(answer: Pull, *, t: Words = ENGLISH) -> Table:
    """Losses borne by layer and by camp."""
    rows = [(t("layer"), t(k), v) for k, v in sorted(answer.losses.by_layer.items(), key=lambda kv: -kv[1])]
    rows += [(t("camp"), t(k), v) for k, v in sorted(answer.losses.by_camp.items(), key=lambda kv: -kv[1])]
    columns = (Column("by", t("by")), Column("group", t("group")), Column("loss", t("loss"), Kind.MONEY))
    return Table(t("Where they stand"), columns, tuple(r for r in rows if abs(r[2]) >= 0.05), t=t)


def provenance(answer: Pull, *, t: Words = ENGLISH) -> Table:
    """What the exposures behind the losses rest on."""
    parts = shares(answer.basis())
    rows = tuple((basis_name(k, t), v) for k, v in sorted(parts.items(), key=lambda kv: source_rank(kv[0])))
    note = t(
        "Loss rates (re-letting, avoidable cost, recovery) are assumptions in every line; "
        "their ends give the range above."
    )
    columns = (Column("basis", t("basis")), Column("share", t("share"), Kind.PERCENT))
    return Table(t("What it rests on (share of exposures)"), columns, rows, (note,), t)


BASES = {
    "filing": N_("filings"),
    "press_release": N_("releases"),
    "transcript": N_("transcripts"),
    "dataset": N_("datasets"),
    "news": N_("news"),
    "analyst": N_("analysts"),
    "article": N_("articles"),
    "memory": N_("memory"),
    TIMING: N_("reported amount, assumed timing"),
    ASSUMPTION: N_("assumptions"),
}
"""Kinds of sources as what an answer rests on."""


def basis_name(kind: str, t: Words = ENGLISH) -> str:
    """A kind of source in words."""
    return t(BASES[kind])


def baseline(answer: Pull, *, t: Words = ENGLISH) -> list[str]:
    """The clearing without any card pulled, in sentences."""
    o, calm = answer.opening, answer.fall.calm
    failing = [n for n, _ in calm.failing]
    room = sorted((calm.headroom(n) / calm.binding[n], n) for n in o.full if calm.binding[n] > 0 and n not in failing)
    if failing:
        text = N_("Without any card pulled these cannot pay what is due, and are not blamed on it: {firms}.")
        lines = [t(text, firms=names(o, failing, t))]
    else:
        lines = [t("Without any card pulled all {firms} tested firms pay what is due.", firms=len(o.full))]
    tight = [t("{firm} (+{share})", firm=name(o, n, t), share=t.percent(share)) for share, n in room[:4]]
    lines.append(t("Least room over binding dues before the pull: {firms}.", firms=t.comma.join(tight)))
    return lines


def scope_notes(answer: Pull, *, t: Words = ENGLISH) -> list[str]:
    """What is not in the answer."""
    o = answer.opening
    counted: dict[str, int] = defaultdict(int)
    for left in o.ties.left_out:
        counted[left.reason] += 1
    most = sorted(counted.items(), key=lambda kv: -kv[1])[:6]
    reasons = [t("{count} {reason}", count=n, reason=relayed(t, reason)) for reason, n in most]
    firms = [n for n, why in o.untested.items() if not why.startswith(("an aggregate", "a fund"))]
    return [
        t(
            "Not tested (they pay and receive, but cannot fail here): {firms}; besides funds, lenders and aggregates "
            "({others}).",
            firms=names(o, firms, t),
            others=len(o.untested) - len(firms),
        ),
        t(
            "Left out: {ties} ties ({reasons}). See cardhouse book ties --left-out.",
            ties=len(o.ties.left_out),
            reasons=t.semicolon.join(reasons),
        ),
        t(
            "Not modelled: prices of shares and of computing, the loss of the card as a supplier, "
            "anything after the window."
        ),
    ]


def ranking(rows: tuple[Ranked, ...], opening: Opening, *, t: Words = ENGLISH) -> Table:
    """The ranking of all full firms."""
    body = tuple(
        (
            i,
            name(opening, row.card, t),
            row.cost,
            row.mild,
            row.harsh,
            names(opening, row.fails, t) or t("nobody"),
            t.comma.join(f"{name(opening, n, t)} {t.amount(v)}" for n, v in row.largest),
        )
        for i, row in enumerate(rows, 1)
    )
    columns = (
        Column("rank", "", Kind.COUNT),
        Column("card", t("card")),
        Column("cost", t("cost to others"), Kind.MONEY),
        Column("mild", t("mild"), Kind.MONEY),
        Column("harsh", t("harsh"), Kind.MONEY),
        Column("fails", t("takes down"), wrap=True),
        Column("largest", t("who is hit most"), wrap=True),
    )
    notes = (
        t(
            "Cost to others: every dollar once, without the card's own shareholders. "
            "Mild and harsh: the ends of the loss rates."
        ),
        t(
            "What a firm leaves unpaid, and what stakes in it were worth; not what would be missing without its "
            "products. A supplier that owes little, as Nvidia, ranks low however much hangs on its chips."
        ),
    )
    return Table(t("What the fall of each card costs others"), columns, body, notes, t)


def loss_lines(answer: Pull) -> Table:
    """Every single loss, for a file: creditor, debtor, channel, tie, exposure and loss."""
    columns = (
        Column("creditor", "creditor"),
        Column("debtor", "debtor"),
        Column("channel", "channel"),
        Column("tie", "tie"),
        Column("exposure", "exposure", Kind.MONEY),
        Column("loss", "loss", Kind.MONEY),
        Column("basis", "basis"),
    )
    rows = tuple(
        (
            x.creditor,
            x.debtor,
            x.channel.value,
            x.tie,
            x.exposure,
            x.amount,
            " ".join(f"{k}:{v:.0%}" for k, v in shares(x.basis).items()),
        )
        for x in sorted(answer.losses.lines, key=lambda x: (-x.amount, x.creditor, x.tie))
    )
    return Table("Losses", columns, rows)
