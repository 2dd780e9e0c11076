"""Clearing over several periods, when dues that are not paid roll over to the next one.

Nobody is wound up: a firm short of cash pays what it has, pro rata, and owes the rest in the next period.
Being late (*delinquent*) is therefore not the same as being unable ever to pay (*insolvent*), and the two are
told apart.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cardhouse.errors import InputError
from cardhouse.network._guards import BoolArray, FloatArray, frozen, links, numbers, within
from cardhouse.network.clearing import clear
from cardhouse.network.model import Network


@dataclass(frozen=True, eq=False)
class RollOver:
    """The periods in order, and what they would have come to all at once. Amounts in USD million.

    Attributes
    ----------
    paid : (periods, n), what each firm pays, to firms and outsiders.
    cash : (periods, n), what it keeps at the end of the period; it is there in the next one.
    carried : (periods, n, n), what i still owes j after the period.
    carried_outside : (periods, n), what it still owes outsiders.
    delinquent : (periods, n) bool, did not pay all that was due in the period.
    insolvent : (n,) bool, could not have paid even if all incomes and all dues had come together.
    """

    paid: FloatArray
    cash: FloatArray
    carried: FloatArray
    carried_outside: FloatArray
    delinquent: BoolArray
    insolvent: BoolArray


def roll_over(income: npt.ArrayLike, dues: npt.ArrayLike, *, outside_dues: npt.ArrayLike | None = None) -> RollOver:
    """Clear period after period; unpaid dues are added, without interest, to those of the next period.

    Parameters
    ----------
    income : (periods, n), USD million, from outside the network, opening cash included in the first period.
    dues : (periods, n, n), USD million. ``dues[t, i, j]`` is what falls due from i to j in period t.
    outside_dues : (periods, n), USD million, due to outsiders, who rank equally; none when omitted.

    Returns
    -------
    RollOver : in every period the cash of all changes by the income less what outsiders are paid. When
        nothing is carried out of the last period, the final cash is that of a single clearing of everything
        at once.

    Raises
    ------
    InputError : negative, non-finite or self-owed amounts, or sizes that differ.

    References
    ----------
    Banerjee, Bernstein and Feinstein (2018), Dynamic clearing and contagion in financial networks,
    arXiv 1801.02091, in discrete time.
    """
    earned = within("income", numbers("income", income, ndim=2), 0.0)
    new = numbers("dues", dues, ndim=3)
    periods, size = earned.shape
    if new.shape != (periods, size, size):
        raise InputError(f"dues have shape {new.shape}, expected {(periods, size, size)} as income has {earned.shape}")
    new = np.stack([links(f"dues[{t}]", new[t]) for t in range(periods)])
    given = np.zeros_like(earned) if outside_dues is None else outside_dues
    out = within("outside_dues", numbers("outside_dues", given, ndim=2), 0.0)
    if out.shape != earned.shape:
        raise InputError(f"outside_dues have shape {out.shape}, expected that of income, {earned.shape}")

    result = RollOver(
        paid=np.empty((periods, size)),
        cash=np.empty((periods, size)),
        carried=np.empty((periods, size, size)),
        carried_outside=np.empty((periods, size)),
        delinquent=np.empty((periods, size), dtype=np.bool_),
        insolvent=frozen(clear(Network.of(earned.sum(axis=0), new.sum(axis=0), external=out.sum(axis=0))).defaulted),
    )
    cash, owed, owed_out = np.zeros(size), np.zeros((size, size)), np.zeros(size)
    for t in range(periods):
        owed, owed_out = owed + new[t], owed_out + out[t]
        found = clear(Network.of(cash + earned[t], owed, external=owed_out))
        late = 1.0 - found.fractions[0]
        owed, owed_out = owed * late[:, None], owed_out * late
        # In a clearing without default costs a firm keeps what is left after its dues, which is cash here.
        cash = found.equity
        result.paid[t], result.cash[t], result.delinquent[t] = found.paid, cash, found.defaulted
        result.carried[t], result.carried_outside[t] = owed, owed_out
    for array in (result.paid, result.cash, result.carried, result.carried_outside, result.delinquent):
        frozen(array)
    return result
