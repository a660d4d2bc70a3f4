"""The parts of a notice: what stands over the title, the title, the text, the signature, and the annexes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ipweek.notice.reader import pasted
from ipweek.notice.reader.document import Block, Document, Table
from ipweek.notice.reader.lines import Line
from ipweek.notice.reader.numerals import DAY, MONTH, YEAR
from ipweek.notice.reader.numerals import number as value_of

KINDS = "通知|通告|公告|函|方案|意见|计划|倡议书|安排|通报|请示|报告|简章|办法|启事|邀请函|工作要点"
DATE = rf"(?:{YEAR}年{MONTH}月{DAY}[日号]?|(?<![0-9])(?:19|20)[0-9]{{2}}[-./][0-9]{{1,2}}[-./][0-9]{{1,2}}(?![0-9]))"
NUMBER = r"〔 ?第?(?P<year>[12] ?[09] ?[0-9] ?[0-9]|二[〇○◯零OoΟ0][〇○◯零OoΟ0一二三四五六七八九]{2})年?〕 ?第?-? ?(?P<count>[0-9]{1,4}) ?号"

ORGANISATION = (
    r"(?:办公室|办公厅|局|委员会|组委会|委|厅|部|人民政府|政府|院|中心|会|学校|大学|公司|处|司"
    r"|科|所|站|社|小组|领导小组|科协|文明办|协会|学会|支队|管委会|秘书处|指挥部|团委|工会|系|室|办)"
)

_META = re.compile(
    r"^(?:\[?(?:发布|更新|修改|发表|创建|上传|录入|编辑|时间|日期|来源|信息来源|稿件来源|文章来源|作者|浏览|阅读|点击|访问|字体|字号|分享|打印|关闭|收藏|索引号|索取号|主题分类|信息分类|公开|"
    r"发布机构|发布单位|发文机关|发文单位|制发机关|成文日期|发文日期|生成日期|发布日期|公开日期|生效日期|废止日期|有效性|文号|发文字号|文件编号|关键词|主题词|体裁|组配|所属主题|责任编辑|编辑|供稿|审核|"
    r"您?当前位置|当前位置|您的位置|您现在的位置|首页|网站首页|返回|视力保护|无障碍|语音|扫一扫|扫码|上一篇|下一篇|相关|密级|紧急程度|特急|加急|平急|签发人|份号|名称|标题|大中小|【))"
)
_CRUMBS = re.compile(r"首页.{0,80}(?:>|»|/|-|›)|>>|打印本页|关闭窗口|登录|注册|搜索|客户端|微信|微博|网站地图|设为首页|加入收藏")
NOISE = re.compile(
    r"^(?:相关(?:文章|链接|信息|阅读|新闻|稿件|附件下载)|上一[篇条]|下一[篇条]|版权所有|主办单位:|承办单位:|网站标识码|责任编辑|\[?(?:打印|关闭|收藏|返回)|分享到|友情链接|网站地图|联系我们|copyright|扫一扫|"
    r"免责|声明:|技术支持|推荐阅读|热门|最新(?:文章|通知)|.{0,12}ICP备|.{0,6}公网安备)",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"^(?:为|根据|按照|依据|遵照|经|今年|现将|现就|现转发|现印发|近日|近期|日前|[12][0-9]{3}年是|[12][0-9]{3}年[0-9]{1,2}月|每年|随着|近年|在第?|自|接|由|应|结合|围绕|鉴于|因|由于|兹|我[市区局办省]|《|于|4月26日|一、)"
)
_ADDRESSEE = re.compile(
    r"(?:各|局|委|办|办公室|单位|政府|公司|部门|会|学校|处室|街镇|街道|机构|企业|院|厅|大学|中心|同志|社|团|所|部|法院|检察院|海关|镇|区)[)〕》”]?(?:,|并)?:$"
)
_ADDRESS_WORD = re.compile(r"^[^,。;]{0,16}(?:各|有关|相关|局|委|办|政府|单位|中心|公司|厅|院|部|会)")
_ANNEX = r"附 ?(?:件|表|录)"
_ANNEX_NUMBER = r"(?:[0-9](?=20[0-9]{2}年)|[0-9]{1,2}(?![0-9])|[一二三四五六七八九十]{1,3})"
_ANNEX_ALONE = re.compile(rf"^[(〔]?(?:{_ANNEX}|附)[-:]?[(〔]?(?P<n>{_ANNEX_NUMBER})?[)〕]?[-:.、]?[)〕]?$")
_ANNEX_TITLED = re.compile(rf"^[(〔]?{_ANNEX}:?[(〔]?(?P<n>{_ANNEX_NUMBER})[)〕]?[-:.、]*(?P<title>[^。]{{2,80}})$")
_DATE_LINE = re.compile(rf"^[(]?(?P<date>{DATE})[)]?(?P<tail>\((?:此件|本件|主动|依申请|公开|联系)[^。]{{0,300}})?(?:印发)?$")
_SIGNED = re.compile(
    rf"^(?P<who>[^,。:;!?]{{2,60}}?{ORGANISATION}(?:\((?:章|印章|盖章|代章|公章)\))?)(?P<date>{DATE})(?P<tail>\([^。]{{0,300}})?$"
)
_CONTACT = re.compile(r"联系(?:人|电话|方式|单位)|^\(?(?:电话|传真|邮箱|邮编|地址|电子邮箱|E-?mail)", re.IGNORECASE)


@dataclass
class AnnexPart:
    """Where one annex is printed: its heading's number and words, then what follows up to the next."""

    number: int | None
    title: str
    lines: list[Line] = field(default_factory=list)
    content: list[Line | Table] = field(default_factory=list)


