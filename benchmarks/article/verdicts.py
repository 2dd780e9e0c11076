"""Verdict accuracy on labelled articles: the checker on given claims, and the whole way from the text.

Two measures for each set of articles:

given     the labels' own claims (who, what, when, how much) are laid beside the book: the checker alone;
whole     text in, claims out, verdicts out; a label is matched by file, quotation and place.

A claim is decidable where the label's verdict is not "not in the book" and the book has a figure that the
label rests on; ``decidable`` here means: label decided, and the checker found any figure. Claims that the label
decides and the checker does not are counted as ``silent``. The three real articles have no ``outdated`` among
their labels: it counts there as right for ``imprecise`` (and is shown apart).

Run: python benchmarks/article/verdicts.py [--real FOLDER] [--errors]
"""

from __future__ import annotations

import argparse
import csv
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from cardhouse.article.check import check
from cardhouse.article.claims import Article, ChangeKind, Claim, Comparator, Period, Sentence
from cardhouse.article.verdicts import Checked
from cardhouse.book import Book, embedded

HERE = Path(__file__).resolve().parent
OWN = HERE.parent.parent / "tests" / "article" / "articles"
REAL = HERE.parent.parent.parent / "shared" / "articles"
SAME = {
    "unverifiable": "not_in_book",
    "internally_inconsistent": "inside",
}
LOSS_MEASURES = ("net_income", "operating_income", "eps_diluted")
PUBLISHED = {
    "000_063c326ae4b33a3b.txt": date(2026, 2, 28),
    "001_7b68bdda01e1d102.txt": date(2025, 11, 5),
    "003_b130d96f10464162.txt": date(2025, 11, 14),
}


@dataclass(frozen=True)
class Label:
    file: str
    quote: str
    entity: str
    metric: str
    period: str
    value: float | None
    unit: str
    comparator: str
    change_kind: str
    verdict: str


def own_labels(folder: Path) -> list[Label]:
    with (folder / "labels.csv").open(encoding="utf-8", newline="") as file:
        return [_label(row, row["quote"], row["verdict"]) for row in csv.DictReader(file)]


def real_labels(folder: Path) -> list[Label]:
    with (folder / "claims.csv").open(encoding="utf-8", newline="") as file:
        return [_label(row, row["quote_span"], SAME.get(row["check"], row["check"])) for row in csv.DictReader(file)]


def _label(row: dict[str, str], quote: str, verdict: str) -> Label:
    value = float(row["value"]) if row["value"] else None
    return Label(
        row["file"],
        quote,
        row["entity"],
        row["metric"],
        row["period"],
        value,
        row["unit"],
        row["comparator"],
        row["change_kind"],
        verdict,
    )


