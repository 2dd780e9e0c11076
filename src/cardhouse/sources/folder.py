"""Rows for review as the folder of an overlay, written whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from cardhouse.book import Fact, Source, write_csv
from cardhouse.book.schema import TABLES
from cardhouse.errors import OutputError
from cardhouse.sources.review import Review


def check_folder(folder: str | os.PathLike[str]) -> Path:
    """Return the folder to write to if it is new or empty.

    Raises
    ------
    OutputError : something is there already.
    """
    target = Path(folder)
    try:
        if target.is_dir() and not any(target.iterdir()):
            return target
        if not target.exists():
            return target
    except OSError as error:
        raise OutputError(f"{target} cannot be read ({error.strerror}); choose another place") from error
    raise OutputError(f"{target} is there already and not empty; expected a new or empty folder; name another one")


def write_overlay(found: Review, folder: str | os.PathLike[str]) -> None:
    """Write ``facts.csv`` and ``sources.csv`` of a review into a new or empty folder.

    Raises
    ------
    OutputError : the folder holds something, or cannot be written; nothing is left behind then.
    """
    target = check_folder(folder)
    draft = target.with_name(f".{target.name[:100]}.{os.urandom(4).hex()}.tmp")
    try:
        draft.mkdir(parents=True)
        _write(draft / "facts.csv", "facts", (row.fact for row in found.rows))
        _write(draft / "sources.csv", "sources", found.sources)
        with suppress(FileNotFoundError):
            target.rmdir()  # an empty folder gives way; one that was filled meanwhile does not
        draft.rename(target)
    except OutputError:
        raise
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutputError(f"{target} cannot be written ({reason}); choose another place") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _write(file: Path, table: str, rows: Iterable[Fact | Source]) -> None:
    columns = [column.name for column in TABLES[table].columns]
    write_csv(file, columns, ([getattr(row, name) for name in columns] for row in rows))
