"""Events to work back from: firms that fall, and losses beyond an amount."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cardhouse.economy.compiled import Compiled
from cardhouse.economy.kernel import columns as col
from cardhouse.economy.kernel import rows
from cardhouse.economy.kernel.arrays import FOREVER
from cardhouse.economy.kernel.outcomes import KEPT, LEAST_BINDING, MOST_ROOM, Recorder
from cardhouse.economy.run import Path
from cardhouse.errors import InputError

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

NEVER = -1
LEAST_SCORE = 1e-9
"""How far below nothing a firm's score stays while it stands, however little room it has."""
_AMOUNT = re.compile(r"\$?\s*(\d[\d,]*\.?\d*)\s*(m|mn|million|b|bn|billion|tn|trillion)", re.IGNORECASE)
_MILLIONS = {"m": 1.0, "b": 1e3, "t": 1e6}


@dataclass(frozen=True, slots=True)
class Event:
    """All of these firms fall within the horizon, and claims and guarantees lost come to at least an amount.

    Losses are those of everybody: of the network, and of creditors outside it on the failure of one of its nodes.

    Attributes
    ----------
    firms : places of the nodes; a card that the scenario pulls counts as fallen.
    loss : USD million over all nodes and quarters, or 0 where no loss is asked for.
    shares : whether shares written down by nodes that hold them count as losses too.
    """

    firms: tuple[int, ...]
    loss: float = 0.0
    shares: bool = False

    def scores(self, recorder: Recorder) -> Array:
        """How near each path came, (P,): at least 0 where it happened.

        A firm that stands counts with minus the least room that it had over what bound it, as a part of that; a
        loss with its part of the amount, less one. The farthest of them decides.
        """
        found = []
        for i in self.firms:
            standing = -np.maximum(recorder.room[:, i], LEAST_SCORE)
            found.append(np.where(recorder.fell[:, i] != NEVER, 1.0, standing))
        if self.loss:
            kinds = [KEPT.index(kind) for kind in ("credit", "outside", *(("stakes",) if self.shares else ()))]
            found.append(recorder.sums_of[:, kinds].sum(axis=(1, 2)) / self.loss - 1.0)
        return np.asarray(np.min(found, axis=0))

    def steps(self, recorder: Recorder) -> Ints:
        """Step in which the last of the firms fell, (P,); the last step where none was asked for, or it stands."""
        last = recorder.reference.shape[0] - 1
        fell = recorder.fell[:, list(self.firms)].astype(np.int64)
        when = np.where(fell < NEVER, -2 - fell, fell)
        if not self.firms:
            return np.full(fell.shape[0], last, dtype=np.int64)
        return np.asarray(np.where((fell == NEVER).any(axis=1), last, when.max(axis=1)))

    def of_path(self, path: Path) -> tuple[float, int]:
        """Score and step of a single path, by the same rules; the step of a loss is the one that completes it."""
        accounts, last = path.accounts, path.accounts.shape[0] - 1
        scores, steps = [], []
        for i in self.firms:
            stopped = accounts[-1, col.DOWN, i] > 0.0
            binding = np.maximum(accounts[:, col.BINDING, i], LEAST_BINDING)
            room = np.minimum((accounts[:, col.RESOURCES, i] - accounts[:, col.BINDING, i]) / binding, MOST_ROOM)
            scores.append(1.0 if stopped else -max(float(room.min()), LEAST_SCORE))
            steps.append(int(path.fell[i]) if stopped and path.fell[i] != FOREVER else last)
        if self.loss:
            lost = self._lost(path)
            scores.append(float(lost[-1] / self.loss - 1.0))
            steps.append(int((lost >= self.loss).argmax()) if (lost >= self.loss).any() else last)
        return min(scores), max(steps)

    def nearest(self, score: float) -> str:
        """The end of a sentence about paths that did not come to the event, of which the nearest has this score."""
        if self.firms:
            return ""
        return f"; the largest loss of any was {(1.0 + score) * self.loss / 1000.0:,.1f} billion dollars"

    def _lost(self, path: Path) -> Array:
        """What was lost up to each step, (Q,).

        Claims of creditors outside count when the firm falls; those of the network, whose sum alone is known, are
        spread over the steps in which its books wrote claims down.
        """
        columns = [col.CALLS_PAID, *([col.STAKE_LOSS] if self.shares else [])]
        lost = path.accounts[:, columns].sum(axis=(1, 2))
        written = np.maximum(path.accounts[:, col.CREDIT_LOSS].sum(axis=1), 0.0)
        claims = float(path.end.nodes[rows.SUM_CREDIT, :, 0].sum())
        if written.any():
            lost += claims * written / written.sum()
        else:
            lost[-1] += claims
        for i, fell in enumerate(path.fell):
            if fell != FOREVER:
                lost[fell] += path.end.nodes[rows.OUTSIDE_LOSS, i, 0]
        return np.asarray(np.cumsum(lost))


def firms_of(compiled: Compiled, names: Sequence[str]) -> tuple[int, ...]:
    """Places of the nodes that firms stand for, each once.

    Raises
    ------
    UnknownName : no firm has such a name.
    InputError : a firm is not tested, so that it cannot fall.
    """
    opening = compiled.opening
    found = []
    for name in names:
        node = opening.groups(opening.book.resolve(name).id)
        if node not in opening.full:
            raise InputError(
                f"{name} cannot fall in a run (it has no statements); expected one of {', '.join(opening.full)}; name "
                "another firm"
            )
        found.append(compiled.place[node])
    return tuple(dict.fromkeys(found))


def amount_of(text: str) -> float:
    """An amount as people write it, ``500bn``, ``500B`` or ``1.2 trillion``, in USD million.

    Raises
    ------
    InputError : it is no positive amount with its unit.
    """
    match = _AMOUNT.fullmatch(text.strip())
    amount = float(match[1].replace(",", "")) * _MILLIONS[match[2][0].lower()] if match else 0.0
    if not 0.0 < amount < 1e12:
        raise InputError(f"{text[:40]!r} is no amount; expected a number with bn, m or tn; say for example 500bn")
    return amount
