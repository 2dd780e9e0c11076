"""The chain on screen, in a file and as JSON: the same measures behind each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cardhouse.lenses.chain import Cell, Chain, Line, Then
from cardhouse.lenses.chain.chain import FIGURES, SHARES
from cardhouse.lenses.chain.quarters import name
from cardhouse.lenses.chain.then import amount_then
from cardhouse.lenses.measure import Gap, Measure, Reading
from cardhouse.lenses.readings import entity_name, metric_name
from cardhouse.views.lens import MARKS, dateline, plain, rests
from cardhouse.views.table import Cell as Value
from cardhouse.views.table import Column, Table, billions

TITLES = {
    "revenue": "Revenue of whole firms, USD billion",
    "near_ai": "Revenue nearest to AI, USD billion",
    "capital_spending": "Capital spending, USD billion",
    "near_ai_share": "Part of revenue nearest to AI",
    "operating_margin": "Operating margin of whole firms",
    "backlog": "Backlog at the end of the quarter, USD billion",
    "debt": "Debt at the end of the quarter, USD billion",
}
NOTES = {
    "revenue": "Most revenue of clouds and applications is no AI. A chip sold to a cloud and the computing the cloud "
    "sells to a laboratory are both in it: layers must not be added up.",
    "near_ai": "One line a firm throughout: {lines}.",
    "capital_spending": "Cash paid for plant by the whole firm.",
    "near_ai_share": "The line nearest to AI over the whole of revenue, both of the firms that report such a line; the "
    "second line is the change in points.",
    "operating_margin": "Operating income over revenue, both of the same firms; the second line is the change in "
    "points.",
    "backlog": "Signed and not yet delivered, of any length; what a laboratory owes a cloud is in it in full.",
    "debt": "Borrowings without leases.",
}
COUNTED = "In brackets: firms in the sum of firms that report it. Second line: growth in a year, of firms with both."
NO_FIRM = "–"
WIDE = 6
"""Quarters that fit beside each other."""


def head(answer: Chain) -> str:
    """First line: the book's date, and that quarters are the calendar's."""
    return dateline(answer.book, f"by {answer.by.value}", "calendar quarters; fiscal ones where most of their days lie")


def tables(answer: Chain) -> Iterator[Table]:
    """Tables of each figure, six quarters wide, groups without any figure left out."""
    for figure in FIGURES:
        lines = [line for line in answer.lines if line.figure == figure and any(cell.firms for cell in line.cells)]
        for shown in pages(answer.quarters) if lines else ():
            yield table(answer, figure, lines, shown)


def pages(quarters: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Quarters in as many tables as a page is wide, the newest in the last."""
    first = len(quarters) % WIDE or WIDE
    yield tuple(quarters[:first])
    for at in range(first, len(quarters), WIDE):
        yield tuple(quarters[at : at + WIDE])


def table(answer: Chain, figure: str, lines: Sequence[Line], shown: Sequence[int]) -> Table:
    """A figure of all groups by quarter: amounts with their count of firms, then growth of the same firms."""
    columns = (Column("group", answer.by.value), *(Column(name(q), name(q)) for q in shown))
    rows: list[tuple[Value, ...]] = []
    for line in lines:
        cells = [cell for cell in line.cells if cell.quarter in shown]
        rows.append((line.group, *(_amount(cell, figure) for cell in cells)))
        grown = [_growth(cell, figure) for cell in cells]
        if any(grown):
            rows.append(("", *grown))
    last = answer.quarters[-1] in shown
    note = (NOTES[figure].format(lines=_lines_near(answer, lines)),) if last else ()
    return Table(TITLES[figure], columns, tuple(rows), note)


def _amount(cell: Cell, figure: str) -> str:
    """An amount with the firms in it: ``346.1 (9/10)``."""
    if isinstance(cell.amount, Gap):
        return NO_FIRM if not cell.firms else MARKS[cell.amount.why]
    value = f"{cell.amount.value:.0%}" if figure in SHARES else billions(cell.amount.value)
    return f"{value} ({len(cell.firms)}/{len(cell.firms) + len(cell.missing)})"


def _growth(cell: Cell, figure: str) -> str:
    """Growth with the firms compared: ``+110% (6)``; points for a margin."""
    if isinstance(cell.growth, Gap):
        return ""
    if figure in SHARES:
        return f"{round(100.0 * cell.growth.value) + 0:+d}pt ({len(cell.compared)})"
    return f"{round(100.0 * cell.growth.value) + 0:+,d}% ({len(cell.compared)})"


def _lines_near(answer: Chain, lines: Sequence[Line]) -> str:
    """Which line of revenue stands for each firm; firms taken whole together at the end."""
    by_metric: dict[str, list[str]] = {}
    for line in lines:
        for firm, metric in line.metrics.items():
            by_metric.setdefault(metric, []).append(entity_name(answer.book, firm))
    whole = by_metric.pop("revenue", [])
    said = [f"{', '.join(firms)}: {_metric(answer, metric)}" for metric, firms in by_metric.items()]
    return "; ".join([*said, f"{', '.join(whole)}: whole"] if whole else said)


