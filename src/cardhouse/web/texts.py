"""The texts that stand in the scripts of the pages, as ``t("...")``."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

PAGES = Path(__file__).parent / "pages"
_CALL = re.compile(r"""\bt\(\s*"((?:[^"\\]|\\.)*)\"""")


@lru_cache(maxsize=1)
def page_texts() -> tuple[str, ...]:
    """All of them, sorted, each once."""
    found = {
        match.group(1).encode().decode("unicode_escape") if "\\" in match.group(1) else match.group(1)
        for file in sorted(PAGES.glob("*.js"))
        for match in _CALL.finditer(file.read_text(encoding="utf-8"))
    }
    return tuple(sorted(found))
