"""The small button beside a panel that opens what its figures mean, and the content of what it opens.

The content comes from the contract and the SQL of the table; metrics have their own (`tile.py`).
"""

from typing import Any

from dash import html

from dashboards import labels
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
    return [
        facts(
            [
                ("数据表", html.Code(row["table_name"])),
                ("行数", number(row["row_count"])),
                ("数据截至", day(row["as_of"])),
                ("读取", html.Code("、".join(row["reads"]))),
            ]
        ),
        html.H3("列的含义"),
        table(columns, rows, "列的含义", is_tight=True),
        html.H3("计算语句（SQL）"),
        html.Pre(html.Code(row["sql_text"].strip()), className="sql"),
    ]
