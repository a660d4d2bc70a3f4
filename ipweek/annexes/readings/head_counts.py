"""The numbers of a text about size, each with its bounds, its unit and its place (online, on site). ``scale`` adds them up."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field

from ipweek.annexes.readings.numerals import level, number, unnumbered

MOST_PEOPLE = 10**12
"""A number above this is no head count."""

LONGEST_NUMBER = 20
"""Signs of a number; more are no number."""

_DIGITS = "零一二两三四五六七八九"
_NUMBER = (
    rf"(?<![\d.])\d{{1,3}}(?:,\d{{3}}){{1,4}}(?![\d,]\d)(?:\.\d{{1,4}})?(?:\s?[十百千万亿]{{1,3}})?"
    r"|(?<![\d.])\d{1,15}(?:\.\d{1,9})?(?!\.?\d)\s?(?:[万千]\d[千百](?!\d)|[十百千万亿]{1,3}|[wWkK](?![A-Za-z]))?"
    rf"|[〇{_DIGITS}十百千万亿廿卅]{{1,16}}"
)
_LEAST = r"不少于|不低于|不下于|不下|至少|最少|大于|多于|高于|超过|超出|突破|起码|逾|超|>=|≥|>|[上过](?=[百千万](?:[人名位余,;、(]|$))"
_MOST = (
    r"不超过|不多于|不高于|不大于|不超|最多|至多|少于|不足|不到|不满|低于|小于|接近|将近|上限为?|容量为?|控制在|(?:限额?|名额)(?:报|定)?(?:为|在)?\s?:?"
    r"|(?:最大|最多|可)?容纳|近|<=|≤|<"
)
_ABOUT = r"大约|大概|约为|约计?|~|左右"
_OVER = r"及?以上|余|多|几|\+(?=\s?(?:$|[,;、()人名位个次]|参))|起(?=$|[,;、()])"
_WITHIN = r"[以之]内|及?以下|内(?=$|[,;、)/])|封顶|为限|为?上限|\s?\(?限额\)?"
_AROUND = r"左右|上下|来(?=[人名位])|许"
NOUNS = "师生|学生|学员|观众|嘉宾|群众|居民|市民|志愿者|代表|干部|职工|听众|读者|企业家|教师|老师|专家|从业者|选手|网友|人员|儿童|家长"
_PEOPLE = (
    r"人\(次\)|人\.?次|人/次|个?人(?!民|大代表|才|工智|文|均|行道|像|脸|气|力|物|体|口|生|权|社)|名(?!额?单|录|称)|位(?!置|于)|员工|个?名额|(?:余|多)?(?:"
    + NOUNS
    + ")"
)
_SESSION = "场次|场|期|次|批|天|日|轮|班次?|节|讲"
_THINGS = (
    r"万?元|平方米|平米|m2|个?(?:校区|村居|单位|企业|家庭|街道|街镇|镇|社区|学校|高校|园区|区|部门|点位|站点|网点|团队|项目|小时|工作日|班级|摊位|展位|展台|代表团|分会场|会场|队伍?|班|组)"
    rf"|{_SESSION}|家|份|项|个|件|册|本|条|篇|部|台|辆|户|组|支|队|所|校|分钟|课时|%|站|处|张|幅|块|套|类|种|座|层|栋|间|桌|车|版|届|年|月|号|时|秒|米|亩|周|粉丝|点击|浏览|阅读|播放|转发"
)
_GROUPS = "校区|村居|街镇|街道|镇|村|社区|单位|企业|学校|班级|点位|站点|园区"
_PER = rf"\s?/\s?(?:每|一)?(?:个?区|个?(?:{_GROUPS})|{_SESSION})|\s?\(?每(?:场次|场|期|天|日|批|轮|班|节)(?=\s?(?:$|[,;、)]))"
QUANTITY = re.compile(
    rf"(?<!第)(?P<before>(?:(?:{_LEAST}|{_MOST}|{_ABOUT})\s?){{0,3}})"
    rf"(?P<low>(?P<pair>[一二两三四五六七八][二两三四五六七八九](?=[十百千万])[十百千万]{{1,3}})|(?P<few>[二三四五六七八九]?十几)|{_NUMBER})\s?"
    rf"(?P<after_low>{_OVER}|{_WITHIN}|{_AROUND})?(?P<magnitude>(?<=[余多几])[万千百亿]{{1,3}})?\s?(?:\((?P<bracketed>人次|人|名)\))?(?P<unit_low>{_PEOPLE}|{_THINGS})?(?:\s?\(?含(?:本数)?\)?(?=[以及]))?(?P<over_low>{_OVER})?"
    rf"(?:\s?(?:-+|~+|至|到|或)\s?(?P<high>{_NUMBER})\s?(?P<unit_high>{_PEOPLE}|{_THINGS})?)?"
    rf"\s?(?P<after>(?:{_OVER}|{_WITHIN}|{_AROUND}){{0,3}})(?P<per>{_PER})?"
)
_WORDS: tuple[tuple[str, str], ...] = (
    ("both", r"(?:线上[、/+和及与\-]?线下|线下[、/+和及与\-]?线上)(?:相?结合|同步|同时|联动)?"),
    (
        "online",
        r"现场直播|(?:线上|网络|在线|同步){0,3}(?:直播间?|转播)|(?:线上|在线|网上|网络|云端|云上|视频会议|远程)(?:同步|[主分]?会场)?(?:(?:观看|收看|参与)(?!量|数|次数))?",
    ),
    ("offline", r"线下|现场|实地|(?:主|分)?会场|场内|(?<!实际)到场"),
    (
        "vague",
        r"(?<![一二两三四五六七八九])百八十|[数几](?:十|百|千|万){1,3}(?:上千)?|成百上千|成千上万|若干(?![场次期批个家])|数以[十百千万]计",
    ),
    (
        "per",
        rf"(?:平均)?每(?:个|一|家|所)?(?:{_GROUPS}|区|组|队|站|点|家|所|校|{_SESSION})(?:活动|讲座|培训)?|各(?:{_GROUPS}|区|校)(?=\s?(?:限|约|近|不|选派)?\s?\d)|单场|[场日天]均",
    ),
    ("each", r"各自|分别(?:为|约)?|(?:各|每[个家所组处站])(?=\s?(?:约|近|不|超|有|限)?\s?[\d一二两三四五六七八九十百千])"),
    ("metric", r"(?:观看|浏览|阅读|点击|播放|访问|转发|曝光|传播|关注|点赞|收听)(?:总?量|数|次数)"),
    ("total", r"=|总人数|总规模|总计|合计|共计|累计|一共|总共|共(?!同|建|享|产|青)"),
    ("besides", r"另外?有?|此外"),
    ("part_of", r"其中|包括|包含|含"),
    ("quantity", QUANTITY.pattern),
    ("times", r"×|\*|乘以?|[xX]"),
    ("sep", r"[,;、\n/+。&]|和|及|(?<!参)与"),
    ("open", r"\("),
    ("close", r"\)"),
)
_ANY = re.compile("|".join(f"(?P<w_{kind}>{pattern})" for kind, pattern in _WORDS))
_FORMAL = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟萬俩仨", "一二三四五六七八九十百千万两三")
_CLOCK = re.compile(r"(?<!\d)(?:[01]?\d|2[0-4]):[0-5]\d(?!\d)")
_EVERY_SO_OFTEN = re.compile(r"每(?:个?月|周|个?星期|季度|年|学期)(?:举办|开展|组织)?[\d一两二三四]{1,3}(?:场|次|期|节)")
_TWO_DIGITS = re.compile(
    r"(?<!\d)([1-8])、([2-9])(?=[百千万])|(?<![一二两三四五六七八九十百千万])([一二三四五六七八])、([二三四五六七八九])(?=[十百千万])"
)
_BOTH_BOUNDS = re.compile(r"(\d{1,9})\s?[≤<]=?\s?(?:参与|参加)?(?:人数)?\s?[≤<]=?\s?(\d{1,9})")
_MORNING_AND_AFTERNOON = re.compile(r"上午?[、和及]?下午各(?:([一1]场)|(?=\s?约?\d))")
_BLANK_IN_WORDS = re.compile(r"(?<=[十百千万每共第各约、]) +(?=\d)|(?<=\d) +(?=[十百千万场次期个人名位家])")
_ONCE_EACH = re.compile(r"每个?(社区|街镇|街道|镇|村|学校|企业|单位|园区)(?:开展|举办|组织)?[1一]场[,，;；、]每场(?:活动)?")
_PER_WORDS = re.compile(r"^(?:平均)?[每各](?:[个一]|[家所](?=.))?|(?:活动|讲座|培训)$")
_SPACED_DIGITS = re.compile(
    r"(?<![\d.])\d(?: \d){2,}(?![\d.])|(?<![\d.])\d{1,3}(?: \d{3})+(?=\s?[人名位余])"
    r"|(?<![\d.])\d(?: \d)+(?=\s?[人名位])"
)
_TEENS = re.compile("([二三四五六七八九]?十)([一二三四五六七八])([二三四五六七八九])")
"""十五六 is 15 to 16."""
_PLUS_MINUS = re.compile(r"(\d{1,6})\s?(?:±|\+/-)\s?(\d{1,6})")
_FULL_WIDTH_COMMA = re.compile(r"(?<=\d{3})，(?=\d)")
_BOUND = re.compile(rf"(?P<least>{_LEAST}|上$)|(?P<most>{_MOST})")
_ABOUT_SO = re.compile(rf"{_ABOUT}|左右|上下|来|许")
_ENDS_IN_NOUN = re.compile(rf"(?:{NOUNS}|人[数次])\s?(?:约?为|达到?|有|:)?\s?$")
_IS_PEOPLE = re.compile(_PEOPLE)


@dataclass
class Quantity:
    """One number of the text with what stands around it. ``low`` or ``high`` is None on the open side."""

    low: int | None
    high: int | None
    kind: str = "bare"  # people, thing, bare
    place: str = ""  # online, offline
    unit: str = ""
    text: str = ""
    per: str = ""
    is_approximate: bool = False
    is_detail: bool = False  # a part of a number before it
    is_total: bool = False
    is_each: bool = False
    is_per_ahead: bool = False  # 每场 was said before 线上 or 线下: it goes for what follows too

    @property
    def anchor(self) -> int | None:
        return self.low if self.low is not None else self.high


@dataclass
class Counts:
    """All numbers of a text, and what stands between them."""

    quantities: list[Quantity] = field(default_factory=list)
    open_places: set[str] = field(default_factory=set)  # online without a number: 线上直播
    has_vague: bool = False  # 数百, 若干
    product_at: int | None = None  # the place of the number behind ×: 5场×30人
    rest: str = ""  # what is not about numbers


def read(text: str) -> Counts:
    """The numbers of *text* as typed, in their order."""
    levelled = unnumbered(level(_FULL_WIDTH_COMMA.sub("、", text))).translate(_FORMAL)
    levelled = _PLUS_MINUS.sub(lambda match: f"{int(match[1]) - int(match[2])}-{int(match[1]) + int(match[2])}", levelled)
    levelled = _TWO_DIGITS.sub(_one_after_the_other, _EVERY_SO_OFTEN.sub("", _CLOCK.sub("时", _BLANK_IN_WORDS.sub("", levelled))))
    levelled = _MORNING_AND_AFTERNOON.sub(lambda half: "2场" if half[1] else "2场各", levelled.replace("→", "-"))
    levelled = _ONCE_EACH.sub(r"每个\1", _BOTH_BOUNDS.sub(r"\1-\2", levelled))
    return _Walk(_SPACED_DIGITS.sub(lambda match: match[0].replace(" ", ""), levelled)).walk()


def _one_after_the_other(found: re.Match[str]) -> str:
    """2、3百 is 2-3百, 六、七十 is 六七十."""
    return f"{found[1]}-{found[2]}" if found[1] else f"{found[3]}{found[4]}"


class _Walk:
    """Goes over the words once; a place (线上, 线下) belongs to the next number, or in brackets to the one before."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.counts = Counts()
        self.place = self.per = ""
        self.place_is_used = True
        self.place_depth = 0
        self.in_clause: list[Quantity] = []
        self.depth = 0
        self.detail_depth = -1
        self.is_total = self.is_each = self.is_both = self.is_detail = self.is_metric = self.is_added = self.is_per_ahead = (
            self.is_besides
        ) = False

    def walk(self) -> Counts:
        matches = list(_ANY.finditer(self.text))
        end, rest = 0, []
        for place, match in enumerate(matches):
            rest.append(self.text[end : match.start()])
            end = match.end()
            kind = (match.lastgroup or "").removeprefix("w_")  # the outer group closes last
            if kind in ("online", "offline"):
                self._say_place(kind, match[0], is_last=_ends_here(matches[place + 1 : place + 3]))
            elif kind == "quantity":
                self._say_quantity(match, after_noun=_ENDS_IN_NOUN.search(rest[-1]) is not None)
            else:
                self._say(kind, match[0])
        self._end_clause()
        rest.append(self.text[end:])
        self.counts.rest = "".join(rest)
        return self.counts

    def _say_place(self, place: str, text: str, *, is_last: bool) -> None:
        free = self.counts.quantities[-1] if self.counts.quantities and (self.in_clause or self.depth) else None
        if is_last and self.is_detail and (free is None or not self.depth or not free.is_detail):
            return  # 500人（含线上）
        if is_last and free is not None and not free.place and free.kind != "thing" and "同步" not in text:
            free.place = place
        else:
            self._end_place()
            self.place, self.place_is_used, self.place_depth = place, False, self.depth

    def _say_quantity(self, match: re.Match[str], *, after_noun: bool) -> None:
        quantity = _quantity(match)
        if quantity is None:
            return
        if quantity.kind == "bare" and after_noun:
            quantity.kind = "people"  # 学生100、教师20
        self._add_up(quantity)
        if self.is_metric and quantity.kind == "bare":
            quantity.kind = "thing"  # 观看量10万+
        self.is_metric = False
        if quantity.kind != "thing":
            if not self.is_detail or self.depth <= self.place_depth:  # else 线上直播（含工作人员10人）: the ten are not those online
                quantity.place = self.place or self._left_open()
                self.place_is_used = True
            quantity.is_total, self.is_total = self.is_total and not self.place, False
            quantity.is_detail = self.is_detail or self._is_breakdown(quantity)
            quantity.is_per_ahead = bool(self.per) and self.is_per_ahead
            quantity.per = quantity.per or self.per or self._shared_per(quantity)
            quantity.is_each, self.is_each = self.is_each, False
            self.per = ""
            if self.is_both and quantity.is_each:
                self._keep(_in_place(quantity, "online"))
                quantity = _in_place(quantity, "offline")
            elif quantity.is_each:
                self._multiply(quantity)
            self.is_both = False
        self.is_total = False  # 共5场，每场100人: the 5 are the total of something else
        self._keep(quantity)

    def _add_up(self, quantity: Quantity) -> None:
        """100+50人: both count people."""
        before = self.counts.quantities[-1] if self.counts.quantities else None
        if self.is_added and before is not None and {before.kind, quantity.kind} == {"bare", "people"}:
            before.kind = quantity.kind = "people"
        self.is_added = False

    def _shared_per(self, quantity: Quantity) -> str:
        """每场线下100人、线上500人: 每场 goes for both."""
        before = self.counts.quantities[-1] if self.counts.quantities else None
        is_pair = before is not None and before.place and quantity.place and before.place != quantity.place
        return before.per if before is not None and is_pair and before.is_per_ahead else ""

    def _left_open(self) -> str:
        """线上直播，1万人次: the place of the clause before, where only that place was said and nobody counted yet."""
        is_first = not any(each.kind != "thing" for each in self.counts.quantities)
        return self.counts.open_places.pop() if is_first and len(self.counts.open_places) == 1 else ""

    def _multiply(self, quantity: Quantity) -> None:
        """16个分会场各50人 are 800; without a number of things it stays open how many."""
        before = self.counts.quantities[-1] if self.counts.quantities else None
        if before is not None and before.kind == "thing" and before.low == before.high and before.low:
            quantity.low = None if quantity.low is None else quantity.low * before.low
            quantity.high = None if quantity.high is None else quantity.high * before.low
            quantity.is_each = False

    def _keep(self, quantity: Quantity) -> None:
        self.counts.quantities.append(quantity)
        self.in_clause.append(quantity)

    def _is_breakdown(self, quantity: Quantity) -> bool:
        """Whether a number in brackets only details the one before them."""
        if not self.depth or self.is_besides:
            return False
        mains = [each for each in self.counts.quantities if each.kind != "thing" and not each.is_detail]
        return bool(mains) and (not mains[-1].place or not quantity.place or mains[-1].place == quantity.place)

    def _say(self, kind: str, text: str) -> None:
        if kind == "sep":
            self._end_clause()
            self.is_added = text == "+"
            self.is_detail = self.is_detail and text not in ";。\n"
        elif kind in ("open", "close"):
            self.is_besides = False
            self.depth = max(0, self.depth + (1 if kind == "open" else -1))
            self.is_detail = self.is_detail and kind == "open"
            if self.depth < self.place_depth:
                self.place_depth = self.depth
                if self.place_is_used:
                    self._end_place()
        elif kind == "vague":
            self.counts.has_vague = self.place_is_used = True
        elif kind == "times":
            self.counts.product_at = len(self.counts.quantities)
        elif kind == "per":
            self.is_per_ahead = not self.place
            self.per = _PER_WORDS.sub("", text) if text.startswith(("每", "平均每", "各")) else text[0].replace("单", "场")
        elif kind == "besides":
            self.is_besides, self.is_detail = True, False
        elif kind == "part_of":
            self.is_detail = bool(self.counts.quantities)
        else:
            self._say_of_next(kind)

    def _say_of_next(self, kind: str) -> None:
        """Words about the number that follows."""
        if kind == "total":
            self.is_total = True
        elif kind == "each":
            self.is_each = True
        elif kind == "both":
            self.is_both = True
        elif kind == "metric":
            self.is_metric = True

    def _end_clause(self) -> None:
        self._end_place()
        self.in_clause = []

    def _end_place(self) -> None:
        if self.place and not self.place_is_used:
            self.counts.open_places.add(self.place)
        self.place, self.place_is_used = "", True


