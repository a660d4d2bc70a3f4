"""The names of people in a contact cell: what is a name among numbers, labels, titles and offices."""

from __future__ import annotations

import re

from ipweek.annexes.readings import office_names
from ipweek.private_numbers import Private
from ipweek.surnames import COMPOUND, UNCOMMON

_NAME_SIGN = r"[㐀-䶿一-鿿\U00020000-\U0003134f]"
TITLES = (
    "老师傅|老师|女士|先生|小姐|同志|副主任|副科长|副处长|副局长|主任|科长|处长|局长|部长|经理|主管|书记|所长|站长|秘书长|秘书|律师"
    "|[一二三四]级(?:主任科员|调研员)|主任科员|科员|职员|干事|专员|调研员|校长|队长|馆长|院长|会长|总监|总经理|总裁|董事长|助理|警官|法官|检察官|工程师|博士|教授"
)
_SHORT_TITLES = "处|科|局|主任|工|总"
_WORDS_ABOUT = re.compile(
    r"联系人员?|联系方式|联系电话|联络员|联络人|联系|经办人|(?:[一-鿿]{2})?责任人|地址|(?:项目|活动|现场|会务|技术|具体)?负责人|填表人|姓名|办公电话|办公室电话|移动电话|手机号码?|手机|座机|固话|固定电话|电话号码|电话|号码|传真|兼|电子邮箱|邮箱|邮件|电邮|微信号?|同号|QQ号?|分机"
    r"|(?i:tel|phone|mobile|mob|fax|e-?mail|wechat|qq|ext)\.?|待定|待确认|暂定|拟定|另行通知|暂无|见附件|同上|不详|或者|以及|拨打|咨询|办公室?|总机|总台|前台|门卫|客服|服务台|团委|工会|党委|热线|工作日|区号|(?:作?为)?(?:备用|主要)|值班|邮政编码|邮编|短信|(?:Mr|Ms|Mrs|Miss)\b\.?|本人|备注|单位|加微|市局|(?<![汇浦山行宁安陀口宝定江贤明新])区局|省局|(?:分管|局|处)?领导|分管|(?<![一-鿿])(?:街道|社区|园区|学校|企业|协会)(?=[一-鿿]{2,3}(?![一-鿿]))|请(?:提前(?:[一两三几]天)?|先|勿|于|在)?|提前(?:[一两三几]天)?|预约|[两几各]位|转(?=[\d\x01])|协助|牵头|接听|对接|负责|保密|共用|合用|共同使用|同一(?:部|个)?"
)
_ORGANISATION = re.compile(
    rf"{_NAME_SIGN}{{0,24}}?(?:委员会|办公室|人民政府|事务所|有限公司|公司|中心|协会|学会|法院|检察院|管理局|监管局|分局|支队|大队|学院|大学|学校|集团|街道办|委办|产业园|园区|促进科|保护科|管理科|综合科|法规科|知识产权[处科局办]|[一-鿿]{{2,6}}(?:科室|处室|科|处|局|室|所|委|办|部|院|厅|馆|站|组|股|街道|镇|乡|海关|村委|居委)(?![长员级])(?={_NAME_SIGN}|[^一-鿿]|$))"
)
_OFFICE_SIGN = re.compile("[局科处室所委办部院厅馆站组股会心司团园队学校府区道镇乡关]")
_ENDS_LIKE_AN_OFFICE = re.compile(rf"(?!党建){_NAME_SIGN}[建文志学永登成国明德正金世宗光云玉][科镇关村部]")
"""王登科 is a person, 商标科 is none."""
_NAME = re.compile(rf"{_NAME_SIGN}{{1,6}}(?:·{_NAME_SIGN}{{1,10}}){{1,3}}|{_NAME_SIGN}+|[A-Za-z]{{2,}}(?:[ .][A-Za-z]+){{0,3}}")
_TITLED = re.compile(rf"({_NAME_SIGN}{{1,4}}?)(?:{TITLES})")
_LEADING_TITLE = re.compile(rf"^副?(?:{TITLES})(?={_NAME_SIGN}{{2,4}}$)")
_GIVEN_BLANK = re.compile(rf"(?<!{_NAME_SIGN})({_NAME_SIGN})[ \u3000\u00a0]+({_NAME_SIGN})(?!{_NAME_SIGN})")
_FOREIGN_SIGNS = frozenset(
    "阿艾安巴班贝别布不查达丹道德丁都敦多额尔恩尕嘎格根古顾哈海罕赫呼卡凯康科克库拉来兰勒里力丽列林龙鲁伦罗洛马玛曼买麦米莫木"
    "那娜奈尼努诺帕普其钦仁日萨赛沙山什斯苏索塔泰坦特提铁图吐托瓦旺西希霞夏孜扎则珠卓吉玉素甫热依迪汗江肉乌雅亚木朝桑央措才让仁次姆旦增金"
)
"""Signs that write the names of other peoples, which have no surname and may be long: 额尔敦巴特尔."""
_COMPOUND_BLANK = re.compile(rf"({'|'.join(sorted(COMPOUND))})[ \u3000\u00a0]+({_NAME_SIGN})(?!{_NAME_SIGN})")
_DOTTED = re.compile(rf"(?<={_NAME_SIGN})\.(?={_NAME_SIGN})")
_DOTS = str.maketrans(dict.fromkeys("•‧・∙⋅●．", "·"))
SURNAMES = UNCOMMON | frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂焦向柳邢路岳齐梅莫庄辛管祝左涂谷祁时舒耿牟卜詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边辜吉饶刁瞿戚丘古米池滕晋苑邬臧畅宫来嵺苟全褚廉简娄盖符奚木穆党燕郎邸冀谈姬屠连郜晏栾郁商蒙计喻揭窦迟宇敖糜鄢冷卓花仇艾蓝都巩稽井练仲乐虞卞封竺冼原官衣楚佟栗匡宗应台巫鞠僧桑荆谌银扬明沙薄伏岑习胥保和蔺"
)


