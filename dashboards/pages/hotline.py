"""热线分析: trend with anomalies, steps reached, heat by category and district, rising topics.

Expectations, scores and medians come from the marts.
"""

from typing import Any

import dash
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
WHY_EMPTY = "本次运行的数据包没有提供 12345 热线工单（例如芝加哥数据包没有热线）。"


def body(door: Door, **_query: str) -> list[Any]:
    """The page as a list of parts."""
    return [
        heading(NAME, html.Span("12345 政务服务便民热线", className="muted")),
        tiles(data.metrics(door, AREA), WHY_EMPTY),
        html.Div([_trend(door), _funnel(door)], className="columns wide-left"),
        html.Div([_heat(door), _rising(door)], className="columns wide-left"),
    ]


def register(app: dash.Dash) -> None:
    """Nothing reacts on this page."""


def _trend(door: Door) -> html.Section:
    frame = data.hotline_days(door)
    if frame.is_empty():
        return panel("受理趋势与异常", empty(WHY_EMPTY))
    odd = frame.filter(frame["is_anomaly"])["day"].to_list()
    note = "灰带为同周期预期区间 · " + (f"异常 {len(odd)} 日，最近 {day(odd[-1])}" if odd else "无异常日")
    return panel("受理趋势与异常", graph(hotline.trend(frame), 320, "按日受理量与预期区间"), note=note)


def _funnel(door: Door) -> html.Section:
    frame = data.hotline_funnel(door)
    if frame.is_empty():
        return panel("接派督考评", empty(WHY_EMPTY))
    return panel(
        "接派督考评",
        graph(hotline.funnel(frame), 320, "近 30 日工单到达各环节的件数"),
        note="近 30 日 · 到达各环节的件数",
    )


def _heat(door: Door) -> html.Section:
    frame = data.hotline_heat(door)
    if frame.is_empty():
        return panel("类别 × 区县／功能区", empty(WHY_EMPTY))
    height = 46 + 40 * frame["item_code"].n_unique()
    return panel(
        "类别 × 区县／功能区", graph(hotline.heat(frame), height, "近 7 日工单按类别与区县"), note="近 7 日 · 件"
    )


def _rising(door: Door) -> html.Section:
    frame = data.hotline_rising(door)
    if frame.is_empty():
        return panel("新发与升温议题", empty(WHY_EMPTY))
    columns = [
        column("item_name", "议题", 128, flex=1),
        column("count_7d", "近 7 日", 76, "number"),
        column("baseline_7d", "7 日基线", 88, "number", valueFormatter={"function": "fixedNumber(params, 1)"}),
        column("excess_score", "异常分", 80, "number", valueFormatter={"function": "fixedNumber(params, 1)"}),
        column("district_names", "集中区域", 128, flex=1, valueFormatter={"function": "orDash(params)"}),
    ]
    rows = frame.to_dicts()
    return panel(
        "新发与升温议题",
        whole_grid("hotline-rising", columns, rows, "330px"),
        note="对比前 28 日基线 · 异常分按泊松",
        kind="grid",
    )
