"""Accelerators side by side and one in depth, as tables and sentences."""

from __future__ import annotations

from cardhouse.book import Book
from cardhouse.lenses.compute.hourly import PARTS, Hourly
from cardhouse.lenses.compute.models import Model
from cardhouse.lenses.compute.overview import Depth, Line, Overview
from cardhouse.lenses.compute.ranges import Choices
from cardhouse.lenses.compute.rents import Level
from cardhouse.lenses.measure import Gap, Measure, Reading, Why, ratio
from cardhouse.views.compute_words import INPUTS, RENT_KINDS, large, percent, short, span, with_unit, without
from cardhouse.views.lens import MARKS, flag_notes, gap_notes, rests
from cardhouse.views.lens import dateline as head
from cardhouse.views.relayed import relayed
from cardhouse.views.table import Column, Kind, Table
from cardhouse.views.words import ENGLISH, N_, Words

WHOSE = {"semianalysis-hyperscaler": N_("SemiAnalysis, large cloud, 2025"), "nvidia": N_("Nvidia's blog, 2026")}


def dateline(book: Book, choices: Choices, *more: str, t: Words = ENGLISH) -> str:
    """First line of every answer: book, unit, what the user changed."""
    changed = [
        t("{what} {value} as given", what=t(name), value=f"{value:g}")
        for name, value in (
            (N_("price kwh"), choices.price_kwh),
            (N_("life"), choices.life),
            (N_("utilisation"), choices.utilisation),
            (N_("cost of capital"), choices.cost_of_capital),
        )
        if value is not None
    ]
    return head(book, t("USD"), *more, *changed, t=t)


def served(model: Model, *, t: Words = ENGLISH) -> str:
    """One sentence on the model that the tokens are of."""
    total, active, context = (r.central for r in (model.total, model.active, model.context))
    batch = (
        t("{batch} conversations at once", batch=short(model.batch.central, t=t))
        if model.batch
        else t(
            "{batch} conversations at once for each GB of memory, fewer where their cache would take more "
            "than half of it",
            batch=short(model.batch_per_gb.central, t=t),
        )
    )
    return t(
        "Tokens are of {model}: {total} billion parameters, {active} active, {format}, {context} tokens of context, "
        "{batch}.",
        model=t.named(model.name),
        total=large(total, t),
        active=large(active, t),
        format=model.format.upper(),
        context=short(context, t=t),
        batch=batch,
    )


def overview(found: Overview, *, t: Words = ENGLISH) -> Table:
    """All accelerators: cost of an hour, rent, useful operations, tokens."""
    columns = (
        Column("accelerator", t("accelerator"), wrap=True),
        Column("hardware", t("price with server"), Kind.NUMBER),
        Column("kw", "kW", Kind.NUMBER),
        Column("sold", t("hour sold"), Kind.NUMBER),
        Column("range", t("range"), Kind.NUMBER),
        Column("rent", t("rent now"), Kind.NUMBER),
        Column("rent_kind", t("kind of rent"), wrap=True),
        Column("petaflop", t("PFLOP-hour"), Kind.NUMBER),
        Column("read", t("million read"), Kind.NUMBER),
        Column("written", t("million written"), Kind.NUMBER),
    )
    rows = tuple(_overview_row(line, t) for line in found.lines)
    notes = [
        t(
            "Hour sold: what an hour that is let must bring to pay for server, network, building, power, upkeep and "
            "capital; range: ends of all inputs combined as independent errors. Rent now: median of the newest prices "
            "of one kind, of half a year up to the accelerator's newest price; how many, and their months. PFLOP-hour: "
            "10^15 useful operations a second for an hour of training at 16 bits. Million: of tokens."
        ),
        served(found.model, t=t),
        *without(
            (t.named(x.name) for x in found.lines if isinstance(x.work.hourly.hardware, Gap)), t("price or power"), t=t
        ),
        *without(
            (t.named(x.name) for x in found.lines if isinstance(x.work.hourly.chip.flops["bf16"].central, Gap)),
            t("16-bit peak"),
            t=t,
        ),
        *without(found.unknown, t("price, rent or data sheet"), t=t),
        *flag_notes((r for x in found.lines for r in (x.work.hourly.hardware, x.rent.rent)), t=t),
        *told(found.lines, t=t),
        t("All costs rest on assumptions in part; cardhouse compute ACCELERATOR shows each input and what it changes."),
    ]
    return Table(t("Accelerators, USD"), columns, rows, tuple(n for n in notes if n), t)


