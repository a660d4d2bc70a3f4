"""What is to be sent by a due time: whether anything is, which kind of thing, and which annex."""

from __future__ import annotations

import re

from ipweek.notice.reader.due_dates import Mark
from ipweek.notice.reader.facts import Kind
from ipweek.notice.reader.numerals import number

SEND = re.compile(
    r"(?<![通海])报(?!道|告会|名单|刊|纸|社|导|废|考|批|备案|警|酬)|提交|递交|送(?!达会)|反馈|寄|发至|发到|发给|发我|发往|传至|传真|电邮|发邮件|邮件发|通过邮箱|上传|上传至|填写|填好|填妥|填表|回复|返回|回传|交至|交到|交(?![流通易叉互接付警往换错响融代费谈])|交我|交给|给我|给到|发[\u4e00-\u9fff]{0,8}(?:邮箱|办公室|处|科)|发我|汇总(?!表|材料)|注册|函告|函复|发[\u4e00-\u9fff]{0,4}群|"
    r"截止|发送|提供|登记|回执|投稿|申请|汇交|(?:加入|进入?|入)[^,。;]{0,8}群|书面(?:告知|回复|说明|报告)|告知我|报名"
)
_SUMMARY = (
    r"总结|情况(?:统计|汇总|一览)表|小结|成效|工作情况|活动情况|开展情况|实施情况|完成情况|落实情况|情况报告|综述"
    r"|(?<!专利)(?<!科技)(?<!科研)成果(?!转化|登记|展|推介)|汇报材料|情况汇报|宣传情况"
)
_VAGUE = "情况"
_PLAN = (
    r"安排表|计划表|活动表|活动安排|重点活动|活动计划|工作计划|活动方案|实施方案|工作方案|活动项目|项目表|活动清单|申报表"
    r"|(?:主要|拟开展|拟举办)[^,。;]{0,10}活动|报[0-9一二三四五六]{1,2}[项个场]活动|安排|计划|方案|预案|策划案|排期|日程表|活动策划(?=[,。;]|$)|统计表|信息表|汇总表|一览表"
)
_OTHER = (
    r"回执|报名|注册|联络员|联系人名单|名单|作品|案例|稿件|征文|意向|推荐表"
    r"|照片|图片|视频|需求|海报|口号|申请|新闻(?![科处室办中部])|简报|快报|专报|回复(?:意见|函)|信息(?!表|统计|汇总|中心|化|系统|网|科|处|公开|安全|技术|平台|服务|报送)"
)
_FILLED_IN = re.compile("填写|填报|填表")
_NEWS_OF = re.compile(  # 重点活动新闻通稿
    r"(?:重点|主要)活动(?=[^、和及与,;报]{0,4}(?:新闻|通稿|照片|图片|视频|信息(?!表)|案例|稿件|海报))"
)
_THING = re.compile(rf"(?P<summary>{_SUMMARY})|(?P<other>{_OTHER})|(?P<plan>{_PLAN})")
_ANNEX_WORD = re.compile(
    r"附(?:件|表)(?P<n>[0-9]{1,2}|[一二三四五六七八九十])?(?P<more>(?:(?:、|和|及|与|至|-)(?:附件)?[0-9一二三四五六七八九十]{1,2})*)"
)


_OWN_ACT = (
    r",?(?:[市区省县校我本][\u4e00-\u9fff]{0,8}?|组委会|主办方|主办单位)将"
    r"(?:对|予以?|会|统一(?:公布|发布)|组织|公布|发布|通报|开展|择优|评选)"
)


_ASKED_AHEAD = re.compile(rf"(?:{SEND.pattern})[^。;:]{{0,20}}:(?=\(?[0-9一二①](?:[.、)]|\b|$))")


_SENDING_TIMES = re.compile(
    r"^(?:[0-9]{1,2}[.、]|\([^()]{1,3}\))?[^,。;:]{0,10}(?:报送|提交|上报|反馈|填报)(?:时间|时限|期限|要求|安排)(?:如下)?:"
)
"""报送时间：活动安排4月10日前，活动总结5月8日前: the heading of the sentence holds for each of its days."""


