"""What an article becomes: a cleaned text with its sentences, and the claims found in it.

Both halves of the room share these records: cleaning and extraction fill them, checking and showing
read them. Places are character offsets into :attr:`Article.original` unless a name says ``clean``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Role(StrEnum):
    """What a sentence is in its article."""

    TITLE = "title"
    HEADING = "heading"
    BODY = "body"
    REFERENCE = "reference"


class Comparator(StrEnum):
    """How the figure stands to the truth it claims."""

    EQUAL = "="
    ABOUT = "~"
    ABOVE = ">"
    BELOW = "<"
    UP_TO = "<="


class ChangeKind(StrEnum):
    """What kind of figure a claim is.

    ``return`` is a change without a stated base (a price move, a cost that falls by 60 percent), in
    percent; ``ratio`` one figure over another (multiples, margins, price-earnings ratios), ``share`` a
    part of a whole, ``target`` a figure that is promised, forecast or supposed.
    """

    LEVEL = "level"
    YOY = "yoy"
    QOQ = "qoq"
    RETURN = "return"
    SHARE = "share"
    RATIO = "ratio"
    TARGET = "target"


class Direction(StrEnum):
    """Where the verb points; blank where it points nowhere."""

    UP = "up"
    DOWN = "down"
    NONE = ""


class DatedBy(StrEnum):
    """Where the day of publication comes from, surest first."""

    GIVEN = "given"
    PAGE = "page"
    LINE = "line"
    STAMP = "stamp"
    MENTION = "mention"
    NONE = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence, heading or title: ``original[start:end]``, cleaned ``text[clean_start:clean_end]``."""

    index: int
    start: int
    end: int
    clean_start: int
    clean_end: int
    text: str
    paragraph: int
    role: Role = Role.BODY


@dataclass(frozen=True, slots=True)
class Dropped:
    """A stretch of the original that is not the article, and why (navigation, advertisement, other headlines ...)."""

    start: int
    end: int
    reason: str


@dataclass(frozen=True, slots=True)
class Article:
    """An article as found and as cleaned.

    ``original`` is the decoded text; of an HTML page it is the visible text, one block a line, since nobody
    reads a claim among tags. ``text`` is cleaned and in simplified characters; ``places[i]`` is the place in
    the original of its i-th character. ``published`` is None where nothing in it tells a day, ``dated_by``
    says how it was told. ``language`` is ``zh`` or ``en``, ``script`` ``hans``, ``hant`` or blank.
    """

    title: str
    published: date | None
    language: str
    original: str
    text: str
    sentences: tuple[Sentence, ...]
    places: Sequence[int] = field(repr=False)
    script: str = ""
    dated_by: DatedBy = DatedBy.NONE
    dropped: tuple[Dropped, ...] = ()

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Place in the original of ``text[start:end]``; the stretch must not be empty."""
        return self.places[start], self.places[end - 1] + 1


@dataclass(frozen=True, slots=True)
class Period:
    """When a claim holds.

    A flow has ``start`` and ``end``, a stock or a market figure may have ``end`` only. ``label`` reads
    ``2025``, ``2025-11``, ``2025-11-01``, ``2025-Q3``, ``2025-H1``, ``FY2026-Q4`` (fiscal, already turned into
    the firm's own dates), ``TTM``, or ``a/b`` for a stretch. ``stated`` is False where the text gives no date:
    then a flow has the period that the article told for the firm's report (or for the sentence before), and
    anything else the day of publication, with ``start`` None and that month as ``label``; blank without either.
    """

    start: date | None = None
    end: date | None = None
    label: str = ""
    stated: bool = False
    fiscal: bool = False


@dataclass(frozen=True, slots=True)
class Claim:
    """One figure of an article: who, what, when, how much.

    start, end : place of the quantity in the original; ``quote`` is ``original[start:end]``.
    sentence : index into ``Article.sentences``.
    entity : id of a firm or subject of the book, several joined by ``|`` (one number for several firms),
        None where the book has none; ``entity_text`` are the words it was read from.
    shared : ``each`` or ``together`` for several firms, else blank.
    metric : id in ``metrics.csv``, None where the book has none; ``metric_text`` the words.
    measure : the metric, or the name of a well-known measure that the book has no metric for
        (``price_to_earnings``, ``share_price_change``, ``market_share`` ...; see ``rules/metrics.csv``), else blank.
    value : in ``unit``; negative for a fall or a loss. None for a range (then ``low`` and ``high`` are set) and
        where no number is given. Money is in millions (``USD_million``, ``CNY_million``), prices per piece in
        ``USD``, changes in ``percent`` (a rise "by 8 times" is 800), multiples in ``ratio``. Currencies are not
        converted here.
    unit : id of the book's units, or ``percentage_points``, ``rank``, ``TWh`` and the like; blank if unknown.
    unit_text : unit as written; blank where the text left it out and the context supplied it.
    low, high : both bounds of a range, None otherwise.
    direction : where the verb points. loss : the words speak of a loss; a level is then negative, a change
        in percent is that of the size of the loss.
    versus : entity that a ratio is taken over ("three times Japan"), id or words; blank otherwise.
    """

    start: int
    end: int
    quote: str
    sentence: int
    entity: str | None = None
    entity_text: str = ""
    shared: str = ""
    metric: str | None = None
    metric_text: str = ""
    measure: str = ""
    period: Period = Period()
    value: float | None = None
    unit: str = ""
    unit_text: str = ""
    low: float | None = None
    high: float | None = None
    comparator: Comparator = Comparator.EQUAL
    change_kind: ChangeKind = ChangeKind.LEVEL
    direction: Direction = Direction.NONE
    loss: bool = False
    versus: str = ""

    @property
    def entities(self) -> tuple[str, ...]:
        """Ids of all the entities, empty without one."""
        return tuple(self.entity.split("|")) if self.entity else ()

    @property
    def is_range(self) -> bool:
        """Both bounds are given."""
        return self.low is not None and self.high is not None

    @property
    def values(self) -> tuple[float, ...]:
        """The value, or both bounds, or nothing."""
        if self.low is not None and self.high is not None:
            return (self.low, self.high)
        return () if self.value is None else (self.value,)
