"""A pulled card: who loses what, who bears it, how the cards rank, and what pairs do beyond their parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cardhouse.economy.claims import Channel
from cardhouse.economy.losses import SMALLEST, Bearer
from cardhouse.economy.opening import Opening
from cardhouse.economy.pull import Pull, Ranked
from cardhouse.economy.together import ROUNDING, Together
from cardhouse.views.charts.bars import ranged, ranged_row, stacked, stacked_rows
from cardhouse.views.charts.frame import Row, drawing, finished, of_opening, scaled, tall
from cardhouse.views.picture import COLOURS, Caption, Chart
from cardhouse.views.words import Words

MOST_FIRMS = 14
MOST_PAIRS = 12


def cards(answer: Pull, t: Words) -> str:
    """The pulled cards by name."""
    return t.listed([t.called(answer.opening.book, card) for card in answer.cards])


def caption(answer: Pull, t: Words) -> Caption:
    """What a reader must know to quote a pull."""
    quarters, share = answer.choices.horizon, min(answer.fall.state.pulled.values())
    said = (
        t("{cards} stops paying, {quarters} quarters", cards=cards(answer, t), quarters=quarters)
        if share == 0.0
        else t(
            "{cards} pays {share} of what it owes, {quarters} quarters",
            cards=cards(answer, t),
            share=t.percent(share),
            quarters=quarters,
        )
    )
    return of_opening(t, answer.opening, said, answer.basis())


def channels(t: Words) -> dict[Channel, str]:
    """Channels of loss in words, in the order of the stacks."""
    return {
        Channel.RECEIVABLES: t("receivables"),
        Channel.CLAIMS: t("loans and claims"),
        Channel.CONTRACTS: t("contracts"),
        Channel.ORDERS: t("orders"),
        Channel.GUARANTEES: t("guarantees"),
        Channel.STAKES: t("stakes"),
    }


def bearers(t: Words) -> dict[Bearer, str]:
    """Where a dollar lost stops, in words."""
    return {
        Bearer.BONDHOLDERS: t("bondholders"),
        Bearer.BANKS: t("banks"),
        Bearer.PRIVATE_CREDIT: t("private credit"),
        Bearer.LANDLORDS: t("landlords"),
        Bearer.SUPPLIERS: t("suppliers and customers"),
        Bearer.SHAREHOLDERS: t("shareholders of other firms"),
    }


def losses(answer: Pull, t: Words) -> Chart:
    """Losses by firm, stacked by the channel through which they come.

    A firm that fails passes part of its loss on to creditors below it, so the bars add up to more than the cost.
    """
    book, words = answer.opening.book, channels(t)
    losers = [n for n in answer.losses.firms() if n not in answer.cards]
    shown = losers[:MOST_FIRMS]
    amounts = {
        t.called(book, n): {words[channel]: amount for channel, amount in answer.losses.of(n).items()} for n in shown
    }
    rows = stacked_rows(amounts, list(words.values()), t)
    whole, said = t.money(answer.losses.others), caption(answer, t)
    if not shown:
        title = t("As far as the book knows the fall of {cards} costs others nothing", cards=cards(answer, t))
    else:
        title = t(
            "{cards} falls: others lose {whole}, most at {first}",
            cards=cards(answer, t),
            whole=whole,
            first=next(iter(amounts)),
        )
    if len(losers) > len(shown):
        title = t("{title} ({more} smaller losers not drawn)", title=title, more=len(losers) - len(shown))
    told = [f"{bar} {t.money(sum(parts.values()))}" for bar, parts in amounts.items()]
    alt = t("Bars: losses by firm and channel. {firms}.", firms=t.listed(told[:8])) if told else title
    marks = stacked(rows, list(amounts), list(words.values()), t("loss after recovery, {unit}", unit=t.money_unit))
    return finished("pull-losses", title, said, alt, rows, *marks, height=tall(len(shown)))


def borne(answer: Pull, t: Words) -> Chart:
    """Who bears the cost to others in the end, each dollar once."""
    altair = drawing()

    words = bearers(t)
    found = sorted(
        (
            (words[who], amount)
            for who, amount in answer.losses.borne.items()
            if who in words and abs(amount) >= SMALLEST
        ),
        key=lambda pair: -pair[1],
    )
    rows = [ranged_row(t, who, amount, amount, amount) for who, amount in found]
    whole = t.money(answer.losses.others)
    title = (
        t("{whole} lost by others, most of it by {who}", whole=whole, who=found[0][0])
        if found
        else t("As far as the book knows the fall of {cards} costs others nothing", cards=cards(answer, t))
    )
    alt = t("Bars: who bears the loss. {parts}.", parts=t.listed([f"{who} {t.money(amount)}" for who, amount in found]))
    solid, *_, label = ranged(rows, t("loss, each dollar once, {unit}", unit=t.money_unit), colour=COLOURS[1])
    zero = altair.Chart().mark_rule(color="#888").encode(x=altair.XDatum(0))
    return finished("pull-borne", title, caption(answer, t), alt, rows, solid, zero, label, height=tall(len(rows)))


def ranking(rows: Sequence[Ranked], opening: Opening, t: Words, *, quarters: int = 4) -> Chart:
    """What the fall of each card costs others, with the ends of the loss rates as whiskers.

    Parameters
    ----------
    quarters : horizon of the pulls.
    """
    shown = [row for row in rows if max(row.cost, row.harsh) >= SMALLEST]
    drawn: list[Row] = [
        ranged_row(t, t.called(opening.book, r.card), r.cost, r.mild, r.harsh, fails=len(r.fails)) for r in shown
    ]
    said = of_opening(
        t,
        opening,
        t("each card alone stops paying, {quarters} quarters", quarters=quarters),
        {},
        rests=t("whiskers: loss rates at their mild and their harsh end"),
    )
    free = [t.called(opening.book, row.card) for row in rows if row not in shown]
    if free:
        rests = t("{rests} · costs others nothing: {names}", rests=said.rests, names=t.listed(free))
        said = replace(said, rests=rests)
    order = [row["bar"] for row in drawn]
    first = shown[0] if shown else None
    title = (
        t("{card} would cost others most: {cost}", card=order[0], cost=t.money(first.cost))
        if first
        else t("No card costs others anything")
    )
    told = [f"{row['bar']} {t.money(r.cost)}" for row, r in zip(drawn, shown, strict=True)]
    alt = t("Bars with whiskers: cost to others of each card. {cards}.", cards=t.listed(told[:8]))
    marks = ranged(drawn, t("cost to others, {unit}", unit=t.money_unit))
    return finished("pull-ranking", title, said, alt, drawn, *marks, height=tall(len(drawn)))


def excess(rows: Sequence[Together], opening: Opening, t: Words, *, quarters: int = 4) -> Chart:
    """Pairs or triples whose fall together costs others more than their falls apart.

    Parameters
    ----------
    quarters : horizon of the pulls.
    """
    shown = [row for row in rows if row.excess > ROUNDING][:MOST_PAIRS]
    drawn = [
        ranged_row(
            t,
            " + ".join(t.called(opening.book, card) for card in r.cards),
            r.excess,
            min(r.mild, r.harsh, r.excess),
            max(r.mild, r.harsh, r.excess),
            together=scaled(t, r.cost),
            apart=scaled(t, r.apart),
        )
        for r in shown
    ]
    said = of_opening(
        t,
        opening,
        t("cards stop paying together, {quarters} quarters", quarters=quarters),
        {},
        rests=t("whiskers: loss rates at their mild and their harsh end"),
    )
    order = [row["bar"] for row in drawn]
    title = (
        t("{cards}: {amount} more together than apart", cards=order[0], amount=t.money(shown[0].excess))
        if shown
        else t("No cards cost others more together than apart")
    )
    told = [f"{row['bar']} {t.money(r.excess)}" for row, r in zip(drawn, shown, strict=True)]
    alt = t("Bars: cost together less the sum of the costs apart. {cards}.", cards=t.listed(told[:6]))
    marks = ranged(drawn, t("excess over the falls apart, {unit}", unit=t.money_unit))
    return finished("pull-excess", title, said, alt, drawn, *marks, height=tall(len(drawn)))
