"""Accounts at other lives of servers, as tables and sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from cardhouse.book import Book
from cardhouse.lenses.accounts import AtLife, FirmAccounts, Restatement
from cardhouse.lenses.accounts.answer import RENTS, at
from cardhouse.lenses.measure import Gap, Measure, Reading, Why, difference, total
from cardhouse.lenses.readings import OLD_YEAR_DAYS
from cardhouse.views import lens
from cardhouse.views.relayed import relayed
from cardhouse.views.table import Cell, Column, Kind, Table
from cardhouse.views.words import ENGLISH, N_, Words

RATIOS: tuple[tuple[str, str], ...] = (
    ("margin", N_("margin")),
    ("cover", N_("interest cover")),
    ("leverage", N_("debt to equity")),
    ("return_on_capital", N_("return on capital")),
)


def dateline(answer: Restatement, book: Book, *, t: Words = ENGLISH) -> str:
    """What every table must carry: book, years, unit, convention."""
    charged = (
        N_("spending of a year is charged a full year in its first")
        if answer.full_year
        else N_("spending of a year is charged half a year in its first")
    )
    return lens.dateline(book, t("each firm's newest reported year"), t(charged), t.money_unit, t=t)


def headline(answer: Restatement, *, t: Words = ENGLISH) -> list[str]:
    """The answer in a few sentences."""
    pairs = [(f, f.restated.lives[at(f.restated, answer.common)]) for f in answer.firms]
    both = [(f, x) for f, x in pairs if isinstance(x.operating_income, Measure)]
    fresh = [(f, x) for f, x in both if not _old(answer, f)]
    years = answer.common.years
    lines = []
    if fresh and isinstance(years, Measure):
        lines.append(_together(fresh, years.value, t))
    if len(fresh) < len(both):
        old = len(both) - len(fresh)
        lines.append(t("Not in this: {count} whose newest year in the book ended long before; named below.", count=old))
    slow, central, fast = (x.life for x in answer.economic)
    if isinstance(slow, Measure) and isinstance(central, Measure) and isinstance(fast, Measure):
        decay = [x.rent_decay.value for x in answer.economic if isinstance(x.rent_decay, Measure)]
        used = answer.assumed_life
        lines.append(
            t(
                "Rents that fall by {decay} a year make {central} years the life with the same present value ({slow} "
                "at {mild}, {fast} at {harsh}).{used}",
                decay=f"{decay[1]:.0%}",
                central=f"{central.value:.1f}",
                slow=f"{slow.value:.1f}",
                mild=f"{decay[0]:.0%}",
                fast=f"{fast.value:.1f}",
                harsh=f"{decay[2]:.0%}",
                used=t(" Simulations of this book use {years}.", years=f"{used.value:g}")
                if isinstance(used, Measure)
                else "",
            )
        )
    return lines


def _long_ago(answer: Restatement, book: Book, t: Words) -> tuple[str, ...]:
    """A note on firms whose newest year is too old for the sum of all."""
    old = [f"{t.called(book, f.firm)} ({_end(f)})" for f in answer.firms if _old(answer, f)]
    if not old:
        return ()
    return (t("Newest year ended long before, so not in the sum of all: {firms}.", firms=t.comma.join(old)),)


def _old(answer: Restatement, firm: FirmAccounts) -> bool:
    """Whether a firm's year ended too long ago to be added to those of the others."""
    end = _end(firm)
    return end is not None and (answer.day - end).days > OLD_YEAR_DAYS


def _end(firm: FirmAccounts) -> date | None:
    income = firm.restated.reported.operating_income
    return income.end if isinstance(income, Measure) else None


def _together(pairs: Sequence[tuple[FirmAccounts, AtLife]], years: float, t: Words) -> str:
    before = total(f.restated.reported.operating_income for f, _ in pairs)
    after = total(x.operating_income for _, x in pairs)
    more = difference(after, before)
    if isinstance(before, Gap) or isinstance(more, Gap):
        return ""
    who = t("the firm's") if len(pairs) == 1 else t("the {count} firms'", count=len(pairs))
    rises = N_("is {amount} billion higher") if more.value > 0 else N_("is {amount} billion lower")
    change = t("stays as it is") if abs(more.value) < 0.5 else t(rises, amount=t.amount(abs(more.value)))
    part = f" ({more.value / before.value:+.1%})" if before.value > 0 and abs(more.value) >= 0.5 else ""
    return t(
        "With servers written off over {years} years {who} operating income of a year {change}{part}.",
        years=f"{years:.1f}",
        who=who,
        change=change,
        part=part,
    )


def side_by_side(answer: Restatement, book: Book, *, t: Words = ENGLISH) -> list[Table | str]:
    """Firms side by side, or that none can be restated."""
    tables = [incomes(answer, book, t=t), ratios(answer, book, t=t)]
    if tables[0].rows:
        return [*tables]
    return ["\n".join([t("No firm's year can be restated at other lives of servers."), *tables[0].notes[1:]])]


