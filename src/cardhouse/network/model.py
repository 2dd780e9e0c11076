"""The one model of the room: firms, what they owe by class, what they own of each other.

A :class:`Network` is plain arrays. It is read once by :meth:`Network.of`, which checks every
number and says what is wrong with it; everything else in the room trusts it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cardhouse.errors import InputError
from cardhouse.network.reading import as_matrix, as_vector, check_amounts, check_holdings, zeros_like_class

if TYPE_CHECKING:
    from cardhouse.network.sparse import Claims, Links

Array: TypeAlias = NDArray[Any]
"""Floats (float64), or fractions (object) in an exact network."""
Matrix: TypeAlias = Any
"""(n, n) numpy array, or ``scipy.sparse.csr_array`` in a sparse network."""

EXACT_LIMIT = 64
"""Most firms an exact network may have: its solves cost n^3 operations on growing rationals."""


@dataclass(frozen=True, eq=False)
class Network:
    """Firms tied by debts in seniority classes and by cross-held equity. Build it with :meth:`of`.

    Attributes
    ----------
    outside : (n,), amounts. What each firm owns outside the network, before any payment.
    debts : K matrices (n, n), amounts. ``debts[k][i, j]`` is what i owes j in class k; class 0 is paid first.
    external : (K, n), amounts. What each firm owes outsiders; they rank equally with the firms of the class.
    holdings : (n, n) or None, shares. ``holdings[i, j]`` is the share of j's equity that i holds.
    alpha, beta, gamma : (n,), 0 to 1. What a firm in default keeps of its outside assets, of the debt
        payments it receives, and of the equity it holds.
    binding : a firm is solvent when its assets cover its first ``binding`` classes; the later ones are
        intentions, cut without default and not paid at all by a firm in default.
    """

    outside: Array
    debts: tuple[Matrix, ...]
    external: Array
    holdings: Matrix | None
    alpha: Array
    beta: Array
    gamma: Array
    binding: int

    @classmethod
    def of(
        cls,
        outside: ArrayLike,
        debts: Any,
        *,
        external: ArrayLike | None = None,
        holdings: Any | None = None,
        alpha: ArrayLike = 1.0,
        beta: ArrayLike = 1.0,
        gamma: ArrayLike = 1.0,
        binding: int | None = None,
        exact: bool = False,
    ) -> Network:
        """Read and check the arrays of a network.

        Parameters
        ----------
        outside : (n,), amounts, not negative (an overdraft is a debt: put it in ``external``).
        debts : one (n, n) matrix, or a sequence of K of them from senior to junior; dense or scipy sparse.
        external : (n,) for one class, else (K, n); none when omitted.
        holdings : (n, n), shares; none when omitted.
        alpha, beta, gamma : one number or (n,), 0 to 1; 1 is no cost.
        binding : number of classes that must be met, 1 to K; all when omitted.
        exact : read every number as a rational (0.1 is one tenth) and clear in rational arithmetic.

        Raises
        ------
        InputError : for sizes that do not fit, numbers that are not finite, negative amounts, debts to
            oneself, shares of one firm that add up to more than one, costs outside 0 to 1.
        """
        wealth = as_vector(outside, "outside assets", exact=exact)
        n = wealth.size
        if n == 0:
            raise InputError("a network needs at least one firm; the outside assets are empty")
        if exact and n > EXACT_LIMIT:
            raise InputError(f"exact mode takes at most {EXACT_LIMIT} firms, this network has {n}")
        check_amounts(wealth, "outside assets")
        layers = _read_debts(debts, n, exact=exact)
        out = _read_external(external, len(layers), n, exact=exact)
        owned = None
        if holdings is not None:
            owned = as_matrix(holdings, n, "holdings", exact=exact, sparse=not isinstance(layers[0], np.ndarray))
            check_holdings(owned)
        rates = _read_rates((alpha, beta, gamma), n, exact=exact)
        classes = len(layers) if binding is None else binding
        if not 1 <= classes <= len(layers):
            raise InputError(f"binding must lie between 1 and {len(layers)} (the number of classes), found {binding}")
        made = cls(wealth, layers, out, owned, rates[0], rates[1], rates[2], classes)
        if not exact and not (np.isfinite(made.total_dues).all() and np.isfinite(made.full_receipts + wealth).all()):
            raise InputError("the amounts are so large that their sum is not finite; use a larger unit")
        return made

    @property
    def size(self) -> int:
        """Number of firms, n."""
        return int(self.outside.size)

    @property
    def classes(self) -> int:
        """Number of seniority classes, K."""
        return len(self.debts)

    @property
    def exact(self) -> bool:
        """Whether the numbers are rationals."""
        return self.outside.dtype == object

    @property
    def sparse(self) -> bool:
        """Whether the matrices are stored as CSR."""
        return not isinstance(self.debts[0], np.ndarray)

    @property
    def nothing(self) -> Array:
        """(n,), zeros in the number type of the network."""
        return self.outside * 0 if self.exact else np.zeros(self.size)

    @cached_property
    def dues(self) -> Array:
        """(K, n), what each firm owes in each class, firms and outsiders together."""
        if self.classes == 1:
            return self.due_through[1:]
        return self._sums()

    @cached_property
    def due_through(self) -> Array:
        """(K + 1, n), dues of all classes before k, for k = 0 to K."""
        if self.classes == 1:
            # The dues are a view of this, and the zeros take no memory until they are written to.
            levels = np.stack([self.nothing, self.nothing]) if self.exact else np.zeros((2, self.size))
            levels[1:] = self._sums()
            return levels
        return np.concatenate([zeros_like_class(self.external), np.cumsum(self.dues, axis=0)])

    def _sums(self) -> Array:
        sums = np.stack([layer.sum(axis=1) for layer in self.debts])
        sums += self.external
        return sums

    @cached_property
    def links(self) -> Links:
        """The matrices of a sparse network as the compiled loops read them."""
        from cardhouse.network.sparse import Links

        return Links.of(self)

    @cached_property
    def claims(self) -> Claims:
        """The matrices by creditor, as the loop over scenarios reads them."""
        from cardhouse.network.sparse import Claims

        return Claims.of(self)

    @property
    def binding_dues(self) -> Array:
        """(n,), what a firm must be able to pay to be solvent."""
        found: Array = self.due_through[self.binding]
        return found

    @property
    def total_dues(self) -> Array:
        """(n,), all classes; what is left beyond is equity."""
        found: Array = self.due_through[-1]
        return found

    @cached_property
    def held(self) -> NDArray[np.bool_]:
        """(n,), whether a firm of the network holds shares of each firm."""
        if self.holdings is None:
            return np.zeros(self.size, dtype=bool)
        return np.asarray(self.holdings.sum(axis=0) != 0, dtype=bool)

    @cached_property
    def full_receipts(self) -> Array:
        """(n,), what each firm receives when everybody pays everything."""
        found: Array = sum(layer.sum(axis=0) for layer in self.debts)
        return found

    @property
    def costless(self) -> bool:
        """Whether default destroys nothing."""
        return bool((self.alpha == 1).all() and (self.beta == 1).all() and (self.gamma == 1).all())

    def with_outside(self, outside: ArrayLike) -> Network:
        """Return the same firms and ties with other outside assets, (n,)."""
        wealth = as_vector(outside, "outside assets", exact=self.exact)
        if wealth.size != self.size:
            raise InputError(f"outside assets have {wealth.size} entries for {self.size} firms")
        check_amounts(wealth, "outside assets")
        made = replace(self, outside=wealth)
        for name in ("dues", "due_through", "full_receipts", "held", "links", "claims"):
            if name in self.__dict__:
                made.__dict__[name] = self.__dict__[name]
        return made

    def as_exact(self) -> Network:
        """Return the network in rationals, each float read as the decimal it prints as."""
        return Network.of(
            self.outside,
            [_dense(layer) for layer in self.debts],
            external=self.external,
            holdings=None if self.holdings is None else _dense(self.holdings),
            alpha=self.alpha,
            beta=self.beta,
            gamma=self.gamma,
            binding=self.binding,
            exact=True,
        )


_RATES = ("alpha", "beta", "gamma")


def _dense(matrix: Matrix) -> Array:
    found: Array = matrix if isinstance(matrix, np.ndarray) else matrix.toarray()
    return found


def _read_debts(debts: Any, n: int, *, exact: bool) -> tuple[Matrix, ...]:
    """Split into classes; all are sparse as soon as one is."""
    if not hasattr(debts, "ndim") and len(debts) == 0:
        raise InputError("debts hold no class; give one (n, n) matrix, of zeros if nothing is owed")
    # One matrix is 2-d; a nested list of one matrix has rows, not matrices, as its members.
    single = debts.ndim == 2 if hasattr(debts, "ndim") else np.ndim(debts[0]) == 1
    layers: Sequence[Any] = [debts] if single else list(debts)
    sparse = any(hasattr(layer, "tocsr") for layer in layers)
    made = []
    for k, layer in enumerate(layers):
        what = "debts" if single else f"debts of class {k}"
        matrix = as_matrix(layer, n, what, exact=exact, sparse=sparse)
        check_amounts(matrix, what)
        owed = matrix.diagonal()
        if (owed != 0).any():
            i = int(np.flatnonzero(owed != 0)[0])
            raise InputError(f"{what}: firm {i} owes itself {owed[i]}; net it out")
        made.append(matrix)
    return tuple(made)


def _read_external(external: ArrayLike | None, classes: int, n: int, *, exact: bool) -> Array:
    if external is None:
        return as_vector(np.zeros(classes * n, dtype=int), "external debts", exact=exact).reshape(classes, n)
    given = np.asarray(external, dtype=object if exact else None)
    if given.shape not in {(classes, n)} | ({(n,)} if classes == 1 else set()):
        raise InputError(f"external debts have shape {given.shape}, expected {(classes, n)}: classes by firms")
    amounts = as_vector(given.ravel(), "external debts", exact=exact)
    check_amounts(amounts, "external debts")
    return amounts.reshape(classes, n)


def _read_rates(given: Sequence[ArrayLike], n: int, *, exact: bool) -> list[Array]:
    """Read the three shares kept in default; one number given for several makes one array."""
    made: list[Array] = []
    for place, (rate, name) in enumerate(zip(given, _RATES, strict=True)):
        twin = [
            made[k]
            for k in range(place)
            if isinstance(rate, float) and isinstance(given[k], float) and rate == given[k]
        ]
        made.append(twin[0] if twin else _read_rate(rate, name, n, exact=exact))
    return made


def _read_rate(rate: ArrayLike, name: str, n: int, *, exact: bool) -> Array:
    given = np.asarray(rate, dtype=object if exact else None)
    if given.shape not in {(), (n,)}:
        raise InputError(f"{name} has shape {given.shape}, expected one number or {n}")
    rates = as_vector(np.broadcast_to(given, (n,)), name, exact=exact)
    wrong = (rates < 0) | (rates > 1)
    if wrong.any():
        i = int(np.flatnonzero(wrong)[0])
        raise InputError(f"{name} of firm {i} is {rates[i]}; it is a share kept in default, 0 to 1")
    return rates
