"""A run of many paths as JSON and as rows for a file, documented in docs/json.md. Money is USD million."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from cardhouse.economy.many.results import Default, Rests, When
from cardhouse.economy.many.results_fans import LEVELS, Fan
from cardhouse.economy.many.results_joint import Pair
from cardhouse.economy.many.results_losses import LEVELS as TAILS
from cardhouse.economy.many.results_losses import Loss
from cardhouse.views.many_answer import Answer
from cardhouse.views.table import Cell, Column, Kind, Table


def payload(a: Answer) -> dict[str, Any]:
    """The whole answer, with the fans of the firms shown."""
    return {
        **head(a.rests),
        "folder": a.where,
        "notes": list(a.notes),
        "defaults": [_default(a, d) for d in a.defaults],
        "joint": [_pair(p) for p in a.pairs],
        "losses": [_loss(x) for x in a.losses],
        "fans": [_fan(f) | {"firm": node} for node in a.shown for f in a.fans[node]],
        "world": [_fan(f) for f in a.world],
    }


def head(r: Rests) -> dict[str, Any]:
    """What every answer of a run of many paths carries."""
    return {
        "opening": r.book_date.isoformat(),
        "quarter_ends": [day.isoformat() for day in r.quarters],
        "unit": "USD_million",
        "firmness": r.firmness,
        "loss_rates": r.case,
        "scenario": {"name": r.scenario, "title": r.title, "about": r.about},
        "paths": r.paths,
        "openings": r.openings,
        "assumptions": "drawn" if r.drawn else "central",
        "clusters": r.clusters,
        "seed": r.seed,
        "version": r.version,
        "begun": r.begun.isoformat(),
        "run": r.run,
    }


def _default(a: Answer, d: Default) -> dict[str, Any]:
    return {
        "firm": d.node,
        "tested": d.tested,
        "falls": d.falls,
        "pulled": d.pulled,
        "reorganised": d.reorganised,
        "probability": d.probability,
        **_known(d.error, d.least, d.most),
        "by_quarter": list(d.by_quarter),
        "when": None if d.when is None else _when(d.when, a.rests.quarters),
        "causes": dict(d.causes),
    }


def _known(error: float, least: float | None, most: float | None) -> dict[str, float | None]:
    """How well a probability is known: its error, or where all or no paths have the event a bound in place of it."""
    return {"error": error if least is None and most is None else None, "least": least, "most": most}


def _when(when: When, ends: Sequence[date]) -> dict[str, Any]:
    known = when.known
    return {
        **{key: ends[getattr(when, key)].isoformat() for key in ("early", "middle", "late")},
        "middle_error": None if known is None else known.error,
        "middle_within": None if known is None else [ends[known.low].isoformat(), ends[known.high].isoformat()],
    }


def _pair(p: Pair) -> dict[str, Any]:
    estimates = {key: getattr(p, key) for key in ("both", "b_given_a", "a_given_b", "lift")}
    told = {key: {"value": e.value, **_known(e.error, e.least, e.most)} for key, e in estimates.items()}
    return {"a": p.a, "b": p.b, "paths": p.paths, **told}


def _loss(x: Loss) -> dict[str, Any]:
    tails = [_key(level) for level in TAILS]
    return {
        "kind": x.kind,
        "group": x.group,
        "mean": x.mean,
        "error": x.error,
        "share": x.share,
        "value_at_risk": dict(zip(tails, x.value_at_risk, strict=True)),
        "expected_shortfall": dict(zip(tails, x.expected_shortfall, strict=True)),
        "rests_on": dict(zip(tails, x.rests_on, strict=True)),
    }


def _key(level: float) -> str:
    return f"{100 * level:.0f}"


def _fan(f: Fan) -> dict[str, Any]:
    return {
        "measure": f.measure,
        "mean": list(f.means),
        "quantiles": {_key(level): [row[i].value for row in f.quantiles] for i, level in enumerate(LEVELS)},
        "width": {_key(level): [row[i].width for row in f.quantiles] for i, level in enumerate(LEVELS)},
        "beyond": {_key(level): [row[i].beyond for row in f.quantiles] for i, level in enumerate(LEVELS)},
    }


def lines(a: Answer) -> Table:
    """All figures in long form, one a row, for a file.

    ``table`` is default, joint, loss, fan or world; ``name`` the firm, the pair or the group; ``item`` which figure;
    ``quarter`` its last day where it has one.
    """
    columns = (
        Column("table", "table"),
        Column("name", "name"),
        Column("item", "item"),
        Column("quarter", "quarter", Kind.DATE),
        Column("value", "value", Kind.NUMBER),
        Column("error", "error", Kind.NUMBER),
        Column("beyond", "beyond", Kind.NUMBER),
    )
    rows = [*_default_rows(a), *_joint_rows(a), *_loss_rows(a)]
    for node, fans in a.fans.items():
        rows += _fan_rows(a, "fan", node, fans)
    rows += _fan_rows(a, "world", "", a.world)
    return Table(f"Many paths, scenario {a.rests.scenario}", columns, tuple(rows))


Row = tuple[Cell, ...]


def _default_rows(a: Answer) -> Iterator[Row]:
    for d in a.defaults:
        yield from _known_rows("default", d.node, "probability", d.probability, _known(d.error, d.least, d.most))
        yield "default", d.node, "pulled", None, d.pulled / a.rests.paths, None, None
        if d.when is not None:
            yield from _date_rows(a, d.node, d.when)
        for end, p in zip(a.rests.quarters, d.by_quarter, strict=True):
            yield "default", d.node, "fallen by", end, p, None, None
        for cause, part in d.causes:
            yield "default", d.node, f"cause {cause}", None, part, None, None


def _known_rows(table: str, name: str, item: str, value: float, known: dict[str, float | None]) -> Iterator[Row]:
    """A probability with its error, and the bound where it has one in place of it."""
    yield table, name, item, None, value, known["error"], None
    for end in ("least", "most"):
        if known[end] is not None:
            yield table, name, f"{item} {end}", None, known[end], None, None


def _date_rows(a: Answer, node: str, when: When) -> Iterator[Row]:
    """When the falls come: the last day of the quarter, its number, and the error in quarters."""
    error = None if when.known is None else when.known.error
    for item, step, known in (("early", when.early, None), ("middle", when.middle, error), ("late", when.late, None)):
        yield "default", node, f"falls {item}", a.rests.quarters[step], step + 1, known, None


def _joint_rows(a: Answer) -> Iterator[Row]:
    for p in a.pairs:
        for item, e in (
            ("both", p.both),
            ("b given a", p.b_given_a),
            ("a given b", p.a_given_b),
            ("lift", p.lift),
        ):
            yield from _known_rows("joint", f"{p.a} {p.b}", item, e.value, _known(e.error, e.least, e.most))


def _loss_rows(a: Answer) -> Iterator[Row]:
    for x in a.losses:
        yield "loss", x.group, f"{x.kind} mean", None, x.mean, x.error, None
        yield "loss", x.group, f"{x.kind} share", None, x.share, None, None
        for level, at_risk, shortfall in zip(TAILS, x.value_at_risk, x.expected_shortfall, strict=True):
            yield "loss", x.group, f"{x.kind} VaR {_key(level)}", None, at_risk, None, None
            yield "loss", x.group, f"{x.kind} ES {_key(level)}", None, shortfall, None, None


def _fan_rows(a: Answer, table: str, name: str, fans: tuple[Fan, ...]) -> Iterator[Row]:
    for f in fans:
        for q, end in enumerate(a.rests.quarters):
            if f.means:
                yield table, name, f"{f.measure} mean", end, f.means[q], None, None
            for level, one in zip(LEVELS, f.quantiles[q], strict=True):
                yield table, name, f"{f.measure} {_key(level)} %", end, one.value, None, one.beyond
