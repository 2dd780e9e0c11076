"""Find who a figure is about: names of the book, pronouns, pairs, several firms at once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from cardhouse.article.lexicon import Finder, table, words
from cardhouse.article.quantities import Quantity
from cardhouse.article.text import clean, simplify
from cardhouse.book import Book, Layer

_JOINT = re.compile(r"\s?(?:、|/|和|与|及|以及|&|and|,|, and)\s?")
_LINK = re.compile(
    r"(?:的|'s|’s)?(?:同期|平均水平|平均|当前|去年)?的?\s?(?:约|近|超|不足|将近|about|around|nearly)?\s?"
)
_THAT_OF = re.compile(
    r"\s(?:(?:as much as|as many as|more than|higher than|larger than|bigger than|the size of)\s)?"
    r"(?:that of |those of )?"
)
_THINGS = ("firm", "person", "index", "subject", "industry", "group", "pronoun")
_LANDS = ("region", "place")


@dataclass(frozen=True, slots=True)
class Name:
    """A word that can stand for someone: id in the book or blank, and its kind."""

    id: str
    kind: str


@dataclass(frozen=True, slots=True)
class Actor:
    """A name in a sentence; ``oblique`` where a word before it puts it beside the subject.

    ``together`` are the ids named with it ("A, B and C"), its own included.
    """

    start: int
    end: int
    id: str
    kind: str
    text: str
    oblique: bool = False
    together: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Who:
    """Answer: ids joined by ``|`` (None without one), the words, each or together, over whom a ratio is taken."""

    id: str | None
    text: str
    shared: str = ""
    versus: str = ""
    market: bool = False


@dataclass(slots=True)
class Memory:
    """Who was spoken of last: the topic, and the firms in subject position, newest last."""

    topic: Actor | None = None
    recent: list[str] = field(default_factory=list)
    main: str = ""


def _latin_alias(word: str) -> bool:
    """Tell whether a Latin alias is a name and not a common word or a short ticker."""
    return len(word) > 2 and not word.islower()


@lru_cache(maxsize=8)
def finder(book: Book) -> Finder[Name]:
    """Names of a book and of ``rules/entities.csv``, simplified; a name keeps its capitals."""
    entries: list[tuple[str, Name]] = []
    for row in table("entities"):
        entries += [(word, Name(row["id"], row["kind"])) for word in row["words"].split("|")]
    for firm in book.firms.values():
        if firm.layer is Layer.WORLD:
            continue
        for word in (firm.name, firm.name_zh, *firm.aliases):
            simple = clean(word)[0].text
            if word and (not word.isascii() or _latin_alias(word)):
                entries += [(simple, Name(firm.id, "firm")), (word, Name(firm.id, "firm"))]
    for subject in book.subjects.values():
        forms = {subject.name, subject.name_zh, simplify(subject.name_zh)[0]}
        forms |= {
            form.split(" ", 1)[1]
            for form in (subject.name,)
            if " " in form
            and any(sign.isdigit() for sign in form)
            and any(sign.isalpha() for sign in form.split(" ", 1)[1])
        }
        kind = {"country": "region", "region": "region", "index": "index"}.get(subject.kind, "subject")
        entries += [(form, Name(subject.id, kind)) for form in forms if len(form) > 1]
    return Finder(entries, fold=False)


def actors(text: str, book: Book) -> list[Actor]:
    """Everyone named in a sentence, in order, with their roles."""
    found = []
    for start, end, name in finder(book).find(text):
        if (
            name.kind == "pronoun"
            and text[start:end] == "其"
            and text[end : end + 1] in words("entities", "other_words")
        ):
            continue
        if name.kind == "pronoun" and text[start:end] == "公司" and start and text[start - 1] in "市该子母国分业家券的":
            continue
        found.append(
            Actor(start, end, name.id, name.kind, text[start:end], _oblique(text, start) or _speaks(text, end))
        )
    return _grouped(text, found)


def _ends_with(text: str, forms: Sequence[str]) -> str:
    """Longest of the forms that ``text`` ends with, as a whole word; blank without one."""
    lower = text.rstrip(" “\"'‘《(").lower()
    best = ""
    for form in forms:
        if len(form) > len(best) and lower.endswith(form):
            before = lower[: -len(form)]
            if form[0].isascii() and before and before[-1].isascii() and before[-1].isalnum():
                continue
            best = form
    return best


def _speaks(text: str, end: int) -> bool:
    """Tell whether a name is only the one who says so: 高盛估算, Morgan Stanley analysts."""
    return text[end : end + 14].lstrip(" 的").startswith(words("entities", "speakers"))


def _oblique(text: str, start: int) -> bool:
    return bool(_ends_with(text[max(0, start - 16) : start], words("entities", "before")))


def _grouped(text: str, found: list[Actor]) -> list[Actor]:
    """Give names that are listed together the ids of all; a deal of A with B stays A's."""
    result = list(found)
    at = 0
    while at < len(found):
        end = at
        while (
            end + 1 < len(found)
            and found[end].kind == found[end + 1].kind
            and found[end].kind in ("firm", "region", "subject")
            and _JOINT.fullmatch(text[found[end].end : found[end + 1].start])
        ):
            end += 1
        if end > at:
            ids = tuple(dict.fromkeys(one.id for one in found[at : end + 1]))
            tail = text[found[end].end : found[end].end + 12]
            deal = any(word in tail for word in words("entities", "deals"))
            for place in range(at, end + 1):
                one = found[place]
                if deal:
                    result[place] = replace(one, oblique=found[at].oblique or place > at)
                else:
                    result[place] = replace(one, oblique=found[at].oblique, together=ids)
        at = end + 1
    return result


