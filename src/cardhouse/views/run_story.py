"""Why each firm of a run failed, in sentences with the path's own numbers."""

from __future__ import annotations

from collections.abc import Iterator

from cardhouse.economy.ledger import WORLD, Why
from cardhouse.economy.run import Run
from cardhouse.economy.settled import FallKind
from cardhouse.economy.story import FUNDING, OWN, Cause, Failure, Story
from cardhouse.views.run import name, when
from cardhouse.views.table import billions

MOST = 6
MATTERS = 0.03
"""Part of the largest cause below which a cause is added to the rest."""


def told(story: Story) -> str:
    """Every firm's fall, but for those that were pulled and vehicles that lost their tenant."""
    own = [f for f in story.failures if f.fall.kind is not FallKind.PULLED and not f.tenant]
    return "\n\n".join("\n".join(failure(story.run, f)) for f in own)


def failure(run: Run, f: Failure) -> list[str]:
    """One fall: what it owed and had, and what made the difference."""
    who, q = name(run, f.fall.node), when(run, f.fall.step)
    end = "is reorganised" if f.fall.kind is FallKind.REORGANISED else "fails"
    lines = [
        f"{who} {end} in {q}: it owes {billions(f.owed)} billion and can pay {billions(f.had)} "
        f"(without the scenario {billions(f.owed_calm)} and {billions(f.had_calm)})."
    ]
    if len(f.chain) > 1:
        lines.append("  Chain: " + " → ".join(name(run, n) for n in f.chain))
    worse = [c for c in f.causes if c.amount < 0.0]
    better = sorted((c for c in f.causes if c.amount > 0.0), key=lambda c: -c.amount)
    lines += _list(run, f, worse, "What went against it by then, against the run without the scenario, billion:")
    lines += _list(run, f, better, "What eased it:")
    return lines


def _list(run: Run, f: Failure, causes: list[Cause], title: str) -> Iterator[str]:
    """The largest causes one a line, the rest as one."""
    if not causes:
        return
    floor = MATTERS * abs(causes[0].amount)
    shown = [c for c in causes[:MOST] if abs(c.amount) >= floor]
    yield f"  {title}"
    for c in shown:
        yield f"    {signed(c.amount)}  {cause(run, f, c)}"
    rest = sum(c.amount for c in causes[len(shown) :])
    if abs(rest) >= floor and rest:
        yield f"    {signed(rest)}  {len(causes) - len(shown)} smaller ones together"


def signed(million: float) -> str:
    """A difference in billions with its sign; small ones with more digits."""
    value = million / 1000.0
    return f"{value:+,.1f}" if abs(value) >= 0.095 else f"{value:+,.2g}"


def cause(run: Run, f: Failure, c: Cause) -> str:
    """One cause in words."""
    key, other = (c.why, c.other, c.tie, c.inflow), name(run, c.other)
    tie = f" ({c.tie})" if c.tie else ""
    less = c.amount < 0.0
    if key == FUNDING:
        return _funding(f, less=less)
    if key == OWN:
        return f"its own costs and spending with unnamed suppliers are {'higher' if less else 'lower'}"
    if c.inflow:
        return _incoming(c, other, tie, less=less)
    return _outgoing(c, other, tie, less=less)


def _funding(f: Failure, *, less: bool) -> str:
    now, then = f.could, f.could_calm
    parts = ", ".join(
        f"{word} {_amount(a)} instead of {_amount(b)}"
        for word, a, b in (
            ("debt", now.debt, then.debt),
            ("shares", now.shares, then.shares),
            ("credit lines", now.lines, then.lines),
            ("listed stakes", now.stakes, then.stakes),
        )
        if abs(a - b) >= 50.0
    )
    words = f"raised or could still raise {'less' if less else 'more'}"
    last = f"; in this quarter {parts}" if parts else ""
    why = f"; {', '.join(now.held_back)}" if now.held_back and less else ""
    return words + last + why


def _amount(million: float) -> str:
    return billions(million) if abs(million) >= 50.0 else "0"


INCOMING = {
    Why.CUSTOMERS: "its customers pay {change}",
    Why.RELET: "re-letting brings {change}",
    Why.BUILDERS: "builders fund {change} of it",
    Why.INVESTMENT: "{other} invests {change} in it{tie}",
    Why.GUARANTEE: "gets {change} under guarantees from {other}{tie}",
    Why.REDEEMED: "gets {change} of its loans back from {other}, a guarantor{tie}",
    Why.ESTATE: "gets {change} from the estate of {other}",
    Why.CONTRACT: "{other} pays it {change}{tie}",
    Why.RENT: "{other} pays it {change} rent{tie}",
    Why.ORDER: "{other} orders {change} from it{tie}",
}
OUTGOING = {
    Why.PRINCIPAL: "must repay {change} debt instead of rolling it{to}",
    Why.INTEREST: "pays {change} interest{to}",
    Why.TAX: "pays {change} tax",
    Why.GUARANTEE: "pays {change} under a guarantee{to}",
    Why.REDEEMED: "repays {change} debt that it guaranteed{to}",
    Why.ORDER: "orders {change}{source}",
    Why.INVESTMENT: "invests {change}{to}",
    Why.RENT: "pays {change} rent{to}",
    Why.CONTRACT: "pays {change}{to}",
    Why.PAYOUT: "pays {change} to its shareholders",
}


def _incoming(c: Cause, other: str, tie: str, *, less: bool) -> str:
    words = INCOMING.get(Why(c.why), "{why}: gets {change} from {other}{tie}")
    return words.format(change="less" if less else "more", other=other, tie=tie, why=c.why)


def _outgoing(c: Cause, other: str, tie: str, *, less: bool) -> str:
    nobody = c.other == WORLD
    to = tie if nobody else f" to {other}{tie}"
    source = tie if nobody else f" from {other}{tie}"
    words = OUTGOING.get(Why(c.why), "{why}: pays {change}{to}")
    return words.format(change="more" if less else "less", to=to, source=source, why=c.why)
