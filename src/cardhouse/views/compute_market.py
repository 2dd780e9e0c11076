"""Rents and how they fall, payback, and leaving a platform, as tables."""

from __future__ import annotations

from cardhouse.lenses.compute.payback import Payback
from cardhouse.lenses.compute.rents import Fall, Rents
from cardhouse.lenses.compute.switch import OWNER, Move, Switch
from cardhouse.lenses.measure import Gap, Measure
from cardhouse.views.compute import short_name
from cardhouse.views.compute_words import RENT_KINDS, percent, short, span
from cardhouse.views.lens import MARKS, flag_notes, gap_notes
from cardhouse.views.table import Cell, Column, Kind, Table

SHOWN = 40
"""Newest prices shown; all are in the file and the JSON."""
BASES = {OWNER: "owner", **{kind.value: words for kind, words in RENT_KINDS.items()}}


def falls(found: Rents) -> Table:
    """How fast rents fall, with intervals."""
    rows = tuple(_fall(f) for f in found.falls)
    columns = (
        Column("sample", "compared", wrap=True),
        Column("a_year", "falls a year", Kind.NUMBER),
        Column("interval", "95% interval", Kind.NUMBER),
        Column("half", "half-life, years", Kind.NUMBER),
        Column("half_interval", "95% interval", Kind.NUMBER),
        Column("rows", "prices", Kind.COUNT),
        Column("levels", "levels", Kind.COUNT),
        Column("r_squared", "R2", Kind.PERCENT),
    )
    notes = (
        "Least squares of the logarithm of the rent on age since release, a level for each group, HC3 standard errors, "
        "Student's t. Within one accelerator age and calendar time are the same: a shortage that lifts all rents shows "
        "as a slower fall. The prices are few and of different makers of lists; the first row compares only prices of "
        f"one series and is the one that payback uses. {found.left_out} doubtful prices and all ends of ranges are "
        "left out.",
        *gap_notes(f.a_year for f in found.falls),
    )
    return Table("How rents fall with age", columns, rows, notes)


def _fall(f: Fall) -> tuple[Cell, ...]:
    line = f.line
    return (
        f.sample,
        percent(f.a_year),
        f"{percent(f.low)} to {percent(f.high)}" if line else "",
        short(f.half_life),
        _halves(f),
        line.rows if line else None,
        line.coefficients - 1 if line else None,
        line.r_squared if line else None,
    )


def _halves(f: Fall) -> str:
    if f.line is None or isinstance(f.half_low, Gap):
        return ""
    return f"{short(f.half_low)} to {short(f.half_high) if isinstance(f.half_high, Measure) else 'no end'}"


def prices(found: Rents) -> Table:
    """The newest prices."""
    newest = sorted(found.rows, key=lambda r: (r.day, r.chip, r.item))[-SHOWN:]
    rows = tuple(
        (
            r.chip,
            r.day,
            short(r.price),
            f"{RENT_KINDS[r.kind]}{', doubtful' if r.doubtful else ''}",
            r.item,
            f"{r.age:.1f}" if r.age is not None else MARKS[Gap("", "").why],
        )
        for r in newest
    )
    columns = (
        Column("accelerator", "accelerator"),
        Column("day", "day", Kind.DATE),
        Column("price", "USD an hour", Kind.NUMBER),
        Column("kind", "kind", wrap=True),
        Column("item", "series", wrap=True),
        Column("age", "age, years", Kind.NUMBER),
    )
    more = len(found.rows) - len(newest)
    notes = (f"{more} earlier ones in --csv and --json.",) if more > 0 else ()
    return Table(f"Prices, the newest {len(newest)} of {len(found.rows)}", columns, rows, notes)


