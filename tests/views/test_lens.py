"""What all lenses show alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cardhouse.lenses.measure import USD, Gap, Measure, Reading, not_meaningful
from cardhouse.views.lens import cell, gap_notes, plain, rests

END = date(2026, 6, 30)
FILED = Measure(100.0, USD, END, None, {"filing": 1.0}, ("a",), ("facts.csv:1: x",))
ASSUMED = Measure(50.0, USD, END, None, {"assumption": 1.0})


@dataclass(frozen=True)
class Answer:
    day: date
    readings: tuple[Reading, ...]


def test_a_gap_stands_in_a_table_with_its_mark_and_below_it_with_its_reason() -> None:
    lost = not_meaningful("Nebius, price to income", "net income is negative")
    missing = Gap("Oracle, inventory", "the book has none")
    assert [cell(FILED), cell(lost), cell(missing)] == [100.0, "n.m.", "n/a"]
    assert gap_notes([FILED, lost, missing, missing]) == (
        "n.m. Nebius, price to income: net income is negative",
        "n/a Oracle, inventory: the book has none",
    )


def test_what_figures_rest_on_is_said_once_in_the_order_of_trust() -> None:
    assert rests([ASSUMED, FILED, FILED, FILED]) == "The figures rest on: filing 75%, assumption 25%."


def test_json_has_the_names_of_the_dataclasses() -> None:
    answer = plain(Answer(END, (FILED, Gap("x", "y"))))
    assert answer["day"] == "2026-06-30"
    assert answer["readings"][0]["value"] == 100.0
    assert answer["readings"][0]["assumed"] == 0.0
    assert answer["readings"][1] == {"missing": "x", "reason": "y"}
