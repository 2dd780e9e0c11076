"""Routes of the network: the map, a card pulled, all cards ranked."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from cardhouse.economy.cascade import Windows
from cardhouse.economy.contracts import Scope
from cardhouse.economy.inputs import Case
from cardhouse.economy.pull import Choices, Pull, pull_from, rank, read_cards
from cardhouse.views import payload
from cardhouse.views import pull as view
from cardhouse.views.charts import pull as charts
from cardhouse.views.map import Drawing, Link, Mark, Standing, draw_map, lay_out, links
from cardhouse.views.picture import standing
from cardhouse.views.words import Words
from cardhouse.web.api.common import (
    ERRORS,
    FILE_ERRORS,
    NOBODY,
    Day,
    Firmness,
    Horizon,
    Json,
    Kept,
    Said,
    Short,
    charts_json,
    table_json,
    tables_json,
)
from cardhouse.web.shelf import Shelf

router = APIRouter(tags=["network"], responses=ERRORS)
MOST_CARDS = 8


class Svg(Response):
    """A picture as a file."""

    media_type = "image/svg+xml"


Cards = Annotated[list[Short], Query(min_length=1, max_length=MOST_CARDS, description="Firms to pull.")]
Shown = Annotated[
    list[Standing], Query(alias="standing", max_length=len(Standing), description="Links shown, by how firm they are.")
]
Boxes = Annotated[int, Query(ge=4, le=200, alias="most", description="Organisations shown.")]
STANDINGS = [Standing.PAID, Standing.BINDING, Standing.REPORTED, Standing.LETTER]


@router.get("/map")
def network_map(shelf: Kept, t: Said, as_of: Day = None, shown: Shown = STANDINGS, most: Boxes = 48) -> Json:
    """The map of ties: SVG for the page, boxes and links as data."""
    drawing, found, boxes = _drawn(shelf, t, as_of, shown, most)
    return {
        "book_date": shelf.book(as_of).date.isoformat(),
        "svg": drawing.inline(),
        "title": drawing.title,
        "alt": drawing.alt,
        "caption": drawing.caption.line(),
        "boxes": boxes,
        "links": [
            {
                "from": x.payer,
                "to": x.payee,
                "flow": x.flow.value,
                "standing": x.standing.value,
                "amount": x.amount,
                "ties": list(x.ties),
            }
            for x in found
        ],
    }


@router.get("/map.svg", response_class=Svg, responses=FILE_ERRORS)
def map_svg(
    shelf: Kept,
    t: Said,
    as_of: Day = None,
    shown: Shown = STANDINGS,
    most: Boxes = 48,
    card: Annotated[list[Short], Query(max_length=MOST_CARDS)] = NOBODY,
) -> Response:
    """The map as a file, with title and caption; after a pull where cards are named."""
    marks = _marks(_pulled(shelf, card, as_of, Choices()), t) if card else {}
    drawing, _, _ = _drawn(shelf, t, as_of, shown, most, marks=marks)
    return Svg(drawing.svg())


def _drawn(
    shelf: Shelf, t: Words, as_of: Day, shown: list[Standing], most: int, *, marks: dict[str, Mark] | None = None
) -> tuple[Drawing, tuple[Link, ...], Json]:
    book = shelf.book(as_of)
    t = t.about(book)
    found = links(book, frozenset(shown))
    layout = lay_out(book, found, most=most)
    ties = ", ".join(t(s.value) for s in Standing if s in shown)
    caption = standing(t, book.date.isoformat(), "", {}, ties=ties)
    drawing = draw_map(book, found, layout, t, caption, marks=marks)
    boxes = {
        b.who: {"name": t.called(book, b.who), "layer": b.layer.value, "x": b.x, "y": b.y, "through": b.through}
        for b in layout.boxes.values()
    }
    return drawing, found, boxes


@router.get("/pull")
def pull(
    card: Cards,
    shelf: Kept,
    t: Said,
    as_of: Day = None,
    pays: Annotated[float, Query(ge=0.0, lt=1.0, description="Share of its dues that a card still pays.")] = 0.0,
    horizon: Horizon = 4,
    firmness: Firmness = Scope.ACTIVE,
    windows: Windows = Windows.SOLVENT,
    rollover: bool = True,
) -> Json:
    """Pull cards: who loses what, round by round."""
    choices = Choices(horizon=horizon, pays=pays, rollover=rollover, windows=windows, scope=firmness)
    answer = _pulled(shelf, card, as_of, choices)
    return {
        **payload.pull(answer),
        "headline": view.headline(answer, t=t),
        "marks": {who: {"text": m.text, "fell": m.fell} for who, m in _marks(answer, t).items()},
        "charts": charts_json((charts.losses(answer, t), charts.borne(answer, t))),
        "tables": tables_json(
            [
                view.rounds(answer, t=t),
                view.firm_losses(answer, t=t),
                view.borne(answer, t=t),
                view.grouped(answer, t=t),
                view.provenance(answer, t=t),
            ]
        ),
    }


def _pulled(shelf: Shelf, cards: list[str], as_of: Day, choices: Choices) -> Pull:
    openings = shelf.openings(as_of, choices.horizon, choices.scope)
    return pull_from(openings, read_cards(openings[Case.CENTRAL], cards, choices), choices)


def _marks(answer: Pull, t: Words) -> dict[str, Mark]:
    """What to write into whose box."""
    lost = answer.losses
    marks = {firm: Mark(f"-{t.amount(sum(lost.of(firm).values()))}") for firm in lost.firms()}
    rounds = {firm: t("falls, round {number}", number=n) for firm, n in answer.fall.state.fallen.items()}
    return {
        **marks,
        **{firm: Mark(text, fell=True) for firm, text in rounds.items()},
        **{firm: Mark(t("pulled"), fell=True) for firm in answer.cards},
    }


@router.get("/ranking")
def ranking(shelf: Kept, t: Said, as_of: Day = None, horizon: Horizon = 4, firmness: Firmness = Scope.ACTIVE) -> Json:
    """Every tested firm by what its fall costs others."""
    book, choices = shelf.book(as_of), Choices(horizon=horizon, scope=firmness)
    rows = shelf.keep(("ranking", as_of, choices), lambda: rank(book, choices))
    opening = shelf.openings(as_of, horizon, firmness)[Case.CENTRAL]
    return {**payload.ranking(rows, opening, choices), "table": table_json(view.ranking(rows, opening, t=t))}
