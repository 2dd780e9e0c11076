"""Roads to an event as tables and sentences that come from their numbers."""

from __future__ import annotations

import math

from cardhouse.economy.kernel.processes import BLOCK
from cardhouse.economy.many.importance import Estimate
from cardhouse.economy.many.reverse import Reverse
from cardhouse.economy.many.roads import Push, Road, Spell
from cardhouse.economy.run import RunChoices
from cardhouse.views.pull import SCOPES
from cardhouse.views.pull import name as firm_name
from cardhouse.views.table import Cell, Column, Kind, Table
from cardhouse.views.words import ENGLISH, N_, Words

LEAST_SIGMAS = 0.05
"""Standard deviations below which a driver is left out of a road."""
LEAST_FALLS = 0.05
"""Share of a road's paths below which a firm that falls in them is not named."""
FEW = 30.0
"""Equally weighted paths in the event below which the standard error is not to be relied on."""
YEARS_SHOWN = 4
SMALL = 1e-5
"""Probability below which it is written with an exponent."""


def dateline(answer: Reverse, choices: RunChoices, *, t: Words = ENGLISH) -> str:
    """What every table must carry: book, quarters, scenario, paths, seed, ties that count."""
    windows = answer.compiled.windows
    return t(
        "book of {date} · {first} to {last} · scenario: {scenario} · {paths} paths, seed {seed} · assumptions at their "
        "central values · ties: {ties}",
        date=answer.compiled.opening.book.date,
        first=t.quarter(windows[0].end),
        last=t.quarter(windows[-1].end),
        scenario=answer.scenario.name,
        paths=f"{answer.drawn:,}",
        seed=answer.seed,
        ties=t(SCOPES[choices.scope.value]),
    )


def event(answer: Reverse, *, t: Words = ENGLISH) -> str:
    """What is worked back from, as the beginning of a sentence."""
    firms = [firm_name(answer.compiled.opening, answer.compiled.nodes[i], t) for i in answer.event.firms]
    said = []
    if firms:
        falls = N_("{firms} fall") if len(firms) > 1 else N_("{firms} falls")
        said.append(t(falls, firms=t.listed(firms)))
    if answer.event.loss:
        amount = t.amount(answer.event.loss)
        all_lost = t("claims, guarantees and shares of at least {amount} billion are lost", amount=amount)
        claims = t("claims and guarantees of at least {amount} billion are lost", amount=amount)
        said.append(all_lost if answer.event.shares else claims)
    text = t.listed(said)
    quarters = len(answer.compiled.windows)
    return t("{event} within {quarters} quarters", event=text[0].upper() + text[1:], quarters=quarters)


def headline(answer: Reverse, *, t: Words = ENGLISH) -> list[str]:
    """The answer in a few sentences."""
    found, plain = answer.estimate, answer.plain
    text = N_("{event}: probability {chance}, by importance sampling with {paths} paths{worth}.")
    told = {
        "event": event(answer, t=t),
        "chance": chance(found),
        "paths": f"{found.paths:,}",
        "worth": _worth(found, t),
    }
    lines = [t(text, **told)]
    if 0.0 < found.effective < FEW:
        lines.append(
            t(
                "Few paths carry that weight, so the error is itself uncertain and the probability may be well above "
                "it: ask for more --paths before you quote it."
            )
        )
    if plain.probability > 0.0:
        lines.append(t("By plain paths, {paths} of them: {chance}.", paths=f"{plain.paths:,}", chance=chance(plain)))
    else:
        lines.append(t("None of {paths} plain paths came to it.", paths=f"{plain.paths:,}"))
    count = len(answer.roads)
    many = t("Its paths make {count} distinct roads.", count=count)
    return [*lines, t("Its paths make one road.") if count == 1 else many]


def chance(found: Estimate) -> str:
    """A probability with its standard error, in per cent with two digits of the error."""
    p, error = found.probability, found.error
    if error <= 0.0:
        return f"{100.0 * p:.3g}%"
    if p < SMALL:
        return f"{p:.1e} ± {error:.0e}"
    digits = max(0, 1 - math.floor(math.log10(100.0 * error)))
    return f"{100.0 * p:.{digits}f} ± {100.0 * error:.{digits}f}%"


