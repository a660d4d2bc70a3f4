"""What a Chinese name looks like: the family names, and how a list of names that only blanks part is read."""

from __future__ import annotations

import re
from itertools import pairwise

from ipweek.surnames import COMPOUND, UNCOMMON

_SINGLE = UNCOMMON | frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳酆鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵"
    "湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯昝管卢莫经房裘缪干解应宗丁宣贲邓郁单杭洪包诸左石崔吉钮龚程嵇邢滑裴陆荣翁荀羊惠甄"
    "曲家封芮羿储靳汲邴糜松井段富巫乌焦巴弓牧隗山谷车侯宓蓬全郗班仰秋仲伊宫宁仇栾暴甘厉戎祖武符刘景詹束龙叶幸司韶郜黎蓟薄印宿白怀蒲邰从鄂索咸籍赖卓蔺屠蒙池乔阴胥能苍双闻莘党翟谭贡劳逄姬申扶堵冉宰郦雍郤璩桑桂"
    "濮牛寿通边扈燕冀郏浦尚农温别庄晏柴瞿阎充慕连茹习宦艾鱼容向古易慎戈廖庾终暨居衡步都耿满弘匡国文寇广禄阙东欧殳沃利蔚越夔隆师巩厍聂晁勾敖融冷訾辛阚那简饶空曾毋沙乜养鞠须丰巢关蒯相查后荆红游竺权逯盖益桓公"
    "肖付代仝闫兰覃佟佘岳帅缑亢况郭苟鹿揭竹原战商牟佴伯赏墨哈谯笪年爱阳佟言福仉逄斯苑税植展揣门宾邝甯邸来郎但冼敬肇原植亓隋娜涂楚冶秘占丛修矫桃初国台衣鄢沐丘谌尧仵旷晋智栗楼沃粟线续谈邸郄隽靖颉雒麦矿冀宛游"
)
_COMMON = (  # the more common first
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方"
    "白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_STYLED = re.compile(r"^[\u4e00-\u9fff]{1,3}(?:老师|同志|先生|女士|小姐|处长|科长|主任|局长|经理|工|警官|法官|干事|秘书|部长)$")
_NOT_NAMES = frozenset(
    [
        "通信",
        "联络",
        "通讯",
        "邮寄",
        "邮政",
        "电话",
        "传真",
        "邮箱",
        "手机",
        "地址",
        "邮编",
        "姓名",
        "单位",
        "部门",
        "职务",
        "附件",
        "盖章",
        "签字",
        "签名",
        "日期",
        "时间",
        "备注",
        "联系",
        "方式",
        "及电话",
        "电子",
        "号码",
        "办公",
        "以上",
        "以下",
        "无",
        "待定",
        "同上",
        "平台",
        "另行通知",
        "特此通知",
        "主动公开",
        "微信",
        "分机",
        "活动",
        "报送",
        "业务",
        "技术",
        "会务",
        "内线",
        "座机",
        "群号",
        "名单",
        "各一名",
        "一名",
        "负责",
        "负责人",
        "分管",
        "领导",
        "填写",
        "名",
        "人",
        "谢谢",
    ]
)
_DISTRICT = re.compile("(?:徐汇|金山|黄浦|杨浦|松江|闵行|宝山|静安|长宁|普陀|虹口|嘉定|青浦|奉贤|崇明)$")  # 64250000（徐汇）
_OFFICE = re.compile(
    r"^(?P<office>.{1,30}(?:处|局|办公室|办公厅|办|科|室|中心|部|院|协会|会|司|股|组|委|所|队|厅|站|社|台|大学|学校|公司|集团|窗口))(?P<name>.{1,8})$"
)


_OFFICE_END = re.compile(
    r"[部处局室厅司股委办组队站所院会台科]$|中心$|^(?:宣传|计划|计财|综合|法规|保护|管理|党政|人事|信息)|单位|姓名|分管|领导|人员|..员$|同志$"
)


def is_name(text: str) -> bool:
    """Whether *text* looks like a person: a family name and one or two letters, or with 老师 and the like, or with a dot."""
    if (
        text in _NOT_NAMES
        or _DISTRICT.match(text)
        or re.match(r"周[一二三四五六日天末]$|经[商研协]|.{0,2}[时日月年点]前|.{1,2}[于将请]$", text)
    ):
        return False
    if _STYLED.match(text) or re.match(r"^[\u4e00-\u9fff]{2,8}[·•][\u4e00-\u9fff]{2,10}$", text):
        return True
    if re.match(r"^[小老][\u4e00-\u9fff]$", text):
        return text[1] in _SINGLE
    if not re.match(r"^[\u4e00-\u9fff]{2,4}$", text):
        return False
    if re.search(r"[部处局室厅司股]$", text) or re.match(r"(?:宣传|计划|计财)", text):
        return False
    return (text.startswith(COMPOUND) and len(text) >= 3) or (text[0] in _SINGLE and len(text) <= 3)


def split_names(text: str, *, of_any_family: bool = False) -> list[str]:
    """The names in *text*, parted by blanks; single letters set apart belong to one name (李 晴), an office before a name goes.

    *of_any_family* takes two to four letters for a name that stand where only a name can, known family or not.
    """
    words = [word for word in re.split(r"(\s{2,})|\s", text.strip(" .-_…*“”【】[]")) if word]
    names: list[str] = []
    letters: list[str] = []
    for word in [*words, ""]:
        if word and not word.strip():  # a wide gap parts two names where single letters stand before it
            if len(letters) > 1:
                names += _spelled_apart(letters)
                letters = []
            continue
        if len(word) == 1 and re.match(r"[\u4e00-\u9fff]", word):
            letters.append(word)
            continue
        if word and len(letters) == 1 and is_name(joined := letters[0] + word) and len(joined) <= 3:
            word, letters = joined, []  # noqa: PLW2901 - 李 小明
        elif len(letters) == 1 and names and len(names[-1]) == 2 and not is_name(names[-1]):
            names[-1] += letters.pop()
        names += _spelled_apart(letters)
        letters = []
        if word:
            names.append(word)
    of_any_family = of_any_family and not any(is_name(word) for word in names[1:])  # 竞赛 王芳: what stands ahead is no person
    rooms = [word for word, after in pairwise(names) if word.endswith(("科", "组", "办", "队")) and is_name(after)]  # 商广科 王芳
    names = [word for word in names if word not in rooms]
    return [name for word in names if (name := _person(word, of_any_family=of_any_family))]


def _spelled_apart(letters: list[str]) -> list[str]:
    """The names in *letters* that stand apart from one another: 李 晴 王 小 明; each has two or three, and begins with a family name."""
    text = "".join(letters)
    if len(text) <= 3 or (len(text) == 4 and text.startswith(COMPOUND)):
        return [text] if len(text) > 1 else []
    sizes = [size for size in (2, 3) if len(text) - size >= 2 and text[size] in _SINGLE]
    if len(text) == 4 or not sizes:
        sizes = [2]
    size = min(sizes, key=lambda size: _COMMON.find(text[size]) % 1_000)  # one that none knows comes last
    return [text[:size], *_spelled_apart(list(text[size:]))]


def _person(word: str, *, of_any_family: bool) -> str:
    """The person in *word*, or nothing: 规划处王明 is 王明; a name of an unusual family stands where a name must stand."""
    word = word.strip("·•.,:;()（）")
    if word in _NOT_NAMES:
        return ""
    if is_name(word):
        return word
    if (found := _OFFICE.match(word)) and is_name(found["name"]):
        return found["name"]
    if of_any_family and re.fullmatch(r"[\u4e00-\u9fff]{2,4}", word) and not _OFFICE_END.search(word):
        return word
    return ""
