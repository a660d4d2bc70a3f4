"""Words of a venue that say online: platforms, meetings, broadcasts; and what is left of a place without them."""

from __future__ import annotations

import re

_NO_PLATFORM = "(?!集团|公司|总部|大厦|演播|大楼|滨江|园区|产业|基地)"
_PLATFORM = re.compile(
    r"(?:腾讯会议|meeting\.tencent|腾讯视频|腾讯直播|钉钉(?:直播|会议|群)?|(?i:zoom|webex|(?:microsoft\s)?teams)|飞书(?:会议)?|企业微信|微信(?:公众号|视频号|小程序|直播|群|朋友圈)|视频号|公众号|服务号|订阅号|小程序|B站|哔哩哔哩|bilibili"
    r"|抖音(?:号|直播间)?|快手|小红书|新浪微博|微博|今日头条|喜马拉雅|学习强国|央视频|随申办(?:APP|市民云)?|一网通办|一直播|看看新闻(?:APP)?|澎湃(?:新闻)?|小鹅通|瞩目|淘宝直播|知乎|优酷|爱奇艺|西瓜视频|百家号|阿基米德(?:APP)?|朋友圈|上观新闻|(?:东方|人民|新华|央视|光明|解放)网|[一-鿿]{2,4}网(?=直播|客户端|视频)"
    r"|[一-鿿A-Za-z0-9]{0,12}?(?:官网|官方网站|门户网站|网站|APP|(?<!观景)(?<!景观)(?<!亲水)(?<!露天)平台(?!经济|企业))|官微|微信|上海发布)"
    + _NO_PLATFORM,
    re.IGNORECASE,
)
_NAMELESS = re.compile(r"(?:线上|网络|直播|云|学习|会议|视频|使用|上海)*平台|网站|APP", re.IGNORECASE)
_BEFORE_NAME = re.compile(r"^(?:线上|线下|通过|在|同步|直播|和|及|与|以|并|利用|各[大类]?|多个)+")
_NAMED_APP = re.compile(r"[“\"《]([^”\"》]{1,20})[”\"》]\s?(?=APP|客户端)", re.IGNORECASE)
"""“随申办”APP is the platform 随申办APP; the name before 公众号 is an account."""

