"""``cardhouse check``: every figure of an article beside the book's."""

from __future__ import annotations

import os
import stat
import sys
from datetime import date
from pathlib import Path

import click

from cardhouse.article.claims import Article, Claim
from cardhouse.book import Book
from cardhouse.cli.common import Day, Where, answer_json, book_options, give, lang_option, load, output_options, show
from cardhouse.errors import InputError
from cardhouse.views.words import Words

MOST_BYTES = 5_000_000
"""Largest file or standard input read."""
KEY = "CARDHOUSE_LLM_KEY"
"""Environment variable that holds the key of a language model's endpoint, so that it stands in no history."""
EXAMPLES = """\b
Examples:
  cardhouse check article.txt                     text, table and summary
  cardhouse check page.html --lang zh             the same in Chinese
  cardhouse check https://example.com/news        a public page (http or https)
  pbpaste | cardhouse check - --date 2026-02-27   from a pipe, with its day
  cardhouse check article.txt --to-book review/   the claims as facts to review
"""


@click.command(epilog=EXAMPLES)
@click.argument("what", metavar="FILE|URL|-")
@click.option("--date", "published", type=Day(), metavar="DATE", help="Day of publication, if the text hides it.")
@click.option("--html/--text", "html", default=None, help="Read it as HTML or as plain text; default: by its looks.")
@click.option("--to-book", "to_book", metavar="DIR", help="Write the claims as facts of kind article, for review.")
@click.option("--llm", metavar="URL", help=f"Extract with a model at this OpenAI-compatible address (key in ${KEY}).")
@click.option("--llm-model", metavar="NAME", default="", help="Name of that model.")
@output_options
@lang_option
@book_options
def check(
    what: str,
    published: date | None,
    html: bool | None,
    to_book: str | None,
    llm: str | None,
    llm_model: str,
    as_json: bool,
    csv_file: str | None,
    where: Where,
    t: Words,
) -> None:
    """Check an article: every figure in it beside the book's, with source and verdict."""
    from cardhouse.article.check import check as run
    from cardhouse.views import article as view
    from cardhouse.views.article_payload import payload

    if llm and not llm_model:
        raise click.UsageError("--llm needs --llm-model, the name of the model to ask")
    lang = t.lang
    data, looks_html = read(what)
    book = load(where)
    article = _article(data, html=html if html is not None else looks_html, published=published)
    report = run(article, _claims(article, book, llm, llm_model), book)
    claims = view.table(report, book, lang)
    if as_json:
        answer_json(payload(report, book))
    else:
        show(
            view.marked(report),
            view.legend(lang),
            *([view.short(report, lang, book)] if claims.rows else []),
            view.reasons(report, book, lang),
            *([view.clash_table(report, lang)] if report.clashes else []),
            *([view.sum_table(report, lang)] if report.sums else []),
            view.summary(report, book, lang),
        )
    give(claims, csv_file=csv_file)
    if to_book:
        from cardhouse.article.to_book import to_book as write

        address = what if what.startswith(("http://", "https://")) else ""
        written = write(report, book, to_book, address=address, today=date.today())  # noqa: DTZ011 - the user's day
        click.echo(f"{written.facts} facts written to {written.folder}, {len(written.left_out)} left out", err=True)


def read(what: str) -> tuple[bytes, bool | None]:
    """Bytes of a file, an address or standard input, and whether they are known to be HTML.

    Raises
    ------
    InputError : not there, no plain file, too large, or an address that is not read.
    """
    if what == "-":
        data = sys.stdin.buffer.read(MOST_BYTES + 1)
        return _limited(data, "standard input"), None
    scheme = what.split("://", maxsplit=1)[0].lower() if "://" in what[:20] else ""
    if scheme in ("http", "https"):
        from cardhouse.article.fetch import fetch

        page = fetch(what)
        return page.data, page.html
    if scheme:
        raise InputError(f"{scheme}:// addresses are not read; expected a file, an http(s) address, or -")
    return _file(what), None if Path(what).suffix.lower() not in (".html", ".htm", ".xhtml") else True


def _file(name: str) -> bytes:
    try:
        # a pipe or a device could block or never end
        handle = os.open(name, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no file name"
        raise InputError(f"{name!r} cannot be read ({reason}); expected a file, an http(s) address, or -") from error
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise InputError(f"{name!r} is no plain file; expected a text or HTML file")
    with os.fdopen(handle, "rb") as file:
        return _limited(file.read(MOST_BYTES + 1), repr(name))


def _limited(data: bytes, name: str) -> bytes:
    if len(data) > MOST_BYTES:
        raise InputError(f"{name} is larger than {MOST_BYTES // 1_000_000} MB; give the article alone")
    return data


def _article(data: bytes, *, html: bool | None, published: date | None) -> Article:
    try:
        from cardhouse.article.page import read_article

        return read_article(data, html=html, published=published)
    except ModuleNotFoundError as error:
        raise InputError(f"{error.name} is not installed; say: pip install 'cardhouse[article]'") from error


def _claims(article: Article, book: Book, llm: str | None, model: str) -> tuple[Claim, ...]:
    """Claims by the rules, or by the model that the user named."""
    if llm:
        from cardhouse.article.extractor_llm import Endpoint, extract_llm

        found = extract_llm(article, book, Endpoint(llm, model, os.environ.get(KEY, "")))
        if found.refused:
            click.echo(f"{found.refused} claims of the model did not pass the checks and are left out", err=True)
        return found.claims
    from cardhouse.article.extract import extract

    return extract(article, book)
