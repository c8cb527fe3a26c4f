"""我的账户: who has signed in, what the role and scope let them see, and the ways to a new password and out.

Not here: the forms themselves (`dashboards/sign_in.py`).
"""

from typing import Any

import dash
from dash import html

from dashboards.components.panel import heading, panel
from dashboards.door import Door
from dashboards.person import signed_in
from models.access.rules import access_rules

NAME = "我的账户"
PATH = "/account"
_ACTS = {"export": "导出", "query": "SQL 查询", "schedule": "安排抽查", "handle": "处置预警", "audit": "查看审计"}
_MASKS = {
    "inspector": "执法人员编号",
    "residence": "个体工商户住所",
    "proprietor": "个体工商户字号",
    "subject": "预警中的个体工商户字号",
    "excerpt": "文本与答复的摘录",
    "title": "文本与工单的标题",
    "corrector": "更正人",
}


def body(door: Door, **_query: str) -> list[Any]:
    """The page."""
    rules, person = access_rules(), signed_in()
    role = rules.roles[door.viewer.role]
    hidden = [name for mask, name in _MASKS.items() if not door.sees(mask)]
    facts = [
        ("用户", f"{person.user.person_name}（{person.user.user_name}）" if person else "演示或固定身份，没有登录"),
        ("角色", role.title),
        ("区县", _scope(door.viewer.districts)),
        ("部门", _scope(door.viewer.departments)),
        ("可以", "、".join(["查看", *(name for act, name in _ACTS.items() if act in role.may)])),
        ("不显示", "、".join(hidden) or "无"),
    ]
    ways = []
    if person is not None:
        if person.user.is_local:
            ways.append(html.A("修改口令", href="/password", className="button"))
        ways.append(html.A("退出登录", href="/sign-out", className="button"))
    return [
        heading(NAME, html.Span(className="spring"), *ways),
        panel(
            "身份与权限", html.Dl([html.Div([html.Dt(name), html.Dd(text)]) for name, text in facts], className="facts")
        ),
    ]


def register(app: dash.Dash) -> None:
    """Nothing reacts on this page."""


def _scope(values: frozenset[str] | None) -> str:
    return "全部" if values is None else "、".join(sorted(values)) or "无"
