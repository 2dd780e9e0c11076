"""What prices say: prices in, statistics out.

The room imports no other room and can be used with arrays alone. Names are loaded on first use, so
importing it costs nothing. The rest is in its modules: ``lppls`` and ``lppls_windows``, ``drawdowns``,
``phases``, ``surprises``, ``falls``, ``credit``, ``runups``, ``odds``.

>>> from cardhouse.market import explosive
>>> explosive([1, 2, 4, 3, 6, 9, 8, 14, 19, 30], minw=6).gsadf > 2
True
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOME = {
    "Adf": "regression",
    "Critical": "critical",
    "Design": "explosiveness",
    "Episode": "dating",
    "Explosive": "explosiveness",
    "Form": "forms",
    "Panel": "panel",
    "Prices": "prices",
    "adf": "regression",
    "composite_bootstrap": "critical",
    "date_episodes": "dating",
    "default_window": "regression",
    "explosive": "explosiveness",
    "lunde_timmermann": "phases",
    "merton": "credit",
    "monte_carlo": "critical",
    "pagan_sossounov": "phases",
    "panel_bootstrap": "panel",
    "panel_explosive": "panel",
    "pool": "pooling",
    "read_prices": "prices",
    "side_by_side": "forms",
    "sieve_bootstrap": "critical",
    "study": "events",
    "together": "event_tests",
    "wild_bootstrap": "critical",
}

__all__ = list(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})
