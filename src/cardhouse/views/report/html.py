"""Tables and pictures as HTML that holds no script and asks for nothing: everything that is text is escaped."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from cardhouse.views.picture import Picture
from cardhouse.views.report.parts import Block, Entry, Listed, Section, Shown
from cardhouse.views.table import LEFT, Cell, Kind, Table, draw, unbroken
from cardhouse.views.words import Words

NOTHING = "–"
"""What stands in a cell of which there is nothing to tell."""


SHORT = 24
"""Rows up to which a table is not cut when it is printed."""
CLASSES = {**dict.fromkeys(LEFT, ""), Kind.DATE: ' class="d"'}
"""Class of a cell by kind of column: dates are not broken; all other kinds are numbers."""


def table_html(table: Table, t: Words, *, caption: str = "") -> str:
    """A table with its notes.

    Parameters
    ----------
    caption : what a reader must know to quote it, below the table.
    """
    left = [CLASSES.get(column.kind, ' class="n"') for column in table.columns]
    titles = (escape(unbroken(column.title)) for column in table.columns)
    heads = "".join(
        f'<th scope="col"{side}>{title}</th>' if title else "<td></td>"
        for title, side in zip(titles, left, strict=True)
    )
    body = "".join(f"<tr>{_row(table, row, left, t)}</tr>" for row in table.rows)
    short = " short" if len(table.rows) <= SHORT else ""
    notes = "".join(f"<p>{escape(note)}</p>" for note in table.notes)
    below = f'<p class="standing">{escape(caption)}</p>' if caption else ""
    return (
        f'<div class="table{short}"><p class="title">{escape(table.title)}</p><div class="scroll" tabindex="0">'
        f'<table aria-label="{escape(table.title, quote=True)}">'
        f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>"
        f'<div class="notes">{notes}{below}</div></div>'
    )


def _row(table: Table, row: Sequence[Cell], left: Sequence[str], t: Words) -> str:
    cells = [_cell(value, column.kind, t) for value, column in zip(row, table.columns, strict=True)]
    rest = "".join(f"<td{side}>{cell}</td>" for cell, side in zip(cells[1:], left[1:], strict=True))
    return f'<th scope="row"{left[0]}>{cells[0]}</th>{rest}'


def _cell(value: Cell, kind: Kind, t: Words) -> str:
    if kind is Kind.MONEY and isinstance(value, int | float):
        return escape(t.amount(float(value)))
    return escape(draw(value, kind)) or NOTHING


def picture_html(picture: Picture, key: str) -> str:
    """A picture as a figure, told in words to those who do not see it, with ids of its own among several in one page.

    Parameters
    ----------
    key : word that no other picture of the page has; made of letters, digits and hyphens.
    """
    drawn = _own_ids(picture.svg(), key).replace("<svg ", '<svg aria-hidden="true" ', 1)
    return f'<figure tabindex="0" role="img" aria-label="{escape(picture.alt, quote=True)}">{drawn}</figure>'


def _own_ids(svg: str, key: str) -> str:
    """Ids numbered in the order in which they come, with the key before them; what refers to them follows."""
    found = dict.fromkeys(re.findall(r'\sid="([^"]+)"', svg))
    own = {old: f"{key}-{number}" for number, old in enumerate(found)}
    svg = re.sub(r'(\sid=")([^"]+)"', lambda m: f'{m[1]}{own[m[2]]}"', svg)
    svg = re.sub(r"url\(#([^)\"']+)\)", lambda m: f"url(#{own.get(m[1], m[1])})", svg)
    return re.sub(r'(href=")#([^"]+)"', lambda m: f'{m[1]}#{own.get(m[2], m[2])}"', svg)


def section_html(section: Section, t: Words) -> str:
    """A section with its blocks in order."""
    blocks = "".join(_block(block, f"{section.key}-{number}", t) for number, block in enumerate(section.blocks))
    wide = ' class="wide"' if section.wide else ""
    return f'<section id="{escape(section.key, quote=True)}"{wide}><h2>{escape(section.title)}</h2>{blocks}</section>'


def _block(block: Block, key: str, t: Words) -> str:
    if isinstance(block, str):
        return f"<p>{escape(block)}</p>"
    if isinstance(block, tuple):
        return f"<ul>{''.join(f'<li>{escape(line)}</li>' for line in block)}</ul>"
    if isinstance(block, Shown):
        return table_html(block.table, t, caption=block.caption.line())
    if isinstance(block, Listed):
        entries = "".join(f"<li>{_entry(entry)}</li>" for entry in block.entries)
        return f'<h3>{escape(block.title)}</h3><ul class="long">{entries}</ul>'
    return picture_html(block, key)


def _entry(entry: Entry) -> str:
    text = escape(entry.text)
    if entry.url:
        text = f'<a href="{escape(entry.url, quote=True)}" rel="noreferrer">{text}</a>'
    return f"{text} {escape(entry.rest)}"
