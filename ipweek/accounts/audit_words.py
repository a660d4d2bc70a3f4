"""What the actions of the audit log are called on the page. A test keeps every action that is written in this list."""

from __future__ import annotations

ACTIONS: dict[str, str] = {
    "login": "登录",
    "logout": "退出登录",
    "session-ended": "结束登录",
    "password-changed": "修改密码",
    "password-reset": "重置密码",
    "user-added": "新增账号",
    "user-changed": "修改账号",
    "user-closed": "停用账号",
    "user-reopened": "恢复账号",
    "people-imported": "导入人员",
    "unit-added": "新增单位",
    "unit-changed": "修改单位",
    "unit-closed": "停用单位",
    "unit-reopened": "恢复单位",
    "unit-moved": "调整次序",
    "access-denied": "越权访问",
    "csrf-refused": "拦截请求",
}

RESULTS = {"ok": "成功", "refused": "被拒绝"}


def action_words(action: str) -> str:
    """The action on the page; the action itself where it has no words."""
    return ACTIONS.get(action, action)
