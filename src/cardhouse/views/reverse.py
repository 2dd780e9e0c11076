"""Roads to an event as tables and sentences that come from their numbers."""

from __future__ import annotations

import math

from cardhouse.economy.kernel.processes import BLOCK
from cardhouse.economy.many.importance import Estimate
from cardhouse.economy.many.reverse import Reverse
from cardhouse.economy.many.roads import Push, Road, Spell
from cardhouse.economy.run import RunChoices
from cardhouse.views.pull import name as firm_name
from cardhouse.views.run import SCOPES, quarter
from cardhouse.views.table import Cell, Column, Kind, Table, billions

LEAST_SIGMAS = 0.05
"""Standard deviations below which a driver is left out of a road."""
LEAST_FALLS = 0.05
"""Share of a road's paths below which a firm that falls in them is not named."""
YEARS_SHOWN = 4
SMALL = 1e-5
"""Probability below which it is written with an exponent."""


def dateline(answer: Reverse, choices: RunChoices) -> str:
    """What every table must carry: book, quarters, scenario, paths, seed, ties that count."""
    windows = answer.compiled.windows
    return (
        f"book of {answer.compiled.opening.book.date} · {quarter(windows[0].end)} to {quarter(windows[-1].end)} · "
        f"scenario: {answer.scenario.name} · {answer.drawn:,} paths, seed {answer.seed} · assumptions at their central "
        f"values · ties: {SCOPES[choices.scope.value]}"
    )


def event(answer: Reverse) -> str:
    """What is worked back from, as the beginning of a sentence."""
    firms = [firm_name(answer.compiled.opening, answer.compiled.nodes[i]) for i in answer.event.firms]
    said = [f"{' and '.join(firms)} fall{'' if len(firms) > 1 else 's'}"] if firms else []
    if answer.event.loss:
        what = "claims, guarantees and shares" if answer.event.shares else "claims and guarantees"
        said.append(f"{what} of at least {billions(answer.event.loss)} billion are lost")
    text = " and ".join(said)
    return f"{text[0].upper()}{text[1:]} within {len(answer.compiled.windows)} quarters"


def headline(answer: Reverse) -> list[str]:
    """The answer in a few sentences."""
    found, plain = answer.estimate, answer.plain
    method = f"by importance sampling with {found.paths:,} paths{_worth(found)}"
    lines = [f"{event(answer)}: probability {chance(found)}, {method}."]
    if plain.probability > 0.0:
        lines.append(f"By plain paths, {plain.paths:,} of them: {chance(plain)}.")
    else:
        lines.append(f"None of {plain.paths:,} plain paths came to it.")
    count = len(answer.roads)
    lines.append("Its paths make one road." if count == 1 else f"Its paths make {count} distinct roads.")
    return lines


def chance(found: Estimate) -> str:
    """A probability with its standard error, in per cent with two digits of the error."""
    p, error = found.probability, found.error
    if error <= 0.0:
        return f"{100.0 * p:.3g}%"
    if p < SMALL:
        return f"{p:.1e} ± {error:.0e}"
    digits = max(0, 1 - math.floor(math.log10(100.0 * error)))
    return f"{100.0 * p:.{digits}f} ± {100.0 * error:.{digits}f}%"


def _worth(found: Estimate) -> str:
    """How many plain paths would give the same error."""
    if found.error <= 0.0:
        return ""
    plain = found.probability * (1.0 - found.probability) / found.error**2
    return f" (as exact as {float(f'{plain:.2g}'):,.0f} plain ones)"


def told(answer: Reverse, number: int) -> str:
    """A road in a sentence or two."""
    road = answer.roads[number]
    share = "" if len(answer.roads) == 1 else f", {road.share:.0%} of the event"
    head = f"Road {number + 1}{share}"
    if math.isinf(road.distance):
        return (
            f"{head}: no surprises that hold for years bring it about; it takes single wild quarters. The table shows "
            "where its paths were on average."
        )
    if road.distance == 0.0 and not road.spells:
        return f"{head}: no surprise is needed; the scenario itself comes to it in {_when(answer, road.step)}."
    falls = ", ".join(f"{_name(answer, node)} ({_when(answer, step)})" for node, step in road.falls)
    often = ", ".join(f"{_name(answer, n)} ({share:.0%})" for n, share in road.fallen if share >= LEAST_FALLS)
    return (
        f"{head}: at its likeliest {road.distance:.1f} standard deviations from the scenario; a normal number lies "
        f"that far out on one side with probability {road.beyond:.2g}. It gets there in {_when(answer, road.step)}"
        f"{'; on it fall ' + falls if falls else ''}.{' In its paths fall ' + often + '.' if often else ''}"
    )