def period(text: str, published: date) -> Period:
    """Read a label's period; the month of publication, or blank, is "now"."""
    if not text or text == f"{published:%Y-%m}":
        return Period(end=published, label=text)
    if "/" in text:
        first, last = text.split("/")
        begin, finish = period(first, date.min), period(last, date.min)
        return Period(begin.start or begin.end, finish.end, text, stated=True)
    if len(text) == 10:
        day = date.fromisoformat(text)
        return Period(day, day, text, stated=True)
    year = int(text[:4])
    if len(text) == 4:
        return Period(date(year, 1, 1), date(year, 12, 31), text, stated=True)
    part = text[5:]
    if part[0] in "QH":
        length = 3 if part[0] == "Q" else 6
        first_month = (int(part[1]) - 1) * length
        months = first_month + length
    else:
        first_month, months = int(part) - 1, int(part)
    until = date(year + months // 12, months % 12 + 1, 1) - timedelta(days=1)
    return Period(date(year, first_month + 1, 1), until, text, stated=True)


def given(label: Label, book: Book, place: int, published: date) -> Claim:
    """Turn a label into the claim that a perfect reader would have found."""
    metric = label.metric if label.metric in book.metrics else None
    return Claim(
        start=place,
        end=place + len(label.quote),
        quote=label.quote,
        sentence=0,
        entity=label.entity or None,
        metric=metric,
        measure=label.metric,
        period=period(label.period, published),
        value=label.value,
        unit=label.unit,
        comparator=Comparator(label.comparator),
        change_kind=ChangeKind(label.change_kind),
        loss=label.metric in LOSS_MEASURES and (label.value or 0) < 0,
    )


def article_of(path: Path, published: date | None) -> Article:
    from cardhouse.article.page import read_article

    return read_article(path.read_bytes(), html=path.suffix == ".html" or None, published=published)


def run_given(labels: list[Label], folder: Path, book: Book) -> list[tuple[Label, str, str]]:
    rows = []
    for name, mine in _by_file(labels).items():
        text = (folder / name).read_text(encoding="utf-8")
        published = PUBLISHED.get(name) or _day(text, book)
        for label in mine:
            place = max(text.find(label.quote), 0)
            cut = max(text.rfind(c, 0, place) for c in "。\n;") + 1
            sentence = Sentence(0, 0, len(text), 0, len(text), text[cut : place + 120], 0)
            article = Article("", published, "", text, text, (sentence,), range(len(text)))
            claim = given(label, book, place, published)
            ends = [other.value for other in mine if other.quote == label.quote and other.value is not None]
            if (
                len(ends) == 2
                and ends[0] < ends[1]
                and {"<", ">"} <= {o.comparator for o in mine if o.quote == label.quote}
            ):
                claim = replace(claim, value=None, low=ends[0], high=ends[1], comparator=Comparator.EQUAL)
            found = check(article, (claim,), book).checked[0]
            rows.append((label, found.verdict.value, _why(found)))
    return rows


def run_whole(labels: list[Label], folder: Path, book: Book) -> tuple[list[tuple[Label, str, str]], float]:
    from cardhouse.article.extract import extract

    rows, seconds = [], 0.0
    for name, mine in _by_file(labels).items():
        begin = time.perf_counter()
        article = article_of(folder / name, None)
        report = check(article, extract(article, book), book)
        seconds += time.perf_counter() - begin
        taken: set[tuple[int, int]] = set()
        rows += [(label, *_matched(label, report.checked, taken)) for label in mine]
    return rows, seconds


def _matched(label: Label, checked: Sequence[Checked], taken: set[tuple[int, int]]) -> tuple[str, str]:
    bound = 1 if label.comparator == "<" else 0
    for row in checked:
        same = row.claim.quote == label.quote or label.quote in row.claim.quote or row.claim.quote in label.quote
        key = (row.index, bound if row.claim.is_range else 0)
        if same and key not in taken and _close(label, row.claim):
            taken.add(key)
            return row.verdict.value, _why(row)
    return "not_found", ""


def _close(label: Label, claim: Claim) -> bool:
    if label.value is None or not claim.values:
        return True
    return any(abs(abs(v) - abs(label.value)) <= 0.02 * max(abs(label.value), 1e-9) for v in claim.values)


def _why(row: Checked) -> str:
    figure = row.figure
    notes = " ".join(f"{n.reason.value}({','.join(n.values)})" for n in row.notes)
    claim = row.claim
    parts = (
        claim.entity,
        claim.metric or claim.measure,
        claim.period.label,
        claim.value,
        claim.unit,
        claim.change_kind,
    )
    told = "/".join(str(part) for part in parts)
    if figure is None:
        return f"{told} | {notes}"
    return f"{told} | book {figure.value:.6g} {figure.unit} {figure.start}..{figure.end} {figure.metric} {notes}"


def _day(text: str, book: Book) -> date:
    from cardhouse.article.page import read_article

    return read_article(text, html=text.lstrip().startswith("<!DOCTYPE") or None).published or book.date


def _by_file(labels: list[Label]) -> dict[str, list[Label]]:
    files: dict[str, list[Label]] = defaultdict(list)
    for label in labels:
        files[label.file].append(label)
    return files


def score(rows: list[tuple[Label, str, str]], *, lenient: bool) -> dict[str, float]:
    decided = [row for row in rows if row[0].verdict not in ("not_in_book", "inside")]
    answered = [row for row in decided if row[1] not in ("not_in_book", "not_found")]
    right = sum(_right(row, lenient=lenient) for row in answered)
    absent = [row for row in rows if row[0].verdict == "not_in_book"]
    kept = sum(row[1] in ("not_in_book", "not_found") for row in absent)
    return {
        "labels": len(rows),
        "decided by label": len(decided),
        "answered": len(answered),
        "right": right,
        "accuracy of answers": right / max(len(answered), 1),
        "right of all decided": right / max(len(decided), 1),
        "not in book": len(absent),
        "left alone": kept,
    }


def _right(row: tuple[Label, str, str], *, lenient: bool) -> bool:
    label, found, _ = row
    if found == label.verdict:
        return True
    return lenient and {found, label.verdict} == {"outdated", "imprecise"}


def show(name: str, rows: list[tuple[Label, str, str]], *, errors: bool) -> None:
    lenient = name.startswith("real")
    print(f"\n{name}")
    for key, value in score(rows, lenient=lenient).items():
        print(f"  {key:22} {value:.3f}" if " of " in key else f"  {key:22} {value}")
    confusion = Counter((label.verdict, found) for label, found, _ in rows)
    for (wanted, found), count in sorted(confusion.items()):
        print(f"    {wanted:14} -> {found:14} {count}")
    if errors:
        for label, found, why in rows:
            if not _right((label, found, why), lenient=lenient):
                place = f"{label.file[:16]} {label.quote} [{label.metric} {label.period}]"
                print(f"  {place} {label.verdict} -> {found}: {why}")


def main() -> int:
    parser = argparse.ArgumentParser(description="Verdict accuracy on labelled articles")
    parser.add_argument("--real", type=Path, default=REAL)
    parser.add_argument("--errors", action="store_true")
    parser.add_argument("--given-only", action="store_true")
    args = parser.parse_args()
    book = embedded()
    sets = [("own", own_labels(OWN), OWN)]
    if (args.real / "claims.csv").exists():
        sets.append(("real", real_labels(args.real), args.real))
    for name, labels, folder in sets:
        show(f"{name}, given claims", run_given(labels, folder, book), errors=args.errors)
        if not args.given_only:
            run_whole(labels[:1], folder, book)
            rows, seconds = run_whole(labels, folder, book)
            show(f"{name}, whole way ({seconds:.2f} s, {len(_by_file(labels))} articles)", rows, errors=args.errors)
    return 0


if __name__ == "__main__":
    sys.exit(main())
