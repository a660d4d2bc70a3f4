"""What one line of a notice is, by how it looks: who is addressed, an office, running text, the page's own data."""

from __future__ import annotations

import re

from ipweek.notice.reader.lines import Line
from ipweek.notice.reader.numerals import DAY, MONTH, YEAR

KINDS = "通知|通告|公告|函|方案|意见|计划|倡议书|安排|通报|请示|报告|简章|办法|启事|邀请函|工作要点"
DATE = rf"(?:{YEAR}年{MONTH}月{DAY}[日号]?|(?<![0-9])(?:19|20)[0-9]{{2}}[-./][0-9]{{1,2}}[-./][0-9]{{1,2}}(?![0-9]))"
NUMBER = (
    r"〔 ?第?(?P<year>[12] ?[09] ?[0-9] ?[0-9]|二[〇○◯零OoΟ0][〇○◯零OoΟ0一二三四五六七八九]{2})年?〕"
    r" ?第?-? ?(?P<count>[0-9]{1,4}|[一二三四五六七八九十]{1,3}) ?号"
)

ORGANISATION = (
    r"(?:办公室|办公厅|局|委员会|组委会|委|厅|部|人民政府|政府|院|中心|会|学校|大学|公司|处|司"
    r"|科|所|站|社|小组|领导小组|科协|文明办|协会|学会|支队|管委会|秘书处|指挥部|团委|工会|系|室|办|海关|总队|报社|电视台|馆|公署)"
)

META = re.compile(
    r"^(?:\[?(?:发布|更新|修改|发表|创建|上传|录入|编辑|时间|日期|来源|信息来源|稿件来源|文章来源|作者|浏览|阅读|点击|访问|字体|字号|分享|打印|关闭|收藏|索引号|索取号|主题分类|信息分类|公开|"
    r"发布机构|发布单位|发文机关|发文单位|制发机关|成文日期|发文日期|生成日期|发布日期|公开日期|生效日期|废止日期|有效性|文号|发文字号|文件编号|关键词|主题词|体裁|组配|所属主题|责任编辑|编辑|供稿|审核|"
    r"您?当前位置|当前位置|您的位置|您现在的位置|首页|网站首页|返回|视力保护|无障碍|语音|扫一扫|扫码|上一篇|下一篇|相关|通知公告$|公告通知$|公示公告$|通知公示$|政策文件$|密级|紧急程度|特急|加急|平急|签发人|份号|发件人|收件人|发送时间|抄送人|抄送:|名称|标题|大中小|【))"
)
_CRUMBS = re.compile(
    r"〔(?:字体|收藏|打印|关闭|大|分享)|首页.{0,80}(?:>|»|/|-|›)|>>|打印本页|关闭窗口|登录|注册|搜索|客户端|微信|微博|网站地图|设为首页|加入收藏"
)
NOISE = re.compile(
    r"^(?:相关(?:文章|链接|信息|阅读|新闻|稿件|附件下载)|上一[篇条]|下一[篇条]|版权所有|主办单位:|承办单位:|网站标识码|责任编辑|\[?(?:打印|关闭|收藏|返回)|分享到|友情链接|网站地图|联系我们|copyright|扫一扫|"
    r"免责|声明:|技术支持:?[^0-9;]*$|推荐阅读|热门|最新(?:文章|通知)|.{0,12}ICP备|.{0,6}公网安备)",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"^(?:为|根据|按照|依据|遵照|经|今年|现将|现就|现转发|现印发|近日|近期|日前|[12][0-9]{3}年是|[12][0-9]{3}年[0-9]{1,2}月|每年|随着|近年|在第?|自|接|由|应|结合|围绕|鉴于|因|由于|兹|我[市区局办省]|《|于|4月26日|一、)"
)
ANNEX = r"附 ?(?:件|表|录)"
ANNEX_NUMBER = r"(?:[0-9](?=20[0-9]{2}年)|[0-9]{1,2}(?![0-9])|[一二三四五六七八九十]{1,3})"
DATE_LINE = re.compile(
    rf"^[(]?(?P<date>{DATE})[)]?(?P<tail>\((?:此件|本件|主动|依申请|公开|联系|印章|公章|盖章|章)[^。]{{0,300}})?(?:印发)?$"
)
SIGNED = re.compile(
    rf"^(?P<who>[^,。:;!?]{{2,60}}?{ORGANISATION}(?:\((?:章|印章|盖章|代章|公章)\))?)(?P<date>{DATE})(?P<tail>\([^。]{{0,300}})?$"
)
CONTACT = re.compile(r"联系(?:人|电话|方式|单位)|^\(?(?:电话|传真|邮箱|邮编|地址|电子邮箱|E-?mail)", re.IGNORECASE)
_ADDRESSEE = re.compile(
    r"(?:各|局|委|办|办公室|单位|政府|公司|部门|会|学校|处室|街镇|街道|机构|企业|院|厅|大学|中心|同志|社|团|所|部|法院|检察院|海关|镇|区)[)〕》”]?(?:,|并)?:$"
)
_ADDRESS_WORD = re.compile(r"^[^,。;]{0,16}(?:各|有关|相关|局|委|办|政府|单位|中心|公司|厅|院|部|会)")


