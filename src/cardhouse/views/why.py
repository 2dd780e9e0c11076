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
from cardhouse.views.relayed import relayed
from cardhouse.views.words import ENGLISH, N_, Words


def why(answer: Pull, firm: str, *, t: Words = ENGLISH) -> list[str]:
    """Tell what happens to a firm and the chain that leads back to the card."""
    o = answer.opening
    lines = [*_verdict(answer, firm, t), ""]
    chain = _chain(answer, firm)
    if len(chain) > 1:
        lines.append(t("Chain: {chain}", chain=" → ".join(name(o, n, t) for n in chain)))
        lines.append("")
    for call in answer.fall.state.called.values():
        if firm in (call.beneficiary, call.guarantor):
            paid = t(
                "{guarantor} pays {beneficiary} {amount} billion for {obligor}",
                guarantor=name(o, call.guarantor, t),
                beneficiary=name(o, call.beneficiary, t),
                amount=t.amount(call.amount),
                obligor=name(o, call.obligor, t),
            )
            lines += [f"• {paid}", f"    {_tie_line(o.book, call.tie, t)}"]
    by_tie: dict[tuple[str, str], list[Loss]] = defaultdict(list)
    for loss in answer.losses.lines:
        if loss.creditor == firm:
            by_tie[loss.tie, loss.debtor].append(loss)
    if not by_tie:
        lines.append(t("{firm} loses nothing through the ties of the book.", firm=name(o, firm, t)))
    for (tie, debtor), group in sorted(by_tie.items(), key=lambda kv: (-sum(x.amount for x in kv[1]), kv[0])):
        lines += _told(answer, tie, debtor, group, t)
    return lines


def _verdict(answer: Pull, firm: str, t: Words) -> list[str]:
    o, state, calm, cash = answer.opening, answer.fall.state, answer.fall.calm, answer.fall.cash
    title = name(o, firm, t)
    if firm in state.pulled:
        return [t("{firm} is the card that was pulled.", firm=title)]
    if firm not in o.positions:
        reason = relayed(t, o.untested.get(firm, "no tie of the book reaches it"))
        return [t("{firm} is not tested ({reason}): it can lose, but not fail.", firm=title, reason=reason)]
    if firm in state.fallen:
        lines = [t("{firm} fails in round {round}.", firm=title, round=state.fallen[firm])]
    else:
        lines = [t("{firm} does not fail.", firm=title)]
    if firm in state.shut:
        lines.append(t("Its debts exceed its assets, so the capital market is shut to it and maturing debt falls due."))
    if o.positions[firm].statement is not None:
        lines.append(
            t(
                "Binding dues {dues} billion against resources of {resources} (without the pull: {calm_dues} against "
                "{calm_resources}).",
                dues=t.amount(cash.binding[firm]),
                resources=t.amount(cash.resources[firm]),
                calm_dues=t.amount(calm.binding[firm]),
                calm_resources=t.amount(calm.resources[firm]),
            )
        )
        before, after = answer.fall.calm_sheet.equity[firm], answer.fall.sheet.equity[firm]
        text = N_("Book equity {before} billion before, {after} after.")
        lines.append(t(text, before=t.amount(before), after=t.amount(after)))
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


def _told(answer: Pull, tie: str, debtor: str, losses: list[Loss], t: Words) -> list[str]:
    """All losses through one tie: amounts by channel, the tie with its source, what the due was made from."""
    o = answer.opening
    title = _tie_line(o.book, tie, t) if tie else t("dealings that no tie of the book names")
    lines = [_loss_line(answer, debtor, losses, t), f"    {title}"]
    lines += [f"    {part}" for s in o.ties.stakes if s.tie.id == tie for part in s.carrying.trail]
    contract = o.ties.by_id.get(tie)
    if contract is not None and any(x.channel is not Channel.STAKES for x in losses):
        due = t(
            "due in the window {due} billion; of what stays undelivered {spared} is spared by avoided cost and "
            "re-letting",
            due=t.amount(contract.due.value),
            spared=t.percent(contract_relief(o.inputs, contract)),
        )
        lines += [f"    {part}" for part in (due, *contract.due.trail)]
        lines += [f"    {t('note: {note}', note=relayed(t, flag))}" for flag in contract.due.flags]
    if debtor in answer.fall.sheet.recovery and any(x.channel is not Channel.STAKES for x in losses):
        recovered = t.percent(answer.fall.sheet.recovery[debtor][Estate.UNSECURED])
        lines.append("    " + t("unsecured claims on {firm} recover {share}", firm=name(o, debtor, t), share=recovered))
    return lines


def _loss_line(answer: Pull, debtor: str, losses: list[Loss], t: Words) -> str:
    parts = [
        t(
            "{channel} {loss} of {exposure}",
            channel=t(str(x.channel)),
            loss=t.amount(x.amount),
            exposure=t.amount(x.exposure),
        )
        for x in losses
    ]
    return t(
        "• {loss} billion from {firm} ({parts})",
        loss=t.amount(sum(x.amount for x in losses)),
        firm=name(answer.opening, debtor, t),
        parts=t.comma.join(parts),
    )


def _tie_line(book: Book, tie_id: str, t: Words) -> str:
    tie = next(x for x in book.current_ties if x.id == tie_id)
    source = book.sources[tie.source]
    when = f", {source.published}" if source.published else ""
    what = t.comma.join(t(word.replace("_", " ")) for word in (tie.kind, tie.firmness, tie.status))
    kind = t(source.kind.replace("_", " "))
    return f"{tie.where}: {tie.id} ({what}) — {source.publisher}{when}, {kind}"
