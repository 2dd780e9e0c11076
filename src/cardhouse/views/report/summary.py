"""The report in a few sentences, every one made of its numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from cardhouse.economy.figure import ASSUMPTION, shares
from cardhouse.economy.pull import pull
from cardhouse.errors import CardhouseError
from cardhouse.views import money_whole, restate
from cardhouse.views.many_answer import path_count
from cardhouse.views.report.grounds import assumed_share
from cardhouse.views.report.material import Material
from cardhouse.views.report.parts import Block
from cardhouse.views.run import scenario_title

MOST = 3


def summary(m: Material) -> tuple[Block, ...]:
    """What holds it up, who fails first, whose money it is, how much is assumed, and what changed."""
    lines: list[str] = []
    for sentences in (_held_up, _first, _chances, _own_money, _income, _assumed, _changed):
        lines += _said(sentences, m)
    return (tuple(lines),)


def _said(sentences: Callable[[Material], list[str]], m: Material) -> list[str]:
    """The sentences, or nothing where the section that they come from gives its reason instead."""
    try:
        return sentences(m)
    except CardhouseError:
        return []


def _held_up(m: Material) -> list[str]:
    t, rows = m.t, m.ranked
    told = [f"{m.name(row.card)} ({t.money(row.cost)})" for row in rows[:MOST]]
    lines = [
        t(
            "The cards that hold up most are {cards}: what their fall, each alone, would cost others over four "
            "quarters.",
            cards=t.listed(told),
        )
    ]
    hit = Counter(firm for row in rows for firm in row.fails if firm in m.opening.full)
    if hit:
        firm, times = hit.most_common(1)[0]
        lines.append(
            t(
                "{firm} falls with {times} of the {cards} cards, more often than any other tested firm.",
                firm=m.name(firm),
                times=times,
                cards=len(rows),
            )
        )
    else:
        lines.append(t("No card takes another tested firm with it within four quarters."))
    return lines


def _first(m: Material) -> list[str]:
    """Who fails first in the scenarios without chance."""
    t = m.t
    fell = [(scenario, m.failed(falls)) for scenario, falls in m.paths]
    some = [(scenario, falls) for scenario, falls in fell if falls]
    fault = [m.fault] if m.fault else []
    if not some:
        return [*fault, t("In none of {all} scenarios does a tested firm fail without chance.", all=len(fell))]
    firsts = Counter(f.node for _, falls in some for f in falls if f.step == falls[0].step)
    firm, times = firsts.most_common(1)[0]
    scenario, falls = min(some, key=lambda one: one[1][0].step)
    when = t.quarter(m.compiled.windows[falls[0].step].end)
    return [
        *fault,
        t(
            "In {some} of {all} scenarios a tested firm fails without chance; {firm} fails first in {times} of them. "
            "Earliest: {earliest} in {when}, under “{scenario}”.",
            some=len(some),
            all=len(fell),
            firm=m.name(firm),
            times=times,
            earliest=m.names([f.node for f in falls if f.step == falls[0].step]),
            when=when,
            scenario=scenario_title(scenario, t),
        ),
    ]


def _chances(m: Material) -> list[str]:
    """The firms most likely to fall in each run."""
    t, lines = m.t, []
    for answer in m.answers:
        ranked = sorted(
            (d for d in answer.defaults if d.tested and d.falls and not d.pulled), key=lambda d: -d.probability
        )
        told = [f"{answer.name(d.node)} ({t.percent(d.probability)})" for d in ranked[:MOST]]
        values = {
            "title": answer.rests.title,
            "paths": path_count(answer.rests.paths, t),
            "quarters": len(answer.rests.quarters),
        }
        lines.append(
            t(
                "By chance ({title}, {paths}), most likely to fall within {quarters} quarters: {firms}.",
                firms=t.listed(told),
                **values,
            )
            if told
            else t("By chance ({title}, {paths}) no tested firm falls within {quarters} quarters.", **values)
        )
    return lines


def _own_money(m: Material) -> list[str]:
    return [money_whole.headline(m.book, m.money, t=m.t)]


def _income(m: Material) -> list[str]:
    return restate.headline(m.accounts, t=m.t)[:1]


def _assumed(m: Material) -> list[str]:
    t = m.t
    return [
        t(
            "{share} of the dollars that the answers start from are assumed, and {exposures} of the exposures behind "
            "the fall of {card}.",
            share=t.percent(assumed_share(m.opening).get(ASSUMPTION, 0.0)),
            exposures=t.percent(shares(m.fall.basis()).get(ASSUMPTION, 0.0)),
            card=m.names(m.fall.cards),
        )
    ]


def _changed(m: Material) -> list[str]:
    """The largest card then and now."""
    t, card = m.t, m.ranked[0].card
    lines = [
        t(
            "Since {date} {facts} figures are new or changed, and {ties} ties.",
            date=m.before,
            facts=len(m.changes.facts_added) + len(m.changes.facts_changed),
            ties=len(m.changes.ties_added) + len(m.changes.ties_changed),
        )
    ]
    then = pull(m.told.as_of(m.before), card)
    lines.append(
        t(
            "With what was known on {date} the fall of {card} would have cost others {then}, with what is known "
            "now {now}.",
            date=m.before,
            card=m.name(card),
            then=t.money(then.losses.others),
            now=t.money(m.ranked[0].cost),
        )
    )
    return lines
