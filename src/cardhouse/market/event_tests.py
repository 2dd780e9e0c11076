"""Several events together: do abnormal returns differ from nothing, by parametric, rank and sign tests.

The tests differ in what they suppose. Patell supposes that an event does not raise the variance; Boehmer, Musumeci
and Poulsen (BMP) allows it to; rank and sign tests suppose no shape. All suppose that the events are independent:
events on the same days are not, and the Kolari-Pynnonen correction then belongs on Patell and BMP.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cardhouse.errors import InputError
from cardhouse.market.events import Floats, Study


@dataclass(frozen=True, slots=True)
class Outcome:
    """A test: name, statistic, two-sided p value, and what it supposes."""

    name: str
    statistic: float
    p_value: float
    supposes: str


@dataclass(frozen=True, slots=True)
class Joint:
    """Several events together: mean abnormal returns (L,), mean cumulative one, and the tests of the latter."""

    events: int
    mean_abnormal: tuple[float, ...]
    mean_car: float
    tests: tuple[Outcome, ...]

    def test(self, name: str) -> Outcome:
        """A test by name."""
        for one in self.tests:
            if one.name == name:
                return one
        raise InputError(f"no test {name!r}; there are {', '.join(t.name for t in self.tests)}")


def together(studies: Sequence[Study], *, correlation: float = 0.0) -> Joint:
    """Test the cumulative abnormal returns of several events.

    Parameters
    ----------
    studies : two or more with the same window and length of estimation.
    correlation : mean correlation of abnormal returns between events, for events that share days; 0 when they
        do not. See :func:`mean_correlation`.

    References
    ----------
    Patell (1976), Journal of Accounting Research 14. Boehmer, Musumeci and Poulsen (1991), Journal of Financial
    Economics 30. Corrado (1989), Journal of Financial Economics 23. Cowan (1992), Review of Quantitative Finance and
    Accounting 2. Kolari and Pynnonen (2010), Review of Financial Studies 23.
    """
    if len(studies) < 2:
        raise InputError(f"{len(studies)} events; several are tested together from 2 on")
    if len({s.window for s in studies}) > 1:
        raise InputError("the events have different windows; use the same one for all")
    n = len(studies)
    if not -1.0 / (n - 1) < correlation < 1:
        raise InputError(f"a mean correlation of {correlation:g} between {n} events is impossible")
    cars = np.array([s.car()[0] for s in studies])
    tests = (
        _cross(cars),
        *_standardised(studies, correlation),
        _corrado(studies),
        _sign(cars),
        _generalised_sign(studies, cars),
    )
    abnormal = np.mean([s.abnormal for s in studies], axis=0)
    return Joint(n, tuple(float(a) for a in abnormal), float(cars.mean()), tests)


def mean_correlation(residuals: npt.ArrayLike) -> float:
    """Mean correlation between events that were estimated on the same days; residuals (events, days)."""
    table = np.asarray(residuals, dtype=np.float64)
    if table.ndim != 2 or table.shape[0] < 2 or table.shape[1] < 3:
        raise InputError(f"residuals have the shape {table.shape}; expected 2 or more events of equal days")
    n = table.shape[0]
    found = np.asarray(np.corrcoef(table))
    return float((found.sum() - n) / (n * (n - 1)))


def _normal(name: str, z: float, supposes: str) -> Outcome:
    return Outcome(name, z, math.erfc(abs(z) / math.sqrt(2)), supposes)


def _student(name: str, t: float, freedom: int, supposes: str) -> Outcome:
    from scipy.stats import t as student

    return Outcome(name, t, float(2 * student.sf(abs(t), freedom)), supposes)


def _ratio(values: Floats) -> float:
    spread = float(values.std(ddof=1))
    if spread == 0:
        raise InputError("all events have the same abnormal return; their spread cannot be estimated")
    return float(values.mean()) / (spread / math.sqrt(values.size))


def _cross(cars: Floats) -> Outcome:
    return _student("cross-section", _ratio(cars), cars.size - 1, "independent events, equal variances")


def _standardised(studies: Sequence[Study], correlation: float) -> tuple[Outcome, ...]:
    scars = np.array([s.scar for s in studies])
    # A standardised return is Student's t: its variance is d / (d - 2).
    variance = sum(s.freedom / (s.freedom - 2) for s in studies)
    patell = float(scars.sum()) / math.sqrt(variance)
    bmp = _ratio(scars)
    n = scars.size
    tests = [
        _normal("patell", patell, "independent events, variance not raised by the event"),
        _student("bmp", bmp, n - 1, "independent events"),
    ]
    if correlation:
        shrink = 1 / math.sqrt(1 + (n - 1) * correlation)
        adjusted = math.sqrt(1 - correlation) * shrink
        note = f"events correlated by {correlation:.3f}"
        tests.append(_normal("patell, correlated", patell * shrink, note + ", variance not raised"))
        tests.append(_student("bmp, correlated", bmp * adjusted, n - 1, note))
    return tuple(tests)


def _corrado(studies: Sequence[Study]) -> Outcome:
    """Rank test on the window's mean rank; ranks over estimation and event rows together, ties shared."""
    from scipy.stats import rankdata

    if len({s.residuals.size for s in studies}) > 1:
        raise InputError("the rank test needs estimations of equal length; use one length for all events")
    ranks = np.array([rankdata(np.concatenate([s.residuals, s.abnormal])) for s in studies])
    total = ranks.shape[1]
    share = ranks.mean(axis=0) / (total + 1) - 0.5
    spread = math.sqrt(float((share**2).mean()))
    size = studies[0].window.size
    z = math.sqrt(size) * float(share[-size:].mean()) / spread
    return _normal("corrado rank", z, "independent events; no shape of returns")


def _sign(cars: Floats) -> Outcome:
    """Exact sign test: half of the events should rise."""
    from scipy.stats import binomtest

    up = int((cars > 0).sum())
    moved = int((cars != 0).sum())
    if moved == 0:
        return Outcome("sign", 0.0, 1.0, "returns as often above zero as below")
    found = binomtest(up, moved, 0.5)
    return Outcome(
        "sign", (up - moved / 2) / math.sqrt(moved / 4), float(found.pvalue), "returns as often above zero as below"
    )


def _generalised_sign(studies: Sequence[Study], cars: Floats) -> Outcome:
    """Sign test against the share of positive residuals in the estimation; skewed returns make it differ from half."""
    share = float(np.mean([(s.residuals > 0).mean() for s in studies]))
    n = len(studies)
    z = (int((cars > 0).sum()) - n * share) / math.sqrt(n * share * (1 - share))
    return _normal("generalised sign", z, f"returns above zero in {share:.0%} of usual days")
