"""The book as tables: what it holds, one firm, ties, disputes, changes, faults."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from cardhouse.book import Book, Fact, Firm, Layer, MetricKind, Severity, Tie, latest
from cardhouse.book.diff import BookDiff
from cardhouse.views.table import Column, Kind, Table
from cardhouse.views.words import ENGLISH, N_, Words

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


def size(book: Book, *, t: Words = ENGLISH) -> Table:
    """How many rows of each kind, and how many are left out."""
    rows = [(file, read, left) for file, (read, left) in sorted(book.rows.items())]
    columns = (
        Column("file", t("file")),
        Column("rows", t("rows"), Kind.COUNT),
        Column("left_out", t("left out"), Kind.COUNT),
    )
    return Table(t("The book, known up to {date}", date=book.date), columns, tuple(rows), t=t)


def coverage(book: Book, *, t: Words = ENGLISH) -> Table:
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
        rows.append(
            (t(layer.value), len(firms), whole, sum(facts[f.id] for f in firms), sum(ties[f.id] for f in firms))
        )
    columns = (
        Column("layer", t("layer")),
        Column("firms", t("firms"), Kind.COUNT),
        Column("with_core", t("with core figures"), Kind.COUNT),
        Column("facts", t("facts"), Kind.COUNT),
        Column("tie_ends", t("tie ends"), Kind.COUNT),
    )
    note = t("Core figures: {metrics}.", metrics=t.comma.join(t.metric(book, m) for m in CORE))
    return Table(t("Coverage by layer"), columns, tuple(rows), (note,), t)


def dollars(book: Book, *, t: Words = ENGLISH) -> Table:
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
    rows = tuple(
        (t(k.replace("_", " ")), by_fact.get(k, 0.0) / all_facts, by_tie.get(k, 0.0) / all_ties) for k in kinds
    )
    columns = (
        Column("source", t("source")),
        Column("facts", t("of core figures"), Kind.PERCENT),
        Column("ties", t("of counted ties"), Kind.PERCENT),
    )
    return Table(t("Share of dollars by kind of source"), columns, rows, t=t)


def stale(book: Book, *, most: int = 15, t: Words = ENGLISH) -> Table:
    """Core balances that are more than two quarters old."""
    rows = []
    for firm in book.firms.values():
        for metric in ("cash_and_investments", "total_debt", "total_equity"):
            fact = latest(book, firm.id, metric, book.date)
            if fact is not None and (book.date - fact.end).days > STALE_DAYS:
                rows.append((t.name(firm), t.metric(book, metric), fact.end, (book.date - fact.end).days))
    rows.sort(key=lambda r: (-r[3], r[0]))
    columns = (
        Column("firm", t("firm")),
        Column("metric", t("metric"), Kind.CODE),
        Column("end", t.meant("of", N_("as of")), Kind.DATE),
        Column("days", t("days old"), Kind.COUNT),
    )
    notes = (t("{count} more.", count=len(rows) - most),) if len(rows) > most else ()
    return Table(t("What is stale"), columns, tuple(rows[:most]), notes, t)


def firm_head(book: Book, firm: Firm, *, t: Words = ENGLISH) -> str:
    """Name, names, layer and camp of a firm in one line."""
    called = t.name(firm)
    names = [n for n in (firm.name, firm.name_zh, *firm.aliases) if n and n != called]
    known = f" ({', '.join(names)})" if names else ""
    listed = f", {firm.ticker}" if firm.ticker else ""
    note = f". {firm.note}" if firm.note else ""
    return t(
        "{firm}: {layer}, camp {camp}{more} · book of {date}",
        firm=called + known,
        layer=t(firm.layer.value),
        camp=t(firm.camp),
        more=listed + note,
        date=book.date,
    )


def statements(book: Book, firm: Firm, *, periods: int = 5, t: Words = ENGLISH) -> Table:
    """The newest figures of every metric of a firm, newest first, with their sources."""
    rows: list[tuple[Any, ...]] = []
    order = {k: i for i, k in enumerate(MetricKind)}
    metrics = sorted(book.series_of(firm.id), key=lambda m: (order[book.metrics[m].kind], m))
    for metric in metrics:
        rows += [fact_row(book, fact, t=t) for fact in book.chosen(firm.id, metric)[-periods:][::-1]]
    return Table(t("Figures"), fact_columns(t), tuple(rows), t=t)


def fact_columns(t: Words) -> tuple[Column, ...]:
    """Columns of figures."""
    return (
        Column("metric", t("metric"), Kind.CODE, wrap=True),
        Column("item", t("item"), wrap=True),
        Column("start", t("from"), Kind.DATE),
        Column("end", t("to"), Kind.DATE),
        Column("value", t("value"), Kind.NUMBER),
        Column("unit", t("unit"), Kind.CODE),
        Column("source", t("source"), wrap=True),
        Column("kind", t("kind"), Kind.CODE),
    )


FACT_COLUMNS = fact_columns(ENGLISH)


def fact_row(book: Book, fact: Fact, *, t: Words = ENGLISH) -> tuple[Any, ...]:
    """A fact as a row of :func:`fact_columns`."""
    return (
        t.metric(book, fact.metric),
        fact.item,
        fact.start,
        fact.end,
        fact.value,
        fact.unit,
        fact.source,
        book.source_kind(fact).value,
    )


def tie_columns(t: Words) -> tuple[Column, ...]:
    """Columns of ties."""
    return (
        Column("id", t("tie"), wrap=True),
        Column("kind", t("kind")),
        Column("from", t("from"), wrap=True),
        Column("to", t("to"), wrap=True),
        Column("amount", t("amount"), Kind.MONEY),
        Column("state", t("state"), wrap=True),
        Column("source", t("source"), wrap=True),
    )


def tie_row(tie: Tie, *, t: Words = ENGLISH) -> tuple[Any, ...]:
    """A tie as a row of :func:`tie_columns`."""
    state = t.comma.join((t(tie.firmness.value.replace("_", " ")), t(tie.status.value)))
    if tie.end:
        state = t("{state} to {day}", state=state, day=tie.end)
    kind = t(tie.kind.value.replace("_", " "))
    return (tie.id, kind, tie.from_, tie.to, tie.amount, state, tie.source)


def ties(book: Book, *, firm: str | None = None, kind: str | None = None, t: Words = ENGLISH) -> Table:
    """Ties in their latest version, largest first."""
    found = [
        x
        for x in book.current_ties
        if (firm is None or firm in (x.from_, x.to)) and (kind is None or x.kind.value == kind)
    ]
    found.sort(key=lambda x: (-(x.amount or 0.0), x.id))
    rows = tuple(tie_row(x, t=t) for x in found)
    note = t("{unit}.", unit=t.money_unit)
    return Table(t("Ties, book of {date}", date=book.date), tie_columns(t), rows, (note,), t)


def conflicts(book: Book, *, t: Words = ENGLISH) -> Table:
    """Figures that disagree, widest gap first: the one used and the others."""
    rows = []
    for conflict in book.conflicts():
        for other in conflict.others:
            c = conflict.chosen
            rows.append(
                (
                    c.entity,
                    t.metric(book, c.metric),
                    c.item,
                    c.end,
                    c.value,
                    other.value,
                    c.unit,
                    conflict.gap_percent / 100.0,
                    t("{source} over {other}", source=c.source, other=other.source),
                )
            )
    columns = (
        Column("entity", t("of")),
        Column("metric", t("metric"), Kind.CODE, wrap=True),
        Column("item", t("item"), wrap=True),
        Column("end", t("to"), Kind.DATE),
        Column("chosen", t("used"), Kind.NUMBER),
        Column("other", t("other"), Kind.NUMBER),
        Column("unit", t("unit"), Kind.CODE),
        Column("gap", t("gap"), Kind.PERCENT),
        Column("sources", t("sources"), wrap=True),
    )
    return Table(t("Figures that disagree, book of {date}", date=book.date), columns, tuple(rows), t=t)


def changes(found: BookDiff, book: Book, *, t: Words = ENGLISH) -> tuple[Table, Table]:
    """What became known between two days: figures and ties; ``book`` names the metrics."""
    added = [(t("new"), None, new) for new in found.facts_added]
    changed = [(t("changed"), old.value, new) for old, new in found.facts_changed]
    facts = tuple(
        (what, f.entity, t.metric(book, f.metric), f.item, f.end, before, f.value, f.unit, f.source)
        for what, before, f in (*added, *changed)
    )
    fact_columns = (
        Column("what", t("what")),
        Column("entity", t("of"), wrap=True),
        Column("metric", t("metric"), Kind.CODE, wrap=True),
        Column("item", t("item"), wrap=True),
        Column("end", t("to"), Kind.DATE),
        Column("before", t("before"), Kind.NUMBER),
        Column("after", t("after"), Kind.NUMBER),
        Column("unit", t("unit"), Kind.CODE, wrap=True),
        Column("source", t("source"), wrap=True),
    )
    ended = {x.id for x in found.ties_ended}
    rows = [(t("ended") if x.id in ended else t("new"), *tie_row(x, t=t)) for x in found.ties_added]
    rows += [(t("ended") if new.id in ended else t("new version"), *tie_row(new, t=t)) for _, new in found.ties_changed]
    days = {"first": found.day_from, "last": found.day_to}
    return (
        Table(t("Figures, {first} to {last}", **days), fact_columns, facts, t=t),
        Table(
            t("Ties, {first} to {last}", **days),
            (Column("what", t("what")), *tie_columns(t)),
            tuple(rows),
            (t("{unit}.", unit=t.money_unit),),
            t,
        ),
    )


def faults(book: Book, *, t: Words = ENGLISH) -> Table:
    """Every fault with its place; the faults themselves are told in English."""
    rows = tuple((str(f.where), f.severity.value, f.subject, f.problem, f.expected, f.action) for f in book.faults)
    titled = (
        ("where", t("where")),
        ("severity", t("severity")),
        ("subject", t("subject")),
        ("problem", t("problem")),
        ("expected", t("expected")),
        ("action", t("action")),
    )
    wraps = ("problem", "expected", "action", "subject")
    return Table(t("Faults"), tuple(Column(key, title, wrap=key in wraps) for key, title in titled), rows, t=t)


def fault_lines(book: Book, *, severity: Severity | None = None) -> list[str]:
    """Faults as lines that editors jump to."""
    return [
        f"{f}" + ("" if f.severity is Severity.ERROR else " (warning)")
        for f in book.faults
        if severity in (None, f.severity)
    ]
