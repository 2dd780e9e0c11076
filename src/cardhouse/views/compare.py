"""Two runs of many paths side by side, as tables, sentences, JSON and rows for a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from cardhouse.economy.many.compare import Change, Comparison, Shared
from cardhouse.economy.many.manifest import Manifest
from cardhouse.views.many import KINDS, share
from cardhouse.views.relayed import relayed
from cardhouse.views.run import LEAST
from cardhouse.views.table import Cell, Column, Kind, Table
from cardhouse.views.words import ENGLISH, N_, Words

SURE = 2.0
"""Standard errors from which a difference is more than chance."""
SHARED = {
    Shared.PATHS: N_("Both use the same random numbers path by path: the error is that of the difference itself."),
    Shared.OPENINGS: N_(
        "Both draw the same assumptions and other surprises: the error is that of the difference between the same "
        "openings."
    ),
    Shared.NOTHING: N_(
        "The two share no random numbers: the error is that of two separate runs, and larger than it would be with "
        "one seed, number of paths and uncertainty."
    ),
}


def dateline(c: Comparison, labels: tuple[str, str], *, t: Words = ENGLISH) -> str:
    """Which two runs, and in which unit."""
    return t(
        "A: {a} · B: {b} · {unit} · A is {label_a}, B is {label_b}",
        a=_run(c.a, t),
        b=_run(c.b, t),
        unit=t.money_unit,
        label_a=labels[0],
        label_b=labels[1],
    )


def _run(m: Manifest, t: Words) -> str:
    return t(
        "{scenario}, {paths} paths, seed {seed}, book, opening {date}, {first} to {last}",
        scenario=m.scenario_name,
        paths=f"{m.paths:,}",
        seed=m.seed,
        date=m.book_date,
        first=t.quarter(m.windows[0]),
        last=t.quarter(m.windows[-1]),
    )


def between(c: Comparison, *, t: Words = ENGLISH) -> list[str]:
    """In what the runs differ, and what they share."""
    told = [relayed(t, sentence) for sentence in c.differences] or [t("nothing: the two runs are the same")]
    return [t("They differ in:"), *(f"  {line}" for line in told), t(SHARED[c.shared])]


def falls(c: Comparison, names: Mapping[str, str], *, t: Words = ENGLISH) -> Table:
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
        Column("firm", t("firm")),
        Column("a", "A", Kind.NUMBER),
        Column("b", "B", Kind.NUMBER),
        Column("less", t("B less A, points"), Kind.NUMBER),
        *(
            (Column("only_a", t("paths: in A alone"), Kind.COUNT), Column("only_b", t("in B alone"), Kind.COUNT))
            if c.swaps
            else ()
        ),
    )
    return Table(t("Probability of a fall"), columns, rows, _sure(c.falls, t), t)


def _points(x: Change) -> str:
    digits = 1 if x.error >= 0.001 else 2
    return f"{100 * x.less:+.{digits}f} ± {100 * x.error:.{digits}f}"


def _sure(changes: tuple[Change, ...], t: Words) -> tuple[str, ...]:
    if not changes:
        return ()
    more = sum(abs(x.less) > SURE * x.error for x in changes)
    return (t("{more} of {all} differences are larger than two standard errors.", more=more, all=len(changes)),)


def lost(c: Comparison, *, t: Words = ENGLISH) -> Table:
    """Mean losses of everybody side by side."""
    rows = tuple(_loss_row(x, t) for x in c.losses)
    columns = (
        Column("kind", t("mean over all paths")),
        Column("a", "A", Kind.MONEY),
        Column("b", "B", Kind.MONEY),
        Column("less", t("B less A"), Kind.NUMBER),
    )
    return Table(t("Losses of everybody"), columns, rows, t=t)


def _loss_row(x: Change, t: Words) -> tuple[Cell, ...]:
    a, b = (value if abs(value) >= LEAST else 0.0 for value in (x.a, x.b))
    return t(KINDS.get(x.name, x.name)), a, b, _change(x, t)


def _change(x: Change, t: Words) -> str:
    sign = "+" if x.less > 0.0 else ""
    return f"{sign}{t.amount(x.less)} ± {t.amount(x.error)}"


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
