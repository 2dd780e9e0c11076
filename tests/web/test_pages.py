"""Every page in a real browser: drawn, moved by hand and by key, sent on by its address, back again.

No page asks anything outside its server, complains in the console or opens a dialog: the window of each test sees to
it.
"""

from __future__ import annotations

import csv
import io
import re
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import httpx
import pytest

from cardhouse.market.example import synthetic
from cardhouse.web.settings import Settings

axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="browser tests left out: no playwright")
Window = Any
PATIENCE = 60.0
LENSES = ("value", "compute", "chain", "capital", "country", "frontier", "peers", "concentration")
PAGES = (
    *("/", "/map?card=openai", "/firm/oracle", "/money/coreweave", "/money/all", "/run?scenario=rents-fall"),
    *("/market", "/check", "/book?q=oracle&metric=total_debt", *(f"/lenses/{lens}" for lens in LENSES)),
)


def settled(window: Window) -> Any:
    """Wait until tables, pictures and fans stand."""
    page = window.drawn()
    page.wait_for_selector(".wait", state="detached")
    if page.locator(".chart").count():
        page.wait_for_selector(".chart svg")
    return page


def until(page: Any, what: str, given: Any = None) -> None:
    """Wait until an expression of the page is true; asked from outside, as the page lets no text be code."""
    end = time.monotonic() + PATIENCE
    while not page.evaluate(what, given):
        assert time.monotonic() < end, f"still not: {what}"
        page.wait_for_timeout(30)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_drawn_wide_and_narrow_light_and_dark(window: Window, path: str) -> None:
    """Truth: the rules of axe-core, of which none of serious or critical weight may be broken in either light."""
    window.open(path)
    page = settled(window)
    assert page.locator("h1").inner_text()
    assert page.locator("main .error").count() == 0
    assert page.locator("#head nav a[aria-current=page]").inner_text() in page.title()
    assert page.evaluate("document.querySelectorAll('script:not([src])').length") == 0
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert graves(page) == [], scheme
    page.set_viewport_size({"width": 320, "height": 640})
    page.wait_for_timeout(100)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def graves(page: Any) -> list[str]:
    """Rules of axe-core that are broken gravely, with where."""
    found = axe.Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{rule['id']}: {node['html'][:160]}"
        for rule in found
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"][:3]
    ]


def test_a_firm_is_pulled_by_a_click_and_back_puts_it_back(window: Window, client: httpx.Client) -> None:
    page = window.open("/map")
    page.click('.box[data-firm="openai"]')
    page.wait_for_selector("#pull .answer")
    said = client.get("/api/pull", params={"card": "openai"}).json()["headline"]
    assert page.locator("#pull .answer p").all_inner_texts() == said
    assert "card=openai" in page.url
    assert page.locator('.box[data-firm="openai"]').get_attribute("aria-pressed") == "true"
    page.go_back()
    until(page, "!document.querySelector('#pull .answer')")
    assert "card" not in page.url
    page.go_forward()
    page.wait_for_selector("#pull .answer")


def test_a_firm_is_pulled_by_key_and_the_focus_stays(window: Window) -> None:
    page = window.open("/map")
    page.focus('.box[data-firm="coreweave"]')
    page.keyboard.press("Enter")
    page.wait_for_selector("#pull .answer")
    until(page, "document.activeElement.dataset.firm === 'coreweave'")
    assert "CoreWeave stops paying" in page.locator("#pull .answer").inner_text()
    page.keyboard.press(" ")
    until(page, "!document.querySelector('#pull .answer')")


def test_the_fall_is_shown_round_by_round(window: Window) -> None:
    page = window.open("/map?card=openai&firmness=all")
    page.wait_for_selector("#pull .answer")
    slider = page.locator("input[name=round]")
    rounds = int(slider.get_attribute("max"))
    steps = page.locator(".rounds li").count()
    slider.evaluate("(e) => { e.value = 0; e.dispatchEvent(new Event('input')); }")
    assert f"round 0 of {rounds}" in page.locator("#pull").inner_text()
    assert 1 <= page.locator(".rounds li").count() <= steps


