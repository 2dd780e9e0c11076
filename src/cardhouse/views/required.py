"""The plain formulas of the revenue that AI needs, as tables and sentences."""

from __future__ import annotations

import math

from cardhouse.economy.inputs import source_rank
from cardhouse.economy.required import Required
from cardhouse.economy.required_inputs import Input
from cardhouse.views.pull import basis_name
from cardhouse.views.pull import name as firm_name
from cardhouse.views.table import Cell, Column, Kind, Table, billions

INPUTS = {
    "capital": "capital built and planned",
    "short_share": "of it short-lived",
    "short_life": "life of servers",
    "long_life": "life of buildings",
    "return_": "return asked for",
    "part": "part of revenue for capital",
}
"""Names of the inputs as shown."""


def dateline(answer: Required) -> str:
    """What every table must carry: book, day of the pace, period of the capital, unit, ties that count."""
    o = answer.opening
    return (
        f"book of {o.book.date} · pace of {o.window.opening} · capital of {answer.since} to {o.window.end} · "
        "USD billion, revenue a year · ties: binding, and reported ones that are active"
    )


def headline(answer: Required) -> list[str]:
    """The answer in a few sentences."""
    low, high = answer.range
    least, now, most = answer.demand_now
    lines = [
        f"By the plain formula the capital built for AI since {answer.since.year} and planned to "
        f"{answer.opening.window.end} ({_b(answer.terms.capital)} billion dollars) needs "
        f"{_b(answer.value)} billion dollars of revenue a year from end customers "
        f"({_b(low)} to {_b(high)} if every input lies at its kind or at its hard end).",
        f"End customers pay {_b(now)} billion a year now ({_b(least)} to {_b(most)}).",
    ]
    if answer.gap <= 0.0:
        return [*lines, "That is enough."]
    times = f", {answer.value / now:.1f} times what they pay" if now > 0.0 else ""
    return [*lines, f"{_b(answer.gap)} billion a year are missing{times}."]


def _b(million: float) -> str:
    return f"{million / 1000.0:,.0f}" if abs(million) >= 9_950.0 else billions(million)


def inputs(answer: Required) -> Table:
    """Our inputs with their ranges, and the answer with each of them at its ends."""
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            INPUTS[name],
            *(_input(name, x) for x in (row.low, row.central, row.high)),
            *answer.one_at_a_time[name],
            _rests(row),
        )
        for name, row in answer.inputs.items()
    )
    low, high = answer.range
    last: tuple[Cell, ...] = ("all together", "", "", "", low, high, "")
    columns = (
        Column("input", "input"),
        Column("low", "low"),
        Column("central", "central"),
        Column("high", "high"),
        Column("at_low", "needed at low", Kind.MONEY),
        Column("at_high", "needed at high", Kind.MONEY),
        Column("rests_on", "rests on", wrap=True),
    )
    notes = (
        "Needed: [s K a(h, L) + (1 - s) K a(h, N)] / m with a(r, n) = r / (1 - (1 + r)^-n); K capital, s its "
        "short-lived share, L and N lives, h return, m part of revenue. All together: the least and the most.",
    )
    return Table("Our inputs, and what is needed with each at its ends", columns, (*rows, last), notes)


def _rests(row: Input) -> str:
    whole = sum(row.basis.values())
    parts = sorted(row.basis.items(), key=lambda kv: (-kv[1], source_rank(kv[0])))[:2]
    return ", ".join(f"{basis_name(kind)} {amount / whole:.0%}" for kind, amount in parts)


def _input(name: str, value: float) -> str:
    """One input as text: billions, percent or years."""
    if name == "capital":
        return f"{value / 1000.0:,.0f}"
    if name in ("short_life", "long_life"):
        return "endless" if math.isinf(value) else f"{value:.1f} y"
    return f"{value:.0%}"


def compared(answer: Required) -> Table:
    """Published figures, their own formulas, and the same with the book's figures."""
    rows = tuple(
        (c.row.name, c.row.published, c.row.value, c.reproduced, c.with_book, c.replaced or c.lacks)
        for c in answer.compared
    )
    columns = (
        Column("name", "who"),
        Column("published", "published", Kind.DATE),
        Column("value", "figure", Kind.MONEY),
        Column("reproduced", "formula gives", Kind.MONEY),
        Column("with_book", "with the book", Kind.MONEY),
        Column("replaced", "what was put in", wrap=True),
    )
    notes = ["Formula gives: from the inputs that were published. With the book: its own norms kept."]
    notes += [f"{c.row.name}: {c.row.stated}" for c in answer.compared]
    return Table("Published figures", columns, rows, tuple(notes) if rows else ("None was published by then.",))


