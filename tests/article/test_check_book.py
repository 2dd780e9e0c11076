"""Claims beside the embedded book: periods, fiscal quarters, sums, growth, ratios, ties, then and since."""

from __future__ import annotations

import csv
import importlib.util
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest

from cardhouse.article.check import check, look
from cardhouse.article.claims import Article, ChangeKind, Claim, Comparator, Period, Sentence
from cardhouse.article.periods_match import matches, part_of_year, shifted
from cardhouse.article.verdicts import Checked, Finding, How, Reason, Verdict
from cardhouse.book import Book, embedded

ARTICLES = Path(__file__).parent / "articles"
BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "article" / "verdicts.py"
NOV = date(2025, 11, 20)


@pytest.fixture(scope="module")
def book() -> Book:
    return embedded()


def q(year: int, part: str, *, fiscal: bool = False, end: str = "12-31") -> Period:
    start, last = part_of_year(year, part, end)
    return Period(
        start, last, f"{'FY' if fiscal else ''}{year}{'-' + part if part else ''}", stated=True, fiscal=fiscal
    )


def on_day(text: str) -> Period:
    day = date.fromisoformat(text)
    return Period(day, day, text, stated=True)


def claim(
    entity: str | None,
    measure: str,
    value: float | None,
    period: Period,
    *,
    quote: str = "",
    unit: str = "USD_million",
    kind: ChangeKind = ChangeKind.LEVEL,
    comparator: Comparator = Comparator.EQUAL,
    **more: object,
) -> Claim:
    known = measure if measure in embedded().metrics else None
    quote = quote or f"{value}"
    return Claim(
        0,
        len(quote),
        quote,
        0,
        entity=entity,
        metric=known,
        measure=measure,
        period=period,
        value=value,
        unit=unit,
        change_kind=kind,
        comparator=comparator,
        **more,  # type: ignore[arg-type]
    )


def one(book: Book, found: Claim, on: date = NOV, text: str = "") -> Checked:
    text = text or found.quote
    sentence = Sentence(0, 0, len(text), 0, len(text), text, 0)
    article = Article("", on, "en", text, text, (sentence,), range(len(text)))
    return check(article, [found], book).checked[0]


def test_fiscal_and_calendar_quarters_of_nvidia_are_told_apart(book: Book) -> None:
    """Fiscal Q3 2026 ended 2025-10-26 with 57,006; calendar Q3 2025 stands for the same quarter."""
    fiscal = q(2026, "Q3", fiscal=True, end="01-31")
    calendar = q(2025, "Q3")
    for period in (fiscal, calendar):
        row = one(book, claim("nvidia", "revenue", 57_000, period, quote="$57.0 billion"))
        assert row.verdict is Verdict.CONFIRMED
        assert row.figure is not None
        assert row.figure.end == date(2025, 10, 26)


def test_a_quarter_that_is_the_firms_own_is_found_under_the_plain_label(book: Book) -> None:
    """A writer says Q3 2026 for Nvidia's fiscal quarter without the word fiscal."""
    row = one(book, claim("nvidia", "revenue", 57_000, q(2026, "Q3"), quote="$57.0 billion"))
    assert row.verdict is Verdict.CONFIRMED
    assert Reason.FISCAL in {note.reason for note in row.figure.notes} if row.figure else False


def test_quarters_add_up_to_nine_months(book: Book) -> None:
    """44,062 + 46,743 + 57,006 = 147,811."""
    period = Period(date(2025, 1, 27), date(2025, 10, 26), "2025-01-27/2025-10-26", stated=True)
    row = one(book, claim("nvidia", "revenue", 147_800, period, quote="$147.8 billion"))
    assert (row.verdict, row.figure and row.figure.how) == (Verdict.CONFIRMED, How.SUM)
    assert row.figure is not None
    assert row.figure.value == pytest.approx(147_811)


def test_growth_is_computed_from_levels(book: Book) -> None:
    """57,006 over 35,082 is 62.5 percent up; over 46,743 22.0 percent."""
    period = q(2026, "Q3", fiscal=True, end="01-31")
    percent = {"unit": "percent"}
    yoy = one(book, claim("nvidia", "revenue", 62, period, quote="62%", kind=ChangeKind.YOY, **percent))
    qoq = one(book, claim("nvidia", "revenue", 22, period, quote="22%", kind=ChangeKind.QOQ, **percent))
    wrong = one(book, claim("nvidia", "revenue", 44, period, quote="44%", kind=ChangeKind.YOY, **percent))
    assert [row.verdict.value for row in (yoy, qoq, wrong)] == ["confirmed", "confirmed", "contradicted"]
    assert yoy.figure is not None
    assert yoy.figure.value == pytest.approx(100 * (57_006 / 35_082 - 1))


