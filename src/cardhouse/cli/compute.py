"""``cardhouse compute``: what computing costs on each accelerator, and whether it pays."""

from __future__ import annotations

from typing import Any

import click

from cardhouse.cli.common import Where, answer_json, book_options, give, lang_option, load, output_options, show
from cardhouse.cli.share import Share
from cardhouse.views.words import Words

EXAMPLES = """\b
Examples:
  cardhouse compute                                all accelerators side by side
  cardhouse compute h100                           one in depth: every input, and whether it pays for itself
  cardhouse compute --show tokens --model llama-3.3-70b
  cardhouse compute --show tokens --params 400 --active 20 --context 30000
  cardhouse compute --show rents                   prices of an hour and how they fall with age
  cardhouse compute gb200 --show switch --fleet 50000
  cardhouse compute --show training                a training run against months of serving
  cardhouse compute --show power                   megawatts: who cannot power what it bought
  cardhouse compute h100 --life 3 --utilisation 60% --price-kwh 0.05 --cost-of-capital 12%
"""
SHOWN = ("cost", "tokens", "rents", "payback", "switch", "training", "power")


@click.command(epilog=EXAMPLES)
@click.argument("accelerator", default="")
@click.option("--show", "what", type=click.Choice(SHOWN), default="cost", show_default=True, help="Which question.")
@click.option("--price-kwh", type=float, metavar="USD", help="Price of electricity.  [default: the book's]")
@click.option("--life", type=float, metavar="YEARS", help="Years an accelerator earns.  [default: the book's]")
@click.option("--utilisation", type=Share(), help="Hours sold over all hours.  [default: the book's]")
@click.option("--cost-of-capital", type=Share(), help="Return a year asked of capital.  [default: the book's]")
@click.option("--model", "name", default="", help="A model whose parameters the book has.  [default: deepseek-v3]")
@click.option("--params", type=float, metavar="BILLION", help="A model of your own: all its parameters.")
@click.option("--active", type=float, metavar="BILLION", help="Parameters that a token passes through.")
@click.option("--context", type=float, metavar="TOKENS", help="Tokens a conversation holds on average.")
@click.option("--batch", type=float, help="Conversations one accelerator serves at once.")
@click.option("--format", "format_", default="fp8", show_default=True, help="Of weights: bf16, fp8 or fp4.")
@click.option("--rent", type=float, metavar="USD", help="Rent of an hour sold at purchase (--show payback).")
@click.option("--fleet", type=float, metavar="N", help="Accelerators that would be moved (--show switch).")
@click.option("--horizon", type=float, metavar="YEARS", help="Years in which a port must pay (--show switch).")
@click.option("--training-tokens", type=float, metavar="TRILLION", help="Tokens trained on (--show training).")
@click.option("--read-a-day", type=float, metavar="BILLION", help="Tokens read in service (--show training).")
@click.option("--written-a-day", type=float, metavar="BILLION", help="Tokens written in service (--show training).")
@lang_option
@output_options
@book_options
def compute(
    accelerator: str,
    what: str,
    name: str,
    as_json: bool,
    csv_file: str | None,
    where: Where,
    t: Words,
    **said: Any,
) -> None:
    """What an hour, an operation and a token cost on each ACCELERATOR, and whether it pays for itself."""
    from cardhouse.lenses.compute.models import Asked
    from cardhouse.lenses.compute.ranges import Choices
    from cardhouse.views.compute_words import lines

    _fits(what, accelerator, said | {"model": name or None})
    choices = Choices(said["price_kwh"], said["life"], said["utilisation"], said["cost_of_capital"])
    asked = Asked(said["params"], said["active"], said["context"], said["batch"], said["format_"])
    book = load(where)
    t = t.about(book)
    answer, parts = _answers()[what](book, accelerator, name, asked, choices, said, t)
    if as_json:
        from cardhouse.views.compute_words import payload

        head = {"book_date": book.date.isoformat(), "unit": "USD", "show": what}
        answer_json({**head, **payload(answer, whole=bool(accelerator))})
    else:
        from cardhouse.views.compute import dateline

        show(dateline(book, choices, t=t), *parts)
    give(lines(answer), csv_file=csv_file)


COSTED = ("cost", "tokens", "payback", "switch", "training")
"""Questions that reckon with the cost of an hour."""
SERVING = ("cost", "tokens", "training")
"""Questions that reckon with a model."""
ONLY = {
    "life": COSTED,
    "utilisation": COSTED,
    "price_kwh": COSTED,
    "cost_of_capital": COSTED,
    "model": SERVING,
    "params": SERVING,
    "active": SERVING,
    "context": SERVING,
    "batch": SERVING,
    "rent": ("payback",),
    "fleet": ("switch",),
    "horizon": ("switch",),
    "training_tokens": ("training",),
    "read_a_day": ("training",),
    "written_a_day": ("training",),
}
"""Options that not every question reads, and which do."""
OF_ONE = ("cost", "rents", "payback", "switch")
"""Questions that are asked of one accelerator."""


