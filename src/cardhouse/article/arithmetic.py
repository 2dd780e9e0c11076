"""The article's own arithmetic done again: a quarter made a year, one amount in two currencies, so many times Japan."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from cardhouse.article.claims import Article, ChangeKind, Claim, Comparator
from cardhouse.article.conversion import dollars_per
from cardhouse.article.standards import allowance
from cardhouse.article.verdicts import step
from cardhouse.book import UNITS, Book, NoRate

YEARLY = re.compile(r"(?:年化|折合全年|annuali[sz])[^,,。;;、0-9]{0,30}$", re.IGNORECASE)
"""Words that make a quarter a year, with nothing but words between them and the figure."""
LEAD = 40
"""Characters before a figure in which such a word belongs to it."""
NEAR_CHARACTERS = 120
"""Characters around a figure in which a word that adds up is looked for."""
TOGETHER = re.compile(r"合计|共计|总共|总计|加起来|\btogether\b|\bcombined\b|\bin total\b", re.IGNORECASE)
"""Words that add figures up."""
OF_A_COUNTRY = {"TWh": "electricity_generation", "USD_million": "gdp"}
"""What a figure of this unit is held against when it is called so many times a country."""
NEAR_SENTENCES = 2
"""A figure that another is computed from stands in the same sentence or at most this many before it."""


class SumKind(StrEnum):
    """What the article computes."""

    ANNUALISED = "annualised"
    CONVERSION = "conversion"
    MULTIPLE = "multiple"
    TOTAL = "total"


@dataclass(frozen=True, slots=True)
class Sum:
    """A computation of the article: ``claims`` it starts from and, last, the claim it arrives at.

    ``computed`` is what it should arrive at, in the unit of that claim; ``detail`` the factor or the rate.
    """

    kind: SumKind
    claims: tuple[int, ...]
    stated: float
    computed: float
    unit: str
    holds: bool
    detail: str = ""


def made_yearly(article: Article, claim: Claim) -> bool:
    """Whether the words before a figure say that a shorter period was made a year."""
    begin = max(claim.start - LEAD, 0)
    if claim.sentence < len(article.sentences):
        begin = max(begin, article.sentences[claim.sentence].start)
    return bool(YEARLY.search(article.original[begin : claim.start]))


def arithmetic(article: Article, claims: Sequence[Claim], book: Book) -> tuple[Sum, ...]:
    """Do the article's computations again, in order of the figure they arrive at."""
    rows = [(i, claim) for i, claim in enumerate(claims) if claim.value is not None]
    near = _by_sentence(rows)
    found: list[Sum] = []
    for i, claim in rows:
        around = [row for s in range(claim.sentence - NEAR_SENTENCES, claim.sentence + 1) for row in near.get(s, ())]
        if made_yearly(article, claim):
            found += _yearly(i, claim, around)
        if claim.change_kind is ChangeKind.RATIO and claim.unit == "ratio" and claim.versus:
            found += list(_multiple(i, claim, around)) or _multiple_of_a_country(i, claim, around, book)
        found += _conversion(i, claim, near.get(claim.sentence, []), book)
        if len(claim.entities) > 1 and (claim.shared == "together" or _together(article, claim)):
            found += _total(i, claim, around)
    return tuple(found)


def _together(article: Article, claim: Claim) -> bool:
    """Whether the words around a figure add it up."""
    begin, end = claim.start - NEAR_CHARACTERS, claim.end + NEAR_CHARACTERS
    return bool(TOGETHER.search(article.original[max(begin, 0) : end]))


def _by_sentence(rows: Sequence[tuple[int, Claim]]) -> dict[int, list[tuple[int, Claim]]]:
    near: dict[int, list[tuple[int, Claim]]] = {}
    for row in rows:
        near.setdefault(row[1].sentence, []).append(row)
    return near


def _holds(claim: Claim, computed: float, *, slack: float = 0.0) -> bool:
    """Whether a stated result is the computed one, by its digits and its comparator."""
    stated = abs(claim.value or 0.0)
    computed = abs(computed)
    allowed = max(step(claim), allowance("floor") * computed) + slack * computed
    allowed = min(allowed, 0.1 * computed) if computed else allowed
    if claim.comparator is Comparator.ABOUT:
        allowed += allowance("about") * computed
    if claim.comparator is Comparator.ABOVE:
        return stated - allowed <= computed
    if claim.comparator in (Comparator.BELOW, Comparator.UP_TO):
        return stated + allowed >= computed
    return abs(stated - computed) <= allowed


