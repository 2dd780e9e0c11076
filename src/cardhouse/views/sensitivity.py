"""What an outcome depends on, as tables and sentences that come from its numbers."""

from __future__ import annotations

from collections.abc import Sequence

from cardhouse.economy.drivers import DRIVERS, Blend
from cardhouse.economy.many.inputs_of import Input, Moved, Sort
from cardhouse.economy.many.outcomes_of import Outcome, Unit
from cardhouse.economy.many.sensitivity import Effect
from cardhouse.economy.many.sensitivity_answer import Sensitivity
from cardhouse.economy.many.shares import REST
from cardhouse.views.pull import SCOPES
from cardhouse.views.pull import name as firm_name
from cardhouse.views.relayed import relayed
from cardhouse.views.table import Cell, Column, Kind, Table
from cardhouse.views.words import ALL, ENGLISH, N_, Words

SHOWN = 20
SORTS = {Sort.ASSUMPTION: N_("assumption"), Sort.CHANCE: N_("chance"), Sort.DRIVER: N_("driver")}
UNITS = {
    "fraction": "",
    "USD_million": "",
    "basis_points": N_("{number} bp"),
    "basis points": N_("{number} bp"),
    "quarters": N_("{number} q"),
    "ratio": "",
    "share": "",
}
"""How a number of a unit is written; as it is where nothing stands."""
PERCENT = (Unit.FALLS, Unit.PART)


def dateline(answer: Sensitivity, *, t: Words = ENGLISH) -> str:
    """What every table must carry: book, quarters, scenario, outcome, paths, seed, ties that count."""
    basis, found = answer.basis, answer.ranking
    windows = basis.compiled.windows
    return t(
        "book of {date} · {first} to {last} · scenario: {scenario} · outcome: {outcome} · {unit} · {paths} paths at "
        "each end, seed {seed} · ties: {ties}",
        date=basis.book.date,
        first=t.quarter(windows[0].end),
        last=t.quarter(windows[-1].end),
        scenario=answer.scenario.name,
        outcome=found.outcome.name,
        unit=_unit(found.outcome, t),
        paths=f"{found.paths:,}",
        seed=basis.setup.seed,
        ties=t(SCOPES[basis.choices.scope.value]),
    )


def whom(answer: Sensitivity, names: str, t: Words) -> str:
    """Firms or a group as a reader calls them; empty for everybody."""
    kind, colon, which = names.partition(":")
    if colon:
        said = t(which.replace("_", " ")) if t.lang != "en" else which
        return t("the layer {name}", name=said) if kind == "layer" else t("the camp {name}", name=said)
    if not names:
        return ""
    return t.listed([firm_name(answer.basis.compiled.opening, n, t) for n in names.split("+")])


def figure(outcome: Outcome, number: float, t: Words = ENGLISH) -> str:
    """A figure of an outcome with its unit."""
    if outcome.word.unit in PERCENT:
        return f"{percent(number)}%"
    if outcome.word.unit is Unit.FIRMS:
        return f"{number:.2f}"
    return t("{amount} billion dollars", amount=t.amount(number)) if number else t("nothing")


def _unit(outcome: Outcome, t: Words) -> str:
    if outcome.word.unit in PERCENT:
        return t("percent")
    return t("firms") if outcome.word.unit is Unit.FIRMS else t.money_unit


def title(answer: Sensitivity, asked: Input, t: Words = ENGLISH) -> str:
    """What an input is, and whose."""
    name = t(asked.name.replace("_", " "))
    if asked.sort is Sort.DRIVER:
        driver = _driver(asked.id.partition(":")[0], t)
        if not asked.subject:
            return driver
        return t("{what} of {whom}", what=driver, whom=whom(answer, asked.subject, t))
    if asked.sort is Sort.CHANCE:
        return t("{subject}: {name}", subject=_chances(asked.subject, t), name=name)
    if asked.subject == ALL or ":" in asked.subject:
        return t("{name}, {whom}", name=name, whom=t.subject(answer.basis.book, asked.subject))
    return t("{what} of {whom}", what=name, whom=firm_name(answer.basis.compiled.opening, asked.subject, t))


def _driver(driver: str, t: Words) -> str:
    words = driver.replace("_", " ")
    return t.meant(words, f"driver: {words}")


def _chances(subject: str, t: Words) -> str:
    """Whose number of the chances: a driver's, a regime's, or of two drivers together."""
    whole = t(subject)
    return whole if whole != subject else t.listed([_driver(part, t) for part in subject.split(" and ")])


def value(asked: Input, number: float, t: Words = ENGLISH) -> str:
    """The value of an input with its unit; of a driver what it is multiplied with, or what is added."""
    if asked.sort is Sort.DRIVER:
        adds = DRIVERS[asked.id.partition(":")[0]].blend is Blend.PLUS
        if number == (0.0 if adds else 1.0):
            return t("as planned")
        return _with_unit(f"{number:+.3g}", UNITS.get(asked.unit, ""), t) if adds else f"x {number:.2f}"
    if asked.unit == "USD_million":
        return t.money(number)
    if asked.unit == "fraction":
        return f"{100.0 * number:.3g}%" if abs(number) < 9.995 else t.percent(number)
    shown = f"{number:.4g}"
    if asked.unit in UNITS or not asked.unit:
        return _with_unit(shown, UNITS.get(asked.unit, ""), t)
    return f"{shown} {t(asked.unit)}"


def _with_unit(number: str, unit: str, t: Words) -> str:
    return t(unit, number=number) if unit else number


