"""Price per token at a stated capability by date, and open models against closed ones, in months."""

from cardhouse.lenses.frontier.answer import LEVELS, Frontier, Quoted, frontier
from cardhouse.lenses.frontier.gaps import Gaps, Lag, Summary, gaps, records
from cardhouse.lenses.frontier.models import Model, Scored, scored
from cardhouse.lenses.frontier.prices import Fall, Level, Price, fall, level, prices

__all__ = [
    "LEVELS",
    "Fall",
    "Frontier",
    "Gaps",
    "Lag",
    "Level",
    "Model",
    "Price",
    "Quoted",
    "Scored",
    "Summary",
    "fall",
    "frontier",
    "gaps",
    "level",
    "prices",
    "records",
    "scored",
]
