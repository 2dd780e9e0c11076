"""A pull as tables and sentences that come from its numbers."""

from __future__ import annotations

from collections import defaultdict

from cardhouse.economy.cascade import Event, Step
from cardhouse.economy.claims import Channel
from cardhouse.economy.figure import ASSUMPTION, TIMING, shares
from cardhouse.economy.inputs import source_rank
from cardhouse.economy.losses import SMALLEST, Bearer
from cardhouse.economy.opening import Opening
from cardhouse.economy.pull import Pull, Ranked
from cardhouse.views.table import Column, Kind, Table, billions

CHANNELS = (
    (Channel.RECEIVABLES, "receiv- ables"),
    (Channel.CLAIMS, "loans, claims"),
    (Channel.CONTRACTS, "con- tracts"),
    (Channel.ORDERS, "orders"),
    (Channel.GUARANTEES, "guaran- tees"),
    (Channel.STAKES, "stakes"),
)
MOST_ROWS = 30


def name(opening: Opening, firm: str) -> str:
    """The English name of a firm."""
    return opening.book.firms[firm].name if firm in opening.book.firms else firm


def dateline(answer: Pull) -> str:
    """What every table of a pull must carry: book, window, unit, ties that count."""
    o = answer.opening
    return f"book of {o.book.date} · {o.window.start} to {o.window.end} · USD billion · ties: {_scope(answer)}"


def _scope(answer: Pull) -> str:
    return {
        "binding": "binding only",
        "active": "binding, and reported ones that are active",
        "announced": "binding, reported and announced",
        "all": "all, letters of intent too",
    }[answer.choices.scope]


def headline(answer: Pull) -> list[str]:
    """The answer in two or three sentences."""
    o, lost = answer.opening, answer.losses
    cards = " and ".join(name(o, c) for c in answer.cards)
    share = {answer.fall.state.pulled[c] for c in answer.cards}
    pays = "stops paying" if share == {0.0} else f"pays {min(share):.0%} of what it owes"
    fallen = [n for n in answer.fall.state.fallen if o.positions[n].statement is not None]
    vehicles = [n for n in answer.fall.state.fallen if o.positions[n].statement is None]
    if lost.others < SMALLEST:
        return [f"{cards} {pays}. As far as the book knows that costs others nothing."]
    lines = [
        f"{cards} {pays}. Over {answer.choices.horizon} quarters that costs others "
        f"{billions(lost.others)} billion dollars, each dollar counted once "
        f"(between {billions(answer.mild)} and {billions(answer.harsh)} at the ends of the loss rates)."
    ]
    if fallen:
        lines.append("It takes down " + ", ".join(name(o, n) for n in fallen) + ".")
    else:
        others = sum(n not in answer.cards for n in o.full)
        lines.append(f"None of the {others} other tested firms fails.")
    if vehicles:
        lines.append("Vehicles that lose their income: " + ", ".join(name(o, n) for n in vehicles) + ".")
    return lines


def rounds(answer: Pull) -> Table:
    """The course of the fall."""
    o = answer.opening
    rows = tuple((s.round, name(o, s.firm), _what(o, s), s.amount if s.amount else None) for s in answer.fall.steps)
    columns = (
        Column("round", "round", Kind.COUNT),
        Column("firm", "firm"),
        Column("event", "what happens", wrap=True),
        Column("amount", "amount", Kind.MONEY),
    )
    return Table("Round by round", columns, rows)


def _what(o: Opening, step: Step) -> str:
    cause = name(o, step.cause) if step.cause else ""
    match step.event:
        case Event.PULLED:
            return "is pulled"
        case Event.FAILS:
            return f"cannot pay what is due; it misses most from {cause}" if cause else "cannot pay what is due"
        case Event.LOSES_TENANT:
            return f"loses its tenant {cause}"
        case Event.GUARANTEE:
            return f"must pay {name(o, step.to)} under a guarantee given for {cause}"
        case Event.WINDOW:
            return "debts exceed assets: nobody lends to it any more, maturing debt falls due"


def firm_losses(answer: Pull, *, most: int = MOST_ROWS) -> Table:
    """Who loses what through which channel, against cash, equity and yearly income."""
    o = answer.opening
    rows = []
    names = [n for n in answer.losses.firms() if n not in answer.cards]
    for firm in names[:most]:
        channels = answer.losses.of(firm)
        whole = sum(channels.values())
        position = o.positions.get(firm)
        known = position.statement if position else None
        income = known.plan.net_income.value if known and known.plan.net_income else None
        rows.append(
            (
                name(o, firm),
                *(channels.get(channel, 0.0) for channel, _ in CHANNELS),
                whole,
                whole / known.balance.cash.value if known and known.balance.cash.value > 0 else None,
                whole / known.balance.equity.value if known and known.balance.equity.value > 0 else None,
                whole / income if income is not None and income > 0 else None,
            )
        )
    columns = (
        Column("firm", "firm", wrap=True),
        *(Column(channel.name.lower(), title, Kind.MONEY) for channel, title in CHANNELS),
        Column("total", "loss", Kind.MONEY),
        Column("of_cash", "of cash", Kind.PERCENT),
        Column("of_equity", "of equity", Kind.PERCENT),
        Column("of_income", "of income", Kind.PERCENT),
    )
    notes = ["What hits each firm, after recovery. A firm that fails passes part of it on to its creditors below it."]
    if len(names) > most:
        notes.append(f"{len(names) - most} smaller losers are not shown; --csv has all.")
    return Table("Who loses what", columns, tuple(rows), tuple(notes))


