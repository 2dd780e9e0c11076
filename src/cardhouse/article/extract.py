"""Read the claims of an article: each figure with who, what, when, how much and what kind."""

from __future__ import annotations

import re
from datetime import date

from cardhouse.article.changes import Change, Governed, classify, govern, speaks_of_loss
from cardhouse.article.claims import Article, ChangeKind, Claim, Period, Role, Sentence
from cardhouse.article.entities import Memory, Who, actors, attribute, remember
from cardhouse.article.metrics import Measure, MetricWord, find_metric
from cardhouse.article.naming import in_millions, measure_name
from cardhouse.article.quantities import Quantity
from cardhouse.article.scene import LONGEST_SENTENCE, Draft, Scene, look
from cardhouse.article.settle import settle
from cardhouse.article.timing import Timer
from cardhouse.book import Book

MOST_SENTENCES = 5_000
"""Sentences that are read; an article has a hundredth of them."""
_LISTED = re.compile(r"\s?(?:和|与|及|、|and|/)\s?")
_CONVERTED = re.compile(r"\s?[(]\s?(?:约合|折合|约|超|近|合|or|about|equivalent to|roughly)?\s?")
_SHARES = Measure("share_price", frozenset({"price", "percent", "ratio"}), "level", "firm")
_PROFITS = ("net_income", "eps_diluted", "operating_income")


class _Reader:
    """Goes through the sentences and remembers whom, when and what the last ones spoke of."""

    def __init__(self, article: Article, book: Book) -> None:
        self.article = article
        self.book = book
        self.sentences = article.sentences[:MOST_SENTENCES]
        self.memory = Memory(main=self._main())
        today = article.published or date(book.date.year, book.date.month, book.date.day)
        self.timer = Timer(book, today, known=article.published is not None)
        self.drafts: list[Draft] = []
        self._held: Governed | None = None

    def _main(self) -> str:
        """Firm named most often."""
        counts: dict[str, int] = {}
        for sentence in self.sentences:
            for one in actors(sentence.text[:LONGEST_SENTENCE], self.book):
                if one.kind == "firm":
                    counts[one.id] = counts.get(one.id, 0) + 1
        return max(counts, key=lambda key: counts[key]) if counts else ""

    def home(self, entity: str) -> str:
        """Currency in which an article of this language leaves out the currency of a firm."""
        firm = self.book.firms.get(entity.split("|", maxsplit=1)[0])
        foreign = firm is not None and firm.country not in ("", "CN", "HK")
        return "CNY" if self.article.language == "zh" and not foreign else "USD"

    def read(self, sentence: Sentence) -> None:
        """Read one sentence."""
        scene = look(sentence, self.book, self.timer.clock)
        before = 0
        for q in scene.quantities:
            self.drafts.append(self._draft(scene, q, before))
            before = q.end
        remember(self.memory, scene.cast)
        self.timer.follow(scene)

    def _govern(self, scene: Scene, q: Quantity, before: int) -> Governed:
        """Verb of a figure; one listed or converted beside another hangs on the same verb."""
        start, end = scene.clause_of(q)
        held = govern(scene.text, q, scene.verbs, start, end, before)
        between = scene.text[before : q.start] if before else "none"
        beside = _LISTED.fullmatch(between) or (q.family == "money" and _CONVERTED.fullmatch(between))
        if self._held is not None and beside:
            held = self._held
        self._held = held
        return held

    def _draft(self, scene: Scene, q: Quantity, before: int) -> Draft:
        text = scene.text
        start, end = scene.clause_of(q)
        held = self._govern(scene, q, before)
        grown = q.word and q.kind == "ratio" and bool(q.direction)
        moves = (held.changes or grown) and q.family in ("percent", "ratio", "points")
        word = find_metric(text, q, scene.words, scene.clauses, change=moves)
        ahead = scene.sentence.role in (Role.REFERENCE, Role.TITLE)
        who = attribute(text, q, scene.cast, scene.clauses, scene.quantities, self.memory, ahead=ahead)
        if word and word.measure.scope == "market" and who.market:
            who = Who(None, word.text)
        measure = word.measure if word else None
        profit = word.text if word and word.measure.name in _PROFITS else ""
        loss = speaks_of_loss(text[start : q.start], profit)
        stranger = q.family == "percent" and measure is not None and "percent" not in measure.families and not moves
        plain = "" if measure is None or stranger else measure.kind
        flow = measure is not None and measure.flow
        change = classify(text, q, held, start, end, plain=plain, flow=flow, loss=loss, over=bool(who.versus))
        if word is None and change.kind is ChangeKind.RETURN and q.family == "percent":
            word = _moving_share(scene, held)
            measure = word.measure if word else None
        name = measure_name(q, change, word, held, who, self.book, text[start : q.start])
        period = self.timer.period(scene, q, who.id or "", name, change)
        return Draft(q, self._claim(scene, q, in_millions(change, name), who, word, name, period, loss=loss), measure)

    def _claim(
        self,
        scene: Scene,
        q: Quantity,
        change: Change,
        who: Who,
        word: MetricWord | None,
        name: str,
        period: Period,
        *,
        loss: bool,
    ) -> Claim:
        first = scene.sentence.clean_start
        start, end = self.article.place(first + q.start, first + q.end)
        ranged = change.low is not None and change.high is not None
        return Claim(
            start=start,
            end=end,
            quote=self.article.original[start:end],
            sentence=scene.sentence.index,
            entity=who.id,
            entity_text=who.text,
            shared=who.shared,
            metric=name if name in self.book.metrics else None,
            metric_text=word.text if word else "",
            measure=name,
            period=period,
            value=None if ranged else change.value,
            unit=change.unit,
            unit_text=q.unit_text,
            low=change.low,
            high=change.high,
            comparator=change.comparator,
            change_kind=change.kind,
            direction=change.direction,
            loss=loss,
            versus=who.versus,
        )


def _moving_share(scene: Scene, held: Governed) -> MetricWord | None:
    """Share price, where a firm itself is said to rise or fall: CoreWeave fell 5%."""
    verb = held.verb
    if verb is None or not any(one.kind == "firm" and 0 <= verb.start - one.end <= 2 for one in scene.cast):
        return None
    return MetricWord(verb.start, verb.end, scene.text[verb.start : verb.end], _SHARES)


def extract(article: Article, book: Book) -> tuple[Claim, ...]:
    """Find all claims of an article, in order of place."""
    reader = _Reader(article, book)
    for sentence in reader.sentences:
        reader.read(sentence)
    return tuple(sorted(settle(reader.drafts, reader.home), key=lambda claim: (claim.start, claim.end)))
