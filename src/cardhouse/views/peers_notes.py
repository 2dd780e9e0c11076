"""What stands below the company table: other periods, exchange rates, what is lacking, what to know first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cardhouse.lenses.measure import Gap, Measure, Reading, Why, known
from cardhouse.lenses.peers import Peers
from cardhouse.lenses.spans import WORKED_OUT
from cardhouse.views.lens import MARKS, gap_notes, rests
from cardhouse.views.peers import BALANCE, ELSEWHERE, MEASURES, SALES, called, differs, everything, limited
from cardhouse.views.relayed import relayed
from cardhouse.views.words import ENGLISH, N_, Words


def newest(answer: Peers, *, t: Words = ENGLISH) -> tuple[str, ...]:
    """Growth over later and shorter periods than the row's, one line a firm."""
    found = [(peer, peer.newest) for peer in answer.rows if peer.newest is not None]
    return tuple(
        t(
            "{firm}: {growth} in the {months}",
            firm=called(peer, t),
            growth=f"{later.own.value:+.0%}",
            months=relayed(t, str(later.span)),
        )
        for peer, later in found
        if isinstance(later.own, Measure)
    )


def rates(answer: Peers, *, t: Words = ENGLISH) -> tuple[str, ...]:
    """Growth in dollars where it is another than growth in the firm's own currency by half a point or more."""
    pairs = [(called(peer, t), peer.growth.own, peer.growth.dollars) for peer in answer.rows]
    return tuple(
        t(
            "{firm}: {dollars} in dollars, {own} in its own currency",
            firm=name,
            dollars=f"{dollars.value:+.1%}",
            own=f"{own.value:+.1%}",
        )
        for name, own, dollars in pairs
        if isinstance(own, Measure) and isinstance(dollars, Measure) and abs(own.value - dollars.value) >= 0.005
    )


def adjusted(answer: Peers, *, t: Words = ENGLISH) -> tuple[str, ...]:
    """Losses and profits that the firms' own adjustments change by ten points of revenue or more."""
    pairs = [(called(peer, t), peer.net, peer.adjusted_net) for peer in answer.rows]
    return tuple(
        t(
            "{firm}: {own} by its own adjustments, {reported} reported",
            firm=name,
            own=limited(own, "{:.0%}"),
            reported=limited(net, "{:.0%}"),
        )
        for name, net, own in pairs
        if isinstance(net, Measure)
        and isinstance(own, Measure)
        and (net.start, net.end) == (own.start, own.end)
        and abs(net.value - own.value) >= 0.1
    )


def elsewhere(answer: Peers, *, t: Words = ENGLISH) -> tuple[str, ...]:
    """What each marked cell stands for: one line a firm."""
    lines = []
    for peer in answer.rows:
        spans: dict[str, list[str]] = {}
        for key in (*(k for k, _ in SALES), *(k for k, _, _ in BALANCE)):
            measure = getattr(peer, key)
            if isinstance(measure, Measure) and differs(peer, measure):
                spans.setdefault(_when(measure, t), []).append(t(MEASURES[key]))
        if spans:
            said = t.semicolon.join((f"{t.comma.join(what)} {when}" for when, what in spans.items()))
            lines.append(f"{ELSEWHERE} {t('{what}: {reason}', what=called(peer, t), reason=said)}")
    return tuple(lines)


def _when(measure: Measure, t: Words) -> str:
    return (
        t("of {start} to {end}", start=measure.start, end=measure.end)
        if measure.start
        else t("of {day}", day=measure.end)
    )


def lacking(answer: Peers, *, t: Words = ENGLISH) -> tuple[str, ...]:
    """Which firms lack what, one line a column; in JSON each gap has its own reason."""
    lines, text = [], N_("{mark} {what}: {reason}")
    for key in (*(k for k, _ in SALES), *(k for k, _, _ in BALANCE)):
        gaps = [(called(peer, t), reading) for peer in answer.rows if isinstance(reading := getattr(peer, key), Gap)]
        none = [name for name, gap in gaps if gap.why is Why.MISSING]
        void = [name for name, gap in gaps if gap.why is Why.NOT_MEANINGFUL]
        if none:
            those = _those(none, [called(peer, t) for peer in answer.rows], t)
            lines.append(t(text, mark=t(MARKS[Why.MISSING]), what=t(MEASURES[key]), reason=those))
        if void:
            those = t("{firms} ({reason})", firms=t.comma.join(void), reason=t(VOID[key]))
            lines.append(t(text, mark=t(MARKS[Why.NOT_MEANINGFUL]), what=t(MEASURES[key]), reason=those))
    growth = [called(peer, t) for peer in answer.rows if isinstance(peer.growth.own, Gap)]
    first = (
        [
            t(
                "{mark} growth: {firms} (no same months a year earlier)",
                mark=t(MARKS[Why.MISSING]),
                firms=t.comma.join(growth),
            )
        ]
        if growth
        else []
    )
    return (*gap_notes(answer.left_out, most=len(answer.left_out), t=t), *first, *lines)


