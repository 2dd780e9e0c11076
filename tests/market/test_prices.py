"""Reading a user's CSV: whatever is wrong with it is said with file and line, or repaired and said."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cardhouse.errors import InputError
from cardhouse.market import price_lines, price_rows
from cardhouse.market.days import Order
from cardhouse.market.prices import Prices, Reading, read_prices


@pytest.fixture
def reading(tmp_path: Path):
    def read(text: str | bytes, **options: object) -> Reading:
        path = tmp_path / "p.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_prices(path, **options)

    return read


def told(found: Reading) -> list[str]:
    return [str(f).removeprefix(str(Path(f.file).parent) + "/") for f in found.faults]


def test_a_plain_file(reading) -> None:
    found = reading("date,close\n2020-01-02,5\n2020-01-03,5.5\n2020-01-06,6\n")
    assert found.faults == ()
    assert found.repairs == ()
    assert found.prices.dates.astype(str).tolist() == ["2020-01-02", "2020-01-03", "2020-01-06"]
    assert found.prices.values.tolist() == [5, 5.5, 6]


def test_zero_and_negative_prices_are_faults_with_their_line(reading) -> None:
    found = reading("date,close\n2020-01-02,5\n2020-01-03,0\n2020-01-06,-1\n2020-01-07,6\n")
    assert told(found) == [
        "p.csv:3: the price 0 is not above zero; expected a positive number",
        "p.csv:4: the price -1 is not above zero; expected a positive number",
    ]
    assert found.prices.size == 2


def test_unsorted_dates_are_sorted_and_it_is_said(reading) -> None:
    found = reading("date,close\n2020-01-06,6\n2020-01-02,5\n2020-01-03,5.5\n")
    assert found.repairs == ("rows out of order: 1 (first: line 3); all rows were sorted by date",)
    assert found.prices.values.tolist() == [5, 5.5, 6]


def test_newest_first_is_turned_round(reading) -> None:
    found = reading("date,close\n2020-01-06,6\n2020-01-03,5.5\n2020-01-02,5\n")
    assert found.repairs == ("the rows were newest first; they were turned round",)


def test_equal_duplicates_are_dropped_and_it_is_said(reading) -> None:
    found = reading("date,close\n2020-01-02,5\n2020-01-02,5\n2020-01-03,6\n")
    assert found.repairs == ("rows that repeat a date and its price: 1 (first: line 3); dropped",)
    assert found.prices.size == 2


def test_differing_duplicates_are_a_fault_and_neither_is_kept(reading) -> None:
    found = reading("date,close\n2020-01-02,5\n2020-01-03,6\n2020-01-03,7\n2020-01-06,8\n")
    assert told(found) == ["p.csv:4: 2020-01-03 has differing prices: 6 (line 3), 7 (line 4); left out"]
    assert found.prices.values.tolist() == [5, 8]


def test_gaps_are_remarked_and_not_filled(reading) -> None:
    rows = "".join(f"2020-01-{d:02},{d}\n" for d in range(1, 15))
    found = reading("date,close\n" + rows + "2020-06-01,9\n")
    assert found.prices.size == 15
    assert "gaps: 1; the longest runs from 2020-01-14 to 2020-06-01 (139 days). Nothing was filled in" in found.remarks


def test_missing_prices_are_left_out_and_counted(reading) -> None:
    found = reading("date,close\n2020-01-02,5\n2020-01-03,\n2020-01-06,null\n2020-01-07,N/A\n2020-01-08,6\n")
    assert found.repairs == ("rows without a price: 3 (first: line 3); left out",)


def test_a_jump_is_pointed_out(reading) -> None:
    found = reading("date,close\n2020-01-02,500\n2020-01-03,50\n2020-01-06,51\n")
    assert "by 0.1, on 2020-01-03" in found.remarks[-1]


@pytest.mark.parametrize("text", ["date,close\n2020-01-02,5\n", "2020-01-02,5\n"])
def test_a_single_row_is_too_little(reading, text: str) -> None:
    found = reading(text)
    assert found.prices is None
    assert told(found) == ["p.csv: 1 usable price; at least 2 are needed"]


def test_a_header_alone(reading) -> None:
    assert "0 usable prices" in told(reading("date,close\n"))[-1]


# Dates


def test_day_first_is_learnt_from_one_row(reading) -> None:
    found = reading("date,close\n03/04/2020,5\n13/04/2020,6\n")
    assert found.prices.dates.astype(str).tolist() == ["2020-04-03", "2020-04-13"]
    assert "dates like 03/04/2020 are read day-first; rows that allow nothing else: 1" in found.repairs


def test_month_first_is_learnt_from_the_order_of_rows(reading) -> None:
    found = reading("date,close\n01/02/2020,5\n01/03/2020,6\n02/01/2020,7\n")
    assert found.prices.dates.astype(str).tolist() == ["2020-01-02", "2020-01-03", "2020-02-01"]
    assert "only so the rows are in order of time" in found.repairs[0]


def test_open_dates_are_a_fault_until_the_order_is_said(reading) -> None:
    text = "date,close\n03/04/2020,5\n04/04/2020,6\n"
    assert "p.csv:2: cannot tell the day from the month" in told(reading(text))[0]
    assert reading(text, order=Order.MONTH_FIRST).prices.dates.astype(str).tolist() == ["2020-03-04", "2020-04-04"]


def test_contradicting_orders_are_a_fault(reading) -> None:
    assert "dates mix two orders" in told(reading("date,close\n13/04/2020,5\n04/13/2020,6\n"))[0]


def test_mixed_formats_that_leave_nothing_open_are_read(reading) -> None:
    text = 'date,close\n2020-01-02,1\n20200103,2\n2020/1/6,3\n7 Jan 2020,4\n"January 8, 2020",5\n2020年1月9日,6\n'
    found = reading(text)
    assert found.faults == ()
    assert found.prices.dates.astype(str).tolist()[-1] == "2020-01-09"
    assert found.prices.size == 6


@pytest.mark.parametrize(
    ("date", "why"),
    [
        ("2020-02-30", "there is no day 2020-02-30"),
        ("2020-13-01", "there is no month 13"),
        ("02/01/20", "a year of two digits"),
        ("43832", "a spreadsheet's day number"),
        ("yesterday", "is no date"),
        ("NaT", "is no date"),
        ("0020-01-01", "outside 1600 to 2200"),
    ],
)
def test_what_is_no_date(reading, date: str, why: str) -> None:
    found = reading(f"date,close\n2020-01-02,5\n2020-01-03,6\n{date},7\n")
    assert len(found.faults) == 1
    assert told(found)[0].startswith("p.csv:4: ")
    assert why in told(found)[0]


def test_times_of_day_are_kept_when_they_part_prices(reading) -> None:
    found = reading("time,price\n2020-01-02 09:30:00,5\n2020-01-02 09:31:00,6\n2020-01-03T09:30:00Z,7\n")
    assert found.prices.dates.dtype == np.dtype("datetime64[s]")
    assert found.prices.daily().values.tolist() == [6, 7]


# Numbers


def test_thousands_separators(reading) -> None:
    found = reading('Date,Close/Last\n03/13/2020,"$1,234.50"\n03/16/2020,"$999.5"\n')
    assert found.prices.values.tolist() == [1234.5, 999.5]
    assert any("thousands separators" in words for words in found.repairs)


def test_decimal_commas(reading) -> None:
    found = reading("Datum;Kurs\n2020-01-02;1.234,56\n2020-01-03;999,00\n2020-01-06;1000\n")
    assert found.faults == ()
    assert found.prices.values.tolist() == [1234.56, 999, 1000]


def test_an_open_comma_is_a_fault_until_the_sign_is_said(reading) -> None:
    text = 'date,close\n2020-01-02,"1,234"\n2020-01-03,"1,235"\n'
    assert "cannot tell whether '1,234' is a thousand or a decimal" in told(reading(text))[0]
    assert reading(text, decimal=".").prices.values.tolist() == [1234, 1235]
    assert reading(text, decimal=",").prices.values.tolist() == [1.234, 1.235]


def test_two_decimal_signs_are_a_fault(reading) -> None:
    assert "two decimal signs" in told(reading('date,close\n2020-01-02,"1,5"\n2020-01-03,1.5\n'))[0]
    assert "two decimal signs" in told(reading('date,close\n2020-01-02,"1,5"\n2020-01-03,1.500\n'))[0]


@pytest.mark.parametrize("cell", ["abc", "1e400", "inf", "1_000", "1.2.3", "0x10", "=A1", "1e13"])
def test_what_is_no_price(reading, cell: str) -> None:
    found = reading(f"date,close\n2020-01-02,5\n2020-01-03,6\n2020-01-06,{cell}\n")
    if cell == "1_000":
        assert found.faults == ()
        assert found.prices.values[-1] == 1000
    else:
        assert len(found.faults) == 1
        assert told(found)[0].startswith("p.csv:4: ")


# Columns


def test_adjusted_close_comes_before_close(reading) -> None:
    found = reading("Date,Open,Close,Adj Close\n2020-01-02,1,2,3\n2020-01-03,1,2,4\n")
    assert found.prices.values.tolist() == [3, 4]
    assert "prices are read from the column 'Adj Close'" in found.remarks


def test_the_three_headings_of_yfinance(reading) -> None:
    found = reading("Price,Adj Close,Close\nTicker,X,X\nDate,,\n2020-01-02,5,6\n2020-01-03,5.5,6\n")
    assert found.prices.values.tolist() == [5, 5.5]


def test_several_possible_columns_are_a_fault_that_names_the_option(reading) -> None:
    assert "(b, c); say which with --column" in told(reading("a,b,c\n2020-01-02,1,2\n2020-01-03,1,3\n"))[0]
    assert reading("a,b,c\n2020-01-02,1,2\n2020-01-03,1,3\n", column="c").prices.values.tolist() == [2, 3]


def test_an_unknown_column_gets_a_near_name(reading) -> None:
    assert "did you mean 'close'?" in told(reading("date,close\n2020-01-02,1\n", column="closed"))[0]


def test_short_rows_are_faults(reading) -> None:
    assert "p.csv:3: has 1 columns" in told(reading("date,close\n2020-01-02,1\n2020-01-03\n2020-01-06,2\n"))[0]


# Hostile files


def test_an_open_quote_does_not_swallow_the_file(reading) -> None:
    found = reading('date,close\n"2020-01-02,5\n2020-01-03,6\n2020-01-06,7\n')
    assert found.prices.size == 2
    assert told(found)[0].startswith("p.csv:2: ")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"date,close\n2020-01-02,\x005\n", "binary data"),
        ("date,close\n2020-01-02,5\n".encode("utf-16"), "UTF-16"),
        (b"date,close\n2020-01-02," + b"5" * 3_000_000, "longer than 64 KiB"),
        (b"", "is empty"),
    ],
)
def test_what_is_no_csv_is_refused(reading, content: bytes, why: str) -> None:
    with pytest.raises(InputError, match=why):
        reading(content)


def test_missing_files_folders_and_pipes_are_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name, why in (("none.csv", "cannot be read"), (".", "is no file"), ("pipe", "is no file")):
        with pytest.raises(InputError, match=why):
            read_prices(tmp_path / name)


def test_faults_are_counted_beyond_a_hundred(reading) -> None:
    found = reading("date,close\n" + "2020-01-02,x\n" * 500)
    assert len(found.faults) == price_lines.MOST_FAULTS + 1
    assert "more faults" in told(found)[-1]


def test_latin_1_and_old_line_ends(reading) -> None:
    found = reading("Dät,close\r2020-01-02,5\r2020-01-03,6\r".encode("latin-1"))
    assert found.prices.size == 2
    assert "Latin-1" in found.repairs[0]


def test_too_many_unusual_rows_are_a_fault(reading, monkeypatch) -> None:
    monkeypatch.setattr(price_rows, "LARGE", 10)
    monkeypatch.setattr(price_rows, "MOST_UNUSUAL", 5)
    assert "more than 5 rows" in told(reading("date,close\n" + "13/01/2020,5\n" * 10))[0]


# Large files


def write_large(path: Path, rows: int) -> None:
    dates = np.datetime_as_string(np.datetime64("1700-01-01", "D") + np.arange(rows) % 150_000)
    values = (100 + np.arange(rows) % 150_000 / 7).round(2)
    with path.open("w") as file:
        file.write("date,close\n")
        file.writelines(f"{d},{v}\n" for d, v in zip(dates.tolist(), values.tolist(), strict=True))


@given(
    st.lists(
        st.tuples(
            st.dates(min_value=np.datetime64("1990-01-01").item(), max_value=np.datetime64("2050-01-01").item()),
            st.sampled_from(["5", "5.25", "0", "-3", "1e3", "0.1234567890123456789", "", "x", '"7.5"', " 8 "]),
            st.sampled_from(["{}", '"{}"', "{} 10:00:00", "{}x", "{}T25:00:00"]),
        ),
        min_size=1,
        max_size=30,
    )
)
@settings(max_examples=60, deadline=None)
def test_the_compiled_reader_says_what_the_slow_one_says(tmp_path_factory, rows) -> None:
    path = tmp_path_factory.mktemp("both") / "p.csv"
    path.write_text("date,close\n" + "".join(f"{way.format(d)},{v}\n" for d, v, way in rows))
    slow = read_prices(path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(price_rows, "LARGE", 0)
        fast = read_prices(path)
    assert (slow.faults, slow.repairs, slow.remarks) == (fast.faults, fast.repairs, fast.remarks)
    if slow.prices is not None:
        assert slow.prices.dates.tolist() == fast.prices.dates.tolist()
        assert slow.prices.values.tolist() == fast.prices.values.tolist()


@pytest.mark.slow
def test_a_million_rows_in_bounded_memory(tmp_path: Path) -> None:
    """Ten million take 5 s and 1.1 GB on one core; the test reads a tenth of them."""
    import resource

    path = tmp_path / "large.csv"
    write_large(path, 1_000_000)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = read_prices(path)
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024 < 400
    assert found.prices.size == 150_000
    assert found.faults == ()
    assert "rows that repeat a date and its price: 850000" in found.repairs[-1]


def test_files_and_rows_beyond_the_limits(reading, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(price_rows, "MOST_ROWS", 2)
    monkeypatch.setattr(price_lines, "BLOCK", 30)
    assert "the rest is not read" in " ".join(told(reading("date,close\n" + "2020-01-02,5\n" * 20)))
    with (tmp_path / "huge.csv").open("wb") as file:
        file.truncate(price_lines.MOST_BYTES + 1)
    with pytest.raises(InputError, match="GiB"):
        read_prices(tmp_path / "huge.csv")


# Arrays


@pytest.mark.parametrize(
    ("dates", "values", "why"),
    [
        (["2020-01-01", "2020-01-01"], [1, 2], "dates must rise"),
        (["2020-01-01", "2020-01-02"], [1, 0], "expected a positive number"),
        (["2020-01-01", "2020-01-02"], [1, np.nan], "expected a positive number"),
        (["2020-01-01"], [1], "at least 2"),
        (["2020-01-01", "2020-01-02"], [1, 2, 3], "two equal rows"),
    ],
)
def test_arrays_are_checked_and_never_repaired(dates, values, why: str) -> None:
    with pytest.raises(InputError, match=why):
        Prices.of(dates, values)


def test_parts_of_prices() -> None:
    prices = Prices.of(np.datetime64("2020-01-01") + np.arange(10), np.arange(1.0, 11.0))
    assert prices.between("2020-01-03", "2020-01-05").values.tolist() == [3, 4, 5]
    assert prices.every(4).values.tolist() == [2, 6, 10]
    assert prices.per_year == pytest.approx(365.25)
    with pytest.raises(InputError, match="the prices run from 2020-01-01 to 2020-01-10"):
        prices.between("2021-01-01")
