"""Following money as sentences and tables: the same numbers as the answer, no column broken."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

import cardhouse.book
from cardhouse.book import Book, embedded, read_book
from cardhouse.lenses.measure import Gap, Measure
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


def test_contracts_that_are_a_small_part_of_sales_give_no_headline(book: Book, nvidia: Money) -> None:
    """Nvidia's 21.6 billion by tie are 4 % of planned sales of 563.8; SpaceX's are more than its sales of a year."""
    assert "contracts by tie" not in " ".join(view.headlined(nvidia))
    spacex = money(book, "spacex")
    assert isinstance(spacex.backlog.explained, Measure)
    whole = spacex.backlog.explained.value / 1000
    said = " ".join(view.headlined(spacex))
    assert f"of the {whole:,.1f} billion of contracts by tie of SpaceX depends on Anthropic" in said


def test_ties_beyond_the_backlog_are_not_a_share_of_it(nvidia: Money) -> None:
    table = money_backlog.depends(nvidia)
    assert isinstance(table, Table)
    assert [c.title for c in table.columns][-1] == "of the contracts"


def test_a_firm_without_a_known_revenue_is_not_said_to_be_explained(book: Book, network: Whole) -> None:
    """TSMC: the book has one quarter; what ties say it was paid is a part of its sales."""
    said = " ".join(view.headlined(money(book, "tsmc")))
    assert "that ties say customers paid TSMC" in said
    assert "its revenue is not known" in said
    assert "Ties of the book name" not in said
    row = next(r for r in money_whole.firms(book, network).records() if str(r["firm"]).startswith("TSMC"))
    assert (row["firm"], row["named"]) == ("TSMC *", "n/a")
    line = next(r for r in money_whole.lines(network).records() if r["firm"] == "tsmc")
    assert (line["revenue_known"], line["named"]) == ("no", None)


def test_what_the_firm_says_itself_stands_beside_what_ties_say(book: Book) -> None:
    """Microsoft on 2026-01-28: 45 percent of its commercial backlog of 625 billion is OpenAI."""
    answer = money(book, "microsoft")
    assert "By Microsoft itself OpenAI was 45% of it at 2025-12-31." in view.headlined(answer)
    table = money_backlog.depends(answer)
    assert isinstance(table, Table)
    assert "By the firm itself: OpenAI 45% at 2025-12-31." in table.notes


def test_a_backlog_that_the_contracts_cannot_be_in_says_so() -> None:
    """398 billion at 2025-09-30, 250 and 30 signed in October and November: no share, and a line that tells it."""
    early = money(embedded().as_of(date(2025, 12, 31)), "microsoft")
    assert "depends on" not in " ".join(view.headlined(early))
    said = money_backlog.depends(early)
    assert isinstance(said, str)
    assert "Another 280.0 was signed after that day and is left out." in said


def test_a_probability_that_rests_on_a_firm_of_which_too_little_is_known_is_not_shown(tmp_path: Path) -> None:
    """June 2025 without CoreWeave's revenue: 71 % of 0.35 billion, by a CoreWeave whose money is not known."""
    folder = Path(shutil.copytree(Path(cardhouse.book.__file__).parent / "books" / "ai", tmp_path / "book"))
    facts = folder / "facts.csv"
    lines = facts.read_text(encoding="utf-8").splitlines(keepends=True)
    facts.write_text("".join(x for x in lines if not x.startswith("coreweave,revenue,")), encoding="utf-8")
    past = read_book(folder).as_of(date(2025, 6, 30))
    assert "comes back to it" not in " ".join(view.headlined(money(past, "nvidia")))
    row = next(r for r in money_whole.firms(past, whole(follow(past))).records() if r["firm"] == "Nvidia")
    assert row["returns"] == "n/a"


def test_the_headline_says_of_how_much_a_dollar_comes_back(nvidia: Money) -> None:
    spent = nvidia.balances[0].paid.value / 1000
    assert f"Of the {spent:,.1f} billion that Nvidia paid to other firms a dollar comes back" in " ".join(
        view.headlined(nvidia)
    )


def test_the_head_has_the_days_of_the_links(nvidia: Money) -> None:
    """Links are of four calendar quarters; the fiscal year of the sales stands in the sentence."""
    assert "paid: 2025-07-01 to 2026-06-30" in view.head(nvidia, "active")


def test_the_days_between_the_last_year_and_the_plan_are_named(nvidia: Money, network: Whole) -> None:
    said = "What was paid from 2026-07-01 to 2026-09-30 is neither in the last year nor in the plan."
    links = view.links(nvidia)
    assert isinstance(links, Table)
    assert said in links.notes
    assert said in money_whole.totals(network).notes


def test_money_of_a_laboratory_that_ties_do_not_name_is_said(book: Book, network: Whole) -> None:
    """Anthropic's 7,330 of computing in 2025 by its prospectus."""
    for said in (" ".join(view.headlined(money(book, "anthropic"))), money_whole.headline(book, network)):
        assert "Anthropic reported 7.3 billion of computing for the year to 2025-12-31" in said


def test_what_a_tie_does_not_say_it_paid_is_no_dash(book: Book) -> None:
    """Anthropic and CoreWeave signed in April 2026; the schedule of the tie begins later."""
    table = view.links(money(book, "anthropic"))
    assert isinstance(table, Table)
    row = next(r for r in table.records() if r["firm"] == "CoreWeave")
    assert row["paid"] == "n/a"
    assert "n/a: a tie had begun and the book does not say what it paid." in table.notes


def test_the_whole_says_whose_share_is_largest_and_nothing_of_less_than_a_tenth_of_a_dollar(
    book: Book, network: Whole
) -> None:
    most = max(r.mix.own.value for r in network.rows if r.mix.whole)
    said = money_whole.headline(book, network)
    assert f"is that of Nvidia: {100 * most:.1f} of 100 dollars that its customers paid." in said
    none = replace(network, rows=tuple(r for r in network.rows if r.mix.own.value < 0.0005))
    assert "own money come back" not in money_whole.headline(book, none)


def test_the_file_of_all_firms_has_fractions_that_add_up_to_one(network: Whole) -> None:
    keys = ("customers", "lenders", "shareholders", "cash", "unknown", "own")
    for row in money_whole.lines(network).records():
        assert sum(float(row[k] or 0) for k in keys) == pytest.approx(1)
        assert row["start"]


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
    assert "Magnetar" in said
    gone = replace(network, doubled=Gap("value", "no stake"), chance=Gap("rings", "only 1 firm"))
    assert money_whole.doubled(book, gone) == "Value counted twice cannot be told: no stake."
    assert money_whole.chance(gone) == "No comparison with chance: only 1 firm."
