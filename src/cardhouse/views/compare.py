"""Two runs of many paths side by side, as tables, sentences, JSON and rows for a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from cardhouse.economy.many.clusters import ENOUGH, bounds
from cardhouse.economy.many.compare import Change, Comparison, Shared
from cardhouse.economy.many.manifest import Manifest
from cardhouse.views.many_answer import path_count
from cardhouse.views.many_figures import KINDS
from cardhouse.views.odds import bounded, limit
from cardhouse.views.relayed import relayed
from cardhouse.views.run import LEAST
from cardhouse.views.table import Cell, Column, Kind, Table
from cardhouse.views.words import ENGLISH, N_, Words

SURE = 2.0
"""Standard errors from which a difference is more than chance."""
SHARED = {
    Shared.PATHS: N_("Both use the same random numbers path by path: the error is that of the difference itself."),
    Shared.FIRST: N_(
        "The first {paths} paths of both use the same random numbers: these alone are compared, path by path, and the "
        "error is that of the difference itself."
    ),
    Shared.BEGINNING: N_(
        "{shorter} is the beginning of {longer}: the first {paths} paths of both are the same. What differs is what "
        "the further paths bring; the error is how far that strays by chance."
    ),
    Shared.OPENINGS: N_(
        "Both draw the same assumptions and other surprises: the error is that of the difference between the same "
        "openings."
    ),
    Shared.NOTHING: N_(
        "The two have no paths or openings that could be compared one by one: the error is that of two separate runs, "
        "larger than it would be with one --seed and one --openings."
    ),
}
SHARED_ONE = {
    Shared.FIRST: N_(
        "The first path of both uses the same random numbers: it alone is compared, and the error is that of the "
        "difference itself."
    ),
    Shared.BEGINNING: N_(
        "{shorter} is the beginning of {longer}: the first path of both is the same. What differs is what the further "
        "paths bring; the error is how far that strays by chance."
    ),
}
"""The same where the shorter run has one path."""


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
        "{scenario}, {paths}, seed {seed}, book, opening {date}, {first} to {last}",
        scenario=m.scenario_name,
        paths=path_count(m.paths, t),
        seed=m.seed,
        date=m.book_date,
        first=t.quarter(m.windows[0]),
        last=t.quarter(m.windows[-1]),
    )


def between(c: Comparison, *, t: Words = ENGLISH) -> list[str]:
    """In what the runs differ, and what they share."""
    told = [relayed(t, sentence) for sentence in c.differences] or [t("nothing: the two runs are the same")]
    return [t("They differ in:"), *(f"  {line}" for line in told), _shared(c, t), *cautions(c, t=t)]


def _shared(c: Comparison, t: Words) -> str:
    shorter, longer = ("A", "B") if c.a.paths <= c.b.paths else ("B", "A")
    common = min(c.a.paths, c.b.paths)
    texts = SHARED | SHARED_ONE if common == 1 else SHARED
    return t(texts[c.shared], shorter=shorter, longer=longer, paths=f"{common:,}")


def cautions(c: Comparison, *, t: Words = ENGLISH) -> list[str]:
    """What must be said of errors that rest on few openings or paths."""
    if c.clusters >= ENOUGH:
        return []
    text = N_("Openings or paths that standard errors rest on: {count}. With fewer than {enough} do not rely on them.")
    return [t(text, count=c.clusters, enough=ENOUGH)]


def falls(c: Comparison, names: Mapping[str, str], *, t: Words = ENGLISH) -> Table:
    """Default probabilities side by side, the largest difference first; cards that are pulled come last."""
    order = sorted(range(len(c.falls)), key=lambda i: (not c.by_chance(c.falls[i].name), -abs(c.falls[i].less)))
    rows = tuple(_fall_row(c, i, names, t) for i in order)
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
    return Table(t("Probability of a fall"), columns, rows, _sure(c, t), t)


def _fall_row(c: Comparison, i: int, names: Mapping[str, str], t: Words) -> tuple[Cell, ...]:
    """One node; of a card that either scenario pulls no difference is told, as it is made to fall."""
    x = c.falls[i]
    sides = zip((x.a, x.b), c.paths, c.pulled, strict=True)
    shares = (t("pulled") if x.name in cards else _share(value, paths) for value, paths, cards in sides)
    if not c.by_chance(x.name):
        return names.get(x.name, x.name), *shares, "", *((None, None) if c.swaps else ())
    swaps = (c.swaps[i].only_a, c.swaps[i].only_b) if c.swaps else ()
    return names.get(x.name, x.name), *shares, _points(c, i, t), *swaps


def _share(value: float, paths: int) -> str:
    return bounded(value, 0.0, *bounds(round(value * paths), paths))


def _points(c: Comparison, i: int, t: Words) -> str:
    """A difference with its error; a bound where no path came out otherwise."""
    x, within = c.falls[i], below(c, i)
    if within is not None:
        return t("within {points}", points=limit(within))
    digits = 1 if x.error >= 0.001 else 2
    return f"{100 * x.less:+.{digits}f} ± {100 * x.error:.{digits}f}"


def below(c: Comparison, i: int) -> float | None:
    """What a difference is below, either way, where no path came out otherwise though the runs differ; else None.

    Parameters
    ----------
    i : which of ``c.falls``. The bound is a share of the paths, with 95 % confidence, were all paths independent.
    """
    swap = c.swaps[i] if c.swaps and c.differences else None
    return None if swap is None or swap.only_a or swap.only_b else bounds(0, c.paths[0])[1]


def _sure(c: Comparison, t: Words) -> tuple[str, ...]:
    """How many differences are more than chance; vehicles go down with their tenant and are not counted again.

    Nor are cards that are pulled.
    """
    mine = [x for x in c.falls if x.name in c.tested and c.by_chance(x.name)]
    if not mine:
        return ()
    more = sum(abs(x.less) > SURE * x.error for x in mine)
    text = N_("{more} of {all} differences of tested firms are larger than two standard errors.")
    return (t(text, more=more, all=len(mine)),)


def lost(c: Comparison, *, t: Words = ENGLISH) -> Table:
    """Mean losses of everybody side by side."""
    rows = tuple(_loss_row(x, t) for x in c.losses)
    columns = (
        Column("kind", t("mean a path")),
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
    return {
        "runs": [
            {"folder": label, "scenario": m.scenario_name, "paths": m.paths, "seed": m.seed, "run": m.run}
            for label, m in zip(labels, (c.a, c.b), strict=True)
        ],
        "unit": "USD_million",
        "shared": str(c.shared),
        "paths_behind": list(c.paths),
        "clusters": c.clusters,
        "differences": list(c.differences),
        "falls": [_fall(c, i) for i in range(len(c.falls))],
        "losses": [asdict(x) for x in c.losses],
    }


def _fall(c: Comparison, i: int) -> dict[str, Any]:
    within = below(c, i)
    known: dict[str, float | None] = {"error": c.falls[i].error if within is None else None, "within": within}
    if not c.by_chance(c.falls[i].name):
        known["error"] = None
    known |= {f"pulled_{run}": c.falls[i].name in cards for run, cards in zip("ab", c.pulled, strict=True)}
    return asdict(c.falls[i]) | known | (asdict(c.swaps[i]) if c.swaps else {})


def lines(c: Comparison) -> Table:
    """Every difference, one a row, for a file."""
    keys = ("name", "a", "b", "less", "error", "only_a", "only_b", "pulled_a", "pulled_b")
    falls = (_fall(c, i) for i in range(len(c.falls)))
    rows: list[tuple[Cell, ...]] = [("default", *(fall.get(key) for key in keys)) for fall in falls]
    rows += [("loss", x.name, x.a, x.b, x.less, x.error, *(None,) * 4) for x in c.losses]
    columns = tuple(
        Column(key, key, Kind.TEXT if key in ("table", "name") else Kind.NUMBER) for key in ("table", *keys)
    )
    return Table("Comparison", columns, tuple(rows))
