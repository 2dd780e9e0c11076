"""EDGAR's answer about a filer, read without trusting it: figures as they were filed, and what was refused.

The answer is the JSON of the SEC's "company facts": for each taxonomy and tag, for each unit, a list of
figures with their period, value, accession number, form and day of filing.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from cardhouse.book.cells import LARGEST, CellError, read_date
from cardhouse.book.faults import SHOWN_LENGTH, shown
from cardhouse.errors import InputError

FIRST_FILED = date(1993, 1, 1)
"""EDGAR's first electronic filings; what was filed before cannot be in it."""
MOST_FIGURES = 1_000_000
"""Most figures read; the largest filers have some ten thousands."""

_TAG = re.compile(r"[A-Za-z][\w\-]{0,255}", re.ASCII)
_UNIT = re.compile(r"[A-Za-z][\w\-/.]{0,39}", re.ASCII)
_ACCESSION = re.compile(r"\d{10}-\d{2}-\d{6}", re.ASCII)
_FORM = re.compile(r"[A-Z0-9][A-Z0-9 /\-]{0,19}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Filed:
    """One figure of one filing, in the unit it was filed in; ``start`` is None for a stock.

    ``tag`` carries its taxonomy: ``us-gaap:Assets``.
    """

    tag: str
    unit: str
    start: date | None
    end: date
    value: float
    accession: str
    form: str
    filed: date


@dataclass(frozen=True, slots=True)
class Refused:
    """A figure that is no figure, and why."""

    tag: str
    reason: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What EDGAR holds about one filer."""

    cik: int
    name: str
    filed: tuple[Filed, ...]
    refused: tuple[Refused, ...]


class _Bad(Exception):
    """A figure that cannot be used; the message says why."""


def read_answer(data: bytes, *, cik: int, today: date) -> Answer:
    """Read EDGAR's answer.

    Parameters
    ----------
    data : the JSON as it came.
    cik : number of the filer that was asked for.
    today : no figure can have been filed after it.

    Returns
    -------
    Answer : figures in the order of the answer, and those refused with the reason.

    Raises
    ------
    InputError : no JSON, not of the shape that EDGAR documents, or about another filer.

    References
    ----------
    SEC, EDGAR application programming interfaces, https://www.sec.gov/search-filings/edgar-application-programming-interfaces
    """
    top = _object(_json(data), "the answer")
    number = top.get("cik")
    if str(number).strip().lstrip("0") != str(cik):
        raise InputError(f"EDGAR answered about CIK {shown(str(number))}; expected {cik}; ask again later")
    name = top.get("entityName")
    plain = "".join(c for c in name if c.isprintable())[:SHOWN_LENGTH].strip() if isinstance(name, str) else ""
    filed: list[Filed] = []
    refused: list[Refused] = []
    for count, (tag, unit, entry) in enumerate(_entries(top)):
        if count == MOST_FIGURES:
            raise InputError(f"EDGAR's answer holds more than {MOST_FIGURES:,} figures; that cannot be one filer")
        try:
            filed.append(_figure(tag, unit, entry, today))
        except _Bad as bad:
            refused.append(Refused(tag, str(bad)))
    return Answer(cik, plain or f"CIK {cik}", tuple(filed), tuple(refused))


def _json(data: bytes) -> Any:
    try:
        return json.loads(data, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise InputError("EDGAR's answer is no JSON; try again, and look at https://www.sec.gov if it stays") from error


def _no_constant(word: str) -> float:
    raise ValueError(f"{word} is no number")


def _object(found: Any, what: str) -> Mapping[str, Any]:
    if not isinstance(found, dict):
        raise InputError(f"EDGAR's answer has another shape than documented: {what} is no object; try again later")
    return found


def _entries(top: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """Tag, unit and raw figure, in the order of the answer."""
    for taxonomy, tags in _object(top.get("facts"), "facts").items():
        for tag, about in _object(tags, shown(taxonomy)).items():
            if not (_TAG.fullmatch(taxonomy) and _TAG.fullmatch(tag)):
                continue  # no tag of metrics.csv can be meant
            units = _object(_object(about, shown(tag)).get("units"), f"units of {shown(tag)}")
            for unit, entries in units.items():
                if not isinstance(entries, list):
                    raise InputError(f"EDGAR's answer has another shape than documented: {shown(tag)} holds no list")
                yield from ((f"{taxonomy}:{tag}", unit, entry) for entry in entries)


def _figure(tag: str, unit: str, entry: Any, today: date) -> Filed:
    if not isinstance(entry, dict):
        raise _Bad("no object")
    start = _day(entry, "start") if entry.get("start") is not None else None
    end, filed = _day(entry, "end"), _day(entry, "filed")
    if not FIRST_FILED <= filed <= today:
        raise _Bad("filed before EDGAR began or after today")
    if end > filed or (start is not None and start > end):
        raise _Bad("the period ends before it starts, or after the filing")
    return Filed(
        tag=tag,
        unit=_word(unit, _UNIT, "the unit"),
        start=start,
        end=end,
        value=_number(entry.get("val")),
        accession=_word(entry.get("accn"), _ACCESSION, "the accession number"),
        form=_word(entry.get("form"), _FORM, "the form"),
        filed=filed,
    )


def _day(entry: Mapping[str, Any], key: str) -> date:
    text = entry.get(key)
    try:
        return read_date(text if isinstance(text, str) else "")
    except CellError:
        raise _Bad(f"{key} is no date") from None


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _Bad("the value is no number")
    if not (abs(value) <= LARGEST and math.isfinite(value)):
        raise _Bad("the value is too large")
    return float(value)


def _word(text: Any, pattern: re.Pattern[str], what: str) -> str:
    if not isinstance(text, str) or not pattern.fullmatch(text):
        raise _Bad(f"{what} is missing or odd")
    return text