def borne(answer: Pull) -> Table:
    """Where the dollars stop."""
    rows = [
        (str(k), v)
        for k, v in sorted(answer.losses.borne.items(), key=lambda kv: (-kv[1], kv[0]))
        if k is not Bearer.OWN_SHAREHOLDERS
    ]
    rows.append(("cost to others", answer.losses.others))
    own = answer.losses.borne.get(Bearer.OWN_SHAREHOLDERS, 0.0)
    notes = (f"The card's own outside shareholders lose {billions(own)} of book equity besides.",) if own >= 50 else ()
    return Table(
        "Who bears it in the end",
        (Column("bearer", "bearer"), Column("loss", "loss", Kind.MONEY)),
        tuple(rows),
        notes,
    )


def grouped(answer: Pull) -> Table:
    """Losses borne by layer and by camp."""
    rows = [("layer", k, v) for k, v in sorted(answer.losses.by_layer.items(), key=lambda kv: -kv[1])]
    rows += [("camp", k, v) for k, v in sorted(answer.losses.by_camp.items(), key=lambda kv: -kv[1])]
    columns = (Column("by", "by"), Column("group", "group"), Column("loss", "loss", Kind.MONEY))
    return Table("Where they stand", columns, tuple(r for r in rows if abs(r[2]) >= 0.05))


def provenance(answer: Pull) -> Table:
    """What the exposures behind the losses rest on."""
    parts = shares(answer.basis())
    rows = tuple((basis_name(k), v) for k, v in sorted(parts.items(), key=lambda kv: source_rank(kv[0])))
    notes = (
        "Loss rates (re-letting, avoidable cost, recovery) are assumptions in every line; "
        "their ends give the range above.",
    )
    return Table(
        "What it rests on (share of exposures)",
        (Column("basis", "basis"), Column("share", "share", Kind.PERCENT)),
        rows,
        notes,
    )


def basis_name(kind: str) -> str:
    """A kind of source in words."""
    return {
        "filing": "filings",
        "press_release": "releases",
        "news": "news",
        TIMING: "reported amount, assumed timing",
        ASSUMPTION: "assumptions",
    }.get(kind, kind.replace("_", " ") + "s")


def baseline(answer: Pull) -> list[str]:
    """The clearing without any card pulled, in sentences."""
    o, calm = answer.opening, answer.fall.calm
    failing = [n for n, _ in calm.failing]
    room = sorted((calm.headroom(n) / calm.binding[n], n) for n in o.full if calm.binding[n] > 0 and n not in failing)
    lines = []
    if failing:
        lines.append(
            "Without any card pulled these cannot pay what is due, and are not blamed on it: "
            + ", ".join(name(o, n) for n in failing)
            + "."
        )
    else:
        lines.append(f"Without any card pulled all {len(o.full)} tested firms pay what is due.")
    tight = ", ".join(f"{name(o, n)} (+{share:.0%})" for share, n in room[:4])
    lines.append(f"Least room over binding dues before the pull: {tight}.")
    return lines


def scope_notes(answer: Pull) -> list[str]:
    """What is not in the answer."""
    o = answer.opening
    counted: dict[str, int] = defaultdict(int)
    for left in o.ties.left_out:
        counted[left.reason] += 1
    reasons = "; ".join(f"{n} {reason}" for reason, n in sorted(counted.items(), key=lambda kv: -kv[1])[:6])
    firms = [n for n, why in o.untested.items() if not why.startswith(("an aggregate", "a fund"))]
    return [
        f"Not tested (they pay and receive, but cannot fail here): {', '.join(name(o, n) for n in firms)}; besides "
        f"funds, lenders and aggregates ({len(o.untested) - len(firms)}).",
        f"Left out: {len(o.ties.left_out)} ties ({reasons}). See cardhouse book ties --left-out.",
        "Not modelled: prices of shares and of computing, the loss of the card as a supplier, "
        "anything after the window.",
    ]


def ranking(rows: tuple[Ranked, ...], opening: Opening) -> Table:
    """The ranking of all full firms."""
    body = tuple(
        (
            i,
            name(opening, row.card),
            row.cost,
            row.mild,
            row.harsh,
            ", ".join(name(opening, n) for n in row.fails) or "nobody",
            ", ".join(f"{name(opening, n)} {billions(v)}" for n, v in row.largest),
        )
        for i, row in enumerate(rows, 1)
    )
    columns = (
        Column("rank", "", Kind.COUNT),
        Column("card", "card"),
        Column("cost", "cost to others", Kind.MONEY),
        Column("mild", "mild", Kind.MONEY),
        Column("harsh", "harsh", Kind.MONEY),
        Column("fails", "takes down", wrap=True),
        Column("largest", "who is hit most", wrap=True),
    )
    notes = (
        "Cost to others: every dollar once, without the card's own shareholders. "
        "Mild and harsh: the ends of the loss rates.",
        "What a firm leaves unpaid, and what stakes in it were worth; not what would be missing without its products. "
        "A supplier that owes little, as Nvidia, ranks low however much hangs on its chips.",
    )
    return Table("What the fall of each card costs others", columns, body, notes)


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
