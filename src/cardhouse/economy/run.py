"""Run the economy: one path, quarter by quarter, beside the same path without the scenario."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cardhouse.book import Book
from cardhouse.economy.compiled import Compiled, compile_opening
from cardhouse.economy.contracts import Scope
from cardhouse.economy.drivers import BASELINE, Drivers, drivers_of
from cardhouse.economy.inputs import Case
from cardhouse.economy.kernel import rows
from cardhouse.economy.kernel.arrays import FOREVER, Model, Shocks
from cardhouse.economy.kernel.columns import FLEET, REVENUE
from cardhouse.economy.kernel.fresh import new_tableau
from cardhouse.economy.kernel.pairs import Pairs
from cardhouse.economy.kernel.path import run_path
from cardhouse.economy.kernel.tableau import Tableau
from cardhouse.economy.opening import open_book
from cardhouse.economy.scenario import Scenario
from cardhouse.errors import BookError, InputError, NotConverged

Array = NDArray[np.float64]
MIN_QUARTERS, MAX_QUARTERS = 4, 40
MOST_PASSES = 20
"""Passes after which the plan is taken as it is; each brings two more digits, so about ten settle it to the last."""
PLAN_QUARTERS = 4
"""Quarters of the opening's plan: a year, so that seasons even out."""


@dataclass(frozen=True, slots=True)
class RunChoices:
    """What a user may choose about a run; the defaults are the published ones."""

    quarters: int = 24
    scope: Scope = Scope.ACTIVE
    case: Case = Case.CENTRAL


@dataclass(frozen=True, slots=True)
class Path:
    """One path of the economy.

    Attributes
    ----------
    accounts : (steps, columns, nodes), columns as in :mod:`cardhouse.economy.kernel.state`, USD million per step
        for flows, at the end of the step for balances.
    end : the tableau at the horizon. With a ledger it is filled, and ``claims``, ``estate`` and ``ledger_estates`` are
        laid out as tables by node and creditor, (..., N, N + 1, L), the world last.
    fell : (nodes,), step of each node's default, FOREVER for none; ``round`` the round of that step.
    rents : (steps,), market rent of computing against plan.
    """

    accounts: Array
    fell: NDArray[np.int64]
    round: NDArray[np.int64]
    rents: Array
    end: Tableau


@dataclass(frozen=True, slots=True)
class Run:
    """A scenario beside the baseline: every answer is with minus without."""

    compiled: Compiled
    scenario: Scenario
    drivers: Drivers
    path: Path
    baseline: Path
    choices: RunChoices

    @property
    def nodes(self) -> tuple[str, ...]:
        """Node ids in the order of the arrays."""
        return self.compiled.nodes

    def series(self, node: str, column: int, *, baseline: bool = False) -> Array:
        """One column of one node over the steps."""
        accounts = (self.baseline if baseline else self.path).accounts
        return np.asarray(accounts[:, column, self.compiled.place[node]])


def run(book: Book, scenario: Scenario = BASELINE, choices: RunChoices = RunChoices()) -> Run:
    """Run a scenario from the opening of a book.

    Parameters
    ----------
    book : as known on one day (:meth:`Book.as_of`).
    scenario : what happens; the empty one is the baseline itself.
    choices : length, which ties count, which end of the loss rates.

    Raises
    ------
    InputError : a length outside 4..40.
    ScenarioError : the scenario speaks of a firm that is not in the network.
    NotConverged : a clearing did not settle.
    BookError : the book lacks an assumption, or one gives no finite number.
    """
    if not MIN_QUARTERS <= choices.quarters <= MAX_QUARTERS:
        raise InputError(
            f"{choices.quarters} quarters; expected {MIN_QUARTERS} (the year of the plan) to {MAX_QUARTERS}; "
            "say for example --quarters 24"
        )
    opening = open_book(book, quarters=PLAN_QUARTERS, scope=choices.scope, case=choices.case)
    return run_from(calibrated(compile_opening(opening, quarters=choices.quarters)), scenario, choices)


def run_from(compiled: Compiled, scenario: Scenario, choices: RunChoices = RunChoices()) -> Run:
    """Run a scenario on a model that is already compiled and calibrated."""
    drivers = drivers_for(compiled, scenario)
    nothing = drivers_for(compiled, BASELINE)
    baseline = _finite(compiled, simulate(compiled.model, nothing))
    path = baseline if scenario == BASELINE else _finite(compiled, simulate(compiled.model, drivers))
    return Run(compiled, scenario, drivers, path, baseline, choices)


