"""Money raised for AI as tables and sentences."""

from __future__ import annotations

from datetime import date

from cardhouse.lenses.capital import Capital, FirmCapital, Listing, Round
from cardhouse.lenses.capital import Year as InvestmentYear
from cardhouse.lenses.measure import Gap, Measure, Reading
from cardhouse.views.lens import cell, dateline, flag_notes, gap_notes, rests
from cardhouse.views.table import Cell, Column, Kind, Table, billions

PLACES_SHOWN = 3
ROUNDS_SHOWN = 16


def head(answer: Capital | FirmCapital) -> str:
    """Book and unit."""
    about = (answer.name,) if isinstance(answer, FirmCapital) else ()
    return dateline(answer.book, *about, "USD billion")


def headline(answer: Capital) -> list[str]:
    """Where the money goes, in a few sentences."""
    lines = []
    year = next((y for y in answer.investment if y.places and isinstance(y.world, Measure)), None)
    if year is not None and isinstance(year.spread.top, Measure):
        first = year.places[0]
        lead = year.spread.lead
        more = f", {lead.value:.0f} times {year.places[1].name}" if isinstance(lead, Measure) else ""
        name = year.name[:1].upper() + year.name[1:]
        lines.append(
            f"{name} in {year.end.year}: {first.name} {billions(first.amount.value)} of "
            f"{billions(year.world.value if isinstance(year.world, Measure) else 0.0)} billion, "
            f"{year.spread.top.value:.0%}{more}."
        )
    if answer.venture:
        share = answer.venture[0]
        lines.append(f"AI took {share.share.value:.0%} of venture capital, {share.place}, {_period(share.share)}.")
    if answer.by_year:
        own = answer.by_year[0]
        five, top = own.top_five, own.spread.top
        if isinstance(own.total, Measure) and isinstance(five, Measure) and isinstance(top, Measure):
            lines.append(
                f"Rounds of {own.year} in the book: {own.count} for {billions(own.total.value)} billion; the largest "
                f"is {top.value:.0%} of it, the five largest {five.value:.0%}."
            )
    return lines


def _period(m: Measure) -> str:
    if m.start and (m.start.month, m.start.day, m.end.month, m.end.day) == (1, 1, 12, 31):
        return f"{m.end.year}"
    return f"{m.start} to {m.end}" if m.start else f"{m.end}"


def investment(answer: Capital) -> Table:
    """Investment by kind, year and country, and how concentrated it is."""
    columns = (
        Column("kind", "kind", wrap=True),
        Column("compiler", "by"),
        Column("year", "year"),
        Column("places", "countries", wrap=True),
        Column("world", "world", Kind.MONEY),
        Column("top", "top share", Kind.PERCENT),
        Column("lead", "first / second", Kind.NUMBER),
        Column("herfindahl", "Herfindahl"),
    )
    rows = []
    for year in _shown(answer):
        spread = year.spread
        rows.append(
            (
                year.name,
                year.compiler.replace("-", " "),
                f"{year.end.year}",
                _places(year),
                cell(year.world),
                cell(spread.top) if year.places else "",
                _rounded(spread.lead) if len(year.places) > 1 else "",
                _between(spread.low, spread.high) if year.places else "",
            )
        )
    named = [y for y in answer.investment if y.places]
    notes = (
        "Herfindahl: sum of squared country shares; from the unnamed rest in very many hands to all of it in one. "
        "Lines of different compilers do not add up: they count different deals.",
        *gap_notes(y.world for y in named),
        *(_disputed(answer)),
        rests([*(p.amount for y in named for p in y.places), *(y.world for y in answer.investment)]),
    )
    return Table("Investment in AI", columns, tuple(rows), notes)


def _shown(answer: Capital) -> list[InvestmentYear]:
    """All years by country; of world totals alone the newest of each kind and compiler."""
    found: list[InvestmentYear] = []
    for year in answer.investment:
        seen = any((y.kind, y.compiler) == (year.kind, year.compiler) for y in found)
        if year.places or not seen:
            found.append(year)
    return found


def _places(year: InvestmentYear) -> str:
    return ", ".join(f"{p.name} {billions(p.amount.value)}" for p in year.places[:PLACES_SHOWN]) or "not by country"


def _rounded(reading: Reading) -> Cell:
    return float(f"{reading.value:.3g}") if isinstance(reading, Measure) else cell(reading)


def _between(low: Reading, high: Reading) -> str:
    if isinstance(low, Measure) and isinstance(high, Measure):
        return f"{low.value:.2f}–{high.value:.2f}"
    return str(cell(low))


def _disputed(answer: Capital) -> list[str]:
    lines = []
    for c in answer.disputed:
        others = ", ".join(f"{f.value:,.0f} ({f.source})" for f in c.others)
        chosen = f"{c.chosen.value:,.0f} {c.chosen.unit} ({c.chosen.source})"
        lines.append(f"Disputed: {c.key[0]} {c.key[1]} {c.key[3].year}: chosen {chosen}; also {others}.")
    return lines


