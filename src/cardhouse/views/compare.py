"""Two runs of many paths side by side, as tables, sentences, JSON and rows for a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from cardhouse.economy.many.compare import Change, Comparison, Shared
from cardhouse.economy.many.manifest import Manifest
from cardhouse.views.many import KINDS, share
from cardhouse.views.run import LEAST, quarter
from cardhouse.views.table import Cell, Column, Kind, Table, billions

SURE = 2.0
"""Standard errors from which a difference is more than chance."""
WORDS = {
    Shared.PATHS: "Both use the same random numbers path by path: the error is that of the difference itself.",
    Shared.OPENINGS: "Both draw the same assumptions and other surprises: the error is that of the difference between "
    "the same openings.",
    Shared.NOTHING: "The two share no random numbers: the error is that of two separate runs, and larger than it would "
    "be with one seed, number of paths and uncertainty.",
}


def dateline(c: Comparison, labels: tuple[str, str]) -> str:
    """Which two runs, and in which unit."""
    return " · ".join([*(f"{label}: {_run(m)}" for label, m in zip("AB", (c.a, c.b), strict=True)), "USD billion"]) + (
        f" · A is {labels[0]}, B is {labels[1]}"
    )


def _run(m: Manifest) -> str:
    first, last = quarter(m.windows[0]), quarter(m.windows[-1])
    return f"{m.scenario_name}, {m.paths:,} paths, seed {m.seed}, book, opening {m.book_date}, {first} to {last}"


def between(c: Comparison) -> list[str]:
    """In what the runs differ, and what they share."""
    told = [f"  {sentence}" for sentence in c.differences] or ["  nothing: the two runs are the same"]
    return ["They differ in:", *told, WORDS[c.shared]]


def falls(c: Comparison, names: Mapping[str, str]) -> Table:
    """Default probabilities side by side, the largest difference first."""
    order = sorted(range(len(c.falls)), key=lambda i: -abs(c.falls[i].less))
    rows = tuple(
        (
            names.get(c.falls[i].name, c.falls[i].name),
            share(c.falls[i].a),
            share(c.falls[i].b),
            _points(c.falls[i]),
            *((c.swaps[i].only_a, c.swaps[i].only_b) if c.swaps else ()),
        )
        for i in order
    )
    columns = (
        Column("firm", "firm"),
        Column("a", "A", Kind.NUMBER),
        Column("b", "B", Kind.NUMBER),
        Column("less", "B less A, points", Kind.NUMBER),
        *(
            (Column("only_a", "paths: in A alone", Kind.COUNT), Column("only_b", "in B alone", Kind.COUNT))
            if c.swaps
            else ()
        ),
    )
    return Table("Probability of a fall", columns, rows, _sure(c.falls))


def _points(x: Change) -> str:
    digits = 1 if x.error >= 0.001 else 2
    return f"{100 * x.less:+.{digits}f} ± {100 * x.error:.{digits}f}"


def _sure(changes: tuple[Change, ...]) -> tuple[str, ...]:
    more = sum(abs(x.less) > SURE * x.error for x in changes)
    return (f"{more} of {len(changes)} differences are larger than two standard errors.",) if changes else ()


def lost(c: Comparison) -> Table:
    """Mean losses of everybody side by side."""
    rows = tuple(_loss_row(x) for x in c.losses)
    columns = (
        Column("kind", "mean over all paths"),
        Column("a", "A", Kind.MONEY),
        Column("b", "B", Kind.MONEY),
        Column("less", "B less A", Kind.NUMBER),
    )
    return Table("Losses of everybody", columns, rows)


def _loss_row(x: Change) -> tuple[Cell, ...]:
    a, b = (value if abs(value) >= LEAST else 0.0 for value in (x.a, x.b))
    return KINDS.get(x.name, x.name), a, b, _change(x)


def _change(x: Change) -> str:
    sign = "+" if x.less > 0.0 else ""
    return f"{sign}{billions(x.less)} ± {billions(x.error)}"


def payload(c: Comparison, labels: tuple[str, str]) -> dict[str, Any]:
    """The comparison as JSON."""
    swaps = [asdict(s) for s in c.swaps] or [{} for _ in c.falls]
    return {
        "runs": [
            {"folder": label, "scenario": m.scenario_name, "paths": m.paths, "seed": m.seed, "run": m.run}
            for label, m in zip(labels, (c.a, c.b), strict=True)
        ],
        "unit": "USD_million",
        "shared": str(c.shared),
        "differences": list(c.differences),
        "falls": [asdict(x) | swap for x, swap in zip(c.falls, swaps, strict=True)],
        "losses": [asdict(x) for x in c.losses],
    }


def lines(c: Comparison) -> Table:
    """Every difference, one a row, for a file."""
    swaps: list[tuple[Cell, Cell]] = [(s.only_a, s.only_b) for s in c.swaps] or [(None, None)] * len(c.falls)
    rows: list[tuple[Cell, ...]] = [
        ("default", x.name, x.a, x.b, x.less, x.error, *swap) for x, swap in zip(c.falls, swaps, strict=True)
    ]
    rows += [("loss", x.name, x.a, x.b, x.less, x.error, None, None) for x in c.losses]
    keys = ("table", "name", "a", "b", "less", "error", "only_a", "only_b")
    columns = tuple(Column(key, key, Kind.TEXT if i < 2 else Kind.NUMBER) for i, key in enumerate(keys))
    return Table("Comparison", columns, tuple(rows))
