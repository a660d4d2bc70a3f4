"""The words of a chase: to one unit in the app, and to all of them in a group. Standard library only."""

from __future__ import annotations

from collections.abc import Sequence

from ipweek.notice.deadline_text import DeadlineText

GROUPS = {"nothing": "还没有填写", "unsent": "填了没有报送", "returned": "退回后没有重新报送"}
"""Whom the office chases."""


def letter(group: str, *, name: str, deadline: DeadlineText, activities: int, waits: bool, why: str) -> str:
    """What one unit reads. *name* is 附件2《…》; *waits*: its own approver has not agreed yet; *why*: the reason of a return."""
    when = _when(deadline)
    if group == "returned":
        return f"{name}退回修改后还没有重新报送，{when}。退回理由：{why}。".replace("。。", "。")
    if group == "nothing":
        return f"{name}{when}。系统里还没有填写；本单位没有重点活动的，可以办理零报送。"
    if waits:
        return f"{name}{when}。现在等待本单位审核人同意，同意后才算报送。"
    return f"{name}{when}。已填 {activities} 项活动，填完后按“报送”才算完成。"


def summary_letter(group: str, *, deadline: DeadlineText, waits: bool, why: str) -> str:
    """The same for the summary after the week."""
    when = _when(deadline)
    if group == "returned":
        return f"活动总结退回修改后还没有重新报送，{when}。退回理由：{why}。".replace("。。", "。")
    if group == "nothing":
        return f"活动总结{when}。系统里还没有填写。"
    state = "现在等待本单位审核人同意，同意后才算报送。" if waits else "已经填了一部分，填完后按“核对并报送”才算完成。"
    return f"活动总结{when}。{state}"


def answer_letter(annex: int, *, deadline: DeadlineText) -> str:
    """The same for an answer to what the office mended."""
    return f"市联席办代为修改了附件{annex}的几处内容，{deadline.words}。同意或者有异议都可以，答复以后才能审核。"


def _when(deadline: DeadlineText) -> str:
    """Until when, as a request; of a deadline that is past, that sending is still possible."""
    if deadline.urgency == "late":
        return f"已于{deadline.until}截止（{deadline.left}），现在仍可报送"
    return f"请于{deadline.until}前报送（{deadline.left}）" if deadline.until else "请尽快报送"


def answers_to_the_group(units: Sequence[str], *, office: str, phone: str) -> str:
    """A text for the group chat to those who have not answered what the office mended."""
    ask = f"；有疑问请与我办联系（{phone}）" if phone else ""
    return (
        f"各位同事好！我办代为修改了以下 {len(units)} 个单位报送的表中几处内容，还没有收到答复：{'、'.join(units)}。"
        f"请登录填报系统，在“我的任务”里核对并答复，同意或者有异议都可以{ask}。谢谢大家！（{office}）"
    )


def to_the_group(units: Sequence[str], *, what: str, year: int, until: str, is_past: bool, nil: bool, office: str, phone: str) -> str:
    """A text for the group chat: polite, without reproach, to be copied by the office. *nil*: a nil return is possible."""
    when = "请尽快在填报系统中报送"
    if until:
        when = f"报送时间已于{until}截止，现在仍可报送" if is_past else f"请于{until}前在填报系统中报送"
    names = "、".join(units)
    ask = f"有困难的请与我办联系{f'（{phone}）' if phone else ''}"
    return (
        f"各位同事好！{year}年知识产权宣传周{what}{when}。目前还没有收到以下 {len(units)} 个单位的{'表' if nil else what}：{names}。"
        f"正在办理的不用回复，{'没有重点活动的可以办理零报送，' if nil else ''}{ask}。谢谢大家！（{office}）"
    )