_STRAY = re.compile(
    r"^(?:[-·]{0,3}[0-9]{1,3}[-·]{0,3}|第[0-9一二三四五六七八九十]{1,3}页(?:,?共[0-9一二三四五六七八九十]{1,3}页)?|[0-9]{1,3}/[0-9]{1,3}"
    r"|https?://\S+|(?:19|20)[0-9]{2}[-/.][0-9]{1,2}[-/.][0-9]{1,2} ?[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?"
    r"|(?:内部(?:资料|文件|使用|材料)|仅供[^,。]{0,8}|请勿外传|注意保存|扫描全能王|CamScanner|创建|由|扫描|样稿|水印)+)$",
    re.IGNORECASE,
)


def is_stray(bare: str) -> bool:
    """Whether a line is left from the paper or the screen: a page's number, its address, the minute of printing, a watermark."""
    return _STRAY.match(bare) is not None


_EVERYBODY = re.compile(r"^(?:全[市省区县校院]|本[市区]|市属|区属)?(?:各|有关|相关)[^。;:!?]{1,300}:$")


def is_addressee(bare: str) -> bool:
    """Whether a line names those to whom the notice goes."""
    if _EVERYBODY.match(bare) and not re.search(r"(?:联系|要求|时间|安排|分工|内容|方式|如下|事项|情况|材料|电话)[^,、]{0,4}:$", bare):
        return True
    return bool(
        4 <= len(bare) <= 900
        and _ADDRESSEE.search(bare)
        and "。" not in bare
        and not META.match(bare)
        and not re.match(r"^(?:为|根据|按照|联系|附|[一二三四五六七八九十]、|\()", bare)
        and not re.search(r"通知如下|如下:|以下:|事项:", bare)
        and _ADDRESS_WORD.search(bare)
    )


def is_sentence(bare: str) -> bool:
    """Whether a line is running text rather than a title or a label."""
    return (
        ("。" in bare and len(bare) > 12)
        or bool(_OPENING.match(bare) and len(bare) > 20 and ("," in bare or not re.search(rf"(?:{KINDS}|》)$|[12][0-9]{{3}}年$", bare)))
        or bool(re.match(r"^一、\S{2,12}$", bare))
    )


def is_meta(line: Line) -> bool:
    """Whether a line is about the page and not of the notice: 发布时间, 浏览次数, where you are."""
    return bool(META.match(line.bare) or _CRUMBS.search(line.bare) or NOISE.match(line.bare))


def is_seal_for(bare: str) -> bool:
    """Whether a line only tells whose seal stands for the office over it: （某局代章）."""
    return re.fullmatch(r"\([^()]{2,40}代章?\)", bare) is not None


def is_issuer(bare: str) -> bool:
    """Whether a line can be an office that signs: a name, no sentence, no item of a list."""
    bare = re.sub(rf"\((?:章|印章|盖章|代章|公章|印|[\u4e00-\u9fff]{{2,20}}{ORGANISATION})\)$", "", bare)
    return bool(
        2 <= len(bare) <= 60
        and bare.count("(") == bare.count(")")
        and re.search(r"[\u4e00-\u9fff]{2}", bare)
        and not re.search(r"[,。;:!?“”《》0-9]", bare)
        and not re.match(r"^(?:特此|附|以上|此致|[一二三四五六七八九十]、|\(|-)", bare)
        and not re.search(r"(?:表|名单|方案|回执|模板|通知|函)$", bare)
        and (re.search(rf"{ORGANISATION}$", bare) or len(bare) <= 12)
    )
