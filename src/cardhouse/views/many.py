"""A run of many paths as tables and sentences that come from its numbers."""

from __future__ import annotations

from cardhouse.economy.many.results import Default, When
from cardhouse.economy.many.results_fans import Fan, Quantile
from cardhouse.economy.many.results_joint import Estimate
from cardhouse.economy.many.results_losses import ACCURACY, Loss
from cardhouse.views.many_answer import FANS_SHOWN, SURE, Answer
from cardhouse.views.run import LEAST, SCOPES, quarter
from cardhouse.views.table import Cell, Column, Kind, Table, billions

MOST_PAIRS = 10
MOST_NODES = 6
LEAST_CAUSE = 0.1
LEAST_SHARE = 0.00005
"""Probability that is the first digit of a per cent with two of them."""
YEAR = 4
KINDS = {
    "credit": "Claims and guarantees lost",
    "stakes": "Shares written down",
    "revenue": "Revenue below plan",
    "outside": "Lost by creditors outside the network",
}
SHOWN = ("revenue", "free cash flow", "cash", "debt")
"""Measures of the tables on screen; CSV and JSON have all."""


def dateline(a: Answer) -> str:
    """What every table of a run must carry: book, quarters, scenario, unit, paths, ties that count."""
    r = a.rests
    scope = SCOPES.get(r.firmness, r.firmness)
    return (
        f"book, opening {r.book_date} · {a.when(0)} to {quarter(r.quarters[-1])} · scenario: {r.scenario} · "
        f"{r.paths:,} paths · USD billion · ties: {scope}"
    )


def headline(a: Answer) -> list[str]:
    """The answer in a few sentences."""
    r, quarters = a.rests, len(a.rests.quarters)
    lines = [f"{r.title}. {r.about}"] if r.about else []
    ranked = [d for d in _ranked(a) if d.tested and not d.pulled and d.falls]
    if ranked:
        told = ", ".join(f"{a.name(d.node)} ({share(d.probability, d.error)})" for d in ranked[:FANS_SHOWN])
        lines.append(f"Most likely to fall within {quarters} quarters: {told}.")
    else:
        lines.append(f"No tested firm falls within {quarters} quarters in any of {r.paths:,} paths.")
    return lines


def share(value: float, error: float = 0.0) -> str:
    """A probability in per cent, with as many digits as its error leaves, and the error where it is a digit."""
    if 0.0 < value < LEAST_SHARE:
        return "<0.01%"
    if 0.0 < 1.0 - value < 10 * LEAST_SHARE and error < LEAST_SHARE:
        return ">99.9%"
    if error < LEAST_SHARE:
        return f"{100 * value:.1f}%" if value >= 0.0995 else f"{100 * value:.2f}%"
    digits = 1 if error >= 10 * LEAST_SHARE else 2
    return f"{100 * value:.{digits}f} ± {100 * error:.{digits}f}%"


def _ranked(a: Answer) -> list[Default]:
    return sorted(a.defaults, key=lambda d: -d.probability)


def falls(a: Answer) -> Table:
    """Who falls with which probability, when, and what was missing."""
    rows = tuple(
        (a.name(d.node), _probability(d), _span(a, d.when), _why(d))
        for d in _ranked(a)
        if d.tested and (d.falls or d.reorganised)
    )
    columns = (
        Column("firm", "firm"),
        Column("probability", "probability", Kind.NUMBER),
        Column("when", "median (10 to 90%)"),
        Column("causes", "what was missing", wrap=True),
    )
    return Table("Who falls", columns, rows, _fall_notes(a))


def _probability(d: Default) -> str:
    return "pulled" if d.pulled else share(d.probability, d.error)


def _span(a: Answer, when: When | None) -> str:
    if when is None:
        return ""
    if when.early == when.late:
        return a.when(when.middle)
    return f"{a.when(when.middle)} ({a.when(when.early)} to {a.when(when.late)})"


def _why(d: Default) -> str:
    """The causes that stand for a tenth of the failures or more, the largest first."""
    if d.pulled:
        return "the scenario says so"
    parts = sorted((c for c in d.causes if c[1] >= LEAST_CAUSE), key=lambda c: -c[1])
    told = ", ".join(f"{cause} {part:.0%}" for cause, part in parts)
    return f"{told}; reorganised in {d.reorganised:,} paths" if d.reorganised else told


