"""双随机名单: the drawn plan — strata, the list with tickets, why each entity was drawn, and how anyone can check it.

The draw itself is `models/sampling`; the hashes written here are those of its protocol.
"""

from typing import Any

import dash
import polars as pl
from dash import Input, Output, html, no_update

from dashboards import data, export, labels
from dashboards.components import badge
from dashboards.components.choice import draw_tabs
from dashboards.components.exports import of_list
from dashboards.components.grid import column, paged_grid
from dashboards.components.panel import empty, facts, heading, panel
from dashboards.components.table import table
from dashboards.components.tile import tiles
from dashboards.door import Door, current_door
from dashboards.formats import instant, number, percent
from dashboards.listing import DRAWN, ListingError

NAME = "双随机"
TITLE = "每晚预演名单"
PATH = "/draws"
AREA = "draw"
_DEMONSTRATION = html.Span("演示抽取：尚无人揭示随机数，不作正式抽查依据", className="notice")


def body(door: Door, **_query: str) -> list[Any]:
    """The page of the latest plan."""
    plan = data.draw_plan(door)
    if plan is None:
        return [heading(TITLE), draw_tabs(PATH), panel("抽查计划", empty("还没有冻结并抽取过双随机计划。"))]
    strata = data.draw_strata(door, plan["plan_id"])
    metrics = data.metrics(door, AREA)
    chosen = {"plan_id": plan["plan_id"]}
    return [
        heading(
            TITLE,
            html.Span(f"计划 {plan['plan_id']}", className="count"),
            *([_DEMONSTRATION] if plan["seed_source"] == "demonstration" else []),
            html.Span(className="spring"),
            of_list(export.link("draws", None, chosen), "draws-export", "button"),
        ),
        draw_tabs(PATH),
        *([tiles(metrics, "")] if metrics.height else []),
        html.Div([_plan(plan), _strata(strata)], className="columns draws"),
        panel(
            "抽中名单",
            paged_grid("draws-grid", _columns(door), "560px"),
            note="点主体名称查看档案；抽签号悬停显示全文",
            kind="grid",
        ),
    ]


def register(app: dash.Dash) -> None:
    """Blocks of rows of the drawn list."""

    @app.callback(
        Output("draws-grid", "getRowsResponse"), Output("draws-export", "href"), Input("draws-grid", "getRowsRequest")
    )
    def rows(request: dict[str, Any] | None) -> Any:
        door = current_door()
        plan = data.draw_plan(door)
        if request is None or plan is None:
            return no_update, no_update
        chosen = {"plan_id": plan["plan_id"]}
        try:
            found, total = DRAWN.page(door, request, chosen)
        except ListingError:
            return {"rowData": [], "rowCount": 0}, no_update
        strata = {row["stratum_id"]: row for row in data.draw_strata(door, plan["plan_id"]).iter_rows(named=True)}
        for row in found:
            row["why"] = why_drawn(row, strata[row["stratum_id"]])
        return {"rowData": found, "rowCount": total}, export.link("draws", request, chosen)


def why_drawn(row: dict[str, Any], stratum: dict[str, Any]) -> str:
    """One sentence that says why this entity is on the list."""
    layer = f"{stratum['credit_grade']}×{stratum['risk_grade']} 层 {number(stratum['population_count'])} 户"
    size = f"按 {100 * float(stratum['ratio']):g}% 抽 {number(stratum['drawn_count'])} 户"
    return f"{layer}{size}，签号第 {number(row['draw_order'])} 小"


def _plan(plan: dict[str, Any]) -> html.Section:
    share = plan["drawn_count"] / plan["population_count"] if plan["population_count"] else None
    return panel(
        "如何核验这份名单",
        facts(
            [
                ("总体户数", f"{number(plan['population_count'])} 户"),
                ("抽取户数", f"{number(plan['drawn_count'])} 户（{percent(share)}）"),
                ("冻结时刻", instant(plan["frozen_at"])),
                ("随机数来源", labels.word(labels.SEED_SOURCE, plan["seed_source"])),
            ]
        ),
        html.H3("名单根（冻结时公布）"),
        html.Pre(html.Code(plan["frame_root"]), className="hash"),
        html.H3("种子"),
        html.Pre(html.Code(plan["seed"]), className="hash"),
        html.Ol(
            [
                html.Li(
                    "名单根是冻结名单的 Merkle 根（主体代码与分层，RFC 6962），抽签前即公布，事后改动任何一户都会变。"
                ),
                html.Li(
                    [
                        "抽签号 = SHA-256(",
                        html.Code("mingcha-ticket-v2, 种子, 计划, 主体代码"),
                        ")，字段按“字节数:内容”拼接。",
                    ]
                ),
                html.Li("每层按抽签号由小到大取应抽户数；抽签号与种子、代码一一对应，任何人都可用标准工具重算。"),
                html.Li(
                    [
                        "这里是每晚的预演；正式抽取由各方揭示随机数，其核验包可一次核完：",
                        html.Code("python3 -I verify.py 核验包.zip"),
                        "，只需 Python 标准库。",
                    ]
                ),
            ],
            className="steps",
        ),
        note="任何人可复算",
    )


def _strata(frame: pl.DataFrame) -> html.Section:
    if frame.is_empty():
        return panel("分层与比例", empty("该计划没有分层。"))
    columns = [
        ("分层", "text"),
        ("信用", "badge"),
        ("风险", "badge"),
        ("总体（户）", "number"),
        ("比例", "number"),
        ("抽取（户）", "number"),
        ("实际占比", "number"),
    ]
    rows = [
        [
            row["stratum_id"],
            badge.grade(row["credit_grade"]),
            badge.grade(row["risk_grade"]),
            number(row["population_count"]),
            percent(row["ratio"]),
            number(row["drawn_count"]),
            percent(row["drawn_count"] / row["population_count"] if row["population_count"] else None),
        ]
        for row in frame.iter_rows(named=True)
    ]
    note = f"{frame.height} 层 · 每层至少抽 1 户，不足 1 户进一"
    return panel("分层与比例", table(columns, rows, "各分层的总体、比例与抽取户数", is_tight=True), note=note)


def _columns(door: Door) -> list[dict[str, Any]]:
    dash_if_missing = {"function": "orDash(params)"}
    shown = [
        column("draw_order", "次序", 80, "number"),
        column("name", "抽查对象", 196, cellRenderer="EntityLink"),
        column("entity_code", "统一社会信用代码", 166, cellClass="code"),
        column("district_name", "区县", 90, valueFormatter=dash_if_missing),
        column("credit_grade", "信用", 76, "grade"),
        column("risk_grade", "风险", 76, "grade"),
        column(
            "inclusion_probability", "入样概率", 104, "number", valueFormatter={"function": "percentNumber(params, 2)"}
        ),
        column("ticket", "抽签号", 108, cellClass="code"),
        column("inspector_ids", "检查人员", 142, cellClass="code", valueFormatter=dash_if_missing),
        column("why", "为什么抽中", 330, sortable=False, filter=False, flex=1),
    ]
    offered = {*DRAWN.offered(door), "why"}
    return [definition for definition in shown if definition["field"] in offered]
