"""Reading, checking and asking a generated book of a million facts.

    python benchmarks/book/large_book.py [FACTS]

writes a book of 2,000 firms with quarters and years of ten metrics to a temporary folder, reads it in a
process of its own, and fails when that takes 20 seconds or 2 GB.
"""

from __future__ import annotations

import csv
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from cardhouse.book.schema import TABLES

MOST_SECONDS = 20.0
MOST_BYTES = 2 * 2**30
FLOWS = (
    "revenue",
    "net_income",
    "operating_cash_flow",
    "capital_expenditures",
    "operating_income",
    "interest_expense",
)
STOCKS = ("total_debt", "total_assets", "cash_and_investments", "total_equity")
FIRMS = 2_000
SOURCES = 1_000


def write_book(folder: Path, facts: int) -> None:
    """Write a book with this many facts, one in fifty in yuan."""
    rows: dict[str, list[list[object]]] = {name: [] for name in TABLES}
    for n in range(FIRMS):
        rows["firms"].append([f"firm-{n}", f"Firm {n}", "", "", "cloud", "world", "", f"F{n}", "US", "12-31", ""])
    for name in FLOWS:
        rows["metrics"].append([name, "flow", "USD_million", "", name, "", ""])
    for name in STOCKS:
        rows["metrics"].append([name, "stock", "USD_million", "", name, "", ""])
    for n in range(SOURCES):
        rows["sources"].append([f"source-{n}", f"Source {n}", "Publisher", "1990-01-01", "", "filing"])
    for name, table in TABLES.items():
        with (folder / table.file).open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow([column.name for column in table.columns])
            writer.writerows(rows[name])
            if name == "facts":
                writer.writerows(_facts(facts))
            if name == "rates":
                writer.writerows(_rates())


def _quarter(number: int) -> tuple[date, date]:
    year, place = divmod(number, 4)
    last = date(year + place // 3, (place * 3 + 3) % 12 + 1, 1) - timedelta(days=1)
    return date(year, place * 3 + 1, 1), last


def _rates() -> list[list[object]]:
    rows: list[list[object]] = []
    for number in range(2000 * 4, 2030 * 4):
        start, end = _quarter(number)
        rows += [["CNY", first, end, 0.14, "source-0", end, ""] for first in (start, "")]
        if number % 4 == 3:
            rows.append(["CNY", date(number // 4, 1, 1), end, 0.14, "source-0", end, ""])
    return rows


def _facts(facts: int) -> Iterator[list[object]]:
    made = 0
    for number in range(2000 * 4, 2030 * 4):
        start, end = _quarter(number)
        known = end + timedelta(days=40)
        for firm in range(FIRMS):
            unit = "CNY_million" if firm % 50 == 0 else "USD_million"
            for metric in (*FLOWS, *STOCKS):
                value = 1000 + (firm * 7 + number // 4) % 997 + 0.25 + 9000 * (metric == "total_assets")
                first = start if metric in FLOWS else ""
                source = f"source-{(firm + number) % SOURCES}"
                note = "derived: year to date less nine months" if number % 4 == 3 else ""
                yield [f"firm-{firm}", metric, "", first, end, value, unit, source, known, "high", note]
                made += 1
                if number % 4 == 3 and metric in FLOWS:
                    opening = date(number // 4, 1, 1)
                    yield [
                        f"firm-{firm}",
                        metric,
                        "",
                        opening,
                        end,
                        4 * value,
                        unit,
                        source,
                        known,
                        "high",
                        "",
                    ]
                    made += 1
                if made >= facts:
                    return


def read(folder: str) -> None:
    """Read the book, ask it for every firm's trailing year, and print seconds and bytes."""
    from cardhouse.book import read_book, trailing_year

    begin = time.perf_counter()
    book = read_book(folder)
    done = time.perf_counter()
    for firm in book.firms:
        trailing_year(book, firm, "revenue", book.date)
    asked = time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    errors = sum(fault.severity == "error" for fault in book.faults)
    print(f"{len(book.facts):,} facts, {len(book.faults):,} faults ({errors} errors)")
    print(f"read and checked in {done - begin:.1f} s, asked in {asked - done:.1f} s, peak {peak / 2**30:.2f} GB")
    sys.exit(done - begin > MOST_SECONDS or peak > MOST_BYTES or errors > 0)


def main() -> int:
    """Write the book, and read it in a fresh process."""
    facts = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        write_book(Path(folder), facts)
        return subprocess.run([sys.executable, __file__, "--read", folder], check=False).returncode


if __name__ == "__main__":
    if "--read" in sys.argv:
        read(sys.argv[-1])
    sys.exit(main())
