"""Units of the book, and dollars for money in other currencies.

Money is carried as USD million and prices as USD; every other unit keeps its value. A currency
is converted by the rows of ``rates.csv``: the average of the period for flows, the rate of the
day for everything else. Where no row fits, there is no figure: :class:`NoRate`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from cardhouse.book.records import Fact, MetricKind, Rate, Source, SourceKind
from cardhouse.errors import InputError

CURRENCIES = {
    "USD": "US dollar",
    "CNY": "Chinese yuan",
    "HKD": "Hong Kong dollar",
    "JPY": "Japanese yen",
    "EUR": "euro",
    "KRW": "South Korean won",
    "GBP": "pound sterling",
    "TWD": "New Taiwan dollar",
}
SPOT_DAYS = 7
"""A spot rate serves the days up to a week after it (closed markets, holidays)."""
SHARE_COVERED = 0.5
"""An average rate serves a period only if it covers at least this share of its days."""
SPOT_KINDS = frozenset({MetricKind.STOCK, MetricKind.MARKET, MetricKind.PRICE})


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit: ``factor`` turns a value into millions (money) or ones (price) of ``currency``."""

    id: str
    kind: str
    factor: float
    currency: str
    meaning: str


def _table() -> dict[str, Unit]:
    units: list[Unit] = []
    for code, name in CURRENCIES.items():
        units += [
            Unit(code, "price", 1.0, code, f"{name}, for one piece (a share, a chip, an hour, a token)"),
            Unit(f"{code}_million", "money", 1.0, code, f"million {name}"),
            Unit(f"{code}_billion", "money", 1_000.0, code, f"billion {name}"),
        ]
    plain = (
        ("count", "count", "pieces"),
        ("shares_million", "count", "million shares"),
        ("users_million", "count", "million users"),
        ("tokens_trillion", "count", "trillion tokens"),
        ("percent", "share", "hundredths"),
        ("fraction", "share", "share between 0 and 1"),
        ("ratio", "share", "one figure over another"),
        ("basis_points", "share", "hundredths of a percent"),
        ("index_points", "index", "points of an index"),
        ("years", "time", "years of duration"),
        ("quarters", "time", "quarters of duration"),
        ("months", "time", "months of duration"),
        ("days", "time", "days of duration"),
        ("hours", "time", "hours of duration"),
        ("year", "date", "a calendar year"),
        ("watts", "power", "watts"),
        ("kW", "power", "kilowatts"),
        ("MW", "power", "megawatts"),
        ("GW", "power", "gigawatts"),
        ("TWh", "energy", "terawatt hours"),
        ("TFLOPS", "compute", "10^12 operations a second"),
        ("EFLOPS", "compute", "10^18 operations a second"),
        ("GB", "memory", "gigabytes"),
        ("TB_per_s", "memory", "terabytes a second"),
        ("flag", "flag", "1: it holds"),
        ("firm", "reference", "id of a firm"),
        ("tie", "reference", "id of a tie"),
    )
    units += [Unit(name, kind, 1.0, "", meaning) for name, kind, meaning in plain]
    return {unit.id: unit for unit in units}


UNITS: Mapping[str, Unit] = _table()


class NoRate(InputError):
    """No row of ``rates.csv`` fits; says which row would."""

    def __init__(self, problem: str, expected: str, action: str) -> None:
        super().__init__(f"{problem}; expected {expected}; {action}")
        self.problem, self.expected, self.action = problem, expected, action


class Exchange:
    """Dollars for one unit of a currency, from the rows of ``rates.csv``.

    Parameters
    ----------
    rates : rows; of two rows for one period the better source, then the later known, is used.
    sources : the sources they name.
    """

    def __init__(self, rates: Iterable[Rate], sources: Mapping[str, Source]) -> None:
        trust = {kind: place for place, kind in enumerate(SourceKind)}
        best: dict[tuple[str, date | None, date], tuple[int, int, Rate]] = {}
        for rate in rates:
            source = sources.get(rate.source)
            rank = (trust[source.kind] if source else len(trust), -rate.known.toordinal())
            key = (rate.currency, rate.start, rate.end)
            if key not in best or rank < best[key][:2]:
                best[key] = (*rank, rate)
        self._spot: dict[str, list[tuple[date, Rate]]] = {}
        self._average: dict[str, dict[tuple[date, date], Rate]] = {}
        for (currency, start, end), (_, _, rate) in best.items():
            if start is None:
                self._spot.setdefault(currency, []).append((end, rate))
            else:
                self._average.setdefault(currency, {})[start, end] = rate
        for days in self._spot.values():
            days.sort(key=lambda pair: pair[0])

    def spot(self, currency: str, day: date) -> Rate:
        """Row with the rate of ``day``, or of the nearest day within a week before."""
        days = self._spot.get(currency, [])
        place = bisect_right(days, day, key=lambda pair: pair[0])
        if place and (day - days[place - 1][0]).days <= SPOT_DAYS:
            return days[place - 1][1]
        raise NoRate(
            f"no exchange rate for {currency} on {day}",
            f"a row {currency},,{day} in rates.csv (or of one of the {SPOT_DAYS} days before)",
            "add it with its source",
        )

    def average(self, currency: str, start: date, end: date) -> Rate:
        """Row with the average of the period, or of the period that fits it best.

        The best fit shares most days with the period for its own length, and covers half of it at least.
        """
        rows = self._average.get(currency, {})
        exact = rows.get((start, end))
        if exact is not None:
            return exact
        length = (end - start).days + 1
        best: tuple[float, date, Rate] | None = None
        for (first, last), rate in rows.items():
            shared = (min(last, end) - max(first, start)).days + 1
            if shared < SHARE_COVERED * length:
                continue
            fit = shared / (length + (last - first).days + 1 - shared)
            if best is None or (fit, last) > best[:2]:
                best = (fit, last, rate)
        if best is None:
            raise NoRate(
                f"no average exchange rate for {currency} over {start}..{end}",
                f"a row {currency},{start},{end} in rates.csv",
                "add it with its source",
            )
        return best[2]

    def rate_of(self, fact: Fact, kind: MetricKind) -> Rate | None:
        """Row that converts a fact whose metric is of this kind; None where nothing is to be converted."""
        currency = UNITS[fact.unit].currency
        if currency in ("", "USD"):
            return None
        if fact.start is None or kind in SPOT_KINDS:
            return self.spot(currency, fact.end)
        return self.average(currency, fact.start, fact.end)

    def usd(self, fact: Fact, kind: MetricKind) -> float:
        """Money as USD million, a price as USD, anything else as it is."""
        rate = self.rate_of(fact, kind)
        value = fact.value * UNITS[fact.unit].factor
        return value if rate is None else value * rate.usd
