"""One pull of the embedded book for all views."""

from __future__ import annotations

import pytest

from cardhouse.book import embedded
from cardhouse.economy.pull import pull


@pytest.fixture(scope="session")
def answer():
    """OpenAI pulled, on the embedded book as of its latest date."""
    book = embedded()
    return pull(book.as_of(book.date), "openai")
