"""Prices over the network, through yfinance; an extra, because its terms are the user's own affair."""

from __future__ import annotations

from datetime import date
from importlib import import_module
from typing import Any

import numpy as np

from cardhouse.errors import InputError
from cardhouse.market.prices import Prices


def fetch(ticker: str, *, start: date | None = None, end: date | None = None, source: Any = None) -> Prices:
    """Daily closes adjusted for splits and dividends.

    Parameters
    ----------
    ticker : as Yahoo writes it, NVDA or 0700.HK.
    start, end : first and last day; all that there is by default.
    source : something with yfinance's ``download``; yfinance itself by default.

    Raises
    ------
    InputError : yfinance is not installed, the network does not answer, or nobody knows the ticker.
    """
    if source is None:
        try:
            source = import_module("yfinance")
        except ImportError as error:
            raise InputError(
                'prices are fetched by the package yfinance: pip install "cardhouse[sources]", or give a CSV of dates '
                "and prices"
            ) from error
    options: dict[str, Any] = {"auto_adjust": True, "progress": False, "multi_level_index": False}
    span = {"start": start.isoformat() if start else "1900-01-01"} | ({"end": end.isoformat()} if end else {})
    try:
        table = source.download(ticker, **span, **options)
    except Exception as error:
        raise InputError(_offline(ticker, str(error) or type(error).__name__)) from error
    if table is None or len(table) < 2:
        raise InputError(_offline(ticker, "no prices came back; the network may be down or the ticker unknown"))
    closes = np.asarray(table["Close"].to_numpy(), dtype=np.float64).reshape(-1)
    known = np.isfinite(closes) & (closes > 0)
    return Prices.of(np.asarray(table.index.to_numpy()[known], dtype="datetime64[D]"), closes[known], name=ticker)


def _offline(ticker: str, why: str) -> str:
    reason = why.splitlines()[0][:200]
    return f"prices of {ticker!r} could not be fetched: {reason}. Give a CSV of dates and prices instead"
