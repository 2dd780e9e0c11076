"""Rents and how they fall, payback, and leaving a platform, as tables."""

from __future__ import annotations

from cardhouse.lenses.compute.payback import Case, Payback
from cardhouse.lenses.compute.rents import Fall, Rents
from cardhouse.lenses.compute.switch import OWNER, Move, Switch
from cardhouse.lenses.measure import Gap, Measure, Why
from cardhouse.views.compute import of_kind, short_name
from cardhouse.views.compute_words import RENT_KINDS, percent, short, span
from cardhouse.views.lens import MARKS, flag_notes, gap_notes
from cardhouse.views.relayed import relayed
from cardhouse.views.table import Cell, Column, Kind, Table
from cardhouse.views.words import ENGLISH, N_, Words

SHOWN = 40
"""Newest prices shown; all are in the file and the JSON."""
CHIPS_NAMED = 4
"""Accelerators that a sample names."""
BASES = {OWNER: N_("owner"), **{kind.value: words for kind, words in RENT_KINDS.items()}}


def falls(found: Rents, *, t: Words = ENGLISH) -> Table:
    """How fast rents fall, with intervals."""
    rows = tuple(_fall(f, t) for f in found.falls)
    columns = (
        Column("sample", t("compared"), wrap=True),
        Column("a_year", t("falls a year"), Kind.NUMBER),
        Column("interval", t("95% interval"), Kind.NUMBER),
        Column("half", t("half-life, years"), Kind.NUMBER),
        Column("half_interval", t("95% interval"), Kind.NUMBER),
        Column("rows", t("prices"), Kind.COUNT),
        Column("levels", t("levels"), Kind.COUNT),
        Column("r_squared", t("R2 within levels"), Kind.PERCENT),
    )
    notes = (
        t(
            "Least squares of the logarithm of the rent on age since release, a level for each group, HC3 standard "
            "errors, Student's t. Within one accelerator age and calendar time are the same: a shortage that lifts "
            "all rents shows as a slower fall. The prices are few and of different makers of lists; the first row "
            "compares only prices of one series and is the one that payback uses, for every accelerator; the second is "
            "the same of the last sixteen months, below zero where rents rose. R2 within levels: what age explains of "
            "what the levels leave. {left_out} doubtful prices and all ends and middles of ranges are left out.",
            left_out=found.left_out,
        ),
        *gap_notes((f.a_year for f in found.falls), t=t),
    )
    return Table(t("How rents fall with age"), columns, rows, notes, t)


def _fall(f: Fall, t: Words) -> tuple[Cell, ...]:
    line = f.line
    return (
        _sample(f, t),
        percent(f.a_year, t=t),
        t("{low} to {high}", low=percent(f.low, t=t), high=percent(f.high, t=t)) if line else "",
        short(f.half_life, t=t),
        _halves(f, t),
        line.rows if line else None,
        line.coefficients - 1 if line else None,
        line.within if line else None,
    )


def _sample(f: Fall, t: Words) -> str:
    """What is compared; of few accelerators which."""
    name = relayed(t, f.sample)
    few = f.chips and len(f.chips) <= CHIPS_NAMED and f.sample.startswith("same series")
    return t("{what}: {reason}", what=name, reason=t.comma.join(c.upper() for c in f.chips)) if few else name


def _halves(f: Fall, t: Words) -> str:
    if f.line is None or isinstance(f.half_low, Gap):
        return ""
    return t(
        "{low} to {high}",
        low=short(f.half_low, t=t),
        high=short(f.half_high, t=t) if isinstance(f.half_high, Measure) else t("no end"),
    )