def _cell(outcome: Outcome, number: float) -> Cell:
    """A figure of an outcome in a table: percent with one digit, firms with two, money as it is."""
    if outcome.word.unit in PERCENT:
        return percent(number)
    return f"{number:.2f}" if outcome.word.unit is Unit.FIRMS else number


def percent(number: float) -> str:
    """A part in percent with one digit and no minus before nothing."""
    return f"{round(100.0 * number, 1) + 0.0:.1f}"


def effects(answer: Sensitivity, shown: int = SHOWN, *, t: Words = ENGLISH) -> Table:
    """The first inputs of the ranking, with the outcome at both ends."""
    found = answer.ranking
    first = found.moving[:shown]
    kind = Kind.MONEY if found.outcome.word.unit is Unit.MONEY else Kind.NUMBER
    rows: list[tuple[Cell, ...]] = []
    for place, e in enumerate(first, 1):
        numbers = (_cell(found.outcome, number) for number in (e.low, e.high, e.effect, e.error))
        ends = t("{low} to {high}", low=value(e.input, e.input.low, t), high=value(e.input, e.input.high, t))
        rows.append((place, title(answer, e.input, t), t(SORTS[e.input.sort]), ends, *numbers, _ranks(e)))
    columns = (
        Column("place", "", Kind.COUNT),
        Column("input", t("input"), wrap=True),
        Column("sort", t("sort")),
        Column("ends", t("low to high"), wrap=True),
        Column("low", t("at low"), kind),
        Column("high", t("at high"), kind),
        Column("effect", t("effect"), kind),
        Column("error", t("error"), kind),
        Column("ranks", t("rank")),
    )
    heading = t("What moves it most ({unit})", unit=_unit(found.outcome, t))
    return Table(heading, columns, tuple(rows), _effect_notes(first, t), t)


def _ranks(e: Effect) -> str:
    """The ranks that errors leave open; a star for an effect that is not told apart from none, ^ for both ends."""
    first, last = e.ranks
    ranks = f"{first}" if first == last else f"{first}–{last}"
    return f"{ranks}{'' if e.told_apart else ' *'}{'' if e.one_way else ' ^'}"


def _effect_notes(shown: Sequence[Effect], t: Words) -> tuple[str, ...]:
    notes = [
        t(
            "Effect: mean at high less mean at low, on the same random numbers, all else at its centre; error: its "
            "standard error. Rank: what two standard errors leave open."
        ),
        t(
            "A driver is moved in all quarters by one standard deviation of what it strays on average over them, to "
            "one side where only regimes move it; one that chance does not move by a tenth."
        ),
    ]
    if any(e.input.sort is Sort.CHANCE for e in shown):
        notes.append(t("Volatilities and chances to begin and to end are those of a quarter."))
    if any(not e.told_apart for e in shown):
        notes.append(t("*: not told apart from nothing."))
    if any(not e.one_way for e in shown):
        notes.append(t("^: both ends move the outcome the same way, so the effect says too little."))
    return tuple(notes)


def shares(answer: Sensitivity, *, t: Words = ENGLISH) -> Table:
    """Shares of the variance of the first inputs and of all other chance."""
    found = answer.shares
    if found is None:
        return Table("", (), ())
    by_id = {e.input.id: e.input for e in answer.ranking.effects}
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            t("all other chance") if s.factor.id == REST else title(answer, by_id[s.factor.id], t),
            *map(percent, (s.first, s.first_within, s.total, s.total_within)),
        )
        for s in found.shares
    )
    within = percent(found.alone_within)
    last: tuple[Cell, ...] = (t("alone, all together"), percent(found.alone), within, None, None)
    more: tuple[Cell, ...] = (t("only together"), percent(found.interactions), within, None, None)
    columns = (
        Column("input", t("input"), wrap=True),
        Column("first", t("alone"), Kind.NUMBER),
        Column("first_within", "±", Kind.NUMBER),
        Column("total", t("with others"), Kind.NUMBER),
        Column("total_within", "±", Kind.NUMBER),
    )
    notes = _share_notes(found.paths, t)
    return Table(t("Shares of the variance (percent)"), columns, (*rows, last, more), notes, t)


def _share_notes(paths: int, t: Words) -> tuple[str, ...]:
    return (
        t(
            "Sobol' indices from two sets of {paths} paths; ± is half the width of the interval that holds a share "
            "with 95%, for the last two lines from the same resampled paths for all inputs. Alone: what knowing the "
            "input would take away. With others: what would be left if all but the input were known.",
            paths=f"{paths:,}",
        ),
        t(
            "Assumptions are drawn from triangles between low and high; between its ends the effect of one is "
            "interpolated, and where two multiply what they do together is missed. A driver stands for its own "
            "surprises beyond those of drivers that it is correlated with. All assumptions that are not listed stay "
            "at their centre."
        ),
    )


def tables(answer: Sensitivity, shown: int = SHOWN, *, t: Words = ENGLISH) -> list[Table]:
    """The tables that have something to show."""
    found = [effects(answer, shown, t=t)] if answer.ranking.moving else []
    return [*found, shares(answer, t=t)] if answer.shares is not None and answer.shares.shares else found


def left_out(answer: Sensitivity, *, t: Words = ENGLISH) -> str:
    """Inputs that could not be run, with the reasons."""
    return "\n".join(
        t("Left out: {input}: {reason}", input=x.input.id, reason=relayed(t, x.reason)) for x in answer.ranking.left_out
    )


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
