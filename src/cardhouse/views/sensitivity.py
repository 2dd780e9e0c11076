"""What an outcome depends on, as tables and sentences that come from its numbers."""

from __future__ import annotations

from collections.abc import Sequence

from cardhouse.economy.drivers import DRIVERS, Blend
from cardhouse.economy.many.inputs_of import Input, Moved, Sort
from cardhouse.economy.many.outcomes_of import Outcome, Unit
from cardhouse.economy.many.sensitivity import Effect
from cardhouse.economy.many.sensitivity_answer import Sensitivity
from cardhouse.economy.many.shares import REST
from cardhouse.views.pull import name as firm_name
from cardhouse.views.run import SCOPES, quarter
from cardhouse.views.table import Cell, Column, Kind, Table, billions

SHOWN = 20
GROUPS = {"all": "all firms", "layer": "firms of the layer", "camp": "camp", "kind": "ties of kind"}
WHAT = {
    "losses": "claims and guarantees lost",
    "stakes": "shares written down",
    "revenue": "revenue below plan",
    "outside": "losses of creditors outside the network",
    "room": "least room over binding dues",
    "cash": "cash at the end",
    "debt": "debt at the end",
    "value": "market value at the end",
}
SORTS = {Sort.ASSUMPTION: "assumption", Sort.CHANCE: "chance", Sort.DRIVER: "driver"}
UNITS = {
    "fraction": "",
    "USD_million": "",
    "basis_points": " bp",
    "basis points": " bp",
    "quarters": " q",
    "ratio": "",
    "share": "",
}
PERCENT = (Unit.FALLS, Unit.PART)


def dateline(answer: Sensitivity) -> str:
    """What every table must carry: book, quarters, scenario, outcome, paths, seed, ties that count."""
    basis, found = answer.basis, answer.ranking
    windows = basis.compiled.windows
    return (
        f"book of {basis.book.date} · {quarter(windows[0].end)} to {quarter(windows[-1].end)} · scenario: "
        f"{answer.scenario.name} · outcome: {found.outcome.name} · {_unit(found.outcome)} · {found.paths:,} paths at "
        f"each end, seed {basis.setup.seed} · ties: {SCOPES[basis.choices.scope.value]}"
    )


def headline(answer: Sensitivity) -> list[str]:
    """The answer in a few sentences."""
    found, effects = answer.ranking, answer.ranking.effects
    told = sum(e.told_apart for e in effects)
    nothing = sum(not e.moved for e in effects)
    lines = [
        f"{_mean(answer)} with every input at its centre.",
        f"Of {len(effects)} inputs {told} move the mean by more than two standard errors; {nothing} change nothing on "
        "any path.",
    ]
    first = effects[0] if effects else None
    if first is not None and first.told_apart:
        lines.append(
            f"Most depends on {title(answer, first.input)}: {figure(found.outcome, first.low)} at its low "
            f"({value(first.input, first.input.low)}), {figure(found.outcome, first.high)} at its high "
            f"({value(first.input, first.input.high)})."
        )
    return lines


def _mean(answer: Sensitivity) -> str:
    """The mean of the outcome as the beginning of a sentence."""
    found = answer.ranking
    mean, error = figure(found.outcome, found.mean), figure(found.outcome, found.error)
    name, quarters = found.outcome.name, len(answer.basis.compiled.windows)
    whom = _whom(answer, name.partition(":")[2])
    match found.outcome.word.id:
        case "falls":
            verb = "fall" if "+" in name else "falls"
            return f"{whom} {verb} within {quarters} quarters on {mean} of the paths (standard error {error})"
        case "failures":
            return f"{mean} tested firms fall within {quarters} quarters on average (standard error {error})"
        case word:
            what = f"{WHAT[word]}{' of ' + whom if whom else ''}"
            return f"{what[0].upper()}{what[1:]}: {mean} on average (standard error {error})"


def _whom(answer: Sensitivity, names: str) -> str:
    """Firms or a group as a reader calls them; empty for everybody."""
    if not names or ":" in names:
        return names.replace("layer:", "the layer ").replace("camp:", "the camp ")
    return " and ".join(firm_name(answer.basis.compiled.opening, n) for n in names.split("+"))