def prices(found: Rents, *, t: Words = ENGLISH) -> Table:
    """The newest prices."""
    newest = sorted(found.rows, key=lambda r: (r.day, r.chip, r.item))[-SHOWN:]
    rows = tuple(
        (
            r.chip,
            r.day,
            short(r.price, t=t),
            f"{t(RENT_KINDS[r.kind])}{t(', doubtful') if r.doubtful else ''}",
            r.item,
            f"{r.age:.1f}" if r.age is not None else t(MARKS[Why.MISSING]),
        )
        for r in newest
    )
    columns = (
        Column("accelerator", t("accelerator")),
        Column("day", t("day"), Kind.DATE),
        Column("price", t("USD an hour"), Kind.NUMBER),
        Column("kind", t("kind"), wrap=True),
        Column("item", t("series"), wrap=True),
        Column("age", t("age, years"), Kind.NUMBER),
    )
    more = len(found.rows) - len(newest)
    notes = (t("{more} earlier ones in --csv and --json.", more=more),) if more > 0 else ()
    return Table(
        t("Prices, the newest {shown} of {whole}", shown=len(newest), whole=len(found.rows)), columns, rows, notes, t
    )


def cases(found: Payback, *, t: Words = ENGLISH) -> Table:
    """Payback and return by purchase date and rent path."""
    rows = tuple(
        _case(case, t) for case in found.cases if isinstance(case.outlay, Measure) or case.path == found.paths[0].name
    )
    columns = (
        Column("bought", t("bought"), Kind.DATE),
        Column("path", t("rent goes on"), wrap=True),
        Column("outlay", t("price with server"), Kind.NUMBER),
        Column("priced", t("price of")),
        Column("rent", t("rent then"), Kind.NUMBER),
        Column("payback", t("pays back, years"), Kind.NUMBER),
        Column("return", t("return a year"), Kind.NUMBER),
        Column("break_even", t("break-even rent then"), Kind.NUMBER),
    )
    ways = t.comma.join(f"{relayed(t, p.name)} -{percent(p.a_year, t=t)}" for p in found.paths[1:3])
    notes = [
        t(
            "Rent paths: {ways} a year. Price and rent are the newest known on the purchase date, from different "
            "sources, so that a difference of two prices is no change of price; all else is today's: hours sold "
            "{sold}, life {life} years, worth nothing after it. It is switched off when rent no longer pays "
            "power, building and upkeep. Break-even rent: at purchase, on that path, to earn the cost of capital of "
            "{capital}. n.m.: never pays back.",
            ways=ways,
            sold=percent(found.hourly.inputs["utilisation"].central, t=t),
            life=short(found.hourly.inputs["life"].central, t=t),
            capital=percent(found.hourly.inputs["cost_of_capital"].central, t=t),
        ),
        *_kinds(found, t),
        *_lately(found, t),
        *gap_notes((r for c in found.cases for r in (c.rent.rent, c.outlay)), t=t),
        *flag_notes((r for c in found.cases for r in (c.rent.rent, c.outlay)), t=t),
    ]
    return Table(
        t("{accelerator}: does it pay for itself, USD", accelerator=t.named(found.hourly.chip.name)),
        columns,
        rows,
        tuple(notes),
        t,
    )


def _case(case: Case, t: Words) -> tuple[Cell, ...]:
    """One purchase on one path; without a price one row stands for all paths."""
    return (
        case.bought,
        relayed(t, case.path) if isinstance(case.outlay, Measure) else t("any"),
        short(case.outlay, t=t),
        f"{case.priced:%Y-%m}" if case.priced else "",
        short(case.rent.rent, t=t),
        short(case.payback, t=t),
        percent(case.internal_return, t=t),
        short(case.break_even, t=t),
    )


def _kinds(found: Payback, t: Words) -> tuple[str, ...]:
    """Of which kind the rent of each purchase is, of how many prices and of which months."""
    rents = {case.bought: case.rent for case in found.cases if case.rent.kind}
    told = [f"{bought} {of_kind(rent, t=t)}" for bought, rent in rents.items()]
    return (t("Rent then, by kind (prices) and month: {rents}.", rents=t.semicolon.join(told)),) if told else ()


