"""Charts are looked over with the same helper everywhere."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from cardhouse.book import Book, embedded
from cardhouse.economy.compiled import Compiled
from cardhouse.economy.many.prepare import compiled_of
from cardhouse.economy.run import RunChoices

for folder in (Path(__file__).parent, Path(__file__).parents[2] / "economy"):
    sys.path.insert(0, str(folder))

QUARTERS = 8


@pytest.fixture(scope="session")
def book() -> Book:
    """The embedded book as of its latest day."""
    whole = embedded()
    return whole.as_of(whole.date)


@pytest.fixture(scope="session")
def compiled(book: Book) -> Compiled:
    """Its calibrated model over two years."""
    return compiled_of(book, RunChoices(quarters=QUARTERS))
