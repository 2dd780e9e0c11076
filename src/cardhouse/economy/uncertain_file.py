"""Read a file of chances: one plain TOML file, bounded in size and depth, all its faults at once."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from cardhouse.book import Fault, Limits, Where
from cardhouse.book.files import FileError, open_inside
from cardhouse.economy.scenario_lines import lines_of
from cardhouse.economy.scenario_table import Table
from cardhouse.economy.uncertain_reading import read_chances
from cardhouse.economy.uncertain_records import Chances
from cardhouse.errors import ScenarioError

MAX_BYTES = 64 * 1024
MAX_DEPTH = 3
_AT_LINE = re.compile(r"\(at line (\d+), column \d+\)")


def read_file(path: Path) -> Chances:
    """Read and check a file of chances.

    Raises
    ------
    ScenarioError : it cannot be read or has faults; all are listed, one a line, each with file and line first.
    """
    expected = f"a plain TOML file of at most {MAX_BYTES:,} bytes"
    try:
        real = path.resolve(strict=True)
        with open_inside(real.parent, real.name, Limits(file_bytes=MAX_BYTES)) as file:
            text = file.read(MAX_BYTES + 1).decode("utf-8-sig").replace("\r\n", "\n")
    except FileNotFoundError:
        raise _error(path, 1, "there is no such file", expected, "check its name and folder") from None
    except FileError as error:
        raise _error(path, 1, error.problem, expected, "take another file") from None
    except UnicodeDecodeError:
        raise _error(path, 1, "it is not UTF-8", "text in UTF-8", "save the file as UTF-8") from None
    except (OSError, RuntimeError, ValueError):
        raise _error(path, 1, "it cannot be opened", expected, "check its name and rights") from None
    return read_text(text, path)


def read_text(text: str, path: Path) -> Chances:
    """Check the text of a file of chances; ``path`` names it in faults."""
    lines = lines_of(text)
    if lines.depth > MAX_DEPTH:
        raise _error(path, lines.deepest, f"it nests {lines.depth} deep", f"at most {MAX_DEPTH}", "write it flat")
    try:
        values = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        place = _AT_LINE.search(str(error))
        line = int(place.group(1)) if place else text.rstrip().count("\n") + 1
        problem = _AT_LINE.sub("", str(error)).replace("(at end of document)", "").strip()
        raise _error(path, line, f"it is no TOML: {problem[:100]}", "TOML", "mend this line") from None
    faults: list[Fault] = []
    chances = read_chances(Table(path.name, "", 0, values, lines, faults))
    if chances is None or faults:
        ordered = sorted(faults, key=lambda fault: fault.where.line)
        raise ScenarioError("\n".join(dict.fromkeys(str(fault) for fault in ordered)))
    return chances


def _error(path: Path, line: int, problem: str, expected: str, action: str) -> ScenarioError:
    return ScenarioError(str(Fault(Where(path.name, line), "file", problem, expected, action, check="chance")))
