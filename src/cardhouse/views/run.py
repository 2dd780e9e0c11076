"""A run as tables and sentences that come from its numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

import numpy as np

from cardhouse.economy.aftermath import SMALLEST
from cardhouse.economy.figure import shares
from cardhouse.economy.grounds import grounds
from cardhouse.economy.inputs import source_rank
from cardhouse.economy.kernel import columns as col
from cardhouse.economy.ledger import WORLD, Payment
from cardhouse.economy.run import Run
from cardhouse.economy.scenario import SHIPPED, read_scenario
from cardhouse.economy.settled import Fall, FallKind
from cardhouse.economy.story import Failure, Standing, Story
from cardhouse.views.pull import basis_name
from cardhouse.views.pull import name as firm_name
from cardhouse.views.table import Cell, Column, Kind, Table

SCOPES = {
    "binding": "binding only",
    "active": "binding, and reported ones that are active",
    "announced": "binding, reported and announced",
    "all": "all, letters of intent too",
}
MOST_BLOWS = 12
MOST_LOSSES = 10
LEAST = 50.0
"""USD million below which a line is left out of a table in billions."""


def name(run: Run, node: str) -> str:
    """The English name of a node; the world outside the network has one too."""
    return firm_name(run.compiled.opening, node) if node != WORLD else "the world"


def quarter(day: date) -> str:
    """A quarter by the day it ends on."""
    return f"{day.year} Q{(day.month + 2) // 3}"


def when(run: Run, step: int) -> str:
    """The quarter of a step."""
    return quarter(run.compiled.windows[step].end)


def is_calm(run: Run) -> bool:
    """Whether a run is the baseline itself."""
    return run.path is run.baseline


def dateline(run: Run) -> str:
    """What every table of a run must carry: book, quarters, scenario, unit, ties that count."""
    o, last = run.compiled.opening, run.compiled.windows[-1]
    return (
        f"book of {o.book.date} · {when(run, 0)} to {quarter(last.end)} · scenario: {run.scenario.name} · USD billion "
        f"· ties: {SCOPES[run.choices.scope.value]}"
    )


def headline(told: Story) -> list[str]:
    """The answer in a few sentences."""
    run, quarters = told.run, len(told.run.compiled.windows)
    lines = [f"{run.scenario.title}. {run.scenario.about}"]
    fell = [f for f in told.failures if f.fall.kind is not FallKind.PULLED]
    firms, vehicles = [f.fall for f in fell if not f.tenant], [f.fall for f in fell if f.tenant]
    if firms:
        lines.append(f"Fails within {quarters} quarters: {falls_in(run, firms)}.")
    else:
        others = "other " if len(fell) < len(told.failures) else ""
        tested = len(run.compiled.opening.full) - len({f.fall.node for f in told.failures if not f.tenant})
        lines.append(f"None of the {tested} {others}tested firms fails within {quarters} quarters.")
    if vehicles:
        lines.append(f"Vehicles that go down with their tenant: {falls_in(run, vehicles)}.")
    return [*lines, *baseline(told)]


def falls_in(run: Run, falls: Sequence[Fall]) -> str:
    """Falls as one line."""
    return ", ".join(f"{name(run, f.node)} ({when(run, f.step)})" for f in falls)


def baseline(told: Story) -> list[str]:
    """Whether somebody fails without any shock; that is a fault and is said as one."""
    run = told.run
    if told.calm_falls:
        return [
            f"Fault: without any shock these fail: {falls_in(run, told.calm_falls)}. That is a fault of the book or "
            "of an assumption; what follows is not to be trusted for them."
        ]
    return [] if is_calm(run) else ["Without the scenario nobody fails."]


def timeline(told: Story) -> Table:
    """Falls in the order of time."""
    run = told.run
    rows = tuple(
        (
            when(run, f.fall.step),
            name(run, f.fall.node),
            _what(run, f),
            f.owed if not f.tenant and f.fall.kind is not FallKind.PULLED else None,
            f.had if not f.tenant and f.fall.kind is not FallKind.PULLED else None,
            f.had_calm - f.owed_calm if not f.tenant else None,
        )
        for f in told.failures
    )
    columns = (
        Column("quarter", "quarter"),
        Column("firm", "firm"),
        Column("event", "what happens", wrap=True),
        Column("owed", "owes", Kind.MONEY),
        Column("had", "can pay", Kind.MONEY),
        Column("calm", "room without", Kind.MONEY),
    )
    notes = (
        "Owes: what binds in that quarter. Can pay: cash, receipts and what it could still raise. "
        "Room without: can pay less owes, in the same quarter without the scenario.",
    )
    return Table("Who fails when", columns, rows, notes if rows else ())


def _what(run: Run, f: Failure) -> str:
    match f.fall.kind:
        case FallKind.PULLED:
            return "stops paying, as the scenario says"
        case _ if f.tenant:
            return f"loses its tenant {name(run, f.tenant)}"
        case FallKind.REORGANISED:
            return "cannot pay what is due and is reorganised"
        case _ if f.fall.round > 1:
            return "cannot pay what is due once others have failed in this quarter"
        case _:
            return "cannot pay what is due"


def blows(told: Story) -> Table:
    """What falls do to others in the year after."""
    run, rows = told.run, []
    by: dict[tuple[str, str, str], list[tuple[float, str]]] = defaultdict(list)
    for b in told.blows:
        by[b.source, b.node, str(b.why)].append((b.amount, b.tie))
    for (source, node, why), parts in sorted(by.items(), key=lambda kv: (-sum(a for a, _ in kv[1]), kv[0])):
        ties = ", ".join(t for _, t in sorted(parts, reverse=True)[:2])
        rows.append((name(run, node), name(run, source), _blow(why), sum(a for a, _ in parts), ties))
    shown = [r for r in rows if float(r[3]) >= LEAST][:MOST_BLOWS]
    columns = (
        Column("firm", "firm"),
        Column("source", "hit by"),
        Column("why", "what", wrap=True),
        Column("amount", "amount", Kind.MONEY),
        Column("ties", "largest ties", wrap=True),
    )
    notes = ["Receipts of the four quarters from the fall on that do not come, before costs saved and re-letting."]
    if len(rows) > len(shown):
        notes.append(f"{len(rows) - len(shown)} smaller ones are not shown; --json has all.")
    return Table("What the falls take from others", columns, tuple(shown), tuple(notes))


def _blow(why: str) -> str:
    return {"contract": "contracts not paid", "order": "orders not placed", "rent": "rent not paid",
            "investment": "investment not made", "interest": "interest not paid",
            "guarantee": "pays under a guarantee"}.get(why, why)  # fmt: skip


def losses(told: Story) -> Table:
    """Claims and shares written off in the quarters of falls."""
    run = told.run
    found = [x for x in told.losses if max(x.credit, x.stakes) >= LEAST]
    rows = tuple((when(run, x.step), name(run, x.node), x.credit, x.stakes) for x in found[:MOST_LOSSES])
    columns = (
        Column("quarter", "quarter"),
        Column("firm", "firm"),
        Column("credit", "claims and loans", Kind.MONEY),
        Column("stakes", "shares", Kind.MONEY),
    )
    notes = ("Shares hold what markets took in that quarter from those who stand, too.",)
    return Table("Written off in quarters of falls, beyond the baseline", columns, rows, notes)


def standing(told: Story) -> Table:
    """Firms that stand, by how tight it gets."""
    run, calm = told.run, is_calm(told.run)
    own = (Column("firm", "firm"), Column("quarter", "tightest quarter"))
    columns = (*own, *(_TIGHT if calm else _HURT))
    rows = tuple((_tight if calm else _hurt)(run, s) for s in told.standing)
    more = "" if calm else (
        " Without: the same quarter without the scenario. Cash (at its worst), revenue and capital spending (over all "
        "quarters) and market value (at the end): differences from it. Plans: the lowest level to which lost revenue "
        "cut the planned spending of a quarter."
    )  # fmt: skip
    room = "Room: what a firm could pay from less what it must pay, where that is the smallest part of what it owes."
    return Table("Who stands, the tightest first", columns, rows, (room + more,))


_TIGHT = (
    Column("owes", "owes", Kind.MONEY),
    Column("room", "room", Kind.MONEY),
    Column("cushion", "of what it owes", Kind.PERCENT),
)
_HURT = (
    Column("room", "room", Kind.MONEY),
    Column("calm", "without", Kind.MONEY),
    Column("cash", "cash", Kind.MONEY),
    Column("revenue", "revenue", Kind.MONEY),
    Column("spending", "capital spending", Kind.MONEY),
    Column("plans", "plans cut to", Kind.PERCENT),
    Column("value", "market value", Kind.PERCENT),
)


def _tight(run: Run, s: Standing) -> tuple[Cell, ...]:
    return name(run, s.node), when(run, s.step), s.binding, s.headroom, s.cushion


def _hurt(run: Run, s: Standing) -> tuple[Cell, ...]:
    numbers = (s.headroom, s.calm, *(x if abs(x) >= SMALLEST else 0.0 for x in (s.cash, s.revenue, s.spending)))
    return name(run, s.node), when(run, s.step), *numbers, s.plans, round(s.value, 2) + 0.0


def rests_on(run: Run) -> Table:
    """What the dollars of the plan rest on."""
    parts = shares(grounds(run))
    rows = tuple((basis_name(k), v) for k, v in sorted(parts.items(), key=lambda kv: source_rank(kv[0])))
    return Table(
        "What it rests on (share of dollars)",
        (Column("basis", "basis"), Column("share", "share", Kind.PERCENT)),
        rows,
        ("Revenue, costs and spending of the plan, contracts and opening balances; all growth is an assumption.",),
    )


def years(told: Story) -> Table:
    """The whole network by year, beside the same year without the scenario."""
    run, calm = told.run, is_calm(told.run)
    place = [run.compiled.place[n] for n in run.compiled.opening.full]
    rows: list[tuple[Cell, ...]] = []
    for first in range(0, len(run.compiled.windows) - 3, 4):
        span, cells = slice(first, first + 4), list[float]()
        for column, _, last in _SYSTEM:
            for path in (run.path,) if calm else (run.path, run.baseline):
                a = path.accounts[span, column][:, place]
                cells.append(float(a[-1].sum() if last else a.sum()))
        rows.append((f"{when(run, first)} to {when(run, first + 3)}", *cells, float(np.mean(run.path.rents[span]))))
    columns: list[Column] = [Column("year", "four quarters")]
    for _, title, _ in _SYSTEM:
        key = title.replace(" ", "_")
        columns.append(Column(key, title, Kind.MONEY))
        columns += [] if calm else [Column(f"{key}_baseline", "without", Kind.MONEY)]
    columns.append(Column("rents", "rents", Kind.PERCENT))
    notes = ("Tested firms together. Debt at the end of the year; rents of computing against the plan.",)
    return Table("The network by year", tuple(columns), tuple(rows), notes)


_SYSTEM = (
    (col.WORLD_RECEIPTS, "from customers", False),
    (col.CAPEX, "capital spending", False),
    (col.DEBT, "debt", True),
)
"""Column, title, and whether it is a balance at the end of the year."""


def notes() -> list[str]:
    """What is not in the answer."""
    return [
        "One path at central assumptions: a test of what would follow, not a forecast, and without a probability. "
        "Not in it: new contracts that the book does not know, and what firms would decide beyond cutting spending."
    ]


def shipped() -> Table:
    """The scenarios that come with the program."""
    rows = tuple((s.name, s.title) for s in (read_scenario(n) for n in SHIPPED))
    columns = (Column("scenario", "scenario"), Column("title", "what happens", wrap=True))
    notes = ("Several compose: cardhouse run rents-fall dear-money. A file of your own ends in .toml.",)
    return Table("Scenarios", columns, rows, notes)


def ledger_lines(run: Run, payments: Sequence[Payment]) -> Table:
    """Every payment, for a file."""
    columns = (
        Column("quarter", "quarter", Kind.DATE),
        Column("payer", "payer"),
        Column("payee", "payee"),
        Column("why", "why"),
        Column("tie", "tie"),
        Column("due", "due", Kind.MONEY),
        Column("paid", "paid", Kind.MONEY),
    )
    ends = [w.end for w in run.compiled.windows]
    rows = tuple(
        (ends[p.step], p.payer or "world", p.payee or "world", str(p.why), p.tie, p.due, p.paid) for p in payments
    )
    return Table(f"Payments, scenario {run.scenario.name}", columns, rows)
