"""Routes of the lenses: money, accounts, value, chain, concentration, peers, capital, countries, frontier."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query

from cardhouse.economy.contracts import Scope
from cardhouse.errors import InputError
from cardhouse.lenses.chain import By
from cardhouse.views.table import Table
from cardhouse.web.api.common import ERRORS, LONGEST_NAME, NOBODY, Day, Firmness, Json, Kept, Name, Names, One, Said
from cardhouse.web.api.lens import lens_json

router = APIRouter(tags=["lenses"], responses=ERRORS)
Share = Annotated[float | None, Query(ge=-0.99, le=10.0, description="A fraction: 0.3 is 30 %.")]


@router.get("/money/{firm}")
def money(firm: One, shelf: Kept, t: Said, as_of: Day = None, firmness: Firmness = Scope.ACTIVE) -> Json:
    """Follow the money of a firm: whose it was, through whom it came, rings, backlog; the streams as SVG."""
    from cardhouse.lenses.money import money as answer_of
    from cardhouse.views import money as view
    from cardhouse.views import money_backlog, money_rings
    from cardhouse.views.charts.money import sources
    from cardhouse.views.flow_svg import draw_flow

    book = shelf.book(as_of)
    t = t.about(book)
    answer = answer_of(book, firm, scope=firmness)
    drawing = draw_flow(answer, t)
    words = t("Closed only by letters or lapsed ties ({unit})", unit=t.money_unit)
    parts = (
        view.whose(answer, t=t),
        view.entered(answer, t=t),
        view.through(answer, t=t),
        view.links(answer, t=t),
        money_rings.ring_table(book, answer.rings, t("Rings through it ({unit})", unit=t.money_unit), t=t),
        money_rings.ring_table(book, answer.words, words, words=True, t=t),
        money_backlog.depends(answer, t=t),
        money_backlog.kinds(answer, t=t),
    )
    said = lens_json(book, parts, answer, headline=view.headlined(answer, t=t), charts=[sources(answer, t)])
    if drawing is None:
        return {**said, "flow": None}
    picture = {"svg": drawing.inline(), "file": drawing.svg(), "title": drawing.title, "alt": drawing.alt}
    return {**said, "flow": {**picture, "caption": drawing.caption.line()}}


@router.get("/money")
def everybodys_money(shelf: Kept, t: Said, as_of: Day = None, firmness: Firmness = Scope.ACTIVE) -> Json:
    """The money of all firms, the rings it goes round in, and how much only goes round."""
    from cardhouse.lenses.money import follow, whole
    from cardhouse.lenses.money.rings import counted, rings
    from cardhouse.views import money_rings
    from cardhouse.views import money_whole as view
    from cardhouse.views.charts.money import everyone

    book = shelf.book(as_of)
    t = t.about(book)
    following = follow(book, scope=firmness)
    answer, found = whole(following), rings(following)
    parts = (
        view.firms(book, answer, t=t),
        view.totals(answer, t=t),
        view.years(answer, t=t),
        money_rings.ring_table(book, counted(found), t("Rings ({unit})", unit=t.money_unit), t=t),
        view.chance(answer, t=t),
        view.doubled(book, answer, t=t),
    )
    drawn = [everyone(answer, book, t)]
    return lens_json(book, parts, {"rings": found}, headline=[view.headline(book, answer, t=t)], charts=drawn)


@router.get("/restate")
def restate(
    shelf: Kept,
    t: Said,
    firm: Names = NOBODY,
    life: Annotated[float | None, Query(ge=0.5, le=14.0, description="Years; the life that rents give.")] = None,
    full_first_year: bool = False,
    as_of: Day = None,
) -> Json:
    """Accounts at a common life of servers: one firm in depth, several or all side by side."""
    from cardhouse.lenses.accounts import restate as answer_of
    from cardhouse.views import restate as view
    from cardhouse.views import restate_firm as deep
    from cardhouse.views import restate_lines as more
    from cardhouse.views.charts.restate import income, margins

    book = shelf.book(as_of)
    t = t.about(book)
    firms = tuple(dict.fromkeys(book.resolve(name).id for name in firm))
    answer = shelf.keep(
        ("restate", as_of, firms, life, full_first_year),
        lambda: answer_of(book, firms, life=life, full_year=full_first_year),
    )
    main = (
        [x for f in answer.firms for x in deep.deep(answer, f, book, t=t)]
        if firms
        else view.side_by_side(answer, book, t=t)
    )
    rest = [of(answer.firms, book, t=t) for of in (more.off_sheet, more.cash, more.gains, more.changes, more.implied)]
    drawn = [income(answer, book, f.firm, t) for f in answer.firms] if firms else [margins(answer, book, t)]
    return lens_json(book, [*main, *rest], answer, headline=view.headline(answer, t=t), charts=drawn)


@router.get("/value/{firm}")
def value(
    firm: One,
    shelf: Kept,
    t: Said,
    discount_rate: Share = None,
    margin: Share = None,
    growth: Share = None,
    drawdown: Annotated[float | None, Query(ge=0.0, lt=1.0, description="Fall of market multiples.")] = None,
    as_of: Day = None,
) -> Json:
    """Growth and margin that a firm's price asks for, multiples, and what a fall of them does."""
    from cardhouse.lenses.value import Given, given_fall, past_fall, value_of
    from cardhouse.views import value as view
    from cardhouse.views import value_together as together
    from cardhouse.views.charts.value import implied
    from cardhouse.views.value_payload import payload

    book = shelf.book(as_of)
    t = t.about(book)
    fall = past_fall(book, "nasdaq-2002") if drawdown is None else given_fall(drawdown, book.date)
    answer = value_of(
        book, (firm,), given=Given(rate=discount_rate, margin=margin, growth=growth), fall=fall, past=False
    )
    one = answer.firms[0]
    solved = (view.by_rate(one, t=t), view.frontier(one, t=t), view.moved(one, t=t)) if one.implied.solvable else ()
    parts = (
        view.bridge(one, t=t),
        view.multiples(one, t=t) if one.priced else None,
        *solved,
        view.expected(answer, one, t=t),
        view.stakes(answer, one, t=t),
        "\n".join(together.fall_lines(answer, t=t)),
        together.falls(answer, {one.firm}, t=t),
        together.collateral(answer, {one.firm}, t=t),
    )
    drawn = [implied(one, book, t)] if one.implied.solvable else []
    return lens_json(book, parts, payload(answer), headline=view.headline(one, t=t), charts=drawn)


