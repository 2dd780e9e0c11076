"""Fetching prices: offline everything is one clear sentence."""

from __future__ import annotations

import importlib

import numpy as np
import pytest

from cardhouse.errors import InputError
from cardhouse.market import fetch as module
from cardhouse.market.fetch import fetch


class Column:
    def __init__(self, values) -> None:
        self.values = np.asarray(values)

    def to_numpy(self):
        return self.values


class Frame:
    """As much of a data frame as is used."""

    def __init__(self, dates, closes) -> None:
        self.index, self.closes = Column(np.array(dates, dtype="datetime64[ns]")), Column(closes)

    def __len__(self) -> int:
        return self.closes.values.size

    def __getitem__(self, name: str) -> Column:
        assert name == "Close"
        return self.closes


class Source:
    def __init__(self, answer) -> None:
        self.answer = answer

    def download(self, ticker, **options):
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def test_prices_come_back_without_holes() -> None:
    frame = Frame(["2020-01-02", "2020-01-03", "2020-01-06"], [5.0, np.nan, 6.0])
    found = fetch("X", source=Source(frame))
    assert found.values.tolist() == [5, 6]
    assert str(found.dates[-1]) == "2020-01-06"
    assert found.name == "X"


@pytest.mark.parametrize("answer", [OSError("no route"), None, Frame([], [])])
def test_offline_it_says_so_and_what_else_to_do(answer) -> None:
    with pytest.raises(InputError, match=r"prices of 'X' could not be fetched: .*Give a CSV"):
        fetch("X", source=Source(answer))


def test_without_the_library_it_says_what_to_install(monkeypatch) -> None:
    def refuse(name: str):
        raise ImportError(name)

    monkeypatch.setattr(module, "import_module", refuse)
    with pytest.raises(InputError, match=r"cardhouse\[sources\]"):
        fetch("X")
    assert importlib.import_module("math")
