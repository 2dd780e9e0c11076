"""Money raised for AI as tables and sentences."""

from __future__ import annotations

from datetime import date

from cardhouse.lenses.capital import Capital, FirmCapital, Listing, Round
from cardhouse.lenses.capital import Year as InvestmentYear
from cardhouse.lenses.measure import Gap, Measure, Reading
from cardhouse.views.lens import cell, dateline, flag_notes, gap_notes, rests
from cardhouse.views.relayed import relayed
from cardhouse.views.table import Cell, Column, Kind, Table
from cardhouse.views.words import ENGLISH, N_, Words

PLACES_SHOWN = 3
ROUNDS_SHOWN = 16


def head(answer: Capital | FirmCapital, *, t: Words = ENGLISH) -> str:
    """Book and unit."""
    about = (t.called(answer.book, answer.firm),) if isinstance(answer, FirmCapital) else ()
    return dateline(answer.book, *about, t.money_unit, t=t)


def headline(answer: Capital, *, t: Words = ENGLISH) -> list[str]:
    """Where the money goes, in a few sentences."""
    lines = []
    year = next((y for y in answer.investment if y.places and isinstance(y.world, Measure)), None)
    if year is not None and isinstance(year.spread.top, Measure):
        first = year.places[0]
        lead = year.spread.lead
        more = (
            t(", {lead} times {second}", lead=f"{lead.value:.0f}", second=t.named(year.places[1].name))
            if isinstance(lead, Measure)
            else ""
        )
        kind = relayed(t, year.name)
        lines.append(
            t(
                "{kind} in {year}: {first} {amount} of {world} billion, {top}{more}.",
                kind=kind[:1].upper() + kind[1:],
                year=year.end.year,
                first=t.named(first.name),
                amount=t.amount(first.amount.value),
                world=t.amount(year.world.value if isinstance(year.world, Measure) else 0.0),
                top=f"{year.spread.top.value:.0%}",
                more=more,
            )
        )
    if answer.venture:
        share = answer.venture[0]
        lines.append(
            t(
                "AI took {share} of venture capital, {place}, {period}.",
                share=f"{share.share.value:.0%}",
                place=t.named(share.place),
                period=_period(share.share, t),
            )
        )
    if answer.by_year:
        own = answer.by_year[0]
        five, top = own.top_five, own.spread.top
        if isinstance(own.total, Measure) and isinstance(five, Measure) and isinstance(top, Measure):
            lines.append(
                t(
                    "Rounds of {year} in the book: {count} agreed, for {amount} billion, paid or not; the largest is "
                    "{top} of it, the five largest {five}.",
                    year=own.year,
                    count=own.count,
                    amount=t.amount(own.total.value),
                    top=f"{top.value:.0%}",
                    five=f"{five.value:.0%}",
                )
            )
    return lines


def _period(m: Measure, t: Words) -> str:
    if m.start and (m.start.month, m.start.day, m.end.month, m.end.day) == (1, 1, 12, 31):
        return f"{m.end.year}"
    return t("{start} to {end}", start=m.start, end=m.end) if m.start else f"{m.end}"


def investment(answer: Capital, *, t: Words = ENGLISH) -> Table:
    """Investment by kind, year and country, and how concentrated it is."""
    columns = (
        Column("kind", t("kind"), wrap=True),
        Column("compiler", t.meant("by", N_("compiled by")), wrap=True),
        Column("year", t("year")),
        Column("places", t("countries"), wrap=True),
        Column("world", t.meant("world", N_("the whole world")), Kind.MONEY),
        Column("top", t("top share"), Kind.PERCENT),
        Column("lead", t("first / second"), Kind.NUMBER),
        Column("herfindahl", t("Herfindahl")),
    )
    rows = []
    for year in _shown(answer):
        spread = year.spread
        rows.append(
            (
                relayed(t, year.name),
                _compiler(year, t),
                f"{year.end.year}",
                _places(year, t),
                cell(year.world, t=t),
                cell(spread.top, t=t) if year.places else "",
                _rounded(spread.lead, t) if len(year.places) > 1 else "",
                _between(spread.low, spread.high, t) if year.places else "",
            )
        )
    named = [y for y in answer.investment if y.places]
    notes = (
        t(
            "Herfindahl: sum of squared country shares; from the unnamed rest in very many hands to all of it in one. "
            "Lines of different compilers do not add up: they count different deals. Rough: a row of low confidence."
        ),
        *gap_notes((y.world for y in named), t=t),
        *(_disputed(answer, t)),
        rests([*(p.amount for y in named for p in y.places), *(y.world for y in answer.investment)], t=t),
    )
    return Table(t("Investment in AI"), columns, tuple(rows), notes, t)


