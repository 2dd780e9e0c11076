"""Three firms of which one is short of cash, with chance in the drivers: what tests of roads to an event work on."""

from __future__ import annotations

from playing import firm, tie

from cardhouse.economy.compiled import compile_opening
from cardhouse.economy.drivers import BASELINE
from cardhouse.economy.many.setup import set_up
from cardhouse.economy.opening import open_book
from cardhouse.economy.run import calibrated
from cardhouse.economy.uncertain import laboratories, uncertainty

QUARTERS = 10
FIRMS = {
    "lab": firm("model", cash=120.0, debt=300.0, equity=1500.0, interest=24.0),
    "maker": firm("compute"),
}
TIES = [
    tie("rent", "purchase", "lab", "cloud", 300),
    tie("chips", "supply", "cloud", "maker", 200),
]


def small(economy, *, seed, capex=140.0):
    """The compiled model, its setup for many paths, and the chances; the cloud falls more often the more it builds."""
    cloud = firm("cloud", cash=20.0, debt=600.0, equity=1200.0, interest=48.0, capex=capex)
    rows = economy.texts(
        "", FIRMS | {"cloud": cloud}, assumed={"payment_days": {"all": 0.0}, "ai_demand_share": {"all": 1.0}}
    )
    rows["ties"] += TIES
    compiled = calibrated(compile_opening(open_book(economy.read(rows)), quarters=QUARTERS))
    chance = uncertainty(compiled.opening.book, nodes=compiled.nodes, laboratories=laboratories(compiled))
    return compiled, set_up(compiled, BASELINE, chance, seed=seed), chance