def figure(outcome: Outcome, number: float) -> str:
    """A figure of an outcome with its unit."""
    if outcome.word.unit in PERCENT:
        return f"{100.0 * number:.1f} %"
    return f"{number:.2f}" if outcome.word.unit is Unit.FIRMS else f"{billions(number)} billion dollars"


def _unit(outcome: Outcome) -> str:
    if outcome.word.unit in PERCENT:
        return "percent"
    return "firms" if outcome.word.unit is Unit.FIRMS else "USD billion"


def title(answer: Sensitivity, asked: Input) -> str:
    """What an input is, and whose."""
    name = asked.name.replace("_", " ")
    if asked.sort is Sort.DRIVER:
        whose = f" of {_whom(answer, asked.subject)}" if asked.subject else ""
        return f"{asked.id.partition(':')[0].replace('_', ' ')}{whose}"
    if asked.sort is Sort.CHANCE:
        return f"{asked.subject}: {name}"
    group, _, which = asked.subject.partition(":")
    if group in GROUPS:
        return f"{name}, {GROUPS[group]} {which}".rstrip()
    return f"{name} of {firm_name(answer.basis.compiled.opening, asked.subject)}"


def value(asked: Input, number: float) -> str:
    """The value of an input with its unit; of a driver what it is multiplied with, or what is added."""
    if asked.sort is Sort.DRIVER:
        if DRIVERS[asked.id.partition(":")[0]].blend is Blend.PLUS:
            return f"{number:+.3g}{UNITS.get(asked.unit, '')}" if number else "as planned"
        return f"x {number:.2f}" if number != 1.0 else "as planned"
    if asked.unit == "USD_million":
        return f"{billions(number)} bn"
    if asked.unit == "fraction":
        return f"{100.0 * number:.3g} %"
    return f"{number:.4g}{UNITS.get(asked.unit, ' ' + asked.unit).rstrip()}"


def _cell(outcome: Outcome, number: float) -> Cell:
    """A figure of an outcome in a table: percent with one digit, firms with two, money as it is."""
    if outcome.word.unit in PERCENT:
        return _percent(number)
    return f"{number:.2f}" if outcome.word.unit is Unit.FIRMS else number


def _percent(number: float) -> str:
    """A part in percent with one digit and no minus before nothing."""
    return f"{round(100.0 * number, 1) + 0.0:.1f}"


def effects(answer: Sensitivity, shown: int = SHOWN) -> Table:
    """The first inputs of the ranking, with the outcome at both ends."""
    found = answer.ranking
    first = [e for e in found.effects if e.moved][:shown]
    kind = Kind.MONEY if found.outcome.word.unit is Unit.MONEY else Kind.NUMBER
    rows: list[tuple[Cell, ...]] = []
    for place, e in enumerate(first, 1):
        numbers = (_cell(found.outcome, number) for number in (e.low, e.high, e.effect, e.error))
        ends = f"{value(e.input, e.input.low)} – {value(e.input, e.input.high)}"
        rows.append((place, title(answer, e.input), SORTS[e.input.sort], ends, *numbers, _ranks(e)))
    columns = (
        Column("place", "", Kind.COUNT),
        Column("input", "input", wrap=True),
        Column("sort", "sort"),
        Column("ends", "low – high", wrap=True),
        Column("low", "at low", kind),
        Column("high", "at high", kind),
        Column("effect", "effect", kind),
        Column("error", "error", kind),
        Column("ranks", "rank"),
    )
    return Table(f"What moves it most ({_unit(found.outcome)})", columns, tuple(rows), _effect_notes(first))


def _ranks(e: Effect) -> str:
    """The ranks that errors leave open; a star for an effect that is not told apart from none, ^ for both ends."""
    first, last = e.ranks
    ranks = f"{first}" if first == last else f"{first}–{last}"
    return f"{ranks}{'' if e.told_apart else ' *'}{'' if e.one_way else ' ^'}"


