"""The plain formulas of the revenue that AI needs, as tables and sentences."""

from __future__ import annotations

import math

from cardhouse.economy.inputs import source_rank
from cardhouse.economy.required import Required
from cardhouse.economy.required_inputs import Input
from cardhouse.views.pull import SCOPES, basis_name
from cardhouse.views.pull import name as firm_name
from cardhouse.views.relayed import relayed
from cardhouse.views.table import Cell, Column, Kind, Table
from cardhouse.views.words import ENGLISH, N_, Words

INPUTS = {
    "capital": N_("capital built and planned"),
    "short_share": N_("of it short-lived"),
    "short_life": N_("life of servers"),
    "long_life": N_("life of buildings"),
    "return_": N_("return asked for"),
    "part": N_("part of revenue for capital"),
}
"""Names of the inputs as shown."""


def dateline(answer: Required, *, t: Words = ENGLISH) -> str:
    """What every table must carry: book, day of the pace, period of the capital, unit, ties that count."""
    o = answer.opening
    return t(
        "book of {date} · pace of {day} · capital of {since} to {end} · {unit}, revenue a year · ties: {ties}",
        date=o.book.date,
        day=o.window.opening,
        since=answer.since,
        end=o.window.end,
        unit=t.money_unit,
        ties=t(SCOPES[o.scope.value]),
    )


def headline(answer: Required, *, t: Words = ENGLISH) -> list[str]:
    """The answer in a few sentences."""
    low, high = answer.range
    least, now, most = answer.demand_now
    lines = [
        t(
            "By the plain formula the capital built for AI since {since} and planned to {end} ({capital} billion "
            "dollars) needs {value} billion dollars of revenue a year from end customers ({low} to {high} if every "
            "input lies at its kind or at its hard end).",
            since=answer.since.year,
            end=answer.opening.window.end,
            capital=_b(answer.terms.capital, t),
            value=_b(answer.value, t),
            low=_b(low, t),
            high=_b(high, t),
        ),
        t(
            "End customers pay {now} billion a year now ({low} to {high}).",
            now=_b(now, t),
            low=_b(least, t),
            high=_b(most, t),
        ),
    ]
    if answer.gap <= 0.0:
        return [*lines, t("That is enough.")]
    gap = _b(answer.gap, t)
    if now <= 0.0:
        return [*lines, t("{gap} billion a year are missing.", gap=gap)]
    text = N_("{gap} billion a year are missing, {times} times what they pay.")
    return [*lines, t(text, gap=gap, times=f"{answer.value / now:.1f}")]


def _b(million: float, t: Words) -> str:
    return t.whole(million) if abs(million) >= 9_950.0 else t.amount(million)


def inputs(answer: Required, *, t: Words = ENGLISH) -> Table:
    """Our inputs with their ranges, and the answer with each of them at its ends."""
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            t(INPUTS[name]),
            *(_input(name, x, t) for x in (row.low, row.central, row.high)),
            *answer.one_at_a_time[name],
            _rests(row, t),
        )
        for name, row in answer.inputs.items()
    )
    low, high = answer.range
    last: tuple[Cell, ...] = (t("all together"), "", "", "", low, high, "")
    columns = (
        Column("input", t("input")),
        Column("low", t("low")),
        Column("central", t("central")),
        Column("high", t("high")),
        Column("at_low", t("needed at low"), Kind.MONEY),
        Column("at_high", t("needed at high"), Kind.MONEY),
        Column("rests_on", t("rests on"), wrap=True),
    )
    note = t(
        "Needed: [s K a(h, L) + (1 - s) K a(h, N)] / m with a(r, n) = r / (1 - (1 + r)^-n); K capital, s its "
        "short-lived share, L and N lives, h return, m part of revenue. All together: the least and the most."
    )
    return Table(t("Our inputs, and what is needed with each at its ends"), columns, (*rows, last), (note,), t)


