"""Why each firm of a run failed, in sentences with the path's own numbers."""

from __future__ import annotations

from collections.abc import Iterator

from cardhouse.economy.ledger import WORLD, Why
from cardhouse.economy.run import Run
from cardhouse.economy.settled import FallKind
from cardhouse.economy.story import FUNDING, OWN, Cause, Failure, Story
from cardhouse.views.relayed import relayed
from cardhouse.views.run import name, when
from cardhouse.views.words import ENGLISH, N_, Words

MOST = 6
MATTERS = 0.03
"""Part of the largest cause below which a cause is added to the rest."""


def told(story: Story, *, t: Words = ENGLISH) -> str:
    """Every firm's fall, but for those that were pulled and vehicles that lost their tenant."""
    own = [f for f in story.failures if f.fall.kind is not FallKind.PULLED and not f.tenant]
    return "\n\n".join("\n".join(failure(story.run, f, t=t)) for f in own)


FALLS = {
    False: N_(
        "{firm} fails in {when}: it owes {owed} billion and can pay {had} (without the scenario {calm_owed} and "
        "{calm_had})."
    ),
    True: N_(
        "{firm} is reorganised in {when}: it owes {owed} billion and can pay {had} (without the scenario {calm_owed} "
        "and {calm_had})."
    ),
}
"""The first sentence on a fall, and on a firm that is reorganised."""


def failure(run: Run, f: Failure, *, t: Words = ENGLISH) -> list[str]:
    """One fall: what it owed and had, and what made the difference."""
    first = t(
        FALLS[f.fall.kind is FallKind.REORGANISED],
        firm=name(run, f.fall.node, t),
        when=when(run, f.fall.step, t),
        owed=t.amount(f.owed),
        had=t.amount(f.had),
        calm_owed=t.amount(f.owed_calm),
        calm_had=t.amount(f.had_calm),
    )
    lines = [first]
    if len(f.chain) > 1:
        lines.append("  " + t("Chain: {chain}", chain=" → ".join(name(run, n, t) for n in f.chain)))
    worse = [c for c in f.causes if c.amount < 0.0]
    better = sorted((c for c in f.causes if c.amount > 0.0), key=lambda c: -c.amount)
    against = t("What went against it by then, against the run without the scenario, billion:")
    return [*lines, *_list(run, f, worse, against, t), *_list(run, f, better, t("What eased it:"), t)]


def _list(run: Run, f: Failure, causes: list[Cause], title: str, t: Words) -> Iterator[str]:
    """The largest causes one a line, the rest as one."""
    if not causes:
        return
    floor = MATTERS * abs(causes[0].amount)
    shown = [c for c in causes[:MOST] if abs(c.amount) >= floor]
    yield f"  {title}"
    for c in shown:
        yield f"    {signed(c.amount, t)}  {cause(run, f, c, t)}"
    rest = sum(c.amount for c in causes[len(shown) :])
    if abs(rest) >= floor and rest:
        smaller = t("{count} smaller ones together", count=len(causes) - len(shown))
        yield f"    {signed(rest, t)}  {smaller}"


def signed(million: float, t: Words = ENGLISH) -> str:
    """A difference in the unit of the language with its sign; small ones with more digits."""
    value, digits = million / t.money_scale, 1 if t.lang == "en" else 0
    return f"{value:+,.{digits}f}" if abs(value) >= 0.95 * 10.0**-digits else f"{value:+,.2g}"


def cause(run: Run, f: Failure, c: Cause, t: Words = ENGLISH) -> str:
    """One cause in words."""
    key, less = (c.why, c.other, c.tie, c.inflow), c.amount < 0.0
    if key == FUNDING:
        return _funding(f, t, less=less)
    if key == OWN and less:
        return t("its own costs and spending with unnamed suppliers are higher")
    if key == OWN:
        return t("its own costs and spending with unnamed suppliers are lower")
    return _flow(c, name(run, c.other, t), t)


def _funding(f: Failure, t: Words, *, less: bool) -> str:
    now, then = f.could, f.could_calm
    parts = [
        t("{window} {now} instead of {then}", window=word, now=_amount(a, t), then=_amount(b, t))
        for word, a, b in (
            (t("debt"), now.debt, then.debt),
            (t("shares"), now.shares, then.shares),
            (t("credit lines"), now.lines, then.lines),
            (t("listed stakes"), now.stakes, then.stakes),
        )
        if abs(a - b) >= 50.0
    ]
    said = [t("raised or could still raise less") if less else t("raised or could still raise more")]
    if parts:
        said.append(t("in this quarter {parts}", parts=t.comma.join(parts)))
    if now.held_back and less:
        said.append(t.comma.join(relayed(t, why) for why in now.held_back))
    return t.semicolon.join(said)


def _amount(million: float, t: Words) -> str:
    return t.amount(million) if abs(million) >= 50.0 else "0"


INCOMING = {
    Why.CUSTOMERS: N_("its customers pay {change}"),
    Why.RELET: N_("re-letting brings {change}"),
    Why.BUILDERS: N_("builders fund {change} of it"),
    Why.INVESTMENT: N_("{other} invests {change} in it{tie}"),
    Why.GUARANTEE: N_("gets {change} under guarantees from {other}{tie}"),
    Why.REDEEMED: N_("gets {change} of its loans back from {other}, a guarantor{tie}"),
    Why.ESTATE: N_("gets {change} from the estate of {other}"),
    Why.CONTRACT: N_("{other} pays it {change}{tie}"),
    Why.RENT: N_("{other} pays it {change} rent{tie}"),
    Why.ORDER: N_("{other} orders {change} from it{tie}"),
}
OUTGOING = {
    Why.PRINCIPAL: N_("must repay {change} debt instead of rolling it{to}"),
    Why.INTEREST: N_("pays {change} interest{to}"),
    Why.TAX: N_("pays {change} tax"),
    Why.GUARANTEE: N_("pays {change} under a guarantee{to}"),
    Why.REDEEMED: N_("repays {change} debt that it guaranteed{to}"),
    Why.ORDER: N_("orders {change}{source}"),
    Why.INVESTMENT: N_("invests {change}{to}"),
    Why.RENT: N_("pays {change} rent{to}"),
    Why.CONTRACT: N_("pays {change}{to}"),
    Why.PAYOUT: N_("pays {change} to its shareholders"),
}
ANY_IN = N_("{why}: gets {change} from {other}{tie}")
ANY_OUT = N_("{why}: pays {change}{to}")


def _flow(c: Cause, other: str, t: Words) -> str:
    """A payment that was more or less than without the scenario."""
    sentence = INCOMING.get(Why(c.why), ANY_IN) if c.inflow else OUTGOING.get(Why(c.why), ANY_OUT)
    fewer = (c.amount < 0.0) == c.inflow
    tie = t(" ({tie})", tie=c.tie) if c.tie else ""
    return t(
        sentence,
        change=t("less") if fewer else t("more"),
        other=other,
        tie=tie,
        to=tie if c.other == WORLD else t(" to {other}", other=other) + tie,
        source=tie if c.other == WORLD else t(" from {other}", other=other) + tie,
        why=t(str(c.why)),
    )
