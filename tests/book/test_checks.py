"""Every check, by name, on the smallest book that trips it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cardhouse.book import Severity, checks, find
from cardhouse.errors import UnknownName


def only(faults, check, *lines):
    """Assert that this check alone found something, on these lines."""
    assert [(fault.check, fault.where.line) for fault in faults] == [(check, line) for line in lines]
    assert all(fault.severity is find(check).severity for fault in faults)
    return faults[0]


def test_duplicate_id(book, faults):
    """
    ties.csv
    deal,purchase,openai,oracle,1,USD_million,,,2025-09-10,,,binding,active,yes,wire,2025-09-10,low,
    deal,purchase,openai,oracle,2,USD_million,,,2025-09-10,,,binding,active,yes,wire,2025-09-10,low,
    """
    fault = only(faults, "duplicate-id", 3)
    assert "ties.csv:2" in fault.problem
    assert [tie.amount for tie in book.ties] == [1.0]


def test_duplicate_id_of_a_firm_and_a_subject(faults):
    """
    subjects.csv
    oracle,product,Oracle,,
    """
    only(faults, "duplicate-id", 2)


def test_unknown_entity(faults):
    """
    facts.csv
    nvidea,total_debt,,,2025-10-26,1,USD_million,tenq,2025-11-19,high,
    """
    assert only(faults, "unknown-entity", 2).action == "did you mean nvidia?"


def test_unknown_metric(faults):
    """
    facts.csv
    nvidia,total_dept,,,2025-10-26,1,USD_million,tenq,2025-11-19,high,
    """
    assert "total_debt" in only(faults, "unknown-metric", 2).action


def test_unknown_source(faults):
    """
    facts.csv
    nvidia,total_debt,,,2025-10-26,1,USD_million,10q,2025-11-19,high,
    """
    assert only(faults, "unknown-source", 2).expected == "an id of sources.csv"


def test_unknown_unit(faults):
    """
    facts.csv
    nvidia,total_debt,,,2025-10-26,1,USD_milion,tenq,2025-11-19,high,
    """
    assert "USD_million" in only(faults, "unknown-unit", 2).action


def test_unit_of_another_kind(faults):
    """
    facts.csv
    nvidia,total_debt,,,2025-10-26,1,USD,tenq,2025-11-19,high,
    nvidia,power,,,2025-10-26,1,GW,tenq,2025-11-19,high,
    """
    only(faults, "unit-of-another-kind", 2, 3)


def test_flow_without_start(faults):
    """
    facts.csv
    nvidia,revenue,,,2025-10-26,57006,USD_million,tenq,2025-11-19,high,
    """
    only(faults, "flow-without-start", 2)


def test_stock_with_start(faults):
    """
    facts.csv
    nvidia,total_debt,,2025-07-28,2025-10-26,1,USD_million,tenq,2025-11-19,high,
    """
    only(faults, "stock-with-start", 2)


def test_end_before_start(faults):
    """
    facts.csv
    nvidia,revenue,,2025-10-26,2025-07-28,1,USD_million,tenq,2025-11-19,high,
    """
    assert only(faults, "end-before-start", 2).problem == "it ends on 2025-07-28 and starts on 2025-10-26"


def test_same_fact_twice(book, faults):
    """
    facts.csv
    nvidia,total_debt,,,2025-10-26,1,USD_million,tenq,2025-11-19,high,
    nvidia,total_debt,,,2025-10-26,1,USD_million,wire,2025-11-19,high,another source may agree
    nvidia,total_debt,,,2025-10-26,1,USD_million,tenq,2025-11-19,high,
    """
    only(faults, "same-fact-twice", 4)
    assert len(book.facts) == 2


def test_no_exchange_rate(book, faults):
    """
    facts.csv
    alibaba,total_debt,,,2025-10-26,1,CNY_million,tenq,2025-11-19,high,
    alibaba,revenue,,2025-07-01,2025-09-30,1,CNY_million,tenq,2025-11-19,high,
    """
    only(faults, "no-exchange-rate", 2, 3)
    assert "a row CNY,,2025-10-26 in rates.csv" in faults[0].expected
    assert "a row CNY,2025-07-01,2025-09-30 in rates.csv" in faults[1].expected
    assert book.rows["facts.csv"] == (2, 2)


def test_wrong_rate(faults):
    """
    rates.csv
    XYZ,,2025-12-31,1,wire,2025-12-31,
    CNY,,2025-12-31,-0.14,wire,2025-12-31,
    """
    only(faults, "wrong-rate", 2, 3)


def test_same_rate_twice(faults):
    """
    rates.csv
    CNY,,2025-12-31,0.14,wire,2025-12-31,
    CNY,,2025-12-31,0.15,wire,2025-12-31,
    """
    only(faults, "same-rate-twice", 3)


def test_wrong_assumption(faults):
    """
    assumptions.csv
    a,all,life,5,3,6,years,,,2025-01-01,,because
    b,layer:cluod,life,3,5,6,years,,,2025-01-01,,because
    c,kind:lease,life,3,5,6,years,,,2025-01-01,,because
    """
    only(faults, "wrong-assumption", 2, 3)
    assert "low 5, central 3, high 6" in faults[0].problem
    assert "layer:cloud" in faults[1].action


def test_an_assumption_needs_a_reason(faults):
    """
    assumptions.csv
    a,all,life,3,5,6,years,,,2025-01-01,wire,
    """
    assert [fault.problem for fault in faults] == ["reason: blank"]


def test_unknown_firm(faults):
    """
    ties.csv
    deal,purchase,openai,oracel,1,USD_million,,,2025-09-10,,,binding,active,yes,wire,2025-09-10,low,
    """
    assert only(faults, "unknown-firm", 2).action == "did you mean oracle?"


def test_tie_to_itself(faults):
    """
    ties.csv
    deal,purchase,openai,openai,1,USD_million,,,2025-09-10,,,binding,active,yes,wire,2025-09-10,low,
    """
    only(faults, "tie-to-itself", 2)


def test_amount_without_unit(faults):
    """
    ties.csv
    deal,purchase,openai,oracle,300000,,,,2025-09-10,,,binding,active,yes,wire,2025-09-10,low,
    """
    only(faults, "amount-without-unit", 2)


def test_amount_in_another_unit(faults):
    """
    ties.csv
    deal,purchase,openai,oracle,300000,EUR_million,,,2025-09-10,,,binding,active,yes,wire,2025-09-10,low,
    more,purchase,openai,oracle,300,USD_billion,,,2025-09-10,,,binding,active,yes,wire,2025-09-10,low,
    """
    only(faults, "amount-in-another-unit", 2, 3)


def test_amount_below_zero(faults):
    """
    ties.csv
    deal,purchase,openai,oracle,-1,USD_million,,,2025-09-10,,,binding,active,yes,wire,2025-09-10,low,
    """
    only(faults, "amount-below-zero", 2)


def test_share_above_100(faults):
    """
    facts.csv
    nvidia,customer_share,A,,2025-10-26,139,percent,tenq,2025-11-19,high,
    ties.csv
    deal,equity,nvidia,openai,,,101,,2025-09-10,,,binding,active,yes,wire,2025-09-10,low,
    """
    only(faults, "share-above-100", 2, 2)


def test_version_without_first(faults):
    """
    ties.csv
    deal-v2,purchase,openai,oracle,1,USD_million,,,2025-09-10,,,binding,active,yes,wire,2025-09-10,low,
    """
    assert only(faults, "version-without-first", 2).expected == "a row deal"


def test_a_later_version_stays_when_the_first_one_is_broken(book, faults):
    """
    ties.csv
    deal,purchase,openai,oracel,1,USD_million,,,2025-09-10,,,binding,active,yes,wire,2025-09-10,low,
    deal-v2,purchase,openai,oracle,1,USD_million,,,2025-09-10,,,binding,active,yes,wire,2025-09-10,low,
    next,purchase,openai,oracle,one,USD_million,,,2025-09-10,,,binding,active,yes,wire,2025-09-10,low,
    next-v2,purchase,openai,oracle,1,USD_million,,,2025-09-10,,,binding,active,yes,wire,2025-09-10,low,
    """
    assert [tie.id for tie in book.ties] == ["deal-v2", "next-v2"]
    assert sorted(fault.where.line for fault in faults) == [2, 4]


def test_unknown_tie(faults):
    """
    terms.csv
    deal,drawn,,2025-12-31,1,USD_million,wire,,2025-12-31
    """
    only(faults, "unknown-tie", 2)


def test_a_term_of_a_broken_tie_is_sent_to_the_tie(faults):
    """
    ties.csv
    deal,purchase,openai,oracel,1,USD_million,,,2025-09-10,,,binding,active,yes,wire,2025-09-10,low,
    terms.csv
    deal,cap,,,1,USD_million,wire,,2025-12-31
    """
    assert [fault.check for fault in faults] == ["unknown-firm", "unknown-tie"]
    assert "is left out because of its own fault" in faults[1].problem
    assert "ties.csv:2" in faults[1].problem


DEAL = """
    ties.csv
    deal,loan,openai,oracle,100,USD_million,,,2025-09-10,,,binding,active,yes,wire,2025-09-10,low,
    terms.csv
    """


@pytest.mark.parametrize(
    ("check", "row"),
    [
        ("unknown-term", "deal,takeorpay,,,1,fraction,wire,,2025-12-31"),
        ("wrong-unit-of-term", "deal,cap,,,1,USD_billion,wire,,2025-12-31"),
        ("wrong-value-of-term", "deal,cap,,,nan,USD_million,wire,,2025-12-31"),
        ("wrong-value-of-term", "deal,cap,,,-1,USD_million,wire,,2025-12-31"),
        ("wrong-value-of-term", "deal,secured,,,60,fraction,wire,,2025-12-31"),
        ("wrong-value-of-term", "deal,nonrecourse,,,0,flag,wire,,2025-12-31"),
        ("wrong-value-of-term", "deal,for,,,nvidea,firm,wire,,2025-12-31"),
        ("wrong-value-of-term", "deal,inside,,,deel,tie,wire,,2025-12-31"),
        ("wrong-value-of-term", "deal,inside,,,deal,tie,wire,,2025-12-31"),
        ("term-without-date", "deal,drawn,2025-12-31,,1,USD_million,wire,,2025-12-31"),
        ("source-or-reason", "deal,cap,,,1,USD_million,,,2025-12-31"),
        ("source-or-reason", "deal,cap,,,1,USD_million,wire,guess,2025-12-31"),
        ("unknown-source", "deal,cap,,,1,USD_million,wirre,,2025-12-31"),
        ("end-before-start", "deal,schedule,2026-01-01,2025-01-01,1,USD_million,wire,,2025-12-31"),
        ("term-of-another-kind", "deal,covers,,,deal-v2,tie,wire,,2025-12-31"),
        ("terms-above-amount", "deal,schedule,2026-01-01,2027-01-01,120,USD_million,wire,,2025-12-31"),
        ("terms-above-amount", "deal,drawn,,2025-12-31,120,USD_million,wire,,2025-12-31"),
    ],
)
def test_terms(make, check, row):
    second = DEAL.strip().splitlines()[1].strip().replace("deal,", "deal-v2,", 1)
    book = make(DEAL.replace("    terms.csv", f"    {second}\n    terms.csv") + row)
    faults = [fault for fault in book.faults if fault.check != "unused-source"]
    only(faults, check, 2)
    assert len(book.terms) == (find(check).severity is Severity.WARNING)


def test_same_term_twice(make):
    row = "deal,cap,,,1,USD_million,wire,,2025-12-31"
    book = make(f"{DEAL}{row}\n    {row}")
    assert [fault.check for fault in book.faults if fault.severity == "error"] == ["same-term-twice"]


def test_what_is_paid_is_no_longer_in_the_schedule(book, faults):
    """
    ties.csv
    deal,purchase,openai,oracle,100,USD_million,,,2025-01-01,2025-01-01,2026-12-31,binding,active,yes,wire,2025-01-01,low,
    terms.csv
    deal,schedule,2025-01-01,2025-12-31,60,USD_million,wire,,2025-01-01
    deal,schedule,2026-01-01,2026-12-31,40,USD_million,wire,,2025-01-01
    deal,paid_to_date,,2025-12-31,60,USD_million,wire,,2025-12-31
    """
    assert faults == []


def test_cancellable_but_owed(faults):
    """
    ties.csv
    deal,purchase,openai,oracle,100,USD_million,,,2025-01-01,,,binding,active,yes,wire,2025-01-01,low,
    terms.csv
    deal,cancellable,,,90,days,wire,,2025-01-01
    deal,take_or_pay,,,1,fraction,wire,,2025-01-01
    """
    only(faults, "cancellable-but-owed", 3)


def test_unused_source(book):
    """
    facts.csv
    nvidia,total_debt,,,2025-10-26,1,USD_million,tenq,2025-11-19,high,
    """
    assert [fault.subject for fault in book.faults if fault.check == "unused-source"] == ["wire", "gone"]


def test_known_before_source(faults):
    """
    sources.csv
    late,A report,A wire,2025-12-01,,news
    facts.csv
    nvidia,total_debt,,,2025-10-26,1,USD_million,late,2025-11-19,high,
    nvidia,total_debt,,,2025-07-27,1,USD_million,late,2025-08-19,high,
    nvidia,total_debt,,,2025-11-30,1,USD_million,late,2025-12-01,high,
    """
    fault = only(faults, "known-before-source", 2)
    assert re.fullmatch(r"published 2025-12-01, but 2 rows say known before \(first .*facts.csv:2\)", fault.problem)


def test_two_figures_of_one_source(book, faults):
    """
    facts.csv
    nvidia,total_debt,,,2025-10-26,1,USD_million,tenq,2025-11-19,high,
    nvidia,total_debt,,,2025-10-26,2,USD_million,tenq,2025-11-19,high,
    nvidia,total_debt,,,2025-10-26,3,USD_million,tenq,2025-11-20,high,a later edition may say otherwise
    nvidia,total_debt,notes,,2025-10-26,4,USD_million,tenq,2025-11-19,high,
    """
    only(faults, "two-figures-of-one-source", 3)
    assert len(book.facts) == 4


def test_shared_name(faults):
    """
    firms.csv
    abc,Alphabet,,Google,cloud,independent,,,US,,
    ggl,Google,,,cloud,independent,,,US,,
    """
    assert only(faults, "shared-name", 3).problem == "'google' is also a name of abc"


def test_versions_out_of_order(faults):
    """
    ties.csv
    deal,purchase,openai,oracle,1,USD_million,,,2025-09-10,,,binding,active,yes,wire,2025-09-10,low,
    deal-v2,purchase,openai,oracle,1,USD_million,,,2025-09-10,,,binding,active,yes,wire,2025-09-09,low,
    """
    only(faults, "versions-out-of-order", 3)


def test_income_without_note(faults):
    """
    facts.csv
    nvidia,operating_income,,2025-01-01,2025-03-31,50,USD_million,tenq,2025-05-01,high,
    nvidia,net_income,,2025-01-01,2025-03-31,90,USD_million,tenq,2025-05-01,high,
    oracle,operating_income,,2025-01-01,2025-03-31,50,USD_million,tenq,2025-05-01,high,
    oracle,net_income,,2025-01-01,2025-03-31,90,USD_million,tenq,2025-05-01,high,gain on a stake
    """
    only(faults, "income-without-note", 3)


def test_jump_without_note(faults):
    """
    facts.csv
    nvidia,total_debt,,,2025-03-31,100,USD_million,tenq,2025-05-01,high,
    nvidia,total_debt,,,2025-06-30,1200,USD_million,tenq,2025-08-01,high,
    nvidia,total_debt,,,2025-09-30,130,USD_million,tenq,2025-11-01,high,
    """
    only(faults, "jump-without-note", 3)


def test_quarters_do_not_add_up(faults):
    """
    facts.csv
    oracle,revenue,,2024-06-01,2024-08-31,10,USD_million,tenq,2025-07-01,high,
    oracle,revenue,,2024-09-01,2024-11-30,11,USD_million,tenq,2025-07-01,high,
    oracle,revenue,,2024-12-01,2025-02-28,12,USD_million,tenq,2025-07-01,high,
    oracle,revenue,,2025-03-01,2025-05-31,13,USD_million,tenq,2025-07-01,high,
    oracle,revenue,,2024-06-01,2025-05-31,50,USD_million,tenq,2025-07-01,high,
    oracle,revenue,of item A,2024-06-01,2025-05-31,99,USD_million,tenq,2025-07-01,high,
    """
    fault = only(faults, "quarters-do-not-add-up", 6)
    assert fault.problem == "the year says 50, its quarters add up to 46: -4 (-8.0 %)"


def test_balance_sheet_does_not_balance(faults):
    """
    facts.csv
    oracle,total_assets,,,2025-05-31,100,USD_million,tenq,2025-07-01,high,
    oracle,total_liabilities,,,2025-05-31,70,USD_million,tenq,2025-07-01,high,
    oracle,total_equity,,,2025-05-31,20,USD_million,tenq,2025-07-01,high,
    nvidia,total_assets,,,2025-05-31,100,USD_million,tenq,2025-07-01,high,
    nvidia,total_debt,,,2025-05-31,70,USD_million,tenq,2025-07-01,high,
    nvidia,total_equity,,,2025-05-31,40,USD_million,tenq,2025-07-01,high,
    """
    only(faults, "balance-sheet-does-not-balance", 2, 5)


def test_every_check_has_a_name_a_meaning_and_a_test():
    text = Path(__file__).read_text(encoding="utf-8")
    for check in checks():
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", check.name)
        assert check.meaning.startswith("Find ")
        assert f'"{check.name}"' in text


def test_an_unknown_check_is_told_with_near_names():
    with pytest.raises(UnknownName, match="did you mean unused-source"):
        find("unused-sources")
