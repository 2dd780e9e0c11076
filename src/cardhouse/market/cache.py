"""Keep computed arrays on disk under a key, and trust nothing that is found there.

A file is a line with the checksum of the rest, then the arrays. It is written beside its place and moved
there in one step, so a reader sees all of it or none; what is damaged, cut short, of another version or of
another key is as if it were not there.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from cardhouse.errors import OutputError

VERSION = 1
"""Raised whenever the same key would give other numbers."""
MAGIC = b"cardhouse arrays "

Key: TypeAlias = Mapping[str, Any]
Arrays: TypeAlias = dict[str, npt.NDArray[Any]]


def text_of(key: Key) -> str:
    """Write the key in full, with the versions that the numbers depend on."""
    full = {"version": VERSION, "numpy": np.__version__, **key}
    return json.dumps(full, sort_keys=True, separators=(",", ":"), default=str)


def path_of(folder: Path, key: Key) -> Path:
    """Return where a key's arrays lie."""
    text = text_of(key)
    return folder / f"{key.get('kind', 'arrays')}-{hashlib.sha256(text.encode()).hexdigest()[:32]}.bin"


def prepare(folder: Path) -> None:
    """Make the folder, and find out before the work whether it can be written.

    Raises
    ------
    OutputError : names the folder.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise OutputError(f"{folder}: cannot be used as a cache folder: {error.strerror or error}") from error


def load(folder: Path, key: Key) -> Arrays | None:
    """Return the arrays kept under a key, or None when there are none that can be trusted."""
    try:
        content = path_of(folder, key).read_bytes()
    except OSError:
        return None
    line, _, body = content.partition(b"\n")
    if line != MAGIC + hashlib.sha256(body).hexdigest().encode():
        return None
    try:
        with np.load(io.BytesIO(body), allow_pickle=False) as found:
            arrays = {name: found[name] for name in found.files}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
    named = arrays.pop("key", None)
    return arrays if named is not None and str(named) == text_of(key) else None


def save(folder: Path, key: Key, arrays: Arrays) -> None:
    """Write the arrays of a key in one step.

    Raises
    ------
    OutputError : names the file.
    """
    buffer = io.BytesIO()
    # The stubs of numpy take any keyword for its own ``allow_pickle``; the names of arrays are ours.
    np.savez(buffer, key=np.array(text_of(key)), **arrays)  # type: ignore[arg-type]
    body = buffer.getvalue()
    place = path_of(folder, key)
    temporary = None
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix=place.stem, suffix=".part", delete=False) as file:
            temporary = Path(file.name)
            file.write(MAGIC + hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(place)
    except OSError as error:
        if temporary is not None:
            with contextlib.suppress(OSError):
                temporary.unlink()
        raise OutputError(f"{place}: cannot be written: {error.strerror or error}") from error