VOID = {
    "gross": N_("no revenue"),
    "operating": N_("no revenue"),
    "net": N_("no revenue"),
    "research": N_("no revenue"),
    "marketing": N_("no revenue"),
    "receivable_days": N_("no revenue"),
    "credit_losses": N_("no revenue"),
    "allowance": N_("no receivables"),
    "cash_conversion": N_("a loss"),
    "return_on_equity": N_("negative equity"),
    "user_cost": N_("no paying users won"),
    "runway": N_("brings in cash"),
    "employees": N_("no employees"),
    "revenue_by_employee": N_("no employees"),
}
"""Why a column can be without meaning for a firm."""


def _those(names: list[str], everybody: list[str], t: Words) -> str:
    """The names, or all but the others where those are fewer."""
    others = [name for name in everybody if name not in names]
    if not others:
        return t("none of these firms has it in the book")
    return t("all but {firms}", firms=t.comma.join(others)) if len(others) < len(names) / 2 else t.comma.join(names)


def converted(answer: Peers, *, t: Words = ENGLISH) -> tuple[str, ...]:
    """Dollars for one unit of the currency that each firm reports in, as its revenue was converted."""
    pairs = [(peer, peer.revenue, peer.revenue_own) for peer in answer.rows]
    return tuple(
        t(
            "{firm}: {currency} at {rate} USD, {amount} million ({sources})",
            firm=called(peer, t),
            currency=own.unit.partition("_")[0],
            rate=f"{sold.value / own.value:.4f}",
            amount=f"{own.value:,.0f}",
            sources=t.comma.join(s for s in sold.sources if s not in own.sources),
        )
        for peer, sold, own in pairs
        if isinstance(sold, Measure) and isinstance(own, Measure) and own.unit != sold.unit and own.value
    )


def remarks(readings: Iterable[Reading], *, t: Words = ENGLISH) -> tuple[str, ...]:
    """Warnings but those of conversion and subtraction, which have lines of their own."""
    flags = dict.fromkeys(flag for m in known(readings) for flag in m.flags)
    return tuple(relayed(t, f) for f in flags if WORKED_OUT not in f and not f.startswith("converted from"))


def subtracted(answer: Peers, *, t: Words = ENGLISH) -> tuple[str, ...]:
    """Firms with an amount that no row states: the last year, plus the months since, less those before."""
    firms = [
        called(peer, t)
        for peer in answer.rows
        if any(WORKED_OUT in flag for m in known((peer.revenue, peer.growth.own, peer.net)) for flag in m.flags)
    ]
    return (t.comma.join(firms),) if firms else ()


def notes(answer: Peers, *, t: Words = ENGLISH) -> Iterator[str]:
    """Blocks of lines below the tables, each with its heading; empty ones left out."""
    readings = tuple(everything(answer))
    blocks = (
        (t("Of another period than the row"), elsewhere(answer, t=t)),
        (t("Later but shorter"), newest(answer, t=t)),
        (t("Net margin"), adjusted(answer, t=t)),
        (t("Converted at the average of the period"), converted(answer, t=t)),
        (t("What the exchange rate does to growth"), rates(answer, t=t)),
        (t("Cannot be had"), lacking(answer, t=t)),
        (
            t("Put together as the last year, plus the months since, less the same months before"),
            subtracted(answer, t=t),
        ),
        (t("Before quoting"), remarks(readings, t=t)),
    )
    for title, lines in blocks:
        if lines:
            yield "\n".join([t("{title}:", title=title), *(f"  {line}" for line in lines)])
    yield rests(readings, t=t)
