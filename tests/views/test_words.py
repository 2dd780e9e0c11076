"""Views in two languages: no text without a translation, figures as each language writes them, English as before."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from rich.cells import cell_len

from cardhouse.book import Firmness, Layer, SourceKind, Status, TieKind, embedded
from cardhouse.economy.claims import Channel
from cardhouse.economy.contracts import LeftOut, Role
from cardhouse.economy.drivers import DRIVERS
from cardhouse.economy.ledger import Why
from cardhouse.economy.losses import Bearer
from cardhouse.economy.many.inputs_of import NUMBERS
from cardhouse.economy.opening import open_book
from cardhouse.economy.published_needs import published
from cardhouse.economy.pull import Pull
from cardhouse.economy.run import Run
from cardhouse.economy.run import run as run_economy
from cardhouse.economy.scenario import read_scenario
from cardhouse.economy.story import story
from cardhouse.errors import InputError
from cardhouse.views import opening as opening_view
from cardhouse.views import pull as pull_view
from cardhouse.views import run as run_view
from cardhouse.views import run_firm, run_payload, run_story, why
from cardhouse.views.relayed import relayed
from cardhouse.views.table import Column, Kind, Table, draw, paragraph, text
from cardhouse.views.words import DOMAIN, ENGLISH, FOLDER, words
from cardhouse.web.texts import all_texts

ZH = words("zh")
PO = FOLDER / "zh" / "LC_MESSAGES" / f"{DOMAIN}.po"
PLACE = re.compile(r"{(\w+)}")


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    with PO.open("rb") as file:
        return read_po(file, locale="zh_Hans")


# --- the catalogue -----------------------------------------------------------------------------------


def test_every_text_of_package_and_pages_has_its_translation(catalogue: Catalog) -> None:
    """Truth: the texts as ``cardhouse.web.texts`` reads them from the sources."""
    told = {m.id for m in catalogue if m.id and m.string}
    assert sorted(set(all_texts()) - told) == []


def test_the_catalogue_has_no_text_that_nobody_shows(catalogue: Catalog) -> None:
    assert sorted({m.id for m in catalogue if m.id} - set(all_texts())) == []


def test_a_translation_has_the_places_of_its_text(catalogue: Catalog) -> None:
    differ = [m.id for m in catalogue if m.string and sorted(PLACE.findall(m.id)) != sorted(PLACE.findall(m.string))]
    # a place may come twice in one language only
    assert [i for i in differ if set(PLACE.findall(i)) != set(PLACE.findall(str(catalogue.get(i).string)))] == []


def test_the_compiled_catalogue_is_that_of_the_text(catalogue: Catalog) -> None:
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    assert PO.with_suffix(".mo").read_bytes() == compiled.getvalue()


def test_no_translation_is_left_in_english(catalogue: Catalog) -> None:
    """Names of methods and of firms may stand as they are; four English words in a row are a sentence."""
    assert [m.id for m in catalogue if m.id and m.string and _english(str(m.string))] == []


# --- figures -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("million", "english", "chinese"),
    [
        (1_400_000.0, "$1.40 trillion", "1.40万亿美元"),
        (233_600.0, "$233.6 billion", "2,336亿美元"),
        (1_500.0, "$1.5 billion", "15亿美元"),
        (250.0, "$250 million", "2.50亿美元"),
        (-2_500.0, "-$2.5 billion", "-25亿美元"),
    ],
)
def test_an_amount_in_a_sentence(million: float, english: str, chinese: str) -> None:
    """By hand: a billion is ten times 亿, a trillion is 万亿."""
    assert (ENGLISH.money(million), ZH.money(million)) == (english, chinese)


@pytest.mark.parametrize(
    ("million", "english", "chinese"),
    [
        (0.0, "–", "–"),
        (12_345.0, "12.3", "123"),
        (1_234_567.0, "1,234.6", "12,346"),
        (49.0, "<0.1", "<1"),
        (-49.0, ">-0.1", ">-1"),
    ],
)
def test_an_amount_in_a_table(million: float, english: str, chinese: str) -> None:
    assert (ENGLISH.amount(million), ZH.amount(million)) == (english, chinese)
    assert (draw(million, Kind.MONEY), draw(million, Kind.MONEY, ZH)) == (english, chinese)


def test_whole_amounts_units_quarters_and_lists() -> None:
    assert (ENGLISH.whole(87_500.0), ZH.whole(87_500.0)) == ("88", "875")
    assert (ENGLISH.money_unit, ZH.money_unit) == ("USD billion", "亿美元")
    assert (ENGLISH.quarter(date(2026, 10, 1)), ZH.quarter(date(2026, 12, 31))) == ("2026 Q4", "2026年Q4")
    assert ENGLISH.listed(["A", "B", "C"]) == "A, B and C"
    assert ZH.listed(("甲", "乙", "丙")) == "甲、乙和丙"
    assert (ENGLISH.listed(["A"]), ZH.listed([])) == ("A", "")
    assert (ENGLISH.semicolon, ZH.semicolon) == ("; ", "；")
    assert (ENGLISH.sentences(["One.", "Two."]), ZH.sentences(["一。", "二。"])) == ("One. Two.", "一。二。")
    assert (ENGLISH(""), ZH("")) == ("", "")


def test_another_language_is_refused() -> None:
    with pytest.raises(InputError, match="'fr' is no language of Cardhouse; expected en or zh"):
        words("fr")


def test_a_table_is_drawn_in_its_own_language() -> None:
    """By hand: 3,150 million dollars are 3.1 billion (3.15 to even) and 31.5, so 32, 亿."""
    columns, rows = (Column("firm", "x"), Column("loss", "y", Kind.MONEY)), (("Oracle", 3_150.0),)
    assert text(Table("", columns, rows)).split()[-1] == "3.1"
    assert text(Table("", columns, rows, t=ZH)).split()[-1] == "32"


def test_chinese_lines_break_between_characters_and_never_before_a_stop() -> None:
    words_ = "抽牌前，余量占刚性应付款比例最小的是：亚马逊（+47%）、Nebius（+101%）、谷歌（+110%）。" * 3
    for width in (20, 41, 60):
        lines = paragraph(words_, width=width).split("\n")
        assert "".join(lines) == words_
        assert all(cell_len(line) <= width and line[0] not in "，。、；：！？）》" for line in lines)
        # lines are full: the next character or word would not have fitted, as a stop and a bracket go with it
        assert all(cell_len(line) >= width - 16 for line in lines[:-1])


# --- words of other rooms ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("no figure for total_debt, revenue", "没有总债务、收入的数字"),
        ("reported, not binding", "据报，无约束力"),
        ("letter of intent, planned", "意向书、计划中"),
        ("its market value is 42% lower than at the opening", "市值比期初低42%"),
        (
            "openai: ties of 6,695 exceed its capital spending of 6,000 in the window; scaled by 0.90",
            "OpenAI：窗口内的关联67亿美元超过其资本开支60亿美元；按0.90缩放",
        ),
        ("seed: 3 in A, 4 in B", "种子：A 为 3，B 为 4"),
        ("rows of the book: not the same in A and in B", "账册的行：A与B不同"),
        ("a fall of 40% from a high within 2 years", "2年内自高点下跌40%"),
    ],
)
def test_a_sentence_of_another_room_is_told_with_its_numbers(said: str, told: str) -> None:
    assert relayed(ZH, said) == told
    assert relayed(ENGLISH, said) == said


def test_metrics_inside_a_reason_are_called_by_their_names() -> None:
    """Truth: the Chinese names of the book's own metrics, for every metric that has one."""
    book = embedded()
    metrics = [m for m in book.metrics.values() if m.name_zh]
    told = {m.id: relayed(ZH.about(book), f"no figure for total_debt, {m.id}") for m in metrics}
    debt, cash = (book.metrics[name].name_zh for name in ("total_debt", "operating_cash_flow"))
    assert told["operating_cash_flow"] == f"没有{debt}、{cash}的数字"
    assert [name for name, said in told.items() if re.search("[a-z]_[a-z]", said)] == []


