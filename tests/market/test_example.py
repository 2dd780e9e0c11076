"""Prices to try the room on."""

from __future__ import annotations

import builtins

import numpy as np
import pytest

from cardhouse.errors import InputError
from cardhouse.market.example import nasdaq, synthetic


def test_the_nasdaq() -> None:
    pytest.importorskip("arch.data", reason="the Nasdaq comes with arch")
    prices = nasdaq()
    assert prices.size == 5031
    assert str(prices.dates[0]) == "1999-01-04"
    assert str(prices.dates[-1]) == "2018-12-31"


def test_without_arch_it_says_what_to_install(monkeypatch) -> None:
    real = builtins.__import__

    def refuse(name, *rest):
        if name.startswith("arch"):
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(InputError, match=r"cardhouse\[market\]"):
        nasdaq()


def test_the_synthetic_path_is_repeatable_and_its_bubble_is_found() -> None:
    from cardhouse.market import explosive

    prices = synthetic()
    assert np.array_equal(prices.values, synthetic().values)
    assert not np.array_equal(prices.values, synthetic(seed=1).values)
    found = explosive(prices.values)
    assert found.gsadf > 3.2
    assert 300 <= int(np.nanargmax(found.bsadf)) + prices.size - found.bsadf.size <= 421
    with pytest.raises(InputError, match="does not lie inside"):
        synthetic(start=500, end=400)
