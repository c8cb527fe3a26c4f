"""关联与邻近: who is registered with an entity, bears its mark, or does the same near by; a part of 主体档案.

What each word means stands beside it. Nobody is a neighbour through a person: the register names none.
"""

from typing import Any

import polars as pl
from dash import dcc, get_relative_path, html

from dashboards import entity_data, labels
from dashboards.components import badge
from dashboards.components.panel import panel
from dashboards.components.table import table
from dashboards.door import Door
from dashboards.formats import MISSING, number

TITLE = "关联与邻近主体"


def section(door: Door, row: dict[str, Any]) -> html.Section:
    """One table for all four ways of being a neighbour, and what each means."""
    brand, branded = entity_data.same_brand(door, row)
    metres, near = entity_data.near_peers(door, row)
    related = entity_data.related(door, row["entity_id"])
    found = [
        *((_relation(one), one, MISSING) for one in related.iter_rows(named=True)),
        *_told("同住所", entity_data.same_address(door, row)),
        *_told(f"同字号“{brand}”", branded),
        *((f"{metres} 米内同业", one, f"{number(one['measure'])} 米") for one in near.iter_rows(named=True)),
    ]
    marked = f"“{brand}”" if brand else ""
    meanings = html.P(
        f"分支、承继与重复登记取自登记数据；同住所：登记住所完全相同；同字号：名称中含字号{marked}"
        f"（与文本找主体同一规则，很多主体共有的不列）；附近同业：登记坐标 {metres} 米内、同一行业小类。"
        f"登记数据不含自然人，不按人关联；各类至多列 {entity_data.SHOWN} 户，只列您可读的主体。",
        className="foot",
    )
    if not found:
        return panel(TITLE, html.P("没有找到关联或邻近的主体。", className="muted"), meanings)
    columns = [
        ("关系", "short"), ("主体", "text"), ("行业", "short"), ("距离", "number"), ("信用", "badge"),
        ("风险", "badge"), ("问题", "number"), ("处罚", "number"), ("投诉", "number"),
    ]  # fmt: skip
    rows = [_cells(how, one, distance) for how, one, distance in found]
    return panel(TITLE, table(columns, rows, TITLE, is_tight=True), meanings, note=f"{len(rows)} 户次")


def _told(how: str, frame: pl.DataFrame) -> list[tuple[str, dict[str, Any], str]]:
    return [(how, one, MISSING) for one in frame.iter_rows(named=True)]


def _relation(one: dict[str, Any]) -> str:
    return labels.RELATION[one["relation_kind"]][0 if one["is_from"] else 1]


def _cells(how: str, one: dict[str, Any], distance: str) -> list[Any]:
    status = [] if one["status"] == "active" else [" ", badge.state(labels.word(labels.STATUS, one["status"]), "warn")]
    return [
        how,
        [dcc.Link(one["name"] or MISSING, href=get_relative_path(f"/entity/{one['entity_id']}")), *status],
        one["industry_name"] or MISSING,
        distance,
        badge.grade(one["credit_grade"]),
        badge.grade(one["risk_grade"]),
        number(one["problem_count"]),
        number(one["penalty_count"]),
        number(one["complaint_count"]),
    ]
