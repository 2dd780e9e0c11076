"""The README shows what the program prints, and names commands that exist."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def test_the_answer_in_the_readme_is_the_beginning_of_the_real_one() -> None:
    shown = re.search(r"\$ cardhouse pull openai\n(.*?)\n```", README, re.DOTALL)
    assert shown
    done = subprocess.run(
        [sys.executable, "-m", "cardhouse", "pull", "openai"], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.startswith(shown.group(1).rstrip("\n"))


def test_the_size_of_the_book_in_the_readme_is_the_real_one() -> None:
    from cardhouse.book import embedded

    rows = {file: read for file, (read, _) in embedded().rows.items()}
    for file in ("facts.csv", "ties.csv", "terms.csv", "firms.csv", "sources.csv", "assumptions.csv"):
        assert f"{rows[file]:,} " in README, f"{file} has {rows[file]:,} rows; say: python docs/refresh.py"


def test_every_command_named_in_the_readme_exists() -> None:
    for line in re.findall(r"^cardhouse (\S+)", README, re.MULTILINE):
        done = subprocess.run(
            [sys.executable, "-m", "cardhouse", line, "--help"], capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, line
