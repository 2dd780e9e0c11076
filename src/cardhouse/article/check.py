"""Check claims against the book: as it was known on the day of the article, and as it is known since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from cardhouse.article.arithmetic import Sum, arithmetic, made_yearly
from cardhouse.article.claims import Article, ChangeKind, Claim
from cardhouse.article.figures import (
    MOST_READINGS,
    from_match,
    last_resorts,
    level,
    metrics_of,
    named_other,
    summed,
    whole_of,
)
from cardhouse.article.growth import PRICE_OF, against, grown, moved, over
from cardhouse.article.inside import Clash, clashes
from cardhouse.article.periods_match import earlier, matches
from cardhouse.article.standards import allowance, derived
from cardhouse.article.ties_match import between, may_be_contract, named_firms, owed
from cardhouse.article.verdicts import RANK, Checked, Figure, Finding, How, Note, Reason, Verdict, judge
from cardhouse.book import Book

PARTIES_WITHIN = 600
"""Characters in which the two sides of a contract are looked for."""
MOST_CLAIMS = 2_000
"""Claims of one text that are checked; an article has a few hundred at most."""
OTHER_DAYS = 740
"""Another period that a figure fits lies at most this far away; beyond two years it is chance."""
FORECASTS = ("guidance_", "projected_", "consensus_", "target_")
"""Metrics that speak of what is to come; a level of today says nothing about a target without a date."""


@dataclass(frozen=True, slots=True)
class Report:
    """An article with every claim checked.

    ``on`` is the day that "now" means in it: its own, or the book's where it has none. ``clashes`` are figures
    of the article that cannot both be true, ``sums`` its arithmetic done again. ``unread`` claims behind the
    first :data:`MOST_CLAIMS` were left alone.
    """

    article: Article
    on: date
    book_date: date
    checked: tuple[Checked, ...]
    clashes: tuple[Clash, ...]
    sums: tuple[Sum, ...]
    unread: int = 0

    @property
    def counts(self) -> dict[Verdict, int]:
        """How many claims have each verdict."""
        return {verdict: sum(1 for row in self.checked if row.verdict is verdict) for verdict in Verdict}


def check(article: Article, claims: Sequence[Claim], book: Book) -> Report:
    """Lay every claim of an article beside the book.

    Parameters
    ----------
    article : where the claims stand; its day of publication decides what was known and what "now" means.
    claims : in order of place.
    book : as known today (or as of the day the user asked for).
    """
    unread = max(len(claims) - MOST_CLAIMS, 0)
    claims = claims[:MOST_CLAIMS]
    on = article.published or book.date
    then = book.as_of(on) if on < book.date else book
    rows = []
    for index, claim in enumerate(claims):
        firms = _parties(book, article, claim)
        yearly = made_yearly(article, claim)
        before = look(then, claim, on, firms=firms, yearly=yearly)
        after = before if then is book else look(book, claim, on, firms=firms, yearly=yearly)
        rows.append(replace(_settled(index, claim, before, after), yearly=yearly))
    checked = tuple(rows)
    levels = [replace(row.claim, measure="") if row.yearly else row.claim for row in checked]
    return Report(article, on, book.date, checked, clashes(article, levels), arithmetic(article, claims, book), unread)


def _parties(book: Book, article: Article, claim: Claim) -> tuple[str, ...]:
    """Firms that may be the two sides of a contract: the claim's own and those named around it in its sentence."""
    if not may_be_contract(claim) or claim.sentence >= len(article.sentences):
        return claim.entities
    sentence = article.sentences[claim.sentence]
    words = sentence.text
    if len(words) > PARTIES_WITHIN:
        begin = max(sentence.start, claim.start - PARTIES_WITHIN // 2)
        words = article.original[begin : min(sentence.end, claim.end + PARTIES_WITHIN // 2)]
    return tuple(dict.fromkeys([*claim.entities, *named_firms(book, words)]))


def _settled(index: int, claim: Claim, then: Finding, now: Finding) -> Checked:
    """One verdict of two looks: what is known since decides, unless it only replaced what was right then."""
    if then.verdict is Verdict.CONFIRMED and now.verdict in (Verdict.IMPRECISE, Verdict.CONTRADICTED):
        return Checked(index, claim, Verdict.OUTDATED, then, now, (Note(Reason.REPLACED), *now.notes))
    if now.figure is None and then.figure is not None:
        return Checked(index, claim, then.verdict, then, now, then.notes)
    notes = now.notes
    if then.figure is None and now.figure is not None and then is not now:
        notes = (Note(Reason.LEARNT_LATER, (f"{max(_known(now.figure))}",)), *notes)
    return Checked(index, claim, now.verdict, then, now, notes)


def _known(figure: Figure) -> list[date]:
    return [*(fact.known for fact in figure.facts), *(tie.known for tie in figure.ties)] or [figure.end]


def look(book: Book, claim: Claim, on: date, *, firms: tuple[str, ...] = (), yearly: bool = False) -> Finding:
    """Find the book's best figure for a claim and judge it.

    Parameters
    ----------
    on : what "now" means in the article.
    firms : all firms that the sentence names, for contracts between two of them.
    yearly : the article made the figure a year's.
    """
    if not claim.values:
        return Finding(Verdict.NOT_IN_BOOK, notes=(Note(Reason.NO_VALUE),))
    tie = between(book, claim, firms, on) if may_be_contract(claim) and firms else None
    if not claim.entities:
        return judge(claim, tie) if tie else Finding(Verdict.NOT_IN_BOOK, notes=(Note(Reason.NO_ENTITY),))
    if not (claim.metric or claim.measure):
        return judge(claim, tie) if tie else Finding(Verdict.NOT_IN_BOOK, notes=(Note(Reason.NO_METRIC),))
    found = _by_entities(book, claim, on, yearly=yearly)
    if tie is not None and found.verdict is not Verdict.CONFIRMED:
        return judge(claim, tie)
    return found


def _by_entities(book: Book, claim: Claim, on: date, *, yearly: bool) -> Finding:
    """One firm, several together, or each of several."""
    entities = claim.entities
    if len(entities) == 1:
        return _one(book, claim, entities[0], on, yearly=yearly)
    flat = claim.change_kind in (ChangeKind.LEVEL, ChangeKind.TARGET) and claim.unit != "percent"
    if claim.shared == "together" or (claim.shared == "" and flat):
        parts = [_figures(book, claim, entity, on, yearly=yearly)[:1] for entity in entities]
        if not all(parts):
            return Finding(Verdict.NOT_IN_BOOK, notes=(Note(Reason.NO_FIGURE),))
        return judge(claim, summed([figure for part in parts for figure in part]))
    findings = [_one(book, claim, entity, on, yearly=yearly) for entity in entities]
    return max(findings, key=lambda finding: RANK[finding.verdict])


def _one(book: Book, claim: Claim, entity: str, on: date, *, yearly: bool) -> Finding:
    figures = _figures(book, claim, entity, on, yearly=yearly)
    if claim.metric == "total_debt" and claim.value == 0 and (debts := owed(book, claim, entity, on)):
        figures = figures or [debts]
    if not figures:
        whole = whole_of(book, claim, entity) if claim.change_kind is ChangeKind.LEVEL else None
        if whole is not None:
            found = Finding(Verdict.CONTRADICTED, whole, judge(claim, whole).gap, whole.notes)
            other = _elsewhere(book, claim, entity, found)
            return replace(found, notes=(*found.notes, other)) if other else found
        return Finding(Verdict.NOT_IN_BOOK, notes=(Note(Reason.NO_FIGURE),))
    found = _choose(claim, figures)
    if found.verdict in (Verdict.CONFIRMED, Verdict.OUTDATED):
        return found
    if not claim.period.stated and (old := _once(book, claim, entity, found)):
        return old
    if not claim.period.stated and _of_another_time(claim, found):
        return Finding(Verdict.NOT_IN_BOOK, notes=(Note(Reason.OTHER_TIME),))
    if found.verdict is Verdict.CONTRADICTED and (other := _elsewhere(book, claim, entity, found)):
        # a true figure of the series under another period: the period is off, by the writer's hand or the reader's
        return replace(found, verdict=Verdict.IMPRECISE, notes=(*found.notes, other))
    return found


def _figures(book: Book, claim: Claim, entity: str, on: date, *, yearly: bool) -> list[Figure]:
    """Readings of a claim for one entity, the plainest first."""
    measure, kind = claim.measure or claim.metric or "", claim.change_kind
    if measure in PRICE_OF:
        return moved(book, claim, entity, on)[:MOST_READINGS]
    found: list[Figure] = []
    if kind is ChangeKind.RATIO or measure in derived():
        found += over(book, claim, entity, on)
    if kind is ChangeKind.RATIO and claim.versus and claim.metric:
        found += against(book, claim, entity, claim.metric, on)
    for metric, named in metrics_of(claim):
        part = _of_metric(book, claim, entity, metric, on, yearly=yearly)
        found += part if named else named_other(part, metric)
    if not found:
        for metric, _ in last_resorts(claim):
            found += named_other(_of_metric(book, claim, entity, metric, on, yearly=yearly), metric)
    return found[:MOST_READINGS]


def _of_metric(book: Book, claim: Claim, entity: str, metric: str, on: date, *, yearly: bool) -> list[Figure]:
    if claim.change_kind in (ChangeKind.YOY, ChangeKind.QOQ):
        return grown(book, claim, entity, metric, on)
    if claim.change_kind is ChangeKind.RETURN:
        if metric in book.metrics and book.metrics[metric].unit == "percent":
            return level(book, claim, entity, metric, on)
        return moved(book, replace(claim, measure=metric), entity, on)
    if claim.change_kind is ChangeKind.RATIO and claim.versus:
        return []
    if yearly and "annualized" not in metric:
        return _annualised(book, claim, entity, metric, on)
    if claim.change_kind is ChangeKind.TARGET and not claim.period.stated and not metric.startswith(FORECASTS):
        return []
    return level(book, claim, entity, metric, on)


def _annualised(book: Book, claim: Claim, entity: str, metric: str, on: date) -> list[Figure]:
    """A quarter's flow made a year's, where the sentence says so."""
    made = []
    for match in matches(book, entity, metric, claim.period, on):
        figure = from_match(book, match, metric, claim)
        if figure is None or figure.start is None:
            continue
        quarters = round(((figure.end - figure.start).days + 1) / 91.3)
        if quarters in (1, 2, 3):
            made.append(replace(figure, value=figure.value * 4 / quarters, how=How.ANNUALISED))
    return made


def _choose(claim: Claim, figures: Sequence[Figure]) -> Finding:
    """The first reading that holds; else what the plainest says, unless nobody can tell which one is meant."""
    findings = [judge(claim, figure) for figure in figures]
    for finding in findings:
        if finding.verdict is not Verdict.CONFIRMED or finding.figure is None:
            continue
        if all(note.reason is not Reason.EARLIER for note in finding.figure.notes):
            return finding
        # a forecast that was in force once: the one in force now stands beside the claim
        old = finding.figure
        note = Note(Reason.EARLIER, (f"{max(_known(old))}", f"{old.value:.6g}", old.unit))
        return Finding(Verdict.OUTDATED, figures[0], findings[0].gap, (note,))
    first = findings[0]
    reasons = {note.reason for note in figures[0].notes}
    if Reason.SPARSE in reasons:
        return Finding(Verdict.NOT_IN_BOOK, notes=figures[0].notes)
    if Reason.ITEM in reasons and len({f.notes for f in figures if f.metric == figures[0].metric}) > 1:
        return Finding(Verdict.NOT_IN_BOOK, notes=(Note(Reason.NO_PERIOD_FITS),))
    if Reason.LATEST in reasons and figures[0].start is not None:
        near = min(findings, key=lambda finding: RANK[finding.verdict])
        if near.verdict is Verdict.IMPRECISE:
            return near
        return Finding(Verdict.NOT_IN_BOOK, notes=(Note(Reason.NO_PERIOD_FITS),))
    return first


def _of_another_time(claim: Claim, found: Finding) -> bool:
    """Whether a level without a date is so far away that it cannot be meant of today; that a firm has no debt can."""
    figure = found.figure
    if found.verdict is not Verdict.CONTRADICTED or figure is None or figure.start is not None:
        return False
    if figure.how not in (How.FACT, How.SUM) or figure.value == 0.0 or claim.metric == "total_debt":
        return False
    far = max(abs(value) for value in claim.values) / abs(figure.value)
    return not 1.0 / allowance("other_time") <= far <= allowance("other_time")


def _once(book: Book, claim: Claim, entity: str, found: Finding) -> Finding | None:
    """A claim without a date that an earlier figure bears out: outdated, with the newer figure beside it."""
    figure = found.figure
    if figure is None or claim.metric is None or figure.how is not How.FACT or figure.start is not None:
        return None
    for match in earlier(book, entity, claim.metric, figure.end):
        old = from_match(book, match, claim.metric, claim)
        if old is not None and judge(claim, old).verdict is Verdict.CONFIRMED:
            note = Note(Reason.EARLIER, (f"{old.end}", f"{old.value:.6g}", old.unit))
            return Finding(Verdict.OUTDATED, figure, found.gap, (note, *found.notes))
    return None


def _elsewhere(book: Book, claim: Claim, entity: str, found: Finding) -> Note | None:
    """Another period of the same length that the figure does fit, as a hint at the mistake."""
    figure = found.figure
    if figure is None or figure.start is None or claim.metric is None or figure.how not in (How.FACT, How.SUM):
        return None
    start, end = claim.period.start or figure.start, claim.period.end or figure.end
    length = (end - start).days
    for fact in book.chosen(entity, claim.metric):
        if fact.start is None or abs((fact.end - fact.start).days - length) > 10 or fact in figure.facts:
            continue
        if abs((fact.end - end).days) > OTHER_DAYS:
            continue
        other = replace(figure, value=fact.value * (figure.value / _total(figure) if _total(figure) else 0.0))
        if judge(claim, other).verdict is Verdict.CONFIRMED:
            return Note(Reason.OTHER_PERIOD, (f"{fact.start}", f"{fact.end}"))
    return None


def _total(figure: Figure) -> float:
    """Sum of a figure's facts in their own unit, for the factor between it and the claim's."""
    return sum(fact.value for fact in figure.facts)
