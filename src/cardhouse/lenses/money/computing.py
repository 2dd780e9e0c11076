"""What a laboratory reports of its computing beside what ties say that it paid: what they lack is missing money."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from cardhouse.economy.figure import total
from cardhouse.economy.window import window_after
from cardhouse.lenses.measure import Gap, Measure
from cardhouse.lenses.money.follow import Following
from cardhouse.lenses.money.links import Purpose
from cardhouse.lenses.money.paid import OLD_DAYS
from cardhouse.lenses.money.spans import own_year
from cardhouse.lenses.readings import entity_name, metric_name, of_figure

METRIC = "compute_expense"


@dataclass(frozen=True, slots=True)
class Computing:
    """Computing of one firm, USD million.

    Attributes
    ----------
    reported : expense of its newest reported year, which may end before the window.
    named : what ties say it paid to other firms in the window, for whatever they sell.
    """

    firm: str
    reported: Measure
    named: Measure

    @property
    def short(self) -> bool:
        """Whether ties say less than was reported: what is missing went to firms unseen, and none of it goes round."""
        return self.named.value < self.reported.value


def computing(following: Following, node: str) -> Computing | Gap:
    """A firm's reported cost of computing beside its payments by tie in the last year."""
    paid, book = following.paid, following.opening.book
    own = own_year(book, node, METRIC, window_after(paid.start - timedelta(days=1), 4), near=OLD_DAYS)
    if own is None:
        what = f"{entity_name(book, node)}, {metric_name(book, METRIC)}"
        return Gap(what, f"none reported for a year that ends near {paid.end}")
    named = total(x.amount for x in paid.links if x.payer == node and x.purpose is Purpose.SALE)
    return Computing(node, of_figure(own[0], own[2], own[1]), of_figure(named, paid.end, paid.start))
