"""Value that is counted twice: firms own shares in each other, so the sum of their prices counts some of it again.

With ``C[i, j]`` the share of j that i owns and ``V`` the prices, a price holds the stakes at mark: ``V = own + C V``.
Outside holders own ``(1 - sum over i of C[i, j]) V[j]`` of each firm, and all they own together is the sum of what
the firms are worth without their stakes. Prices less that is counted twice: the stakes at mark.

References
----------
Brioschi, Buzzacchi and Colombo (1989), Journal of Banking and Finance 13. Fedenia, Hodder and Triantis (1994), Review
of Financial Studies 7(1). Elliott, Golub and Jackson (2014), American Economic Review 104(10), section I.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cardhouse.errors import InputError
from cardhouse.lenses.measure import SHARE, TIMES, Gap, Measure, Reading, derived, difference, known, ratio, total
from cardhouse.lenses.value.price import Held
from cardhouse.network import crossholdings

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Owner:
    """One firm in the network of holdings, USD million at today's prices.

    Attributes
    ----------
    value : all its shares; ``stakes`` its shares in others of the network; ``own`` its value without them.
    stakes_share : part of its price that is the price of others.
    held : part of it that others of the network own.
    counted_again : how often a dollar of its own value is counted once more in the prices of its owners and theirs.
    """

    firm: str
    value: Measure
    stakes: Reading
    own: Measure
    stakes_share: Reading
    held: float
    counted_again: Reading


@dataclass(frozen=True, slots=True)
class Holdings:
    """The network of holdings at today's prices.

    Attributes
    ----------
    owners : firms with a price that hold or are held by another with a price, largest stakes first.
    stakes : each stake between them.
    prices, outside, twice : sum of all their prices; what holders outside own; the difference, counted twice.
    inflation : prices over own value, at least 1 (Brioschi and others).
    not_counted : stakes of holders or in firms without a price, which count as held outside.
    """

    owners: tuple[Owner, ...]
    stakes: tuple[Held, ...]
    prices: Reading
    outside: Reading
    twice: Reading
    inflation: Reading
    not_counted: tuple[Held, ...]


def holdings_of(stakes: Sequence[Held], values: Mapping[str, Measure]) -> Holdings:
    """Cross-holdings of firms with a price.

    Parameters
    ----------
    stakes : all stakes of the book; ``values`` : prices by firm, USD million.
    """
    inside = tuple(s for s in stakes if s.at_mark and s.holder in values and s.held in values)
    other = tuple(s for s in stakes if s not in inside)
    firms = tuple(dict.fromkeys(f for s in inside for f in (s.holder, s.held)))
    if not firms:
        gap = Gap("cross-holdings", "no firm with a price holds shares of another")
        return Holdings((), (), gap, gap, gap, gap, other)
    prices, twice = total(values[f] for f in firms), total(s.worth for s in inside)
    place = {f: i for i, f in enumerate(firms)}
    shares = np.zeros((len(firms), len(firms)))
    for stake in inside:
        shares[place[stake.holder], place[stake.held]] += stake.fraction
    outside = difference(prices, twice)
    return Holdings(
        owners=_owners(firms, values, inside, shares),
        stakes=tuple(sorted(inside, key=lambda s: -_amount(s.worth))),
        prices=prices,
        outside=outside,
        twice=twice,
        inflation=ratio("prices over own value", prices, outside, unit=TIMES, positive="own value"),
        not_counted=other,
    )


def _owners(
    firms: tuple[str, ...], values: Mapping[str, Measure], stakes: tuple[Held, ...], shares: Matrix
) -> tuple[Owner, ...]:
    mine: dict[str, list[Reading]] = defaultdict(list)
    for stake in stakes:
        mine[stake.holder].append(stake.worth)
    again = _counted_again(shares)
    owners = []
    for i, firm in enumerate(firms):
        value = values[firm]
        owned: Reading = total(mine[firm]) if mine[firm] else Gap(f"{firm}, stakes", "it holds none of these firms")
        own = difference(value, owned) if isinstance(owned, Measure) else value
        part = ratio(f"{firm}, stakes in its price", owned, value, unit=SHARE)
        held = float(shares[:, i].sum())
        count = again if isinstance(again, Gap) else derived(again[i], TIMES, value)
        owners.append(Owner(firm, value, owned, known((own,))[0], part, held, count))
    return tuple(sorted(owners, key=lambda o: -_amount(o.stakes)))


def _counted_again(shares: Matrix) -> tuple[float, ...] | Gap:
    """How often a dollar of each firm's own value is counted beyond once: column sums of the inverse, less one."""
    size = shares.shape[0]
    try:
        return tuple(crossholdings.values(shares, np.eye(size)[i]).inflation - 1.0 for i in range(size))
    except InputError as error:
        return Gap("value counted again", str(error))


def _amount(reading: Reading) -> float:
    return reading.value if isinstance(reading, Measure) else 0.0
