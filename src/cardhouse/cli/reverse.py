"""``cardhouse reverse``: the likeliest roads to a failure or a loss, and its probability."""

from __future__ import annotations

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
  cardhouse reverse coreweave                          what has to happen for CoreWeave to fall, and how likely it is
  cardhouse reverse oracle --with openai               that both fall
  cardhouse reverse --loss 250bn                       that creditors lose 250 billion or more
  cardhouse reverse --loss 700bn --shares              the same with shares written down
  cardhouse reverse oracle --scenario dear-money       on top of a scenario
"""


def _with(more: Sequence[str]) -> str:
    """What to say instead of a second firm."""
    return f"one FIRM is named alone; for others that fall as well say {' '.join(f'--with {word}' for word in more)}"


@click.command(cls=Advised, instead=_with, epilog=EXAMPLES)
@click.argument("firm", required=False)
@click.option("--loss", "amount", metavar="AMOUNT", help="Claims and guarantees lost by all come to this: 500bn.")
@click.option("--shares", is_flag=True, help="Count shares written down as losses too.")
@click.option("--with", "others", multiple=True, metavar="FIRM", help="This firm falls as well; repeatable.")
@click.option("--scenario", "scenarios", multiple=True, metavar="SCENARIO", help="What happens anyway; repeatable.")
@click.option("--paths", type=Count(5000, 100_000, like=40_000), default=40_000, show_default=True, help="To weigh.")
@click.option("--seed", type=Count(0, 2**64 - 1, like=1), default=1, show_default=True, help="Key of all chance.")
@click.option("--quarters", type=Count(4, 40, like=24), default=24, show_default=True, help="How far to run.")
@firmness_option
@output_options
@lang_option
@book_options
def reverse(
    firm: str | None,
    amount: str | None,
    shares: bool,
    others: tuple[str, ...],
    scenarios: tuple[str, ...],
    paths: int,
    seed: int,
    quarters: int,
    firmness: str,
    as_json: bool,
    csv_file: str | None,
    where: Where,
    t: Words,
) -> None:
    """Work back from an event: that FIRM falls, or that a loss comes to an amount."""
    from cardhouse.economy.contracts import Scope
    from cardhouse.economy.run import RunChoices

    names = ([firm] if firm else []) + list(others)
    if not names and amount is None:
        raise click.UsageError("say what to work back from: a FIRM, --loss AMOUNT or both")
    if shares and amount is None:
        raise click.UsageError("--shares goes with --loss AMOUNT")
    choices = RunChoices(quarters=quarters, scope=Scope(firmness))
    answer = _computed(load(where), names, amount, scenarios, choices, shares=shares, paths=paths, seed=seed)
    _show(answer, choices, t, as_json=as_json)
    if csv_file:
        from cardhouse.views.reverse import lines

        give(lines(answer), csv_file=csv_file)


def _computed(
    book: Any,
    names: list[str],
    amount: str | None,
    scenarios: tuple[str, ...],
    choices: Any,
    *,
    shares: bool,
    paths: int,
    seed: int,
) -> Any:
    """The answer, with a bar on a terminal meanwhile."""
    from cardhouse.cli.run_many import progress, say_if_first
    from cardhouse.economy.many.events import Event, amount_of, firms_of
    from cardhouse.economy.many.prepare import chance_of, compiled_of
    from cardhouse.economy.many.reverse import reverse as computed
    from cardhouse.economy.scenario import compose, read_scenario

    scenario = compose(*(read_scenario(name) for name in scenarios))
    loss = amount_of(amount) if amount is not None else 0.0
    say_if_first("path.run_held", "block.run_chunk")
    compiled = compiled_of(book, choices)
    event = Event(firms_of(compiled, names), loss, shares)
    with ExitStack() as shown:
        bar = progress(shown, "paths, at most")
        return computed(compiled, scenario, chance_of(compiled), event, paths=paths, seed=seed, progress=bar)


def _show(answer: Any, choices: Any, t: Words, *, as_json: bool) -> None:
    from cardhouse.views import reverse as view
    from cardhouse.views import reverse_payload

    if as_json:
        answer_json(reverse_payload.reverse(answer, choices))
        return
    roads = [
        part
        for number in range(len(answer.roads))
        for part in (of(answer, number, t=t) for of in (view.told, view.drivers, view.regimes))
    ]
    head = (view.dateline(answer, choices, t=t), "\n".join(view.headline(answer, t=t)))
    show(*head, *roads, "\n".join(view.notes(t=t)))
