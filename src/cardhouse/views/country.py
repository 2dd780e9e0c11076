"""Countries side by side as a table and sentences."""

from __future__ import annotations

from cardhouse.lenses.country import Comparison, Country, Line
from cardhouse.lenses.measure import SHARE, TIMES, USD, Gap, Measure, Reading
from cardhouse.views.lens import MARKS, cell, dateline, flag_notes, gap_notes, rests
from cardhouse.views.table import Cell, Column, Kind, Table, billions

NONE = "the book has none"
UNITS = {SHARE: "%", TIMES: "times", USD: "USD bn", "count": "number", "USD": "USD"}


def head(answer: Comparison) -> str:
    """Book and countries."""
    return dateline(answer.book, " against ".join(c.name for c in answer.countries))


def headline(answer: Comparison) -> list[str]:
    """The widest leads of the first of two countries and of the second, and how much could not be compared."""
    lines = [row for row in answer.lines if isinstance(row.ratio, Measure) and row.ratio.value > 0]
    said = []
    if lines:
        first, second = answer.countries[0], answer.countries[1]
        ahead = sorted((r for r in lines if _times(r) > 1), key=lambda r: -_times(r))[:3]
        behind = sorted((r for r in lines if _times(r) < 1), key=_times)[:3]
        if ahead:
            said.append(f"{first.name} over {second.name}: " + "; ".join(_said(r, _times(r)) for r in ahead) + ".")
        if behind:
            said.append(f"{second.name} over {first.name}: " + "; ".join(_said(r, 1 / _times(r)) for r in behind) + ".")
    possible = len(answer.lines) * len(answer.countries)
    said.append(
        f"The book has {answer.known} of {possible} figures; {len(lines)} of {len(answer.lines)} lines compare."
    )
    return said


def _times(row: Line) -> float:
    return row.ratio.value if isinstance(row.ratio, Measure) else 0.0


def _said(row: Line, times: float) -> str:
    return f"{row.what} {times:.1f} times"


def table(answer: Comparison) -> Table:
    """All lines with the period of each figure; a ratio only where two figures compare."""
    two = len(answer.countries) == 2
    columns = [Column("group", "about"), Column("what", "measure", wrap=True), Column("unit", "unit")]
    for country in answer.countries:
        columns += [Column(country.id, _title(country)), Column(f"{country.id}_period", "of")]
    if two:
        columns.append(Column("ratio", _pair(answer)))
    rows: list[tuple[Cell, ...]] = []
    group = ""
    for row in answer.lines:
        cells: list[Cell] = [row.group if row.group != group else "", row.what, _unit(row)]
        for value in row.values:
            cells += [figure(value), period(value)]
        if two:
            cells.append(f"{row.ratio.value:.2f}" if isinstance(row.ratio, Measure) else "–")
        rows.append(tuple(cells))
        group = row.group
    values = [v for row in answer.lines for v in row.values]
    reasons = [row.ratio for row in answer.lines if isinstance(row.ratio, Gap) and "not comparable" in row.ratio.reason]
    notes = (
        "A ratio stands only between figures of one definition whose periods end within a year of each other.",
        *(f"– {gap}" for gap in reasons),
        *_missing(answer),
        *gap_notes(v for v in values if isinstance(v, Gap) and NONE not in v.reason),
        *flag_notes(values),
        rests(values),
    )
    return Table("Countries side by side", tuple(columns), tuple(rows), notes)


def _missing(answer: Comparison) -> list[str]:
    """What the book has no figure of, one line a country."""
    lines = []
    for i, country in enumerate(answer.countries):
        lacking = [r.what for r in answer.lines if isinstance(v := r.values[i], Gap) and NONE in v.reason]
        if lacking:
            lines.append(f"n/a {country.name}: the book has no {', no '.join(lacking)}.")
    return lines


def _title(country: Country) -> str:
    return f"{country.name} {country.name_zh}".strip()


def _pair(answer: Comparison) -> str:
    return " / ".join((c.code or c.id).upper() for c in answer.countries)


def _unit(row: Line) -> str:
    unit = next((v.unit for v in row.values if isinstance(v, Measure)), "")
    return UNITS.get(unit, unit)


def figure(value: Reading) -> str:
    """A value in the unit of its line, or the mark of a gap."""
    if isinstance(value, Gap):
        return MARKS[value.why]
    if value.unit == SHARE:
        return f"{100 * value.value:.3g}"
    if value.unit == USD:
        return billions(value.value)
    return f"{value.value:,.0f}" if value.value >= 1000 else f"{value.value:.3g}"


def period(value: Reading) -> str:
    """A calendar year, a half of one, or the day a stock is of."""
    if isinstance(value, Gap):
        return ""
    start, end = value.start, value.end
    if start and (start.month, start.day, end.month, end.day) == (1, 1, 12, 31) and start.year == end.year:
        return f"{end.year}"
    if start and (start.month, start.day, end.month, end.day) == (1, 1, 6, 30) and start.year == end.year:
        return f"{end.year} H1"
    return f"{end:%Y-%m}"


def firms(answer: Comparison) -> str:
    """Which firms stand behind the multiples."""
    parts = [
        f"{country.name}: {', '.join(f.name for f in own) or 'none with both figures'}"
        for country, own in zip(answer.countries, answer.listed, strict=True)
    ]
    return "Firms behind the multiples. " + ". ".join(parts) + "."


def lines(answer: Comparison) -> Table:
    """One line for each figure, in full, for a file."""
    columns = (
        Column("group", "about"),
        Column("what", "measure"),
        Column("country", "country"),
        Column("value", "value", Kind.NUMBER),
        Column("unit", "unit"),
        Column("item", "definition"),
        Column("start", "from", Kind.DATE),
        Column("end", "to", Kind.DATE),
        Column("assumed", "share assumed", Kind.PERCENT),
        Column("sources", "sources"),
        Column("ratio", "first over second", Kind.NUMBER),
        Column("reason", "why not"),
    )
    rows = []
    for row in answer.lines:
        for country, value, item in zip(answer.countries, row.values, row.items, strict=True):
            own: tuple[Cell, ...] = (None, "", item, None, None, None, "")
            if isinstance(value, Measure):
                own = (value.value, value.unit, item, value.start, value.end, value.assumed, " ".join(value.sources))
            reason = row.ratio.reason if isinstance(row.ratio, Gap) else ""
            rows.append((row.group, row.what, country.id, *own, cell(row.ratio), reason))
    return Table("", columns, tuple(rows))
