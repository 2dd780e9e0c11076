"""A checked article: how many of its figures hold."""

from __future__ import annotations

from cardhouse.article.check import Report
from cardhouse.article.verdicts import Verdict
from cardhouse.views.charts.frame import BAR, INK, Row, drawing, finished, names, number, tall, with_room
from cardhouse.views.picture import COLOURS, Caption, Chart
from cardhouse.views.words import Words


def verdicts(report: Report, t: Words) -> Chart:
    """Claims by verdict; the signs are those in the marked text."""
    altair = drawing()

    words = {
        Verdict.CONFIRMED: t("✓ confirmed"),
        Verdict.IMPRECISE: t("≈ imprecise"),
        Verdict.OUTDATED: t("↻ outdated"),
        Verdict.CONTRADICTED: t("✗ contradicted"),
        Verdict.NOT_IN_BOOK: t("? not in the book"),
    }
    counts = report.counts
    rows: list[Row] = [{"bar": words[v], "value": counts[v], "label": str(counts[v])} for v in words]
    whole, wrong = len(report.checked), counts[Verdict.CONTRADICTED]
    title = t(
        "{whole} figures: {right} confirmed, {wrong} contradicted",
        whole=whole,
        right=counts[Verdict.CONFIRMED],
        wrong=wrong,
    )
    said = Caption(
        book=t("book of {date}", date=report.book_date),
        scenario=t("article of {date}", date=report.on),
        unit=t("figures of the article"),
        rests=t("{clashes} contradictions inside the article", clashes=len(report.clashes)),
    )
    y = names("bar", list(words.values()))
    bars = (
        altair.Chart()
        .mark_bar(color=COLOURS[0], height=BAR - 9)
        .encode(
            x=altair.X(
                **number("value", t("figures of the article"), form="d", ends=with_room(rows, "value", "value"))
            ),
            y=y,
        )
    )
    text = altair.Chart().mark_text(align="left", dx=5, fontSize=11, color=INK).encode(x="value:Q", y=y, text="label:N")
    told = [f"{row['bar']} {row['label']}" for row in rows]
    return finished(
        "article",
        title,
        said,
        t("Bars: {verdicts}.", verdicts=t.listed(told)),
        rows,
        bars,
        text,
        height=tall(len(rows)),
    )
