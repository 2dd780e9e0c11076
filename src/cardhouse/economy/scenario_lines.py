"""On which line of a TOML file a table, a key or an element of an array stands.

Python's reader of TOML keeps no line numbers, so this one runs over the text beside it. It knows strings (also over
several lines), comments, brackets, headers and dotted keys, and judges nothing: what is no TOML is the other reader's
to refuse. Limits: a key inside an inline table has the line where its table begins, and a quoted key with an escape
in it that of its table. It also measures how deep brackets and dotted keys nest, before anything is built from them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_TOKEN = re.compile(
    r'''(?P<text>"""(?:[^\\]|\\.)*?(?:"{3,5}|\\?\Z)|\'\'\'.*?(?:'{3,5}|\Z)|"(?:[^"\\\n]|\\[^\n])*(?:"|\\?(?=\n)|\\?\Z)|'[^'\n]*'?)'''
    r"""|(?P<skip>[ \t\r]+|#[^\n]*)|(?P<line>\n)|(?P<mark>[\[\]{}=,.])|(?P<bare>[^\s\[\]{}=,."'#]+|\\|.)""",
    re.DOTALL,
)
_OPEN, _CLOSE = frozenset("[{"), frozenset("]}")


@dataclass(slots=True)
class Lines:
    """Lines of a file by table, index of the table among those of its name, and key; the root's table is ``""``.

    Attributes
    ----------
    depth : deepest nesting of brackets, or parts of a dotted key or header, whichever is more.
    deepest : the line where that is.
    """

    tables: dict[tuple[str, int], int] = field(default_factory=dict)
    keys: dict[tuple[str, int, str], int] = field(default_factory=dict)
    elements: dict[tuple[str, int, str], list[int]] = field(default_factory=dict)
    depth: int = 0
    deepest: int = 1

    def table(self, name: str, index: int) -> int:
        """Line of a table's header; of the element for an array of inline tables."""
        if (name, index) in self.tables:
            return self.tables[name, index]
        return self.element("", 0, name, index)

    def key(self, name: str, index: int, key: str) -> int:
        """Line of a key; its table's line where the key was not seen."""
        line = self.keys.get((name, index, key))
        return line if line is not None else self.table(name, index)

    def element(self, name: str, index: int, key: str, number: int) -> int:
        """Line of an element of an array; the key's line where it was not seen."""
        seen = self.elements.get((name, index, key), [])
        return seen[number] if number < len(seen) else self.keys.get((name, index, key), 1)

    def measure(self, depth: int, line: int) -> None:
        """Note how deep the file nests at a line."""
        if depth > self.depth:
            self.depth, self.deepest = depth, line


@dataclass(slots=True)
class _Token:
    kind: str
    text: str
    line: int


def lines_of(text: str) -> Lines:
    """Run over a file once; time grows in proportion to its length."""
    found = Lines(tables={("", 0): 1})
    tokens = _tokens(text)
    counts: dict[str, int] = {}
    table, at = ("", 0), 0
    while at < len(tokens):
        token = tokens[at]
        if token.kind == "line":
            at += 1
        elif token.text == "[" and token.kind == "mark":
            name, at = _header(tokens, at, found)
            table = (name, counts.get(name, 0))
            counts[name] = table[1] + 1
            found.tables[table] = token.line
            found.keys.setdefault(("", 0, name.split(".", 1)[0]), token.line)
        else:
            at = _statement(tokens, at, found, table)
    return found


def _tokens(text: str) -> list[_Token]:
    out, line = [], 1
    for match in _TOKEN.finditer(text):
        kind, piece = str(match.lastgroup), match.group()
        if kind != "skip":
            out.append(_Token(kind, piece, line))
        line += piece.count("\n")
    return out


def _header(tokens: list[_Token], at: int, found: Lines) -> tuple[str, int]:
    """Name in a header that begins at ``at``, and where its line ends."""
    begin = at
    while at < len(tokens) and tokens[at].kind != "line":
        at += 1
    return _dotted([t for t in tokens[begin:at] if t.text not in _OPEN | _CLOSE], found), at


def _dotted(tokens: list[_Token], found: Lines) -> str:
    parts = [_plain(t.text) for t in tokens if t.text != "."]
    if parts:
        found.measure(len(parts), tokens[0].line)
    return ".".join(parts)


def _plain(text: str) -> str:
    return text[1:-1] if len(text) > 1 and text[0] in "\"'" and text[-1] == text[0] else text


def _statement(tokens: list[_Token], at: int, found: Lines, table: tuple[str, int]) -> int:
    """Note ``key = value`` that begins at ``at``; returns where the next line begins."""
    begin = at
    while at < len(tokens) and tokens[at].kind != "line" and tokens[at].text != "=":
        at += 1
    key = (*table, _dotted(tokens[begin:at], found))
    for name in (key[2], key[2].split(".", 1)[0]):
        found.keys.setdefault((*table, name), tokens[begin].line)
    depth, fresh = 0, False
    while at < len(tokens) and not (depth == 0 and tokens[at].kind == "line"):
        token = tokens[at]
        mark = token.text if token.kind == "mark" else ""
        if fresh and token.kind != "line" and mark not in _CLOSE:
            found.elements.setdefault(key, []).append(token.line)
            fresh = False
        if mark in _OPEN:
            depth += 1
            fresh = fresh or (depth == 1 and mark == "[")
            found.measure(depth, token.line)
        elif mark in _CLOSE:
            depth = max(depth - 1, 0)
        elif mark == "," and depth == 1:
            fresh = True
        at += 1
    return at
