"""A small network for questions to many paths, and a stand-in for what runs them."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
from playing import firm, tie

from cardhouse.economy.compiled import compile_opening
from cardhouse.economy.drivers import BASELINE
from cardhouse.economy.many.inputs_of import Basis
from cardhouse.economy.many.setup import Classes, Setup
from cardhouse.economy.opening import open_book
from cardhouse.economy.run import RunChoices, calibrated, drivers_for, shocks_of
from cardhouse.economy.spread import Held, Spread, shares_below
from cardhouse.economy.uncertain import laboratories, uncertainty

QUARTERS = 8
CHOICES = RunChoices(quarters=QUARTERS)
FIRMS = {
    "lab": firm("model", cash=20.0, costs=360.0, debt=300.0, equity=1500.0, interest=24.0),
    "cloud": firm("cloud", cash=60.0, debt=600.0, equity=1200.0, interest=48.0, capex=120.0),
    "maker": firm("compute"),
}
TIES = [tie("rent", "purchase", "lab", "cloud", 300), tie("chips", "supply", "cloud", "maker", 200)]
RANGES = [
    "payment-days-lab,lab,payment_days,0.0,0.0,30.0,days,,,2024-01-01,,Round for the test.",
    "ai-share-lab,lab,ai_demand_share,0.6,0.9,1.0,fraction,,,2024-01-01,,Round for the test.",
    "base-rate-all,all,base_rate,0.02,0.03,0.05,fraction,,,2024-01-01,,Round for the test.",
]
"""Three assumptions with a range."""


def small_book(economy):
    rows = economy.texts("", FIRMS, assumed={"payment_days": {"all": 0.0}})
    rows["ties"] += TIES
    rows["assumptions"] = [r for r in rows["assumptions"] if not r.startswith("base-rate-all,")] + RANGES
    return economy.read(rows)


def small_model(book):
    return calibrated(compile_opening(open_book(book), quarters=QUARTERS))


def no_spread(rows, held=()):
    """A spread that moves no number: enough for a stand-in."""
    whole, real = np.zeros(0, dtype=np.int64), np.zeros(0)
    return Spread(
        assumptions=tuple(rows),
        held=tuple(Held(r, "other ties") for r in held),
        below=shares_below(rows),
        field=whole,
        index=whole,
        base=real,
        least=real,
        most=real,
        begins=np.zeros(1, dtype=np.int64),
        assumption=whole,
        at_low=real,
        at_high=real,
    )


def basis_of(book, *, moved=None, held=()):
    """Everything at its centre, without running anything."""
    compiled = small_model(book)
    chance = uncertainty(book, nodes=compiled.nodes, laboratories=laboratories(compiled))
    rows = [r for r in book.assumptions if r.low < r.high and r not in held] if moved is None else moved
    none = np.zeros(0)
    setup = Setup(
        model=compiled.model,
        shocks=shocks_of(drivers_for(compiled, BASELINE)),
        processes=chance.arrays,
        openings=None,
        spread=no_spread(rows, held),
        seed=7,
        nodes=compiled.nodes,
        full=np.array([compiled.place[n] for n in compiled.opening.full]),
        reference=np.zeros((QUARTERS, len(compiled.nodes), 4)),
        classes=Classes(none, none, none, none),
    )
    return Basis(book, CHOICES, compiled, chance, setup)


class Stand:
    """Stands in for a worker: revenue below plan of the first node is a function of setup, positions and jumps."""

    def __init__(self, setup, function):
        self.setup, self.function = setup, function

    def run(self, first, count, *, given=None, raw=False, steering=None):
        sums = np.zeros((count, 4, len(self.setup.nodes)))
        sums[:, 2, 0] = self.function(self.setup, np.arange(first, first + count), given, steering)
        return SimpleNamespace(sums_of=sums)


def employ(function):
    return lambda setup: Stand(setup, function)


def noise(key, paths):
    """A standard normal number for each path, the same whenever it is asked for."""
    return np.array([np.random.Generator(np.random.Philox(key=[key, int(p)])).standard_normal() for p in paths])
