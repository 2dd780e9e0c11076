"""Tables of restated accounts: their numbers are the answer's, they fit, and what is missing is said."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import pytest

import cardhouse.book
from cardhouse.book import Book, embedded, read_book
from cardhouse.lenses.accounts import Restatement, restate
from cardhouse.lenses.accounts.answer import at
from cardhouse.lenses.measure import Gap, Measure
from cardhouse.views import lens, restate_firm, restate_lines
from cardhouse.views import restate as view
from cardhouse.views.table import Table, text


@pytest.fixture(scope="module")
def book() -> Book:
    whole = embedded()
    return whole.as_of(whole.date)


@pytest.fixture(scope="module")
def answer(book: Book) -> Restatement:
    return restate(book, life=4.0)


def tables(answer: Restatement, book: Book) -> list[Table]:
    more = (
        restate_lines.off_sheet,
        restate_lines.cash,
        restate_lines.gains,
        restate_lines.changes,
        restate_lines.implied,
    )
    return [view.incomes(answer, book), view.ratios(answer, book), *(of(answer.firms, book) for of in more)]


def test_every_table_fits_100_columns_and_breaks_no_row(answer: Restatement, book: Book) -> None:
    for table in tables(answer, book):
        lines = text(table, width=100).splitlines()
        assert max(map(len, lines)) <= 100
        first = next(i for i, line in enumerate(lines) if line.startswith("─")) + 1
        starts = [line.split(" ")[0] for line in lines[first : first + len(table.rows)]]
        assert starts == [str(row[0]).split(" ")[0] for row in table.rows], table.title


def test_the_row_of_a_firm_is_its_answer(answer: Restatement, book: Book) -> None:
    record = next(r for r in view.incomes(answer, book).records() if r["firm"] == "Oracle")
    oracle = next(f.restated for f in answer.firms if f.firm == "oracle")
    for name, life in (("life_3", "3 years"), ("life_6", "6 years"), ("life_rents", "rents")):
        found = next(x for x in oracle.lives if x.life.name == life).operating_income
        assert isinstance(found, Measure)
        assert record[name] == found.value


def test_years_of_long_ago_are_not_added_to_those_of_now(tmp_path: Path) -> None:
    """The end of 2025, Amazon's depreciation only up to 2023: named, shown, and not in the sum of the six others."""
    folder = Path(shutil.copytree(Path(cardhouse.book.__file__).parent / "books" / "ai", tmp_path / "book"))
    facts = folder / "facts.csv"
    lines = facts.read_text(encoding="utf-8").splitlines(keepends=True)
    late = [x for x in lines if x.startswith("amazon,depreciation,") and x.split(",")[4] > "2023-12-31"]
    facts.write_text("".join(x for x in lines if x not in late), encoding="utf-8")
    then = read_book(folder).as_of(date(2025, 12, 31))
    found = restate(then)
    said = " ".join(view.headline(found))
    assert "the 6 firms'" in said
    assert "Not in this: 1 whose newest year in the book ended long before" in said
    notes = view.incomes(found, then).notes
    assert "Newest year ended long before, so not in the sum of all: Amazon (2023-12-31)." in notes
    assert "Amazon: the newest year in the book ended 2023-12-31" in notes
    rows = {r["firm"]: r for r in view.incomes(found, then).records()}
    fresh = [r for name, r in rows.items() if name != "Amazon" and isinstance(r["reported"], float)]
    lower = sum(float(r["reported"] or 0) - float(r["life_rents"] or 0) for r in fresh)
    assert f"{lower / 1000:,.1f} billion lower" in said


def test_the_headline_is_the_sum_of_the_table(answer: Restatement, book: Book) -> None:
    rows = view.incomes(answer, book).records()
    change = sum(r["life_4"] - r["reported"] for r in rows if isinstance(r["life_4"], float) and r["reported"])
    said = view.headline(answer)[0]
    assert f"the {len(rows)} firms'" in said
    assert f"{abs(change) / 1000.0:.1f} billion lower" in said


def test_the_ratios_are_at_the_common_life(answer: Restatement, book: Book) -> None:
    table = view.ratios(answer, book)
    assert "4.0 years" in table.title
    record = next(r for r in table.records() if r["firm"] == "Microsoft")
    found = next(f.restated for f in answer.firms if f.firm == "microsoft")
    margin = found.lives[at(found, answer.common)].margin
    assert isinstance(margin, Measure)
    assert record["margin"] == f"{margin.value:.1%}"


def test_what_cannot_be_had_is_marked_and_explained(answer: Restatement, book: Book) -> None:
    table = view.ratios(answer, book)
    loss = next(r for r in table.records() if r["firm"] == "CoreWeave")
    assert loss["cover"] == "n.m."
    assert any("CoreWeave, interest cover: operating income is negative" in note for note in table.notes)
    assert all(cell is not None for row in table.rows for cell in row)


def test_one_firm_is_shown_at_every_life_with_what_it_rests_on(book: Book) -> None:
    found = restate(book, ("meta",))
    one, effects = restate_firm.deep(found, found.firms[0], book)
    assert isinstance(one, Table)
    assert isinstance(effects, Table)
    assert [row[0] for row in one.rows[:2]] == ["accounts 5.5", "3 years"]
    shown = {row[0]: row[3:] for row in effects.rows}
    slow, fast = shown["fall of rents a year"]
    assert slow > fast
    assert any("The figures rest on" in note and "assumption" in note for note in one.notes)
    assert effects.notes[0].startswith("With all of them at their central values: ")


def test_a_firm_without_depreciation_is_explained_in_a_sentence(book: Book) -> None:
    found = restate(book, ("openai",))
    (said,) = restate_firm.deep(found, found.firms[0], book)
    assert "depreciation and amortization: no rows cover a year" in str(said)


def test_the_vehicle_is_said_to_hold_the_guarantee(answer: Restatement, book: Book) -> None:
    notes = " ".join(restate_lines.off_sheet(answer.firms, book).notes)
    assert "exposure to vehicles 46.0, of which 28.0 residual-value guarantees are added" in notes


def test_the_json_has_every_measure_with_its_sources_and_no_hole(answer: Restatement) -> None:
    found = json.loads(json.dumps(lens.plain(answer), allow_nan=False))
    oracle = next(f for f in found["firms"] if f["firm"] == "oracle")
    income = oracle["restated"]["lives"][0]["operating_income"]
    assert income["unit"] == "USD_million"
    assert "oracle-server-life-years" in income["sources"]
    assert 0.0 < income["assumed"] < 1.0
    assert holes(found) == []


def holes(node: object, path: str = "") -> list[str]:
    """Paths that hold nothing; only the start of a balance may be empty."""
    if isinstance(node, dict):
        return [x for k, v in node.items() if k != "start" for x in holes(v, f"{path}.{k}")]
    if isinstance(node, list):
        return [x for i, v in enumerate(node) for x in holes(v, f"{path}[{i}]")]
    return [path] if node is None else []


def test_on_a_day_before_all_depreciation_it_says_so(book: Book) -> None:
    then = book.as_of(date(2022, 1, 1))
    (said,) = view.side_by_side(restate(then), then)
    assert str(said).startswith("No firm's year can be restated")


def test_gaps_are_gaps(answer: Restatement) -> None:
    broadcom = next(f for f in answer.firms if f.firm == "broadcom")
    assert isinstance(broadcom.restated.lives[0].operating_income, Gap)
