"""Events and news as tables: abnormal returns, tests of several events, surprises against reactions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from cardhouse.book import Book
from cardhouse.book.records import Fact
from cardhouse.errors import InputError
from cardhouse.market.event_tests import Joint
from cardhouse.market.events import Study
from cardhouse.market.surprises import FEWEST, Judged, judge, link, surprise
from cardhouse.views.relayed import relayed
from cardhouse.views.table import Cell, Column, Kind, Table
from cardhouse.views.words import ENGLISH, N_, Words

BEFORE = "share_price_reaction_day0_percent"
"""Move of the close of the results' day: for results after the close it comes before the news."""
AFTER = "share_price_reaction_day1_percent"
"""Move of the first close after the results."""


@dataclass(frozen=True, slots=True)
class News:
    """One set of results: period end, day of the results, consensus and figure, the moves before and after."""

    period: date
    day: date
    consensus: float
    reported: float
    before: float | None
    reaction: float
    note: str


def news_of(book: Book, firm: str, *, t: Words = ENGLISH) -> tuple[list[News], list[str]]:
    """Results of a firm for which the book knows consensus, revenue and the price's reaction; and what is missing.

    The consensus is the latest known by the day of the results; the reaction is the first close after them.
    """
    consensus: dict[tuple[date | None, date], Fact] = {}
    for fact in book.chosen(firm, "consensus_revenue"):
        key = (fact.start, fact.end)
        if key not in consensus or fact.known > consensus[key].known:
            consensus[key] = fact
    revenue = {(f.start, f.end): f for f in book.chosen(firm, "revenue") if not f.item}
    after, before = book.chosen(firm, AFTER), {f.end: f.value / 100 for f in book.chosen(firm, BEFORE)}
    found, missing = [], []
    for (start, end), fact in sorted(consensus.items(), key=lambda kv: kv[0][1]):
        told = revenue.get((start, end))
        if told is None:
            missing.append(t("{day}: no reported revenue", day=end))
            continue
        moves = [f for f in after if fact.known < f.end <= fact.known + timedelta(days=5)]
        if not moves:
            missing.append(t("{day}: no price move within five days after {known}", day=end, known=fact.known))
            continue
        found.append(
            News(
                end, fact.known, book.usd(fact), book.usd(told), before.get(fact.known), moves[0].value / 100, fact.note
            )
        )
    return found, missing


def surprise_table(
    news: Sequence[News], title: str, *, level: float = 0.9, money: bool = True, t: Words = ENGLISH
) -> Table:
    """Surprise against reaction, each judged by those before it.

    Parameters
    ----------
    level : share of new reactions that should fall into the range. money : figures are USD million.
    """
    if not news:
        raise InputError(f"{title}: no results with consensus, figure and reaction")
    jumps = surprise([n.reported for n in news], [n.consensus for n in news])
    judged = judge(jumps, [n.reaction for n in news], level=level)
    rows = [_row(n, j, t) for n, j in zip(news, judged, strict=True)]
    kind = Kind.MONEY if money else Kind.NUMBER
    columns = (
        Column("day", t("results"), Kind.DATE),
        Column("consensus", t("consensus"), kind),
        Column("reported", t.meant("reported", N_("reported figure")), kind),
        Column("surprise", t("surprise"), Kind.TEXT),
        Column("reaction", t("reaction"), Kind.TEXT),
        Column("expected", t("history says"), Kind.TEXT),
        Column("low", t("from"), Kind.TEXT),
        Column("high", t("to"), Kind.TEXT),
        Column("verdict", t("verdict")),
    )
    return Table(title, columns, tuple(rows), tuple(_surprise_notes(news, judged, level, t)), t)


def _points(value: float | None) -> str | None:
    return None if value is None else f"{value:+.1%}"


