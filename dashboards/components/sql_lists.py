"""Queries kept, shared and asked before, each a click away from the editor (assets/workbench.js reads `data-sql`).

Not here: where they come from (`saved_query.py`).
"""

from typing import Any

import dash_mantine_components as dmc
from dash import html

from dashboards.components.panel import empty
from dashboards.saved_query import Saved

_RESULT = {"ok": "", "refused": "被拒绝", "failed": "出错", "limit": "超限", "cancelled": "已取消", "busy": "忙"}


def keeping() -> html.Span:
    """What a query is kept with."""
    return html.Span(
        [
            dmc.TextInput(id="sql-title", placeholder="名称", size="xs", w=160, **{"aria-label": "查询名称"}),
            dmc.Checkbox(id="sql-shared", label="共享", size="xs", checked=False),
            html.Button("保存", id="sql-save", className="plain", n_clicks=0),
            html.Span(id="sql-save-told", className="notice", role="alert"),
        ],
        className="controls",
    )


def kept(found: list[Saved], person: str) -> Any:
    """Queries of one's own, which one may remove, and those that others share."""
    if not found:
        return empty("保存的和他人共享的查询列在这里；$名称 是参数。")
    return html.Ul([_saved(one, is_own=one.owner == person) for one in found], className="sql-list")


def asked(found: list[dict[str, Any]]) -> Any:
    """Statements asked before, with how they ended."""
    if not found:
        return empty("运行过的查询列在这里。")
    return html.Ul(
        [html.Li([_button(" ".join(one["sql"].split())[:120], one["sql"]), _ended(one)]) for one in found],
        className="sql-list",
    )


def _saved(one: Saved, *, is_own: bool) -> html.Li:
    whose = ("共享" if one.is_shared else "自用") if is_own else f"{one.owner} 共享"
    remove = html.Button("删除", id={"type": "sql-remove", "number": one.number}, className="source", n_clicks=0)
    return html.Li([_button(one.title, one.sql), html.Small(whose), *([remove] if is_own else [])])


def _ended(one: dict[str, Any]) -> html.Small:
    told = _RESULT.get(one["result"], one["result"]) or ("执行计划" if one.get("act") == "explain" else "")
    return html.Small(told or f"{one.get('rows', 0):,} 行 · {one.get('seconds', 0)} 秒")


def _button(name: str, sql: str) -> html.Button:
    return html.Button(name, className="name", title=sql, **{"data-sql": sql})
