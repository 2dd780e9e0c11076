"""Any book printed and read again is the same, and a broken row changes no other row."""

from __future__ import annotations

import dataclasses
import tempfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cardhouse.book import Book, read_book, write_book
from cardhouse.book.cells import guard
from cardhouse.book.schema import TABLES, Column, Type
from cardhouse.book.terms import TERMS

ENTITIES, METRICS, UNITS = (
    ("nvidia", "openai", "oracle"),
    {"revenue": True, "total_debt": False},
    ("USD_million", "USD_billion"),
)
DAYS = st.dates(date(2019, 1, 1), date(2030, 12, 31))
TEXTS = st.text(
    st.one_of(
        st.sampled_from("""=+-@'",;| é中"""),
        st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]),
    ),
    max_size=30,
).map(lambda text: " ".join(text.split()))
NUMBERS = st.floats(-1e15, 1e15, allow_nan=False).map(lambda value: value + 0.0)


@st.composite
def facts(draw):
    metric = draw(st.sampled_from(sorted(METRICS)))
    first, last = sorted((draw(DAYS), draw(DAYS)))
    return {
        "entity": draw(st.sampled_from(ENTITIES)),
        "metric": metric,
        "item": draw(TEXTS),
        "start": first if METRICS[metric] else None,
        "end": last,
        "value": draw(NUMBERS),
        "unit": draw(st.sampled_from(UNITS)),
        "source": draw(st.sampled_from(["tenq", "wire"])),
        "known": draw(DAYS),
        "confidence": draw(st.sampled_from(["high", "medium", "low"])),
        "note": draw(TEXTS),
    }


@st.composite
def ties(draw, number):
    buyer, seller = draw(st.permutations(ENTITIES))[:2]
    first, last = sorted((draw(DAYS), draw(DAYS)))
    amount = draw(st.none() | st.floats(0, 1e9, allow_nan=False))
    return {
        "id": f"tie-{number}",
        "kind": draw(st.sampled_from(TABLES["ties"].columns[1].allowed)),
        "from": buyer,
        "to": seller,
        "amount": amount,
        "unit": "" if amount is None else "USD_million",
        "share_percent": draw(st.none() | st.floats(0, 100)),
        "rate_percent": draw(st.none() | st.floats(0, 50)),
        "announced": draw(st.none() | DAYS),
        "start": draw(st.none() | st.just(first)),
        "end": draw(st.none() | st.just(last)),
        "firmness": draw(st.sampled_from(["binding", "reported", "announced", "letter_of_intent"])),
        "status": draw(st.sampled_from(["active", "completed", "planned", "terminated", "unknown"])),
        "counted": draw(st.sampled_from(["yes", "no"])),
        "source": draw(st.sampled_from(["tenq", "wire"])),
        "known": draw(DAYS),
        "confidence": draw(st.sampled_from(["high", "medium", "low"])),
        "note": draw(TEXTS),
    }


@st.composite
def rows(draw):
    """Rows of facts, ties and terms that are all in order."""
    unique = st.lists(facts(), max_size=6, unique_by=lambda row: tuple(map(str, row.values())))
    count = draw(st.integers(1, 4))
    made = {"facts": draw(unique), "ties": [draw(ties(number)) for number in range(count)], "terms": []}
    for number in range(draw(st.integers(0, 3))):
        kind = TERMS[draw(st.sampled_from(["cap", "secured", "take_or_pay", "for"]))]
        value = {"fraction": "0.5", "firm": "nvidia"}.get(kind.unit, "12.5")
        reason = draw(TEXTS.filter(bool))
        made["terms"].append(
            {"tie": f"tie-{number % count}", "term": kind.id, "from": date(2020, 1, 1 + number), "to": None,
             "value": value, "unit": kind.unit, "source": "", "reason": reason, "known": draw(DAYS)}
        )  # fmt: skip
    return made