def _row(n: News, j: Judged, t: Words) -> tuple[Cell, ...]:
    e = j.expected
    return (
        n.day,
        n.consensus,
        n.reported,
        _points(j.surprise),
        _points(j.reaction),
        _points(e.value if e else None),
        _points(e.low if e else None),
        _points(e.high if e else None),
        _verdict(j, t),
    )


def _verdict(j: Judged, t: Words) -> str:
    if j.expected is None:
        return ""
    if j.usual:
        return t("usual")
    return t("better than usual") if (j.unexplained or 0) > 0 else t("worse than usual")


def _surprise_notes(news: Sequence[News], judged: Sequence[Judged], level: float, t: Words) -> list[str]:
    notes = [
        t(
            "Surprise: reported over consensus, less one. Each is judged by a least-squares line through the surprises "
            "before it, from the {first}th on; {level} of new reactions should fall between from and to.",
            first=FEWEST + 1,
            level=t.percent(level),
        )
    ]
    if len(news) >= FEWEST:
        found = link([j.surprise for j in judged], [j.reaction for j in judged])
        notes.append(
            t(
                "Over all {events}: a point more of surprise went with {slope} points of reaction (standard error "
                "{error}); it explains {explained} of the reactions. Rank correlation {rank}, p value {p}. Same sign "
                "in {same}.",
                events=found.events,
                slope=f"{found.slope:+.2f}",
                error=f"{found.slope_error:.2f}",
                explained=t.percent(found.explained),
                rank=f"{found.rank:+.2f}",
                p=f"{found.rank_p:.2f}",
                same=t.percent(found.same_sign),
            )
        )
    before = [n.before for n in news if n.before is not None]
    if before:
        notes.append(
            t(
                "On the day of the results itself, before they came out, the price moved {mean} on average ({count} "
                "times); that move is not counted as reaction.",
                mean=f"{sum(before) / len(before):+.1%}",
                count=len(before),
            )
        )
    return notes


def event_table(days: Sequence[date], studies: Sequence[Study], model: str, *, t: Words = ENGLISH) -> Table:
    """Each event: return, abnormal return of its day, cumulative abnormal return; ``model`` is told in words."""
    rows = []
    for when, s in zip(days, studies, strict=True):
        has_day = s.window.start <= 0 <= s.window.end
        car, error = s.car()
        on = -s.window.start
        rows.append(
            (
                when,
                _points(float(s.returns[on])) if has_day else None,
                _points(float(s.abnormal[on])) if has_day else None,
                _points(car),
                _points(error),
                s.p_value(),
                s.sigma,
            )
        )
    columns = (
        Column("day", t("event"), Kind.DATE),
        Column("return", t("return"), Kind.TEXT),
        Column("abnormal", t("abnormal"), Kind.TEXT),
        Column("car", t("cumulative"), Kind.TEXT),
        Column("error", t("error"), Kind.TEXT),
        Column("p_value", t("p value"), Kind.NUMBER),
        Column("sigma", t("sigma"), Kind.NUMBER),
    )
    w = studies[0].window
    note = t(
        "{model}, estimated on {length} days that end {gap} days before the window; cumulative from day {start} to "
        "{end}. Errors contain that of the estimated coefficients; sigma has n - p degrees of freedom.",
        model=model,
        length=w.length,
        gap=w.gap,
        start=w.start,
        end=w.end,
    )
    return Table(t("Events"), columns, tuple(rows), (note,), t)


def joint_table(found: Joint, *, t: Words = ENGLISH) -> Table:
    """Tests of several events together."""
    rows = tuple((relayed(t, x.name), x.statistic, x.p_value, relayed(t, x.supposes)) for x in found.tests)
    columns = (
        Column("test", t("test")),
        Column("statistic", t("statistic"), Kind.NUMBER),
        Column("p_value", t("p value"), Kind.NUMBER),
        Column("supposes", t("supposes"), wrap=True),
    )
    text = N_("{events} events together: mean cumulative abnormal return {mean}")
    return Table(t(text, events=found.events, mean=f"{found.mean_car:+.2%}"), columns, rows, t=t)
