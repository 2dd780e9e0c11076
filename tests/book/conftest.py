"""Small books, written in the docstring of the test that reads them.

A docstring names a file on a line of its own and gives its rows below; the header is added. Files that
are not named have the rows of ``DEFAULTS``. What stands before the first file name is prose.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path

import pytest

from cardhouse.book import Book, Fault, read_book
from cardhouse.book.schema import TABLES

DEFAULTS = {
    "firms": """
        nvidia,Nvidia,英伟达,英偉達|NVDA Corp,compute,openai,,NVDA,US,01-31,
        openai,OpenAI,,,model,openai,,,US,,
        oracle,Oracle,甲骨文,,cloud,openai,,ORCL,US,05-31,
        alibaba,Alibaba,阿里巴巴,,cloud,china,,BABA,CN,03-31,
        landlord,Landlord,,,datacenter,independent,vehicle,,US,,
    """,
    "metrics": """
        revenue,flow,USD_million,Revenues|SalesRevenueNet,Revenue,收入,
        net_income,flow,USD_million,,Net income,,
        operating_income,flow,USD_million,,Operating income,,
        total_debt,stock,USD_million,,Debt,,
        total_assets,stock,USD_million,,Assets,,
        total_liabilities,stock,USD_million,,Liabilities,,
        total_equity,stock,USD_million,,Equity,,
        share_price,market,USD,,Share price,,
        customer_share,policy,percent,,Share of a customer,,
        power,hardware,MW,,Power,,
    """,
    "sources": """
        tenq,Form 10-Q,SEC EDGAR,2020-01-01,https://www.sec.gov/x,filing
        wire,A report,A wire,2020-01-01,,news
        gone,A memory,,,,memory
    """,
    "facts": "",
    "ties": "",
}
ALWAYS = ("unused-source",)
"""Checks that every small book trips on."""


def write(folder: Path, text: str, *, defaults: bool = True) -> Path:
    """Write the files that a text names (and the default ones) to a folder."""
    files = dict(DEFAULTS) if defaults else {}
    name = ""
    for line in inspect.cleandoc(text).splitlines():
        stem = line.strip().removesuffix(".csv")
        if stem in TABLES and line.strip().endswith(".csv"):
            name = stem
            files[name] = ""
        elif name:
            files[name] += line + "\n"
    folder.mkdir(exist_ok=True)
    for stem, rows in files.items():
        header = ",".join(column.name for column in TABLES[stem].columns)
        body = inspect.cleandoc(rows).strip("\n")
        (folder / f"{stem}.csv").write_text(f"{header}\n{body}\n" if body else f"{header}\n", encoding="utf-8")
    return folder


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Book]:
    """Read the book that a text describes."""

    def made(text: str, *, overlay: str | None = None) -> Book:
        folder = write(tmp_path / "book", text)
        above = None if overlay is None else write(tmp_path / "mine", overlay, defaults=False)
        return read_book(folder, overlay=above)

    return made


@pytest.fixture
def book(request: pytest.FixtureRequest, make: Callable[..., Book]) -> Book:
    """The book in the docstring of the test."""
    return make(request.function.__doc__ or "")


@pytest.fixture
def faults(book: Book) -> list[Fault]:
    """Faults of that book, but for those of every small book."""
    return [fault for fault in book.faults if fault.check not in ALWAYS]


@pytest.fixture
def said(faults: list[Fault], tmp_path: Path) -> list[str]:
    """What those faults say, without the path of the folder."""
    return [str(fault).replace(f"{tmp_path}/book/", "") for fault in faults]


@pytest.fixture
def writer() -> Callable[..., Path]:
    """Write the files that a text names to a folder."""
    return write
