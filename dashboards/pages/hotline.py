"""热线分析: trend with anomalies, steps reached, heat by category and district, rising topics.

Expectations, scores and medians come from the marts.
"""

from collections.abc import Callable, Mapping
from typing import Any

import dash
import polars as pl
from dash import dcc, get_relative_path, html

from dashboards import casework_data, data, labels
from dashboards import hotline_lists as lists
from dashboards.choices import choices, keyword, one, several, views
from dashboards.components.graph import graph
from dashboards.components.grid import column, whole_grid
from dashboards.components.panel import empty, heading, panel
from dashboards.components.sourced import source
from dashboards.components.table import table
from dashboards.components.tile import tiles
from dashboards.door import Door
from dashboards.figures import hotline
from dashboards.formats import day, number, percent
from dashboards.listed import listed

NAME = "热线分析"
PATH = "/hotline"
AREA = "hotline"
QUALITY = "hotline_quality"
Query = Mapping[str, str]


def body(door: Door, **query: str) -> list[Any]:
    """The part of the page that `view` of the address names; `district_code`, `field_code` and `level` filter it."""
    view = query["view"] if query.get("view") in VIEWS else "summary"
    title = heading(
        NAME,
        html.Span("12345 政务服务便民热线", className="muted"),
        html.Span(className="spring"),
        dcc.Link("指标口径", href=get_relative_path("/metrics?area=hotline"), className="button"),
    )
    if view != "replies" and data.hotline_days(door).is_empty():
        return [title, panel("热线工单", empty(f"本次运行的数据包（{data.feeds(door)}）没有提供 12345 热线工单。"))]
    return [title, views(PATH, VIEWS, view, query, ("district_code",)), *_PARTS[view](door, query)]


def register(app: dash.Dash) -> None:
    """Nothing reacts on this page but what its address says (`choices`) and its lists (`listed`)."""


def _summary(door: Door, query: Query) -> list[Any]:
    level = query["level"] if query.get("level") in LEVELS else "category"
    heat = data.hotline_heat(door, level, [f for f in query.get("field_code", "").split(",") if f])
    height = max(330, 46 + 40 * hotline.busiest(heat).height)
    return [
        tiles(data.metrics(door, AREA), "本次运行没有产生热线指标。"),
        html.Div([_trend(door), _funnel(door)], className="columns wide-left"),
        choices(
            one("level", "类别层级", LEVELS.items(), level, 160),
            several("field_code", "一级类别", casework_data.fields(door), query, 340),
        ),
        html.Div([_heat(heat, height, LEVELS[level]), _rising(door, height)], className="columns wide-left"),
    ]


def _quality(door: Door, query: Query) -> list[Any]:
    names = ("response", "solved_year", "satisfied_year", "first_time", "returned", "supervised", "overdue_share")
    return [
        _tiles(door, *names, "reopened"),
        choices(keyword("部门", query)),
        listed(door, lists.DEPARTMENTS, query),
        _times(door),
    ]


def _matters(door: Door, query: Query) -> list[Any]:
    return [
        _tiles(door, "anomalous_days", "current_bursts", "repeat_matters", "split_orders"),
        choices(
            several("district_code", "区县／功能区", data.district_names(door).items(), query, 300),
            keyword("议题或类别", query),
        ),
        listed(door, lists.BURSTS, query),
        html.Div([listed(door, lists.RISING, query), listed(door, lists.CALLERS, query)], className="columns halves"),
        listed(door, lists.REPEATS, query),
        html.Div(
            [listed(door, lists.CATEGORIES, query), listed(door, lists.SPLITS, query)], className="columns halves"
        ),
    ]


def _replies(door: Door, query: Query) -> list[Any]:
    return [
        choices(keyword("部门、编号或摘录", query)),
        listed(door, lists.REPLY_MONTHS, query),
        listed(door, lists.REPLIES, query),
    ]


