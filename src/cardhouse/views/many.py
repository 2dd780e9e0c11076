"""Who falls in a run of many paths, with what probability, when and with whom; what a reader must know of the run."""

from __future__ import annotations

from cardhouse.economy.kernel.lanes import LANES
from cardhouse.economy.many.clusters import ENOUGH, bounds
from cardhouse.economy.many.results import Default, When
from cardhouse.economy.many.results_joint import Estimate
from cardhouse.views.many_answer import FANS_SHOWN, SURE, YEAR, Answer, path_count
from cardhouse.views.odds import bounded, limit
from cardhouse.views.pull import SCOPES
from cardhouse.views.relayed import relayed
from cardhouse.views.table import Column, Kind, Table
from cardhouse.views.words import ENGLISH, N_, Words

MOST_PAIRS = 10
LEAST_CAUSE = 0.1
WORST, LEAST_TAIL = 0.01, 10
"""Part of the paths that the farthest tail has; paths in it below which its mean says little."""
NO_DIGIT = 0.05
"""Quarters below which the error of a date is no digit."""
CAUSES = {
    "customers": N_("customers"),
    "counterparties": N_("counterparties"),
    "markets": N_("markets"),
    "outlays": N_("outlays"),
}
"""What was missing when a firm fell, in one word."""
CASES = {"mild": N_("mild"), "central": N_("central"), "harsh": N_("harsh")}
"""Loss rates of a run."""


def dateline(a: Answer, *, t: Words = ENGLISH) -> str:
    """What every table of a run must carry: book, quarters, scenario, unit, paths, ties that count."""
    r = a.rests
    return t(
        "book, opening {date} · {first} to {last} · scenario: {scenario} · {paths} · {unit} · ties: {ties}",
        date=r.book_date,
        first=a.when(0, t),
        last=t.quarter(r.quarters[-1]),
        scenario=r.scenario,
        paths=path_count(r.paths, t),
        unit=t.money_unit,
        ties=t(SCOPES.get(r.firmness, r.firmness)),
    )


def headline(a: Answer, *, t: Words = ENGLISH) -> list[str]:
    """The answer in a few sentences."""
    r, quarters = a.rests, len(a.rests.quarters)
    title, about = (r.title_zh, r.about_zh) if t.lang == "zh" and r.about_zh else (r.title, r.about)
    lines = [t("{title}. {about}", title=title, about=about)] if about else []
    ranked = [d for d in _ranked(a) if d.tested and not d.pulled and d.falls]
    if ranked:
        told = [t("{firm} ({share})", firm=a.name(d.node), share=_probability(d, t)) for d in ranked[:FANS_SHOWN]]
        text = N_("Most likely to fall within {quarters} quarters: {firms}.")
        lines.append(t(text, quarters=quarters, firms=t.comma.join(told)))
    else:
        many = N_("No tested firm falls within {quarters} quarters in any of {paths} paths.")
        text = many if r.paths > 1 else N_("No tested firm falls within {quarters} quarters in the one path.")
        lines.append(t(text, quarters=quarters, paths=f"{r.paths:,}"))
    return [*lines, *cautions(a, t=t)]


def cautions(a: Answer, *, t: Words = ENGLISH) -> list[str]:
    """What must be said of errors and tails that rest on few paths or openings."""
    r, lines = a.rests, unsure_errors(a, t=t)
    if r.paths < LEAST_TAIL / WORST:
        many = N_("The worst 1% of {paths} paths are fewer than {least}: VaR and ES at 99% are hardly known.")
        text = many if r.paths > 1 else N_("The one path says nothing of tails: VaR and ES cannot be known from it.")
        lines.append(t(text, paths=f"{r.paths:,}", least=LEAST_TAIL))
    return lines