def test_margins_are_made_of_two_figures(book: Book) -> None:
    """41,849 over 57,006 is 73.4 percent."""
    period = q(2026, "Q3", fiscal=True, end="01-31")
    found = claim("nvidia", "gross_margin", 73.4, period, quote="73.4%", unit="percent", kind=ChangeKind.RATIO)
    row = one(book, found)
    assert row.verdict is Verdict.CONFIRMED
    assert row.figure is not None
    assert row.figure.how is How.RATIO


def test_no_multiple_of_a_loss(book: Book) -> None:
    found = claim("coreweave", "price_to_earnings", 100, on_day("2026-04-15"), unit="ratio", kind=ChangeKind.RATIO)
    row = one(book, found, date(2026, 4, 20))
    assert row.verdict is Verdict.CONTRADICTED
    assert row.figure is not None
    assert Reason.LOSS_HAS_NO_MULTIPLE in {note.reason for note in row.figure.notes}


def test_a_part_is_not_more_than_the_whole(book: Book) -> None:
    """The book has no first half of 2024 for OpenAI, but the whole year was 3,700."""
    row = one(book, claim("openai", "revenue", 4_400, q(2024, "H1"), quote="44亿美元"))
    assert row.verdict is Verdict.CONTRADICTED
    assert Reason.MORE_THAN_WHOLE in {note.reason for note in row.notes}


def test_an_older_figure_told_as_of_now_is_outdated(book: Book) -> None:
    """12 billion was the pace of July 2025; 13 billion in August, as became known in January."""
    now = Period(end=NOV)
    row = one(book, claim("openai", "annualized_revenue_run_rate", 12_000, now, quote="$12 billion"))
    assert row.verdict is Verdict.OUTDATED
    assert row.then.verdict is Verdict.CONFIRMED


def test_guidance_that_was_raised_since_is_outdated_and_was_right_then(book: Book) -> None:
    """Alphabet said 175 to 185 in February 2026 and raised it in April and July."""
    found = claim("alphabet", "guidance_capital_expenditures", None, q(2026, ""), kind=ChangeKind.TARGET)
    between = Claim(**{name: getattr(found, name) for name in found.__slots__} | {"low": 175_000.0, "high": 185_000.0})
    row = one(book, between, date(2026, 2, 6))
    assert (row.verdict, row.then.verdict) == (Verdict.OUTDATED, Verdict.CONFIRMED)
    assert row.notes[0].reason is Reason.EARLIER
    assert row.figure is not None
    assert row.figure.value == 200_000


def test_what_became_known_later_is_said(book: Book) -> None:
    row = one(book, claim("openai", "revenue", 3_700, q(2024, ""), quote="$3.7 billion"))
    assert (row.verdict, row.then.verdict) == (Verdict.CONFIRMED, Verdict.NOT_IN_BOOK)
    assert row.notes[0].reason is Reason.LEARNT_LATER


def test_currencies_are_converted_and_the_rate_is_told(book: Book) -> None:
    """184,500 million yuan at .13832 are 25,520 million dollars."""
    row = one(book, claim("tencent", "revenue", 25_500, q(2025, "Q2"), quote="255亿美元"))
    assert row.verdict is Verdict.CONFIRMED
    assert row.figure is not None
    note = next(note for note in row.figure.notes if note.reason is Reason.CONVERTED)
    assert note.values[:2] == ("CNY", "USD")
    assert float(note.values[2]) == pytest.approx(0.13832)


def test_firms_together_are_added_and_firms_each_are_not(book: Book) -> None:
    """131,819 + 91,447 + 69,691 = 292,957."""
    names = "amazon|alphabet|meta"
    period = q(2025, "")
    both = claim(names, "capital_expenditures", 293_000, period, quote="$293 billion", shared="together")
    each = claim(names, "capital_expenditures", 293_000, period, quote="$293 billion", shared="each")
    february = date(2026, 2, 6)
    assert one(book, both, february).verdict is Verdict.CONFIRMED
    assert one(book, each, february).verdict is Verdict.CONTRADICTED


def test_contracts_between_two_named_firms(book: Book) -> None:
    text = "OpenAI has agreed to buy $300 billion of computing from Oracle."
    found = claim("openai", "purchase_commitments", 300_000, Period(end=NOV), quote="$300 billion")
    row = one(book, found, text=text)
    assert row.verdict is Verdict.CONFIRMED
    assert row.figure is not None
    assert {tie.to for tie in row.figure.ties} == {"oracle"}


