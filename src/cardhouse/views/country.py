"""Countries side by side as a table and sentences."""

from __future__ import annotations

from cardhouse.lenses.country import Comparison, Country, Line
from cardhouse.lenses.measure import SHARE, TIMES, USD, Gap, Measure, Reading
from cardhouse.views.lens import MARKS, cell, dateline, flag_notes, gap_notes, rests
from cardhouse.views.relayed import relayed
from cardhouse.views.table import Cell, Column, Kind, Table
from cardhouse.views.words import ENGLISH, N_, Words

NONE = "the book has none"
GROUPS = {
    "compute": N_("computing power"),
    "power": N_("electric power"),
    "chips": N_("chips"),
    "money": N_("money"),
    "talent": N_("talent"),
    "growth": N_("growth"),
    "price": N_("price"),
}
"""What a line is about."""
ROUGH = "~"
"""Before a figure whose row is of low confidence."""
UNITS = {SHARE: "%", TIMES: N_("times"), USD: N_("USD bn"), "count": N_("number"), "USD": "USD"}


def head(answer: Comparison, *, t: Words = ENGLISH) -> str:
    """Book and countries."""
    return dateline(answer.book, t(" against ").join(t.called(answer.book, c.id) for c in answer.countries), t=t)


def headline(answer: Comparison, *, t: Words = ENGLISH) -> list[str]:
    """The widest leads of the first of two countries and of the second, and how much could not be compared.

    No lead rests on a rough figure.
    """
    compared = [row for row in answer.lines if isinstance(row.ratio, Measure) and row.ratio.value > 0]
    lines = [row for row in compared if not any(row.rough)]
    said = []
    if lines:
        first, second = (t.called(answer.book, country.id) for country in answer.countries[:2])
        text = N_("{one} over {other}: {leads}.")
        ahead = sorted((r for r in lines if _times(r) > 1), key=lambda r: -_times(r))[:3]
        behind = sorted((r for r in lines if _times(r) < 1), key=_times)[:3]
        if ahead:
            said.append(t(text, one=first, other=second, leads=t.semicolon.join(_said(r, _times(r), t) for r in ahead)))
        if behind:
            leads = t.semicolon.join(_said(r, 1 / _times(r), t) for r in behind)
            said.append(t(text, one=second, other=first, leads=leads))
    possible = len(answer.lines) * len(answer.countries)
    said.append(
        t(
            "The book has {known} of {possible} figures; {compared} of {whole} lines compare.",
            known=answer.known,
            possible=possible,
            compared=len(compared),
            whole=len(answer.lines),
        )
    )
    return said


def _times(row: Line) -> float:
    return row.ratio.value if isinstance(row.ratio, Measure) else 0.0


def _said(row: Line, times: float, t: Words) -> str:
    return t("{what} {times} times", what=relayed(t, row.what), times=f"{times:.1f}")


def table(answer: Comparison, *, t: Words = ENGLISH) -> Table:
    """All lines with the period of each figure; a ratio only where two figures compare."""
    two = len(answer.countries) == 2
    columns = [Column("group", t("about")), Column("what", t("measure"), wrap=True), Column("unit", t("unit"))]
    for country in answer.countries:
        columns += [Column(country.id, _title(country, t)), Column(f"{country.id}_period", t.meant("of", N_("period")))]
    if two:
        columns.append(Column("ratio", _pair(answer)))
    rows: list[tuple[Cell, ...]] = []
    group = ""
    for row in answer.lines:
        cells: list[Cell] = [
            t.meant(row.group, GROUPS[row.group]) if row.group != group else "",
            _what(row, t),
            _unit(row, t),
        ]
        for value, rough in zip(row.values, row.rough, strict=True):
            cells += [(ROUGH if rough else "") + figure(value, t=t), period(value, t=t)]
        if two:
            cells.append(f"{row.ratio.value:.2f}" if isinstance(row.ratio, Measure) else "–")
        rows.append(tuple(cells))
        group = row.group
    values = [v for row in answer.lines for v in row.values]
    reasons = [row.ratio for row in answer.lines if isinstance(row.ratio, Gap) and "not comparable" in row.ratio.reason]
    notes = (
        t("A ratio stands only between figures of one definition whose periods end within a year of each other."),
        t("~ about: the row is of low confidence, and no headline rests on it.")
        if any(any(row.rough) for row in answer.lines)
        else "",
        *(f"– {relayed(t, str(gap))}" for gap in reasons),
        *_missing(answer, t),
        *gap_notes((v for v in values if isinstance(v, Gap) and NONE not in v.reason), t=t),
        *flag_notes(values, t=t),
        rests(values, t=t),
    )
    return Table(t("Countries side by side"), tuple(columns), tuple(rows), tuple(n for n in notes if n), t)