def _overview_row(line: Line, t: Words) -> tuple[str, ...]:
    done, cost = line.work, line.work.hourly
    return (
        short_name(line.name),
        short(cost.hardware, t=t),
        short(cost.watts, 1e-3, t=t),
        short(cost.sold.central, t=t),
        span(cost.sold, t=t),
        short(line.rent.rent, t=t),
        of_kind(line.rent, t=t),
        short(done.per_petaflop.central, t=t),
        short(done.per_read.central, t=t),
        short(done.per_written.central, t=t),
    )


def of_kind(rent: Level, *, t: Words = ENGLISH) -> str:
    """Of which kind a rent is, of how many prices, and of which months."""
    if rent.kind is None:
        return ""
    return t("{kind} ({count}), {months}", kind=t(RENT_KINDS[rent.kind]), count=rent.count, months=months(rent, t=t))


def months(rent: Level, *, t: Words = ENGLISH) -> str:
    """From the oldest to the newest month of the prices behind a rent; empty where there are none."""
    found = sorted(f"{r.day:%Y-%m}" for r in rent.prices)
    if len(set(found)) < 2:
        return found[0] if found else ""
    return t("{low} to {high}", low=found[0], high=found[-1])


def short_name(name: str) -> str:
    """A name without its maker and what stands in brackets."""
    return name.split(" ", 1)[-1].split(" (", maxsplit=1)[0]


def told(lines: tuple[Line, ...], *, t: Words = ENGLISH) -> tuple[str, ...]:
    """What others say an hour costs an owner, beside ours: of the year, let or not."""
    others = [
        t(
            "{accelerator} {cost} ({whose}; here {hour})",
            accelerator=short_name(line.name),
            cost=short(said.cost, t=t),
            whose=t(WHOSE.get(said.whose, said.whose)),
            hour=short(line.work.hourly.hour, t=t),
        )
        for line in lines
        for said in line.told
    ]
    return (
        (t("Others put an hour of the year, let or not, at: {others}.", others=t.comma.join(others)),) if others else ()
    )


def parts(cost: Hourly, *, t: Words = ENGLISH) -> Table:
    """What an hour consists of."""
    let = cost.inputs["utilisation"].central
    figures = [(part, cost.parts[part]) for part in PARTS] + [(N_("all"), cost.hour)]
    rows = tuple((t(name), short(hour, t=t), short(ratio(name, hour, let), t=t)) for name, hour in figures)
    columns = (
        Column("part", t("part")),
        Column("hour", t("hour of the year"), Kind.NUMBER),
        Column("sold", t("hour sold"), Kind.NUMBER),
    )
    notes = [
        t(
            "Hour sold: {range} with the ends of all inputs combined as independent errors, {corners} with all at "
            "their cheapest and all at their dearest.",
            range=span(cost.sold, t=t) or t(MARKS[Why.MISSING]),
            corners=span(cost.corners, t=t) or t(MARKS[Why.MISSING]),
        ),
        *gap_notes([cost.hour], t=t),
        rests([cost.sold.central], t=t),
    ]
    return Table(
        t("{accelerator}: cost of an hour, USD", accelerator=t.named(cost.chip.name)),
        columns,
        rows,
        tuple(n for n in notes if n),
        t,
    )


