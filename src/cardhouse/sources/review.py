"""Fetched figures as rows of the book, each beside what the book has already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from cardhouse.book import Book, Confidence, Fact, NoRate, Source, SourceKind, Where
from cardhouse.book.conflicts import Key, choose, gap_percent, group
from cardhouse.sources.filed import Answer, Filed
from cardhouse.sources.filer import Filer
from cardhouse.sources.picks import Pick, Picks, full_tag, pick
from cardhouse.sources.vintages import ends_of_periods, months, repeats

ARCHIVE = "https://www.sec.gov/Archives/edgar/data"
FOREIGN_FORMS = ("20-F", "40-F", "6-K")


class Mark(StrEnum):
    """How a fetched figure stands to the book."""

    SAME = "same"
    ROUNDED = "same, rounded"
    DIFFERS = "differs"
    CURRENCY = "in another currency"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Row:
    """A fetched figure as a row of facts.csv, where it was filed, and the book's own figure.

    ``book`` is the row that the book uses for the same key, None where it has none. ``gap`` is the distance of
    the fetched figure from it in percent, None where they cannot be compared (no exchange rate).
    """

    fact: Fact
    filed: Filed
    mark: Mark
    book: Fact | None
    gap: float | None


@dataclass(frozen=True, slots=True)
class Review:
    """All that was fetched about a filer.

    ``left_out`` counts figures by the reason why they are no rows; ``quarters`` are metrics and ends of quarters
    that were filed only inside longer periods; ``borrowed`` are metrics filled by a later one of their tags that
    is the first tag of another metric, with both; ``foreign`` names what a filer from abroad files and how.
    """

    filer: Filer
    name: str
    rows: tuple[Row, ...]
    sources: tuple[Source, ...]
    missing: tuple[str, ...]
    left_out: Mapping[str, int]
    quarters: tuple[tuple[str, date], ...]
    borrowed: tuple[tuple[str, str, str], ...]
    foreign: str


def review(book: Book, filer: Filer, answer: Answer, *, since: date | None, known_by: date) -> Review:
    """Turn EDGAR's answer into rows for review.

    Parameters
    ----------
    book : the book that the figures are laid beside.
    filer : who was asked about.
    answer : what EDGAR holds.
    since : only periods that end on this day or later; None for all.
    known_by : only what had been filed on this day.
    """
    picks: Picks = pick(answer, book.metrics.values(), since=since, known_by=known_by)
    name = filer.firm.name if filer.firm else answer.name
    sources = _sources(book, filer, name, answer, picks)
    held = group(f for f in book.facts if f.entity == filer.entity)
    rows = [
        _row(book, _fact(found, filer.entity, sources[found.filed.accession]), found, held) for found in picks.found
    ]
    used = dict.fromkeys(sources[row.filed.accession].id for row in rows)
    by_id = {source.id: source for source in sources.values()}
    return Review(
        filer=filer,
        name=answer.name,
        rows=tuple(rows),
        sources=tuple(by_id[key] for key in sorted(used)),
        missing=picks.missing,
        left_out=picks.left_out,
        quarters=picks.quarters,
        borrowed=_borrowed(book, picks),
        foreign=foreign_note(answer),
    )


def _borrowed(book: Book, picks: Picks) -> tuple[tuple[str, str, str], ...]:
    """Metric, tag and the metric whose first tag it is, each once."""
    owners = {full_tag(metric.edgar[0]): metric.id for metric in reversed(list(book.metrics.values())) if metric.edgar}
    found = {
        (p.metric.id, p.filed.tag, owners[p.filed.tag])
        for p in picks.found
        if p.filed.tag in owners and p.filed.tag != full_tag(p.metric.edgar[0])
    }
    return tuple(sorted(found))


def _sources(book: Book, filer: Filer, name: str, answer: Answer, picks: Picks) -> Mapping[str, Source]:
    """The source of every filing used, by accession number; a row that the book has for the filing is kept."""
    ends = ends_of_periods(answer.filed)
    shipped = {source.url.rstrip("/").rpartition("/")[2]: source for source in book.sources.values() if source.url}
    filings = {found.filed.accession: found.filed for found in picks.found}
    taken = set(book.sources)
    found: dict[str, Source] = {}
    for accession, filing in sorted(filings.items(), key=lambda pair: (pair[1].filed, pair[0])):
        folder = accession.replace("-", "")
        source = shipped.get(folder)
        if source is None:
            end = ends.get(accession, filing.filed)
            key = f"{filer.short}-{filing.form.lower().replace('/', '-').replace(' ', '-')}-{end}"
            source = Source(
                id=key if key not in taken else f"{key}-{accession}",
                title=f"{name} Form {filing.form} for the period ended {end}, accession {accession}",
                publisher="SEC EDGAR",
                published=filing.filed,
                url=f"{ARCHIVE}/{filer.cik}/{folder}/",
                kind=SourceKind.FILING,
                where=Where("EDGAR", 0),
            )
            taken.add(source.id)
        found[accession] = source
    return found


def _fact(found: Pick, entity: str, source: Source) -> Fact:
    filed = found.filed
    length = months(filed.start, filed.end) if filed.start else 0
    parts = [
        f"{filed.tag}, Form {filed.form}, accession {filed.accession}",
        f"{length} months" if length in (6, 9) else "",
        "" if found.before is None else f"restates {found.before:.12g}",
    ]
    return Fact(
        entity=entity,
        metric=found.metric.id,
        item="",
        start=filed.start,
        end=filed.end,
        value=found.value,
        unit=found.unit,
        source=source.id,
        known=filed.filed,
        confidence=Confidence.HIGH,
        note="; ".join(filter(None, parts)),
        where=Where("EDGAR", 0),
    )


def _row(book: Book, fact: Fact, found: Pick, held: Mapping[Key, list[Fact]]) -> Row:
    """The figure beside the book's: any row of the same key may agree, the one in use tells the gap."""
    rivals = held.get(fact.key, [])
    if not rivals:
        return Row(fact, found.filed, Mark.NEW, None, None)
    (used,) = choose(rivals, book.sources)
    comparable = [rival for rival in [used, *rivals] if rival.unit == fact.unit]
    if not comparable:
        return Row(fact, found.filed, Mark.CURRENCY, used, _gap(book, used, fact))
    mark, nearest = Mark.DIFFERS, comparable[0]
    for rival in comparable:
        if rival.value == fact.value:
            return Row(fact, found.filed, Mark.SAME, rival, 0.0)
        if mark is Mark.DIFFERS and (repeats(fact.value, rival.value) or repeats(rival.value, fact.value)):
            mark, nearest = Mark.ROUNDED, rival
    return Row(fact, found.filed, mark, nearest, gap_percent(nearest.value, fact.value))


def _gap(book: Book, held: Fact, fetched: Fact) -> float | None:
    """Distance of figures in two currencies, by the book's rates; None where it has none."""
    try:
        return gap_percent(book.usd(held), book.usd(fetched))
    except NoRate:
        return None


def foreign_note(answer: Answer) -> str:
    """What to know about a filer from abroad; blank for one that files like an American firm."""
    forms = sorted({f.form.removesuffix("/A") for f in answer.filed} & set(FOREIGN_FORMS))
    elsewhere = sum(f.tag.startswith("ifrs-full:") for f in answer.filed)
    parts = []
    if forms:
        parts.append(
            f"It files from abroad ({', '.join(forms)}): once a year with tags; quarters come in 6-K, mostly without."
        )
    if elsewhere:
        parts.append(f"{elsewhere:,} figures are tagged by IFRS (ifrs-full); metrics.csv has tags of US GAAP only.")
    return " ".join(parts)
