"""Reading and checking the shipped book, and the commands that stand on it.

    python benchmarks/book/shipped_book.py

prints the best and the median of several runs in a process of their own; the goal for reading is 0.5 s.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

RUNS = 7
COMMANDS = {
    "python alone": ["-c", "pass"],
    "read and check the book": ["-c", "from cardhouse.book import embedded; embedded()"],
    "cardhouse --help": ["-m", "cardhouse", "--help"],
    "cardhouse book check": ["-m", "cardhouse", "book", "check"],
    "cardhouse pull openai": ["-m", "cardhouse", "pull", "openai"],
    "cardhouse pull --all": ["-m", "cardhouse", "pull", "--all"],
}


def seconds(arguments: list[str]) -> float:
    """Wall time of one process."""
    begin = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
    return time.perf_counter() - begin


def main() -> None:
    """Print a line for each command: best, median, and the median over that of python alone."""
    alone = statistics.median(seconds(COMMANDS["python alone"]) for _ in range(RUNS))
    print(f"{'':26} {'best':>7} {'median':>7} {'x python':>9}")
    for name, arguments in COMMANDS.items():
        runs = [seconds(arguments) for _ in range(RUNS)]
        middle = statistics.median(runs)
        print(f"{name:26} {min(runs):7.3f} {middle:7.3f} {middle / alone:9.1f}")


if __name__ == "__main__":
    main()
