"""Clearing, side by side with plain numpy and scipy in one run; writes docs/network_benchmarks.md.

    python benchmarks/network/clearing.py            # all tasks, two to four minutes
    python benchmarks/network/clearing.py --table FILE

Every time is the best of several runs, in seconds of the wall clock. Both sides clear the same networks;
answers are compared before times are. Arrays are laid out (links, claims) before the clock starts, for
both sides alike.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import baselines
import debtrank_batch
import numpy as np
import scipy.sparse as sp
from debtrank_scipy import debtrank_scipy

from cardhouse.network import Network, clear, clear_many, gradient
from cardhouse.network.debtrank import debtrank

ROOT = Path(__file__).resolve().parents[2]


def network(n, degree, *, seed=0, holdings=0, kept=1.0, sparse=True):
    """Random links with lognormal amounts, 36 % of debts owed outside, 20 to 50 % of firms in default."""
    rng = np.random.default_rng(seed)
    debts = links(rng, n, degree, rng.lognormal(0, 1, n * degree))
    owed, owned = debts.sum(axis=1), debts.sum(axis=0)
    external = owed * 0.36 / 0.64
    outside = np.maximum(owed + external - owned, 0) * rng.uniform(0.6, 1.5, n) + 0.1 * owed
    held = None
    if holdings:
        held = links(rng, n, holdings, rng.random(n * holdings))
        held = (held @ sp.diags_array(0.4 / np.maximum(held.sum(axis=0), 1e-9))).tocsr()
    if not sparse:
        debts, held = debts.toarray(), None if held is None else held.toarray()
    return Network.of(outside, debts, external=external, holdings=held, alpha=kept, beta=kept, gamma=kept)


def links(rng, n, degree, values):
    """(n, n) CSR with about ``degree`` entries a row, none on the diagonal."""
    columns = rng.integers(0, n - 1, (n, degree))
    columns += columns >= np.arange(n)[:, None]
    made = sp.csr_array((values, columns.ravel(), np.arange(0, n * degree + 1, degree)), shape=(n, n))
    made.sum_duplicates()
    return made


def best(work, runs):
    """Least time of several runs, after one that is not counted, and the last result."""
    found, least = work(), np.inf
    for _ in range(runs):
        start = time.perf_counter()
        found = work()
        least = min(least, time.perf_counter() - start)
    return least, found


def shares(net):
    """Received shares by creditor, CSR or dense, as the baselines take them."""
    dues = np.where(net.dues[0] > 0, net.dues[0], 1.0)
    if net.sparse:
        return (sp.diags_array(1 / dues) @ net.debts[0]).T.tocsr()
    return np.ascontiguousarray((net.debts[0] / dues[:, None]).T)


def agree(ours, theirs, net):
    """Largest difference of payments, relative to the largest debt."""
    gap = np.abs(ours - theirs).max() / net.dues.max()
    assert gap < 1e-7, gap
    return gap


def single(rows):
    """One clearing at a time."""
    for name, kept in (("Eisenberg-Noe", 1.0), ("Rogers-Veraart .7", 0.7)):
        net = network(2000, 10, kept=kept)
        received = shares(net)
        args = (received, net.dues[0], net.outside[:, None], kept, kept)
        theirs, paid = best(lambda args=args: baselines.picard(*args), 5)
        ours, found = best(lambda net=net: clear(net), 20)
        agree(found.paid, paid[:, 0], net)
        rows.append((f"{name}, one, sparse 2000", "scipy sweeps to 1e-10", theirs, ours, ""))
        if kept < 1:
            waves = (received, net.dues[0], net.outside, 0.7, 0.7)
            slow, paid = best(lambda waves=waves: baselines.greatest_by_waves(*waves), 1)
            agree(found.paid, paid, net)
            rows.append((f"{name}, one, sparse 2000", "scipy, a solve a wave", slow, ours, ""))
    net = network(2000, 10, holdings=3, kept=0.7)
    received = shares(net)
    theirs, (paid, _) = best(
        lambda: baselines.debt_and_equity(received, net.dues[0], net.holdings, net.outside, 0.7, 0.7, 0.7), 1
    )
    ours, found = best(lambda: clear(net), 20)
    agree(found.paid, paid, net)
    rows.append(("debt, equity and costs, one, sparse 2000", "scipy sweeps to 1e-10", theirs, ours, "2 ms"))
    net = network(2000, 10, kept=0.7, sparse=False)
    received = shares(net)
    theirs, paid = best(lambda: baselines.greatest_by_waves(received, net.dues[0], net.outside, 0.7, 0.7), 1)
    ours, found = best(lambda: clear(net), 5)
    agree(found.paid, paid, net)
    rows.append(("Rogers-Veraart .7, one, dense 2000", "numpy, a solve a wave", theirs, ours, "10x"))


def batches(rows):
    """Many scenarios."""
    rng = np.random.default_rng(1)
    for name, kept, target in (("Eisenberg-Noe", 1.0, "6x"), ("Rogers-Veraart .7", 0.7, "10x")):
        net = network(2000, 10, kept=kept)
        depth = rng.uniform(0, 0.5, (1000, 1))
        scenarios = net.outside * (1 - depth * rng.random((1000, 2000)))
        received, columns = shares(net), np.ascontiguousarray(scenarios.T)
        theirs = np.inf
        for chunk in (1000, 64):
            parts = [columns[:, i : i + chunk].copy() for i in range(0, 1000, chunk)]
            took, paid = best(
                lambda a=(received, net.dues[0]), c=(kept, kept), parts=parts: [
                    baselines.picard(*a, p, *c) for p in parts
                ],
                1,
            )
            theirs = min(theirs, took)
        ours, found = best(lambda net=net, scenarios=scenarios: clear_many(net, scenarios), 4)
        agree(found.paid.T, np.concatenate(paid, axis=1), net)
        rows.append((f"{name}, 1,000 scenarios, sparse 2000", "scipy, best of two block sizes", theirs, ours, target))
    net = network(2000, 10, sparse=False)
    scenarios = net.outside * (1 - rng.uniform(0, 0.5, (1000, 1)) * rng.random((1000, 2000)))
    received, columns = shares(net), np.ascontiguousarray(scenarios.T)
    theirs, paid = best(lambda: baselines.picard(received, net.dues[0], columns), 1)
    ours, found = best(lambda: clear_many(net, scenarios), 2)
    agree(found.paid.T, paid, net)
    rows.append(("Eisenberg-Noe, 1,000 scenarios, dense 2000", "numpy products", theirs, ours, ""))
    lever, shocks = debtrank_batch.network(np.random.Generator(np.random.Philox(1)))
    weights = np.ones(len(shocks))
    theirs, truth = best(lambda: debtrank_scipy(lever, shocks), 2)
    ours, found = best(lambda: debtrank(lever, shocks, weights=weights), 5)
    assert np.abs(found.distress - truth).max() < 1e-10
    rows.append(("DebtRank 2015, 1,000 scenarios, sparse 2000", "scipy, a product a round", theirs, ours, "6x"))
    net = network(56, 3, kept=0.7)
    scenarios = net.outside * rng.uniform(0.4, 1.0, (100_000, 56))
    received = shares(net)
    parts = [np.ascontiguousarray(scenarios[i : i + 1000].T) for i in range(0, 100_000, 1000)]
    theirs, paid = best(lambda: [baselines.picard(received, net.dues[0], p, 0.7, 0.7) for p in parts], 1)
    ours, found = best(lambda: clear_many(net, scenarios), 5)
    agree(found.paid.T, np.concatenate(paid, axis=1), net)
    rows.append(("Rogers-Veraart .7, 100,000 scenarios, 56 firms", "scipy in blocks of 1,000", theirs, ours, "0.2 s"))


def gradients(rows):
    """One gradient with respect to all inputs, against the clearing it belongs to."""
    for name, options in (("sparse 2000", {}), ("dense 2000", {"sparse": False}), ("dense 56", {"sparse": False})):
        size = 56 if "56" in name else 2000
        net = network(size, 3 if size == 56 else 10, kept=0.7, **options)
        weight = np.random.default_rng(2).random((1, size))
        one, found = best(lambda net=net: clear(net), 10)
        ours, _ = best(lambda found=found, weight=weight: gradient(found, payments=weight), 10)
        rows.append((f"gradient, debts and costs, {name}", "two clearings", 2 * one, ours, "1x"))


SHARED = (
    "Other work ran on the machine during this run: tasks that use both processors had about one of them, "
    "so the batches' times and ratios are worse than on an idle machine."
)

MILLION = """
import resource, sys, time
import numpy as np, scipy.sparse as sp
sys.path.insert(0, {here!r})
from cardhouse.network import Network, clear
def memory(name): return next(int(l.split()[1]) // 1024 for l in open("/proc/self/status") if l.startswith(name))
small = sp.random_array((300, 300), density=0.02, rng=np.random.default_rng(0), format="csr"); small.setdiag(0)
clear(Network.of(np.ones(300), small))
base = memory("VmRSS")
n, degree = 1_000_000, 10
rng = np.random.default_rng(0)
columns = rng.integers(0, n - 1, (n, degree), dtype=np.int32)
columns += columns >= np.arange(n, dtype=np.int32)[:, None]
columns.sort(axis=1)
starts = np.arange(0, n * degree + 1, degree, dtype=np.int32)
debts = sp.csr_array((rng.lognormal(0, 1, n * degree), columns.ravel(), starts), shape=(n, n))
del columns
if not debts.has_canonical_format: debts.sum_duplicates()
owed, owned = debts.sum(axis=1), debts.sum(axis=0)
external = owed * 0.36 / 0.64
outside = np.maximum(owed + external - owned, 0) * rng.uniform(0.6, 1.5, n) + 0.1 * owed
net = Network.of(outside, debts, external=external)
net.links, net.due_through, net.full_receipts
del owed, owned, debts, external, outside
open("/proc/self/clear_refs", "w").write("5")
took = []
for _ in range(5):
    found = None; start = time.perf_counter(); found = clear(net); took.append(time.perf_counter() - start)
print(min(took), memory("VmHWM"), base, found.defaulted.mean())
"""

FIRST = """
import time
start = time.perf_counter()
from cardhouse.network import Network, clear_many
import numpy as np
net = Network.of(np.ones(60), np.roll(np.eye(60), 1, axis=1), external=np.ones(60), alpha=.5)
clear_many(net, np.ones((10, 60)))
print(time.perf_counter() - start)
"""


def python(code, **environment):
    """Run a fresh interpreter and return what it prints, as numbers."""
    path = os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": path, **environment},
    )  # fmt: skip
    return [float(word) for word in done.stdout.split()]


def large(notes):
    took, peak, base, failed = python(MILLION.format(here=str(Path(__file__).parent)))
    notes.append(
        f"One million firms, ten million links (Eisenberg-Noe, {failed:.0%} in default), one clearing on all "
        f"processors, best of five: {took:.2f} s (goal: 0.5 s on two cores); peak memory of the process {peak:.0f} MB "
        f"(goal: 400 MB), of which {base:.0f} MB were the libraries before the network was built and "
        f"{peak - base:.0f} MB network and clearing, 120 MB of them the links."
    )


def first_call(notes):
    with tempfile.TemporaryDirectory() as cache:
        cold = python(FIRST, NUMBA_CACHE_DIR=cache)[0]
        warm = min(python(FIRST, NUMBA_CACHE_DIR=cache)[0] for _ in range(3))
    notes.append(
        f"First batch in a fresh interpreter, imports included: {cold:.1f} s with a cold cache (goal: 4 s), "
        f"{warm:.2f} s with a warm one (goal: 0.5 s)."
    )


def bandwidth(notes, rows):
    """Copy speed of one thread, and what share of it the batch's streaming of payments reaches."""
    source, target = np.ones(2**25), np.empty(2**25)
    took, _ = best(lambda: np.copyto(target, source), 3)
    speed = 2 * source.nbytes / took / 1e9
    ours = next(ours for name, _, _, ours, _ in rows if name.startswith("Eisenberg-Noe, 1,000"))
    moved = 1000 * 18 * 20_000 * 8 / ours / 1e9
    notes.append(
        f"Memory bandwidth measured by copying 256 MB on one thread: {speed:.1f} GB/s. The batch at sparse 2000 reads "
        f"about {moved:.0f} GB/s of payments (1,000 scenarios, 18 sweeps, 20,000 links, 8 bytes; all threads), "
        f"{moved / speed:.1f} times that, since a block of scenarios stays in the second-level cache."
    )


def write(path, rows, notes):
    lines = [
        "# Clearing: benchmarks",
        "",
        f"Written by `benchmarks/network/clearing.py` on {time.strftime('%Y-%m-%d')}; {os.cpu_count()} processors, "
        f"{platform.machine()}, Python {platform.python_version()}, numpy {np.__version__}; load average "
        f"{os.getloadavg()[0]:.1f} at the end. Times in milliseconds, best of several runs, both sides in one run "
        "on the same networks; answers agree to 1e-7 of the largest debt (the baselines stop at 1e-10 a sweep).",
        "",
        "| task | baseline | baseline ms | ours ms | ratio | goal |",
        "|---|---|---:|---:|---:|---|",
    ]
    for name, baseline, theirs, ours, goal in rows:
        lines.append(
            f"| {name} | {baseline} | {theirs * 1e3:,.2f} | {ours * 1e3:,.2f} | {theirs / ours:,.1f} | {goal} |"
        )
    if os.getloadavg()[0] > 1.2:
        notes.append(SHARED)
    lines += ["", *(f"- {note}" for note in notes), ""]
    path.write_text("\n".join(lines), encoding="utf-8")
    print("\n".join(lines))


def main():
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--table", type=Path, default=ROOT / "docs" / "network_benchmarks.md")
    table = asked.parse_args().table
    rows, notes = [], []
    for tasks in (single, batches, gradients):
        tasks(rows)
    bandwidth(notes, rows)
    first_call(notes)
    large(notes)
    write(table, rows, notes)


if __name__ == "__main__":
    main()
