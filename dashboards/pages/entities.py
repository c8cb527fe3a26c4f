"""主体库: every entity in a grid that the server sorts and filters; the filters live in the address.

What may be filtered is `listing.ENTITIES`; how a cell looks is in components/grid.py and assets.
"""

from typing import Any

import dash
import dash_mantine_components as dmc
from dash import ClientsideFunction, Input, Output, State, dcc, html, no_update

from dashboards import data, export
from dashboards.components.exports import of_list
from dashboards.components.grid import column, paged_grid
from dashboards.components.panel import heading
from dashboards.door import Door, current_door
from dashboards.listing import ENTITIES, ListingError
from dashboards.theme import CREDIT_NAME, RISK_NAME

NAME = "主体库"
PATH = "/entities"
FILTERS = ("district_code", "credit_grade", "risk_grade", "keyword")


def body(door: Door, **query: str) -> list[Any]:
    """The page; `query` holds the filters of the address."""
    chosen = {name: query[name] for name in FILTERS if query.get(name)}
    return [
        heading(
            NAME,
            html.Span("…", id="entities-count", className="count"),
            html.Span(className="spring"),
            html.Span("等级仅供内部监管使用，不对外公开", className="muted"),
            of_list(export.link("entities", None, chosen), "entities-export", "button"),
        ),
        _controls(door, chosen),
        dcc.Store(id="entities-chosen", data=chosen),
        dcc.Store(id="entities-applied"),
        html.Div(
            paged_grid("entities-grid", _columns(), "calc(100vh - 216px)"),
            className="panel grid",
            role="region",
            **{"aria-label": "主体清单"},
        ),
    ]


def register(app: dash.Dash) -> None:
    """Filters to the address and the grid (in the browser), and blocks of rows (on the server)."""
    app.clientside_callback(
        ClientsideFunction("mingcha", "choose"),
        Output("entities-chosen", "data"),
        *[Input(f"entities-{name}", "value") for name in FILTERS],
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("mingcha", "applyToGrid"),
        Output("entities-applied", "data"),
        Input("entities-chosen", "data"),
        prevent_initial_call=True,
    )

    @app.callback(
        Output("entities-grid", "getRowsResponse"),
        Output("entities-count", "children"),
        Output("entities-export", "href"),
        Input("entities-grid", "getRowsRequest"),
        State("entities-chosen", "data"),
    )
    def rows(request: dict[str, Any] | None, chosen: dict[str, str] | None) -> Any:
        if request is None:
            return no_update, no_update, no_update
        try:
            found, total = ENTITIES.page(current_door(), request, chosen or {})
        except ListingError as error:
            return {"rowData": [], "rowCount": 0}, f"筛选条件无法识别：{error}", no_update
        return {"rowData": found, "rowCount": total}, f"{total:,} 户", export.link("entities", request, chosen or {})


def _controls(door: Door, chosen: dict[str, str]) -> html.Div:
    names = [{"value": code, "label": name} for code, name in data.district_names(door).items()]
    credit = [{"value": grade, "label": f"{grade} {name}"} for grade, name in CREDIT_NAME.items()]
    risk = [{"value": grade, "label": f"{grade} {name}"} for grade, name in RISK_NAME.items()]

    def several(name: str, label: str, options: list[dict[str, str]], width: int) -> dmc.MultiSelect:
        return dmc.MultiSelect(
            id=f"entities-{name}",
            data=options,
            value=chosen[name].split(",") if name in chosen else [],
            placeholder=label,
            clearable=True,
            searchable=True,
            hidePickedOptions=True,
            w=width,
            nothingFoundMessage="没有匹配项",
            **{"aria-label": label},
        )

    return html.Div(
        [
            several("district_code", "区县／功能区", names, 300),
            several("credit_grade", "信用等级", credit, 240),
            several("risk_grade", "风险等级", risk, 260),
            dmc.TextInput(
                id="entities-keyword",
                value=chosen.get("keyword", ""),
                placeholder="名称或统一社会信用代码",
                debounce=400,
                w=280,
                **{"aria-label": "关键字"},
            ),
        ],
        className="controls",
    )


def _columns() -> list[dict[str, Any]]:
    dash_if_missing, two_decimals = {"function": "orDash(params)"}, {"function": "fixedNumber(params, 2)"}
    return [
        column("entity_code", "统一社会信用代码", 166, cellClass="code"),
        column("name", "名称", 190, cellRenderer="EntityLink", flex=1),
        column("district_name", "区县", 92, valueFormatter=dash_if_missing),
        column("industry_name", "行业", 104, valueFormatter=dash_if_missing),
        column("credit_grade", "信用", 76, "grade"),
        column("credit_score", "信用分", 90, "number", valueFormatter=two_decimals),
        column("risk_grade", "风险", 76, "grade"),
        column("risk_score", "风险分", 106, "number", sort="desc", valueFormatter=two_decimals),
        column("inspection_count", "检查", 72, "number"),
        column("problem_count", "问题", 72, "number"),
        column("penalty_count", "处罚", 72, "number"),
        column("complaint_count", "投诉", 72, "number"),
        column("last_inspection_date", "最近检查", 106, "date", valueFormatter=dash_if_missing),
        column("established_date", "成立日期", 106, "date", valueFormatter=dash_if_missing),
    ]
