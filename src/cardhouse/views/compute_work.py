"""Tokens on all accelerators, checks of the roofline, and training against serving, as tables."""

from __future__ import annotations

from cardhouse.lenses.compute.tokens import Tokens
from cardhouse.lenses.compute.training import Training
from cardhouse.lenses.measure import Gap, Measure
from cardhouse.views.compute import served, short_name
from cardhouse.views.compute_words import RENT_KINDS, large, percent, short, span, without
from cardhouse.views.lens import gap_notes
from cardhouse.views.relayed import relayed
from cardhouse.views.table import Column, Kind, Table
from cardhouse.views.words import ENGLISH, N_, Words


def tokens(found: Tokens, *, t: Words = ENGLISH) -> Table:
    """Speed and cost of reading and writing tokens."""
    shown = [w for w in found.works if isinstance(w.read.central, Measure)]
    rows = tuple(
        (
            short_name(w.hourly.chip.name),
            (w.format or "").upper(),
            w.spread,
            short(w.read.central, t=t),
            short(w.written.central, t=t),
            short(w.per_read.central, t=t),
            span(w.per_read, t=t),
            short(w.per_written.central, t=t),
            span(w.per_written, t=t),
        )
        for w in shown
    )
    columns = (
        Column("accelerator", t("accelerator"), wrap=True),
        Column("format", t("format")),
        Column("spread", t("spread over"), Kind.COUNT),
        Column("read", t("read a second"), Kind.NUMBER),
        Column("written", t("written a second"), Kind.NUMBER),
        Column("per_read", t("million read"), Kind.NUMBER),
        Column("read_range", t("range"), Kind.NUMBER),
        Column("per_written", t("million written"), Kind.NUMBER),
        Column("written_range", t("range"), Kind.NUMBER),
    )
    fits = [w.written.central for w in shown if isinstance(w.written.central, Gap)]
    notes = [
        served(found.model, t=t),
        t(
            "Spread over: accelerators that hold the model together. {limits} Ranges: cost of an hour and the use of "
            "the peaks at their ends; the batch is not varied (--batch). Reading and writing are taken to run apart; "
            "traffic between machines is not counted.",
            limits=_limits(found, t),
        ),
        *without(
            (t.named(w.hourly.chip.name) for w in shown if isinstance(w.hourly.sold.central, Gap)),
            t.meant("price", N_("purchase price")),
            t=t,
        ),
        *gap_notes((g for g in fits if "conversations" in g.reason), t=t),
    ]
    return Table(t("A million tokens at the owner's cost, USD"), columns, rows, tuple(n for n in notes if n), t)


def _limits(found: Tokens, t: Words) -> str:
    """Which accelerators write as fast as their arithmetic lets them; memory holds back the others."""
    names = [short_name(w.hourly.chip.name) for w in found.works if w.memory_bound is False]
    return (
        t("Arithmetic limits writing on {accelerators}, memory elsewhere.", accelerators=t.comma.join(names))
        if names
        else t("Memory limits writing.")
    )


def prices(found: Tokens, *, t: Words = ENGLISH) -> Table | str:
    """What is asked for the model's tokens; nothing where the book has no price."""
    if not found.prices:
        return ""
    rows = tuple((t.named(p.model), p.day, short(p.read, t=t), short(p.written, t=t)) for p in found.prices)
    columns = (
        Column("model", t.meant("model", N_("AI model"))),
        Column("day", t("from"), Kind.DATE),
        Column("read", t("million read"), Kind.NUMBER),
        Column("written", t("million written"), Kind.NUMBER),
    )
    return Table(t("What is asked for them, USD, list prices without cache and batch discounts"), columns, rows, t=t)


