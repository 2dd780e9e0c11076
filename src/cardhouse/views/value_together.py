"""What only all firms together show: prices against GDP, value counted twice, a fall of multiples."""

from __future__ import annotations

from collections.abc import Container

from cardhouse.lenses.measure import Gap, Measure, Reading, Why, known
from cardhouse.lenses.value import Value
from cardhouse.lenses.value.economies import ECONOMY
from cardhouse.lenses.value.falls import Fallen, LoanToValue, Pledge
from cardhouse.lenses.value.holdings import Owner
from cardhouse.views.lens import MARKS, cell, gap_notes, rests
from cardhouse.views.relayed import relayed
from cardhouse.views.table import Cell, Column, Kind, Table
from cardhouse.views.words import ENGLISH, N_, Words

QUARTER_NOTE = N_(
    "What a firm could raise in that quarter: shares sold, and all windows together (shares, debt, credit lines, "
    "listed stakes after the haircut). Shut from: fall of its value since the opening at which it sells no shares."
)


def gdp_lines(answer: Value, *, t: Words = ENGLISH) -> list[str]:
    """Prices against GDP in sentences."""
    a, lines = answer.against_gdp, []
    if isinstance(a.gdp, Gap):
        return [t("Prices cannot be set against GDP: {reason}.", reason=relayed(t, str(a.gdp)))]
    if isinstance(a.american_share, Measure) and isinstance(a.listed_share, Measure):
        unlisted = f"{a.unlisted_share.value:.0%}" if isinstance(a.unlisted_share, Measure) else ""
        text = (
            N_(
                "The listed American firms of the book cost {american} of the GDP of the United States, all listed "
                "firms {listed}, the unlisted {unlisted}."
            )
            if unlisted
            else N_(
                "The listed American firms of the book cost {american} of the GDP of the United States, all listed "
                "firms {listed}."
            )
        )
        american, listed = (f"{part.value:.0%}" for part in (a.american_share, a.listed_share))
        lines.append(t(text, american=american, listed=listed, unlisted=unlisted))
    if isinstance(a.largest_share, Measure):
        lines.append(
            t(
                "{firm} alone costs {share}.",
                firm=_name(answer, a.largest, t),
                share=f"{a.largest_share.value:.1%}",
            )
        )
    return lines


def against_gdp(answer: Value, *, t: Words = ENGLISH) -> Table:
    """Prices over GDP, beside what others measured."""
    a = answer.against_gdp
    ours: tuple[tuple[str, Reading, Reading], ...] = (
        (t("American listed firms of the book"), a.american, a.american_share),
        (t("all listed firms of the book"), a.listed, a.listed_share),
        (t("unlisted firms, at their last rounds"), a.unlisted, a.unlisted_share),
    )
    rows: list[tuple[Cell, ...]] = [
        (name, cell(worth, t=t), _percent(share, t), _end(worth)) for name, worth, share in ours
    ]
    rows += [(_measured(m.entity, m.name, t), None, f"{m.ratio.value:.1%}", m.ratio.end) for m in a.measured]
    columns = (
        Column("who", t("who"), wrap=True),
        Column("worth", t.meant("price", N_("market value")), Kind.MONEY),
        Column("share", t("over GDP")),
        Column("end", t("latest"), Kind.DATE),
    )
    day = t(" GDP of the year to {end}.", end=a.gdp.end) if isinstance(a.gdp, Measure) else ""
    notes = (
        t(
            "Prices of {oldest} and later; firms that hold shares of each other count twice.{day} Rows without a "
            "price: as others measured them on that day.",
            oldest=a.oldest,
            day=day,
        ),
        *gap_notes((a.gdp, a.american, a.listed, a.unlisted), t=t),
        rests((a.gdp, a.american, a.listed), t=t),
    )
    return Table(
        t("Prices against the GDP of the United States ({unit})", unit=t.money_unit),
        columns,
        tuple(rows),
        _kept(notes),
        t,
    )


def holdings_lines(answer: Value, *, t: Words = ENGLISH) -> list[str]:
    """The double count in sentences."""
    h = answer.holdings
    if not (isinstance(h.prices, Measure) and isinstance(h.outside, Measure) and isinstance(h.twice, Measure)):
        return [t("Nothing is counted twice that the book knows of: {reason}.", reason=relayed(t, str(h.prices)))]
    return [
        t(
            "{count} firms that hold each other's shares cost {prices} billion together; holders outside own "
            "{outside} of that. {twice} billion, {share}, are counted twice.",
            count=len(h.owners),
            prices=_billion(h.prices, t),
            outside=_billion(h.outside, t),
            twice=_billion(h.twice, t),
            share=f"{h.twice.value / h.prices.value:.1%}",
        )
    ]


