"""Family names of two signs, as the readers of notices and of contact cells know them."""

from __future__ import annotations

COMPOUND = (
    *("欧阳", "上官", "司马", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "司徒", "夏侯", "端木"),
    *("百里", "呼延", "南宫", "东郭", "西门", "轩辕", "长孙", "宇文", "闻人", "申屠", "澹台", "公冶", "太史"),
    *("拓跋", "第五", "完颜", "万俟", "赫连", "钟离", "濮阳", "淳于", "单于", "仲孙", "左丘"),
)