def venture(answer: Capital) -> Table:
    """AI's part of venture capital as compilers give it."""
    columns = (
        Column("place", "of venture capital in"),
        Column("compiler", "by"),
        Column("period", "period"),
        Column("share", "AI's part", Kind.PERCENT),
    )
    rows = tuple((s.place, s.compiler or "not named", _period(s.share), s.share.value) for s in answer.venture)
    return Table("AI in venture capital", columns, rows, (rests(s.share for s in answer.venture),))


def rounds(found: tuple[Round, ...], *, most: int = ROUNDS_SHOWN) -> Table:
    """Rounds by firm and date with the multiple of the run rate on the day."""
    columns = (
        Column("day", "day", Kind.DATE),
        Column("firm", "firm"),
        Column("label", "round", wrap=True),
        Column("amount", "raised", Kind.MONEY),
        Column("valuation", "valuation", Kind.MONEY),
        Column("run_rate", "run rate", Kind.MONEY),
        Column("days", "days before", Kind.COUNT),
        Column("multiple", "times", Kind.NUMBER),
        Column("status", "status"),
    )
    shown = found[:most]
    rows = tuple(
        (
            r.day,
            r.name,
            r.label,
            cell(r.amount),
            cell(r.valuation),
            cell(r.run_rate),
            r.days_before,
            _rounded(r.multiple),
            r.status,
        )
        for r in shown
    )
    pre = [f"{r.name} {r.day}: valuation before the money." for r in shown if r.pre_money]
    stale = gap_notes(r.run_rate for r in shown if isinstance(r.run_rate, Gap) and "older" in r.run_rate.reason)
    more = [f"and {len(found) - most} older ones; see --json"] if len(found) > most else []
    notes = (
        "Times: valuation over the newest annualised revenue not later than the round; days before: its age. Closed: "
        "the firm says so in a filing or a release; reported: others do; n/a: the book has no such figure.",
        *pre,
        *stale,
        *flag_notes(r.amount for r in shown),
        *more,
        rests(m for r in shown for m in (r.amount, r.valuation, r.run_rate)),
    )
    return Table("Funding rounds", columns, rows, notes)


def by_year(answer: Capital) -> Table:
    """How concentrated the rounds of each year are."""
    columns = (
        Column("year", "year"),
        Column("count", "rounds", Kind.COUNT),
        Column("total", "raised", Kind.MONEY),
        Column("top", "largest", Kind.PERCENT),
        Column("five", "five largest", Kind.PERCENT),
        Column("herfindahl", "Herfindahl", Kind.NUMBER),
    )
    rows = tuple(
        (f"{y.year}", y.count, cell(y.total), cell(y.spread.top), cell(y.top_five), _rounded(y.spread.low))
        for y in answer.by_year
    )
    notes = ("Rounds of the book whose size it knows, reported ones too; offerings to the public are left out.",)
    return Table("How concentrated the rounds are", columns, rows, notes)


def listings(found: tuple[Listing, ...]) -> Table:
    """Issue price, first close and the price since, in the currency of trading."""
    columns = (
        Column("day", "first day", Kind.DATE),
        Column("firm", "firm"),
        Column("currency", "in"),
        Column("issue", "issue price", Kind.NUMBER),
        Column("first", "first close", Kind.NUMBER),
        Column("first_day", "first day's return", Kind.PERCENT),
        Column("last", "last price", Kind.NUMBER),
        Column("last_day", "of", Kind.DATE),
        Column("to_last", "since issue", Kind.PERCENT),
        Column("after", "since first close", Kind.PERCENT),
    )
    rows = tuple(
        (
            r.day,
            r.name,
            r.currency,
            r.issue.value,
            cell(r.first),
            cell(r.first_day),
            cell(r.last),
            r.last.end if isinstance(r.last, Measure) else None,
            cell(r.to_last),
            cell(r.after),
        )
        for r in found
    )
    notes = (
        "Returns without dividends, in the currency of trading, of different lengths: mind the day of the last price.",
        *gap_notes(m for r in found for m in (r.first, r.last)),
        rests(m for r in found for m in (r.issue, r.first, r.last)),
    )
    return Table("Listings", columns, rows, notes)


def lines(answer: Capital) -> Table:
    """Every round in full, for a file; money in USD million."""
    columns = (
        Column("firm", "firm"),
        Column("day", "day", Kind.DATE),
        Column("label", "round"),
        Column("status", "status"),
        Column("amount", "raised", Kind.MONEY),
        Column("valuation", "valuation", Kind.MONEY),
        Column("pre_money", "before the money"),
        Column("run_rate", "run rate", Kind.MONEY),
        Column("days_before", "days before", Kind.COUNT),
        Column("multiple", "times", Kind.NUMBER),
        Column("sources", "sources"),
        Column("note", "note"),
    )
    return Table("", columns, tuple(_line(r) for r in answer.rounds))


def _line(r: Round) -> tuple[Cell, ...]:
    sources: set[str] = set()
    values: list[Cell] = []
    for reading in (r.amount, r.valuation, r.run_rate):
        values.append(reading.value if isinstance(reading, Measure) else None)
        sources |= set(reading.sources) if isinstance(reading, Measure) else set()
    times = r.multiple.value if isinstance(r.multiple, Measure) else None
    amount, value, rate = values
    day: date = r.day
    own = " ".join(sorted(sources))
    return (r.firm, day, r.label, r.status, amount, value, r.pre_money, rate, r.days_before, times, own, r.note)
