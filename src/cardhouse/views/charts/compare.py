"""Two runs side by side: how much likelier each tested firm falls in the second."""

from __future__ import annotations

from collections.abc import Mapping

from cardhouse.economy.many.compare import Change, Comparison, Shared
from cardhouse.views.charts.frame import INK, Row, coloured, drawing, finished, names, number, scope, shaped, tall
from cardhouse.views.compare import below
from cardhouse.views.many_answer import path_count
from cardhouse.views.odds import limit
from cardhouse.views.picture import Caption, Chart
from cardhouse.views.words import N_, Words

ERRORS = 2.0
MOST = 16


def differences(found: Comparison, called: Mapping[str, str], t: Words) -> Chart:
    """Default probability in B less that in A, with two standard errors to each side.

    Where no path came out otherwise the whisker is the bound of the difference: an error of nothing would say that it
    is known. Vehicles go down with their tenant and are not drawn again, nor is a card that is pulled.

    Parameters
    ----------
    called : names by id, in the language of the chart.
    """
    altair = drawing()

    sure, unsure = t("more than two standard errors"), t("within two standard errors")
    bounds = {x.name: below(found, i) for i, x in enumerate(found.falls)}
    tested = [x for x in found.falls if x.name in found.tested and found.by_chance(x.name)]
    fell = sorted(tested, key=lambda x: -abs(x.less))
    drawn = fell[:MOST]
    rows: list[Row] = [
        {
            "bar": called.get(x.name, x.name),
            "less": 100.0 * x.less,
            **_ends(x, bounds[x.name]),
            "a": x.a,
            "b": x.b,
            "sure": sure if _is_sure(x) else unsure,
            "label": _label(x, bounds[x.name], t),
        }
        for x in drawn
    ]
    title = (
        t(
            "{more} of {all} firms fall more or less often in B than in A",
            more=sum(_is_sure(x) for x in fell),
            all=len(fell),
        )
        if fell
        else t("No tested firm falls in A or B")
    )
    told = [f"{row['bar']} {row['label']}" for row in rows]
    alt = t("Dots with whiskers, points: {firms}.", firms=t.listed(told[:8])) if told else title
    y = names("bar", [row["bar"] for row in rows])
    order = [name for name in (sure, unsure) if any(row["sure"] == name for row in rows)]
    x = altair.X(**number("less", t("share of the paths in which it falls, B less A, points"), form="+.1f"))
    whiskers = altair.Chart().mark_rule(color=INK).encode(x=altair.X("low:Q"), x2="high:Q", y=y)
    points = (
        altair.Chart()
        .mark_point(filled=True, size=70, opacity=1)
        .encode(x=x, y=y, color=coloured("sure", order), shape=shaped("sure", order))
    )
    nothing = altair.Chart().mark_rule(color="#888").encode(x=altair.XDatum(0))
    said = _caption(found, len(fell), any(bounds[x.name] is not None for x in drawn), t)
    return finished("compare", title, said, alt, rows, nothing, whiskers, points, height=tall(len(rows)))


def _is_sure(x: Change) -> bool:
    return abs(x.less) > ERRORS * x.error


def _ends(x: Change, bound: float | None) -> Row:
    """Ends of the whisker, in points."""
    reach = ERRORS * x.error if bound is None else bound
    return {"low": 100.0 * (x.less - reach), "high": 100.0 * (x.less + reach)}


def _label(x: Change, bound: float | None, t: Words) -> str:
    return f"{100 * x.less:+.1f}" if bound is None else t("within {points}", points=limit(bound))


def _caption(found: Comparison, fell: int, bounded: bool, t: Words) -> Caption:
    """What was compared: of paths those behind the figures, of firms those that fell in either run."""
    a, b = found.a, found.b
    errors = N_("{paths}; {firms}; whiskers: two standard errors")
    bound = N_("{paths}; {firms}; whiskers: two standard errors, where no path came out otherwise the bound (95%)")
    rests = t(bound if bounded else errors, paths=_paths(found, t), firms=_firms(fell, found.tested, t))
    return Caption(
        book=t("book, opening {date}", date=_both(str(a.book_date), str(b.book_date), t)),
        scenario=t("A: {a}, B: {b}", a=a.scenario_name, b=b.scenario_name),
        unit=t("points of the share of the paths"),
        rests=rests,
        ties=_both(scope(t, a.firmness), scope(t, b.firmness), t),
    )


def _both(a: str, b: str, t: Words) -> str:
    """What is said of two runs: once where it is the same of both."""
    return a if a == b else t("A: {a}, B: {b}", a=a, b=b)


def _paths(found: Comparison, t: Words) -> str:
    a, b = (path_count(count, t) for count in found.paths)
    if found.shared in (Shared.PATHS, Shared.FIRST):
        return t("{paths} of each, with the same random numbers", paths=a)
    return t("{a} of A, {b} of B", a=a, b=b)


def _firms(fell: int, tested: tuple[str, ...], t: Words) -> str:
    if fell <= MOST:
        return t("{fell} of {tested} tested firms fall in A or B", fell=fell, tested=len(tested))
    return t(
        "{fell} of {tested} tested firms fall in A or B, drawn are the {most} that differ most",
        fell=fell,
        tested=len(tested),
        most=MOST,
    )
