"""The reading of 活动地点: on site or online, where, on which platform."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ipweek.annexes.readings.numerals import READ_AT_MOST, level

_PLATFORM = re.compile(
    r"(?:腾讯会议|meeting\.tencent|腾讯视频|腾讯直播|钉钉(?:直播|会议)?|(?i:zoom|webex|teams)|飞书(?:会议)?|企业微信|微信(?:公众号|视频号|小程序|直播|群)|视频号|公众号|服务号|小程序|B站|哔哩哔哩|bilibili"
    r"|抖音(?:号|直播间?)?|快手|小红书|新浪微博|微博|今日头条|喜马拉雅|学习强国|央视频|随申办(?:APP|市民云)?|一直播|看看新闻(?:APP)?|澎湃(?:新闻)?|小鹅通|瞩目|淘宝直播|知乎|优酷|爱奇艺|西瓜视频|百家号|阿基米德(?:APP)?"
    r"|[一-鿿A-Za-z0-9]{0,12}?(?:官网|官方网站|门户网站|网站|APP|(?<!观景)(?<!景观)(?<!亲水)(?<!露天)平台)|官微|微信|上海发布)(?!集团|公司|总部|大厦|滨江|园区|产业)",
    re.IGNORECASE,
)
_NAMELESS = re.compile(r"(?:线上|网络|直播|云)?平台|网站|APP|小程序")
_ONLINE = re.compile(
    r"线上(?!新?经济)|在线(?!新?经济)|网上|网络(?!安全|中心|科技|大学)|云端|云上|云直播|云课堂"
    r"|直播(?!间?基地|中心|产业|大厦|电商|小镇|园)|视频会议|远程|(?i:online|https?://)|新媒体|虚拟"
)
_OFFLINE = re.compile(r"线下|现场|实地")
_UNKNOWN = re.compile(
    r"(?:(?:具体)?(?:活动)?(?:地点|地址|场地|场所|会场)?(?:另行|另)?(?:待定|待确认|待确定|待通知|通知|未定|暂未确定|暂未定|未确定|确定中|落实中|暂无|不详|另定|视情况?而定)|无|暂无|不限|见附件|详见.{0,6}|同上|待|TBD|tbd|/|-+|\?+|x+)"
)
_PENDING = re.compile(r"[(,;、]?\s?(?:具体)?(?:地点|地址|场地|会场|会议室|待)?(?:待定|待确认|待确定|待通知|另行通知|未定|暂定|拟定)\)?")
_LABELS = (
    "线下|线上|外场|内场|主会场|分会场|主场|分场|室内|室外|上午|下午|晚上|论坛|讲座|展览|地点|地址|现场|开幕式|闭幕式|启动仪式"
    "|会场[一二三1-9]?|首场|第[一二三四五六七八九十1-9]{1,2}(?:场|站|期|天)|场次[一二三四五1-9]"
)
_LABEL = re.compile(rf"(?:^|(?<=[;,、\n。 ]))\s?({_LABELS})(?:地点|活动|会场|部分)?\s?[:]\s?")
_LABEL_START = re.compile(rf"[;,、\n。 ]\s?(?=(?:{_LABELS})(?:地点|活动|会场|部分)?\s?:)|[;\n]")
_PLACE_SIGN = "馆园场厅堂楼院校区街道镇村路店心站局号室城江滩岛桥寺宫台座层港所会司厦库基地苑坊里弄)"
_SPLIT = re.compile(rf"[;\n、,/+&]|以及|暨|(?<=[一-鿿)]{{2}}[{_PLACE_SIGN}])[与及和](?=[一-鿿]{{3}})")
_SPLIT_WITHIN = re.compile(r"[、,;/]|[与及和]")
_NUMBERED = re.compile(r"[①-⑳]|(?:^|(?<=\s))[1-9][.、)](?!\d)")
_SEVERAL = re.compile(
    r"各(?!类|式)|(?<!\d)\d{1,5}\s?(?:个|家|所|处)|[两二三四五六七八九十百多数几]{1,4}(?:个|家|所|处)|全市|全区|多地|多个|多处|等地|等处|若干|全国|全镇|沿线|下辖|(?:区|地|校|站|点|园)(?:范围)?内?(?:多点|联动)"
)
_WITH_BOTH = re.compile(
    r"(?:线上[、/+和及与或&\-]?线下|线下[、/+和及与或&\-]?线上)(?:相?结合|同步|同时|联动|融合|双线)?(?:举办|举行|开展|进行|方式|活动|形式)*"
)
_ONLINE_TALK = re.compile(
    r"(?:全程|同步|并|同时|采用|通过|利用|以)?(?:线上(?!新?经济)|在线(?!新?经济)|网上|网络|云端|云上|视频会议|远程|新媒体)+(?:直播|同步|转播|观看|参与|参会|[主分]?会场|活动|会议|形式|方式|平台|课堂|举办|举行|开展|进行|展播|播放|推送|发布|宣传|展示|课程|讲座|培训|答题)*"
    r"|(?:全程|同步|并|同时|通过|云)*直播(?!间?基地|中心|产业|大厦|电商|小镇|园)(?:同步|平台|观看|活动|间)*"
)
_FILLER = re.compile(r"^[\s:;,、+/&()。.\"“”'‘’《》等和及与号在通过采用利用以会议进行举办举行开展平台账号官方同步ID0-9-]*$")
_WEB = re.compile(r"https?://[!-~]{1,300}")
_QUOTED = re.compile(r"[“\"《][^”\"》]{1,40}[”\"》]\s?(?=(?:官方)?(?:微信|公众号|视频号|小程序|抖音|微博|APP|网站|直播))")
_NUMBERED_MEETING = re.compile(
    r"(?:会议号|会议ID|会议室?号|ID|密码)?\s?[:：]?\s?(?<!\d)\d{3}[- ]?\d{3}[- ]?\d{3,4}(?!\d)"
    r"(?:[,，;；、]?\s?(?:会议|入会)?密码\s?[:：]?\s?\d{4,8})?"
)
_ACCOUNT = re.compile(
    r"[^\s、,，;；+＋/()（）:：及和与在]{0,24}(?:微信公众号|公众号|视频号|小程序|官方微博|微博|抖音号|APP|官网|官方网站|网站|服务号|订阅号)"
)
_ABOUT_ONLINE = re.compile(r"(?:线下|线上|现场)?为[主辅]|(?:会议|直播间?|房间)(?:号码?|ID|链接|地址)(?:另行通知|待定|见.{0,6})?|链接(?:另发|待定)?")
_EMPTY_BRACKET = re.compile(r"[(（][\s、,，;；和及+＋:：。.“”\"‘’《》/]*(?:等|平台|账号|官方|同步|同时|号|会议)?[\s、,，;；:：“”\"]*[)）]")


@dataclass(frozen=True)
class VenueReading:
    """``mode``: offline, online, hybrid, or None when the text names no place. ``multi``: more than one place on site."""

    text: str
    mode: str | None
    place: str | None = None
    platform: str | None = None
    multi: bool = False
    unknown: bool = False
    is_pending: bool = False

    def as_json(self) -> dict[str, Any]:
        return {
            "mode": self.mode,
            "place": self.place,
            "platform": self.platform,
            "multi": self.multi,
            "unknown": self.unknown,
            "pending": self.is_pending,
        }

    def in_words(self) -> str:
        """``线上（腾讯会议）``, ``线上线下结合``, ``多个地点``; empty for a plain place, which says it itself."""
        if self.unknown or self.mode is None:
            return "地点待定" if self.is_pending else ""
        if self.mode == "online":
            return f"线上（{self.platform}）" if self.platform else "线上"
        if self.mode == "hybrid":
            return f"线上线下结合（{self.platform}）" if self.platform else "线上线下结合"
        return "多个地点" if self.multi else ""


def read(text: str) -> VenueReading:
    """The reading of *text* as typed; ``place`` keeps the words as typed."""
    levelled = level(text[:READ_AT_MOST])[:READ_AT_MOST]
    if not levelled or _UNKNOWN.fullmatch(levelled.strip(" ()。.,;、")):
        return VenueReading(text, None, unknown=True, is_pending="定" in levelled or "通知" in levelled)
    platforms = _platforms(levelled)
    is_online = bool(platforms) or bool(_ONLINE.search(levelled))
    place = _place(text, levelled) if is_online or _LABEL.search(levelled) or _OFFLINE.search(levelled) else text[:READ_AT_MOST].strip()
    is_pending = _PENDING.search(levelled) is not None
    if place is not None and _UNKNOWN.fullmatch(level(place)):
        place = None
    is_offline = place is not None or bool(_OFFLINE.search(levelled)) or bool(_WITH_BOTH.search(levelled))
    mode = "hybrid" if is_online and is_offline else ("online" if is_online else "offline")
    platform = "、".join(platforms) or None
    return VenueReading(text, mode, place, platform, place is not None and _is_multi(place), False, is_pending)


def _platforms(text: str) -> list[str]:
    found: list[str] = []
    for match in _PLATFORM.finditer(_QUOTED.sub(" ", text)):
        name = "腾讯会议" if match[0] == "meeting.tencent" else match[0].strip()
        name = re.sub(r"^(?:线上|线下|通过|在|同步|直播|和|及|与|以|并|利用|各大?|多个)+", "", name) or name
        if name not in found and not _NAMELESS.fullmatch(name):
            found.append(name)
    return found


def _place(text: str, levelled: str) -> str | None:
    """What is left of the place when the online words are taken away; None when nothing is."""
    labelled = _LABEL.search(levelled)
    source = levelled if labelled else _as_typed(text)
    pieces = _LABEL_START.split(source) if labelled else [source]
    kept = [rest for rest in (_without_online(piece) for piece in pieces) if rest]
    return "; ".join(kept) or None


def _as_typed(text: str) -> str:
    return text[:READ_AT_MOST].strip()


def _without_online(piece: str) -> str:
    piece = _LABEL.sub("", piece.strip())
    rest = _WITH_BOTH.sub(" ", _WEB.sub(" ", piece))
    rest = _QUOTED.sub(" ", rest)
    rest = _PLATFORM.sub(" ", _ACCOUNT.sub(" ", rest))
    rest = _ABOUT_ONLINE.sub(" ", _ONLINE_TALK.sub(" ", _NUMBERED_MEETING.sub(" ", rest)))
    rest = re.sub(r"[\s,，、；;]*(?:(?:同步|同时|并)?(?:在|通过|于|利用)|并|同时|同步)\s*$", "", rest.rstrip())
    rest = re.sub(r"^\s*(?:线下|现场|实地)(?:活动|举办|举行|地点|会场)?\s*[:：]?", " ", rest)
    rest = _EMPTY_BRACKET.sub("", rest)
    if _FILLER.fullmatch(rest):
        return ""
    rest = re.sub(r"[(（]\s*(?:线下|现场)\s*[)）]", "", rest)
    rest = re.sub(r"^[\s、,，;；+＋/和及与&:：。.]+|[\s、,，;；+＋/和及与&:：。.]+$", "", rest)
    rest = re.sub(r"[\s、,，;；]+([)）])", r"\1", rest)
    unwrapped = re.fullmatch(r"[(（]([^()（）]*)[)）]", rest)
    rest = (unwrapped[1] if unwrapped else rest).strip()
    return "" if rest in ("线下", "现场", "实地", "线下活动") else re.sub(r"\s{2,}", " ", rest)


def _is_multi(place: str) -> bool:
    bare = re.sub(r"\([^()]*\)", "", level(place))
    is_numbered = len(_NUMBERED.findall(place)) > 1
    is_split = len([piece for piece in _SPLIT.split(bare) if piece.strip()]) > 1
    return is_numbered or is_split or _SEVERAL.search(bare) is not None or _is_multi_within(level(place))


def _is_multi_within(place: str) -> bool:
    """华东政法大学（长宁校区、松江校区）: several of a kind in a bracket are several places."""
    for inside in re.findall(r"\(([^()]*)\)", place):
        ends = [piece.strip()[-1] for piece in _SPLIT_WITHIN.split(inside) if len(piece.strip()) > 1]
        if len(ends) > 1 and ends[0] in _PLACE_SIGN.replace("号", "") and len(set(ends)) == 1:
            return True
    return False
