"""The runs of a report: from their folders, or a quick one on the spot."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from cardhouse.book import Book
from cardhouse.economy.drivers import BASELINE
from cardhouse.economy.many.folder import reopen
from cardhouse.economy.many.prepare import Vary, job_from_book
from cardhouse.economy.many.run import run_many
from cardhouse.economy.many.run_folder import RunFolder
from cardhouse.economy.run import RunChoices
from cardhouse.views.many_answer import Answer, answer_of
from cardhouse.views.words import Words

PATHS = 10_000
SEED = 1


def reopened(path: str, book: Book, t: Words) -> Answer:
    """A finished run from its folder, with names in the language of the report.

    Raises
    ------
    InputError : there is no run, or it is unfinished or damaged.
    """
    with reopen(path) as folder:
        return _answer(folder, book, t, where=path)


def quick(book: Book, t: Words) -> Answer:
    """Ten thousand paths of the plan as it is: only the drivers are left to chance, assumptions at their centre.

    Raises
    ------
    BookError, NotConverged : the book gives no run. InputError : pyarrow is not installed.
    """
    job = job_from_book(book, BASELINE, RunChoices(), paths=PATHS, seed=SEED, created=book.date, vary=Vary.DRIVERS)
    with TemporaryDirectory(prefix="cardhouse-") as place, run_many(job, Path(place) / "run") as run:
        return _answer(run, book, t, where="")


def _answer(folder: RunFolder, book: Book, t: Words, *, where: str) -> Answer:
    names = {node: t.called(book, node) for node in folder.manifest.nodes}
    found = answer_of(folder, names=names, where=where)
    if t.lang != "zh":
        return found
    said = folder.manifest.scenario
    title, about = (str(said.get(key) or "") for key in ("title_zh", "about_zh"))
    rests = replace(found.rests, title=title or found.rests.title, about=about or found.rests.about)
    return replace(found, rests=rests)
