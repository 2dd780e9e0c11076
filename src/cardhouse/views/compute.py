"""Accelerators side by side and one in depth, as tables and sentences."""

from __future__ import annotations

from cardhouse.book import Book
from cardhouse.lenses.compute.hourly import PARTS, Hourly
from cardhouse.lenses.compute.models import Model
from cardhouse.lenses.compute.overview import Depth, Line, Overview
from cardhouse.lenses.compute.ranges import Choices
from cardhouse.lenses.measure import Gap, Measure, Reading, ratio
from cardhouse.views.compute_words import INPUTS, RENT_KINDS, percent, short, span, with_unit, without
from cardhouse.views.lens import dateline as head
from cardhouse.views.lens import flag_notes, gap_notes, rests
from cardhouse.views.table import Column, Kind, Table

WHOSE = {"semianalysis-hyperscaler": "SemiAnalysis, large cloud, 2025", "nvidia": "Nvidia's blog, 2026"}


def dateline(book: Book, choices: Choices, *more: str) -> str:
    """First line of every answer: book, unit, what the user changed."""
    changed = [
        f"{name.replace('_', ' ')} {value:g} as given"
        for name, value in (
            ("price_kwh", choices.price_kwh),
            ("life", choices.life),
            ("utilisation", choices.utilisation),
            ("cost_of_capital", choices.cost_of_capital),
        )
        if value is not None
    ]
    return head(book, "USD", *more, *changed)


def served(model: Model) -> str:
    """One sentence on the model that the tokens are of."""
    total, active, context = (r.central for r in (model.total, model.active, model.context))
    batch = (
        f"{short(model.batch.central)} conversations at once"
        if model.batch
        else f"{short(model.batch_per_gb.central)} conversations at once for each GB of memory, fewer where their "
        "cache would take more than half of it"
    )
    return (
        f"Tokens are of {model.name}: {short(total, 1e-9)} billion parameters, {short(active, 1e-9)} active, "
        f"{model.format.upper()}, {short(context)} tokens of context, {batch}."
    )


def overview(found: Overview) -> Table:
    """All accelerators: cost of an hour, rent, useful operations, tokens."""
    columns = (
        Column("accelerator", "accelerator", wrap=True),
        Column("hardware", "price with server", Kind.NUMBER),
        Column("kw", "kW", Kind.NUMBER),
        Column("sold", "hour sold", Kind.NUMBER),
        Column("range", "range", Kind.NUMBER),
        Column("rent", "rent now", Kind.NUMBER),
        Column("rent_kind", "kind of rent", wrap=True),
        Column("petaflop", "PFLOP-hour", Kind.NUMBER),
        Column("read", "million read", Kind.NUMBER),
        Column("written", "million written", Kind.NUMBER),
    )
    rows = tuple(_overview_row(line) for line in found.lines)
    notes = [
        "Hour sold: what an hour that is let must bring to pay for server, network, building, power, upkeep and "
        "capital; range: ends of all inputs combined as independent errors. Rent now: median of the newest prices of "
        "one kind. PFLOP-hour: 10^15 useful operations a second for an hour of training at 16 "
        "bits. Million: of tokens.",
        served(found.model),
        *without((x.name for x in found.lines if isinstance(x.work.hourly.hardware, Gap)), "price or power"),
        *without(
            (x.name for x in found.lines if isinstance(x.work.hourly.chip.flops["bf16"].central, Gap)), "16-bit peak"
        ),
        *without(found.unknown, "price, rent or data sheet"),
        *flag_notes(x.work.hourly.hardware for x in found.lines),
        *told(found.lines),
        "All costs rest on assumptions in part; cardhouse compute ACCELERATOR shows each input and what it changes.",
    ]
    return Table("Accelerators, USD", columns, rows, tuple(n for n in notes if n))


def _overview_row(line: Line) -> tuple[str, ...]:
    done, cost = line.work, line.work.hourly
    return (
        short_name(line.name),
        short(cost.hardware),
        short(cost.watts, 1e-3),
        short(cost.sold.central),
        span(cost.sold),
        short(line.rent.rent),
        f"{RENT_KINDS[line.rent.kind]} ({line.rent.count})" if line.rent.kind else "",
        short(done.per_petaflop.central),
        short(done.per_read.central),
        short(done.per_written.central),
    )


