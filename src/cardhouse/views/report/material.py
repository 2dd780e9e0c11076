"""What the sections of a report share, computed once and only when a section asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from cardhouse.book import Book
from cardhouse.book.diff import BookDiff, diff
from cardhouse.economy.compiled import Compiled
from cardhouse.economy.drivers import BASELINE
from cardhouse.economy.many.prepare import compiled_of
from cardhouse.economy.opening import Opening
from cardhouse.economy.pull import Pull, Ranked, pull, rank
from cardhouse.economy.run import Run, RunChoices, run_from
from cardhouse.economy.scenario import Scenario, read_scenario, shipped
from cardhouse.economy.settled import Fall, FallKind, falls
from cardhouse.lenses.accounts import Restatement, restate
from cardhouse.lenses.money import Whole, follow, whole
from cardhouse.views.many_answer import Answer
from cardhouse.views.report.runs import quick
from cardhouse.views.words import Words

DAYS_BACK = 90
"""Days before the book's day that the report compares it with."""


@dataclass(frozen=True, eq=False)
class Material:
    """A book and what was computed from it.

    Attributes
    ----------
    book : as known on one day. told : the whole book, with every version of a tie.
    t : the language. runs : finished runs of many paths, may be none.
    """

    book: Book
    told: Book
    t: Words
    runs: tuple[Answer, ...]

    def name(self, who: str) -> str:
        """Name of a firm in the language of the report."""
        return self.t.called(self.book, who)

    def names(self, who: tuple[str, ...] | list[str]) -> str:
        """Names in a row."""
        return self.t.listed([self.name(one) for one in who])

    @cached_property
    def ranked(self) -> tuple[Ranked, ...]:
        """Every tested firm by what its fall costs others."""
        return rank(self.book)

    @cached_property
    def fall(self) -> Pull:
        """The fall of the card that costs others most."""
        return pull(self.book, self.ranked[0].card)

    @property
    def opening(self) -> Opening:
        """What everybody has and owes."""
        return self.fall.opening

    @cached_property
    def compiled(self) -> Compiled:
        """The calibrated model of the book."""
        return compiled_of(self.book, RunChoices())

    @cached_property
    def calm(self) -> Run:
        """The path without chance and without a scenario."""
        return run_from(self.compiled, BASELINE)

    @cached_property
    def paths(self) -> tuple[tuple[Scenario, tuple[Fall, ...]], ...]:
        """Every shipped scenario on one path without chance, and who falls in it, earliest first."""
        found = []
        for name in shipped():
            scenario = read_scenario(name)
            if scenario != BASELINE:
                done = run_from(self.compiled, scenario)
                found.append((scenario, falls(done.compiled, done.path)))
        return tuple(found)

    def failed(self, found: tuple[Fall, ...]) -> list[Fall]:
        """Tested firms that fail, without those that a scenario itself stops."""
        return [f for f in found if f.kind is not FallKind.PULLED and f.node in self.compiled.opening.full]

    @cached_property
    def fault(self) -> str:
        """A sentence on firms that fail without any shock, which is a fault; blank where nobody does."""
        ends = self.compiled.windows
        fell = self.failed(falls(self.compiled, self.calm.path))
        if not fell:
            return ""
        told = self.t.listed([f"{self.name(f.node)} ({self.t.quarter(ends[f.step].end)})" for f in fell])
        return self.t(
            "Without any shock these fail: {firms}. That is a fault of the book or of an assumption; nothing that "
            "follows for them is to be trusted.",
            firms=told,
        )

    @cached_property
    def answers(self) -> tuple[Answer, ...]:
        """The runs that were given, or a quick one where none was."""
        return self.runs or (quick(self.book, self.t),)

    @cached_property
    def money(self) -> Whole:
        """Whose money pays whom, for all firms."""
        return whole(follow(self.book))

    @cached_property
    def accounts(self) -> Restatement:
        """Accounts of all firms at other lives of servers."""
        return restate(self.book)

    @property
    def before(self) -> date:
        """The earlier day that the book is compared with."""
        return self.book.date - timedelta(days=DAYS_BACK)

    @cached_property
    def changes(self) -> BookDiff:
        """What became known since that day."""
        return diff(self.told, self.before, self.book.date)
