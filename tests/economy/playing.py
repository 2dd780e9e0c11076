"""Small economies compiled and run under some shocks, with short names for what the tests look at.

Six quarters from the opening of 2025-12-31 have 90, 91, 92, 92, 90 and 91 days, so that a contract of 730 over 2026 and
2027 is a million a day. No days of credit unless a test says so.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cardhouse.book import Where
from cardhouse.economy.compiled import compile_opening
from cardhouse.economy.kernel import rows as row
from cardhouse.economy.opening import open_book
from cardhouse.economy.run import calibrated, run_from
from cardhouse.economy.scenario import BASELINE, PullEvent, Shape, Shock

QUARTERS = 6
DAYS = np.array([90.0, 91, 92, 92, 90, 91])
HERE = Where("test.toml", 1)


def close(value):
    return pytest.approx(value, rel=1e-9, abs=1e-9)


def firm(layer, **figures):
    """A firm with 1,000 in cash, 1,000 of other assets and no debt, that earns 400 and spends 200 a year."""
    usual = {"cash": 1000.0, "assets": 2000.0, "debt": 0.0, "equity": 2000.0, "revenue": 400.0, "costs": 200.0}
    return (layer, usual | {"interest": 0.0, "capex": 0.0} | figures)


def tie(name, kind, payer, payee, amount="", *, start="2026-01-01", end="2027-12-31", rate="", firmness="binding"):
    unit = "" if amount == "" else "USD_million"
    return (
        f"{name},{kind},{payer},{payee},{amount},{unit},,{rate},2025-01-01,{start},{end},"
        f"{firmness},active,yes,tenq,2026-01-15,high,"
    )


def shock(driver, level, *, start=1, firm="", lasts=None):
    return Shock(driver, Shape.LEVEL, (level,), HERE, start=start, firm=firm, lasts=lasts)


class Played:
    """A run with short names for what the tests look at."""

    def __init__(self, run):
        self.run = run
        self.names = [c.contract.tie.id for c in run.compiled.contracts]

    def due(self, tie):
        return self.run.path.end.ledger_due[:, self.names.index(tie), 0]

    def paid(self, tie):
        return self.run.path.end.ledger_paid[:, self.names.index(tie), 0]

    def of(self, node, column):
        return self.run.series(node, column)

    def calm(self, node, column):
        return self.run.series(node, column, baseline=True)

    def fell(self, node):
        return int(self.run.path.fell[self.run.compiled.place[node]])

    def estate(self, node, to):
        """What the estate of a node paid to another, by quarter."""
        place = self.run.compiled.place
        return self.run.path.end.ledger_estates[:, place[node], place[to], 0]

    @property
    def need(self):
        return self.run.path.end.paths[row.NEED_PATH, :, 0]

    @property
    def rents(self):
        return self.run.path.rents


def play(
    economy,
    firms,
    ties=(),
    terms=(),
    *shocks,
    assumed=None,
    facts=(),
    vehicles=(),
    boundary=(),
    pull="",
    at=1,
    pays=0.0,
    reorganise=(),
    moves=(),
    scenario=None,
):
    """Compile an economy and run it under some shocks, or under a whole scenario."""
    rows = economy.texts("", firms, assumed={"payment_days": {"all": 0.0}} | (assumed or {}))
    rows["firms"] += [f"{v},{v.title()},,,datacenter,independent,vehicle,,,," for v in vehicles]
    rows["firms"] += [f"{b},{b.title()},,,cloud,independent,boundary,,,," for b in boundary]
    rows["facts"] += [f"{f},USD_million,tenq,2026-01-15,high," for f in facts]
    rows["ties"] += ties
    rows["terms"] += [f"{term},tenq,,2026-01-15" for term in terms]
    compiled = calibrated(compile_opening(open_book(economy.read(rows)), quarters=QUARTERS))
    pulls = (PullEvent(pull, HERE, pays, at),) if pull else ()
    asked = scenario or replace(
        BASELINE, name="test", shocks=shocks, pulls=pulls, moves=tuple(moves), reorganise=tuple(reorganise)
    )
    return Played(run_from(compiled, asked))