def cases(found: Payback) -> Table:
    """Payback and return by purchase date and rent path."""
    rows = tuple(
        (
            case.bought,
            case.path,
            short(case.outlay),
            short(case.rent.rent),
            short(case.payback),
            percent(case.internal_return),
            short(case.break_even),
        )
        for case in found.cases
    )
    columns = (
        Column("bought", "bought", Kind.DATE),
        Column("path", "rent goes on", wrap=True),
        Column("outlay", "price with server", Kind.NUMBER),
        Column("rent", "rent then", Kind.NUMBER),
        Column("payback", "pays back, years", Kind.NUMBER),
        Column("return", "return a year", Kind.NUMBER),
        Column("break_even", "break-even rent then", Kind.NUMBER),
    )
    ways = ", ".join(f"{p.name} -{percent(p.a_year)}" for p in found.paths[1:3])
    notes = [
        f"Rent paths: {ways} a year. Price and rent are those of the purchase date, all else today's: hours sold "
        f"{percent(found.hourly.inputs['utilisation'].central)}, life "
        f"{short(found.hourly.inputs['life'].central)} years, worth nothing after it. It is switched off when rent no "
        "longer pays power, building and upkeep. Break-even rent: at purchase, on that path, to earn the cost of "
        f"capital of {percent(found.hourly.inputs['cost_of_capital'].central)}. n.m.: never pays back.",
        *gap_notes(c.rent.rent for c in found.cases),
        *flag_notes(c.outlay for c in found.cases),
    ]
    return Table(f"{found.hourly.chip.name}: does it pay for itself, USD", columns, rows, tuple(notes))


def grid(found: Payback) -> Table:
    """Return of a purchase today by hours sold and life."""
    columns = (
        Column("sold", "hours sold"),
        *(Column(f"life_{life:g}", f"{life:g} years", Kind.NUMBER) for life in found.lives),
    )
    rows = tuple(
        (f"{sold:.0%}", *(percent(r) for r in returns)) for sold, returns in zip(found.sold, found.grid, strict=True)
    )
    notes = (f"Rent of today, falling as on the path: {found.grid_path}.",)
    return Table("Return a year of one bought today, by life and hours sold", columns, rows, notes)


def moves(found: Switch) -> Table:
    """Leaving for another maker's accelerators."""
    rows = tuple(_move(m) for m in found.moves)
    columns = (
        Column("to", "to", wrap=True),
        Column("basis", "cost", wrap=True),
        Column("format", "format"),
        Column("stay", "stay", Kind.NUMBER),
        Column("go", "go", Kind.NUMBER),
        Column("for_one", "for one", Kind.NUMBER),
        Column("saving", "saving", Kind.NUMBER),
        Column("saving_range", "range", Kind.NUMBER),
        Column("a_year", "a year", Kind.NUMBER),
        Column("worth", "port may cost", Kind.NUMBER),
        Column("least", "least fleet", Kind.NUMBER),
    )
    notes = [
        "Cost: what an owner pays, or a rent of one kind. For one: accelerators of the other kind that do the work of "
        "one, by dense peak in that format times the part of it that ported software reaches "
        f"({percent(found.ported.central)}; range of the saving: {percent(found.ported.low)} to "
        f"{percent(found.ported.high)}). Fleet of {short(found.fleet)}, horizon {short(found.horizon)} years. Port may "
        "cost: value today of the saving; a port that costs more does not pay. Least fleet: from which a port of "
        f"{short(found.porting.central)} million ({span(found.porting)}) pays. n.m.: the same work costs no less.",
        "A list price is an upper bound: large customers pay less by contracts that are not published.",
        *flag_notes(m.go for m in found.moves),
        *([f"No cost that can be set beside it: {', '.join(found.incomparable)}."] if found.incomparable else []),
    ]
    return Table(
        f"Leaving {found.base.name}: USD an hour, savings and ports in USD million", columns, rows, tuple(notes)
    )


def _move(m: Move) -> tuple[str, ...]:
    return (
        short_name(m.name),
        BASES[m.basis],
        m.format.upper(),
        short(m.stay),
        short(m.go),
        short(m.for_one),
        percent(m.saving.central),
        f"{percent(m.saving.low)} to {percent(m.saving.high)}",
        short(m.a_year),
        short(m.worth),
        short(m.least_fleet),
    )
