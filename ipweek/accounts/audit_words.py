"""What the actions of the audit log are called on the page. A test keeps every action that is written in this list."""

from __future__ import annotations

ACTIONS: dict[str, str] = {
    "login": "登录",
    "logout": "退出登录",
    "session.end": "结束登录",
    "password.change": "修改密码",
    "password.reset": "重置密码",
    "user.add": "新增账号",
    "user.change": "修改账号",
    "user.close": "停用账号",
    "user.reopen": "恢复账号",
    "user.address": "修改邮箱",
    "people.import": "导入人员",
    "unit.add": "新增单位",
    "unit.change": "修改单位",
    "unit.close": "停用单位",
    "unit.reopen": "恢复单位",
    "unit.move": "调整次序",
    "campaign.draft": "导入通知",
    "campaign.correct": "更正通知内容",
    "campaign.open": "开启活动",
    "campaign.close": "关闭活动",
    "campaign.reopen": "重新开启活动",
    "campaign.withdraw": "撤销活动",
    "amendment.read": "导入补充通知",
    "amendment.apply": "采用补充通知",
    "amendment.discard": "不采用补充通知",
    "deadline.extend": "延期",
    "workday.import": "记入放假安排",
    "workday.change": "更正工作日",
    "table.hand_out": "补发任务",
    "table.submit": "报送",
    "table.nil_return": "零报送",
    "table.endorse": "同意报送",
    "table.send_back": "退回填报员",
    "table.withdraw": "撤回报送",
    "table.approve": "审核通过",
    "table.return": "退回修改",
    "table.take_back": "撤销决定",
    "table.excuse": "本年免报",
    "table.ask_again": "恢复报送",
    "table.extend": "单位延期",
    "table.ask_late": "申请补报",
    "table.allow_late": "同意补报",
    "table.refuse_late": "不同意补报",
    "table.answer": "说明退回处",
    "table.type_in": "代单位填报",
    "table.type_out": "结束代填",
    "table.mend": "代为修改",
    "table.ask_consent": "送单位确认代改",
    "table.drop_mend": "放弃代改",
    "table.agree": "同意代改",
    "table.object": "不同意代改",
    "table.open_all": "放开整张表",
    "table.part_done": "部门填完",
    "table.part_more": "部门继续填",
    "summary.submit": "报送总结",
    "summary.endorse": "同意报送总结",
    "summary.withdraw": "撤回总结",
    "summary.approve": "总结通过",
    "summary.return": "退回总结",
    "summary.extend": "总结延期",
    "chase.send": "催报",
    "chase.group": "记录工作群催报",
    "chase.call": "记录电话催报",
    "chase.remind": "自动提醒",
    "mail.again": "重发邮件",
    "file-kept": "保存文件",
    "file-downloaded": "下载文件",
    "table-downloaded": "下载表格",
    "table.import": "导入表格",
    "workbook-merged": "生成汇总表",
    "workbook.release": "汇总表定版",
    "activities.list": "生成活动一览",
    "summaries.merge": "汇编活动总结",
    "tables.zip": "打包各单位的表",
    "archive.zip": "生成年度归档",
    "public.draft": "起草公开版",
    "public.confirm": "确认发布公开版",
    "public.withdraw": "撤下公开版",
    "public.download": "下载公开版",
    "plugin.enable": "启用插件",
    "plugin.disable": "停用插件",
    "plugin.settings": "修改插件设置",
    "plugin.forget": "清除插件内容",
    "local-downloaded": "下载本地栏目",
    "site.backup": "备份站点",
    "site.restore": "恢复站点",
    "access.deny": "越权访问",
    "csrf.refuse": "拦截请求",
}

OBJECTS = {
    "campaign": "活动",
    "day": "日期",
    "file": "文件",
    "mail": "邮件",
    "plugin": "插件",
    "public": "公开版",
    "release": "汇总表版次",
    "table": "附件表",
    "unit": "单位",
    "user": "账号",
    "year": "年度",
}
"""The kinds of things that lines are about."""
RESULTS = {"ok": "成功", "refused": "被拒绝"}


def action_words(action: str) -> str:
    """The action on the page; the action itself where it has no words."""
    return ACTIONS.get(action, action)


def object_words(thing: str) -> str:
    """What a line is about: ``table:12`` is 附件表 12. Of a refused request nothing: its detail has the address."""
    kind, colon, name = thing.partition(":")
    return f"{OBJECTS.get(kind, kind)} {name}" if colon else OBJECTS.get(kind, "")


def thing_of(words: str | None) -> str:
    """What ``object_words`` was said of: 附件表 12 is ``table:12``. Other text stays."""
    text = (words or "").strip()
    for kind, name in OBJECTS.items():
        if text.startswith(name):
            number = text.removeprefix(name).strip()
            return f"{kind}:{number}" if number else kind
    return text
