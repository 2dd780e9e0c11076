"""Cut a cleaned text into sentences and clauses, Chinese and English."""

from __future__ import annotations

import re
from collections.abc import Iterator

_BULLET = re.compile(
    r"\s{0,20}(?:[-*•·●▪■◆►#>]{1,6}\s{0,4}|\d{1,2}\.\d{1,2}(?:\.\d{1,2})?[、.\s]\s{0,3}(?=\D)|(?:\d{1,3}|[一二三四五六七八九十]{1,3})[.、)]\s?(?!\d)|[(]\d{1,2}[)]\s?)"
)
_ITEM = re.compile(r"(?<=[》。;:\]])\s?\d{1,2}[.、](?!\d)")
_STOP = re.compile('[。!?…]["”’」』)]{0,3}|[.]["”’)]{0,2}(?=\\s)')
_SHORT_FORMS = frozenset(
    [
        "inc",
        "corp",
        "co",
        "ltd",
        "llc",
        "plc",
        "vs",
        "no",
        "mr",
        "mrs",
        "ms",
        "dr",
        "prof",
        "st",
        "jr",
        "sr",
        "approx",
        "est",
        "fig",
        "dept",
        "gov",
        "sen",
        "rep",
        "gen",
        "jan",
        "feb",
        "mar",
        "apr",
        "jun",
        "jul",
        "aug",
        "sep",
        "sept",
        "oct",
        "nov",
        "dec",
        "calif",
        "mass",
        "conn",
        "u.s",
        "u.k",
        "u.n",
        "e.g",
        "i.e",
        "a.m",
        "p.m",
        "ca",
        "etc",
    ]
)
_LAST_WORD = re.compile(r"[A-Za-z.]{1,12}$")
_CLAUSE = re.compile(r"[,;:](?![0-9]{3}(?![0-9]))|—{1,2}|\s[-–]\s|\n|、(?=其|而|但|并)")
CLOSERS = '。!?.…"”’」』)'


def ends_sentence(text: str) -> bool:
    """Tell whether a line closes like a sentence."""
    stripped = text.rstrip().rstrip('"”’」』)')
    return bool(stripped) and stripped[-1] in "。!?.…;"


def _is_stop(text: str, start: int, end: int) -> bool:
    """Tell whether the full stop at ``start`` ends a sentence and not a short form such as Inc."""
    if text[start] != ".":
        return True
    word = _LAST_WORD.search(text[max(0, start - 12) : start])
    if word and (word.group().lower() in _SHORT_FORMS or len(word.group()) == 1):
        following = text[end : end + 4].lstrip()
        return word.group().lower() == "etc" and following[:1].isupper()
    following = text[end : end + 3].lstrip()
    return not following or not following[0].islower()


def _in_title(text: str, start: int, at: int) -> bool:
    """Tell whether a place stands inside the marks of a title that close soon."""
    opened = text.rfind("《", max(start, at - 100), at)
    return opened >= 0 and text.find("》", opened, at) < 0 and text.find("》", at, at + 80) >= 0


def split_items(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Places of the numbered entries of a list of sources that stands on one line."""
    at = start
    for mark in _ITEM.finditer(text, start, end):
        yield from _trimmed(text, at, mark.start())
        at = mark.start()
    yield from _trimmed(text, at, end)


def split(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Places of the sentences of ``text[start:end]``, without bullets and numbering in front."""
    bullet = _BULLET.match(text, start, end)
    at = bullet.end() if bullet and bullet.end() < end else start
    for stop in _STOP.finditer(text, at, end):
        if stop.start() < at or _in_title(text, at, stop.start()) or not _is_stop(text, stop.start(), stop.end()):
            continue
        yield from _trimmed(text, at, stop.end())
        at = stop.end()
    yield from _trimmed(text, at, end)


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if end > start:
        yield start, end


def clauses(text: str) -> list[tuple[int, int]]:
    """Places of the clauses of a sentence: between commas, semicolons, colons and dashes."""
    cuts, at = [], 0
    for mark in _CLAUSE.finditer(text):
        if mark.start() > at:
            cuts.append((at, mark.start()))
        at = mark.end()
    if at < len(text):
        cuts.append((at, len(text)))
    return cuts
