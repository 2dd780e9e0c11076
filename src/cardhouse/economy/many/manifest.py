"""What a run is of: everything that its numbers depend on, in one small file that a person can read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from cardhouse import __version__
from cardhouse.book.faults import SHOWN_LENGTH, shown
from cardhouse.economy.many.fingerprint import Json, canonical, scenario_hash, sha256
from cardhouse.errors import InputError

NAME = "manifest.json"
FORMAT = 1
"""Raised whenever a folder of the number before could no longer be read."""
MAX_BYTES = 8 << 20
MAX_PATHS = 1_000_000_000
MAX_CHUNK = 1_000_000
MAX_PARTS = 100_000
MAX_NODES = 100_000
MAX_TEXT = 200
MAX_SEED = 2**64 - 1


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a run is of.

    Attributes
    ----------
    engine : stamp of the code that computes.
    book_hash, book_date : of :func:`~cardhouse.economy.many.fingerprint.book_hash`; the day that the book speaks of.
    scenario_name, scenario : its name; what it does
        (:func:`~cardhouse.economy.many.fingerprint.scenario_content`).
    firmness, case : which ties count, which end of the loss rates.
    uncertainty : hash of what is drawn at random and how.
    seed : 0 to 2**64 - 1.
    paths, chunk : paths of the run; paths that are computed and written together (the last chunk may have fewer).
    nodes : ids in the order of the arrays.
    windows : last day of each quarter.
    layout : whatever else a reader of the arrays needs (names of columns, edges of histograms), as JSON values.
    created : the day the run was begun; no part of what is compared.
    version, format : of the program that writes; of the folder.

    Raises
    ------
    InputError : a value outside what a run can have, or a layout that is no JSON.
    """

    engine: str
    book_hash: str
    book_date: date
    scenario_name: str
    scenario: Mapping[str, Json]
    firmness: str
    case: str
    uncertainty: str
    seed: int
    paths: int
    chunk: int
    nodes: tuple[str, ...]
    windows: tuple[date, ...]
    layout: Mapping[str, Json]
    created: date
    version: str = __version__
    format: int = FORMAT

    def __post_init__(self) -> None:
        _within("seed", self.seed, 0, MAX_SEED)
        _within("paths", self.paths, 1, MAX_PATHS)
        _within("paths in a chunk", self.chunk, 1, MAX_CHUNK)
        _within("chunks", self.parts, 1, MAX_PARTS)
        _within("nodes", len(self.nodes), 1, MAX_NODES)
        if len(set(self.nodes)) < len(self.nodes):
            raise InputError("a node stands twice in the manifest; expected every node once; name each once")
        if list(self.windows) != sorted(set(self.windows)) or not self.windows:
            raise InputError("the quarters of the manifest do not follow each other; expected days that rise")
        texts = (self.engine, self.book_hash, self.scenario_name, self.firmness, self.case, self.uncertainty)
        for text in (*texts, self.version, *self.nodes):
            if len(text) > MAX_TEXT or not text.isprintable():
                raise InputError(
                    f"{shown(text)} cannot stand in a manifest; expected at most {MAX_TEXT} characters that can be "
                    "printed; name it otherwise"
                )
        for name in ("scenario", "layout"):
            object.__setattr__(self, name, _as_json(name, getattr(self, name)))

    @property
    def parts(self) -> int:
        """Number of chunks."""
        return -(-self.paths // self.chunk)

    @property
    def scenario_hash(self) -> str:
        """Hash of what the scenario does, without its words."""
        return scenario_hash(self.scenario)

    @property
    def run(self) -> str:
        """Hash of everything that a chunk's numbers depend on: all but the number of paths, names and words."""
        days = [day.isoformat() for day in (self.book_date, *self.windows)]
        texts = (self.version, self.engine, self.book_hash, self.scenario_hash, self.firmness, self.case)
        numbers = (self.format, self.seed, self.chunk)
        rest: list[Json] = [*texts, self.uncertainty, *numbers, days, list(self.nodes), self.layout]
        return sha256([canonical(rest)])


def _within(name: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        found = f"{value:,}" if abs(value) <= MAX_SEED else f"a number of {len(str(abs(value)))} digits as"
        raise InputError(f"{found} {name}; expected {low:,} to {high:,}; choose a number in between")


def _as_json(name: str, value: Mapping[str, Json]) -> Any:
    """The value as it reads back: tuples as lists."""
    try:
        read = json.loads(canonical(value))
        json.dumps(read, ensure_ascii=False).encode()  # half a character cannot be written
    except (TypeError, ValueError, RecursionError) as error:
        raise InputError(f"{name} of the manifest is no JSON ({error}); expected plain texts and numbers") from None
    return read


def to_text(manifest: Manifest) -> str:
    """Write a manifest as the text of its file; the same manifest gives the same bytes.

    Raises
    ------
    InputError : it is longer than a manifest that is read may be.
    """
    content: dict[str, Json] = {
        "format": manifest.format,
        "version": manifest.version,
        "engine": manifest.engine,
        "created": manifest.created.isoformat(),
        "book": {"hash": manifest.book_hash, "date": manifest.book_date.isoformat()},
        "scenario": {
            "name": manifest.scenario_name,
            "hash": manifest.scenario_hash,
            "content": manifest.scenario,
        },
        "choices": {"quarters": len(manifest.windows), "firmness": manifest.firmness, "case": manifest.case},
        "uncertainty": manifest.uncertainty,
        "seed": manifest.seed,
        "paths": manifest.paths,
        "chunk": manifest.chunk,
        "nodes": list(manifest.nodes),
        "windows": [day.isoformat() for day in manifest.windows],
        "layout": manifest.layout,
    }
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, indent=1) + "\n"
    if len(text.encode()) > MAX_BYTES:
        raise InputError(f"the manifest has more than {MAX_BYTES:,} bytes; expected fewer; keep less in its layout")
    return text


def from_text(text: str, file: str) -> Manifest:
    """Read the text of a manifest; ``file`` names it in messages.

    Raises
    ------
    InputError : it is no JSON, of another format number, lacks a field, or holds a value that no run has.
    """
    try:
        raw = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        problem = "it nests too deep" if isinstance(error, RecursionError) else str(error)[:MAX_TEXT]
        raise InputError(f"{file}: it is no JSON ({problem}); expected the manifest of a run; {ANEW}") from None
    top = _Fields(raw, file, "")
    number = top.whole("format")
    if number != FORMAT:
        raise InputError(
            f"{file}: the folder has format {number}, this version ({__version__}) reads format {FORMAT}; "
            f"open it with the version that wrote it ({shown(top.text('version'))}), or compute the run again"
        )
    book, scenario, choices = top.table("book"), top.table("scenario"), top.table("choices")
    try:
        manifest = Manifest(
            format=number,
            version=top.text("version"),
            engine=top.text("engine"),
            created=top.day("created"),
            book_hash=book.text("hash"),
            book_date=book.day("date"),
            scenario_name=scenario.text("name"),
            scenario=scenario.table("content").values,
            firmness=choices.text("firmness"),
            case=choices.text("case"),
            uncertainty=top.text("uncertainty"),
            seed=top.whole("seed"),
            paths=top.whole("paths"),
            chunk=top.whole("chunk"),
            nodes=tuple(top.texts("nodes")),
            windows=tuple(top.as_day("windows", item) for item in top.texts("windows")),
            layout=top.table("layout").values,
        )
    except InputError as error:
        raise error if str(error).startswith(file) else InputError(f"{file}: {error}") from None
    if manifest.scenario_hash != scenario.text("hash") or len(manifest.windows) != choices.whole("quarters"):
        raise InputError(f"{file}: its scenario or quarters were changed by hand; expected them as written; {ANEW}")
    return manifest


ANEW = "compute the run again in another folder"


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no number")


class _Fields:
    """A table of the manifest, read field by field; every miss is an error that names the field."""

    def __init__(self, raw: object, file: str, at: str) -> None:
        self.file, self.at = file, at
        if not isinstance(raw, dict):
            raise self.miss("", raw, "a table")
        self.values: dict[str, Any] = raw

    def miss(self, key: str, found: object, expected: str) -> InputError:
        """The error of a field."""
        where = f"{self.at}{key}".rstrip(".") or "the file"
        told = "missing" if found is None else json.dumps(found)
        told = told if len(told) <= SHOWN_LENGTH else told[: SHOWN_LENGTH - 3] + "..."
        return InputError(f"{self.file}: {where} is {told}; expected {expected}; {ANEW}")

    def whole(self, key: str) -> int:
        """A whole number."""
        value = self.values.get(key)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.miss(key, value, "a whole number")
        return value

    def text(self, key: str) -> str:
        """A text."""
        value = self.values.get(key)
        if not isinstance(value, str):
            raise self.miss(key, value, "a text")
        return value

    def texts(self, key: str) -> list[str]:
        """A list of texts."""
        value = self.values.get(key)
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.miss(key, value, "a list of texts")
        return value

    def day(self, key: str) -> date:
        """A date."""
        return self.as_day(key, self.text(key))

    def as_day(self, key: str, text: str) -> date:
        """A text of a field as a date."""
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise self.miss(key, text, "a date as YYYY-MM-DD") from None

    def table(self, key: str) -> _Fields:
        """A table inside this one."""
        return _Fields(self.values.get(key), self.file, f"{self.at}{key}.")
