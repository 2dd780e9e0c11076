"""One report of the embedded book for all tests of it, taken apart by a parser of HTML."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from cardhouse.book import embedded
from cardhouse.views.report import quick, report
from cardhouse.views.report.material import Material
from cardhouse.views.words import words

sys.path.insert(0, str(Path(__file__).parent))

from taken_apart import Page


@pytest.fixture(scope="session")
def whole():
    return embedded()


@pytest.fixture(scope="session")
def run(whole):
    return quick(whole.as_of(whole.date), words("en"))


@pytest.fixture(scope="session")
def material(whole, run):
    return Material(whole.as_of(whole.date), whole, words("en"), (run,))


@pytest.fixture(scope="session")
def text(whole, run):
    return report(whole.as_of(whole.date), whole, words("en"), runs=[run])


@pytest.fixture(scope="session")
def page(text):
    return Page(text)