def unsure_errors(a: Answer, *, t: Words = ENGLISH) -> list[str]:
    """What must be said of errors that rest on few paths or openings; nothing where they rest on enough."""
    r = a.rests
    if r.clusters >= ENOUGH:
        return []
    few = N_(
        "Openings (joint draws of the assumptions) that standard errors rest on: {count}. Fewer than {enough} say "
        "little of how far they stray, so do not rely on the errors; ask for more {option}."
    )
    paths = N_(
        "Paths that standard errors rest on: {count}. Fewer than {enough} say little of how far they stray, so do "
        "not rely on the errors; ask for more {option}."
    )
    option = "--openings" if r.drawn and r.paths >= LANES * ENOUGH else "--paths"
    return [t(few if r.drawn else paths, count=r.clusters, enough=ENOUGH, option=option)]


def _ranked(a: Answer) -> list[Default]:
    return sorted(a.defaults, key=lambda d: -d.probability)


def falls(a: Answer, *, t: Words = ENGLISH) -> Table:
    """Who falls with which probability, when, and what was missing."""
    rows = tuple(
        (a.name(d.node), _probability(d, t), *_dates(a, d.when, t), _why(d, t))
        for d in _ranked(a)
        if d.tested and (d.falls or d.reorganised)
    )
    columns = (
        Column("firm", t("firm")),
        Column("probability", t("probability"), Kind.NUMBER),
        Column("when", t("median")),
        Column("when_error", t("error, quarters"), Kind.NUMBER),
        Column("span", t("10 to 90%")),
        Column("causes", t("what was missing"), wrap=True),
    )
    return Table(t("Who falls"), columns, rows, _fall_notes(a, t), t)


def _probability(d: Default, t: Words) -> str:
    return t("pulled") if d.pulled else bounded(d.probability, d.error, d.least, d.most)


def _dates(a: Answer, when: When | None, t: Words) -> tuple[str, str, str]:
    """The median date of the falls, its error in quarters where it is known, and when a tenth and nine tenths come."""
    if when is None:
        return "", "", ""
    error = "" if when.known is None else f"{when.known.error:.1f}" if when.known.error >= NO_DIGIT else "<0.1"
    low, high = a.when(when.early, t), a.when(when.late, t)
    return a.when(when.middle, t), error, low if low == high else t("{low} to {high}", low=low, high=high)


def _why(d: Default, t: Words) -> str:
    """The causes that stand for a tenth of the failures or more, the largest first."""
    if d.pulled:
        return t("the scenario says so")
    parts = sorted((c for c in d.causes if c[1] >= LEAST_CAUSE), key=lambda c: -c[1])
    told = t.comma.join(f"{t(CAUSES.get(cause, cause))} {t.percent(part)}" for cause, part in parts)
    if not d.reorganised:
        return told
    return t("{causes}; reorganised in {paths}", causes=told, paths=path_count(d.reorganised, t))


def _fall_notes(a: Answer, t: Words) -> tuple[str, ...]:
    """How to read the table, who is not in it, and vehicles."""
    r = a.rests
    notes = [
        t(
            "± is one standard error, {source}; that of the median is not told where fewer than {enough} of these have "
            "a fall. Missing against the path without chance and scenario, by the quarter of the fall: sales to "
            "customers less the costs saved with them, what counterparties pay, money that was or could be raised, and "
            "outlays beyond it.",
            source=source(a, t=t),
            enough=ENOUGH,
        )
    ]
    vehicles = [d for d in _ranked(a) if not d.tested]
    if vehicles:
        told = t.comma.join(f"{a.name(d.node)} {bounded(d.probability, 0.0, d.least, d.most)}" for d in vehicles)
        notes.append(t("Vehicles that go down with their tenant: {firms}.", firms=told))
    stand = [a.name(d.node) for d in a.defaults if d.tested and not d.falls and not d.reorganised]
    if stand:
        many = N_(
            "In none of {paths} paths, so each below {most}% (with 95% confidence, were all paths independent; those "
            "of one opening are not): {firms}."
        )
        text = many if r.paths > 1 else N_("Not in the one path: {firms}.")
        most = limit(bounds(0, r.paths)[1] or 1.0)
        notes.append(t(text, paths=f"{r.paths:,}", most=most, firms=t.comma.join(stand)))
    return tuple(notes)