def holdings(answer: Value, *, t: Words = ENGLISH) -> Table:
    """Each firm's stakes in the others, and how much of it the others hold."""
    h = answer.holdings
    rows = tuple(_owner(answer, o, t) for o in h.owners)
    columns = (
        Column("firm", t("firm")),
        Column("value", t.meant("price", N_("market value")), Kind.MONEY),
        Column("stakes", t("stakes in the others"), Kind.MONEY),
        Column("share", t("of its price"), Kind.TEXT),
        Column("own", t("own value"), Kind.MONEY),
        Column("held", t("held by the others"), Kind.TEXT),
        Column("again", t("each own dollar counted"), Kind.TEXT),
    )
    left = t.comma.join(
        t("{holder} in {held}", holder=_name(answer, s.holder, t), held=_name(answer, s.held, t)) for s in h.not_counted
    )
    notes = (
        t("Left out, as holder or held has no price in the book: {left}.", left=left) if left else "",
        *gap_notes((h.prices, h.inflation, *(o.counted_again for o in h.owners)), t=t),
        rests((s.worth for s in h.stakes), t=t),
    )
    return Table(
        t("Value counted twice by holdings of each other ({unit})", unit=t.money_unit), columns, rows, _kept(notes), t
    )


def fall_lines(answer: Value, *, t: Words = ENGLISH) -> list[str]:
    """What the fall does, in sentences."""
    found = answer.falls
    if isinstance(found, Gap):
        return [t("{reason}.", reason=relayed(t, str(found)))]
    could = [f for f in found.firms if f.before.shares > 0.0]
    lost = [f for f in could if f.loses_window]
    size, name = f"{found.fall.size.value:.0%}", found.fall.name
    lines = [
        t(
            "If multiples fall by {size}{trough} and nothing else changes:",
            size=size,
            trough="" if name == size else t(", as to the trough {name},", name=name),
        )
    ]
    if could:
        whom = f": {_names(answer, [f.firm for f in lost], t)}" if 0 < len(lost) < len(could) else ""
        lines.append(
            t(
                "{lost} of {could} firms that could sell shares in the quarter to {quarter} cannot{whom}.",
                lost=len(lost),
                could=len(could),
                quarter=found.quarter,
                whom=whom,
            )
        )
    before, after = sum(f.before.stakes for f in found.firms), sum(f.after.stakes for f in found.firms)
    if before > 0.0:
        lines.append(
            t(
                "Listed stakes would bring {after} billion instead of {before}.",
                after=t.amount(after),
                before=t.amount(before),
            )
        )
    fell = [f"{_name(answer, f.firm, t)} ({f.fails})" for f in found.firms if f.fails and not f.fails_without]
    if fell:
        return [*lines, t("Failing by {until} because of it: {firms}.", until=found.until, firms=t.comma.join(fell))]
    return [*lines, t("Nobody fails by {until} because of it alone.", until=found.until)]


def falls(answer: Value, firms: Container[str] | None = None, *, t: Words = ENGLISH) -> Table:
    """Windows of the firms with and without the fall; all that can be tested where none are named."""
    columns = (
        Column("firm", t("firm")),
        Column("value", t.meant("price", N_("market value")), Kind.MONEY),
        Column("value_after", t("after"), Kind.MONEY),
        Column("shares", t("shares sold"), Kind.MONEY),
        Column("shares_after", t("after"), Kind.MONEY),
        Column("shut", t("shut from"), Kind.PERCENT),
        Column("stakes", t("listed stakes"), Kind.MONEY),
        Column("stakes_after", t("after"), Kind.MONEY),
        Column("whole", t("all windows"), Kind.MONEY),
        Column("whole_after", t("after"), Kind.MONEY),
    )
    found = answer.falls
    if isinstance(found, Gap):
        return Table("", columns, (), t=t)
    shown = [f for f in found.firms if firms is None or f.firm in firms]
    unpriced = _names(answer, [f.firm for f in shown if not f.priced], t)
    notes = (
        t(QUARTER_NOTE),
        t("No price in the book that the economy can use, so no shares to sell either: {unpriced}.", unpriced=unpriced)
        if unpriced
        else "",
    )
    title = t(
        "Multiples {size} lower: quarter to {quarter}, with and without ({unit})",
        size=f"{found.fall.size.value:.0%}",
        quarter=found.quarter,
        unit=t.money_unit,
    )
    return Table(title, columns, tuple(_fallen(answer, f, t) for f in shown), _kept(notes), t)


def collateral(answer: Value, firms: Container[str] | None = None, *, t: Words = ENGLISH) -> Table:
    """Loans on shares of or by the firms, and holding companies' loan to value; all where none are named."""
    columns = (
        Column("what", t("what"), wrap=True),
        Column("end", t("as of"), Kind.DATE),
        Column("now", t("now")),
        Column("after", t("after the fall")),
        Column("bound", t("bound")),
    )
    found = answer.falls
    if isinstance(found, Gap):
        return Table("", columns, (), t=t)
    pledges = [p for p in found.pledges if firms is None or p.holder in firms or p.held in firms]
    loans = [x for x in found.loan_to_value if firms is None or x.holder in firms]
    rows = (*(_pledge(answer, p, t) for p in pledges), *(_loan_to_value(answer, x, t) for x in loans))
    readings = [r for p in pledges for r in (p.cover, p.pledged)]
    flags = [flag for r in known(readings) for flag in r.flags if "pledged" in flag]
    notes = (
        t(
            "After: everything held falls alike and the debt stays. Bound: the fall at which the shares are worth the "
            "loan and no more, or the highest loan to value that the company's policy allows."
        ),
        *(relayed(t, flag) for flag in dict.fromkeys(flags)),
        *gap_notes(readings, t=t),
    )
    return Table(t("Shares as collateral"), columns, rows, notes, t)


