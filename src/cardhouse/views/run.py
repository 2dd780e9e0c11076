"""A run as tables and sentences that come from its numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from cardhouse.economy.aftermath import SMALLEST
from cardhouse.economy.figure import shares
from cardhouse.economy.grounds import grounds
from cardhouse.economy.inputs import source_rank
from cardhouse.economy.kernel import columns as col
from cardhouse.economy.ledger import WORLD, Payment
from cardhouse.economy.run import Run
from cardhouse.economy.scenario import SHIPPED, Scenario, read_scenario
from cardhouse.economy.settled import Fall, FallKind
from cardhouse.economy.story import Failure, Standing, Story
from cardhouse.views.pull import SCOPES, basis_name
from cardhouse.views.pull import name as firm_name
from cardhouse.views.table import Cell, Column, Kind, Table
from cardhouse.views.words import ENGLISH, N_, Words

MOST_BLOWS = 12
MOST_LOSSES = 10
LEAST = 50.0
"""USD million below which a line is left out of a table in billions."""


def name(run: Run, node: str, t: Words = ENGLISH) -> str:
    """The name of a node; the world outside the network has one too."""
    return firm_name(run.compiled.opening, node, t) if node != WORLD else t("the world")


def when(run: Run, step: int, t: Words = ENGLISH) -> str:
    """The quarter of a step."""
    return t.quarter(run.compiled.windows[step].end)


def is_calm(run: Run) -> bool:
    """Whether a run is the baseline itself."""
    return run.path is run.baseline


def scenario_title(scenario: Scenario, t: Words) -> str:
    """What a scenario is called."""
    return scenario.title_zh if t.lang == "zh" else scenario.title


def dateline(run: Run, *, t: Words = ENGLISH) -> str:
    """What every table of a run must carry: book, quarters, scenario, unit, ties that count."""
    return t(
        "book of {date} · {first} to {last} · scenario: {scenario} · {unit} · ties: {ties}",
        date=run.compiled.opening.book.date,
        first=when(run, 0, t),
        last=t.quarter(run.compiled.windows[-1].end),
        scenario=run.scenario.name,
        unit=t.money_unit,
        ties=t(SCOPES[run.choices.scope.value]),
    )


def headline(told: Story, *, t: Words = ENGLISH) -> list[str]:
    """The answer in a few sentences."""
    run, quarters = told.run, len(told.run.compiled.windows)
    about = run.scenario.about_zh if t.lang == "zh" else run.scenario.about
    lines = [t("{title}. {about}", title=scenario_title(run.scenario, t), about=about)]
    fell = [f for f in told.failures if f.fall.kind is not FallKind.PULLED]
    firms, vehicles = [f.fall for f in fell if not f.tenant], [f.fall for f in fell if f.tenant]
    tested = len(run.compiled.opening.full) - len({f.fall.node for f in told.failures if not f.tenant})
    if firms:
        lines.append(t("Fails within {quarters} quarters: {firms}.", quarters=quarters, firms=falls_in(run, firms, t)))
    elif len(fell) < len(told.failures):
        text = N_("None of the {tested} other tested firms fails within {quarters} quarters.")
        lines.append(t(text, tested=tested, quarters=quarters))
    else:
        text = N_("None of the {tested} tested firms fails within {quarters} quarters.")
        lines.append(t(text, tested=tested, quarters=quarters))
    if vehicles:
        lines.append(t("Vehicles that go down with their tenant: {firms}.", firms=falls_in(run, vehicles, t)))
    return [*lines, *baseline(told, t=t)]


def falls_in(run: Run, falls: Sequence[Fall], t: Words = ENGLISH) -> str:
    """Falls as one line."""
    return t.comma.join(t("{firm} ({when})", firm=name(run, f.node, t), when=when(run, f.step, t)) for f in falls)


def baseline(told: Story, *, t: Words = ENGLISH) -> list[str]:
    """Whether somebody fails without any shock; that is a fault and is said as one."""
    run = told.run
    if told.calm_falls:
        return [
            t(
                "Fault: without any shock these fail: {firms}. That is a fault of the book or of an assumption; what "
                "follows is not to be trusted for them.",
                firms=falls_in(run, told.calm_falls, t),
            )
        ]
    return [] if is_calm(run) else [t("Without the scenario nobody fails.")]


def timeline(told: Story, *, t: Words = ENGLISH) -> Table:
    """Falls in the order of time."""
    run = told.run
    rows = tuple(
        (
            when(run, f.fall.step, t),
            name(run, f.fall.node, t),
            _what(run, f, t),
            f.owed if not f.tenant and f.fall.kind is not FallKind.PULLED else None,
            f.had if not f.tenant and f.fall.kind is not FallKind.PULLED else None,
            f.had_calm - f.owed_calm if not f.tenant else None,
        )
        for f in told.failures
    )
    columns = (
        Column("quarter", t("quarter")),
        Column("firm", t("firm")),
        Column("event", t("what happens"), wrap=True),
        Column("owed", t("owes"), Kind.MONEY),
        Column("had", t("can pay"), Kind.MONEY),
        Column("calm", t("room without"), Kind.MONEY),
    )
    note = t(
        "Owes: what binds in that quarter. Can pay: cash, receipts and what it could still raise. "
        "Room without: can pay less owes, in the same quarter without the scenario."
    )
    return Table(t("Who fails when"), columns, rows, (note,) if rows else (), t)


def _what(run: Run, f: Failure, t: Words) -> str:
    match f.fall.kind:
        case FallKind.PULLED:
            return t("stops paying, as the scenario says")
        case _ if f.tenant:
            return t("loses its tenant {firm}", firm=name(run, f.tenant, t))
        case FallKind.REORGANISED:
            return t("cannot pay what is due and is reorganised")
        case _ if f.fall.round > 1:
            return t("cannot pay what is due once others have failed in this quarter")
        case _:
            return t("cannot pay what is due")


def blows(told: Story, *, t: Words = ENGLISH) -> Table:
    """What falls do to others in the year after."""
    run, rows = told.run, []
    by: dict[tuple[str, str, str], list[tuple[float, str]]] = defaultdict(list)
    for b in told.blows:
        by[b.source, b.node, str(b.why)].append((b.amount, b.tie))
    for (source, node, why), parts in sorted(by.items(), key=lambda kv: (-sum(a for a, _ in kv[1]), kv[0])):
        ties = ", ".join(tie for _, tie in sorted(parts, reverse=True)[:2])
        what = t(BLOWS.get(why, why))
        rows.append((name(run, node, t), name(run, source, t), what, sum(a for a, _ in parts), ties))
    shown = [r for r in rows if float(r[3]) >= LEAST][:MOST_BLOWS]
    columns = (
        Column("firm", t("firm")),
        Column("source", t("hit by")),
        Column("why", t("what"), wrap=True),
        Column("amount", t("amount"), Kind.MONEY),
        Column("ties", t("largest ties"), wrap=True),
    )
    notes = [t("Receipts of the four quarters from the fall on that do not come, before costs saved and re-letting.")]
    if len(rows) > len(shown):
        notes.append(t("{more} smaller ones are not shown; --json has all.", more=len(rows) - len(shown)))
    return Table(t("What the falls take from others"), columns, tuple(shown), tuple(notes), t)


BLOWS = {
    "contract": N_("contracts not paid"),
    "order": N_("orders not placed"),
    "rent": N_("rent not paid"),
    "investment": N_("investment not made"),
    "interest": N_("interest not paid"),
    "guarantee": N_("pays under a guarantee"),
}
"""What a fall takes from another firm, by what the payment was for."""


def losses(told: Story, *, t: Words = ENGLISH) -> Table:
    """Claims and shares written off in the quarters of falls."""
    run = told.run
    found = [x for x in told.losses if max(x.credit, x.stakes) >= LEAST]
    rows = tuple((when(run, x.step, t), name(run, x.node, t), x.credit, x.stakes) for x in found[:MOST_LOSSES])
    columns = (
        Column("quarter", t("quarter")),
        Column("firm", t("firm")),
        Column("credit", t("claims and loans"), Kind.MONEY),
        Column("stakes", t("shares"), Kind.MONEY),
    )
    note = t("Shares hold what markets took in that quarter from those who stand, too.")
    return Table(t("Written off in quarters of falls, beyond the baseline"), columns, rows, (note,), t)


def standing(told: Story, *, t: Words = ENGLISH) -> Table:
    """Firms that stand, by how tight it gets."""
    run, calm = told.run, is_calm(told.run)
    own = (Column("firm", t("firm")), Column("quarter", t("tightest quarter")))
    columns = (*own, *(_tight_columns(t) if calm else _hurt_columns(t)))
    rows = tuple((_tight if calm else _hurt)(run, s, t) for s in told.standing)
    notes = [
        t("Room: what a firm could pay from less what it must pay, where that is the smallest part of what it owes.")
    ]
    if not calm:
        notes.append(
            t(
                "Without: the same quarter without the scenario. Cash (at its worst), revenue and capital spending "
                "(over all quarters) and market value (at the end): differences from it. Plans: the lowest level to "
                "which lost revenue cut the planned spending of a quarter."
            )
        )
    return Table(t("Who stands, the tightest first"), columns, rows, (t.sentences(notes),), t)


def _tight_columns(t: Words) -> tuple[Column, ...]:
    return (
        Column("owes", t("owes"), Kind.MONEY),
        Column("room", t("room"), Kind.MONEY),
        Column("cushion", t("of what it owes"), Kind.PERCENT),
    )


def _hurt_columns(t: Words) -> tuple[Column, ...]:
    return (
        Column("room", t("room"), Kind.MONEY),
        Column("calm", t("without"), Kind.MONEY),
        Column("cash", t("cash"), Kind.MONEY),
        Column("revenue", t("revenue"), Kind.MONEY),
        Column("spending", t("capital spending"), Kind.MONEY),
        Column("plans", t("plans cut to"), Kind.PERCENT),
        Column("value", t("market value"), Kind.PERCENT),
    )


def _tight(run: Run, s: Standing, t: Words) -> tuple[Cell, ...]:
    return name(run, s.node, t), when(run, s.step, t), s.binding, s.headroom, s.cushion


def _hurt(run: Run, s: Standing, t: Words) -> tuple[Cell, ...]:
    numbers = (s.headroom, s.calm, *(x if abs(x) >= SMALLEST else 0.0 for x in (s.cash, s.revenue, s.spending)))
    return name(run, s.node, t), when(run, s.step, t), *numbers, s.plans, round(s.value, 2) + 0.0


def rests_on(run: Run, *, t: Words = ENGLISH) -> Table:
    """What the dollars of the plan rest on."""
    parts = shares(grounds(run))
    rows = tuple((basis_name(k, t), v) for k, v in sorted(parts.items(), key=lambda kv: source_rank(kv[0])))
    note = t("Revenue, costs and spending of the plan, contracts and opening balances; all growth is an assumption.")
    columns = (Column("basis", t("basis")), Column("share", t("share"), Kind.PERCENT))
    return Table(t("What it rests on (share of dollars)"), columns, rows, (note,), t)


def years(told: Story, *, t: Words = ENGLISH) -> Table:
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
        year = t("{first} to {last}", first=when(run, first, t), last=when(run, first + 3, t))
        rows.append((year, *cells, float(np.mean(run.path.rents[span]))))
    columns: list[Column] = [Column("year", t("four quarters"))]
    for _, title, _ in _SYSTEM:
        key = title.replace(" ", "_")
        columns.append(Column(key, t(title), Kind.MONEY))
        columns += [] if calm else [Column(f"{key}_baseline", t("without"), Kind.MONEY)]
    columns.append(Column("rents", t("rents"), Kind.PERCENT))
    note = t("Tested firms together. Debt at the end of the year; rents of computing against the plan.")
    return Table(t("The network by year"), tuple(columns), tuple(rows), (note,), t)


_SYSTEM = (
    (col.WORLD_RECEIPTS, N_("from customers"), False),
    (col.CAPEX, N_("capital spending"), False),
    (col.DEBT, N_("debt"), True),
)
"""Column, title, and whether it is a balance at the end of the year."""


def notes(*, t: Words = ENGLISH) -> list[str]:
    """What is not in the answer."""
    return [
        t(
            "One path at central assumptions: a test of what would follow, not a forecast, and without a probability. "
            "Not in it: new contracts that the book does not know, and what firms would decide beyond cutting spending."
        )
    ]


def shipped(*, t: Words = ENGLISH) -> Table:
    """The scenarios that come with the program."""
    rows = tuple((s.name, scenario_title(s, t)) for s in (read_scenario(n) for n in SHIPPED))
    columns = (Column("scenario", t("scenario")), Column("title", t("what happens"), wrap=True))
    note = t("Several compose: cardhouse run rents-fall dear-money. A file of your own ends in .toml.")
    return Table(t("Scenarios"), columns, rows, (note,), t)


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