def remember(memory: Memory, cast: Sequence[Actor]) -> None:
    """Take the sentence's subject as the topic of what follows."""
    subjects = [
        one
        for one in cast
        if not one.oblique and one.kind not in ("pronoun", "industry", "group") and one.id != "world"
    ]
    things = [one for one in subjects if one.kind in ("firm", "person", "index")] or subjects
    for one in subjects:
        if one.kind in ("firm", "person"):
            for known in one.together or (one.id,):
                if known in memory.recent:
                    memory.recent.remove(known)
                memory.recent.append(known)
    pronoun = next((one for one in cast if one.kind == "pronoun" and not one.oblique), None)
    if things and (pronoun is None or things[0].start < pronoun.start or memory.topic is None):
        memory.topic = things[0]
    group = next((one for one in cast if one.kind == "group"), None)
    if group is not None and not things:
        ids = tuple(memory.recent[-int(group.id) :])
        if len(ids) == int(group.id):
            memory.topic = replace(group, kind="firm", id=ids[0], together=ids)


def _shared(text: str, who: Actor, end: int) -> str:
    stretch = text[who.end : end]
    if any(word in stretch for word in words("entities", "together")):
        return "together"
    return "each" if any(word in stretch for word in words("entities", "each")) else ""


def _as_who(text: str, who: Actor, before: Sequence[Actor], memory: Memory, end: int, versus: str) -> Who:
    """Turn an actor into an answer; pronouns and groups ask the sentence, then the memory."""
    if who.kind == "pronoun":
        earlier = [
            one
            for one in before
            if one.end <= who.start and not one.oblique and one.kind not in ("pronoun", "industry")
        ]
        source = next((one for one in earlier if one.kind != "subject"), None) or memory.topic
        if source is None:
            return Who(memory.main or None, who.text, versus=versus)
        who = replace(source, start=who.start, end=who.end)
    if who.kind == "group":
        size = int(who.id)
        named = list(dict.fromkeys(one.id for one in before if one.kind == "firm" and one.end <= who.start))
        ids = (named if len(named) >= size else memory.recent)[-size:]
        return Who("|".join(ids) if len(ids) == size else None, who.text, _shared(text, who, end) or "together", versus)
    if who.together:
        return Who("|".join(who.together), who.text, _shared(text, who, end), versus)
    return Who(who.id or None, who.text, versus=versus)


def _best(candidates: Sequence[Actor]) -> Actor | None:
    things = [one for one in candidates if one.kind in _THINGS]
    named = [one for one in things if one.kind != "subject"]
    best = named or things or list(candidates)
    return best[-1] if best else None


def _own(text: str, cast: Sequence[Actor], q: Quantity) -> tuple[Actor | None, Actor | None]:
    """Name whose own figure this is by comparison, and the name that the figure is a ratio over."""
    before = [one for one in cast if one.end <= q.start]
    if before and _LINK.fullmatch(text[before[-1].end : q.start]):
        head = text[max(0, before[-1].start - 16) : before[-1].start]
        own = _ends_with(head, words("entities", "own"))
        over = _ends_with(head, words("entities", "over"))
        if own and len(own) >= len(over):
            return before[-1], None
        if over:
            return None, before[-1]
    after = re.match(r"\s(?:for|at|in)\s(?:the\s)?", text[q.end : q.end + 10])
    nearest = next((one for one in cast if one.start >= q.end), None)
    if after and " in " in after[0] and nearest and nearest.kind != "region":
        after = None
    if after and nearest and nearest.start == q.end + after.end():
        return nearest, None
    if q.family == "ratio" and nearest and _THAT_OF.fullmatch(text[q.end : nearest.start]):
        return None, nearest
    return None, None