def source(a: Answer, *, t: Words = ENGLISH) -> str:
    """What the standard errors of a run come from."""
    return t("between openings") if a.rests.openings > 1 else t("of independent paths")


def years(a: Answer, *, t: Words = ENGLISH) -> Table:
    """Probability of a fall by the end of each whole year."""
    ends = range(YEAR - 1, len(a.rests.quarters), YEAR)
    rows = tuple(
        (a.name(d.node), *(_so_far(p, a.rests.paths) for p in d.by_year))
        for d in _ranked(a)
        if d.tested and d.falls and not d.pulled
    )
    columns = (
        Column("firm", t("firm")),
        *(Column(f"by_{q}", t("by {quarter}", quarter=a.when(q, t)), Kind.NUMBER) for q in ends),
    )
    return Table(t("Fallen by"), columns, rows, t=t)


def _so_far(value: float, paths: int) -> str:
    """The share of the paths in which a firm has fallen by a day."""
    return bounded(value, 0.0, *bounds(round(value * paths), paths))


def together(a: Answer, *, t: Words = ENGLISH) -> Table:
    """Pairs that fall together most often; a firm that all but always falls says nothing about another."""
    sure = {d.node for d in a.defaults if d.probability > SURE}
    pairs = [p for p in a.pairs if p.paths and not {p.a, p.b} & sure]
    ranked = sorted(pairs, key=lambda p: -p.paths)[:MOST_PAIRS]
    rows = tuple(
        (
            t.comma.join((a.name(p.a), a.name(p.b))),
            _estimate(p.both),
            _estimate(p.b_given_a),
            _estimate(p.a_given_b),
            f"{p.lift.value:.2f} ± {p.lift.error:.2f}",
        )
        for p in ranked
    )
    columns = (
        Column("pair", t("first, second"), wrap=True),
        Column("both", t("both fall"), Kind.NUMBER),
        Column("b_given_a", t("second, if first"), Kind.NUMBER),
        Column("a_given_b", t("first, if second"), Kind.NUMBER),
        Column("lift", t("times chance"), Kind.NUMBER),
    )
    notes = [t("Times chance: how much more often both fall than if their falls had nothing to do with each other.")]
    left_out = [a.name(node) for node in sorted(sure & {d.node for d in a.defaults if d.tested})]
    if left_out:
        text = N_("Left out, as they fall in more than {share} of the paths: {firms}.")
        notes.append(t(text, share=t.percent(SURE), firms=t.comma.join(left_out)))
    return Table(t("Who falls with whom"), columns, rows, tuple(notes), t)


def _estimate(e: Estimate) -> str:
    return bounded(e.value, e.error, e.least, e.most)


def resting(a: Answer, *, t: Words = ENGLISH) -> list[str]:
    """What the numbers rest on, and where they are kept."""
    r = a.rests
    if r.openings > 1:
        openings = t("{count} joint draws of all uncertain assumptions, in turn", count=f"{r.openings:,}")
    elif r.drawn:
        openings = t("one joint draw of all uncertain assumptions")
    else:
        openings = t("all assumptions at their central values")
    return [
        t(
            "Rests on: seed {seed}, {paths}, {openings}; book, opening {date}; loss rates {case}; version "
            "{version}. The same command gives the same numbers.",
            seed=r.seed,
            paths=path_count(r.paths, t),
            openings=openings,
            date=r.book_date,
            case=t(CASES.get(r.case, r.case)),
            version=r.version,
        ),
        t(
            "How growth, rents and spreads stray is measured in part and assumed in part (see: cardhouse run "
            "--chances), how far assumptions may be off is assumed: these are probabilities within the model, not "
            "forecasts."
        ),
        t("Kept in {folder}; the same command with more --paths goes on from there.", folder=a.where),
        *(relayed(t, note) for note in a.notes),
    ]
