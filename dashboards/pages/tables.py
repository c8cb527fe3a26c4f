"""数据表: which table reads which, and what every column means.

Both come with the snapshot, from what really runs and from the contracts.
"""

from typing import Any

import dash
import dash_mantine_components as dmc
from dash import ClientsideFunction, Input, Output, State, dcc, get_relative_path, html, no_update

from dashboards import export, labels, quality_data
from dashboards.components.exports import of_list
from dashboards.components.graph import graph
from dashboards.components.grid import column, paged_grid
from dashboards.components.panel import empty, heading, panel
from dashboards.door import Door, current_door
from dashboards.figures import lineage
from dashboards.listing import ListingError

NAME = "血缘与数据字典"
PATH = "/tables"


def body(door: Door, **query: str) -> list[Any]:
    """The page; `table` of the address stands out in the figure, the dictionary is searched for `keyword`."""
    return [
        heading(
            NAME,
            html.Span(className="spring"),
            dcc.Link("数据质量", href=get_relative_path("/quality"), className="button"),
        ),
        _lineage(door, query.get("table")),
        _dictionary(query.get("keyword", "")),
    ]


def register(app: dash.Dash) -> None:
    """Choice of a table (in the list or by a click), and the search of the dictionary."""

    @app.callback(Output("lineage", "figure"), Input("lineage-table", "value"), prevent_initial_call=True)
    def choose(table: str | None) -> Any:
        door = current_door()
        return lineage.lineage(_edges(door), quality_data.table_names(door), table)

    @app.callback(Output("lineage-table", "value"), Input("lineage", "clickData"), prevent_initial_call=True)
    def click(point: dict[str, Any] | None) -> Any:
        return point["points"][0].get("customdata", no_update) if point else no_update

    app.clientside_callback(
        ClientsideFunction("mingcha", "searchDictionary"),
        Output("dictionary-applied", "data"),
        Input("dictionary-keyword", "value"),
        prevent_initial_call=True,
    )

    @app.callback(
        Output("dictionary-grid", "getRowsResponse"),
        Output("dictionary-count", "children"),
        Output("dictionary-export", "href"),
        Input("dictionary-grid", "getRowsRequest"),
        State("dictionary-keyword", "value"),
    )
    def rows(request: dict[str, Any] | None, keyword: str | None) -> Any:
        if request is None:
            return no_update, no_update, no_update
        searched = {"keyword": keyword.strip()} if keyword and keyword.strip() else {}
        try:
            found, total = quality_data.COLUMNS.page(current_door(), request, searched)
        except ListingError as error:
            return {"rowData": [], "rowCount": 0}, f"筛选条件无法识别：{error}", no_update
        for row in found:
            row["sensitivity"] = labels.word(labels.SENSITIVITY, row["sensitivity"])
        return {"rowData": found, "rowCount": total}, f"{total:,} 列", export.link("dictionary", request, searched)


def _edges(door: Door) -> lineage.Edges:
    return lineage.drawn([(read, table) for table, read in quality_data.lineage(door).rows()])


def _lineage(door: Door, chosen: str | None) -> html.Section:
    edges, names = _edges(door), quality_data.table_names(door)
    if not edges:
        return panel("血缘", empty("这份快照没有记录哪张表读取哪张表。"))
    tables = sorted({name for edge in edges for name in edge})
    choice = dmc.Select(
        id="lineage-table",
        value=chosen if chosen in tables else None,
        placeholder="突出一张表的上下游",
        data=[{"value": t, "label": f"{names.get(t, '')} {t}".strip()} for t in tables],
        searchable=True,
        clearable=True,
        size="xs",
        w=300,
        nothingFoundMessage="没有匹配项",
        **{"aria-label": "数据表"},
    )
    figure = lineage.lineage(edges, names, chosen)
    chart = graph(figure, lineage.height(edges), "数据表之间的读取关系，按阶段由左到右", "lineage")
    foot = html.P(
        "数据只向右流动；各阶段都读取的运行参数（run）与规则（policy）略去。点任一表突出其上下游。", className="foot"
    )
    return panel("血缘", chart, foot, note=choice)


def _dictionary(keyword: str) -> html.Section:
    search = dmc.TextInput(
        id="dictionary-keyword",
        value=keyword,
        placeholder="列名、中文名、表名或含义",
        debounce=300,
        size="xs",
        w=280,
        **{"aria-label": "搜索数据字典"},
    )
    columns = [
        column("stage", "阶段", 88, cellClass="code"),
        column("table_zh", "数据表", 130),
        column("table_name", "表名", 140, cellClass="code"),
        column("column_name", "列名", 160, cellClass="code"),
        column("zh", "中文名", 150),
        column("type", "类型", 116, cellClass="code"),
        column("unit", "单位", 72, valueFormatter={"function": "orDash(params)"}),
        column("allowed", "取值", 160, flex=1, valueFormatter={"function": "orDash(params)"}),
        column("sensitivity", "敏感性", 84, sortable=False, filter=False),
        column("means", "含义", 220, flex=2),
    ]
    return panel(
        "数据字典",
        dcc.Store(id="dictionary-applied"),
        paged_grid("dictionary-grid", columns, "560px"),
        note=html.Span(
            [
                html.Span("…", id="dictionary-count", className="count"),
                search,
                of_list(export.link("dictionary", None, {"keyword": keyword} if keyword else {}), "dictionary-export"),
            ],
            className="controls",
        ),
        kind="grid",
    )
