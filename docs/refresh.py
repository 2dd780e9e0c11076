"""Write the real answer and the real size of the book into README.md: run it after a change of either."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from cardhouse.book import embedded

README = Path(__file__).parent.parent / "README.md"


def answer() -> str:
    """The pull of OpenAI up to the end of the table of losers."""
    done = subprocess.run(
        [sys.executable, "-m", "cardhouse", "pull", "openai"], capture_output=True, text=True, check=True
    )
    return done.stdout[: done.stdout.index("What hits each firm")].rstrip("\n")


def size() -> str:
    """One sentence with the rows of each file."""
    n = {file: read for file, (read, _) in embedded().rows.items()}
    return (
        f"{n['facts.csv']:,} figures, {n['ties.csv']:,} ties in all their versions with {n['terms.csv']:,} terms, "
        f"{n['firms.csv']:,} organisations, {n['sources.csv']:,} sources and {n['assumptions.csv']:,} assumptions, "
        "known up to October 2026."
    )


def main() -> None:
    """Rewrite the two places."""
    text = README.read_text(encoding="utf-8")
    text = re.sub(
        r"(\$ cardhouse pull openai\n).*?(\n```)", lambda m: m[1] + answer() + m[2], text, count=1, flags=re.DOTALL
    )
    text = re.sub(r"[\d,]+ figures, .*?known up to October 2026\.", size(), text, count=1, flags=re.DOTALL)
    README.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
