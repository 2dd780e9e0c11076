"""From a page or a messy scrape to an article: body, title and day of publication."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import cache

from cardhouse.article.claims import Article, DatedBy, Dropped, Role, Sentence
from cardhouse.article.lexicon import words
from cardhouse.article.markup import is_html, main_lines, visible
from cardhouse.article.sentences import ends_sentence, split, split_items
from cardhouse.article.stamps import dates_in, newest
from cardhouse.article.text import Mapped, clean, decode

PROSE = {"zh": 25, "en": 60}
"""Characters from which a line without an end mark counts as prose."""
HEADING = {"zh": 40, "en": 100}
"""Characters up to which a line without an end mark may be a heading."""

_IMAGE = re.compile(r"!\[[^\]\n]{0,200}\]\([^)\n]{0,500}\)")
_CLOCK = re.compile(r"\d{1,2}:\d{2}")
_FIGURES = re.compile(r"[\d\s.,:/+%-]{1,40}")
_COUNTERS = re.compile(r"\d{1,9}\s?(?:文章数|关注度|阅读|评论|跟贴|点赞|粉丝|views|comments|shares|likes)")
_BULLETED = re.compile(r"[-*•·●▪■◆►]\s|\d{1,3}[.、)]\s?\D")
_NUMBERED = re.compile(r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})(?:\.\d{1,2})?[、.\s]\s{0,2}\S")


@dataclass(slots=True)
class Line:
    """One line of the cleaned text; ``reason`` says why it is dropped, blank if it is kept."""

    start: int
    end: int
    text: str
    prose: bool
    reason: str = ""

    @property
    def folded(self) -> str:
        """Text to compare with the lists of words."""
        return self.text.casefold()


@cache
def _list(name: str) -> tuple[str, ...]:
    return words("page", name)


def language_of(text: str) -> str:
    """Return ``zh`` where a tenth of the letters are Chinese, else ``en``."""
    chinese = len(re.findall("[\u3400-\u9fff]", text))
    latin = len(re.findall("[A-Za-z]", text))
    return "zh" if chinese * 10 > chinese + latin else "en"


def _lines(text: str, language: str) -> list[Line]:
    lines = []
    at = 0
    for raw in text.split("\n"):
        body = raw.strip()
        if body:
            start = at + raw.index(body[0])
            ends = ends_sentence(body)
            prose = (ends and len(body) >= PROSE[language] // 2) or len(body) >= 2 * PROSE[language]
            lines.append(Line(start, start + len(body), body, prose))
        at += len(raw) + 1
    return lines


def _junk(line: Line) -> str:
    """Why a line is no part of any article, or blank."""
    folded = line.folded
    bare = _IMAGE.sub("", line.text).strip()
    if not bare:
        return "image"
    if folded in _list("furniture") or (_COUNTERS.search(folded) and len(folded) < 60) or _FIGURES.fullmatch(line.text):
        return "page furniture"
    if len(line.text) < 80 and not line.prose:
        if any(word in folded for word in _list("spam")):
            return "spam"
        if folded.startswith(_list("bylines")):
            return "byline"
        if min(len(dates_in(line.text)), 1) and (_CLOCK.search(line.text) or len(line.text) < 24):
            return "time stamp"
    for mark in (">", "|", "/", "»", "·"):
        parts = [part for part in line.text.split(mark) if part.strip()]
        if len(parts) >= 3 and len(line.text) / len(parts) < 14 and not ends_sentence(line.text):
            return "navigation"
    if folded.count("广告") and len(folded) < 20:
        return "advertisement"
    return ""


def _cut_tail(lines: list[Line]) -> None:
    """Drop what follows the first end mark that has more of the prose before it than behind it."""
    total = sum(len(line.text) for line in lines if line.prose and not line.reason)
    seen = 0
    for place, line in enumerate(lines):
        if line.folded.startswith(_list("ends")) and seen * 2 >= total:
            for later in lines[place:]:
                later.reason = later.reason or "after the article"
            return
        if line.prose and not line.reason:
            seen += len(line.text)


def _drop_headlines(lines: list[Line]) -> None:
    """Drop lists of headlines: lines that come twice, and runs of short lines with time stamps among them."""
    counts = Counter(line.text for line in lines if not line.reason)
    for one in lines:
        if counts[one.text] > 1 and not one.prose and not one.reason and not _BULLETED.match(one.text):
            one.reason = "repeated line"
    run: list[Line] = []
    rest: list[Line | None] = [*lines, None]
    for line in rest:
        if line is not None and not line.prose:
            run.append(line)
            continue
        stamps = sum(one.reason == "time stamp" for one in run)
        if stamps >= 2 and len(run) >= 4:
            for one in run:
                one.reason = one.reason or "other headlines"
        run = []


def _pick_title(lines: list[Line], language: str) -> Line | None:
    """Line before the body that can be its title; the other short lines before the body are dropped."""
    open_lines = [line for line in lines if not line.reason]
    if len(open_lines) < 2:
        return None
    title = None
    for line in open_lines:
        fits = 4 <= len(line.text) <= 3 * HEADING[language] // 2
        if fits and not _BULLETED.match(line.text) and (line.text[-1] not in "。.;:" or line.text.endswith("...")):
            title = line
            break
        if line.prose:
            break
    if title is None:
        return None
    for line in open_lines:
        if line is title or line.prose:
            break
        line.reason = "before the title"
    return title


def _trim_end(lines: list[Line], title: Line | None) -> None:
    """Drop short lines behind the last prose, unless they are items of a list or nothing is prose."""
    if not any(line.prose and not line.reason for line in lines):
        return
    for line in reversed(lines):
        if line.reason:
            continue
        if line.prose or line is title or _BULLETED.match(line.text) or re.search(r"\d", line.text):
            return
        line.reason = "after the article"


def _sentences(mapped: Mapped, kept: list[Line], title: Line | None, language: str) -> tuple[Sentence, ...]:
    found: list[Sentence] = []
    references = False
    for paragraph, line in enumerate(kept):
        references = references or re.sub(r"^[\d.、\s]{0,6}", "", line.folded).startswith(_list("references"))
        role = Role.BODY
        if line is title:
            role = Role.TITLE
        elif references:
            role = Role.REFERENCE
        elif (
            not ends_sentence(line.text) and len(line.text) <= HEADING[language] and not _BULLETED.match(line.text)
        ) or (_NUMBERED.match(line.text) and not ends_sentence(line.text) and len(line.text) <= HEADING[language]):
            role = Role.HEADING
        cut = split_items if role is Role.REFERENCE else split
        for start, end in [(line.start, line.end)] if role is Role.TITLE else cut(mapped.text, line.start, line.end):
            first, last = mapped.places[start], mapped.places[end - 1] + 1
            found.append(Sentence(len(found), first, last, start, end, mapped.text[start:end], paragraph, role))
    return tuple(found)


def _published(lines: list[Line], given: date | None, page: date | None) -> tuple[date | None, DatedBy]:
    """Day of publication and how it was told."""
    if given:
        return given, DatedBy.GIVEN
    if page:
        return page, DatedBy.PAGE
    head = lines[:40]
    for line in head:
        dated = any(word in line.folded for word in _list("dated"))
        if (
            len(line.text) < 80
            and not line.prose
            and (dated or line.reason == "time stamp")
            and (days := dates_in(line.text))
        ):
            return days[0], DatedBy.LINE
        if line.prose:
            if days := dates_in(line.text[:90]):
                dateline = re.search(r"[—–-]\s|电", line.text[:110])
                if dateline:
                    return days[0], DatedBy.LINE
            break
    stamps = [day for line in lines if line.reason and _CLOCK.search(line.text) for day in dates_in(line.text[:120])]
    if stamps:
        return max(stamps), DatedBy.STAMP
    mention = newest("\n".join(line.text for line in lines))
    return (mention, DatedBy.MENTION) if mention else (None, DatedBy.NONE)


def _dropped(mapped: Mapped, lines: list[Line]) -> tuple[Dropped, ...]:
    gone: list[Dropped] = []
    for line in lines:
        if not line.reason:
            continue
        start, end = mapped.places[line.start], mapped.places[line.end - 1] + 1
        if gone and gone[-1].reason == line.reason and start - gone[-1].end < 6:
            gone[-1] = Dropped(gone[-1].start, end, line.reason)
        else:
            gone.append(Dropped(start, end, line.reason))
    return tuple(gone)


def read_article(data: bytes | str, *, html: bool | None = None, published: date | None = None) -> Article:
    """Read an article from bytes or text; ``html`` None looks for tags, ``published`` overrides the page's own day.

    Raises
    ------
    InputError : the text is longer than any article.
    """
    found = decode(data) if isinstance(data, bytes) else data
    page_title, page_day, keep = "", None, None
    if is_html(found) if html is None else html:
        source, found = found, visible(found)
        page_title, page_day, keep = main_lines(source, found)
    mapped, script = clean(found)
    language = language_of(mapped.text)
    lines = _lines(mapped.text, language)
    for line in lines:
        if keep is not None and not any(keep[mapped.places[line.start] : mapped.places[line.end - 1] + 1]):
            line.reason = "outside the article"
        line.reason = line.reason or _junk(line)
    title = next((line for line in lines if page_title and line.text == clean(page_title)[0].text), None)
    if title:
        title.reason = ""
    _cut_tail(lines)
    _drop_headlines([line for line in lines if line is not title])
    title = title or _pick_title(lines, language)
    _trim_end(lines, title)
    day, dated_by = _published(lines, published, page_day)
    kept = [line for line in lines if not line.reason]
    sentences = _sentences(mapped, kept, title, language)
    return Article(
        title=title.text if title else clean(page_title)[0].text.strip(),
        published=day,
        language=language,
        original=found,
        text=mapped.text,
        sentences=sentences,
        places=mapped.places,
        script=script,
        dated_by=dated_by,
        dropped=_dropped(mapped, lines),
    )
