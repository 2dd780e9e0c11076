"""Clearing and contagion: arrays in, arrays out.

The room imports no other room and can be used with arrays alone. The names below are loaded on first
use, so importing the room costs nothing; the other models are modules of their own:

debtrank, threshold, crossholdings, bounds, dynamic, firesale : contagion (docs/contagion.md).
flows, cycles, circular, scores : where money comes from and where it goes (docs/flows.md).

>>> from cardhouse.network import Network, clear
>>> clear(Network.of([1.0, 1.0], [[0, 2], [2.2, 0]], alpha=0.5, beta=0.5)).paid.tolist()
[2.0, 2.2]
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cardhouse.network.adjoint import Gradient, gradient
    from cardhouse.network.batch import Clearings, clear_many
    from cardhouse.network.clearing import clear
    from cardhouse.network.model import Network
    from cardhouse.network.result import Clearing
    from cardhouse.network.reverse import Reverse, outside_loss, smallest_multiple, smallest_shock
    from cardhouse.network.uniqueness import Uniqueness
    from cardhouse.network.waves import Tipped, Waves

__all__ = [
    "Clearing",
    "Clearings",
    "Gradient",
    "Network",
    "Reverse",
    "Tipped",
    "Uniqueness",
    "Waves",
    "clear",
    "clear_many",
    "gradient",
    "outside_loss",
    "smallest_multiple",
    "smallest_shock",
]

_HOME = {
    "Clearing": "result",
    "Clearings": "batch",
    "Gradient": "adjoint",
    "Network": "model",
    "Reverse": "reverse",
    "Tipped": "waves",
    "Uniqueness": "uniqueness",
    "Waves": "waves",
    "clear": "clearing",
    "clear_many": "batch",
    "gradient": "adjoint",
    "outside_loss": "reverse",
    "smallest_multiple": "reverse",
    "smallest_shock": "reverse",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
