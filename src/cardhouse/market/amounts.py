"""Numbers as people write them: thousands separators, decimal commas, currency signs."""

from __future__ import annotations

import re

from cardhouse.errors import InputError

MISSING = {"", "-", "--", ".", "n/a", "na", "nan", "null", "none", "#n/a", "#na", "nil"}
"""What stands for no price; such rows are left out and counted."""

_SIGNS = re.compile(r"[$€£¥₩₹]|\b(?:USD|EUR|GBP|JPY|CNY|HKD|TWD|KRW)\b")
_SPACES = re.compile("(?<=\\d)[ '\u2019_\u00a0\u202f](?=\\d{3}(?!\\d))")
_PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$")
_BY_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?$")
_DECIMAL_COMMA = re.compile(r"[+-]?(\d+|\d{1,3}(\.\d{3})+),\d*$")


def clean(text: str) -> str:
    """Without currency signs, brackets of negatives, and spaces that part thousands."""
    words = _SIGNS.sub("", text.strip()).strip()
    if words.startswith("(") and words.endswith(")"):
        words = "-" + words[1:-1]
    return _SPACES.sub("", words.replace("\u2212", "-"))


def is_missing(text: str) -> bool:
    """Whether the cell stands for no price."""
    return text.strip().lower() in MISSING


def find_decimal(cells: list[str], *, asked: str | None) -> tuple[str, str]:
    """The decimal sign of a column, "." or ",", with the reason where it was not plain.

    ``1,234`` alone says nothing: another row must show a decimal, or two separators.

    Raises
    ------
    InputError : the column contradicts itself or leaves it open.
    """
    if asked is not None:
        if asked not in {".", ","}:
            raise InputError(f"the decimal sign is {asked!r}; expected . or ,")
        return asked, f"the decimal sign is read as {asked}, as asked"
    with_comma = [c for c in map(clean, cells) if "," in c]
    if not with_comma:
        return ".", ""
    thousands = [c for c in with_comma if _BY_THOUSANDS.match(c)]
    decimals = [c for c in with_comma if _DECIMAL_COMMA.match(c)]
    sure_thousands = [c for c in thousands if c not in set(decimals)]
    sure_decimals = [c for c in decimals if c not in set(thousands)]
    # 1000.5 or 12.3456 in the same column: the point is the decimal sign.
    points = [c for c in map(clean, cells) if "," not in c and "." in c and not re.match(r"[+-]?\d{1,3}(\.\d{3})+$", c)]
    if sure_decimals and (sure_thousands or points):
        other = (sure_thousands or points)[0]
        raise InputError(f"prices mix two decimal signs: {sure_decimals[0]!r} and {other!r}; write them in one way")
    if sure_decimals:
        return ",", f"the comma is read as decimal sign ({sure_decimals[0]})"
    if sure_thousands or points:
        return ".", f"commas are read as thousands separators ({with_comma[0]})"
    raise InputError(
        f"cannot tell whether {with_comma[0]!r} is a thousand or a decimal: no row of the file decides; "
        "say --decimal . or --decimal ,"
    )


def parse(text: str, decimal: str) -> float:
    """The number of a cell.

    Raises
    ------
    ValueError : no number; says what was found.
    """
    words = clean(text)
    if decimal == ",":
        if not (_DECIMAL_COMMA.match(words) or re.match(r"[+-]?\d{1,3}(\.\d{3})+$", words) or words.isdigit()):
            raise ValueError(f"{text[:40]!r} is no number with a decimal comma")
        words = words.replace(".", "").replace(",", ".")
    elif "," in words:
        if not _BY_THOUSANDS.match(words):
            raise ValueError(f"{text[:40]!r} is no number; expected for example 1,234.56")
        words = words.replace(",", "")
    if not _PLAIN.match(words):
        raise ValueError(f"{text[:40]!r} is no number")
    return float(words)
