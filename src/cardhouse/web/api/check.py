"""Route of the article room: a text in, its figures beside the book's."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from cardhouse.article.check import Report
from cardhouse.article.check import check as run
from cardhouse.article.extract import extract
from cardhouse.article.page import read_article
from cardhouse.views import article as view
from cardhouse.views.article_payload import payload
from cardhouse.web.api.common import ERRORS, Json, Kept, Said, table_json, tables_json

router = APIRouter(tags=["article"], responses=ERRORS)
MOST_TEXT = 200_000


class Text(BaseModel):
    """An article as it was copied."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, Field(min_length=1, max_length=MOST_TEXT)]
    published: date | None = None
    html: bool | None = None


@router.post("/check")
def check(article: Text, shelf: Kept, t: Said) -> Json:
    """Check an article: its text in pieces with every claim marked, verdicts, and a summary."""
    book = shelf.book()
    read = read_article(article.text.encode(), html=article.html, published=article.published)
    report = run(read, extract(read, book), book)
    clashes = [view.clash_table(report, t.lang)] if report.clashes else []
    sums = [view.sum_table(report, t.lang)] if report.sums else []
    return {
        **payload(report, book),
        "pieces": _pieces(report),
        "told": view.summary(report, book, t.lang),
        "table": table_json(view.table(report, book, t.lang)),
        "tables": tables_json([*clashes, *sums]),
    }


def _pieces(report: Report) -> list[list[Json]]:
    """Paragraphs of pieces; a piece that is a claim has its number and verdict."""
    text, last = report.article.original, None
    paragraphs: list[list[Json]] = []
    by_sentence: dict[int, list[tuple[int, int, int, str]]] = {}
    for row in report.checked:
        place = (row.claim.start, row.claim.end, row.index + 1, row.verdict.value)
        by_sentence.setdefault(row.claim.sentence, []).append(place)
    for sentence in report.article.sentences:
        if sentence.paragraph != last:
            paragraphs.append([])
            last = sentence.paragraph
        elif report.article.language == "en":
            paragraphs[-1].append({"text": " "})
        at = sentence.start
        for start, end, number, verdict in sorted(by_sentence.get(sentence.index, ())):
            if start < at or end > sentence.end:
                continue
            paragraphs[-1].append({"text": view.plain(text[at:start])})
            paragraphs[-1].append({"text": view.plain(text[start:end]), "claim": number, "verdict": verdict})
            at = end
        paragraphs[-1].append({"text": view.plain(text[at : sentence.end])})
    return [[piece for piece in paragraph if piece["text"]] for paragraph in paragraphs]
