"""Price over sales, earnings and cash: not meaningful where the denominator is a loss."""

from __future__ import annotations

from dataclasses import dataclass

from cardhouse.lenses.measure import TIMES, Reading, first_gap, ratio
from cardhouse.lenses.value.price import Price
from cardhouse.lenses.value.results import Results


@dataclass(frozen=True, slots=True)
class Multiples:
    """Multiples of one firm, trailing four quarters unless said otherwise; yields are fractions of market value.

    Attributes
    ----------
    to_run_rate, enterprise_to_run_rate : over the yearly pace of revenue now; ``to_run_rate_then`` over the pace
        last reported by the day of the price.
    to_earnings_without_gains : net income less gains on stakes after tax.
    enterprise_to_profit : over operating income after tax, which has no gains on stakes in it.
    """

    to_sales: Reading
    to_run_rate: Reading
    to_run_rate_then: Reading
    to_earnings: Reading
    to_earnings_without_gains: Reading
    enterprise_to_sales: Reading
    enterprise_to_run_rate: Reading
    enterprise_to_ebitda: Reading
    enterprise_to_profit: Reading
    cash_yield: Reading
    cash_yield_after_stock_pay: Reading


def multiples_of(price: Price, results: Results) -> Multiples:
    """All multiples of a firm; each a gap with its reason where a part is missing or negative."""

    def times(name: str, whole: Reading, part: Reading, positive: str) -> Reading:
        return first_gap((whole, part)) or ratio(f"{price.name}, {name}", whole, part, unit=TIMES, positive=positive)

    def share(name: str, part: Reading) -> Reading:
        gap = first_gap((part, price.value))
        return gap or ratio(f"{price.name}, {name}", part, price.value, positive="market value")

    value, business, r = price.value, price.enterprise, results
    return Multiples(
        to_sales=times("price to sales", value, r.revenue, "revenue"),
        to_run_rate=times("price to run rate", value, r.run_rate, "run rate"),
        to_run_rate_then=times("price to run rate then", value, r.run_rate_then, "run rate"),
        to_earnings=times("price to earnings", value, r.net_income, "net income"),
        to_earnings_without_gains=times(
            "price to earnings without gains", value, r.without_gains, "net income without gains"
        ),
        enterprise_to_sales=times("enterprise value to sales", business, r.revenue, "revenue"),
        enterprise_to_run_rate=times("enterprise value to run rate", business, r.run_rate, "run rate"),
        enterprise_to_ebitda=times("enterprise value to EBITDA", business, r.ebitda, "EBITDA"),
        enterprise_to_profit=times(
            "enterprise value to operating profit after tax", business, r.after_tax, "operating income"
        ),
        cash_yield=share("free cash flow yield", r.free_cash),
        cash_yield_after_stock_pay=share("free cash flow yield after pay in shares", r.after_stock_pay),
    )
