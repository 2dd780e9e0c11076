"""What an accelerator does in an hour: useful operations, tokens read and tokens written, by the roofline.

Reading (prefill) is arithmetic: ``flops * use / (2 * active parameters)`` tokens a second. Writing (decode) goes in
steps; each step reads the weights and the cache of every conversation from memory and does the arithmetic of one token
for each, whichever takes longer:

    steps a second = min(bandwidth * use / (weights + batch * cache), flops * use / (2 * active * batch))

A model too large for one accelerator is spread evenly over as few as hold it, each of which reads its part. Of a
mixture of experts a step touches only the weights that some token of it is sent to: ``1 - (1 - s)^B`` of them for B
conversations and an active share s, as if tokens chose evenly. Traffic between machines is not counted, so a figure is
what good software reaches, not a promise.

References
----------
Williams, Waterman and Patterson (2009), Communications of the ACM 52(4). Pope and others (2022), arXiv 2211.05102.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from cardhouse.errors import InputError
from cardhouse.lenses.compute.chips import FORMATS, Chip
from cardhouse.lenses.compute.ranges import Range
from cardhouse.lenses.measure import Gap

BYTES: Mapping[str, float] = {"bf16": 2.0, "fp8": 1.0, "fp4": 0.5}
"""Bytes of a parameter by format."""
CACHE_BYTES: Mapping[str, float] = {"bf16": 2.0, "fp8": 1.0, "fp4": 1.0}
"""Bytes of a number in the cache: it is not kept below 8 bits."""
USABLE = 0.9
"""Share of memory for weights and cache; the rest holds what a step works on."""
TERA, GIGA = 1e12, 1e9


@dataclass(frozen=True, slots=True)
class Load:
    """A model at work.

    Attributes
    ----------
    total, active : parameters, all and those a token passes through.
    cache : bytes that a token of context keeps at 16 bits.
    context : tokens that a conversation holds on average.
    batch : conversations that one accelerator serves at once.
    """

    total: float
    active: float
    cache: float
    context: float
    batch: float

    def __post_init__(self) -> None:
        values = (self.total, self.active, self.batch)
        if not all(math.isfinite(x) and x > 0 for x in values) or self.active > self.total * (1 + 1e-9):
            raise InputError(
                f"{self.active:g} active of {self.total:g} parameters, batch {self.batch:g}; expected figures above "
                "zero and not more active than there are; change --active, --params or --batch"
            )
        if not all(math.isfinite(x) and x >= 0 for x in (self.cache, self.context)):
            raise InputError(f"cache {self.cache:g}, context {self.context:g}; expected zero or more; change --context")


@dataclass(frozen=True, slots=True)
class Sheet:
    """Peaks of an accelerator in one format: operations a second, bytes a second, bytes."""

    flops: float
    bandwidth: float
    memory: float
    format: str


@dataclass(frozen=True, slots=True)
class Writing:
    """Tokens written a second by one accelerator.

    Attributes
    ----------
    tokens : a second. ``steps`` : a second, which is what one user sees.
    spread : accelerators that hold the model together.
    memory_bound : whether memory, not arithmetic, is the limit.
    """

    tokens: float
    steps: float
    spread: int
    memory_bound: bool


def touched(conversations: float, share: float) -> float:
    """Share of a model's weights that one step reads.

    >>> touched(1.0, 0.25), touched(1000.0, 1.0)
    (0.25, 1.0)
    """
    return 1.0 - math.pow(1.0 - min(share, 1.0), conversations)


def reading(sheet: Sheet, load: Load, *, flops_use: float) -> float:
    """Tokens of input that one accelerator takes in a second."""
    return sheet.flops * flops_use / (2.0 * load.active)


def writing(sheet: Sheet, load: Load, *, flops_use: float, bandwidth_use: float) -> Writing:
    """Tokens of output that one accelerator gives a second.

    Raises
    ------
    InputError : the cache of its conversations alone does not fit into its memory.
    """
    weights = load.total * BYTES[sheet.format]
    cache = load.cache * CACHE_BYTES[sheet.format] / CACHE_BYTES["bf16"] * load.context * load.batch
    room = sheet.memory * USABLE - cache
    if room <= 0.0:
        raise InputError(
            f"the cache of {load.batch:g} conversations takes {cache / GIGA:,.0f} of {sheet.memory / GIGA:,.0f} GB; "
            "expected less than the memory; lower --batch or --context"
        )
    spread = math.ceil(weights / room)
    read = weights * touched(spread * load.batch, load.active / load.total) / spread + cache
    by_memory = sheet.bandwidth * bandwidth_use / read
    by_arithmetic = sheet.flops * flops_use / (2.0 * load.active * load.batch)
    steps = min(by_memory, by_arithmetic)
    return Writing(load.batch * steps, steps, spread, by_memory <= by_arithmetic)


def training_hours(active: float, tokens: float, flops: float, use: float) -> float:
    """Accelerator hours of a training run: 6 operations for each active parameter and token.

    Parameters
    ----------
    flops : peak operations a second. ``use`` : share of it that is useful.

    References
    ----------
    Kaplan and others (2020), arXiv 2001.08361: forward 2, backward 4.
    """
    return 6.0 * active * tokens / (flops * use) / 3600.0


def format_for(chip: Chip, wanted: str) -> str | None:
    """The wanted format, or the next wider one that the accelerator has arithmetic for; None where it has none."""
    for format_ in reversed(FORMATS[: FORMATS.index(wanted) + 1]):
        if not isinstance(chip.flops[format_].central, Gap):
            return format_
    return None


def peak(chip: Chip, format_: str) -> Range:
    """Dense peak of an accelerator in operations a second."""
    return chip.flops[format_].scaled(TERA, unit="operations_per_second")