def _lately(found: Payback, t: Words) -> tuple[str, ...]:
    """What the same series did of late, where that is not what the fitted path goes on."""
    lately = found.lately
    if not isinstance(lately.a_year, Measure):
        return ()
    chips = t.comma.join(c.upper() for c in lately.chips)
    rose = lately.a_year.value < 0.0
    text = (
        N_("Of late the series of {chips} rose by {share} a year ({prices} prices of the last sixteen months).")
        if rose
        else N_("Of late the series of {chips} fell by {share} a year ({prices} prices of the last sixteen months).")
    )
    count = lately.line.rows if lately.line else 0
    return (t(text, chips=chips, share=t.percent(abs(lately.a_year.value)), prices=count),)


def grid(found: Payback, *, t: Words = ENGLISH) -> Table:
    """Return of a purchase today by hours sold and life."""
    columns = (
        Column("sold", t("hours sold")),
        *(Column(f"life_{life:g}", t("{years} years", years=f"{life:g}"), Kind.NUMBER) for life in found.lives),
    )
    rows = tuple(
        (f"{sold:.0%}", *(percent(r, t=t) for r in returns))
        for sold, returns in zip(found.sold, found.grid, strict=True)
    )
    notes = (t("Rent of today, falling as on the path: {path}.", path=relayed(t, found.grid_path)),)
    return Table(t("Return a year of one bought today, by life and hours sold"), columns, rows, notes, t)


def moves(found: Switch, *, t: Words = ENGLISH) -> Table:
    """Leaving for another maker's accelerators."""
    rows = tuple(_move(m, t) for m in found.moves)
    columns = (
        Column("to", t("to"), wrap=True),
        Column("basis", t("cost"), wrap=True),
        Column("format", t("format")),
        Column("stay", t("stay"), Kind.NUMBER),
        Column("go", t("go"), Kind.NUMBER),
        Column("for_one", t("for one"), Kind.NUMBER),
        Column("saving", t("saving"), Kind.NUMBER),
        Column("saving_range", t("range"), Kind.NUMBER),
        Column("a_year", t("a year"), Kind.NUMBER),
        Column("worth", t("port may cost"), Kind.NUMBER),
        Column("least", t("least fleet"), Kind.NUMBER),
    )
    notes = [
        t(
            "Cost: what an owner pays, or a rent of one kind. For one: accelerators of the other kind that do the "
            "work of one, by dense peak in that format times the part of it that ported software reaches ({ported}; "
            "range of the saving: {low} to {high}). Fleet of {fleet}, horizon {horizon} years. Port may cost: value "
            "today of the saving; a port that costs more does not pay. Least fleet: from which a port of {porting} "
            "million ({range}) pays. n.m.: the same work costs no less.",
            ported=percent(found.ported.central, t=t),
            low=percent(found.ported.low, t=t),
            high=percent(found.ported.high, t=t),
            fleet=short(found.fleet, t=t),
            horizon=short(found.horizon, t=t),
            porting=short(found.porting.central, t=t),
            range=span(found.porting, t=t),
        ),
        t("A list price is an upper bound: large customers pay less by contracts that are not published."),
        *flag_notes((r for m in found.moves for r in (m.stay, m.go)), t=t),
        *(
            [
                t(
                    "No cost that can be set beside it: {names}.",
                    names=t.comma.join(t.named(name) for name in found.incomparable),
                )
            ]
            if found.incomparable
            else []
        ),
    ]
    return Table(
        t("Leaving {accelerator}: USD an hour, savings and ports in USD million", accelerator=t.named(found.base.name)),
        columns,
        rows,
        tuple(notes),
        t,
    )


def _move(m: Move, t: Words) -> tuple[str, ...]:
    return (
        short_name(m.name),
        t(BASES[m.basis]),
        m.format.upper(),
        short(m.stay, t=t),
        short(m.go, t=t),
        short(m.for_one, t=t),
        percent(m.saving.central, t=t),
        t("{low} to {high}", low=percent(m.saving.low, t=t), high=percent(m.saving.high, t=t)),
        short(m.a_year, t=t),
        short(m.worth, t=t),
        short(m.least_fleet, t=t),
    )