def test_how_hard_a_card_is_pulled_stands_in_the_address(window: Window) -> None:
    page = window.open("/map?card=openai")
    page.wait_for_selector("#pull .answer")
    whole = page.locator("#pull .answer").inner_text()
    page.locator("input[name=severity]").evaluate("(e) => { e.value = 50; e.dispatchEvent(new Event('input')); }")
    page.wait_for_url(re.compile("pays=0.50"))
    until(
        page, "(old) => { const a = document.querySelector('#pull .answer'); return a && a.innerText !== old; }", whole
    )


def fan(page: Any) -> str:
    return str(page.locator("#fan svg").inner_html())


@pytest.mark.parametrize(("name", "address"), [("layer-neocloud-growth-retention", "move="), ("rents", "driver=rents")])
def test_a_slider_moves_the_fan_and_the_address_keeps_it(window: Window, name: str, address: str) -> None:
    page = window.open("/run?firm=coreweave&measure=revenue")
    page.wait_for_selector("#fan svg")
    before, words = fan(page), page.locator("#fan").get_attribute("aria-label")
    page.focus(f'input[name="{name}"]')
    page.keyboard.press("Home")
    until(page, "(old) => document.querySelector('#fan').getAttribute('aria-label') !== old", words)
    page.wait_for_url(re.compile(re.escape(address)))
    after, moved = fan(page), page.locator("#fan").get_attribute("aria-label")
    assert after != before
    page.reload()
    window.drawn()
    until(page, "(told) => document.querySelector('#fan')?.getAttribute('aria-label') === told", moved)


def test_a_scenario_is_written_from_a_shipped_one(window: Window) -> None:
    page = window.open("/run?scenario=rents-fall&firm=coreweave")
    page.wait_for_selector("#fan svg")
    told = page.locator("#fan").get_attribute("aria-label")
    page.click("details summary")
    page.click("#edit")
    text = page.locator("textarea[name=own]")
    assert 'name = "rents-fall"' in text.input_value()
    page.click("#use")
    page.wait_for_url(re.compile("own="))
    until(page, "document.querySelector('select[name=scenario]').value === 'baseline'")
    until(page, "(told) => document.querySelector('#fan').getAttribute('aria-label') === told", told)
    text.fill('name = "mine"\ntitle = 3')
    page.click("#use")
    page.wait_for_selector("#live.error")
    assert "yours.toml:2" in page.locator("#live").inner_text()
    window.forgive()


def test_one_path_is_told(window: Window) -> None:
    page = window.open("/run?scenario=openai-stops&quarters=8")
    page.click("#tell")
    page.wait_for_selector("#told .answer")
    assert "OpenAI" in page.locator("#told .answer").inner_text()


def test_a_long_run_is_watched_and_cancelled(window: Window) -> None:
    page = window.open("/run")
    page.click("#start")
    page.wait_for_selector("#long progress")
    page.wait_for_url(re.compile("run=[0-9a-f]{20}"))
    page.click("#cancel")
    page.wait_for_selector("#cancelled")
    page.reload()
    page.wait_for_selector("#cancelled")


def test_servers_written_off_sooner_change_the_accounts(window: Window) -> None:
    page = window.open("/firm/meta")
    page.wait_for_selector("#restated .answer")
    before = page.locator("#restated .answer").inner_text()
    page.focus("input[name=life]")
    page.keyboard.press("Home")
    until(page, "(old) => document.querySelector('#restated .answer')?.innerText !== old", before)
    assert "2.0 years" in page.locator("#restated .answer").inner_text()
    page.wait_for_url(re.compile("life=2"))


def test_a_source_is_one_click_away(window: Window) -> None:
    page = window.open("/firm/oracle")
    page.wait_for_selector(".table a[href^='https://']")
    link = page.locator(".table a[href^='https://']").first
    assert link.get_attribute("href")
    page.locator("summary", has_text="Sources").click()
    assert page.locator(".sources a").first.get_attribute("rel") == "noreferrer"


