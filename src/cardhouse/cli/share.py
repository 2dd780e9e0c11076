"""Shares and rates on the command line, as people write them."""

from __future__ import annotations

import math
from typing import Any

import click

from cardhouse.book.faults import shown


class Share(click.ParamType[Any]):
    """A share or a rate written 10% or 0.1, between two bounds where there are any; both belong to it.

    ``like`` is the one that a message gives as an example.
    """

    name = "percent"

    def __init__(self, low: float = -math.inf, high: float = math.inf, *, like: float = 0.1) -> None:
        self.low, self.high, self.like = low, high, like

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read the share or say what was expected."""
        text = str(value).strip()
        try:
            number = float(text.removesuffix("%")) / (100.0 if text.endswith("%") else 1.0)
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            expected = f"{self.like:.0%} or {self.like:g}"
            self.fail(f"{shown(text)} is no share; expected for example {expected}", param, ctx)
        if not self.low <= number <= self.high:
            self.fail(f"{text} is outside {self.low:.0%} to {self.high:.0%}", param, ctx)
        return number