def _ends_here(following: list[re.Match[str]]) -> bool:
    """Whether no number comes before the next mark: at the end, before a comma, or before a bracket without one (暂定).

    A part in a bracket counts as none: 200人线下（含嘉宾20人）.
    """
    if not following or following[0]["w_sep"] is not None or following[0]["w_close"] is not None:
        return True
    is_behind = len(following) > 1 and (following[1]["w_close"] is not None or following[1]["w_part_of"] is not None)
    return following[0]["w_open"] is not None and is_behind


def _in_place(quantity: Quantity, place: str) -> Quantity:
    return Quantity(quantity.low, quantity.high, "people", place, quantity.unit, quantity.text, is_approximate=quantity.is_approximate)


def _quantity(match: re.Match[str]) -> Quantity | None:
    """The quantity of one match; None for what is no whole number."""
    low, high = _numbers(match)
    if low is None or (high is not None and high > MOST_PEOPLE) or low > MOST_PEOPLE:
        return None
    unit = match["unit_high"] or match["unit_low"] or match["bracketed"] or ""
    kind = "bare" if not unit else ("people" if _IS_PEOPLE.fullmatch(unit) else "thing")
    said = "".join(match[name] or "" for name in ("before", "after_low", "over_low", "after"))
    is_range = high is not None or match["few"] is not None
    ends: tuple[int | None, int | None] = (low, high if is_range and high is not None else (None if match["few"] else low))
    ends = _bounded(ends, match["before"] or "", said, is_range=is_range)
    per = (match["per"] or "").strip(" (/每一")
    is_approximate = _ABOUT_SO.search(said) is not None
    return Quantity(*ends, kind, unit=unit, text=match[0].strip(), per=per, is_approximate=is_approximate)


