"""Which model is served: one of the book's, or one that the user describes."""

from __future__ import annotations

import math
from dataclasses import dataclass

from cardhouse.book import Book, latest
from cardhouse.book.faults import near, shown
from cardhouse.errors import InputError, UnknownName
from cardhouse.lenses.compute.chips import FORMATS
from cardhouse.lenses.compute.ranges import Range, assumed_range, given, same
from cardhouse.lenses.compute.work import CACHE_BYTES, GIGA, USABLE, Load
from cardhouse.lenses.measure import Gap, Reading, computed
from cardhouse.lenses.readings import entity_name, of_fact

DEFAULT = "deepseek-v3"
CACHE_PER_ACTIVE = 164_000 * 2 / 70e9
"""Cache bytes a token at 16 bits over active parameters, as of a 70B model, for a model the user describes."""
CACHE_SHARE = 0.5
"""Most of the usable memory that the cache takes where the user sets no batch; the rest holds weights."""
PLAIN = 70.0
"""Billion parameters of the dense model that is served where the book does not know the default one yet."""
INPUTS = ("total", "active", "cache", "context", "batch")
FORMAT = "fp8"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a user says of a model: billions of parameters, tokens of context, conversations, format."""

    params: float | None = None
    active: float | None = None
    context: float | None = None
    batch: float | None = None
    format: str = FORMAT

    def __post_init__(self) -> None:
        for name in ("params", "active", "context", "batch"):
            value = getattr(self, name)
            if value is not None and not (math.isfinite(value) and value > 0):
                raise InputError(f"--{name} {value:g}; expected a number above zero")
        if self.params is not None and self.active is not None and self.active > self.params:
            raise InputError(f"--active {self.active:g} of --params {self.params:g}; expected at most all of them")
        if self.format not in FORMATS:
            raise InputError(f"format {shown(self.format)}; expected one of {', '.join(FORMATS)}")


@dataclass(frozen=True, slots=True)
class Model:
    """A model with the ranges of what its cost depends on.

    Attributes
    ----------
    id : of the book; empty where the user describes it.
    total, active : parameters. ``cache`` : bytes a token at 16 bits. ``context`` : tokens.
    batch : conversations that one accelerator serves at once, by the user; None for ``batch_per_gb`` of its memory.
    format : of weights and arithmetic in service.
    """

    id: str
    name: str
    total: Range
    active: Range
    cache: Range
    context: Range
    batch: Range | None
    batch_per_gb: Range
    format: str

    def inputs(self, memory: Reading, format_: str) -> tuple[Reading, ...]:
        """Central readings in the order of :data:`INPUTS` on an accelerator of a memory in GB and in a format."""
        batch = self.batch.central if self.batch else self._batch(memory, format_)
        return (self.total.central, self.active.central, self.cache.central, self.context.central, batch)

    def _batch(self, memory: Reading, format_: str) -> Reading:
        """In proportion to memory, but no more than fill :data:`CACHE_SHARE` of it with their cache; one at least."""

        def most(gb: float, each: float, cache: float, context: float) -> float:
            bytes_each = cache * CACHE_BYTES[format_] / CACHE_BYTES["bf16"] * context
            fits = CACHE_SHARE * USABLE * gb * GIGA / bytes_each if bytes_each else math.inf
            return max(math.floor(min(gb * each, fits)), 1)

        parts = (memory, self.batch_per_gb.central, self.cache.central, self.context.central)
        return computed("conversations at once", most, *parts, unit="count")


def load(*values: float) -> Load:
    """Plain numbers in the order of :data:`INPUTS` as a load."""
    return Load(*values)


def known_models(book: Book) -> tuple[str, ...]:
    """Models of the book whose parameters it has."""
    return tuple(e for e, metric in book.series if metric == "model_parameters_billion")


def model(book: Book, name: str = "", asked: Asked | None = None) -> Model:
    """The model of a name, the default (a dense one before it was known), or the one described.

    Raises
    ------
    UnknownName : the book has no such model, or not its parameters.
    """
    said = asked or Asked()
    if said.params is not None or said.active is not None:
        return _described(book, name, said)
    models = known_models(book)
    if not name and DEFAULT not in models:
        return _described(book, "", Asked(PLAIN, PLAIN, said.context, said.batch, said.format))
    id_ = name or DEFAULT
    if id_ not in models:
        raise UnknownName(
            f"no model with known parameters is called {shown(id_)}; expected one of {', '.join(models) or 'none'}; "
            f"{near(id_, models) or 'describe your own with --params and --active'}"
        )
    return Model(
        id_,
        entity_name(book, id_),
        _parameters(book, id_, "model_parameters_billion"),
        _parameters(book, id_, "model_active_parameters_billion"),
        assumed_range(book, "kv_cache_bytes_per_token", id_),
        *_serving(book, said),
        said.format,
    )


def _serving(book: Book, said: Asked) -> tuple[Range, Range | None, Range]:
    """Context, batch where the user gave one, batch for a gigabyte of memory."""
    context = assumed_range(book, "compute_context_tokens")
    if said.context is not None:
        context = given(said.context, "count", book.date, "--context")
    batch = None if said.batch is None else given(said.batch, "count", book.date, "--batch")
    return context, batch, assumed_range(book, "compute_batch_per_gb")


def _parameters(book: Book, id_: str, metric: str) -> Range:
    fact = latest(book, id_, metric, book.date)
    if fact is None:
        return same(Gap(f"{entity_name(book, id_)}, parameters", "the book has none"))
    return same(of_fact(book, fact)).scaled(GIGA)


def _described(book: Book, name: str, said: Asked) -> Model:
    """A dense model where only one of all and active parameters is given."""
    billions = said.params if said.params is not None else said.active
    active = said.active if said.active is not None else said.params
    if billions is None or active is None:
        raise InputError("a model without parameters; expected --params, --active or both")

    def put(value: float, option: str) -> Range:
        return given(value, "count", book.date, option)

    kind = "dense" if billions == active else f"{active:g} active"
    return Model(
        "",
        name or f"model of {billions:g} billion parameters, {kind}",
        put(billions * GIGA, "--params"),
        put(active * GIGA, "--active"),
        put(active * GIGA * CACHE_PER_ACTIVE, "cache in proportion to active parameters, as of a 70B model"),
        *_serving(book, said),
        said.format,
    )