_QUOTE = '[“"《‘][^”"》’]{1,40}[”"》’]'
_QUOTED = re.compile(rf"(?:{_QUOTE}[\s、,，和及]{{0,2}}){{1,6}}(?=(?:官方)?(?:微信|公众号|视频号|小程序|抖音|微博|网站|直播))")
_NO_PLACE = re.compile(
    r"暂定|初定|拟定?|待定|另行通知|计划|预计|疫情期间|改为|改在|关注|搜索|扫码|点击|(?:具体)?地点|登录|进入|参与|参加|观看|收看|答题|报名|投稿|征集|地址|链接"
    rf"|{_QUOTE}"
)
"""Words that name no place where nothing else stands."""
_ACCOUNT_BEHIND = re.compile(
    rf"(?<=众号|频号|音号|抖音|B站|快手|红书|程序|微博|播间|务号|阅号)\s?(?:(?:账号)?\s?{_QUOTE}(?:官方)?(?:账号)?|@[^\s、,，;；()（）]{{1,20}}|[(（]\s?(?:{_QUOTE}|账?号\s?[:：][^()（）]{{1,30}})\s?[)）]|[:：]\s?[^\s、,，;；()（）]{{1,20}}(?=$|[\s、,，;；]))"
)
_ACCOUNT = re.compile(
    r"[^\s、,，;；+＋/()（）:：及和与在]{0,24}(?:微信公众号|公众号|视频号|小程序|官方微博|微博|抖音号|APP|官网|官方网站|网站|服务号|订阅号|官微|直播间)"
    + _NO_PLATFORM
)
_WORD = (
    r"线上(?!新?经济)|在线(?!新?经济|[一-鿿]{0,4}(?:中心|集团|公司|学院))|网上|网络(?!安全|中心|科技|大学|视听|通信|空间)|云端|云上|视频会议(?!室)|电话会议|远程|新媒体"
    r"|[两三]微一端|电子邮[件箱]|邮箱|视频(?:参会|连线|接入)"
)
_LIVE = r"直播(?!间?基地|中心|产业|大厦|电商|小镇|园|大?厅|室)"
_SAID = re.compile(
    rf"{_WORD}|{_LIVE}|云直播|云课堂|会议(?:号|ID)|网[页址]|云(?:会议(?!室)|论坛|讲堂|签约)|云展|元宇宙|推文|H5(?!创|园)|(?i:online|https?://)|虚拟(?!现实)"
)
_WITH_BOTH = re.compile(
    r"(?:采[取用]|以|通过)?(?:线上[、/+和及与或&\-]?线下|线下[、/+和及与或&\-]?线上)(?:相?结合|同步|同时|联动|融合|双线)?(?:的)?(?:举办|举行|开展|进行|方式|活动|形式|多渠道|互动)*"
)
_LED = "(?:全程|同步|并|同时|采[取用]|通过|利用|以)*"
_TALK = re.compile(
    rf"{_LED}(?:{_WORD})+(?:为[主辅]|直播|同步|转播|观看|参与|参会|[主分]?会场|[（(][主分]会场[)）]|活动|会议|形式|方式|平台|网页|课堂|举办|举行|开展|进行|展播|播放|推送|发布|宣传|展示|课程|讲座|培训|答题|的)*"
    rf"|(?:全程|同步|并|同时|通过|云)*{_LIVE}(?:同步|平台|观看|活动|间|带货)*"
)
_WHOLLY = re.compile(
    rf"{_LED}(?:{_WORD}|云(?=展|会|课|讲|论坛|直播|平台|游|逛|听|看|答题|学|启动|签约)|虚拟|元宇宙)(?:(?!线下|现场|实地|[及和与并暨])[一-鿿A-Za-z]){{0,8}}(?=$|[、,，;；+()（）\s])|(?:推文|H5|短视频|海报|网页)(?:推送|发布|宣传|页面|答题|小游戏)*"
)
"""线上展厅, 网上推文: no place stands behind such a word."""
_WEB = re.compile(r"(?:https?://|www\.)[!-~]{1,300}|[（(]?各[区单位分会场]{1,4}视频(?:参会|连线|接入)[)）]?")
_NUMBERED_MEETING = re.compile(
    r"(?:会议号|会议ID|会议室?号|会议室|室|ID|密码)?\s?[:：]?\s?[#＃]?\s?(?<!\d)\d{3}[- ]?\d{3}[- ]?\d{3,4}(?!\d)"
    r"(?:[,，;；、]?\s?(?:会议|入会)?密码\s?[:：]?\s?\d{4,8})?"
)
_ABOUT = re.compile(
    r"(?:线下|线上|现场)?为[主辅]|(?:会议|直播间?|房间)(?:号码?|ID|链接|地址)(?:另行通知|待定|见.{0,6})?|链接(?:另发|待[定发])?|网址(?:另行通知|另发|待[定发])?"
)
_FILLER = re.compile(
    r"^[\[\]\s:：;；,，、+＋/&()（）。.\"“”'‘’《》#等和及与号在通过采用取利用以的会议进行举办举行召使仅纯形式方密码视情况开展平台账号官方同步推送软件客户端发布宣文ID0-9-]*$"
)
_EMPTY_BRACKET = re.compile(
    r"[(（][\s、,，;；和及+＋:：。.“”\"‘’《》/]*(?:等|平台|账号|官方|同步|同时|号|会议|[主分]|在|通过|并|现场|线下|[+＋、和及与]|或者?)*[\s、,，;；:：“”\"]*[)）]"
)
_EMPTY_QUOTES = re.compile(r"[“\"‘「『《]\s*[”\"’」』》]")
_MARKS = r"[\s、,，;；+＋/及与&:：。.\-—－]"
_SQUARE = str.maketrans("【】〔〕［］", "（）（）（）")
_EDGES = re.compile(rf"^(?:{_MARKS}|或者?|以及|和(?![平谐睦兴合田顺颐乐]))+|(?:{_MARKS}|或者?|(?<![共永嘉祥中泰颐])和)+$")
_LEFT_OPEN = re.compile(r"[\s,，、；;]*(?:(?:同步|同时|并)?(?:在|通过|于|利用)\s*(?:同步|转播|播出)?|并|同时|同步)\s*$")
_ON_SITE = re.compile(r"^(?:线下|现场|实地)(?:活动|举办|举行|地点|[主分]?会场)?\s*[:：]?\s*(?!$)|[(（【]\s*(?:线下|现场)\s*[)）】]")
_ON_SITE_BEHIND = re.compile(r"(?<=.)线下(?:宣传|活动|开展|举办|培训|展示|设点|咨询)+$|^线下(?:宣传|培训|展示|设点|咨询)+(?=[（(])")
_WHOLE_BRACKET = re.compile(r"[(（]((?:[^()（）]|[(（][^()（）]*[)）])*)[)）]")
_ONLY_ON_SITE = re.compile("(?:线下|现场|实地)(?:活动|培训|[主分]?会场|会议|讲座|论坛|沙龙|展览|展示|宣讲|宣传|参会|参与)?")