def test_an_article_is_marked(window: Window) -> None:
    page = window.open("/check")
    page.fill(
        "textarea",
        "Oracle's remaining performance obligations were $455 billion. OpenAI lost $1 trillion in 2025. "
        "<img src=x onerror=alert(1)>",
    )
    page.click("button.main")
    page.wait_for_selector("#verdicts .marked .claim")
    assert page.locator("#verdicts img").count() == 0
    claims = page.locator("#verdicts .marked .claim")
    assert claims.count() >= 1
    target = claims.first.get_attribute("href")
    assert page.locator(f"tr{target}").count() == 1
    assert page.locator("#verdicts table").first.inner_text()


def test_prices_are_read_from_a_file(window: Window) -> None:
    days = [f"2026-01-{day:02d}" for day in range(1, 29)]
    good = "date,price\n" + "".join(f"{day},{100 + i}\n" for i, day in enumerate(days))
    page = window.open("/market")
    page.set_input_files("input[name=prices]", {"name": "mine.csv", "mimeType": "text/csv", "buffer": good.encode()})
    page.wait_for_selector(".answer")
    assert page.locator(".table").count() >= 1
    page.wait_for_selector(".chart svg")
    bad = good.replace("103", "abc")
    page.set_input_files("input[name=prices]", {"name": "mine.csv", "mimeType": "text/csv", "buffer": bad.encode()})
    page.wait_for_selector("[role=alert]")
    assert "mine.csv:5" in page.locator("[role=alert]").inner_text()
    window.forgive()


def bubble() -> dict[str, Any]:
    """A file with a path whose bubble is known."""
    prices = synthetic()
    text = "".join(f"{day},{value:.8f}\n" for day, value in zip(prices.dates.astype(str), prices.values, strict=True))
    return {"name": "bubble.csv", "mimeType": "text/csv", "buffer": f"date,close\n{text}".encode()}


def test_explosive_stretches_are_shaded_and_told(window: Window) -> None:
    """Truth: the days of the table below the picture, which are those of the command; the rules of axe-core."""
    page = window.open("/market")
    page.set_input_files("input[name=prices]", bubble())
    page.wait_for_selector(".chart svg")
    rows = page.locator("section.table", has=page.locator("h3", has_text="Explosive stretches")).locator("tbody tr")
    dated = [row.locator("th, td").all_inner_texts() for row in rows.all()]
    for place, form in enumerate(("level", "log")):
        picture = page.locator(".chart").nth(place)
        picture.locator("svg").wait_for()
        mine = [row for row in dated if row[0] == form]
        assert mine
        assert picture.locator(".mark-rect.role-mark path").count() == len(mine)
        assert all(row[1] in picture.get_attribute("aria-label") for row in mine)
        assert f"in {form}s: " in picture.inner_text()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert graves(page) == [], scheme


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_on_a_narrow_screen_titles_break_and_leave_the_picture_its_room(window: Window, lang: str) -> None:
    """No part of a picture lies outside its frame, and what is drawn takes most of it."""
    window.page.set_viewport_size({"width": 320, "height": 640})
    page = window.open(f"/market?lang={lang}")
    page.set_input_files("input[name=prices]", bubble())
    page.wait_for_selector(".chart svg")
    until(page, "document.querySelectorAll('.chart svg').length === 3")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    for picture in page.locator(".chart").all():
        frame, drawn = picture.bounding_box(), picture.locator(".role-frame .background").first.bounding_box()
        assert picture.evaluate("(e) => e.scrollWidth") <= frame["width"]
        assert drawn["width"] > 0.6 * frame["width"]


