"""Bring the Chinese catalogue up to date: run it after texts have changed, then fill in what is empty.

    python docs/make_words.py            add new texts, drop those that are gone, compile
    python docs/make_words.py --missing  list the texts without a translation

Texts are the literals of ``t("...")`` in the package and in the scripts of the pages.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from cardhouse.views.words import DOMAIN, FOLDER
from cardhouse.web.texts import all_texts

DAY = datetime(2026, 1, 1, tzinfo=UTC)
"""A day that never changes, so that the same texts make the same files."""
PO = FOLDER / "zh" / "LC_MESSAGES" / f"{DOMAIN}.po"


def catalogue(file: Path = PO) -> Catalog:
    """The catalogue as it is; an empty one where there is none."""
    if not file.exists():
        return Catalog(locale="zh_Hans")
    with file.open("rb") as handle:
        return read_po(handle, locale="zh_Hans")


def updated(old: Catalog, texts: dict[str, list[str]]) -> Catalog:
    """A catalogue of exactly these texts, with the translations that are known."""
    new = Catalog(
        locale="zh_Hans",
        project="Cardhouse",
        version="1",
        header_comment="# Texts of Cardhouse in simplified Chinese.",
        creation_date=DAY,
        revision_date=DAY,
        last_translator="Cardhouse",
        language_team="Cardhouse",
        fuzzy=False,
    )
    for text, places in sorted(texts.items()):
        known = old.get(text)
        new.add(text, known.string if known else "", locations=[(place, 0) for place in sorted(set(places))])
    return new


def main() -> None:
    """Write both files, or list what is missing."""
    new = updated(catalogue(), all_texts())
    missing = [m.id for m in new if m.id and not m.string]
    if "--missing" in sys.argv:
        sys.stdout.write("".join(f"{text}\n" for text in missing))
        return
    PO.parent.mkdir(parents=True, exist_ok=True)
    with PO.open("wb") as handle:
        write_po(handle, new, omit_header=False, include_lineno=False, sort_output=True, width=110)
    with PO.with_suffix(".mo").open("wb") as handle:
        write_mo(handle, new)
    sys.stdout.write(f"{len(new)} texts, {len(missing)} without a translation\n")


if __name__ == "__main__":
    main()