def short_name(name: str) -> str:
    """A name without its maker and what stands in brackets."""
    return name.split(" ", 1)[-1].split(" (", maxsplit=1)[0]


def told(lines: tuple[Line, ...]) -> tuple[str, ...]:
    """What others say an hour costs an owner, beside ours: of the year, let or not."""
    said = [
        f"{short_name(line.name)} {short(t.cost)} ({WHOSE.get(t.whose, t.whose)}; here {short(line.work.hourly.hour)})"
        for line in lines
        for t in line.told
    ]
    return (f"Others put an hour of the year, let or not, at: {', '.join(said)}.",) if said else ()


def parts(cost: Hourly) -> Table:
    """What an hour consists of."""
    let = cost.inputs["utilisation"].central
    figures = [(part, cost.parts[part]) for part in PARTS] + [("all", cost.hour)]
    rows = tuple((name, short(hour), short(ratio(name, hour, let))) for name, hour in figures)
    columns = (
        Column("part", "part"),
        Column("hour", "hour of the year", Kind.NUMBER),
        Column("sold", "hour sold", Kind.NUMBER),
    )
    notes = [
        f"Hour sold: {span(cost.sold) or 'n/a'} with the ends of all inputs combined as independent errors, "
        f"{span(cost.corners) or 'n/a'} with all at their cheapest and all at their dearest.",
        *gap_notes([cost.hour]),
        rests([cost.sold.central]),
    ]
    return Table(f"{cost.chip.name}: cost of an hour, USD", columns, rows, tuple(n for n in notes if n))


def inputs(cost: Hourly) -> Table:
    """Every input with its range and what its ends make of the cost of an hour sold, widest first."""
    rows = tuple(
        (
            INPUTS[swing.input],
            with_unit(swing.range.central),
            f"{with_unit(swing.range.low)} to {with_unit(swing.range.high)}",
            short(swing.at_low),
            short(swing.at_high),
            _ground(swing.range.central),
        )
        for swing in cost.swings
    )
    columns = (
        Column("input", "input", wrap=True),
        Column("central", "central", Kind.NUMBER),
        Column("ends", "range", Kind.NUMBER),
        Column("at_low", "hour sold at low", Kind.NUMBER),
        Column("at_high", "at high", Kind.NUMBER),
        Column("ground", "rests on", wrap=True),
    )
    notes = (
        "One input at a time, the others central. Life: years it earns at today's utilisation; the machine is worth "
        "nothing after it. Electricity and PUE are those of the United States.",
        *flag_notes([cost.hardware]),
    )
    return Table("What the cost of an hour depends on", columns, rows, notes)


def _ground(reading: Reading) -> str:
    """Kinds of source behind an input."""
    if isinstance(reading, Gap):
        return reading.reason
    return ", ".join(kind.replace("_", " ") for kind in reading.rests_on)


def summary(found: Depth) -> list[str]:
    """The accelerator in a few sentences."""
    line, cost = found.line, found.line.work.hourly
    said = [_must_bring(line)]
    if isinstance(line.rent.rent, Measure) and line.rent.kind:
        over = ratio("rent over cost", line.rent.rent, cost.sold.central)
        beside = f", {percent(over)} of that" if isinstance(over, Measure) else ""
        kind, count = RENT_KINDS[line.rent.kind], line.rent.count
        of = "the one price" if count == 1 else f"the median of {count} prices"
        said.append(f"It lets for {_usd(line.rent.rent)} ({kind}, {of} of the last year){beside}.")
    done = line.work
    if isinstance(cost.sold.central, Measure):
        said.append(
            f"A useful petaflop-hour costs {_usd(done.per_petaflop.central)}, a million tokens read "
            f"{_usd(done.per_read.central)} and written {_usd(done.per_written.central)}."
        )
    return [*said, served(found.model), *told((line,))]


def _must_bring(line: Line) -> str:
    cost = line.work.hourly.sold.central
    if isinstance(cost, Gap):
        return f"{line.name}: what an hour costs cannot be said ({cost.reason}); see --show rents and --show switch."
    return f"{line.name}: an hour that is let must bring {_usd(cost)} to pay for everything."


def _usd(reading: Reading) -> str:
    return f"{short(reading)} dollars" if isinstance(reading, Measure) else short(reading)
