"""Write real answers into the pages: run it after a change of the book or the engine.

    python docs/refresh.py              README.md and every page
    python docs/refresh.py run.md ...   these pages

A block of a page that begins with ``$ cardhouse ...`` is replaced by what that command prints now. A comment right
before the block says otherwise: ``<!-- keep 12 | Oracle: 9 -->`` keeps the first 12 lines and 9 from the first line on
that begins with Oracle, ``<!-- after cardhouse run --paths 9 -->`` runs another command before, ``<!-- not run -->``
leaves the block as it is. Commands run in one empty folder, in the order of the page.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from cardhouse.book import embedded

DOCS = Path(__file__).parent
README = DOCS.parent / "README.md"
BLOCK = re.compile(r"(?:<!-- (?P<how>[^\n]*) -->\n)?```(?:text)?\n\$ (?P<command>cardhouse [^\n]*)\n.*?```", re.DOTALL)


def printed(command: str, folder: Path) -> str:
    """What a command prints, run in a folder."""
    words = shlex.split(command, comments=True)[1:]
    done = subprocess.run(
        [sys.executable, "-m", "cardhouse", *words], capture_output=True, text=True, check=True, cwd=folder
    )
    return done.stdout.rstrip("\n")


def kept(text: str, how: str) -> str:
    """The lines that ``keep`` asks for, with ``...`` where others are left out."""
    lines = text.split("\n")
    parts, end = [], 0
    for segment in how.removeprefix("keep ").split(" | "):
        begins, _, count = segment.rpartition(": ")
        first = next(i for i, line in enumerate(lines) if i >= end and line.startswith(begins)) if begins else 0
        end = first + int(count)
        parts.append("\n".join(lines[first:end]).strip("\n"))
    return "\n...\n".join([*parts, *([""] if end < len(lines) else [])]).rstrip("\n")


def refreshed(page: str, folder: Path) -> str:
    """A page with the blocks of its commands written anew."""

    def anew(match: re.Match[str]) -> str:
        how, command = match["how"] or "", match["command"]
        if how == "not run":
            return match[0]
        sys.stderr.write(f"  {command}\n")
        if how.startswith("after "):
            printed(how.removeprefix("after "), folder)
        text = printed(command, folder)
        comment = f"<!-- {how} -->\n" if how else ""
        return f"{comment}```text\n$ {command}\n{kept(text, how) if how.startswith('keep ') else text}\n```"

    return BLOCK.sub(anew, page)


def answer() -> str:
    """The pull of OpenAI up to the end of the table of losers."""
    text = printed("cardhouse pull openai", DOCS)
    return text[: text.index("What hits each firm")].rstrip("\n")


def size() -> str:
    """One sentence with the rows of each file."""
    n = {file: read for file, (read, _) in embedded().rows.items()}
    return (
        f"{n['facts.csv']:,} figures, {n['ties.csv']:,} ties in all their versions with {n['terms.csv']:,} terms, "
        f"{n['firms.csv']:,} organisations, {n['sources.csv']:,} sources and {n['assumptions.csv']:,} assumptions, "
        "known up to October 2026."
    )


def readme() -> None:
    """Rewrite the two places of README.md."""
    text = README.read_text(encoding="utf-8")
    text = re.sub(
        r"(\$ cardhouse pull openai\n).*?(\n```)", lambda m: m[1] + answer() + m[2], text, count=1, flags=re.DOTALL
    )
    text = re.sub(r"[\d,]+ figures, .*?known up to October 2026\.", size(), text, count=1, flags=re.DOTALL)
    README.write_text(text, encoding="utf-8")


def main() -> None:
    """Refresh README.md and all pages, or those that are named."""
    asked = sys.argv[1:]
    if not asked:
        readme()
    with tempfile.TemporaryDirectory() as folder:
        for page in sorted(DOCS.glob("*.md")):
            if asked and page.name not in asked:
                continue
            sys.stderr.write(f"{page.name}\n")
            page.write_text(refreshed(page.read_text(encoding="utf-8"), Path(folder)), encoding="utf-8")


if __name__ == "__main__":
    main()
