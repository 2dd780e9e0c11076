"""``cardhouse report``: one HTML file of a book and runs, to read, print and send on."""

from __future__ import annotations

from contextlib import ExitStack

import click

from cardhouse.cli.common import Where, book_options, lang_option, load, out_file, whole
from cardhouse.views.words import Words

EXAMPLES = """\b
Examples:
  cardhouse report                                   cardhouse-report.html, with a quick run of its own
  cardhouse report -o oct.html --run runs/dear-money-1   with a run of many paths that you made before
  cardhouse report --lang zh                         in Chinese
  cardhouse report --as-of 2025-12-31                with what was known on that day
"""
FILE = "cardhouse-report.html"


@click.command(epilog=EXAMPLES)
@click.option(
    "-o", "--output", "file", type=out_file, default=FILE, show_default=True, metavar="FILE", help="Where to write it."
)
@click.option(
    "--run", "folders", multiple=True, metavar="DIR", help="A finished run of many paths; may be said several times."
)
@lang_option
@book_options
def report(file: str, folders: tuple[str, ...], t: Words, where: Where) -> None:
    """Write a report: one HTML file without scripts that asks nobody for anything, and prints on A4."""
    from cardhouse.book.export import replacing
    from cardhouse.cli.run_many import progress, say_if_first
    from cardhouse.views.picture import converter
    from cardhouse.views.report import reopened
    from cardhouse.views.report import report as page

    converter()  # says what is not installed before the work starts
    book = load(where)
    runs = [reopened(folder, book, t) for folder in folders]
    say_if_first("path.run_held", *(() if runs else ("block.run_chunk",)))
    with ExitStack() as shown:
        text = page(book, whole(where), t, runs=runs, progress=progress(shown, "sections"))
    with replacing(file) as out:
        out.write(text)
    click.echo(f"{file}: {len(text.encode()) / 1e6:.1f} MB, book of {book.date}", err=True)
