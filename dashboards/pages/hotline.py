"""热线分析: trend with anomalies, steps reached, heat by category and district, rising topics.

Expectations, scores and medians come from the marts.
"""

from typing import Any

import dash
import polars as pl
from dash import html

from dashboards import data
from dashboards.components.graph import graph
from dashboards.components.grid import column, whole_grid
from dashboards.components.panel import empty, heading, panel
from dashboards.components.tile import tiles
from dashboards.door import Door
from dashboards.figures import hotline
from dashboards.formats import day

NAME = "热线分析"
PATH = "/hotline"
AREA = "hotline"


def body(door: Door, **_query: str) -> list[Any]:
    """The page as a list of parts."""
    title = heading(NAME, html.Span("12345 政务服务便民热线", className="muted"))
    if data.hotline_days(door).is_empty():
        return [title, panel("热线工单", empty(f"本次运行的数据包（{data.feeds(door)}）没有提供 12345 热线工单。"))]
    heat = data.hotline_heat(door)
    height = max(330, 46 + 40 * hotline.busiest(heat).height)
    return [
        title,
        tiles(data.metrics(door, AREA), "本次运行没有产生热线指标。"),
        html.Div([_trend(door), _funnel(door)], className="columns wide-left"),
        html.Div([_heat(heat, height), _rising(door, height)], className="columns wide-left"),
    ]


def register(app: dash.Dash) -> None:
    """Nothing reacts on this page."""


def _trend(door: Door) -> html.Section:
    frame = data.hotline_days(door)
    odd = frame.filter(frame["is_anomaly"])["day"].to_list()
    note = "浅色带为同星期预期区间 · " + (f"异常 {len(odd)} 日，最近 {day(odd[-1])}" if odd else "无异常日")
    return panel("受理趋势与异常", graph(hotline.trend(frame), 320, "按日受理量与预期区间"), note=note)


def _funnel(door: Door) -> html.Section:
    frame = data.hotline_funnel(door)
    if frame.is_empty():
        return panel("接派督考评", empty("近 30 日没有受理工单。"))
    return panel(
        "接派督考评",
        graph(hotline.funnel(frame), 320, "近 30 日工单到达各环节的件数"),
        note="近 30 日 · 到达各环节的件数",
    )


def _heat(frame: pl.DataFrame, height: int) -> html.Section:
    if frame.is_empty():
        return panel("类别 × 区县／功能区", empty("近 7 日没有受理工单。"))
    chart = graph(hotline.heat(frame), height, "近 7 日工单按类别与区县")
    return panel("类别 × 区县／功能区", chart, note=f"近 7 日 · 件 · 最多的 {hotline.busiest(frame).height} 类")


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
    return panel("新发与升温议题", grid, note="对比前 28 日基线 · 异常分按泊松", kind="grid")