def is_sent(text: str, left: int, right: int, mark: Mark, *, is_asked: bool = False) -> bool:
    """Whether the clause asks for something to be sent, and is no aim of policy (2025年底前建成…).

    Where it *is_asked* by the heading of its list, naming a thing is enough (1.活动总结，4月30日前).
    """
    after = text[mark.end : right]
    clause = re.split(r"[;]", after)[0][:120]
    before = re.split(r"[;]", text[left : mark.start])[-1][-60:]
    if re.match(r"(?:[^,;]{0,12})?(?:基本|力争|实现|达到|建成|形成|建立|落实|开展|举办|组织|召开|张贴|布置)", clause) and not re.search(
        r"报送|提交|上报|报至|报我|发至|发送|反馈|(?:^|[将把][^,;]{1,30})报(?!告|道|名)", clause
    ):
        return False
    if re.search(r"(?:我[办局委处会院厅]|组委会|主办单位)(?:将|拟|计划)$", before):
        return False  # what the office itself does
    if re.search(r"截止(?:时间|日期)|报送时限", text[mark.start : mark.end]):
        return True
    if re.match(_OWN_ACT, after) or _FIRST_DONE.match(clause):
        return False
    if (
        re.search(r"(?::|-)[^:;,]{0,6}?(?:时限|期限|时间|节点|日期|要求)?$", before)
        and _THING.search(before)
        and len(re.split(r"[;。]", after)[0].strip(",、")) <= 1
    ):
        return True  # 活动安排表（附件1）：4月15日前；
    if (is_asked or _SENDING_TIMES.match(text) or _ASKED_AHEAD.search(text, max(0, mark.start - 200), mark.start)) and _THING.search(
        before + clause
    ):
        return True
    if re.search(r"截[止至]|即日起", text[mark.start : mark.end]) and SEND.search(before[-20:]):
        return True
    behind = re.split(r"[;。]", text[right:])[0]
    is_open = not re.search(r"[;。]", after) and not _DONE.search(after)
    if is_open and (len(after) <= 20 or re.match(r",?[将把]", after)) and SEND.search(behind):
        return True  # one verb at the end for several things: 附件1于4月10日前、附件2于4月12日前报送
    if SEND.search(clause) or re.search(r"截[止稿]|报名|报送|提交|申报|征集|征[文稿]|投稿|收稿|招募|反馈|填报|上报", before):
        return True
    return bool(re.search(r"(?:请|须|将)", before) and SEND.search(before))


def what(
    text: str, left: int, right: int, mark: Mark, annex_titles: dict[int, str], *, earlier: str, later: str, subject: str, last: bool
) -> tuple[Kind, int | None]:
    """The kind of thing, and the annex if one is named: from the words after the date, else those before it.

    Where only 材料 or nothing is said, it is what the paragraph spoke of last (*earlier*), or speaks of next (*later*), or what the
    notice is about (*subject*: 关于报送宣传周活动情况的通知).
    """
    after = re.split(r"[;。]", text[mark.end : right])[0]
    before = re.split(r"[;。]", text[left : mark.start])[-1]
    if not last and "," in after:
        after = after[: after.rfind(",")] if not re.search(r"报|送|提交|发", after[after.rfind(",") :]) else after
    own, first = before.removesuffix("后,").rsplit(",", 1)[-1], after.split(",")[0]
    if before.endswith("(") and text[mark.end : mark.end + 1] == ")" and (in_brackets := _thing(own, annex_titles)):
        return in_brackets  # 报送活动计划（4月9日前）
    if (_LABEL_BEFORE.search(before) or _LABEL_WITHIN.match(text, mark.start)) and (labelled := _thing(own, annex_titles)):
        return labelled
    if (named := _WITH_OBJECT.match(first)) and not _thing(named["what"], annex_titles) and not _LITTLE_SAID.match(named["what"]):
        return "other", None
    ahead, behind = [own, _near_before(before)], [_object_clause(after)]
    is_ahead = (not last and not SEND.search(after) and not re.match("[将把]", after)) or (
        SEND.search(first) and not _kind(first) and _kind(own)
    )
    clauses = ahead + behind if is_ahead else behind + ahead
    for clause in clauses:
        if found := _thing(clause, annex_titles):
            return found
    if len(annex_titles) == 1 and (kind := _kind(*annex_titles.values())) and _FORM_WORDS.search(after):
        return kind, None  # 请于4月12日前报送, and there is one form to send
    if (named := _OBJECT.search(first)) and not _LITTLE_SAID.match(named["what"]):
        return "other", None
    says_no_more = _FORM_WORDS.search(after) or _LABEL_BEFORE.search(before) or _LABEL_WITHIN.match(text, mark.start)
    return _kind(earlier) or _kind(later) or (_kind(subject) if says_no_more else None) or "other", None


def shared_out(text: str, marks: list[Mark], annex_titles: dict[int, str]) -> dict[int, tuple[Kind, int | None]]:
    """What belongs to which of several due times that stand together: 名单、安排表、总结分别于4月3日、4月12日、5月7日前报送.

    By place in *marks*; only where as many things as times are named, right behind the times or right before them.
    """
    things: dict[int, tuple[Kind, int | None]] = {}
    first = 0
    while first < len(marks):
        last = first
        while (
            last + 1 < len(marks)
            and _TOGETHER.match(text[marks[last].end : marks[last + 1].start])
            and not _ASKS_ANEW.match(text, marks[last + 1].start)
            and not _LABEL_WITHIN.match(text, marks[last].start)
            and not _LABEL_BEFORE.search(text[: marks[last].start])
        ):
            last += 1
        if last > first:
            behind = text[marks[last].end : marks[last + 1].start if last + 1 < len(marks) else len(text)]
            ahead = text[marks[first - 1].end if first else 0 : marks[first].start]
            for clause in (re.split(r"[;。]", behind)[0], re.split(r"[;。]", ahead)[-1]):
                named = [found for item in re.split(r"、|和|以?及|与|,", clause) if (found := _thing(item, annex_titles))]
                if len(named) == last - first + 1:
                    things |= dict(zip(range(first, last + 1), named, strict=True))
                    break
            else:
                if thing := _thing(re.split(r"[,;。]", behind)[0], annex_titles):  # 甲、乙分别于4月3日、4月5日前报送方案
                    things |= dict.fromkeys(range(first, last + 1), thing)
        first = last + 1
    return things