def read(text: str, found: list[Private]) -> list[tuple[int, str]]:
    """The names of the cell with their places; numbers, labels and offices are no names."""
    signs = list(_DOTTED.sub("·", text.translate(_DOTS)))
    for each in found:
        signs[each.start : each.end] = "\x01" * (each.end - each.start)
    rest = "".join(signs)
    rest = _GIVEN_BLANK.sub(lambda match: match[1] + match[2] + "\x02" * (len(match[0]) - 2), rest)
    rest = _COMPOUND_BLANK.sub(lambda match: match[1] + match[2] + "\x02" * (len(match[0]) - 3), rest)
    rest = _WORDS_ABOUT.sub(lambda match: "\x01" * len(match[0]), rest)
    if _OFFICE_SIGN.search(rest):
        rest = _ORGANISATION.sub(_blanked, rest)
    rest = office_names.blank(rest, found, _is_surnamed)
    names: list[tuple[int, str]] = []
    for match in _NAME.finditer(rest):
        if match[0][-1] in "路街弄巷" and rest[match.end() : match.end() + 1].isdecimal():  # 漕宝路650号
            continue
        for said in _apart(match[0]):
            name = _name(said)
            if name and _is_called_again(name, rest[: match.start()], names):
                continue
            if name and name not in [known for _, known in names]:
                names.append((match.start(), name))
    surnamed = [each for each in names if _has_surname(each[1])]
    short = [each for each in surnamed if len(each[1]) < 4 or not _is_overlong(each[1])]
    surnamed = short or surnamed
    has_number = any(each.kind != "email" for each in found)
    return surnamed or ([each for each in names if _may_be_a_name(each[1])] if has_number else [])


def _is_called_again(name: str, before: str, names: list[tuple[int, str]]) -> bool:
    """张三 13800000001（张老师）: in a bracket, with the surname of the one before it."""
    return before.endswith(("（", "(")) and _TITLED.fullmatch(name) is not None and bool(names) and names[-1][1][0] == name[0]


def _is_overlong(name: str) -> bool:
    """Four signs behind a surname of one: beside shorter names that is an office (华东理工), no name."""
    is_chinese = not name.isascii() and "·" not in name and not _FOREIGN_SIGNS.issuperset(name)
    return is_chinese and name[:2] not in COMPOUND and _TITLED.fullmatch(name) is None


def _blanked(office: re.Match[str]) -> str:
    is_person = _ENDS_LIKE_AN_OFFICE.fullmatch(office[0]) and _has_surname(office[0])
    return office[0] if is_person else "\x01" * len(office[0])


def _may_be_a_name(text: str) -> bool:
    """Without a known surname a name is short, or written in the signs of foreign sounds."""
    return len(text) <= 3 or text.isascii() or _FOREIGN_SIGNS.issuperset(text)


def _has_surname(name: str) -> bool:
    bare = name[1:] if name[0] in "小老阿" and len(name) == 2 else name
    return "·" in name or bare[0] in SURNAMES or bare[:2] in COMPOUND


def _is_surnamed(text: str) -> bool:
    """Whether *text* is a name, one with a title behind it, or two of them, that begins with a family name."""
    name = _name(_apart(text)[0]) if text else None
    return name is not None and (_has_surname(name) or (len(name) > 3 and _FOREIGN_SIGNS.issuperset(name)))


def _apart(text: str) -> list[str]:
    """张三和李四 are two; 李和平 is one."""
    if len(text) >= 5 and not text.isascii() and "·" not in text and not _TITLED.fullmatch(text):
        for place in range(2, min(5, len(text) - 2)):
            if text[place] in "和与及或转" and 2 <= len(text) - place - 1 <= 4:
                return [text[:place], text[place + 1 :]]
    return [text]


def _name(text: str) -> str | None:
    """*text* as a name: 张三科长 is 张三, 张老师 stays; None when it can't be one."""
    if text.startswith("某"):
        return None
    text = _LEADING_TITLE.sub("", text) if len(text) > 3 else text
    titled = _TITLED.fullmatch(text)
    if titled:
        return titled[1] if len(titled[1]) > 1 else text
    if len(text) == 2 and text[1] in _SHORT_TITLES and text[0] in SURNAMES:
        return text
    if re.fullmatch(TITLES, text):
        return None
    if text.isascii():
        return text if text[0].isupper() and set(text) != {"X"} else None
    if "·" in text:
        return text
    text = text.removesuffix("人").removesuffix("等") if len(text) > 2 and text.removesuffix("人")[-1] == "等" else text
    return text if 2 <= len(text) <= (7 if _FOREIGN_SIGNS.issuperset(text) else 4) else None
