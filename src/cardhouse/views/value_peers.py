"""Prices of firms side by side."""

from __future__ import annotations

from cardhouse.lenses.measure import Gap, Measure, Reading
from cardhouse.lenses.value import Value, Valued
from cardhouse.views.lens import cell, flag_notes, rests
from cardhouse.views.relayed import relayed
from cardhouse.views.table import Cell, Column, Kind, Table
from cardhouse.views.value import period, share, times
from cardhouse.views.words import ENGLISH, N_, Words

PACE = "^"
"""Marks growth that is counted from the yearly pace of revenue."""
GAINS_MATTER = 1.1
"""A multiple of earnings that is higher by a tenth without gains on stakes is given without them too."""


def side_by_side(answer: Value, *, t: Words = ENGLISH) -> Table:
    """Firms in one table: price, multiples, what the price asks for."""
    rows = tuple(_beside(firm, t) for firm in answer.firms)
    columns = (
        Column("firm", t("firm"), wrap=True),
        Column("priced", t("price of"), Kind.DATE),
        Column("value", t.meant("price", N_("market value")), Kind.MONEY),
        Column("to", t("year to"), Kind.DATE),
        Column("price_to_sales", t("P/S"), Kind.TEXT),
        Column("price_to_run_rate", t("P/ pace"), Kind.TEXT),
        Column("price_to_earnings", t("P/E"), Kind.TEXT),
        Column("ev_to_profit", t("EV/ profit"), Kind.TEXT),
        Column("cash_yield", t("cash yield"), Kind.TEXT),
        Column("growth", t("grew by"), Kind.TEXT),
        Column("implied", t("price asks for"), Kind.TEXT),
    )
    asked = tuple(f.implied.growth for f in answer.firms)
    notes = (
        t(
            "P/S: price over revenue of the year; P/pace: over its yearly pace now. EV/profit: enterprise value over "
            "operating profit after tax. Cash yield: free cash flow over price. Grew by: revenue over the year before. "
            "Price asks for: growth of revenue a year at each firm's assumed terms. * unlisted: its last round."
        ),
        *_from_pace(answer, t),
        *_without_gains(answer, t),
        _other_years(answer, t),
        *_grouped((*(f.price.value for f in answer.firms), *asked), t),
        *flag_notes((f.price.value for f in answer.firms), t=t),
        rests((f.price.value for f in answer.firms), t=t),
    )
    return Table(t("Prices side by side ({unit})", unit=t.money_unit), columns, rows, tuple(filter(None, notes)), t)


def _grouped(readings: tuple[Reading, ...], t: Words) -> tuple[str, ...]:
    """One line for firms that lack the same thing: what and why, then the firms."""
    lacking: dict[str, list[str]] = {}
    for gap in readings:
        if isinstance(gap, Gap):
            name, _, what = gap.what.partition(", ")
            said = {"mark": cell(gap, t=t), "what": relayed(t, what), "reason": relayed(t, gap.reason)}
            firms = lacking.setdefault(t("{mark} {what}: {reason}", **said), [])
            firms += [name] if name not in firms else []
    text = N_("{reason}: {firms}")
    return tuple(
        t(text, reason=reason, firms=t.comma.join(t.named(firm) for firm in firms)) for reason, firms in lacking.items()
    )


def _from_pace(answer: Value, t: Words) -> tuple[str, ...]:
    """What growth is counted from, where it is another base than the others'."""
    if not any(f.results.from_pace and isinstance(f.implied.growth, Measure) for f in answer.firms):
        return ()
    text = N_("{mark} asked of revenue at its yearly pace now; without the mark, of the last four quarters.")
    return (t(text, mark=PACE),)


def _without_gains(answer: Value, t: Words) -> tuple[str, ...]:
    """Firms whose earnings hold gains on stakes that matter: their multiple without them."""
    found = []
    for firm in answer.firms:
        whole, bare = firm.multiples.to_earnings, firm.multiples.to_earnings_without_gains
        if isinstance(whole, Measure) and isinstance(bare, Measure) and bare.value > GAINS_MATTER * whole.value:
            found.append(f"{t.named(firm.name)} {bare.value:.1f}")
    return (
        (t("P/E without the gains on stakes that the book knows: {firms}.", firms=t.comma.join(found)),)
        if found
        else ()
    )


def _asked(firm: Valued, t: Words) -> str:
    """Growth asked for, marked where it is counted from the yearly pace."""
    growth = firm.implied.growth
    mark = f" {PACE}" if firm.results.from_pace and isinstance(growth, Measure) else ""
    return share(growth, t=t) + mark


def _other_years(answer: Value, t: Words) -> str:
    """Firms whose profits are of another year than their revenue."""
    later = []
    for firm in answer.firms:
        revenue, income = firm.results.revenue, firm.results.net_income
        if isinstance(revenue, Measure) and isinstance(income, Measure) and revenue.end != income.end:
            later.append(f"{t.named(firm.name)} ({income.end})")
    return t("Profits of another year than revenue: {firms}.", firms=t.comma.join(later)) if later else ""


def _beside(firm: Valued, t: Words) -> tuple[Cell, ...]:
    price, m, r = firm.price, firm.multiples, firm.results
    return (
        t.named(firm.name) if price.listed else f"{t.named(firm.name)} *",
        period(price.value)[1],
        cell(price.value, t=t),
        period(r.revenue)[1],
        times(m.to_sales, t=t),
        times(m.to_run_rate, t=t),
        times(m.to_earnings, t=t),
        times(m.enterprise_to_profit, t=t),
        share(m.cash_yield, digits=1, t=t),
        share(r.growth, t=t),
        _asked(firm, t),
    )
