"""审计: who did what, when, from where, with what result; for the administrator.

Nothing is written here; entries are kept by `warehouse/audit`.
"""

from typing import Any

import dash
from dash import dcc, html

from dashboards import audit_data, labels
from dashboards.choices import choices, keyword, one
from dashboards.components.choice import address
from dashboards.components.panel import empty, heading, panel
from dashboards.components.table import table
from dashboards.door import Door
from dashboards.formats import instant
from models.access.rules import access_rules

NAME = "审计"
PATH = "/audit"
ALL = "all"
ROWS = 200


def body(door: Door, **query: str) -> list[Any]:
    """The page; `kind`, `keyword` (a person) and `before` (a number) of the address filter it."""
    kinds = audit_data.kinds()
    kind = query["kind"] if query.get("kind") in kinds else ALL
    person, before = query.get("keyword", "").strip(), query.get("before", "")
    number = int(before) if before.isascii() and before.isdigit() and len(before) < 16 else 0
    found = audit_data.entries(door, "" if kind == ALL else kind, person, number, ROWS)
    titles = {role: terms.title for role, terms in access_rules().roles.items()}
    rows = [
        [
            str(one.audit_no),
            instant(audit_data.moment(one)),
            kinds[one.kind],
            one.actor,
            titles.get(one.role, one.role or "—"),
            one.address or "—",
            html.Div([html.Div(one.subject), html.Div(audit_data.details(one), className="basis")]),
            labels.word(labels.AUDIT_RESULT, one.result),
        ]
        for one in found
    ]
    columns = [
        ("编号", "number"),
        ("时间", "short"),
        ("行为", "short"),
        ("用户", "short"),
        ("角色", "short"),
        ("来自", "short"),
        ("对象", "text"),
        ("结果", "short"),
    ]
    same = {**({} if kind == ALL else {"kind": kind}), **({"keyword": person} if person else {})}
    older = (
        dcc.Link("更早的记录", href=address(PATH, **same, before=str(found[-1].audit_no))) if len(found) == ROWS else ""
    )
    broken = audit_data.broken(door)
    state = "记录链完整" if broken is None else f"记录 {broken} 与前一条不相接，可能被改动"
    return [
        heading(
            NAME,
            html.Span(state, className="count" if broken is None else "notice"),
            html.Span(
                [f"只增不改，保存 {audit_data.months()} 个月；导出全部用 ", html.Code("mingcha audit export")],
                className="muted",
            ),
        ),
        choices(
            one("kind", "行为", [(ALL, "全部行为"), *kinds.items()], kind, 180),
            keyword("用户名", query),
        ),
        panel("记录", table(columns, rows, NAME) if rows else empty("没有符合所选条件的记录。"), note=older),
    ]


def register(app: dash.Dash) -> None:
    """Nothing reacts on this page but what its address says (`choices`)."""