def _fits(what: str, accelerator: str, said: dict[str, Any]) -> None:
    """Refuse what the question would not read."""
    if accelerator and what not in OF_ONE:
        raise click.UsageError(f"--show {what} takes no accelerator ({accelerator}); it shows all that there are")
    for name, where in ONLY.items():
        if said[name] is not None and what not in where:
            raise click.UsageError(f"--{name.replace('_', '-')} goes with --show {' or '.join(where)} only")
    if (said["read_a_day"] is None) != (said["written_a_day"] is None):
        raise click.UsageError("--read-a-day and --written-a-day go together")


def _a_day(said: dict[str, Any]) -> tuple[float, float] | None:
    if said["read_a_day"] is None:
        return None
    return said["read_a_day"] * 1e9, said["written_a_day"] * 1e9


Answer = tuple[Any, list[Any]]


def _answers() -> dict[str, Any]:
    return {
        "cost": _cost,
        "tokens": _tokens,
        "rents": _rents,
        "payback": _payback,
        "switch": _switch,
        "training": _training,
        "power": _power,
    }


def _cost(book: Any, accelerator: str, name: str, asked: Any, choices: Any, _: Any, t: Words) -> Answer:
    from cardhouse.lenses.compute.overview import depth, overview
    from cardhouse.lenses.measure import Gap
    from cardhouse.views import compute as view
    from cardhouse.views import compute_market

    if not accelerator:
        every = overview(book, name, asked, choices)
        return every, [view.overview(every, t=t)]
    one = depth(book, accelerator, name, asked, choices)
    cost = one.line.work.hourly
    parts = ["\n".join(view.summary(one, t=t)), view.inputs(cost, t=t)]
    if isinstance(cost.sold.central, Gap):
        return one, parts
    return one, [parts[0], view.parts(cost, t=t), parts[1], compute_market.cases(one.payback, t=t)]


def _tokens(book: Any, _: str, name: str, asked: Any, choices: Any, __: Any, t: Words) -> Answer:
    from cardhouse.lenses.compute.tokens import tokens
    from cardhouse.views import compute_work as view

    answer = tokens(book, name, asked, choices)
    return answer, [view.tokens(answer, t=t), view.prices(answer, t=t), view.checks(answer, t=t)]


def _rents(book: Any, accelerator: str, *others: Any) -> Answer:
    from cardhouse.lenses.compute.chips import find
    from cardhouse.lenses.compute.rents import rents
    from cardhouse.views import compute_market as view

    answer = rents(book, find(book, accelerator) if accelerator else "")
    t: Words = others[-1]
    return answer, [view.falls(answer, t=t), view.prices(answer, t=t)]


def _payback(book: Any, accelerator: str, _: str, __: Any, choices: Any, more: Any, t: Words) -> Answer:
    from cardhouse.lenses.compute.chips import find
    from cardhouse.lenses.compute.payback import payback
    from cardhouse.views import compute_market as view

    answer = payback(book, find(book, accelerator or "h100"), choices, rent=more["rent"])
    return answer, [view.cases(answer, t=t), view.grid(answer, t=t)]


def _switch(book: Any, accelerator: str, _: str, __: Any, choices: Any, more: Any, t: Words) -> Answer:
    from cardhouse.lenses.compute.chips import find
    from cardhouse.lenses.compute.switch import BASE, switch
    from cardhouse.views import compute_market as view

    base = find(book, accelerator or BASE)
    answer = switch(book, base, fleet=more["fleet"], horizon=more["horizon"], choices=choices)
    return answer, [view.moves(answer, t=t)]


def _training(book: Any, _: str, name: str, asked: Any, choices: Any, more: Any, t: Words) -> Answer:
    from cardhouse.lenses.compute.training import TRILLION, training
    from cardhouse.views import compute_work as view

    given = more["training_tokens"]
    data = None if given is None else given * TRILLION
    answer = training(book, name, asked, tokens=data, a_day=_a_day(more), choices=choices)
    return answer, [view.training(answer, t=t), view.published(answer, t=t)]


def _power(book: Any, *others: Any) -> Answer:
    from cardhouse.lenses.compute.power import power
    from cardhouse.views import compute_power as view

    answer = power(book)
    t: Words = others[-1]
    return answer, [view.clouds(answer, t=t), view.buyers(answer, t=t), view.ties(answer, t=t)]
