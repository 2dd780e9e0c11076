"""Results in a notebook: text, HTML, charts and data frames of the same numbers; the worked notebooks run."""

from __future__ import annotations

import json
import re
import runpy
import sys
from datetime import date
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from cardhouse.book import Book, embedded
from cardhouse.economy.pull import Pull
from cardhouse.errors import InputError
from cardhouse.lenses.accounts.answer import restate
from cardhouse.lenses.frontier import frontier
from cardhouse.lenses.money import money
from cardhouse.views import notebook
from cardhouse.views.notebook_answers import ANSWERS
from cardhouse.views.table import Column, Kind, Table

DOCS = Path(__file__).parents[2] / "docs"

MIXED = Table(
    "Mixed <title>",
    (
        Column("firm", "firm"),
        Column("cash", "cash", Kind.MONEY),
        Column("odds", "odds", Kind.NUMBER),
        Column("day", "day", Kind.DATE),
    ),
    (("A & B", 1500.0, "3 ± 1%", date(2026, 9, 30)), ("<script>", "n/a", "4 ± 1%", None)),
    ("A note with <b>.",),
)


@pytest.fixture(scope="module")
def book() -> Book:
    whole = embedded()
    return whole.as_of(whole.date)


def test_a_mark_among_numbers_is_a_missing_value_and_texts_stay_texts() -> None:
    frame = MIXED.to_pandas()
    assert list(frame.columns) == ["firm", "cash", "odds", "day"]
    assert frame["cash"][0] == 1500.0
    assert frame["cash"].isna().tolist() == [False, True]
    assert frame["odds"].tolist() == ["3 ± 1%", "4 ± 1%"]
    assert frame["day"].dt.year[0] == 2026
    assert frame.attrs == {"title": "Mixed <title>", "notes": ["A note with <b>."]}


def test_polars_gets_the_same_cells() -> None:
    frame = MIXED.to_polars()
    assert frame["cash"].to_list() == [1500.0, None]
    assert frame["odds"].to_list() == ["3 ± 1%", "4 ± 1%"]
    assert frame["day"].to_list() == [date(2026, 9, 30), None]


def test_html_escapes_every_text_and_says_the_unit() -> None:
    html = MIXED._repr_html_()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "Mixed &lt;title&gt;" in html
    assert "A note with &lt;b&gt;." in html
    assert "Money in USD billion." in html
    assert ">1.5</td>" in html
    assert html.count("<tr>") == 3


@pytest.mark.parametrize("name", ["pandas", "polars"])
def test_without_the_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(InputError, match=f"pip install {name}"):
        getattr(MIXED, f"to_{name}")()


def test_a_pull_shows_its_sentences_chart_and_tables(answer: Pull) -> None:
    shown = notebook.show(answer)
    assert shown.charts == ("losses", "borne")
    assert "OpenAI stops paying." in str(shown)
    assert "Who loses what" in str(shown)
    html = shown._repr_html_()
    for part in ("<svg", "Who loses what", "Who bears it in the end", "OpenAI stops paying."):
        assert part in html
    frame = shown.to_pandas()
    assert frame["total"].sum() == pytest.approx(
        sum(sum(answer.losses.of(n).values()) for n in answer.losses.firms() if n not in answer.cards)
    )


def test_another_language_draws_its_own_unit(answer: Pull) -> None:
    english, chinese = (notebook.show(answer, lang).chart("borne") for lang in ("en", "zh"))
    assert chinese.data[0]["value"] == pytest.approx(10.0 * english.data[0]["value"])
    assert chinese.caption.unit == "亿美元"


def test_every_chart_that_is_named_can_be_drawn(book: Book, answer: Pull) -> None:
    for result in (answer, money(book, "oracle"), frontier(book)):
        shown = notebook.show(result)
        for name in shown.charts:
            assert shown.chart(name).data
        for table in shown.tables:
            assert len(table.to_polars()) == len(table.rows)


def test_what_does_not_carry_its_book_is_shown_beside_it(book: Book) -> None:
    accounts = restate(book, ["oracle"])
    with pytest.raises(InputError, match="book=book"):
        notebook.show(accounts)
    shown = notebook.show(accounts, book=book)
    assert shown.charts == ("margins", "oracle")
    assert shown.chart("oracle").key == "restate-oracle"


def test_names_of_charts_and_tables_are_suggested(answer: Pull) -> None:
    shown = notebook.show(answer)
    with pytest.raises(InputError, match="did you mean losses"):
        shown.chart("loses")
    with pytest.raises(InputError, match="did you mean Who loses what"):
        shown.to_pandas("Who lose what")
    with pytest.raises(InputError, match="expected one of none"):
        notebook.show(MIXED).chart()