def incomes(answer: Restatement, book: Book, *, t: Words = ENGLISH) -> Table:
    """Operating income of every firm at every life."""
    shown, silent = split(answer.firms, lambda f: f.restated.plant.gap)
    rows = tuple(
        (
            t.called(book, f.firm),
            ended(f.restated.plant.depreciation),
            _years(f.restated.as_reported.life.years, t),
            lens.cell(f.restated.reported.operating_income, t=t),
            *(lens.cell(x.operating_income, t=t) for x in f.restated.lives),
            fit(f.restated.factor, t=t),
        )
        for f in shown
    )
    columns = (
        Column("firm", t("firm")),
        Column("year_to", t("year to"), Kind.DATE),
        Column("life", t("life")),
        Column("reported", t("as reported"), Kind.MONEY),
        *(Column(_key(x.name), life_title(x.name, x.years, t=t), Kind.MONEY) for x in answer.lives),
        Column("factor", t("fit")),
    )
    gaps = [x.depreciation_change for f in shown for x in f.restated.lives]
    notes = [
        t(
            "Life: years in the accounts, assumed where the firm states none. Rents: the life from rents. Fit: "
            "reported charge for servers over the one computed from the assumed part of spending; it is set to one for "
            "every life, and far from one means that the split is doubtful. Fitted: spending is not known far enough "
            "back, a steady growth stands for it."
        ),
        *lens.gap_notes(gaps, t=t),
        *_without(book, silent, t),
        *_long_ago(answer, book, t),
        *doubts(book, shown, t=t),
        *lens.flag_notes(gaps, most=8, t=t),
        lens.rests((x.operating_income for f in shown for x in f.restated.lives), t=t),
    ]
    return Table(
        t("Operating income of a year at other lives of servers"), columns, rows, tuple(filter(None, notes)), t
    )


def ratios(answer: Restatement, book: Book, *, t: Words = ENGLISH) -> Table:
    """Margin, cover, leverage and return as reported and at the common life."""
    shown, _ = split(answer.firms, lambda f: f.restated.plant.gap)
    pairs = [(f, f.restated.as_reported, f.restated.lives[at(f.restated, answer.common)]) for f in shown]
    rows = tuple(
        (
            t.called(book, f.firm),
            *(cell for key, _ in RATIOS for cell in (ratio_cell(key, old, t=t), ratio_cell(key, new, t=t))),
            lens.cell(difference(new.net_income, old.net_income), t=t),
        )
        for f, old, new in pairs
    )
    columns = (
        Column("firm", t("firm")),
        *(column for key, title in RATIOS for column in (Column(f"{key}_reported", t(title)), Column(key, t("then")))),
        Column("net_income_change", t("net income"), Kind.MONEY),
    )
    notes = [
        t(
            "Cover: operating income over interest. Debt: borrowings without leases; equity falls by what would have "
            "been written off more, after tax. Return: operating income after tax over debt and equity less cash. Net "
            "income: the change."
        ),
        *lens.gap_notes(
            (
                gap
                for _, old, new in pairs
                for gap in (
                    *four(old),
                    *(r for r in four(new) if isinstance(r, Gap) and r.why is Why.NOT_MEANINGFUL),
                )
            ),
            t=t,
        ),
        lens.rests((r for _, _, new in pairs for r in four(new)), t=t),
    ]
    return Table(
        t("As reported, and then at {common}", common=common(answer, t=t)), columns, rows, tuple(filter(None, notes)), t
    )


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


def common(answer: Restatement, *, t: Words = ENGLISH) -> str:
    """The common life in words."""
    years = answer.common.years
    if isinstance(years, Gap):
        return t("the life from rents")
    text = N_("{years} years, the life from rents") if answer.common.name == RENTS else N_("{years} years")
    return t(text, years=f"{years.value:.1f}")


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


def doubts(book: Book, firms: Iterable[FirmAccounts], *, t: Words = ENGLISH) -> tuple[str, ...]:
    """Firms whose reported charge is far from the one that spending explains."""
    far = [
        f"{t.called(book, f.firm)} ({f.restated.factor.value:.1f})"
        for f in firms
        if isinstance(f.restated.factor, Measure) and not 0.5 <= f.restated.factor.value <= 1.5
    ]
    return (t("Doubtful split, read with care: {firms}.", firms=t.comma.join(far)),) if far else ()


def _without(book: Book, silent: Sequence[tuple[FirmAccounts, Gap]], t: Words) -> tuple[str, ...]:
    if not silent:
        return ()
    if len(silent) == 1:
        return lens.gap_notes(gap for _, gap in silent)
    text = N_("Without a split of depreciation, so not shown: {firms}; name one for the reason.")
    return (t(text, firms=t.comma.join(t.called(book, f.firm) for f, _ in silent)),)


def four(x: AtLife) -> tuple[Reading, ...]:
    """The ratios of a year, in the order of ``RATIOS``."""
    return tuple(getattr(x, key) for key, _ in RATIOS)


def ratio_cell(key: str, x: AtLife, *, t: Words = ENGLISH) -> Cell:
    """A margin or return in percent, a cover or leverage as a multiple."""
    reading: Reading = getattr(x, key)
    if isinstance(reading, Gap):
        return lens.cell(reading, t=t)
    return (
        f"{reading.value:.1%}"
        if key in ("margin", "return_on_capital")
        else f"{reading.value:,.1f}"
        if key == "cover"
        else f"{reading.value:,.2f}"
    )


def fit(reading: Reading, *, t: Words = ENGLISH) -> str:
    """The reported charge over the computed one, or that spending is fitted to it."""
    return f"{reading.value:.2f}" if isinstance(reading, Measure) else t("fitted")


def _years(reading: Reading, t: Words) -> str:
    return f"{reading.value:g}" if isinstance(reading, Measure) else t(lens.MARKS[Why.MISSING])


def _key(name: str) -> str:
    return "life_" + name.replace(" years", "").replace(".", "_")


def life_title(name: str, years: Reading, *, t: Words = ENGLISH) -> str:
    """``3 years``, ``accounts 5.5``, ``rents 5.0``."""
    if name.endswith("years") or isinstance(years, Gap):
        return relayed(t, name)
    return f"{relayed(t, name)} {years.value:.1f}"