def _worth(found: Estimate, t: Words) -> str:
    """How many plain paths would give the same error."""
    if found.error <= 0.0:
        return ""
    plain = found.probability * (1.0 - found.probability) / found.error**2
    return t(
        " (as exact as {paths} plain ones; {effective} paths carry the weight)",
        paths=f"{float(f'{plain:.2g}'):,.0f}",
        effective=f"{found.effective:,.0f}",
    )


def told(answer: Reverse, number: int, *, t: Words = ENGLISH) -> str:
    """A road in a sentence or two."""
    road = answer.roads[number]
    head = t("Road {number}", number=number + 1)
    if len(answer.roads) > 1:
        text = N_("Road {number}, {share} of the event")
        head = t(text, number=number + 1, share=t.percent(road.share))
    if math.isinf(road.distance):
        return t(
            "{road}: no surprises that hold for years bring it about; it takes single wild quarters. The table shows "
            "where its paths were on average.",
            road=head,
        )
    when = _when(answer, road.step, t)
    if road.distance == 0.0 and not road.spells:
        return t("{road}: no surprise is needed; the scenario itself comes to it in {when}.", road=head, when=when)
    alone = N_(
        "{road}: at its likeliest {sigmas} standard deviations from the scenario; a normal number lies that far out on "
        "one side with probability {chance}."
    )
    with_regimes = N_(
        "{road}: at its likeliest {sigmas} standard deviations from the scenario, with regimes on the way; a normal "
        "number lies that far out on one side, and these regimes are on, with probability {chance}."
    )
    text = with_regimes if road.spells else alone
    far = t(text, road=head, sigmas=f"{road.distance:.1f}", chance=f"{road.beyond:.2g}")
    holds = t(
        "Of paths with its years and regimes, whose quarters stray as usual, {share} come to the event.",
        share=t.percent(road.holds),
    )
    return t.sentences([far, holds, *_falls(answer, road, when, t)])


def _falls(answer: Reverse, road: Road, when: str, t: Words) -> list[str]:
    """When a road gets there, and who falls on it and in its paths."""
    on_it = [t("{firm} ({when})", firm=_name(answer, n, t), when=_when(answer, step, t)) for n, step in road.falls]
    often = [
        t("{firm} ({share})", firm=_name(answer, n, t), share=t.percent(share))
        for n, share in road.fallen
        if share >= LEAST_FALLS
    ]
    there = t("It gets there in {when}.", when=when)
    if on_it:
        there = t("It gets there in {when}; on it fall {firms}.", when=when, firms=t.comma.join(on_it))
    return [there, *([t("In its paths fall {firms}.", firms=t.comma.join(often))] if often else [])]


def drivers(answer: Reverse, number: int, *, t: Words = ENGLISH) -> Table:
    """How far the drivers move on a road, by the ends of its years, and where all its paths were at the event."""
    road = answer.roads[number]
    ends = _ends(road)
    rows: list[tuple[Cell, ...]] = []
    for push in road.pushes:
        if abs(push.sigmas) >= LEAST_SIGMAS:
            among = [change(push, x) for x in push.among]
            rows.append(
                (
                    title(answer, push, t),
                    *(change(push, float(push.strayed[q])) for q in ends),
                    f"{push.sigmas:+.1f}",
                    among[1],
                    t("{low} to {high}", low=among[0], high=among[2]),
                )
            )
    columns = (
        Column("driver", t("driver"), wrap=True),
        *(Column(f"q{q}", _when(answer, q, t), Kind.NUMBER) for q in ends),
        Column("sigmas", t("standard deviations"), Kind.NUMBER),
        Column("middle", t("its paths"), Kind.NUMBER),
        Column("range", t("80% of them"), Kind.NUMBER),
    )
    note = t(
        "Against the scenario. Standard deviations: of the driver itself in that quarter, at its farthest. Its paths: "
        "where all paths of the road were when it happened, the middle one and four fifths of them."
    )
    return Table(t("Road {number}: the drivers", number=number + 1), columns, tuple(rows), (note,), t)


