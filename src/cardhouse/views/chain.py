"""The chain on screen, in a file and as JSON: the same measures behind each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cardhouse.lenses.chain import Cell, Chain, Line, Then
from cardhouse.lenses.chain.chain import FIGURES, SHARES
from cardhouse.lenses.chain.quarters import called, name
from cardhouse.lenses.chain.then import amount_then
from cardhouse.lenses.measure import Gap, Measure, Reading
from cardhouse.lenses.readings import metric_name
from cardhouse.views.lens import MARKS, dateline, plain, rests
from cardhouse.views.relayed import relayed
from cardhouse.views.table import Cell as Value
from cardhouse.views.table import Column, Table
from cardhouse.views.words import ENGLISH, N_, Words

TITLES = {
    "revenue": N_("Revenue of whole firms, {unit}"),
    "near_ai": N_("Revenue nearest to AI, {unit}"),
    "capital_spending": N_("Capital spending, {unit}"),
    "near_ai_share": N_("Part of revenue nearest to AI"),
    "operating_margin": N_("Operating margin of whole firms"),
    "backlog": N_("Backlog at the end of the quarter, {unit}"),
    "debt": N_("Debt at the end of the quarter, {unit}"),
}
NOTES = {
    "revenue": N_(
        "Most revenue of clouds and applications is no AI. A chip sold to a cloud and the computing the cloud "
        "sells to a laboratory are both in it: layers must not be added up."
    ),
    "near_ai": N_("One line a firm throughout: {lines}."),
    "capital_spending": N_("Cash paid for plant by the whole firm."),
    "near_ai_share": N_(
        "The line nearest to AI over the whole of revenue, both of the firms that report such a line; the "
        "second line is the change in points."
    ),
    "operating_margin": N_(
        "Operating income over revenue, both of the same firms; the second line is the change in points."
    ),
    "backlog": N_(
        "Signed and not yet delivered, by each firm's own count (Amazon: AWS, at times only contracts of more than a "
        "year); what a laboratory owes a cloud is in it in full."
    ),
    "debt": N_(
        "Borrowings. Leases are in it only where a firm reports them together with its debt, as SpaceX does from "
        "mid 2026 on."
    ),
}
COUNTED = N_(
    "In brackets: firms in the sum of firms that report it; a sum of less than half of them is not shown, only how "
    "many they are. Second line: growth in a year, of firms with both. ~: a balance in it is of low confidence."
)
NO_FIRM = "–"
ROUGH = "~"
NAMED = 2
"""Firms that a headline names instead of counting them."""
WIDE = 6
"""Quarters that fit beside each other."""


def head(answer: Chain, *, t: Words = ENGLISH) -> str:
    """First line: the book's date, and that quarters are the calendar's."""
    return dateline(
        answer.book,
        t("by {group}", group=t(answer.by.value)),
        t("calendar quarters; fiscal ones where most of their days lie"),
        t=t,
    )


def tables(answer: Chain, *, t: Words = ENGLISH) -> Iterator[Table]:
    """Tables of each figure, six quarters wide, groups without any figure left out."""
    for figure in FIGURES:
        lines = [line for line in answer.lines if line.figure == figure and any(cell.firms for cell in line.cells)]
        for shown in pages(answer.quarters) if lines else ():
            yield table(answer, figure, lines, shown, t=t)


def pages(quarters: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Quarters in as many tables as a page is wide, the newest in the last."""
    first = len(quarters) % WIDE or WIDE
    yield tuple(quarters[:first])
    for at in range(first, len(quarters), WIDE):
        yield tuple(quarters[at : at + WIDE])


def table(answer: Chain, figure: str, lines: Sequence[Line], shown: Sequence[int], *, t: Words = ENGLISH) -> Table:
    """A figure of all groups by quarter: amounts with their count of firms, then growth of the same firms."""
    columns = (Column("group", t(answer.by.value)), *(Column(name(q), name(q)) for q in shown))
    rows: list[tuple[Value, ...]] = []
    for line in lines:
        cells = [cell for cell in line.cells if cell.quarter in shown]
        rows.append((t(line.group), *(_amount(cell, figure, t) for cell in cells)))
        grown = [_growth(cell, figure, t) for cell in cells]
        if any(grown):
            rows.append(("", *grown))
    last = answer.quarters[-1] in shown
    note = (t(NOTES[figure], lines=_lines_near(answer, lines, t)),) if last else ()
    return Table(t(TITLES[figure], unit=t.money_unit), columns, tuple(rows), note, t)


def _amount(cell: Cell, figure: str, t: Words) -> str:
    """An amount with the firms in it, ``346.1 (9/10)``; of less than half of the firms only how many: ``(1/5)``."""
    if isinstance(cell.amount, Gap):
        return NO_FIRM if not cell.firms else t(MARKS[cell.amount.why])
    count = f"({len(cell.firms)}/{len(cell.firms) + len(cell.missing)})"
    if not cell.told:
        return count
    value = f"{cell.amount.value:.0%}" if figure in SHARES else t.amount(cell.amount.value)
    return f"{ROUGH if cell.rough else ''}{value} {count}"


