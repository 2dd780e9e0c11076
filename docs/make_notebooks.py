"""Run the code cells of the notebooks and store what they show, so that they can be read without running them.

Run it after a change of the book or of a figure: ``python docs/make_notebooks.py``. Pictures are stored as PNG, all
else as text; a test runs the same cells and compares the texts.
"""

from __future__ import annotations

import ast
import base64
import contextlib
import io
import json
import sys
import zlib
from code import InteractiveInterpreter
from pathlib import Path
from typing import Any

NOTEBOOKS = sorted((Path(__file__).parent / "notebooks").glob("*.ipynb"))
SCALE = 1.0


def shown(value: Any, count: int, *, pictures: bool) -> dict[str, Any]:
    """What stands below the cell of a number that ends with a value."""
    drawn = hasattr(value, "png")
    data: dict[str, Any] = {"text/plain": lines(f"{value.title}\n{value.alt}" if drawn else str(value))}
    if drawn and pictures:
        data["image/png"] = base64.b64encode(packed(value.png(scale=SCALE))).decode()
    return {"output_type": "execute_result", "execution_count": count, "data": data, "metadata": {}}


def packed(png: bytes) -> bytes:
    """The same picture, its pixels pressed harder: a fifth of the size in the repository (PNG, RFC 2083, chapter 3)."""
    out, pixels, at = [png[:8]], b"", 8
    while at < len(png):
        size = int.from_bytes(png[at : at + 4], "big")
        kind, body = png[at + 4 : at + 8], png[at + 8 : at + 8 + size]
        at += 12 + size
        if kind == b"IDAT":
            pixels += body
            continue
        if kind == b"IEND":
            out.append(_chunk(b"IDAT", zlib.compress(zlib.decompress(pixels), 9)))
        out.append(_chunk(kind, body))
    return b"".join(out)


def _chunk(kind: bytes, body: bytes) -> bytes:
    check = zlib.crc32(kind + body).to_bytes(4, "big")
    return len(body).to_bytes(4, "big") + kind + body + check


def lines(words: str) -> list[str]:
    """A text as notebooks store it, a line each with its end."""
    return words.splitlines(keepends=True)


class Cells(InteractiveInterpreter):
    """The names of a notebook; a value that a cell ends with is kept, a fault ends the run."""

    fault: BaseException | None = None

    def run(self, source: str) -> tuple[str, list[Any]]:
        """Run one cell: what it prints, and the values of expressions that stand alone."""
        printed, values, before = io.StringIO(), list[Any](), sys.displayhook
        sys.displayhook, self.fault = values.append, None
        try:
            with contextlib.redirect_stdout(printed):
                self.runcode(compile(ast.Interactive(ast.parse(source).body), "cell", "single"))
        finally:
            sys.displayhook = before
        if self.fault is not None:
            raise self.fault
        return printed.getvalue(), [value for value in values if value is not None]

    def showtraceback(self) -> None:
        """Keep a fault, where an interpreter would print it."""
        self.fault = sys.exception()


def executed(path: Path, *, pictures: bool) -> dict[str, Any]:
    """The notebook with the outputs of its cells."""
    notebook: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    cells, count = Cells(), 0
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code":
            continue
        count += 1
        cell["execution_count"] = count
        printed, values = cells.run("".join(cell["source"]))
        stream = {"output_type": "stream", "name": "stdout", "text": lines(printed)}
        cell["outputs"] = [*([stream] if printed else []), *(shown(v, count, pictures=pictures) for v in values)]
    return notebook


def main() -> None:
    """Write all of them."""
    for path in NOTEBOOKS:
        text = json.dumps(executed(path, pictures=True), ensure_ascii=False, indent=1)
        path.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
