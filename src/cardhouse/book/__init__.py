"""The book: sourced facts, ties and assumptions, read from a folder of CSV files.

>>> from datetime import date
>>> from cardhouse.book import embedded
>>> book = embedded().as_of(date(2026, 3, 31))  # doctest: +SKIP
"""

from cardhouse.book.book import Book, latest_versions
from cardhouse.book.checks import Check, checks, find
from cardhouse.book.conflicts import Conflict
from cardhouse.book.diff import BookDiff, diff
from cardhouse.book.export import csv_text, replacing, write_book, write_csv
from cardhouse.book.faults import Fault, Severity
from cardhouse.book.files import Limits
from cardhouse.book.reader import embedded, read_book
from cardhouse.book.records import (
    Assumption,
    Confidence,
    Fact,
    Firm,
    Firmness,
    Layer,
    Metric,
    MetricKind,
    Rate,
    Source,
    SourceKind,
    Status,
    Subject,
    Term,
    Tie,
    TieKind,
    Tier,
    Where,
)
from cardhouse.book.series import cover, latest, trailing_year
from cardhouse.book.units import CURRENCIES, UNITS, NoRate, Unit

__all__ = [
    "CURRENCIES",
    "UNITS",
    "Assumption",
    "Book",
    "BookDiff",
    "Check",
    "Confidence",
    "Conflict",
    "Fact",
    "Fault",
    "Firm",
    "Firmness",
    "Layer",
    "Limits",
    "Metric",
    "MetricKind",
    "NoRate",
    "Rate",
    "Severity",
    "Source",
    "SourceKind",
    "Status",
    "Subject",
    "Term",
    "Tie",
    "TieKind",
    "Tier",
    "Unit",
    "Where",
    "checks",
    "cover",
    "csv_text",
    "diff",
    "embedded",
    "find",
    "latest",
    "latest_versions",
    "read_book",
    "replacing",
    "trailing_year",
    "write_book",
    "write_csv",
]
