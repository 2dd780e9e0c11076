"""How fast a flow grew in the last year: the rule for the plan's year where nobody assumes a rate.

Last year's growth holds for the plan's year and fades after it. Of the rules tried (nothing left of it, the part that
a layer retains in a year, four fifths, all) this one was nearest from the end of 2024, the one date that was tuned on.
"""

from __future__ import annotations

from datetime import date, timedelta

from cardhouse.book import Fact, cover, trailing_year
from cardhouse.economy.figure import Figure
from cardhouse.economy.inputs import YEAR_DAYS, Inputs, last_quarter, sum_usd, year_before

LARGEST_GROWTH = 1.0
SMALLEST_GROWTH = -0.5
"""Growth of a year outside these is carried forward as if it were at them; more needs an assumption."""
QUARTERS_BACK = (4, 3, 5, 2, 6, 7, 8)
"""How many quarters the earlier year may lie back, the best comparison first; the two may share a half."""


def last_growth(inputs: Inputs, firm: str, metric: str) -> float | None:
    """Growth of the last quarter over the same quarter a year before, else of the last year over an earlier one."""
    quarter = last_quarter(inputs, firm, metric)
    before = year_before(inputs, firm, metric, quarter) if quarter is not None else None
    if quarter is not None and before is not None and before.value > 0:
        growth = inputs.book.usd(quarter) / before.value - 1.0
    else:
        found = _growth_of_years(inputs, firm, metric)
        if found is None:
            return None
        growth = found
    return min(max(growth, SMALLEST_GROWTH), LARGEST_GROWTH)


def last_year(inputs: Inputs, firm: str, metric: str) -> tuple[Figure, date] | None:
    """The newest year of a flow, and its middle; None where no rows cover one that ended within two quarters."""
    rows = trailing_year(inputs.book, firm, metric, inputs.window.opening)
    whole = sum_usd(inputs.book, rows)
    if not rows or whole is None or (inputs.window.opening - rows[-1].end).days > YEAR_DAYS / 2:
        return None
    return whole, rows[-1].end - timedelta(days=182)


def _growth_of_years(inputs: Inputs, firm: str, metric: str) -> float | None:
    """Yearly growth of the last year over an earlier one."""
    year = trailing_year(inputs.book, firm, metric, inputs.window.opening)
    now = sum_usd(inputs.book, year)
    if not year or now is None or year[0].start is None:
        return None
    for back in QUARTERS_BACK:
        then = sum_usd(inputs.book, _year_before(inputs, firm, metric, year, back))
        if then is not None and then.value > 0.0 and now.value > 0.0:
            return float((now.value / then.value) ** (4.0 / back) - 1.0)
    return None


def _year_before(inputs: Inputs, firm: str, metric: str, year: tuple[Fact, ...], back: int) -> tuple[Fact, ...]:
    """Rows that cover the year which began so many quarters before another."""
    days = timedelta(days=round(back * YEAR_DAYS / 4.0))
    begun = year[0].start
    if begun is None:
        return ()
    return cover(inputs.book, firm, metric, begun - days, year[-1].end - days)