def _paired(text: str, cast: Sequence[Actor], q: Quantity, peers: Sequence[Quantity]) -> Actor | None:
    """Name of a pair that the figure belongs to: 分别, respectively."""
    for word in words("entities", "pairs"):
        at = text.find(word)
        if at < 0:
            continue
        group = [one for one in cast if one.together and one.start < max(at, q.start)]
        same = [one for one in peers if one.family == q.family and (one.start > at or word == "respectively")]
        if group and q in same and len(same) == len(group[-1].together):
            members = [one for one in cast if one.together == group[-1].together]
            return replace(members[same.index(q)], together=()) if len(members) == len(same) else None
    return None


@dataclass(frozen=True, slots=True)
class _Stage:
    """Where a figure is looked at: its sentence, its clause, the clauses before, who can be meant."""

    text: str
    q: Quantity
    cast: Sequence[Actor]
    usable: Sequence[Actor]
    start: int
    earlier: Sequence[tuple[int, int]]

    def in_land(self) -> Actor | None:
        """Country that the clause begins with, and nobody else before the figure: in China it was ..."""
        for one in self.cast:
            opens = _IN.fullmatch(self.text[self.start : one.start]) if one.start >= self.start else None
            if one.kind == "region" and one.oblique and one.end <= self.q.start and opens:
                rivals = (other for other in self.usable if one.end < other.start and other.end <= self.q.start)
                return one if all(other.kind == "pronoun" for other in rivals) else None
        return None

    def in_clause(self) -> Actor | None:
        """Last subject before the figure in its clause."""
        return _best([one for one in self.usable if one.end <= self.q.start and one.start >= self.start])

    def behind(self) -> Actor | None:
        """Name that the figure describes: a 5 trillion 的 Nvidia."""
        if self.text[self.q.end : self.q.end + 1] != "的":
            return None
        near = (one for one in self.cast if self.q.end < one.start <= self.q.end + 8)
        return next((one for one in near if one.kind in ("firm", "pronoun")), None)

    def before(self) -> Actor | None:
        """Subject of the nearest clause before that has one."""
        for first, last in reversed(self.earlier):
            subjects = [one for one in self.usable if first <= one.start < last]
            if subjects:
                things = [one for one in subjects if one.kind in _THINGS and one.kind != "subject"]
                return (things or subjects)[0]
        return None

    def owner(self) -> Actor | None:
        """Owner of what the clause is about (on CoreWeave's bonds), or who does it (by Meta)."""
        here = [one for one in self.cast if one.oblique and self.start <= one.start and one.end <= self.q.start]
        owners = [one for one in here if self.text[one.end : one.end + 2] in ("'s", "’s")]
        behind = [one for one in self.cast if self.q.end <= one.start and one.kind == "firm"]
        agents = [one for one in behind if self.text[: one.start].lower().endswith(" by ")]
        found = owners or agents
        return found[-1] if found else None

    def later(self) -> Actor | None:
        """First firm named behind the figure."""
        return next((one for one in self.usable if one.start >= self.q.end and one.kind == "firm"), None)


_IN = re.compile(r"\s?(?:in|在)\s?(?:the\s)?", re.IGNORECASE)


def attribute(
    text: str,
    q: Quantity,
    cast: Sequence[Actor],
    clauses: Sequence[tuple[int, int]],
    peers: Sequence[Quantity],
    memory: Memory,
    *,
    ahead: bool = False,
) -> Who:
    """Tell whom a figure of a sentence is about; ``ahead`` lets a name behind it go before the topic."""
    pair = _paired(text, cast, q, peers)
    if pair:
        return Who(pair.id or None, pair.text)
    own, over = _own(text, cast, q)
    if own:
        return _as_who(text, own, cast, memory, q.end, "")
    if q.written == "thing":  # three Japans: the thing itself is what the figure is a multiple of
        over = next((one for one in cast if q.start <= one.start < q.end), over)
    versus = (over.id or over.text) if over else ""
    if q.family in ("age", "rank") and memory.topic and memory.topic.kind == "person":
        return Who(None, memory.topic.text)
    place = next((at for at, (_, end) in enumerate(clauses) if end >= q.end), len(clauses) - 1)
    inside = [one for one in cast if any(p.start <= one.start < p.end for p in peers)]
    usable = [one for one in cast if not one.oblique and one is not over and one not in inside]
    stage = _Stage(text, q, cast, usable, clauses[place][0] if clauses else 0, clauses[:place])
    found = stage.in_land() or stage.in_clause() or stage.behind() or stage.before() or stage.owner()
    found = found or (stage.later() if ahead else None)
    if found:
        return _as_who(text, found, cast, memory, q.end, versus)
    if memory.topic:
        return replace(_as_who(text, memory.topic, cast, memory, q.end, versus), market=True)
    return Who(memory.main or None, "", versus=versus, market=True)