@dataclass
class Layout:
    """A notice in its parts. ``own`` is all of its own text, annexes and what it forwards left out."""

    head: list[Line] = field(default_factory=list)
    body: list[Line] = field(default_factory=list)
    listed: list[Line] = field(default_factory=list)  # the list of annexes at the end of the text
    closing: list[Line] = field(default_factory=list)  # signature, date, and what follows up to the annexes
    annexes: list[AnnexPart] = field(default_factory=list)
    attached: list[Line] = field(default_factory=list)  # another document that is forwarded with this one
    signed: Line | None = None  # the line of the signature's date
    page_title: str = ""

    @property
    def own(self) -> list[Line]:
        return [*self.head, *self.body, *self.listed, *self.closing]


def lay_out(document: Document) -> Layout:
    """*document* in its parts. Nothing is left out but page noise; what is unclear counts as text."""
    items = _items(document.blocks)
    annex_at = _annex_starts(items)
    first_annex = annex_at[0][0] if annex_at else len(items)
    layout = Layout(page_title=document.page_title)
    own: list[Line] = []
    for item in items[:first_annex]:
        own += [item] if isinstance(item, Line) else _cells(item, own)
    opens = _opening(own)
    layout.head = own[:opens]
    _split_body(layout, own[opens:])
    layout.body = _rejoined(layout.body)
    for position, (at, number, title) in enumerate(annex_at):
        end = annex_at[position + 1][0] if position + 1 < len(annex_at) else len(items)
        part = AnnexPart(number, title, content=items[at + 1 : end])
        layout.annexes.append(part)
    if not annex_at:
        _find_attached_tables(layout, items)
    return layout


def _items(blocks: Iterable[Block]) -> list[Line | Table]:
    """Paragraphs line by line, long pasted ones cut where the official form would; tables whole."""
    items: list[Line | Table] = []
    for block in blocks:
        if isinstance(block, Table):
            items.append(block)
            continue
        for text in block.text.split("\n"):
            if not text.strip():
                continue
            if block.place == "body":
                items += [Line(piece) for part in _parts(text) for piece in pasted.cut(part)]
            else:
                items.append(Line(text, in_margin=True))
    return items


LONGEST = 3_000
"""Characters of one line. No paragraph of a notice is longer; what is pasted without breaks is cut where a sentence ends."""


def _parts(text: str) -> Iterator[str]:
    while len(text) > LONGEST:
        at = text.rfind("。", 1, LONGEST) + 1 or LONGEST
        yield text[:at]
        text = text[at:]
    yield text


