"""The small button beside a panel that opens what its figures mean, and the content of what it opens.

The content comes from the contract and the SQL of the table; metrics have their own (`tile.py`).
"""

from typing import Any

import polars as pl
from dash import html

from dashboards import labels
from dashboards.components.badge import state
from dashboards.components.panel import facts
from dashboards.components.table import table
from dashboards.formats import day, number


def source(name: str) -> html.Button:
    """Opens the definition of the table behind a panel."""
    return html.Button(
        "口径",
        id={"type": "source", "table": name},
        className="source",
        title="查看列的含义、计算语句与数据截至",
        n_clicks=0,
        **{"aria-haspopup": "dialog"},
    )


def described(row: dict[str, Any]) -> list[Any]:
    """What the columns of a table mean and how it is made."""
    columns = [("列", "short"), ("单位", "short"), ("列名", "text")]
    rows = [[zh, labels.word(labels.UNIT, unit), html.Code(name, title=en)] for zh, unit, name, en in row["columns"]]
    heads = [(zh, "short") for zh, _, _, _ in row["columns"]]
    shown = [
        html.H3(f"前 {len(row['rows'])} 行，共 {number(row['row_count'])} 行"),
        html.Div(table(heads, row["rows"], "前几行", is_tight=True), className="sample"),
    ]
    return [
        facts(
            [
                ("数据表", html.Code(row["table_name"])),
                ("行数", number(row["row_count"])),
                ("数据截至", day(row["as_of"])),
                ("数据源", _behind(row["sources"])),
                ("读取", html.Span([opens(name) for name in row["reads"]])),
            ]
        ),
        *([_ages(row["sources"])] if row["sources"].height else []),
        html.H3("列的含义"),
        table(columns, rows, "列的含义", is_tight=True),
        html.H3("计算语句（SQL）"),
        html.Pre(
            html.Code(row["sql_text"].strip() or "-- 没有语句文件：由契约生成的视图，或由程序写入"), className="sql"
        ),
        *(shown if row["rows"] else []),
    ]


def opens(name: str) -> html.Button:
    """The name of a table as a button that opens its definition, its sources and its first rows."""
    return html.Button(
        html.Code(name),
        id={"type": "source", "table": name},
        className="source",
        title="查看列的含义、计算语句、数据源时效与前几行",
        n_clicks=0,
    )


def _behind(sources: pl.DataFrame) -> str:
    late = int(sources["is_late"].sum())
    return (
        f"{sources.height} 个" + (f"，{late} 个逾期" if late else "，均未逾期") if sources.height else "不直接来自报送"
    )


def _ages(sources: pl.DataFrame) -> html.Details:
    """How old each delivery behind the table is, however many steps away."""
    items = [
        html.Li(
            [
                f"{one['source_name']}：最近事件 {day(one['last_event_date'])}",
                *([" ", state("逾期", "warn")] if one["is_late"] else []),
            ]
        )
        for one in sources.iter_rows(named=True)
    ]
    return html.Details([html.Summary("各数据源的时效"), html.Ul(items, className="plain-list")])
