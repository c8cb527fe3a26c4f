"""审批效能: limits against practice, durations, ratings, steps, months, and what is overdue.

Working days and percentiles come from the marts.
"""

from collections.abc import Callable, Mapping
from typing import Any

import dash
import dash_mantine_components as dmc
import polars as pl
from dash import Input, Output, dcc, get_relative_path, html

from dashboards import approval_lists as lists
from dashboards import casework_data, data, labels
from dashboards.choices import choices, keyword, several, views
from dashboards.components.graph import graph
from dashboards.components.grid import column, whole_grid
from dashboards.components.panel import empty, facts, heading, legend, panel
from dashboards.components.sourced import source
from dashboards.components.tile import tiles
from dashboards.door import Door, current_door
from dashboards.figures import approval
from dashboards.formats import day, number
from dashboards.listed import listed
from dashboards.theme import RATING

NAME = "审批效能"
PATH = "/approvals"
AREA = "approvals"
QUALITY = "approval_quality"
FILTERS = ("item_code", "district_code")
Query = Mapping[str, str]
MOST_ITEMS = 10


def body(door: Door, **query: str) -> list[Any]:
    """The part of the page that `view` of the address names; `item_code` and `district_code` filter its lists."""
    items = data.approval_items(door)
    view = query["view"] if query.get("view") in VIEWS else "summary"
    title = heading(
        NAME,
        html.Span("近 12 个月 · 工作日计", className="muted"),
        html.Span(className="spring"),
        dcc.Link("指标口径", href=get_relative_path("/metrics?area=approvals"), className="button"),
    )
    if items.is_empty():
        return [title, panel("审批办件", empty(f"本次运行的数据包（{data.feeds(door)}）没有提供审批办件。"))]
    return [title, views(PATH, VIEWS, view, query, FILTERS), *_PARTS[view](door, query)]


def _summary(door: Door, _query: Query) -> list[Any]:
    items = data.approval_items(door)
    return [
        tiles(data.metrics(door, AREA), "本次运行没有产生审批指标。"),
        html.Div([_limits(items), _durations(door, items)], className="columns wide-left"),
        html.Div([_months(door), _ratings(items), _open(door)], className="columns thirds"),
        _steps(door),
    ]


def _speed(door: Door, query: Query) -> list[Any]:
    names = ("median_days", "p90_days", "statutory_overdue", "at_risk", "deliver_on_time", "slower_steps")
    return [
        _tiles(door, *names, "correction_share", "first_right", "withdrawn_share"),
        _filters(door, query),
        listed(door, lists.OPEN, query),
        listed(door, lists.STEPS, query),
        listed(door, lists.WINDOWS, query),
        listed(door, lists.ITEMS, query),
    ]


def _model(door: Door, query: Query) -> list[Any]:
    cuts = ("days_cut", "steps_cut", "documents_cut", "visits_cut")
    online = ("online_items", "all_online_items", "one_visit_items", "instant_share", "reused_documents")
    return [
        _tiles(door, *cuts, *online, "promised_documents", "topic_share", "dead_topics", "setup_days"),
        _filters(door, query, has_districts=False),
        listed(door, lists.MODEL, query),
        html.Div(
            [listed(door, lists.ONLINE, query), listed(door, lists.TOPICS, query)],
            className="columns halves",
        ),
    ]


def _rating(door: Door, query: Query) -> list[Any]:
    rated = data.metrics(door, AREA).filter(pl.col("metric_id") == "approvals.good_rating")
    meanings = [
        (labels.DETECTOR[code], labels.DETECTOR_MEANING[code])
        for code in ("last_day_closure", "perfect_rating", "relabelled_withdrawal")
    ]
    return [
        tiles(pl.concat([rated, _metrics(door, "suspect_windows")]), "本次运行没有产生评价指标。"),
        _filters(door, query),
        html.Div(
            [listed(door, lists.RATINGS, query), listed(door, lists.SUSPECT, query)],
            className="columns halves",
        ),
        panel("识别方法", facts(meanings)),
    ]


