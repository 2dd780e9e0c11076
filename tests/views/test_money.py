"""Following money as sentences and tables: the same numbers as the answer, no column broken."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cardhouse.book import Book, embedded
from cardhouse.lenses.measure import Gap
from cardhouse.lenses.money import Money, Period, Source, Whole, follow, money, whole
from cardhouse.lenses.money.mix import Mix
from cardhouse.views import money as view
from cardhouse.views import money_backlog, money_rings, money_whole
from cardhouse.views.table import Table, text


@pytest.fixture(scope="module")
def book() -> Book:
    return embedded().as_of(embedded().date)


@pytest.fixture(scope="module")
def nvidia(book: Book) -> Money:
    return money(book, "nvidia")


@pytest.fixture(scope="module")
def network(book: Book) -> Whole:
    return whole(follow(book))


def tables(answer: Money) -> list[Table]:
    found = (
        view.whose(answer),
        view.entered(answer),
        view.through(answer),
        view.links(answer),
        money_rings.ring_table(answer.book, answer.rings, "Rings"),
        money_rings.ring_links(answer.book, answer.rings),
        money_backlog.depends(answer),
        money_backlog.kinds(answer),
    )
    return [t for t in found if isinstance(t, Table)]


@pytest.mark.parametrize("firm", ["nvidia", "openai", "oracle", "coreweave", "broadcom", "nebius", "iflytek", "xai"])
def test_every_table_fits_100_columns(book: Book, firm: str) -> None:
    for table in tables(money(book, firm)):
        assert max(len(line) for line in text(table).splitlines()) <= 100, table.title


def test_the_headline_adds_up_to_a_hundred_dollars(nvidia: Money) -> None:
    mix = nvidia.mixes[Period.PAID]
    assert isinstance(mix, Mix)
    said = " ".join(view.headlined(nvidia))
    for source, share in mix.sources.items():
        if share.value >= 0.0005:
            assert f"{100 * share.value:.1f} {view.FROM[source]}" in said
    assert f"{100 * mix.own.value:.1f} were Nvidia's own money come back" in said
    assert f"in the year to {mix.end}" in said


def test_the_table_has_the_numbers_of_the_answer(nvidia: Money) -> None:
    mix = nvidia.mixes[Period.PAID]
    assert isinstance(mix, Mix)
    rows = {r["source"]: r for r in view.whose(nvidia).records()}
    assert rows["end customers"]["paid"] == round(100 * mix.sources[Source.CUSTOMERS].value, 1)
    parts = [*view.SOURCES.values(), "its own money come back"]
    for column in ("paid", "plan", "ahead", "all_paid", "all_plan"):
        assert sum(float(rows[p][column] or 0) for p in parts) == pytest.approx(100, abs=0.35)


def test_the_file_has_every_share_in_full(nvidia: Money) -> None:
    rows = [r for r in view.lines(nvidia).records() if (r["receipts"], r["window"]) == ("customers", "paid")]
    parts = [r for r in rows if r["kind"] in ("source", "own")]
    assert sum(float(r["share"] or 0) for r in parts) == pytest.approx(1)
    mix = nvidia.mixes[Period.PAID]
    assert isinstance(mix, Mix)
    assert sum(float(r["USD_million"] or 0) for r in parts) == pytest.approx(mix.amount.value)


def test_a_link_says_what_has_become_of_each_tie(nvidia: Money) -> None:
    shown = text(view.links(nvidia)) if isinstance(view.links(nvidia), Table) else ""
    assert "(lapsed)" in shown
    assert "(binding)" in shown
    assert "only" in shown


def test_what_cannot_be_told_is_said_and_no_zero_is_shown(book: Book) -> None:
    answer = money(book, "iflytek")
    assert "cannot be told: no revenue is known" in " ".join(view.headlined(answer))
    assert "n/a" in text(view.whose(answer))


def test_a_part_of_a_group_is_named(book: Book) -> None:
    assert view.headlined(money(book, "xai"))[0] == "xAI is part of SpaceX, whose figures stand for it."


def test_ties_beyond_the_backlog_are_not_a_share_of_it(nvidia: Money) -> None:
    assert "contracts by tie of Nvidia" in " ".join(view.headlined(nvidia))
    table = money_backlog.depends(nvidia)
    assert isinstance(table, Table)
    assert [c.title for c in table.columns][-1] == "of the contracts"


def test_without_a_reported_backlog_the_line_says_so() -> None:
    gap = Gap("x, backlog", "none reported")
    assert money_backlog.backlog_line(gap, gap) == "Ties that count still have nothing to pay; no backlog is reported."


def test_the_whole_fits_100_columns_too(book: Book, network: Whole) -> None:
    found = [money_whole.firms(book, network), money_whole.totals(network), money_whole.years(network)]
    chance = money_whole.chance(network)
    assert isinstance(chance, Table)
    for table in (*found, chance):
        assert max(len(line) for line in text(table).splitlines()) <= 100, table.title


def test_each_firm_of_the_whole_adds_up_to_a_hundred(book: Book, network: Whole) -> None:
    keys = ("customers", "lenders", "shareholders", "cash", "unknown", "own")
    for row in money_whole.firms(book, network).records():
        assert sum(float(row[k] or 0) for k in keys) == pytest.approx(100, abs=0.35)


def test_value_counted_twice_names_who_is_left_out(book: Book, network: Whole) -> None:
    said = money_whole.doubled(book, network)
    assert "each dollar counts 1.0" in said
    assert "Left out" in said
    assert "SoftBank" in said
    gone = replace(network, doubled=Gap("value", "no stake"), chance=Gap("rings", "only 1 firm"))
    assert money_whole.doubled(book, gone) == "Value counted twice cannot be told: no stake."
    assert money_whole.chance(gone) == "No comparison with chance: only 1 firm."
