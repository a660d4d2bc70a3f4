"""Who to ask: names, telephone numbers, fax and e-mail."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ipweek.notice.reader.facts import NoticeFacts
from ipweek.notice.reader.lines import Line
from ipweek.notice.reader.surnames import is_name, split_names

_PERSON = (
    r"(?:业务|工作|日常|活动|技术|材料|报送|市局|区局|本局)?联 *系 *人(?:员)?"
    r"(?: *(?:及|和|与|、|/)? *(?:联系)?(?:电话|方式|手机号?码?))?|联络员|联 *络 *人|[经承]办人|咨询人|负责人"
    r"|(?:业务|活动|政策)?咨询(?= *[:：])|(?<![\u4e00-\u9fff])联系(?= *:)"
    r"|(?:办公室|秘书处|中心|[处科局办部院组所])(?= *: *[\u4e00-\u9fff](?: ?[\u4e00-\u9fff]){1,3}[ ,(:]{0,3}(?:电话|手机)?[:(]? *"
    r"(?:0[0-9]{2,3}|[1-9][0-9]{6}))"
    r"|(?:会务|业务|报名)联系(?= *[:：])"
    r"|联系(?= *: *[\u4e00-\u9fff](?: ?[\u4e00-\u9fff]){1,3} *\(? *[0-9][0-9-]{6})|请 *与(?= *[\u4e00-\u9fff]{2,16}联系[,(:])"
    r"|请 *(?:与|联系)(?= *[\u4e00-\u9fff](?: ?[\u4e00-\u9fff]){1,3} *(?:联系)?[,(:])"
)
_PHONE_WORD = (
    r"(?:联 *[系络]|咨询|办公|值班|内线)?电 *话(?: *号码)?|联系方式|手 *机(?:号码?)?(?: *[/(（] *微信(?:同?号)? *[)）]?)?|座机"
    r"|内线(?=[:： 0-9])|(?:致电|拨打)(?=[ 0-9(])|Tel(?:ephone)?"
)
_FAX_WORD = r"传 *真(?:号码|电话)?|Fax"
_MAIL_WORD = r"(?:电子)?(?:邮箱|邮件|信箱)(?: *(?:地址|号))?|E-?mail"
_DESK_WORD = r"(?:联系|责任|承办|业务)(?:处室|科室|部门|单位|处|科)(?= *[:：])"
_OTHER_WORD = r"(?:通讯|通信|联系|邮寄|办公|详细|收件|报送)?地 *址|邮 *(?:政编)?(?:码|编)|网址|微信(?:号|群)?|QQ(?:群|号)?"
r"|(?:单位|部门|职务)(?! *[)）])"
_LABEL = re.compile(
    rf"(?P<both>(?:{_PHONE_WORD}) *[(/及、和] *(?:兼)?(?:{_FAX_WORD}) *\)?"
    rf"|(?:{_FAX_WORD}) *[(/及、和] *(?:兼)?(?:{_PHONE_WORD}) *\)?|兼传真|同传真|传真同(?:号|上|电话)|电话同传真)"
    rf"|(?P<foreign>(?:招生|投诉|举报|监督|信访|接访|技术支持|纪检|服务|维权|报警|咨询接访|招生咨询|总机)(?:{_PHONE_WORD}|热线)"
    rf"|技术支持(?= *[:：]))|(?P<desk>{_DESK_WORD})|(?P<person>{_PERSON})"
    rf"|(?P<fax>{_FAX_WORD})|(?P<mail>{_MAIL_WORD})|(?P<phone>{_PHONE_WORD})|(?P<other>{_OTHER_WORD})",
    re.IGNORECASE,
)
_AREA = r"(?:\(0[0-9]{2,3}\) ?-?|\+?86[ -]+(?:10|2[0-9]|[3-9][0-9]{2})[ -]+|0[0-9]{2,3} {0,2}-{0,2} {0,2}|\+?86 ?-? ?)"
_NUMBER = re.compile(
    rf"(?<![0-9A-Za-z@._-])(?P<whole>(?:\+?86 ?-? ?)?1[3-9][0-9][ -]?[0-9]{{4}}[ -]?[0-9]{{4}}"
    rf"|{_AREA}?[2-9][0-9]{{3}} ?-?[0-9]{{3,4}}|(?:400|800)-?[0-9]{{3}}-?[0-9]{{4}}|[01]{{4}}[0-9]{{4}})"
    r"(?P<extension> ?(?:\(总机\))? ?(?:-|转分机|转|分机|ext\.?|\*|×|x) ?[0-9]{1,5}(?![0-9]))?(?![0-9@A-Za-z])"
)
_SHORT = re.compile(r"^[ :]*(?P<number>[0-9]{3,6})(?![0-9])")
_TAIL = re.compile(r"^ {0,3}[、/,和] {0,3}(?P<tail>[0-9]{2,4})(?! {0,3}[0-9-]|年|月|[A-Za-z@])")
_NEXT_EXTENSION = re.compile(r"^ {0,3}[、/,和或] {0,3}(?P<tail>[0-9]{1,5})(?![0-9]|年|月|-|[A-Za-z@])")
_MAIL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,60} ?@ ?[A-Za-z0-9-]{1,60}(?: ?\. ?[A-Za-z0-9-]{1,30}){1,4}")


@dataclass
class _Found:
    """What the lines gave so far, each kind with the lines it came from."""

    values: dict[str, list[str]] = field(default_factory=lambda: {"contacts": [], "phones": [], "fax": [], "email": []})
    lines: dict[str, list[Line]] = field(default_factory=lambda: {"contacts": [], "phones": [], "fax": [], "email": []})

    def add(self, name: str, values: list[str], line: Line) -> None:
        if values:
            self.values[name] += values
            if self.lines[name][-1:] != [line]:
                self.lines[name].append(line)


_HEADS = re.compile(
    r"联系(?:方式|人|电话)(?:及[^:]{2,6}|如下)?(?::|$)|^(?:[一二三四五六七八九十]{1,3}、|\([一二三四五六七八九十]{1,3}\))?(?:联系|联络|咨询)(?:我们|信息|途径|渠道|方式)?:?$"
)  # 四、联系方式


def read_contacts(lines: list[Line], facts: NoticeFacts) -> None:
    """Fill in contacts, phones, fax and email, in the order of the text, from its *lines*."""
    found = _Found()
    in_contacts = 0
    for line in _labels_filled(lines):
        text = re.sub(r" *\n *", "", line.even)
        labels = list(_LABEL.finditer(text))
        has_person = any(label["person"] for label in labels)
        heads = _HEADS.search(line.bare) is not None
        if not heads and not labels and not (in_contacts and (_NUMBER.search(text) or _MAIL.search(text))) and not _MAIL.search(text):
            in_contacts = 0
            continue
        goes_on = in_contacts > 0 and _NUMBER.search(text) is not None
        in_contacts = 3 if has_person or heads or goes_on else max(0, in_contacts - 1)
        _read_line(line, labels, found, goes_on=in_contacts > 0)
    if not found.values["contacts"]:
        _named_in_passing(lines, found)
    facts.contacts = list(dict.fromkeys(found.values["contacts"]))
    facts.phones = list(dict.fromkeys(found.values["phones"]))
    facts.fax = "、".join(dict.fromkeys(found.values["fax"])) or None
    facts.email = "、".join(dict.fromkeys(found.values["email"])) or None
    for name, note in (
        ("contacts", "没有找到联系人。"),
        ("phones", "没有找到联系电话。"),
        ("fax", "没有找到传真。"),
        ("email", "没有找到邮箱。"),
    ):
        if found.lines[name]:
            facts.evidence[name] = "\n".join(dict.fromkeys(line.said()[:1000] for line in found.lines[name]))[:2000]
        else:
            facts.notes[name] = note


_IN_PASSING = re.compile(
    r"(?<=[室号楼部科处,:)])(?P<to>[\u4e00-\u9fff]{2,3})(?=\(?收(?:[),;。(]|$))|"
    r"(?<=[至到给室处楼部科心员])(?P<styled>[\u4e00-\u9fff]{1,2}(?:老师|同志)|[小老][\u4e00-\u9fff])(?=处|收|[(])|(?:请?联系|请与)(?P<who>[\u4e00-\u9fff]{2,14})(?=[(](?:分机|电话|手机|内线|[0-9]))"
)


def _named_in_passing(lines: list[Line], found: _Found) -> None:
    """Persons without a label: 送至218室罗老师处, 请联系工会陆小凤（分机8866）, 世博村路300号王芳收."""
    for line in lines:
        named = [person["styled"] or person["who"] or person["to"] for person in _IN_PASSING.finditer(line.even)]
        found.add("contacts", [name for words in named for name in split_names(words)], line)


def _labels_filled(lines: list[Line]) -> list[Line]:
    """The lines, one that ends with a label (传真：) with the line behind it, which holds what it is of."""
    whole: list[Line] = []
    for line in lines:
        label = re.search(r"[^,。;、 ]{2,8} *:$", whole[-1].even) if whole else None
        if label and _LABEL.match(label[0].strip()) and not _LABEL.match(line.even.strip()):
            whole[-1] = Line(whole[-1].text.rstrip() + line.text.strip())
        else:
            whole.append(line)
    return whole


def _read_line(line: Line, labels: list[re.Match[str]], found: _Found, *, goes_on: bool) -> None:
    """One line: each label rules what stands behind it, up to the next label."""
    text = re.sub(r" *\n *", "", line.even)
    found.add("email", [re.sub(r"\s", "", mail[0]).rstrip(".") for mail in _MAIL.finditer(text)], line)
    pieces = _pieces(text, labels, goes_on=goes_on)
    before: list[str] = []  # the numbers of the piece before
    for place, (kind, piece) in enumerate(pieces):
        if kind in ("fax", "mail", "other") and place + 1 < len(pieces) and pieces[place + 1][0] == "phone":
            found.add("contacts", _names(re.split(r"[;。)]", piece)[-1], is_lead=True), line)  # （传真：…）；李丽（电话：…）
        if kind in ("person", "lead", "desk"):
            found.add("contacts", _names(piece, is_lead=kind != "person"), line)
        elif kind == "phone":
            found.add("contacts", _names(piece.split("。")[0], is_lead=True), line)  # 王小明（电话…）、李丽（电话…）
        if kind == "phone" and (short := _SHORT.match(piece)) and "内线" in text:
            found.add("phones", [short["number"]], line)
        numbers = _numbers(piece) if kind not in ("other", "foreign") else []
        if kind == "both" and not numbers:
            found.add("fax", before[-1:], line)  # 电话：…（兼传真）
        if kind == "fax" and not numbers and re.match(r" *\)", piece) and before:
            found.add("fax", before[-1:], line)  # 电话：…、…（传真）
            found.values["phones"].remove(before[-1])
        if kind == "both" and len(numbers) == 2 and re.search(r"[0-9] *\([0-9 -]+\)|[0-9] */ *[0-9]", piece):
            found.add("phones", numbers[:1], line)  # 电话（传真）：…（…）
            found.add("fax", numbers[1:], line)
            numbers = []
        if kind in ("person", "phone", "both", "lead", "desk"):
            found.add("phones", numbers, line)
        if kind in ("fax", "both"):
            found.add("fax", numbers, line)
        before = numbers


def _pieces(text: str, labels: list[re.Match[str]], *, goes_on: bool) -> list[tuple[str, str]]:
    """The line cut at its labels: (kind, words behind it), without e-mail addresses; ``lead`` is what stands before the first."""
    pieces: list[tuple[str, str]] = []
    if goes_on and (not labels or labels[0].start() > 0):
        ahead = text[: labels[0].start()].rsplit("。", 1)[-1] if labels else text
        pieces.append(("lead", _MAIL.sub(" ", ahead)))
    for place, label in enumerate(labels):
        end = labels[place + 1].start() if place + 1 < len(labels) else len(text)
        pieces.append((label.lastgroup or "other", _MAIL.sub(" ", text[label.end() : end])))
    return pieces


def _numbers(text: str) -> list[str]:
    """All telephone numbers in *text*; a tail such as 85093829、3837 is made whole, an extension stays with its number."""
    numbers: list[str] = []
    text = re.sub(r"(?<![0-9])([2-9][0-9]{7})(?=[2-9][0-9]{7}(?![0-9]))", r"\1 ", text)  # a line end stood between two
    for found in _NUMBER.finditer(text):
        abroad = re.sub(r"^\+?86[ -]+(10|2[0-9]|[3-9][0-9]{2})[ -]+(?=[2-9])", r"0\1-", found["whole"])  # +86 21 23110864
        whole = re.sub(r"\s", "", re.sub(r"^(0[0-9]{2,3}) +(?=[0-9])", r"\1-", abroad))
        whole = re.sub(r"^\((0[0-9]{2,3})\)-?", r"\1-", whole)
        whole = re.sub(r"^(0[0-9]{2,3})-+", r"\1-", whole)
        whole = re.sub(r"(?<![0-9])([2-9][0-9]{3})-([0-9]{4})$", r"\1\2", whole)
        whole = re.sub(r"^(1[3-9][0-9])-([0-9]{4})-([0-9]{4})$", r"\1\2\3", whole)
        extension = _extension(found["extension"] or "")
        numbers.append(whole + extension)
        rest = text[found.end() :]
        while extension and (another := _NEXT_EXTENSION.match(rest)) and len(another["tail"]) == len(extension) - 1:
            numbers.append(whole + extension[0] + another["tail"])  # 63234567-8012/8013
            rest = rest[another.end() :]
        while not extension and (tail := _TAIL.match(rest)):
            numbers.append(whole[: -len(tail["tail"])] + tail["tail"])
            rest = rest[tail.end() :]
    return numbers


def _extension(text: str) -> str:
    """An extension in one form: 转801 where a word says so, else -801; 63234567*801 keeps its star."""
    digits = re.sub("[^0-9]", "", text)
    if not digits:
        return ""
    return ("转" if "转" in text or "分机" in text else "*" if re.search(r"[*×]|(?<!e)x", text) else "-") + digits


def _names(text: str, *, is_lead: bool) -> list[str]:
    """The names in *text*, which follows a label such as 联系人; offices, numbers and titles left out."""
    text = re.split(r"[。]|(?:电话|地址|邮)", text)[0] if not is_lead else text
    stands_alone = not is_lead and re.match(r"[ 0-9一二三四五六七八九(]*[:：]", text) is not None
    text = re.sub(r"^[ ]*(?:[:：]|(?:变更|调整|改|更换)[为成]:?|为|是)?", "", text)
    text = re.sub(
        r"[\u4e00-\u9fff]{2,10}(?=\((?P<who>[\u4e00-\u9fff]{2,4})[ ,:]{0,2}[0-9(])", lambda m: "" if is_name(m["who"]) else m[0], text
    )  # 展务（李想 025-83710001）
    names: list[str] = []
    number = re.search(r"[0-9]{3}", text)  # behind it stands more than names
    for piece in re.finditer(r"(?:(?!和(?=[\u4e00-\u9fff ])|[0-9][0-9 +-]*)[^、,;/|:()])+", text):
        names += split_names(
            piece[0].removesuffix("联系"), of_any_family=stands_alone and (number is None or piece.start() < number.start())
        )
    return names
