"""The story of one firm in a pull: which ties hit it, from where, and on whose word."""

from __future__ import annotations

from collections import defaultdict

from cardhouse.book import Book
from cardhouse.economy.cascade import Event
from cardhouse.economy.claims import Channel, Estate
from cardhouse.economy.dues import contract_relief
from cardhouse.economy.losses import Loss
from cardhouse.economy.pull import Pull
from cardhouse.views.pull import name
from cardhouse.views.table import billions


def why(answer: Pull, firm: str) -> list[str]:
    """Tell what happens to a firm and the chain that leads back to the card."""
    o = answer.opening
    lines = [*_verdict(answer, firm), ""]
    chain = _chain(answer, firm)
    if len(chain) > 1:
        lines.append("Chain: " + " → ".join(name(o, n) for n in chain))
        lines.append("")
    for call in answer.fall.state.called.values():
        if firm in (call.beneficiary, call.guarantor):
            paid = f"{name(o, call.guarantor)} pays {name(o, call.beneficiary)} {billions(call.amount)} billion"
            lines += [f"• {paid} for {name(o, call.obligor)}", f"    {_tie_line(o.book, call.tie)}"]
    by_tie: dict[tuple[str, str], list[Loss]] = defaultdict(list)
    for loss in answer.losses.lines:
        if loss.creditor == firm:
            by_tie[loss.tie, loss.debtor].append(loss)
    if not by_tie:
        lines.append(f"{name(o, firm)} loses nothing through the ties of the book.")
    for (tie, debtor), group in sorted(by_tie.items(), key=lambda kv: (-sum(x.amount for x in kv[1]), kv[0])):
        lines += _told(answer, tie, debtor, group)
    return lines


def _verdict(answer: Pull, firm: str) -> list[str]:
    o, state, calm, cash = answer.opening, answer.fall.state, answer.fall.calm, answer.fall.cash
    title = name(o, firm)
    if firm in state.pulled:
        return [f"{title} is the card that was pulled."]
    if firm not in o.positions:
        reason = o.untested.get(firm, "no tie of the book reaches it")
        return [f"{title} is not tested ({reason}): it can lose, but not fail."]
    lines = []
    if firm in state.fallen:
        lines.append(f"{title} fails in round {state.fallen[firm]}.")
    else:
        lines.append(f"{title} does not fail.")
    if firm in state.shut:
        lines.append("Its debts exceed its assets, so the capital market is shut to it and maturing debt falls due.")
    if o.positions[firm].statement is not None:
        lines.append(
            f"Binding dues {billions(cash.binding[firm])} billion against resources of "
            f"{billions(cash.resources[firm])} (without the pull: {billions(calm.binding[firm])} "
            f"against {billions(calm.resources[firm])})."
        )
        before, after = answer.fall.calm_sheet.equity[firm], answer.fall.sheet.equity[firm]
        lines.append(f"Book equity {billions(before)} billion before, {billions(after)} after.")
    return lines


def _chain(answer: Pull, firm: str) -> list[str]:
    """From the card to the firm along the largest causes."""
    cause = {s.firm: s.cause for s in answer.fall.steps if s.event in (Event.FAILS, Event.LOSES_TENANT) and s.cause}
    chain, current = [firm], firm
    while current not in answer.fall.state.pulled:
        step = cause.get(current)
        if step is None:
            mine = [x for x in answer.losses.lines if x.creditor == current]
            step = max(mine, key=lambda x: (x.amount, x.debtor)).debtor if mine else None
        if step is None or step in chain:
            break
        chain.append(step)
        current = step
    return chain[::-1]


def _told(answer: Pull, tie: str, debtor: str, losses: list[Loss]) -> list[str]:
    """All losses through one tie: amounts by channel, the tie with its source, what the due was made from."""
    o = answer.opening
    parts = ", ".join(f"{x.channel} {billions(x.amount)} of {billions(x.exposure)}" for x in losses)
    title = _tie_line(o.book, tie) if tie else "dealings that no tie of the book names"
    lines = [f"• {billions(sum(x.amount for x in losses))} billion from {name(o, debtor)} ({parts})", f"    {title}"]
    lines += [f"    {part}" for s in o.ties.stakes if s.tie.id == tie for part in s.carrying.trail]
    contract = o.ties.by_id.get(tie)
    if contract is not None and any(x.channel is not Channel.STAKES for x in losses):
        spared = contract_relief(o.inputs, contract)
        lines.append(
            f"    due in the window {billions(contract.due.value)} billion; of what stays undelivered "
            f"{spared:.0%} is spared by avoided cost and re-letting"
        )
        lines += [f"    {part}" for part in contract.due.trail]
        lines += [f"    note: {flag}" for flag in contract.due.flags]
    if debtor in answer.fall.sheet.recovery and any(x.channel is not Channel.STAKES for x in losses):
        recovered = answer.fall.sheet.recovery[debtor][Estate.UNSECURED]
        lines.append(f"    unsecured claims on {name(o, debtor)} recover {recovered:.0%}")
    return lines


def _tie_line(book: Book, tie_id: str) -> str:
    tie = next(t for t in book.current_ties if t.id == tie_id)
    source = book.sources[tie.source]
    when = f", {source.published}" if source.published else ""
    what = ", ".join(word.replace("_", " ") for word in (tie.kind, tie.firmness, tie.status))
    return f"{tie.where}: {tie.id} ({what}) — {source.publisher}{when}, {source.kind.replace('_', ' ')}"
