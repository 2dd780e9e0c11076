"""The API says what the commands say, and every mistake is told in a sentence.

Truth: the command's own JSON, computed in this process; laws (a neutral shock changes nothing, less demand earns less);
the same shock written two ways.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from cardhouse.cli import cli
from cardhouse.market.example import synthetic
from cardhouse.market.prices import Prices


def command(*args: str) -> Any:
    """What a command answers as JSON."""
    done = CliRunner().invoke(cli, [*args, "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def get(client: httpx.Client, path: str, **params: Any) -> Any:
    answer = client.get(f"/api/{path}", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def refused(answer: httpx.Response, status: int) -> str:
    assert answer.status_code == status, answer.text
    assert list(answer.json()) == ["error"]
    return str(answer.json()["error"])


# The same answers as the commands.


@pytest.mark.parametrize("card", ["openai", "coreweave"])
def test_a_pull_is_the_pull_of_the_command(client: httpx.Client, card: str) -> None:
    found, said = get(client, "pull", card=card), command("pull", card)
    assert {key: found[key] for key in said} == said


@pytest.mark.parametrize(
    ("path", "params", "args"),
    [
        ("money/oracle", {}, ("money", "oracle")),
        ("restate", {"firm": "oracle", "life": 3}, ("restate", "oracle", "--life", "3y")),
        ("value/nvidia", {"margin": 0.3}, ("value", "nvidia", "--margin", "30%")),
        ("chain", {"by": "camp", "last": 4}, ("chain", "--by", "camp", "--last", "4")),
        ("concentration/coreweave", {}, ("concentration", "coreweave")),
        ("peers", {"firm": ["iflytek", "sensetime"]}, ("peers", "iflytek", "sensetime")),
        ("capital", {"firm": "openai"}, ("capital", "openai")),
        ("country", {"name": ["us", "cn"]}, ("country", "us", "cn")),
        ("frontier", {}, ("frontier",)),
        ("compute", {"show": "rents"}, ("compute", "--show", "rents")),
        ("compute", {"accelerator": "h100", "life": 3}, ("compute", "h100", "--life", "3")),
    ],
    ids=lambda x: " ".join(x) if isinstance(x, tuple) else None,
)
def test_a_lens_is_the_lens_of_the_command(
    client: httpx.Client, path: str, params: dict[str, Any], args: tuple[str, ...]
) -> None:
    found, said = get(client, path, **params), command(*args)
    assert found["book_date"] == said["book_date"]
    same = {key: value for key, value in said.items() if key in found["answer"]}
    assert set(said) - set(same) <= {"book_date", "unit", "firmness", "show"}  # the head of the command's answer
    assert {key: found["answer"][key] for key in same} == same
    assert found["tables"]


def test_the_day_is_the_day_of_the_command(client: httpx.Client) -> None:
    found = get(client, "pull", card="oracle", as_of="2025-12-31")
    said = command("pull", "oracle", "--as-of", "2025-12-31")
    assert {key: found[key] for key in said} == said


@pytest.mark.parametrize(
    "path", ["money/nvidia", "money", "restate", "value/openai", "compute", "chain", "capital", "country"]
)
def test_an_answer_carries_its_tables_pictures_and_date(client: httpx.Client, path: str) -> None:
    found = get(client, path)
    assert found["book_date"] == "2026-10-08"
    for table in found["tables"]:
        assert table["title"]
        assert all(len(row) == len(table["columns"]) for row in table["rows"])
    for chart in found["charts"]:
        said = "".join(chart["title"]["subtitle"])
        assert "2026-10-08" in said
        assert chart["description"]


def test_the_streams_of_money_come_as_a_picture_with_its_caption(client: httpx.Client) -> None:
    flow = get(client, "money/coreweave")["flow"]
    assert flow["svg"].startswith("<svg")
    assert "book of 2026-10-08" in flow["caption"]
    assert flow["title"] in flow["file"]


def test_a_firm_without_known_money_has_no_picture_and_says_why(client: httpx.Client) -> None:
    found = get(client, "money/tencent")
    assert found["flow"] is None
    assert "cannot be told" in found["headline"][0]


# The book.


def test_a_firm_comes_with_its_sources_and_their_addresses(client: httpx.Client) -> None:
    found = get(client, "firm/甲骨文")
    ids = {source["id"] for source in found["sources"]}
    figures = next(table for table in found["tables"] if table["title"] == "Figures")
    at = [c["key"] for c in figures["columns"]].index("source")
    assert found["firm"]["id"] == "oracle"
    assert {row[at] for row in figures["rows"]} <= ids
    assert all(source["url"].startswith("http") or source["url"] == "" for source in found["sources"])


def test_a_metric_lists_everybodys_newest_figures(client: httpx.Client) -> None:
    """Truth: what the book itself has chosen."""
    from datetime import date

    from cardhouse.book import embedded

    book = embedded().as_of(date.max)
    found = get(client, "metric/total_debt", periods=1)
    at = [c["key"] for c in found["table"]["columns"]].index("value")
    shown = {row[0]: row[at] for row in found["table"]["rows"]}
    assert shown["Oracle"] == book.chosen("oracle", "total_debt")[-1].value
    assert len(shown) == len({who for who, metric in book.series if metric == "total_debt"})


def test_search_finds_a_firm_by_any_of_its_names(client: httpx.Client) -> None:
    for q in ("nvidia", "英伟达", "NVDA", "Nvidia Corporation"):
        assert ("firm", "nvidia") in {(x["kind"], x["id"]) for x in get(client, "search", q=q)["found"]}


def test_names_come_in_the_language_asked_for(client: httpx.Client) -> None:
    names = {firm["id"]: firm["name"] for firm in get(client, "about", lang="zh")["firms"]}
    assert names["nvidia"] == "英伟达"


# Mistakes are sentences.


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("firm/orcale", 404, "oracle"),
        ("metric/revnue", 404, "revenue"),
        ("money/nobody", 404, "no firm is called"),
        ("pull?card=nobody", 404, "no firm is called"),
        ("about?as_of=1990-01-01", 400, "choose a later day"),
        ("about?as_of=yesterday", 422, "as_of"),
        ("pull?card=openai&pays=1.5", 422, "pays"),
        ("pull?card=openai&horizon=0", 422, "horizon"),
        ("restate?life=40", 422, "life"),
        ("country?name=us", 400, "cn"),
        ("country?name=us&name=atlantis", 404, "atlantis"),
        ("compute?show=rents&accelerator=h100", 400, "leave the accelerator out"),
        ("capital?after=2026-01-01", 400, "firm=openai"),
        ("nothing", 404, "no such address"),
        ("runs/ffffffffffffffffffff", 404, "no such run"),
        ("runs/etc", 422, "run"),
    ],
)
def test_a_mistake_is_told_in_a_sentence(client: httpx.Client, path: str, status: int, words: str) -> None:
    assert words in refused(client.get(f"/api/{path}"), status)


def test_what_was_sent_is_not_sent_back(client: httpx.Client) -> None:
    """An answer that repeats what it was sent can be made to say anything."""
    told = refused(client.get("/api/pull", params={"card": "openai", "horizon": "<script>alert(1)</script>"}), 422)
    assert "script" not in told


def test_a_wrong_method_names_the_right_one(client: httpx.Client) -> None:
    answer = client.delete("/api/about")
    refused(answer, 405)
    assert "GET" in answer.headers["allow"]


def test_an_unknown_field_is_refused_and_named(client: httpx.Client) -> None:
    assert "scenaros" in refused(client.post("/api/live", json={"scenaros": ["dotcom"]}), 422)


# The future.

SHOCK = '[[shock]]\ndriver = "rents"\nquarter = 1\nlevel = 0.6\nreason = "as the slider"\n'
HEAD = 'name = "mine"\ntitle = "Mine"\ntitle_zh = "我的"\nabout = "A test."\nabout_zh = "测试。"\n'


def live(client: httpx.Client, **question: Any) -> Any:
    answer = client.post("/api/live", json={"paths": 64, "quarters": 12, **question})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_same_question_has_the_same_answer(client: httpx.Client) -> None:
    assert live(client, seed=5) == live(client, seed=5)
    assert live(client, seed=5)["fell"] != live(client, seed=6)["fell"]


def test_drivers_at_their_baseline_change_nothing(client: httpx.Client) -> None:
    still = {one["id"]: one["central"] for one in get(client, "sliders")["drivers"]}
    plain, moved = live(client), live(client, drivers=still)
    assert plain["fans"] == moved["fans"]
    assert plain["fell"] == moved["fell"]


def test_a_slider_is_the_shock_written_by_hand(client: httpx.Client) -> None:
    asked = {"firms": ["coreweave"], "measures": ["revenue", "cash"]}
    assert live(client, drivers={"rents": 0.6}, **asked)["fans"] == live(client, text=HEAD + SHOCK, **asked)["fans"]


def test_less_demand_earns_a_laboratory_less(client: httpx.Client) -> None:
    def median(demand: float) -> float:
        fan = live(client, drivers={"demand": demand}, firms=["openai"], measures=["revenue"])["fans"][0]["quantiles"]
        return float(fan[-1][3])

    assert median(0.5) < median(1.0) < median(1.5)


def test_a_scenario_by_name_is_the_one_a_text_composes(client: httpx.Client) -> None:
    named = live(client, scenarios=["rents-fall"])
    composed = live(client, text=HEAD + 'compose = ["rents-fall"]\n')
    assert named["fell"] == composed["fell"]
    assert named["fans"] == composed["fans"]


def test_a_shipped_scenario_can_be_changed_from_its_text(client: httpx.Client) -> None:
    texts = {one["name"]: one["toml"] for one in get(client, "scenarios")["scenarios"]}
    assert live(client, text=texts["rents-fall"])["fell"] == live(client, scenarios=["rents-fall"])["fell"]


def test_every_slider_may_be_moved_to_both_ends(client: httpx.Client) -> None:
    found = get(client, "sliders")
    assert len(found["sliders"]) == 10
    for end in ("low", "high"):
        live(client, moves={one["id"]: one[end] for one in found["sliders"]}, quarters=4, paths=8)
        live(client, drivers={one["id"]: one[end] for one in found["drivers"]}, quarters=4, paths=8)


@pytest.mark.parametrize(
    ("question", "status", "words"),
    [
        ({"scenarios": ["rents-fal"]}, 404, "rents-fall"),
        ({"scenarios": ["/etc/passwd"]}, 404, "no scenario is called"),
        ({"scenarios": ["../secret.toml"]}, 404, "no scenario is called"),
        ({"text": "name = "}, 400, "yours.toml:1"),
        ({"text": HEAD + '[[shock]]\ndriver = "rnts"\nquarter = 1\nlevel = 1\nreason = "x"\n'}, 400, "rents"),
        ({"text": HEAD + 'compose = ["/etc/passwd.toml"]\n'}, 400, "a page reads no files"),
        ({"text": HEAD + 'compose = ["secret.toml"]\n'}, 400, "a page reads no files"),
        ({"text": HEAD + 'compose = ["../pyproject.toml"]\n'}, 400, "a page reads no files"),
        ({"text": HEAD + '[[pull]]\nfirm = "nobody"\nquarter = 1\n'}, 400, "nobody"),
        ({"text": "[" * 19_000}, 400, "yours.toml"),
        ({"text": "a = " + "9" * 10_000}, 400, "yours.toml"),
        ({"text": "x" * 20_001}, 422, "text"),
        ({"moves": {"nothing": 1.0}}, 404, "no assumption is called"),
        ({"moves": {"openai-funding-capacity": 1e9}}, 400, "the range of the book"),
        ({"drivers": {"rents": 100.0}}, 400, "expected 0.01 to 10"),
        ({"drivers": {"life": 3.0}}, 404, "no driver with a slider"),
        ({"drivers": {"rents": "NaN"}}, 400, "rents"),
        ({"firms": ["nobody"]}, 404, "nobody"),
        ({"measures": ["happiness"]}, 400, "happiness"),
        ({"paths": 10**7}, 422, "paths"),
        ({"quarters": 400}, 422, "quarters"),
    ],
)  # fmt: skip
def test_a_question_that_cannot_be_asked(client: httpx.Client, question: Any, status: int, words: str) -> None:
    told = refused(client.post("/api/live", json={"paths": 8, "quarters": 4, **question}), status)
    assert words in told
    assert gettempdir() not in told
    assert str(Path.cwd()) not in told


def test_one_path_is_the_path_of_the_command(client: httpx.Client) -> None:
    answer = client.post("/api/path", json={"scenarios": ["rents-fall"]})
    said = command("run", "rents-fall")
    assert {key: answer.json()[key] for key in said} == said


# Files and texts of a user.


def test_a_file_of_prices_is_named_as_the_user_named_it(client: httpx.Client) -> None:
    bad = "date,price\n2026-01-01,1\n2026-01-02,abc\n"
    told = refused(client.post("/api/market", json={"csv": bad, "name": "../../etc/passwd"}), 400)
    assert "../../etc/passwd" in told
    assert "cardhouse-" not in told


def csv_of(prices: Prices) -> str:
    days = prices.dates.astype(str)
    return "date,close\n" + "".join(f"{d},{v:.8f}\n" for d, v in zip(days, prices.values, strict=True))


def test_explosive_stretches_are_shaded_as_the_command_dates_them(client: httpx.Client, tmp_path: Path) -> None:
    """Truth: the command on the same file; a stretch that is not over ends with the last price."""
    file = tmp_path / "mine.csv"
    file.write_text(csv_of(synthetic()))
    said = command("market", str(file))
    found = client.post("/api/market", json={"csv": file.read_text(), "name": "mine.csv"}).json()
    assert found["headline"] == said["headline"]
    for form, chart in zip(("level", "log"), found["charts"], strict=False):
        rows = [row for row in chart["data"]["values"] if row["begin"]]
        dated = [(row["start"], row["end"] or said["end"]) for row in said["episodes"] if row["form"] == form]
        assert [(row["begin"], row["end"]) for row in rows] == dated
        assert dated
        tested = next(row for row in said["explosiveness"] if (row["form"], row["test"]) == (form, "GSADF"))
        assert f"GSADF {tested['statistic']:.2f}; p value {tested['p_value']:.3f}" in " ".join(
            chart["title"]["subtitle"]
        )
        assert all(f"{begin} to {end} (" in chart["description"] for begin, end in dated)
    assert len(found["charts"]) == 3


def test_prices_too_few_for_the_tests_have_no_shades_and_say_so(client: httpx.Client) -> None:
    few = "date,close\n" + "".join(f"2026-01-{day:02d},{100 + day}\n" for day in range(1, 29))
    found = client.post("/api/market", json={"csv": few, "name": "few.csv"}).json()
    assert [chart["description"][:5] for chart in found["charts"]] == ["Area:"]
    assert any("28 prices are too few for the tests of explosiveness" in line for line in found["headline"])


def test_of_prices_within_a_day_the_last_is_drawn(client: httpx.Client) -> None:
    """By hand: two prices a day for forty days, the later one higher by a half."""
    days = [f"2026-0{1 + k // 20}-{1 + k % 20:02d}" for k in range(40)]
    rows = [
        f"{day} {hour}:00,{100 + k % 7 + more}\n" for k, day in enumerate(days) for hour, more in ((10, 0), (16, 0.5))
    ]
    found = client.post("/api/market", json={"csv": "date,close\n" + "".join(rows), "name": "hours.csv"}).json()
    drawn = [row for row in found["charts"][0]["data"]["values"] if row["price"]]
    assert [(row["day"], row["price"]) for row in drawn] == [(day, 100.5 + k % 7) for k, day in enumerate(days)]


@pytest.mark.parametrize("csv", ["", "\x00\x01\x02", "<html></html>", "a,b\n" * 3, "date;price\n" + "x" * 5000])
def test_what_is_no_prices_is_told(client: httpx.Client, csv: str) -> None:
    if csv:
        refused(client.post("/api/market", json={"csv": csv, "name": "mine.csv"}), 400)


def test_an_article_comes_back_as_text_never_as_markup(client: httpx.Client) -> None:
    text = "Nvidia's revenue was $57.0 billion <script>alert(1)</script> in the quarter to October 2025."
    found = client.post("/api/check", json={"text": text, "html": False}).json()
    whole = "".join(piece["text"] for paragraph in found["pieces"] for piece in paragraph)
    assert "<script>alert(1)</script>" in whole  # as text; the page puts it into text nodes
    assert any(piece.get("claim") for paragraph in found["pieces"] for piece in paragraph)


# The server's disk.


@pytest.mark.parametrize(
    "path",
    ["/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py", "/static/..%5capp.py", "/static//etc/passwd",
     "/static/%2fetc%2fpasswd", "/static/....//app.py", "/static/%00", "/static/../../book/books/ai/facts.csv",
     "/%2e%2e/%2e%2e/etc/passwd"],
)  # fmt: skip
def test_no_path_leads_out_of_the_pages(server: str, path: str) -> None:
    """Sent raw, as a browser would not: what comes back is the pages' frame, or that there is nothing."""
    import socket
    from urllib.parse import urlsplit

    where = urlsplit(server)
    with socket.create_connection((where.hostname, where.port), timeout=10) as line:
        line.sendall(f"GET {path} HTTP/1.1\r\nhost: {where.netloc}\r\nconnection: close\r\n\r\n".encode())
        raw = b""
        while part := line.recv(65536):
            raw += part
    status, body = raw.split(b" ", 2)[1], raw.split(b"\r\n\r\n", 1)[1]
    assert status in (b"404", b"200", b"400")
    assert b"root:" not in body
    assert b"def create_app" not in body
    if status == b"200":
        assert b'<main id="main"' in body


