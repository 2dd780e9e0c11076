"""Look at one sentence: who and when it names, its metrics, verbs and figures."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from cardhouse.article import asserted
from cardhouse.article.changes import Verb, verbs
from cardhouse.article.claimlike import is_claim
from cardhouse.article.claims import Claim, Sentence
from cardhouse.article.entities import Actor, actors
from cardhouse.article.metrics import Measure, MetricWord, metric_words
from cardhouse.article.period_words import Mention, mentions
from cardhouse.article.period_words import spans as dated_spans
from cardhouse.article.periods import Clock
from cardhouse.article.quantities import Quantity, quantities
from cardhouse.article.sentences import clauses
from cardhouse.book import Book

LONGEST_SENTENCE = 2_000
"""Characters of a sentence that are read; no writer's is longer."""
_NUMERALS = frozenset("0123456789一二两三四五六七八九十百千万亿")
_LAW = re.compile(r"《[^《》]{1,60}》")


@dataclass(slots=True)
class Draft:
    """A claim before its open ends are settled: currency left out, metric of a repeated figure."""

    quantity: Quantity
    claim: Claim
    measure: Measure | None


@dataclass(slots=True)
class Scene:
    """Everything read in one sentence."""

    sentence: Sentence
    text: str
    clauses: list[tuple[int, int]]
    mentions: list[Mention]
    cast: list[Actor]
    words: list[MetricWord]
    verbs: list[Verb]
    quantities: list[Quantity]

    def clause_of(self, q: Quantity) -> tuple[int, int]:
        """Place of the clause that a figure stands in."""
        return next(((first, last) for first, last in self.clauses if last >= q.end), (0, len(self.text)))


def _masks(
    text: str, found: Sequence[Mention], cast: Sequence[Actor], named: Sequence[MetricWord]
) -> list[tuple[int, int]]:
    """Stretches whose digits are no figures: dates, titles of laws, and names that hold a number."""
    names = [(one.start, one.end) for one in cast if _NUMERALS & set(one.text)]
    names += [(one.start, one.end) for one in named if _NUMERALS & set(one.text)]
    titles = [] if "—" in text or "参考" in text else [match.span() for match in _LAW.finditer(text)]
    inside = [span for span in titles if span[1] - span[0] + 40 < len(text)]
    return sorted([*dated_spans(found), *names, *inside])


def _clash(one: Quantity, others: Sequence[Quantity]) -> bool:
    return any(other.start < one.end and other.end > one.start for other in others)


def look(sentence: Sentence, book: Book, clock: Clock) -> Scene:
    """Read one sentence."""
    text = sentence.text[:LONGEST_SENTENCE]
    found, cast, named = mentions(text), actors(text, book), metric_words(text, book)
    cuts = clauses(text) or [(0, len(text))]
    zeros, things, ranks = asserted.zeros(text, named), asserted.things(text, cast), asserted.ranks(text)
    special = [*zeros, *things, *ranks]
    plain = [q for q in quantities(text, _masks(text, found, cast, named)) if not _clash(q, special)]
    special += asserted.index_levels(text, cast, plain)
    special += asserted.events(text, found, clock)
    special += asserted.comparisons(text, cast, named, [*plain, *special])
    kept = [q for q in plain if is_claim(text, q, cuts, cast)]
    figures = sorted([*kept, *special], key=lambda q: q.start)
    return Scene(sentence, text, cuts, found, cast, named, verbs(text), figures)