def checks(found: Tokens, *, t: Words = ENGLISH) -> Table | str:
    """Published measurements beside the same formulas."""
    if not found.checks:
        return ""
    rows = tuple(
        (
            short_name(c.what) if " " in c.what else c.what,
            relayed(t, c.conditions),
            short(c.measured, t=t),
            short(c.computed, t=t),
            short(c.apart, t=t),
        )
        for c in found.checks
    )
    columns = (
        Column("what", t("accelerator")),
        Column("conditions", t("work"), wrap=True),
        Column("measured", t("measured"), Kind.NUMBER),
        Column("computed", t("computed"), Kind.NUMBER),
        Column("apart", t("measured over computed"), Kind.NUMBER),
    )
    notes = (
        t(
            "The shares of the peaks that software uses were set with these measurements in view, so agreement is no "
            "proof; that one set fits three generations of machines is. DeepSeek reads with a third of the assumed use."
        ),
    )
    return Table(
        t("The roofline beside published measurements, tokens a second of one accelerator"), columns, rows, notes, t
    )


def training(found: Training, *, t: Words = ENGLISH) -> Table:
    """A training run once, and serving the model, on every accelerator."""
    rows = tuple(
        (
            short_name(r.work.hourly.chip.name),
            short(r.hours, 1e-6, t=t),
            short(r.owned, t=t),
            short(r.rented, t=t),
            t(RENT_KINDS[r.rent.kind]) if r.rent.kind else "",
            short(r.serving, t=t),
            short(r.months, t=t),
        )
        for r in found.runs
    )
    columns = (
        Column("accelerator", t("accelerator"), wrap=True),
        Column("hours", t("million hours"), Kind.NUMBER),
        Column("owned", t("run at owner's cost"), Kind.NUMBER),
        Column("rented", t("run at rent"), Kind.NUMBER),
        Column("kind", t("kind of rent"), wrap=True),
        Column("serving", t("a month of serving"), Kind.NUMBER),
        Column("months", t("months to equal"), Kind.NUMBER),
    )
    data = short(found.tokens, 1e-12, t=t)
    notes = [
        t(
            "{model}: {data} trillion tokens, 6 operations for each active parameter and token; in service {read} "
            "billion tokens read and {written} written a day. The run is the final one: failed runs, research and "
            "data are not in it.",
            model=t.named(found.model.name),
            data=data,
            read=large(found.read, t),
            written=large(found.written, t),
        ),
        *gap_notes((found.tokens, found.read, found.written), t=t),
        *without(
            (t.named(r.work.hourly.chip.name) for r in found.runs if isinstance(r.owned, Gap)),
            t.meant("price", N_("purchase price")),
            t=t,
        ),
    ]
    return Table(t("Training once, serving every month, USD million"), columns, rows, tuple(notes), t)


def published(found: Training, *, t: Words = ENGLISH) -> Table | str:
    """Runs whose hours are published, and what laboratories spent."""
    if not found.published:
        return ""
    rows = tuple(
        (
            t.named(p.name),
            short(p.hours, 1e-6, t=t),
            short(p.operations, 1e-24, t=t),
            percent(p.use, t=t),
            short(p.cost, t=t),
            short(p.price, t=t),
        )
        for p in found.published
    )
    columns = (
        Column("model", t.meant("model", N_("AI model"))),
        Column("hours", t("million hours"), Kind.NUMBER),
        Column("operations", t("operations, 10^24"), Kind.NUMBER),
        Column("use", t("use of 16-bit peak"), Kind.NUMBER),
        Column("cost", t("cost, USD million"), Kind.NUMBER),
        Column("price", t("USD an hour"), Kind.NUMBER),
    )
    return Table(t("Runs whose hours are published"), columns, rows, tuple(spent(found, t=t)), t)


def spent(found: Training, *, t: Words = ENGLISH) -> list[str]:
    """One sentence a laboratory: computing to train and to serve in the same period."""
    said = []
    for row in found.spent:
        if isinstance(row.training, Measure) and isinstance(row.serving, Measure):
            when = t("{start} to {end}", start=row.training.start, end=row.training.end)
            said.append(
                t(
                    "{firm} spent {training} million on computing to train and {serving} to serve from {when} "
                    "({kinds}): {ratio} dollars of training for one of serving.",
                    firm=t.named(row.name),
                    training=short(row.training, t=t),
                    serving=short(row.serving, t=t),
                    when=when,
                    kinds=t.comma.join(t(kind) for kind in row.training.rests_on),
                    ratio=short(row.ratio, t=t),
                )
            )
    return said
