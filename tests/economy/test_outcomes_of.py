"""Outcomes of a path, by hand: what a word gives for each path, and what is said to a word that nobody knows."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from cardhouse.book import embedded
from cardhouse.economy.compiled import compile_opening
from cardhouse.economy.many.outcomes_of import WORDS, Unit, outcome_of
from cardhouse.economy.opening import open_book
from cardhouse.errors import InputError, UnknownName

sys.path.insert(0, str(Path(__file__).parent))

from asking import small_book, small_model


@pytest.fixture(scope="module")
def compiled(economy):
    return small_model(small_book(economy))


@pytest.fixture(scope="module")
def three_paths(compiled):
    """On path 0 nobody falls; on 1 the laboratory falls in step 2; on 2 it falls, the cloud falls, maker is pulled."""
    lab, cloud, maker = (compiled.place[n] for n in ("lab", "cloud", "maker"))
    nodes, full = len(compiled.nodes), len(compiled.opening.full)
    fell, room, sums = np.full((3, nodes), -1.0), np.full((3, nodes), 0.5), np.zeros((3, 4, nodes))
    fell[1, lab], fell[2, lab], fell[2, cloud], fell[2, maker] = 2, 3, 0, -2 - 1
    room[1, lab] = room[2, lab] = room[2, cloud] = -1.0
    room[0, lab] = 0.02
    sums[:, 0, cloud], sums[:, 0, maker] = [0, 10, 0], [0, 1, 100]
    sums[:, 1, maker], sums[:, 2, lab], sums[:, 3, lab] = [5, 6, 7], [-4, 40, 50], [0, 200, 300]
    raw = np.zeros((3, 8, 6, full))
    raw[:, -1, 3, compiled.opening.full.index("cloud")] = [60, 50, 0]
    raw[:, -1, 4, compiled.opening.full.index("cloud")] = [600, 610, 620]
    raw[:, -1, 5, compiled.opening.full.index("cloud")] = [900, 800, 0]
    raw[:, 0, 3, :] = 12345.0
    return SimpleNamespace(fell=fell, room=room, sums_of=sums, raw=raw)


@pytest.mark.parametrize(
    ("asked", "values"),
    [
        ("falls:lab", [0, 1, 1]),
        ("falls:lab+cloud", [0, 0, 1]),
        ("falls:maker", [0, 0, 0]),
        ("failures", [0, 1, 2]),
        ("losses", [0, 11, 100]),
        ("losses:maker", [0, 1, 100]),
        ("losses:layer:cloud", [0, 10, 0]),
        ("losses:all", [0, 11, 100]),
        ("stakes", [5, 6, 7]),
        ("revenue:lab", [-4, 40, 50]),
        ("outside", [0, 200, 300]),
        ("room:lab", [0.02, -1, -1]),
        ("cash:cloud", [60, 50, 0]),
        ("debt:cloud", [600, 610, 620]),
        ("value:cloud", [900, 800, 0]),
    ],
)
def test_a_word_gives_a_number_for_each_path(asked, values, compiled, three_paths):
    assert outcome_of(asked, compiled).of(three_paths).tolist() == values


def test_a_pulled_card_does_not_fall_it_is_made_to(compiled, three_paths):
    assert three_paths.fell[2, compiled.place["maker"]] == -3
    assert outcome_of("falls:maker", compiled).of(three_paths).sum() == 0


def test_a_firm_answers_to_every_name_and_the_outcome_is_called_by_its_id(compiled):
    for spelled in ("falls:lab", " falls:Lab ", "FALLS:LAB", "Falls: lab", "falls:lab+LAB"):
        assert outcome_of(spelled, compiled).name == "falls:lab"
    assert outcome_of("losses:all", compiled).name == outcome_of("Losses:ALL", compiled).name == "losses"
    assert outcome_of("losses:Layer:Cloud", compiled).name == "losses:layer:cloud"


def test_figures_are_kept_only_where_they_are_asked_for(compiled):
    assert outcome_of("cash:lab", compiled).raw
    assert not outcome_of("falls:lab", compiled).raw
    assert WORDS["cash"].unit is Unit.MONEY


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("fails:lab", "no outcome is called 'fails'.*did you mean falls"),
        ("falls:labb", "did you mean lab"),
        ("losses:layer:clouds", "no group is called 'layer:clouds'.*did you mean layer:cloud"),
        ("losses:camp:zzz", "groups are layer:.*camp:"),
        ("", "words are falls, failures"),
    ],
)
def test_an_unknown_word_gets_near_ones(asked, said, compiled):
    with pytest.raises(UnknownName, match=said):
        outcome_of(asked, compiled)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("falls", "'falls': of whom.*say for example falls:openai"),
        ("cash:", "of whom"),
        ("failures:lab", "speaks of nobody in particular"),
    ],
)
def test_whom_is_said_where_it_belongs_and_only_there(asked, said, compiled):
    with pytest.raises(InputError, match=said):
        outcome_of(asked, compiled)


@pytest.mark.parametrize("word", ["room", "cash"])
def test_a_vehicle_has_no_figures_of_its_own_and_its_tenant_is_named(word):
    """Vantage's campus in Texas is let to Oracle."""
    book = embedded()
    whole = compile_opening(open_book(book.as_of(book.date)), quarters=4)
    with pytest.raises(InputError, match=f"{word}:vantage: vantage is a vehicle.*say for example {word}:oracle"):
        outcome_of(f"{word}:vantage", whole)
    assert outcome_of("falls:vantage", whole).members == (whole.place["vantage"],)