def _growth(cell: Cell, figure: str, t: Words) -> str:
    """Growth with the firms compared: ``+110% (6)``; points for a margin."""
    if isinstance(cell.growth, Gap):
        return ""
    if figure in SHARES:
        return t("{points}pt ({count})", points=f"{round(100.0 * cell.growth.value) + 0:+d}", count=len(cell.compared))
    return f"{_whole(cell.growth):+,d}% ({len(cell.compared)})"


def _lines_near(answer: Chain, lines: Sequence[Line], t: Words) -> str:
    """Which line of revenue stands for each firm; firms taken whole together at the end."""
    by_metric: dict[str, list[str]] = {}
    for line in lines:
        for firm, metric in line.metrics.items():
            own = called(answer.book, firm, metric) if metric != "revenue" and " [" not in metric else ""
            by_metric.setdefault(metric, []).append(t.called(answer.book, firm) + (f" ({own})" if own else ""))
    whole = by_metric.pop("revenue", [])
    said = [
        t("{what}: {reason}", what=t.comma.join(firms), reason=_metric(answer, metric, t))
        for metric, firms in by_metric.items()
    ]
    return t.semicolon.join([*said, t("{firms}: whole", firms=t.comma.join(whole))] if whole else said)


def _metric(answer: Chain, metric: str, t: Words) -> str:
    plain_name, _, item = metric.partition(" [")
    return f"{relayed(t, metric_name(answer.book, plain_name))}{f' ({item[:-1]})' if item else ''}"


def silent(answer: Chain, *, t: Words = ENGLISH) -> tuple[str, ...]:
    """Firms of which the book has none of the figures by quarter, by group."""
    lines = []
    groups = dict.fromkeys(line.group for line in answer.lines)
    for group in groups:
        mine = [set(line.never) for line in answer.lines if line.group == group]
        never = sorted(set.intersection(*mine)) if mine else []
        if never:
            firms = t.comma.join(t.called(answer.book, firm) for firm in never)
            lines.append(t("{what}: {reason}", what=t(group), reason=firms))
    return tuple(lines)


def reported(line: Line) -> Cell | None:
    """The newest quarter in which at least half of the firms that report a figure have it."""
    return next((cell for cell in reversed(line.cells) if cell.told), None)


def compared(line: Line) -> Cell | None:
    """The newest quarter in which growth is that of at least half of the firms that report a figure."""
    found = (cell for cell in reversed(line.cells) if cell.compares and isinstance(cell.growth, Measure))
    return next(found, None)


def headline(answer: Chain, *, t: Words = ENGLISH) -> str:
    """Growth of each group in the newest quarter in which half of its firms compare, one line a group."""
    lines = []
    for group in dict.fromkeys(line.group for line in answer.lines):
        parts = []
        cells = {line.figure: compared(line) for line in answer.lines if line.group == group and line.figure in SAID}
        cells.pop(_other_revenue(cells.get("revenue"), cells.get("near_ai")), None)
        for figure, cell in cells.items():
            if cell is not None and isinstance(cell.growth, Measure):
                when = t("{quarter}, {firms}", quarter=name(cell.quarter), firms=_firms(answer, cell.compared, t))
                parts.append(f"{t(SAID[figure])} {_whole(cell.growth):+,d}% ({when})")
        if parts:
            lines.append(f"  {t('{what}: {reason}', what=t(group), reason=t.comma.join(parts))}")
    return "\n".join([t("Growth in a year, the same firms on both sides:"), *lines]) if lines else ""


def _other_revenue(whole: Cell | None, near: Cell | None) -> str:
    """Which of two growths of revenue is left out: that nearest to AI where it speaks for fewer than half as many."""
    fits = near is not None and (whole is None or 2 * len(near.compared) >= len(whole.compared))
    return "revenue" if fits else "near_ai"


def _whole(share: Measure) -> int:
    """A share in whole percent, never minus nothing."""
    return round(100.0 * share.value) + 0


SAID = {
    "revenue": N_("revenue of whole firms"),
    "near_ai": N_("revenue nearest to AI"),
    "capital_spending": N_("capital spending"),
    "backlog": N_("backlog"),
    "debt": N_("debt"),
}
"""Figures that the first lines speak of."""


def _firms(answer: Chain, firms: Sequence[str], t: Words) -> str:
    """How many firms; one or two by their names."""
    few = len(firms) <= NAMED
    return t.listed([t.called(answer.book, f) for f in firms]) if few else t("{count} firms", count=len(firms))


def missing(answer: Chain, *, t: Words = ENGLISH) -> tuple[str, ...]:
    """Who has no revenue in the newest quarter that half of a group has reported."""
    found = []
    for line in answer.lines:
        cell = reported(line) if line.figure == "revenue" else None
        if cell is not None and cell.missing:
            names = t.comma.join(t.called(answer.book, firm) for firm in cell.missing)
            when = t("{group}, {quarter}", group=t(line.group), quarter=name(cell.quarter))
            found.append(t("{what}: {reason}", what=when, reason=names))
    return tuple(found)