def inputs(cost: Hourly, *, t: Words = ENGLISH) -> Table:
    """Every input with its range and what its ends make of the cost of an hour sold, widest first."""
    rows = tuple(
        (
            t(INPUTS[swing.input]),
            with_unit(swing.range.central, t=t),
            t(
                "{low} to {high}",
                low=with_unit(swing.range.low, t=t),
                high=with_unit(swing.range.high, t=t),
            ),
            short(swing.at_low, t=t),
            short(swing.at_high, t=t),
            _ground(swing.range.central, t),
        )
        for swing in cost.swings
    )
    columns = (
        Column("input", t("input"), wrap=True),
        Column("central", t("central"), Kind.NUMBER),
        Column("ends", t("range"), Kind.NUMBER),
        Column("at_low", t("hour sold at low"), Kind.NUMBER),
        Column("at_high", t("at high"), Kind.NUMBER),
        Column("ground", t("rests on"), wrap=True),
    )
    notes = (
        t(
            "One input at a time, the others central. Life: years it earns at today's utilisation; the machine is "
            "worth nothing after it. Electricity and PUE are those of the United States."
        ),
        *flag_notes([cost.hardware], t=t),
    )
    return Table(t("What the cost of an hour depends on"), columns, rows, notes, t)


def _ground(reading: Reading, t: Words) -> str:
    """Kinds of source behind an input."""
    if isinstance(reading, Gap):
        return relayed(t, reading.reason)
    return t.comma.join(t(kind.replace("_", " ")) for kind in reading.rests_on)


def summary(found: Depth, *, t: Words = ENGLISH) -> list[str]:
    """The accelerator in a few sentences."""
    line, cost = found.line, found.line.work.hourly
    said = [_must_bring(line, t)]
    if isinstance(line.rent.rent, Measure) and line.rent.kind:
        over = ratio("rent over cost", line.rent.rent, cost.sold.central)
        beside = t(", {share} of that", share=percent(over, t=t)) if isinstance(over, Measure) else ""
        kind, count = t(RENT_KINDS[line.rent.kind]), line.rent.count
        text = (
            N_("It lets for {rent} ({kind}, the one fresh price of this kind, of {months}){beside}.")
            if count == 1
            else N_(
                "It lets for {rent} ({kind}, the median of {count} prices from {low} to {high}, of {months}){beside}."
            )
        )
        said.append(
            t(
                text,
                rent=_usd(line.rent.rent, t),
                kind=kind,
                count=count,
                low=short(min((r.price for r in line.rent.prices), key=lambda m: m.value), t=t),
                high=short(max((r.price for r in line.rent.prices), key=lambda m: m.value), t=t),
                months=months(line.rent, t=t),
                beside=beside,
            )
        )
        said += flag_notes([line.rent.rent], t=t)
    done = line.work
    if isinstance(cost.sold.central, Measure):
        said.append(
            t(
                "A useful petaflop-hour costs {per_petaflop}, a million tokens read {per_read} and written "
                "{per_written}.",
                per_petaflop=_usd(done.per_petaflop.central, t),
                per_read=_usd(done.per_read.central, t),
                per_written=_usd(done.per_written.central, t),
            )
        )
    return [*said, served(found.model, t=t), *told((line,), t=t)]


def _must_bring(line: Line, t: Words) -> str:
    cost = line.work.hourly.sold.central
    if isinstance(cost, Gap):
        return t(
            "{accelerator}: what an hour costs cannot be said ({reason}); see --show rents and --show switch.",
            accelerator=t.named(line.name),
            reason=relayed(t, cost.reason),
        )
    return t(
        "{accelerator}: an hour that is let must bring {cost} to pay for everything.",
        accelerator=t.named(line.name),
        cost=_usd(cost, t),
    )


def _usd(reading: Reading, t: Words) -> str:
    return t("{amount} dollars", amount=short(reading, t=t)) if isinstance(reading, Measure) else short(reading, t=t)
