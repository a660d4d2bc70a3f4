"""Who to ask: names, telephone numbers, fax and e-mail."""

from __future__ import annotations

import re

from ipweek.notice.reader.facts import NoticeFacts
from ipweek.notice.reader.lines import Line
from ipweek.notice.reader.surnames import is_name, split_names

_PERSON = r"(?:业务|工作|日常|活动|技术|材料|报送|市局|区局|本局)?联 *系 *人(?:员)?(?: *(?:及|和|与|、|/)? *(?:联系)?(?:电话|方式|手机号?码?))?|联络员|联 *络 *人|经办人|咨询人|负责人"
_PHONE_WORD = r"(?:联 *系|咨询|办公|值班)?电 *话(?: *号码)?|联系方式|手 *机(?:号码?)?|座机|Tel(?:ephone)?"
_FAX_WORD = r"传 *真(?:号码|电话)?|Fax"
_MAIL_WORD = r"(?:电子)?(?:邮箱|邮件|信箱)(?: *(?:地址|号))?|E-?mail"
_OTHER_WORD = r"(?:通讯|联系|邮寄|办公)?地 *址|邮 *(?:政编)?(?:码|编)|网址|微信(?:号|群)?|QQ(?:群|号)?|单位|部门|职务"
_LABEL = re.compile(
    rf"(?P<both>(?:{_PHONE_WORD}) *[(/及、和] *(?:兼)?(?:{_FAX_WORD}) *\)?|(?:{_FAX_WORD}) *[(/及、和] *(?:兼)?(?:{_PHONE_WORD}) *\)?|兼传真)"
    rf"|(?P<foreign>(?:招生|投诉|举报|监督|信访|接访|技术支持|纪检|服务|维权|报警|咨询接访|招生咨询|总机)(?:{_PHONE_WORD}|热线))|(?P<person>{_PERSON})|(?P<fax>{_FAX_WORD})|(?P<mail>{_MAIL_WORD})|(?P<phone>{_PHONE_WORD})|(?P<other>{_OTHER_WORD})",
    re.IGNORECASE,
)
_AREA = r"(?:\(0[0-9]{2,3}\) ?-?|0[0-9]{2,3} ?-{0,2} ?|\+?86 ?-? ?)"
_NUMBER = re.compile(
    rf"(?<![0-9A-Za-z@._-])(?P<whole>(?:\+?86 ?-? ?)?1[3-9][0-9][ -]?[0-9]{{4}}[ -]?[0-9]{{4}}|{_AREA}?[2-9][0-9]{{3}} ?-?[0-9]{{3,4}}|(?:400|800)-?[0-9]{{3}}-?[0-9]{{4}}|[01]{{4}}[0-9]{{4}})"
    r"(?P<extension> ?(?:-|转|转分机|分机) ?[0-9]{1,5}(?![0-9]))?(?![0-9@A-Za-z])"
)
_TAIL = re.compile(r"^ ?[、/,和] ?(?P<tail>[0-9]{2,4})(?![0-9]|年|月|-|[A-Za-z@])")
_MAIL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,60} ?@ ?[A-Za-z0-9-]{1,60}(?: ?\. ?[A-Za-z0-9-]{1,30}){1,4}")


def read_contacts(lines: list[Line], facts: NoticeFacts) -> None:
    """Fill in contacts, phones, fax and email, in the order of the text, from its *lines*."""
    faxes: list[str] = []
    mails: list[str] = []
    evidence: dict[str, list[str]] = {"contacts": [], "phones": [], "fax": [], "email": []}
    in_contacts = 0
    for line in lines:
        text = line.even
        labels = list(_LABEL.finditer(text))
        has_person = any(label["person"] for label in labels)
        if not labels and not (in_contacts and (_NUMBER.search(text) or _MAIL.search(text))) and not _MAIL.search(text):
            in_contacts = 0
            continue
        in_contacts = 3 if has_person else max(0, in_contacts - 1)
        _read_line(text, line, labels, bool(in_contacts), facts, faxes, mails, evidence)
    facts.fax = "、".join(dict.fromkeys(faxes)) or None
    facts.email = "、".join(dict.fromkeys(mails)) or None
    facts.contacts = list(dict.fromkeys(facts.contacts))
    facts.phones = list(dict.fromkeys(facts.phones))
    for name, note in (
        ("contacts", "没有找到联系人。"),
        ("phones", "没有找到联系电话。"),
        ("fax", "没有找到传真。"),
        ("email", "没有找到邮箱。"),
    ):
        if evidence[name]:
            facts.evidence[name] = "\n".join(dict.fromkeys(evidence[name]))[:2000]
        else:
            facts.notes[name] = note


