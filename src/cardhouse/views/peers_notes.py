"""What stands below the company table: other periods, exchange rates, what is lacking, what to know first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cardhouse.lenses.measure import Gap, Measure, Reading, Why, known
from cardhouse.lenses.peers import Peers
from cardhouse.lenses.spans import WORKED_OUT
from cardhouse.views.lens import MARKS, rests
from cardhouse.views.peers import BALANCE, ELSEWHERE, MEASURES, SALES, differs, everything, limited


def newest(answer: Peers) -> tuple[str, ...]:
    """Growth over later and shorter periods than the row's, one line a firm."""
    found = [(peer, peer.newest) for peer in answer.rows if peer.newest is not None]
    return tuple(
        f"{peer.name}: {later.own.value:+.0%} in the {later.span}"
        for peer, later in found
        if isinstance(later.own, Measure)
    )


def rates(answer: Peers) -> tuple[str, ...]:
    """Growth in dollars where it is another than growth in the firm's own currency by half a point or more."""
    pairs = [(peer.name, peer.growth.own, peer.growth.dollars) for peer in answer.rows]
    return tuple(
        f"{name}: {dollars.value:+.1%} in dollars, {own.value:+.1%} in its own currency"
        for name, own, dollars in pairs
        if isinstance(own, Measure) and isinstance(dollars, Measure) and abs(own.value - dollars.value) >= 0.005
    )


def adjusted(answer: Peers) -> tuple[str, ...]:
    """Losses and profits that the firms' own adjustments change by ten points of revenue or more."""
    pairs = [(peer.name, peer.net, peer.adjusted_net) for peer in answer.rows]
    return tuple(
        f"{name}: {limited(own, '{:.0%}')} by its own adjustments, {limited(net, '{:.0%}')} reported"
        for name, net, own in pairs
        if isinstance(net, Measure)
        and isinstance(own, Measure)
        and (net.start, net.end) == (own.start, own.end)
        and abs(net.value - own.value) >= 0.1
    )


def elsewhere(answer: Peers) -> tuple[str, ...]:
    """What each marked cell stands for: one line a firm."""
    lines = []
    for peer in answer.rows:
        spans: dict[str, list[str]] = {}
        for key in (*(k for k, _ in SALES), *(k for k, _, _ in BALANCE)):
            measure = getattr(peer, key)
            if isinstance(measure, Measure) and differs(peer, measure):
                spans.setdefault(_when(measure), []).append(MEASURES[key])
        if spans:
            said = "; ".join(f"{', '.join(what)} {when}" for when, what in spans.items())
            lines.append(f"{ELSEWHERE} {peer.name}: {said}")
    return tuple(lines)


def _when(measure: Measure) -> str:
    return f"of {measure.start} to {measure.end}" if measure.start else f"of {measure.end}"


def lacking(answer: Peers) -> tuple[str, ...]:
    """Which firms lack what, one line a column; in JSON each gap has its own reason."""
    lines = []
    for key in (*(k for k, _ in SALES), *(k for k, _, _ in BALANCE)):
        gaps = [(peer.name, reading) for peer in answer.rows if isinstance(reading := getattr(peer, key), Gap)]
        none = [name for name, gap in gaps if gap.why is Why.MISSING]
        void = [name for name, gap in gaps if gap.why is Why.NOT_MEANINGFUL]
        if none:
            lines.append(f"{MARKS[Why.MISSING]} {MEASURES[key]}: {_those(none, [p.name for p in answer.rows])}")
        if void:
            lines.append(f"{MARKS[Why.NOT_MEANINGFUL]} {MEASURES[key]}: {', '.join(void)} ({VOID[key]})")
    growth = [peer.name for peer in answer.rows if isinstance(peer.growth.own, Gap)]
    first = [f"{MARKS[Why.MISSING]} growth: {', '.join(growth)} (no same months a year earlier)"] if growth else []
    return (*(f"{MARKS[gap.why]} {gap}" for gap in answer.left_out), *first, *lines)


VOID = {
    "gross": "no revenue",
    "operating": "no revenue",
    "net": "no revenue",
    "research": "no revenue",
    "marketing": "no revenue",
    "receivable_days": "no revenue",
    "credit_losses": "no revenue",
    "allowance": "no receivables",
    "cash_conversion": "a loss",
    "return_on_equity": "negative equity",
    "user_cost": "no paying users won",
    "runway": "brings in cash",
    "employees": "no employees",
    "revenue_by_employee": "no employees",
}
"""Why a column can be without meaning for a firm."""


def _those(names: list[str], everybody: list[str]) -> str:
    """The names, or all but the others where those are fewer."""
    others = [name for name in everybody if name not in names]
    if not others:
        return "none of these firms has it in the book"
    return f"all but {', '.join(others)}" if len(others) < len(names) / 2 else ", ".join(names)


def converted(answer: Peers) -> tuple[str, ...]:
    """Dollars for one unit of the currency that each firm reports in, as its revenue was converted."""
    pairs = [(peer, peer.revenue, peer.revenue_own) for peer in answer.rows]
    return tuple(
        f"{peer.name}: {own.unit.partition('_')[0]} at {sold.value / own.value:.4f} USD, "
        f"{own.value:,.6g} million ({', '.join(s for s in sold.sources if s not in own.sources)})"
        for peer, sold, own in pairs
        if isinstance(sold, Measure) and isinstance(own, Measure) and own.unit != sold.unit and own.value
    )


def remarks(readings: Iterable[Reading]) -> tuple[str, ...]:
    """Warnings but those of conversion and subtraction, which have lines of their own."""
    flags = dict.fromkeys(flag for m in known(readings) for flag in m.flags)
    return tuple(f for f in flags if WORKED_OUT not in f and not f.startswith("converted from"))


def subtracted(answer: Peers) -> tuple[str, ...]:
    """Firms with an amount that no row states: the last year, plus the months since, less those before."""
    firms = [
        peer.name
        for peer in answer.rows
        if any(WORKED_OUT in flag for m in known((peer.revenue, peer.growth.own, peer.net)) for flag in m.flags)
    ]
    return (", ".join(firms),) if firms else ()


def notes(answer: Peers) -> Iterator[str]:
    """Blocks of lines below the tables, each with its heading; empty ones left out."""
    readings = tuple(everything(answer))
    blocks = (
        ("Of another period than the row", elsewhere(answer)),
        ("Later but shorter", newest(answer)),
        ("Net margin", adjusted(answer)),
        ("Converted at the average of the period", converted(answer)),
        ("What the exchange rate does to growth", rates(answer)),
        ("Cannot be had", lacking(answer)),
        ("Put together as the last year, plus the months since, less the same months before", subtracted(answer)),
        ("Before quoting", remarks(readings)),
    )
    for title, lines in blocks:
        if lines:
            yield "\n".join([f"{title}:", *(f"  {line}" for line in lines)])
    yield rests(readings)
