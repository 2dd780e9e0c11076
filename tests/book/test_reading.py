"""What a row of each file becomes, and what is said of a row that cannot be read."""

from __future__ import annotations

from datetime import date

import pytest

from cardhouse.book import Confidence, Firmness, Layer, MetricKind, SourceKind, TieKind, Tier, read_book
from cardhouse.book.cells import CellError, read_date, read_number

FACT = "nvidia,revenue,,2025-07-28,2025-10-26,57006,USD_million,tenq,2025-11-19,high,"


def test_a_fact_reads_as_written(book, faults):
    """
    facts.csv
    nvidia,revenue,,2025-07-28,2025-10-26,57006,USD_million,tenq,2025-11-19,high,"third quarter, as filed"
    """
    (fact,) = book.facts
    assert fact.key == ("nvidia", "revenue", date(2025, 7, 28), date(2025, 10, 26), "")
    assert (fact.value, fact.unit, fact.source, fact.known) == (
        57006.0,
        "USD_million",
        "tenq",
        date(2025, 11, 19),
    )
    assert (fact.confidence, fact.note) == (Confidence.HIGH, "third quarter, as filed")
    assert str(fact.where).endswith("book/facts.csv:2")
    assert faults == []


def test_a_tie_reads_as_written(book, faults):
    """
    ties.csv
    deal,purchase,openai,oracle,300000,USD_million,,,2025-09-10,2027-01-01,2031-12-31,binding,active,yes,wire,2025-09-10,medium,
    stake,equity,nvidia,openai,,,5,,2025-09-22,,,letter_of_intent,planned,no,wire,2025-09-22,low,
    note,bond,openai,oracle,1000,USD_million,,9.25,2026-01-01,,,binding,active,yes,wire,2026-01-01,low,
    """
    deal, stake, note = book.ties
    assert (deal.kind, deal.from_, deal.to, deal.amount) == (TieKind.PURCHASE, "openai", "oracle", 300000.0)
    assert (deal.payer, deal.payee) == ("openai", "oracle")
    assert (note.payer, note.payee) == ("oracle", "openai")
    assert (stake.amount, stake.share_percent, stake.counted) == (None, 5.0, False)
    assert stake.firmness is Firmness.LETTER_OF_INTENT
    assert faults == []


def test_firms_metrics_and_sources_read_as_written(book):
    """Nothing but the default files."""
    nvidia = book.firms["nvidia"]
    assert (nvidia.name_zh, nvidia.aliases, nvidia.layer) == (
        "英伟达",
        ("英偉達", "NVDA Corp"),
        Layer.COMPUTE,
    )
    assert (nvidia.tier, book.firms["landlord"].tier) == (None, Tier.VEHICLE)
    assert book.metrics["revenue"].edgar == ("Revenues", "SalesRevenueNet")
    assert book.metrics["revenue"].kind is MetricKind.FLOW
    assert (book.sources["tenq"].kind, book.sources["gone"].published) == (SourceKind.FILING, None)


def test_terms_assumptions_and_rates_read_as_written(book, faults):
    """
    ties.csv
    deal,purchase,openai,oracle,300,USD_million,,,2025-09-10,2027-01-01,2031-12-31,binding,active,yes,wire,2025-09-10,medium,
    terms.csv
    deal,schedule,2027-01-01,2031-12-31,300,USD_million,,evenly as nobody says otherwise,2025-09-10
    deal,for,,,nvidia,firm,wire,,2025-09-10
    assumptions.csv
    life,layer:neocloud,life,3,5,6,years,,,2025-01-01,,What lenders use.
    rates.csv
    CNY,,2025-12-31,0.1427,wire,2025-12-31,
    """
    schedule, bought_for = book.terms
    assert (schedule.number, schedule.source, schedule.from_) == (300.0, "", date(2027, 1, 1))
    assert bought_for.value == "nvidia"
    assert (book.assumptions[0].low, book.assumptions[0].high) == (3.0, 6.0)
    assert (book.rates[0].start, book.rates[0].usd) == (None, 0.1427)
    assert faults == []


@pytest.mark.parametrize(
    ("text", "value"),
    [("1250.5", 1250.5), ("-3", -3.0), ("+4", 4.0), ("1e3", 1000.0), (" 7 ", 7.0), (".5", 0.5)],
)
def test_plain_numbers_are_read(text, value):
    assert read_number(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "nan",
        "NaN",
        "inf",
        "-Infinity",
        "1e400",
        "1,000",
        "1 000",
        "1'000",
        "1_000",
        "12%",
        "$5",
        "１２",
        "",
        "1e19",
        "0x1F",
    ],
)
def test_anything_else_is_no_number(text):
    with pytest.raises(CellError):
        read_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "2025-13-01",
        "2025-02-30",
        "2025-2-3",
        "20250203",
        "2025-W05-1",
        "03/02/2025",
        "0001-01-01",
        "9999-12-31",
    ],
)
def test_anything_but_a_real_day_is_no_date(text):
    with pytest.raises(CellError):
        read_date(text)


SAID = [
    (
        "facts.csv:2: nvidia revenue 2025-10-26: value: '57,006' has separators in it; expected a plain "
        "number such as 1250.5, at most 1e18; write the digits without them"
    ),
    (
        "facts.csv:3: nvidia revenue 26.10.2025: end: '26.10.2025' is no such date; expected a date as "
        "YYYY-MM-DD between 1900 and 2199"
    ),
    (
        "facts.csv:3: nvidia revenue 26.10.2025: value: 'NaN' is no such number; expected a plain "
        "number such as 1250.5, at most 1e18"
    ),
    ("facts.csv:3: nvidia revenue 26.10.2025: confidence: 'sure' is not allowed; expected one of high, medium, low"),
    ("facts.csv:4: row 3: 10 cells; expected 11, one for each column; add the commas of blank cells"),
    (
        "facts.csv:5: nvidia revenu 2025-04-27: unknown metric 'revenu'; expected an id of metrics.csv; "
        "did you mean revenue?"
    ),
]


