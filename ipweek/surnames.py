"""Family names that the readers of notices and of contact cells know alike: those of two signs, and the less frequent of one."""

from __future__ import annotations

COMPOUND = (
    *("欧阳", "上官", "司马", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "司徒", "夏侯", "端木"),
    *("百里", "呼延", "南宫", "东郭", "西门", "轩辕", "长孙", "宇文", "闻人", "申屠", "澹台", "公冶", "太史"),
    *("拓跋", "第五", "完颜", "万俟", "赫连", "钟离", "濮阳", "淳于", "单于", "仲孙", "左丘"),
)

UNCOMMON = frozenset(
    "肖闫付丛乌乜云亓亢仉仝仵伊佘佴伯仰储冶况凤勾占厉厍咸堵墨夔娜宓宛宦宰宾寇寿尚尧嵇巢巴帅幸庾弓弘怀慎慕戈戎扈揣斯旷昌昝晁暨"
    "束桃桓楼步殳毋汲沃沐湛濮牧狄璩甯皮矫禄祖禹秋竹笪籍粟索缑缪羊羿肇芮苍茅茹荀荣莘蒯蒲蓟蓬蔚衡裘言訾诸谯贝贡贲赏越逄逯邝那邰邬邴郄郏郗"
    "郤郦鄂酆钮闻阙阚阴隆隗隽雍雒靖韶须颉骆鱼鹿麦麻爨禤妫佀钭麴庹呙睢尉綦迟琚芦忻苌蹇辜朴钏幺闭"
)
"""Family names of one sign that begin few other words (unlike 国, 水, 通, 经): what begins with one among names is a name."""