def differences(answer: Required) -> Table:
    """From each published figure to ours, one input at a time."""
    found = answer.compared
    rows: list[tuple[Cell, ...]] = [("their formula gives", *(c.reproduced for c in found))]
    for i, name in enumerate(INPUTS):
        rows.append((INPUTS[name], *(c.steps[i].change for c in found)))
    rows.append(("ours", *(answer.value for _ in found)))
    columns = (Column("input", "input changed"), *(Column(c.row.id, c.row.name, Kind.MONEY) for c in found))
    notes = (
        "Top to bottom: each line puts our input in place of theirs, the lines above done already. They add up "
        "exactly; another order would share the difference out otherwise.",
    )
    return Table("What explains the differences", columns, tuple(rows), notes)


def their_inputs(answer: Required) -> Table:
    """Inputs of every published figure in terms of the one formula, beside ours."""
    rows = tuple(
        (INPUTS[s], *(_input(s, c.steps[i].before) for c in answer.compared), _input(s, answer.inputs[s].central))
        for i, s in enumerate(INPUTS)
    )
    columns = (
        Column("input", "input"),
        *(Column(c.row.id, c.row.name) for c in answer.compared),
        Column("ours", "ours"),
    )
    solved = [c.row.name for c in answer.compared if c.row.implied]
    notes = ["A life of one year without a return: a year's spending comes back within the year."]
    if solved:
        notes.append(f"Not printed, so solved from the figure: the part of revenue of {' and '.join(solved)}.")
    return Table("Their inputs in the same formula", columns, rows, tuple(notes))


def demand(answer: Required) -> Table:
    """End demand by firm."""
    o = answer.opening
    rows = tuple(
        (firm_name(o, r.firm), r.day, r.pace.value, r.from_world, r.ai[1], r.value, r.low, r.high)
        for r in answer.demand
    )
    least, now, most = answer.demand_now
    last: tuple[Cell, ...] = ("all", None, None, None, None, now, least, most)
    columns = (
        Column("firm", "firm"),
        Column("day", "day", Kind.DATE),
        Column("pace", "revenue", Kind.MONEY),
        Column("from_world", "from outside", Kind.PERCENT),
        Column("ai", "for AI", Kind.PERCENT),
        Column("demand", "end demand", Kind.MONEY),
        Column("low", "low", Kind.MONEY),
        Column("high", "high", Kind.MONEY),
    )
    notes = (
        "Revenue at the pace of a year on its day. From outside: not from firms of the book, so that nothing is "
        f"counted twice. For AI: an assumption by firm; {answer.demand_assumed_share:.0%} of end demand rests on it.",
    )
    return Table("What end customers pay", columns, (*rows, last), notes)


def capital(answer: Required) -> Table:
    """Capital by firm."""
    o = answer.opening
    rows = tuple(
        (firm_name(o, r.firm), r.built.value, r.planned.value, r.ordinary.value, r.ai.value, r.low, r.high)
        for r in answer.capital
    )
    k = answer.inputs["capital"]
    whole = tuple(sum(x) for x in zip(*(row[1:4] for row in rows), strict=True))
    columns = (
        Column("firm", "firm"),
        Column("built", "built", Kind.MONEY),
        Column("planned", "planned", Kind.MONEY),
        Column("ordinary", "ordinary", Kind.MONEY),
        Column("ai", "for AI", Kind.MONEY),
        Column("low", "low", Kind.MONEY),
        Column("high", "high", Kind.MONEY),
    )
    parts = ", ".join(f"{basis_name(kind)} {share:.0%}" for kind, share in answer.basis.items() if share >= 0.005)
    notes = [
        f"Built from {answer.since} to {o.window.opening}, planned to {o.window.end}; ordinary is the pace of 2022. "
        f"Rests on: {parts}.",
        *answer.flags,
    ]
    return Table("Capital", columns, (*rows, ("all", *whole, k.central, k.low, k.high)), tuple(notes))


def notes() -> list[str]:
    """What the formulas leave out."""
    return [
        "Plain formulas: one year stands for all, nobody fails, prices stay. What landlords build for others, what "
        "laboratories spend on staff and research, and the demand and computing of firms that the book does not know "
        "are not in them."
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
