"""What only all firms together show: prices against GDP, value counted twice, a fall of multiples."""

from __future__ import annotations

from collections.abc import Container

from cardhouse.lenses.measure import Gap, Measure, Reading, known
from cardhouse.lenses.value import Value
from cardhouse.lenses.value.economies import ECONOMY
from cardhouse.lenses.value.falls import Fallen, LoanToValue, Pledge, Windows
from cardhouse.lenses.value.holdings import Owner
from cardhouse.views.lens import cell, gap_notes, rests
from cardhouse.views.table import Cell, Column, Kind, Table, billions

QUARTER_NOTE = (
    "What a firm could raise in that quarter: shares sold, and all windows together (shares, debt, credit lines, "
    "listed stakes after the haircut). Shut from: fall of its value since the opening at which it sells no shares."
)


def gdp_lines(answer: Value) -> list[str]:
    """Prices against GDP in sentences."""
    a, lines = answer.against_gdp, []
    if isinstance(a.gdp, Gap):
        return [f"Prices cannot be set against GDP: {a.gdp}."]
    if isinstance(a.american_share, Measure) and isinstance(a.listed_share, Measure):
        lines.append(
            f"The listed American firms of the book cost {a.american_share.value:.0%} of the GDP of the United States, "
            f"all listed firms {a.listed_share.value:.0%}"
            + (f", the unlisted {a.unlisted_share.value:.0%}." if isinstance(a.unlisted_share, Measure) else ".")
        )
    if isinstance(a.largest_share, Measure):
        lines.append(f"{_name(answer, a.largest)} alone costs {a.largest_share.value:.1%}.")
    return lines


def against_gdp(answer: Value) -> Table:
    """Prices over GDP, beside what others measured."""
    a = answer.against_gdp
    ours: tuple[tuple[str, Reading, Reading], ...] = (
        ("American listed firms of the book", a.american, a.american_share),
        ("all listed firms of the book", a.listed, a.listed_share),
        ("unlisted firms, at their last rounds", a.unlisted, a.unlisted_share),
    )
    rows: list[tuple[Cell, ...]] = [(name, cell(worth), _percent(share), _end(worth)) for name, worth, share in ours]
    rows += [(_measured(m.entity, m.name), None, f"{m.ratio.value:.1%}", m.ratio.end) for m in a.measured]
    columns = (
        Column("who", "who", wrap=True),
        Column("worth", "price", Kind.MONEY),
        Column("share", "over GDP"),
        Column("end", "latest", Kind.DATE),
    )
    day = f" GDP of the year to {a.gdp.end}." if isinstance(a.gdp, Measure) else ""
    notes = (
        f"Prices of {a.oldest} and later; firms that hold shares of each other count twice.{day} Rows without a price: "
        "as others measured them on that day.",
        *gap_notes((a.gdp, a.american, a.listed, a.unlisted)),
        rests((a.gdp, a.american, a.listed)),
    )
    return Table("Prices against the GDP of the United States (USD billion)", columns, tuple(rows), _kept(notes))


def holdings_lines(answer: Value) -> list[str]:
    """The double count in sentences."""
    h = answer.holdings
    if not (isinstance(h.prices, Measure) and isinstance(h.outside, Measure) and isinstance(h.twice, Measure)):
        return [f"Nothing is counted twice that the book knows of: {h.prices}."]
    return [
        f"{len(h.owners)} firms that hold each other's shares cost {_billion(h.prices)} billion together; holders "
        f"outside own {_billion(h.outside)} of that. {_billion(h.twice)} billion, "
        f"{h.twice.value / h.prices.value:.1%}, are counted twice."
    ]