def _effect_notes(shown: Sequence[Effect]) -> tuple[str, ...]:
    notes = [
        "Effect: mean at high less mean at low, on the same random numbers, all else at its centre; error: its "
        "standard error. Rank: what two standard errors leave open.",
        "A driver is moved in every quarter by one standard deviation of what it strays by the middle of the run; one "
        "that chance does not move by a tenth.",
    ]
    if any(not e.told_apart for e in shown):
        notes.append("*: not told apart from nothing.")
    if any(not e.one_way for e in shown):
        notes.append("^: both ends move the outcome the same way, so the effect says too little.")
    return tuple(notes)


def shares(answer: Sensitivity) -> Table:
    """Shares of the variance of the first inputs and of all other chance."""
    found = answer.shares
    if found is None:
        return Table("", (), ())
    by_id = {e.input.id: e.input for e in answer.ranking.effects}
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            "all other chance" if s.factor.id == REST else title(answer, by_id[s.factor.id]),
            *map(_percent, (s.first, s.first_within, s.total, s.total_within)),
        )
        for s in found.shares
    )
    last: tuple[Cell, ...] = ("alone, all together", _percent(found.alone), None, None, None)
    more: tuple[Cell, ...] = ("only together", _percent(found.interactions), None, None, None)
    columns = (
        Column("input", "input", wrap=True),
        Column("first", "alone", Kind.NUMBER),
        Column("first_within", "±", Kind.NUMBER),
        Column("total", "with others", Kind.NUMBER),
        Column("total_within", "±", Kind.NUMBER),
    )
    return Table("Shares of the variance (percent)", columns, (*rows, last, more), _share_notes(answer))


def _share_notes(answer: Sensitivity) -> tuple[str, ...]:
    found = answer.shares
    paths = 0 if found is None else found.paths
    return (
        f"Sobol' indices from two sets of {paths:,} paths; ± is half the width of the interval that holds a share "
        "with 95 %. Alone: what knowing the input would take away. With others: what would be left if all but the "
        "input were known.",
        "Assumptions are drawn from triangles between low and high; between its ends the effect of one is "
        "interpolated, and where two multiply what they do together is missed. A driver stands for its own "
        "surprises beyond those of drivers that it is correlated with. All assumptions that are not listed stay at "
        "their centre.",
    )


def left_out(answer: Sensitivity) -> str:
    """Inputs that could not be run, with the reasons."""
    return "\n".join(f"Left out: {x.input.id}: {x.reason}" for x in answer.ranking.left_out)


def lines(answer: Sensitivity) -> Table:
    """Every input with all its figures, for a file; money in USD million, falls as a probability."""
    by_id = {} if answer.shares is None else {s.factor.id: s for s in answer.shares.shares}
    rows: list[tuple[Cell, ...]] = []
    for place, e in enumerate(answer.ranking.effects, 1):
        i, s = e.input, by_id.get(e.input.id)
        share = (None,) * 4 if s is None else (s.first, s.first_within, s.total, s.total_within)
        ends = (i.low, i.central, i.high, i.unit)
        figures = (e.low, e.high, e.effect, e.error, e.below, e.below_error, e.above, e.above_error, e.moved)
        rows.append((place, *e.ranks, i.id, SORTS[i.sort], title(answer, i), *ends, *figures, *share))
    text = ("id", "sort", "title", "unit")
    return Table("Inputs", tuple(Column(k, k, Kind.TEXT if k in text else Kind.NUMBER) for k in KEYS), tuple(rows))


KEYS = (
    *("rank", "rank_first", "rank_last", "id", "sort", "title", "low", "central", "high", "unit"),
    *("outcome_low", "outcome_high", "effect", "error", "below", "below_error", "above", "above_error", "moved"),
    *("share_alone", "share_alone_within", "share_with_others", "share_with_others_within"),
)
"""Columns of the file."""


def how(asked: Input) -> str:
    """How an input gets to its ends, for a program."""
    return {
        Moved.POSITION: "ends",
        Moved.COMPILED: "ends_compiled",
        Moved.NUMBER: "ends",
        Moved.DEVIATION: "one_standard_deviation",
        Moved.STEP: "one_tenth",
    }[asked.moved]