@pytest.mark.parametrize(
    ("subject", "en", "zh"),
    [
        ("all", "all firms", "全部公司"),
        ("layer:cloud", "firms of the layer cloud", "云厂商层公司"),
        ("kind:revenue_share", "ties of kind revenue share", "收入分成类关联"),
        ("oracle", "Oracle", "甲骨文"),
        ("nobody-of-the-book", "nobody-of-the-book", "nobody-of-the-book"),
        ("planet:mars", "planet:mars", "planet:mars"),
    ],
)
def test_whom_an_assumption_speaks_of_is_told_in_words(subject: str, en: str, zh: str) -> None:
    book = embedded()
    assert (ENGLISH.subject(book, subject), ZH.subject(book, subject)) == (en, zh)


def test_no_assumption_of_the_book_is_about_a_key() -> None:
    book = embedded()
    keys = {a.subject for a in book.assumptions if ":" in a.subject or a.subject == "all"}
    assert {s for s in keys if ":" in ENGLISH.subject(book, s) or re.search("[a-z]{3}", ZH.subject(book, s))} == set()


def test_what_nobody_listed_stays_as_it_is() -> None:
    trail = "facts.csv:7: oracle revenue 2026-08-31 (orcl-q1) as filed"
    assert relayed(ZH, trail) == trail


