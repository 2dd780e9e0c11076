"""Live fans: the paths of a full run with all assumptions at their centre, whatever the number of pieces."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from cardhouse.book import embedded
from cardhouse.economy.compiled import Compiled
from cardhouse.economy.drivers import BASELINE
from cardhouse.economy.many.live import live
from cardhouse.economy.many.prepare import chance_of, compiled_of
from cardhouse.economy.many.setup import set_up
from cardhouse.economy.many.worker import Worker
from cardhouse.economy.run import RunChoices
from cardhouse.errors import InputError

PATHS = 200


@pytest.fixture(scope="module")
def compiled() -> Compiled:
    return compiled_of(embedded().as_of(date.max), RunChoices(quarters=8))


def test_they_are_the_first_paths_of_a_full_run(compiled: Compiled) -> None:
    chance = chance_of(compiled)
    found = live(compiled, BASELINE, chance, paths=PATHS, seed=7)
    whole = Worker(set_up(compiled, BASELINE, chance, seed=7)).run(0, PATHS, raw=True)
    assert np.array_equal(found.figures, whole.raw)
    full = [compiled.place[n] for n in found.full]
    assert np.array_equal(found.fell[:, -1], (whole.fell[:, full] >= 0).mean(axis=0))


def test_a_fan_is_the_quantiles_of_the_figures_themselves(compiled: Compiled) -> None:
    found = live(compiled, BASELINE, chance_of(compiled), paths=PATHS)
    cash = found.fan("openai", "cash")
    assert cash.shape == (8, 7)
    assert cash[2, 3] == pytest.approx(np.median(found.figures[:, 2, 3, found.full.index("openai")]))
    assert (np.diff(cash, axis=1) >= 0).all()


def test_who_has_fallen_stays_fallen(compiled: Compiled) -> None:
    found = live(compiled, BASELINE, chance_of(compiled), paths=PATHS)
    assert (np.diff(found.fell, axis=1) >= 0).all()


@pytest.mark.parametrize(("firm", "measure"), [("nobody", "cash"), ("openai", "happiness")])
def test_what_is_not_followed_is_named(compiled: Compiled, firm: str, measure: str) -> None:
    with pytest.raises(InputError, match="expected one of"):
        live(compiled, BASELINE, chance_of(compiled), paths=8).fan(firm, measure)


def test_a_million_paths_are_no_live_fan(compiled: Compiled) -> None:
    with pytest.raises(InputError, match="8 to 10,000"):
        live(compiled, BASELINE, chance_of(compiled), paths=1_000_000)
