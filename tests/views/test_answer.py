"""The views of a pull: what they show is what was computed, and it fits the page."""

from __future__ import annotations

import json
import math

import pytest
from rich.cells import cell_len

from cardhouse.economy.losses import Bearer
from cardhouse.economy.opening import open_book
from cardhouse.economy.pull import Choices, rank
from cardhouse.views import opening as opening_view
from cardhouse.views import payload
from cardhouse.views import pull as view
from cardhouse.views.holdings import holdings_loss
from cardhouse.views.table import paragraph, text
from cardhouse.views.why import why


def numbers(value):
    if isinstance(value, dict):
        for inner in value.values():
            yield from numbers(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from numbers(inner)
    elif isinstance(value, float):
        yield value


def test_json_has_no_nan_and_adds_up(answer):
    sent = json.loads(json.dumps(payload.pull(answer), allow_nan=False, default=str))
    assert all(math.isfinite(x) for x in numbers(sent))
    assert sent["unit"] == "USD_million"
    assert sent["pulled"] == {"openai": 0.0}
    by_firm = {row["firm"]: row["loss"] for row in sent["firms"]}
    for firm, loss in by_firm.items():
        assert loss == pytest.approx(sum(x["loss"] for x in sent["lines"] if x["creditor"] == firm))
    others = sum(v for k, v in sent["borne"].items() if k != Bearer.OWN_SHAREHOLDERS.name.lower())
    assert sent["cost_to_others"]["central"] == pytest.approx(others)
    assert sum(sent["by_layer"].values()) == pytest.approx(others)
    assert sum(sent["by_camp"].values()) == pytest.approx(others)
    assert sum(sent["basis"].values()) == pytest.approx(1.0)
    assert sent["cost_to_others"]["mild"] <= sent["cost_to_others"]["central"] <= sent["cost_to_others"]["harsh"]
    assert len(sent["baseline"]["headroom"]) == len(answer.opening.full)


def test_every_table_fits_a_hundred_columns(answer):
    tables = [
        view.rounds(answer),
        view.firm_losses(answer),
        view.borne(answer),
        view.grouped(answer),
        view.provenance(answer),
        view.loss_lines(answer),
        opening_view.left_out_table(answer.opening),
    ]
    for node in answer.opening.positions:
        tables.append(opening_view.opening_table(answer.opening, node))
        tables.append(opening_view.dues_table(answer.opening, node))
        tables.append(opening_view.debts_table(answer.opening, node))
    for table in tables:
        assert max(cell_len(line) for line in text(table, width=100).split("\n")) <= 100, table.title


def test_the_table_of_firms_shows_the_losses_of_all_channels(answer):
    for row in view.firm_losses(answer, most=1000).rows:
        assert row[7] == pytest.approx(sum(row[1:7]))
    assert len(view.loss_lines(answer).rows) == len(answer.losses.lines)


def test_the_story_of_every_loser_ends_at_the_card_and_names_sources(answer):
    for firm in answer.losses.firms():
        told = "\n".join(why(answer, firm))
        assert told
        assert max(cell_len(line) for line in paragraph(told, width=100).split("\n")) <= 100
    story = "\n".join(why(answer, "coreweave"))
    assert "OpenAI → CoreWeave" in story
    assert "ties.csv:" in story
    assert "terms.csv:" in story
    assert "is the card that was pulled" in why(answer, "openai")[0]


def test_the_ranking_is_sorted_and_valid_json(answer):
    rows = rank(answer.opening.book)
    assert [r.cost for r in rows] == sorted((r.cost for r in rows), reverse=True)
    assert {r.card for r in rows} == set(answer.opening.full)
    sent = payload.ranking(rows, open_book(answer.opening.book), Choices())
    assert json.loads(json.dumps(sent, allow_nan=False))["ranking"][0]["card"] == rows[0].card
    drawn = text(view.ranking(rows, answer.opening), width=100)
    assert max(cell_len(line) for line in drawn.split("\n")) <= 100
    mine = next(r for r in rows if r.card == "openai")
    assert mine.cost == pytest.approx(answer.losses.others)


def holdings(tmp_path, content):
    file = tmp_path / "mine.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(file)


def test_holdings_are_valued_at_the_losses_of_the_pull(answer, tmp_path):
    """A share of the card is worth nothing; a bond of it loses what its estate does not pay; others lose little."""
    file = holdings(
        tmp_path,
        "Amount, Instrument ,issuer,note\n100,shares,OpenAI,x\n200,bond,openai,\n50,bond,Microsoft,\n10,loan,oracle,\n",
    )
    mine = holdings_loss(answer, file)
    lost = 1.0 - answer.fall.sheet.recovery["openai"][1]
    by_row = [(r[0], r[1], r[4]) for r in mine.table.rows]
    assert by_row[0] == ("shares", "openai", 100.0)
    assert by_row[1][2] == pytest.approx(200 * lost)
    assert by_row[2] == ("bond", "microsoft", 0.0)
    assert by_row[3] == ("loan", "oracle", 0.0)
    assert mine.loss == pytest.approx(100 + 200 * lost)
    assert by_row[-1][2] == mine.loss


def test_shares_of_a_firm_that_stands_lose_its_loss_over_its_market_value(answer, tmp_path):
    mine = holdings_loss(answer, holdings(tmp_path, "instrument,issuer,amount\nequity,ORCL,1000\n"))
    position = answer.opening.positions["oracle"].statement
    drop = answer.fall.calm_sheet.equity["oracle"] - answer.fall.sheet.equity["oracle"]
    assert mine.loss == pytest.approx(1000 * drop / position.balance.market_value.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "columns are none"),
        ("a,b\n1,2\n", "columns are a, b"),
        ("instrument,issuer,amount\n", "no holdings"),
        ("instrument,issuer,amount\nbond,oracle,ten\n", ":2: amount 'ten'"),
        ("instrument,issuer,amount\nbond,oracle,nan\n", ":2: amount 'nan'"),
        ("instrument,issuer,amount\nbond,oracle,-5\n", ":2: amount '-5'"),
        ("instrument,issuer,amount\nbond,oracle,1e999\n", ":2: amount '1e999'"),
        ("instrument,issuer,amount\nbond\n", ":2: amount None"),
        ("instrument,issuer,amount\nswap,oracle,5\n", ":2: instrument 'swap'"),
        ("instrument,issuer,amount\nbond,oracel,5\n", "did you mean"),
        ("instrument,issuer,amount\nbond,,5\n", ":2:"),
        (b"\xff\xfe\x00\x01", "cannot be read as a text file"),
        (b"instrument,issuer,amount\nbond,oracle,\x00\n", ":2:"),
        ("x" * 5_000_001, "larger than"),
    ],
)
def test_hostile_holdings_get_one_clear_sentence(answer, tmp_path, content, said):
    from cardhouse.errors import InputError

    with pytest.raises(InputError) as told:
        holdings_loss(answer, holdings(tmp_path, content))
    assert said in str(told.value)
    assert "mine.csv" in str(told.value)


def test_a_missing_holdings_file_and_a_folder_are_said(answer, tmp_path):
    from cardhouse.errors import InputError

    for path in (tmp_path / "nothing.csv", tmp_path):
        with pytest.raises(InputError, match="cannot be read"):
            holdings_loss(answer, str(path))


def test_all_broken_holdings_are_listed_at_once(answer, tmp_path):
    from cardhouse.errors import InputError

    file = holdings(tmp_path, "instrument,issuer,amount\nswap,oracle,5\nbond,nobody-knows,5\nbond,oracle,x\n")
    with pytest.raises(InputError) as told:
        holdings_loss(answer, file)
    assert all(f"mine.csv:{line}: " in str(told.value) for line in (2, 3, 4))
