"""迎检台账: how often anybody came to whom — by grade, size, district and year — caps near and breached, visits saved.

Counting is done in the marts.
"""

from typing import Any

import dash
import polars as pl
from dash import Input, Output, State, dcc, html, no_update

from dashboards import burden_data, export, labels
from dashboards.components.badge import grade, state
from dashboards.components.choice import address, chips, draw_tabs
from dashboards.components.exports import of_list
from dashboards.components.grid import column, paged_grid
from dashboards.components.panel import empty, figures, heading, panel
from dashboards.components.sourced import source
from dashboards.components.table import table
from dashboards.door import Door, current_door
from dashboards.formats import MISSING, number, percent
from dashboards.listing import ListingError

NAME = "迎检台账"
PATH = "/draws/burden"
_GROUPS = {"credit_grade": "按信用等级", "size_class": "按规模（报送人数）", "district_code": "按区县"}
_TONE = {"breached": "bad", "reached": "warn", "near": "plain"}


def body(door: Door, **query: str) -> list[Any]:
    """The page; `year` names the year, `cap_state` narrows the list of caps."""
    years = burden_data.years(door)
    head = [
        heading(NAME, html.Span(className="spring"), html.Span("等级仅供内部监管使用，不对外公开", className="notice")),
        draw_tabs(PATH),
    ]
    if not years:
        return [*head, panel(NAME, empty("本次运行的数据包没有检查或上门记录，台账是空的。"))]
    year = next((one for one in years if str(one) == query.get("year")), years[0])
    cap = query["cap_state"] if query.get("cap_state") in labels.CAP_STATE else ""
    options = [(str(one), f"{one} 年", address(PATH, year=str(one), cap_state=cap)) for one in years]
    groups = burden_data.groups(door, year)
    return [
        *head,
        chips(options, str(year)),
        html.Div([_figures(groups, year), _savings(burden_data.savings(door, year))], className="columns wide-left"),
        html.Div([_group("credit_grade", groups), _group("size_class", groups)], className="columns halves"),
        html.Div([_group("district_code", groups), _causes(door, year)], className="columns halves"),
        _caps(door, year, years[0], cap),
    ]


def register(app: dash.Dash) -> None:
    """Blocks of rows of the caps."""

    @app.callback(
        Output("caps-grid", "getRowsResponse"),
        Output("caps-export", "href"),
        Input("caps-grid", "getRowsRequest"),
        State("caps-chosen", "data"),
    )
    def rows(request: dict[str, Any] | None, chosen: dict[str, str]) -> Any:
        if request is None:
            return no_update, no_update
        try:
            found, total = burden_data.CAPS.page(current_door(), request, chosen)
        except ListingError:
            return {"rowData": [], "rowCount": 0}, no_update
        for row in found:
            row["cap_state"] = [_TONE[row["cap_state"]], labels.CAP_STATE[row["cap_state"]]]
            row["cap_scope"] = "各部门合计" if row["cap_scope"] == "total" else row["cap_scope"]
        return {"rowData": found, "rowCount": total}, export.link("caps", request, chosen)


def _beside(told: Any, mart: str) -> html.Span:
    return html.Span([html.Span(told), source(f"mart.{mart}")], className="beside")


def _figures(groups: pl.DataFrame, year: int) -> html.Section:
    whole = groups.filter(pl.col("group_kind") == "all")
    if whole.is_empty():
        return panel(f"{year} 年", empty("这一年没有上门记录。"))
    row = whole.row(0, named=True)
    visits, entities = row["visit_count"], row["entity_count"]
    shown = [
        (
            "上门",
            number(visits),
            f"每户 {number(visits / entities, 2)}",
            "一个部门一天到一户为一次；同一天的检查记录与上门记录合为一次。",
        ),
        (
            "计入上限",
            number(row["counted_count"]),
            percent(row["counted_count"] / visits if visits else None),
            "事由计入年度上限的上门；投诉核查、复查、主体自己申请等事由不计（sampling.visit_cause）。",
        ),
        (
            "到过的主体",
            number(row["visited_count"]),
            percent(row["visited_count"] / entities),
            "这一年至少有一个部门到过一次的存续主体，及其占存续主体的比例。",
        ),
        ("95 百分位", number(row["p95_visits"]), "次/户", "百分之九十五的存续主体不多于此次数。"),
        ("最多的一户", number(row["most_visits"]), "次", "上门次数最多的一户。"),
        ("基尼系数", number(row["gini"], 3), "", "上门次数在存续主体之间的集中程度：0 为每户一样多，1 为集中于一户。"),
    ]
    told = f"存续主体 {number(row['entity_count'])} 户 · 一个部门一天到一户为一次"
    return panel(f"{year} 年全部上门", figures(shown), note=_beside(told, "burden_group"))


