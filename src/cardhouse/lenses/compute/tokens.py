"""What a useful operation and a million tokens cost on each accelerator, and how that stands to what is published."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from cardhouse.book import Book
from cardhouse.lenses.compute.chips import Chip, chip, names
from cardhouse.lenses.compute.hourly import Hourly, hourly
from cardhouse.lenses.compute.models import INPUTS, Asked, Model, known_models, load, model
from cardhouse.lenses.compute.ranges import BOUNDS, Choices, Range, assumed_range, same
from cardhouse.lenses.compute.work import GIGA, TERA, Load, Sheet, format_for, peak, reading, writing
from cardhouse.lenses.measure import Gap, Measure, Reading, computed, known, ratio
from cardhouse.lenses.readings import Bound, of_fact

PER_MILLION = "USD_per_million_tokens"
PER_PETAFLOP = "USD_per_petaflop_hour"
SPEED = "tokens_per_second"
MILLION, PETA, HOUR = 1e6, 1e15, 3600.0
CHEAP: dict[Bound, Bound] = {"low": "high", "central": "central", "high": "low"}
"""A cost is low where the work done is high."""


@dataclass(frozen=True, slots=True)
class Work:
    """One accelerator at work.

    Attributes
    ----------
    format : of arithmetic in service: the wanted one or the next wider one that it has.
    per_petaflop : USD for 10^15 useful operations a second over an hour of training at 16 bits.
    read, written : tokens a second; per_read, per_written : USD for a million.
    spread : accelerators that hold the model together, at central inputs; None where it cannot be had.
    memory_bound : whether memory limits writing there.
    """

    hourly: Hourly
    format: str | None
    per_petaflop: Range
    read: Range
    written: Range
    per_read: Range
    per_written: Range
    spread: int | None
    memory_bound: bool | None


@dataclass(frozen=True, slots=True)
class Price:
    """What a service asks for a model's tokens from a day on: USD for a million read and written."""

    model: str
    day: date
    read: Reading
    written: Reading


@dataclass(frozen=True, slots=True)
class Check:
    """A measurement beside what the roofline gives for it: tokens a second of one accelerator."""

    what: str
    conditions: str
    measured: Reading
    computed: Reading

    @property
    def apart(self) -> Reading:
        """Measured over computed."""
        return ratio(f"{self.what}, measured over computed", self.measured, self.computed, unit="times")


@dataclass(frozen=True, slots=True)
class Tokens:
    """A model on all accelerators, its prices, and published measurements beside the same formulas."""

    model: Model
    works: tuple[Work, ...]
    prices: tuple[Price, ...]
    checks: tuple[Check, ...]


def tokens(book: Book, name: str = "", asked: Asked | None = None, choices: Choices | None = None) -> Tokens:
    """Cost of a million tokens of a model on every accelerator of the book.

    Raises
    ------
    UnknownName, InputError : see :func:`cardhouse.lenses.compute.models.model`.
    """
    served = model(book, name, asked)
    works = tuple(work(book, hourly(book, chip(book, id_), choices), served) for id_ in names(book))
    return Tokens(served, works, _prices(book, served), _checks(book))


def work(book: Book, cost: Hourly, served: Model) -> Work:
    """What an accelerator does in an hour, and what it costs."""
    machine = cost.chip
    format_ = format_for(machine, served.format)
    training = assumed_range(book, "compute_training_mfu")
    useful = Range(*(_useful(machine, training, CHEAP[b]) for b in BOUNDS))
    each = Range(*(_per(f"{machine.name}, a petaflop-hour", cost.sold, useful, b, PER_PETAFLOP, PETA) for b in BOUNDS))
    if format_ is None:
        gap = same(Gap(f"{machine.name}, tokens", "the book has no peak of its arithmetic"))
        return Work(cost, None, each, gap, gap, gap, gap, None, None)
    read, written = (Range(*(speed(book, machine, served, format_, b) for b in BOUNDS)) for speed in (_read, _write))
    what = f"{machine.name}, a million tokens"
    detail = _detail(book, machine, served, format_)
    return Work(
        cost,
        format_,
        each,
        read,
        written,
        Range(*(_per(f"{what} read", cost.sold, read, b, PER_MILLION, MILLION / HOUR) for b in BOUNDS)),
        Range(*(_per(f"{what} written", cost.sold, written, b, PER_MILLION, MILLION / HOUR) for b in BOUNDS)),
        *detail,
    )


