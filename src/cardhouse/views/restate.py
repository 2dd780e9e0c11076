"""Accounts at other lives of servers, as tables and sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from cardhouse.book import Book
from cardhouse.lenses.accounts import AtLife, FirmAccounts, Restatement
from cardhouse.lenses.accounts.answer import RENTS, at
from cardhouse.lenses.measure import Gap, Measure, Reading, Why, difference, total
from cardhouse.lenses.readings import entity_name
from cardhouse.views import lens
from cardhouse.views.table import Cell, Column, Kind, Table, billions

RATIOS: tuple[tuple[str, str], ...] = (
    ("margin", "margin"),
    ("cover", "interest cover"),
    ("leverage", "debt to equity"),
    ("return_on_capital", "return on capital"),
)


def dateline(answer: Restatement, book: Book) -> str:
    """What every table must carry: book, years, unit, convention."""
    first = "a full" if answer.full_year else "half a"
    return lens.dateline(
        book,
        "each firm's newest reported year",
        f"spending of a year is charged {first} year in its first",
        "USD billion",
    )


def headline(answer: Restatement) -> list[str]:
    """The answer in a few sentences."""
    pairs = [(f, f.restated.lives[at(f.restated, answer.common)]) for f in answer.firms]
    both = [(f, x) for f, x in pairs if isinstance(x.operating_income, Measure)]
    years = answer.common.years
    lines = []
    if both and isinstance(years, Measure):
        lines.append(_together(both, years.value))
    slow, central, fast = (x.life for x in answer.economic)
    if isinstance(slow, Measure) and isinstance(central, Measure) and isinstance(fast, Measure):
        decay = [x.rent_decay.value for x in answer.economic if isinstance(x.rent_decay, Measure)]
        lines.append(
            f"Rents that fall by {decay[1]:.0%} a year make {central.value:.1f} years the life with the same present "
            f"value ({slow.value:.1f} at {decay[0]:.0%}, {fast.value:.1f} at {decay[2]:.0%})."
            + (
                f" Simulations of this book use {answer.assumed_life.value:g}."
                if isinstance(answer.assumed_life, Measure)
                else ""
            )
        )
    return lines


def _together(pairs: Sequence[tuple[FirmAccounts, AtLife]], years: float) -> str:
    before = total(f.restated.reported.operating_income for f, _ in pairs)
    after = total(x.operating_income for _, x in pairs)
    more = difference(after, before)
    if isinstance(before, Gap) or isinstance(more, Gap):
        return ""
    who = "the firm's" if len(pairs) == 1 else f"the {len(pairs)} firms'"
    change = (
        "stays as it is"
        if abs(more.value) < 0.5
        else (f"is {billions(abs(more.value))} billion {'higher' if more.value > 0 else 'lower'}")
    )
    part = f" ({more.value / before.value:+.1%})" if before.value > 0 and abs(more.value) >= 0.5 else ""
    return f"With servers written off over {years:.1f} years {who} operating income of a year {change}{part}."


def side_by_side(answer: Restatement, book: Book) -> list[Table | str]:
    """Firms side by side, or that none can be restated."""
    tables = [incomes(answer, book), ratios(answer, book)]
    if tables[0].rows:
        return [*tables]
    return ["\n".join(["No firm's year can be restated at other lives of servers.", *tables[0].notes[1:]])]


def incomes(answer: Restatement, book: Book) -> Table:
    """Operating income of every firm at every life."""
    shown, silent = split(answer.firms, lambda f: f.restated.plant.gap)
    rows = tuple(
        (
            entity_name(book, f.firm),
            ended(f.restated.plant.depreciation),
            _years(f.restated.as_reported.life.years),
            lens.cell(f.restated.reported.operating_income),
            *(lens.cell(x.operating_income) for x in f.restated.lives),
            fit(f.restated.factor),
        )
        for f in shown
    )
    columns = (
        Column("firm", "firm"),
        Column("year_to", "year to", Kind.DATE),
        Column("life", "life"),
        Column("reported", "as reported", Kind.MONEY),
        *(Column(_key(x.name), life_title(x.name, x.years), Kind.MONEY) for x in answer.lives),
        Column("factor", "fit"),
    )
    gaps = [x.depreciation_change for f in shown for x in f.restated.lives]
    notes = [
        "Life: years in the accounts, assumed where the firm states none. Rents: the life from rents. Fit: reported "
        "charge for servers over the one "
        "computed from the assumed part of spending; it is set to one for every life, and far from one means that "
        "the split is doubtful. Fitted: spending is not known far enough back, a steady growth stands for it.",
        *lens.gap_notes(gaps),
        *_without(book, silent, "Without a split of depreciation"),
        *doubts(book, shown),
        *lens.flag_notes(gaps, most=8),
        lens.rests(x.operating_income for f in shown for x in f.restated.lives),
    ]
    return Table("Operating income of a year at other lives of servers", columns, rows, tuple(filter(None, notes)))


def ratios(answer: Restatement, book: Book) -> Table:
    """Margin, cover, leverage and return as reported and at the common life."""
    shown, _ = split(answer.firms, lambda f: f.restated.plant.gap)
    pairs = [(f, f.restated.as_reported, f.restated.lives[at(f.restated, answer.common)]) for f in shown]
    rows = tuple(
        (
            entity_name(book, f.firm),
            *(cell for key, _ in RATIOS for cell in (ratio_cell(key, old), ratio_cell(key, new))),
            lens.cell(difference(new.net_income, old.net_income)),
        )
        for f, old, new in pairs
    )
    columns = (
        Column("firm", "firm"),
        *(column for key, title in RATIOS for column in (Column(f"{key}_reported", title), Column(key, "then"))),
        Column("net_income_change", "net income", Kind.MONEY),
    )
    notes = [
        "Cover: operating income over interest. Debt: borrowings without leases; equity falls by what would have been "
        "written off more, after tax. Return: operating income after tax over debt and equity less cash. Net income: "
        "the change.",
        *lens.gap_notes(
            gap
            for _, old, new in pairs
            for gap in (
                *four(old),
                *(r for r in four(new) if isinstance(r, Gap) and r.why is Why.NOT_MEANINGFUL),
            )
        ),
        lens.rests(r for _, _, new in pairs for r in four(new)),
    ]
    return Table(f"As reported, and then at {common(answer)}", columns, rows, tuple(filter(None, notes)))


def lines(answer: Restatement) -> Table:
    """Every firm at every life, a row each: what the CSV holds."""
    rows = tuple(
        (
            f.firm,
            x.life.name,
            lens.cell(x.life.years),
            ended(f.restated.plant.depreciation),
            *(lens.cell(r) for r in (x.depreciation_change, x.operating_income, x.net_income, *four(x))),
        )
        for f in answer.firms
        for x in (f.restated.as_reported, *f.restated.lives)
    )
    names = ("depreciation_change", "operating_income", "net_income", *(key for key, _ in RATIOS))
    columns = (
        Column("firm", "firm"),
        Column("life", "life"),
        Column("years", "years"),
        Column("year_to", "year to", Kind.DATE),
        *(Column(name, name.replace("_", " ")) for name in names),
    )
    return Table("Accounts at other lives", columns, rows)


def common(answer: Restatement) -> str:
    """The common life in words."""
    years = answer.common.years
    if isinstance(years, Gap):
        return "the life from rents"
    return f"{years.value:.1f} years" + (", the life from rents" if answer.common.name == RENTS else "")


def split(
    firms: Iterable[FirmAccounts], gap: Callable[[FirmAccounts], Gap | None]
) -> tuple[list[FirmAccounts], list[tuple[FirmAccounts, Gap]]]:
    """Firms that have something to show, and those that have not with the reason."""
    shown, silent = [], []
    for firm in firms:
        reason = gap(firm)
        if reason is None:
            shown.append(firm)
        else:
            silent.append((firm, reason))
    return shown, silent


def ended(reading: Reading) -> str:
    """Last day of a measure; empty for a gap."""
    return reading.end.isoformat() if isinstance(reading, Measure) else ""


def doubts(book: Book, firms: Iterable[FirmAccounts]) -> tuple[str, ...]:
    """Firms whose reported charge is far from the one that spending explains."""
    far = [
        f"{entity_name(book, f.firm)} ({f.restated.factor.value:.1f})"
        for f in firms
        if isinstance(f.restated.factor, Measure) and not 0.5 <= f.restated.factor.value <= 1.5
    ]
    return (f"Doubtful split, read with care: {', '.join(far)}.",) if far else ()


def _without(book: Book, silent: Sequence[tuple[FirmAccounts, Gap]], why: str) -> tuple[str, ...]:
    if not silent:
        return ()
    if len(silent) == 1:
        return (f"n/a {silent[0][1]}",)
    return (
        f"{why}, so not shown: {', '.join(entity_name(book, f.firm) for f, _ in silent)}; name one for the reason.",
    )


def four(x: AtLife) -> tuple[Reading, ...]:
    """The ratios of a year, in the order of ``RATIOS``."""
    return tuple(getattr(x, key) for key, _ in RATIOS)


def ratio_cell(key: str, x: AtLife) -> Cell:
    """A margin or return in percent, a cover or leverage as a multiple."""
    reading: Reading = getattr(x, key)
    if isinstance(reading, Gap):
        return lens.cell(reading)
    return (
        f"{reading.value:.1%}"
        if key in ("margin", "return_on_capital")
        else f"{reading.value:,.1f}"
        if key == "cover"
        else f"{reading.value:,.2f}"
    )


def fit(reading: Reading) -> str:
    """The reported charge over the computed one, or that spending is fitted to it."""
    return f"{reading.value:.2f}" if isinstance(reading, Measure) else "fitted"


def _years(reading: Reading) -> str:
    return f"{reading.value:g}" if isinstance(reading, Measure) else "n/a"


def _key(name: str) -> str:
    return "life_" + name.replace(" years", "").replace(".", "_")


def life_title(name: str, years: Reading) -> str:
    """``3 years``, ``accounts 5.5``, ``rents 5.0``."""
    if name.endswith("years") or isinstance(years, Gap):
        return name
    return f"{name} {years.value:.1f}"
