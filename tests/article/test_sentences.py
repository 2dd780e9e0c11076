"""Sentences and clauses."""

from __future__ import annotations

from cardhouse.article.sentences import clauses, ends_sentence, split, split_items


def texts(text: str) -> list[str]:
    return [text[a:b] for a, b in split(text, 0, len(text))]


def test_numbering_and_bullets_go() -> None:
    assert texts("12. 市值突破5万亿。") == ["市值突破5万亿。"]
    assert texts("1.2 大客户绑定") == ["大客户绑定"]
    assert texts("1.5万亿美元蒸发。") == ["1.5万亿美元蒸发。"]
    assert texts("• Revenue of $5 billion") == ["Revenue of $5 billion"]


def test_decimals_do_not_end_sentences() -> None:
    assert texts("Shares rose 3.5% today. They fell later.") == ["Shares rose 3.5% today.", "They fell later."]


def test_titles_in_marks_hold_together() -> None:
    assert len(texts("他读了《史上首家! 市值破5万亿》一文。")) == 1


def test_entries_of_a_list_of_sources() -> None:
    line = "参考文献:1.甲报-2025-10-17《一》2.乙报-2025-10-29《二》"
    assert [line[a:b][:2] for a, b in split_items(line, 0, len(line))] == ["参考", "1.", "2."]


def test_clauses_keep_thousands() -> None:
    text = "sold 20,000 units, up 5%"
    assert [text[a:b] for a, b in clauses(text)] == ["sold 20,000 units", " up 5%"]


def test_end_marks() -> None:
    assert ends_sentence("完了。”")
    assert not ends_sentence("一个标题")
