"""``cardhouse sensitivity``: what an outcome depends on, of all assumptions and drivers."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

import click

from cardhouse.cli.common import (
    Count,
    Where,
    answer_json,
    book_options,
    firmness_option,
    give,
    lang_option,
    load,
    output_options,
    show,
)
from cardhouse.views.words import Words

EXAMPLES = """\b
Examples:
  cardhouse sensitivity --outcome falls:openai                 what decides whether OpenAI falls
  cardhouse sensitivity --outcome losses --top 10              what decides how much creditors lose
  cardhouse sensitivity rents-fall --outcome falls:coreweave   the same under a scenario
  cardhouse sensitivity --outcome cash:oracle --no-shares      the ranking alone, without shares of the variance
"""


@click.command(epilog=EXAMPLES)
@click.argument("scenarios", nargs=-1, metavar="[SCENARIO...]")
@click.option(
    "--outcome",
    "asked",
    metavar="WORD[:WHOM]",
    help="What to explain: falls:FIRM, failures, losses, stakes, revenue or outside (of all, or :FIRM, :layer:..., "
    ":camp:...), room:FIRM, cash:FIRM, debt:FIRM, value:FIRM.",
)
@click.option(
    "--paths",
    metavar="N",
    type=Count(2, 1_000_000, like=2000),
    default=2000,
    show_default=True,
    help="At each end; the shares take 4 times N a set.",
)
@click.option("--seed", type=Count(0, 2**64 - 1, like=1), default=1, show_default=True, help="Key of all chance.")
@click.option("--top", type=Count(1, 100, like=20), default=20, show_default=True, help="How many to show and share.")
@click.option("--no-shares", is_flag=True, help="Leave out the shares of the variance.")
@click.option("--quarters", type=Count(4, 40, like=24), default=24, show_default=True, help="How far to run.")
@firmness_option
@output_options
@lang_option
@book_options
def sensitivity(
    scenarios: tuple[str, ...],
    asked: str | None,
    paths: int,
    seed: int,
    top: int,
    no_shares: bool,
    quarters: int,
    firmness: str,
    as_json: bool,
    csv_file: str | None,
    where: Where,
    t: Words,
) -> None:
    """Rank every assumption and driver by what it does to an OUTCOME, under a SCENARIO (several compose)."""
    from cardhouse.economy.contracts import Scope
    from cardhouse.economy.run import RunChoices

    if asked is None:
        raise click.UsageError(_unasked(scenarios))
    choices = RunChoices(quarters=quarters, scope=Scope(firmness))
    answer = _computed(load(where), scenarios, choices, asked, paths=paths, seed=seed, top=top, shares=not no_shares)
    _show(answer, top, t, as_json=as_json)
    if csv_file:
        from cardhouse.views.sensitivity import lines

        give(lines(answer), csv_file=csv_file)


def _unasked(words: tuple[str, ...]) -> str:
    """What to say when no outcome was named; a word that is no scenario was meant for one."""
    from cardhouse.economy.scenario import shipped

    meant = [word for word in words if word not in shipped() and not word.endswith(".toml")]
    outcome = meant[0] if meant and ":" in meant[0] else f"falls:{meant[0] if meant else 'openai'}"
    return f"say what is to be explained: --outcome {outcome}, or --outcome losses"


def _computed(
    book: Any, scenarios: tuple[str, ...], choices: Any, asked: str, *, paths: int, seed: int, top: int, shares: bool
) -> Any:
    """The answer, with bars on a terminal meanwhile."""
    from cardhouse.cli.run_many import progress, say_if_first
    from cardhouse.economy.kept import cache_folder
    from cardhouse.economy.many.sensitivity import cores
    from cardhouse.economy.many.sensitivity_answer import sensitivity as computed
    from cardhouse.economy.scenario import compose, read_scenario

    scenario = compose(*(read_scenario(name) for name in scenarios))
    say_if_first("path.run_held", "block.run_chunk")
    with ExitStack() as shown:
        return computed(
            book,
            scenario,
            choices,
            asked,
            paths=paths,
            seed=seed,
            first=top,
            shares=shares,
            folder=cache_folder(),
            workers=cores(),
            begin=lambda what: progress(shown, what),
        )


def _show(answer: Any, top: int, t: Words, *, as_json: bool) -> None:
    from cardhouse.views import sensitivity as view
    from cardhouse.views import sensitivity_payload
    from cardhouse.views.sensitivity_said import headline

    if as_json:
        answer_json(sensitivity_payload.sensitivity(answer))
        return
    show(
        view.dateline(answer, t=t),
        "\n".join(headline(answer, t=t)),
        *view.tables(answer, top, t=t),
        view.left_out(answer, t=t),
    )
