"""Answers as JSON: plain dictionaries with stable names, documented in docs/json.md. Money is USD million."""

from __future__ import annotations

from typing import Any

from cardhouse.economy.figure import shares
from cardhouse.economy.opening import Opening
from cardhouse.economy.pull import Choices, Pull, Ranked
from cardhouse.views.holdings import Portfolio


def head(opening: Opening, choices: Choices) -> dict[str, Any]:
    """What every answer carries: book, window, unit, which ties count."""
    return {
        "book_date": opening.book.date.isoformat(),
        "opening": opening.window.opening.isoformat(),
        "window": [opening.window.start.isoformat(), opening.window.end.isoformat()],
        "unit": "USD_million",
        "firmness": choices.scope.value,
        "rollover": choices.rollover,
        "windows": choices.windows.value,
    }


def pull(answer: Pull, *, holdings: Portfolio | None = None) -> dict[str, Any]:
    """A pull."""
    o, lost, course = answer.opening, answer.losses, answer.fall
    firms = []
    for firm in lost.firms():
        channels = {k.name.lower(): v for k, v in lost.of(firm).items()}
        firms.append({"firm": firm, "loss": sum(channels.values()), "channels": channels})
    result = {
        **head(o, answer.choices),
        "pulled": dict(course.state.pulled),
        "cost_to_others": {"central": lost.others, "mild": answer.mild, "harsh": answer.harsh},
        "rounds": [
            {
                "round": s.round,
                "event": s.event.name.lower(),
                "firm": s.firm,
                "amount": s.amount,
                "cause": s.cause or None,
            }
            for s in course.steps
        ],
        "fallen": dict(course.state.fallen),
        "shut_out": sorted(course.state.shut),
        "firms": firms,
        "lines": [
            {
                "creditor": x.creditor,
                "debtor": x.debtor,
                "channel": x.channel.name.lower(),
                "tie": x.tie or None,
                "exposure": x.exposure,
                "loss": x.amount,
                "basis": dict(x.basis),
            }
            for x in lost.lines
        ],
        "borne": {k.name.lower(): v for k, v in lost.borne.items()},
        "by_layer": dict(lost.by_layer),
        "by_camp": dict(lost.by_camp),
        "basis": shares(answer.basis()),
        "baseline": {
            "failing": [n for n, _ in course.calm.failing],
            "headroom": {n: course.calm.headroom(n) for n in o.full},
        },
        "not_tested": dict(o.untested),
        "left_out": [{"tie": x.tie.id, "reason": x.reason} for x in o.ties.left_out],
        "flags": list(o.flags),
        "knife_edge": list(course.cash.knife_edge),
    }
    if holdings is not None:
        result["holdings"] = holdings.table.records()
    return result


def ranking(rows: tuple[Ranked, ...], opening: Opening, choices: Choices) -> dict[str, Any]:
    """The ranking of all cards."""
    return {
        **head(opening, choices),
        "ranking": [
            {
                "card": r.card,
                "cost_to_others": {"central": r.cost, "mild": r.mild, "harsh": r.harsh},
                "fails": list(r.fails),
                "hit_most": [{"firm": n, "loss": v} for n, v in r.largest],
            }
            for r in rows
        ],
    }
