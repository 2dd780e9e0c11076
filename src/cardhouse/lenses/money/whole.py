"""The network as a whole: gross and net, how much only goes round, whether chance would give as many rings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from cardhouse.book import Fact
from cardhouse.economy.compiled import Compiled, compile_opening
from cardhouse.economy.contracts import Contract, Role
from cardhouse.economy.figure import Basis, total
from cardhouse.economy.opening import Opening
from cardhouse.economy.outlook import planned_ties
from cardhouse.economy.prices import market_value
from cardhouse.lenses.measure import SHARE, TIMES, USD, Gap, Measure, Reading
from cardhouse.lenses.money.backlog import Backlog, backlog, reported_backlog
from cardhouse.lenses.money.computing import Computing, computing
from cardhouse.lenses.money.follow import Following
from cardhouse.lenses.money.links import Flows, Period, Purpose, inside
from cardhouse.lenses.money.mix import Mix, circular_of, mix_of, returning, traced
from cardhouse.network.circular import balanced, maximum
from cardhouse.network.cycles import compare
from cardhouse.network.flows import netting

Array = NDArray[np.float64]
LONGEST = 4
NETWORKS = 499
SEED = 1
YEARS = 6
"""Years of the plan by which the circular share is shown."""


@dataclass(frozen=True, slots=True)
class Row:
    """One firm: sources of its customers' money and what goes round at it; ``circular`` is the balanced share."""

    firm: str
    mix: Mix
    returns: Reading
    circular: Reading


@dataclass(frozen=True, slots=True)
class Totals:
    """All payments of a window set off against each other, USD million; circular shares between 0 and 1.

    ``sales`` is the largest circular share of sales alone: what is left of it without investments and loans.
    """

    period: Period
    start: date
    end: date | None
    gross: Measure
    bilateral: Measure
    multilateral: Measure
    balanced: Measure
    maximum: Measure
    sales: Measure


@dataclass(frozen=True, slots=True)
class Year:
    """Planned payments of four quarters: their sum and how much only goes round."""

    end: date
    gross: float
    balanced: float
    maximum: float


@dataclass(frozen=True, slots=True)
class Count:
    """Rings of one length among the payments of the last year, beside networks wired at random.

    ``expected`` is the mean over the random networks; ``chance`` the share of them with at least as many rings.
    ``amount`` adds up the weakest links, USD million: a measure for comparing, not a sum that circulates.
    """

    length: int
    count: int
    expected: float
    chance: float
    amount: float
    amount_expected: float
    amount_chance: float


@dataclass(frozen=True, slots=True)
class Doubled:
    """Equity value that firms hold in each other, counted again in their own.

    Attributes
    ----------
    stakes : USD million at market value, summed over the stakes of firms in firms.
    market : all market values added up; ``own`` the same without what they hold in each other.
    inflation : how often a dollar of value is counted.
    missing : firms that hold or are held and whose market value is not known.
    """

    stakes: Measure
    market: Measure
    own: Measure
    inflation: Measure
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Whole:
    """The answer for all firms; ``computing`` are laboratories whose ties name less than they report to have paid."""

    rows: tuple[Row, ...]
    backlogs: tuple[Backlog, ...]
    totals: tuple[Totals, ...]
    years: tuple[Year, ...]
    chance: tuple[Count, ...] | Gap
    doubled: Doubled | Gap
    computing: tuple[Computing, ...]


def whole(following: Following) -> Whole:
    """Everything that is said of the network at once."""
    return Whole(
        rows=rows(following, Period.PAID),
        backlogs=backlogs(following),
        totals=tuple(totals(following, period) for period in Period),
        years=by_year(following.opening),
        chance=_chance(following.paid),
        doubled=doubled(following.opening),
        computing=tuple(
            c for n in following.paid.nodes if isinstance(c := computing(following, n), Computing) and c.short
        ),
    )


def rows(following: Following, period: Period) -> tuple[Row, ...]:
    """One row a firm that sells, largest first."""
    flows, found = following[period], traced(following, period)
    out = []
    for node in flows.nodes:
        mix = mix_of(following, found, period, node)
        if isinstance(mix, Mix):
            out.append(Row(node, mix, returning(following, period, node), circular_of(flows, node)))
    return tuple(sorted(out, key=lambda r: -r.mix.amount.value))


def backlogs(following: Following) -> tuple[Backlog, ...]:
    """Backlogs that firms report and that a laboratory stands behind, the most dependent first."""
    book = following.opening.book
    sellers = {x.payee for x in following.ahead.links if x.purpose is Purpose.SALE}
    found = [backlog(following, n) for n in book.firms if n in sellers and isinstance(reported_backlog(book, n), Fact)]
    kept = [b for b in found if b.laboratories]
    return tuple(sorted(kept, key=lambda b: (not b.of_reported, -b.laboratories[0].whole.value)))


