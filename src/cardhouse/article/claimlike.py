"""Tell figures that claim something from numbers that only count, order or date."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cardhouse.article.entities import Actor
from cardhouse.article.lexicon import words
from cardhouse.article.quantities import Quantity

_ORDINAL = ("第", "前", "No. ", "No.", "#", "Top ", "top ")


def is_claim(text: str, q: Quantity, clauses: Sequence[tuple[int, int]], cast: Sequence[Actor]) -> bool:
    """Tell whether a quantity of a sentence claims something."""
    if q.family in ("count", "time") and text[: q.start].endswith(_ORDINAL):
        return False
    if q.family == "time":
        return _lasts(text, q, clauses)
    if q.family == "count":
        return _counts(text, q)
    if q.family == "index":
        return any(one.kind == "index" for one in cast) or "指数" in text or "index" in text.lower()
    if q.family == "" and q.bare and q.written in ("chinese", "vague"):
        return _bare(text, q)
    if q.family in ("money", "ratio", "percent") and q.written == "chinese" and q.value == 0 and not q.word:
        return False
    if q.family == "shares" and q.value < 1000:
        return False
    return q.family != "tokens" or q.value >= 1e6


def _clause(text: str, q: Quantity, clauses: Sequence[tuple[int, int]]) -> str:
    for first, last in clauses:
        if last >= q.end:
            return text[first:last]
    return text


def _lasts(text: str, q: Quantity, clauses: Sequence[tuple[int, int]]) -> bool:
    """A length of time claims something if it is how long a thing lasts, not when it happens."""
    head = text[max(0, q.start - 12) : q.start].rstrip().lower()
    tail = text[q.end : q.end + 8].lstrip(" -").lower()
    if q.written == "chinese" and q.value <= 1 and q.low is None:
        return False
    clause = _clause(text, q, clauses).lower()
    lasting = any(word in clause for word in words("quantities", "words", "durations"))
    ranged = q.low is not None
    if head.endswith(words("quantities", "adverbs_before", "durations")) and not ranged:
        return False
    if tail.startswith(words("quantities", "adverbs_behind", "durations")):
        return False
    return lasting or ranged or bool(re.search(r"(?:从|由|自)$", head)) or tail.startswith(("以上", "之久"))


def _counts(text: str, q: Quantity) -> bool:
    """A count claims something if it is large, in digits, or the object of a verb of being."""
    head = text[max(0, q.start - 8) : q.start].rstrip(' “"')
    if q.unit_text == "代":
        return bool(re.search(r"领先|落后|领跑", text[max(0, q.start - 12) : q.start]))
    if q.written in ("chinese", "word") and q.value < 10 and q.low is None:
        events = q.unit_text in words("quantities", "events", "small")
        return events and q.value > 1 and head.endswith(words("quantities", "verbs", "small"))
    if q.written == "chinese" and q.unit_text in ("大", "个", "次", "位") and q.value < 100:
        return head.endswith(words("quantities", "verbs", "small"))
    if q.written == "vague" and q.value < 1e4:
        return False
    return not (q.value <= 1 and q.low is None)


def _bare(text: str, q: Quantity) -> bool:
    """A scale alone claims something behind a verb; a numeral with a scale always does."""
    written = text[q.start : q.end]
    if written.strip("万亿千百十") == "":
        head = text[max(0, q.start - 5) : q.start].rstrip(' “"了')
        return head.endswith(words("quantities", "verbs", "bare"))
    return q.value >= 1e4