def drivers(answer: Reverse, number: int) -> Table:
    """How far the drivers move on a road, by the ends of its years, and where all its paths were at the event."""
    road = answer.roads[number]
    ends = _ends(road)
    rows: list[tuple[Cell, ...]] = []
    for push in road.pushes:
        if abs(push.sigmas) >= LEAST_SIGMAS:
            among = [change(push, x) for x in push.among]
            rows.append(
                (
                    title(answer, push),
                    *(change(push, float(push.strayed[q])) for q in ends),
                    f"{push.sigmas:+.1f}",
                    among[1],
                    f"{among[0]} to {among[2]}",
                )
            )
    columns = (
        Column("driver", "driver", wrap=True),
        *(Column(f"q{q}", _when(answer, q), Kind.NUMBER) for q in ends),
        Column("sigmas", "standard deviations", Kind.NUMBER),
        Column("middle", "its paths", Kind.NUMBER),
        Column("range", "80% of them", Kind.NUMBER),
    )
    note = (
        "Against the scenario. Standard deviations: of the driver itself in that quarter, at its farthest. Its paths: "
        "where all paths of the road were when it happened, the middle one and four fifths of them."
    )
    return Table(f"Road {number + 1}: the drivers", columns, tuple(rows), (note,))


def regimes(answer: Reverse, number: int) -> Table:
    """Which regimes come on a road, and how much more common they are in its paths."""
    road = answer.roads[number]
    on_road = {spell.regime: spell for spell in road.spells}
    rows = tuple(
        (
            regime.title,
            _spell(answer, on_road[r]) if r in on_road else "no",
            on_road[r].chance if r in on_road else None,
            float(road.common[r, 0]),
            float(road.common[r, 1]),
        )
        for r, regime in enumerate(answer.chance.chances.regimes)
    )
    columns = (
        Column("regime", "regime", wrap=True),
        Column("spell", "on the likeliest road", wrap=True),
        Column("chance", "chance of it", Kind.PERCENT),
        Column("among", "its paths", Kind.PERCENT),
        Column("plain", "all paths", Kind.PERCENT),
    )
    note = "Its paths, all paths: in how many it had come by the time of the event."
    return Table(f"Road {number + 1}: the regimes", columns, rows, (note,))


def notes() -> list[str]:
    """How to read the answer."""
    return [
        "What strays is the drivers; every assumption of the book stays at its central value, so a probability says "
        "what chance in the drivers alone does. A likeliest road is one of a thousand that lead there: the ranges say "
        "how far others lie from it."
    ]


def _ends(road: Road) -> list[int]:
    """The last quarters of the years up to the event; the last of them is the event's own quarter."""
    ends = [*range(BLOCK - 1, road.step, BLOCK), road.step]
    return ends[-YEARS_SHOWN:]


def _spell(answer: Reverse, spell: Spell) -> str:
    last = min(spell.begins + spell.quarters, len(answer.compiled.windows)) - 1
    adds = answer.chance.arrays.regime_adds[spell.regime]
    size = f"{spell.harm:.1f} quarters" if adds else f"{spell.harm:.0%} is left"
    return f"{_when(answer, spell.begins)} to {_when(answer, last)}, {size}"


def change(push: Push, deviation: float) -> str:
    """A deviation as people read it."""
    level = push.level(deviation)
    return f"{level:+,.0f} bp" if push.adds else f"{level:+.0%}"


def title(answer: Reverse, push: Push) -> str:
    """The title of a driver, with its firm where it has one."""
    words = {p.driver: p.title for p in answer.chance.chances.processes}[push.driver]
    return f"{words}: {_name(answer, push.firm)}" if push.firm else words


def _name(answer: Reverse, node: str) -> str:
    return firm_name(answer.compiled.opening, node)


def _when(answer: Reverse, step: int) -> str:
    return quarter(answer.compiled.windows[step].end)


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
