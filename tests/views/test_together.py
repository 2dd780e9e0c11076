"""Pairs and triples as tables: what is shown is what was computed, and it fits the page."""

from __future__ import annotations

import json

import pytest
from rich.cells import cell_len

from cardhouse.economy.pull import Choices
from cardhouse.economy.together import Side, Together
from cardhouse.views import together as view
from cardhouse.views.table import text


def row(*cards, excess, interaction, only=()):
    return Together(
        cards=cards,
        cost=300_000.0 + excess,
        apart=300_000.0,
        excess=excess,
        interaction=interaction,
        mild=excess / 2,
        harsh=excess * 2,
        fails=only,
        only_together=only,
        largest=((("oracle", Side.CREDITORS), interaction), (("nvidia", Side.SHAREHOLDERS), 3.0)),
    )


PAIRS = (
    row("openai", "oracle", excess=20_000.0, interaction=20_000.0, only=("coreweave",)),
    row("openai", "nvidia", excess=0.5, interaction=0.5),
    row("nvidia", "oracle", excess=-4_000.0, interaction=-4_000.0),
)
TRIPLES = (
    row("openai", "oracle", "nvidia", excess=20_000.0, interaction=100.0),
    row("openai", "oracle", "meta", excess=9_000.0, interaction=9_000.0),
    row("amd", "oracle", "meta", excess=-9_000.0, interaction=800.0),
)


def test_the_count_is_by_sign_beyond_rounding(answer):
    first, second = view.counted(PAIRS, answer.opening)
    assert first.endswith("Together 1 cost others more than their cards do apart, 1 less, and 1 the same.")
    assert second == "1 pair brings down a firm that no smaller part of the set does."
    assert view.counted(TRIPLES, answer.opening)[1].startswith("No triple brings down a firm")


def test_only_sets_that_cost_more_are_shown_and_who_falls_where_somebody_does(answer):
    (shown,) = view.by_excess(PAIRS, answer.opening).records()
    assert shown["cards"] == "OpenAI, Oracle"
    assert shown["only_together"] == "CoreWeave"
    assert shown["largest"] == "creditors of Oracle 20.0"  # 3 million are no digit of a billion
    assert "only_together" not in view.by_excess(TRIPLES, answer.opening).records()[0]


def test_triples_are_sorted_once_by_excess_and_once_by_what_no_pair_explains(answer):
    assert [r["excess"] for r in view.by_excess(TRIPLES, answer.opening).records()] == [20_000.0, 9_000.0]
    assert [r["interaction"] for r in view.by_interaction(TRIPLES, answer.opening).records()] == [9_000.0, 800.0, 100.0]


@pytest.mark.parametrize("rows", [PAIRS, TRIPLES])
def test_tables_fit_a_hundred_columns_and_files_hold_every_set(answer, rows):
    for table in (view.by_excess(rows, answer.opening), view.by_interaction(rows, answer.opening)):
        assert max(cell_len(line) for line in text(table, width=100).splitlines()) <= 100
    records = view.lines(rows).records()
    assert [r["cards"].split() for r in records] == [list(r.cards) for r in rows]
    sent = json.loads(json.dumps(view.payload(rows, answer.opening, Choices()), allow_nan=False))
    assert sent["method"] == "exhaustive"
    assert [s["excess"]["central"] for s in sent["sets"]] == [r["excess"] for r in records] == [r.excess for r in rows]
    assert sent["sets"][0]["bear_most"][0] == {"firm": "oracle", "side": "creditors", "amount": rows[0].interaction}