def test_several_contracts_between_two_firms_add_up(book: Book) -> None:
    """11.9 + 4.0 + 6.5 = 22.4."""
    text = "CoreWeave 224亿美元 OpenAI"
    row = one(book, claim("openai", "contract_value", 22_400, Period(end=NOV), quote="224亿美元"), text=text)
    assert row.verdict is Verdict.CONFIRMED
    assert row.figure is not None
    assert len(row.figure.ties) == 3


def test_a_firm_with_bonds_is_not_free_of_debt(book: Book) -> None:
    row = one(book, claim("nebius", "total_debt", 0, Period(end=NOV), quote="零债务"))
    assert row.verdict is Verdict.CONTRADICTED


def test_a_day_of_trading(book: Book) -> None:
    """184.89 after 195.56 is a fall of 5.46 percent; the value fell by 259,281."""
    day = on_day("2026-02-26")
    move = claim("nvidia", "share_price_change", -5.5, day, quote="5.5%", unit="percent", kind=ChangeKind.RETURN)
    lost = claim("nvidia", "market_cap_change", -260_000, day, quote="2600亿美元")
    for found in (move, lost):
        assert one(book, found, date(2026, 2, 27)).verdict is Verdict.CONFIRMED


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (claim(None, "revenue", 5.0, q(2025, "Q3")), Reason.NO_ENTITY),
        (claim("nvidia", "", 5.0, q(2025, "Q3")), Reason.NO_METRIC),
        (claim("nvidia", "employees", 5.0, q(2025, "Q3"), unit="count"), Reason.NO_FIGURE),
        (claim("nvidia", "revenue", None, q(2025, "Q3")), Reason.NO_VALUE),
        (claim("nvidia", "revenue", 5.0, q(1950, "")), Reason.NO_FIGURE),
        (claim("nvidia", "revenue", 5.0, q(2025, "Q3"), unit="GW"), Reason.NO_FIGURE),
    ],
)
def test_what_the_book_cannot_decide_says_why(book: Book, found: Claim, reason: Reason) -> None:
    row = one(book, found)
    assert row.verdict is Verdict.NOT_IN_BOOK
    assert [note.reason for note in row.notes] == [reason]


def test_a_level_without_a_period_is_never_contradicted(book: Book) -> None:
    """Nobody can tell which quarter or year 99 billion is of."""
    assert look(book, claim("nvidia", "revenue", 99_000, Period(end=NOV)), NOV).verdict is Verdict.NOT_IN_BOOK


def test_a_target_without_a_date_is_not_held_against_today(book: Book) -> None:
    found = claim("nvidia", "market_cap", 500, Period(end=NOV), kind=ChangeKind.TARGET)
    assert look(book, found, NOV) == Finding(Verdict.NOT_IN_BOOK, notes=look(book, found, NOV).notes)


def test_periods_by_hand() -> None:
    assert part_of_year(2026, "Q3", "01-31") == (date(2025, 8, 1), date(2025, 10, 31))
    assert part_of_year(2025, "", "05-31") == (date(2024, 6, 1), date(2025, 5, 31))
    assert part_of_year(2025, "H2", "12-31") == (date(2025, 7, 1), date(2025, 12, 31))
    assert shifted((date(2024, 2, 1), date(2024, 2, 29)), months=-12) == (date(2023, 2, 1), date(2023, 2, 28))


def test_matches_of_an_unknown_name_are_none(book: Book) -> None:
    assert matches(book, "nobody", "revenue", q(2025, "Q3"), NOV) == ()
    assert matches(book, "nvidia", "nothing", q(2025, "Q3"), NOV) == ()


def _benchmark() -> ModuleType:
    spec = importlib.util.spec_from_file_location("article_verdicts", BENCHMARK)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    import sys

    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_verdicts_on_the_labelled_articles(book: Book) -> None:
    """On the labels' own claims nineteen of twenty verdicts are right, and nothing absent is judged."""
    bench = _benchmark()
    rows = bench.run_given(bench.own_labels(ARTICLES), ARTICLES, book)
    found = bench.score(rows, lenient=False)
    assert found["labels"] >= 190
    assert found["accuracy of answers"] >= 0.95
    assert found["right of all decided"] >= 0.95
    assert found["left alone"] == found["not in book"]


def test_every_label_stands_in_its_article() -> None:
    with (ARTICLES / "labels.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    texts = {row["file"]: (ARTICLES / row["file"]).read_text(encoding="utf-8") for row in rows}
    assert len(texts) >= 12
    assert all(row["quote"] in texts[row["file"]] for row in rows)
    assert {row["verdict"] for row in rows} == {verdict.value for verdict in Verdict}
