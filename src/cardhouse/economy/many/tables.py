"""Chunks as Parquet: the same chunk gives the same bytes, and reads back bit for bit.

The file of paths has one row a path. The file of sums has one row for each value that is not zero: its name, its
position in the flattened array, and ``value`` for sums of type float64 or ``whole`` for int64 (the other is empty).
Each file says in its metadata which chunk of which run it is; the file of sums also holds the hash of the file of
paths, the shapes and a hash of its own content. Pages carry checksums, so that one column can be trusted alone.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any, BinaryIO

import numpy as np

from cardhouse.economy.many.disk import Damaged
from cardhouse.economy.many.fingerprint import Json, canonical
from cardhouse.economy.many.parts import (
    MAX_CELLS,
    MAX_DIMENSIONS,
    MAX_NAMES,
    PATH,
    PATH_TYPES,
    SUM_TYPES,
    Column,
    Part,
    Slot,
)
from cardhouse.errors import InputError

METADATA = b"cardhouse"
MAX_HEADER = 32 << 20
MAX_FILE = 512 << 20
"""Bytes of a file, packed or not."""
SUMS_COLUMNS = ("name", "position", "value", "whole")


def parquet() -> tuple[ModuleType, ModuleType]:
    """The library that reads and writes Parquet, imported when first needed.

    Raises
    ------
    InputError : it is not installed.
    """
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise InputError(
            "runs with many paths are written as Parquet, for which pyarrow is needed and not installed; "
            "expected it beside Cardhouse; say: pip install 'cardhouse[runs]'"
        ) from None
    return pyarrow, pyarrow.parquet


def paths_bytes(part: Part, slot: Slot) -> bytes:
    """The file of paths of a chunk."""
    pa, _ = parquet()
    columns = {PATH: np.arange(part.first, part.first + part.count, dtype=np.int64)}
    columns |= {name: np.ascontiguousarray(part.paths[name]) for name in sorted(part.paths)}
    schema = pa.schema([pa.field(name, pa.from_numpy_dtype(a.dtype), nullable=False) for name, a in columns.items()])
    table = pa.Table.from_arrays([pa.array(a, from_pandas=False) for a in columns.values()], schema=schema)
    return _written(table, slot.header(), dictionary=False)


def sums_bytes(part: Part, slot: Slot, paths_hash: str) -> bytes:
    """The file of sums of a chunk; ``paths_hash`` is the SHA-256 of its file of paths."""
    pa, _ = parquet()
    names = sorted(part.sums)
    flat = [np.ascontiguousarray(part.sums[name]).reshape(-1) for name in names]
    # By their bits, so that a negative zero is kept too.
    places = [np.flatnonzero(values.view(np.int64)) for values in flat]
    rows = [len(p) for p in places]
    floats = np.repeat(np.array([values.dtype == np.float64 for values in flat], dtype=bool), rows)
    position = _joined(places)
    bits = _joined([values[p].view(np.int64) for values, p in zip(flat, places, strict=True)])
    table = pa.table(
        {
            "name": pa.DictionaryArray.from_arrays(
                pa.array(np.repeat(np.arange(len(names), dtype=np.int32), rows)), pa.array(names, pa.string())
            ).cast(pa.string()),
            "position": pa.array(position),
            "value": pa.array(bits.view(np.float64), mask=~floats, from_pandas=False),
            "whole": pa.array(bits, mask=floats),
        }
    )
    shapes: list[Json] = [
        [name, str(part.sums[name].dtype), list(part.sums[name].shape), count]
        for name, count in zip(names, rows, strict=True)
    ]
    header: dict[str, Json] = {**slot.header(), "paths": paths_hash, "sums": shapes}
    header["content"] = _content_hash(header, position, bits)
    return _written(table, header, dictionary=["name"])


def _joined(arrays: list[Column]) -> Column:
    return np.concatenate([np.empty(0, dtype=np.int64), *arrays])


def _content_hash(header: Mapping[str, Json], position: Column, bits: Column) -> str:
    said = canonical({key: value for key, value in header.items() if key != "content"})
    digest = hashlib.sha256(said.encode())
    digest.update(position.tobytes())
    digest.update(bits.tobytes())
    return digest.hexdigest()


def _written(table: Any, header: Mapping[str, Json], *, dictionary: bool | list[str]) -> bytes:
    """A table as a file with one group of rows; nothing in it tells when or where it was written."""
    pa, pq = parquet()
    out = pa.BufferOutputStream()
    pq.write_table(
        table.replace_schema_metadata({METADATA: canonical(header)}),
        out,
        row_group_size=max(table.num_rows, 1),
        version="2.6",
        data_page_version="1.0",
        compression="zstd",
        compression_level=3,
        use_dictionary=dictionary,
        write_page_checksum=True,
    )
    content: bytes = out.getvalue().to_pybytes()
    return content


@dataclass(frozen=True, slots=True)
class Sum:
    """What a file of sums says of one of them: its type, shape, and which rows of the file are its values."""

    dtype: str
    shape: tuple[int, ...]
    rows: slice


@dataclass(frozen=True, slots=True)
class SumsFile:
    """A file of sums, opened and believed so far: its metadata fit the chunk that was asked for."""

    file: Any
    header: Mapping[str, Any]
    sums: Mapping[str, Sum]

    def read(self, names: Iterable[str]) -> dict[str, Column]:
        """Some of its sums.

        Raises
        ------
        Damaged : its content is not what was written.
        """
        with _reading():
            table = self.file.read(columns=list(SUMS_COLUMNS[1:]), use_threads=False)
            position = table["position"].to_numpy()
            floats = table["value"].fill_null(0.0).to_numpy().view(np.int64)
            bits = floats | table["whole"].fill_null(0).to_numpy()
        if _content_hash(self.header, position, bits) != self.header["content"]:
            raise Damaged("its content does not have the hash that it was written with")
        return {name: _spread(self.sums[name], position, bits) for name in names}


def _spread(one: Sum, position: Column, bits: Column) -> Column:
    """The array of one sum, zero where the file has no row."""
    size = math.prod(one.shape)
    places = position[one.rows]
    if places.size and not 0 <= int(places.min()) <= int(places.max()) < size:
        raise Damaged("it has a value outside its array")
    flat = np.zeros(size, dtype=np.int64)
    flat[places] = bits[one.rows]
    return flat.view(one.dtype).reshape(one.shape)


def open_sums(source: BinaryIO, slot: Slot) -> SumsFile:
    """Open a file of sums and see that it is the one of a chunk.

    Raises
    ------
    Damaged : it is not.
    """
    file, header = _opened(source, slot)
    if tuple(file.schema_arrow.names) != SUMS_COLUMNS:
        raise Damaged(f"its columns are not {', '.join(SUMS_COLUMNS)}")
    types = [str(file.schema_arrow.field(name).type) for name in SUMS_COLUMNS]
    if types != ["string", "int64", "double", "int64"] or not isinstance(header.get("content"), str):
        raise Damaged("its columns have other types, or it has no hash")
    sums, row = {}, 0
    for name, dtype, shape, count in _said(header.get("sums")):
        sums[name] = Sum(dtype, shape, slice(row, row + count))
        row += count
    if row != file.metadata.num_rows or sum(math.prod(one.shape) for one in sums.values()) > MAX_CELLS:
        raise Damaged("it has more or fewer rows than it says, or too many values")
    return SumsFile(file, header, sums)


def _said(listed: object) -> Iterator[tuple[str, str, tuple[int, ...], int]]:
    """Name, type, shape and number of rows of each sum, as the metadata tell them."""
    if not isinstance(listed, list) or len(listed) > MAX_NAMES:
        raise Damaged("it does not list its sums")
    for entry in listed:
        match entry:
            case [str(name), str(dtype), list(shape), int(count)] if (
                dtype in SUM_TYPES and len(shape) <= MAX_DIMENSIONS
            ):
                if not all(type(n) is int and 0 <= n <= MAX_CELLS for n in (*shape, count)):
                    raise Damaged("it tells of an array of an impossible shape")
                yield name, dtype, tuple(shape), count
            case _:
                raise Damaged("it tells of a sum without name, type or shape")


def open_paths(source: BinaryIO, slot: Slot) -> Any:
    """Open a file of paths and see that it is the one of a chunk.

    Returns
    -------
    The opened file; :func:`read_paths` reads columns of it.

    Raises
    ------
    Damaged : it is not.
    """
    file, _ = _opened(source, slot)
    schema = file.schema_arrow
    if file.metadata.num_rows != slot.count:
        raise Damaged(f"it has {file.metadata.num_rows:,} rows, not {slot.count:,}")
    if len(schema.names) > MAX_NAMES + 1 or schema.names[:1] != [PATH] or len(set(schema.names)) < len(schema.names):
        raise Damaged("its columns are not 'path' and others, each once")
    known = {str(parquet()[0].from_numpy_dtype(t)) for t in PATH_TYPES}
    strange = [name for name, t in zip(schema.names, schema.types, strict=True) if str(t) not in known]
    if strange or str(schema.types[0]) != "int64":
        raise Damaged(f"its column {(strange or [PATH])[0][:100]!r} has a type that no run writes")
    return file


def read_paths(file: Any, names: list[str]) -> dict[str, Column]:
    """Some columns of an opened file of paths.

    Raises
    ------
    Damaged : a page does not have its checksum, or a value is missing.
    """
    with _reading():
        table = file.read(columns=names, use_threads=False)
    if any(column.null_count for column in table.columns):
        raise Damaged("it lacks a value")
    return {name: np.asarray(table[name].to_numpy()) for name in names}


def _opened(source: BinaryIO, slot: Slot) -> tuple[Any, Mapping[str, Any]]:
    """A Parquet file and what it says of itself, which must be what the chunk asks for."""
    _, pq = parquet()
    with _reading():
        file = pq.ParquetFile(source, page_checksum_verification=True)
        text = (file.schema_arrow.metadata or {}).get(METADATA, b"")
        if len(text) > MAX_HEADER:
            raise Damaged("it says too much about itself")
        header = json.loads(text or b"{}")
        groups = [file.metadata.row_group(i).total_byte_size for i in range(file.metadata.num_row_groups)]
    if sum(groups) > MAX_FILE:
        raise Damaged(f"it holds {sum(groups):,} bytes, more than {MAX_FILE:,}")
    wanted = slot.header()
    if not isinstance(header, dict) or any(header.get(key) != value for key, value in wanted.items()):
        raise Damaged("it is of another run, another chunk or another number of paths")
    return file, header


@contextmanager
def _reading() -> Iterator[None]:
    """Turn what the library raises about broken files into one error."""
    pa, _ = parquet()
    try:
        yield
    except (pa.ArrowException, OSError, ValueError, KeyError, TypeError, RecursionError, MemoryError) as error:
        raise Damaged(f"it cannot be read as Parquet ({str(error)[:100]})") from None
