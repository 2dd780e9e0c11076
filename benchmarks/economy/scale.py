"""Whether the cost of paths grows in line with paths and with ties: generated networks of 50 to 10,000 firms.

    python benchmarks/economy/scale.py [COPIES ...]
    python benchmarks/economy/scale.py operations [COPIES ...]

A generated network is the embedded one so many times over, each copy with its own chance, and every contract between
two firms is paid to the same firm of another copy, drawn at random. So every term and consequence of the embedded book
is there in the same proportion, there are as many ties to a firm, and every plan stays as solvent as it was. It is
measured with chance (firms fall) and without (none does), one core, 24 quarters, no openings. Each size runs in a
process of its own; one that needs more memory than is free is left out and said. Time grows with the memory that a
path has to wait for, too; the second form counts operations instead, as :mod:`bounds` does.
"""

from __future__ import annotations

import ctypes
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from bounds import KINDS, hook

from cardhouse.book import embedded
from cardhouse.economy.drivers import BASELINE
from cardhouse.economy.kernel.arrays import Model, Shocks
from cardhouse.economy.kernel.block import run_reference
from cardhouse.economy.kernel.fresh import new_tableau
from cardhouse.economy.kernel.lanes import LANES
from cardhouse.economy.kernel.memory import table_of
from cardhouse.economy.kernel.outcomes import REFERENCE
from cardhouse.economy.kernel.processes import Processes
from cardhouse.economy.many.prepare import chance_of, compiled_of
from cardhouse.economy.many.setup import Classes, Setup, set_up
from cardhouse.economy.many.worker import Worker
from cardhouse.economy.run import RunChoices
from cardhouse.economy.uncertain import without_chance

QUARTERS = 24
COPIES = (2, 7, 35, 345)
"""Of 29 firms and vehicles: about 50, 200, 1,000 and 10,000."""
PATHS = 16
"""At the largest size of all; smaller networks run as many more paths as they have fewer ties."""
OF_NODES = {
    "tenant",
    "payer",
    "payee",
    "borrower",
    "lender",
    "for_node",
    "guarantor",
    "obligor",
    "beneficiary",
    "holder",
    "held",
}
OF_TIES = {"watch", "outer", "pair_tie", "for_tie", "pays", "vests_with"}


class Sizes(NamedTuple):
    """How many of each a network has."""

    nodes: int
    ties: int
    guarantees: int


def times_over(model: Model, copies: int, rng: np.random.Generator) -> Model:
    """The network so many times over, with contracts crossing between the copies."""
    sizes = Sizes(model.start.cash.size, model.ties.payer.size, model.guarantees.cap.size)
    groups = {}
    for name, group in model._asdict().items():
        if name == "world":
            groups[name] = group
            continue
        fields = {}
        for field, values in group._asdict().items():
            moved = shift_of(name, field, values, sizes)
            again = [values + (c * moved) * (values >= 0) if moved else values for c in range(copies)]
            fields[field] = np.ascontiguousarray(np.concatenate(again))
        groups[name] = type(group)(**fields)
    ties = groups["ties"]
    return Model(**groups)._replace(ties=ties._replace(payee=crossed(model, ties.payee, copies, rng)))


def shift_of(group: str, field: str, values: np.ndarray, sizes: Sizes) -> int:
    """By how much the numbers of a field grow from copy to copy: those that point at something do."""
    if values.dtype.kind != "i" or (group, field) == ("ties", "held"):
        return 0
    if field in OF_NODES:
        return sizes.nodes
    if field in OF_TIES:
        return sizes.ties
    return sizes.guarantees if field == "pair_guarantee" else 0


def crossed(model: Model, payee: np.ndarray, copies: int, rng: np.random.Generator) -> np.ndarray:
    """Each contract of a copy is paid to another copy's firm, every firm once; those of vehicles stay as they are."""
    nodes, ties = model.start.cash.size, model.ties.payer.size
    vehicle = np.append(model.nodes.vehicle, 0)
    out = payee.reshape(copies, ties).copy()
    for t in range(ties):
        if model.ties.payee[t] >= 0 and not vehicle[model.ties.payer[t]] and not vehicle[model.ties.payee[t]]:
            out[:, t] = model.ties.payee[t] + nodes * rng.permutation(copies)
    return out.reshape(-1)


def chance_times_over(p: Processes, nodes: int, copies: int) -> Processes:
    """The world strays once for all; each firm for itself."""
    of_firms = {name: np.tile(values, copies) for name, values in p._asdict().items() if name.startswith("firm_")}
    of_firms["firm_node"] = np.concatenate([p.firm_node + c * nodes for c in range(copies)])
    of_firms["firm_name"] = np.arange(of_firms["firm_node"].size)
    return p._replace(**of_firms)


