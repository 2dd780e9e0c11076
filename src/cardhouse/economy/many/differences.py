"""In what two runs differ, as sentences: why a run cannot be continued, and what a comparison compares.

A person can act on what a sentence says: it names the option of the command, or the rows, that are not the same. The
hashes that the runs are told apart by say nothing and are not shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cardhouse.economy.many.fingerprint import canonical
from cardhouse.economy.many.manifest import Manifest

NAMES_SHOWN = 5
OPTIONS = ("vary", "openings")
"""Parts of a layout that a user chose."""
PARTS = {
    "classes": "where figures are counted",
    "groups": "layers and camps",
    "full": "tested firms",
    "measures": "figures kept of firms",
    "world_measures": "figures kept of the world",
    "kinds": "kinds of losses",
    "causes": "causes of a fall",
    "lanes": "paths in a block",
}
"""Parts of a layout in words; they follow from the book and the program."""


@dataclass(frozen=True, slots=True)
class _Field:
    """One thing that two runs may differ in: what it is called, its value in each, how it is shown.

    Nothing is ``shown`` of what is long or a hash. What ``follows`` from something else that differs is told only
    where nothing else is.
    """

    subject: str
    values: tuple[object, object]
    shown: tuple[str, str] | None = None
    follows: bool = False


def differences(a: Manifest, b: Manifest, *, here: str = "here", there: str = "in the folder") -> tuple[str, ...]:
    """Name each difference between two runs in a sentence; the day they were begun is none.

    Parameters
    ----------
    a, b : the two runs; ``here`` and ``there`` say which is which in the sentences.

    Returns
    -------
    Empty where both give the same numbers, and as many paths.
    """
    differ = [field for field in _fields(a, b) if field.values[0] != field.values[1]]
    sentences = [_told(field, here, there) for field in differ if not field.follows]
    if a.nodes != b.nodes:
        sentences.append(f"nodes: {_nodes(a, b, here, there)}")
    return tuple(sentences or [_told(field, here, there) for field in differ])


def _told(field: _Field, here: str, there: str) -> str:
    if field.shown is None:
        return f"{field.subject}: not the same {here} and {there}"
    return f"{field.subject}: {field.shown[0]} {here}, {field.shown[1]} {there}"


def _fields(a: Manifest, b: Manifest) -> Iterator[_Field]:
    """Everything but the nodes: what a user chose first."""
    yield _plain("format", a.format, b.format)
    yield _plain("version", a.version, b.version)
    yield _Field("code of the engine", (a.engine, b.engine))
    yield _plain("opening of the book", a.book_date, b.book_date)
    yield _Field("rows of the book", (a.book_hash, b.book_hash), follows=a.book_date != b.book_date)
    yield _scenario(a, b)
    yield _plain("--firmness", a.firmness, b.firmness)
    yield _plain("loss rates", a.case, b.case)
    spans = (f"{len(m.windows)}, {m.windows[0]} to {m.windows[-1]}," for m in (a, b))
    yield _Field("quarters", (a.windows, b.windows), (next(spans), next(spans)))
    vary, openings = ([m.layout.get(key, "not said") for m in (a, b)] for key in OPTIONS)
    yield _plain("--vary", *vary)
    yield _plain("--openings", *openings, follows=vary[0] != vary[1])
    yield _plain("seed", a.seed, b.seed)
    yield _plain("paths", f"{a.paths:,}", f"{b.paths:,}")
    yield _plain("paths in a chunk", f"{a.chunk:,}", f"{b.chunk:,}")
    drawn_from = [
        (m.book_hash, m.engine, m.version, m.firmness, m.case, m.windows, *(m.layout.get(key) for key in OPTIONS))
        for m in (a, b)
    ]
    follows = drawn_from[0] != drawn_from[1]
    yield _Field("chances, or draws of assumptions", (a.uncertainty, b.uncertainty), follows=follows)
    for key in sorted({*a.layout, *b.layout} - {*OPTIONS}):
        x, y = (canonical(m.layout[key]) if key in m.layout else "" for m in (a, b))
        yield _Field(PARTS.get(key, key), (x, y), follows=True)


def _plain(subject: str, x: object, y: object, *, follows: bool = False) -> _Field:
    return _Field(subject, (x, y), (str(x), str(y)), follows)


def _scenario(a: Manifest, b: Manifest) -> _Field:
    """Scenarios by their names; two of one name differ in what they do."""
    hashes = (a.scenario_hash, b.scenario_hash)
    if a.scenario_name == b.scenario_name:
        return _Field("what the scenario does", hashes)
    return _Field("scenario", hashes, (a.scenario_name, b.scenario_name))


def _nodes(a: Manifest, b: Manifest, here: str, there: str) -> str:
    only = [[node for node in x.nodes if node not in set(y.nodes)] for x, y in ((a, b), (b, a))]
    if not any(only):
        return f"the same {len(a.nodes)} {here} and {there}, in another order"
    told = [f"{len(a.nodes)} {here}, {len(b.nodes)} {there}"]
    for names, place in zip(only, (here, there), strict=True):
        if names:
            more = f" and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else ""
            told.append(f"only {place}: {', '.join(names[:NAMES_SHOWN])}{more}")
    return "; ".join(told)
