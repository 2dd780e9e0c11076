"""EDGAR's answer is read without trusting it."""

from __future__ import annotations

import json
from datetime import date

import pytest

from cardhouse.errors import InputError
from cardhouse.sources.filed import Filed, read_answer

TODAY = date(2026, 11, 1)


def test_a_figure_keeps_its_tag_unit_period_filing_and_day(answer, entry) -> None:
    found = answer(Assets={"USD": [entry(5_000_000, start=None)]})
    assert found.name == "One Inc."
    assert found.filed == (
        Filed("us-gaap:Assets", "USD", None, date(2025, 3, 31), 5e6, "0000000001-25-000001", "10-Q", date(2025, 5, 1)),
    )


def test_the_number_may_come_as_text_with_zeros_as_edgar_sends_it_for_some_filers(recorded) -> None:
    assert recorded("crwv").cik == 1769628  # "0001769628" in the answer
    assert recorded("nbis").cik == 1513845  # 1513845


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"val": "5000000"}, "the value is no number"),
        ({"val": True}, "the value is no number"),
        ({"val": None}, "the value is no number"),
        ({"val": 10**19}, "the value is too large"),
        ({"val": 10**400}, "the value is too large"),
        ({"end": "2025-13-31"}, "end is no date"),
        ({"end": 20250331}, "end is no date"),
        ({"end": None}, "end is no date"),
        ({"start": "soon"}, "start is no date"),
        ({"start": "2025-04-01"}, "the period ends before it starts, or after the filing"),
        ({"end": "2025-06-30"}, "the period ends before it starts, or after the filing"),
        ({"filed": "2027-01-01"}, "filed before EDGAR began or after today"),
        ({"filed": "1990-01-01"}, "filed before EDGAR began or after today"),
        ({"accn": "../../etc/passwd"}, "the accession number is missing or odd"),
        ({"accn": None}, "the accession number is missing or odd"),
        ({"form": "=cmd|' /C calc'!A0"}, "the form is missing or odd"),
        ({"form": 10}, "the form is missing or odd"),
    ],
)
def test_what_is_no_figure_is_refused_with_its_reason(answer, entry, wrong, reason) -> None:
    good = entry(1)
    bad = {k: v for k, v in (good | wrong).items() if v is not None or k == "val"}
    found = answer(Revenues={"USD": [bad, good]})
    assert [(bad.tag, bad.reason) for bad in found.refused] == [("us-gaap:Revenues", reason)]
    assert len(found.filed) == 1


def test_a_unit_that_is_a_formula_is_refused(answer, entry) -> None:
    assert [bad.reason for bad in answer(Revenues={"=1+1": [entry(1)]}).refused] == ["the unit is missing or odd"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "no JSON"),
        (b"<html>Undeclared Automated Tool</html>", "no JSON"),
        (b"\xff\xfe\x00", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b'{"cik": 1, "facts": {"us-gaap": {"A": {"units": {"USD": [{"val": NaN}]}}}}}', "no JSON"),
        (b'{"cik": 1, "facts": {"us-gaap": {"A": {"units": {"USD": [{"val": Infinity}]}}}}}', "no JSON"),
        (b"[]", "the answer is no object"),
        (b'{"cik": 1}', "facts is no object"),
        (b'{"cik": 1, "facts": []}', "facts is no object"),
        (b'{"cik": 1, "facts": {"us-gaap": 5}}', "'us-gaap' is no object"),
        (b'{"cik": 1, "facts": {"us-gaap": {"A": {}}}}', "units of 'A' is no object"),
        (b'{"cik": 1, "facts": {"us-gaap": {"A": {"units": {"USD": {}}}}}}', "'A' holds no list"),
        (b'{"cik": 2, "facts": {}}', "answered about CIK '2'; expected 1"),
        (b'{"facts": {}}', "answered about CIK 'None'; expected 1"),
    ],
)
def test_an_answer_of_another_shape_is_one_clear_sentence(data, words) -> None:
    with pytest.raises(InputError, match=words):
        read_answer(data, cik=1, today=TODAY)


def test_a_name_is_cut_to_one_short_line() -> None:
    text = json.dumps({"cik": 1, "entityName": "A\n\x1b[31m" + "x" * 500, "facts": {}})
    name = read_answer(text.encode(), cik=1, today=TODAY).name
    assert name.isprintable()
    assert len(name) <= 60
    assert read_answer(b'{"cik": 1, "entityName": 5, "facts": {}}', cik=1, today=TODAY).name == "CIK 1"


def test_too_many_figures_are_not_read(monkeypatch, answer, entry) -> None:
    monkeypatch.setattr("cardhouse.sources.filed.MOST_FIGURES", 2)
    with pytest.raises(InputError, match="more than 2 figures"):
        answer(Revenues={"USD": [entry(1), entry(2), entry(3)]})