VIEWS = {"summary": "总体", "quality": "办理质量与部门", "matters": "议题、重复与核查线索", "replies": "答复质量"}
LEVELS = {"field": "一级类别", "category": "二级类别", "item": "三级类别"}
_PARTS: dict[str, Callable[[Door, Query], list[Any]]] = {
    "summary": _summary,
    "quality": _quality,
    "matters": _matters,
    "replies": _replies,
}


def _tiles(door: Door, *names: str) -> html.Div:
    wanted = [f"{QUALITY}.{name}" for name in names]
    frame = data.metrics(door, QUALITY)
    return tiles(frame.filter(pl.col("metric_id").is_in(wanted)), "本次运行没有产生这些指标。")


def _times(door: Door) -> html.Section:
    frame = data.hotline_funnel(door)
    columns = [
        ("环节", "short"),
        ("到达件数", "number"),
        ("占受理", "number"),
        ("中位用时（时）", "number"),
        ("九成位用时（时）", "number"),
    ]
    rows = [
        [
            labels.word(labels.STEP_KIND, row["step_kind"]),
            number(row["case_count"]),
            percent(row["ratio"]),
            number(row["median_hours"], 1),
            number(row["p90_hours"], 1),
        ]
        for row in frame.iter_rows(named=True)
    ]
    shown = table(columns, rows, "各环节用时") if rows else empty("近 30 日没有受理工单。")
    return panel("接派督考评各环节用时", shown, note=_beside("近 30 日受理的工单", "hotline_funnel"))


def _beside(note: str, name: str) -> html.Span:
    return html.Span([html.Span(note), source(f"mart.{name}")], className="beside")


def _trend(door: Door) -> html.Section:
    frame = data.hotline_days(door)
    odd = frame.filter(frame["is_anomaly"])["day"].to_list()
    note = "浅色带为同星期预期区间 · " + (f"异常 {len(odd)} 日，最近 {day(odd[-1])}" if odd else "无异常日")
    return panel(
        "受理趋势与异常", graph(hotline.trend(frame), 320, "按日受理量与预期区间"), note=_beside(note, "hotline_day")
    )


def _funnel(door: Door) -> html.Section:
    frame = data.hotline_funnel(door)
    if frame.is_empty():
        return panel("接派督考评", empty("近 30 日没有受理工单。"))
    return panel(
        "接派督考评",
        graph(hotline.funnel(frame), 320, "近 30 日工单到达各环节的件数"),
        note=_beside("近 30 日 · 到达各环节的件数", "hotline_funnel"),
    )


def _heat(frame: pl.DataFrame, height: int, level: str) -> html.Section:
    if frame.is_empty():
        return panel("类别 × 区县／功能区", empty("近 7 日没有受理工单。"))
    chart = graph(hotline.heat(frame), height, "近 7 日工单按类别与区县")
    return panel(
        "类别 × 区县／功能区",
        chart,
        note=_beside(f"近 7 日 · 件 · {level}最多的 {hotline.busiest(frame).height} 类", "hotline_heat"),
    )


def _rising(door: Door, height: int) -> html.Section:
    frame = data.hotline_rising(door)
    if frame.is_empty():
        return panel("新发与升温议题", empty("近 7 日没有升温的议题。"))
    one_decimal = {"function": "fixedNumber(params, 1)"}
    columns = [
        column("item_name", "议题", 156, flex=2),
        column("count_7d", "近 7 日", 72, "number"),
        column("baseline_7d", "7 日基线", 80, "number", valueFormatter=one_decimal),
        column("excess_score", "异常分", 72, "number", valueFormatter=one_decimal),
        column("district_names", "集中区域", 108, flex=1, valueFormatter={"function": "orDash(params)"}),
    ]
    grid = whole_grid("hotline-rising", columns, frame.to_dicts(), f"{height}px")
    return panel("新发与升温议题", grid, note=_beside("对比前 28 日基线 · 异常分按泊松", "hotline_rising"), kind="grid")