def _cells(table: Table, before: list[Line]) -> list[Line]:
    """The cells of a table that stands in the text itself, as lines: a letterhead, a page's data, a schedule."""
    return [Line(line, from_table=True) for row in table.rows for cell in row for line in cell.text.split("\n") if line.strip()]


def _annex_starts(items: list[Line | Table]) -> list[tuple[int, int | None, str]]:
    """Where annexes begin: place, number, words on the same line.

    A list of annexes looks the same as their headings where each has its own 附件N. It is a heading if a table, or fields
    to fill, come before the next one, or if the same number stood before.
    """
    marks: list[tuple[int, int | None, str, bool]] = []
    for place, item in enumerate(items):
        if isinstance(item, Table) or place == 0 or len(item.text) > 200:
            continue
        bare = item.bare
        if alone := _ANNEX_ALONE.match(bare):
            colon = bare.endswith(":")
            marks.append((place, _annex_number(alone["n"]), "", not colon and (alone["n"] is not None or bare.startswith("附件"))))
        elif titled := _ANNEX_TITLED.match(bare):
            marks.append((place, _annex_number(titled["n"]), titled["title"], False))
    last_signed = max(
        (place for place, item in enumerate(items) if isinstance(item, Line) and (_DATE_LINE.match(item.bare) or _SIGNED.match(item.bare))),
        default=-1,
    )
    starts: list[tuple[int, int | None, str]] = []
    seen: set[int | None] = set()
    for index, (place, number, title, is_alone) in enumerate(marks):
        following = marks[index + 1][0] if index + 1 < len(marks) else len(items)
        between = items[place + 1 : following]
        has_form = any(isinstance(item, Table) and is_form(item) for item in between) or any(
            isinstance(item, Line) and FIELD.search(item.bare) and not _CONTACT.search(item.bare) for item in between[:6]
        )
        listed_next = bool(between) and isinstance(between[0], Line) and re.match(r"^(?:1|一)[.、]", between[0].bare) is not None
        signed_after = last_signed > place
        is_start = (is_alone and not (listed_next and not has_form)) or (
            (has_form or number in seen) and (title or not listed_next) and (not signed_after or number in seen or bool(title))
        )
        if is_alone and not starts and signed_after and not has_form and number not in seen and title == "":
            is_start = False
        if is_start and (starts or not signed_after or number in seen or has_form):
            starts.append((place, number, title))
        seen.add(number)
    return starts


FIELD = re.compile(
    r"(?:^|[)_ ])(?:单位名称|填报单位|填表单位|报送单位|上报单位|申报单位"
    r"|填表时间|填表日期|填报时间|填报日期|填表人|填报人)(?:\([^)]{1,12}\))?:"
)


def is_form(table: Table) -> bool:
    """Whether *table* is a form to fill: a row of headings with empty cells under it, or labels beside blanks."""
    cells = [cell for row in table.rows for cell in row]
    filled = [cell for cell in cells if cell.text.strip()]
    return (
        len(cells) >= 3 and any(1 <= len(cell.text.strip()) <= 40 for cell in filled) and (len(filled) < len(cells) or len(table.rows) == 1)
    )


def _annex_number(text: str | None) -> int | None:
    return value_of(text) if text else None


def _opening(lines: list[Line]) -> int:
    """Where the text begins: after the line of those addressed, else at the first sentence."""
    for place, line in enumerate(lines[:80]):
        bare = line.bare
        if is_addressee(bare):
            return place + 1
        if is_sentence(bare) and not _META.match(bare):
            return place
    return min(len(lines), _after_title(lines))


def _after_title(lines: list[Line]) -> int:
    for place, line in enumerate(lines[:40]):
        if re.search(rf"(?:{KINDS})$", line.bare):
            return place + 1
    return 0


def is_addressee(bare: str) -> bool:
    """Whether a line names those to whom the notice goes."""
    return bool(
        4 <= len(bare) <= 900
        and _ADDRESSEE.search(bare)
        and "。" not in bare
        and not _META.match(bare)
        and not re.match(r"^(?:为|根据|按照|联系|附|[一二三四五六七八九十]、|\()", bare)
        and not re.search(r"通知如下|如下:|以下:|事项:", bare)
        and _ADDRESS_WORD.search(bare)
    )