def _read_line(
    text: str,
    line: Line,
    labels: list[re.Match[str]],
    goes_on: bool,
    facts: NoticeFacts,
    faxes: list[str],
    mails: list[str],
    evidence: dict[str, list[str]],
) -> None:
    """One line: each label rules what stands behind it, up to the next label."""
    said = line.said()[:1000]
    for found in _MAIL.finditer(text):
        mails.append(re.sub(r"\s", "", found[0]).rstrip("."))
        evidence["email"].append(said)
    pieces: list[tuple[str, str]] = []
    for place, label in enumerate(labels):
        end = labels[place + 1].start() if place + 1 < len(labels) else len(text)
        kind = label.lastgroup or "other"
        pieces.append((kind, _MAIL.sub(" ", text[label.end() : end])))
    if goes_on and (not labels or labels[0].start() > 0):
        pieces.insert(0, ("lead", _MAIL.sub(" ", text[: labels[0].start()] if labels else text)))
    previous: list[str] = []
    for place, (kind, piece) in enumerate(pieces):
        if kind in ("person", "lead"):
            names = _names(piece, is_lead=kind == "lead")
            facts.contacts += names
            if names:
                evidence["contacts"].append(said)
        if kind in ("person", "phone", "both", "lead"):
            previous = _numbers(piece) if _is_given(kind, piece) else []
            if kind == "both" and not previous and place and labels[place - 1 if len(pieces) == len(labels) else place - 2]["phone"]:
                previous = facts.phones[-1:]
            facts.phones += previous
            if previous:
                evidence["phones"].append(said)
        if kind == "phone" and any(earlier == "person" for earlier, _ in pieces[:place]) and (more := _names(piece, is_lead=True)):
            facts.contacts += more  # 王小明（电话…）、李丽（电话…）
        if kind in ("fax", "both"):
            numbers = _numbers(piece) or (previous if kind == "both" else [])
            faxes += numbers
            if numbers:
                evidence["fax"].append(said)


def _is_given(kind: str, piece: str) -> bool:
    return kind != "lead" or bool(_NUMBER.search(piece))


def _numbers(text: str) -> list[str]:
    """All telephone numbers in *text*; a tail such as 85093829、3837 is made whole, an extension stays with its number."""
    numbers: list[str] = []
    for found in _NUMBER.finditer(text):
        whole = re.sub(r"\s", "", found["whole"])
        whole = re.sub(r"^\((0[0-9]{2,3})\)-?", r"\1-", whole)
        whole = re.sub(r"^(0[0-9]{2,3})-+", r"\1-", whole)
        extension = re.sub(r"[ ]|分机", "", found["extension"] or "")
        numbers.append(whole + (f"转{extension[1:]}" if extension.startswith("转") else extension))
        rest = text[found.end() :]
        while not extension and (tail := _TAIL.match(rest)):
            numbers.append(whole[: -len(tail["tail"])] + tail["tail"])
            rest = rest[tail.end() :]
    return numbers


def _names(text: str, *, is_lead: bool) -> list[str]:
    """The names in *text*, which follows a label such as 联系人; offices, numbers and titles left out."""
    text = re.split(r"[。]|(?:电话|地址|邮)", text)[0] if not is_lead else text
    text = re.sub(r"^[ ]*[:：]?", "", text)
    names: list[str] = []
    for piece in re.split(r"[、,;/|:()]|和|[0-9][0-9 +-]*", text):
        names += split_names(piece) if not is_lead else [name for name in split_names(piece) if is_name(name)]
    return names
