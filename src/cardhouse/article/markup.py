"""Visible text of an HTML page, and which of its lines trafilatura takes for the article."""

from __future__ import annotations

import re
from datetime import date
from html import unescape

DEEPEST = 200
"""Nesting of tags beyond which the page is read by its lines alone."""
MOST_TAGS = 15_000
"""Tags beyond which the page is read by its lines alone: each costs trafilatura a tenth of a millisecond."""
LONGEST_PAGE = 2_000_000
"""Characters of markup beyond which the page is read by its lines alone."""
LEAST = 120
"""Characters below which trafilatura is taken to have missed the article."""

_TAG_NAME = re.compile(r"/?([A-Za-z][A-Za-z0-9]{0,15})")
_LOOKS = re.compile(
    r"<(?:!doctype html|html|head|body|div|article|p|meta|script|table|section)\b[^<>]{0,300}>", re.IGNORECASE
)
_BLOCKS = frozenset(
    [
        "p",
        "div",
        "br",
        "li",
        "ul",
        "ol",
        "tr",
        "table",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "section",
        "article",
        "header",
        "footer",
        "nav",
        "aside",
        "blockquote",
        "title",
        "figure",
        "figcaption",
        "main",
        "form",
        "dl",
        "dt",
        "dd",
        "pre",
        "hr",
        "td",
        "th",
        "body",
        "html",
        "head",
    ]
)
_SILENT = frozenset(["script", "style", "noscript", "template", "svg", "iframe", "object", "textarea", "select"])
_VOID = frozenset(
    ["br", "hr", "img", "input", "meta", "link", "area", "base", "col", "embed", "source", "track", "wbr"]
)
_SPACE = re.compile(r"[ \t\r\n\f\u00a0]{1,1000}")


def is_html(text: str) -> bool:
    """Tell whether a text is markup."""
    return len(_LOOKS.findall(text[:20_000])) >= 2


class _Reader:
    """Walks over the markup once; every search that fails is not tried again."""

    def __init__(self, markup: str) -> None:
        self.markup = markup
        self.pieces: list[str] = []
        self.depth = 0
        self.deepest = 0
        self.tags = 0
        self._hopeless: set[str] = set()

    def _find(self, what: str, at: int) -> int:
        if what in self._hopeless:
            return -1
        found = self.markup.find(what, at)
        if found < 0:
            self._hopeless.add(what)
        return found

    def _closing(self, name: str, at: int) -> int:
        """Place of the end tag, small letters or capitals."""
        places = [place for form in (f"</{name}", f"</{name.upper()}") if (place := self._find(form, at)) >= 0]
        return min(places, default=-1)

    def read(self) -> str:
        markup, at = self.markup, 0
        while at < len(markup):
            opening = self._find("<", at)
            if opening < 0:
                break
            self._text(at, opening)
            at = self._tag(opening)
        self._text(at, len(markup))
        return "".join(self.pieces)

    def _text(self, start: int, end: int) -> None:
        if end > start:
            self.pieces.append(_SPACE.sub(" ", unescape(self.markup[start:end])))

    def _tag(self, at: int) -> int:
        """Read the tag at ``at``; return the place behind it."""
        if self.markup.startswith("<!--", at):
            end = self._find("-->", at + 4)
            return end + 3 if end >= 0 else len(self.markup)
        name_match = _TAG_NAME.match(self.markup, at + 1)
        end = self._find(">", at + 1)
        if (name_match is None and not self.markup.startswith(("<!", "<?"), at)) or end < 0:
            self.pieces.append("<")
            return at + 1
        name = name_match[1].lower() if name_match else ""
        closes = self.markup[at + 1] == "/"
        if name in _SILENT and not closes:
            close = self._closing(name, end)
            return close if close >= 0 else end + 1
        self.tags += 1
        if name in _BLOCKS:
            self.pieces.append("\n")
        if name and name not in _VOID:
            self.depth = max(0, self.depth + (-1 if closes else 1))
            self.deepest = max(self.deepest, self.depth)
        return end + 1


def visible(markup: str) -> str:
    """Text that a reader sees, one block a line; scripts, styles and comments left out."""
    lines = (line.strip() for line in _Reader(markup).read().split("\n"))
    return "\n".join(line for line in lines if line)


def _bare(text: str) -> str:
    return "".join(text.split())


def main_lines(markup: str, shown: str) -> tuple[str, date | None, bytearray | None]:
    """Title, day and article of a page as trafilatura sees them.

    Returns
    -------
    (title, day, kept) : ``kept`` has a 1 for every character of ``shown`` in the article's lines; None where
        the page is too deep or too long, or nothing like an article was found in it.
    """
    reader = _Reader(markup)
    reader.read()
    if reader.deepest > DEEPEST or reader.tags > MOST_TAGS or len(markup) > LONGEST_PAGE:
        return "", None, None
    import trafilatura
    from lxml.etree import LxmlError

    try:
        found = trafilatura.bare_extraction(
            markup,
            include_comments=False,
            include_tables=True,
            with_metadata=True,
            date_extraction_params={"extensive_search": False, "original_date": True},
        )
    except (LxmlError, ValueError, TypeError, AttributeError, RecursionError, OverflowError, LookupError):
        return "", None, None
    if found is None:
        return "", None, None
    title = str(getattr(found, "title", "") or "")
    text = _bare(str(getattr(found, "text", "") or ""))
    day = _day(str(getattr(found, "date", "") or ""))
    if len(text) < LEAST and len(text) * 5 < len(_bare(shown)):
        return title, day, None
    kept = bytearray(len(shown))
    at = 0
    for line in shown.split("\n"):
        bare = _bare(line)
        if bare and (bare in text if len(bare) >= 8 else f"{bare}" in title):
            kept[at : at + len(line)] = b"\x01" * len(line)
        at += len(line) + 1
    return title, day, kept


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
