"""Which firms stand in the company table."""

from __future__ import annotations

from collections.abc import Sequence

from cardhouse.book import Book, Layer
from cardhouse.book.faults import near
from cardhouse.economy.nodes import groups
from cardhouse.economy.window import window_after
from cardhouse.errors import InputError

LAYERS = (Layer.CLOUD, Layer.MODEL, Layer.APPLICATION)
"""Layers that sell AI to those who use it; shown where nobody asks for others."""


def chosen(book: Book, names: Sequence[str] = (), *, layer: str = "", camp: str = "") -> tuple[str, ...]:
    """Ids of the firms asked for, each once, in the order asked; without names all that fit layer and camp.

    A firm that another bought whole is inside its owner and stands here only where it is asked for.

    Without any wish: the clouds, the laboratories and the applications.

    Raises
    ------
    UnknownName : a name that no firm answers to.
    InputError : no such layer or camp, or no firm with revenue in the book fits both.
    """
    asked = [book.resolve(name) for name in names]
    _known("layer", layer, [kind.value for kind in Layer])
    _known("camp", camp, sorted({firm.camp for firm in book.firms.values()}))
    inside = groups(book, window_after(book.date, 1)).node_of
    pool = asked or [f for f in book.firms.values() if f.id not in inside and book.chosen(f.id, "revenue")]
    layers = [Layer(layer)] if layer else list(Layer) if asked or camp else list(LAYERS)
    fit = [firm.id for firm in pool if firm.layer in layers and camp in ("", firm.camp)]
    if not fit:
        wish = " and ".join(filter(None, (layer and f"layer {layer}", camp and f"camp {camp}")))
        who = "none of these firms" if asked else "no firm with revenue in the book"
        raise InputError(f"{who} is of {wish}; expected a layer and a camp that go together; leave one out")
    return tuple(dict.fromkeys(fit))


def _known(what: str, given: str, values: Sequence[str]) -> None:
    if given and given not in values:
        raise InputError(
            f"no {what} is called {given!r}; expected one of {', '.join(values)}; {near(given, values) or 'see --help'}"
        )