def _licences(door: Door, query: Query) -> list[Any]:
    return [
        _tiles(door, "licences_expiring"),
        choices(
            several("district_code", "区县／功能区", data.district_names(door).items(), query, 300),
            several("reminder_days", "提醒档", [(n, f"{n} 日内") for n in casework_data.reminders(door)], query, 220),
            keyword("主体、信用代码或许可编号", query),
        ),
        listed(door, lists.LICENCES, query),
    ]


VIEWS = {
    "summary": "总体",
    "speed": "时长与瓶颈",
    "model": "四减、网办与一件事",
    "rating": "好差评与核查线索",
    "licences": "证照到期",
}
_PARTS: dict[str, Callable[[Door, Query], list[Any]]] = {
    "summary": _summary,
    "speed": _speed,
    "model": _model,
    "rating": _rating,
    "licences": _licences,
}


def register(app: dash.Dash) -> None:
    """Choice of the item whose durations are shown."""

    @app.callback(Output("approval-durations", "figure"), Input("approval-item", "value"), prevent_initial_call=True)
    def choose(item_code: str | None) -> Any:
        door = current_door()
        chosen = data.approval_items(door).filter(pl.col("item_code") == item_code)
        if chosen.is_empty():
            return dash.no_update
        return approval.durations(data.approval_durations(door, str(item_code)), chosen.row(0, named=True))


def _metrics(door: Door, *names: str) -> pl.DataFrame:
    wanted = [f"{QUALITY}.{name}" for name in names]
    return data.metrics(door, QUALITY).filter(pl.col("metric_id").is_in(wanted))


def _tiles(door: Door, *names: str) -> html.Div:
    return tiles(_metrics(door, *names), "本次运行没有产生这些指标。")


def _filters(door: Door, query: Query, has_districts: bool = True) -> html.Div:
    places = [several("district_code", "区县／功能区", data.district_names(door).items(), query, 300)]
    return choices(
        several("item_code", "事项", casework_data.items(door), query, 340), *(places if has_districts else [])
    )


def _limits(items: pl.DataFrame) -> html.Section:
    shown = items.filter(pl.col("statutory_days").is_not_null()).head(MOST_ITEMS)
    if shown.is_empty():
        return panel("法定 → 承诺 → 实际", empty("没有事项登记了法定时限。"))
    chart = graph(approval.limits(shown), 400, "各事项的法定时限、承诺时限与实际均值")
    return panel(
        "法定 → 承诺 → 实际",
        chart,
        note=_beside(f"办结最多的 {shown.height} 个事项 · 右侧为较法定压缩幅度", "approval_item"),
    )


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
        note=html.Span([choice, source("mart.approval_duration")], className="beside"),
    )


def _months(door: Door) -> html.Section:
    frame = data.approval_months(door)
    if frame.is_empty():
        return panel("月度办件", empty("没有按月的办件。"))
    return panel(
        "月度办件",
        graph(approval.months(frame), 320, "按月受理、办结件数与平均用时"),
        note=_beside(f"近 {frame.height} 个月", "approval_month"),
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
        "好差评",
        names,
        graph(approval.ratings(most), 292, "各事项好差评占比"),
        note=_beside(f"{number(rated)} 条 · 左负右正", "approval_item"),
    )


def _open(door: Door) -> html.Section:
    frame = data.approval_open(door)
    if frame.is_empty():
        return panel("超期与临期", empty("没有超期或两个工作日内到期的在办件。"))
    rows = [
        {**row, "opened_on": day(row["opened_on"]), "step_kind": labels.word(labels.STEP_KIND, row["step_kind"])}
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
    return panel(
        "超期与临期",
        whole_grid("approval-open", columns, rows, "320px"),
        note=_beside(note, "approval_open"),
        kind="grid",
    )


def _steps(door: Door) -> html.Section:
    frame = data.approval_steps(door)
    if frame.is_empty():
        return panel("环节用时", empty("办件没有环节记录。"))
    height = 80 + 34 * frame["item_code"].n_unique()
    return panel(
        "环节用时",
        graph(approval.steps(frame), height, "各事项各环节用时中位数"),
        note=_beside("各环节用时中位数相加 · 悬停看九成位数", "approval_step"),
    )


def _beside(note: str, table: str) -> html.Span:
    return html.Span([html.Span(note), source(f"mart.{table}")], className="beside")