def test_every_fault_is_told_with_its_place_and_no_row_hides_the_next(book, said):
    """
    facts.csv
    nvidia,revenue,,2025-07-28,2025-10-26,"57,006",USD_million,tenq,2025-11-19,high,
    nvidia,revenue,,2025-07-28,26.10.2025,NaN,USD_million,tenq,2025-11-19,sure,
    nvidia,revenue,,2025-04-28,2025-07-27,46743,USD_million,tenq,2025-08-27,high
    nvidia,revenu,,2025-01-27,2025-04-27,44062,USD_million,tenq,2025-05-28,high,
    nvidia,revenue,,2024-10-28,2025-01-26,39331,USD_million,tenq,2025-02-26,high,
    """
    assert "\n".join(said) == "\n".join(SAID)
    assert [fact.value for fact in book.facts] == [39331.0]
    assert book.rows["facts.csv"] == (5, 4)


def test_a_quote_that_is_never_closed_costs_its_own_row_only(book, faults):
    """
    facts.csv
    nvidia,revenue,,2025-07-28,2025-10-26,57006,USD_million,tenq,2025-11-19,high,"as filed
    nvidia,revenue,,2025-04-28,2025-07-27,46743,USD_million,tenq,2025-08-27,high,"a ""quoted"" word"
    """
    (fault,) = faults
    assert (fault.where.line, fault.problem) == (2, "a quote is not closed, or text follows a closed one")
    assert [fact.note for fact in book.facts] == ['a "quoted" word']


def _read(folder, header, *rows, end="\n", encoding="utf-8"):
    (folder / "facts.csv").write_bytes(end.join([header, *rows, ""]).encode(encoding))
    return read_book(folder)


HEADER = "entity,metric,item,start,end,value,unit,source,known,confidence,note"


@pytest.mark.parametrize(("end", "encoding"), [("\n", "utf-8"), ("\r\n", "utf-8-sig"), ("\r", "utf-8")])
def test_line_ends_and_a_byte_order_mark_do_not_matter(tmp_path, writer, end, encoding):
    book = _read(writer(tmp_path / "b", ""), HEADER, FACT, end=end, encoding=encoding)
    assert len(book.facts) == 1
    assert not [fault for fault in book.faults if fault.severity == "error"]


def test_blank_lines_are_skipped_and_lines_keep_their_numbers(tmp_path, writer):
    book = _read(writer(tmp_path / "b", ""), HEADER, "", ",,,,,,,,,,", FACT)
    assert [fact.where.line for fact in book.facts] == [4]
    assert book.rows["facts.csv"] == (1, 0)


def test_columns_may_stand_in_any_order_and_optional_ones_may_be_absent(tmp_path, writer):
    book = _read(
        writer(tmp_path / "b", ""),
        "value,entity,metric,end,unit,source,known,confidence",
        "9,oracle,total_debt,2025-05-31,USD_million,tenq,2025-06-20,high",
    )
    (fact,) = book.facts
    assert (fact.entity, fact.value, fact.item, fact.start, fact.note) == ("oracle", 9.0, "", None, "")


@pytest.mark.parametrize(
    ("header", "problem", "rows"),
    [
        (HEADER.replace("value,", ""), "without column value", 0),
        (HEADER.replace("item", "value"), "column 'value' comes twice", 0),
        (HEADER.replace("note", "remark"), "unknown column 'remark'", 1),
    ],
)
def test_a_wrong_header_is_told(tmp_path, writer, header, problem, rows):
    book = _read(writer(tmp_path / "b", ""), header, FACT)
    found = [fault for fault in book.faults if fault.check == "read"]
    assert [(fault.where.line, fault.problem) for fault in found] == [(1, problem)]
    assert book.rows["facts.csv"] == (1, 1 - rows)


def test_a_misspelt_column_is_suggested(tmp_path, writer):
    book = _read(writer(tmp_path / "b", ""), HEADER.replace("confidence", "confidense"), FACT)
    assert "did you mean confidence?" in "".join(map(str, book.faults))


def test_semicolons_are_told_from_a_missing_column(tmp_path, writer):
    book = _read(writer(tmp_path / "b", ""), HEADER.replace(",", ";"), FACT.replace(",", ";"))
    assert "put commas between the columns" in "".join(map(str, book.faults))


def test_a_missing_file_is_a_fault_and_a_stray_one_a_warning(tmp_path, writer):
    folder = writer(tmp_path / "b", "")
    (folder / "facts.csv").rename(folder / "fact.csv")
    found = {(fault.subject, fault.severity.value): fault for fault in read_book(folder).faults}
    assert found["facts.csv", "error"].problem == "the file is missing"
    assert found["fact.csv", "warning"].action.startswith("did you mean facts.csv")


def test_an_apostrophe_before_a_formula_is_the_mark_of_an_export(book):
    """
    facts.csv
    nvidia,revenue,,2025-07-28,2025-10-26,1,USD_million,tenq,2025-11-19,high,'=SUM(A1)
    nvidia,revenue,,2025-04-28,2025-07-27,1,USD_million,tenq,2025-11-19,high,'tis
    """
    assert [fact.note for fact in book.facts] == ["=SUM(A1)", "'tis"]
