"""Answers of EDGAR: recorded ones, and small ones written in the test."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from cardhouse.book import Book, Metric, MetricKind, Where, embedded
from cardhouse.sources.filed import Answer, read_answer

DATA = Path(__file__).parent / "data"
TODAY = date(2026, 11, 1)
CIKS = {"crwv": 1769628, "nbis": 1513845}


@pytest.fixture(autouse=True, scope="session")
def _own_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The library makes a folder when it is imported: not in the home of whoever runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EDGAR_LOCAL_DATA_DIR", str(tmp_path_factory.mktemp("edgar")))
        patch.setenv("EDGAR_IDENTITY", "")
        yield


@pytest.fixture(scope="session")
def book() -> Book:
    found = embedded()
    return found.as_of(found.date)


@pytest.fixture
def recorded() -> Callable[[str], Answer]:
    def read(name: str) -> Answer:
        return read_answer((DATA / f"{name}.json").read_bytes(), cik=CIKS[name], today=TODAY)

    return read


@pytest.fixture
def entry() -> Callable[..., dict[str, object]]:
    """One figure in the shape of the interface; anything may be said otherwise, None takes a key out."""

    def make(val: object, **other: object) -> dict[str, object]:
        usual = {
            "start": "2025-01-01",
            "end": "2025-03-31",
            "val": val,
            "accn": "0000000001-25-000001",
            "fy": 2025,
            "fp": "Q1",
            "form": "10-Q",
            "filed": "2025-05-01",
        }
        return {key: value for key, value in (usual | other).items() if value is not None}

    return make


@pytest.fixture
def answer() -> Callable[..., Answer]:
    """An answer about filer 1 from ``tag={unit: [figures]}``; ``dei__Tag`` is a tag of another taxonomy."""

    def make(**tags: dict[str, list[dict[str, object]]]) -> Answer:
        facts: dict[str, dict[str, object]] = {}
        for name, units in tags.items():
            taxonomy, _, tag = name.rpartition("__")
            facts.setdefault(taxonomy.replace("_", "-") or "us-gaap", {})[tag] = {"units": units}
        text = json.dumps({"cik": 1, "entityName": "One Inc.", "facts": facts})
        return read_answer(text.encode(), cik=1, today=TODAY)

    return make


@pytest.fixture
def metric() -> Callable[..., Metric]:
    def make(*tags: str, kind: str = "flow", unit: str = "USD_million", name: str = "revenue") -> Metric:
        return Metric(name, MetricKind(kind), unit, tags, name, "", "", Where("metrics.csv", 1))

    return make
