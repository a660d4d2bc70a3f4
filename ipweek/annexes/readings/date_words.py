"""The words of a text about days, one after the other. What they mean together is ``time``'s affair."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from ipweek.annexes.readings import clock_times, date_slips
from ipweek.annexes.readings.numerals import small_number, unnumbered

WEEKDAYS = {sign: index for index, signs in enumerate(("一1", "二2", "三3", "四4", "五5", "六6", "日天7")) for sign in signs}
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
NAMED_DAYS = {
    "世界知识产权日": (4, 26), "知识产权日": (4, 26), "四·二六": (4, 26),
    "元旦": (1, 1), "妇女节": (3, 8), "三八": (3, 8), "植树节": (3, 12),
    "消费者权益日": (3, 15), "国家安全教育日": (4, 15), "世界地球日": (4, 22), "世界读书日": (4, 23), "航天日": (4, 24),
    "劳动节": (5, 1), "五一": (5, 1), "青年节": (5, 4), "五四": (5, 4), "中国品牌日": (5, 10), "博物馆日": (5, 18),
    "科技工作者日": (5, 30), "儿童节": (6, 1), "六一": (6, 1), "世界环境日": (6, 5), "建党节": (7, 1), "七一": (7, 1),
    "建军节": (8, 1), "八一": (8, 1), "教师节": (9, 10), "国庆": (10, 1), "十一": (10, 1), "宪法日": (12, 4),
}  # fmt: skip
"""Days with a name and a fixed date. Those of the lunar calendar are not here: they differ from year to year."""

XUN = {
    "上旬": (1, 10), "中旬": (11, 20), "下旬": (21, 31), "上中旬": (1, 20), "中上旬": (1, 20), "中下旬": (11, 31), "上下旬": (1, 31),
    "上半月": (1, 15), "下半月": (16, 31), "初": (1, 10), "中": (11, 20), "底": (21, 31), "末": (21, 31),
}  # fmt: skip


class Word(NamedTuple):
    """One word: its kind, what it says, how it is written, whether other text stands between it and the word before, and its place."""

    kind: str
    value: Any
    text: str
    is_apart: bool = False
    place: tuple[int, int] = (0, 0)


_N = r"(?:\d{1,2}|[一二三四五六七八九十廿卅]{1,3})"
_CN = r"[一二三四五六七八九十廿卅]"
_UP_TO = r"(?=\s?(?:[-~、,;/+)]|至|到|和|及|与|或|[两二三四五六七][日天]|$))"
_ON = r"(?=\s?(?:[(]|举办|举行|开展|召开|启动|开幕|上午|下午|晚|全天|每[天日]|期间|线[上下]))"
_W = "[一二三四五六日天1-7]"
_THINGS = (
    "场次|场|个|期|届|次|小时|分钟|刻钟|人|名|位|家|项|份|册|本|条|楼|层|号(?:楼|厅|馆|门|线|院|会|展)|幢|栋|室|周岁|岁|年级|班|元"
    "|%|折|站|部|件|区|路|组|批|版"
)
_CEREMONY = "式|仪式|会|大会|活动|典礼|当[日天]|日"
_ENGLISH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_NAMES = "|".join(sorted(NAMED_DAYS, key=len, reverse=True))
_ZERO_TO_NINE = "〇零○O一二三四五六七八九"

_PATTERNS: tuple[tuple[str, str], ...] = (
    ("arrival", rf"(?:{clock_times.CLOCK})(?=\s?(?:开始)?(?:签到|报到|入场|进场|集合|检票|候场|午休|休息|闭馆))"),
    ("arrival", rf"(?<![\d分点时半开始])(?:签到|报到|入场|检票|集合)(?:时间)?\s?[:]?\s?(?:{clock_times.CLOCK})"),
    ("clock", clock_times.CLOCK),
    ("ymd", r"(?<!\d)(?:19|20)\d{2}(?:\s?[-/.]\s?\d{1,2}\s?[-/.]\s?|年\d{1,2}月|年\d{1,2}[./])\d{1,2}(?![\d月])[日号]?T?"),
    ("ymd", r"(?<![\d./-])2\d[./-](?:0?[1-9]|1[0-2])[./-]\d{1,2}(?![\d./-])|(?<![\d./])2\d[./](?:0?[1-9]|1[0-2])[./]\d{1,2}(?![\d./])"),
    ("mdy", r"(?<![\d./-])(?:(?:0?[1-9]|1[0-2])/\d{1,2}|(?:1[3-9]|2\d|3[01])/(?:0?[1-9]|1[0-2]))/(?:20)?2\d(?![\d./-])"),
    ("eight", r"(?<!\d)(?:19|20)\d{6}(?!\d)"),
    ("ym", r"(?<!\d)20\d{2}\s?[-/.]\s?(?:1[0-2]|0?[1-9])(?![\d./])月?"),
    (
        "every",
        (rf"每逢?个?(?:周末|周{_W}?|星期{_W}?|礼拜{_W}?|月|季度?|学期|学年|年|工作日|双休日|节假日)"
        rf"|每隔?[一两二三四]个?(?:周|星期|月|天)|逢周{_W}|隔周|[单双]周(?=周|星期)"),
    ),
    ("daily", r"每[天日]|天天|逐日|每个?(?=上午|下午|晚上?|早上?|周末)"),
    (
        "year",
        (rf"(?<!\d)(?:\d{{4}}|\d{{2}}(?=\s?年\s?[\d一二三四五六七八九十])|[{_ZERO_TO_NINE}]{{4}})\s?年度?(?![级内初中底末])"
        r"|(?<!\d)20\d{2}(?=年[内初中底末])"),
    ),
    ("relative_year", r"次年|翌年|明年|来年|去年|上年|前年|后年"),
    ("nth_week", rf"(?:的)?第{_N}个?(?:周|星期|礼拜)(?:{_W}|末)?|最后一个?(?:周|星期)(?:{_W}|末)?"),
    (
        "ip_week",
        (r"(?:[“\"'《]?(?:4[.·月/]26日?|四二六|四·二六)?\s?[”\"]?(?:全国|世界|上海市?|市)?(?:知识产权|知产)?"
        r"(?<!安全)(?<!科技)(?<!科普)(?<!普法)(?<!法治)(?<!读书)(?<!教育)(?<!品牌)(?<!质量)(?<!诚信)(?<!节能)"
        r"(?:宣传周|活动周|服务周)|IP周)[”\"'》]?(?:活动)?"),
    ),
    ("edge_days", r"(?<!提)[前后][两二三四五][天日]"),
    (
        "nth_day",
        (rf"(?:倒数)?第{_N}[天日]|首日|首天|第一日|末日|最后[一1]?[天日]"
        r"|(?:开幕|启动|开始)(?:当[日天]|日)|(?:闭幕|结束)(?:当[日天]|日)"),
    ),
    ("week_beside", r"[前后]的?[一1]个?(?:周(?!年|边)|星期)"),
    ("day_before", r"(?<!提)前[一1][天日]|前夜"),
    ("day_after", r"(?:后|第二|次)[一]?[天日](?!游)|翌日"),
    ("named_day", rf"(?:中国|全国|国际|全民|第\d{{1,3}}个){{0,3}}(?:{_NAMES})(?!{_CN}|月|日|号|个|时|点|楼)(?:劳动节|青年节|节)?"),
    ("holiday", r"小?长假|假期|假日"),
    (
        "month_day_english",
        (rf"(?i:(?<![A-Za-z0-9])\d{{1,2}}(?:st|nd|rd|th)?[- ]{_ENGLISH}\.?(?:[- ,]{{1,2}}(?:20)?\d{{2}}(?![A-Za-z0-9]))?"
        rf"|(?<![A-Za-z0-9]){_ENGLISH}\.?[- ]?\d{{1,2}}(?:st|nd|rd|th)?(?![A-Za-z0-9])(?:,? ?20\d{{2}}(?![A-Za-z0-9]))?)"),
    ),
    (
        "duration",
        (rf"(?:为期|历时|共计?|连续|持续|时长)?\s?(?:{_N}|半|两)\s?个?(?:天|周|星期|工作日)(?:时间)?"
        rf"|(?:为期|历时|共计?|连续|持续){_N}日|{_N}个月"),
    ),
    ("year_part", r"全年|年内|本年度?|今年|年度内?|上半年|下半年|年[初中底末]|第?[一二三四1-4]季度|Q[1-4]"),
    (
        "thing",
        (rf"第?(?<!\d)\d{{1,9}}\s?(?:{_THINGS})(?:次|人)?|第\d{{1,9}}|第{_CN}{{1,4}}(?:{_THINGS})"
        rf"|[一二三四五六七八九十两百]{{1,4}}(?:{_THINGS})"),
    ),
    ("month", rf"(?<!\d){_N}\s?月份?"),
    ("xun", r"[上中下][、,和至~-][上中下]旬|上中旬|中上旬|中下旬|上旬|中旬|下旬|上半月|下半月|(?<=[月份])[初末底中]|(?<!\d)月[初末底中]"),
    ("md", r"(?<![\d.])\d{1,2}\s?[./·]\s?\d{1,2}(?![\d%万千]|\.\d|\s?(?:小时|个|米|元|倍|亿|折))\s?[日号]?"),
    ("md", r"(?<![\d.日月/-])(?:0?[1-9]|1[0-2])-(?:1[3-9]|2\d|3[01])(?![\d月日号.:])|(?<![\d.日月/-])0[1-9]-[0-3]\d(?![\d月日号.:])"),
    ("day", rf"(?<!\d)(?<!第){_N}\s?(?:日(?!内|游|报(?!名|送)|常|均|语|本)|号(?!楼|厅|线|馆|门|室|院|会|场|路|车|口|航|展|[A-Za-z]))"),
    ("weekday_out", rf"(?:周|星期|礼拜){_W}(?:[、,和至到~-]周?{_W})*(?:闭馆|休息|休馆|除外|不开放|停)"),
    ("weekday", rf"(?:周|星期|礼拜){_W}|(?<=\(){_W}(?=\)|[、,至到-]{_W}\))(?<!\d)|(?<=[、,至到-]){_W}(?=[)])(?<!\d)"),
    ("weekend", r"周末|双休日"),
    ("relative", rf"[本这下上]个?(?:周|星期|礼拜)(?:{_W}|末)?|今[天日]|明[天日]|后[天日]|昨[天日]|[本当上]月|下个?月"),
    ("to_date", r"(?:截[至止稿])(?:日期|时间)?(?:为|到|至|于)?|不晚于|不迟于|最晚|最迟"),
    ("begun", rf"(?:启动|开幕|开展|上线)(?!{_CEREMONY})"),
    ("now", r"即日起?|目前起?|现在起?|今起"),
    ("around", r"左右|前后|上下(?!午)|前夕|(?<![预签合纽])约|大约|大概"),
    (
        "before",
        (rf"(?:开始|开幕|启动|结束|闭幕|下班|放学)之?前|之前|以前|为止|止|(?:结束|闭幕|收官)(?!{_CEREMONY}|[之以]?后)"
        r"|前(?!往|期|来|言|提(?!交)|沿|台|三|几|海|滩|进|置|厅|后|一|夕)"),
    ),
    ("from", r"不早于|最早|自(?!行|由|主|助|己)|从"),
    ("after", r"起始?|开始|(?:结束|闭幕)[之以]?后|以后|之后|往后|以来|至今|后(?!续|勤|台|期|方|面|[一天日])"),
    ("or", r"或者?"),
    ("to", r"(?<=[日号])[一](?=\d)|-+>?|~+|→|(?<![冬夏甚以乃])直?至(?!少|多|今)|(?<![签报达])一?直?到(?!场|达|位|会|货)"),
    ("list", r"[、,;/\n+&。]|和|及|与|以及|暨"),
    ("part", clock_times.PART + r"|全天|整天|半天"),
    (
        "inside",
        (r"期间|之间|间|[以之]?内(?!容|场|部)|择[日期机]|某一?[天日]|任意?[一1]?[天日]"
        r"|(?:[中内]的?)?(?:任?选择?|任意|择|某)[一1]个?[天日]?|(?:任?选择?|任意|择)[两二三四五2-6]个?[天日]|[中内]的?(?:任[意选])?[一两二三四五1-6]个?[天日]|任选|二选一|其中[一1][天日]|当周|择时"),
    ),
    ("same_day", r"当[天日](?:活动)?"),
    ("standing", r"长期|常年|常态化?|不定期|随时|持续|近期|日常|经常|长年|定期|永久|适时|工作日|节假日|寒假|暑假|暑期|[春夏秋冬][季天]"),
    (
        "tentative",
        r"暂定|拟定?|预计|初定|计划|(?:具体(?:时间|日期)?)?(?:待定|未定|待确[定认]|另行?(?:通知|定))|TBD|视情|(?:疫情|天气)",
    ),
    ("changed", r"(?:改期?|调整|推迟|延期|提前|变更)(?:至|到|为)"),
    ("among", r"其中|如?遇|顺延|备选|备用|雨天|原定|原计划|原拟"),
    ("number", rf"(?<![\d.第])(?:\d{{1,2}}|{_CN}{{1,3}}){_UP_TO}|(?<![\d.第])\d{{1,2}}{_ON}|(?<=[月份])\s?\d{{1,2}}(?![\d.:%])"),
    ("bracket", r"[()]"),
    ("digits", r"\d+"),
)  # fmt: skip


_NUMERALS = "一二三四五六七八九十廿卅〇零○O两"
_DIGIT_FIRST = frozenset(
    {
        "arrival",
        "clock",
        "ymd",
        "mdy",
        "eight",
        "ym",
        "year",
        "ip_week",
        "month_day_english",
        "duration",
        "thing",
        "month",
        "year_part",
        "md",
        "day",
        "number",
        "digits",
    }
)
_NUMERAL_FIRST = frozenset(
    {"arrival", "clock", "year", "ip_week", "named_day", "duration", "thing", "month", "year_part", "day", "weekday", "to", "number"}
)
_NEVER_OTHERWISE = frozenset({"ymd", "mdy", "eight", "ym", "year", "month", "md", "day", "number", "digits"})
_SINGLE = dict.fromkeys("、,;/\n+&。", "list") | dict.fromkeys("()", "bracket")


def _alternation(kinds: frozenset[str] | None) -> re.Pattern[str]:
    """The patterns of *kinds* in one (None: of all that may begin with neither digit nor numeral)."""
    chosen = [
        f"(?P<g{place}>{pattern})"
        for place, (kind, pattern) in enumerate(_PATTERNS)
        if (kind not in _NEVER_OTHERWISE if kinds is None else kind in kinds)
    ]
    return re.compile("|".join(chosen))


_KINDS = tuple(kind for kind, _ in _PATTERNS)
_WITH_DIGIT = _alternation(_DIGIT_FIRST)
_WITH_NUMERAL = _alternation(_NUMERAL_FIRST)
_WITH_OTHER = _alternation(None)
_FIRST_SIGNS = frozenset("".join(pattern for _, pattern in _PATTERNS)) | frozenset("AaPpQqTtBbDdIi")
"""A sign that stands in no pattern begins no word."""
_OTHER = re.compile(r"[^\W的]")
_NUMBER = re.compile(r"\d+|[一二三四五六七八九十廿卅]+")


def mended(text: str) -> str:
    """*text* (levelled) without the numbers of a list and the slips of the hand, as ``words`` takes it."""
    return date_slips.mend(unnumbered(text))


def words(text: str) -> list[Word]:
    """The words of *text* (mended) in their order; what is not about time is left out."""
    found: list[Word] = []
    at = end = 0
    while at < len(text):
        sign = text[at]
        if sign in _SINGLE:
            found.append(Word(_SINGLE[sign], sign, sign, _OTHER.search(text, end, at) is not None, (at, at + 1)))
            at = end = at + 1
            continue
        match = _at(sign).match(text, at) if sign in _FIRST_SIGNS or sign.isdecimal() else None
        if match is None or match.lastgroup is None:
            at += 1
            continue
        kind = _KINDS[int(match.lastgroup[1:])]
        try:
            value = _VALUES[kind](match[0]) if kind in _VALUES else match[0]
        except ValueError:  # 十二十月 looks like a number and is none
            at += 1
            continue
        found.append(Word(kind, value, match[0], _OTHER.search(text, end, at) is not None, match.span()))
        at = end = match.end()
    return found


def _at(sign: str) -> re.Pattern[str]:
    """The patterns that may begin with *sign*."""
    if sign.isdecimal():
        return _WITH_DIGIT
    return _WITH_NUMERAL if sign in _NUMERALS else _WITH_OTHER


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(small_number(piece) for piece in _NUMBER.findall(text))


def _year_month_day(text: str) -> tuple[int, ...]:
    year, *rest = _numbers(text)
    return (year + 2000 if year < 100 else year, *rest)


def _month_day_year(text: str) -> tuple[int, ...]:
    month, day, year = _numbers(text)
    if month > 12:  # 20/4/2024
        month, day = day, month
    return year % 2000 + 2000, month, day


def _year(text: str) -> int:
    digits = re.sub(r"\s?年度?$", "", text)
    year = small_number(digits)
    return year + 2000 if len(digits) == 2 else year


def _eight(text: str) -> tuple[int, ...]:
    return int(text[:4]), int(text[4:6]), int(text[6:])


def _english(text: str) -> tuple[int, ...]:
    month = next(index for index, name in enumerate(MONTHS, 1) if name in text.lower())
    day, *year = (int(piece) for piece in re.findall(r"\d+", text))
    return ((year[0] % 2000 + 2000) if year else 0, month, day)


def _xun(text: str) -> tuple[int, int]:
    said = re.sub(r"[、,和至~-]", "", text)
    said = said if said in XUN else said.removeprefix("月")
    if said not in XUN:  # 下至下旬
        raise ValueError(text)
    return XUN[said]


def _named(text: str) -> tuple[int, int]:
    return next(NAMED_DAYS[name] for name in sorted(NAMED_DAYS, key=len, reverse=True) if name in text)


def _weekday(text: str) -> int | None:
    return WEEKDAYS.get(text[-1])


_VALUES: dict[str, Callable[[str], Any]] = {
    "arrival": clock_times.read,
    "clock": clock_times.read,
    "ymd": _year_month_day,
    "mdy": _month_day_year,
    "eight": _eight,
    "ym": _numbers,
    "year": _year,
    "month": lambda text: _numbers(text)[0],
    "md": _numbers,
    "month_day_english": _english,
    "day": lambda text: _numbers(text)[0],
    "number": lambda text: _numbers(text)[0],
    "xun": _xun,
    "named_day": _named,
    "weekday": _weekday,
    "every": _weekday,
}
