"""预警: every warning in force in one list with level, evidence, owner, clock and state; what past ones were worth.

Levels and thresholds are policy; what a person did about a warning comes from the register of decisions.
"""

from typing import Any

import dash
from dash import dcc, get_relative_path, html

from dashboards import casework_data, data, labels
from dashboards.approval_lists import count, day, text
from dashboards.choices import choices, keyword, several
from dashboards.components.grid import column
from dashboards.components.panel import empty, heading, panel
from dashboards.components.sourced import source
from dashboards.components.table import table
from dashboards.components.tile import tiles
from dashboards.door import Door
from dashboards.formats import number, percent
from dashboards.listed import Listed, listed

NAME = "预警"
PATH = "/warnings"
AREA = "warning"
IN_FORCE = Listed(
    "warning",
    "有效的预警",
    "条",
    [
        column("warning_level", "级别", 78, cellRenderer="LevelBadge"),
        text("warning_kind", "类别", 104),
        column("subject_name", "对象", 180, cellRenderer="WarningLink", flex=2),
        text("evidence_zh", "依据", 240, flex=3),
        count("evidence_count", "证据", 72),
        text("department_name", "责任部门", 164),
        column("days_left", "时限", 104, "number", cellRenderer="StateBadge"),
        day("first_seen_on", "首次识别", 106),
        text("warning_state", "处置", 104, cellRenderer="LaterState"),
    ],
    "截止日没有有效的预警。",
    "点对象打开处置 · 带“•”的处置在刷新之后登记",
    most_rows=13,
)


def body(door: Door, **query: str) -> list[Any]:
    """The page; `warning_level`, `warning_kind`, `warning_state`, `department_id` and `keyword` filter the list."""
    levels = casework_data.warning_levels(door)
    badges = [
        dcc.Link(
            [html.Span(name, className="level", **{"data-level": level}), html.B(number(levels.get(level, 0)))],
            href=get_relative_path(f"{PATH}?warning_level={level}"),
            className="chip",
        )
        for level, name in labels.WARNING_LEVEL.items()
    ]
    return [
        heading(
            NAME,
            html.Div(badges, className="chips"),
            html.Span(className="spring"),
            dcc.Link("指标口径", href=get_relative_path("/metrics?area=warning"), className="button"),
        ),
        tiles(data.metrics(door, AREA), "本次运行没有产生预警指标。"),
        choices(
            several("warning_level", "级别", labels.WARNING_LEVEL.items(), query, 200),
            several("warning_kind", "类别", labels.WARNING_KIND.items(), query, 240),
            several("warning_state", "处置", labels.WARNING_STATE.items(), query, 200),
            several("department_id", "责任部门", casework_data.warning_owners(door), query, 260),
            keyword("对象、依据或编号", query, 220),
        ),
        listed(door, IN_FORCE, query),
        _precision(door),
    ]


def register(app: dash.Dash) -> None:
    """Nothing reacts on this page but what its address says (`choices`) and its list (`listed`)."""


def _precision(door: Door) -> html.Section:
    title = "过去的预警有多准"
    frame = casework_data.warning_precision(door)
    if frame.is_empty():
        return panel(title, empty("近 365 日没有可以核对结果的预警。"), note=source("mart.warning_precision"))
    found = {(row["warning_kind"], row["warning_level"]): row for row in frame.iter_rows(named=True)}
    kinds = [kind for kind in labels.WARNING_KIND if any(kind == one for one, _ in found)]
    rows = []
    for kind in kinds:
        cells: list[Any] = [labels.WARNING_KIND[kind]]
        for level in labels.WARNING_LEVEL:
            one = found.get((kind, level))
            cells.append(
                f"{percent(one['precision_ratio'])}（{number(one['confirmed_count'])}／{number(one['issued_count'])}）"
                if one
                else "—"
            )
        rows.append(cells)
    columns = [("类别", "short"), *[(name, "number") for name in labels.WARNING_LEVEL.values()]]
    note = html.Span(
        [html.Span("近 365 日 · 准确率（属实／发出）· 未列的类别没有可核对的结果"), source("mart.warning_precision")],
        className="beside",
    )
    return panel(title, table(columns, rows, title), note=note)