def written(folder: Path, writer, made, spoil=None) -> Path:
    """Write rows as the book's own printer does, one of them spoilt by ``spoil``."""
    writer(folder, "")
    for name, found in made.items():
        columns = [column.name for column in TABLES[name].columns]
        lines = [",".join(columns)]
        for place, row in enumerate(found):
            cells = [_cell(column, row[column.name]) for column in TABLES[name].columns]
            if spoil and spoil[:2] == (name, place):
                cells[spoil[2] % len(cells)] = spoil[3]
            lines.append(",".join(map(_quoted, cells, TABLES[name].columns)))
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def _quoted(cell: str, column: Column) -> str:
    return '"' + guard(cell).replace('"', '""') + '"' if column.type is Type.TEXT else cell


def _cell(column: Column, value) -> str:
    return "" if value is None else repr(value) if column.type is Type.NUMBER else str(value)


def contents(book: Book):
    """Everything in a book but the places it was read from."""
    found = {}
    for name in TABLES:
        records = getattr(book, name)
        records = records.values() if isinstance(records, dict) else records
        found[name] = [dataclasses.replace(record, where=None) for record in records]
    return found


@settings(max_examples=60, deadline=None)
@given(made=rows())
def test_a_book_printed_and_read_again_is_the_same(writer_, made):
    with tempfile.TemporaryDirectory() as place:
        book = read_book(written(Path(place) / "a", writer_, made))
        assert [str(fault) for fault in book.faults if fault.severity == "error"] == []
        assert len(book.facts) == len(made["facts"])
        write_book(book, Path(place) / "b")
        again = read_book(Path(place) / "b")
        assert contents(again) == contents(book)
        write_book(again, Path(place) / "c")
        for name in TABLES:
            first, second = (Path(place) / folder / f"{name}.csv" for folder in "bc")
            assert first.read_bytes() == second.read_bytes()


SPOILT = st.sampled_from(["", "?", "NaN", "1e999", "2025-99-99", "nobody", '"', "a,b", "=1", "\x00", "x" * 10_001])


@settings(max_examples=120, deadline=None)
@given(
    made=rows(),
    name=st.sampled_from(["facts", "terms"]),
    place=st.integers(0, 5),
    column=st.integers(0, 10),
    text=SPOILT,
)
def test_a_broken_row_never_changes_what_other_rows_read_as(writer_, made, name, place, column, text):
    if place >= len(made[name]):
        return
    with tempfile.TemporaryDirectory() as folder:
        whole = read_book(written(Path(folder) / "a", writer_, made))
        spoilt = read_book(written(Path(folder) / "b", writer_, made, (name, place, column, text)))
    for table in TABLES:
        before, after = contents(whole)[table], contents(spoilt)[table]
        if table == name:
            lines = {record.where.line: at for at, record in enumerate(getattr(spoilt, name))}
            after = [after[at] for line, at in lines.items() if line != place + 2]
            before = [record for at, record in enumerate(before) if at != place]
        assert after == before
    lost = len(getattr(whole, name)) - len(getattr(spoilt, name))
    assert spoilt.rows[f"{name}.csv"][1] == lost


@pytest.fixture(scope="module")
def writer_():
    """Write the default files of a small book (module scope, for hypothesis)."""
    columns = {name: ",".join(column.name for column in table.columns) for name, table in TABLES.items()}
    firms = "".join(f"{name},{name.title()},,,cloud,world,,,,,\n" for name in ENTITIES)
    kinds = {name: "flow" if flow else "stock" for name, flow in METRICS.items()}
    metrics = "".join(f"{name},{kind},USD_million,,{name},,\n" for name, kind in kinds.items())
    body = {"firms": firms, "metrics": metrics, "sources": "tenq,T,,,,filing\nwire,W,,,,news\n"}

    def write(folder: Path, _: str) -> None:
        folder.mkdir()
        for name, header in columns.items():
            (folder / f"{name}.csv").write_text(f"{header}\n{body.get(name, '')}", encoding="utf-8")

    return write
