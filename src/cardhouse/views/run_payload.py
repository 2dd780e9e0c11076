"""A run as JSON and as rows for a file, documented in docs/json.md. Money is USD million."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import Any

from cardhouse.economy.firm_quarters import Balance, CashFlow, Income, Quarter, by_year, firm_quarters
from cardhouse.economy.grounds import grounds
from cardhouse.economy.run import Run
from cardhouse.economy.settled import Fall
from cardhouse.economy.story import Failure, Story
from cardhouse.views.run import years
from cardhouse.views.table import Cell, Column, Kind, Table
from cardhouse.views.words import ENGLISH

RATIOS = ("earnings", "cover", "leverage", "owed", "had", "value", "down")


def head(run: Run) -> dict[str, Any]:
    """What every answer of a run carries."""
    o = run.compiled.opening
    return {
        "book_date": o.book.date.isoformat(),
        "opening": o.window.opening.isoformat(),
        "quarter_ends": [w.end.isoformat() for w in run.compiled.windows],
        "unit": "USD_million",
        "firmness": run.choices.scope.value,
        "scenario": {"name": run.scenario.name, "title": run.scenario.title, "about": run.scenario.about},
    }


def run(told: Story) -> dict[str, Any]:
    """A run with its story."""
    r = told.run
    ends = [w.end.isoformat() for w in r.compiled.windows]
    return {
        **head(r),
        "failures": [_failure(f, ends) for f in told.failures],
        "baseline_failures": [_fall(f, ends) for f in told.calm_falls],
        "blows": [asdict(b) for b in told.blows],
        "losses": [asdict(x) | {"step": ends[x.step]} for x in told.losses],
        "standing": [asdict(s) | {"step": ends[s.step], "cash_step": ends[s.cash_step]} for s in told.standing],
        "years": years(told).records(),
        "rents": [float(x) for x in r.path.rents],
        "grounds": grounds(r),
        "not_tested": dict(r.compiled.opening.untested),
        "flags": [*r.compiled.opening.flags, *r.compiled.flags],
    }


def _fall(fall: Fall, ends: Sequence[str]) -> dict[str, Any]:
    return {"firm": fall.node, "quarter": ends[fall.step], "round": fall.round, "kind": fall.kind.value}


def _failure(f: Failure, ends: Sequence[str]) -> dict[str, Any]:
    return {
        **_fall(f.fall, ends),
        "owed": f.owed,
        "had": f.had,
        "owed_baseline": f.owed_calm,
        "had_baseline": f.had_calm,
        "could_raise": asdict(f.could),
        "could_raise_baseline": asdict(f.could_calm),
        "tenant": f.tenant or None,
        "chain": list(f.chain),
        "causes": [asdict(c) for c in f.causes],
    }


def both(run: Run, node: str) -> tuple[tuple[Quarter, ...], tuple[Quarter, ...]]:
    """Quarters of a node with and without the scenario."""
    with_ = firm_quarters(run.compiled, run.path, node)
    return with_, with_ if run.path is run.baseline else firm_quarters(run.compiled, run.baseline, node)


def firm(run: Run, node: str) -> dict[str, Any]:
    """Statements of one firm."""
    with_, without = both(run, node)
    return {
        **head(run),
        "firm": node,
        "quarters": [_quarter(q) for q in with_],
        "baseline": [_quarter(q) for q in without],
        "years": [asdict(y) | {"end": y.end.isoformat()} for y in by_year(with_)],
    }


def _quarter(q: Quarter) -> dict[str, Any]:
    return asdict(q) | {"end": q.end.isoformat(), "quarter": ENGLISH.quarter(q.end)}


def quarter_lines(run: Run, nodes: Sequence[str]) -> Table:
    """Statements of several firms, one row a firm, quarter and path, for a file."""
    parts = (("income", Income), ("cash", CashFlow), ("balance", Balance))
    names = [(f"{part}_{f.name}", part, f.name) for part, kind in parts for f in fields(kind)]
    columns = (
        Column("scenario", "scenario"),
        Column("firm", "firm"),
        Column("quarter", "quarter", Kind.DATE),
        *(Column(key, key, Kind.MONEY) for key, _, _ in names),
        *(Column(key, key, Kind.NUMBER) for key in RATIOS),
    )
    rows: list[tuple[Cell, ...]] = []
    for node in nodes:
        paths = both(run, node)
        labelled = [(run.scenario.name, paths[0]), ("baseline", paths[1])]
        for label, quarters in labelled if run.path is not run.baseline else labelled[:1]:
            for q in quarters:
                values = [getattr(getattr(q, part), field) for _, part, field in names]
                rows.append((label, node, q.end, *values, *(getattr(q, key) for key in RATIOS)))
    return Table(f"Statements, scenario {run.scenario.name}", columns, tuple(rows))
