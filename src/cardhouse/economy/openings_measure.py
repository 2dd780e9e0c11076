"""Compile a book at joint draws of all its uncertain assumptions, and keep what differs from its centre."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cardhouse.book import Assumption, Book
from cardhouse.economy.openings_drawn import WHOLE_FIELDS, Openings, draw_positions_of, spare_positions_of, values_at
from cardhouse.economy.recompiled import (
    Opened,
    Progress,
    across,
    opened,
    uncalibrated_book,
    used_assumptions,
    with_centrals,
)
from cardhouse.economy.run import RunChoices
from cardhouse.economy.spread import FIELDS, Held
from cardhouse.economy.spread_measure import OTHER_LINKS
from cardhouse.errors import BookError, CardhouseError, InputError

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
Links = tuple[tuple[int, ...], ...]

MOST_REDRAWN = 0.05
"""Part of the draws that may give no model; with more of them those that do would tell of another book."""


@dataclass(frozen=True, slots=True)
class Central:
    """The book at its central values, and the assumptions that every draw moves."""

    book: Book
    choices: RunChoices
    assumptions: tuple[Assumption, ...]
    opened: Opened


@dataclass(frozen=True, slots=True)
class Draw:
    """What a draw changes in the flat numbers and whole numbers of the centre: places, and what stands there.

    ``reason`` says why there is no such opening; then there are no places.
    """

    places: Ints
    values: Array
    whole_places: Ints
    whole_values: Ints
    reason: str = ""


def drawn_openings(
    book: Book, choices: RunChoices, count: int, *, workers: int = 1, progress: Progress | None = None
) -> Openings:
    """Compile and calibrate a book at joint draws of its assumptions.

    Parameters
    ----------
    book : as known on one day.
    count : how many openings.
    workers : processes that compile; more than one needs a main module that can be imported again.
    progress : told how many openings are done, of how many.

    Raises
    ------
    InputError : a count below one.
    BookError, NotConverged : the book gives no model at its central values, or none at too many of the draws.
    """
    if count < 1:
        raise InputError(f"{count} openings; expected at least one; 512 are enough for most questions")
    used = used_assumptions(book, choices)
    held = changing_links(book, choices, used)
    central = Central(book, choices, tuple(r for r in used if r not in held), opened(book, choices))
    positions = draw_positions_of(central.assumptions, count)
    draws: dict[int, Draw] = {}
    reasons: list[str] = []
    missing = list(range(count))
    while missing:
        spare = len(reasons)
        found = across(draw_at, central, [positions[j] for j in missing], workers)
        for j, draw in zip(missing, found, strict=True):
            if draw.reason:
                reasons.append(draw.reason)
                continue
            draws[j] = draw
            if progress is not None:
                progress(len(draws), count)
        _check(reasons, count)
        missing = [j for j in missing if j not in draws]
        for number, j in enumerate(missing, spare):
            positions[j] = spare_positions_of(central.assumptions, number)
    kept = tuple(Held(r, OTHER_LINKS) for r in held)
    return _gathered(central, kept, positions, [draws[j] for j in range(count)], len(reasons))


def _check(reasons: Sequence[str], count: int) -> None:
    """Refuse a book of which too many draws give no model; sentences that differ in numbers alone are one."""
    if len(reasons) <= MOST_REDRAWN * count:
        return
    told = {re.sub(r"[\d.,]+", "#", reason): reason for reason in reversed(reasons)}
    often, times = Counter(re.sub(r"[\d.,]+", "#", reason) for reason in reasons).most_common(1)[0]
    raise BookError(
        f"{len(reasons)} of {count} joint draws of the assumptions give no model, {times} of them like this: "
        f"{told[often]}; expected {MOST_REDRAWN:.0%} at most; narrow the ranges that this speaks of in assumptions.csv"
    )


def changing_links(book: Book, choices: RunChoices, rows: Sequence[Assumption]) -> tuple[Assumption, ...]:
    """Assumptions of which an end changes which debts or contracts there are; all paths of a block share those.

    They are found by halving: a group that changes nothing at its lows, and nothing at its highs, has none. That takes
    a few compilations for each one found instead of two for every assumption.
    """
    links = _links(book, choices)
    found = {r.id for end in ("low", "high") for r in _changing(book, choices, rows, end, links)}
    return tuple(r for r in rows if r.id in found)


def _changing(
    book: Book, choices: RunChoices, rows: Sequence[Assumption], end: str, links: Links
) -> Iterator[Assumption]:
    """Those among the rows that change links at this end of their ranges."""
    try:
        same = _links(with_centrals(book, {r.id: getattr(r, end) for r in rows}), choices) == links
    except CardhouseError:
        # No model there: a smaller group may have one. What has none on its own is left to the draws, which say so.
        same = len(rows) == 1
    if same or not rows:
        return
    if len(rows) == 1:
        yield rows[0]
        return
    half = len(rows) // 2
    yield from _changing(book, choices, rows[:half], end, links)
    yield from _changing(book, choices, rows[half:], end, links)


def _links(book: Book, choices: RunChoices) -> Links:
    """Shapes of all arrays of a model."""
    return tuple(np.shape(array) for group in uncalibrated_book(book, choices).model for array in group)


def draw_at(central: Central, positions: Array) -> Draw:
    """What one joint draw changes.

    Parameters
    ----------
    positions : (A,) of the assumptions.
    """
    values = values_at(central.assumptions, positions)
    try:
        drawn = opened(with_centrals(central.book, values), central.choices)
    except CardhouseError as error:
        return _nothing(str(error))
    was, now = ({**o.moving, **o.shared} for o in (central.opened, drawn))
    others = [name for name in was if name not in FIELDS and name not in WHOLE_FIELDS]
    if any(was[n].shape != now[n].shape for n in was) or not all(_same(was[n], now[n]).all() for n in others):
        return _nothing(OTHER_LINKS)
    places, found = _differing(was, now, FIELDS)
    whole_places, whole = _differing(was, now, WHOLE_FIELDS)
    return Draw(places, found, whole_places, whole)


def _nothing(reason: str) -> Draw:
    none = np.zeros(0, dtype=np.int64)
    return Draw(none, np.zeros(0), none, none, reason)


def _same(a: NDArray[Any], b: NDArray[Any]) -> NDArray[np.bool_]:
    """Where two arrays hold the same bits."""
    return np.asarray(np.ascontiguousarray(a).view(np.int64) == np.ascontiguousarray(b).view(np.int64))


def _differing(
    was: Mapping[str, NDArray[Any]], now: Mapping[str, NDArray[Any]], names: Sequence[str]
) -> tuple[Ints, NDArray[Any]]:
    """Places that differ in fields laid one after the other, and what stands there now."""
    a, b = _flat(was, names), _flat(now, names)
    places = np.flatnonzero(~_same(a, b)).astype(np.int64)
    return places, b[places]


def _flat(fields: Mapping[str, NDArray[Any]], names: Sequence[str]) -> NDArray[Any]:
    return np.concatenate([fields[name].ravel() for name in names])


def _gathered(
    central: Central, held: tuple[Held, ...], positions: Array, draws: Sequence[Draw], redrawn: int
) -> Openings:
    """Draws as tables with a column for each number that differs in any of them."""
    moving, shared = central.opened.moving, central.opened.shared
    places, values = _table(_flat(moving, FIELDS), [(d.places, d.values) for d in draws])
    whole_places, whole_values = _table(_flat(shared, WHOLE_FIELDS), [(d.whole_places, d.whole_values) for d in draws])
    field, index = _field_and_index(places, [moving[name].size for name in FIELDS])
    whole_field, whole_index = _field_and_index(whole_places, [shared[name].size for name in WHOLE_FIELDS])
    return Openings(
        assumptions=central.assumptions,
        held=held,
        positions=positions,
        field=field,
        index=index,
        values=values,
        whole_field=whole_field,
        whole_index=whole_index,
        whole_values=whole_values,
        redrawn=redrawn,
    )


def _table(centre: NDArray[Any], changes: Sequence[tuple[Ints, NDArray[Any]]]) -> tuple[Ints, NDArray[Any]]:
    """Places that any draw changes, sorted, and what each draw has there."""
    places = np.unique(np.concatenate([where for where, _ in changes]))
    values = np.tile(centre[places], (len(changes), 1))
    for row, (where, found) in zip(values, changes, strict=True):
        row[np.searchsorted(places, where)] = found
    return places, values


def _field_and_index(places: Ints, sizes: Sequence[int]) -> tuple[Ints, Ints]:
    """Places in fields laid one after the other as number of the field and place in it."""
    ends = np.cumsum(np.array(sizes, dtype=np.int64))
    field = np.searchsorted(ends, places, side="right").astype(np.int64)
    return field, places - (ends - sizes)[field]
