"""大屏: three scenes of 1920 × 1080 that turn by themselves; nothing needs to be touched.

Building blocks are in components/wall.py, motion and recovery in assets/wall.js; all figures come from the marts.
"""

from datetime import UTC
from typing import Any

import dash
import polars as pl
from dash import html

from dashboards import data, labels, wall_data
from dashboards.components import wall
from dashboards.components.graph import graph
from dashboards.components.wall import nothing, wall_panel
from dashboards.door import Door
from dashboards.figures import wall as drawn
from dashboards.figures.place import MEASURES, WALL_MAP, district_map, on_map
from dashboards.formats import number
from dashboards.maps import note

NAME = "大屏"
PATH = "/screen"
SCENES = {"supervision": "监管", "approvals": "审批", "hotline": "热线"}
ROTATE_SECONDS = 40
Late = dict[str, int]


def body(door: Door, scene: str = "", rotate: str = "", freeze: str = "", **_query: str) -> list[Any]:
    """The canvas; `scene` keeps one scene, `rotate` sets the seconds of each, `freeze` stops every motion."""
    late = wall_data.late_tables(door)
    made = {"supervision": _supervision, "approvals": _approvals, "hotline": _hotline}
    names = [scene] if scene in made else list(made)
    seconds = int(rotate) if rotate.isdigit() and 5 <= int(rotate) <= 3600 else ROTATE_SECONDS
    canvas = html.Div(
        [
            _header(door),
            *(
                html.Div(
                    made[name](door, late),
                    className=f"wall-scene {name}",
                    **{"data-scene": name, "data-name": SCENES[name]},
                )
                for name in names
            ),
            html.Div("连接中断，正在自动重连；画面为最近一次数据", className="wall-offline"),
        ],
        className="wall frozen" if freeze else "wall",
        **{"data-rotate": str(seconds), "data-snapshot": door.snapshot() or ""},
    )
    return [html.Div(canvas, className="wall-room")]


def register(app: dash.Dash) -> None:
    """No callback of its own: the frame reloads the body when another snapshot is published."""


def _header(door: Door) -> html.Header:
    info = data.run_info(door) or {}
    sources = data.data_ages(door)
    late = int(sources["is_late"].sum())
    state = f"{late} 个数据源逾期" if late else f"{sources.height} 个数据源正常"
    built = info["built_at"].replace(tzinfo=UTC).isoformat() if info else ""
    return html.Header(
        [
            html.Div([html.B("", className="wall-clock"), html.Span("", className="wall-date")]),
            html.H1(["市场监管综合分析", html.Small("", className="wall-scene-name")]),
            html.Div(
                [
                    html.I(className="dot late" if late else "dot"),
                    html.Span(["数据截至 ", html.B(str(info.get("as_of", "—")))]),
                    html.Span(["发布于 ", html.B("", className="wall-age", **{"data-built": built})]),
                    html.Span(state, className="late" if late else ""),
                ]
            ),
        ],
        className="wall-head",
    )


def _of(late: Late, *tables: str) -> Late:
    return {name: days for name, days in late.items() if name in tables}


def _supervision(door: Door, late: Late) -> list[Any]:
    grades = data.credit_risk(door)
    months = data.inspection_months(door, 12)
    return [
        wall.wall_tiles(data.metrics(door, "overview")),
        html.Div(
            [
                wall_panel(
                    "信用 × 风险 分级矩阵",
                    nothing("本次运行没有评出等级") if grades.is_empty() else wall.matrix(grades),
                    note="单位：户",
                    area="a",
                ),
                wall_panel(
                    "双随机抽查 · 检查与发现",
                    nothing("没有检查记录") if months.is_empty() else graph(drawn.inspections(months), 236, "月度检查"),
                    note=f"本期抽中 {number(wall_data.drawn(door))} 户",
                    area="b",
                    late=_of(late, "inspection"),
                ),
                _compression(door, late, 5, "c"),
                _map(door, late),
                _warnings(door, 4, "e"),
                _heat(door, late, 6, 11, "f"),
                _rising(door, late, 6, "g"),
                _funnel(door, late, "h"),
            ],
            className="wall-grid",
        ),
    ]


