"""The streams of :mod:`cardhouse.views.flow` as SVG: boxes in columns, bands as wide as the money in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape

from cardhouse.book import Book
from cardhouse.lenses.money import Money, Period, Source
from cardhouse.lenses.money.mix import Mix
from cardhouse.views.flow import CLASSES, OWN, REST, Flow, Place, Stream, flow_of
from cardhouse.views.map.legend import INK
from cardhouse.views.map.svg import Drawing
from cardhouse.views.picture import Caption, columns, standing, wrapped
from cardhouse.views.words import Words

WIDTH, TALL, TOP, BOTTOM = 960.0, 380.0, 14.0, 10.0
BOX, GAP, LEFT, RIGHT = 13.0, 24.0, 8.0, 150.0
"""Width of a box, room between two, and what stands free at the sides for names."""
THINNEST = 0.8
COLOURS = {
    Source.CUSTOMERS.value: "#1b6ca8",
    Source.LENDERS.value: "#d1495b",
    Source.SHAREHOLDERS.value: "#3c8d5a",
    Source.CASH.value: "#e09f3e",
    Source.UNKNOWN.value: "#8b949a",
    OWN: "#7b5ea7",
    REST: "#c3c8cc",
}
LEAST_LETTER = 11.0
"""Width of a band from which on the letter of its class stands in it, so that colour is not needed."""


@dataclass(frozen=True, slots=True)
class _Box:
    """Where a box stands."""

    x: float
    y: float
    height: float


def draw_flow(answer: Money, t: Words) -> Drawing | None:
    """Whose money paid the firm in the last year; None where nothing is known of it."""
    flow, mix = flow_of(answer), answer.mixes[Period.PAID]
    if flow is None or not isinstance(mix, Mix):
        return None
    book, name = answer.book, t.called(answer.book, flow.firm)
    title = t("Whose money paid {firm} in the year to {date}", firm=name, date=mix.end or answer.book.date)
    caption = _caption(answer, mix, t)
    body, height = _drawn(flow, book, t)
    return Drawing(f"flow-{flow.firm}", title, caption, _told(mix, name, t), body, WIDTH, height)


def _caption(answer: Money, mix: Mix, t: Words) -> Caption:
    unit = t("100 dollars are {amount}", amount=t.money(mix.amount.value))
    ties = t("payments of the last year")
    return standing(t, answer.book.date.isoformat(), "", mix.own.rests_on, unit=unit, ties=ties)


def kinds(t: Words) -> dict[str, str]:
    """Classes of money in words."""
    return {
        Source.CUSTOMERS.value: t("end customers"),
        Source.LENDERS.value: t("lenders"),
        Source.SHAREHOLDERS.value: t("outside shareholders"),
        Source.CASH.value: t("cash in hand"),
        Source.UNKNOWN.value: t("unknown"),
        OWN: t("its own money come back"),
        REST: t("smaller chains and what goes round"),
    }


def _told(mix: Mix, name: str, t: Words) -> str:
    """The picture in words."""
    words = kinds(t)
    parts = [(words[s.value], m.value) for s, m in mix.sources.items()] + [(words[OWN], mix.own.value)]
    shares = [f"{what} {100 * part:.1f}" for what, part in parts if part >= 0.0005]
    return t("Of 100 dollars paid to {firm}: {parts}.", firm=name, parts=t.listed(shares))


def _drawn(flow: Flow, book: Book, t: Words) -> tuple[str, float]:
    boxes, scale = _placed(flow)
    bottom = max(box.y + box.height for box in boxes.values())
    bands = "".join(_bands(flow, boxes, scale, book, t))
    labels = "".join(_label(flow, place, box, book, t) for place, box in boxes.items())
    return f"{bands}{labels}", bottom + BOTTOM


def _placed(flow: Flow) -> tuple[dict[Place, _Box], float]:
    """Columns from left to right; in each the boxes with most money at the top, classes in their order."""
    places = flow.places()
    last = max(p.steps for p in places)
    rows = {steps: [p for p in places if p.steps == steps] for steps in range(last, -1, -1)}
    most = max(len(row) for row in rows.values())
    scale = max(TALL - GAP * (most - 1), TALL / 3) / flow.amount
    boxes: dict[Place, _Box] = {}
    for steps, row in rows.items():
        x = LEFT + (last - steps) * (WIDTH - LEFT - RIGHT - BOX) / max(last, 1)
        ranked = sorted(row, key=lambda p: CLASSES.index(p.who) if steps == last else -flow.out_of(p))
        y = TOP
        for place in ranked:
            height = max(flow.into(place), flow.out_of(place)) * scale
            boxes[place] = _Box(x, y, max(height, THINNEST))
            y += height + GAP
    return boxes, scale


def _bands(flow: Flow, boxes: Mapping[Place, _Box], scale: float, book: Book, t: Words) -> Iterable[str]:
    """One band a stream; at each box they lie on each other in the order of where they come from or go to."""
    starts = _stacked(flow.streams, boxes, scale, into=False)
    ends = _stacked(flow.streams, boxes, scale, into=True)
    words = kinds(t)
    for stream in flow.streams:
        a, b = boxes[stream.start], boxes[stream.end]
        wide = max(stream.amount * scale, THINNEST)
        x1, x2, y1, y2 = a.x + BOX, b.x, starts[stream], ends[stream]
        half = (x2 - x1) / 2
        told = t(
            "{kind} through {start} to {end}: {amount}",
            kind=words[stream.kind],
            start=words.get(stream.start.who) or t.called(book, stream.start.who),
            end=t.called(book, stream.end.who),
            amount=t.money(stream.amount),
        )
        yield (
            f'<path class="band" d="M{x1:.1f} {y1:.1f}C{x1 + half:.1f} {y1:.1f} {x2 - half:.1f} {y2:.1f} {x2:.1f} '
            f"{y2:.1f}V{y2 + wide:.1f}C{x2 - half:.1f} {y2 + wide:.1f} {x1 + half:.1f} {y1 + wide:.1f} {x1:.1f} "
            f'{y1 + wide:.1f}Z" fill="{COLOURS[stream.kind]}" fill-opacity=".55"><title>{escape(told)}</title></path>'
        )
        if wide >= LEAST_LETTER:
            yield (
                f'<text x="{x2 - 9:.1f}" y="{y2 + wide / 2 + 3.5:.1f}" font-size="10" text-anchor="end" '
                f'fill="{INK}" aria-hidden="true">{_letter(stream.kind)}</text>'
            )


def _stacked(
    streams: Iterable[Stream], boxes: Mapping[Place, _Box], scale: float, *, into: bool
) -> dict[Stream, float]:
    """Where each stream begins at its box, or ends at it."""

    def order(s: Stream) -> tuple[float, float, int]:
        other = boxes[s.start if into else s.end]
        return (other.y, other.x, CLASSES.index(s.kind))

    at = {place: box.y for place, box in boxes.items()}
    found: dict[Stream, float] = {}
    for stream in sorted(streams, key=order):
        place = stream.end if into else stream.start
        found[stream] = at[place]
        at[place] += stream.amount * scale
    return found


def _letter(kind: str) -> str:
    return chr(ord("A") + CLASSES.index(kind))


def _label(flow: Flow, place: Place, box: _Box, book: Book, t: Words) -> str:
    """A box with its name and its dollars of 100 to the right of it."""
    kind = place.who if place.who in CLASSES else ""
    name = f"{_letter(kind)} {kinds(t)[kind]}" if kind else t.called(book, place.who)
    share = 100.0 * max(flow.into(place), flow.out_of(place)) / flow.amount
    dollars = f"{share:.1f}" if share >= 0.05 else "<0.1"
    colour = COLOURS[kind] if kind else "#44505a"
    lines = wrapped(f"{name} {dollars}", 27) if columns(name) > 22 else [f"{name} {dollars}"]
    y = box.y + min(box.height / 2, 60.0) + 4.0 - 6.5 * (len(lines) - 1)
    texts = "".join(
        f'<tspan x="{box.x + BOX + 5:.1f}" y="{y + 13.0 * n:.1f}">{escape(line)}</tspan>'
        for n, line in enumerate(lines)
    )
    return (
        f'<g><title>{escape(f"{name}: {dollars}")}</title><rect x="{box.x:.1f}" y="{box.y:.1f}" width="{BOX:.0f}" '
        f'height="{box.height:.1f}" fill="{colour}"/><text font-size="11.5" fill="{INK}" paint-order="stroke" '
        f'stroke="#fff" stroke-width="3" stroke-opacity=".8">{texts}</text></g>'
    )
