"""账户: who may sign in, in which role and scope, since when not; made, reset, locked and changed by an administrator.

Each act asks for a reason, which the audit keeps. What an act does is `dashboards/user_data.py`.
"""

from typing import Any

import dash
import dash_mantine_components as dmc
from dash import ALL, Input, Output, State, ctx, dcc, html, no_update

from dashboards import user_data
from dashboards.components.badge import state
from dashboards.components.choice import address
from dashboards.components.panel import empty, heading, panel
from dashboards.components.table import table
from dashboards.door import Door, current_door
from dashboards.person import signed_in
from dashboards.user_data import Account, Form
from models.access.rules import access_rules
from models.access.viewer import PEOPLE

NAME = "账户"
PATH = "/users"
_COLUMNS = [
    ("用户", "short"),
    ("姓名", "short"),
    ("角色", "short"),
    ("区县", "text"),
    ("部门", "text"),
    ("状态", "text"),
    ("最近登录", "short"),
]
_EVERY = "全部（不限）"


def body(door: Door, **query: str) -> list[Any]:
    """The page; `user` of the address is the account that is looked at."""
    if signed_in() is None:
        return [
            heading(NAME),
            panel("账户", empty("演示或固定身份下没有登录，不能管理账户。请用 mingcha serve 启动。")),
        ]
    found = user_data.accounts(door)
    chosen = next((one for one in found if one.user.user_name == query.get("user")), None)
    told = f"停用或改动立即结束其登录 · 最后一名管理员不能停用 · 统一认证的账户不在此列，共 {len(found)} 个本地账户"
    return [
        heading(NAME, html.Span(told, className="muted"), html.Span(className="spring"), _new(chosen)),
        html.Div(
            [panel("本地账户", html.Div(_table(door, found, chosen), id="users-list")), _form(door, chosen)],
            className="columns wide-left",
        ),
    ]


def register(app: dash.Dash) -> None:
    """The acts."""

    @app.callback(
        Output("users-told", "children"),
        Output("users-list", "children"),
        Output("user-why", "value"),
        Input({"type": "user-act", "act": ALL}, "n_clicks"),
        State("user-name", "value"),
        State("user-person", "value"),
        State("user-role", "value"),
        State("user-departments", "value"),
        State("user-districts", "value"),
        State("user-why", "value"),
        prevent_initial_call=True,
    )
    def act(_clicks: list[int], name: str, person: str, role: str, departments: Any, districts: Any, why: str) -> Any:
        if not any(one["value"] for one in ctx.triggered):
            return no_update, no_update, no_update
        door = current_door()
        form = Form(name or "", person or "", role or "", departments or (), districts or (), why or "")
        try:
            done, password = user_data.act(door, ctx.triggered_id["act"], form)
        except ValueError as error:
            return html.Div(str(error), className="notice", role="alert"), no_update, no_update
        once = ["；一次性口令（只显示这一次）：", html.Code(password, id="users-password")] if password else []
        return (
            html.Div([done, *once], className="told", role="status"),
            _table(door, user_data.accounts(door), None),
            "",
        )


def _new(chosen: Account | None) -> Any:
    return dcc.Link("新建账户", href=address(PATH), className="button") if chosen else ""


def _table(door: Door, found: list[Account], chosen: Account | None) -> Any:
    titles = {role: terms.title for role, terms in access_rules().roles.items()}
    districts, departments = user_data.districts(door), user_data.departments(door)

    def scope(held: frozenset[str] | None, names: dict[str, str]) -> str:
        return "全部" if held is None else "、".join(names.get(one, one) for one in sorted(held)) or "无"

    rows = [
        [
            dcc.Link(
                one.user.user_name,
                href=address(PATH, user=one.user.user_name),
                className="current" if chosen is one else "",
            ),
            one.user.person_name,
            titles[one.user.viewer.role],
            scope(one.user.viewer.districts, districts),
            scope(one.user.viewer.departments, departments),
            state(one.state, one.tone),
            one.last,
        ]
        for one in found
    ]
    return table(_COLUMNS, rows, "本地账户") if rows else empty("还没有本地账户。")


def _form(door: Door, chosen: Account | None) -> html.Section:
    user = chosen.user if chosen else None
    viewer, titles = user.viewer if user else None, access_rules().roles
    fixed = {"readOnly": True, "variant": "filled"} if user else {}

    def several(part: str, label: str, names: dict[str, str], held: frozenset[str] | None) -> dmc.MultiSelect:
        return dmc.MultiSelect(
            id=f"user-{part}",
            label=label,
            data=user_data.options(names, held),
            value=sorted(held or ()),
            placeholder="" if held else _EVERY,
            searchable=True,
            clearable=True,
            nothingFoundMessage="没有匹配项",
            description="不选即不限",
        )

    fields = [
        dmc.TextInput(
            id="user-name", label="用户名", value=user.user_name if user else "", **fixed,
            description="" if user else "2 至 32 个字母、数字、点、连字符或下划线",
        ),
        dmc.TextInput(
            id="user-person", label="姓名", value=user.person_name if user else "", **fixed
        ),
        dmc.Select(
            id="user-role", label="角色", value=viewer.role if viewer else None, placeholder="请选择",
            data=[{"value": role, "label": titles[role].title} for role in PEOPLE],
        ),
        several("districts", "区县", user_data.districts(door), viewer.districts if viewer else None),
        several("departments", "部门", user_data.departments(door), viewer.departments if viewer else None),
        dmc.TextInput(id="user-why", label="理由（必填，记入审计）", value=""),
    ]  # fmt: skip
    return panel(
        f"账户 {user.user_name}" if user else "新建账户",
        html.Div([*fields, html.Div(_acts(chosen), className="controls"), html.Div(id="users-told")], className="form"),
    )


def _acts(chosen: Account | None) -> list[html.Button]:
    def button(act: str, name: str, kind: str = "plain") -> html.Button:
        return html.Button(name, id={"type": "user-act", "act": act}, className=kind, n_clicks=0)

    if chosen is None:
        return [button("add", "建立账户", "button")]
    return [
        button("change", "保存角色与范围", "button"),
        button("reset", "重置口令"),
        button("enable", "启用或解除锁定"),
        button("disable", "停用"),
    ]
