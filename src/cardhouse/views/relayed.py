"""Sentences of other rooms in the reader's language: reasons, warnings and methods that come from them in English.

Book, economy and market write plain English with their own numbers in it; they know no language. What they may say is
listed here with named places, so that a text can be found again by its form, its places read, and told in another
language. A text that is not listed stays as it is: trails, notes and faults quote the book.
"""

from __future__ import annotations

import re
from functools import cache
from string import Formatter

from cardhouse.views.lens_terms import MEASURES, SAMPLES, STATES
from cardhouse.views.relayed_lenses import MEANINGLESS, MISSING, WARNINGS
from cardhouse.views.words import N_, Words

SENTENCES = (
    # why a tie does not count (economy/contracts.py)
    N_("part or total of another row"),
    N_("inside one group"),
    N_("no amount published"),
    N_("repaid or not drawn"),
    N_("a right, not a due"),
    N_("paid, or no instalment scheduled"),
    N_("cannot be called inside the window"),
    N_("no longer in force"),
    N_("no obligor or beneficiary in terms.csv"),
    N_("no cap published"),
    N_("{firmness}, not binding"),
    # why a firm is not tested (economy/opening.py)
    N_("an aggregate of the world"),
    N_("a fund or lender"),
    N_("no balance sheet in the book"),
    N_("no tie of the book reaches it"),
    N_("no figure for {what}"),
    # warnings on figures of an opening
    N_("no figure for {what}: taken as none"),
    N_("scaled by {factor} to fit"),
    N_("{metric} is of {day}, more than two quarters old"),
    N_("{firm}: ties of {million_dues} exceed its {what} of {million_room} in the window; scaled by {factor}"),
    N_("{firm}: debt of {day} raised by {million} drawn since"),
    N_("{firm}: its last revenue is of {day}, more than two quarters old"),
    N_("{firm}: no figure for {year}, so all of its spending counts as for AI"),
    # what held back funding (economy/room.py)
    N_("losses have eaten its equity"),
    N_("earnings no longer cover interest"),
    N_("debt has reached the limit on leverage"),
    N_("its market value is {share} lower than at the opening"),
    N_("lenders lend {share} of what they would"),
    N_("nobody lends"),
    N_("{share} of the shares can be sold that could be"),
    N_("nobody buys shares"),
    N_("earnings fail the cover test of its credit lines"),
    # what was put into a published formula (economy/required.py)
    N_("the book has no recent quarter of {firm} revenue_data_center"),
    N_("the book has no {firm} share_of_data_center_cost"),
    N_("chip sales of {billion} billion a year ({where}), {share} of a data center's cost"),
    N_("capital spending of {billion} billion in {year} by the plan of the book's firms"),
    N_("capital spending of {billion} billion in {first} to {last} by the plan of the book's firms"),
    N_("{id} names no period"),
    N_("all inputs"),
    # what others say of their own figures (economy/published_needs.toml)
    N_(
        "A forecast run rate of Nvidia's data-center revenue of 150 billion at the end of 2024, twice for the "
        "other half of a data center, twice for the gross margin of who uses it."
    ),
    N_(
        "500 billion a year of new data centers for 200 gigawatts in 2030, at a ratio of capital spending to "
        "revenue that cloud firms can keep up; 800 billion of it is not in sight. The ratio is not printed where "
        "we read it: 500 of 2,000 is a quarter."
    ),
    N_(
        "A return of 10 percent on more than 5 trillion of investments through 2030, in revenue that never ends. "
        "The bank prints no margin: 10 percent of 5 trillion is 500 of 650 billion, and nothing is left for chips "
        "that wear out."
    ),
    N_(
        "Yearly payments that bring back the capital with a return of 10 percent: 60 percent of it over five "
        "years, the rest over twenty; half of revenue is left for them."
    ),
    # in what two runs differ, and what a folder says (economy/many)
    N_("{what}: {a} in A, {b} in B"),
    N_("{what}: not the same in A and in B"),
    N_("{folder} was computed by version {then}; this is version {now}, which may compute other numbers."),
    # a filer and its figures beside the book (sources)
    N_("same"),
    N_("same, rounded"),
    N_("differs"),
    N_("in another currency"),
    N_("of form {form}, which holds no accounts"),
    N_("of a period where the metric is of a day, or the other way round"),
    N_("in {currency}, not the currency of the filing's accounts"),
    N_("in {unit}, a unit that the book does not have"),
    N_("of one tag and period with several values in one filing"),
    N_("The book has no firm {name}: its rows need a row in firms.csv of the same folder first."),
    N_("It files from abroad ({forms}): once a year with tags; quarters come in 6-K, mostly without."),
    N_("{count} figures are tagged by IFRS (ifrs-full); metrics.csv has tags of US GAAP only."),
    N_(
        "It files from abroad ({forms}): once a year with tags; quarters come in 6-K, mostly without. {count} figures "
        "are tagged by IFRS (ifrs-full); metrics.csv has tags of US GAAP only."
    ),
    # methods of the market room
    N_("price: growth at a steady rate, however slow, is explosive in levels"),
    N_("logarithm of the price: explosive only when the rate of growth itself grows"),
    N_("price over the fundamental: explosive only when the price runs away from what it is paid for"),
    N_("a fall of {share} from a high within {years} years"),
    N_(
        "A rise of {rise} in two years; US industries after at least {least}: {crashed} crashed ({count}; Greenwood, "
        "Shleifer and You 2019); all conditions are met."
    ),
    N_(
        "A rise of {rise} in two years; US industries after at least {least}: {crashed} crashed ({count}; Greenwood, "
        "Shleifer and You 2019); not met or not known: {unmet}."
    ),
    N_("{count} of {whole}"),
    N_(
        "Volatility of {value} a year ({low} to {high}), drift {drift} ({least} to {most}). To fall so far below "
        "today's price: {odds}."
    ),
    N_(
        "Default point {point} (debt due within {years} years and half of the later), assets {assets} at {sigma} "
        "volatility, {distance} standard deviations from default, which has risk-neutral odds of {odds}. Odds as "
        "priced {priced}; a price of risk of {risk} ({low} to {high}) is taken out."
    ),
    N_(
        "A spread of {spread} basis points for {maturity} years and a recovery of {recovery} ({low} to {high}) give "
        "risk-neutral odds of default of {odds} in {within} years ({soon} in {years}); assets of {sigma} volatility. "
        "Odds as priced {priced}; a price of risk of {risk} ({least} to {most}) is taken out."
    ),
    N_("The interval pools all low ends and all high ends, as if the methods erred alike."),
    N_("cross-section"),
    N_("patell"),
    N_("bmp"),
    N_("patell, correlated"),
    N_("bmp, correlated"),
    N_("corrado rank"),
    N_("sign"),
    N_("generalised sign"),
    N_("independent events, equal variances"),
    N_("independent events, variance not raised by the event"),
    N_("independent events"),
    N_("events correlated by {correlation}"),
    N_("events correlated by {correlation}, variance not raised"),
    N_("independent events; no shape of returns"),
    N_("returns as often above zero as below"),
    N_("returns above zero in {share} of usual days"),
)
"""What other rooms may say, each with its places."""
LENSES = (*MISSING, *MEANINGLESS, *WARNINGS)
LENS_TERMS = (*MEASURES, *STATES, *SAMPLES)
LOOSE = 8
"""Characters of its own up to which a sentence is loose."""
_WORDS = re.compile("[A-Za-z]{2,} [A-Za-z]{2,}")