def test_every_value_that_a_view_may_show_has_a_word() -> None:
    """Truth: the enumerations themselves, and the names of assumptions in the shipped book."""
    shown = [
        x.value for kind in (Layer, Firmness, Status, SourceKind, TieKind, Channel, Bearer, Role, Why) for x in kind
    ]
    shown += [a.name for a in embedded().assumptions] + list(NUMBERS.values())
    shown += [f"driver: {d}" for d in DRIVERS]
    assert [s for s in dict.fromkeys(shown) if ZH(s.replace("_", " ")) == s.replace("_", " ")] == []


def test_reasons_of_the_shipped_book_are_all_known() -> None:
    opening = open_book(embedded())
    reasons = {x.reason for x in opening.ties.left_out if isinstance(x, LeftOut)} | set(opening.untested.values())
    reasons |= set(opening.flags) | {row.stated for row in published()}
    assert [r for r in sorted(reasons) if relayed(ZH, r) == r] == []


# --- whole answers -----------------------------------------------------------------------------------

FOUR = re.compile(r"(?:[A-Za-z][A-Za-z'’]*[ ,;:.()]+){3}[A-Za-z]{2,}")
"""A run of four words in Latin letters."""


def _english(words_: str) -> bool:
    return bool(FOUR.search(words_))


def _names(answer_text: str) -> str:
    """A text without names of firms and sources, quotations of the book and commands, which stay as they are."""
    book = embedded()
    known = {f.name for f in book.firms.values()} | {n for f in book.firms.values() for n in f.aliases}
    for name in sorted(known, key=len, reverse=True):
        answer_text = answer_text.replace(name, "·")
    return re.sub(r"cardhouse [a-z]+ [a-z -]+", "·", answer_text)


def _shown(parts: list[Table | str]) -> list[str]:
    return [_names(text(p) if isinstance(p, Table) else p) for p in parts]


def test_a_pull_in_chinese_has_no_english_sentence(answer: Pull) -> None:
    view, t = pull_view, ZH
    parts: list[Table | str] = [
        view.dateline(answer, t=t),
        *view.headline(answer, t=t),
        *view.baseline(answer, t=t),
        *(of(answer, t=t) for of in (view.rounds, view.firm_losses, view.borne, view.grouped, view.provenance)),
        *view.scope_notes(answer, t=t),
        # below a firm's verdict stand trails, which quote the rows of the book
        *(line for line in why.why(answer, "softbank", t=t) if not line.startswith("    ")),
    ]
    assert [p for p in _shown(parts) if _english(p)] == []
    assert "亿美元" in parts[0]


@pytest.fixture(scope="module")
def shut() -> Run:
    return run_economy(embedded(), read_scenario("windows-shut"))


def test_a_run_in_chinese_has_no_english_sentence(shut: Run) -> None:
    told, t, view = story(shut), ZH, run_view
    quarters, calm = run_payload.both(shut, "oracle")
    parts: list[Table | str] = [
        view.dateline(shut, t=t),
        *view.headline(told, t=t),
        run_story.told(told, t=t),
        *(of(told, t=t) for of in (view.timeline, view.blows, view.losses, view.standing, view.years)),
        view.rests_on(shut, t=t),
        *view.notes(t=t),
        *(of(shut, quarters, calm, t=t) for of in (run_firm.income, run_firm.cash, run_firm.balance)),
        view.shipped(t=t),
    ]
    assert [p for p in _shown(parts) if _english(p)] == []
    assert told.failures


def test_an_opening_in_chinese_has_no_english_sentence() -> None:
    opening = open_book(embedded())
    of = (opening_view.opening_table, opening_view.dues_table, opening_view.debts_table)
    parts: list[Table | str] = [table(opening, node, t=ZH) for node in ("openai", "coreweave") for table in of]
    parts.append(opening_view.left_out_table(opening, t=ZH))
    assert [p for p in _shown(parts) if _english(p)] == []


def test_a_loss_in_chinese_is_ten_times_the_number_of_billions(answer: Pull) -> None:
    """The same loss of the card's holders, read from the headline in both languages."""
    english, chinese = pull_view.headline(answer)[0], pull_view.headline(answer, t=ZH)[0]
    billions = float(re.findall(r"others ([\d,.]+) billion", english)[0].replace(",", ""))
    yi = float(re.findall(r"造成([\d,]+)亿美元", chinese)[0].replace(",", ""))
    assert yi == pytest.approx(10 * billions, abs=0.5 + 0.5)


def test_the_catalogue_travels_with_the_package() -> None:
    assert PO.is_relative_to(Path(pull_view.__file__).parent)
