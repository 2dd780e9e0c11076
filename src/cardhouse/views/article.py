"""A checked article: the text with each claim marked, a table of the claims, and a summary in one paragraph."""

from __future__ import annotations

import unicodedata

from cardhouse.article.check import Report
from cardhouse.article.claims import Claim
from cardhouse.article.verdicts import PERCENT, Checked, Figure, Finding, Note, Reason, Verdict
from cardhouse.book import UNITS, Book
from cardhouse.views.article_words import CLASHES, HOWS, MARKS, SUMS, VERDICTS, phrase, title, told
from cardhouse.views.table import Cell, Column, Kind, Table

LONGEST_QUOTE = 60
MOST_SOURCES = 2
"""Sources named in a table's row; JSON has all."""
DECIDED = (Verdict.CONFIRMED, Verdict.IMPRECISE, Verdict.OUTDATED, Verdict.CONTRADICTED)


def plain(text: str) -> str:
    """``text`` without what a terminal could take for a command or a change of direction; line breaks stay."""
    return "".join(
        c for c in text if c == "\n" or (c.isprintable() and unicodedata.category(c) not in ("Cf", "Cc", "Cs"))
    )


def marked(report: Report) -> str:
    """The article's text, each claim in brackets with its number and the sign of its verdict."""
    article, paragraph = report.article, None
    pieces: list[str] = []
    by_sentence: dict[int, list[Checked]] = {}
    for row in report.checked:
        by_sentence.setdefault(row.claim.sentence, []).append(row)
    for sentence in article.sentences:
        if paragraph is not None and sentence.paragraph != paragraph:
            pieces.append("\n")
        elif pieces and article.language == "en":
            pieces.append(" ")
        paragraph = sentence.paragraph
        at = sentence.start
        for row in sorted(by_sentence.get(sentence.index, ()), key=lambda row: row.claim.start):
            claim = row.claim
            if claim.start < at or claim.end > sentence.end:
                continue
            pieces.append(_line(article.original[at : claim.start]))
            pieces.append(f"[{_line(article.original[claim.start : claim.end])} {MARKS[row.verdict]}{row.index + 1}]")
            at = claim.end
        pieces.append(_line(article.original[at : sentence.end]))
    return "".join(pieces)


def _line(text: str) -> str:
    return plain(text.replace("\n", " "))


def number(value: float, unit: str, lang: str) -> str:
    """A value with its unit, as a reader expects it."""
    if unit in PERCENT:
        return f"{value:,.4g}%"
    known = UNITS.get(unit)
    if known and known.kind == "money":
        return _money(value * known.factor, known.currency, lang)
    if known and known.kind == "price":
        return f"{value:,.6g} {known.currency}"
    return f"{value:,.6g} {unit.replace('_', ' ')}".strip()


def _money(million: float, currency: str, lang: str) -> str:
    size = abs(million)
    if lang == "zh":
        if size >= 1e6:
            return f"{million / 1e6:,.4g}万亿 {currency}"
        return f"{million / 100:,.5g}亿 {currency}" if size >= 100 else f"{million * 100:,.5g}万 {currency}"
    if size >= 1e6:
        return f"{million / 1e6:,.4g} trillion {currency}"
    return f"{million / 1e3:,.4g} billion {currency}" if size >= 1e3 else f"{million:,.4g} million {currency}"


def gap_text(finding: Finding, lang: str) -> str:
    """How far the claim is from the book, with its sign."""
    if finding.gap is None or finding.figure is None:
        return ""
    if finding.figure.unit in PERCENT:
        return f"{finding.gap:+.2g} {title('points', lang)}"
    return f"{finding.gap:+.1%}" if abs(finding.gap) < 9.995 else (">+999%" if finding.gap > 0 else "<-999%")


def short(report: Report, lang: str, book: Book) -> Table:
    """One row for each claim, narrow enough for a terminal; the reasons stand below it, see :func:`reasons`."""
    columns = (
        Column("number", "#", Kind.COUNT),
        Column("claim", title("claim", lang)),
        Column("read_as", title("read_as", lang), wrap=True),
        Column("verdict", title("verdict", lang)),
        Column("book", title("book", lang), wrap=True),
        Column("gap", title("gap", lang)),
    )
    rows = []
    for checked in report.checked:
        full = _row(checked, book, lang)
        read_as = " · ".join(str(cell) for cell in full[2:5] if cell)
        rows.append((*full[:2], read_as, *full[5:8]))
    return Table(title("claims", lang), columns, tuple(rows))