@router.get("/chain")
def chain(
    shelf: Kept, t: Said, by: By = By.LAYER, last: Annotated[int, Query(ge=1, le=24)] = 6, as_of: Day = None
) -> Json:
    """The chain from chips to applications by quarter: revenue, spending, backlog, margin, debt, tokens."""
    from cardhouse.lenses.chain import chain as answer_of
    from cardhouse.views import chain as view
    from cardhouse.views import chain_use as use
    from cardhouse.views.charts.chain import growth

    book = shelf.book(as_of)
    t = t.about(book)
    answer = shelf.keep(("chain", as_of, by, last), lambda: answer_of(book, by, last=last))
    uses = (use.growth(answer, t=t), use.points(answer, t=t), use.enterprise(answer.spending, t=t))
    parts: list[Table | str] = [*view.tables(answer, t=t), *view.below(answer, t=t), *uses]
    said = [view.headline(answer, t=t), use.sentence(answer.uses, t=t)]
    return lens_json(book, parts, view.payload(answer), headline=said, charts=[growth(answer, t)])


@router.get("/concentration/{firm}")
def concentration(firm: One, shelf: Kept, t: Said, as_of: Day = None, firmness: Firmness = Scope.ACTIVE) -> Json:
    """How much of a firm hangs on few customers, and for how long they are bound."""
    from cardhouse.lenses.concentration import concentration as answer_of
    from cardhouse.views import concentration as view

    book = shelf.book(as_of)
    t = t.about(book)
    answer = answer_of(book, firm, scope=firmness)
    parts = (view.reported(answer, t=t), view.implied(answer, t=t), view.backlog(answer, t=t), view.terms(answer, t=t))
    return lens_json(book, parts, answer, headline=view.headline(answer, t=t))


