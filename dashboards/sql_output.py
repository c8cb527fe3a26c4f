"""What a statement gave: its grid and chart, what was cut, and the buttons that export all of it.

Not here: the editor and the lists beside it (`pages/workbench.py`), nor any reading of rows.
"""

from typing import Any

import dash_mantine_components as dmc
from dash import html

from dashboards.components.exports import of_result
from dashboards.components.grid import column, paged_grid
from dashboards.figures.result import KINDS
from warehouse.result_shelf import Column, Kept

ROW_PX, FRAME_PX = 36, 64
_GRID_KIND = {"id": "text", "text": "text", "number": "number", "date": "date"}


def output(kept: Kept, *, may_export: bool) -> list[Any]:
    """The parts under the editor for a result."""
    return [
        _told(kept, may_export),
        dmc.Tabs(
            [
                dmc.TabsList([dmc.TabsTab("表格", value="grid"), dmc.TabsTab("图表", value="chart")]),
                dmc.TabsPanel(_grid(kept), value="grid"),
                dmc.TabsPanel(_chart(kept.columns), value="chart"),
            ],
            value="grid",
            id="sql-tabs",
        ),
    ]


def plan(text: str) -> list[Any]:
    """The plan of a statement."""
    return [
        html.Div([html.Strong("执行计划"), "（只看计划，没有运行）"], className="sql-told"),
        html.Pre(text, className="sql-plan"),
    ]


def trouble(reason: str) -> list[Any]:
    """Why there is no result."""
    return [html.Div([html.Strong("没有结果"), html.P(reason, id="sql-reason")], className="empty", role="alert")]


def _told(kept: Kept, may_export: bool) -> html.Div:
    cut = kept.rows < kept.total
    told = [
        html.Strong(f"{kept.total:,} 行", id="sql-total"),
        html.Span(f"{len(kept.columns)} 列 · 引擎用时 {1000 * kept.seconds:,.0f} 毫秒"),
        html.Span(kept.snapshot.removesuffix(".duckdb"), className="muted", title="查询的快照"),
    ]
    if cut:
        told.append(
            html.Span(
                f"表格只取前 {kept.rows:,} 行，共 {kept.total:,} 行；导出的是全部", className="notice", id="sql-cut"
            )
        )
    buttons = of_result(kept.result_id) if may_export else []
    return html.Div([*told, html.Span(className="spring"), *buttons], className="sql-told")


def _grid(kept: Kept) -> Any:
    columns = [
        column(
            one.field,
            one.name,
            110,
            _GRID_KIND[one.kind],
            headerTooltip=one.type,
            valueFormatter={"function": "asItIs(params)"},
        )
        for one in kept.columns
    ]
    grid = paged_grid(
        {"type": "sql-grid", "result": kept.result_id}, columns, f"{ROW_PX * min(max(kept.rows, 2), 11) + FRAME_PX}px"
    )
    return html.Div([grid, html.Span(id={"type": "sql-count", "result": kept.result_id}, className="note")])


def _chart(columns: tuple[Column, ...]) -> html.Div:
    numbers = [one.field for one in columns if one.kind == "number"]
    across = next((one.field for one in columns if one.field not in numbers), columns[0].field)
    choices = [{"value": one.field, "label": one.name} for one in columns]
    kinds = [{"value": kind, "label": name} for kind, name in KINDS.items()]
    controls = [
        dmc.SegmentedControl(id="sql-chart-kind", value="bar", size="xs", data=kinds),
        dmc.Select(
            id="sql-chart-x",
            data=choices,
            value=across,
            size="xs",
            w=200,
            allowDeselect=False,
            **{"aria-label": "横轴"},
        ),
        dmc.MultiSelect(
            id="sql-chart-y",
            data=[one for one in choices if one["value"] in numbers],
            value=[field for field in numbers if field != across][:1],
            size="xs",
            w=320,
            placeholder="数值列",
            **{"aria-label": "纵轴"},
        ),
    ]
    return html.Div([html.Div(controls, className="controls"), html.Div(id="sql-chart")])