def reasons(report: Report, book: Book, lang: str) -> str:
    """Why each verdict is as it is, and by what source: a line for each claim that the book speaks of."""
    lines = [title("why", lang)]
    for checked in report.checked:
        told_why = why(checked, book, lang)
        if checked.finding.figure is not None and told_why:
            lines.append(f"  {checked.index + 1} {MARKS[checked.verdict]} {told_why}")
    return "\n".join(lines) if len(lines) > 1 else ""


def table(report: Report, book: Book, lang: str) -> Table:
    """One row for each claim with everything in it, for a file."""
    columns = (
        Column("number", "#", Kind.COUNT),
        Column("claim", title("claim", lang)),
        Column("who", title("who", lang), wrap=True),
        Column("what", title("what", lang), Kind.CODE, wrap=True),
        Column("when", title("when", lang)),
        Column("verdict", title("verdict", lang)),
        Column("book", title("book", lang), wrap=True),
        Column("gap", title("gap", lang)),
        Column("why", title("why", lang), wrap=True),
    )
    rows = tuple(_row(checked, book, lang) for checked in report.checked)
    return Table(title("claims", lang), columns, rows)


def _row(checked: Checked, book: Book, lang: str) -> tuple[Cell, ...]:
    claim, finding = checked.claim, checked.finding
    figure = finding.figure
    sign = MARKS[checked.verdict]
    return (
        checked.index + 1,
        _line(claim.quote)[:LONGEST_QUOTE],
        who(claim, book, lang),
        what(claim, book, lang),
        when(claim),
        f"{sign} {phrase(VERDICTS[checked.verdict], lang)}",
        f"{number(figure.value, figure.unit, lang)}, {dates(figure)}" if figure else "",
        gap_text(finding, lang),
        why(checked, book, lang),
    )


def who(claim: Claim, book: Book, lang: str) -> str:
    """Names of the entities."""
    names = []
    for entity in claim.entities:
        named = book.firms.get(entity) or book.subjects.get(entity)
        names.append((named.name_zh if lang == "zh" else named.name) if named else _line(entity))
    return ", ".join(names) or _line(claim.entity_text)[:LONGEST_QUOTE]


def what(claim: Claim, book: Book, lang: str) -> str:
    """Name of the metric, with the kind of change."""
    metric = book.metrics.get(claim.metric or "")
    name = (metric.name_zh if lang == "zh" else metric.name) if metric else claim.measure or _line(claim.metric_text)
    kind = claim.change_kind.value
    return name if kind == "level" or not name else f"{name} ({kind})"


def when(claim: Claim) -> str:
    """The period as read; in brackets where the text does not state it."""
    label = claim.period.label or (f"{claim.period.end}" if claim.period.end else "")
    return label if claim.period.stated or not label else f"({label})"


def dates(figure: Figure) -> str:
    """The period of a figure of the book."""
    return f"{figure.start}..{figure.end}" if figure.start else f"{figure.end}"


def why(checked: Checked, book: Book, lang: str) -> str:
    """Reasons, how the figure was made, and the sources."""
    figure = checked.finding.figure
    notes = dict.fromkeys([*checked.notes, *(figure.notes if figure else ())])
    parts = [told(note.reason, _values(note, lang), lang) for note in notes]
    if figure and phrase(HOWS[figure.how], lang):
        parts.insert(0, phrase(HOWS[figure.how], lang))
    if figure:
        parts += [_source(book, name) for name in figure.sources[:MOST_SOURCES]]
        if len(figure.sources) > MOST_SOURCES:
            parts.append(f"+{len(figure.sources) - MOST_SOURCES}")
    return "; ".join(part for part in dict.fromkeys(parts) if part)


def _values(note: Note, lang: str) -> tuple[str, ...]:
    """What a reason speaks of, numbers with their units."""
    values = tuple(_line(value) for value in note.values)
    if note.reason is Reason.EARLIER and len(values) == 3:
        return (values[0], f"({number(float(values[1]), values[2], lang)})")
    return values


def _source(book: Book, name: str) -> str:
    source = book.sources.get(name)
    if source is None:
        return name
    day = f" {source.published}" if source.published else ""
    return _line(f"{source.publisher or source.title}{day} [{name}]")