def holdings(answer: Value) -> Table:
    """Each firm's stakes in the others, and how much of it the others hold."""
    h = answer.holdings
    rows = tuple(_owner(answer, o) for o in h.owners)
    columns = (
        Column("firm", "firm"),
        Column("value", "price", Kind.MONEY),
        Column("stakes", "stakes in the others", Kind.MONEY),
        Column("share", "of its price", Kind.TEXT),
        Column("own", "own value", Kind.MONEY),
        Column("held", "held by the others", Kind.TEXT),
        Column("again", "each own dollar counted", Kind.TEXT),
    )
    left = ", ".join(f"{_name(answer, s.holder)} in {_name(answer, s.held)}" for s in h.not_counted)
    notes = (
        f"Left out, as holder or held has no price in the book: {left}." if left else "",
        *gap_notes((h.prices, h.inflation, *(o.counted_again for o in h.owners))),
        rests(s.worth for s in h.stakes),
    )
    return Table("Value counted twice by holdings of each other (USD billion)", columns, rows, _kept(notes))


def fall_lines(answer: Value) -> list[str]:
    """What the fall does, in sentences."""
    found = answer.falls
    if isinstance(found, Gap):
        return [f"{found}."]
    could = [f for f in found.firms if f.before.shares > 0.0]
    lost = [f for f in could if f.loses_window]
    size, name = f"{found.fall.size.value:.0%}", found.fall.name
    lines = [
        f"If multiples fall by {size}{'' if name == size else f', as to the trough {name},'} and nothing else changes:"
    ]
    if could:
        whom = f": {_names(answer, [f.firm for f in lost])}" if 0 < len(lost) < len(could) else ""
        lines.append(
            f"{len(lost)} of {len(could)} firms that could sell shares in the quarter to {found.quarter} cannot{whom}."
        )
    before, after = sum(f.before.stakes for f in found.firms), sum(f.after.stakes for f in found.firms)
    if before > 0.0:
        lines.append(f"Listed stakes would bring {billions(after)} billion instead of {billions(before)}.")
    fell = [f"{_name(answer, f.firm)} ({f.fails})" for f in found.firms if f.fails and not f.fails_without]
    if fell:
        return [*lines, f"Failing by {found.until} because of it: {', '.join(fell)}."]
    return [*lines, f"Nobody fails by {found.until} because of it alone."]


def falls(answer: Value, firms: Container[str] | None = None) -> Table:
    """Windows of the firms with and without the fall; all that can be tested where none are named."""
    columns = (
        Column("firm", "firm"),
        Column("value", "price", Kind.MONEY),
        Column("value_after", "after", Kind.MONEY),
        Column("shares", "shares sold", Kind.MONEY),
        Column("shares_after", "after", Kind.MONEY),
        Column("shut", "shut from", Kind.PERCENT),
        Column("stakes", "listed stakes", Kind.MONEY),
        Column("stakes_after", "after", Kind.MONEY),
        Column("whole", "all windows", Kind.MONEY),
        Column("whole_after", "after", Kind.MONEY),
    )
    found = answer.falls
    if isinstance(found, Gap):
        return Table("", columns, ())
    shown = [f for f in found.firms if firms is None or f.firm in firms]
    unpriced = _names(answer, [f.firm for f in shown if not f.priced])
    notes = (
        QUARTER_NOTE,
        f"No price in the book that the economy can use, so no shares to sell either: {unpriced}." if unpriced else "",
    )
    title = f"Multiples {found.fall.size.value:.0%} lower: quarter to {found.quarter}, with and without (USD billion)"
    return Table(title, columns, tuple(_fallen(answer, f) for f in shown), _kept(notes))


def collateral(answer: Value, firms: Container[str] | None = None) -> Table:
    """Loans on shares of or by the firms, and holding companies' loan to value; all where none are named."""
    columns = (
        Column("what", "what", wrap=True),
        Column("end", "as of", Kind.DATE),
        Column("now", "now"),
        Column("after", "after the fall"),
        Column("bound", "bound"),
    )
    found = answer.falls
    if isinstance(found, Gap):
        return Table("", columns, ())
    pledges = [p for p in found.pledges if firms is None or p.holder in firms or p.held in firms]
    loans = [x for x in found.loan_to_value if firms is None or x.holder in firms]
    rows = (*(_pledge(answer, p) for p in pledges), *(_loan_to_value(answer, x) for x in loans))
    readings = [r for p in pledges for r in (p.cover, p.pledged)]
    flags = [flag for r in known(readings) for flag in r.flags if "pledged" in flag]
    notes = (
        "After: everything held falls alike and the debt stays. Bound: the fall at which the shares are worth the loan "
        "and no more, or the highest loan to value that the company's policy allows.",
        *dict.fromkeys(flags),
        *gap_notes(readings),
    )
    return Table("Shares as collateral", columns, rows, notes)