def _fall_notes(a: Answer) -> tuple[str, ...]:
    """How to read the table, who is not in it, and vehicles."""
    r = a.rests
    notes = [
        f"± is one standard error, {'between openings' if r.openings > 1 else 'of independent paths'}. Missing against "
        "the path without chance and scenario: sales to customers, what counterparties pay, money that markets lend, "
        "and outlays beyond it."
    ]
    vehicles = [d for d in _ranked(a) if not d.tested]
    if vehicles:
        told = ", ".join(f"{a.name(d.node)} {share(d.probability)}" for d in vehicles)
        notes.append(f"Vehicles that go down with their tenant: {told}.")
    stand = [a.name(d.node) for d in a.defaults if d.tested and not d.falls and not d.reorganised]
    if stand:
        notes.append(f"In none of {r.paths:,} paths: {', '.join(stand)}.")
    return tuple(notes)


def years(a: Answer) -> Table:
    """Probability of a fall by the end of each whole year."""
    ends = range(YEAR - 1, len(a.rests.quarters), YEAR)
    rows = tuple(
        (a.name(d.node), *(share(p) if p else "–" for p in d.by_year))
        for d in _ranked(a)
        if d.tested and d.falls and not d.pulled
    )
    columns = (Column("firm", "firm"), *(Column(f"by_{q}", f"by {a.when(q)}", Kind.NUMBER) for q in ends))
    return Table("Fallen by", columns, rows)


def together(a: Answer) -> Table:
    """Pairs that fall together most often; a firm that all but always falls says nothing about another."""
    sure = {d.node for d in a.defaults if d.probability > SURE}
    pairs = [p for p in a.pairs if p.paths and not {p.a, p.b} & sure]
    ranked = sorted(pairs, key=lambda p: -p.paths)[:MOST_PAIRS]
    rows = tuple(
        (
            f"{a.name(p.a)}, {a.name(p.b)}",
            _estimate(p.both),
            _estimate(p.b_given_a),
            _estimate(p.a_given_b),
            f"{p.lift.value:.2f} ± {p.lift.error:.2f}",
        )
        for p in ranked
    )
    columns = (
        Column("pair", "first, second", wrap=True),
        Column("both", "both fall", Kind.NUMBER),
        Column("b_given_a", "second, if first", Kind.NUMBER),
        Column("a_given_b", "first, if second", Kind.NUMBER),
        Column("lift", "times chance", Kind.NUMBER),
    )
    notes = ["Times chance: how much more often both fall than if their falls had nothing to do with each other."]
    left_out = [a.name(node) for node in sorted(sure & {d.node for d in a.defaults if d.tested})]
    if left_out:
        notes.append(f"Left out, as they fall in more than {SURE:.0%} of the paths: {', '.join(left_out)}.")
    return Table("Who falls with whom", columns, rows, tuple(notes))


def _estimate(e: Estimate) -> str:
    return share(e.value, e.error)


def lost(a: Answer, kind: str) -> Table:
    """Losses of a kind: everybody, camps, layers, and the nodes that lose most."""
    mine = [x for x in a.losses if x.kind == kind and _matters(x)]
    nodes = sorted((x for x in mine if x.group in a.names), key=lambda x: -x.mean)[:MOST_NODES]
    groups = [[x for x in mine if x.group.startswith(prefix)] for prefix in ("camp:", "layer:")]
    ordered = [x for x in mine if x.group == "all"]
    for some in groups:
        ordered += sorted(some, key=lambda x: -x.mean)
    rows = tuple(_loss_row(a, x) for x in [*ordered, *nodes])
    columns = (
        Column("group", "who", wrap=True),
        Column("mean", "mean", Kind.MONEY),
        Column("error", "±", Kind.MONEY),
        Column("share", "paths with a loss", Kind.NUMBER),
        Column("var_95", "VaR 95%", Kind.MONEY),
        Column("es_95", "ES 95%", Kind.MONEY),
        Column("var_99", "VaR 99%", Kind.MONEY),
        Column("es_99", "ES 99%", Kind.MONEY),
    )
    return Table(KINDS.get(kind, kind), columns, rows)


