"""The reading of 联系人, which holds names and phones in one field."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any

from ipweek.annexes.readings.numerals import READ_AT_MOST
from ipweek.private_numbers import Private, scan

_NAME_SIGN = r"[㐀-䶿一-鿿\U00020000-\U0003134f]"
_TITLES = (
    "老师傅|老师|女士|先生|小姐|同志|副主任|副科长|副处长|副局长|主任|科长|处长|局长|部长|经理|主管|书记|所长|站长|秘书长|秘书|律师"
    "|校长|队长|馆长|院长|会长|总监|助理|警官|法官|检察官|工程师|博士|教授"
)
_SHORT_TITLES = "处|科|局|主任|工|总"
_WORDS_ABOUT = re.compile(
    r"联系人员?|联系方式|联系电话|联络员|联络人|联系|经办人|(?:项目|活动|现场|会务|技术|具体)?负责人|填表人|姓名|办公电话|办公室电话|移动电话|手机号码?|手机|座机|固话|固定电话|电话号码|电话|号码|传真|兼|电子邮箱|邮箱|邮件|电邮|微信号?|同号|QQ号?|分机"
    r"|(?i:tel|phone|mobile|mob|fax|e-?mail|wechat|qq|ext)\.?|待定|待确认|暂定|拟定|另行通知|暂无|见附件|同上|不详|或者|以及|拨打|咨询|办公室?|总机|总台|前台|门卫|客服|服务台|团委|工会|党委|热线|工作日|区号|备用|值班|邮政编码|邮编|短信|(?:Mr|Ms|Mrs|Miss)\b\.?|本人|备注|单位|加微|市局|区局|省局"
)
_ORGANISATION = re.compile(
    rf"{_NAME_SIGN}{{0,24}}?(?:委员会|办公室|人民政府|事务所|有限公司|公司|中心|协会|学会|法院|检察院|管理局|监管局|分局|支队|大队|学院|大学|学校|集团|街道办|委办|产业园|园区|促进科|保护科|管理科|综合科|法规科|知识产权[处科局办]|[一-鿿]{{2,6}}(?:科室|处室|科|处|局|室|所|委|办|部|院|厅|馆|站|组|股|街道|镇|乡|海关|村委|居委)(?![长员级])(?={_NAME_SIGN}|[^一-鿿]|$))"
)
_OFFICE_SIGN = re.compile("[局科处室所委办部院厅馆站组股会心司团园队学校府区道镇乡关]")
_ENDS_LIKE_AN_OFFICE = re.compile(rf"(?!党建){_NAME_SIGN}[建文志学永登成国明德正金世宗光云玉][科镇关村部]")
"""王登科 is a person, 商标科 is none."""
_NAME = re.compile(rf"{_NAME_SIGN}{{1,6}}(?:·{_NAME_SIGN}{{1,10}}){{1,3}}|{_NAME_SIGN}+|[A-Za-z]{{2,}}(?:[ .][A-Za-z]+){{0,3}}")
_TITLED = re.compile(rf"({_NAME_SIGN}{{1,4}}?)(?:{_TITLES})")
_LEADING_TITLE = re.compile(rf"^副?(?:{_TITLES})(?={_NAME_SIGN}{{2,4}}$)")
COMPOUND_SURNAMES = frozenset(
    (
        "欧阳",
        "司徒",
        "司马",
        "上官",
        "诸葛",
        "东方",
        "皇甫",
        "尉迟",
        "公孙",
        "慕容",
        "令狐",
        "宇文",
        "长孙",
        "夏侯",
        "轩辕",
        "端木",
        "南宫",
        "呼延",
        "闻人",
        "申屠",
    )
)
_LISTED = re.compile(r"[\s、,，/;；和及或]*")
_GIVEN_BLANK = re.compile(rf"(?<!{_NAME_SIGN})({_NAME_SIGN})[ \u3000\u00a0]+({_NAME_SIGN})(?!{_NAME_SIGN})")
_FOREIGN_SIGNS = frozenset(
    "阿艾安巴班贝别布不查达丹道德丁都敦多额尔恩尕嘎格根古顾哈海罕赫呼卡凯康科克库拉来兰勒里力丽列林龙鲁伦罗洛马玛曼买麦米莫木"
    "那娜奈尼努诺帕普其钦仁日萨赛沙山什斯苏索塔泰坦特提铁图吐托瓦旺西希霞夏孜扎则珠卓吉玉素甫热依迪汗江肉"
)
"""Signs that write the names of other peoples, which have no surname and may be long: 额尔敦巴特尔."""
_DOTTED = re.compile(rf"(?<={_NAME_SIGN})\.(?={_NAME_SIGN})")
_DOTS = str.maketrans(dict.fromkeys("•‧・∙⋅●．", "·"))
SURNAMES = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂焦向柳邢路岳齐梅莫庄辛管祝左涂谷祁时舒耿牟卜詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边辜吉饶刁瞿戚丘古米池滕晋苑邬臧畅宫来嵺苟全褚廉简娄盖符奚木穆党燕郎邸冀谈姬屠连郜晏栾郁商蒙计喻揭窦迟宇敖糜鄢冷卓花仇艾蓝都巩稽井练仲乐虞卞封竺冼原官衣楚佟栗匡宗应台巫鞠僧桑荆谌银扬明沙薄伏岑习胥保和蔺"
)


@dataclass(frozen=True)
class Person:
    """One contact: ``mobile`` and ``tel`` are normalised digits (021-00001234), None where there is none."""

    name: str | None
    mobile: str | None = None
    tel: str | None = None
    extension: str | None = None

    def as_json(self) -> dict[str, Any]:
        return {"name": self.name, "mobile": self.mobile, "tel": self.tel, "ext": self.extension}

    def in_words(self) -> str:
        """``张三 13800000002``; ``李四（没有电话）`` where only the name was read."""
        numbers = [number for number in (self.mobile, self.tel) if number]
        extension = [f"转 {self.extension}"] if self.extension else []
        return " ".join([self.name or "（没有姓名）", *numbers, *extension]) if numbers else f"{self.name}（没有电话）"


@dataclass(frozen=True)
class ContactReading:
    """The people of the cell, and what is wrong: no-name, no-phone, phone-short, phone-masked.

    ``odd`` holds the numbers as typed that are no whole phone; ``more`` are further numbers of the same people.
    """

    text: str
    people: tuple[Person, ...] = ()
    problems: tuple[str, ...] = ()
    odd: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    ask: bool = False

    def as_json(self) -> dict[str, Any]:
        return {
            "people": [person.as_json() for person in self.people],
            "problems": list(self.problems),
            "more": list(self.more),
            "emails": list(self.emails),
            "ask": self.ask,
        }

    def in_words(self) -> str:
        """``张三 13800000002；李四 021-00001234 转 8``; empty when nobody was read, the cell says just that, or a check says more."""
        if self.problems:
            return ""
        people = "；".join(person.in_words() for person in self.people)
        return "" if _bare(people) == _bare(self.text) else people


@dataclass
class _Draft:
    name: str | None
    phones: list[Private] = field(default_factory=list)


def _bare(words: str) -> str:
    """*words* without what only parts them, to see whether two say the same."""
    return re.sub(r"[\s、，,；;：:()（）/—–-]", "", words)


def read(text: str) -> ContactReading:
    """The reading of *text* as typed. Numbers are given to the names beside them, in order, never invented."""
    found = scan(text, in_contact=True)
    phones = _with_area([each for each in found if each.kind in ("mobile", "tel")], text)
    odd = [each for each in found if each.kind in ("short", "masked")]
    names = _names(text[:READ_AT_MOST], [each for each in found if each.end <= READ_AT_MOST])
    drafts, ask = _pair(names, phones)
    people = tuple(_person(draft) for draft in drafts)
    used = {phone for person in people for phone in (person.mobile, person.tel)}
    more = tuple(phone.number for phone in phones if phone.number not in used)
    problems = _problems(people, phones, odd)
    emails = tuple(each.text for each in found if each.kind == "email")
    return ContactReading(text, people, problems, tuple(each.text for each in odd), more, emails, ask)


def _with_area(phones: list[Private], text: str) -> list[Private]:
    """021-00001234、00005678: numbers of one list share the area code of the first."""
    shared: list[Private] = []
    for phone in phones:
        before = shared[-1] if shared else None
        is_listed = before is not None and _LISTED.fullmatch(text[before.end : phone.start]) is not None
        if before is not None and is_listed and "-" in before.number and len(phone.number) == 8:
            shared.append(replace(phone, number=f"{before.number.split('-')[0]}-{phone.number}"))
        else:
            shared.append(phone)
    return shared


def _problems(people: tuple[Person, ...], phones: list[Private], odd: list[Private]) -> tuple[str, ...]:
    problems = []
    if not any(person.name for person in people):
        problems.append("no-name")
    if any(each.kind == "masked" for each in odd):
        problems.append("phone-masked")
    if any(each.kind == "short" for each in odd):
        problems.append("phone-short")
    if not phones and not odd:
        problems.append("no-phone")
    return tuple(problems)


def _person(draft: _Draft) -> Person:
    mobile = next((phone.number for phone in draft.phones if phone.kind == "mobile"), None)
    tel = next((phone for phone in draft.phones if phone.kind == "tel"), None)
    return Person(draft.name, mobile, tel.number if tel else None, tel.extension if tel else None)


def _names(text: str, found: list[Private]) -> list[tuple[int, str]]:
    """The names of the cell with their places; numbers, labels and offices are no names."""
    signs = list(_DOTTED.sub("·", text.translate(_DOTS)))
    for each in found:
        signs[each.start : each.end] = "\x01" * (each.end - each.start)
    rest = "".join(signs)
    rest = _GIVEN_BLANK.sub(lambda match: match[1] + match[2] + "\x02" * (len(match[0]) - 2), rest)
    rest = _WORDS_ABOUT.sub(lambda match: "\x01" * len(match[0]), rest)
    if _OFFICE_SIGN.search(rest):
        rest = _ORGANISATION.sub(_blanked, rest)
    names: list[tuple[int, str]] = []
    for match in _NAME.finditer(rest):
        for said in _apart(match[0]):
            name = _name(said)
            if name and name not in [known for _, known in names]:
                names.append((match.start(), name))
    surnamed = [each for each in names if _has_surname(each[1])]
    has_number = any(each.kind != "email" for each in found)
    return surnamed or ([each for each in names if _may_be_a_name(each[1])] if has_number else [])


def _blanked(office: re.Match[str]) -> str:
    is_person = _ENDS_LIKE_AN_OFFICE.fullmatch(office[0]) and _has_surname(office[0])
    return office[0] if is_person else "\x01" * len(office[0])


def _may_be_a_name(text: str) -> bool:
    """Without a known surname a name is short, or written in the signs of foreign sounds."""
    return len(text) <= 3 or text.isascii() or _FOREIGN_SIGNS.issuperset(text)


def _has_surname(name: str) -> bool:
    bare = name[1:] if name[0] in "小老阿" and len(name) == 2 else name
    return "·" in name or bare[0] in SURNAMES or bare[:2] in COMPOUND_SURNAMES


def _apart(text: str) -> list[str]:
    """张三和李四 are two; 李和平 is one."""
    if len(text) >= 5 and not text.isascii() and "·" not in text and not _TITLED.fullmatch(text):
        for place in range(2, min(5, len(text) - 2)):
            if text[place] in "和与及或" and 2 <= len(text) - place - 1 <= 4:
                return [text[:place], text[place + 1 :]]
    return [text]


def _name(text: str) -> str | None:
    """*text* as a name: 张三科长 is 张三, 张老师 stays; None when it can't be one."""
    text = _LEADING_TITLE.sub("", text) if len(text) > 3 else text
    titled = _TITLED.fullmatch(text)
    if titled:
        return titled[1] if len(titled[1]) > 1 else text
    if len(text) == 2 and text[1] in _SHORT_TITLES and text[0] in SURNAMES:
        return text
    if re.fullmatch(rf"(?:{_TITLES}|科员|职员)", text):
        return None
    if text.isascii():
        return text if text[0].isupper() and set(text) != {"X"} else None
    if "·" in text:
        return text
    text = text.removesuffix("人").removesuffix("等") if len(text) > 2 and text.removesuffix("人")[-1] == "等" else text
    return text if 2 <= len(text) <= (7 if _FOREIGN_SIGNS.issuperset(text) else 4) else None


