"""What one filing says beside another: its currency and period, repetitions, restatements.

A filing repeats figures of earlier periods. A later filing that says the same thing, or the same thing in
rounder numbers, adds nothing; one that says something else restates.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from cardhouse.sources.filed import Filed

_CURRENCY = re.compile(r"([A-Z]{3})(?:/shares)?", re.ASCII)


def currency_of(unit: str) -> str:
    """Return the currency of a filed unit such as ``USD`` or ``USD/shares``; blank where it is no money."""
    found = _CURRENCY.fullmatch(unit)
    return found[1] if found else ""


def own_currencies(filed: Iterable[Filed]) -> Mapping[str, str]:
    """Currency of the accounts by accession number: that of most of the filing's money figures.

    Foreign filers add some figures translated into dollars for the reader's convenience; on a tie the
    dollars are taken for the translation.
    """
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for figure in filed:
        currency = currency_of(figure.unit)
        if currency:
            counts[figure.accession][currency] += 1
    return {accession: max(n, key=lambda c: (n[c], c != "USD", c)) for accession, n in counts.items()}


def ends_of_periods(filed: Iterable[Filed]) -> Mapping[str, date]:
    """Last day of the period reported on, by accession number: the end that most figures have, the later on a tie.

    EDGAR's answer does not carry it; the cover page's figures (``dei``) are of later days and do not count.
    """
    counts: dict[str, Counter[date]] = defaultdict(Counter)
    for figure in filed:
        if not figure.tag.startswith("dei:"):
            counts[figure.accession][figure.end] += 1
    return {accession: max(n, key=lambda end: (n[end], end)) for accession, n in counts.items()}


def grain(value: float) -> float:
    """Smallest decimal step that a number is written in, at most 1: 0.001 for 981.632, 1 for 982."""
    decimals = f"{value:.6f}".rstrip("0").partition(".")[2]
    return 10.0 ** -len(decimals)


def repeats(first: float, later: float) -> bool:
    """Whether ``later`` is ``first`` again, or ``first`` in rounder numbers: off by less than one of its steps.

    In rounder numbers filers round so that sums fit: 290.509 becomes 290.
    """
    if first == later:
        return True
    return grain(later) > grain(first) and abs(first - later) < grain(later)


def one_value(values: Iterable[float]) -> float | None:
    """Return the value that one filing gives, in its finest numbers; None where it gives several."""
    finest, *others = sorted(set(values), key=lambda value: (grain(value), value))
    return finest if all(repeats(finest, other) for other in others) else None


def months(start: date, end: date) -> int:
    """Length of a period in whole months, rounded; 3 for a quarter of 12 to 14 weeks."""
    return round(((end - start).days + 1) / 30.44)


def quarters_inside(periods: Iterable[tuple[date, date]]) -> tuple[date, ...]:
    """Ends of quarters that were filed only inside a longer period from the beginning of the year.

    Parameters
    ----------
    periods : first and last days of the flows that were filed for one metric.

    Returns
    -------
    Ends of 6, 9 or 12 months for which no quarter was filed, while the period up to the quarter before was:
    the quarter is then the one less the other.
    """
    known = set(periods)
    quarters = {end for start, end in known if months(start, end) == 3}
    found = {
        end
        for start, end in known
        if end not in quarters
        and months(start, end) in (6, 9, 12)
        and any(s == start and months(start, e) == months(start, end) - 3 for s, e in known)
    }
    return tuple(sorted(found))
