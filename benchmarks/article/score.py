"""Precision, recall and F1 of extraction on the labelled articles of ../shared/articles, by class of error.

    python benchmarks/article/score.py [--list] [FOLDER]

A figure is found where a claim overlaps its labelled place; a range counts as two figures. A tuple is right where
entity, period, value, unit and kind of change agree. An entity that the book does not know agrees with a claim
that names no entity of the book. Periods agree ("loose") where they share a day or the label gives none, and
("strict") where they are the same days; a figure that the text does not date is read as of the publication, and is
loosely right within 45 days. Kinds agree "loose" where both are parts of a whole (share, ratio).
"""

from __future__ import annotations

import csv
import re
import sys
import time
from calendar import monthrange
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from cardhouse.article.check import check
from cardhouse.article.claims import Article, Claim
from cardhouse.article.extract import extract
from cardhouse.article.page import read_article
from cardhouse.book import Book, embedded
from cardhouse.views.article_payload import payload

FOLDER = Path(__file__).parents[3] / "shared" / "articles"
POWER = {"watts": 1e-9, "kW": 1e-6, "MW": 1e-3, "GW": 1.0}
NOW = 45
"""Days by which an undated figure, read as of the publication, may miss the labelled period."""
PARTS = {"share", "ratio"}


@dataclass(frozen=True)
class Label:
    start: int
    end: int
    row: dict[str, str]


@dataclass(frozen=True)
class Figure:
    """One value of a claim."""

    claim: Claim
    value: float | None


def labels(article: Article, rows: list[dict[str, str]]) -> list[Label]:
    found: list[Label] = []
    used: dict[tuple[int, str], list[tuple[int, dict[str, str]]]] = {}
    for row in rows:
        at = article.original.find(row["sentence"])
        at = max(at, 0)
        quote, earlier = row["quote_span"], used.setdefault((at, row["quote_span"]), [])
        twin = next(
            (place for place, other in earlier if all(other[k] == row[k] for k in ("entity", "metric", "period"))), None
        )
        start = twin if twin is not None else article.original.find(quote, earlier[-1][0] + 1 if earlier else at)
        if start < 0:
            start = article.original.find(quote, at)
        earlier.append((start, row))
        found.append(Label(start, start + len(quote), row))
    return found


def figures(claims: tuple[Claim, ...]) -> list[Figure]:
    return [Figure(claim, value) for claim in claims for value in (claim.values or (None,))]


def match(found: list[Label], said: list[Figure]) -> list[tuple[Label, Figure | None]]:
    pairs = []
    for place, label in enumerate(found):
        for other, figure in enumerate(said):
            if figure.claim.start < label.end and figure.claim.end > label.start:
                exact = figure.claim.start == label.start and figure.claim.end == label.end
                pairs.append((not same_value(label, figure), not exact, place, other))
    taken: dict[int, int] = {}
    gone: set[int] = set()
    for _, _, place, other in sorted(pairs):
        if place not in taken and other not in gone:
            taken[place] = other
            gone.add(other)
    return [(label, said[taken[place]] if place in taken else None) for place, label in enumerate(found)]


def same_value(label: Label, figure: Figure) -> bool:
    if not label.row["value"]:
        return figure.value is None
    if figure.value is None:
        return False
    want = float(label.row["value"]) * POWER.get(label.row["unit"], 1.0)
    value = figure.value * POWER.get(figure.claim.unit, 1.0)
    return abs(value - want) <= 0.005 * max(abs(want), 1e-9) or (want == 0 and value == 0)


def same_unit(label: Label, figure: Figure) -> bool:
    unit = figure.claim.unit
    zero = figure.value == 0 and label.row["value"] == "0" and not unit
    return label.row["unit"] == unit or (label.row["unit"] in POWER and unit in POWER) or zero