def totals(following: Following, period: Period) -> Totals:
    """Gross and net of a window, and its circular shares."""
    flows = following[period]
    paid = flows.payments()
    net, basis = netting(paid), total(x.amount for x in flows.links).basis
    last = following.opening.book.date if period is Period.AHEAD else flows.end

    def money(value: float) -> Measure:
        return Measure(value, USD, last, flows.start, basis)

    def share(value: float) -> Measure:
        return Measure(value, SHARE, last, flows.start, basis)

    return Totals(
        period,
        flows.start,
        None if period is Period.AHEAD else flows.end,
        money(net.gross),
        money(net.bilateral),
        money(net.multilateral),
        share(flows.split.share),
        share(maximum(paid).share),
        share(maximum(flows.payments((Purpose.SALE,))).share),
    )


def by_year(opening: Opening) -> tuple[Year, ...]:
    """Planned payments by year of the plan: schedules of contracts, and shares of what firms plan to spend."""
    compiled = compile_opening(opening, quarters=4 * YEARS)
    flows = _planned_by_step(compiled)
    out = []
    for year in range(YEARS):
        paid = flows[4 * year : 4 * year + 4].sum(axis=0)
        out.append(
            Year(compiled.windows[4 * year + 3].end, float(paid.sum()), balanced(paid).share, maximum(paid).share)
        )
    return tuple(out)


def _planned_by_step(compiled: Compiled) -> Array:
    """(steps, n, n), USD million: what each contract between two firms brings in each quarter."""
    opening, plans = compiled.opening, compiled.model.plans
    among = [one for one in compiled.contracts if _inside(opening, one.contract)]
    nodes = sorted({n for one in among for n in (one.contract.payer, one.contract.payee)})
    place = {n: i for i, n in enumerate(nodes)}
    full = {n: compiled.place[n] for n in opening.full}
    capex, revenue = ({n: a[i] for n, i in full.items()} for a in (plans.capex, plans.revenue))
    out = np.zeros((len(compiled.windows), max(len(nodes), 1), max(len(nodes), 1)))
    for one in among:
        c, invested = one.contract, one.contract.role is Role.INVESTMENT
        due = one.schedule if invested else planned_ties(opening, (one,), compiled.windows, capex, revenue)[c.payee]
        out[:, place[c.payer], place[c.payee]] += np.maximum(due, 0.0)
    return out


def _inside(opening: Opening, c: Contract) -> bool:
    return c.payer != c.payee and inside(opening.book, c.payer) and inside(opening.book, c.payee)


def _chance(flows: Flows) -> tuple[Count, ...] | Gap:
    """Rings of the last year against networks wired at random with the same numbers of links."""
    if len(flows.nodes) < LONGEST:
        return Gap("rings by chance", f"only {len(flows.nodes)} firms pay each other")
    found = compare(flows.payments(), longest=LONGEST, networks=NETWORKS, seed=SEED)
    columns = (found.count, found.expected, found.chance, found.amount, found.amount_expected, found.amount_chance)
    return tuple(
        Count(int(n), int(row[0]), *(float(v) for v in row[1:]))
        for n, row in zip(found.length, zip(*columns, strict=True), strict=True)
    )


def doubled(opening: Opening) -> Doubled | Gap:
    """Value that cross-holdings count twice, at market value or the value of the last round."""
    what = "value counted twice"
    held = {n for s in opening.ties.stakes for n in (s.holder, s.held) if s.fraction > 0}
    book, day = opening.book, opening.book.date
    worth = {n: v for n in sorted(held) if (v := market_value(book, n, day)) is not None}
    pairs: dict[tuple[str, str], float] = {}
    for s in opening.ties.stakes:
        if s.fraction > 0 and s.holder in worth and s.held in worth:
            pairs[s.holder, s.held] = pairs.get((s.holder, s.held), 0.0) + s.fraction
    if not pairs:
        return Gap(what, "no stake of one valued firm in another is known")
    nodes = sorted({n for pair in pairs for n in pair})
    shares = np.zeros((len(nodes), len(nodes)))
    for (holder, firm), part in pairs.items():
        shares[nodes.index(holder), nodes.index(firm)] = part
    market = np.array([worth[n].value for n in nodes])
    own = market - shares @ market
    # One firm may hold stakes worth more than itself, as a holding company in debt does; all of them together may not.
    if own.sum() <= 0:
        short = [n for n, v in zip(nodes, own, strict=True) if v < 0]
        return Gap(what, f"{', '.join(short)}: the stakes are worth more than the firm; the book must be mended")
    return _doubled(opening, {n: worth[n].basis for n in nodes}, market, own, tuple(sorted(held - set(worth))))


def _doubled(
    opening: Opening, grounds: Mapping[str, Basis], market: Array, own: Array, missing: tuple[str, ...]
) -> Doubled:
    basis: dict[str, float] = {}
    for parts in grounds.values():
        for kind, dollars in parts.items():
            basis[kind] = basis.get(kind, 0.0) + dollars
    day = opening.book.date

    def measure(value: float, unit: str = USD) -> Measure:
        return Measure(value, unit, day, None, basis)

    return Doubled(
        measure(float((market - own).sum())),
        measure(float(market.sum())),
        measure(float(own.sum())),
        measure(float(market.sum() / own.sum()), TIMES),
        missing,
    )
