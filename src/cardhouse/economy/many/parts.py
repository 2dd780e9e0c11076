"""One chunk of a run: what became of each of its paths, and sums over them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cardhouse.book.faults import shown
from cardhouse.errors import InputError

Column: TypeAlias = NDArray[Any]

PATH_TYPES = ("int8", "int16", "int64", "float32", "float64")
SUM_TYPES = ("int64", "float64")
NAME = re.compile(r"[^\W_][\w.:\-]{0,199}")
"""Names of columns and sums: letters, digits, ``.``, ``:``, ``_`` and ``-``, beginning with a letter or digit."""
PATH = "path"
"""The column that numbers the paths; it is written by itself."""
MAX_NAMES = 100_000
MAX_CELLS = 1 << 24
"""Most values of all sums of a chunk together: 128 MB."""
MAX_BYTES = 256 << 20
"""Most bytes of all columns of a chunk together."""
MAX_DIMENSIONS = 16


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """The result of one chunk.

    Attributes
    ----------
    number : place of the chunk in the run, from 0.
    first, count : its first path and how many there are.
    paths : one value a path, (count,) each; int8, int16, int64, float32 or float64.
    sums : statistics over its paths, of any shape; int64 or float64.

    Raises
    ------
    InputError : a name, a type or a shape that is not as said here.
    """

    number: int
    first: int
    count: int
    paths: Mapping[str, Column]
    sums: Mapping[str, Column]

    def __post_init__(self) -> None:
        if self.number < 0 or self.first < 0 or self.count < 1:
            raise InputError(
                f"chunk {self.number} from path {self.first} on with {self.count} paths; expected numbers from 0 on "
                "and at least one path; number chunks and paths from 0"
            )
        for name, values in self.paths.items():
            self._check(name, values, PATH_TYPES)
            if values.shape != (self.count,) or name == PATH:
                raise InputError(
                    f"column {shown(name)} of chunk {self.number} has shape {values.shape}; expected "
                    f"({self.count},), one value a path, and a name other than {PATH!r}; put anything else into sums"
                )
        for name, values in self.sums.items():
            self._check(name, values, SUM_TYPES)
            if values.ndim > MAX_DIMENSIONS:
                raise InputError(f"{name} has {values.ndim} dimensions; expected at most {MAX_DIMENSIONS}; flatten it")
        cells = sum(values.size for values in self.sums.values())
        if cells > MAX_CELLS or len(self.sums) > MAX_NAMES:
            raise InputError(
                f"chunk {self.number} has {cells:,} values in {len(self.sums):,} sums; expected at most "
                f"{MAX_CELLS:,} in {MAX_NAMES:,}; keep fewer statistics"
            )
        size = sum(values.nbytes for values in self.paths.values())
        if size > MAX_BYTES or len(self.paths) > MAX_NAMES:
            raise InputError(
                f"chunk {self.number} has {size:,} bytes in {len(self.paths):,} columns; expected at most "
                f"{MAX_BYTES:,} in {MAX_NAMES:,}; take fewer paths in a chunk, or smaller types"
            )

    def _check(self, name: str, values: Column, types: tuple[str, ...]) -> None:
        if not NAME.fullmatch(name):
            raise InputError(
                f"{shown(name)} cannot name an array; expected letters, digits, '.', ':', '_' and '-', at most 200, "
                "beginning with a letter or digit; rename it"
            )
        if values.dtype not in [np.dtype(t) for t in types]:
            raise InputError(f"{name} has type {values.dtype}; expected one of {', '.join(types)}; convert it")


@dataclass(frozen=True, slots=True)
class Slot:
    """Which chunk of which run: ``run`` is the hash of everything that its numbers depend on."""

    run: str
    number: int
    first: int
    count: int

    @property
    def paths_file(self) -> str:
        """Name of the file with one row a path."""
        return f"paths-{self.number:05d}.parquet"

    @property
    def sums_file(self) -> str:
        """Name of the file with the sums; it is written last and vouches for the other."""
        return f"sums-{self.number:05d}.parquet"

    def header(self) -> dict[str, str | int]:
        """What a file of this chunk says about itself."""
        return {"run": self.run, "number": self.number, "first": self.first, "count": self.count}
