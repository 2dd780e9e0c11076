"""From bytes to clean text: decoding, mojibake, invisible characters, pinyin in brackets, simplified characters.

Every step keeps, for each character, its place in the text as it was found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Protocol

from cardhouse.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_CHARACTERS = 1_000_000
"""Longest text that is read; an article is a hundredth of it."""

_COMMON = frozenset("的一是在了有和不人这中国为上大到我们這國為會来來与與个個年公司億亿元")
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\x00-\x08\x0e-\x1f\x7f]+"
)
_TONES = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ"
_PINYIN = re.compile(
    rf"(?<=[\u3400-\u9fff])[(](?:[a-zü]{{0,4}}[{_TONES}][a-zü]{{0,4}}|(?:zh|ch|sh|[b-df-hj-np-tw-z])?[aeiouü]{{1,2}}(?:ng|n|r)?)[)]"
)
_TONED = re.compile(rf"[(][a-zü]{{0,4}}[{_TONES}][a-zü]{{0,4}}[)]")
_LATIN_PAIR = re.compile("[\u00c0-\u00ff][\u0080-\u00bf\u0152-\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]")
_CJK = re.compile("[\u3400-\u9fff]")
_COMMA_IN_FIGURES = re.compile(r"(?<=\d)\uff0c(?=\d)")
"""A full-width comma parts clauses even between digits; a narrow one may part thousands."""
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_ONE_TO_ONE = {
    **_FULL_WIDTH,
    **{ord(blank): " " for blank in "\t\x0b\x0c\u00a0\u1680\u202f\u205f\u3000"},
    **dict.fromkeys(range(0x2000, 0x200B), " "),
    ord("\r"): "\n", ord("\u2028"): "\n", ord("\u2029"): "\n", ord("\x85"): "\n",
    ord("¥"): "¥", ord("﹪"): "%", ord("﹩"): "$", ord("−"): "-", ord("‐"): "-", ord("‑"): "-",
}  # fmt: skip


class Converter(Protocol):
    """What is used of OpenCC."""

    def convert(self, string: str) -> str:
        """Convert text."""
        ...


class Mapped:
    """A text and the place of each of its characters in the original."""

    __slots__ = ("places", "text")

    def __init__(self, text: str, places: Sequence[int] | None = None) -> None:
        self.text = text
        self.places: Sequence[int] = range(len(text)) if places is None else places

    def without(self, spans: Iterable[tuple[int, int]]) -> Mapped:
        """Drop these stretches, which are sorted and apart."""
        edges = [0]
        for start, end in spans:
            edges += [start, end]
        edges.append(len(self.text))
        if len(edges) == 2:
            return self
        pieces = list(pairwise(edges))[::2]
        places: list[int] = []
        for start, end in pieces:
            places.extend(self.places[start:end])
        return Mapped("".join(self.text[start:end] for start, end in pieces), places)


def decode(data: bytes) -> str:
    """Text of bytes in any of the encodings that articles come in.

    A byte order mark decides, then valid UTF-8, then whichever of the Chinese and Western encodings
    gives more of the commonest Chinese characters.

    Raises
    ------
    InputError : the text is longer than any article.
    """
    if len(data) > 4 * MOST_CHARACTERS:
        raise InputError(f"the text has {len(data):,} bytes; expected at most {4 * MOST_CHARACTERS:,}; cut it")
    for mark, name in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return data.decode(name, errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as bad:
        if bad.start > len(data) - 4 and bad.start > 0:  # cut inside the last character
            return data[: bad.start].decode("utf-8")
    best = ("", -1.0)
    for name in ("gb18030", "big5", "cp1252"):
        text = data.decode(name, errors="replace")
        known = sum(text.count(sign) for sign in _COMMON) - 3 * text.count("\ufffd")
        if known > best[1]:
            best = (text, known)
    many_broken = data.decode("utf-8", errors="replace")
    if many_broken.count("\ufffd") * 20 < len(many_broken):
        return many_broken
    return best[0] or data.decode("cp1252", errors="replace")


def _spread(places: Sequence[int], widths: Sequence[int]) -> list[int]:
    """Places of new characters of which each stands for so many old ones."""
    spread, at = [], 0
    for width in widths:
        spread.append(places[min(at, len(places) - 1)])
        at += width
    return spread


def _from_gbk(line: Mapped) -> Mapped | None:
    """Undo UTF-8 that was read as a Chinese encoding, where that is what happened."""
    try:
        raw = line.text.encode("gb18030")
        text = raw.decode("utf-8")
    except UnicodeError:
        return None
    if len(text) >= len(line.text) or not _CJK.search(text):
        return None
    byte_places: list[int] = []
    for sign, place in zip(line.text, line.places, strict=True):
        byte_places += [place] * len(sign.encode("gb18030"))
    return Mapped(text, _spread(byte_places, [len(sign.encode()) for sign in text]))


def _from_latin(line: Mapped) -> Mapped | None:
    """Undo UTF-8 that was read as a Western encoding, step by step as ftfy finds it."""
    import ftfy

    fixed = ftfy.fix_encoding_and_explain(line.text)
    if fixed.text == line.text or not fixed.text:
        return None
    places = list(line.places)
    steps = fixed.explanation or []
    if len(steps) == 2 and steps[0][0] == "encode" and steps[1] == ("decode", "utf-8"):
        widths = [len(sign.encode()) for sign in fixed.text]
        if sum(widths) == len(places):
            return Mapped(fixed.text, _spread(places, widths))
    share = len(places) / len(fixed.text)
    return Mapped(fixed.text, [places[min(int(at * share), len(places) - 1)] for at in range(len(fixed.text))])


def repair(text: Mapped) -> Mapped:
    """Mend mojibake line by line; lines in order are left alone."""
    if not _LATIN_PAIR.search(text.text) and not _CJK.search(text.text):
        return text
    parts: list[Mapped] = []
    start = 0
    changed = False
    for piece in re.findall(r"[^\n]*\n|[^\n]+", text.text):
        line = Mapped(piece, text.places[start : start + len(piece)])
        start += len(piece)
        mended = None
        if _LATIN_PAIR.search(piece):
            mended = _from_latin(line)
        elif len(_CJK.findall(piece[:64])) > 3:
            mended = _from_gbk(line)
        changed = changed or mended is not None
        parts.append(mended or line)
    if not changed:
        return text
    places: list[int] = []
    for part in parts:
        places.extend(part.places)
    return Mapped("".join(part.text for part in parts), places)


@cache
def _opencc() -> Converter:
    from opencc import OpenCC

    converter: Converter = OpenCC("t2s")
    return converter


@cache
def _simple(sign: str) -> str:
    return _opencc().convert(sign)


def simplify(text: str) -> tuple[str, str]:
    """Return the text in simplified characters, of the same length, and its script: hans, hant or blank."""
    signs = {sign for sign in set(text) if "\u3400" <= sign <= "\u9fff"}
    if not signs:
        return text, ""
    changed = {sign for sign in signs if len(new := _simple(sign)) == 1 and new != sign}
    if not changed:
        return text, "hans"
    pattern = re.compile("[" + "".join(changed) + "]")
    hits = len(pattern.findall(text))
    if hits * 50 < len(_CJK.findall(text)):  # a quotation or a name in a simplified text
        return text.translate({ord(sign): _simple(sign) for sign in changed}), "hans"
    return "".join(_same_length(line, _opencc().convert) for line in text.splitlines(keepends=True)), "hant"


def _same_length(line: str, convert: Callable[[str], str]) -> str:
    new = convert(line) if len(line) <= 5_000 else ""
    if len(new) == len(line):
        return new
    singles = {ord(sign): one for sign in set(line) if "\u3400" <= sign <= "\u9fff" and len(one := _simple(sign)) == 1}
    return line.translate(singles)


def clean(original: str) -> tuple[Mapped, str]:
    """Clean a text as found: mended, visible, without pinyin in brackets, in simplified characters.

    Returns
    -------
    (text with places, script) : script is hans, hant or blank.

    Raises
    ------
    InputError : the text is longer than any article.
    """
    if len(original) > MOST_CHARACTERS:
        raise InputError(f"the text has {len(original):,} characters; expected at most {MOST_CHARACTERS:,}; cut it")
    text = repair(Mapped(original))
    text = text.without(match.span() for match in _INVISIBLE.finditer(text.text))
    text = Mapped(_COMMA_IN_FIGURES.sub(";", text.text).translate(_ONE_TO_ONE), text.places)
    if _TONED.search(text.text):
        text = text.without(match.span() for match in _PINYIN.finditer(text.text))
    simple, script = simplify(text.text)
    return Mapped(simple, text.places), script
