"""Imports run one way: a room knows only the rooms below it. Read from the source, nothing is run."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src" / "cardhouse"

ALLOWED = {
    "book": set(),
    "network": set(),
    "market": set(),
    "article": {"book"},
    "economy": {"book", "network"},
    "lenses": {"book", "network", "economy"},
    "sources": {"book"},
    "views": {"book", "economy", "lenses", "market", "article"},
    "web": {"book", "economy", "lenses", "market", "article", "views"},
    "cli": {"book", "economy", "lenses", "market", "article", "sources", "views", "web"},
}
"""What each room may import beside itself and ``cardhouse.errors``; the design's arrows."""


def rooms() -> list[str]:
    return sorted(p.name for p in SOURCE.iterdir() if p.is_dir() and any(p.glob("*.py")))


def imported_rooms(file: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{file.name}: relative import"
            names = [
                f"{node.module}.{alias.name}" if node.module == "cardhouse" else node.module for alias in node.names
            ]
        found |= {name.split(".")[1] for name in names if name.startswith("cardhouse.")}
    return found - {"errors", "__version__"}


def test_every_room_has_its_rule() -> None:
    assert set(rooms()) <= set(ALLOWED)


@pytest.mark.parametrize("room", sorted(ALLOWED))
def test_a_room_imports_only_the_rooms_below_it(room: str) -> None:
    for file in sorted((SOURCE / room).rglob("*.py")):  # a room that is not there yet breaks no rule
        extra = imported_rooms(file) - ALLOWED[room] - {room}
        assert not extra, f"{file.relative_to(SOURCE)} imports {', '.join(sorted(extra))}"


def test_the_error_tree_imports_only_the_standard_library() -> None:
    assert imported_rooms(SOURCE / "errors.py") == set()
