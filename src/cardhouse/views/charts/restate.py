"""Accounts at other lives of servers: one firm's income, and the margins of all side by side."""

from __future__ import annotations

from cardhouse.book import Book
from cardhouse.errors import UnknownName
from cardhouse.lenses.accounts.answer import RENTS, FirmAccounts, Restatement
from cardhouse.lenses.accounts.lives import AtLife, Life
from cardhouse.lenses.measure import Measure
from cardhouse.views.charts.bars import ranged, ranged_row
from cardhouse.views.charts.frame import (
    INK,
    Row,
    coloured,
    drawing,
    finished,
    left_out,
    names,
    number,
    of_readings,
    shaped,
    tall,
)
from cardhouse.views.picture import Chart
from cardhouse.views.words import Words

MOST_FIRMS = 16


def _life(life: Life, t: Words) -> str:
    """A life in words: that of the accounts, that which rents give, or a common number of years."""
    years = _years(life, t)
    return t("{years}, as rents say", years=years) if life.name == RENTS else years


def _years(life: Life, t: Words) -> str:
    """The length of a life."""
    if not isinstance(life.years, Measure):
        return t("life not known")
    return t("{years} years", years=f"{life.years.value:.1f}".removesuffix(".0"))


def income(answer: Restatement, book: Book, firm: str, t: Words) -> Chart:
    """A firm's net income as reported and at common lives of its servers.

    Parameters
    ----------
    firm : id of a firm of the answer.

    Raises
    ------
    UnknownName : the answer is not about this firm.
    """
    found = _find(answer, firm)
    ats = (found.restated.as_reported, *found.restated.lives)
    called = t.called(book, firm)
    labels = [t("as reported ({years})", years=_years(ats[0].life, t)), *(_life(at.life, t) for at in ats[1:])]
    drawn = [(bar, at.net_income) for bar, at in zip(labels, ats, strict=True)]
    known = [(bar, m) for bar, m in drawn if isinstance(m, Measure)]
    rows = [ranged_row(t, bar, m.value, m.value, m.value) for bar, m in known]
    base, common = ats[0].net_income, _common(answer, found).net_income
    title = (
        t(
            "{firm}: net income {common}, not {reported}, at {years}",
            firm=called,
            common=t.money(common.value),
            years=_years(answer.common, t),
            reported=t.money(base.value),
        )
        if isinstance(base, Measure) and isinstance(common, Measure)
        else t("{firm}: income at other lives of its servers is not known", firm=called)
    )
    note = t("year to {date}", date=base.end) if isinstance(base, Measure) else ""
    said = of_readings(t, book, [m for _, m in known], note=note)
    said = left_out(t, said, [bar for bar, m in drawn if not isinstance(m, Measure)])
    told = [f"{bar} {t.money(m.value)}" for bar, m in known]
    alt = t("Bars: net income by life of servers. {lives}.", lives=t.listed(told)) if told else title
    solid, *_, label = ranged(rows, t("net income of the year, {unit}", unit=t.money_unit))
    return finished(f"restate-{firm}", title, said, alt, rows, solid, label, height=tall(len(rows)))


def _find(answer: Restatement, firm: str) -> FirmAccounts:
    found = next((row for row in answer.firms if row.firm == firm), None)
    if found is None:
        raise UnknownName(
            f"{firm} is not in this answer; expected one of {', '.join(row.firm for row in answer.firms)}; ask for it"
        )
    return found


def _common(answer: Restatement, found: FirmAccounts) -> AtLife:
    return next(at for at in found.restated.lives if at.life.name == answer.common.name)


def margins(answer: Restatement, book: Book, t: Words) -> Chart:
    """Operating margin of every firm as reported and at the common life, widest change first."""
    altair = drawing()

    then, now = t("as reported"), t("at {life}", life=_life(answer.common, t))
    pairs = [(row, row.restated.as_reported.margin, _common(answer, row).margin) for row in answer.firms]
    known = [(row, a, b) for row, a, b in pairs if isinstance(a, Measure) and isinstance(b, Measure)]
    known.sort(key=lambda one: one[2].value - one[1].value)
    shown = known[:MOST_FIRMS]
    rows: list[Row] = [
        {
            "bar": t.called(book, row.firm),
            "when": when,
            "margin": m.value,
            "from": a.value,
            "to": b.value,
            "right": max(a.value, b.value),
            "label": f"{100 * (b.value - a.value):+.1f}" if when == now else "",
        }
        for row, a, b in shown
        for when, m in ((then, a), (now, b))
    ]
    first = shown[0] if shown else None
    title = (
        t(
            "{firm}: margin {now}, not {then}, at {years}",
            firm=t.called(book, first[0].firm),
            now=t.percent(first[2].value),
            years=_years(answer.common, t),
            then=t.percent(first[1].value),
        )
        if first
        else t("No margins at another life of servers are known")
    )
    said = of_readings(
        t,
        book,
        [m for _, a, b in shown for m in (a, b)],
        unit=t("share of revenue"),
        note=t("newest reported year of each firm; figures: change in points"),
    )
    missing = [
        t.called(book, row.firm) for row, a, b in pairs if not (isinstance(a, Measure) and isinstance(b, Measure))
    ]
    said = left_out(t, said, missing)
    order = list(dict.fromkeys(row["bar"] for row in rows))
    told = [f"{t.called(book, row.firm)} {t.percent(a.value)} – {t.percent(b.value)}" for row, a, b in shown]
    alt = t("Dots: operating margin as reported and at the common life. {firms}.", firms=t.listed(told[:8]))
    y = names("bar", order)
    x = altair.X(**number("margin", t("operating margin, share of revenue"), form=".0%", zero=False))
    change = altair.Chart().mark_rule(color="#888").encode(x=altair.X("from:Q"), x2="to:Q", y=y)
    dots = (
        altair.Chart()
        .mark_point(filled=True, size=70, opacity=1)
        .encode(x=x, y=y, color=coloured("when", [then, now]), shape=shaped("when", [then, now]))
    )
    text = altair.Chart().mark_text(align="left", dx=8, fontSize=10, color=INK)
    return finished(
        "restate-margins",
        title,
        said,
        alt,
        rows,
        change,
        dots,
        text.encode(x="right:Q", y=y, text="label:N"),
        height=tall(len(order)),
    )
