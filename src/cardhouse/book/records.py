"""What a row of the book becomes: frozen records, money in the unit of the row, dates as dates.

Every record that carries a figure keeps ``where``, the file and line it came from, so that
each number shown anywhere can be traced back to a row that a person can open and correct.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Layer(StrEnum):
    """Where a firm stands in the chain from chips to applications."""

    COMPUTE = "compute"
    CLOUD = "cloud"
    NEOCLOUD = "neocloud"
    MODEL = "model"
    APPLICATION = "application"
    DATACENTER = "datacenter"
    CAPITAL = "capital"
    WORLD = "world"


class Tier(StrEnum):
    """How a firm takes part in a clearing."""

    FULL = "full"
    VEHICLE = "vehicle"
    BOUNDARY = "boundary"


class MetricKind(StrEnum):
    """What a metric measures; a flow has start and end, everything else may have an end only."""

    FLOW = "flow"
    STOCK = "stock"
    MARKET = "market"
    POLICY = "policy"
    DEMAND = "demand"
    PRICE = "price"
    HARDWARE = "hardware"


class SourceKind(StrEnum):
    """Kinds of sources in the order of trust that settles conflicts (first wins)."""

    FILING = "filing"
    PRESS_RELEASE = "press_release"
    TRANSCRIPT = "transcript"
    DATASET = "dataset"
    NEWS = "news"
    ANALYST = "analyst"
    ARTICLE = "article"
    MEMORY = "memory"


class TieKind(StrEnum):
    """The nature of a financial link."""

    EQUITY = "equity"
    PURCHASE = "purchase"
    LOAN = "loan"
    BOND = "bond"
    LEASE = "lease"
    SUPPLY = "supply"
    GUARANTEE = "guarantee"
    WARRANT = "warrant"
    REVENUE_SHARE = "revenue_share"


class Firmness(StrEnum):
    """How binding a tie was said to be."""

    BINDING = "binding"
    REPORTED = "reported"
    ANNOUNCED = "announced"
    LETTER_OF_INTENT = "letter_of_intent"


class Status(StrEnum):
    """What has become of a tie."""

    ACTIVE = "active"
    COMPLETED = "completed"
    PLANNED = "planned"
    TERMINATED = "terminated"
    UNKNOWN = "unknown"


class Confidence(StrEnum):
    """How sure the book is of a row."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class Where:
    """File and line of a row; prints as ``file:line``."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Firm:
    """An organisation, or a named aggregate of the world."""

    id: str
    name: str
    name_zh: str
    aliases: tuple[str, ...]
    layer: Layer
    camp: str
    tier: Tier | None
    ticker: str
    country: str
    fiscal_year_end: str
    note: str
    where: Where


@dataclass(frozen=True, slots=True)
class Subject:
    """What facts speak of besides firms: an accelerator, a model, a country, an index."""

    id: str
    kind: str
    name: str
    name_zh: str
    note: str
    where: Where


@dataclass(frozen=True, slots=True)
class Metric:
    """One word of the vocabulary; ``edgar`` lists XBRL tags, most usual first."""

    id: str
    kind: MetricKind
    unit: str
    edgar: tuple[str, ...]
    name: str
    name_zh: str
    definition: str
    where: Where


@dataclass(frozen=True, slots=True)
class Source:
    """Where a figure comes from."""

    id: str
    title: str
    publisher: str
    published: date | None
    url: str
    kind: SourceKind
    where: Where


@dataclass(frozen=True, slots=True)
class Fact:
    """One reported figure, in the unit of its row.

    ``start`` is None for a stock. ``item`` tells figures of one metric apart (facility, vendor,
    customer) and is part of the key.
    """

    entity: str
    metric: str
    item: str
    start: date | None
    end: date
    value: float
    unit: str
    source: str
    known: date
    confidence: Confidence
    note: str
    where: Where

    @property
    def key(self) -> tuple[str, str, date | None, date, str]:
        """What the figure is of; two rows with one key may disagree."""
        return (self.entity, self.metric, self.start, self.end, self.item)


def split_version(tie: str) -> tuple[str, int]:
    """First version's id and the version of a tie's id: ``a-v2`` is ``("a", 2)``, ``a`` is ``("a", 1)``."""
    head, _, tail = tie.rpartition("-v")
    if head and tail.isascii() and tail.isdecimal() and tail[0] != "0" and tail != "1":
        return head, int(tail)
    return tie, 1


@dataclass(frozen=True, slots=True)
class Tie:
    """One version of one financial link; ``from_`` commits the money, ``to`` receives it.

    ``amount`` is in ``unit`` (USD million unless the row says otherwise), None where nobody published one.
    """

    id: str
    kind: TieKind
    from_: str
    to: str
    amount: float | None
    unit: str
    share_percent: float | None
    rate_percent: float | None
    announced: date | None
    start: date | None
    end: date | None
    firmness: Firmness
    status: Status
    counted: bool
    source: str
    known: date
    confidence: Confidence
    note: str
    where: Where

    @property
    def base_id(self) -> str:
        """Id of the first version: ``openai-oracle-300bn`` for ``openai-oracle-300bn-v2``."""
        return split_version(self.id)[0]

    @property
    def version(self) -> int:
        """1 for the first version, n for ``-vn``."""
        return split_version(self.id)[1]

    @property
    def payer(self) -> str:
        """Who owes under the tie: the borrower for loans and bonds, ``from_`` otherwise."""
        return self.to if self.kind in (TieKind.LOAN, TieKind.BOND) else self.from_

    @property
    def payee(self) -> str:
        """Who is owed under the tie."""
        return self.from_ if self.kind in (TieKind.LOAN, TieKind.BOND) else self.to


@dataclass(frozen=True, slots=True)
class Term:
    """How a tie is paid: one term, with its source or the reason it is assumed.

    ``value`` stays text in the record; :attr:`number` reads it where the term is numeric.
    """

    tie: str
    term: str
    from_: date | None
    to: date | None
    value: str
    unit: str
    source: str
    reason: str
    known: date
    where: Where

    @property
    def number(self) -> float:
        """The value as a number (the reader has checked that numeric terms are numbers)."""
        return float(self.value)


@dataclass(frozen=True, slots=True)
class Assumption:
    """What nobody reports: a range, a central value and a reason."""

    id: str
    subject: str
    name: str
    low: float
    central: float
    high: float
    unit: str
    start: date | None
    end: date | None
    known: date
    source: str
    reason: str
    where: Where


@dataclass(frozen=True, slots=True)
class Rate:
    """Dollars for one unit of a currency: average over start..end, or spot at end when start is None."""

    currency: str
    start: date | None
    end: date
    usd: float
    source: str
    known: date
    note: str
    where: Where
