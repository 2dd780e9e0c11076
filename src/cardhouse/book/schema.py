"""The one table of what a book's files hold: columns, types, what is required, what is allowed.

The reader turns cells into values by it, the checks follow its references, and the page
``docs/book.md`` shows it (a test compares the two). Columns stand in the order of the record's fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from cardhouse.book import records as r

ID = r"[^\W_][\w.\-]{0,99}"
"""An id: letters, digits, ``.``, ``_`` and ``-``, beginning with a letter or digit."""


Choices = type[StrEnum] | tuple[str, ...]


class Type(StrEnum):
    """What a cell may hold; the value is the sentence that a message shows as expected."""

    ID = "an id of letters, digits, '.', '_' and '-'"
    TEXT = "text on one line"
    LIST = "texts with | between them"
    DATE = "a date as YYYY-MM-DD between 1900 and 2199"
    NUMBER = "a plain number such as 1250.5, at most 1e18"
    CHOICE = "one of the allowed words"
    YES_NO = "yes or no"
    MONTH_DAY = "a month and day as MM-DD"
    URL = "an address that begins with https:// or http://"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, type, whether a blank cell is a fault, and what it means."""

    name: str
    type: Type
    required: bool
    meaning: str
    choices: Choices = ()

    @property
    def allowed(self) -> tuple[str, ...]:
        """Words a choice may take; empty for other types."""
        return tuple(str(word) for word in self.choices)


@dataclass(frozen=True, slots=True)
class Table:
    """One file: its record, columns, and the columns that name a row in messages.

    ``needed`` tells whether a book without this file is incomplete.
    """

    name: str
    record: type
    subject: tuple[str, ...]
    needed: bool
    meaning: str
    columns: tuple[Column, ...]

    @property
    def file(self) -> str:
        """Name of the file in the book's folder."""
        return f"{self.name}.csv"


def _must(name: str, kind: Type, meaning: str, choices: Choices = ()) -> Column:
    return Column(name, kind, required=True, meaning=meaning, choices=choices)


def _may(name: str, kind: Type, meaning: str, choices: Choices = ()) -> Column:
    return Column(name, kind, required=False, meaning=meaning, choices=choices)


_CAMPS = ("openai", "anthropic", "independent", "china", "world")
_KNOWN = _must("known", Type.DATE, "day it became public")
_NOTE = _may("note", Type.TEXT, "anything a reader should know")
_ZH = _may("name_zh", Type.TEXT, "name in simplified Chinese")

