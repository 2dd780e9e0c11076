"""The texts that have to be translated: the literals of ``t("...")`` in the package and in the scripts of the pages."""

from __future__ import annotations

import ast
import re
from functools import lru_cache
from pathlib import Path

PACKAGE = Path(__file__).parent.parent
PAGES = Path(__file__).parent / "pages"
_CALL = re.compile(r"""\bt\(\s*"((?:[^"\\]|\\.)*)\"""")


@lru_cache(maxsize=1)
def page_texts() -> tuple[str, ...]:
    """Those of the pages, sorted, each once."""
    return tuple(sorted({text for texts in _of_pages().values() for text in texts}))


def all_texts() -> dict[str, list[str]]:
    """All texts, with the files that they stand in, relative to the package."""
    found: dict[str, list[str]] = {}
    for file, texts in (_of_package() | _of_pages()).items():
        for text in texts:
            found.setdefault(text, []).append(file)
    return found


def _of_pages() -> dict[str, set[str]]:
    found = {}
    for file in sorted(PAGES.glob("*.js")):
        texts = {_unquoted(match.group(1)) for match in _CALL.finditer(file.read_text(encoding="utf-8"))}
        found[str(file.relative_to(PACKAGE))] = texts
    return found


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def _of_package() -> dict[str, set[str]]:
    found = {}
    for file in sorted(PACKAGE.rglob("*.py")):
        source = file.read_text(encoding="utf-8")
        texts = {text for node in ast.walk(ast.parse(source)) if (text := _called(node)) is not None}
        if texts:
            found[str(file.relative_to(PACKAGE))] = texts
    return found


def _called(node: ast.AST) -> str | None:
    """The literal of ``t("...")``, ``self.t("...")`` or ``N_("...")``."""
    if not (isinstance(node, ast.Call) and node.args):
        return None
    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    first = node.args[0]
    if name in ("t", "N_") and isinstance(first, ast.Constant) and isinstance(first.value, str):
        return first.value
    return None
