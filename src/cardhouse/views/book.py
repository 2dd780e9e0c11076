"""The book as tables: what it holds, one firm, ties, disputes, changes, faults."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from cardhouse.book import Book, Fact, Firm, Layer, MetricKind, Severity, Tie, latest
from cardhouse.book.diff import BookDiff
from cardhouse.views.table import Column, Kind, Table

STALE_DAYS = 200
CORE = (
    "cash_and_investments",
    "total_debt",
    "total_equity",
    "total_assets",
    "revenue",
    "operating_cash_flow",
)
"""Metrics that a firm needs to be tested; coverage counts firms that have them all."""


def size(book: Book) -> Table:
    """How many rows of each kind, and how many are left out."""
    rows = [(file, read, left) for file, (read, left) in sorted(book.rows.items())]
    columns = (
        Column("file", "file"),
        Column("rows", "rows", Kind.COUNT),
        Column("left_out", "left out", Kind.COUNT),
    )
    return Table(f"The book, known up to {book.date}", columns, tuple(rows))


def coverage(book: Book) -> Table:
    """Firms, figures and ties by layer, and how many firms have every core figure."""
    facts: Counter[str] = Counter(f.entity for f in book.facts)
    ties: Counter[str] = Counter()
    for tie in book.current_ties:
        ties[tie.from_] += 1
        ties[tie.to] += 1
    rows = []
    for layer in Layer:
        firms = [f for f in book.firms.values() if f.layer is layer]
        whole = sum(all(book.chosen(f.id, m) for m in CORE) for f in firms)
        rows.append((layer.value, len(firms), whole, sum(facts[f.id] for f in firms), sum(ties[f.id] for f in firms)))
    columns = (
        Column("layer", "layer"),
        Column("firms", "firms", Kind.COUNT),
        Column("with_core", "with core figures", Kind.COUNT),
        Column("facts", "facts", Kind.COUNT),
        Column("tie_ends", "tie ends", Kind.COUNT),
    )
    return Table("Coverage by layer", columns, tuple(rows), (f"Core figures: {', '.join(CORE)}.",))


def dollars(book: Book) -> Table:
    """Dollars of the latest figures and of counted ties, by kind of source."""
    by_fact: dict[str, float] = defaultdict(float)
    by_tie: dict[str, float] = defaultdict(float)
    for firm in book.firms:
        for metric in CORE:
            fact = latest(book, firm, metric, book.date) or (book.chosen(firm, metric) or (None,))[-1]
            if fact is not None:
                by_fact[book.source_kind(fact).value] += abs(book.usd(fact))
    for tie in book.current_ties:
        if tie.counted and tie.amount is not None:
            by_tie[book.source_kind(tie).value] += tie.amount
    all_facts, all_ties = sum(by_fact.values()) or 1.0, sum(by_tie.values()) or 1.0
    kinds = sorted(set(by_fact) | set(by_tie), key=lambda k: -(by_fact.get(k, 0.0) + by_tie.get(k, 0.0)))
    rows = tuple((k.replace("_", " "), by_fact.get(k, 0.0) / all_facts, by_tie.get(k, 0.0) / all_ties) for k in kinds)
    columns = (
        Column("source", "source"),
        Column("facts", "of core figures", Kind.PERCENT),
        Column("ties", "of counted ties", Kind.PERCENT),
    )
    return Table("Share of dollars by kind of source", columns, rows)


def stale(book: Book, *, most: int = 15) -> Table:
    """Core balances that are more than two quarters old."""
    rows = []
    for firm in book.firms.values():
        for metric in ("cash_and_investments", "total_debt", "total_equity"):
            fact = latest(book, firm.id, metric, book.date)
            if fact is not None and (book.date - fact.end).days > STALE_DAYS:
                rows.append((firm.name, metric, fact.end, (book.date - fact.end).days))
    rows.sort(key=lambda r: (-r[3], r[0]))
    columns = (
        Column("firm", "firm"),
        Column("metric", "metric", Kind.CODE),
        Column("end", "of", Kind.DATE),
        Column("days", "days old", Kind.COUNT),
    )
    notes = (f"{len(rows) - most} more.",) if len(rows) > most else ()
    return Table("What is stale", columns, tuple(rows[:most]), notes)


def firm_head(book: Book, firm: Firm) -> str:
    """Name, names, layer and camp of a firm in one line."""
    names = [n for n in (firm.name_zh, *firm.aliases) if n and n != firm.name]
    known = f" ({', '.join(names)})" if names else ""
    listed = f", {firm.ticker}" if firm.ticker else ""
    note = f". {firm.note}" if firm.note else ""
    return f"{firm.name}{known}: {firm.layer}, camp {firm.camp}{listed}{note} · book of {book.date}"


def statements(book: Book, firm: Firm, *, periods: int = 5) -> Table:
    """The newest figures of every metric of a firm, newest first, with their sources."""
    rows: list[tuple[Any, ...]] = []
    order = {k: i for i, k in enumerate(MetricKind)}
    metrics = sorted(book.series_of(firm.id), key=lambda m: (order[book.metrics[m].kind], m))
    for metric in metrics:
        rows += [fact_row(book, fact) for fact in book.chosen(firm.id, metric)[-periods:][::-1]]
    return Table("Figures", FACT_COLUMNS, tuple(rows))


FACT_COLUMNS = (
    Column("metric", "metric", Kind.CODE, wrap=True),
    Column("item", "item", wrap=True),
    Column("start", "from", Kind.DATE),
    Column("end", "to", Kind.DATE),
    Column("value", "value", Kind.NUMBER),
    Column("unit", "unit", Kind.CODE),
    Column("source", "source", wrap=True),
    Column("kind", "kind", Kind.CODE),
)


def fact_row(book: Book, fact: Fact) -> tuple[Any, ...]:
    """A fact as a row of :data:`FACT_COLUMNS`."""
    return (
        fact.metric,
        fact.item,
        fact.start,
        fact.end,
        fact.value,
        fact.unit,
        fact.source,
        book.source_kind(fact).value,
    )


TIE_COLUMNS = (
    Column("id", "tie", wrap=True),
    Column("kind", "kind"),
    Column("from", "from", wrap=True),
    Column("to", "to", wrap=True),
    Column("amount", "amount", Kind.MONEY),
    Column("state", "state", wrap=True),
    Column("source", "source", wrap=True),
)


def tie_row(tie: Tie) -> tuple[Any, ...]:
    """A tie as a row of :data:`TIE_COLUMNS`."""
    state = f"{tie.firmness.value.replace('_', ' ')}, {tie.status.value}" + (f" to {tie.end}" if tie.end else "")
    return (tie.id, tie.kind.value.replace("_", " "), tie.from_, tie.to, tie.amount, state, tie.source)


def ties(book: Book, *, firm: str | None = None, kind: str | None = None) -> Table:
    """Ties in their latest version, largest first."""
    found = [
        t
        for t in book.current_ties
        if (firm is None or firm in (t.from_, t.to)) and (kind is None or t.kind.value == kind)
    ]
    found.sort(key=lambda t: (-(t.amount or 0.0), t.id))
    return Table(f"Ties, book of {book.date}", TIE_COLUMNS, tuple(tie_row(t) for t in found), ("USD billion.",))


def conflicts(book: Book) -> Table:
    """Figures that disagree, widest gap first: the one used and the others."""
    rows = []
    for conflict in book.conflicts():
        for other in conflict.others:
            c = conflict.chosen
            rows.append(
                (
                    c.entity,
                    c.metric,
                    c.item,
                    c.end,
                    c.value,
                    other.value,
                    c.unit,
                    conflict.gap_percent / 100.0,
                    f"{c.source} over {other.source}",
                )
            )
    columns = (
        Column("entity", "of"),
        Column("metric", "metric", Kind.CODE, wrap=True),
        Column("item", "item", wrap=True),
        Column("end", "to", Kind.DATE),
        Column("chosen", "used", Kind.NUMBER),
        Column("other", "other", Kind.NUMBER),
        Column("unit", "unit", Kind.CODE),
        Column("gap", "gap", Kind.PERCENT),
        Column("sources", "sources", wrap=True),
    )
    return Table(f"Figures that disagree, book of {book.date}", columns, tuple(rows))


def changes(found: BookDiff) -> tuple[Table, Table]:
    """What became known between two days: figures and ties."""
    facts: list[tuple[Any, ...]] = [
        ("new", f.entity, f.metric, f.item, f.end, None, f.value, f.unit, f.source) for f in found.facts_added
    ]
    facts += [
        ("changed", new.entity, new.metric, new.item, new.end, old.value, new.value, new.unit, new.source)
        for old, new in found.facts_changed
    ]
    fact_columns = (
        Column("what", "what"),
        Column("entity", "of"),
        Column("metric", "metric", Kind.CODE, wrap=True),
        Column("item", "item", wrap=True),
        Column("end", "to", Kind.DATE),
        Column("before", "before", Kind.NUMBER),
        Column("after", "after", Kind.NUMBER),
        Column("unit", "unit", Kind.CODE),
        Column("source", "source", wrap=True),
    )
    ended = {t.id for t in found.ties_ended}
    rows = [("ended" if t.id in ended else "new", *tie_row(t)) for t in found.ties_added]
    rows += [("ended" if new.id in ended else "new version", *tie_row(new)) for _, new in found.ties_changed]
    title = f"{found.day_from} to {found.day_to}"
    return (
        Table(f"Figures, {title}", fact_columns, tuple(facts)),
        Table(f"Ties, {title}", (Column("what", "what"), *TIE_COLUMNS), tuple(rows), ("USD billion.",)),
    )


def faults(book: Book) -> Table:
    """Every fault with its place."""
    rows = tuple((str(f.where), f.severity.value, f.subject, f.problem, f.expected, f.action) for f in book.faults)
    columns = tuple(
        Column(k, k, wrap=k in ("problem", "expected", "action", "subject"))
        for k in ("where", "severity", "subject", "problem", "expected", "action")
    )
    return Table("Faults", columns, rows)


def fault_lines(book: Book, *, severity: Severity | None = None) -> list[str]:
    """Faults as lines that editors jump to."""
    return [
        f"{f}" + ("" if f.severity is Severity.ERROR else " (warning)")
        for f in book.faults
        if severity in (None, f.severity)
    ]
