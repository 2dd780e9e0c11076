"""What an outcome depends on in a few sentences, which come from its numbers."""

from __future__ import annotations

from cardhouse.economy.many.sensitivity import Ranking
from cardhouse.economy.many.sensitivity_answer import Sensitivity
from cardhouse.views.odds import limit
from cardhouse.views.sensitivity import figure, percent, title, value, whom
from cardhouse.views.words import ENGLISH, N_, Words

WHAT = {
    "losses": N_("claims and guarantees lost"),
    "stakes": N_("shares written down"),
    "revenue": N_("revenue below plan"),
    "outside": N_("losses of creditors outside the network"),
    "room": N_("least room over binding dues"),
    "cash": N_("cash at the end"),
    "debt": N_("debt at the end"),
    "value": N_("market value at the end"),
}


def headline(answer: Sensitivity, *, t: Words = ENGLISH) -> list[str]:
    """The answer in a few sentences."""
    found, effects = answer.ranking, answer.ranking.effects
    told = sum(e.told_apart for e in effects)
    moves = N_(
        "Of {inputs} inputs {told} move the mean by more than two standard errors; {nothing} change nothing on any "
        "path."
    )
    none = N_(
        "None of {inputs} inputs, at its low or at its high, changes that on any path, so there is nothing to rank. "
        "What is rare may show on more --paths."
    )
    lines = [
        t("{mean} with every input at its centre.", mean=_mean(answer, t)),
        t(moves if found.moving else none, inputs=len(effects), told=told, nothing=len(effects) - len(found.moving)),
    ]
    first = effects[0] if effects else None
    if first is not None and first.told_apart:
        lines.append(
            t(
                "Most depends on {input}: {low} at its low ({at_low}), {high} at its high ({at_high}).",
                input=title(answer, first.input, t),
                low=figure(found.outcome, first.low, t),
                at_low=value(first.input, first.input.low, t),
                high=figure(found.outcome, first.high, t),
                at_high=value(first.input, first.input.high, t),
            )
        )
    return [*lines, *_together(answer, t)]


def _together(answer: Sensitivity, t: Words) -> list[str]:
    """How much of the variance inputs explain alone, and whether there is more that only several explain."""
    found = answer.shares
    if found is None:
        return []
    if not found.shares:
        text = N_("No shares of the variance: on each of {paths} paths the outcome is the same.")
        return [t(text, paths=f"{2 * found.paths:,}")]
    more = N_(
        "Alone the {count} inputs below explain {alone} ± {within} points of the variance, all together; the other "
        "{rest} shows only where several meet."
    )
    all_told = N_(
        "Alone the {count} inputs below explain {alone} ± {within} points of the variance, all together: that they do "
        "more only where several meet is not told apart from nothing."
    )
    alone, within, rest = (percent(x) for x in (found.alone, found.alone_within, found.interactions))
    text = more if found.interactions > found.alone_within else all_told
    return [t(text, count=len(found.shares), alone=f"{alone}%", within=within, rest=f"{rest}%")]


def _mean(answer: Sensitivity, t: Words) -> str:
    """The mean of the outcome as the beginning of a sentence."""
    found, quarters = answer.ranking, len(answer.basis.compiled.windows)
    names = found.outcome.name.partition(":")[2]
    firms, paths = whom(answer, names, t), f"{found.paths:,}"
    mean, error = (figure(found.outcome, number, t) for number in (found.mean, found.error))
    match found.outcome.word.id:
        case "falls" | "failures" if found.bounds is not None:
            return _none_or_all(found, firms, quarters, t)
        case "falls":
            many = N_("{firms} fall within {quarters} quarters on {mean} of the paths (standard error {error})")
            one = N_("{firms} falls within {quarters} quarters on {mean} of the paths (standard error {error})")
            return t(many if "+" in names else one, firms=firms, mean=mean, error=error, quarters=quarters)
        case "failures":
            text = N_("{mean} tested firms fall within {quarters} quarters on average (standard error {error})")
            return t(text, mean=mean, error=error, quarters=quarters)
        case word:
            what = t("{what} of {whom}", what=t(WHAT[word]), whom=firms) if firms else t(WHAT[word])
            mixed = N_("{what}: {mean} on average (standard error {error})")
            same = N_("{what}: {mean} on each of {paths} paths")
            return t(
                mixed if found.error else same, what=what[0].upper() + what[1:], mean=mean, error=error, paths=paths
            )


def _none_or_all(found: Ranking, firms: str, quarters: int, t: Words) -> str:
    """An event that no path has, or every path, with what that leaves of its probability."""
    least, most = found.bounds or (0.0, 1.0)
    none = {
        "falls": N_(
            "A fall of {firms} within {quarters} quarters: on none of {paths} paths (a probability below {bound}, with "
            "95% confidence)"
        ),
        "failures": N_(
            "A fall of any tested firm within {quarters} quarters: on none of {paths} paths (a probability below "
            "{bound}, with 95% confidence)"
        ),
    }[found.outcome.word.id]
    every = N_(
        "A fall of {firms} within {quarters} quarters: on each of {paths} paths (a probability above {bound}, with 95% "
        "confidence)"
    )
    text, bound = (none, limit(most)) if least == 0.0 else (every, limit(1.0 - least, of_rest=True))
    return t(text, quarters=quarters, firms=firms, paths=f"{found.paths:,}", bound=f"{bound}%")