_FIRMS = (
    _must("id", Type.ID, "short name used everywhere else"),
    _must("name", Type.TEXT, "name in English"),
    _ZH,
    _may("aliases", Type.LIST, "other names people type"),
    _must("layer", Type.CHOICE, "place in the chain", r.Layer),
    _must("camp", Type.CHOICE, "side it is bound to", _CAMPS),
    _may("tier", Type.CHOICE, "part in a clearing; blank: by rule", r.Tier),
    _may("ticker", Type.TEXT, "stock exchange symbol"),
    _may("country", Type.TEXT, "two letters"),
    _may("fiscal_year_end", Type.MONTH_DAY, "last day of its fiscal year"),
    _NOTE,
)
_SUBJECTS = (
    _must("id", Type.ID, "short name used by facts"),
    _must("kind", Type.TEXT, "accelerator, server, model, tool, country, region, index, group, product"),
    _must("name", Type.TEXT, "name in English"),
    _ZH,
    _NOTE,
)
_METRICS = (
    _must("id", Type.ID, "word used by facts"),
    _must("kind", Type.CHOICE, "a flow needs a start and an end", r.MetricKind),
    _must("unit", Type.TEXT, "unit of its figures (money and prices: in any currency)"),
    _may("edgar", Type.LIST, "XBRL tags, most usual first"),
    _must("name", Type.TEXT, "name in English"),
    _ZH,
    _may("definition", Type.TEXT, "what is counted and what is not"),
)
_SOURCES = (
    _must("id", Type.ID, "short name used by all rows"),
    _must("title", Type.TEXT, "title"),
    _may("publisher", Type.TEXT, "who published it"),
    _may("published", Type.DATE, "day it was published"),
    _may("url", Type.URL, "where to read it"),
    _must("kind", Type.CHOICE, "kind, in the order of trust", r.SourceKind),
)
_FACTS = (
    _must("entity", Type.ID, "firm or subject it is about"),
    _must("metric", Type.ID, "word of metrics.csv"),
    _may("item", Type.TEXT, "facility, vendor, customer or vintage; part of the key"),
    _may("start", Type.DATE, "first day of a flow; blank for a stock"),
    _must("end", Type.DATE, "last day of a flow, or day of a stock"),
    _must("value", Type.NUMBER, "the figure"),
    _must("unit", Type.TEXT, "unit of the value"),
    _must("source", Type.ID, "source that says so"),
    _KNOWN,
    _must("confidence", Type.CHOICE, "how sure the book is", r.Confidence),
    _NOTE,
)
_TIES = (
    _must("id", Type.ID, "short name; a later version ends in -v2, -v3, ..."),
    _must("kind", Type.CHOICE, "nature of the link", r.TieKind),
    _must("from", Type.ID, "firm that commits the money"),
    _must("to", Type.ID, "firm that receives it"),
    _may("amount", Type.NUMBER, "size; blank where nobody published one"),
    _may("unit", Type.TEXT, "USD_million, with an amount"),
    _may("share_percent", Type.NUMBER, "share bought, or of revenue, in percent"),
    _may("rate_percent", Type.NUMBER, "interest a year, in percent"),
    _may("announced", Type.DATE, "day it was announced"),
    _may("start", Type.DATE, "first day money moves"),
    _may("end", Type.DATE, "last day money moves"),
    _must("firmness", Type.CHOICE, "how binding it was said to be", r.Firmness),
    _must("status", Type.CHOICE, "what has become of it", r.Status),
    _must("counted", Type.YES_NO, "no: part or total of other rows, never add"),
    _must("source", Type.ID, "source that says so"),
    _KNOWN,
    _must("confidence", Type.CHOICE, "how sure the book is", r.Confidence),
    _NOTE,
)
_TERMS = (
    _must("tie", Type.ID, "tie it belongs to (of that version)"),
    _must("term", Type.ID, "word of the vocabulary of terms"),
    _may("from", Type.DATE, "first day"),
    _may("to", Type.DATE, "last day"),
    _must("value", Type.TEXT, "number, or id of a firm or tie"),
    _must("unit", Type.TEXT, "unit that the term asks for"),
    _may("source", Type.ID, "source that says so; or"),
    _may("reason", Type.TEXT, "why it is assumed: one of the two, never both"),
    _KNOWN,
)
_ASSUMPTIONS = (
    _must("id", Type.ID, "short name"),
    _must(
        "subject",
        Type.TEXT,
        "firm, subject, `layer:`, `tier:` or `kind:` and a word (`layer:neocloud`), or `all`",
    ),
    _must("name", Type.ID, "what is assumed"),
    _must("low", Type.NUMBER, "low end"),
    _must("central", Type.NUMBER, "value used"),
    _must("high", Type.NUMBER, "high end"),
    _must("unit", Type.TEXT, "unit of the three"),
    _may("start", Type.DATE, "first day it holds"),
    _may("end", Type.DATE, "last day it holds"),
    _KNOWN,
    _may("source", Type.ID, "source it leans on"),
    _must("reason", Type.TEXT, "why, in one or two sentences"),
)
_RATES = (
    _must("currency", Type.TEXT, "three letters"),
    _may("start", Type.DATE, "first day of an average; blank for the rate of one day"),
    _must("end", Type.DATE, "last day of an average, or the day"),
    _must("usd", Type.NUMBER, "dollars for one unit of the currency"),
    _must("source", Type.ID, "source that says so"),
    _KNOWN,
    _NOTE,
)

TABLES: Mapping[str, Table] = {
    table.name: table
    for table in (
        Table("firms", r.Firm, ("id",), True, "an organisation or a named aggregate", _FIRMS),
        Table("subjects", r.Subject, ("id",), False, "something that facts speak of besides firms", _SUBJECTS),
        Table("metrics", r.Metric, ("id",), True, "a word of the vocabulary of facts", _METRICS),
        Table("sources", r.Source, ("id",), True, "a place where figures come from", _SOURCES),
        Table("facts", r.Fact, ("entity", "metric", "end"), True, "one figure", _FACTS),
        Table("ties", r.Tie, ("id",), True, "one link, or a later version of it", _TIES),
        Table("terms", r.Term, ("tie", "term"), False, "one term of how a tie is paid", _TERMS),
        Table(
            "assumptions",
            r.Assumption,
            ("id",),
            False,
            "something that nobody reports, as a range",
            _ASSUMPTIONS,
        ),
        Table("rates", r.Rate, ("currency", "end"), False, "the dollars for one unit of a currency", _RATES),
    )
}


def as_markdown(table: Table) -> str:
    """Write the columns of a file as a Markdown table, as the documentation shows them."""
    lines = ["| column | required | holds | meaning |", "|---|---|---|---|"]
    for column in table.columns:
        holds = ", ".join(column.allowed) or column.type.value.replace("|", "\\|")
        lines.append(f"| `{column.name}` | {'yes' if column.required else ''} | {holds} | {column.meaning} |")
    return "\n".join(lines)