def _approvals(door: Door, late: Late) -> list[Any]:
    months = wall_data.approval_months(door, 12)
    waiting = wall_data.open_approvals(door, 24)
    rows = [
        html.Div(
            [
                html.Span(
                    f"超 {-row['days_left']} 日" if row["days_left"] < 0 else f"剩 {row['days_left']} 日",
                    className="late" if row["days_left"] < 0 else "clock",
                ),
                html.B(row["item_name"]),
                html.Span(row["district_name"] or "—", className="owner"),
                html.Span(row["case_id"], className="why"),
            ],
            className="wall-row open",
        )
        for row in waiting.iter_rows(named=True)
    ]
    own = _of(late, "service_case")
    return [
        wall.wall_tiles(data.metrics(door, "approvals")),
        html.Div(
            [
                wall_panel(
                    "月度受理与办结",
                    nothing("没有审批办件") if months.is_empty() else graph(drawn.approvals(months), 380, "月度审批"),
                    note="近 12 个月",
                    area="a",
                    late=own,
                ),
                wall_panel("审批质量", _quality(door), note="近一年", area="b", late=own),
                _compression(door, late, 14, "c"),
                wall_panel(
                    "超期与临期办件",
                    wall.paged(rows, 8, "tall") if rows else nothing("没有超期与临期的在办件"),
                    note="距承诺时限，工作日",
                    area="d",
                    late=own,
                ),
                wall_panel("用时最长的环节", _steps(door), note="中位用时，小时；较上一年", area="e", late=own),
            ],
            className="wall-grid",
        ),
    ]


def _steps(door: Door) -> Any:
    found = wall_data.longest_steps(door, 8)
    if found.is_empty():
        return nothing("没有环节记录")
    return wall.ranked(
        (
            f"{row['item_name']} · {labels.word(labels.STEP_KIND, row['step_kind'])}",
            float(row["median_hours"]),
            number(row["median_hours"], 1),
            f"{row['median_hours'] / row['previous_median_hours'] - 1:+.0%}" if row["previous_median_hours"] else "—",
        )
        for row in found.iter_rows(named=True)
    )


def _quality(door: Door) -> Any:
    found = data.metrics(door, "approval_quality").filter(pl.col("unit_zh") == "%").head(8)
    if found.is_empty():
        return nothing("没有审批办件")
    return wall.ranked(
        (row["metric_name"], row["metric_value"] or 0.0, f"{number(row['metric_value'], 1)}%", "")
        for row in found.iter_rows(named=True)
    )


def _hotline(door: Door, late: Late) -> list[Any]:
    days = wall_data.hotline_days(door, 60)
    departments = wall_data.departments(door, 9)
    own = _of(late, "service_case")
    chart = nothing("没有热线工单") if days.is_empty() else graph(drawn.orders(days), 268, "热线日受理量")
    return [
        wall.wall_tiles(data.metrics(door, "hotline")),
        html.Div(
            [
                wall_panel("受理量与预期区间", chart, note="近 60 日", area="a", late=own),
                _heat(door, late, 9, 99, "b"),
                _rising(door, late, 9, "c"),
                wall_panel(
                    "部门满意率",
                    wall.ranked(
                        (
                            row["department_name"],
                            float(row["satisfied_ratio"] or 0),
                            f"{100 * float(row['satisfied_ratio'] or 0):.1f}%",
                            f"n={number(row['rated_count'])}",
                        )
                        for row in departments.iter_rows(named=True)
                    )
                    if departments.height
                    else nothing("没有评价"),
                    note="小样本已收缩",
                    area="d",
                    late=own,
                ),
                _funnel(door, late, "e"),
                _topics(door, late, 4, "f"),
            ],
            className="wall-grid",
        ),
    ]


