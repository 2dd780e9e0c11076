"""In what two runs differ, as sentences: why a run cannot be continued, and what a comparison compares."""

from __future__ import annotations

from collections.abc import Iterator

from cardhouse.economy.many.fingerprint import canonical
from cardhouse.economy.many.manifest import Manifest

HASH_SHOWN = 12
TEXT_SHOWN = 60
BEFORE_CHANGE = 10
NAMES_SHOWN = 5
FOLLOWS = ("classes",)
"""Parts of a layout that follow from the rest: told only where nothing else says why the runs differ."""


def differences(a: Manifest, b: Manifest, *, here: str = "here", there: str = "in the folder") -> tuple[str, ...]:
    """Name each difference between two runs in a sentence; the day they were begun is none.

    Parameters
    ----------
    a, b : the two runs; ``here`` and ``there`` say which is which in the sentences.

    Returns
    -------
    Empty where both give the same numbers, and as many paths.
    """
    sentences = [
        f"{subject}: {shown_a} {here}, {shown_b} {there}"
        for (subject, x, shown_a), (_, y, shown_b) in zip(_fields(a), _fields(b), strict=True)
        if x != y
    ]
    if a.nodes != b.nodes:
        sentences.append(f"nodes: {_nodes(a, b, here, there)}")
    for key in sorted({*a.layout, *b.layout}):
        if key in FOLLOWS and sentences:
            continue
        x, y = (canonical(m.layout[key]) if key in m.layout else "nothing" for m in (a, b))
        if x != y:
            sentences.append(f"layout, {key}: {_around(x, y)} {here}, {_around(y, x)} {there}")
    return tuple(sentences)


def _fields(m: Manifest) -> Iterator[tuple[str, object, str]]:
    """Subject, what is compared, what is shown of it."""
    yield "format", m.format, str(m.format)
    yield "version", m.version, m.version
    yield "engine", m.engine, m.engine[:HASH_SHOWN]
    yield "book", (m.book_hash, m.book_date), f"{m.book_hash[:HASH_SHOWN]} of {m.book_date}"
    yield "scenario", m.scenario_hash, f"{m.scenario_name} ({m.scenario_hash[:HASH_SHOWN]})"
    yield "firmness", m.firmness, m.firmness
    yield "loss rates", m.case, m.case
    yield "quarters", m.windows, f"{len(m.windows)}, {m.windows[0]} to {m.windows[-1]},"
    yield "uncertainty", m.uncertainty, m.uncertainty[:HASH_SHOWN] or "none"
    yield "seed", m.seed, str(m.seed)
    yield "paths", m.paths, f"{m.paths:,}"
    yield "paths in a chunk", m.chunk, f"{m.chunk:,}"


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


def _around(text: str, other: str) -> str:
    """A text, or of a long one the piece where it begins to differ from the other."""
    if len(text) <= TEXT_SHOWN:
        return text
    same = next((i for i, (x, y) in enumerate(zip(text, other, strict=False)) if x != y), min(len(text), len(other)))
    begin = max(same - BEFORE_CHANGE, 0)
    end = begin + TEXT_SHOWN
    return f"{'...' if begin else ''}{text[begin:end]}{'...' if end < len(text) else ''}"