def interval(text: str) -> tuple[date, date] | None:
    if not text:
        return None
    if "/" in text:
        first, last = (interval(part) for part in text.split("/"))
        assert first
        assert last
        return first[0], last[1]
    if found := re.fullmatch(r"(\d{4})-Q(\d)", text):
        year, part = int(found[1]), int(found[2])
        return date(year, 3 * part - 2, 1), date(year, 3 * part, monthrange(year, 3 * part)[1])
    if found := re.fullmatch(r"(\d{4})-H(\d)", text):
        return (
            (date(int(found[1]), 1, 1), date(int(found[1]), 6, 30))
            if found[2] == "1"
            else (date(int(found[1]), 7, 1), date(int(found[1]), 12, 31))
        )
    parts = [int(part) for part in text.split("-")]
    if len(parts) == 1:
        return date(parts[0], 1, 1), date(parts[0], 12, 31)
    if len(parts) == 2:
        return date(*parts, 1), date(*parts, monthrange(*parts)[1])
    return date(*parts), date(*parts)


def same_period(label: Label, figure: Figure, *, strict: bool) -> bool:
    want, period = interval(label.row["period"]), figure.claim.period
    if want is None:
        return not strict or not period.stated
    if period.end is None:
        return False
    start = period.start or period.end
    if not period.stated and period.start is None and not strict:
        return want[0] - timedelta(days=NOW) <= period.end <= want[1] + timedelta(days=NOW)
    if strict and not period.stated:
        return period.label == label.row["period"]
    if strict:
        return abs((start - want[0]).days) <= 31 and abs((period.end - want[1]).days) <= 31
    return start <= want[1] and period.end >= want[0]


def same_entity(label: Label, figure: Figure, book: Book) -> bool:
    want = set(label.row["entity"].split("|"))
    known = {one for one in want if one in book.firms or one in book.subjects}
    return set(figure.claim.entities) == known


def same_kind(label: Label, figure: Figure, *, strict: bool) -> bool:
    want, kind = label.row["change_kind"], figure.claim.change_kind.value
    return want == kind or (not strict and {want, kind} <= PARTS)


def same_comparator(label: Label, figure: Figure) -> bool:
    sign = figure.claim.comparator.value.replace("<=", "<")
    return figure.claim.is_range or sign == label.row["comparator"]


def wrong_fields(label: Label, figure: Figure, book: Book, *, strict: bool) -> list[str]:
    checks = {
        "entity": same_entity(label, figure, book),
        "period": same_period(label, figure, strict=strict),
        "value": same_value(label, figure),
        "unit": same_unit(label, figure),
        "kind": same_kind(label, figure, strict=strict),
    }
    return [name for name, right in checks.items() if not right]


def f1(right: int, said: int, wanted: int) -> str:
    precision, recall = right / max(said, 1), right / max(wanted, 1)
    both = 2 * precision * recall / max(precision + recall, 1e-9)
    return f"precision {precision:.3f}  recall {recall:.3f}  F1 {both:.3f}  ({right} of {said} said, {wanted} labelled)"


def ten_thousand(folder: Path, book: Book) -> float:
    """Seconds that ten thousand characters take once the words are loaded, the best of five."""
    whole = "\n\n".join(file.read_text(encoding="utf-8", errors="replace") for file in sorted(folder.glob("*.txt")))
    best = float("inf")
    for _ in range(5):
        began = time.perf_counter()
        article = read_article((whole + whole)[:10_000])
        payload(check(article, extract(article, book), book), book)
        best = min(best, time.perf_counter() - began)
    return best