def _compiler(year: InvestmentYear, t: Words) -> str:
    """Who counted; not named where the row does not say, and marked where it is of low confidence."""
    who = year.compiler.replace("-", " ") or t("not named")
    return t("{compiler}, rough", compiler=who) if year.rough else who


def _shown(answer: Capital) -> list[InvestmentYear]:
    """All years by country; of world totals alone the newest of each kind and compiler."""
    found: list[InvestmentYear] = []
    for year in answer.investment:
        seen = any((y.kind, y.compiler) == (year.kind, year.compiler) for y in found)
        if year.places or not seen:
            found.append(year)
    return found


def _places(year: InvestmentYear, t: Words) -> str:
    return t.comma.join(f"{t.named(p.name)} {t.amount(p.amount.value)}" for p in year.places[:PLACES_SHOWN]) or t(
        "not by country"
    )


def _rounded(reading: Reading, t: Words) -> Cell:
    return float(f"{reading.value:.3g}") if isinstance(reading, Measure) else cell(reading, t=t)


def _between(low: Reading, high: Reading, t: Words) -> str:
    if isinstance(low, Measure) and isinstance(high, Measure):
        return f"{low.value:.2f}–{high.value:.2f}"
    return str(cell(low, t=t))


def _disputed(answer: Capital, t: Words) -> list[str]:
    lines = []
    for c in answer.disputed:
        others = t.comma.join(f"{f.value:,.0f} ({f.source})" for f in c.others)
        unit = t.meant(c.chosen.unit, c.chosen.unit.replace("_", " "))
        chosen = f"{c.chosen.value:,.0f} {unit} ({c.chosen.source})"
        lines.append(
            t(
                "Disputed: {entity} {metric} {year}: chosen {chosen}; also {others}.",
                entity=t.meant(c.key[0], t.called(answer.book, c.key[0])),
                metric=t.metric(answer.book, c.key[1]),
                year=c.key[3].year,
                chosen=chosen,
                others=others,
            )
        )
    return lines


def venture(answer: Capital, *, t: Words = ENGLISH) -> Table:
    """AI's part of venture capital as compilers give it."""
    columns = (
        Column("place", t("of venture capital in")),
        Column("compiler", t.meant("by", N_("compiled by"))),
        Column("period", t("period")),
        Column("share", t("AI's part"), Kind.PERCENT),
    )
    rows = tuple(
        (t.named(s.place), s.compiler or t("not named"), _period(s.share, t), s.share.value) for s in answer.venture
    )
    return Table(t("AI in venture capital"), columns, rows, (rests((s.share for s in answer.venture), t=t),), t)