def drivers_for(compiled: Compiled, scenario: Scenario) -> Drivers:
    """The drivers of a scenario over the steps of a model."""
    opening = compiled.opening
    return drivers_of(
        scenario,
        nodes=compiled.place,
        resolve=lambda name: opening.groups(opening.book.resolve(name).id),
        quarter_ends=[w.end for w in compiled.windows],
        share_base=planned_ai_revenue(compiled),
    )


def planned_ai_revenue(compiled: Compiled) -> Array:
    """Receipts of each node that move with end demand for AI, (nodes, steps), as planned."""
    return np.asarray(compiled.model.plans.receipts * compiled.model.nodes.ai)


def shocks_of(drivers: Drivers) -> Shocks:
    """Drivers with an axis for paths, of length one."""
    return Shocks(
        np.ascontiguousarray(drivers.world[..., None]),
        np.ascontiguousarray(drivers.firm[..., None]),
        np.ascontiguousarray(drivers.pays[..., None]),
    )


def simulate(model: Model, drivers: Drivers, *, ledger: bool = True) -> Path:
    """One path: the kernel run with one path."""
    nodes = model.nodes._replace(reorganises=drivers.reorganise.astype(np.int64))
    model = model._replace(nodes=nodes)
    end = new_tableau(model, shocks_of(drivers), ledger=ledger)
    run_path(end)
    if end.trouble.any():
        raise NotConverged(
            "the cash clearing did not settle; expected shares to stand still; please report the book and the command"
        )
    if ledger:
        end = laid_out(end)
    return Path(
        accounts=end.accounts[..., 0],
        fell=end.marks[rows.FELL, :, 0].astype(np.int64),
        round=end.marks[rows.ROUND, :, 0].astype(np.int64),
        rents=end.paths[rows.RENTS_PATH, :, 0],
        end=end,
    )


def laid_out(end: Tableau) -> Tableau:
    """The tableau with what estates owe and paid as tables instead of pairs of debtors and creditors."""
    pairs = Pairs(end.claim_debtor, end.claim_creditor, end.claim_begins)
    return end._replace(
        claims=pairs.table(end.claims), estate=pairs.table(end.estate), ledger_estates=pairs.table(end.ledger_estates)
    )


def _finite(compiled: Compiled, path: Path) -> Path:
    """The path, or an error that says where it stops being numbers: an assumption of the book has no meaning."""
    broken = np.argwhere(~np.isfinite(path.accounts))
    if broken.size:
        step, _, node = (int(x) for x in broken[0])
        raise BookError(
            f"{compiled.nodes[node]} has no finite figure in the quarter to {compiled.windows[step].end}; expected "
            "numbers; look for a figure, an assumption or a term of an impossible size about it and mend it"
        )
    return path


def calibrated(compiled: Compiled) -> Compiled:
    """Take revenue and fleet of a path on which nobody fails as the plan that revenue and capacity are set against.

    The plan is found by running the baseline with nobody reacting and nobody failing. Where nobody fails in the
    baseline it is the baseline itself: with it nobody has a reason to react. Where somebody does, the plan is what the
    firm would sell if it were given the money it lacks, so that its failure is a loss against it. Dues that are shares
    of planned revenue need a second pass.
    """
    model = compiled.model
    calm = drivers_for(compiled, BASELINE)
    for _ in range(MOST_PASSES):
        planned = _as_planned(model, _finite(compiled, simulate(_still(model), calm, ledger=False)))
        settled = np.array_equal(planned.plans.revenue, model.plans.revenue)
        settled = settled and np.array_equal(planned.plans.fleet, model.plans.fleet)
        model = planned
        if settled:
            break
    return replace(compiled, model=model)


def _still(model: Model) -> Model:
    """The model with nobody reacting to revenue lost and nobody failing, and rents that do not move."""
    return model._replace(
        nodes=model.nodes._replace(response=np.zeros_like(model.nodes.response)),
        world=model.world._replace(rent_response=np.zeros_like(model.world.rent_response), funded=1),
    )


def _as_planned(model: Model, path: Path) -> Model:
    """The model with a path's revenue and fleet as its plan; a step works with the fleet that the one before left."""
    fleet = np.concatenate([model.start.fleet[None], path.accounts[:-1, FLEET]])
    revenue = path.accounts[:, REVENUE]
    plans = model.plans._replace(revenue=np.ascontiguousarray(revenue.T), fleet=np.ascontiguousarray(fleet.T))
    return model._replace(plans=plans)


def failures(path: Path, nodes: Sequence[str]) -> Mapping[str, int]:
    """Step in which each firm stopped for good, earliest first; one that was reorganised goes on."""
    found = [(int(fell), int(r), n) for n, fell, r in zip(nodes, path.fell, path.round, strict=True) if fell != FOREVER]
    return {n: fell for fell, _, n in sorted(found)}