def below(answer: Chain, *, t: Words = ENGLISH) -> Iterator[str]:
    """Notes on who is in the sums and who is not, and what they rest on."""
    yield t(COUNTED)
    for title, lines in (
        (t("Revenue still missing in the newest quarter that half of the firms have reported"), missing(answer, t=t)),
        (t("No figure by quarter in the book"), silent(answer, t=t)),
    ):
        if lines:
            yield "\n".join([t("{title}:", title=title), *(f"  {line}" for line in lines)])
    yield rests((cell.amount for line in answer.lines for cell in line.cells), t=t)


def then_tables(rows: Sequence[Then], days: int, figure: str, by: str, *, t: Words = ENGLISH) -> Iterator[Table]:
    """Quarters as known some days after their end, six in a table."""
    for shown in pages(tuple(dict.fromkeys(row.quarter for row in rows))):
        yield then_table([row for row in rows if row.quarter in shown], days, figure, by, t=t)


def then_table(rows: Sequence[Then], days: int, figure: str, by: str, *, t: Words = ENGLISH) -> Table:
    """Each quarter as known some days after its end, above what is known of it now."""
    quarters = list(dict.fromkeys(row.quarter for row in rows))
    groups = list(dict.fromkeys(row.group for row in rows))
    place = {(row.group, row.quarter): row for row in rows}
    columns = (Column("group", t(by)), Column("known", t("as known")), *(Column(name(q), name(q)) for q in quarters))
    body: list[tuple[Value, ...]] = []
    for group in groups:
        mine = [place[group, q] for q in quarters]
        if not any(row.now.firms for row in mine):
            continue
        body.append((t(group), t("then"), *(_then(row, figure, t) for row in mine)))
        body.append(("", t("now"), *(_amount(row.now, figure, t) for row in mine)))
    notes = (
        t(
            "Then: {days} days after the quarter. In brackets: firms in the sum of firms that had reported it by then; "
            "a sum of less than half of them is not shown. Not yet: the day is still to come.",
            days=days,
        ),
    )
    return Table(
        t(
            "{figure}, as known {days} days after the quarter and now",
            figure=t(TITLES[figure], unit=t.money_unit),
            days=days,
        ),
        columns,
        tuple(body),
        notes,
        t,
    )


def _then(row: Then, figure: str, t: Words) -> str:
    return t("not yet") if row.then is None else _amount(row.then, figure, t)


def lines(answer: Chain) -> Table:
    """One row a group, figure and quarter, in full, for a file."""
    keys = ("group", "figure", "quarter", "value", "unit", "firms", "missing", "growth", "compared", "assumed")
    columns = tuple(Column(key, key) for key in (*keys, "sources", "reason", "half_report", "half_compare", "rough"))
    rows = tuple(
        (line.group, line.figure, name(cell.quarter), *_cell(cell)) for line in answer.lines for cell in line.cells
    )
    return Table("", columns, rows)


def _cell(cell: Cell) -> tuple[Value, ...]:
    amount = cell.amount
    return (
        amount.value if isinstance(amount, Measure) else None,
        amount.unit if isinstance(amount, Measure) else None,
        "|".join(cell.firms),
        "|".join(cell.missing),
        cell.growth.value if isinstance(cell.growth, Measure) else None,
        "|".join(cell.compared),
        amount.assumed if isinstance(amount, Measure) else None,
        "|".join(amount.sources) if isinstance(amount, Measure) else None,
        str(amount) if isinstance(amount, Gap) else None,
        cell.told,
        cell.compares,
        "|".join(cell.rough),
    )


def then_lines(rows: Sequence[Then]) -> Table:
    """One row a group and quarter: what was known then and what is known now."""
    keys = ("group", "figure", "quarter", "day", "then", "firms_then", "now", "firms_now", "unit")
    body = tuple(
        (
            *(row.group, row.figure, name(row.quarter), row.day, _value(amount_then(row))),
            "|".join(row.then.firms) if row.then is not None else None,
            *(_value(row.now.amount), "|".join(row.now.firms)),
            row.now.amount.unit if isinstance(row.now.amount, Measure) else None,
        )
        for row in rows
    )
    return Table("", tuple(Column(key, key) for key in keys), body)


def _value(reading: Reading) -> Value:
    return reading.value if isinstance(reading, Measure) else None


def payload(answer: Chain) -> dict[str, object]:
    """The answer as JSON; quarters under their names."""
    body = plain(answer)
    body["quarters"] = [name(q) for q in answer.quarters]
    for line in body["lines"]:
        for cell in line["cells"]:
            cell["quarter"] = name(cell["quarter"])
    return {"book_date": answer.day.isoformat(), "unit": "USD_million", **body}


def then_payload(rows: Sequence[Then], day: str) -> dict[str, object]:
    """Quarters as known then and now, as JSON."""
    body = [plain(row) for row in rows]
    for row in body:
        row["quarter"] = name(row["quarter"])
        for cell in filter(None, (row["then"], row["now"])):
            cell["quarter"] = name(cell["quarter"])
    return {"book_date": day, "unit": "USD_million", "quarters": body}