def past(answer: Value) -> Table:
    """Every past trough beside the others."""
    rows = tuple(
        (
            f.fall.name,
            f.fall.size.value,
            sum(w.before.shares for w in f.firms),
            sum(w.after.shares for w in f.firms),
            sum(w.loses_window for w in f.firms),
            _names(answer, [w.firm for w in f.firms if w.fails and not w.fails_without]) or "nobody",
        )
        for f in answer.past
    )
    columns = (
        Column("trough", "trough"),
        Column("fall", "fall", Kind.PERCENT),
        Column("shares", "shares that could be sold", Kind.MONEY),
        Column("after", "after", Kind.MONEY),
        Column("windows", "windows lost", Kind.COUNT),
        Column("fails", "fails because of it", wrap=True),
    )
    notes = (
        "Falls from the closing peak to the closing low, by the levels in the book. Shares in the quarter when "
        "unlisted prices have followed.",
    )
    return Table("Falls to past troughs (USD billion)", columns, rows, notes)


def _pledge(answer: Value, p: Pledge) -> tuple[Cell, ...]:
    what = f"{_name(answer, p.holder)}: shares of {_name(answer, p.held)} pledged, over the loan on them"
    spare = p.covers_down_to
    bound = f"a fall of {spare.value:.0%}" if isinstance(spare, Measure) else cell(spare)
    return (what, p.loan.end, _times(p.cover), _times(p.cover_after), bound)


def _loan_to_value(answer: Value, x: LoanToValue) -> tuple[Cell, ...]:
    what = f"{_name(answer, x.holder)}: loan to value by its own formula"
    return (what, x.now.end, f"{x.now.value:.1%}", _percent_of(x.after.value), f"{x.limit.value:.0%}")


def _owner(answer: Value, o: Owner) -> tuple[Cell, ...]:
    stakes = o.stakes.value if isinstance(o.stakes, Measure) else 0.0
    part = _percent(o.stakes_share) if isinstance(o.stakes, Measure) else ""
    again = (
        f"{1.0 + o.counted_again.value:.2f} times" if isinstance(o.counted_again, Measure) else cell(o.counted_again)
    )
    held = f"{o.held:.0%}" if o.held else ""
    return (_name(answer, o.firm), o.value.value, stakes, part, o.own.value, held, again)


def _fallen(answer: Value, f: Fallen) -> tuple[Cell, ...]:
    value, after = (f.value, f.value_after) if f.priced else ("n/a", "n/a")
    return (_name(answer, f.firm), value, after, *_pair(f.before, f.after, "shares"), f.shut_below,
            *_pair(f.before, f.after, "stakes"), f.before.whole, f.after.whole)  # fmt: skip


def _pair(before: Windows, after: Windows, name: str) -> tuple[float, float]:
    return getattr(before, name), getattr(after, name)


def _measured(entity: str, name: str) -> str:
    return "all listed American shares" if entity == ECONOMY else f"{name} alone"


def _names(answer: Value, firms: list[str]) -> str:
    return ", ".join(_name(answer, f) for f in firms)


def _name(answer: Value, firm: str) -> str:
    return answer.book.firms[firm].name if firm in answer.book.firms else firm


def _billion(m: Measure) -> str:
    return f"{m.value / 1000.0:,.0f}"


def _percent(reading: Reading) -> str:
    return _percent_of(reading.value) if isinstance(reading, Measure) else str(cell(reading))


def _percent_of(value: float) -> str:
    return f"{value:.1%}" if abs(value) < 0.995 else f"{value:,.0%}"


def _times(reading: Reading) -> str:
    return f"{reading.value:.1f} times" if isinstance(reading, Measure) else str(cell(reading))


def _end(reading: Reading) -> Cell:
    return reading.end if isinstance(reading, Measure) else None


def _kept(notes: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(note for note in notes if note)
