"""总览: tiles, credit × risk matrix, district map, inspections by month, age of the data.

Nothing is counted here; all figures come from the marts.
"""

from typing import Any

import dash
import dash_mantine_components as dmc
import polars as pl
from dash import Input, Output, dcc, get_relative_path, html, no_update

from dashboards import data, labels, maps
from dashboards.components.badge import state
from dashboards.components.graph import graph
from dashboards.components.matrix import credit_risk_matrix
from dashboards.components.panel import empty, heading, panel
from dashboards.components.sourced import source
from dashboards.components.table import table
from dashboards.components.tile import tiles
from dashboards.door import Door
from dashboards.figures.inspection import inspection_months
from dashboards.figures.place import MEASURES, district_bars, district_map, on_map
from dashboards.formats import day, number, percent

NAME = "总览"
PATH = "/"
AREA = "overview"
MAP_HEIGHT = 514


def body(door: Door, **query: str) -> list[Any]:
    """The page as a list of parts; `measure` is what the map shows."""
    measure = query["measure"] if query.get("measure") in MEASURES else next(iter(MEASURES))
    return [
        heading("总览", html.Span("点任一数字查看口径与出处；点矩阵或地图进入主体清单", className="muted")),
        tiles(data.metrics(door, AREA), "本次运行没有产生总览指标。"),
        html.Div(
            [html.Div([_matrix(door), _months(door)], className="stack"), _map(door, measure)],
            className="columns overview",
        ),
        _ages(door),
    ]


def register(app: dash.Dash) -> None:
    """The way from a district to its entities."""

    @app.callback(
        Output("_pages_location", "href", allow_duplicate=True), Input("map", "clickData"), prevent_initial_call=True
    )
    def drill(click: dict[str, Any] | None) -> Any:
        point = click["points"][0] if click else {}
        code = point.get("location") or point.get("customdata")
        return get_relative_path(f"/entities?district_code={code}") if isinstance(code, str) else no_update


def _matrix(door: Door) -> html.Section:
    frame = data.credit_risk(door)
    content = empty("本次运行没有评出等级。") if frame.is_empty() else credit_risk_matrix(frame)
    note = html.Span([html.Span("单位：户 · 描边为 D 级或 Ⅳ 级"), source("mart.credit_risk")], className="beside")
    return panel("信用 × 风险分级矩阵", content, note=note)


def _months(door: Door) -> html.Section:
    frame = data.inspection_months(door)
    if frame.is_empty():
        return panel("月度检查与问题发现率", empty("数据包中没有检查记录。"))
    chart = graph(inspection_months(frame), 306, "按月的检查次数、随机抽查次数与问题发现率")
    note = html.Span([html.Span(f"近 {frame.height} 个月"), source("mart.inspection_month")], className="beside")
    return panel("月度检查与问题发现率", chart, note=note)


def _map_figure(frame: pl.DataFrame, chosen: str) -> Any:
    measured = MEASURES[chosen]
    return district_bars(frame, measured) if on_map(frame).is_empty() else district_map(frame, measured)


def _map(door: Door, measure: str) -> html.Section:
    frame = data.districts(door)
    if frame.is_empty():
        return panel("区县与功能区分布", empty("数据包中没有区划。"))
    drawn = on_map(frame)
    chips = frame.filter(~pl.col("district_code").is_in(drawn["district_code"].to_list()))
    choice = dmc.SegmentedControl(
        id={"type": "address", "name": "measure", "shown": measure},
        value=measure,
        size="xs",
        data=[{"value": key, "label": measure.name} for key, measure in MEASURES.items()],
    )
    parts: list[Any] = [
        html.Div(graph(_map_figure(frame, measure), MAP_HEIGHT, "各区县高风险主体分布", "map"), className="map")
    ]
    if drawn.is_empty():
        parts.append(html.P("本数据包的区划不在西安区县底图内，改以条形显示前 16 个。", className="foot"))
    else:
        parts.append(_chips(chips))
        parts.append(html.P(f"{maps.note()}。高风险：信用 D 级或风险 Ⅳ 级。", className="foot"))
    return panel("区县与功能区分布", *parts, note=html.Span([choice, source("mart.district")], className="beside"))


def _chips(frame: pl.DataFrame) -> html.Div:
    links = [
        dcc.Link(
            [
                row["district_name"],
                html.B(number(row["high_risk_count"])),
                html.Small(f"／{number(row['entity_count'])} 户"),
            ],
            href=get_relative_path(f"/entities?district_code={row['district_code']}"),
            className="chip",
        )
        for row in frame.iter_rows(named=True)
    ]
    return (
        html.Div([html.Span("功能区（高风险／全部）", className="muted"), *links], className="chips")
        if links
        else html.Div()
    )


def _ages(door: Door) -> html.Section:
    frame = data.data_ages(door)
    if frame.is_empty():
        return panel("数据时效", empty("还没有任何来源报送过数据。"))
    columns = [
        ("来源", "text"),
        ("数据表", "text"),
        ("报送周期", "text"),
        ("最近事件", "text"),
        ("数据龄（日）", "number"),
        ("报送行数", "number"),
        ("接收", "number"),
        ("隔离", "number"),
        ("隔离率", "number"),
        ("重复", "number"),
        ("状态", "badge"),
    ]
    rows = [
        [
            row["source_name"],
            html.Code(row["table_name"]),
            labels.word(labels.CADENCE, row["cadence"]),
            day(row["last_event_date"]),
            number(row["age_days"]),
            number(row["delivered_count"]),
            number(row["accepted_count"]),
            number(row["quarantined_count"]),
            percent(row["quarantined_count"] / row["delivered_count"] if row["delivered_count"] else None, 2),
            number(row["repeated_count"]),
            state("逾期未报", "warn") if row["is_late"] else state("正常", "ok"),
        ]
        for row in frame.iter_rows(named=True)
    ]
    told = html.Span("报送 = 接收 + 隔离 + 重复；隔离行保留原文与原因")
    note = html.Span([told, source("mart.data_age")], className="beside")
    return panel("数据时效与完整性", table(columns, rows, "各来源的数据时效与完整性"), note=note)