def _savings(frame: pl.DataFrame) -> html.Section:
    title = "减少的上门"
    if frame.is_empty():
        return panel(title, empty("这一年没有因合并或互认减少的上门。"))
    words = {"merged": "多个部门同日上门", "recognised": "检查结果互认"}
    rows = [
        [words.get(row["saving_kind"], row["saving_kind"]), row["plan_id"] or MISSING, number(row["saved_count"])]
        for row in frame.iter_rows(named=True)
    ]
    return panel(
        title,
        table([("方式", "text"), ("计划", "short"), ("次数", "number")], rows, title, is_tight=True),
        note=_beside("互认按冻结计划的预期次数，刷新后更新", "visit_saving"),
    )


def _group(kind: str, groups: pl.DataFrame) -> html.Section:
    title = _GROUPS[kind]
    own = groups.filter(pl.col("group_kind") == kind)
    if own.is_empty():
        return panel(title, empty("您的区县内没有记录。"))
    if kind == "credit_grade":
        own = own.sort("group_value")
    columns = [
        (title.removeprefix("按").partition("（")[0], "short"),
        ("主体", "number"),
        ("到过", "number"),
        ("上门", "number"),
        ("每户", "number"),
        ("中位", "number"),
        ("95 百分位", "number"),
        ("最多", "number"),
        ("同日合并", "number"),
        ("基尼", "number"),
    ]
    rows = [
        [
            grade(row["group_value"], with_name=True) if kind == "credit_grade" else _named(kind, row),
            number(row["entity_count"]),
            percent(row["visited_count"] / row["entity_count"] if row["entity_count"] else None),
            number(row["visit_count"]),
            number(row["visit_count"] / row["entity_count"] if row["entity_count"] else None, 2),
            number(row["median_visits"], 0),
            number(row["p95_visits"], 0),
            number(row["most_visits"]),
            number(row["merged_count"]),
            number(row["gini"], 2),
        ]
        for row in own.iter_rows(named=True)
    ]
    return panel(
        title, table(columns, rows, title, is_tight=True), note=_beside("全部存续主体，含未到过的", "burden_group")
    )


def _named(kind: str, row: dict[str, Any]) -> str:
    if kind == "size_class":
        return labels.word(labels.SIZE_CLASS, row["group_value"])
    return "未载明" if row["group_name"] == "unknown" else str(row["group_name"])


def _causes(door: Door, year: int) -> html.Section:
    causes, departments = burden_data.causes(door, year), burden_data.departments(door, year)
    title = "按事由与部门"
    if causes.is_empty():
        return panel(title, empty("这一年没有上门记录。"))
    why = [
        [
            row["visit_cause_zh"],
            state("计入", "plain") if row["is_counted"] else state("不计入", "ok"),
            number(row["visit_count"]),
        ]
        for row in causes.iter_rows(named=True)
    ]
    who = [
        [row["department_name"], number(row["visit_count"]), number(row["counted_count"])]
        for row in departments.iter_rows(named=True)
    ]
    return panel(
        title,
        table([("事由", "text"), ("上限", "badge"), ("次数", "number")], why, "按事由", is_tight=True),
        html.H3("部门"),
        table([("部门", "text"), ("次数", "number"), ("计入上限", "number")], who, "按部门", is_tight=True),
        note=_beside("核查投诉、复查等事由不计入上限", "burden_cause"),
    )


def _caps(door: Door, year: int, latest: int, cap: str) -> html.Section:
    counts = burden_data.cap_states(door)
    title = "接近与超过上限的主体"
    if year != latest:
        return panel(title, empty("上限只看数据截至日所在的年度。"))
    if not counts:
        return panel(title, empty("没有主体接近上门次数上限。"))
    options = [("", f"全部 {number(sum(counts.values()))}", address(PATH, year=str(year)))]
    options += [
        (code, f"{words} {number(counts.get(code, 0))}", address(PATH, year=str(year), cap_state=code))
        for code, words in labels.CAP_STATE.items()
    ]
    chosen = {"cap_state": cap} if cap else {}
    columns = [
        column("name", "主体", 220, cellRenderer="EntityLink", flex=1),
        column("entity_code", "统一社会信用代码", 170, cellClass="code"),
        column("district_name", "区县", 100, valueFormatter={"function": "orDash(params)"}),
        column("credit_grade", "信用", 80, "grade"),
        column("cap_scope", "上限", 120),
        column("counted_count", "已计入", 100, "number"),
        column("visit_cap", "上限次数", 110, "number"),
        column("cap_state", "状态", 120, cellRenderer="ToneBadge", filter=False, tooltipField="name"),
    ]
    return panel(
        title,
        dcc.Store(id="caps-chosen", data=chosen),
        html.Div(
            [
                chips(options, cap),
                html.Span(className="spring"),
                of_list(export.link("caps", None, chosen), "caps-export", "button"),
            ],
            className="heading",
        ),
        paged_grid("caps-grid", columns, "460px"),
        note=_beside("到达上限的主体不再列入抽签；超过的来自未经计划的上门", "burden_cap"),
        kind="grid",
    )
