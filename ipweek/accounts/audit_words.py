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
    "deadline.extend": "延期",
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
    "chase.send": "催报",
    "chase.group": "记录工作群催报",
    "chase.call": "记录电话催报",
    "chase.remind": "自动提醒",
    "file-kept": "保存文件",
    "file-downloaded": "下载文件",
    "table-downloaded": "下载表格",
    "table.import": "导入表格",
    "workbook-merged": "生成汇总表",
    "workbook.release": "汇总表定版",
    "plugin.enable": "启用插件",
    "plugin.disable": "停用插件",
    "plugin.settings": "修改插件设置",
    "local-downloaded": "下载本地栏目",
    "access.deny": "越权访问",
    "csrf.refuse": "拦截请求",
}

RESULTS = {"ok": "成功", "refused": "被拒绝"}


def action_words(action: str) -> str:
    """The action on the page; the action itself where it has no words."""
    return ACTIONS.get(action, action)