def test_the_language_is_changed_and_changed_back(window: Window) -> None:
    page = window.open("/map?card=nvidia")
    page.wait_for_selector("#pull .answer")
    page.click(".lang")
    until(page, "document.documentElement.lang === 'zh-Hans'")
    window.drawn()
    assert "英伟达" in page.locator("select[name=card]").inner_text()
    assert "card=nvidia" in page.url
    page.wait_for_selector("#pull .answer")
    page.click(".lang")
    until(page, "document.documentElement.lang === 'en'")
    window.drawn()
    assert "Nvidia" in page.locator("select[name=card]").inner_text()


def test_the_day_is_kept_from_page_to_page(window: Window) -> None:
    page = window.open("/firm/oracle")
    page.fill(".day input", "2025-12-31")
    page.wait_for_url(re.compile("as_of=2025-12-31"))
    window.drawn()
    page.click("nav a[href^='/book']")
    until(page, "document.querySelector('h1').innerText.includes('2025-12-31')")
    assert "as_of=2025-12-31" in page.url


def test_a_table_is_taken_away_as_csv(window: Window, client: httpx.Client) -> None:
    """In full, in USD million, as the API gives it."""
    page = window.open("/lenses/capital?who=openai")
    page.wait_for_selector(".table")
    with page.expect_download() as got:
        page.locator(".table button.small").first.click()
    rows = list(csv.reader(io.StringIO(got.value.path().read_text(encoding="utf-8-sig"))))
    table = client.get("/api/capital", params={"firm": "openai"}).json()["tables"][0]
    assert rows[0] == [column["key"] for column in table["columns"]]
    assert len(rows) == 1 + len(table["rows"])
    money = next(i for i, column in enumerate(table["columns"]) if column["kind"] == "money")
    assert [number(row[money]) for row in rows[1:]] == [number(row[money]) for row in table["rows"]]


def number(cell: Any) -> Any:
    """A cell of a file or of JSON, comparable; marks such as n/a stay as they are."""
    try:
        return float(cell)
    except (TypeError, ValueError):
        return cell or ""


def test_a_table_is_sorted_by_its_heads(window: Window) -> None:
    page = window.open("/lenses/concentration")
    page.wait_for_selector(".table")
    head = page.locator("thead th").first
    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "ascending"
    first = page.locator("tbody th").first.inner_text()
    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "descending"
    assert page.locator("tbody th").last.inner_text() == first


def test_the_keyboard_comes_first_to_the_content(window: Window) -> None:
    page = window.open("/book")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_a_new_page_has_the_focus_and_is_said(window: Window) -> None:
    page = window.open("/book")
    page.click("nav a[href='/check']")
    until(page, "document.activeElement.id === 'main'")
    until(page, "document.getElementById('said').textContent.startsWith('Check')")


@pytest.mark.parametrize("path", ["/map", "/map?card=evil", "/firm/evil", "/money/evil", "/book?q=img"])
def test_names_are_never_markup(browser: Any, hostile_server: str, open_window: Any, path: str) -> None:
    """A firm of a user's own rows is called ``<img src=x onerror=alert(1)>``; it is shown as that text."""
    with open_window(browser, hostile_server) as window:
        window.open(path)
        page = window.page
        page.wait_for_selector(".wait", state="detached")
        assert page.locator("img[src=x]").count() == 0
        assert page.evaluate("document.querySelectorAll('[onerror]').length") == 0
        assert "<img src=x" in page.content().replace("&lt;", "<")
        window.forgive()


def test_beyond_loopback_the_address_brings_the_token(
    browser: Any, serve: Callable[[Settings], AbstractContextManager[str]], open_window: Any
) -> None:
    token = "-".join(("a", "long", "token"))
    with serve(Settings(host="192.0.2.1", token=token)) as address:
        with open_window(browser, address) as window:
            page = window.open(f"/check#token={token}")
            assert "token" not in page.url
            assert page.locator("h1").inner_text() == "Check an article"
        with open_window(browser, address) as window:
            page = window.open("/check")
            assert "asks for its token" in page.locator("[role=alert]").inner_text()
            window.forgive()
