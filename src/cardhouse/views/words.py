"""The language of a page, picture, report or workbook: English as written in the code, Chinese from a catalogue.

Texts are written in English where they are used, ``t("Who loses what")``, and looked up in a gettext catalogue; a text
that the catalogue lacks would stand in English, and a test refuses it. Places for values are named, so that another
language may order them anew: ``t("{firm} stops paying", firm=...)``.
"""

from __future__ import annotations

import gettext
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from cardhouse.book import Book, Firm, Metric, Subject
from cardhouse.errors import InputError

LANGUAGES = {"en": "English", "zh": "简体中文"}
"""Languages by their code, each in its own words."""
FOLDER = Path(__file__).parent / "locale"
DOMAIN = "cardhouse"

TRILLION, BILLION = 1_000_000.0, 1_000.0
WAN_YI, YI = 1_000_000.0, 100.0
"""USD million in one unit of each language: trillion and billion; 万亿 and 亿."""

_NO_NAMES: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Words:
    """Texts and figures in one language; called with an English text it gives that text in its language."""

    lang: str
    catalogue: gettext.NullTranslations = field(repr=False, compare=False)
    names: Mapping[str, str] = field(default_factory=lambda: _NO_NAMES, repr=False, compare=False)

    def __call__(self, text: str, /, **values: object) -> str:
        """The text in this language, its named places filled; nothing stays nothing."""
        found = self.catalogue.gettext(text) if text else ""
        return found.format(**values) if values else found

    def about(self, book: Book) -> Words:
        """The same words with the names of a book, for texts in which other rooms wrote them in English."""
        return self if self.lang == "en" else replace(self, names=_names(book, self.lang))

    def named(self, name: str) -> str:
        """A firm, subject or metric of the book (:meth:`about`) by its English name, as this language calls it."""
        return self.names.get(name, name)

    def meant(self, text: str, sense: str) -> str:
        """A short word with many senses (of, at, by) as it stands in English, else the sense it has in this place."""
        return text if self.lang == "en" else self(sense)

    def name(self, who: Firm | Subject) -> str:
        """Name of a firm or subject, in this language where it has one."""
        return who.name_zh or who.name if self.lang == "zh" else who.name

    def called(self, book: Book, who: str) -> str:
        """Name of whatever has this id in the book; the id where nothing has."""
        row = book.firms.get(who) or book.subjects.get(who)
        return self.name(row) if row else who

    def subject(self, book: Book, whom: str) -> str:
        """Whom an assumption of the book speaks of: a firm or subject by its name, ``all`` and groups in words."""
        group, colon, which = whom.partition(":")
        if not colon:
            return self(N_("all firms")) if whom == ALL else self.called(book, whom)
        return self(GROUPS[group], which=self(which.replace("_", " "))) if group in GROUPS else whom

    def metric(self, book: Book, metric: str) -> str:
        """What a metric is called; in English its id, which tables draw without underscores."""
        row = book.metrics.get(metric)
        return row.name_zh if self.lang == "zh" and row and row.name_zh else metric

    def money(self, million: float) -> str:
        """An amount as the language writes it: $1.40 trillion, 1.40万亿美元."""
        sign, size = ("-" if million < 0 else ""), abs(million)
        if self.lang == "zh":
            if size >= WAN_YI:
                return f"{sign}{size / WAN_YI:,.2f}万亿美元"
            return f"{sign}{size / YI:,.0f}亿美元" if size >= 10 * YI else f"{sign}{size / YI:,.2f}亿美元"
        if size >= TRILLION:
            return f"{sign}${size / TRILLION:,.2f} trillion"
        return f"{sign}${size / BILLION:,.1f} billion" if size >= BILLION else f"{sign}${size:,.0f} million"

    def amount(self, million: float) -> str:
        """The number alone, in the unit of :attr:`money_unit`; a dash for nothing."""
        if million == 0:
            return "–"
        value = million / self.money_scale
        least = 0.05 if self.lang == "en" else 0.5
        if abs(value) < least:
            bound = "0.1" if self.lang == "en" else "1"
            return f"<{bound}" if value > 0 else f">-{bound}"
        return f"{value:,.1f}" if self.lang == "en" else f"{value:,.0f}"

    def whole(self, million: float) -> str:
        """The number alone without decimals, in the same unit."""
        return f"{million / self.money_scale:,.0f}"

    @property
    def money_scale(self) -> float:
        """USD million in one unit of a table or an axis: a billion, or 亿."""
        return YI if self.lang == "zh" else BILLION

    @property
    def money_unit(self) -> str:
        """What a table or an axis counts money in."""
        return "亿美元" if self.lang == "zh" else "USD billion"

    def percent(self, share: float, digits: int = 0) -> str:
        """A fraction in per cent."""
        text = f"{share:.{digits}%}"
        return text if text.strip("-0.%") else text.lstrip("-")  # never minus nothing

    def day(self, day: date) -> str:
        """A date; written the same way in both languages, as in the book."""
        return day.isoformat()

    def quarter(self, day: date) -> str:
        """The calendar quarter that a day lies in, short enough for a column: 2027 Q3, 2027年Q3."""
        return f"{day.year}{'年' if self.lang == 'zh' else ' '}Q{(day.month + 2) // 3}"

    @property
    def comma(self) -> str:
        """What stands between the parts of a list without a last word: ``A, B``, ``A、B``."""
        return "、" if self.lang == "zh" else ", "

    @property
    def semicolon(self) -> str:
        """What stands between clauses."""
        return self(N_("; "))

    def sentences(self, parts: Sequence[str]) -> str:
        """Sentences behind each other; Chinese ones need no space between them."""
        return ("" if self.lang == "zh" else " ").join(parts)

    def listed(self, names: Sequence[str]) -> str:
        """Names in a row: ``A, B and C``, ``A、B和C``."""
        if len(names) < 2:
            return "".join(names)
        last = "和" if self.lang == "zh" else " and "
        return f"{self.comma.join(names[:-1])}{last}{names[-1]}"


