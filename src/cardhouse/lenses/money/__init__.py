"""Follow the money: whose dollars pay a firm in the end, how much of its own comes back, and in which rings."""

from cardhouse.lenses.money.answer import Balance, Money, answer, money
from cardhouse.lenses.money.follow import Following, follow, followed
from cardhouse.lenses.money.links import Flows, Link, Period, Purpose, Source, Standing
from cardhouse.lenses.money.whole import Whole, whole

__all__ = [
    "Balance",
    "Flows",
    "Following",
    "Link",
    "Money",
    "Period",
    "Purpose",
    "Source",
    "Standing",
    "Whole",
    "answer",
    "follow",
    "followed",
    "money",
    "whole",
]
