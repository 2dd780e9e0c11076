"""The page about the book says what the program does."""

from __future__ import annotations

from pathlib import Path

import pytest

from cardhouse.book import UNITS, SourceKind, checks, read_book
from cardhouse.book.schema import TABLES, as_markdown
from cardhouse.book.terms import TERMS

PAGE = Path(__file__).parents[2] / "docs" / "book.md"

pytestmark = pytest.mark.skipif(not PAGE.exists(), reason="the documentation is not beside the tests")


@pytest.fixture(scope="module")
def page():
    return PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize("table", TABLES.values(), ids=list(TABLES))
def test_the_columns_of_every_file_are_those_of_the_schema(page, table):
    assert as_markdown(table) in page


def test_every_term_unit_and_check_is_named(page):
    names = [*TERMS, *(check.name for check in checks())]
    assert [name for name in names if f"`{name}`" not in page] == []
    money = tuple(unit.id for unit in UNITS.values() if unit.currency)
    assert [unit for unit in UNITS if unit not in money and f"`{unit}`" not in page] == []


def test_the_order_of_trust_is_the_one_used(page):
    assert ", ".join(kind.value for kind in SourceKind) in page


def test_the_overlay_of_the_page_reads_without_a_fault(page, tmp_path, writer):
    """Every block that begins with a file's name is written as it stands."""
    overlay = tmp_path / "mine"
    overlay.mkdir()
    for block in page.split("```csv\n")[1:]:
        name, _, rows = block.partition("\n")
        (overlay / name.removeprefix("# ")).write_text(rows.partition("```")[0], encoding="utf-8")
    assert list(overlay.iterdir())
    base = writer(
        tmp_path / "base",
        """
        ties.csv
        openai-oracle-300bn,purchase,openai,oracle,300000,USD_million,,,2025-09-10,,,binding,active,yes,wire,2025-09-10,low,
        """,
    )
    book = read_book(base, overlay=overlay)
    assert [str(fault) for fault in book.faults if fault.severity == "error"] == []
