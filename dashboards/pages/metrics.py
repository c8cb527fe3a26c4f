"""指标口径: every metric with its definition, value, unit, direction, owner, source, treatment of odd cases and age.

Metrics are defined in warehouse/metrics; its name opens the SQL, as every tile does.
"""

from typing import Any

import dash
from dash import html

from dashboards import casework_data, export, labels
from dashboards.choices import choices, keyword, one
from dashboards.components.exports import of_list
from dashboards.components.panel import empty, heading, panel
from dashboards.components.table import table
from dashboards.components.tile import shown_value
from dashboards.door import Door
from dashboards.formats import day, number

NAME = "指标口径"
PATH = "/metrics"
ALL = "all"


def body(door: Door, **query: str) -> list[Any]:
    """The page; `area` and `keyword` of the address filter it."""
    area = query["area"] if query.get("area") in labels.AREA else ALL
    keyword_asked = query.get("keyword", "").strip()
    frame = casework_data.metrics(door, "" if area == ALL else area, keyword_asked)
    chosen = {**({} if area == ALL else {"area": area}), **({"keyword": keyword_asked} if keyword_asked else {})}
    rows = [_row(row) for row in frame.iter_rows(named=True)]
    columns = [
        ("领域", "short"),
        ("指标", "short"),
        ("当前值", "number"),
        ("口径", "text"),
        ("方向", "short"),
        ("责任部门", "short"),
        ("行数", "number"),
        ("数据截至", "short"),
    ]
    found = html.Div(table(columns, rows, NAME), className="metrics") if rows else empty("没有符合所选条件的指标。")
    return [
        heading(
            NAME,
            html.Span(f"{len(rows)} 项", className="count"),
            html.Span("每项只定义一次，页面、导出与报告共用 · 点指标名看计算语句、分子与分母", className="muted"),
            html.Span(className="spring"),
            of_list(export.link("metric_value", None, chosen), "metrics-export", "button"),
        ),
        choices(
            one("area", "领域", [(ALL, "全部领域"), *labels.AREA.items()], area, 200),
            keyword("名称、口径或指标代码", query),
        ),
        panel("指标", found),
    ]


def register(app: dash.Dash) -> None:
    """Nothing reacts on this page but what its address says (`choices`) and the panel behind each name (`live`)."""


def _row(row: dict[str, Any]) -> list[Any]:
    button = html.Button(
        row["metric_name"],
        id={"type": "tile", "metric": row["metric_id"]},
        className="name",
        title="查看计算语句",
        n_clicks=0,
        **{"aria-haspopup": "dialog"},
    )
    told = [
        html.Div(f"{name}：{row[field]}", className="basis")
        for name, field in (("来源", "metric_source"), ("撤回、重复与重办", "metric_treatment"))
        if row[field]
    ]
    return [
        labels.word(labels.AREA, row["area"]),
        button,
        f"{shown_value(row['metric_value'], row['unit_zh'])} {row['unit_zh']}",
        html.Div([html.Div(row["metric_definition"]), *told]),
        labels.word(labels.DIRECTION, row["direction"]),
        row["owner"],
        number(row["row_count"]),
        day(row["data_through"]),
    ]
