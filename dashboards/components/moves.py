"""Entities that changed grade: a matrix of counts for each scorecard, and the entities by name.

Rows come from `grade_data`; nothing is compared here.
"""

from typing import Any

import polars as pl
from dash import dcc, get_relative_path, html

from dashboards import labels
from dashboards.components import badge
from dashboards.components.panel import empty, panel
from dashboards.components.table import table
from dashboards.formats import number
from dashboards.theme import CREDIT_NAME, RISK_NAME

SHOWN = 200
_GRADES = {"credit": tuple(CREDIT_NAME), "risk": tuple(RISK_NAME)}


def matrices(moved: pl.DataFrame) -> html.Div:
    """One matrix a scorecard: rows are the grades before, columns those after; a dash is not graded."""
    return html.Div(
        [_matrix(pack, moved.filter(pl.col("pack_id") == pack)) for pack in _GRADES], className="columns halves"
    )


def entities(title: str, moved: pl.DataFrame) -> html.Section:
    """The entities that moved, the first SHOWN of them."""
    if moved.is_empty():
        return panel(title, empty("没有主体的等级不同。"))
    columns = [
        ("主体", "text"),
        ("统一社会信用代码", "short"),
        ("区县", "short"),
        ("评分表", "short"),
        ("原等级", "badge"),
        ("新等级", "badge"),
        ("原得分", "number"),
        ("新得分", "number"),
    ]
    rows = [_row(row) for row in moved.head(SHOWN).iter_rows(named=True)]
    more = f"列出前 {SHOWN} 条，全部请用命令导出 CSV" if moved.height > SHOWN else ""
    note = "；".join(part for part in (f"{number(moved.height)} 条", more) if part)
    return panel(title, table(columns, rows, title), note=note)


def _row(row: dict[str, Any]) -> list[Any]:
    return [
        dcc.Link(row["name"], href=get_relative_path(f"/entity/{row['entity_id']}")),
        html.Code(row["entity_code"]),
        row["district_name"] or "—",
        labels.PACK[row["pack_id"]],
        badge.grade(row["grade_before"]),
        badge.grade(row["grade_after"]),
        number(row["score_before"], 2),
        number(row["score_after"], 2),
    ]


def _matrix(pack: str, moved: pl.DataFrame) -> html.Section:
    count = {(before, after): n for before, after, n in moved.group_by("grade_before", "grade_after").len().iter_rows()}
    grades = [*_GRADES[pack], None]
    head = html.Tr([html.Th("原＼新", className="corner")] + [html.Th(_named(grade), scope="col") for grade in grades])
    rows = [
        html.Tr(
            [html.Th(_named(before), scope="row")] + [html.Td(_count(count.get((before, after)))) for after in grades]
        )
        for before in grades
    ]
    title = f"{labels.PACK[pack]}等级变化"
    note = f"{number(moved.height)} 户变化"
    return panel(
        title,
        html.Table([html.Thead(head), html.Tbody(rows)], className="matrix", **{"aria-label": title}),
        note=note,
    )


def _count(value: int | None) -> Any:
    return html.B(number(value)) if value else html.Span("·", className="muted")


def _named(grade: str | None) -> Any:
    return badge.grade(grade) if grade else html.Span("未评级", className="muted")
