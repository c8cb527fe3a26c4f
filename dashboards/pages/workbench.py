"""SQL 查询: the analysts' workbench. An editor with the tables beside it, results below, queries kept and asked before.

Nothing is run here: statements go to `warehouse.query` as the viewer may read; the editor is assets/workbench.js.
"""

from typing import Any

import dash
import dash_mantine_components as dmc
from dash import ClientsideFunction, Input, Output, dcc, html

from dashboards import sql_desk, sql_keep, sql_result, sql_run
from dashboards.components import sql_lists
from dashboards.components.panel import empty, heading, panel
from dashboards.door import Door
from dashboards.sql_dictionary import dictionary

NAME = "SQL 查询"
PATH = "/sql"


def body(door: Door, **_query: str) -> list[Any]:
    """The page."""
    return [
        heading(NAME, html.Span("只读；只看得到您有权读的表、行和列。每次查询都留有审计。", className="muted")),
        dcc.Store(id="sql-dictionary", data=dictionary(door)),
        *(dcc.Store(id=f"sql-{name}") for name in ("asked", "cancelled", "settled", "trouble", "draft", "result")),
        html.Div(
            [
                html.Aside(
                    [
                        dmc.TextInput(
                            id="sql-sought", placeholder="找表或列：名称或中文", size="xs", **{"aria-label": "找表或列"}
                        ),
                        html.Div(id="sql-tree", role="region", **{"aria-label": "可读的表"}),
                    ],
                    className="panel sql-schema",
                ),
                html.Div(
                    [
                        panel("语句", _editor(), note=_buttons()),
                        html.Section(
                            html.Div(empty("写一条 SELECT，按 Ctrl+Enter 运行。"), id="sql-output"),
                            className="panel grid",
                        ),
                        html.Div(
                            [
                                panel(
                                    "保存的查询", html.Div(sql_keep.kept(door), id="sql-kept"), note=sql_lists.keeping()
                                ),
                                panel("查询历史", html.Div(sql_keep.asked(), id="sql-history"), note="取自审计"),
                            ],
                            className="columns halves",
                        ),
                    ],
                    className="sql-main",
                ),
            ],
            className="sql-desk",
            **{"data-unfinished": "sql"},  # a new snapshot takes neither the statement nor its result away
        ),
    ]


def _editor() -> html.Div:
    return html.Div([html.Div(id="sql-editor"), html.Div(id="sql-values", className="controls")])


def _buttons() -> html.Span:
    def button(name: str, button_id: str, kind: str, hint: str) -> html.Button:
        return html.Button(name, id=button_id, className=kind, title=hint)

    return html.Span(
        [
            html.Span(id="sql-state", role="status", className="muted"),
            button("执行计划", "sql-explain", "plain", "Ctrl+Shift+Enter"),
            button("取消", "sql-cancel", "plain", "停止正在运行的查询"),
            button("运行", "sql-run", "button", "Ctrl+Enter"),
        ],
        className="beside",
    )


def register(app: dash.Dash) -> None:
    """The editor's life in the browser, and what each part of the page answers."""
    sql_desk.register(app.server)
    app.config.assets_ignore = r"editor\.js"  # half a megabyte that only this page loads, by itself
    for part in (sql_run, sql_result, sql_keep):
        part.register(app)
    for name, output, asked in (
        ("mount", Output("sql-draft", "data"), Input("sql-dictionary", "data")),
        ("settle", Output("sql-settled", "data"), Input("sql-trouble", "data")),
    ):
        app.clientside_callback(ClientsideFunction("mingchaSql", name), output, asked)