def clash_table(report: Report, lang: str) -> Table:
    """Figures of the article that cannot both be true."""
    columns = (
        Column("kind", title("kind", lang), wrap=True),
        Column("claims", title("claims_list", lang), wrap=True),
        Column("computed", title("computed", lang)),
    )
    rows = tuple(
        (
            phrase(CLASHES[clash.kind], lang),
            ", ".join(f"{_line(report.checked[i].claim.quote)} ({i + 1})" for i in clash.claims),
            "" if clash.computed is None else number(clash.computed, clash.unit, lang),
        )
        for clash in report.clashes
    )
    return Table(title("clashes", lang), columns, rows)


def sum_table(report: Report, lang: str) -> Table:
    """The article's arithmetic done again."""
    columns = (
        Column("kind", title("kind", lang)),
        Column("claims", title("claims_list", lang), wrap=True),
        Column("stated", title("stated", lang)),
        Column("computed", title("computed", lang)),
        Column("holds", title("holds", lang)),
    )
    rows = tuple(
        (
            " ".join((phrase(SUMS[row.kind], lang), row.detail)).strip(),
            ", ".join(f"{_line(report.checked[i].claim.quote)} ({i + 1})" for i in row.claims),
            number(row.stated, row.unit, lang),
            number(row.computed, row.unit, lang),
            title("yes" if row.holds else "no", lang),
        )
        for row in report.sums
    )
    return Table(title("sums", lang), columns, rows)


def summary(report: Report, book: Book, lang: str) -> str:
    """One paragraph: how many claims hold, the worst ones, what cannot be checked."""
    counts, total = report.counts, len(report.checked)
    name = _called(_line(report.article.title)[:80], lang)
    day = f"{report.article.published}" if report.article.published else ""
    if total == 0:
        return f"{name}:没有找到可核对的数字。" if lang == "zh" else f"{name}: no figure found to check."
    bad = [row for row in report.checked if row.verdict is Verdict.CONTRADICTED][:3]
    unknown = counts[Verdict.NOT_IN_BOOK]
    if lang == "zh":
        listed = ";".join(_worst(row, book, lang) for row in bad)
        told_day = day or f"日期不明,以账册日期{report.on}计"
        return (
            f"{name}({told_day}):共{total}处数字,账册(截至{report.book_date})能判断{total - unknown}处:"
            + "、".join(f"{phrase(VERDICTS[v], lang)}{counts[v]}处" for v in DECIDED)
            + f"。其余{unknown}处账册无载。"
            + (f"不符者如:{listed}。" if listed else "")
            + (f"文中自相矛盾{len(report.clashes)}处。" if report.clashes else "")
            + _sums_told(report, lang)
        )
    listed = "; ".join(_worst(row, book, lang) for row in bad)
    return (
        f"{name} ({day or f'no date found, read as of {report.on}'}): {total} figures; the book (known up to "
        f"{report.book_date}) decides {total - unknown}: "
        + ", ".join(f"{counts[v]} {phrase(VERDICTS[v], lang)}" for v in DECIDED)
        + f". {unknown} are not in the book."
        + (f" Contradicted: {listed}." if listed else "")
        + (f" {len(report.clashes)} clashes inside the article." if report.clashes else "")
        + _sums_told(report, lang)
    )


def _called(title: str, lang: str) -> str:
    """The article's title in quotation marks, or words for a text without one."""
    if lang == "zh":
        return f"《{title}》" if title else "本文"
    return f"“{title}”" if title else "The text"


def _sums_told(report: Report, lang: str) -> str:
    wrong = sum(1 for row in report.sums if not row.holds)
    told_sums = ""
    if report.sums and lang == "zh":
        told_sums = f"验算{len(report.sums)}处,{wrong}处不成立。"
    elif report.sums:
        told_sums = f" {len(report.sums)} computations done again, {wrong} do not hold."
    if report.unread:
        told_sums += f"另有{report.unread}处未核对。" if lang == "zh" else f" {report.unread} more were left unread."
    return told_sums


def _worst(row: Checked, book: Book, lang: str) -> str:
    figure = row.finding.figure
    told_figure = f"{number(figure.value, figure.unit, lang)}, {dates(figure)}" if figure else ""
    return f"{who(row.claim, book, lang)} {what(row.claim, book, lang)} {_line(row.claim.quote)} ({told_figure})"


def legend(lang: str) -> str:
    """What the signs mean."""
    return " · ".join(f"{MARKS[v]} {phrase(VERDICTS[v], lang)}" for v in Verdict)