def _pair(names: list[tuple[int, str]], phones: list[Private]) -> tuple[list[_Draft], bool]:
    """Names and numbers in order of writing, put together; and whether that is doubtful."""
    if not names:
        return _nameless(phones), False
    marks = sorted(
        [(place, "name", name) for place, name in names] + [(phone.start, "phone", phone) for phone in phones], key=lambda mark: mark[0]
    )
    if len(names) == 1:
        return [_Draft(names[0][1], phones)], False
    kinds = "".join(str(mark[1])[0] for mark in marks)
    if kinds.startswith("p"):
        marks.reverse()
        drafts, ask = _runs(marks)
        drafts.reverse()
        for draft in drafts:
            draft.phones.reverse()
        return drafts, ask
    return _runs(marks)


def _nameless(phones: list[Private]) -> list[_Draft]:
    """Numbers without a name: a mobile and a landline may be one person's, two of a kind are not."""
    drafts: list[_Draft] = []
    for phone in phones:
        if drafts and all(phone.kind != other.kind for other in drafts[-1].phones):
            drafts[-1].phones.append(phone)
        else:
            drafts.append(_Draft(None, [phone]))
    return drafts


def _runs(marks: list[Any]) -> tuple[list[_Draft], bool]:
    """Each run of names takes the run of numbers after it: one to one, or all to the one name."""
    drafts: list[_Draft] = []
    ask = False
    place = 0
    while place < len(marks):
        run: list[_Draft] = []
        while place < len(marks) and marks[place][1] == "name":
            run.append(_Draft(marks[place][2]))
            place += 1
        numbers: list[Private] = []
        while place < len(marks) and marks[place][1] == "phone":
            numbers.append(marks[place][2])
            place += 1
        ask = _share(run, numbers) or ask
        drafts += run
    return drafts, ask


def _share(run: list[_Draft], numbers: list[Private]) -> bool:
    """Give *numbers* to the people of *run*; True when the words leave open whose they are."""
    if len(run) == 1:
        run[0].phones += numbers
    elif numbers and len(numbers) % len(run) == 0:
        each = len(numbers) // len(run)
        is_mixed = each == 1 and len({number.kind for number in numbers}) > 1
        for place, draft in enumerate(run):
            draft.phones += numbers[place * each : (place + 1) * each]
        return is_mixed
    elif len(numbers) == 1 and numbers[0].kind == "tel":
        for draft in run:
            draft.phones.append(numbers[0])
    elif numbers:
        run[-1].phones += numbers
        return True
    return False