def generated(setup: Setup, copies: int, rng: np.random.Generator) -> Setup:
    """A setup of the network so many times over."""
    model = times_over(setup.model, copies, rng)
    shocks = Shocks(
        setup.shocks.world, np.tile(setup.shocks.firm, (1, copies, 1, 1)), np.tile(setup.shocks.pays, (copies, 1, 1))
    )
    nodes, full = len(setup.nodes), setup.full
    everywhere = np.concatenate([full + c * nodes for c in range(copies)])
    reference = np.zeros((QUARTERS, nodes * copies, len(REFERENCE)))
    calm = new_tableau(model, shocks, ledger=False, history=False)
    table = table_of(calm)
    run_reference(table.ctypes.data, reference)
    middle, per_unit = (np.tile(a, (1, 1, copies)) for a in (setup.classes.middle, setup.classes.per_unit))
    return Setup(
        model=model,
        shocks=shocks,
        processes=chance_times_over(setup.processes, nodes, copies),
        openings=None,
        spread=None,
        seed=setup.seed,
        nodes=tuple(f"{name}-{c}" for c in range(copies) for name in setup.nodes),
        full=everywhere,
        reference=reference,
        classes=Classes(middle, per_unit, setup.classes.world_middle, setup.classes.world_per_unit),
    )


def seconds_of(worker: Worker, paths: int) -> tuple[float, float]:
    """Processor seconds of so many paths, the best of three, and falls in a path."""
    best = np.inf
    for _ in range(3):
        begin = time.process_time()
        recorder = worker.run(0, paths)
        best = min(best, time.process_time() - begin)
    return best, float((recorder.fell >= 0).sum() / paths)


def measure(copies: int) -> None:
    """One size: firms, ties, paths, seconds with chance and without, falls in a path, gigabytes."""
    setups, ties = both(copies)
    paths = -(-PATHS * COPIES[-1] // copies // LANES) * LANES if copies < COPIES[-1] else LANES
    paths = min(paths, 4096)
    figures = []
    for setup in setups:
        worker = Worker(setup)
        worker.run(0, LANES)
        figures += seconds_of(worker, paths)
        del worker
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(len(setups[0].nodes), ties, paths, *figures, peak)


def count(sizes: Sequence[int]) -> None:
    """Operations of a path at each size; the kernel is compiled once more, with counters, and not kept."""
    counters = (ctypes.c_int64 * len(KINDS))()
    hook(ctypes.addressof(counters))
    print("".join(f"{word:>24}" for word in ("ties", "a path and tie", "none falls")))
    for copies in sizes:
        setups, ties = both(copies)
        figures = []
        for setup in setups:
            worker = Worker(setup)
            before = list(counters)
            worker.run(0, LANES)
            now = zip(KINDS, counters, before, strict=True)
            figures.append(sum(late - early for kind, late, early in now if kind not in ("load", "store")))
        print("".join(f"{word:>24}" for word in (f"{ties:,}", *(f"{figure / ties:,.0f}" for figure in figures))))


def both(copies: int) -> tuple[list[Setup], int]:
    """The network of so many copies with chance and without, and how many ties it has."""
    book = embedded()
    compiled = compiled_of(book.as_of(book.date), RunChoices(quarters=QUARTERS))
    chance = chance_of(compiled)
    setups = [set_up(compiled, BASELINE, c, seed=1) for c in (chance, without_chance(chance))]
    model = setups[0].model
    ties = model.ties.payer.size + model.debts.borrower.size + model.guarantees.cap.size + model.stakes.holder.size
    return [generated(setup, copies, np.random.default_rng(1)) for setup in setups], copies * ties


def main() -> None:
    """A line for each size, and how cost grows from size to size."""
    if sys.argv[1:2] == ["operations"]:
        # Compiled code that is kept has no counters.
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, __file__, "count", *sys.argv[2:]]
            subprocess.run(command, check=True, env=os.environ | {"NUMBA_CACHE_DIR": folder})
        return
    if sys.argv[1:2] == ["count"]:
        count([int(word) for word in sys.argv[2:]] or COPIES)
        return
    if sys.argv[1:2] == ["one"]:
        measure(int(sys.argv[2]))
        return
    sizes = [int(word) for word in sys.argv[1:]] or COPIES
    head = ("firms", "ties", "us a path", "us, none falls", "ns a path and tie", "ns, none falls", "falls", "GB")
    print("".join(f"{word:>19}" for word in head))
    rows = []
    for copies in sizes:
        found = subprocess.run(
            [sys.executable, __file__, "one", str(copies)], check=False, capture_output=True, text=True
        )
        if found.returncode:
            print(f"{copies} copies: {found.stderr.strip().splitlines()[-1:] or found.returncode}")
            continue
        firms, ties, paths, chance, falls, calm, _, peak = map(float, found.stdout.split())
        rows.append((ties, chance / paths, calm / paths))
        us, us_calm = 1e6 * chance / paths, 1e6 * calm / paths
        words = [f"{firms:,.0f}", f"{ties:,.0f}", f"{us:,.1f}", f"{us_calm:,.1f}"]
        words += [f"{1e3 * us / ties:.1f}", f"{1e3 * us_calm / ties:.1f}", f"{falls:.1f}", f"{peak:.2f}"]
        print("".join(f"{word:>19}" for word in words), flush=True)
    for (ties, a, b), (more, c, d) in pairwise(rows):
        grows = [np.log(late / early) / np.log(more / ties) for early, late in ((a, c), (b, d))]
        print(f"{ties:9,.0f} to {more:9,.0f} ties: cost grows as ties to the power {grows[0]:.2f}, {grows[1]:.2f} calm")


if __name__ == "__main__":
    main()
