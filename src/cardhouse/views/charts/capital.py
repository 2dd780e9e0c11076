"""Money put into AI by country, in one year, by one compiler."""

from __future__ import annotations

from cardhouse.book import Book
from cardhouse.lenses.capital.investment import Year
from cardhouse.lenses.measure import Measure
from cardhouse.views.charts.bars import ranged, ranged_row
from cardhouse.views.charts.frame import finished, of_readings, tall
from cardhouse.views.picture import Chart
from cardhouse.views.words import Words


def investment(year: Year, book: Book, t: Words) -> Chart:
    """What went to each country that the compiler names, and to all others together where the world is known."""
    amounts = [(t.called(book, place.id), place.amount.value) for place in year.places]
    rest = year.world.value - sum(a for _, a in amounts) if isinstance(year.world, Measure) else 0.0
    if rest > 0.0:
        amounts.append((t("all others together") if year.places else t("the world"), rest))
    rows = [ranged_row(t, who, amount, amount, amount) for who, amount in amounts]
    metric = book.metrics.get(year.kind)
    what = (metric.name_zh or year.name) if t.lang == "zh" and metric else year.name
    compiler = year.compiler.replace("-", " ")
    title = t("{what}, {year}: nothing is known by country", what=what, year=year.end.year)
    if amounts:
        title = t(
            "{what}, {year}: {amount} in {place}",
            what=what,
            year=year.end.year,
            amount=t.money(amounts[0][1]),
            place=amounts[0][0],
        )
    note = t("counted by {compiler}", compiler=compiler) if compiler else ""
    if not isinstance(year.world, Measure):
        note = " · ".join(filter(None, (note, t("the compiler's world total is not in the book"))))
    readings = [*(place.amount for place in year.places), year.world]
    said = of_readings(t, book, readings, note=note)
    told = [f"{who} {t.money(amount)}" for who, amount in amounts]
    solid, *_, label = ranged(rows, t("{what}, {unit}", what=what, unit=t.money_unit))
    alt = t("Bars by country: {places}.", places=t.listed(told)) if told else title
    key = f"capital-{year.kind.replace('_', '-')}-{year.end.year}"
    return finished(key, title, said, alt, rows, solid, label, height=tall(len(rows)))