def rounds(found: tuple[Round, ...], *, most: int = ROUNDS_SHOWN, t: Words = ENGLISH) -> Table:
    """Rounds by firm and date with the multiple of the run rate on the day."""
    columns = (
        Column("day", t("day"), Kind.DATE),
        Column("firm", t("firm")),
        Column("label", t("round"), wrap=True),
        Column("amount", t("size"), Kind.MONEY),
        Column("valuation", t("valuation"), Kind.MONEY),
        Column("run_rate", t("run rate"), Kind.MONEY),
        Column("days", t("days before"), Kind.COUNT),
        Column("multiple", t("times"), Kind.NUMBER),
        Column("status", t("status"), wrap=True),
    )
    shown = found[:most]
    rows = tuple(
        (
            r.day,
            t.named(r.name),
            relayed(t, r.label),
            cell(r.amount, t=t),
            cell(r.valuation, t=t),
            cell(r.run_rate, t=t),
            r.days_before,
            _rounded(r.multiple, t),
            relayed(t, r.status),
        )
        for r in shown
    )
    pre = [
        t("{firm} {day}: valuation before the money.", firm=t.named(r.name), day=r.day) for r in shown if r.pre_money
    ]
    stale = gap_notes((r.run_rate for r in shown if isinstance(r.run_rate, Gap) and "older" in r.run_rate.reason), t=t)
    more = [t("and {count} older ones; see --json", count=len(found) - most)] if len(found) > most else []
    notes = (
        t(
            "Size: as announced, paid or still to be paid. Times: valuation over the newest annualised revenue not "
            "later than the round; days before: its age. Closed: the firm says so in a filing or a release; reported: "
            "others do; part unpaid: its investors are known to have paid less than they agreed to; n/a: the book has "
            "no such figure."
        ),
        t("An IPO is before or after its costs, as the source has it.") if any(r.listed for r in shown) else "",
        *pre,
        *stale,
        *flag_notes((r.amount for r in shown), t=t),
        *more,
        rests((m for r in shown for m in (r.amount, r.valuation, r.run_rate)), t=t),
    )
    return Table(t("Funding rounds"), columns, rows, tuple(n for n in notes if n), t)


def by_year(answer: Capital, *, t: Words = ENGLISH) -> Table:
    """How concentrated the rounds of each year are."""
    columns = (
        Column("year", t("year")),
        Column("count", t("rounds"), Kind.COUNT),
        Column("total", t("agreed"), Kind.MONEY),
        Column("top", t("largest"), Kind.PERCENT),
        Column("five", t("five largest"), Kind.PERCENT),
        Column("herfindahl", t("Herfindahl"), Kind.NUMBER),
    )
    rows = tuple(
        (
            f"{y.year}",
            y.count,
            cell(y.total, t=t),
            cell(y.spread.top, t=t),
            cell(y.top_five, t=t),
            _rounded(y.spread.low, t),
        )
        for y in answer.by_year
    )
    notes = (
        t(
            "Rounds of the book whose size it knows, reported ones too, paid or still to be paid; offerings to the "
            "public are left out, and rounds that are still open."
        ),
    )
    return Table(t("How concentrated the rounds are"), columns, rows, notes, t)


def listings(found: tuple[Listing, ...], *, t: Words = ENGLISH) -> Table:
    """Issue price, first close and the price since, in the currency of trading."""
    columns = (
        Column("day", t("first day"), Kind.DATE),
        Column("firm", t("firm")),
        Column("currency", t.meant("in", N_("currency"))),
        Column("issue", t("issue price"), Kind.NUMBER),
        Column("first", t("first close"), Kind.NUMBER),
        Column("first_day", t("first day's return"), Kind.PERCENT),
        Column("last", t("last price"), Kind.NUMBER),
        Column("last_day", t.meant("of", N_("day")), Kind.DATE),
        Column("to_last", t("since issue"), Kind.PERCENT),
        Column("after", t("since first close"), Kind.PERCENT),
    )
    rows = tuple(
        (
            r.day,
            t.named(r.name),
            r.currency,
            r.issue.value,
            cell(r.first, t=t),
            cell(r.first_day, t=t),
            cell(r.last, t=t),
            r.last.end if isinstance(r.last, Measure) else None,
            cell(r.to_last, t=t),
            cell(r.after, t=t),
        )
        for r in found
    )
    notes = (
        t(
            "Returns without dividends, in the currency of trading, of different lengths: mind the day of the last "
            "price."
        ),
        *gap_notes((m for r in found for m in (r.first, r.last)), t=t),
        rests((m for r in found for m in (r.issue, r.first, r.last)), t=t),
    )
    return Table(t("Listings"), columns, rows, notes, t)


def lines(answer: Capital) -> Table:
    """Every round in full, for a file; money in USD million."""
    columns = (
        Column("firm", "firm"),
        Column("day", "day", Kind.DATE),
        Column("label", "round"),
        Column("status", "status"),
        Column("amount", "size", Kind.MONEY),
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
