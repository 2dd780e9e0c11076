"""Tokens on all accelerators, checks of the roofline, and training against serving, as tables."""

from __future__ import annotations

from cardhouse.lenses.compute.tokens import Tokens
from cardhouse.lenses.compute.training import Training
from cardhouse.lenses.measure import Gap, Measure
from cardhouse.views.compute import served, short_name
from cardhouse.views.compute_words import RENT_KINDS, percent, short, span, without
from cardhouse.views.lens import gap_notes
from cardhouse.views.table import Column, Kind, Table


def tokens(found: Tokens) -> Table:
    """Speed and cost of reading and writing tokens."""
    shown = [w for w in found.works if isinstance(w.read.central, Measure)]
    rows = tuple(
        (
            short_name(w.hourly.chip.name),
            (w.format or "").upper(),
            w.spread,
            short(w.read.central),
            short(w.written.central),
            short(w.per_read.central),
            span(w.per_read),
            short(w.per_written.central),
            span(w.per_written),
        )
        for w in shown
    )
    columns = (
        Column("accelerator", "accelerator", wrap=True),
        Column("format", "format"),
        Column("spread", "spread over", Kind.COUNT),
        Column("read", "read a second", Kind.NUMBER),
        Column("written", "written a second", Kind.NUMBER),
        Column("per_read", "million read", Kind.NUMBER),
        Column("read_range", "range", Kind.NUMBER),
        Column("per_written", "million written", Kind.NUMBER),
        Column("written_range", "range", Kind.NUMBER),
    )
    fits = [w.written.central for w in shown if isinstance(w.written.central, Gap)]
    notes = [
        served(found.model),
        f"Spread over: accelerators that hold the model together. {_limits(found)} Ranges: cost of an hour and the use "
        "of the peaks at their ends; the batch is not varied (--batch). Reading and writing are taken to run apart; "
        "traffic between machines is not counted.",
        *without((w.hourly.chip.name for w in shown if isinstance(w.hourly.sold.central, Gap)), "price"),
        *gap_notes(g for g in fits if "conversations" in g.reason),
    ]
    return Table("A million tokens at the owner's cost, USD", columns, rows, tuple(n for n in notes if n))


def _limits(found: Tokens) -> str:
    """Which accelerators write as fast as their arithmetic lets them; memory holds back the others."""
    names = [short_name(w.hourly.chip.name) for w in found.works if w.memory_bound is False]
    return f"Arithmetic limits writing on {', '.join(names)}, memory elsewhere." if names else "Memory limits writing."


def prices(found: Tokens) -> Table | str:
    """What is asked for the model's tokens; nothing where the book has no price."""
    if not found.prices:
        return ""
    rows = tuple((p.model, p.day, short(p.read), short(p.written)) for p in found.prices)
    columns = (
        Column("model", "model"),
        Column("day", "from", Kind.DATE),
        Column("read", "million read", Kind.NUMBER),
        Column("written", "million written", Kind.NUMBER),
    )
    return Table("What is asked for them, USD, list prices without cache and batch discounts", columns, rows)


def checks(found: Tokens) -> Table | str:
    """Published measurements beside the same formulas."""
    if not found.checks:
        return ""
    rows = tuple(
        (
            short_name(c.what) if " " in c.what else c.what,
            c.conditions,
            short(c.measured),
            short(c.computed),
            short(c.apart),
        )
        for c in found.checks
    )
    columns = (
        Column("what", "accelerator"),
        Column("conditions", "work", wrap=True),
        Column("measured", "measured", Kind.NUMBER),
        Column("computed", "computed", Kind.NUMBER),
        Column("apart", "measured over computed", Kind.NUMBER),
    )
    notes = (
        "The shares of the peaks that software uses were set with these measurements in view, so agreement is no "
        "proof; that one set fits three generations of machines is. DeepSeek reads with a third of the assumed use.",
    )
    return Table("The roofline beside published measurements, tokens a second of one accelerator", columns, rows, notes)


def training(found: Training) -> Table:
    """A training run once, and serving the model, on every accelerator."""
    rows = tuple(
        (
            short_name(r.work.hourly.chip.name),
            short(r.hours, 1e-6),
            short(r.owned),
            short(r.rented),
            RENT_KINDS[r.rent.kind] if r.rent.kind else "",
            short(r.serving),
            short(r.months),
        )
        for r in found.runs
    )
    columns = (
        Column("accelerator", "accelerator", wrap=True),
        Column("hours", "million hours", Kind.NUMBER),
        Column("owned", "run at owner's cost", Kind.NUMBER),
        Column("rented", "run at rent", Kind.NUMBER),
        Column("kind", "kind of rent", wrap=True),
        Column("serving", "a month of serving", Kind.NUMBER),
        Column("months", "months to equal", Kind.NUMBER),
    )
    data = short(found.tokens, 1e-12)
    notes = [
        f"{found.model.name}: {data} trillion tokens, 6 operations for each active parameter and token; in service "
        f"{short(found.read, 1e-9)} billion tokens read and {short(found.written, 1e-9)} written a day. The run is the "
        "final one: failed runs, research and data are not in it.",
        *gap_notes((found.tokens, found.read, found.written)),
        *without((r.work.hourly.chip.name for r in found.runs if isinstance(r.owned, Gap)), "price"),
    ]
    return Table("Training once, serving every month, USD million", columns, rows, tuple(notes))


def published(found: Training) -> Table | str:
    """Runs whose hours are published, and what laboratories spent."""
    if not found.published:
        return ""
    rows = tuple(
        (p.name, short(p.hours, 1e-6), short(p.operations, 1e-24), percent(p.use), short(p.cost), short(p.price))
        for p in found.published
    )
    columns = (
        Column("model", "model"),
        Column("hours", "million hours", Kind.NUMBER),
        Column("operations", "operations, 10^24", Kind.NUMBER),
        Column("use", "use of 16-bit peak", Kind.NUMBER),
        Column("cost", "cost, USD million", Kind.NUMBER),
        Column("price", "USD an hour", Kind.NUMBER),
    )
    return Table("Runs whose hours are published", columns, rows, tuple(spent(found)))


def spent(found: Training) -> list[str]:
    """One sentence a laboratory: computing to train and to serve in the same period."""
    said = []
    for row in found.spent:
        if isinstance(row.training, Measure) and isinstance(row.serving, Measure):
            when = f"{row.training.start} to {row.training.end}"
            said.append(
                f"{row.name} spent {short(row.training)} million on computing to train and {short(row.serving)} to "
                f"serve from {when} ({', '.join(row.training.rests_on)}): {short(row.ratio)} dollars of training "
                "for one of serving."
            )
    return said
