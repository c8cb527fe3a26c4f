"""等级变化: how grades are spread, who moved between two published days, and who would move under a proposed policy.

Grades of the ledger are never rewritten; comparing two of them is grade_change's work, not the page's.
"""

from typing import Any
from urllib.parse import urlencode

import dash
import polars as pl
from dash import dcc, get_relative_path, html

from dashboards import grade_data, labels
from dashboards.components.graph import graph
from dashboards.components.moves import entities, matrices
from dashboards.components.panel import empty, heading, panel
from dashboards.components.sourced import source
from dashboards.components.table import table
from dashboards.door import Door
from dashboards.figures.grade import spread
from dashboards.formats import MISSING, number

NAME = "等级变化"
PATH = "/grades"
DAYS = 24
DRAWN_DAYS = 8


def body(door: Door, **query: str) -> list[Any]:
    """The page; `query` names the two days, or the proposal, that are compared."""
    days = grade_data.published_days(door)
    proposals = {made.name: (made, moved) for made, moved in grade_data.proposals(door)}
    chosen = query.get("proposal", "")
    if chosen in proposals:
        made, moved = proposals[chosen]
        shown = [
            _proposed(made),
            matrices(moved),
            entities("等级将会改变的主体", moved),
        ]
    else:
        shown = _between(door, days, query)
    return [
        heading(
            NAME,
            html.Span(className="spring"),
            html.Span("等级仅供内部监管使用，不对外公开", className="notice"),
            dcc.Link("回溯检验", href=get_relative_path("/backtest"), className="button"),
            dcc.Link("人工决定", href=get_relative_path("/decisions"), className="button"),
        ),
        *_distribution(door, days),
        html.Div([_days(days), _proposals(proposals)], className="columns halves"),
        *shown,
        _ledger(door),
    ]


def register(app: dash.Dash) -> None:
    """Everything on this page is chosen by its address."""


def _distribution(door: Door, days: list[str]) -> list[Any]:
    """How the entities are spread over the grades, on each of the last published days."""
    shown = days[:DRAWN_DAYS]
    if not shown:
        return []
    counted = grade_data.distribution(door, shown)
    parts = []
    for pack, name in labels.PACK.items():
        own = counted.filter(pl.col("pack_id") == pack)
        title = f"{name}等级分布"
        latest = own.filter(pl.col("as_of") == shown[0])["entity_count"].sum()
        note = html.Span([html.Span(f"{number(latest)} 户 · 悬停看户数"), source("grade.grade")], className="beside")
        parts.append(panel(title, graph(spread(own, pack), 64 + 34 * len(shown), f"{title}，按截止日"), note=note))
    return [html.Div(parts, className="columns halves")]


def _between(door: Door, days: list[str], query: dict[str, str]) -> list[Any]:
    after = query["after"] if query.get("after") in days else next(iter(days), "")
    before = query["before"] if query.get("before") in days else next((day for day in days if day < after), "")
    if not before:
        why = "台账中只有一个截止日；再发布一个截止日之后即可比较。" if days else "台账中还没有已发布的等级。"
        return [panel("两日之间的变化", empty(why))]
    moved = grade_data.moves(door, before, after)
    return [
        html.H2([f"{before} → {after}"], className="section"),
        matrices(moved),
        entities("等级不同的主体", moved),
    ]


def _days(days: list[str]) -> html.Section:
    if not days:
        return panel("已发布的截止日", empty("台账中还没有已发布的等级。"))
    latest = days[0]
    links = [
        dcc.Link(
            day, href=get_relative_path(PATH) + "?" + urlencode({"before": day, "after": latest}), className="chip"
        )
        for day in days[1 : DAYS + 1]
    ]
    told = html.P(f"以最近的截止日 {latest} 与下列一日比较：") if links else html.P(f"最近的截止日 {latest}。")
    return panel("已发布的截止日", told, html.Div(links, className="chips"), note=f"{len(days)} 个")


def _proposals(proposals: dict[str, Any]) -> html.Section:
    if not proposals:
        why = "拟议的规则放在一个目录里，用 mingcha policy diff 目录 与现行规则比较，结果显示在这里。"
        return panel("拟议的规则", empty(why))
    columns = [("目录", "text"), ("截止日", "short"), ("不同的规则", "text"), ("变化", "number")]
    rows = [
        [
            dcc.Link(made.name, href=get_relative_path(PATH) + "?" + urlencode({"proposal": made.name})),
            made.as_of,
            "、".join(made.rules) or MISSING,
            f"{number(moved.height)} 条",
        ]
        for made, moved in proposals.values()
    ]
    return panel("拟议的规则", table(columns, rows, "拟议的规则", is_tight=True), note="只作比较，不影响已发布的等级")


def _proposed(made: Any) -> html.Section:
    told = f"以截止日 {made.as_of} 已发布的指标值，按拟议规则（版本 {made.policy_version}）重新评级。"
    left = f"未反映（改变指标值本身，须另行刷新才能比较）：{'、'.join(made.not_shown)}" if made.not_shown else ""
    return panel(
        f"拟议规则：{made.name}",
        html.P(told),
        html.P(f"与现行规则不同：{'、'.join(made.rules) or MISSING}"),
        *([html.P(left, className="notice")] if left else []),
    )


def _ledger(door: Door) -> html.Section:
    runs = grade_data.runs(door)
    if not runs:
        return panel("等级台账", empty("还没有发布过。"))
    columns = [
        ("截止日", "short"),
        ("运行", "text"),
        ("户数", "number"),
        ("规则版本", "text"),
        ("输入摘要", "text"),
        ("等级文件摘要", "text"),
    ]
    rows = [
        [
            run.as_of,
            html.Code(run.run_id),
            number(run.rows),
            html.Code(run.policy_version),
            html.Code(run.input_digest),
            html.Code(run.sha256[:16], title=run.sha256),
        ]
        for run in runs[:DAYS]
    ]
    return panel(
        "等级台账", table(columns, rows, "等级台账", is_tight=True), note="每次发布一行，只增不改；逐行带有上一行的摘要"
    )