def _compression(door: Door, late: Late, rows: int, area: str) -> Any:
    items = wall_data.approval_items(door, rows)
    content = nothing("没有审批事项") if items.is_empty() else wall.compression(items)
    return wall_panel("审批效能 · 时限压缩", content, note="较法定，工作日", area=area, late=_of(late, "service_case"))


def _map(door: Door, late: Late) -> Any:
    frame = data.districts(door)
    mapped = on_map(frame)
    if mapped.is_empty():
        return wall_panel("高风险主体分布", nothing("本数据包的区划不在底图内"), area="d")
    zones = frame.filter(~pl.col("district_code").is_in(mapped["district_code"].to_list()))
    chips = [
        html.Span([row["district_name"], html.B(number(row["high_risk_count"]))]) for row in zones.iter_rows(named=True)
    ]
    chart = graph(district_map(frame, MEASURES["high_risk"], WALL_MAP), 480, "各区县高风险主体")
    return wall_panel(
        "高风险主体分布",
        chart,
        html.Div([html.Small("功能区"), *chips], className="wall-chips"),
        note=f"{mapped.height} 区县 + {zones.height} 功能区 · {note()}",
        area="d",
        late=_of(late, "registration"),
    )


def _warnings(door: Door, shown: int, area: str) -> Any:
    found = wall_data.warnings(door)
    rows = [wall.warning(row) for row in found.iter_rows(named=True)]
    content = wall.paged(rows, shown, "warnings") if rows else nothing("没有待处置的预警")
    return wall_panel("预警", content, note=f"待处置 {number(wall_data.open_warnings(door))} 条", area=area)


def _heat(door: Door, late: Late, rows: int, places: int, area: str) -> html.Section:
    """Categories with most orders, and the districts with most of them (or all), in the order of their codes."""
    frame = wall_data.heat(door, rows)
    most = (
        frame.group_by("district_code")
        .agg(n=pl.col("order_count").sum())
        .sort("n", "district_code", descending=[True, False])
    )
    all_places = data.district_names(door)
    ranked = [*most["district_code"], *all_places]
    chosen = set(list(dict.fromkeys(ranked))[:places])
    kept = [(code, name) for code, name in all_places.items() if code in chosen]
    content = nothing("近 7 日没有热线工单") if frame.is_empty() else wall.heat_table(frame, kept)
    note = "近 7 日" if len(kept) == len(all_places) else f"近 7 日 · 前 {len(kept)} 区"
    return wall_panel("热线热力 · 类别 × 区县", content, note=note, area=area, late=_of(late, "service_case"))


def _rising(door: Door, late: Late, rows: int, area: str) -> html.Section:
    frame = wall_data.rising(door, rows)
    listed = wall.ranked(
        (
            row["item_name"].rpartition("·")[2],
            float(row["count_7d"]),
            number(row["count_7d"]),
            f"{row['count_7d'] / row['baseline_7d'] - 1:+.0%}" if row["baseline_7d"] else "新增",
        )
        for row in frame.iter_rows(named=True)
    )
    content = nothing("近 7 日没有热线工单") if frame.is_empty() else listed
    return wall_panel("热点诉求", content, note="近 7 日，较 28 日基线", area=area, late=_of(late, "service_case"))


def _topics(door: Door, late: Late, shown: int, area: str) -> html.Section:
    frame = wall_data.topics(door, 6 * shown)
    rows = [wall.topic(row) for row in frame.iter_rows(named=True)]
    content = wall.paged(rows, shown, "topics") if rows else nothing("近 30 日没有多人说到同一件事")
    rising = frame.filter(pl.col("is_rising")).height
    note = f"{number(rising)} 件升温，在先" if rising else "热度高者在先 · 没有升温的话题"
    return wall_panel("热点话题", content, note=note, area=area, late=_of(late, "text_item"))


def _funnel(door: Door, late: Late, area: str) -> Any:
    frame = wall_data.funnel(door)
    content = nothing("近 30 日没有热线工单") if frame.is_empty() else wall.funnel(frame)
    return wall_panel("接派督考评", content, note="近 30 日", area=area, late=_of(late, "service_step"))
