"""The texts of the pages in another language, and Vega's own scripts."""

from __future__ import annotations

from functools import lru_cache

from fastapi import APIRouter
from fastapi.responses import Response

from cardhouse.views.picture import converter
from cardhouse.views.words import words as words_of
from cardhouse.web.api.common import ERRORS, Json, Lang
from cardhouse.web.texts import page_texts

router = APIRouter(tags=["pages"], responses=ERRORS)
scripts = APIRouter(include_in_schema=False)


@router.get("/words")
def words(lang: Lang = Lang.EN) -> Json:
    """Every text of the pages with its translation."""
    t = words_of(lang.value)
    return {"lang": lang.value, "words": {text: t(text) for text in page_texts()}}


@scripts.get("/static/vega.js")
def vega() -> Response:
    """Vega, Vega-Lite and Vega-Embed as one script."""
    return Response(bundle(), media_type="text/javascript", headers={"cache-control": "max-age=86400"})


@lru_cache(maxsize=1)
def bundle() -> str:
    """Vega, Vega-Lite and Vega-Embed, built once a server."""
    return str(converter().javascript_bundle())
