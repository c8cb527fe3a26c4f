"""审批效能: limits against practice, durations, ratings, steps, months, and what is overdue.

Working days and percentiles come from the marts.
"""

from typing import Any

import dash
import dash_mantine_components as dmc
import polars as pl
from dash import Input, Output, html

from dashboards import data, labels
from dashboards.components.graph import graph
from dashboards.components.grid import column, whole_grid
from dashboards.components.panel import empty, heading, legend, panel
from dashboards.components.tile import tiles
from dashboards.door import Door, current_door
from dashboards.figures import approval
from dashboards.formats import day, number
from dashboards.theme import RATING

NAME = "审批效能"
PATH = "/approvals"
AREA = "approvals"
MOST_ITEMS = 10


def body(door: Door, **_query: str) -> list[Any]:
    """The page as a list of parts."""
    items = data.approval_items(door)
    title = heading(NAME, html.Span("近 12 个月 · 工作日计", className="muted"))
    if items.is_empty():
        return [title, panel("审批办件", empty(f"本次运行的数据包（{data.feeds(door)}）没有提供审批办件。"))]
    return [
        title,
        tiles(data.metrics(door, AREA), "本次运行没有产生审批指标。"),
        html.Div([_limits(items), _durations(door, items)], className="columns wide-left"),
        html.Div([_months(door), _ratings(items), _open(door)], className="columns thirds"),
        _steps(door),
    ]


def register(app: dash.Dash) -> None:
    """Choice of the item whose durations are shown."""

    @app.callback(Output("approval-durations", "figure"), Input("approval-item", "value"), prevent_initial_call=True)
    def choose(item_code: str | None) -> Any:
        door = current_door()
        chosen = data.approval_items(door).filter(pl.col("item_code") == item_code)
        if chosen.is_empty():
            return dash.no_update
        return approval.durations(data.approval_durations(door, str(item_code)), chosen.row(0, named=True))


def _limits(items: pl.DataFrame) -> html.Section:
    shown = items.filter(pl.col("statutory_days").is_not_null()).head(MOST_ITEMS)
    if shown.is_empty():
        return panel("法定 → 承诺 → 实际", empty("没有事项登记了法定时限。"))
    chart = graph(approval.limits(shown), 400, "各事项的法定时限、承诺时限与实际均值")
    return panel("法定 → 承诺 → 实际", chart, note=f"办结最多的 {shown.height} 个事项 · 右侧为较法定压缩幅度")


def _durations(door: Door, items: pl.DataFrame) -> html.Section:
    first = items.row(0, named=True)
    choice = dmc.Select(
        id="approval-item",
        value=first["item_code"],
        size="xs",
        w=220,
        allowDeselect=False,
        searchable=True,
        data=[{"value": code, "label": name} for code, name in items.select("item_code", "item_name").rows()],
        **{"aria-label": "事项"},
    )
    frame = data.approval_durations(door, first["item_code"])
    return panel(
        "办理时长分布",
        graph(approval.durations(frame, first), 400, "所选事项的办理时长分布", "approval-durations"),
        note=choice,
    )


def _months(door: Door) -> html.Section:
    frame = data.approval_months(door)
    if frame.is_empty():
        return panel("月度办件", empty("没有按月的办件。"))
    return panel(
        "月度办件", graph(approval.months(frame), 320, "按月受理、办结件数与平均用时"), note=f"近 {frame.height} 个月"
    )


def _ratings(items: pl.DataFrame) -> html.Section:
    rated = sum(int(items[f"rating_{score}_count"].sum()) for score in range(1, 6))
    if not rated:
        return panel("好差评", empty("所选时段内没有评价。"))
    most = (
        items.with_columns(pl.sum_horizontal(pl.col("^rating_._count$")).alias("rated"))
        .filter(pl.col("rated") > 0)
        .head(8)
    )
    names = legend(zip(approval.RATING_NAMES, RATING, strict=True))
    return panel(
        "好差评", names, graph(approval.ratings(most), 292, "各事项好差评占比"), note=f"{number(rated)} 条 · 左负右正"
    )


def _open(door: Door) -> html.Section:
    frame = data.approval_open(door)
    if frame.is_empty():
        return panel("超期与临期", empty("没有超期或两个工作日内到期的在办件。"))
    rows = [
        {**row, "opened_at": day(row["opened_at"]), "step_kind": labels.word(labels.STEP_KIND, row["step_kind"])}
        for row in frame.iter_rows(named=True)
    ]
    columns = [
        column("case_id", "办件编号", 118, cellClass="code"),
        column("item_name", "事项", 116, flex=1),
        column("district_name", "区域", 76, valueFormatter={"function": "orDash(params)"}),
        column("step_kind", "环节", 80),
        column("days_left", "时限", 84, cellRenderer="StateBadge"),
    ]
    overdue = frame.filter(pl.col("days_left") < 0).height
    note = f"超期 {overdue} 件 · 临期 {frame.height - overdue} 件"
    return panel("超期与临期", whole_grid("approval-open", columns, rows, "320px"), note=note, kind="grid")


def _steps(door: Door) -> html.Section:
    frame = data.approval_steps(door)
    if frame.is_empty():
        return panel("环节用时", empty("办件没有环节记录。"))
    height = 80 + 34 * frame["item_code"].n_unique()
    return panel(
        "环节用时",
        graph(approval.steps(frame), height, "各事项各环节用时中位数"),
        note="各环节用时中位数相加 · 悬停看九成位数",
    )