def past(answer: Value, *, t: Words = ENGLISH) -> Table:
    """Every past trough beside the others."""
    rows = tuple(
        (
            f.fall.name,
            f.fall.size.value,
            sum(w.before.shares for w in f.firms),
            sum(w.after.shares for w in f.firms),
            sum(w.loses_window for w in f.firms),
            _names(answer, [w.firm for w in f.firms if w.fails and not w.fails_without], t) or t("nobody"),
        )
        for f in answer.past
    )
    columns = (
        Column("trough", t("trough")),
        Column("fall", t("fall"), Kind.PERCENT),
        Column("shares", t("shares that could be sold"), Kind.MONEY),
        Column("after", t("after"), Kind.MONEY),
        Column("windows", t("windows lost"), Kind.COUNT),
        Column("fails", t("fails because of it"), wrap=True),
    )
    notes = (
        t(
            "Falls from the closing peak to the closing low, by the levels in the book. Shares in the quarter when "
            "unlisted prices have followed."
        ),
    )
    return Table(t("Falls to past troughs ({unit})", unit=t.money_unit), columns, rows, notes, t)


def _pledge(answer: Value, p: Pledge, t: Words) -> tuple[Cell, ...]:
    what = t(
        "{holder}: shares of {held} pledged, over the loan on them",
        holder=_name(answer, p.holder, t),
        held=_name(answer, p.held, t),
    )
    spare = p.covers_down_to
    bound = t("a fall of {share}", share=f"{spare.value:.0%}") if isinstance(spare, Measure) else cell(spare, t=t)
    return (what, p.loan.end, _times(p.cover, t), _times(p.cover_after, t), bound)


def _loan_to_value(answer: Value, x: LoanToValue, t: Words) -> tuple[Cell, ...]:
    what = t("{firm}: loan to value by its own formula", firm=_name(answer, x.holder, t))
    return (what, x.now.end, f"{x.now.value:.1%}", _percent_of(x.after.value), f"{x.limit.value:.0%}")


def _owner(answer: Value, o: Owner, t: Words) -> tuple[Cell, ...]:
    stakes = o.stakes.value if isinstance(o.stakes, Measure) else 0.0
    part = _percent(o.stakes_share, t) if isinstance(o.stakes, Measure) else ""
    again = (
        t("{times} times", times=f"{1.0 + o.counted_again.value:.2f}")
        if isinstance(o.counted_again, Measure)
        else cell(o.counted_again, t=t)
    )
    held = f"{o.held:.0%}" if o.held else ""
    return (_name(answer, o.firm, t), o.value.value, stakes, part, o.own.value, held, again)


def _fallen(answer: Value, f: Fallen, t: Words) -> tuple[Cell, ...]:
    value, after = (f.value, f.value_after) if f.priced else (t(MARKS[Why.MISSING]), t(MARKS[Why.MISSING]))
    left: tuple[Cell, ...] = (after, f.after.shares, f.after.stakes, f.after.whole)
    if _failed(answer, f):
        left = (t("failed"),) * len(left)
    return (_name(answer, f.firm, t), value, left[0], f.before.shares, left[1], f.shut_below, f.before.stakes, left[2],
            f.before.whole, left[3])  # fmt: skip


def _failed(answer: Value, f: Fallen) -> bool:
    """Whether the firm has failed with the fall by the quarter that is shown, so that nothing of it is left to show."""
    found = answer.falls
    return not isinstance(found, Gap) and f.fails is not None and f.fails <= found.quarter


def _measured(entity: str, name: str, t: Words) -> str:
    return t("all listed American shares") if entity == ECONOMY else t("{firm} alone", firm=t.named(name))


def _names(answer: Value, firms: list[str], t: Words) -> str:
    return t.comma.join(_name(answer, f, t) for f in firms)


def _name(answer: Value, firm: str, t: Words) -> str:
    return t.called(answer.book, firm)


def _billion(m: Measure, t: Words) -> str:
    return t.whole(m.value)


def _percent(reading: Reading, t: Words) -> str:
    return _percent_of(reading.value) if isinstance(reading, Measure) else str(cell(reading, t=t))


def _percent_of(value: float) -> str:
    return f"{value:.1%}" if abs(value) < 0.995 else f"{value:,.0%}"


def _times(reading: Reading, t: Words) -> str:
    return t("{times} times", times=f"{reading.value:.1f}") if isinstance(reading, Measure) else str(cell(reading, t=t))


def _end(reading: Reading) -> Cell:
    return reading.end if isinstance(reading, Measure) else None


def _kept(notes: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(note for note in notes if note)