def main() -> None:
    names = [arg for arg in sys.argv[1:] if not arg.startswith("--")]
    folder = Path(names[0]) if names else FOLDER
    if not folder.exists():
        print(f"no labelled articles at {folder}")
        return
    book = embedded()
    rows = list(csv.DictReader((folder / "claims.csv").open(encoding="utf-8")))
    total: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    wrong_strict: Counter[str] = Counter()
    by_unit: dict[str, Counter[str]] = {}
    for file in sorted({row["file"] for row in rows}):
        data = (folder / file).read_bytes()
        began = time.perf_counter()
        article = read_article(data)
        claims = extract(article, book)
        took = time.perf_counter() - began
        found, said = labels(article, [row for row in rows if row["file"] == file]), figures(claims)
        pairs = match(found, said)
        total["said"] += len(said)
        total["said_metric"] += sum(figure.claim.metric is not None for figure in said)
        for label, figure in pairs:
            total["labels"] += 1
            unit = by_unit.setdefault(label.row["unit"] or "none", Counter())
            unit["labels"] += 1
            known = label.row["metric"] in book.metrics
            total["labels_metric"] += known
            if figure is None:
                if "--list" in sys.argv:
                    print(f"MISSED {file[:3]} {label.row['quote_span']} {label.row['metric']}")
                continue
            total["span"] += 1
            unit["found"] += 1
            total["exact"] += (label.start, label.end) == (figure.claim.start, figure.claim.end)
            bad = wrong_fields(label, figure, book, strict=False)
            bad_strict = wrong_fields(label, figure, book, strict=True)
            wrong.update(bad)
            wrong_strict.update(bad_strict)
            total["tuple"] += not bad
            unit["tuple"] += not bad
            total["tuple_strict"] += not bad_strict
            total["comparator"] += same_comparator(label, figure)
            total["said_of_known"] += known and figure.claim.metric is not None
            if known:
                right = figure.claim.metric == label.row["metric"]
                total["metric"] += right
                total["tuple_metric"] += right and not bad
                if not right and "--list" in sys.argv:
                    said_as = figure.claim.measure
                    print(f"METRIC {file[:3]} {label.row['quote_span']} {label.row['metric']} read as {said_as}")
            if bad and "--list" in sys.argv:
                claim, row = figure.claim, label.row
                want = " ".join(row[key] for key in ("entity", "period", "value", "unit", "change_kind"))
                kind = claim.change_kind.value
                read = f"{claim.entity} {claim.period.label} {figure.value} {claim.unit} {kind}"
                print(f"WRONG {file[:3]} {row['quote_span']} {','.join(bad)}: want {want}; read {read}")
        hit = {id(figure) for _, figure in pairs if figure}
        if "--list" in sys.argv:
            for figure in said:
                if id(figure) not in hit:
                    print(f"EXTRA {file[:3]} {figure.claim.quote} {figure.claim.measure}")
        print(f"{file}: {len(article.original)} characters in {took * 1000:.0f} ms, {len(said)} figures")
    print(f"10,000 characters read, extracted, checked, told: {ten_thousand(folder, book) * 1000:.0f} ms (goal 300)")
    print(
        "spans:                  ", f1(total["span"], total["said"], total["labels"]), f"exact place {total['exact']}"
    )
    print("tuples without metric:  ", f1(total["tuple"], total["said"], total["labels"]))
    print("  strict period and kind:", f1(total["tuple_strict"], total["said"], total["labels"]))
    print("metric of metrics.csv:  ", f1(total["metric"], total["said_metric"], total["labels_metric"]))
    print("tuples with that metric:", f1(total["tuple_metric"], total["said_metric"], total["labels_metric"]))
    # A label with a name of its own cannot tell whether the book's name for it is right.
    print("  of those labels alone:", f1(total["tuple_metric"], total["said_of_known"], total["labels_metric"]))
    print(f"comparators right: {total['comparator']} of {total['span']}")
    print("wrong fields (loose): ", dict(wrong.most_common()), " strict:", dict(wrong_strict.most_common()))
    for unit, counts in sorted(by_unit.items(), key=lambda pair: -pair[1]["labels"]):
        print(f"  {unit:18} labelled {counts['labels']:3}  found {counts['found']:3}  tuple {counts['tuple']:3}")


if __name__ == "__main__":
    main()
