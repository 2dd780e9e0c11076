"""Two runs side by side: how much likelier each firm falls in the second."""

from __future__ import annotations

from collections.abc import Mapping

from cardhouse.economy.many.compare import Comparison
from cardhouse.views.charts.frame import INK, Row, coloured, drawing, finished, names, number, scope, shaped, tall
from cardhouse.views.picture import Caption, Chart
from cardhouse.views.words import Words

ERRORS = 2.0
MOST = 16


def differences(found: Comparison, called: Mapping[str, str], t: Words) -> Chart:
    """Default probability in B less that in A, with two standard errors to each side.

    Parameters
    ----------
    called : names by id, in the language of the chart.
    """
    altair = drawing()

    sure, unsure = t("more than two standard errors"), t("within two standard errors")
    ordered = sorted(found.falls, key=lambda x: -abs(x.less))[:MOST]
    rows: list[Row] = [
        {
            "bar": called.get(x.name, x.name),
            "less": 100.0 * x.less,
            "low": 100.0 * (x.less - ERRORS * x.error),
            "high": 100.0 * (x.less + ERRORS * x.error),
            "a": x.a,
            "b": x.b,
            "sure": sure if abs(x.less) > ERRORS * x.error else unsure,
            "label": f"{100 * x.less:+.1f}",
        }
        for x in ordered
    ]
    more = sum(row["sure"] == sure for row in rows)
    title = t("{more} of {all} firms fall more or less often in B than in A", more=more, all=len(rows))
    a, b = found.a, found.b
    said = Caption(
        book=t("book, opening {date}", date=a.book_date),
        scenario=t("A: {a}, B: {b}", a=a.scenario_name, b=b.scenario_name),
        unit=t("points of the share of the paths"),
        rests=t("{a} and {b} paths; whiskers: two standard errors", a=f"{a.paths:,}", b=f"{b.paths:,}"),
        ties=scope(t, a.firmness),
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
    return finished("compare", title, said, alt, rows, nothing, whiskers, points, height=tall(len(rows)))