def _metric(answer: Chain, metric: str) -> str:
    plain_name, _, item = metric.partition(" [")
    return f"{metric_name(answer.book, plain_name)}{f' ({item[:-1]})' if item else ''}"


def silent(answer: Chain) -> tuple[str, ...]:
    """Firms of which the book has none of the figures by quarter, by group."""
    lines = []
    groups = dict.fromkeys(line.group for line in answer.lines)
    for group in groups:
        mine = [set(line.never) for line in answer.lines if line.group == group]
        never = sorted(set.intersection(*mine)) if mine else []
        if never:
            lines.append(f"{group}: {', '.join(entity_name(answer.book, firm) for firm in never)}")
    return tuple(lines)


def told(line: Line) -> Cell | None:
    """The newest quarter in which at least half of the firms that report a figure have it."""
    full = [cell for cell in line.cells if cell.firms and len(cell.firms) >= len(cell.missing)]
    return full[-1] if full else None


def headline(answer: Chain) -> str:
    """Growth of each group in its newest quarter that half of its firms have reported, one line a group."""
    lines = []
    for group in dict.fromkeys(line.group for line in answer.lines):
        parts = []
        for line in answer.lines:
            cell = told(line) if line.group == group and line.figure in SAID else None
            if cell is not None and isinstance(cell.growth, Measure):
                when = f"{name(cell.quarter)}, {_firms(len(cell.compared))}"
                parts.append(f"{SAID[line.figure]} {cell.growth.value:+.0%} ({when})")
        if parts:
            lines.append(f"  {group}: {', '.join(parts)}")
    return "\n".join(["Growth in a year, the same firms on both sides:", *lines]) if lines else ""


SAID = {"revenue": "revenue", "capital_spending": "capital spending", "backlog": "backlog", "debt": "debt"}
"""Figures that the first lines speak of."""


def _firms(count: int) -> str:
    return f"{count} firm{'s' if count > 1 else ''}"


def missing(answer: Chain) -> tuple[str, ...]:
    """Who has no revenue in the newest quarter that half of a group has reported."""
    found = []
    for line in answer.lines:
        cell = told(line) if line.figure == "revenue" else None
        if cell is not None and cell.missing:
            names = ", ".join(entity_name(answer.book, firm) for firm in cell.missing)
            found.append(f"{line.group}, {name(cell.quarter)}: {names}")
    return tuple(found)


def below(answer: Chain) -> Iterator[str]:
    """Notes on who is in the sums and who is not, and what they rest on."""
    yield COUNTED
    for title, lines in (
        ("Revenue still missing in the newest quarter that half of the firms have reported", missing(answer)),
        ("No figure by quarter in the book", silent(answer)),
    ):
        if lines:
            yield "\n".join([f"{title}:", *(f"  {line}" for line in lines)])
    yield rests(cell.amount for line in answer.lines for cell in line.cells)


def then_tables(rows: Sequence[Then], days: int, figure: str, by: str) -> Iterator[Table]:
    """Quarters as known some days after their end, six in a table."""
    for shown in pages(tuple(dict.fromkeys(row.quarter for row in rows))):
        yield then_table([row for row in rows if row.quarter in shown], days, figure, by)


def then_table(rows: Sequence[Then], days: int, figure: str, by: str) -> Table:
    """Each quarter as known some days after its end, above what is known of it now."""
    quarters = list(dict.fromkeys(row.quarter for row in rows))
    groups = list(dict.fromkeys(row.group for row in rows))
    place = {(row.group, row.quarter): row for row in rows}
    columns = (Column("group", by), Column("known", "as known"), *(Column(name(q), name(q)) for q in quarters))
    body: list[tuple[Value, ...]] = []
    for group in groups:
        mine = [place[group, q] for q in quarters]
        if not any(row.now.firms for row in mine):
            continue
        body.append((group, f"{days} days after", *(_then(row, figure) for row in mine)))
        body.append(("", "now", *(_amount(row.now, figure) for row in mine)))
    notes = ("In brackets: firms in the sum of firms that had reported it by then. Not yet: the day is still to come.",)
    return Table(f"{TITLES[figure]}, as known {days} days after the quarter and now", columns, tuple(body), notes)


def _then(row: Then, figure: str) -> str:
    return "not yet" if row.then is None else _amount(row.then, figure)


def lines(answer: Chain) -> Table:
    """One row a group, figure and quarter, in full, for a file."""
    keys = ("group", "figure", "quarter", "value", "unit", "firms", "missing", "growth", "compared", "assumed")
    columns = tuple(Column(key, key) for key in (*keys, "sources", "reason"))
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