def test_names_lead_to_no_file(client: httpx.Client) -> None:
    for name in ("%2e%2e%2fetc%2fpasswd", "%2fetc%2fpasswd", "etc%5cpasswd", "file%3a%2f%2f%2fetc%2fpasswd"):
        assert client.get(f"/api/firm/{name}").status_code == 404
        assert client.get(f"/api/pull?card={name}").status_code == 404


def test_no_cookie_is_set_and_no_other_site_may_read(client: httpx.Client) -> None:
    for path in ("/", "/static/app.js", "/api/about", "/api/nothing"):
        answer = client.get(path, headers={"origin": "https://evil.example", "cookie": "a=b"})
        assert "set-cookie" not in answer.headers
        assert not [name for name in answer.headers if name.startswith("access-control")]
        assert answer.headers["content-security-policy"].startswith("default-src 'self'")
        assert answer.headers["x-content-type-options"] == "nosniff"


# Many at once.


def test_twenty_users_pull_at_once(client: httpx.Client) -> None:
    """Everybody gets what he would get alone."""
    cards = [firm["id"] for firm in get(client, "about")["firms"] if firm["tested"]][:10] * 2
    alone = {card: get(client, "pull", card=card)["headline"] for card in set(cards)}
    with ThreadPoolExecutor(len(cards)) as users:
        answers = list(users.map(lambda card: (card, client.get("/api/pull", params={"card": card})), cards))
    assert len(answers) == 20
    for card, answer in answers:
        assert answer.status_code == 200
        assert answer.json()["headline"] == alone[card]
