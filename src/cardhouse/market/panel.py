"""Several series together: is the group explosive, beyond what one of them may be by chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from cardhouse.errors import InputError
from cardhouse.market import null_paths
from cardhouse.market.critical import LEVELS, Critical, Plan, fit_order
from cardhouse.market.explosiveness import Design, Explosive, digest_of, explosive, sequences
from cardhouse.market.regression import Criterion, FloatArray, read_series
from cardhouse.market.workers import Progress


@dataclass(frozen=True, eq=False)
class Panel:
    """Statistics of S series and of their mean.

    Attributes
    ----------
    members : S results, one a series.
    bsadf : (E,), mean over the series of their BSADF at each end.
    digest : names the table.
    """

    members: tuple[Explosive, ...]
    bsadf: FloatArray
    digest: str

    @property
    def design(self) -> Design:
        """Length, smallest window and lags, the same for all series."""
        return self.members[0].design

    @property
    def gsadf(self) -> float:
        """Largest mean over all ends."""
        return float(np.fmax.reduce(self.bsadf))


def panel_explosive(
    table: npt.ArrayLike,
    *,
    minw: int | None = None,
    lags: int = 0,
    criterion: Criterion | None = None,
    threads: int | None = None,
) -> Panel:
    """Test S series of the same dates together.

    Parameters
    ----------
    table : (T, S), one column a series; parameters otherwise as in :func:`~cardhouse.market.explosive`.

    Raises
    ------
    InputError : fewer than two series, or one that cannot be tested, which the message names.

    References
    ----------
    Pavlidis, Yusupova, Paya, Peel, Martinez-Garcia, Mack and Grossman (2016), Journal of Real Estate Finance
    and Economics 53.
    """
    values = read_table(table)
    members = []
    for s in range(values.shape[1]):
        try:
            members.append(explosive(values[:, s], minw=minw, lags=lags, criterion=criterion, threads=threads))
        except InputError as error:
            raise InputError(f"series {s}: {error}") from error
    # An end at which one series has no statistic has no mean: leaving it out would change what is averaged.
    mean: FloatArray = np.mean([member.bsadf for member in members], axis=0)
    if np.isnan(mean).all():
        raise InputError(
            "there is no end at which every series has a statistic; leave out series with long flat spells"
        )
    return Panel(tuple(members), mean, digest_of(values))


def panel_bootstrap(
    table: npt.ArrayLike,
    *,
    order: int | None = None,
    minw: int | None = None,
    lags: int = 0,
    criterion: Criterion | None = None,
    replications: int = 2000,
    seed: int = 0,
    levels: Sequence[float] = LEVELS,
    threads: int | None = None,
    progress: Progress | None = None,
    folder: Path | None = None,
) -> Critical:
    """Make critical values for a panel by a sieve bootstrap that keeps the series as correlated as they are.

    Each series' changes are fitted by an autoregression of their own; whole rows of residuals are drawn with
    replacement. Parameters as in :func:`~cardhouse.market.critical.sieve_bootstrap`.

    Returns
    -------
    Critical : statistic ``gsadf`` of the panel; curves ``pointwise`` and ``family-wise`` of its mean BSADF.
    """
    values = read_table(table)
    count = values.shape[1]
    design = Design.of(values.shape[0], minw=minw, lags=lags, criterion=criterion)
    models = [fit_order(values[:, s], order) for s in range(count)]
    extra = {"order": order, "members": count}
    plan = Plan("panel-sieve", design, digest_of(values), replications, seed, tuple(levels), extra)

    def measure(path: FloatArray, shape: Design) -> tuple[FloatArray, FloatArray]:
        found = [sequences(path[:, s], shape) for s in range(count)]
        return np.mean([one[0] for one in found], axis=0), np.mean([one[1] for one in found], axis=0)

    return plan.run(null_paths.sieve(values, models), threads, progress, folder, measure)


def read_table(table: npt.ArrayLike) -> FloatArray:
    """Read (T, S) finite numbers, two series or more."""
    try:
        values = np.array(table, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(f"the panel must be numbers: {error}") from error
    if values.ndim != 2 or values.shape[1] < 2:
        raise InputError(f"the panel has shape {values.shape}, expected observations by two series or more")
    for s in range(values.shape[1]):
        values[:, s] = read_series(values[:, s], f"series {s}")
    return values
