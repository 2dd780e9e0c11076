"""Who can owe whom, against lists written by hand; the tables made of them, against sums."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from cardhouse.economy.compiled import compile_opening
from cardhouse.economy.kernel.pairs import Pairs, pairs_of
from cardhouse.economy.opening import open_book

sys.path.insert(0, str(Path(__file__).parent))

from playing import firm, tie

FIRMS = {"lab": firm("model"), "cloud": firm("cloud"), "maker": firm("compute"), "backer": firm("cloud")}
TIES = [
    tie("rent", "purchase", "lab", "cloud", 300),
    tie("more-rent", "purchase", "lab", "cloud", 100),
    tie("chips", "supply", "cloud", "maker", 200),
]


@pytest.fixture(scope="module")
def compiled(economy):
    rows = economy.texts("", FIRMS)
    rows["ties"] += TIES
    return compile_opening(open_book(economy.read(rows)), quarters=4)


@pytest.fixture(scope="module")
def pairs(compiled):
    return pairs_of(compiled.model)


def test_pairs_are_the_parties_of_contracts_and_the_world(compiled, pairs):
    """Two contracts of the same parties are one pair; everybody may owe the world, which comes last."""
    n = len(compiled.nodes)
    named = {(compiled.place[a], compiled.place[b]) for a, b in (("lab", "cloud"), ("cloud", "maker"))}
    expected = sorted(named | {(i, n) for i in range(n)})
    assert list(zip(pairs.debtor.tolist(), pairs.creditor.tolist(), strict=True)) == expected


def test_pairs_of_a_debtor_lie_together_and_end_with_the_world(compiled, pairs):
    n = len(compiled.nodes)
    for i in range(n):
        mine = slice(pairs.begins[i], pairs.begins[i + 1])
        assert (pairs.debtor[mine] == i).all()
        assert pairs.creditor[mine][-1] == n
        assert pairs.world[i] == pairs.begins[i + 1] - 1


def test_a_pair_is_found_by_its_parties(compiled, pairs):
    """A creditor outside the network is the world; a debtor outside owes nothing that is followed."""
    debtors, n = pairs.debtor, len(compiled.nodes)
    outside = np.where(pairs.creditor == n, -1, pairs.creditor)
    assert pairs.place(debtors, outside).tolist() == list(range(debtors.size))
    assert pairs.place(np.array([-1]), np.array([0])).tolist() == [-1]


def test_a_table_holds_the_amounts_of_pairs_and_nothing_else():
    """Three nodes: 0 owes 1, everybody the world. Two classes, one lane."""
    three = Pairs(np.array([0, 0, 1, 2]), np.array([1, 3, 3, 3]), np.array([0, 2, 3, 4]))
    amounts = np.arange(1.0, 9.0).reshape(2, 4, 1)
    table = three.table(amounts)
    assert table.shape == (2, 3, 4, 1)
    assert table[0, :, :, 0].tolist() == [[0, 1, 0, 2], [0, 0, 0, 3], [0, 0, 0, 4]]
    assert table.sum() == amounts.sum()


def test_there_are_no_more_pairs_than_ties_and_nodes(shipped):
    """A table of all by all has N (N + 1) places; lists grow with what there is."""
    model = compile_opening(open_book(shipped), quarters=4).model
    pairs = pairs_of(model)
    ties = model.ties.payer.size + model.debts.borrower.size + model.guarantees.cap.size
    assert pairs.debtor.size <= model.start.cash.size + ties + model.guarantees.pair_tie.size
