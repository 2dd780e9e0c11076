"""``cardhouse market`` as a person uses it."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from cardhouse.cli.market import market
from cardhouse.errors import InputError
from cardhouse.market.example import synthetic


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory, monkeypatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "cache"))


def run(*words: str) -> Result:
    return CliRunner().invoke(market, [*words], catch_exceptions=True)


def payload(result: Result) -> dict:
    assert result.exit_code == 0, result.exception
    return json.loads(result.stdout)


def write(path: Path, prices) -> str:
    days = prices.dates.astype(str)
    path.write_text("date,close\n" + "".join(f"{d},{v:.8f}\n" for d, v in zip(days, prices.values, strict=True)))
    return str(path)


@pytest.fixture
def file(tmp_path: Path) -> str:
    return write(tmp_path / "p.csv", synthetic(rows=300, start=150, end=200))


@pytest.mark.slow
def test_a_file_is_read_without_naming_a_command(file) -> None:
    found = run(file, "--replications", "100")
    assert found.exit_code == 0, found.exception
    for title in ("Is the price explosive?", "Log-periodic", "Waves", "Deepest falls", "Odds of a crash"):
        assert title in found.stdout
    assert "300 prices" in found.stdout


def test_json_has_every_part_by_a_stable_name(file) -> None:
    found = payload(run(file, "--replications", "100", "--json"))
    assert {"prices", "start", "end", "rows", "headline", "explosiveness", "episodes", "log_periodic"} <= set(found)
    assert {"waves", "drawdowns", "odds"} <= set(found)
    assert [r["form"] for r in found["explosiveness"]] == ["level", "level", "log", "log"]
    assert found["odds"][-1]["method"] == "pooled"


def test_the_synthetic_bubble_is_explosive() -> None:
    found = payload(run("--synthetic", "--replications", "200", "--json"))
    assert {r["verdict"] for r in found["explosiveness"] if r["test"] == "GSADF"} == {"explosive"}


def test_credit_gives_two_more_opinions(file) -> None:
    found = payload(
        run(
            file,
            "--replications",
            "100",
            "--json",
            "--equity",
            "100",
            "--debt",
            "1:10",
            "--debt",
            "4:20",
            "--spread",
            "200",
        )
    )
    assert [r["method"] for r in found["odds"]][-4:] == ["volatility", "structural credit", "credit spread", "pooled"]
    assert isinstance(run(file, "--equity", "100").exception, InputError)


def test_weights_are_stated(file) -> None:
    found = payload(run(file, "--replications", "100", "--json", "--weight", "volatility:3"))
    weights = {r["method"]: r["weight"] for r in found["odds"]}
    assert weights["volatility"] == 1.0


def test_csv_holds_every_cell(file, tmp_path: Path) -> None:
    found = run(file, "--replications", "100", "--csv", str(tmp_path / "out.csv"))
    assert found.exit_code == 0
    with (tmp_path / "out.csv").open() as out:
        rows = list(csv.DictReader(out))
    assert {"explosiveness", "drawdowns", "odds"} <= {r["table"] for r in rows}


def test_faults_are_all_printed_and_stop_the_command(tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text(
        "date,close\n" + "".join(f"2020-01-{d:02},{d}\n" for d in range(1, 30)) + "2020-02-01,0\n2020-02-02,x\n"
    )
    found = run(str(bad))
    assert isinstance(found.exception, InputError)
    assert "bad.csv:31: the price 0" in str(found.exception)
    assert "bad.csv:32: 'x' is no number" in str(found.exception)
    again = run(str(bad), "--drop-bad", "--json")
    assert again.exit_code == 0
    assert "left out: " in again.stderr


def test_short_prices_say_what_is_missing(tmp_path: Path) -> None:
    short = tmp_path / "short.csv"
    short.write_text("date,close\n2020-01-02,5\n2020-01-03,6\n2020-01-06,4\n")
    found = payload(run(str(short), "--json"))
    assert any("too few for the tests" in line for line in found["headline"])
    assert found["drawdowns"][0]["depth"] == pytest.approx(-1 / 3)


def test_an_analogue_says_how_many_were_possible(file, tmp_path: Path) -> None:
    then = write(tmp_path / "then.csv", synthetic(seed=3))
    found = payload(run(file, "--replications", "100", "--json", "--then", then, "--align", "peak"))
    assert any("such alignments were possible" in line for line in found["headline"])


def test_one_source_and_no_more(file) -> None:
    assert run("read").exit_code == 2
    assert run(file, "--example").exit_code == 2
    assert run("events").exit_code == 2


def test_surprises_of_the_book() -> None:
    found = payload(run("events", "--firm", "nvidia", "--json"))["surprises"]
    by_day = {r["day"]: r for r in found}
    assert by_day["2023-05-24"]["reaction"] == "+24.4%"
    assert by_day["2023-05-24"]["surprise"] == "+10.3%"
    assert by_day["2023-05-24"]["expected"] is None
    assert by_day["2024-02-21"]["verdict"] == "usual"
    assert len(found) >= 17


def test_the_move_before_the_news_is_no_reaction() -> None:
    """The book's day 0 closes before the results come out: 2022-05-25 moved +5.14% before and +5.12% after."""
    found = run("events", "--firm", "nvidia")
    assert "before they came out" in found.stdout


def test_surprises_of_a_file(tmp_path: Path) -> None:
    own = tmp_path / "own.csv"
    rows = [f"2020-0{k}-01,100,{100 + k},0.0{k}" for k in range(1, 9)]
    own.write_text("date,consensus,reported,reaction\n" + "\n".join(rows) + "\n")
    found = payload(run("events", "--surprises", str(own), "--json"))["surprises"]
    assert len(found) == 8
    assert found[-1]["surprise"] == "+8.0%"
    assert found[-1]["verdict"]
    own.write_text("date,consensus,reported,reaction\n2020-01-01,-5,1,0\nx,1,1,1\n")
    told = str(run("events", "--surprises", str(own)).exception)
    assert "own.csv:2: the consensus must be above zero" in told
    assert "own.csv:3:" in told


def test_events_of_prices(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    from cardhouse.market.prices import Prices

    days = np.datetime64("2019-01-01") + np.arange(400)
    other = rng.normal(0, 0.01, 400)
    mine = 1.5 * other + rng.normal(0, 0.005, 400)
    mine[350] += 0.2
    asset = write(tmp_path / "a.csv", Prices.of(days, 100 * np.cumprod(1 + mine)))
    against = write(tmp_path / "m.csv", Prices.of(days, 100 * np.cumprod(1 + other)))
    words = ("events", asset, "--on", str(days[350]), "--on", str(days[330]), "--window", "0:0", "--json")
    found = payload(run(*words, "--against", against))
    assert float(found["events"][0]["abnormal"].rstrip("%")) == pytest.approx(20, abs=1.5)
    assert {"patell", "bmp", "corrado rank", "sign"} <= {r["test"] for r in found["together"]}
    factors = tmp_path / "f.csv"
    factors.write_text("date,mkt\n" + "".join(f"{d},{v}\n" for d, v in zip(days, other, strict=True)))
    same = payload(run(*words, "--factors", str(factors)))
    assert same["events"][0]["abnormal"] == found["events"][0]["abnormal"]
    assert run("events", asset).exit_code == 2