def regimes(answer: Reverse, number: int, *, t: Words = ENGLISH) -> Table:
    """Which regimes come on a road, and how much more common they are in its paths."""
    road = answer.roads[number]
    on_road = {spell.regime: spell for spell in road.spells}
    rows = tuple(
        (
            regime.title_zh if t.lang == "zh" else regime.title,
            _spell(answer, on_road[r], t) if r in on_road else t("no"),
            on_road[r].chance if r in on_road else None,
            float(road.common[r, 0]),
            float(road.common[r, 1]),
        )
        for r, regime in enumerate(answer.chance.chances.regimes)
    )
    columns = (
        Column("regime", t("regime"), wrap=True),
        Column("spell", t("on the likeliest road"), wrap=True),
        Column("chance", t("chance of it"), Kind.PERCENT),
        Column("among", t("its paths"), Kind.PERCENT),
        Column("plain", t("all paths"), Kind.PERCENT),
    )
    note = t(
        "Chance of it: that it is on in all of these quarters. Its paths, all paths: in how many it had come by the "
        "time of the event."
    )
    return Table(t("Road {number}: the regimes", number=number + 1), columns, rows, (note,), t)


def notes(*, t: Words = ENGLISH) -> list[str]:
    """How to read the answer."""
    return [
        t(
            "What strays is the drivers; every assumption of the book stays at its central value, so a probability "
            "says what chance in the drivers alone does. A likeliest road is one of a thousand that lead there: the "
            "ranges say how far others lie from it."
        )
    ]


def _ends(road: Road) -> list[int]:
    """The last quarters of the years up to the event; the last of them is the event's own quarter."""
    ends = [*range(BLOCK - 1, road.step, BLOCK), road.step]
    return ends[-YEARS_SHOWN:]


def _spell(answer: Reverse, spell: Spell, t: Words) -> str:
    last = min(spell.begins + spell.quarters, len(answer.compiled.windows)) - 1
    span = {"first": _when(answer, spell.begins, t), "last": _when(answer, last, t)}
    if answer.chance.arrays.regime_adds[spell.regime]:
        return t("{first} to {last}, {size} quarters", **span, size=f"{spell.harm:.1f}")
    return t("{first} to {last}, {share} is left", **span, share=t.percent(spell.harm))


def change(push: Push, deviation: float) -> str:
    """A deviation as people read it."""
    level = push.level(deviation)
    return f"{level:+,.0f} bp" if push.adds else f"{level:+.0%}"


def title(answer: Reverse, push: Push, t: Words = ENGLISH) -> str:
    """The title of a driver, with its firm where it has one."""
    process = next(p for p in answer.chance.chances.processes if p.driver == push.driver)
    words = process.title_zh if t.lang == "zh" else process.title
    return t("{what}: {firm}", what=words, firm=_name(answer, push.firm, t)) if push.firm else words


def _name(answer: Reverse, node: str, t: Words) -> str:
    return firm_name(answer.compiled.opening, node, t)


def _when(answer: Reverse, step: int, t: Words) -> str:
    return t.quarter(answer.compiled.windows[step].end)


def lines(answer: Reverse) -> Table:
    """Every driver and regime of every road by quarter, for a file."""
    rows: list[tuple[Cell, ...]] = []
    for number, road in enumerate(answer.roads, 1):
        for push in road.pushes:
            rows += [
                (number, "driver", push.driver, push.firm, w.end, push.level(float(x)), push.sigmas)
                for w, x in zip(answer.compiled.windows, push.strayed, strict=True)
            ]
        for spell in road.spells:
            during = answer.compiled.windows[spell.begins : spell.begins + spell.quarters]
            regime = answer.chance.chances.regimes[spell.regime].driver
            rows += [(number, "regime", regime, "", w.end, spell.harm, None) for w in during]
    columns = (
        Column("road", "road", Kind.COUNT),
        Column("kind", "kind"),
        Column("driver", "driver"),
        Column("firm", "firm"),
        Column("quarter_end", "quarter end", Kind.DATE),
        Column("move", "move", Kind.NUMBER),
        Column("sigmas", "standard deviations at its farthest", Kind.NUMBER),
    )
    return Table("Roads", columns, tuple(rows))
