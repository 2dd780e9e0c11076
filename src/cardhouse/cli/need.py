"""``cardhouse need``: the end demand that would serve what has been built and promised."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

import click

from cardhouse.cli.common import (
    Advised,
    Count,
    Where,
    answer_json,
    book_options,
    give,
    lang_option,
    load,
    output_options,
    show,
)
from cardhouse.cli.share import Share
from cardhouse.views.words import Words

EXAMPLES = """\b
Examples:
  cardhouse need                                  the demand at which nobody fails, and at which capital earns 10%
  cardhouse need --confidence 90% --paths 20000   in nine of ten futures, counted on more of them
  cardhouse need --growth                         the same for the growth of demand
  cardhouse need --openings 512                   with the book's assumptions drawn too
  cardhouse need --return 12%                     what else capital is to earn
  cardhouse need --formulas                       required revenue by plain formulas, beside what others published
  cardhouse need --formulas --return 12%          the formulas with your own return
  cardhouse need --formulas --as-of 2025-12-31    with what was known on that day
  cardhouse need --formulas --csv need.csv        every input with the rows it comes from
"""


def _of_nobody(words: Sequence[str]) -> str:
    """What to say instead of a firm."""
    return (
        f"need asks what all customers would have to pay so that nobody fails; it takes no firm ({', '.join(words)}). "
        f"Say: cardhouse need; for what brings one firm down: cardhouse reverse {words[0]}"
    )


@click.command(cls=Advised, instead=_of_nobody, epilog=EXAMPLES)
@click.option("--formulas", is_flag=True, help="Only the plain formulas, beside what others published.")
@click.option("--confidence", type=Share(), help="Share of paths without a failure.  [default: 95%]")
@click.option("--growth", is_flag=True, help="A factor on the growth of demand instead of on demand.")
@click.option(
    "--return", "rate", type=Share(), help="Return a year of capital, in the formulas too.  [default: the book's, 10%]"
)
@click.option("--paths", type=Count(128, 200_000, like=10_000), help="How many futures.  [default: 4096]")
@click.option(
    "--openings",
    type=Count(1, 100_000, like=512),
    metavar="M",
    help="Also draw the book's assumptions, M times.  [default: they stay at their central values]",
)
@click.option("--seed", type=Count(0, 2**63 - 1, like=1), help="Which futures.  [default: 1]")
@output_options
@lang_option
@book_options
def need(
    formulas: bool,
    confidence: float | None,
    growth: bool,
    rate: float | None,
    paths: int | None,
    openings: int | None,
    seed: int | None,
    as_json: bool,
    csv_file: str | None,
    where: Where,
    t: Words,
) -> None:
    """How much end customers would have to pay for AI, so that nobody fails and what is built pays for itself."""
    chosen = {"confidence": confidence, "paths": paths, "seed": seed}
    if formulas:
        _without_chance(chosen | {"growth": growth or None, "openings": openings})
        _formulas(where, rate, t, as_json=as_json, csv_file=csv_file)
        return
    from cardhouse.cli.run_many import progress, say_if_first
    from cardhouse.economy.need import NeedChoices, check
    from cardhouse.economy.need import need as answer_of

    given: dict[str, Any] = {name: value for name, value in chosen.items() if value is not None}
    choices = NeedChoices(driver="growth" if growth else "demand", rate=rate, **given)
    book = load(where)
    say_if_first("path.run_held", "block.run_chunk")
    check(choices)
    with ExitStack() as shown:
        drawn = None if openings is None else _drawn(book, choices, openings, progress(shown, "drawing assumptions"))
        answer = answer_of(book, choices, openings=drawn, progress=progress(shown, "levels of demand"))
    _answer(answer, t, as_json=as_json, csv_file=csv_file)


def _without_chance(chosen: dict[str, Any]) -> None:
    """Refuse what the plain formulas would not read."""
    for name, value in chosen.items():
        if value is not None:
            raise click.UsageError(f"--{name} goes with the simulated answer; leave --formulas out, or --{name}")


def _drawn(book: Any, choices: Any, count: int, told: Any) -> Any:
    """Joint draws of the assumptions, from the user's cache where they were compiled before."""
    from cardhouse.economy.kept import cache_folder
    from cardhouse.economy.openings import openings_of

    workers = os.cpu_count() or 1
    return openings_of(book, choices.run, count, folder=cache_folder(), workers=workers, progress=told)


def _answer(answer: Any, t: Words, *, as_json: bool, csv_file: str | None) -> None:
    from cardhouse.views import need as view
    from cardhouse.views import need_payload, need_returns, required

    if as_json:
        answer_json(need_payload.payload(answer))
    else:
        show(
            view.dateline(answer, t=t),
            "\n".join(view.headline(answer, t=t)),
            view.side_by_side(answer, t=t),
            "\n".join(need_returns.difference(answer, t=t)),
            view.firms(answer, t=t),
            view.by_factor(answer, t=t),
            need_returns.capital(answer, t=t),
            "\n".join([*need_returns.earned(answer, t=t), *need_returns.notes(t=t)]),
            t("The plain formulas"),
            *_formula_parts(answer.formulas, required, t),
        )
    give(need_payload.lines(answer), csv_file=csv_file)


def _formulas(where: Where, rate: float | None, t: Words, *, as_json: bool, csv_file: str | None) -> None:
    from cardhouse.economy.required import required
    from cardhouse.views import required as view
    from cardhouse.views import required_payload

    answer = required(load(where), rate)
    if as_json:
        answer_json(required_payload.formulas(answer))
    else:
        tables = (view.demand(answer, t=t), view.capital(answer, t=t))
        show(*_formula_parts(answer, view, t), *tables, "\n".join(view.notes(t=t)))
    give(view.lines(answer), csv_file=csv_file)


def _formula_parts(answer: Any, view: Any, t: Words) -> list[Any]:
    """The plain formulas beside what others published, without the tables by firm."""
    return [
        view.dateline(answer, t=t),
        "\n".join(view.headline(answer, t=t)),
        view.inputs(answer, t=t),
        view.compared(answer, t=t),
        *([view.their_inputs(answer, t=t), view.differences(answer, t=t)] if answer.compared else []),
    ]
