"""Full dates as they stand in a text: 2026-02-27, 2026年2月27日, Feb. 27, 2026, 27 February 2026."""

from __future__ import annotations

import re
from datetime import date

MONTHS = {
    name: place
    for place, names in enumerate(
        ("jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july", "aug august",
         "sep sept september", "oct october", "nov november", "dec december"), 1)
    for name in names.split()
}  # fmt: skip
MONTH_WORD = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|"
    r"Nov(?:ember)?|Dec(?:ember)?)\b\.?"
)
_ISO = re.compile(r"(?<!\d)((?:19|20)\d{2})\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})(?!\d)")
_AMERICAN = re.compile(rf"({MONTH_WORD})\s(\d{{1,2}})(?:st|nd|rd|th)?,?\s((?:19|20)\d{{2}})(?!\d)", re.IGNORECASE)
_BRITISH = re.compile(rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th)?\s({MONTH_WORD}),?\s((?:19|20)\d{{2}})(?!\d)", re.IGNORECASE)


def day(year: int, month: int, number: int) -> date | None:
    """Return the date, or None where the calendar has none."""
    try:
        return date(year, month, number)
    except ValueError:
        return None


def month_of(word: str) -> int:
    """Number of a month's English name."""
    return MONTHS[word.rstrip(".").lower()]


def dates_in(text: str) -> list[date]:
    """All full dates, in order of place."""
    found = [(m.start(), day(int(m[1]), int(m[2]), int(m[3]))) for m in _ISO.finditer(text)]
    found += [(m.start(), day(int(m[3]), month_of(m[1]), int(m[2]))) for m in _AMERICAN.finditer(text)]
    found += [(m.start(), day(int(m[3]), month_of(m[2]), int(m[1]))) for m in _BRITISH.finditer(text)]
    return [one for _, one in sorted(found, key=lambda pair: pair[0]) if one]


def newest(text: str) -> date | None:
    """Newest full date that a text names."""
    return max(dates_in(text), default=None)