def is_sentence(bare: str) -> bool:
    """Whether a line is running text rather than a title or a label."""
    return (
        ("。" in bare and len(bare) > 12)
        or bool(_OPENING.match(bare) and "," in bare and len(bare) > 20)
        or bool(re.match(r"^一、\S{2,12}$", bare))
    )


def is_meta(line: Line) -> bool:
    """Whether a line is about the page and not of the notice: 发布时间, 浏览次数, where you are."""
    return bool(_META.match(line.bare) or _CRUMBS.search(line.bare) or NOISE.match(line.bare))


_YEARLESS = re.compile(rf"^{MONTH}月{DAY}日$")


def _is_dated(lines: list[Line], place: int) -> bool:
    """Whether a line is the date of a signature; one without a year only right under an office's name."""
    bare = lines[place].bare
    if lines[place].from_table:
        return False
    if _DATE_LINE.match(bare) or _SIGNED.match(bare):
        return True
    over = lines[place - 1].bare if place else ""
    return bool(_YEARLESS.match(bare) and is_issuer(over) and re.search(rf"{ORGANISATION}$", over))


def _split_body(layout: Layout, lines: list[Line]) -> None:
    """Tell text, list of annexes and closing apart. The signature's date is the last line that is only a date."""
    end = next((place for place, line in enumerate(lines) if place > 2 and NOISE.match(line.bare)), len(lines))
    if (forwarded := _forwarded_at(lines[:end])) is not None:
        layout.attached = lines[forwarded:end]
        lines = [*lines[:forwarded], *lines[end:]]
        end = forwarded
    noise = lines[end:]
    dated = [place for place in range(end) if _is_dated(lines, place)]
    listed = next((place for place, line in enumerate(lines[:end]) if _is_list_start(lines, place)), None)
    signed = None
    if dated:
        after_list = [place for place in dated if listed is None or place > listed]
        signed = (after_list or dated)[0]
        if re.search(r"(?:活动)?(?:时间|日期)$", lines[signed - 1].bare if signed else ""):
            signed = None
    if signed is not None:
        layout.signed = lines[signed]
    ends = [place for place in (listed, _signature_start(lines, signed)) if place is not None]
    text_end = min(ends, default=end)
    layout.body = lines[:text_end]
    rest = lines[text_end:end]
    if listed is not None and listed == text_end:
        stop = _signature_start(lines, signed)
        if stop is None or stop < listed:
            stop = next((p for p in range(listed + 1, end) if not _continues_list(lines[p].bare)), end)
        layout.listed = lines[listed:stop]
        rest = lines[stop:end]
    elif listed is not None:
        stop = next((p for p in range(listed + 1, end) if not _continues_list(lines[p].bare)), end)
        layout.listed = lines[listed:stop]
        rest = [line for line in rest if line not in layout.listed]
    layout.closing = _closed([*rest, *(line for line in noise if _CONTACT.search(line.bare) and "联系人" in line.bare)], layout)


def _closed(lines: list[Line], layout: Layout) -> list[Line]:
    """Lines of one bracket that a page's width cut, such as the contacts under the date, whole again."""
    closed: list[Line] = []
    for line in lines:
        if (
            closed
            and closed[-1] is not layout.signed
            and closed[-1].bare.count("(") - closed[-1].bare.count(")") > 0
            and len(closed[-1].text) < 400
        ):
            closed[-1] = Line(closed[-1].text + "\n" + line.text)
        else:
            closed.append(line)
    return closed


_OTHER_HEAD = re.compile(
    rf"^(?:[\u4e00-\u9fff]{{2,40}}文件|[\u4e00-\u9fff]{{2,14}}{NUMBER}|[\u4e00-\u9fff]{{2,40}}关于.{{4,80}}(?:通知|函|方案))$"
)


