"""``cardhouse run --paths``, ``cardhouse reopen`` and ``cardhouse compare``: runs of many paths."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar, cast

import click

from cardhouse.cli.common import Count, Where, answer_json, book_options, give, lang_option, load, output_options, show
from cardhouse.views.words import Words

F = TypeVar("F", bound=Callable[..., Any])
SEED = 1
RUNS = "runs"
PATIENCE = 1.0
"""Seconds of work after which a bar is shown."""


@dataclass(frozen=True, slots=True)
class Many:
    """What a user may choose about a run of many paths."""

    paths: int
    seed: int
    out: str | None
    vary: str
    openings: int | None
    cluster: str | None


def many_options(command: F) -> F:
    """Add --paths and what goes with it; the command gets one ``many``, None for a single path."""

    @wraps(command)
    def wrapped(
        paths: int | None,
        seed: int | None,
        out: str | None,
        vary: str | None,
        openings: int | None,
        cluster: str | None,
        **kwargs: Any,
    ) -> Any:
        others = {"--seed": seed, "--out": out, "--vary": vary, "--openings": openings, "--cluster": cluster}
        if paths is None:
            given = [name for name, value in others.items() if value is not None]
            if given:
                raise click.UsageError(f"{given[0]} goes with --paths; for example --paths 100000")
            return command(many=None, **kwargs)
        if vary == "drivers" and openings is not None:
            raise click.UsageError(
                "--vary drivers leaves all assumptions at their centre; --openings says nothing then"
            )
        chosen = Many(paths, SEED if seed is None else seed, out, vary or "both", openings, cluster)
        return command(many=chosen, **kwargs)

    options = (
        click.option("--cluster", metavar="SPEC", help="Compute on processes: local:4, or tcp://host:port of dask."),
        click.option(
            "--openings",
            type=Count(1, 100_000, like=512),
            metavar="M",
            help="Joint draws of the assumptions that paths take turns with.  [default: 512]",
        ),
        click.option(
            "--vary",
            type=click.Choice(["both", "drivers", "assumptions"]),
            help="What is uncertain.  [default: both]",
        ),
        click.option("--out", metavar="DIR", help="Folder of the run.  [default: runs/SCENARIO-SEED]"),
        click.option("--seed", type=Count(0, 2**64 - 1, like=SEED), help=f"Key of all chance.  [default: {SEED}]"),
        click.option(
            "--paths", type=Count(1, 1_000_000_000, like=100_000), metavar="N", help="Run many paths, by chance."
        ),
    )
    result: Any = wrapped
    for option in options:
        result = option(result)
    return cast("F", result)


def run_paths(
    book: Any,
    scenario: Any,
    choices: Any,
    many: Many,
    t: Words,
    *,
    firm: str | None,
    as_json: bool,
    csv_file: str | None,
) -> None:
    """Run many paths into a folder and say what came of them; ``firm`` is an id."""
    from cardhouse.economy.many.folder import reopen as open_run

    out = _out(many, scenario.name)
    _check(book, choices, many, out, firm)
    say_if_first("path.run_held", "block.run_chunk")
    try:
        _compute(book, scenario, choices, many, out)
    except KeyboardInterrupt:
        raise _stopped(out) from None
    with open_run(out) as folder:
        _answer(folder, book, str(out), t, firm=firm, as_json=as_json, csv_file=csv_file)


def _check(book: Any, choices: Any, many: Many, out: Path, firm: str | None) -> None:
    """Refuse before the work what would fail after it: a place that cannot be written, a firm without fans."""
    from cardhouse.economy.many import disk
    from cardhouse.economy.many.run import BYTES_A_CHUNK, BYTES_A_PATH, CHUNK
    from cardhouse.economy.opening import open_book
    from cardhouse.errors import InputError

    disk.prepare(out, many.paths * BYTES_A_PATH + -(-many.paths // CHUNK) * BYTES_A_CHUNK)
    if firm is not None:
        opening = open_book(book, scope=choices.scope)
        if (opening.groups(firm) or firm) not in opening.full:
            raise InputError(f"{firm} is not tested in a run; expected one of {', '.join(opening.full)}; name another")


def _out(many: Many, scenario: str) -> Path:
    """The folder of a run; the one that holds all runs is made where it is not named by the user."""
    from cardhouse.errors import OutputError

    if many.out is not None:
        return Path(many.out)
    try:
        Path(RUNS).mkdir(exist_ok=True)
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutputError(f"the folder {RUNS} cannot be made here ({reason}); say where with --out DIR") from error
    return Path(RUNS) / f"{scenario}-{many.seed}"


def _compute(book: Any, scenario: Any, choices: Any, many: Many, out: Path) -> None:
    """Set up, and run what is missing."""
    from datetime import date

    from cardhouse.economy.many.prepare import OPENINGS, Vary, job_from_book
    from cardhouse.economy.many.run import run_many

    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    with ExitStack() as shown:
        job = job_from_book(
            book,
            scenario,
            choices,
            paths=many.paths,
            seed=many.seed,
            created=date.today(),  # noqa: DTZ011 - the user's day
            vary=Vary(many.vary),
            openings=OPENINGS if many.openings is None else many.openings,
            workers=processors,
            progress=progress(shown, "drawing assumptions"),
        )
        compute = None
        if many.cluster is not None:
            from cardhouse.economy.many.cluster import on_cluster

            compute = on_cluster(job, many.cluster)
        run_many(job, out, compute=compute, progress=progress(shown, "paths")).close()


def say_if_first(*functions: str) -> None:
    """One line when the engine has to be compiled: it takes a minute or two and would look like a hang.

    Parameters
    ----------
    functions : of the kernel, each as ``module.name``.
    """
    for function in functions:
        module, name = function.split(".")
        stats = getattr(getattr(import_module(f"cardhouse.economy.kernel.{module}"), name), "stats", None)
        if stats is not None and stats.cache_path and not list(Path(stats.cache_path).glob(f"{function}-*.nbi")):
            click.echo("compiling the engine, once; this takes about a minute", err=True)
            return


def _stopped(out: Path) -> Exception:
    """What to say after Ctrl-C: how far the run is and how it goes on."""
    from cardhouse.economy.many.folder import reopen as open_run
    from cardhouse.errors import CardhouseError

    try:
        return CardhouseError(f"stopped; {open_run(out).standing}")
    except CardhouseError:
        return CardhouseError("stopped before the first path; the same command begins again")


def progress(shown: ExitStack, what: str) -> Callable[[int, int], None] | None:
    """A bar on stderr for work of more than a second; none when stderr is no terminal."""
    if not sys.stderr.isatty():
        return None
    begun = time.monotonic()
    bars: list[tuple[Any, Any]] = []

    def told(done: int, whole: int) -> None:
        if not bars and time.monotonic() - begun > PATIENCE:
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

            columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
            bar = shown.enter_context(Progress(*columns, console=Console(stderr=True), transient=True))
            bars.append((bar, bar.add_task(what, total=whole)))
        for bar, task in bars:
            bar.update(task, completed=done, total=whole)

    return told


def _answer(
    folder: Any, book: Any, where: str, t: Words, *, firm: str | None, as_json: bool, csv_file: str | None
) -> None:
    """Print what a finished run says."""
    from cardhouse.economy.opening import open_book
    from cardhouse.views import many as view
    from cardhouse.views import many_figures, many_payload
    from cardhouse.views.many_answer import answer_of

    nodes = folder.manifest.nodes
    node = firm if firm is None or firm in nodes else open_book(book).groups(firm) or firm
    answer = answer_of(folder, names=_names(book, nodes, t), where=where, firm=node)
    if as_json:
        answer_json(many_payload.payload(answer))
    else:
        show(
            view.dateline(answer, t=t),
            "\n".join(view.headline(answer, t=t)),
            *(table for table in (of(answer, t=t) for of in (view.falls, view.years, view.together)) if table.rows),
            *(table for table in (many_figures.lost(answer, kind, t=t) for kind in many_figures.KINDS) if table.rows),
            many_figures.loss_notes(t=t),
            *(many_figures.fan(answer, one, t=t) for one in answer.shown),
            *([many_figures.fan_notes(t=t)] if answer.shown else []),
            many_figures.world(answer, t=t),
            "\n".join(view.resting(answer, t=t)),
        )
    if csv_file:
        give(many_payload.lines(answer), csv_file=csv_file)


def _names(book: Any, nodes: tuple[str, ...], t: Words) -> dict[str, str]:
    """Names; a node that the book at hand does not know keeps its id."""
    return {node: t.called(book, node) for node in nodes}


@click.command()
@click.argument("run", metavar="DIR")
@click.option("--firm", metavar="FIRM", help="The fans of one firm instead of those most likely to fall.")
@output_options
@lang_option
@book_options
def reopen(run: str, firm: str | None, as_json: bool, csv_file: str | None, where: Where, t: Words) -> None:
    """Show a run of many paths again from its folder DIR; the book only gives the names."""
    from cardhouse.economy.many.folder import reopen as open_run

    with open_run(run) as folder:
        book = load(where)
        asked = book.resolve(firm).id if firm else None
        _answer(folder, book, run, t, firm=asked, as_json=as_json, csv_file=csv_file)


@click.command()
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@output_options
@lang_option
@book_options
def compare(a: str, b: str, as_json: bool, csv_file: str | None, where: Where, t: Words) -> None:
    """Compare two runs of many paths, the folders A and B; the book only gives the names."""
    from cardhouse.economy.many.compare import compare as side_by_side
    from cardhouse.economy.many.folder import reopen as open_run
    from cardhouse.economy.many.totals import totals
    from cardhouse.views import compare as view
    from cardhouse.views.relayed import relayed

    with open_run(a) as first, open_run(b) as second:
        found = side_by_side((first, totals(first)), (second, totals(second)), labels=("in A", "in B"))
        notes = [relayed(t, note) for note in (*first.notes, *second.notes)]
    names = _names(load(where), tuple(dict.fromkeys((*found.a.nodes, *found.b.nodes))), t)
    if as_json:
        answer_json(view.payload(found, (a, b)))
    else:
        show(
            view.dateline(found, (a, b), t=t),
            "\n".join([*view.between(found, t=t), *notes]),
            view.falls(found, names, t=t),
            view.lost(found, t=t),
        )
    give(view.lines(found), csv_file=csv_file)