@router.get("/concentration")
def everybodys_concentration(shelf: Kept, t: Said, as_of: Day = None, firmness: Firmness = Scope.ACTIVE) -> Json:
    """Largest customer, five largest and Herfindahl index of every firm that says them."""
    from cardhouse.lenses.concentration import everybody
    from cardhouse.views import concentration as view

    book = shelf.book(as_of)
    t = t.about(book)
    rows = everybody(book, scope=firmness)
    return lens_json(book, [view.everybody(book, rows, t=t)], rows)


@router.get("/peers")
def peers(
    shelf: Kept,
    t: Said,
    firm: Names = NOBODY,
    layer: Annotated[str, Query(max_length=LONGEST_NAME, description="Only firms of this layer.")] = "",
    camp: Annotated[str, Query(max_length=LONGEST_NAME, description="Only firms of this camp.")] = "",
    as_of: Day = None,
) -> Json:
    """Growth, margins, research, receivables, cash and runway of firms side by side."""
    from cardhouse.lenses.peers import peers as answer_of
    from cardhouse.views import peers as view
    from cardhouse.views.peers_notes import notes

    book = shelf.book(as_of)
    t = t.about(book)
    answer = answer_of(book, firm, layer=layer, camp=camp)
    tables = (view.sales(answer, t=t), view.strength(answer, t=t)) if answer.rows else ()
    return lens_json(book, (*tables, *notes(answer, t=t)), view.payload(answer))


@router.get("/capital")
def capital(shelf: Kept, t: Said, firm: Name = "", after: date | None = None, as_of: Day = None) -> Json:
    """Investment by country, rounds and listings; of one firm, its rounds and what a dollar is spent on."""
    from cardhouse.lenses.capital import capital as everybodys
    from cardhouse.lenses.capital import capital_of
    from cardhouse.views import capital as view
    from cardhouse.views import capital_firm
    from cardhouse.views.charts.capital import investment

    book = shelf.book(as_of)
    t = t.about(book)
    if firm:
        one = capital_of(book, firm, after=after)
        listing = [view.listings((one.listing,), t=t)] if one.listing else []
        parts = [view.rounds(one.rounds, t=t), capital_firm.pledges(one, t=t), *listing, *capital_firm.spent(one, t=t)]
        return lens_json(book, parts, one, headline=capital_firm.promises(one, t=t))
    if after is not None:
        raise InputError("after needs a firm; name one, for example firm=openai")
    answer = shelf.keep(("capital", as_of), lambda: everybodys(book))
    main = (
        view.investment(answer, t=t),
        view.venture(answer, t=t),
        view.rounds(answer.rounds, t=t),
        view.by_year(answer, t=t),
    )
    tables = (*main, *([view.listings(answer.listings, t=t)] if answer.listings else []))
    drawn = [investment(year, book, t) for year in answer.investment[:1]]
    return lens_json(book, tables, answer, headline=view.headline(answer, t=t), charts=drawn)


@router.get("/country")
def country(
    shelf: Kept,
    t: Said,
    name: Names = NOBODY,
    as_of: Day = None,
) -> Json:
    """Countries side by side: computing, power, chips, money, talent, growth; us and cn where none is named."""
    from cardhouse.lenses.country import compare
    from cardhouse.views import country as view
    from cardhouse.views.charts.country import ratios

    book = shelf.book(as_of)
    t = t.about(book)
    answer = compare(book, tuple(name) or ("us", "cn"))
    drawn = [ratios(answer, t)] if len(answer.countries) == 2 else []
    parts = (view.table(answer, t=t), view.firms(answer, t=t))
    return lens_json(book, parts, answer, headline=view.headline(answer, t=t), charts=drawn)


@router.get("/frontier")
def frontier(
    shelf: Kept,
    t: Said,
    level: Names = NOBODY,
    as_of: Day = None,
) -> Json:
    """Price per million tokens at a stated capability by date; how many months open models are behind."""
    from cardhouse.lenses.frontier import frontier as answer_of
    from cardhouse.views import frontier as view
    from cardhouse.views.charts.frontier import prices

    book = shelf.book(as_of)
    t = t.about(book)
    answer = shelf.keep(("frontier", as_of, tuple(level)), lambda: answer_of(book, levels=level))
    parts = (view.levels(answer, t=t), view.falls(answer, t=t), view.behind(answer, t=t), view.matched(answer, t=t))
    return lens_json(book, parts, answer, headline=view.headline(answer, t=t), charts=[prices(answer, t)])
