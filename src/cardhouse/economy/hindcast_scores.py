"""Errors of a look back: one line for each figure, and medians over the firms of the first rank."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from cardhouse.economy.kernel import columns as col

FIRST_RANK = (
    "nvidia", "amd", "broadcom", "microsoft", "amazon", "alphabet", "meta", "oracle", "coreweave", "nebius", "iren",
    "openai", "anthropic", "xai", "spacex", "softbank",
)  # fmt: skip
"""Firms whose errors are summed up."""
FLOWS = {"revenue": col.REVENUE, "capital_expenditures": col.CAPEX, "net_income": col.INCOME}
BALANCES = {"cash_and_investments": col.CASH, "total_debt": col.DEBT}


@dataclass(frozen=True, slots=True)
class Line:
    """One figure: forecast, the two naive forecasts, and what was reported, USD million.

    Attributes
    ----------
    horizon : quarters from the opening to ``end``.
    span : quarters that a flow is summed over, 1 or 4; 1 for a balance.
    where : rows of the book that hold the reported figure; ``derived`` when a period was taken back from another.
    """

    firm: str
    metric: str
    end: date
    horizon: int
    span: int
    forecast: float
    last_value: float | None
    last_growth: float | None
    reported: float
    where: str
    derived: bool

    def error(self, forecast: float | None) -> float | None:
        """A forecast less what was reported, over what was reported (its size, for a loss)."""
        if forecast is None or self.reported == 0.0:
            return None
        return (forecast - self.reported) / abs(self.reported)


@dataclass(frozen=True, slots=True)
class Score:
    """Median absolute errors of one metric at one horizon, over the firms for which all three forecasts exist.

    Attributes
    ----------
    firms : how many those are. ahead : for how many of them the run is nearer than both naive forecasts.
    all_firms, all_model : firms with a forecast and a reported figure, naive or not, and the run's median over them.
    """

    metric: str
    span: int
    horizon: int
    firms: int
    model: float | None
    last_value: float | None
    last_growth: float | None
    ahead: int
    all_firms: int
    all_model: float

    @property
    def better(self) -> bool | None:
        """Whether the run's median is below both naive ones; None where they cannot be compared."""
        if self.model is None or self.last_value is None or self.last_growth is None:
            return None
        return self.model < min(self.last_value, self.last_growth)


def scores(lines: Iterable[Line]) -> tuple[Score, ...]:
    """Medians over the firms of the first rank, by metric, span and horizon."""
    groups: dict[tuple[str, int, int], list[Line]] = {}
    for line in lines:
        if line.firm in FIRST_RANK and line.reported != 0.0:
            groups.setdefault((line.metric, line.span, line.horizon), []).append(line)
    order = [*FLOWS, *BALANCES]
    keys = sorted(groups, key=lambda k: (order.index(k[0]), -k[1], k[2]))
    return tuple(_score(*key, groups[key]) for key in keys)


def _score(metric: str, span: int, horizon: int, lines: Sequence[Line]) -> Score:
    errors = [
        (abs(model), abs(value), abs(growth))
        for x in lines
        if (model := x.error(x.forecast)) is not None
        and (value := x.error(x.last_value)) is not None
        and (growth := x.error(x.last_growth)) is not None
    ]
    model, value, growth = (median(e[i] for e in errors) if errors else None for i in range(3))
    return Score(
        metric=metric,
        span=span,
        horizon=horizon,
        firms=len(errors),
        model=model,
        last_value=value,
        last_growth=growth,
        ahead=sum(e[0] < min(e[1:]) for e in errors),
        all_firms=len(lines),
        all_model=median(abs(x.error(x.forecast) or 0.0) for x in lines),
    )