@lru_cache(maxsize=4)
def _names(book: Book, lang: str) -> Mapping[str, str]:
    """English names of a book with those of another language, metrics also by id and as they stand in a sentence."""
    if lang != "zh":
        return _NO_NAMES
    inside = [(name, m.name_zh) for m in book.metrics.values() for name in (m.id, m.name[:1].lower() + m.name[1:])]
    rows: tuple[Firm | Subject | Metric, ...] = (*book.metrics.values(), *book.subjects.values(), *book.firms.values())
    return MappingProxyType({name: zh for name, zh in (*inside, *((r.name, r.name_zh) for r in rows)) if zh})


@lru_cache(maxsize=len(LANGUAGES))
def words(lang: str) -> Words:
    """The words of a language.

    Raises
    ------
    InputError : a language that Cardhouse does not speak.
    """
    if lang not in LANGUAGES:
        raise InputError(f"{lang!r} is no language of Cardhouse; expected {' or '.join(LANGUAGES)}; say --lang zh")
    if lang == "en":
        return Words(lang, gettext.NullTranslations())
    return Words(lang, gettext.translation(DOMAIN, FOLDER, languages=[lang]))


def N_(text: str) -> str:  # noqa: N802 - the name that gettext gives to a text that is translated where it is shown
    """Mark a text for translation that stands in a table of constants."""
    return text


ALL = "all"
GROUPS = {
    "layer": N_("firms of the layer {which}"),
    "camp": N_("firms of the camp {which}"),
    "tier": N_("firms of the tier {which}"),
    "kind": N_("ties of kind {which}"),
}
"""Groups that an assumption of the book may speak of."""
ENGLISH = words("en")
"""Where no language is asked for."""
