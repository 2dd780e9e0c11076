"""The accounts of firms put to the test: one answer for the command, the JSON and the tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from cardhouse.book import Book
from cardhouse.errors import InputError
from cardhouse.lenses.accounts.cash import CashLines, cash_lines
from cardhouse.lenses.accounts.changes import LifeChange, life_changes
from cardhouse.lenses.accounts.commitments import Commitments, commitments
from cardhouse.lenses.accounts.gains import Gains, gains, with_gains
from cardhouse.lenses.accounts.lives import YEARS, Life, Restated, restated
from cardhouse.lenses.accounts.look_through import Implied, look_through
from cardhouse.lenses.accounts.plant import LONGEST, SPENDING, Bounds, assume
from cardhouse.lenses.accounts.rents import EconomicLife, economic_life
from cardhouse.lenses.measure import Measure, Reading, total
from cardhouse.lenses.readings import Bound, assumed, year

COMMON_LIVES = (3.0, 4.0, 5.0, 6.0)
"""Lives in years that every firm is restated at."""
CASES: tuple[Bound, ...] = ("low", "central", "high")
RENTS = "rents"
"""Name of the life that rents give."""
SHORTEST = 0.5
"""Years; no accounts write servers off faster."""
MATTERS = (
    "short_lived_share",
    "land_and_construction_share",
    "building_life_years",
    "server_life_years",
    "plant_depreciation_share",
    "server_depreciation_share",
    "tax_rate",
)
"""Assumptions that a restated year rests on."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What an assumption does to net income at the common life, at its low and at its high end, USD million."""

    name: str
    low: Measure
    high: Measure
    at_low: Reading
    at_high: Reading


@dataclass(frozen=True, slots=True)
class FirmAccounts:
    """All that the lens says of one firm; ``effects`` of the assumptions only where a firm is asked for by name."""

    firm: str
    restated: Restated
    commitments: Commitments
    cash: CashLines
    gains: Gains
    changes: tuple[LifeChange, ...]
    implied: tuple[Implied, ...]
    effects: tuple[Effect, ...]


@dataclass(frozen=True, slots=True)
class Restatement:
    """Firms side by side.

    Attributes
    ----------
    lives : at which each is restated. ``common`` : the one that ratios are shown at.
    economic : what rents say of the life of an accelerator at a slow, central and fast fall.
    assumed_life : the economic life that simulations of the book use, in years.
    full_year : whether a year's spending is charged a full first year.
    """

    day: date
    lives: tuple[Life, ...]
    common: Life
    economic: tuple[EconomicLife, ...]
    assumed_life: Reading
    full_year: bool
    firms: tuple[FirmAccounts, ...]


def restate(
    book: Book, firms: Sequence[str] = (), *, life: float | None = None, full_year: bool = False
) -> Restatement:
    """Accounts of firms at common lives of servers, with what they leave off the sheet and what is not operations.

    Parameters
    ----------
    firms : ids; all with a reported year of capital spending where none is given.
    life : common life in years at which ratios are shown; the economic life from rents where none is given.
    full_year : charge a year's spending a full first year instead of half of one.

    Raises
    ------
    InputError : a life that no accounts could have.
    """
    if life is not None and not SHORTEST <= life < LONGEST:
        raise InputError(f"a life of {life:g} years; expected {SHORTEST:g} to {LONGEST - 1:g}; for example 4.5y")
    economic = tuple(economic_life(book, case) for case in CASES)
    rents = Life(RENTS, economic[CASES.index("central")].life)
    common = rents if life is None else Life(f"{life:g} years", Measure(life, YEARS, book.date))
    lives = (*(Life(f"{n:g} years", Measure(n, YEARS, book.date)) for n in COMMON_LIVES), rents)
    if common.name not in {x.name for x in lives}:
        lives = (*lives, common)
    asked = tuple(firms) or with_accounts(book)
    return Restatement(
        book.date,
        lives,
        common,
        economic,
        assumed(book, "economic_life_years", "all"),
        full_year,
        tuple(_firm(book, f, lives, common, economic if firms else (), full_year=full_year) for f in asked),
    )


def with_accounts(book: Book) -> tuple[str, ...]:
    """Firms with a reported year of capital spending and of revenue, or with gains on stakes, in the book's order."""
    gaining = with_gains(book)
    return tuple(
        firm
        for firm in book.firms
        if firm in gaining
        or all(isinstance(year(book, firm, metric, book.date), Measure) for metric in (SPENDING, "revenue"))
    )


def at(found: Restated, life: Life) -> int:
    """Place of a life among those a firm is restated at."""
    return [x.life.name for x in found.lives].index(life.name)


def _firm(
    book: Book,
    firm: str,
    lives: tuple[Life, ...],
    common: Life,
    economic: tuple[EconomicLife, ...],
    *,
    full_year: bool,
) -> FirmAccounts:
    """One firm; with the effects of its assumptions where the lives that rents give are handed in."""
    found = restated(book, firm, lives, bounds={}, full_year=full_year)
    earnings = total((found.reported.operating_income, found.plant.whole))
    return FirmAccounts(
        firm,
        found,
        commitments(book, firm, earnings, {}),
        cash_lines(book, firm),
        gains(book, firm, {}),
        life_changes(book, firm, {}),
        look_through(book, firm),
        _effects(book, firm, common, economic, full_year=full_year) if economic else (),
    )


def _effects(
    book: Book, firm: str, common: Life, economic: tuple[EconomicLife, ...], *, full_year: bool
) -> tuple[Effect, ...]:
    """Net income at the common life with each assumption at its ends."""

    def net(life: Life, bounds: Bounds) -> Reading:
        return restated(book, firm, (life,), bounds=bounds, full_year=full_year).lives[0].net_income

    ends: tuple[Bound, ...] = ("low", "high")
    out = []
    for name in MATTERS:
        low, high = (assume(book, name, firm, {name: end}) for end in ends)
        if isinstance(low, Measure) and isinstance(high, Measure):
            found = [net(common, {name: end}) for end in ends]
            if found[0] != found[1]:  # else the firm's year does not rest on it
                out.append(Effect(name, low, high, *found))
    slow, fast = (next(x for x in economic if x.case == end) for end in ends)
    if common.name == RENTS and isinstance(slow.rent_decay, Measure) and isinstance(fast.rent_decay, Measure):
        nets = (net(Life(RENTS, x.life), {}) for x in (slow, fast))
        out.append(Effect("rent_decay", slow.rent_decay, fast.rent_decay, *nets))
    return tuple(out)