_FORM_WORDS = re.compile(r"^(?:,|将?材料|统一|一并|及时|按时|重新|再次|尽快|抓紧|书面|联合|集中)*(?:报送|填报|填写|反馈|上报|提交|报)")
_LABEL_BEFORE = re.compile(  # 活动计划报送截止时间为4月15日, 报送时间由4月9日调整为4月13日
    r"(?<=.)为$|(?:时间|日期|期限|时限)(?:[:为是]*|(?:[由从][^,。;]{4,14})?(?:调整|延长|变更|改|推迟|延期|顺延|提前|延)[为至到]?)$"
)
_LABEL_WITHIN = re.compile(r"截止|不[晚迟]于")
_FIRST_DONE = re.compile(
    rf"(?:(?!{SEND.pattern})[^,;])*(?:确定|明确|完成|制定|部署|落实)(?:(?!{SEND.pattern})[^,;])*,[^,;]{{0,12}}(?:结束|完成|举办|开展)(?:之|以)?后"
)
"""4月15日前确定方案，活动结束后报送总结: what is sent has another time."""
_DONE = re.compile(r"确定|明确|完成|开展|举办|召开|启动|组织|制定|印发|建立|部署")
_OBJECT = re.compile(r"(?:报送|提交|上报|提供|反馈)(?P<what>[\u4e00-\u9fff“”《》]{2,12})")
_WITH_OBJECT = re.compile(r"[将把](?P<what>[\u4e00-\u9fff“”《》]{2,12}?)(?:报送|发送|发至|提交|反馈|上报|报至|报我)")
_LITTLE_SAID = re.compile(
    r"[至我到给市区省县局办委]|相关|有关|上述|以上|所有|全部|纸质|电子|书面|材料|附件|表格|扫描|原件|其|回复|一并|上来|本|该|各|完整|如下|盖章|加盖|联席|组委|综合|同时|逾期|及时|统一"
)
_ASKS_ANEW = re.compile(r"请|务必|务请|最迟|最晚|各")
_TOGETHER = re.compile(r"^(?:之?前)?(?:、|,|和|以?及|与|分别|于|在)*$")


def _thing(clause: str, annex_titles: dict[int, str]) -> tuple[Kind, int | None] | None:
    """The kind that *clause* names and the one annex, if it names one."""
    only = next(iter(annex_titles), None) if len(annex_titles) == 1 else None
    found = [(word, number(word["n"]) if word["n"] else only) for word in _ANNEX_WORD.finditer(clause) if word["n"] or only]
    annexes = [(n, word["more"]) for word, n in found]
    is_all = not found and re.search(r"附[件表](?![0-9一二三四五六七八九十])", clause) is not None
    all_of_them = (
        next((title for title in annex_titles.values() if _kind(title) == "plan"), " ".join(annex_titles.values())) if is_all else ""
    )
    own = [annex_titles.get(n or 0, "") for word, n in found if not clause[: word.start()].endswith(("(", "见", "见:"))]
    titles = [annex_titles.get(n or 0, "") for n, _ in annexes]
    kind = (
        _kind(" ".join(own))
        or _kind(clause)
        or _kind(" ".join(titles))
        or _kind(all_of_them)
        or ("plan" if annexes or _FILLED_IN.search(clause) else None)
    )
    single = annexes[0][0] if len(annexes) == 1 and not annexes[0][1] else None
    return (kind, single) if kind else None


def _object_clause(after: str) -> str:
    """The words behind a date that can name what is sent: up to the first clause that says what and that it is to be sent."""
    clauses = after[:120].split(",")
    for place, clause in enumerate(clauses):
        if SEND.search(clause) and _kind(clause):
            return ",".join(clauses[: place + 1])
    return after[:120]


def _near_before(before: str) -> str:
    """The words before a date that can name what is sent: its own clause, and the one before it."""
    return ",".join(before.split(",")[-2:])[-80:]


def _kind(clause: str) -> Kind | None:
    if re.search(r"意见建议|意见和建议|修改意见|反馈意见|无意见|征求意见|说明(?:情况|原因|理由)", clause):
        return "other"
    clause = _NEWS_OF.sub("", clause)
    if (bare := re.sub(r"\([^()]*\)", "", clause)) != clause and (kind := _kind(bare)):
        return kind  # what stands in brackets (附照片2张) is beside it
    found = {name for match in _THING.finditer(clause) for name, value in match.groupdict().items() if value}
    if "summary" in found and not re.search(r"总结(?:推广|经验|梳理)", clause):
        return "summary"
    if "plan" in found and (
        "other" not in found
        or re.search(r"安排表|计划表|活动表|重点活动|活动安排|活动计划|活动方案|项目表|活动[\u4e00-\u9fff]{0,4}表", clause)
    ):
        return "plan"
    if "other" in found:
        return "other"
    return "summary" if _VAGUE in clause else None
