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
from cardhouse.views.table import Cell, Column, Kind, Table

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


def news_of(book: Book, firm: str) -> tuple[list[News], list[str]]:
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
            missing.append(f"{end}: no reported revenue")
            continue
        moves = [f for f in after if fact.known < f.end <= fact.known + timedelta(days=5)]
        if not moves:
            missing.append(f"{end}: no price move within five days after {fact.known}")
            continue
        found.append(
            News(
                end, fact.known, book.usd(fact), book.usd(told), before.get(fact.known), moves[0].value / 100, fact.note
            )
        )
    return found, missing


def surprise_table(news: Sequence[News], title: str, *, level: float = 0.9, unit: str = "USD billion") -> Table:
    """Surprise against reaction, each judged by those before it."""
    if not news:
        raise InputError(f"{title}: no results with consensus, figure and reaction")
    jumps = surprise([n.reported for n in news], [n.consensus for n in news])
    judged = judge(jumps, [n.reaction for n in news], level=level)
    rows = [_row(n, j) for n, j in zip(news, judged, strict=True)]
    kind = Kind.MONEY if unit == "USD billion" else Kind.NUMBER
    columns = (
        Column("day", "results", Kind.DATE),
        Column("consensus", "consensus", kind),
        Column("reported", "reported", kind),
        Column("surprise", "surprise", Kind.TEXT),
        Column("reaction", "reaction", Kind.TEXT),
        Column("expected", "history says", Kind.TEXT),
        Column("low", "from", Kind.TEXT),
        Column("high", "to", Kind.TEXT),
        Column("verdict", "verdict"),
    )
    return Table(title, columns, tuple(rows), tuple(_surprise_notes(news, judged, level)))


def _points(value: float | None) -> str | None:
    return None if value is None else f"{value:+.1%}"


def _row(n: News, j: Judged) -> tuple[Cell, ...]:
    e = j.expected
    verdict = (
        ""
        if e is None
        else "usual"
        if j.usual
        else "better than usual"
        if (j.unexplained or 0) > 0
        else "worse than usual"
    )
    return (
        n.day,
        n.consensus,
        n.reported,
        _points(j.surprise),
        _points(j.reaction),
        _points(e.value if e else None),
        _points(e.low if e else None),
        _points(e.high if e else None),
        verdict,
    )


def _surprise_notes(news: Sequence[News], judged: Sequence[Judged], level: float) -> list[str]:
    notes = [
        f"Surprise: reported over consensus, less one. Each is judged by a least-squares line through the surprises "
        f"before it, from the {FEWEST + 1}th on; {level:.0%} of new reactions should fall between from and to."
    ]
    if len(news) >= FEWEST:
        found = link([j.surprise for j in judged], [j.reaction for j in judged])
        notes.append(
            f"Over all {found.events}: a point more of surprise went with {found.slope:+.2f} points of reaction "
            f"(standard error {found.slope_error:.2f}); it explains {found.explained:.0%} of the reactions. "
            f"Rank correlation {found.rank:+.2f}, p value {found.rank_p:.2f}. Same sign in {found.same_sign:.0%}."
        )
    told = [n for n in news if n.before is not None]
    if told:
        mean = sum(n.before or 0.0 for n in told) / len(told)
        notes.append(
            f"On the day of the results itself, before they came out, the price moved {mean:+.1%} on average "
            f"({len(told)} times); that move is not counted as reaction."
        )
    return notes


def event_table(days: Sequence[date], studies: Sequence[Study], model: str) -> Table:
    """Each event: return, abnormal return of its day, cumulative abnormal return with its standard error."""
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
        Column("day", "event", Kind.DATE),
        Column("return", "return", Kind.TEXT),
        Column("abnormal", "abnormal", Kind.TEXT),
        Column("car", "cumulative", Kind.TEXT),
        Column("error", "error", Kind.TEXT),
        Column("p_value", "p value", Kind.NUMBER),
        Column("sigma", "sigma", Kind.NUMBER),
    )
    w = studies[0].window
    notes = (
        f"{model}, estimated on {w.length} days that end {w.gap} days before the window; cumulative from day "
        f"{w.start} to {w.end}. Errors contain that of the estimated coefficients; sigma has n - p degrees of freedom.",
    )
    return Table("Events", columns, tuple(rows), notes)


def joint_table(found: Joint) -> Table:
    """Tests of several events together."""
    rows = tuple((t.name, t.statistic, t.p_value, t.supposes) for t in found.tests)
    columns = (
        Column("test", "test"),
        Column("statistic", "statistic", Kind.NUMBER),
        Column("p_value", "p value", Kind.NUMBER),
        Column("supposes", "supposes", wrap=True),
    )
    title = f"{found.events} events together: mean cumulative abnormal return {found.mean_car:+.2%}"
    return Table(title, columns, rows)