def _forwarded_at(lines: list[Line]) -> int | None:
    """Where another whole document begins behind the signature: its letterhead, its number or its title."""
    signed = next((place for place, line in enumerate(lines) if _DATE_LINE.match(line.bare) or _SIGNED.match(line.bare)), None)
    if signed is None:
        return None
    for place in range(signed + 1, len(lines)):
        if _OTHER_HEAD.match(lines[place].bare.replace("[", "〔").replace("]", "〕")) and any(
            is_addressee(line.bare) for line in lines[place : place + 8]
        ):
            return place
    return None


def _continues_list(bare: str) -> bool:
    return bool(
        re.match(
            rf"^(?:{_ANNEX}|附|[0-9]{{1,2}}[.、:)]|\([0-9一二三四五六七八九十]{{1,2}}\)|[一二三四五六七八九十]、|[①-⑳]|《)|.*\.(?:docx?|xlsx?|pdf|wps|zip|rar)",
            bare,
        )
    )


def _is_list_start(lines: list[Line], place: int) -> bool:
    bare = lines[place].bare
    return bool(re.match(rf"^(?:-|\(|〔)?(?:相关)?(?:{_ANNEX}|附)(?:下载|材料|清单)?{_ANNEX_NUMBER}?[:.、]", bare)) or (
        bare in ("附件", "相关附件", "附件下载") and place + 1 < len(lines) and bool(_continues_list(lines[place + 1].bare))
    )


def _signature_start(lines: list[Line], signed: int | None) -> int | None:
    """Where the signature begins: the date's line, or the lines of the issuers over it."""
    if signed is None:
        return None
    if _SIGNED.match(lines[signed].bare):
        return signed
    start = signed
    while start > 0 and signed - start < 30 and is_issuer(lines[start - 1].bare):
        start -= 1
    return start


def is_issuer(bare: str) -> bool:
    """Whether a line can be an office that signs: a name, no sentence, no item of a list."""
    bare = re.sub(r"\((?:章|印章|盖章|代章|公章|印)\)$", "", bare)
    return bool(
        2 <= len(bare) <= 60
        and not re.search(r"[,。;:!?“”《》0-9]", bare)
        and not re.match(r"^(?:特此|附|以上|此致|[一二三四五六七八九十]、|\(|-)", bare)
        and not re.search(r"(?:表|名单|方案|回执|模板|通知|函)$", bare)
        and (re.search(rf"{ORGANISATION}$", bare) or len(bare) <= 12)
    )


def _rejoined(lines: list[Line]) -> list[Line]:
    """Sentences that a page break or a hard line end cut in two, whole again."""
    joined: list[Line] = []
    for line in lines:
        if joined and _goes_on(joined[-1], line):
            joined[-1] = Line(joined[-1].text + "\n" + line.text)
        else:
            joined.append(line)
    return joined


_NEW_ITEM = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}[、.]|第[一二三四五六七八九十]|\([一二三四五六七八九十0-9]{1,3}\)|[0-9]{1,2}[.、)](?![0-9])|[①-⑳]|附件|联系|\(联系|特此|-|●|■|◆|★|※)"
)


def _goes_on(before: Line, line: Line) -> bool:
    first, second = before.bare, line.bare
    if line.from_table or before.from_table or not first or not second or (first[-1] in "。!?;:)》" and first[-1] != ")"):
        return False
    if re.match(r"^[\u4e00-\u9fff]{2,8}:", second) or _NEW_ITEM.match(second) or (is_issuer(second) and len(second) < 25):
        return False
    return len(first) >= 18 and ("," in first or "、" in first or "。" in first or len(first) >= 30)


def _find_attached_tables(layout: Layout, items: list[Line | Table]) -> None:
    """A form without a heading of its own: the table at the end, with its title line, is the only annex."""
    tables = [place for place, item in enumerate(items) if isinstance(item, Table) and is_form(item)]
    if not tables or tables[0] < len(items) // 3:
        return
    for order, place in enumerate(tables):
        title = ""
        for item in reversed(items[max(0, place - 5) : place]):
            if isinstance(item, Line) and re.search(r"表(?:\([^)]{1,20}\))?$", item.bare) and len(item.bare) <= 60:
                title = item.said()
                break
        if title:
            layout.annexes.append(AnnexPart(order + 1 if len(tables) > 1 else None, title, content=[items[place]]))
