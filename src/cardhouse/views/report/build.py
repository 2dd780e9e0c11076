"""From a book and runs to the report: sections in the order in which a reader asks, in one page."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

from cardhouse.book import Book
from cardhouse.economy.many.run import Progress
from cardhouse.errors import CardhouseError
from cardhouse.views.many_answer import Answer
from cardhouse.views.report import future, grounds, lenses, network, past
from cardhouse.views.report.html import section_html
from cardhouse.views.report.material import Material
from cardhouse.views.report.parts import Block, Plan, Section
from cardhouse.views.report.summary import summary
from cardhouse.views.words import Words

STYLE = Path(__file__).parent / "report.css"
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
"""What a browser may do with the page: nothing but show it."""
TAGS = {"en": "en", "zh": "zh-Hans"}


def plans(t: Words) -> tuple[Plan, ...]:
    """The sections in their order."""
    return (
        Plan("summary", t("In short"), summary),
        Plan("map", t("Who pays whom"), network.whole_map, wide=True),
        Plan("cards", t("What the fall of each card costs others"), network.cards),
        Plan("pull", t("The largest card, round by round"), network.largest),
        Plan("money", t("Whose money it is"), lenses.money),
        Plan("accounts", t("The accounts at other lives of servers"), lenses.accounts),
        Plan("value", t("What prices ask for"), lenses.value),
        Plan("scenarios", t("Scenarios without chance"), future.scenarios),
        Plan("runs", t("The future by chance"), future.runs),
        Plan("hindcast", t("Was it right before?"), past.hindcasts),
        Plan("changes", t("What changed"), past.changed),
        Plan("assumptions", t("What is assumed"), grounds.assumptions),
        Plan("disputes", t("Figures in dispute"), grounds.disputes),
        Plan("sources", t("Sources"), grounds.sources),
    )


def report(book: Book, told: Book, t: Words, *, runs: Sequence[Answer] = (), progress: Progress | None = None) -> str:
    """The report as one HTML page; the same book, runs and language give the same page.

    Parameters
    ----------
    book : as known on one day. told : the whole book, with every version of a tie.
    runs : finished runs of many paths; a quick one is made where there is none.
    progress : told how many sections are done of how many.

    Raises
    ------
    InputError : the extra ``report`` is not installed.
    """
    material = Material(book, told, t.about(book), tuple(runs))
    wanted = plans(t)
    sections = []
    for number, plan in enumerate(wanted):
        sections.append(Section(plan.key, plan.title, tuple(_blocks(plan, material)), plan.wide))
        if progress is not None:
            progress(number + 1, len(wanted))
    return _page(sections, material)


def _blocks(plan: Plan, material: Material) -> Sequence[Block]:
    """The blocks of a section; where the book does not give them, the reason in their place."""
    try:
        return plan.made(material)
    except CardhouseError as error:
        return (material.t("This cannot be told: {reason}.", reason=str(error).rstrip(".")),)


def _page(sections: Sequence[Section], m: Material) -> str:
    t, book = m.t, m.book
    title = t("The AI boom's balance sheets under stress")
    lead = (
        t(
            "Book of {date}: {facts} figures, {ties} ties, {firms} organisations, {sources} sources.",
            date=book.date,
            facts=f"{len(book.facts):,}",
            ties=f"{len(book.current_ties):,}",
            firms=f"{len(book.firms):,}",
            sources=f"{len(book.sources):,}",
        ),
        t("Money in {unit} where a table or picture says nothing else.", unit=t.money_unit),
        t("Probabilities are those of a model, no forecast; nothing here is advice to buy or sell."),
    )
    paragraphs = "".join(f"<p>{escape(line)}</p>" for line in lead)
    contents = "".join(f'<li><a href="#{escape(s.key, quote=True)}">{escape(s.title)}</a></li>' for s in sections)
    return (
        f'<!DOCTYPE html>\n<html lang="{TAGS[t.lang]}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{escape(title)} · {book.date}</title>\n<style>\n{STYLE.read_text(encoding='utf-8')}</style>\n"
        f"</head>\n<body>\n<header><h1>{escape(title)}</h1>{paragraphs}</header>\n"
        f'<nav aria-label="{escape(t("Contents"), quote=True)}"><ol>{contents}</ol></nav>\n<main>\n'
        + "\n".join(section_html(s, t) for s in sections)
        + "\n</main>\n</body>\n</html>\n"
    )
