"""The headings that Chinese offices print over the columns of such tables."""

from __future__ import annotations

import re

_WORDS = """
序号 编号 单位 区 主办单位 承办单位 协办单位 协办部门 主办部门 责任单位 责任部门 牵头单位 牵头部门 配合单位 参与单位
参加单位 举办单位 组织单位 主办方 实施单位 重点活动名称 活动名称 活动主题 项目名称 名称 活动项目 活动类型 活动类别
活动形式 活动方式 活动内容 主要内容 内容 内容简介 活动简介 活动内容简介 内容和形式 内容及形式 活动时间 举办时间
开展时间 时间 时间安排 完成时间 活动日期 活动地点 举办地点 地点 活动地址 活动场所 出席范围 参加范围 参与范围 参加对象
参与对象 活动对象 面向对象 参加人员 参与人员 出席领导 活动规模 规模 参与人数 参加人数 预计人数 预计参与人数 覆盖人数
受众人数 场次 人数 联系人 联络人 负责人 联系人及电话 联系人及联系方式 联系人及联系电话 联系电话 联系方式 电话 手机 邮箱
备注 经费 预算 经费预算 媒体报道 宣传方式 活动成效 活动亮点 发放资料数 新媒体宣传 是否公开 活动名称及内容
主办(承办)单位 参会人数 参训人数 参会人员 参加单位及人数 姓名 性别 职务 职称 手机号码 联系手机 电子邮箱 微信号 所属单位
工作单位 单位性质 案例名称 作品名称 推荐单位 推荐理由 申报单位 活动开始时间 活动结束时间 开始时间 结束时间 活动层级
线上 线下 牵头领导 责任人 日期 活动概况 活动情况 工作内容 工作任务 任务 主要任务 完成时限 讲座名称 主讲人 地址 资料份数
报道篇数 媒体名称 主题
"""
KNOWN = tuple(_WORDS.split())
"""Headings as printed, without their brackets. Not a limit: what parts a row of headings otherwise (tabs, cells) needs no list."""

HEADING = re.compile(rf"(?:{'|'.join(sorted(KNOWN, key=len, reverse=True))})(?:\s*[(（][^()（）\n]{{1,14}}[)）])?")
_OPEN = re.compile(rf"(?:{'|'.join(KNOWN)})\s*[(（][^()（）]{{0,14}}$")


def is_heading(text: str) -> bool:
    """Whether *text* is one of them, with or without a bracket behind it."""
    return HEADING.fullmatch(text) is not None


def may_go_on(text: str) -> bool:
    """Whether *text* is the first part of one: 重点活, 活动规模（参与."""
    return _OPEN.match(text) is not None or any(known.startswith(text) and known != text for known in KNOWN)
