"""The embedded book, read once, as of today and as of a past day."""

from __future__ import annotations

from datetime import date

import pytest

from cardhouse.book import Book, embedded


@pytest.fixture(scope="session")
def book() -> Book:
    return embedded().as_of(date(2026, 10, 8))


@pytest.fixture(scope="session")
def older() -> Book:
    return embedded().as_of(date(2025, 12, 31))
