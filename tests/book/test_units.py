"""Money in other currencies becomes dollars: averages for flows, the day's rate for the rest."""

from __future__ import annotations

from datetime import date

import pytest

from cardhouse.book import CURRENCIES, UNITS, NoRate
from cardhouse.book.units import Exchange

RATES = """
    rates.csv
    CNY,,2025-03-31,0.138,wire,2025-03-31,
    CNY,,2025-03-28,0.137,wire,2025-03-31,
    CNY,2025-01-01,2025-03-31,0.1375,wire,2025-03-31,
    CNY,2025-01-01,2025-12-31,0.14,wire,2025-12-31,
    JPY,,2025-03-31,0.0067,wire,2025-03-31,
    HKD,,2025-03-31,0.1285,wire,2025-03-31,
    """


@pytest.mark.parametrize(
    ("row", "usd"),
    [
        ("total_debt,,,2025-03-31,1000,CNY_million", 138.0),
        ("total_debt,,,2025-03-30,1000,CNY_million", 137.0),
        ("total_debt,,,2025-04-07,1000,CNY_million", 138.0),
        ("revenue,,2025-01-01,2025-03-31,1000,CNY_million", 137.5),
        ("revenue,,2025-04-01,2025-06-30,1000,CNY_million", 140.0),
        ("total_debt,,,2025-03-31,2,JPY_billion", 13.4),
        ("share_price,,,2025-03-31,100,HKD", 12.85),
        ("total_debt,,,2025-03-31,3,USD_billion", 3000.0),
        ("power,,,2025-03-31,7,MW", 7.0),
    ],
)
def test_conversion(make, row, usd):
    book = make(f"{RATES}facts.csv\n    alibaba,{row},wire,2026-02-01,high,")
    assert [book.usd(fact) for fact in book.facts] == [pytest.approx(usd)]


@pytest.mark.parametrize(
    "row",
    [
        "total_debt,,,2025-04-08,1000,CNY_million",  # eight days after the last rate
        "total_debt,,,2025-03-27,1000,CNY_million",  # the day before the first
        "revenue,,2024-04-01,2025-03-31,1000,CNY_million",  # a quarter of it covered
        "total_debt,,,2025-03-31,1000,KRW_million",
    ],
)
def test_no_rate_no_figure(make, row):
    book = make(f"{RATES}facts.csv\n    alibaba,{row},wire,2026-02-01,high,")
    assert book.facts == ()
    assert [fault.check for fault in book.faults if fault.severity == "error"] == ["no-exchange-rate"]


def test_of_two_rates_the_better_source_is_used(make):
    book = make(
        """
        rates.csv
        CNY,,2025-03-31,0.2,gone,2025-04-30,
        CNY,,2025-03-31,0.138,tenq,2025-03-31,
        CNY,,2025-03-31,0.3,wire,2025-05-31,
        facts.csv
        alibaba,total_debt,,,2025-03-31,1000,CNY_million,wire,2026-02-01,high,
        """
    )
    assert book.usd(book.facts[0]) == pytest.approx(138)
    assert book.rate_of(book.facts[0]).source == "tenq"


def test_every_currency_has_a_price_millions_and_billions():
    for code in CURRENCIES:
        assert [UNITS[f"{code}{ending}"].factor for ending in ("", "_million", "_billion")] == [1, 1, 1000]


def test_the_message_names_the_row_to_add():
    with pytest.raises(NoRate, match=r"no exchange rate for CNY on 2025-03-31; expected a row CNY,,2025-03-31"):
        Exchange((), {}).spot("CNY", date(2025, 3, 31))
