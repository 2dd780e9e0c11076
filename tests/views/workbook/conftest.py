"""One workbook of the embedded book for all tests of it, with a run in it."""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from cardhouse.book import embedded
from cardhouse.views.report import quick
from cardhouse.views.words import words
from cardhouse.views.workbook import workbook

sys.path.insert(0, str(Path(__file__).parent))

from evaluating import Sheets


@pytest.fixture(scope="session")
def book():
    whole = embedded()
    return whole.as_of(whole.date)


@pytest.fixture(scope="session")
def run(book):
    return quick(book, words("en"))


@pytest.fixture(scope="session")
def data(book, run):
    return workbook(book, "openai", words("en"), runs=[run])


@pytest.fixture(scope="session")
def files(data):
    """The workbook read back, with its formulas and with its stored numbers."""
    return tuple(openpyxl.load_workbook(BytesIO(data), data_only=stored) for stored in (False, True))


@pytest.fixture
def sheets(files):
    return Sheets(*files)