def _useful(machine: Chip, use: Range, bound: Bound) -> Reading:
    """Useful operations a second in training at 16 bits."""
    what = f"{machine.name}, useful operations"
    full = peak(machine, "bf16").central
    return computed(what, lambda flops, share: flops * share, full, use.at(bound), unit="operations_per_second")


def _per(what: str, sold: Range, amount: Range, bound: Bound, unit: str, scale: float) -> Reading:
    """Cost of so much work: the hour's low cost with the most work, the high one with the least."""
    done = amount.at(bound if unit == PER_PETAFLOP else CHEAP[bound])
    return computed(what, lambda cost, speed: cost * scale / speed, sold.at(bound), done, unit=unit)


def _sheet(machine: Chip, format_: str) -> tuple[Reading, ...]:
    return peak(machine, format_).central, machine.bandwidth.central, machine.memory.central


def _plain(format_: str, flops: float, bandwidth: float, memory: float) -> Sheet:
    return Sheet(flops, bandwidth * TERA, memory * GIGA, format_)


def _uses(book: Book, bound: Bound) -> tuple[Reading, Reading]:
    return (
        assumed_range(book, "compute_serving_mfu").at(bound),
        assumed_range(book, "compute_bandwidth_use").at(bound),
    )


def _speed(
    book: Book, machine: Chip, served: Model, format_: str, bound: Bound, formula: Callable[..., float], what: str
) -> Reading:
    """A speed from the sheet, the model and the shares of the peaks that are used at one end of their range."""
    parts = (*_sheet(machine, format_), *_uses(book, bound), *served.inputs(machine.memory.central, format_))

    def applied(*v: float) -> float:
        return formula(_plain(format_, *v[:3]), load(*v[5:]), v[3], v[4])

    return computed(f"{machine.name}, {what}", applied, *parts, unit=SPEED)


def _read(book: Book, machine: Chip, served: Model, format_: str, bound: Bound) -> Reading:
    def formula(sheet: Sheet, of: Load, flops_use: float, _: float) -> float:
        return reading(sheet, of, flops_use=flops_use)

    return _speed(book, machine, served, format_, bound, formula, "tokens read a second")


def _write(book: Book, machine: Chip, served: Model, format_: str, bound: Bound) -> Reading:
    def formula(sheet: Sheet, of: Load, flops_use: float, bandwidth_use: float) -> float:
        return writing(sheet, of, flops_use=flops_use, bandwidth_use=bandwidth_use).tokens

    return _speed(book, machine, served, format_, bound, formula, "tokens written a second")


def _detail(book: Book, machine: Chip, served: Model, format_: str) -> tuple[int | None, bool | None]:
    """How many hold the model, and what limits it, at central inputs."""
    parts = known((*_sheet(machine, format_), *_uses(book, "central"), *served.inputs(machine.memory.central, format_)))
    if len(parts) != 5 + len(INPUTS) or isinstance(_write(book, machine, served, format_, "central"), Gap):
        return None, None
    v = [p.value for p in parts]
    found = writing(_plain(format_, *v[:3]), load(*v[5:]), flops_use=v[3], bandwidth_use=v[4])
    return found.spread, found.memory_bound


