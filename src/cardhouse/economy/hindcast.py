"""A look back: the run from what was known on a day, beside what was reported since and two naive forecasts.

The forecasts see the book as known on the day, nothing else; the whole book only says what was reported.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from cardhouse.book import Assumption, Book
from cardhouse.economy.hindcast_naive import Naive, naive_balance, naive_flow
from cardhouse.economy.hindcast_reported import YEAR, Reported, balances, flows, last_day, near, quarter_number
from cardhouse.economy.hindcast_scores import BALANCES, FIRST_RANK, FLOWS, Line, Score, scores
from cardhouse.economy.opening import Opening
from cardhouse.economy.run import MAX_QUARTERS, MIN_QUARTERS, Run, RunChoices, failures, run
from cardhouse.economy.window import quarter_end
from cardhouse.errors import BookError, InputError, UnknownName

SUMMED = ("revenue", "capital_expenditures")
"""Flows that are also compared over four quarters."""
PUBLISHED = RunChoices()
"""The choices that the published tables rest on."""


@dataclass(frozen=True, slots=True)
class Hindcast:
    """A look back from one day.

    Attributes
    ----------
    start : the day; ``opening`` the quarter end on or before it; ``last`` the last quarter end compared.
    tested : firms with a balance sheet then; ``unmatched`` those of the first rank that have none.
    failed : step of each firm that falls in the run, which nobody did.
    ties_known, ties_counted : ties of the book then, and those that take part in the run.
    assumptions : rows known then about a tested firm, its layer or all.
    """

    start: date
    opening: date
    last: date
    lines: tuple[Line, ...]
    scores: tuple[Score, ...]
    tested: tuple[str, ...]
    unmatched: tuple[str, ...]
    failed: tuple[tuple[str, int], ...]
    ties_known: int
    ties_counted: int
    assumptions: tuple[Assumption, ...]
    run: Run

    def of(self, metric: str, *, span: int = 1, horizon: int | None = None) -> tuple[Line, ...]:
        """Lines of a metric, at one horizon or at all."""
        return tuple(x for x in self.lines if (x.metric, x.span) == (metric, span) and horizon in (None, x.horizon))


def hindcast(book: Book, start: date, choices: RunChoices = PUBLISHED, *, today: date | None = None) -> Hindcast:
    """Run from what was known on a day and compare with what the book reports since.

    Parameters
    ----------
    book : as it was read, or as known on a later day.
    start : the day; the run opens at the last quarter end on or before it.
    choices : which ties count and which end of the loss rates; its length is not used.
    today : nothing that became known later is taken as reported; the book's own day by default.

    Raises
    ------
    InputError : the day leaves no quarter to compare, or too little was known then to open a run.
    """
    look = _look(book, start, choices, today or book.date)
    held = look.run.compiled.opening
    lines = tuple(line for firm in held.full for line in (*_flow_lines(look, firm), *_balance_lines(look, firm)))
    return Hindcast(
        start=start,
        opening=last_day(look.opening),
        last=max((x.end for x in lines), default=last_day(look.opening)),
        lines=lines,
        scores=scores(lines),
        tested=held.full,
        unmatched=tuple(f for f in FIRST_RANK if f in book.firms and f not in held.full),
        failed=tuple((n, step) for n, step in failures(look.run.baseline, look.run.nodes).items() if n in held.full),
        ties_known=len(look.known.current_ties),
        ties_counted=_counted(held),
        assumptions=_assumptions(look.known, held),
        run=look.run,
    )


@dataclass(frozen=True, slots=True)
class _Look:
    """The book as ``told`` today and as ``known`` then, and the run; quarters by number."""

    told: Book
    known: Book
    run: Run
    opening: int
    count: int


def _look(book: Book, start: date, choices: RunChoices, today: date) -> _Look:
    told, known = _until(book, today), as_known(book, start)
    opening = quarter_number(quarter_end(start))
    count = quarter_number(quarter_end(told.date)) - opening
    if not 1 <= count <= MAX_QUARTERS:
        raise InputError(
            f"from {start} to the book's day {told.date} there are {max(count, 0)} whole quarters; "
            f"expected 1 to {MAX_QUARTERS}; take an earlier (or later) day, for example --from 2024-12-31"
        )
    try:
        done = run(known, choices=replace(choices, quarters=max(count, MIN_QUARTERS)))
    except BookError as lacking:
        raise InputError(
            f"too little was known on {start} to open a run ({lacking}); expected firms with balance sheets "
            "and assumptions of the time; take a later day, for example --from 2024-12-31"
        ) from lacking
    return _Look(told, known, done, opening, count)


def as_known(book: Book, start: date) -> Book:
    """The book as known on a day, speaking of that day even when its newest row is older."""
    return replace(book.as_of(start), day=start)


def _until(book: Book, today: date) -> Book:
    """The book whose figures stop on a day; nothing else of it is looked at."""
    facts = tuple(fact for fact in book.facts if fact.known <= today)
    return replace(book, facts=facts, day=min(today, book.date))


def node_compared(found: Hindcast, firm: str) -> str:
    """The node that stands for a firm the user names.

    Raises
    ------
    UnknownName : nobody answers to it, or it had no balance sheet on the day.
    """
    opening = found.run.compiled.opening
    node = opening.groups(opening.book.resolve(firm).id)
    if node not in found.tested:
        reason = opening.untested.get(node, "it takes part in no tie that counted then")
        raise UnknownName(
            f"{firm} was not tested from {found.start}: {reason}; expected one of {', '.join(found.tested)}; "
            f"choose one of them or a later --from"
        )
    return node


def _flow_lines(look: _Look, firm: str) -> list[Line]:
    out = []
    for metric, column in FLOWS.items():
        told, naive = flows(look.told, firm, metric), naive_flow(look.known, firm, metric)
        series = look.run.series(firm, column, baseline=True)
        for span in (1, YEAR) if metric in SUMMED else (1,):
            for horizon in range(span, look.count + 1, span):
                last = look.opening + horizon
                reported = told.over(last - span + 1, span)
                if reported is not None:
                    guess = _added([naive(q) for q in range(last - span + 1, last + 1)])
                    forecast = float(series[horizon - span : horizon].sum())
                    out.append(_line(firm, metric, last_day(last), horizon, span, forecast, guess, reported))
    return out


def _balance_lines(look: _Look, firm: str) -> list[Line]:
    out = []
    for metric, column in BALANCES.items():
        rows, naive = balances(look.told, firm, metric), naive_balance(look.known, firm, metric)
        series = look.run.series(firm, column, baseline=True)
        for horizon in range(1, look.count + 1):
            end = last_day(look.opening + horizon)
            reported = near(look.told, rows, end)
            if reported is not None:
                guess = naive(look.opening + horizon)
                out.append(_line(firm, metric, end, horizon, 1, float(series[horizon - 1]), guess, reported))
    return out


def _added(parts: Sequence[Naive]) -> Naive:
    values, growths = [p.last_value for p in parts], [p.last_growth for p in parts]
    known, grown = [v for v in values if v is not None], [g for g in growths if g is not None]
    return Naive(
        sum(known) if len(known) == len(parts) else None,
        sum(grown) if len(grown) == len(parts) else None,
    )


def _line(
    firm: str, metric: str, end: date, horizon: int, span: int, forecast: float, guess: Naive, reported: Reported
) -> Line:
    return Line(
        firm=firm,
        metric=metric,
        end=end,
        horizon=horizon,
        span=span,
        forecast=forecast,
        last_value=guess.last_value,
        last_growth=guess.last_growth,
        reported=reported.value,
        where=reported.where,
        derived=reported.derived,
    )


def _counted(opening: Opening) -> int:
    """Ties that take part in a run: contracts, debts, stakes and guarantees, each tie once."""
    ties = opening.ties
    return len({x.tie.id for part in (ties.contracts, ties.debts, ties.stakes, ties.guarantees) for x in part})


def _assumptions(known: Book, opening: Opening) -> tuple[Assumption, ...]:
    subjects = {"all", *opening.full, *(f"layer:{opening.firm(n).layer}" for n in opening.full)}
    return tuple(row for row in known.assumptions if row.subject in subjects)
