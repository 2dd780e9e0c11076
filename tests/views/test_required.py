"""The plain formulas as tables, sentences, a file and JSON: the same numbers everywhere."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from cardhouse.book import embedded
from cardhouse.economy.required import Required, required
from cardhouse.views import required as view
from cardhouse.views.required_payload import formulas
from cardhouse.views.table import text


@pytest.fixture(scope="module")
def needed() -> Required:
    book = embedded()
    return required(book.as_of(book.date))


def tables(needed: Required):
    makers = (view.inputs, view.compared, view.their_inputs, view.differences, view.demand, view.capital)
    return [make(needed) for make in makers]


def test_every_table_fits_100_columns(needed: Required) -> None:
    for table in tables(needed):
        assert max(len(line) for line in text(table).splitlines()) <= 100, table.title


def test_the_columns_of_differences_add_up_from_theirs_to_ours(needed: Required) -> None:
    rows = view.differences(needed).rows
    for column in range(1, len(rows[0])):
        *parts, ours = (float(row[column]) for row in rows)
        assert sum(parts) == pytest.approx(ours)


def test_last_lines_are_the_sums_of_their_columns(needed: Required) -> None:
    for table, columns in ((view.capital(needed), range(1, 7)), (view.demand(needed), range(5, 8))):
        *rows, last = table.rows
        for column in columns:
            assert sum(float(row[column]) for row in rows) == pytest.approx(float(last[column]))


def test_the_headline_says_what_is_missing_and_where_nothing_is_that(needed: Required) -> None:
    assert f"{needed.gap / 1000:,.0f} billion a year are missing" in " ".join(view.headline(needed))
    rich = replace(needed, demand=tuple(replace(d, pace=d.pace.scaled(20.0)) for d in needed.demand))
    assert view.headline(rich)[-1] == "That is enough."


def test_the_dateline_carries_book_period_unit_and_ties(needed: Required) -> None:
    line = view.dateline(needed)
    for part in (str(needed.opening.book.date), str(needed.since), "USD billion", "ties:"):
        assert part in line


def test_what_was_solved_is_said(needed: Required) -> None:
    assert "Bain and J.P. Morgan" in " ".join(view.their_inputs(needed).notes)


def test_json_holds_the_same_numbers_and_no_infinity(needed: Required) -> None:
    answer = json.loads(json.dumps(formulas(needed), allow_nan=False))
    assert answer["required_revenue"]["central"] == needed.value
    assert answer["end_demand"]["central"] == needed.demand_now[1]
    bank = next(row for row in answer["published"] if row["id"] == "jpmorgan")
    life = next(step for step in bank["steps"] if step["input"] == "short_life")
    assert life["theirs"] is None
    assert bank["formula_gives"] + sum(s["change"] for s in bank["steps"]) == pytest.approx(needed.value)


def test_the_file_holds_every_input_with_its_rows(needed: Required) -> None:
    rows = view.lines(needed).records()
    given = {row["name"]: row for row in rows if row["kind"] == "input"}
    assert set(given) == {"capital", "short_share", "short_life", "long_life", "return", "part"}
    assert all("csv:" in str(row["source"]) or "toml:" in str(row["source"]) for row in given.values())