def _yearly(i: int, claim: Claim, around: Sequence[tuple[int, Claim]]) -> Iterator[Sum]:
    """A year's figure that is a quarter's or a half year's made long."""
    best: Sum | None = None
    for j, part in around:
        if (
            j >= i
            or not part.value
            or (part.unit, part.entity, part.measure) != (claim.unit, claim.entity, claim.measure)
        ):
            continue
        if part.change_kind is not ChangeKind.LEVEL or claim.change_kind is not ChangeKind.LEVEL:
            continue
        for times in (4, 2, 12):
            computed = part.value * times
            fits = _holds(claim, computed)
            if fits and (best is None or not best.holds or times == 4):
                best = Sum(SumKind.ANNUALISED, (j, i), claim.value or 0.0, computed, claim.unit, True, f"x{times}")
            elif best is None and times == 4 and _quarter(part):
                best = Sum(SumKind.ANNUALISED, (j, i), claim.value or 0.0, computed, claim.unit, False, "x4")
    if best is not None:
        yield best


def _quarter(claim: Claim) -> bool:
    start, end = claim.period.start, claim.period.end
    return bool(start and end and 80 <= (end - start).days <= 100)


def _conversion(i: int, claim: Claim, same: Sequence[tuple[int, Claim]], book: Book) -> Iterator[Sum]:
    """An amount told in two currencies in one sentence."""
    unit = UNITS.get(claim.unit)
    if unit is None or unit.kind != "money" or not claim.value:
        return
    for j, other in same:
        theirs = UNITS.get(other.unit)
        if j >= i or theirs is None or theirs.kind != "money" or theirs.currency == unit.currency or not other.value:
            continue
        if (other.entity, other.measure) != (claim.entity, claim.measure) or claim.start - other.end > 30:
            continue
        end = claim.period.end or book.date
        try:
            rate = (
                dollars_per(book, theirs.currency, claim.period.start, end)[0]
                / dollars_per(book, unit.currency, claim.period.start, end)[0]
            )
        except NoRate:
            continue
        computed = other.value * theirs.factor * rate / unit.factor
        holds = _holds(claim, computed, slack=allowance("currency_far"))
        yield Sum(SumKind.CONVERSION, (j, i), claim.value, computed, claim.unit, holds, f"{rate:.6g}")


def _multiple(i: int, claim: Claim, around: Sequence[tuple[int, Claim]]) -> Iterator[Sum]:
    """So many times another: both figures stand near."""
    tops = [(j, c) for j, c in around if j != i and c.change_kind is ChangeKind.LEVEL and c.entity == claim.entity]
    belows = [(j, c) for j, c in around if c.change_kind is ChangeKind.LEVEL and c.entity == claim.versus]
    for j, top in tops:
        for k, below in belows:
            if j == k or top.unit != below.unit or top.measure != below.measure or not below.value or not top.value:
                continue
            computed = top.value / below.value
            yield Sum(SumKind.MULTIPLE, (j, k, i), claim.value or 0.0, computed, "ratio", _holds(claim, computed))
            return


def _multiple_of_a_country(i: int, claim: Claim, around: Sequence[tuple[int, Claim]], book: Book) -> Iterator[Sum]:
    """So many times a country, where the article gives only the one figure: the country's is the book's."""
    tops = [(j, c) for j, c in around if j < i and c.change_kind is ChangeKind.LEVEL and c.entity == claim.entity]
    for j, top in reversed(tops):
        metric = OF_A_COUNTRY.get(top.unit)
        if metric is None or claim.versus not in book.subjects or not top.value:
            continue
        by = claim.period.end or top.period.end or book.date
        known = [fact for fact in book.chosen(claim.versus, metric) if not fact.item and fact.end <= by]
        if known:
            computed = top.value / book.usd(known[-1])
            told = f"{known[-1].where}: {claim.versus} {metric} {known[-1].end}"
            yield Sum(SumKind.MULTIPLE, (j, i), claim.value or 0.0, computed, "ratio", _holds(claim, computed), told)
        return


def _total(i: int, claim: Claim, around: Sequence[tuple[int, Claim]]) -> Iterator[Sum]:
    """One figure for several firms whose own figures stand before it."""
    if len(claim.entities) < 2 or claim.change_kind is not ChangeKind.LEVEL:
        return
    parts: dict[str, tuple[int, Claim]] = {}
    for j, part in around:
        if j != i and part.entity in claim.entities and part.measure == claim.measure and part.unit == claim.unit:
            parts[part.entity or ""] = (j, part)
    if len(parts) == len(claim.entities):
        computed = sum(part.value or 0.0 for _, part in parts.values())
        places = (*sorted(j for j, _ in parts.values()), i)
        yield Sum(SumKind.TOTAL, places, claim.value or 0.0, computed, claim.unit, _holds(claim, computed))