def _prices(book: Book, served: Model) -> tuple[Price, ...]:
    """Prices of the model and its later versions, the newest of each model and item, oldest first."""
    found = []
    for entity, metric in book.series:
        if metric == _WRITTEN and served.id and entity.startswith(served.id):
            for item in book.items(entity, metric):
                written, read = ([f for f in book.chosen(entity, name) if f.item == item] for name in (_WRITTEN, _READ))
                found.append((written[-1], read[-1] if read else None))
    found.sort(key=lambda pair: pair[0].end)
    return tuple(
        Price(
            w.entity,
            w.end,
            of_fact(book, r) if r else Gap(f"{w.entity}, price of tokens read", "the book has none"),
            of_fact(book, w),
        )
        for w, r in found
    )


_WRITTEN, _READ = "price_per_million_tokens_output", "price_per_million_tokens_input"


def _checks(book: Book) -> tuple[Check, ...]:
    """Published measurements of one accelerator beside the roofline at the conditions that were told."""
    benchmark = [_benchmark(book, id_, fmt) for id_, fmt in (("h100", "fp8"), ("gb200", "fp4"), ("gb300", "fp4"))]
    return tuple(check for check in (*benchmark, *_service(book)) if check is not None)


BENCHMARK_MODEL = "llama-3.3-70b"
"""Llama 2 70B has the same parameters and the same cache."""
BENCHMARK_TOKENS = 291.0
"""Tokens of an answer of MLPerf's Llama 2 70B: 24,525 tokens and 84.2 answers a second of one submission."""
BENCHMARK_BATCH = 256.0
"""Conversations at once; at this size arithmetic, not memory, limits most accelerators."""


def _benchmark(book: Book, id_: str, format_: str) -> Check | None:
    rows = [f for f in book.chosen(id_, "inference_tokens_per_second") if f.item == "llama-2-70b-mlperf"]
    if not rows or BENCHMARK_MODEL not in known_models(book):
        return None
    machine = chip(book, id_)
    asked = Asked(context=1.5 * BENCHMARK_TOKENS, batch=BENCHMARK_BATCH, format=format_)
    served = model(book, BENCHMARK_MODEL, asked)

    def both(sheet: Sheet, of: Load, flops_use: float, bandwidth_use: float) -> float:
        per_written = 1.0 / writing(sheet, of, flops_use=flops_use, bandwidth_use=bandwidth_use).tokens
        return 1.0 / (per_written + 1.0 / reading(sheet, of, flops_use=flops_use))

    found = _speed(book, machine, served, format_, "central", both, "tokens written a second beside as many read")
    words = f"Llama 2 70B, {format_.upper()}, as many tokens read as written, {BENCHMARK_BATCH:g} at once"
    return Check(machine.name, words, of_fact(book, rows[-1]), found)


def _service(book: Book) -> tuple[Check, ...]:
    """DeepSeek's own service: a node of eight H800, which are H100 with slower links."""
    rows = {f.item: of_fact(book, f) for f in book.chosen(SERVICE_MODEL, "inference_tokens_per_second")}
    if not {"h800-node-read", "h800-node-written"} <= rows.keys() or SERVICE_MODEL not in known_models(book):
        return ()
    machine, served = chip(book, "h100"), model(book, SERVICE_MODEL)
    fresh = 1.0 - CACHED
    return (
        Check(
            "H800",
            "DeepSeek V3, written, default batch",
            _each(rows["h800-node-written"]),
            _write(book, machine, served, "fp8", "central"),
        ),
        Check(
            "H800",
            "DeepSeek V3, read, without tokens found in its cache on disk",
            _each(rows["h800-node-read"], fresh),
            _read(book, machine, served, "fp8", "central"),
        ),
    )


SERVICE_MODEL = "deepseek-v3"
CACHED = 342.0 / 608.0
"""Part of the tokens read that were found in the cache on disk: 342 of 608 billion (the source of the rows)."""
NODE = 8
"""Accelerators of a node."""


def _each(node: Measure, share: float = 1.0) -> Reading:
    return computed("tokens a second of one", lambda x: x * share / NODE, node, unit=SPEED)
