"""A kept result of the workbench: its rows by blocks, and a quick chart.

Not here: how it came about (`sql_run.py`) and its export (`sql_desk.source`).
"""

from typing import Any

import dash
from dash import MATCH, Input, Output, State, html, no_update

from dashboards import sql_desk
from dashboards.components.graph import graph
from dashboards.components.panel import empty
from dashboards.figures import result
from dashboards.listing import ListingError
from dashboards.person import owner
from dashboards.result_listing import page_of, points

MOST_POINTS = 2_000


def register(app: dash.Dash) -> None:
    """Add the callbacks."""

    @app.callback(
        Output({"type": "sql-grid", "result": MATCH}, "getRowsResponse"),
        Output({"type": "sql-count", "result": MATCH}, "children"),
        Input({"type": "sql-grid", "result": MATCH}, "getRowsRequest"),
        State({"type": "sql-grid", "result": MATCH}, "id"),
    )
    def rows(request: dict[str, Any] | None, grid_id: dict[str, str]) -> Any:
        if request is None:
            return no_update, no_update
        kept = sql_desk.sql_desk().shelf.get(owner(), grid_id["result"])
        if kept is None:
            return {"rowData": [], "rowCount": 0}, "这个结果已不再保留，请重新运行"
        try:
            found, total = page_of(kept, request)
        except ListingError as error:
            return {"rowData": [], "rowCount": 0}, f"筛选条件无法识别：{error}"
        return {"rowData": found, "rowCount": total}, f"{total:,} 行" if total != kept.rows else ""

    @app.callback(
        Output("sql-chart", "children"),
        Input("sql-chart-kind", "value"),
        Input("sql-chart-x", "value"),
        Input("sql-chart-y", "value"),
        State("sql-result", "data"),
    )
    def draw(kind: str, x: str | None, y: list[str] | None, result_id: str) -> Any:
        kept = sql_desk.sql_desk().shelf.get(owner(), result_id)
        if kept is None or not x or not (y := [one for one in y or () if one != x]):
            return empty("选一个横轴和至少一个数值列。")
        shown = points(kept, [x, *y], MOST_POINTS)
        names = {one.field: one.name for one in kept.columns}
        told = f"只画前 {shown.height:,} 行，共 {kept.total:,} 行" if shown.height < kept.total else ""
        label = f"{result.KINDS[kind]}：{'、'.join(names[one] for one in y)} 按 {names[x]}"
        return [graph(result.chart(kind, shown, x, names), 400, label), html.P(told, className="foot")]
