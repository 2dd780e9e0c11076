"""Tell what kind of figure it is: a level, a change and its direction, a share, a multiple, a target."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from cardhouse.article.claims import ChangeKind, Comparator, Direction
from cardhouse.article.lexicon import Finder, table, words
from cardhouse.article.quantities import Quantity

REACH = {"zh": 14, "en": 34}
"""Characters between a verb and its figure."""

_NEGATIVE = re.compile(r"(?:负|\bnegative|\bminus)\s?(?:about |约)?$")
_FILL = re.compile(r"[\s“\"'‘了过近约超逾仅达约为by]{0,8}")
_ARRIVES = re.compile(r"\s?(?:了|to|at|back to)?\s?(?:至|到|为|成|\bto\b|\bat\b)")
_TO_ZH = re.compile(r"(?:至|到|为|成|达到|(?<!伟)达|回)[\s了约近超逾不足高仅“\"最低最高]{0,6}$")
_TO_EN = re.compile(r"(?:\bto|\bat)\s(?:[a-z]{2,12}\s){0,3}(?:US)?$")
_AFTER = re.compile(r"(?:的|\s|-|年|左右|以上|year-over-year|year-on-year|annual|sequential|net|日){0,3}")
_FROM = re.compile(r"(?:从|由|自|\bfrom)\s?(?:[^,。;]{0,14})$")
_NOUNS = frozenset(
    [
        "increase",
        "rise",
        "gain",
        "jump",
        "surge",
        "decline",
        "drop",
        "fall",
        "decrease",
        "slump",
        "plunge",
        "cut",
        "higher",
        "lower",
        "climb",
        "slide",
        "growth",
    ]
)
"""Verbs that are nouns or adverbs behind a figure: a 12% increase, 3% lower."""
_THEN_TO = re.compile(r".{0,24}?(?:至|到|为|\bto\b|归零|清零)")


@dataclass(frozen=True, slots=True)
class Verb:
    """A word of change in a sentence."""

    start: int
    end: int
    direction: Direction
    kind: str


@dataclass(frozen=True, slots=True)
class Change:
    """What kind of figure it is, with its signed value and bounds in ``unit``.

    ``delta`` tells that an amount is the change of its metric and not the metric itself; ``percent`` that
    the figure is a change in percent or times.
    """

    kind: ChangeKind
    value: float
    unit: str
    low: float | None
    high: float | None
    direction: Direction
    comparator: Comparator
    delta: bool = False
    verb: Verb | None = None


@cache
def _finder() -> Finder[tuple[Direction, str]]:
    entries = []
    for row in table("changes"):
        entries += [(word, (Direction(row["direction"]), row["kind"])) for word in row["words"].split("|")]
    return Finder(sorted(entries, key=lambda entry: entry[1][1] != "value"))


def verbs(text: str) -> list[Verb]:
    """All words of change in a sentence, in order."""
    return [
        Verb(start, end, direction, kind)
        for start, end, (direction, kind) in _finder().find(text)
        if not (text[start:end].lower() == "up" and text[end : end + 3].lower() == " to")
        and not (text[start:end] in ("增", "降", "升", "跌") and text[end : end + 1] in "值级温价")
    ]


@dataclass(frozen=True, slots=True)
class Governed:
    """The verb that a figure hangs on, if any, and whether the figure is where it arrives or starts."""

    verb: Verb | None = None
    arrival: bool = False
    origin: bool = False

    @property
    def changes(self) -> bool:
        """The figure is the change itself."""
        return self.verb is not None and not self.arrival and not self.origin


def govern(text: str, q: Quantity, found: list[Verb], start: int, end: int, before: int) -> Governed:
    """Find the verb of a figure in its clause ``start..end``; ``before`` is the end of the figure before it."""
    zh = any("\u4e00" <= sign <= "\u9fff" for sign in text[start:end])
    head = text[start : q.start]
    origin = bool(_FROM.search(head[-20:])) and bool(_THEN_TO.match(text[q.end : q.end + 40]))
    origin = origin or bool(re.search(r"\bfrom\s(?:about |around |nearly )?$", head))
    reach = REACH["zh" if zh else "en"]
    left = [
        one for one in found if max(start, before) <= one.start and one.end <= q.start and q.start - one.end <= reach
    ]
    arrival = bool(_TO_ZH.search(head) if zh else _TO_EN.search(head.lower()))
    right = next((one for one in found if q.end <= one.start < min(end, q.end + 24)), None)
    if right and not (
        right.kind == "noun" or text[right.start : right.end].lower() in _NOUNS or text[right.start - 1] == "的"
    ):
        right = None
    if right and _AFTER.fullmatch(text[q.end : right.start]) and not (left and q.start - left[-1].end <= 3):
        return Governed(right, False, origin)
    if left and left[-1].kind == "noun":
        return Governed(left[-1], False, origin)
    if left:
        joined = text[left[-1].end : q.start]
        if zh and left[-1].end < q.start and not arrival and re.search(r"(?:的|个|家)[^\d]{2,}$", joined):
            return Governed(None, False, origin)
        return Governed(left[-1], arrival or bool(_ARRIVES.match(joined)), origin)
    return Governed(None, arrival, origin)


def has(text: str, name: str) -> bool:
    """Tell whether a text holds one of the words of a list of ``rules/changes.toml``."""
    lower = text.lower()
    for word in words("changes", name):
        at = lower.find(word.lower())
        while at >= 0:
            if not word[0].isascii() or not word[0].isalpha():
                return True
            behind = at + len(word)
            if not (at and lower[at - 1].isalnum()) and not (behind < len(lower) and lower[behind].isalnum()):
                return True
            at = lower.find(word.lower(), at + 1)
    return False


def _percent_kind(text: str, q: Quantity, start: int, end: int, plain: str, *, over: bool) -> ChangeKind:
    """Kind of a percentage that is no change."""
    head, tail = text[start : q.start], text[q.end : end]
    if plain in ("share", "ratio", "level", "yoy") and plain:
        if plain == "level" and re.match(r"(?:的|依赖|来自|of\s)", tail):
            return ChangeKind.SHARE
        return ChangeKind(plain)
    if over:
        return ChangeKind.RATIO
    if has(head[-16:], "share") or re.match(r"(?:以上|左右)?(?:的|依赖|来自|收入|\sof\s)", tail) or head.endswith("的"):
        return ChangeKind.SHARE
    return ChangeKind.RATIO


def _change_kind(clause: str, near: str, *, flow: bool) -> ChangeKind:
    if has(near, "qoq"):
        return ChangeKind.QOQ
    if has(clause, "yoy"):
        return ChangeKind.YOY
    if has(clause, "qoq"):
        return ChangeKind.QOQ
    return ChangeKind.YOY if flow else ChangeKind.RETURN


def _is_target(text: str, start: int, end: int, q: Quantity) -> bool:
    clause = text[start : q.start] + (text[q.start : end] if text[start:end].isascii() else "")
    for word in words("changes", "not_target"):
        clause = clause.replace(word, "")
    if has(clause, "target"):
        return True
    opening = text[: q.start].lstrip('“"').lower()
    return opening.startswith(("若", "如果", "倘若", "假如", "if ", "should "))


def classify(
    text: str,
    q: Quantity,
    held: Governed,
    start: int,
    end: int,
    *,
    plain: str,
    flow: bool,
    loss: bool,
    over: bool = False,
) -> Change:
    """Kind, sign and unit of a figure.

    Parameters
    ----------
    held : the verb it hangs on. start, end : its clause.
    plain : kind of a plain figure of its metric, blank without one.
    flow : whether its metric is a flow, whose change without a base is on the year. loss : its words speak of a loss.
    over : it is a ratio over someone named.
    """
    if q.kind and q.word:
        return Change(
            ChangeKind(q.kind), q.value, q.unit, q.low, q.high, Direction(q.direction), q.comparator, verb=held.verb
        )
    moves = held.changes and held.verb is not None
    money = q.family in ("money", "")
    kind, times = _kind(text, q, start, end, plain=plain, flow=flow, over=over, moves=moves)
    delta = money and moves and _is_delta(text, q, held.verb)
    direction = held.verb.direction if held.verb else Direction(q.direction)
    signed = kind in _SIGNED or delta or (q.family in ("points", "basis") and moves)
    down = (signed and direction is Direction.DOWN) or (loss and money and not delta)
    if _NEGATIVE.search(text[max(0, q.start - 10) : q.start]) and (money or q.family == "percent"):
        down = True
    if kind in _PLANNED and (plain == "target" or _is_target(text, start, end, q)):
        kind = ChangeKind.TARGET
    factor = (-1.0 if down else 1.0) * (100.0 if times else 1.0)
    low, high = (None, None)
    if q.low is not None and q.high is not None:
        low, high = sorted((factor * q.low, factor * q.high))
    value = -abs(factor * q.value) if down else factor * q.value
    reaches = q.reach and has(text[max(0, start - 24) : end], "future")
    comparator = Comparator.UP_TO if reaches else q.comparator
    return Change(kind, value, "percent" if times else q.unit, low, high, direction, comparator, delta, held.verb)


_SIGNED = (ChangeKind.YOY, ChangeKind.QOQ, ChangeKind.RETURN)
_PLANNED = (ChangeKind.LEVEL, ChangeKind.YOY, ChangeKind.RETURN)


def _is_delta(text: str, q: Quantity, verb: Verb | None) -> bool:
    """Tell whether an amount is what its verb adds or takes."""
    return verb is not None and (verb.kind == "value" or bool(_FILL.fullmatch(text[verb.end : q.start])))


def _kind(
    text: str, q: Quantity, start: int, end: int, *, plain: str, flow: bool, over: bool, moves: bool
) -> tuple[ChangeKind, bool]:
    """Kind of a figure before forecasts are looked at, and whether it is a change told in times."""
    clause = text[start:end]
    if q.family == "ratio":
        times = moves and not re.search(r"空间|potential", text[q.end : q.end + 8])
        return (_change_kind(clause, clause, flow=flow), True) if times else (ChangeKind.RATIO, False)
    if q.family == "percent":
        near = text[max(start, q.start - 16) : min(end, q.end + 32)]
        kind = _change_kind(clause, near, flow=flow) if moves else _percent_kind(text, q, start, end, plain, over=over)
        return kind, False
    return (ChangeKind.RATIO if plain == "ratio" and q.family == "time" else ChangeKind.LEVEL), False


def speaks_of_loss(words_before: str, metric_text: str) -> bool:
    """Tell whether a figure's own words speak of a loss."""
    return has(metric_text, "loss") or (has(words_before[-12:], "loss") and not has(words_before, "not_loss"))
