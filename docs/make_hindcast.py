"""Write the tables of the three look backs into docs/hindcast.md: run it after a change of model or book."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from cardhouse.book import embedded
from cardhouse.economy.hindcast import Hindcast, hindcast
from cardhouse.views.hindcast import by_firm, dateline, headline, known_then, summary
from cardhouse.views.table import text

PAGE = Path(__file__).parent / "hindcast.md"
STARTS = {
    date(2024, 12, 31): "the day that rules may be chosen on",
    date(2025, 6, 30): "published, not chosen on",
    date(2025, 12, 31): "published, not chosen on",
}


def section(found: Hindcast, role: str) -> str:
    """One look back: sentences and tables as the command prints them."""
    tables = "\n\n".join(text(table) for table in (summary(found), *by_firm(found)))
    words = "\n\n".join(" ".join(lines) for lines in (headline(found), known_then(found)))
    return f"### From {found.start} ({role})\n\n{words}\n\n```text\n{dateline(found)}\n\n{tables}\n```"


def main() -> None:
    """Rewrite what stands between the two marks."""
    book = embedded()
    body = "\n\n".join(section(hindcast(book, start), role) for start, role in STARTS.items())
    page = PAGE.read_text(encoding="utf-8")
    begin, end = "<!-- tables -->", "<!-- end of tables -->"
    marked = re.compile(rf"{begin}.*{end}", re.DOTALL)
    PAGE.write_text(marked.sub(lambda _: f"{begin}\n\n{body}\n\n{end}", page), encoding="utf-8")


if __name__ == "__main__":
    main()