def _bounded(ends: tuple[int | None, int | None], before: str, said: str, *, is_range: bool) -> tuple[int | None, int | None]:
    """*ends* opened on the side that 以上, 不超过 and the like leave open."""
    bounds = {match.lastgroup for match in _BOUND.finditer(before.strip())}
    behind = said[len(before) :]
    least = "least" in bounds or re.search(r"以上|余|多|几|\+|起", behind) is not None
    most = "most" in bounds or re.search(r"内|以下|封顶|限", behind) is not None
    if is_range or least == most:
        return (ends[0], None) if is_range and least and not most else ends
    return (ends[0], None) if least else (None, ends[1])


def _numbers(match: re.Match[str]) -> tuple[int | None, int | None]:
    """The low and the high number; the high one is None where only one is written."""
    if match["pair"]:
        tail = match["low"][2:]
        return _whole(_value(match["low"][0] + tail)), _whole(_value(match["low"][1] + tail))
    teens = _TEENS.fullmatch(match["low"].strip())
    if teens and not match["high"]:
        return _whole(_value(teens[1] + teens[2])), _whole(_value(teens[1] + teens[3]))
    text = match["low"].replace("十几", "十") if match["few"] else match["low"]
    low = _value(text)
    if match["magnitude"]:
        low *= _value("一" + match["magnitude"])
    if not match["high"]:
        return _whole(low), None
    high = _value(match["high"])
    scale = re.search(r"[十百千万亿]+$|[wWkK]$", match["high"])
    if scale and not re.search(r"[十百千万亿wWkK]$", text):  # 1-2万
        factor = high / (_value(match["high"][: scale.start()]) or 1)
        low = low * factor if low * factor <= high else low
    return _whole(min(low, high)), _whole(max(low, high))


def _value(text: str) -> float:
    return number(text) if len(text) <= LONGEST_NUMBER else math.inf


def _whole(value: float) -> int | None:
    """*value* where it is a whole number; floats carry dust (2.1 × 10,000)."""
    return round(value) if value < math.inf and abs(value - round(value)) < 1e-6 * max(1.0, value) else None
