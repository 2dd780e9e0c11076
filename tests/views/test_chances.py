"""The chances as a reader meets them: every number of the file with its reason, and what the book measures.

Truth: the shipped file as ``tomllib`` reads it; the measures of the book called here; what the file's own reasons say
in words (half the multiples twice, 400 basis points eleven times, two years, once in twelve years).
"""

from __future__ import annotations

import csv
import json
import tomllib
from datetime import date
from functools import cache
from typing import Any

import pytest

from cardhouse.book import Book, embedded
from cardhouse.book.export import csv_text
from cardhouse.economy.opening import Opening, open_book
from cardhouse.economy.uncertain import Uncertainty, shipped_file, uncertainty
from cardhouse.economy.uncertain_measured import measured_growth_common, measured_growth_own, measured_rents
from cardhouse.views import chances as view
from cardhouse.views import chances_payload
from cardhouse.views.table import text
from cardhouse.views.words import words

ZH = words("zh")
FILE: dict[str, Any] = tomllib.loads(shipped_file().read_text(encoding="utf-8"))
LABS = ("openai", "anthropic")


@cache
def known(day: date = date(2026, 10, 8)) -> tuple[Uncertainty, Opening]:
    book: Book = embedded().as_of(day)
    return uncertainty(book, nodes=LABS, laboratories=LABS), open_book(book)


def three(value: Any) -> list[float]:
    return [float(v) for v in value] if isinstance(value, list) else [float(value)] * 3


def test_json_has_every_number_of_the_file_with_its_reason() -> None:
    told = json.loads(json.dumps(chances_payload.payload(*known()), allow_nan=False))
    for said, row in zip(told["processes"], FILE["process"], strict=True):
        assert (said["driver"], said["title_zh"]) == (row["driver"], row["title_zh"])
        assert [said["persistence"][k] for k in ("low", "central", "high")] == three(row["persistence"])
        assert said["volatility"]["reason"] == row["volatility_reason"]
        if "volatility_from" not in row:
            assert [said["volatility"][k] for k in ("low", "central", "high")] == three(row["volatility"])
        bounds = said["bounds"]
        assert [bounds["least"], bounds["most"]] == row.get("bounds", [None, None])
        assert bounds["reason"] == row.get("bounds_reason", "")
    for said, row in zip(told["regimes"], FILE["regime"], strict=True):
        for key in ("begins", "ends"):
            assert [said[key][k] for k in ("low", "central", "high")] == three(row[key])
            assert said[key]["reason"] == row[f"{key}_reason"]
        assert [said["severity"][k] for k in ("least", "likeliest", "most")] == row["severity"]
        assert said["moved_by"]["slopes"] == row.get("moved_by", {})
    assert [(c["between"], c["central"]) for c in told["correlations"]] == [
        (c["between"], c["value"][1]) for c in FILE["correlation"]
    ]
    assert told["degrees_of_freedom"]["central"] == FILE["degrees"][1]


def test_what_the_book_measures_is_told_with_its_observations() -> None:
    u, opening = known()
    book = opening.book
    found = {
        "demand": measured_growth_common(book, 0.5),
        "rents": measured_rents(book, 0.0),
        "share": measured_growth_own(book, 0.0),
    }
    told = {p["driver"]: p["volatility"] for p in chances_payload.payload(u, opening)["processes"]}
    for driver, measure in found.items():
        assert told[driver]["central"] == pytest.approx(measure.value)
        assert told[driver]["observations"] == measure.observations
    assert {driver for driver, n in told.items() if n["basis"].startswith("book:")} == set(found)
    first = view.headline(u)[0]
    for measure in found.values():
        assert f"({measure.observations} " in first
    inputs = 2 * 7 + 2 + 3 * 4 + 3 + 7 + 1  # processes with two bounds, regimes of which three are moved, pairs, tail
    assert f"That is 3 of {inputs} inputs" in first


def test_a_day_that_knew_too_little_has_assumptions_only_and_says_so() -> None:
    u, opening = known(date(2025, 6, 30))
    assert view.headline(u)[0].startswith("All 39 inputs are assumed")
    rests = {row[0]: row[-1] for row in view.processes(u, opening).rows}
    assert rests["End demand for AI"] == "assumption, too few in the book"
    assert rests["Market multiples"] == "assumption"
    assert all(n["volatility"]["observations"] == 0 for n in chances_payload.payload(u, opening)["processes"])


def test_regimes_read_as_their_reasons_say() -> None:
    rows = {row[0]: row[1:] for row in view.regimes(known()[0]).rows}
    assert rows["Growth stalls"] == (
        "2.5% (1% to 5%)",
        "8 (4 to 12.5)",
        "growth x 0.3 (0 to 0.7)",
        "multiples halved: x 2",
    )
    assert rows["Power and deliveries come late"][2:] == ("delay +1 q (0.25 to 3)", "nothing")
    assert rows["Lenders stop lending"][-1] == "spread +400 bp: x 11; multiples halved: x 2"
    assert rows["Nobody buys new shares"][-1] == "multiples halved: x 8; spread +400 bp: x 2.2"


def test_a_walk_has_no_range_and_bounds_have_their_unit() -> None:
    rows = {row[0]: row[1:] for row in view.processes(*known()).rows}
    assert rows["Tokens from one unit of computing"][:3] == ("5% (2% to 10%)", "1.00", "none")
    assert rows["Credit spreads"][:3] == ("100 bp (60 to 160)", "0.85 (0.70 to 0.95)", "-75 to +2,000 bp")


def test_every_reason_of_the_file_stands_on_screen() -> None:
    u = known()[0]
    said = "\n".join([*view.reasons(u), *(str(row[2]) for row in view.correlations(u).rows)])
    reasons = [FILE["degrees_reason"]]
    for table in ("process", "regime", "correlation"):
        reasons += [value for row in FILE[table] for key, value in row.items() if key.endswith("_reason")]
    assert len(reasons) == 39
    assert [reason for reason in reasons if reason not in said] == []


def test_a_file_has_one_row_a_number_and_no_hole() -> None:
    table = chances_payload.lines(known()[0])
    rows = list(csv.DictReader(csv_text([c.key for c in table.columns], table.rows).splitlines()))
    ids = [row["id"] for row in rows]
    assert len(set(ids)) == len(ids)
    assert all(row["unit"] and row["basis"] and row["reason"] for row in rows)
    assert all(
        row["low"] and row["central"] and row["high"]
        for row in rows
        if "bounds" not in row["id"] and "moved" not in row["id"]
    )
    slope = next(row for row in rows if row["id"] == "debt_window.moved_by.spread")
    assert (slope["central"], slope["unit"]) == ("0.006", "log_per_basis_points")


@pytest.mark.parametrize("t", [view.ENGLISH, ZH], ids=["en", "zh"])
def test_tables_fit_the_page_in_both_languages(t: Any) -> None:
    from rich.cells import cell_len

    u, opening = known()
    for table in (view.processes(u, opening, t=t), view.regimes(u, t=t), view.correlations(u, t=t)):
        assert max(cell_len(line) for line in text(table).splitlines()) <= 100
    assert "OpenAI" in view.processes(u, opening, t=t).notes[-1]


def test_in_chinese_only_the_reasons_quote_the_file() -> None:
    u, opening = known()
    rows = [*view.processes(u, opening, t=ZH).rows, *view.regimes(u, t=ZH).rows]
    assert [cell for row in rows for cell in row if "the " in str(cell) or "assum" in str(cell)] == []
    assert view.regimes(u, t=ZH).rows[0][0] == "增长停滞"
