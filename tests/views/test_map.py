"""The map: links by hand, a layout without chance, a drawing that can be read without colours and holds no script."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from itertools import pairwise

import pytest

from cardhouse.book import Book, Firmness, Status, Tie, embedded
from cardhouse.views.map import Drawing, Flow, Link, Mark, Standing, draw_map, lay_out, links, standing_of
from cardhouse.views.map.layout import COLUMNS
from cardhouse.views.map.links import layer_of
from cardhouse.views.picture import Caption
from cardhouse.views.words import words

EN, ZH = words("en"), words("zh")
CAPTION = Caption("book of 2026-10-08", "no scenario", "USD billion", "rests on filing 60%", "ties: all")


@pytest.fixture(scope="module")
def book() -> Book:
    whole = embedded()
    return whole.as_of(whole.date)


@pytest.fixture(scope="module")
def found(book: Book) -> tuple[Link, ...]:
    return links(book)


@pytest.fixture(scope="module")
def drawing(book: Book, found: tuple[Link, ...]) -> Drawing:
    return draw_map(book, found, lay_out(book, found), EN, CAPTION)


def tie(book: Book, **changes: object) -> Tie:
    return replace(next(t for t in book.current_ties if t.amount), **changes)


@pytest.mark.parametrize(
    ("status", "firmness", "standing"),
    [
        (Status.COMPLETED, Firmness.BINDING, Standing.PAID),
        (Status.COMPLETED, Firmness.ANNOUNCED, Standing.PAID),
        (Status.ACTIVE, Firmness.BINDING, Standing.BINDING),
        (Status.ACTIVE, Firmness.REPORTED, Standing.REPORTED),
        (Status.ACTIVE, Firmness.LETTER_OF_INTENT, Standing.LETTER),
        (Status.ACTIVE, Firmness.ANNOUNCED, Standing.LETTER),
        (Status.TERMINATED, Firmness.BINDING, Standing.LAPSED),
    ],
)
def test_what_has_become_of_a_tie_comes_before_how_it_was_said(
    book: Book, status: Status, firmness: Firmness, standing: Standing
) -> None:
    assert standing_of(tie(book, status=status, firmness=firmness)) is standing


def test_every_status_and_firmness_has_a_standing(book: Book) -> None:
    assert {standing_of(tie(book, status=s, firmness=f)) for s in Status for f in Firmness} == set(Standing)


def test_rows_that_restate_others_are_in_no_link(book: Book, found: tuple[Link, ...]) -> None:
    restating = {t.id for t in book.current_ties if not t.counted}
    assert restating
    assert not restating & {ident for link in found for ident in link.ties}


def test_a_link_is_the_sum_of_its_ties(book: Book, found: tuple[Link, ...]) -> None:
    by_id = {t.id: t for t in book.current_ties}
    for link in found:
        amounts = [by_id[ident].amount for ident in link.ties]
        assert link.amount == pytest.approx(sum(a for a in amounts if a is not None))
        assert link.unknown == amounts.count(None)
        assert link.payer != link.payee
    assert [link.amount for link in found] == sorted((link.amount for link in found), reverse=True)


def test_only_the_standings_asked_for_are_linked(book: Book) -> None:
    assert {link.standing for link in links(book, [Standing.BINDING])} == {Standing.BINDING}


def test_the_layout_is_the_same_each_time_and_in_any_order_of_links(book: Book, found: tuple[Link, ...]) -> None:
    assert lay_out(book, found) == lay_out(book, found)
    assert lay_out(book, tuple(reversed(found))).boxes.keys() == lay_out(book, found).boxes.keys()


def test_a_column_is_a_layer_and_they_stand_from_lenders_to_customers(book: Book, found: tuple[Link, ...]) -> None:
    layout = lay_out(book, found)
    at = dict(layout.columns)
    assert list(at) == [layer for layer in COLUMNS if layer in at]
    assert list(at.values()) == sorted(at.values())
    for who, box in layout.boxes.items():
        assert box.layer is layer_of(book, who)
        assert box.x == at[box.layer]


def test_boxes_of_a_column_do_not_touch_and_lie_inside(book: Book, found: tuple[Link, ...]) -> None:
    layout = lay_out(book, found)
    for layer, _ in layout.columns:
        column = sorted((b for b in layout.boxes.values() if b.layer is layer), key=lambda b: b.y)
        for above, below in pairwise(column):
            assert above.y + above.height < below.y
        assert column[-1].y + column[-1].height <= layout.height


def test_the_largest_are_kept_where_there_is_no_room_for_all(book: Book, found: tuple[Link, ...]) -> None:
    few = lay_out(book, found, most=10)
    assert len(few.boxes) == 10
    least = min(box.through for box in few.boxes.values())
    rest = [box.through for who, box in lay_out(book, found, most=200).boxes.items() if who not in few.boxes]
    assert max(rest) <= least


def drawn_links(svg: str) -> list[tuple[str, str, float]]:
    """Payer, payee and width of each link, from the drawing."""
    pattern = (
        r'class="link[^"]*" data-from="([^"]*)" data-to="([^"]*)" d="[^"]*" stroke="[^"]*" stroke-width="([\d.]+)"'
    )
    return [(a, b, float(width)) for a, b, width in re.findall(pattern, svg)]


def test_the_largest_link_is_the_widest(found: tuple[Link, ...], drawing: Drawing) -> None:
    shown = drawn_links(drawing.body)
    widest = max(width for _, _, width in shown)
    assert (found[0].payer, found[0].payee, widest) in shown
    assert min(width for _, _, width in shown) < widest


def test_standings_are_told_by_dashes_and_camps_by_patterns(drawing: Drawing) -> None:
    dashes = {}
    for standing, rest in re.findall(r'class="link \w+ (\w+)"([^>]*)>', drawing.body):
        dashes.setdefault(standing, set()).add(re.search(r'stroke-dasharray="([^"]*)"', rest) is not None)
    assert dashes["binding"] == {True}
    assert dashes.get("paid", {False}) == {False}
    assert {"camp-openai", "camp-anthropic"} <= set(re.findall(r'fill="url\(#(camp-\w+)\)"', drawing.body))


def test_title_words_for_the_blind_and_caption_are_in_the_svg(drawing: Drawing) -> None:
    svg = drawing.svg()
    assert "<title>Who pays whom</title>" in svg
    assert f"<desc>{drawing.alt}</desc>" in svg
    assert re.search(r"Map of \d+ organisations and \d+ links between them, \$[\d.]+ (billion|trillion) in all", svg)
    for part in (CAPTION.book, CAPTION.ties, CAPTION.rests):
        assert part in svg


def test_what_happened_is_written_in_the_box_and_told(book: Book, found: tuple[Link, ...]) -> None:
    marks = {"openai": Mark("falls in round 0", fell=True), "oracle": Mark("loses $3 billion")}
    body = draw_map(book, found, lay_out(book, found), EN, CAPTION, marks=marks).body
    assert re.search(r'class="box fell" data-firm="openai"', body)
    assert not re.search(r'class="box fell" data-firm="oracle"', body)
    assert "; loses $3 billion</title>" in body


def test_hostile_names_stay_names(book: Book, found: tuple[Link, ...]) -> None:
    hostile = '"><script>alert(1)</script>'
    firms = {**book.firms, "openai": replace(book.firms["openai"], name=hostile)}
    marks = {"oracle": Mark("<b>&")}
    svg = draw_map(
        replace(book, firms=firms), found, lay_out(book, found), EN, CAPTION, title=hostile, marks=marks
    ).svg()
    assert "<script" not in svg
    assert "<b>" not in svg
    assert "&lt;script&gt;" in svg


def test_png_begins_as_png(drawing: Drawing) -> None:
    assert drawing.png(scale=0.5)[:8] == b"\x89PNG\r\n\x1a\n"


def with_chinese_font() -> bool:
    program = shutil.which("fc-list")
    return bool(program) and bool(subprocess.run([program, ":lang=zh"], capture_output=True, check=True).stdout.strip())


def test_chinese_names_are_drawn(book: Book, found: tuple[Link, ...]) -> None:
    if not with_chinese_font():
        pytest.skip("no font with Chinese characters is installed: the pixels of Chinese text cannot be compared")
    layout = lay_out(book, found)
    chinese = draw_map(book, found, layout, ZH, CAPTION)
    assert "英伟达" in chinese.body
    # Characters that a font lacks are all drawn as the same empty box: two different names must not look alike.
    two = [replace(chinese, body=f'<text x="20" y="40" font-size="30">{name}</text>') for name in ("英伟达", "甲骨文")]
    assert two[0].png(scale=1.0) != two[1].png(scale=1.0)


def test_every_flow_stands_in_the_key(drawing: Drawing) -> None:
    for word in (*(f.value for f in Flow), *(s.value for s in Standing)):
        assert f">{word}</text>" in drawing.body


def test_a_day_before_all_ties_has_a_map_of_nobody(book: Book) -> None:
    layout = lay_out(book, ())
    empty = draw_map(book, (), layout, EN, CAPTION)
    assert empty.alt.startswith("Map of 0 organisations and 0 links")
    assert empty.png(scale=1.0)