def _rests(row: Input, t: Words) -> str:
    whole = sum(row.basis.values())
    parts = sorted(row.basis.items(), key=lambda kv: (-kv[1], source_rank(kv[0])))[:2]
    return t.comma.join(f"{basis_name(kind, t)} {t.percent(amount / whole)}" for kind, amount in parts)


def _input(name: str, value: float, t: Words) -> str:
    """One input as text: money, percent or years."""
    if name == "capital":
        return t.whole(value)
    if name in ("short_life", "long_life"):
        return t("endless") if math.isinf(value) else t("{years} y", years=f"{value:.1f}")
    return t.percent(value)


def compared(answer: Required, *, t: Words = ENGLISH) -> Table:
    """Published figures, their own formulas, and the same with the book's figures."""
    rows = tuple(
        (c.row.name, c.row.published, c.row.value, c.reproduced, c.with_book, relayed(t, c.replaced or c.lacks))
        for c in answer.compared
    )
    columns = (
        Column("name", t("who")),
        Column("published", t("published"), Kind.DATE),
        Column("value", t("figure"), Kind.MONEY),
        Column("reproduced", t("formula gives"), Kind.MONEY),
        Column("with_book", t("with the book"), Kind.MONEY),
        Column("replaced", t("what was put in"), wrap=True),
    )
    notes = [t("Formula gives: from the inputs that were published. With the book: its own norms kept.")]
    notes += [t("{name}: {stated}", name=c.row.name, stated=relayed(t, c.row.stated)) for c in answer.compared]
    nothing = (t("None was published by then."),)
    return Table(t("Published figures"), columns, rows, tuple(notes) if rows else nothing, t)


def differences(answer: Required, *, t: Words = ENGLISH) -> Table:
    """From each published figure to ours, one input at a time."""
    found = answer.compared
    rows: list[tuple[Cell, ...]] = [(t("their formula gives"), *(c.reproduced for c in found))]
    for i, name in enumerate(INPUTS):
        rows.append((t(INPUTS[name]), *(c.steps[i].change for c in found)))
    rows.append((t("ours"), *(answer.value for _ in found)))
    columns = (Column("input", t("input changed")), *(Column(c.row.id, c.row.name, Kind.MONEY) for c in found))
    note = t(
        "Top to bottom: each line puts our input in place of theirs, the lines above done already. They add up "
        "exactly; another order would share the difference out otherwise."
    )
    return Table(t("What explains the differences"), columns, tuple(rows), (note,), t)


def their_inputs(answer: Required, *, t: Words = ENGLISH) -> Table:
    """Inputs of every published figure in terms of the one formula, beside ours."""
    rows = tuple(
        (
            t(INPUTS[s]),
            *(_input(s, c.steps[i].before, t) for c in answer.compared),
            _input(s, answer.inputs[s].central, t),
        )
        for i, s in enumerate(INPUTS)
    )
    columns = (
        Column("input", t("input")),
        *(Column(c.row.id, c.row.name) for c in answer.compared),
        Column("ours", t("ours")),
    )
    solved = [c.row.name for c in answer.compared if c.row.implied]
    notes = [t("A life of one year without a return: a year's spending comes back within the year.")]
    if solved:
        text = N_("Not printed, so solved from the figure: the part of revenue of {names}.")
        notes.append(t(text, names=t.listed(solved)))
    return Table(t("Their inputs in the same formula"), columns, rows, tuple(notes), t)


def demand(answer: Required, *, t: Words = ENGLISH) -> Table:
    """End demand by firm."""
    o = answer.opening
    rows = tuple(
        (firm_name(o, r.firm, t), r.day, r.pace.value, r.from_world, r.ai[1], r.value, r.low, r.high)
        for r in answer.demand
    )
    least, now, most = answer.demand_now
    last: tuple[Cell, ...] = (t("all"), None, None, None, None, now, least, most)
    columns = (
        Column("firm", t("firm")),
        Column("day", t("day"), Kind.DATE),
        Column("pace", t("revenue"), Kind.MONEY),
        Column("from_world", t("from outside"), Kind.PERCENT),
        Column("ai", t("for AI"), Kind.PERCENT),
        Column("demand", t("end demand"), Kind.MONEY),
        Column("low", t("low"), Kind.MONEY),
        Column("high", t("high"), Kind.MONEY),
    )
    note = t(
        "Revenue at the pace of a year on its day. From outside: not from firms of the book, so that nothing is "
        "counted twice. For AI: an assumption by firm; {share} of end demand rests on it.",
        share=t.percent(answer.demand_assumed_share),
    )
    return Table(t("What end customers pay"), columns, (*rows, last), (note,), t)