def _loss_row(a: Answer, x: Loss) -> tuple[Cell, ...]:
    tails = [_shown(v) for pair in zip(x.value_at_risk, x.expected_shortfall, strict=True) for v in pair]
    return group_name(a, x.group), _shown(x.mean), _shown(x.error), share(x.share), *tails


def _matters(x: Loss) -> bool:
    return max(abs(x.mean), abs(x.expected_shortfall[1])) >= LEAST


def _shown(value: float) -> float:
    """What is no digit in billions is shown as nothing."""
    return value if abs(value) >= LEAST else 0.0


def group_name(a: Answer, group: str) -> str:
    """A group in words."""
    return a.name(group) if ":" not in group else group.replace("-", " ").replace(":", ": ")


def loss_notes() -> str:
    """How to read the tables of losses."""
    return (
        "Losses are sums over the horizon of a path. VaR (value at risk): not exceeded with this probability; ES "
        f"(expected shortfall): mean of the worst 5 or 1% of the paths; both are known to {ACCURACY:.1%}. Claims: on "
        "loans, receivables and a year's damages of broken contracts, less what estates bring, and what guarantors "
        "pay. Shares: written down below what they are carried at. Revenue below plan is below nothing where more "
        "is sold; added over firms it counts a dollar again at each firm that it would have passed through."
    )


def fan(a: Answer, node: str) -> Table:
    """The figures of a firm at the ends of years: median, and where 90 % of the paths lie."""
    fans = [f for measure in SHOWN for f in a.fans[node] if f.measure == measure]
    rows = tuple((a.when(q), *(_spread(f, q) for f in fans)) for q in range(YEAR - 1, len(a.rests.quarters), YEAR))
    columns = (Column("quarter", "quarter"), *(Column(f.measure, f.measure, Kind.NUMBER) for f in fans))
    return Table(a.name(node), columns, rows)


def _spread(f: Fan, step: int) -> str:
    middle, low, high = (money(f.at(step, level)) for level in (0.50, 0.05, 0.95))
    return f"{middle} ({low}, {high})" if low != high else middle


def money(q: Quantile) -> str:
    """A quantile in billions; a bound where it lies beyond the classes."""
    value = q.value if abs(q.value) >= LEAST else 0.0
    text = "0" if not value else f"{value / 1000.0:,.0f}" if abs(value) >= 1e5 else billions(value)
    return {-1: f"≤{text}", 0: text, 1: f"≥{text}"}[q.beyond]


def fan_notes() -> str:
    """How to read the fans."""
    return (
        "Median of all paths, in brackets the bounds that 5% lie below and 5% above; revenue and free cash flow of "
        "that quarter alone. A firm that has fallen counts with what is left of it."
    )


def world(a: Answer) -> Table:
    """Rents and need of computing at the ends of years, against the plan."""
    rows = []
    for q in range(YEAR - 1, len(a.rests.quarters), YEAR):
        cells = []
        for f in a.world:
            middle, low, high = (f"{f.at(q, level).value:.0%}" for level in (0.50, 0.05, 0.95))
            cells.append(f"{middle} ({low}, {high})")
        rows.append((a.when(q), *cells))
    columns = (Column("quarter", "quarter"), *(Column(f.measure, f.measure, Kind.NUMBER) for f in a.world))
    return Table("The market for computing, against the plan", columns, tuple(rows))


def resting(a: Answer) -> list[str]:
    """What the numbers rest on, and where they are kept."""
    r = a.rests
    openings = (
        f"{r.openings:,} joint draws of all uncertain assumptions, in turn"
        if r.openings > 1
        else "all assumptions at their central values"
    )
    return [
        f"Rests on: seed {r.seed}, {r.paths:,} paths, {openings}; book, opening {r.book_date}; loss rates {r.case}; "
        f"version {r.version}. The same command gives the same numbers.",
        "How growth, rents and spreads stray, and how far assumptions may be off, are assumptions of the book: these "
        "are probabilities within the model, not forecasts.",
        f"Kept in {a.where}; the same command with more --paths goes on from there.",
        *a.notes,
    ]