def _what(row: Line, t: Words) -> str:
    """The name of a line, with the definition of its figures where they have one; layers of firms are none."""
    items = {item for item, value in zip(row.items, row.values, strict=True) if item and isinstance(value, Measure)}
    name = relayed(t, row.what)
    item = items.pop() if len(items) == 1 else ""
    return f"{name} ({item.replace('-', ' ')})" if item and " " not in item and not row.what.endswith(")") else name


def _missing(answer: Comparison, t: Words) -> list[str]:
    """What the book has no figure of, one line a country."""
    lines = []
    for i, country in enumerate(answer.countries):
        lacking = [relayed(t, r.what) for r in answer.lines if isinstance(v := r.values[i], Gap) and NONE in v.reason]
        if lacking:
            what = t(", no ").join(lacking)
            lines.append(
                t("n/a {country}: the book has no {what}.", country=t.called(answer.book, country.id), what=what)
            )
    return lines


def _title(country: Country, t: Words) -> str:
    both = f"{country.name} {country.name_zh}".strip()
    return country.name_zh or country.name if t.lang == "zh" else both


def _pair(answer: Comparison) -> str:
    return " / ".join((c.code or c.id).upper() for c in answer.countries)


def _unit(row: Line, t: Words) -> str:
    unit = next((v.unit for v in row.values if isinstance(v, Measure)), "")
    return t(UNITS[unit]) if unit in UNITS else unit


def figure(value: Reading, *, t: Words = ENGLISH) -> str:
    """A value in the unit of its line, or the mark of a gap."""
    if isinstance(value, Gap):
        return t(MARKS[value.why])
    if value.unit == SHARE:
        return f"{100 * value.value:.3g}"
    if value.unit == USD:
        return t.amount(value.value)
    return f"{value.value:,.0f}" if value.value >= 1000 else f"{value.value:.3g}"


def period(value: Reading, *, t: Words = ENGLISH) -> str:
    """A calendar year, a half of one, or the day a stock is of."""
    if isinstance(value, Gap):
        return ""
    start, end = value.start, value.end
    if start and (start.month, start.day, end.month, end.day) == (1, 1, 12, 31) and start.year == end.year:
        return f"{end.year}"
    if start and (start.month, start.day, end.month, end.day) == (1, 1, 6, 30) and start.year == end.year:
        return t("{year} H1", year=end.year)
    return f"{end:%Y-%m}"


def firms(answer: Comparison, *, t: Words = ENGLISH) -> str:
    """Which firms stand behind the multiples, how many, and which listed ones do not."""
    stop = N_("{country} ({count}): {firms}.")
    parts = [t("Firms behind the multiples.")]
    for country, own, rest in zip(answer.countries, answer.listed, answer.lacking, strict=True):
        firms = t.comma.join(t.called(answer.book, f.firm) for f in own) or t("none with both figures")
        parts.append(t(stop, country=t.called(answer.book, country.id), count=len(own), firms=firms))
        for reason in dict.fromkeys(gap.reason for gap in rest):
            names = t.comma.join(t.named(gap.what) for gap in rest if gap.reason == reason)
            parts.append(t("Without {firms}: {reason}.", firms=names, reason=relayed(t, reason)))
    return t.sentences(parts)


def lines(answer: Comparison) -> Table:
    """One line for each figure, in full, for a file."""
    columns = (
        Column("group", "about"),
        Column("what", "measure"),
        Column("country", "country"),
        Column("value", "value", Kind.NUMBER),
        Column("unit", "unit"),
        Column("item", "definition"),
        Column("rough", "rough"),
        Column("start", "from", Kind.DATE),
        Column("end", "to", Kind.DATE),
        Column("assumed", "share assumed", Kind.PERCENT),
        Column("sources", "sources"),
        Column("ratio", "first over second", Kind.NUMBER),
        Column("reason", "why not"),
    )
    rows = []
    for row in answer.lines:
        for country, value, item, rough in zip(answer.countries, row.values, row.items, row.rough, strict=True):
            own: tuple[Cell, ...] = (None, "", item, None, None, None, None, "")
            if isinstance(value, Measure):
                sources = " ".join(value.sources)
                own = (value.value, value.unit, item, rough, value.start, value.end, value.assumed, sources)
            reason = row.ratio.reason if isinstance(row.ratio, Gap) else ""
            rows.append((row.group, row.what, country.id, *own, cell(row.ratio), reason))
    return Table("", columns, tuple(rows))
