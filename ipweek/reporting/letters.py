"""A message as a mail: what it says, and its headers. No database here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from ipweek.private_numbers import find_private

SUBJECTS: Mapping[str, str] = {
    "chase": "请报送重点活动安排表",
    "sum_chase": "请报送活动总结",
    "return": "附件表退回修改",
    "sum_return": "活动总结退回修改",
    "ask_consent": "请核对代为修改的内容",
    "mend_chase": "请答复代为修改的内容",
    "ask_late": "有单位申请补报",
    "extend": "报送期限已延长",
    "allow_late": "已同意补报",
    "refuse_late": "补报申请没有同意",
    "opened": "有新的填报任务",
    "moved": "宣传周安排有变动",
    "closed": "宣传周活动已关闭",
    "reopened": "宣传周活动重新开启",
    "withdrawn": "宣传周活动已撤销",
    "plugin": "本单位插件暂停使用",
}
"""Kinds of messages that are mailed too, with the subject of each: those that ask somebody for something, or change what was asked."""

_NOT_IN_A_HEADER = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")


@dataclass(frozen=True)
class Letter:
    """One message on its way to one person."""

    mail_id: int
    claim: str
    to: str
    name: str
    kind: str
    words: str
    link: str
    at: datetime


def subject(kind: str) -> str:
    """What the mail is about. It names nobody."""
    return f"【知识产权宣传周】{SUBJECTS.get(kind, '有新的消息')}"


def write(letter: Letter, *, sender: str, office: str, site_url: str) -> EmailMessage:
    """The mail. No phone number of its words goes along; nothing typed can become a header of its own."""
    made = EmailMessage(policy=SMTP)
    made["Subject"] = subject(letter.kind)
    made["From"] = Address(one_line(office), addr_spec=sender)
    made["To"] = Address(one_line(letter.name), addr_spec=letter.to)
    made["Date"] = letter.at
    made["Message-ID"] = f"<{letter.mail_id}.{letter.at:%Y%m%d%H%M%S}@{sender.rpartition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"
    where = f"请登录填报系统办理：{site_url.rstrip('/')}{letter.link}" if site_url else "请登录填报系统，在“消息”里查看并办理。"
    end = f"{office}\n\n（这封邮件由填报系统自动发出，请不要直接回复。）\n"
    body = f"{one_line(letter.name)}，您好！\n\n{without_numbers(letter.words)}\n\n{where}\n\n{end}"
    made.set_content(body, cte="base64")
    return made


def one_line(text: str) -> str:
    """*text* as it may stand in a header: no line ends, no control characters."""
    return " ".join(_NOT_IN_A_HEADER.sub(" ", text).split())


def without_numbers(text: str) -> str:
    """*text* without phones, addresses and other numbers of persons, each replaced by 〔号码略〕."""
    for found in reversed(find_private(text)):
        text = f"{text[: found.start]}〔号码略〕{text[found.end :]}"
    return text