def relayed(t: Words, text: str) -> str:
    """A text of another room in the reader's language; as it is where it is not listed.

    Examples
    --------
    ``no figure for total_debt, revenue`` is found as ``no figure for {what}``; the list in its place is told as well.
    A place whose name begins with ``million`` or ``billion`` holds an amount of dollars.
    """
    if not text or (known := t(text)) != text:
        return known if text else ""
    if t.lang == "en" or text in t.names:
        return t.named(text)
    words = [t(part) for part in text.split(", ")]
    if not set(words) & set(text.split(", ")):
        return t.comma.join(words)
    for sentence, form, loose in _forms():
        found = form.fullmatch(text)
        if found:
            places = {place: _part(t, place, part) for place, part in found.groupdict().items()}
            strange = (
                _strange(t, part, places[place]) for place, part in found.groupdict().items() if place not in QUOTED
            )
            if not (loose and any(strange)):
                return t(sentence, **places)
    return _listed(t, text)


QUOTED = ("item", "note")
"""Places that quote the book, in whatever language its row is."""
NUMBERS = ("count", "share", "price", "days", "months")
DAYS = ("day", "start", "end")
"""Places in which only a number, and only a day, is looked for; all others may hold any words."""
SCALES = {"million": 1.0, "billion": 1_000.0}
"""What the number in a place counts, in USD million, by the first word of the place's name."""


def _part(t: Words, place: str, part: str) -> str:
    """What stands in a place; an amount of dollars in the unit of the language."""
    scale = SCALES.get(place.partition("_")[0])
    return relayed(t, part) if scale is None else t.whole(float(part.replace(",", "")) * scale)


def _listed(t: Words, text: str) -> str:
    """Words and names with commas between them, where all of them are known."""
    parts = text.split(", ")
    if len(parts) == 1:
        plain = text.replace("_", " ")
        return text if t(plain) == plain else t(plain)
    told = [relayed(t, part) for part in parts]
    strange = any(_strange(t, part, word) for part, word in zip(parts, told, strict=True))
    return text if strange else t.comma.join(told)


def _strange(t: Words, part: str, told: str) -> bool:
    """Whether a part stayed English though it is no name, no id and no number."""
    return told == part and part not in t.names and bool(_WORDS.search(part))


@cache
def _forms() -> tuple[tuple[str, re.Pattern[str], bool], ...]:
    """Sentences with places as patterns, those with most words of their own first; short ones are loose.

    A loose one (``{what}: {reason}``) would fit much that nobody listed, so all its places must be known.
    """
    own = {s: len(re.sub(r"{\w+}", "", s)) for s in (*SENTENCES, *LENSES, *LENS_TERMS) if "{" in s}
    return tuple((s, _form(s), own[s] <= LOOSE) for s in sorted(own, key=lambda s: -own[s]))


def _form(sentence: str) -> re.Pattern[str]:
    pieces = [re.escape(text) + (_place(place) if place else "") for text, place, _, _ in Formatter().parse(sentence)]
    return re.compile("".join(pieces))


def _place(place: str) -> str:
    """What may stand in a place: a number, a day, a name without a comma, or anything."""
    if place == "metric":
        return "(?P<metric>[^,:]+?)"
    if place in DAYS:
        return rf"(?P<{place}>\d{{4}}-[\d-]+)"
    number = place.partition("_")[0] in (*SCALES, *NUMBERS)
    return rf"(?P<{place}>-?\d[\d,.]*%?)" if number else f"(?P<{place}>.+?)"
