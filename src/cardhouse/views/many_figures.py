"""What is lost in a run of many paths, and how figures spread: losses, fans of firms, the market for computing."""

from __future__ import annotations

from collections.abc import Iterator

from cardhouse.economy.many.clusters import ENOUGH
from cardhouse.economy.many.results_fans import Fan, Quantile
from cardhouse.economy.many.results_losses import ACCURACY, LEVELS, OUTSIDE, Loss
from cardhouse.views.many_answer import YEAR, Answer
from cardhouse.views.odds import share
from cardhouse.views.run import LEAST
from cardhouse.views.table import Cell, Column, Kind, Table
from cardhouse.views.words import ENGLISH, N_, Words

MOST_NODES = 6
KINDS = {
    "credit": N_("Claims and guarantees lost"),
    "stakes": N_("Shares written down"),
    "revenue": N_("Revenue below plan"),
    "outside": N_("Lost by creditors outside the network"),
}
WHOSE = N_(
    "A row is the debtor, not who loses: what lenders, landlords, suppliers and others outside the network lose when "
    "it fails. How that divides among them by then is not kept; cardhouse pull shows it as of the opening."
)
SHOWN = ("revenue", "free cash flow", "cash", "debt")
"""Measures of the tables on screen; CSV and JSON have all."""


def lost(a: Answer, kind: str, *, t: Words = ENGLISH) -> Table:
    """Losses of a kind: everybody, camps, layers, and the nodes that lose most; of those outside by whose failure."""
    mine = [x for x in a.losses if x.kind == kind and _matters(x)]
    nodes = sorted((x for x in mine if x.group in a.names), key=lambda x: -x.mean)[:MOST_NODES]
    groups = [[x for x in mine if x.group.startswith(prefix)] for prefix in ("camp:", "layer:")]
    ordered = [x for x in mine if x.group == "all"]
    for some in groups:
        ordered += sorted(some, key=lambda x: -x.mean)
    ordered += nodes
    rows = tuple(_loss_row(a, x, t) for x in ordered)
    columns = (
        Column("group", t("whose failure") if kind == OUTSIDE else t("who"), wrap=True),
        Column("mean", t("mean"), Kind.MONEY),
        Column("error", "±", Kind.MONEY),
        Column("share", t("paths with a loss"), Kind.NUMBER),
        Column("var_95", "VaR 95%", Kind.MONEY),
        Column("es_95", "ES 95%", Kind.MONEY),
        Column("var_99", "VaR 99%", Kind.MONEY),
        Column("es_99", "ES 99%", Kind.MONEY),
    )
    notes = (*((t(WHOSE),) if kind == OUTSIDE else ()), *_few(a, ordered, t))
    return Table(t(KINDS.get(kind, kind)), columns, rows, notes, t)


def _few(a: Answer, shown: list[Loss], t: Words) -> Iterator[str]:
    """Which tails rest on too few openings or paths to be relied on."""
    some = N_("VaR and ES {level} rest on fewer than {enough} openings or paths, so do not rely on them: {groups}.")
    every = N_("VaR and ES {level} rest on fewer than {enough} openings or paths in all rows, so do not rely on them.")
    for place, level in enumerate(LEVELS):
        few = [group_name(a, x.group, t) for x in shown if 0 < x.rests_on[place] < ENOUGH]
        if few:
            text = every if len(few) == len(shown) else some
            yield t(text, level=t.percent(level), enough=ENOUGH, groups=t.comma.join(few))


def _loss_row(a: Answer, x: Loss, t: Words) -> tuple[Cell, ...]:
    tails = [v for pair in zip(x.value_at_risk, x.expected_shortfall, strict=True) for v in pair]
    return group_name(a, x.group, t), x.mean, x.error, share(x.share), *tails


def _matters(x: Loss) -> bool:
    return max(abs(x.mean), abs(x.expected_shortfall[1])) >= LEAST


def group_name(a: Answer, group: str, t: Words = ENGLISH) -> str:
    """A group in words."""
    if group == "all":
        return t("all")
    kind, colon, which = group.partition(":")
    return t("{kind}: {which}", kind=t(kind), which=t(which.replace("-", " "))) if colon else a.name(group)


def loss_notes(*, t: Words = ENGLISH) -> str:
    """How to read the tables of losses."""
    return t(
        "Losses are sums over the horizon of a path. VaR (value at risk): not exceeded with this probability; ES "
        "(expected shortfall): mean of the worst 5 or 1% of the paths; losses are counted in classes {accuracy} "
        "wide, and chance adds more: a run of another --seed shows how much. Claims: on "
        "loans, receivables and a year's damages of broken contracts, less what estates bring, and what guarantors "
        "pay. Shares: written down below what they are carried at. Revenue below plan is below nothing where more "
        "is sold; added over firms it counts a dollar again at each firm that it would have passed through.",
        accuracy=t.percent(ACCURACY, 1),
    )


def fan(a: Answer, node: str, *, t: Words = ENGLISH) -> Table:
    """The figures of a firm at the ends of years: median, and where 90 % of the paths lie."""
    fans = [f for measure in SHOWN for f in a.fans[node] if f.measure == measure]
    rows = tuple(
        (a.when(q, t), *(_spread(f, q, t) for f in fans)) for q in range(YEAR - 1, len(a.rests.quarters), YEAR)
    )
    columns = (Column("quarter", t("quarter")), *(Column(f.measure, t(f.measure), Kind.NUMBER) for f in fans))
    return Table(a.name(node), columns, rows, t=t)


def _spread(f: Fan, step: int, t: Words) -> str:
    middle, low, high = (money(f.at(step, level), t) for level in (0.50, 0.05, 0.95))
    return f"{middle} ({low}, {high})" if low != high else middle


def money(q: Quantile, t: Words = ENGLISH) -> str:
    """A quantile in the unit of the language; a bound where it lies beyond the classes."""
    value = q.value if abs(q.value) >= LEAST else 0.0
    text = "0" if not value else t.whole(value) if abs(value) >= 1e5 else t.amount(value)
    return {-1: f"≤{text}", 0: text, 1: f"≥{text}"}[q.beyond]


def fan_notes(*, t: Words = ENGLISH) -> str:
    """How to read the fans."""
    return t(
        "Median of all paths, in brackets the bounds that 5% lie below and 5% above; revenue and free cash flow of "
        "that quarter alone. A firm that has fallen counts with what is left of it."
    )


def world(a: Answer, *, t: Words = ENGLISH) -> Table:
    """Rents and need of computing at the ends of years, against the plan."""
    rows = []
    for q in range(YEAR - 1, len(a.rests.quarters), YEAR):
        cells = []
        for f in a.world:
            middle, low, high = (t.percent(f.at(q, level).value) for level in (0.50, 0.05, 0.95))
            cells.append(f"{middle} ({low}, {high})")
        rows.append((a.when(q, t), *cells))
    columns = (Column("quarter", t("quarter")), *(Column(f.measure, t(f.measure), Kind.NUMBER) for f in a.world))
    return Table(t("The market for computing, against the plan"), columns, tuple(rows), t=t)