def test_what_is_no_result_is_refused() -> None:
    with pytest.raises(InputError, match=r"a dict cannot be shown; expected one of .*Pull"):
        notebook.show({})
    with pytest.raises(InputError, match="xx"):
        notebook.show(MIXED, "xx")


def test_without_the_drawing_extra_tables_are_shown_all_the_same(answer: Pull, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "altair", None)
    html = notebook.show(answer)._repr_html_()
    assert "cardhouse[report]" in html
    assert "Who loses what" in html


@pytest.mark.parametrize(("module", "name"), sorted(ANSWERS) + sorted(notebook.BESIDE_A_BOOK))
def test_every_type_that_is_shown_is_where_its_name_says(module: str, name: str) -> None:
    __import__(module)
    found = getattr(sys.modules[module], name)
    assert (found.__module__, found.__qualname__) == (module, name)


class Formatter:
    """Stands for a formatter of IPython: keeps what is registered by name."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, str], Any] = {}

    def for_type_by_name(self, module: str, name: str, shower: Any) -> None:
        self.known[module, name] = shower


def test_a_notebook_that_is_asked_to_shows_results_that_end_a_cell(
    answer: Pull, monkeypatch: pytest.MonkeyPatch
) -> None:
    formatters = {"text/html": Formatter(), "text/plain": Formatter()}
    ipython = ModuleType("IPython")
    shell = SimpleNamespace(display_formatter=SimpleNamespace(formatters=formatters))
    monkeypatch.setattr(ipython, "get_ipython", lambda: shell, raising=False)
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    notebook.enable()
    key = (type(answer).__module__, type(answer).__qualname__)
    assert formatters["text/html"].known[key](answer) == notebook.show(answer)._repr_html_()
    printed: list[str] = []
    formatters["text/plain"].known[key](answer, SimpleNamespace(text=printed.append), False)
    assert printed == [str(notebook.show(answer))]
    monkeypatch.setattr(ipython, "get_ipython", lambda: None)
    with pytest.raises(InputError, match="no notebook is running"):
        notebook.enable()


def test_outside_of_a_notebook_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "IPython", None)
    with pytest.raises(InputError, match="IPython is not installed"):
        notebook.enable()


MAKER = runpy.run_path(str(DOCS / "make_notebooks.py"))


def said(path: dict[str, Any]) -> list[tuple[str, str]]:
    """Sources and texts of the code cells."""
    cells = []
    for cell in path["cells"]:
        if cell["cell_type"] == "code":
            texts = ["".join(o.get("text") or o["data"]["text/plain"]) for o in cell["outputs"]]
            cells.append(("".join(cell["source"]), "\n".join(texts)))
    return cells


@pytest.mark.slow
@pytest.mark.parametrize("path", MAKER["NOTEBOOKS"], ids=lambda path: path.stem)
def test_a_worked_notebook_runs_and_says_what_is_stored_in_it(path: Path) -> None:
    stored = json.loads(path.read_text(encoding="utf-8"))
    assert said(MAKER["executed"](path, pictures=False)) == said(stored), "say: python docs/make_notebooks.py"
    kinds = [kind for cell in stored["cells"] for o in cell.get("outputs", ()) for kind in o.get("data", {})]
    assert kinds.count("image/png") >= 3


def test_there_are_three_worked_notebooks() -> None:
    assert [p.stem for p in MAKER["NOTEBOOKS"]] == ["money-and-accounts", "pull-a-card", "run-with-fans"]


def test_pressed_pixels_are_the_same_pixels(answer: Pull) -> None:
    import zlib

    png = notebook.show(answer).chart().png(scale=0.5)
    packed = MAKER["packed"](png)
    assert len(packed) < len(png)

    def pixels(data: bytes) -> bytes:
        at, body = 8, b""
        while at < len(data):
            size = int.from_bytes(data[at : at + 4], "big")
            assert int.from_bytes(data[at + 8 + size : at + 12 + size], "big") == zlib.crc32(
                data[at + 4 : at + 8 + size]
            )
            body += data[at + 8 : at + 8 + size] if data[at + 4 : at + 8] == b"IDAT" else b""
            at += 12 + size
        return zlib.decompress(body)

    assert pixels(packed) == pixels(png)


def test_a_terminal_gets_the_text(answer: Pull) -> None:
    shown = notebook.show(answer)
    for one in (shown, shown.table()):
        printed: list[str] = []
        one._repr_pretty_(SimpleNamespace(text=printed.append), False)
        assert printed == [str(one)]


def test_the_page_about_pictures_says_what_its_code_says() -> None:
    page = (DOCS / "pictures.md").read_text(encoding="utf-8")
    code, output = re.search(r"```python\n(.*?)```\n\n```text\n(.*?)```", page, re.DOTALL).groups()  # type: ignore[union-attr]
    printed, _ = MAKER["Cells"]().run(code)
    assert printed == output
