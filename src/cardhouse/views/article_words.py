"""The words in which a checked article is told, in English and in simplified Chinese."""

from __future__ import annotations

from collections.abc import Mapping

from cardhouse.article.arithmetic import SumKind
from cardhouse.article.inside import ClashKind
from cardhouse.article.verdicts import How, Reason, Verdict

LANGUAGES = ("en", "zh")

Pair = tuple[str, str]

MARKS: Mapping[Verdict, str] = {
    Verdict.CONFIRMED: "✓",
    Verdict.IMPRECISE: "≈",
    Verdict.CONTRADICTED: "✗",
    Verdict.OUTDATED: "↻",
    Verdict.NOT_IN_BOOK: "?",
}
"""Signs behind a claim in the text."""

VERDICTS: Mapping[Verdict, Pair] = {
    Verdict.CONFIRMED: ("confirmed", "属实"),
    Verdict.IMPRECISE: ("imprecise", "不够准确"),
    Verdict.CONTRADICTED: ("contradicted", "不符"),
    Verdict.OUTDATED: ("outdated", "已过时"),
    Verdict.NOT_IN_BOOK: ("not in the book", "账册无载"),
}

HOWS: Mapping[How, Pair] = {
    How.FACT: ("", ""),
    How.SUM: ("sum", "合计"),
    How.RATIO: ("ratio of two figures", "两项之比"),
    How.GROWTH: ("change between two figures", "两项之变动"),
    How.DIFFERENCE: ("difference of two figures", "两项之差"),
    How.TIE: ("contract or stake", "合同或持股"),
    How.ANNUALISED: ("made a full year's", "折成全年"),
}

REASONS: Mapping[Reason, Pair] = {
    Reason.NO_ENTITY: ("no firm or country of the book is meant", "未指向账册中的公司或国家"),
    Reason.NO_METRIC: ("a measure that the book does not follow", "账册不跟踪这一指标"),
    Reason.NO_FIGURE: ("the book has no figure for that period", "账册没有该期间的数字"),
    Reason.NO_VALUE: ("no number is given", "没有给出数字"),
    Reason.NO_PERIOD_FITS: ("the period or the item meant cannot be told", "无法判断所指期间或口径"),
    Reason.OTHER_UNIT: ("told in another unit", "单位不同"),
    Reason.NO_RATE: ("no exchange rate for that time", "缺少当时汇率"),
    Reason.CONVERTED: ("converted {0} to {1} at {2} ({3})", "按{3}汇率{2}由{0}折算为{1}"),
    Reason.FISCAL: ("{0} read as the firm's fiscal period", "{0}按公司财年理解"),
    Reason.CALENDAR: ("{0} read as the calendar period", "{0}按自然年理解"),
    Reason.NEAREST: ("nearest figure is of {0} ({1} days)", "最近的数字为{0}(相差{1}天)"),
    Reason.LATEST: ("no period stated; newest figure then: {0} {1}", "未写明期间,取当时最新数字:{0} {1}"),
    Reason.ITEM: ("as {0}", "口径:{0}"),
    Reason.OTHER_MEASURE: ("by the measure {0}", "按口径 {0}"),
    Reason.OTHER_PERIOD: ("fits another period: {0} to {1}", "与另一期间相符:{0}至{1}"),
    Reason.REPLACED: ("right by what was known then, replaced since", "按当时所知属实,其后已被更新"),
    Reason.EARLIER: ("true as of {0} {1}", "在{0}时属实 {1}"),
    Reason.LEARNT_LATER: ("became known after the article, on {0}", "文章发表后于{0}才为人所知"),
    Reason.LOOSE_BOUND: ("true, but the bound is far off", "说法成立,但界限过宽"),
    Reason.SIGN: ("same size, opposite sign", "大小一致,正负相反"),
    Reason.LOSS_HAS_NO_MULTIPLE: (
        "no multiple of earnings exists: the year to {1} was a loss of {0} USD million",
        "截至{1}的一年亏损{0}百万美元,不存在市盈率",
    ),
    Reason.TIE_OF: ("{3} of {1} with {2} ({0}; {4}, {5})", "{1}与{2}的{3}({0};{4},{5})"),
    Reason.MORE_THAN_WHOLE: ("more than the whole of {0} to {1}", "超过{0}至{1}全期总额"),
    Reason.SPARSE: ("the book has only {1} closes of {0}", "{0}期间账册只有{1}个收盘数"),
    Reason.ORDER: ("only the order of magnitude is told", "只说了数量级"),
    Reason.OTHER_TIME: (
        "no date, and too far from today's figure to be meant of it",
        "未写明时间,且与当前数字相差过大",
    ),
    Reason.OWES: ("loans and bonds of {0} at that time", "{0}当时的贷款与债券"),
}

CLASHES: Mapping[ClashKind, Pair] = {
    ClashKind.TWO_MARKET_VALUES: ("two market values of one firm at one time", "同一公司同一时间有两个市值"),
    ClashKind.TWO_FIGURES: ("two figures of one thing in one period", "同一期间同一指标有两个数字"),
    ClashKind.PE_OF_A_LOSS: ("a price-earnings ratio of a firm with a loss", "亏损公司却有市盈率"),
    ClashKind.SHARES_ABOVE_100: ("shares of one whole exceed 100 percent", "占比之和超过百分之百"),
    ClashKind.GROWTH_AGAINST_LEVELS: ("growth does not match the article's own levels", "增幅与文中数额不符"),
    ClashKind.RATIO_AGAINST_PARTS: ("a ratio does not match its own parts", "比率与文中两项不符"),
    ClashKind.DEBT_OF_A_DEBT_FREE_FIRM: ("debts of a firm that is said to have none", "号称零债务却有债务"),
}

SUMS: Mapping[SumKind, Pair] = {
    SumKind.ANNUALISED: ("made a full year's", "折成全年"),
    SumKind.CONVERSION: ("converted", "汇率换算"),
    SumKind.MULTIPLE: ("multiple", "倍数"),
    SumKind.TOTAL: ("added up", "加总"),
}

TITLES: Mapping[str, Pair] = {
    "claims": ("Every figure beside the book's", "逐项对照"),
    "clashes": ("Cannot both be true", "文中自相矛盾"),
    "sums": ("Arithmetic done again", "重新验算"),
    "claim": ("claim", "文中数字"),
    "who": ("who", "主体"),
    "what": ("what", "指标"),
    "when": ("when", "期间"),
    "read_as": ("read as", "理解为"),
    "verdict": ("verdict", "结论"),
    "book": ("book", "账册"),
    "gap": ("gap", "偏差"),
    "why": ("why and by what source", "依据与来源"),
    "stated": ("stated", "文中"),
    "computed": ("computed", "验算"),
    "holds": ("holds", "成立"),
    "kind": ("kind", "类别"),
    "claims_list": ("claims", "涉及"),
    "yes": ("yes", "是"),
    "no": ("no", "否"),
    "points": ("points", "个百分点"),
}


def phrase(pair: Pair, lang: str) -> str:
    """One language of a pair."""
    return pair[1] if lang == "zh" else pair[0]


def title(key: str, lang: str) -> str:
    """A heading or a small word."""
    return phrase(TITLES[key], lang)


def told(reason: Reason, values: tuple[str, ...], lang: str) -> str:
    """A reason as a sentence's part; missing values are left blank."""
    filled = (*values, *("",) * 6)
    return " ".join(phrase(REASONS[reason], lang).format(*filled).split())