def capital(answer: Required, *, t: Words = ENGLISH) -> Table:
    """Capital by firm."""
    o = answer.opening
    rows = tuple(
        (firm_name(o, r.firm, t), r.built.value, r.planned.value, r.ordinary.value, r.ai.value, r.low, r.high)
        for r in answer.capital
    )
    k = answer.inputs["capital"]
    whole = tuple(sum(x) for x in zip(*(row[1:4] for row in rows), strict=True))
    columns = (
        Column("firm", t("firm")),
        Column("built", t("built"), Kind.MONEY),
        Column("planned", t("planned"), Kind.MONEY),
        Column("ordinary", t("ordinary"), Kind.MONEY),
        Column("ai", t("for AI"), Kind.MONEY),
        Column("low", t("low"), Kind.MONEY),
        Column("high", t("high"), Kind.MONEY),
    )
    parts = [f"{basis_name(kind, t)} {t.percent(share)}" for kind, share in answer.basis.items() if share >= 0.005]
    note = t(
        "Built from {since} to {opening}, planned to {end}; ordinary is the pace of 2022. Rests on: {parts}.",
        since=answer.since,
        opening=o.window.opening,
        end=o.window.end,
        parts=t.comma.join(parts),
    )
    notes = (note, *(relayed(t, flag) for flag in answer.flags))
    return Table(t("Capital"), columns, (*rows, (t("all"), *whole, k.central, k.low, k.high)), notes, t)


def notes(*, t: Words = ENGLISH) -> list[str]:
    """What the formulas leave out."""
    return [
        t(
            "Plain formulas: one year stands for all, nobody fails, prices stay. What landlords build for others, what "
            "laboratories spend on staff and research, and the demand and computing of firms that the book does not "
            "know are not in them."
        )
    ]


def lines(answer: Required) -> Table:
    """Everything in one long table, for a file."""
    rows: list[tuple[Cell, ...]] = []
    for name, row in answer.inputs.items():
        rows.append(("input", name.rstrip("_"), "", row.low, row.central, row.high, row.unit, "; ".join(row.trail)))
        at = answer.one_at_a_time[name]
        rows.append(("required_at", name.rstrip("_"), "", at[0], answer.value, at[1], "USD_million", ""))
    low, high = answer.range
    rows.append(("result", "required_revenue", "", low, answer.value, high, "USD_million", ""))
    least, now, most = answer.demand_now
    rows.append(("result", "end_demand", "", least, now, most, "USD_million", ""))
    for c in answer.compared:
        source = f"{c.row.title}, {c.row.published}, {c.row.url}".rstrip(", ")
        for key, value in (("published", c.row.value), ("formula", c.reproduced), ("with_book", c.with_book)):
            rows.append(("published", c.row.id, key, None, value, None, "USD_million", source))
        rows += [("step", c.row.id, s.input.rstrip("_"), None, s.change, None, "USD_million", "") for s in c.steps]
    for f in answer.capital:
        rows.append(("capital", f.firm, "", f.low, f.ai.value, f.high, "USD_million", "; ".join(f.ai.trail)))
    for d in answer.demand:
        rows.append(("demand", d.firm, "", d.low, d.value, d.high, "USD_million", "; ".join(d.trail)))
    keys = ("kind", "name", "item", "low", "central", "high", "unit", "source")
    number = ("low", "central", "high")
    columns = tuple(Column(k, k, Kind.NUMBER if k in number else Kind.TEXT) for k in keys)
    return Table("Required revenue", columns, tuple(rows))
