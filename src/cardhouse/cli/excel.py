"""``cardhouse excel``: the book and its answers as a workbook, with formulas where a number may be changed."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TextIO, cast

import click

from cardhouse.cli.common import Where, book_options, lang_option, load, out_file
from cardhouse.views.words import Words

EXAMPLES = """\b
Examples:
  cardhouse excel cardhouse.xlsx                          the fall of OpenAI, accounts, required revenue, the book
  cardhouse excel oct.xlsx --card oracle                  another card
  cardhouse excel oct.xlsx --run runs/dear-money-1        with a run of many paths that you made before
  cardhouse excel cardhouse.xlsx --as-of 2025-12-31       with what was known on that day
"""


@click.command(epilog=EXAMPLES)
@click.argument("file", type=out_file, metavar="FILE.xlsx")
@click.option("--card", default="openai", show_default=True, metavar="FIRM", help="Whose fall the formulas follow.")
@click.option(
    "--run", "folders", multiple=True, metavar="DIR", help="A finished run of many paths; may be said several times."
)
@lang_option
@book_options
def excel(file: str, card: str, folders: tuple[str, ...], t: Words, where: Where) -> None:
    """Write FILE.xlsx: figures with links to their sources, ties, assumptions, results with live formulas."""
    from cardhouse.book.export import replacing
    from cardhouse.cli.run_many import progress
    from cardhouse.views.report import reopened
    from cardhouse.views.workbook import workbook

    if not file.lower().endswith(".xlsx"):
        raise click.UsageError(f"{file} does not end in .xlsx; say for example cardhouse.xlsx")
    book = load(where)
    runs = [reopened(folder, book, t) for folder in folders]
    with ExitStack() as shown:
        made = workbook(book, card, t, runs=runs, progress=progress(shown, "sheets"))
    with replacing(file) as out:
        cast("TextIO", out).buffer.write(made)  # the file under the text is one of bytes
    click.echo(f"{file}: {len(made) / 1e6:.1f} MB, book of {book.date}", err=True)
