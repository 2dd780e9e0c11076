"""Small economies, written as those of the tests of the economy are."""

from __future__ import annotations

import importlib.util
from itertools import count
from pathlib import Path

import pytest

from cardhouse.book import Book, embedded
from cardhouse.lenses.money import Following, follow

SOURCE = Path(__file__).parents[2] / "economy" / "conftest.py"


@pytest.fixture(scope="session")
def economy(tmp_path_factory: pytest.TempPathFactory):
    """Make small economies, one folder each, with the figures that following money needs."""
    spec = importlib.util.spec_from_file_location("small_economies", SOURCE)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    base = tmp_path_factory.mktemp("economies")
    return made.Economy(base / str(i) for i in count())


@pytest.fixture(scope="session")
def book() -> Book:
    """The embedded book as of its latest date."""
    return embedded().as_of(embedded().date)


@pytest.fixture(scope="session")
def following(book: Book) -> Following:
    """The payments of the embedded book."""
    return follow(book)
