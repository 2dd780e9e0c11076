"""Countries side by side: computing, power, chips, money, talent, growth, as far as the book has it."""

from cardhouse.lenses.country.answer import Comparison, compare
from cardhouse.lenses.country.derived import Listed, lacking, listed, multiple
from cardhouse.lenses.country.indicators import INDICATORS, Indicator, Line, against, line
from cardhouse.lenses.country.names import CODES, Country, countries, find, pick

__all__ = [
    "CODES",
    "INDICATORS",
    "Comparison",
    "Country",
    "Indicator",
    "Line",
    "Listed",
    "against",
    "compare",
    "countries",
    "find",
    "lacking",
    "line",
    "listed",
    "multiple",
    "pick",
]