def is_said(levelled: str) -> bool:
    """Whether anything of *levelled* says online."""
    return bool(_SAID.search(levelled) or _PLATFORM.search(levelled))


def says_both(levelled: str) -> bool:
    """Whether it says 线上线下 in one breath."""
    return _WITH_BOTH.search(levelled) is not None


def platforms(levelled: str) -> list[str]:
    """The platforms by name, each once. 线上平台 is none; the account before or behind 公众号 is not part of it."""
    found: list[str] = []
    for match in _PLATFORM.finditer(_ACCOUNT_BEHIND.sub(" ", _QUOTED.sub(" ", _NAMED_APP.sub(r"\1", levelled)))):
        name = "腾讯会议" if match[0] == "meeting.tencent" else match[0].strip()
        name = _BEFORE_NAME.sub("", name) or name
        if name not in found and name[0] != "等" and not _NAMELESS.fullmatch(name):
            found.append(name)
    return found


def taken_out(piece: str) -> str:
    """What is left of *piece* without its words about online: the place on site, as typed; empty when there is none."""
    rest = _WITH_BOTH.sub(" ", _WEB.sub(" ", piece.translate(_SQUARE)))
    rest = _ACCOUNT_BEHIND.sub(" ", _QUOTED.sub(" ", _NAMED_APP.sub(r"\1", rest)))
    rest = _WHOLLY.sub(" ", _NUMBERED_MEETING.sub(" ", rest)) if _PLATFORM.search(rest) is None else rest
    rest = _PLATFORM.sub(" ", _ACCOUNT.sub(" ", rest))
    rest = _ABOUT.sub(" ", _TALK.sub(" ", _NUMBERED_MEETING.sub(" ", rest)))
    rest = _EMPTY_QUOTES.sub("", rest)
    rest = _EMPTY_BRACKET.sub("", _LEFT_OPEN.sub("", rest.rstrip()))
    if _FILLER.fullmatch(_NO_PLACE.sub("", rest)):
        return ""
    return re.sub(r"\s{2,}", " ", on_site(_EDGES.sub("", rest)))


def on_site(rest: str) -> str:
    """*rest* without 线下 before the place, or a bracket around it; empty when it says no more than that."""
    if _ONLY_ON_SITE.fullmatch(rest) or _FILLER.fullmatch(rest):
        return ""
    rest = _EDGES.sub("", _ON_SITE.sub("", _ON_SITE_BEHIND.sub("", rest)))
    rest = re.sub(r"[\s、,，;；]+([)）])", r"\1", rest)
    unwrapped = _WHOLE_BRACKET.fullmatch(rest)
    return _EDGES.sub("", unwrapped[1] if unwrapped else rest)
